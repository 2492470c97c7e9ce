"""AWS CLI v1, from PyPI, calls the helper."""

import json

import harness
from harness import INSTALLED, LAYOUTS, assert_role

AWS = INSTALLED / "awscli-v1/bin/aws"


def check_the_cli_is_version_1(home):
    version = home.run([AWS, "--version"]).stdout
    assert version.startswith("aws-cli/1."), version


def check_one_call_starts_the_helper_once_in_either_layout(home):
    home.sign_in()
    for number, profile in enumerate(LAYOUTS, start=1):
        arguments = ["--profile", profile, "--endpoint-url", home.aws.url, "--output", "json"]
        done = home.run([AWS, "sts", "get-caller-identity", *arguments])
        assert_role(json.loads(done.stdout)["Arn"])
        assert done.stderr == "" and len(home.starts()) == number, (done, home.starts())
    home.assert_requests(GetRoleCredentials=1, GetCallerIdentity=2)


if __name__ == "__main__":
    harness.main(globals())
