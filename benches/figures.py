"""Makes every figure of docs/performance.md in one run: `python3 benches/figures.py`.

It builds the static program and the plain one, installs the tools written in Python
beside them, runs the three benches and the count of instructions, page faults and
system calls, and prints a table. `--write` puts the table into docs/performance.md.
`--cold` also times a release build from nothing, which takes a minute or two.

A figure is a ratio to a peer that ran in turn with the program, or a number that does
not depend on the machine, wherever there is such a peer. The table says `missed` where
a figure is beyond its goal; nothing fails by it, as another machine has other figures.

It needs what `.ci/install` installs. AWS_CLI names the AWS CLI version 2, else it is
Debian's. A figure whose tool is missing stays open, and the table says so.
"""

import argparse
import os
import pathlib
import platform
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
PAGE = ROOT / "docs/performance.md"
BEGIN, END = "<!-- figures: begin, made by benches/figures.py -->\n", "<!-- figures: end -->\n"
MUSL = f"{platform.machine()}-unknown-linux-musl"
PEERS = ("aws-sso-util==4.33.0", "botocore")

# Name of the figure, what it is, its unit and the goal.
FIGURES = [
    ("hit", "hit, over `/bin/true`", "x", 0.80),
    ("hit-plain-build", "hit of a plain `cargo install` build (glibc), over `/bin/true`", "x", 1.9),
    ("hit-2000-profiles", "hit with 2,000 profiles, 1 MiB of config, over `/bin/true`", "x", 1.3),
    ("hits-40-at-once", "40 hits at once, over 40 `/bin/true`", "x", 1.0),
    ("hits-50-at-once", "50 hits at once, over 50 `/bin/true`", "x", 1.0),
    ("hits-200-at-once", "200 hits at once, over 200 `/bin/true`", "x", 1.0),
    ("hit-faster-than-aws", "hit, faster than AWS CLI v2 `export-credentials` by", "times", 400),
    ("hit-faster-than-aws-sso-util", "hit, faster than aws-sso-util `credential-process` by", "times", 400),
    ("hit-faster-than-botocore", "hit, faster than botocore in Python by", "times", None),
    ("hits-40-faster-than-aws", "40 hits at once, faster than 40 AWS CLIs by", "times", None),
    ("hits-40-faster-than-aws-sso-util", "40 hits at once, faster than 40 aws-sso-util by", "times", None),
    ("hits-40-faster-than-botocore", "40 hits at once, faster than 40 botocore by", "times", None),
    ("hits-200-faster-than-aws", "200 hits at once, faster than 200 AWS CLIs by", "times", None),
    ("hits-200-faster-than-aws-sso-util", "200 hits at once, faster than 200 aws-sso-util by", "times", None),
    ("hits-200-faster-than-botocore", "200 hits at once, faster than 200 botocore by", "times", None),
    ("page-faults", "hit: page faults", "", 48),
    ("page-faults-of-true", "page faults of `/bin/true`, for comparison", "", None),
    ("instructions", "hit: instructions", "", 175_000),
    ("system-calls", "hit: system calls", "", 34),
    ("hit-memory", "peak memory of a hit", "MiB", 2.5),
    ("fetch-memory", "peak memory of a fetch", "MiB", 6),
    ("fetch-over-curl", "fetch over TLS on loopback, over `curl` trusting one authority", "x", 0.45),
    ("fetch-system-authorities-over-curl", "the same, trusting the system's authorities", "x", 0.45),
    ("fetch-over-aws", "fetch, over AWS CLI v2", "x", None),
    ("fetch-over-botocore", "fetch, over botocore in Python", "x", None),
    ("fetches-40-over-curl", "40 at once with nothing cached, the portal takes 50 ms, over 40 `curl`", "x", None),
    ("fetches-50-beyond-the-portal", "50 at once likewise: more than the portal takes", "ms", 20),
    ("fetches-200-over-curl", "200 at once likewise, over 200 `curl`", "x", None),
    ("many-roles-over-least-time", "200 at once for 20 roles, 10 requests a second allowed, over the least time", "x", None),
    ("trust-error", "a certificate that is not trusted: time to the error", "ms", 300),
    ("list-over-least-time", "`list` of 500 accounts with 4 roles, 20 requests a second allowed, over the least time", "x", 1.15),
    ("list-refused", "the same: requests that the portal refused", "", 0),
    ("kept-list", "`list` of 2,000 roles from the kept list, over `/bin/true`", "x", None),
    ("kept-list-ms", "the same", "ms", 10),
    ("kept-list-2000-profiles", "the same with 2,000 profiles in the config, over `/bin/true`", "x", None),
    ("exec", "`exec -- true` with cached credentials, over a hit and `/bin/true`", "x", 1.3),
    ("populate", "`configure populate`: 2,000 profiles from the kept list", "s", 1),
    ("populate-again", "the same again, when nothing changes", "s", None),
    ("size", "program, stripped", "MB", 5),
    ("crates", "crates that are built", "", 200),
    ("cold-build", "release build from nothing (glibc, crates downloaded)", "s", 150),
    ("cold-build-processor", "the same: time of the processors, which does not depend on what else runs", "s", None),
]
AT_LEAST = {"times"}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="put the table into docs/performance.md")
    parser.add_argument("--cold", action="store_true", help="time a release build from nothing, too")
    options = parser.parse_args()
    figures = {}
    environment = prepare()
    for bench in ("hit", "fetch", "people"):
        output = run(f"the bench `{bench}`", ["cargo", "bench", "--quiet", "--locked", "--bench", bench], environment)
        figures.update((name, float(value)) for name, value in re.findall(r"^figure (\S+) (\S+)$", output, re.M))
    program = environment["AWS_SSO_CRED_BINARY"]
    figures.update(counts(run("counting", ["bash", ".ci/hit-guard", program])))
    figures["size"] = os.stat(program).st_size / 1e6
    figures["crates"] = int(re.search(r"(\d+) crates", run("crates", ["bash", ".ci/dependencies"]))[1])
    if options.cold:
        figures.update(cold_build())
    rows = table(figures)
    print(rows)
    if options.write:
        write(rows)
    unknown = figures.keys() - {name for name, *_ in FIGURES}
    print("measured, and in no row:", ", ".join(sorted(unknown)))


def prepare():
    """The programs to measure, and the environment that names them to the benches."""
    environment = {**os.environ, "CARGO_TARGET_DIR": str(TARGET)}
    if "AWS_SSO_CRED_BINARY" not in environment:
        run("the static build", ["bash", ".ci/with-target", MUSL, "bash", ".ci/release-build", MUSL])
        environment["AWS_SSO_CRED_BINARY"] = str(TARGET / MUSL / "release/aws-sso-cred")
    # Not in `target/release`, where the benches build the program with their own features.
    plain = TARGET / "plain"
    run("the plain build", ["cargo", "build", "--quiet", "--locked", "--release", "--bin", "aws-sso-cred",
                            "--target-dir", str(plain)])
    environment["AWS_SSO_CRED_PLAIN_BINARY"] = str(plain / "release/aws-sso-cred")
    peers = TARGET / "peers"
    if not (peers / "bin/python").exists():
        run("an environment for Python", [sys.executable, "-m", "venv", str(peers)])
    run("the tools written in Python", [str(peers / "bin/pip"), "install", "--quiet", "--upgrade", *PEERS])
    environment.setdefault("AWS_CLI", "/usr/bin/aws")
    environment["AWS_SSO_UTIL"] = str(peers / "bin/aws-sso-util")
    environment["BOTOCORE_PYTHON"] = str(peers / "bin/python")
    return environment


def run(title, command, environment=None):
    """Runs a command, shows that it does, and gives what it printed."""
    print(f"{title}: {' '.join(command)}", file=sys.stderr, flush=True)
    done = subprocess.run(command, cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE)
    print(done.stdout, file=sys.stderr, flush=True)
    if done.returncode != 0:
        sys.exit(f"it failed with exit code {done.returncode}")
    return done.stdout


def counts(output):
    """What the guard of the hit counted."""
    numbers = dict(re.findall(r"^ *(\S.*?)  +(\d+)", output, re.M))
    return {
        "instructions": float(numbers["instructions"]),
        "page-faults": float(numbers["page faults"]),
        "page-faults-of-true": float(numbers["those of /bin/true"]),
        "system-calls": float(numbers["system calls"]),
    }


def cold_build():
    with tempfile.TemporaryDirectory() as target:
        before = os.times()
        run("a build from nothing", ["cargo", "build", "--quiet", "--locked", "--release", "--target-dir", target])
        after = os.times()
        processors = after.children_user + after.children_system - before.children_user - before.children_system
        return {"cold-build": after.elapsed - before.elapsed, "cold-build-processor": processors}


def table(figures):
    rows = ["| what | measured | goal | |", "|---|---|---|---|"]
    for name, text, unit, goal in FIGURES:
        measured = shown(figures[name], unit) if name in figures else "not measured"
        verdict = ""
        if goal is not None and name in figures:
            reached = figures[name] >= goal if unit in AT_LEAST else figures[name] <= goal
            verdict = "" if reached else "missed"
        rows.append(f"| {text} | {measured} | {'' if goal is None else shown(goal, unit)} | {verdict} |")
    return "\n".join(rows) + "\n"


def shown(value, unit):
    if unit in ("x", "MB") or (unit == "s" and value < 10):
        return f"{value:.2f}{unit if unit == 'x' else ' ' + unit}"
    if unit in ("MiB", "ms") and value < 10:
        return f"{value:.1f} {unit}"
    return f"{value:,.0f} {unit}".strip()


def write(rows):
    text = PAGE.read_text()
    before, rest = text.split(BEGIN)
    PAGE.write_text(before + BEGIN + rows + END + rest.split(END, 1)[1])
    print(f"written to {PAGE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
