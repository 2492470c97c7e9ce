"""Shared by the checks of all callers: a home, the helper, a stand-in for AWS.

A caller's script defines functions that start with `check_`, each of which gets
a new `Home`, and ends with `harness.main(globals())`. The programs under test
are the debug builds, unless AWS_SSO_CRED_BINARY and STAND_IN_BINARY name others.

No request goes to AWS, and the person's own configuration is not used: the
environment contains only what `Home.environment` lists.
"""

import contextlib
import datetime
import functools
import hashlib
import http.server
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from unittest import mock

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
from stand_in import ACCOUNT, ROLE, START_URL, StandIn

TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
PATH = os.environ.get("PATH", "/usr/bin:/bin")
INSTALLED = pathlib.Path(os.environ.get("CONSUMERS_DIRECTORY", TARGET / "consumers"))
PROGRAM = pathlib.Path(os.environ.get("AWS_SSO_CRED_BINARY", TARGET / "debug/aws-sso-cred"))
STAND_IN = pathlib.Path(os.environ.get("STAND_IN_BINARY", TARGET / "debug/stand-in"))

# Both layouts that the documentation recommends: the role in the command line,
# and an SSO profile that keeps its keys under another name.
SESSION = f"""\
[sso-session corp]
sso_start_url = {START_URL}
sso_region = us-east-1
sso_registration_scopes = sso:account:access
"""
LAYOUTS = {
    "dev": f"""
[profile dev]
region = us-east-1
credential_process = aws-sso-cred --sso-session corp --account-id {ACCOUNT} --role-name {ROLE}
""",
    "dev-by-reference": f"""
[profile dev-by-reference]
region = us-east-1
credential_process = aws-sso-cred --profile dev-sso

[profile dev-sso]
region = us-east-1
sso_session = corp
sso_account_id = {ACCOUNT}
sso_role_name = {ROLE}
""",
}

# Callers start the helper under its own name through a shell script, which records
# the start and then becomes the helper: same process, same descriptors.
COUNTING_HELPER = """\
#!/bin/sh
printf '%s\\n' "$*" >>'{log}'
exec '{program}' "$@"
"""


class Home:
    """A person's home with both layouts, and a stand-in for it."""

    def __init__(self):
        self.aws = StandIn(str(STAND_IN))
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="aws-sso-cred-caller-"))
        self.home, self.bin = self.root / "home", self.root / "bin"
        self.start_log = self.root / "starts"
        (self.home / ".aws").mkdir(parents=True)
        self.bin.mkdir()
        self.add_config(SESSION + "".join(LAYOUTS.values()))
        self.add_program("aws-sso-cred", COUNTING_HELPER.format(log=self.start_log, program=PROGRAM))
        self.environment = {
            "HOME": str(self.home),
            # The CDK takes the home of the user id otherwise.
            "CDK_HOME": str(self.home / ".cdk"),
            "PATH": f"{self.bin}:/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "AWS_ENDPOINT_URL_SSO": self.aws.url,
            "AWS_ENDPOINT_URL_SSO_OIDC": self.aws.url,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def close(self):
        self.aws.stop()
        if "bucket" in self.__dict__:
            self.bucket.close()
        shutil.rmtree(self.root)

    @functools.cached_property
    def bucket(self):
        return Bucket()

    def add_config(self, text):
        with (self.home / ".aws/config").open("a") as config:
            config.write(text)

    def add_program(self, name, text):
        """A program of this name, which is found first; its path."""
        program = self.bin / name
        program.write_text(text)
        program.chmod(0o755)
        return program

    # The helper.

    def starts(self):
        """The command lines that the helper was started with."""
        return self.start_log.read_text().splitlines() if self.start_log.exists() else []

    def helper(self, *arguments, check=True):
        """Starts the helper as an SDK would; this start is not counted."""
        done = self.run([str(PROGRAM), *arguments], check=False)
        if check:
            assert (done.returncode, done.stderr) == (0, ""), done
            return json.loads(done.stdout)
        return done

    def run(self, command, check=True, **environment):
        """Runs a program in this home; it needs a few seconds at most, on a busy machine more."""
        done = subprocess.run(
            [str(part) for part in command],
            env={**self.environment, **environment},
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=600,
        )
        assert not check or done.returncode == 0, done
        return done

    def here(self):
        """Gives this process the environment of the home, for callers that are libraries."""
        return mock.patch.dict(os.environ, self.environment, clear=True)

    # The AWS CLI's caches.

    def token_path(self):
        return self.home / ".aws/sso/cache" / (hashlib.sha1(b"corp").hexdigest() + ".json")

    def role_path(self):
        key = {"accountId": ACCOUNT, "roleName": ROLE, "sessionName": "corp"}
        text = json.dumps(key, sort_keys=True, separators=(",", ":"))
        return self.home / ".aws/cli/cache" / (hashlib.sha1(text.encode()).hexdigest() + ".json")

    def sign_in(self, seconds=3600, alive=True):
        """Writes the token file as `aws sso login` does, valid or expired."""
        token = self.aws.do("issue_token", seconds=seconds if alive else 0, refreshable=True)
        expires_at = time.time() + (seconds if alive else -60)
        path = self.token_path()
        path.parent.mkdir(parents=True, exist_ok=True)
        fields = {
            "startUrl": START_URL,
            "region": "us-east-1",
            "accessToken": token["accessToken"],
            "expiresAt": timestamp(expires_at),
            "clientId": token["clientId"],
            "clientSecret": token["clientSecret"],
            "registrationExpiresAt": timestamp(token["clientSecretExpiresAt"]),
            "refreshToken": token["refreshToken"],
        }
        path.write_text(json.dumps(fields))
        return fields

    def token(self):
        return json.loads(self.token_path().read_text())

    # The records of the stand-in.

    def count(self, operation):
        return self.aws.do("count", operation=operation)

    def callers(self):
        """The access key ids that STS was called with."""
        return self.aws.do("callers")

    def assert_requests(self, **counts):
        """Checks the number of requests of each kind; other kinds must have none."""
        seen = {}
        for request in self.aws.do("requests"):
            seen[request["operation"]] = seen.get(request["operation"], 0) + 1
        assert seen == counts, (seen, counts)


class Bucket:
    """An empty bucket of S3, which keeps the access key id of each request."""

    def __init__(self):
        self.callers = []
        handler = type("Handler", (BucketHandler,), {"callers": self.callers})
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class BucketHandler(http.server.BaseHTTPRequestHandler):
    callers = None

    def do_GET(self):
        credential = re.search("Credential=([^/]*)/", self.headers.get("Authorization") or "")
        self.callers.append(credential.group(1) if credential else "anonymous")
        is_listed = self.command == "GET"
        body = b"<ListBucketResult><Name>bucket</Name><IsTruncated>false</IsTruncated></ListBucketResult>"
        self.send_response(200 if is_listed else 404)
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(body) if is_listed else 0))
        self.end_headers()
        if is_listed:
            self.wfile.write(body)

    do_HEAD = do_GET

    def log_message(self, *arguments):
        pass


def timestamp(seconds):
    moment = datetime.datetime.fromtimestamp(int(seconds), datetime.timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def assert_role(arn):
    assert arn.startswith(f"arn:aws:sts::{ACCOUNT}:assumed-role/AWSReservedSSO_{ROLE}_"), arn


class NotHere(Exception):
    """Something that a check cannot run without is not on this machine."""


def is_here(what):
    """Whether a file is there, or a program on the PATH."""
    return pathlib.Path(what).exists() if "/" in str(what) else shutil.which(what, path=PATH) is not None


def require(*files):
    """Ends the check, which counts as not run, if a file is not there, or a program not on the PATH."""
    for what in files:
        if not is_here(what):
            raise NotHere(f"{what} is not installed")


@contextlib.contextmanager
def programs_may_be_absent(home):
    """Turns the failure to start a program that is not on this machine into NotHere."""
    try:
        yield
    except FileNotFoundError as error:
        is_start = traceback.extract_tb(error.__traceback__)[-1].name == "_execute_child"
        if is_start and not str(error.filename).startswith(str(home.root)):
            require(error.filename)
        raise


NOT_RUN = []


def not_run(what):
    """Says at the end of the step, and in the summary of `.ci/run`, what a check leaves out."""
    what = " ".join(what.split())
    if what not in NOT_RUN:
        NOT_RUN.append(what)


def main(names, at_once=1):
    """Runs the caller's checks, up to `at_once` at the same time, and reports, one line each."""
    for missing in (path for path in (PROGRAM, STAND_IN) if not path.exists()):
        sys.exit(f"{missing} does not exist: run `cargo build --workspace` first")
    checks = [check for name, check in names.items() if name.startswith("check_")]
    with ThreadPoolExecutor(at_once) as pool:
        finish(list(pool.map(passes, checks)))


def passes(check):
    """Whether the check passes, or None if it cannot run on this machine."""
    started = time.monotonic()
    with contextlib.closing(Home()) as home:
        try:
            with programs_may_be_absent(home):
                check(home)
            failure, word, passed = "", "ok    ", True
        except NotHere as absent:
            not_run(f"{check.__name__[6:]}: {absent}")
            failure, word, passed = "", "absent", None
        except Exception:
            failure, word, passed = traceback.format_exc(limit=4), "FAILED", False
    print(f"{failure}{word} {check.__name__[6:]} ({time.monotonic() - started:.1f} s)", flush=True)
    return passed


def finish(passed):
    """Says what was left out, counts, and ends the program."""
    for what in NOT_RUN:
        print(f"NOT RUN: {what}")
    if log := os.environ.get("NOT_RUN_LOG"):
        pathlib.Path(log).write_text("".join(f"{what}\n" for what in NOT_RUN))
    failed = passed.count(False)
    print(f"{passed.count(True)} passed, {failed} failed")
    # 77 says that nothing could run on this machine.
    sys.exit(1 if failed else 0 if True in passed else 77)
