"""Prints the access key id that boto3 or the AWS CLI finds for each profile.

usage: python.py boto3|awscli, with a JSON array of cases on standard input
"""

import contextlib
import importlib
import io
import json
import os
import sys


def read_models_once(loaders):
    """Lets all sessions share the service models that they have read, which takes most of the time."""
    begin, models = loaders.Loader.__init__, {}

    def __init__(self, *arguments, **options):
        begin(self, *arguments, **options)
        self._cache = models

    loaders.Loader.__init__ = __init__


def boto3_key(profile):
    import boto3

    return boto3.Session(profile_name=profile).client("sts").get_caller_identity()["UserId"]


def cli_key(profile):
    from awscli.clidriver import create_clidriver

    driver = create_clidriver()
    redirect(type(driver.session))
    arguments = ["--profile", profile] if profile else []
    output, errors = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
        driver.main([*arguments, "sts", "get-caller-identity", "--query", "UserId", "--output", "text"])
    if not output.getvalue():
        raise LookupError(errors.getvalue().strip())
    return output.getvalue().strip()


def redirect(session):
    """Older versions of the AWS CLI do not know AWS_ENDPOINT_URL_SSO."""
    create = session.create_client
    if hasattr(create, "redirects"):
        return

    def create_client(self, service, *arguments, **options):
        url = os.environ.get("AWS_ENDPOINT_URL_" + service.upper().replace("-", "_"))
        options["endpoint_url"] = options.get("endpoint_url") or url
        return create(self, service, *arguments, **options)

    create_client.redirects = True
    session.create_client = create_client


def main():
    if sys.argv[1] == "awscli":
        # Sets AWS_DATA_PATH.
        import awscli.clidriver

        key_of, botocore = cli_key, awscli.clidriver.botocore
    else:
        import botocore

        key_of = boto3_key
    read_models_once(importlib.import_module(botocore.__name__ + ".loaders"))
    started_with = dict(os.environ)
    for case in json.load(sys.stdin):
        os.environ.clear()
        os.environ.update(started_with, **case["environment"])
        try:
            answer = {"key": key_of(case["profile"] if case["named"] else None)}
        except BaseException as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


main()
