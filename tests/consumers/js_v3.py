"""The AWS SDK for JavaScript v3 calls the helper.

Node leaves the helper's standard input open, so a helper that reads it hangs. The
default chain starts a helper a second time after a failure.
"""

import json
import pathlib
import subprocess
import time

import harness
from harness import INSTALLED, LAYOUTS, assert_role

PROGRAM = pathlib.Path(__file__).with_name("js_v3.cjs")


def call(home, provider, profile, times=1):
    """Gives the answer of js_v3.cjs; `provider` is `chain` or `ini`. Standard input stays open."""
    environment = {
        **home.environment,
        "NODE_PATH": str(INSTALLED / "js/node_modules"),
        "AWS_PROFILE": profile,
    }
    command = ["node", str(PROGRAM), provider, str(times), home.aws.url]
    # Node may be in any directory of the PATH; the helper is in `home`.
    environment["PATH"] += ":" + harness.PATH
    with subprocess.Popen(
        command,
        env=environment,
        cwd=home.home,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            process.wait(120)
        finally:
            process.kill()
        output, errors = process.stdout.read(), process.stderr.read()
    assert output, errors
    return json.loads(output)


def check_the_default_chain_starts_the_helper_once_for_five_calls(home):
    home.sign_in()
    for number, profile in enumerate(LAYOUTS, start=1):
        assert_role(call(home, "chain", profile, times=5)["arn"])
        assert len(home.starts()) == number, home.starts()
    home.assert_requests(GetRoleCredentials=1, GetCallerIdentity=10)


def check_from_ini_starts_the_helper_once_for_five_calls(home):
    home.sign_in()
    for number, profile in enumerate(LAYOUTS, start=1):
        assert_role(call(home, "ini", profile, times=5)["arn"])
        assert len(home.starts()) == number, home.starts()
    home.assert_requests(GetRoleCredentials=1, GetCallerIdentity=10)


def check_from_ini_says_why_the_helper_failed(home):
    answer = call(home, "ini", "dev")
    assert "`aws-sso-cred login --sso-session corp`" in answer["error"], answer
    assert len(home.starts()) == 1
    home.assert_requests()


def check_a_helper_that_fails_twice_in_a_row_is_quick_both_times(home):
    started = time.monotonic()
    answer = call(home, "chain", "dev")
    elapsed = time.monotonic() - started
    assert "Could not load credentials from any providers" in answer["error"], answer
    assert len(home.starts()) == 2, "the default chain starts a failing helper twice"
    # Node's own start takes most of the time; a helper that waits for a person, for a lock or
    # for the end of its input takes 30 seconds and more.
    assert elapsed < 25, elapsed
    home.assert_requests()


if __name__ == "__main__":
    harness.main(globals())
