"""boto3 on a terminal, as a person starts it: the helper signs in while boto3 waits.

boto3 captures both streams of the helper, so the prompt must appear on the terminal.
"""

import json
import pathlib
import subprocess
import sys
import time

import harness
from harness import assert_role
from boto3_calls import PROGRAM as CALLS

TERMINAL = pathlib.Path(__file__).with_name("pseudo_terminal.py")
BROWSER = """\
#!/bin/sh
echo "$@" >>'{log}'
echo noise; echo noise >&2
"""
DEADLINE = 30


class OnTerminal:
    """A program in this home, on a terminal of its own."""

    def __init__(self, home, code, *arguments, **environment):
        self.home, self.tabs = home, home.root / "tabs"
        browser = home.add_program("browser", BROWSER.format(log=self.tabs))
        spec = {
            "argv": [sys.executable, "-c", code, *map(str, arguments)],
            "place": "foreground",
            "stdin": "terminal",
            "stdout": "pipe",
            "stderr": "pipe",
        }
        home.aws.do("set_device", interval_seconds=1, expires_in_seconds=600, strict_slow_down=True)
        self.process = subprocess.Popen(
            [sys.executable, str(TERMINAL), json.dumps(spec)],
            env={**home.environment, "BROWSER": str(browser), **environment},
            cwd=home.home,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def decide(self, decision):
        """Approves or denies as the person, once the helper has polled."""
        give_up = time.monotonic() + DEADLINE
        while not self.home.count("CreateToken"):
            assert time.monotonic() < give_up, "the helper does not poll"
            time.sleep(0.02)
        code = self.home.aws.do("user_code")
        assert self.home.aws.do(decision, user_code=code)
        return code

    def finish(self):
        report, _ = self.process.communicate(timeout=80)
        return json.loads(report)

    def assert_tabs(self, count):
        """Checks how often the browser was started; each start writes a line."""
        give_up = time.monotonic() + DEADLINE
        while count and not self.tabs.exists() and time.monotonic() < give_up:
            time.sleep(0.02)
        time.sleep(0.1)
        tabs = self.tabs.read_text().splitlines() if self.tabs.exists() else []
        assert len(tabs) == count, tabs


def prompts(text):
    return text.count("please sign in to sso-session `corp`")


def check_the_prompt_is_on_the_terminal_and_the_call_succeeds(home):
    on = OnTerminal(home, CALLS, "dev", home.aws.url, 3, AWS_SSO_INTERACTIVE_AUTH="1")
    code = on.decide("approve")
    seen = on.finish()
    assert (seen["status"], seen["stderr"]) == (0, ""), seen
    assert len(seen["stdout"].splitlines()) == 3, seen
    assert_role(seen["stdout"])
    assert prompts(seen["screen"]) == 1 and code in seen["screen"], seen["screen"]
    on.assert_tabs(1)
    assert len(home.starts()) == 1, home.starts()
    assert home.count("StartDeviceAuthorization") == 1


def check_the_next_program_shows_no_prompt(home):
    on = OnTerminal(home, CALLS, "dev", home.aws.url, 1, AWS_SSO_INTERACTIVE_AUTH="1")
    on.decide("approve")
    on.finish()
    requests = home.count("CreateToken")
    again = OnTerminal(home, CALLS, "dev", home.aws.url, 1, AWS_SSO_INTERACTIVE_AUTH="1").finish()
    assert (again["status"], again["stderr"], again["screen"]) == (0, "", ""), again
    assert home.count("CreateToken") == requests


def check_a_refusal_is_also_shown_on_the_terminal(home):
    home.aws.do("auto_deny", after_polls=1)
    seen = OnTerminal(home, CALLS, "dev", home.aws.url, 1, AWS_SSO_INTERACTIVE_AUTH="1").finish()
    assert seen["status"] == 1 and "CredentialRetrievalError: " in seen["stderr"], seen
    assert "the sign-in was refused in the browser" in seen["stderr"], seen
    assert seen["screen"].count("the sign-in was refused in the browser") == 1, seen["screen"]
    home.assert_requests(RegisterClient=1, StartDeviceAuthorization=1, CreateToken=2)


def check_eight_sessions_at_once_ask_once(home):
    code = """
import sys, threading, boto3
from botocore.config import Config
profile, url = sys.argv[1:]
config = Config(retries={"total_max_attempts": 1})
sessions = [boto3.Session(profile_name=profile) for _ in range(8)]
clients = []
def call(session):
    client = session.client("sts", endpoint_url=url, config=config)
    print(client.get_caller_identity()["Arn"], flush=True)
threads = [threading.Thread(target=call, args=[session]) for session in sessions]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
"""
    on = OnTerminal(home, code, "dev", home.aws.url, AWS_SSO_INTERACTIVE_AUTH="1")
    on.decide("approve")
    seen = on.finish()
    assert (seen["status"], seen["stderr"]) == (0, ""), seen
    assert len(seen["stdout"].splitlines()) == 8, seen
    assert prompts(seen["screen"]) == 1, seen["screen"]
    assert "is already waiting" not in seen["screen"], seen["screen"]
    on.assert_tabs(1)
    assert home.count("StartDeviceAuthorization") == home.count("GetRoleCredentials") == 1


def check_without_permission_the_terminal_says_what_to_run(home):
    seen = OnTerminal(home, CALLS, "dev", home.aws.url, 1).finish()
    assert seen["status"] == 1, seen
    assert seen["screen"].count("`aws-sso-cred login --sso-session corp`") == 1, seen["screen"]
    home.assert_requests()


if __name__ == "__main__":
    harness.main(globals())
