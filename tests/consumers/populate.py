"""The profiles of `configure populate` in the hands of the SDKs and the AWS CLI.

The mark of such a profile is a key that they do not know: they keep it, and it changes nothing
for them.
"""

import json
import pathlib
import sys

import harness
from harness import ACCOUNT, INSTALLED, PROGRAM, ROLE, assert_role

import botocore.session

AWS = "/usr/bin/aws"
JAVASCRIPT = pathlib.Path(__file__).with_name("programs") / "js_v3.cjs"
PROFILE = f"Production.{ROLE}"
MARK = "aws_sso_cred_populated"
STRANGE = [
    "",
    "本番",
    "]\n[default]",
    "e\u0301te\u0301 # x",
    "'quoted' \"name\" \\",
    "\u202eevil\u0000",
    "a = b ; c",
]


def populate(home, *options):
    command = [PROGRAM, "configure", "populate", "--sso-session", "corp", "--noninteractive"]
    return home.run([*command, "--client-region", "us-east-1", *options]).stderr.splitlines()[-1]


BOTO3 = """
import sys, boto3
profile, url = sys.argv[1:]
print(boto3.Session(profile_name=profile).client("sts", endpoint_url=url).get_caller_identity()["Arn"])
"""


def calls(home, profile):
    """The answer that each caller gets for a profile."""
    url = home.aws.url
    harness.require("node", INSTALLED / "js/node_modules")
    cli = ["--profile", profile, "--endpoint-url", url, "--output", "text", "--query", "Arn"]
    # Node is in the PATH of whoever runs this.
    javascript = {"NODE_PATH": str(INSTALLED / "js/node_modules"), "PATH": harness.PATH}
    return {
        "boto3": home.run([sys.executable, "-c", BOTO3, profile, url]).stdout,
        "AWS CLI v2": home.run([AWS, "sts", "get-caller-identity", *cli]).stdout,
        "Go v2": home.run([INSTALLED / "go_v2", profile, 1, url]).stdout,
        "JavaScript v3": json.loads(
            home.run(["node", JAVASCRIPT, "chain", 1, url], AWS_PROFILE=profile, **javascript).stdout
        )["arn"],
    }


def check_every_caller_gets_credentials_by_a_written_profile(home):
    home.sign_in()
    populate(home)
    for arn in calls(home, PROFILE).values():
        assert_role(arn)


def check_strange_account_names_give_profiles_that_every_caller_reads(home):
    home.sign_in()
    for number, name in enumerate(STRANGE):
        home.aws.do("add_account", account_id=f"99990000000{number}", name=name, email="a@example.com")
        home.aws.do("add_role", account_id=f"99990000000{number}", role_name=ROLE)
    assert populate(home).endswith(f": {len(STRANGE) + 2} profiles added")
    with home.here():
        profiles = botocore.session.Session().full_config["profiles"]
    written = {name: keys for name, keys in profiles.items() if MARK in keys}
    assert len(written) == len(STRANGE) + 2, sorted(written)
    lines = [keys["credential_process"].split() for keys in written.values()]
    accounts = {line[line.index("--account-id") + 1] for line in lines}
    assert accounts == {ACCOUNT} | {f"99990000000{number}" for number in range(len(STRANGE))}
    strange = next(name for name in written if name.startswith("default"))
    arns = {arn.strip().split("/")[0] for arn in calls(home, strange).values()}
    assert len(arns) == 1 and "99990000000" in arns.pop(), arns


def check_the_cli_keeps_the_mark_and_its_change_is_seen(home):
    home.sign_in()
    populate(home)
    before = home.run([AWS, "configure", "get", MARK, "--profile", PROFILE]).stdout
    assert before.endswith(" corp\n"), before
    assert populate(home).endswith("already right")
    home.run([AWS, "configure", "set", "output", "json", "--profile", PROFILE])
    assert home.run([AWS, "configure", "get", MARK, "--profile", PROFILE]).stdout == before
    said = populate(home, "--native")
    assert f"1 profile left, because it was changed after `configure populate` wrote it: {PROFILE};" in said, said


if __name__ == "__main__":
    harness.main(globals())
