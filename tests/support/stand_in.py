"""The stand-in for Python tests: the program, and botocore's clients.

Start it with the path of the program, call the clients or the shorthands, and
control it with `do`, which takes the method names of the Rust API.
"""

import base64
import functools
import hashlib
import http.client
import json
import ssl
import subprocess
import urllib.parse

import boto3
import botocore.session
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

START_URL = "https://corp.awsapps.com/start"
DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
REDIRECT_URI = "http://127.0.0.1:54321/oauth/callback"
ACCOUNT, ROLE = "111122223333", "Developer"


class StandIn:
    """The running stand-in, and botocore clients for it."""

    def __init__(self, program, tls_directory=None):
        arguments = [program] + (["--tls-dir", tls_directory] if tls_directory else [])
        self.process = subprocess.Popen(
            arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        started = json.loads(self.process.stdout.readline())
        self.url, self.ca_bundle = started["url"], started["ca_bundle"]

    # Made at their first use, as botocore takes a while.

    @functools.cached_property
    def oidc(self):
        return self.client("sso-oidc")

    @functools.cached_property
    def portal(self):
        return self.client("sso")

    def client(self, service, attempts=1, patience=60):
        """Gives a client; `patience` is its read timeout in seconds."""
        config = Config(
            signature_version=UNSIGNED,
            retries={"mode": "standard", "total_max_attempts": attempts},
            connect_timeout=60,
            read_timeout=patience,
            proxies={},
        )
        return botocore.session.Session().create_client(
            service,
            region_name="us-east-1",
            endpoint_url=self.url,
            verify=self.ca_bundle,
            config=config,
        )

    def stop(self):
        self.process.stdin.close()
        self.process.wait(60)

    def connection(self):
        address = urllib.parse.urlsplit(self.url)
        if address.scheme == "http":
            return http.client.HTTPConnection(address.netloc, timeout=60)
        context = ssl.create_default_context(cafile=self.ca_bundle)
        return http.client.HTTPSConnection(address.netloc, timeout=60, context=context)

    def send(self, method, target, body=None, headers=None):
        connection = self.connection()
        connection.request(method, target, body, headers or {})
        answer = connection.getresponse()
        return answer, answer.read()

    def do(self, control, **fields):
        answer, body = self.send(
            "POST",
            "/_control",
            json.dumps({"do": control, **fields}),
            {"Content-Type": "application/json"},
        )
        assert answer.status == 200, body
        return json.loads(body)["result"]

    def register(self, **fields):
        return self.oidc.register_client(clientName="caller", clientType="public", **fields)

    def start_device(self, client, start_url=START_URL):
        return self.oidc.start_device_authorization(startUrl=start_url, **secrets_of(client))

    def poll(self, client, device):
        return self.oidc.create_token(
            grantType=DEVICE_CODE, deviceCode=device["deviceCode"], **secrets_of(client)
        )

    def refresh(self, token, refresh_token=None):
        return self.oidc.create_token(
            grantType="refresh_token",
            refreshToken=refresh_token or token["refreshToken"],
            **secrets_of(token),
        )

    def credentials(self, token, role=ROLE, account=ACCOUNT, client=None):
        return (client or self.portal).get_role_credentials(
            roleName=role, accountId=account, accessToken=token["accessToken"]
        )["roleCredentials"]


def secrets_of(client):
    return {"clientId": client["clientId"], "clientSecret": client["clientSecret"]}


def refused(exception, status, call, *arguments, **fields):
    """Checks that botocore raises its class `exception` for the call."""
    try:
        call(*arguments, **fields)
    except ClientError as error:
        assert type(error).__name__ == exception or error.response["Error"]["Code"] == exception, (
            error
        )
        assert error.response["ResponseMetadata"]["HTTPStatusCode"] == status, error.response
        return error
    raise AssertionError(f"no {exception}")


def raises(exceptions, call, *arguments, **fields):
    """Checks that the call raises one of these exceptions, and returns it."""
    try:
        call(*arguments, **fields)
    except exceptions as error:
        return error
    raise AssertionError(f"no {exceptions}")


def pkce_client(aws):
    """Registers a client as AWS CLI v2 does for its sign-in."""
    return aws.register(
        scopes=["sso:account:access"],
        grantTypes=["authorization_code", "refresh_token"],
        redirectUris=["http://127.0.0.1/oauth/callback"],
        issuerUrl=START_URL,
    )


def authorize(aws, client, verifier, **changes):
    """Visits the authorize address as a browser does."""
    digest = hashlib.sha256(verifier.encode()).digest()
    parameters = {
        "response_type": "code",
        "client_id": client["clientId"],
        "redirect_uri": REDIRECT_URI,
        "state": "a state/with+signs",
        "code_challenge_method": "S256",
        "scopes": "sso:account:access",
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        **changes,
    }
    query = urllib.parse.urlencode(parameters, quote_via=urllib.parse.quote)
    return aws.send("GET", "/authorize?" + query)


def callback(answer):
    """Gives the fields of the redirect."""
    location = answer.getheader("Location")
    assert answer.status == 302 and location.startswith(REDIRECT_URI + "?"), location
    fields = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(location).query))
    assert fields["state"] == "a state/with+signs", fields
    return fields


def sts(aws, credentials, **changes):
    """Calls `GetCallerIdentity` through boto3 with these role credentials and `changes`."""
    keys = {
        "aws_access_key_id": credentials["accessKeyId"],
        "aws_secret_access_key": credentials["secretAccessKey"],
        "aws_session_token": credentials["sessionToken"],
        **changes,
    }
    session = boto3.session.Session(region_name="us-east-1", **keys)
    config = Config(retries={"total_max_attempts": 1}, proxies={})
    verify = {"verify": aws.ca_bundle} if aws.ca_bundle else {}
    return session.client(
        "sts", endpoint_url=aws.url, config=config, **verify
    ).get_caller_identity()
