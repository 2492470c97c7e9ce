"""Calls GetCallerIdentity with credentials that AWS's Common Runtime finds, and prints the answer.

usage: awscrt_calls.py chain|process PROFILE TIMES STS_URL
"""

import re
import sys
import urllib.request
from io import BytesIO

from awscrt import auth, http, io

BODY = b"Action=GetCallerIdentity&Version=2011-06-15"


def main(kind, profile, times, url):
    provider = provider_of(kind, profile)
    signing = auth.AwsSigningConfig(
        algorithm=auth.AwsSigningAlgorithm.V4,
        signature_type=auth.AwsSignatureType.HTTP_REQUEST_HEADERS,
        credentials_provider=provider,
        region="us-east-1",
        service="sts",
    )
    for _ in range(int(times)):
        headers = {
            "Host": url.removeprefix("http://"),
            "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
            "Content-Length": str(len(BODY)),
        }
        unsigned = http.HttpRequest("POST", "/", http.HttpHeaders(list(headers.items())), BytesIO(BODY))
        signed = auth.aws_sign_request(unsigned, signing).result(300)
        request = urllib.request.Request(url + "/", BODY, dict(signed.headers))
        with urllib.request.urlopen(request) as answer:
            print(re.search("<Arn>(.*)</Arn>", answer.read().decode()).group(1))


def provider_of(kind, profile):
    if kind == "process":
        return auth.AwsCredentialsProvider.new_process(profile)
    # The chain uses AWS_PROFILE.
    bootstrap = io.ClientBootstrap(group := io.EventLoopGroup(1), io.DefaultHostResolver(group))
    return auth.AwsCredentialsProvider.new_default_chain(bootstrap)


main(*sys.argv[1:])
