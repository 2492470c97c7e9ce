"""Makes the picture of a terminal in the README from a real run.

    python docs/terminal/picture.py            writes docs/terminal/terminal.svg
    python docs/terminal/picture.py --check    fails if the program now prints something else

It needs the debug builds, and a Python that has boto3. The commands run on a pseudo-terminal
in a home of their own, against the stand-in for AWS. The script also plays the person who
approves the sign-in. Everything else is what the programs print; codes, times and ports, which
differ from run to run, are replaced by fixed ones.
"""

import os
import pathlib
import pty
import re
import select
import subprocess
import sys
import threading
import time
from xml.sax.saxutils import escape

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "tests/consumers"))
import harness

PICTURE = HERE / "terminal.svg"
CALL = """
import boto3
identity = boto3.Session(profile_name="dev").client("sts").get_caller_identity()
print("hello from", identity["Arn"].split("/")[1].split("_")[1], "in", identity["Account"])
"""
COMMANDS = [
    "python3 hello_aws.py",
    "aws-sso-cred status",
    "aws-sso-cred list",
    "aws-sso-cred exec --profile dev -- env | grep AWS_REGION",
]
CONFIG = f"""
[profile ops]
region = us-east-1
credential_process = aws-sso-cred --sso-session corp --account-id 444455556666 --role-name Admin
"""
ACCOUNTS = [
    (harness.ACCOUNT, "development", [harness.ROLE]),
    ("444455556666", "production", ["Admin", "ReadOnly"]),
]
COLUMNS = 100
DEADLINE = 60

# What differs from run to run. The user code is random, times go on.
VARIES = [
    (r"[B-DF-HJ-NP-TV-Z]{4}-[B-DF-HJ-NP-TV-Z]{4}", "ABCD-EFGH"),
    (r"\d{4}-\d\d-\d\d \d\d:\d\d UTC(?! \(in \d+ days)", "2026-11-30 12:00 UTC"),
    (r"\d{4}-\d\d-\d\d \d\d:\d\d UTC \(in \d+ days", "2027-02-28 11:00 UTC (in 90 days"),
    (r"in \d+ minutes", "in 60 minutes"),
    (r"127\.0\.0\.1:\d+", "127.0.0.1:8443"),
]


def main():
    if not harness.PROGRAM.exists():
        sys.exit("build the programs first: cargo build --workspace")
    picture = drawn(fixed(record()))
    if "--check" not in sys.argv[1:]:
        PICTURE.write_text(picture)
        print(f"written: {PICTURE.relative_to(ROOT)}")
        return
    if picture != PICTURE.read_text():
        print(picture)
        sys.exit("the README's picture shows something else: run docs/terminal/picture.py, and look at it")
    print(f"{PICTURE.relative_to(ROOT)} shows what the programs print")


def record():
    """What the terminal shows of all commands, each behind its prompt."""
    home = harness.Home()
    try:
        prepare(home)
        return "\n".join(f"$ {command}\n{on_terminal(home, command)}" for command in COMMANDS)
    finally:
        home.close()


def prepare(home):
    (home.home / ".aws/config").write_text(harness.SESSION + harness.LAYOUTS["dev"] + CONFIG)
    (home.home / "hello_aws.py").write_text(CALL)
    home.add_program("python3", f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    home.add_program("browser", "#!/bin/sh\n")
    home.environment.update(
        AWS_ENDPOINT_URL_STS=home.aws.url, AWS_SSO_INTERACTIVE_AUTH="1", BROWSER="browser", TERM="xterm-256color"
    )
    home.aws.do("set_device", interval_seconds=1, expires_in_seconds=600, strict_slow_down=True)
    for account, name, roles in ACCOUNTS:
        home.aws.do("add_account", account_id=account, name=name, email=f"{name}@example.com")
        for role in roles:
            home.aws.do("add_role", account_id=account, role_name=role)


def on_terminal(home, command):
    """Runs the command as the leader of a terminal's session, and gives what the terminal shows."""
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(home.home)
        os.execve("/bin/sh", ["sh", "-c", f"stty columns {COLUMNS}; {command}"], home.environment)
    person = threading.Thread(target=approve, args=[home], daemon=True)
    person.start()
    seen, give_up = b"", time.monotonic() + DEADLINE
    while time.monotonic() < give_up:
        if not select.select([terminal], [], [], 1)[0]:
            continue
        try:
            seen += os.read(terminal, 65536)
        except OSError:  # the program has ended
            break
    _, status = os.waitpid(child, 0)
    assert status == 0, seen
    return seen.decode().replace("\r\n", "\n")


def approve(home):
    """The person: approves the request in the browser, once the program waits for it."""
    give_up = time.monotonic() + DEADLINE
    while time.monotonic() < give_up:
        if home.count("CreateToken"):
            code = home.aws.do("user_code")
            if code:
                home.aws.do("approve", user_code=code)
            return
        time.sleep(0.05)


def fixed(text):
    for pattern, sample in VARIES:
        text = re.sub(pattern, sample, text)
    return text


# The picture.

CELL, LINE, MARGIN, SIZE = 8.43, 20, 18, 14


def drawn(text):
    lines = [shown(line) for line in text.rstrip().split("\n")]
    width = round(2 * MARGIN + CELL * max(map(len, lines)))
    height = 2 * MARGIN + LINE * len(lines)
    rows = "\n".join(
        f'<text xml:space="preserve" x="{MARGIN}" y="{MARGIN + LINE * number + SIZE}" class="{kind(line)}">{escape(line)}</text>'
        for number, line in enumerate(lines)
        if line
    )
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img">
<title>A terminal: boto3 asks for a sign-in, then status, list and exec</title>
<style>
text {{ font: {SIZE}px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; white-space: pre; fill: #c9d1d9 }}
.command {{ fill: #7ee787; font-weight: bold }}
</style>
<rect width="{width}" height="{height}" rx="8" fill="#0d1117"/>
{rows}
</svg>
"""


def kind(line):
    return "command" if line.startswith("$ ") else "output"


def shown(line):
    """What is left on the terminal of a line in which progress was shown and erased."""
    cells, column = [], 0
    for part in re.findall(r"\x1b\[[0-9;?]*[A-Za-z]|[^\x1b]", line):
        if part == "\r":
            column = 0
        elif part.endswith("K") and len(part) > 1:
            del cells[column:]
        elif len(part) == 1:
            cells[column:column + 1] = [part]
            column += 1
    return "".join(cells).rstrip()


if __name__ == "__main__":
    main()
