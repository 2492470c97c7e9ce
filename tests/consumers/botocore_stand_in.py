"""Tests the stand-in with the clients of botocore and boto3.

usage: botocore_stand_in.py PATH_OF_THE_STAND_IN

Every operation, every grant and the main errors, over HTTP and over HTTPS: botocore
accepts the answers and raises the exceptions as with AWS.
"""

import hashlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import traceback

from botocore.exceptions import ConnectionClosedError, HTTPClientError, ReadTimeoutError

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
import botocore_sign_in
from stand_in import ACCOUNT, ROLE, START_URL, StandIn, raises, refused, sts

# Each function here and in botocore_sign_in that starts with `check_` is one
# check.


def check_role_credentials(aws):
    token = aws.do("issue_token")
    minted = aws.do("minted")
    credentials = aws.credentials(token)
    assert abs(credentials["expiration"] / 1000 - time.time() - 3600) < 60
    aws.do("set_role_credentials_lifetime", seconds=90)
    assert abs(aws.credentials(token)["expiration"] / 1000 - time.time() - 90) < 60
    aws.do("set_role_credentials_lifetime", seconds=3600)
    assert aws.do("minted") == minted + 2
    error = refused("ForbiddenException", 403, aws.credentials, token, role="Nobody")
    assert error.response["Error"]["Message"] == "No access"
    refused("ForbiddenException", 403, aws.credentials, token, account="999999999999")
    aws.do("add_role", account_id=ACCOUNT, role_name="R+=,.@-_")
    aws.credentials(token, role="R+=,.@-_")
    aws.do("remove_role", account_id=ACCOUNT, role_name="R+=,.@-_")
    short = aws.do("issue_token", seconds=0)
    error = refused("UnauthorizedException", 401, aws.credentials, short)
    assert isinstance(error, aws.portal.exceptions.UnauthorizedException)
    aws.do("revoke", access_token=token["accessToken"])
    refused("UnauthorizedException", 401, aws.credentials, token)


def check_lists(aws):
    token = aws.do("issue_token")
    for number in range(5):
        account = f"00000000000{number}"
        aws.do("add_account", account_id=account, name=f"n{number}", email="a@example.com")
        aws.do("add_role", account_id=account, role_name="Admin")
    pages = aws.portal.get_paginator("list_accounts").paginate(
        accessToken=token["accessToken"], PaginationConfig={"PageSize": 2}
    )
    pages = [page["accountList"] for page in pages]
    assert [len(page) for page in pages] == [2, 2, 2]
    production = {
        "accountId": ACCOUNT,
        "accountName": "Production",
        "emailAddress": "prod@example.com",
    }
    assert pages[2][1] == production
    aws.do("set_page_size", size=1)
    roles = aws.portal.get_paginator("list_account_roles").paginate(
        accessToken=token["accessToken"], accountId=ACCOUNT
    )
    roles = [role for page in roles for role in page["roleList"]]
    aws.do("set_page_size", size=100)
    assert [role["roleName"] for role in roles] == ["Developer", "ReadOnly"]
    dead = {"accessToken": "dead"}
    refused("UnauthorizedException", 401, aws.portal.list_accounts, **dead)
    refused("UnauthorizedException", 401, aws.portal.list_account_roles, accountId=ACCOUNT, **dead)
    refused(
        "InvalidRequestException",
        400,
        aws.portal.list_accounts,
        accessToken=token["accessToken"],
        nextToken="junk",
    )


def check_logout(aws):
    token = aws.do("issue_token")
    aws.portal.logout(accessToken=token["accessToken"])
    refused("UnauthorizedException", 401, aws.credentials, token)
    refused("InvalidGrantException", 400, aws.refresh, token)
    refused("UnauthorizedException", 401, aws.portal.logout, accessToken=token["accessToken"])


def check_caller_identity(aws):
    credentials = aws.credentials(aws.do("issue_token"))
    identity = sts(aws, credentials)
    assert identity["Account"] == ACCOUNT
    assert f"assumed-role/AWSReservedSSO_{ROLE}_" in identity["Arn"], identity
    assert aws.do("callers")[-1] == credentials["accessKeyId"]
    stranger = {"aws_access_key_id": "ASIASTRANGER00000000"}
    refused("InvalidClientTokenId", 403, sts, aws, credentials, **stranger)
    wrong_token = {"aws_session_token": "wrong"}
    refused("InvalidClientTokenId", 403, sts, aws, credentials, **wrong_token)
    wrong_secret = {"aws_secret_access_key": credentials["secretAccessKey"][:-1] + "!"}
    refused("SignatureDoesNotMatch", 403, sts, aws, credentials, **wrong_secret)
    aws.do("set_role_credentials_lifetime", seconds=0)
    late = aws.credentials(aws.do("issue_token"))
    aws.do("set_role_credentials_lifetime", seconds=3600)
    refused("ExpiredToken", 403, sts, aws, late)


def check_faults_as_botocore_sees_them(aws):
    token = aws.do("issue_token")

    def fault(name, **fields):
        aws.do("fault", operation="GetRoleCredentials", fault=name, **fields)

    for status, exception in (
        (400, "InvalidRequestException"),
        (404, "ResourceNotFoundException"),
        (429, "TooManyRequestsException"),
    ):
        fault("Status", status=status)
        error = refused(exception, status, aws.credentials, token)
        assert isinstance(error, getattr(aws.portal.exceptions, exception))
    fault("Error", status=403, code="ForbiddenException", message="Go away")
    refused("ForbiddenException", 403, aws.credentials, token)
    fault("EmptyBody", status=500)
    refused("500", 500, aws.credentials, token)
    for name in ("CloseBeforeAnswer", "Reset"):
        fault(name)
        raises((ConnectionClosedError, HTTPClientError), aws.credentials, token)
    for name in ("Hang", "HangMidBody"):
        fault(name)
        raises(ReadTimeoutError, aws.credentials, token, client=aws.client("sso", patience=1))
    fault("RawBytes", body="not http at all\r\n\r\n")
    raises((ConnectionClosedError, HTTPClientError), aws.credentials, token)
    # botocore checks neither the length of a body nor its JSON: it gives an
    # answer without the field.
    fault("CutMidBody")
    raises(KeyError, aws.credentials, token)
    fault("Garbage", body='{"roleCredentials":')
    raises(KeyError, aws.credentials, token)
    fault("HtmlPage", status=200)
    raises(KeyError, aws.credentials, token)
    fault("HugeBody", size=1_000_000)
    raises(KeyError, aws.credentials, token)
    fault("WrongTypes")
    raises(ValueError, aws.credentials, token)
    aws.do("fault", operation="CreateToken", fault="SlowDown")
    refused("SlowDownException", 400, aws.refresh, token)
    aws.do("fault", operation="CreateToken", fault="Status", status=500)
    refused("InternalServerException", 500, aws.refresh, token)
    aws.credentials(token)


def check_botocore_retries_a_temporary_failure(aws):
    token, patient = aws.do("issue_token"), aws.client("sso", attempts=3)
    aws.do("clear_requests")
    aws.do("fault", operation="GetRoleCredentials", fault="Status", status=503, times=2)
    aws.credentials(token, client=patient)
    assert aws.do("count", operation="GetRoleCredentials") == 3
    statuses = [request["status"] for request in aws.do("requests")]
    assert statuses == [503, 503, 200], statuses


def check_rate_limit_and_delay(aws):
    token = aws.do("issue_token")
    aws.do("rate_limit", operation="GetRoleCredentials", per_second=3, retry_after=1)
    for _ in range(3):
        aws.credentials(token)
    error = None
    give_up = time.monotonic() + 60
    while not error:
        # On a slow machine the limit allows a further answer.
        assert time.monotonic() < give_up, "the limit never refuses"
        try:
            aws.credentials(token)
        except aws.portal.exceptions.TooManyRequestsException as refusal:
            error = refusal
    metadata = error.response["ResponseMetadata"]
    assert metadata["HTTPStatusCode"] == 429 and metadata["HTTPHeaders"]["retry-after"] == "1", error
    aws.do("rate_limit", operation="GetRoleCredentials", per_second=0)
    aws.do("delay", operation="GetRoleCredentials", seconds=0.3)
    start = time.monotonic()
    aws.credentials(token)
    assert time.monotonic() - start > 0.3
    aws.do("delay", operation="GetRoleCredentials", seconds=0)


def check_clock(aws):
    aws.do("set_clock_skew", seconds=-3600)
    token = aws.do("issue_token", seconds=60)
    _, date = aws.credentials(token), aws.send("GET", "/device")[0].getheader("Date")
    assert time.strptime(date, "%a, %d %b %Y %H:%M:%S GMT") < time.gmtime(time.time() - 3000)
    aws.do("set_clock_skew", seconds=0)
    refused("UnauthorizedException", 401, aws.credentials, token)


def check_requests_are_recorded_and_secrets_known(aws):
    token = aws.do("issue_token")
    aws.do("clear_requests")
    aws.refresh(token)
    credentials = aws.credentials(token)
    first, second = aws.do("requests")
    assert first["operation"] == "CreateToken"
    assert first["body"]["refreshToken"] == token["refreshToken"]
    assert second["query"] == {"role_name": ROLE, "account_id": ACCOUNT}
    assert second["headers"]["x-amz-sso_bearer_token"] == token["accessToken"]
    secrets = aws.do("take_secrets")
    assert all("SECRETMARK" in secret for secret in secrets)
    for known in (
        token["accessToken"],
        token["refreshToken"],
        token["clientSecret"],
        credentials["secretAccessKey"],
        credentials["sessionToken"],
    ):
        assert known in secrets, known


PROVIDER = """
import botocore.session
credentials = botocore.session.Session(profile="dev").get_credentials()
print(credentials.method, credentials.get_frozen_credentials().access_key)
"""


def check_botocore_signs_in_with_a_cached_token_and_refreshes_it(aws):
    token = aws.do("issue_token")
    with tempfile.TemporaryDirectory() as home:
        cache = pathlib.Path(home, ".aws/sso/cache")
        cache.mkdir(parents=True)
        cache.joinpath("../../config").write_text(
            "[profile dev]\nsso_session = corp\nregion = us-east-1\n"
            f"sso_account_id = {ACCOUNT}\nsso_role_name = {ROLE}\n"
            f"[sso-session corp]\nsso_start_url = {START_URL}\nsso_region = us-east-1\n"
        )
        file = cache / (hashlib.sha1(b"corp").hexdigest() + ".json")
        past, future = "2020-01-01T00:00:00Z", "2099-01-01T00:00:00Z"
        file.write_text(json.dumps({**token, "expiresAt": past, "registrationExpiresAt": future}))
        environment = {"HOME": home, "PATH": os.environ["PATH"]}
        environment["AWS_ENDPOINT_URL_SSO"] = environment["AWS_ENDPOINT_URL_SSO_OIDC"] = aws.url
        if aws.ca_bundle:
            environment["AWS_CA_BUNDLE"] = aws.ca_bundle
        caller = [sys.executable, "-c", PROVIDER]
        method, key = subprocess.check_output(caller, env=environment, text=True).split()
        assert (method, key[:4]) == ("sso", "ASIA")
        renewed = json.loads(file.read_text())
        assert renewed["accessToken"] != token["accessToken"]
        assert aws.credentials(renewed)


def run(label, aws):
    passed = failed = 0
    for name, check in [*vars(botocore_sign_in).items(), *globals().items()]:
        if not name.startswith("check_"):
            continue
        try:
            check(aws)
            passed += 1
            print(f"ok      {label}  {name[6:]}")
        except Exception:
            failed += 1
            print(f"FAILED  {label}  {name[6:]}")
            traceback.print_exc(file=sys.stdout)
            for undo in ("clear_faults", "no_auto_decision"):
                aws.do(undo)
    return passed, failed


def main(program):
    # The person's own configuration must not influence these tests.
    for name in list(os.environ):
        if name.startswith("AWS_") or name.lower().endswith("_proxy"):
            del os.environ[name]
    passed = failed = 0
    with tempfile.TemporaryDirectory() as directory:
        os.environ["AWS_CONFIG_FILE"] = os.path.join(directory, "config")
        os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.path.join(directory, "credentials")
        os.environ["AWS_EC2_METADATA_DISABLED"] = "true"
        for label, tls_directory in (("http ", None), ("https", directory)):
            aws = StandIn(program, tls_directory)
            try:
                counts = run(label, aws)
            finally:
                aws.stop()
            passed, failed = passed + counts[0], failed + counts[1]
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
