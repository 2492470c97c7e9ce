"""The checks of sso-oidc: registrations, the three grants, their refusals.

`botocore_stand_in.py` runs them.
"""

import time
import urllib.parse

from stand_in import (
    REDIRECT_URI,
    START_URL,
    authorize,
    callback,
    pkce_client,
    refused,
    secrets_of,
)


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
    aws.do("set_device", interval_seconds=60, expires_in_seconds=600, strict_slow_down=True)
    hasty = aws.start_device(client)
    assert hasty["interval"] == 60
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
