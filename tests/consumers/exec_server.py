"""Real SDKs, as commands of `exec` and of `exec --server`.

The stand-in gives credentials that end soon, so that an SDK has to ask the endpoint again.
"""

import json
import pathlib
import sys

import harness
from harness import ACCOUNT, INSTALLED, PROGRAM, assert_role

HERE = pathlib.Path(__file__).parent
OTHER = "AKIASOMEBODYELSE0000"

# boto3 asks again with less than 15 minutes left, JavaScript and Go with less than 5.
BOTO3 = """
import sys, boto3
from botocore.config import Config
url, times = sys.argv[1:]
sts = boto3.Session().client("sts", endpoint_url=url, config=Config(retries={"total_max_attempts": 1}))
for _ in range(int(times)):
    print(sts.get_caller_identity()["Arn"])
"""


def boto3(home, times=1):
    return [sys.executable, "-c", BOTO3, home.aws.url, times]


def js(home, times=1):
    harness.require("node", INSTALLED / "js/node_modules")
    return ["node", HERE / "programs/js_v3.cjs", "chain", times, home.aws.url]


def go(home, times=1):
    harness.require(INSTALLED / "go_v2")
    return [INSTALLED / "go_v2", "", times, home.aws.url]


SDKS = {"boto3": boto3, "js": js, "go": go}


def execute(home, options, command, check=True, **environment):
    """Runs `aws-sso-cred exec OPTIONS -- COMMAND` with whatever the environment says of others."""
    environment = {
        "PATH": home.environment["PATH"] + ":" + harness.PATH,
        "NODE_PATH": str(INSTALLED / "js/node_modules"),
        "NODE_NO_WARNINGS": "1",
        **environment,
    }
    return home.run([PROGRAM, "exec", "--profile", "dev-sso", *options, "--", *command], check, **environment)


def identities(home, done):
    """The roles that a program printed."""
    text = done.stdout.strip()
    lines = [json.loads(text)["arn"]] if text.startswith("{") else text.splitlines()
    for line in lines:
        assert_role(line)
    return lines


def check_every_sdk_takes_the_keys_of_exec(home):
    home.sign_in()
    hostile = {"AWS_PROFILE": "other", "AWS_ACCESS_KEY_ID": OTHER, "AWS_SECRET_ACCESS_KEY": "x"}
    home.add_config(f"[profile other]\naws_access_key_id = {OTHER}\naws_secret_access_key = x\n")
    home.add_config(f"[default]\naws_access_key_id = {OTHER}\naws_secret_access_key = x\n")
    for name, sdk in SDKS.items():
        done = execute(home, [], sdk(home), **hostile)
        assert identities(home, done) and done.stderr == "", (name, done)
    assert len(set(home.callers())) == 1 and OTHER not in home.callers()


def check_every_sdk_takes_the_endpoint(home):
    home.sign_in()
    for name, sdk in SDKS.items():
        done = execute(home, ["--server"], sdk(home, 3))
        assert identities(home, done) and done.stderr == "", (name, done)
    assert len(home.callers()) == 9 and len(set(home.callers())) == 1
    assert home.count("GetRoleCredentials") == 1


# Each way in which a default profile gives credentials.
DEFAULTS = {
    "keys": f"aws_access_key_id = {OTHER}\naws_secret_access_key = x\n",
    "process": "credential_process = {other}\n",
    "sso": f"sso_session = corp\nsso_account_id = {ACCOUNT}\nsso_role_name = Other\n",
    "role": "role_arn = arn:aws:iam::999999999999:role/x\ncredential_source = Environment\n",
}


def with_default(home, text):
    other = home.root / "other"
    answer = {"Version": 1, "AccessKeyId": OTHER, "SecretAccessKey": "x", "SessionToken": "t"}
    other.write_text(f"#!/bin/sh\necho '{json.dumps(answer)}'\n")
    other.chmod(0o755)
    home.add_config("\n[default]\nregion = us-east-1\n" + text.format(other=other))


def check_the_default_profile_wins_over_an_endpoint_in_every_sdk(home):
    """The reason for files of our own: without them, each SDK works as somebody else."""
    home.sign_in()
    with_default(home, DEFAULTS["keys"])
    script = 'AWS_CONFIG_FILE="$HOME/.aws/config" exec "$0" "$@"'
    for sdk in SDKS.values():
        execute(home, ["--server"], ["sh", "-c", script, *sdk(home)], check=False)
    assert home.callers() == [OTHER] * len(SDKS), home.callers()


def check_no_default_profile_makes_an_sdk_work_as_somebody_else(home):
    home.sign_in()
    config = (home.home / ".aws/config").read_text()
    for kind, text in DEFAULTS.items():
        (home.home / ".aws/config").write_text(config)
        with_default(home, text)
        for name, sdk in SDKS.items():
            done = execute(home, ["--server"], sdk(home))
            assert identities(home, done), (kind, name, done)
            assert "[default] in ~/.aws/config has credentials" in done.stderr, (kind, name, done)
    (home.home / ".aws/config").write_text(config)
    (home.home / ".aws/credentials").write_text("[default]\n" + DEFAULTS["keys"])
    for name, sdk in SDKS.items():
        done = execute(home, ["--server"], sdk(home))
        assert identities(home, done), (name, done)
        assert "[default] in ~/.aws/credentials has credentials" in done.stderr, (name, done)
    assert OTHER not in home.callers()


def check_keys_of_boto_2_do_not_win_over_the_endpoint(home):
    home.sign_in()
    (home.home / ".boto").write_text(f"[Credentials]\naws_access_key_id = {OTHER}\naws_secret_access_key = x\n")
    assert identities(home, execute(home, ["--server"], boto3(home)))
    old = home.root / "old"
    old.write_text(f"AWSAccessKeyId={OTHER}\nAWSSecretKey=x\n")
    assert identities(home, execute(home, ["--server"], boto3(home), AWS_CREDENTIAL_FILE=str(old)))


def check_sdks_renew_from_the_endpoint(home):
    home.sign_in()
    # Below the 20 minutes that a cached answer needs, and below the time at which each asks again.
    home.aws.do("set_role_credentials_lifetime", seconds=3 * 60)
    for name, sdk in SDKS.items():
        before = home.count("GetRoleCredentials")
        identities(home, execute(home, ["--server"], sdk(home, 4)))
        fetched = home.count("GetRoleCredentials") - before
        assert fetched >= 3, (name, fetched)
    assert len(set(home.callers())) >= 8, home.callers()


def check_the_text_of_a_failure_reaches_the_program(home):
    home.sign_in()
    ends = 'rm "$HOME"/.aws/sso/cache/*.json "$HOME"/.aws/cli/cache/*.json; exec "$0" "$@"'
    for name, sdk in SDKS.items():
        home.sign_in()
        done = execute(home, ["--server"], ["sh", "-c", ends, *sdk(home)], check=False)
        assert done.returncode == 1, (name, done)
        hint = "`aws-sso-cred login --sso-session corp`"
        assert done.stderr.count("you are not signed in") >= 1 and hint in done.stderr, (name, done)
        assert done.stderr.count("aws-sso-cred: sso-session `corp`: you are not signed in\n") == 1, (name, done)
        if name != "js":
            assert hint in done.stdout + done.stderr.split("Traceback")[-1], (name, done)


if __name__ == "__main__":
    harness.main(globals())
