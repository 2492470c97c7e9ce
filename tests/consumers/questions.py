"""What every consumer is asked. Each question checks what must hold, and gives what differs.

In every question the consumer has a standard input with bytes in it that stays open, and pipes for its
output. After it has ended, the bytes must still be there, both pipes must have ended, and no process of
ours may be left, other than the browser that a sign-in has started.
"""

import dataclasses
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import threading
import time

import harness
from consumers import terraform, write_terraform
from harness import LAYOUTS, assert_role

TYPED = b"These bytes are for the consumer.\n" * 50
HINT = "`aws-sso-cred login --sso-session corp`"
# A consumer that does not end within this time, in seconds, hangs.
HANG = 600
# Holds on to whatever it inherits, for longer than that.
BROWSER = """\
#!/bin/sh
echo "$@" >>'{log}'
echo noise; echo noise >&2
exec sleep 10000
"""


@dataclasses.dataclass
class Done:
    """A consumer that has ended."""

    code: int
    output: str
    errors: str

    @property
    def text(self):
        return self.output + self.errors


def run(home, consumer, profile, requests=None, at_end=None, **environment):
    """Runs the consumer, and checks its standard input, its pipes and what it leaves behind.

    If something may be left, `at_end` ends it.
    """
    typed, kept_open = os.pipe()
    os.write(kept_open, TYPED)
    process = subprocess.Popen(
        consumer.argv(home, profile, requests),
        env={**consumer.variables(home, profile), **environment},
        cwd=home.home,
        stdin=typed,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    seen = {}
    readers = [
        threading.Thread(target=lambda name=name, pipe=pipe: seen.update({name: pipe.read()}), daemon=True)
        for name, pipe in (("output", process.stdout), ("errors", process.stderr))
    ]
    for reader in readers:
        reader.start()
    try:
        code = process.wait(HANG)
    finally:
        process.kill()
    if at_end:
        at_end()
    for reader in readers:
        reader.join(60)
        assert not reader.is_alive(), f"{consumer.name} has ended, and a process holds its pipes: {processes(home)}"
    wait_until(lambda: not processes(home), lambda: f"left by {consumer.name}: {processes(home)}")
    os.set_blocking(typed, False)
    still_there = os.read(typed, 2 * len(TYPED))
    os.close(typed), os.close(kept_open)
    assert still_there == TYPED, f"{len(TYPED) - len(still_there)} bytes of standard input are gone"
    decoded = {name: text.decode(errors="replace") for name, text in seen.items()}
    return Done(code, decoded["output"], decoded["errors"])


def processes(home, browser=False):
    """The process ids and names of the helper, or of the browser, in this home."""
    found = []
    mark = f"HOME={home.home}".encode()
    for directory in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if mark in (directory / "environ").read_bytes().split(b"\0"):
                words = (directory / "cmdline").read_bytes().decode().split("\0")
                if browser == (words[:1] == ["sleep"] or any(word.endswith("/browser") for word in words)):
                    found.append((int(directory.name), " ".join(words)))
        except OSError:
            pass  # It has ended.
    return found


def wait_until(is_so, what):
    give_up = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < give_up, what()
        time.sleep(0.05)


def forget(home):
    """Makes the home as new: no token, no role credentials, no state, no records."""
    for name in ("sso", "cli"):
        for path in (home.home / ".aws" / name).rglob("*.json"):
            path.unlink()
    shutil.rmtree(home.home / ".local/state/aws-sso-cred", ignore_errors=True)
    home.start_log.unlink(missing_ok=True)
    (home.root / "tabs").unlink(missing_ok=True)
    home.aws.do("clear_requests")
    home.bucket.callers.clear()
    home.callers_before = len(home.callers())


def callers(home, consumer):
    """The access key ids of the requests to STS or to the bucket, since `forget`."""
    return home.bucket.callers if consumer.is_s3 else home.callers()[home.callers_before :]


def assert_right(home, consumer, done, since=0):
    """Checks that the requests were signed with the role's credentials, which the cache has, too."""
    assert done.code == 0, done
    key = json.loads(home.role_path().read_text())["Credentials"]["AccessKeyId"]
    seen = callers(home, consumer)[since:]
    assert seen and set(seen) == {key}, (seen, key, done)
    if not consumer.is_s3:
        arns = re.findall(r"arn:aws:sts::\S+", done.output.replace('"', " "))
        for arn in arns:
            assert_role(arn)
        assert arns or harness.ACCOUNT in done.text, done


def asks_for_credentials(home, consumer):
    """Right credentials; the starts for one process, and for the next one with the other layout."""
    home.sign_in()
    starts = []
    for profile in LAYOUTS:
        before, since = len(home.starts()), len(callers(home, consumer))
        done = run(home, consumer, profile)
        assert_right(home, consumer, done, since)
        assert "aws-sso-cred: " not in done.text, done
        starts.append(len(home.starts()) - before)
    assert home.count("GetRoleCredentials") == 1, "the second process uses the credentials of the first"
    assert starts[0] == starts[1], starts
    assert_document(home)
    return {"starts": starts[0]}


def assert_document(home):
    """Checks what no consumer checks, but one may some day: the document itself, and an empty stderr."""
    document = home.helper("--profile", "dev-sso")
    cached = json.loads(home.role_path().read_text())["Credentials"]
    same = {name: cached[name] for name in ("AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration")}
    assert document == {"Version": 1, "AccountId": harness.ACCOUNT, **same}, (document, cached)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", document["Expiration"]), document


def finds_an_expired_sign_in(home, consumer):
    """What the consumer shows, and how often it starts the helper."""
    home.sign_in(alive=False)
    token = {name: value for name, value in home.token().items() if "efresh" not in name}
    home.token_path().write_text(json.dumps(token))
    done = run(home, consumer, "dev", requests=1)
    assert set(callers(home, consumer)) <= {"anonymous"}, (callers(home, consumer), done)
    assert [request for request in home.aws.do("requests") if request["operation"] != "GetCallerIdentity"] == []
    failed = home.helper("--profile", "dev-sso", check=False)
    assert (failed.returncode, failed.stdout) == (1, "") and HINT in failed.stderr, failed
    return {
        "starts without a sign-in": len(home.starts()),
        "exit": done.code,
        "hint": hint(done),
        "shows": shown(home, consumer, done),
    }


def hint(done):
    if HINT not in done.text:
        return "lost"
    is_as_written = any(line.startswith("aws-sso-cred: ") for line in done.errors.splitlines())
    return "on stderr" if is_as_written else "in its error"


def shown(home, consumer, done, its_own=False):
    """The lines of its output that tell of the failure: ours if there are any, or its own."""
    lines = [re.sub("^[ │╷╵\t]*", "", line).rstrip() for line in (done.errors + "\n" + done.output).splitlines()]
    ours = [line for line in lines if "aws-sso-cred: " in line or line.startswith("hint: ")]
    telling = "rror: |ailed to|timed out|Exception: |\"error\"|ould not|nable to|non zero exit|no credentials"
    tells = [line for line in lines if re.search(telling, line)]
    ours = [] if its_own else ours[:2]
    text = "\n".join(ours or tells[:1] or list(filter(None, lines))[-1:] or ["nothing"])
    for path in (home.home, home.root, harness.ROOT):
        text = text.replace(str(path), "~")
    # Neither ports, nor hashes of objects, nor times of a log.
    text = re.sub(r"(?<=http://127\.0\.0\.1):\d+|(?<=\w)@[0-9a-f]{6,8}|^\d{4}/\S+ \S+ ", "", text)
    return "\n".join(line if len(line) < 300 else line[:200] + " [...]" for line in text.splitlines())


def waits_for_a_sign_in(home, consumer, wait=2):
    """The helper gives up first: the consumer goes on, and its next start uses the same sign-in."""
    prepare_sign_in(home)
    done = run(home, consumer, "dev", requests=1, **interactive(home, wait))
    starts = len(home.starts())
    assert set(callers(home, consumer)) <= {"anonymous"}, done
    assert_next_start_uses_the_sign_in(home, consumer, wait)
    return {"starts while a sign-in is pending": starts}


def has_a_time_limit(home, consumer, patience=65):
    """You approve after 65 seconds, which is longer than the limits that are known."""
    prepare_sign_in(home)
    first = {}
    watcher = threading.Thread(target=watch, args=(home, patience, first, ended := threading.Event()))
    watcher.start()

    def at_end():
        ended.set()
        watcher.join()
        for process in helpers(home):
            os.kill(process, signal.SIGTERM)
        wait_until(lambda: not helpers(home), lambda: "SIGTERM does not end the helper")
        end_processes(home)

    try:
        done = run(home, consumer, "dev", requests=1, at_end=at_end, **interactive(home, patience + 120))
    finally:
        ended.set()
    seen = set(callers(home, consumer))
    is_limited = done.code != 0 or not seen or "anonymous" in seen
    assert_next_start_uses_the_sign_in(home, consumer, patience)
    if not is_limited:
        return {"limit": None}
    assert first["after"] < patience, first
    return {
        "limit": round(first["after"]),
        "helper at its limit": first["fate"],
        "shows at its limit": shown(home, consumer, done, its_own=True),
    }


def watch(home, patience, first, ended):
    """Notes when the first helper, its parent or the consumer ends; approves when the time has come."""
    while not (home.count("CreateToken") and (found := helpers(home))) and not ended.wait(0.2):
        pass
    if ended.is_set():
        return
    helper, started = found[0], home.start_log.stat().st_mtime
    parent = parent_of(helper)
    while not ended.is_set() and parent_of(helper) == parent and time.time() - started < patience:
        ended.wait(0.2)
    first["after"], first["fate"] = time.time() - started, "goes on" if parent_of(helper) else "is killed"
    if not ended.wait(max(0, started + patience - time.time())):
        home.aws.do("approve", user_code=home.aws.do("user_code"))


def parent_of(process):
    """The parent's process id, or None if the process has ended."""
    try:
        state, parent = pathlib.Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[:2]
        return None if state == "Z" else int(parent)
    except OSError:
        return None


def helpers(home):
    return [process for process, words in processes(home) if words.split(" ")[0] == str(harness.PROGRAM)]


def survives_a_kill(home, consumer):
    """The helper is killed while it waits; the next start uses the same sign-in."""
    prepare_sign_in(home)
    killer = threading.Thread(target=kill_helpers, args=(home, ended := threading.Event()))
    killer.start()
    try:
        done = run(home, consumer, "dev", requests=1, **interactive(home, 300))
    finally:
        ended.set()
        killer.join()
    assert set(callers(home, consumer)) <= {"anonymous"}, done
    assert_next_start_uses_the_sign_in(home, consumer, 300)
    return {}


def kill_helpers(home, ended):
    """Kills every helper, but the first only when its sign-in is pending."""
    while not ended.wait(0.1):
        if home.count("CreateToken"):
            for process in helpers(home):
                os.kill(process, signal.SIGKILL)


def prepare_sign_in(home):
    home.aws.do("set_device", interval_seconds=1, expires_in_seconds=600, strict_slow_down=False)
    home.add_program("browser", BROWSER.format(log=home.root / "tabs"))


def interactive(home, wait):
    return {"AWS_SSO_INTERACTIVE_AUTH": "1", "AWS_SSO_CRED_WAIT": str(wait), "BROWSER": str(home.bin / "browser")}


def assert_next_start_uses_the_sign_in(home, consumer, wait):
    """Approves as the person, who sees one tab with one code, and uses the consumer again."""
    tabs = home.root / "tabs"
    wait_until(tabs.exists, lambda: f"{consumer.name}: no browser was started")
    if code := home.aws.do("user_code"):
        assert home.aws.do("approve", user_code=code)
    since = len(callers(home, consumer))
    assert_right(home, consumer, run(home, consumer, "dev", requests=1, **interactive(home, wait)), since)
    assert home.count("StartDeviceAuthorization") == 1, "more than one sign-in"
    assert len(tabs.read_text().splitlines()) == 1, "more than one tab"
    close_browser(home)


def end_processes(home):
    """Ends what a consumer has left running."""
    for process, _ in processes(home):
        try:
            os.kill(process, signal.SIGKILL)
        except ProcessLookupError:
            pass


def close_browser(home):
    for process, _ in processes(home, browser=True):
        os.kill(process, signal.SIGKILL)


def has_forty_providers(home, consumer, count=40):
    """Forty providers of Terraform for four roles, each in a process of its own, in one plan."""
    home.sign_in()
    roles = [f"Role{number}" for number in range(4)]
    for role in roles:
        home.aws.do("add_role", account_id=harness.ACCOUNT, role_name=role)
        line = f"aws-sso-cred --sso-session corp --account-id {harness.ACCOUNT} --role-name {role}"
        home.add_config(f"\n[profile {role}]\nregion = us-east-1\ncredential_process = {line}\n")
    asked = [roles[number % len(roles)] for number in range(count)]
    write_terraform(home, asked)
    plan = terraform(home, "plan", "-no-color", "-input=false", "-lock=false", f"-parallelism={count}")
    forty = dataclasses.replace(consumer, command=lambda *_: plan)
    done = run(home, forty, "dev")
    assert done.code == 0, done
    found = dict(re.findall(r"number(\d+) += \"arn:\S*AWSReservedSSO_(\w+?)_", done.output))
    assert found == {str(number): role for number, role in enumerate(asked)}, (found, done)
    assert home.count("GetRoleCredentials") == len(roles), home.count("GetRoleCredentials")
    return {"starts for forty providers": len(home.starts())}


QUICK = [asks_for_credentials, finds_an_expired_sign_in, waits_for_a_sign_in]
WHOLE = [*QUICK, survives_a_kill, has_a_time_limit]
# Questions for one consumer alone, in the whole run.
ALONE = {"Terraform": [has_forty_providers]}
