"""AWS CLI v1, botocore and the AWS SDK for Go v1 (from Debian) read what `sync` writes."""

import json

import botocore.session

import harness
from harness import INSTALLED, PROGRAM, assert_role

AWS = INSTALLED / "awscli-v1/bin/aws"
GO = INSTALLED / "go_v1"


def sync(home, *arguments):
    """Runs `sync`, and gives the keys that the helper prints for the same role."""
    home.sign_in()
    home.run([PROGRAM, "sync", *arguments])
    document = home.helper("--profile", "dev")
    return [document[name] for name in ("AccessKeyId", "SecretAccessKey", "SessionToken")]


def check_botocore_uses_the_keys_and_starts_no_helper(home):
    keys = sync(home, "dev", "dev:static")
    with home.here():
        for profile in ("dev", "static"):
            found = botocore.session.Session(profile=profile).get_credentials()
            assert found.method == "shared-credentials-file", found.method
            assert list(found.get_frozen_credentials()[:3]) == keys
    assert home.starts() == []


def check_the_cli_uses_the_keys_and_starts_no_helper(home):
    keys = sync(home, "dev:static", "dev:default")
    for profile in ("static", "default"):
        arguments = ["--profile", profile, "--endpoint-url", home.aws.url, "--region", "us-east-1"]
        done = home.run([AWS, "sts", "get-caller-identity", *arguments, "--output", "json"])
        assert_role(json.loads(done.stdout)["Arn"])
    assert set(home.callers()) == {keys[0]}, home.callers()
    assert home.starts() == []


def check_the_cli_keeps_the_mark_when_it_writes_the_file(home):
    sync(home, "dev:static")
    home.run([AWS, "configure", "set", "aws_access_key_id", "AKIAOTHER", "--profile", "other"])
    assert "AKIAOTHER" in (home.home / ".aws/credentials").read_text()
    sync(home, "dev:static")


def check_go_v1_finds_the_keys_without_the_config(home):
    keys = sync(home, "dev", "dev:static")
    for profile in ("dev", "static"):
        for load_config in ({}, {"AWS_SDK_LOAD_CONFIG": "1"}):
            assert home.run([GO, profile], **load_config).stdout.split() == keys, (profile, load_config)
    assert home.starts() == []


if __name__ == "__main__":
    harness.main(globals())
