"""The AWS SDK for Go v2 (from Debian) calls the helper, which inherits its stderr."""

import harness
from harness import INSTALLED, LAYOUTS, assert_role

PROGRAM = INSTALLED / "go_v2"


def call(home, profile, times=1, check=True):
    return home.run([PROGRAM, profile, times, home.aws.url], check)


def check_five_calls_start_the_helper_once_in_either_layout(home):
    home.sign_in()
    for number, profile in enumerate(LAYOUTS, start=1):
        done = call(home, profile, times=5)
        assert_role(done.stdout)
        assert done.stderr == "", "a success writes nothing to the person's terminal"
        assert len(home.starts()) == number, home.starts()
    home.assert_requests(GetRoleCredentials=1, GetCallerIdentity=10)


def check_the_terminal_says_why_the_helper_failed(home):
    failed = call(home, "dev", check=False)
    assert failed.returncode == 1 and "exit status 1" in failed.stdout, failed
    assert failed.stderr.startswith("aws-sso-cred: "), failed
    assert "`aws-sso-cred login --sso-session corp`" in failed.stderr, failed
    assert len(failed.stderr.splitlines()) <= 3, failed
    home.assert_requests()


if __name__ == "__main__":
    harness.main(globals())
