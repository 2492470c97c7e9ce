"""boto3 near the end of credentials, and as a user of the same token. `consumers.py` has its usual calls."""

import json
import subprocess
import sys
import time

import harness
from harness import assert_role, timestamp

import botocore.session
from botocore.credentials import ProcessProvider

# botocore chooses the directory of the token files when it is imported, so every
# use runs in a new process.
PROGRAM = """
import sys, boto3
from botocore.config import Config
profile, url, times = sys.argv[1:]
config = Config(retries={"total_max_attempts": 1})
sts = boto3.Session(profile_name=profile).client("sts", endpoint_url=url, config=config)
for _ in range(int(times)):
    print(sts.get_caller_identity()["Arn"])
"""


def call(home, profile, times=1, check=True):
    """Calls GetCallerIdentity `times` times in one session of boto3."""
    done = home.run([sys.executable, "-c", PROGRAM, profile, home.aws.url, times], check)
    if check:
        assert done.stderr == "" and len(done.stdout.splitlines()) == times, done
        assert_role(done.stdout)
    return done


def check_nothing_is_written_to_stderr_on_success(home):
    home.sign_in()
    answers = []

    def recording(*arguments, **options):
        process = popen(*arguments, **options)
        communicate = process.communicate
        process.communicate = lambda: answers.append(communicate()) or answers[-1]
        return process

    popen = subprocess.Popen
    with home.here():
        config = botocore.session.Session(profile="dev").full_config
        provider = ProcessProvider("dev", lambda: config, popen=recording)
        assert provider.load().get_frozen_credentials().access_key.startswith("ASIA")
    assert [stderr for _, stderr in answers] == [b""], answers


def check_credentials_that_end_soon_are_fetched_again(home):
    home.sign_in()
    home.aws.do("set_role_credentials_lifetime", seconds=12 * 60)
    old = home.helper("--profile", "dev-sso")
    home.aws.do("set_role_credentials_lifetime", seconds=3600)
    call(home, "dev", times=5)
    assert len(home.starts()) == 1, "botocore starts the helper again only below 15 minutes"
    assert old["AccessKeyId"] not in home.callers()
    home.assert_requests(GetRoleCredentials=2, GetCallerIdentity=5)


def check_credentials_that_end_soon_are_used_while_aws_fails(home):
    home.sign_in()
    home.aws.do("set_role_credentials_lifetime", seconds=12 * 60)
    old = home.helper("--profile", "dev-sso")
    home.aws.do("fault", operation="GetRoleCredentials", fault="Status", status=403, times="always")
    call(home, "dev", times=5)
    assert set(home.callers()) == {old["AccessKeyId"]}
    assert len(home.starts()) > 1, "botocore starts the helper for each request below 15 minutes"
    home.assert_requests(GetRoleCredentials=2, GetCallerIdentity=5)


def check_boto3s_sso_provider_uses_the_token_that_the_helper_refreshed(home):
    expired = home.sign_in(alive=False)
    home.helper("--profile", "dev-sso")
    assert home.token()["accessToken"] != expired["accessToken"]
    call(home, "dev-sso")
    assert home.starts() == [], "boto3 uses its own provider for a profile with sso_* keys"
    home.assert_requests(CreateToken=1, GetRoleCredentials=2, GetCallerIdentity=1)


def check_the_helper_uses_the_token_that_boto3_refreshed(home):
    expired = home.sign_in(alive=False)
    call(home, "dev-sso")
    renewed = home.token()
    assert renewed["accessToken"] != expired["accessToken"]
    home.helper("--profile", "dev-sso")
    assert home.token() == renewed
    home.assert_requests(CreateToken=1, GetRoleCredentials=2, GetCallerIdentity=1)


def check_both_refresh_in_turn_and_keep_the_fields_of_the_other(home):
    home.aws.do("set_refresh_single_use", single_use=True)
    home.sign_in(alive=False)
    seen = set()
    for turn in range(4):
        expire_token(home)
        if turn % 2:
            call(home, "dev-sso")
        else:
            home.helper("--profile", "dev-sso", "--no-cache")
        assert set(home.token()) >= {"startUrl", "region", "clientId", "clientSecret", "refreshToken"}
        seen.add(home.token()["refreshToken"])
    assert len(seen) == home.count("CreateToken") == 4, "each turn refreshed once"


def expire_token(home):
    """Marks the access token in the token file as expired."""
    token = {**home.token(), "expiresAt": timestamp(time.time() - 60)}
    home.token_path().write_text(json.dumps(token))


if __name__ == "__main__":
    harness.main(globals())
