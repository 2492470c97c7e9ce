"""Proves the stand-in with clients that are not ours: botocore's and boto3's.

usage: botocore_stand_in.py PATH_OF_THE_STAND_IN

Every operation, every grant and the main errors, over HTTP and over HTTPS.
What botocore accepts and raises here is what it would from AWS.
"""

import os
import pathlib
import sys
import tempfile
import time
import traceback
import urllib.parse

from botocore.exceptions import ConnectionClosedError, HTTPClientError, ReadTimeoutError

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
from stand_in import (
    ACCOUNT,
    REDIRECT_URI,
    ROLE,
    START_URL,
    StandIn,
    authorize,
    callback,
    pkce_client,
    raises,
    refused,
    secrets_of,
    sts,
)

# Each function below that starts with `check_` is one check.


def check_device_authorization_with_scopes(aws):
    client = aws.register(scopes=["sso:account:access"])
    assert 89 * 86400 < client["clientSecretExpiresAt"] - time.time() < 91 * 86400
    device = aws.start_device(client)
    assert device["expiresIn"] == 600 and device["interval"] == 1
    assert device["verificationUriComplete"].endswith("?user_code=" + device["userCode"])
    error = refused("AuthorizationPendingException", 400, aws.poll, client, device)
    assert isinstance(error, aws.oidc.exceptions.AuthorizationPendingException)
    assert error.response["error"] == "authorization_pending"
    assert aws.do("user_code") == device["userCode"]
    assert aws.do("approve", user_code=device["userCode"])
    token = aws.poll(client, device)
    assert token["tokenType"] == "Bearer" and token["expiresIn"] == 3600
    again = aws.refresh({**client, **token})
    assert aws.credentials(again)["accessKeyId"].startswith("ASIA")
    refused("InvalidGrantException", 400, aws.poll, client, device)


def check_device_authorization_without_scopes(aws):
    client = aws.register()
    device = aws.start_device(client)
    form = urllib.parse.urlencode({"user_code": device["userCode"], "decision": "approve"})
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    page, body = aws.send("GET", "/device?user_code=" + device["userCode"])
    assert page.status == 200 and device["userCode"].encode() in body
    assert aws.send("POST", "/device", form, kind)[0].status == 200
    token = aws.poll(client, device)
    assert token["expiresIn"] == 28800 and "refreshToken" not in token
    aws.credentials(token)


def check_device_authorization_refusals(aws):
    client = aws.register()
    denied = aws.start_device(client)
    aws.do("deny", user_code=denied["userCode"])
    refused("AccessDeniedException", 400, aws.poll, client, denied)
    aws.do("set_device", interval_seconds=5, expires_in_seconds=0, strict_slow_down=True)
    refused("ExpiredTokenException", 400, aws.poll, client, aws.start_device(client))
    aws.do("set_device", interval_seconds=5, expires_in_seconds=60, strict_slow_down=True)
    hasty = aws.start_device(client)
    assert hasty["interval"] == 5
    refused("AuthorizationPendingException", 400, aws.poll, client, hasty)
    error = refused("SlowDownException", 400, aws.poll, client, hasty)
    assert isinstance(error, aws.oidc.exceptions.SlowDownException)
    aws.do("set_device", interval_seconds=1, expires_in_seconds=600, strict_slow_down=False)
    other = aws.register()
    refused("InvalidGrantException", 400, aws.poll, other, aws.start_device(client))
    refused(
        "InvalidRequestException", 400, aws.start_device, client, "https://no.awsapps.com/start"
    )


def check_registration_refusals(aws):
    refused("InvalidScopeException", 400, aws.register, scopes=["junk"])
    refused("UnsupportedGrantTypeException", 400, aws.register, grantTypes=["password"])
    refused(
        "InvalidClientMetadataException",
        400,
        aws.oidc.register_client,
        clientName="caller",
        clientType="confidential",
    )
    grants = {"grantTypes": ["authorization_code"], "issuerUrl": START_URL}
    refused("InvalidRedirectUriException", 400, aws.register, redirectUris=["http://x/y"], **grants)
    client = aws.register()
    wrong = {**client, "clientSecret": "wrong"}
    refused("InvalidClientException", 401, aws.start_device, wrong)
    aws.do("expire_client", client_id=client["clientId"])
    refused("InvalidClientException", 401, aws.start_device, client)


def check_authorization_code(aws):
    client, verifier = pkce_client(aws), "v" * 64
    code = callback(authorize(aws, client, verifier)[0])["code"]
    fields = {"grantType": "authorization_code", "redirectUri": REDIRECT_URI, **secrets_of(client)}
    token = aws.oidc.create_token(code=code, codeVerifier=verifier, **fields)
    assert token["expiresIn"] == 3600
    aws.credentials(aws.refresh({**client, **token}))
    create = aws.oidc.create_token
    refused("InvalidGrantException", 400, create, code=code, codeVerifier=verifier, **fields)
    code = callback(authorize(aws, client, verifier)[0])["code"]
    refused("InvalidGrantException", 400, create, code=code, codeVerifier="w" * 64, **fields)
    code = callback(authorize(aws, client, verifier)[0])["code"]
    other_port = {**fields, "redirectUri": REDIRECT_URI.replace("54321", "54322")}
    refused("InvalidGrantException", 400, create, code=code, codeVerifier=verifier, **other_port)
    device_client = aws.register()
    fields = {**fields, **secrets_of(device_client)}
    refused("UnauthorizedClientException", 400, create, code="c", codeVerifier=verifier, **fields)
    device = {"deviceCode": "d"}
    refused("UnauthorizedClientException", 400, aws.poll, client, device)
    refused("UnauthorizedClientException", 400, aws.start_device, client)


def check_authorize_refusals(aws):
    client, verifier = pkce_client(aws), "v" * 64
    aws.do("authorize_behaviour", behaviour="Deny")
    assert callback(authorize(aws, client, verifier)[0])["error"] == "access_denied"
    aws.do("authorize_behaviour", behaviour="Hold")
    assert authorize(aws, client, verifier)[0].status == 200
    aws.do("authorize_behaviour", behaviour="Approve")
    for changes in (
        {"redirect_uri": "http://127.0.0.1:1/else"},
        {"redirect_uri": "http://example.com/oauth/callback"},
        {"code_challenge_method": "plain"},
        {"response_type": "token"},
        {"scopes": "other:scope"},
        {"client_id": "nobody"},
        {"state": ""},
    ):
        assert authorize(aws, client, verifier, **changes)[0].status in (400, 401), changes


def check_refresh(aws):
    token = aws.do("issue_token")
    assert aws.refresh(token)["refreshToken"] == token["refreshToken"]
    aws.do("set_refresh_single_use", single_use=True)
    renewed = aws.refresh(token)["refreshToken"]
    error = refused("InvalidGrantException", 400, aws.refresh, token)
    assert error.response["error"] == "invalid_grant"
    aws.do("set_refresh_omits_token", omits=True)
    assert "refreshToken" not in aws.refresh(token, renewed)
    aws.do("set_refresh_omits_token", omits=False)
    aws.do("set_refresh_single_use", single_use=False)
    other = aws.do("issue_token")
    refused("InvalidGrantException", 400, aws.refresh, other, renewed)
    fields = {"grantType": "password", **secrets_of(token)}
    refused("UnsupportedGrantTypeException", 400, aws.oidc.create_token, **fields)
    fields = {"grantType": "refresh_token", **secrets_of(token)}
    refused("InvalidRequestException", 400, aws.oidc.create_token, **fields)
    aws.do("end_session")
    refused("InvalidGrantException", 400, aws.refresh, other)


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
        raises(ReadTimeoutError, aws.credentials, token)
    fault("RawBytes", body="not http at all\r\n\r\n")
    raises((ConnectionClosedError, HTTPClientError), aws.credentials, token)
    # botocore neither checks the length of a body nor minds broken JSON: it
    # gives an answer without the field.
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


def check_botocore_retries_what_is_worth_it(aws):
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
    error = refused("TooManyRequestsException", 429, aws.credentials, token)
    assert error.response["ResponseMetadata"]["HTTPHeaders"]["retry-after"] == "1"
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


def run(label, aws):
    passed = failed = 0
    for name, check in list(globals().items()):
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
    # Nothing of the caller's configuration may decide what is tested here.
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
