"""A sign-in or sign-out by one tool applies to the others.

boto3 (the newest) and Debian's AWS CLI v2 use their own SSO providers with the
files that `aws-sso-cred login` wrote, and the helper uses the files that they wrote.

Not run: the redirect (PKCE) of the AWS CLI, which came with 2.22. Debian 12 has
2.9 and PyPI has version 1 only.
"""

import hashlib
import json
import sys
import time

import harness
from aws_cli_v2 import AWS, call, send_its_provider_to
from harness import PROGRAM, START_URL, assert_role, timestamp

# A browser that follows the link, and approves on the page for device codes.
BROWSER = """\
#!/bin/sh
echo "$1" >>'{log}'
case $1 in
*/device?*) exec curl -sS -o /dev/null -d "${{1#*\\?}}&decision=approve" "${{1%%\\?*}}" ;;
*) exec curl -sSL -o /dev/null "$1" ;;
esac
"""

BY_REDIRECT = ()
BY_CODE = ("--use-device-code",)

# boto3's own SSO provider: the profile has sso_* keys and no credential_process.
PROGRAM_OF_BOTO3 = """
import sys, boto3
sts = boto3.Session(profile_name="dev-sso").client("sts", endpoint_url=sys.argv[1])
print(sts.get_caller_identity()["Arn"])
"""


def with_browser(home):
    browser = home.add_program("browser", BROWSER.format(log=home.root / "opened"))
    home.environment["BROWSER"] = str(browser)
    send_its_provider_to(home, home.aws.url)


def opened(home):
    log = home.root / "opened"
    return log.read_text().splitlines() if log.exists() else []


def login(home, *how):
    done = home.run([PROGRAM, "login", "--sso-session", "corp", *how])
    assert done.stdout == "" and "signed in to sso-session `corp`" in done.stderr, done


def by_boto3(home):
    done = home.run([sys.executable, "-c", PROGRAM_OF_BOTO3, home.aws.url])
    assert done.stderr == "", done
    assert_role(done.stdout)


def expire(home):
    """Marks the access token as expired; the refresh token stays valid."""
    token = home.token()
    token["expiresAt"] = timestamp(time.time() - 60)
    home.token_path().write_text(json.dumps(token))
    return token


def registration_path(home):
    key = {
        "tool": "botocore",
        "startUrl": START_URL,
        "region": "us-east-1",
        "scopes": ["sso:account:access"],
        "session_name": "corp",
    }
    name = hashlib.sha1(json.dumps(key, sort_keys=True).encode()).hexdigest()
    return home.home / ".aws/sso/cache" / f"{name}.json"


def boto3_works_and_refreshes_after_login(home, how, grant):
    with_browser(home)
    login(home, *how)
    by_boto3(home)
    ours = expire(home)
    home.aws.do("clear_requests")
    by_boto3(home)
    renewed = home.token()
    assert renewed["accessToken"] != ours["accessToken"]
    assert renewed["clientId"] == ours["clientId"], "the client of the helper is used"
    home.assert_requests(CreateToken=1, GetRoleCredentials=1, GetCallerIdentity=1)
    # The helper then uses the token that boto3 refreshed.
    home.aws.do("clear_requests")
    home.helper("--profile", "dev-sso", "--no-cache")
    home.assert_requests(GetRoleCredentials=1)
    expire(home)
    home.helper("--profile", "dev-sso", "--no-cache")
    assert home.count("CreateToken") == 1
    assert json.loads(registration_path(home).read_text()).get("grantTypes") == grant


def check_boto3_works_and_refreshes_after_login_by_redirect(home):
    grants = ["authorization_code", "refresh_token"]
    boto3_works_and_refreshes_after_login(home, BY_REDIRECT, grants)


def check_boto3_works_and_refreshes_after_login_by_code(home):
    boto3_works_and_refreshes_after_login(home, BY_CODE, None)


def check_the_aws_cli_works_and_refreshes_after_login(home):
    for how in (BY_REDIRECT, BY_CODE):
        if not opened(home):
            with_browser(home)
        login(home, *how)
        call(home, "dev-sso")
        ours = expire(home)
        for path in (home.home / ".aws/cli/cache").glob("*.json"):
            path.unlink()
        call(home, "dev-sso")
        assert home.token()["accessToken"] != ours["accessToken"]


def check_the_aws_cli_signs_in_with_the_registration_of_the_helper(home):
    with_browser(home)
    login(home, *BY_CODE)
    registered = registration_path(home).read_text()
    ours = home.token()
    home.aws.do("clear_requests")
    done = home.run([AWS, "sso", "login", "--sso-session", "corp"])
    assert "Successfully logged into Start URL" in done.stdout, done
    assert home.count("RegisterClient") == 0
    assert registration_path(home).read_text() == registered
    assert home.token()["accessToken"] != ours["accessToken"]
    call(home, "dev-sso")


def check_the_aws_cli_replaces_a_registration_of_the_helper_that_expires_soon(home):
    with_browser(home)
    login(home, *BY_CODE)
    registration = json.loads(registration_path(home).read_text())
    registration["expiresAt"] = timestamp(time.time() + 14 * 60)
    registration_path(home).write_text(json.dumps(registration))
    home.aws.do("clear_requests")
    home.run([AWS, "sso", "login", "--sso-session", "corp"])
    assert home.count("RegisterClient") == 1


def check_the_helper_works_and_refreshes_after_aws_sso_login(home):
    with_browser(home)
    home.run([AWS, "sso", "login", "--sso-session", "corp"])
    home.aws.do("clear_requests")
    home.helper("--profile", "dev-sso")
    home.assert_requests(GetRoleCredentials=1)
    theirs = expire(home)
    home.helper("--profile", "dev-sso", "--no-cache")
    assert home.token()["accessToken"] != theirs["accessToken"]
    # The helper uses the registration of the AWS CLI as well.
    home.aws.do("clear_requests")
    login(home, *BY_CODE)
    assert home.count("RegisterClient") == 0


def check_aws_sso_logout_signs_the_helper_out(home):
    with_browser(home)
    login(home)
    home.helper("--profile", "dev-sso")
    home.run([AWS, "sso", "logout"])
    assert not home.token_path().exists()
    done = home.helper("--profile", "dev-sso", check=False)
    assert (done.returncode, done.stdout) == (1, ""), done
    assert "you are not signed in" in done.stderr, done
    status = home.run([PROGRAM, "status"], check=False)
    assert status.returncode == 1 and "not signed in" in status.stdout, status


def check_logout_signs_the_aws_cli_out(home):
    with_browser(home)
    home.run([AWS, "sso", "login", "--sso-session", "corp"])
    call(home, "dev-sso")
    done = home.run([PROGRAM, "logout", "--sso-session", "corp"])
    assert (done.stdout, done.stderr) == ("", "signed out of sso-session `corp`\n"), done
    failed = call(home, "dev-sso", check=False)
    assert failed.returncode != 0 and "Token for corp does not exist" in failed.stderr, failed


if __name__ == "__main__":
    harness.not_run("sign-ins by redirect of the AWS CLI (>= 2.22; Debian has 2.9, PyPI only 1.x)")
    harness.main(globals())
