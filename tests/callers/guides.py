"""The blocks of docs/guides for other programs, run by these programs as they stand.

`tests/readme.rs` runs the blocks for a shell and the configurations. A program that is not on
this machine is named on a line that starts with `NOT RUN`. Docker itself is never started: the
container with a mounted `~/.aws` is a root directory, a home and a user id of its own.
"""

import json
import re
import shutil
import subprocess
import sys

import convert_terraform
import harness
from harness import ACCOUNT, INSTALLED, PROGRAM, ROOT, assert_role

GUIDES = ROOT / "docs/guides"
CDK = INSTALLED / "cdk/node_modules"
# What a container has: its own root, `~/.aws` of the person, and the user id 1000.
CONTAINER = """
set -e
cd "$1"
mkdir -p usr dev home/me/.aws tmp
ln -s usr/lib lib; ln -s usr/lib64 lib64; ln -s usr/bin bin
mount --rbind /usr usr; mount --rbind /dev dev
mount --bind "$2" home/me/.aws
cp "$3" aws-sso-cred
shift 3
exec unshare --user --map-user=1000 --map-group=1000 --root=. --wd=/ /aws-sso-cred "$@"
"""


def block(guide, language):
    """The first block of this language in a guide."""
    found = re.search(rf"^```{language}\n(.*?)^```", (GUIDES / guide).read_text(), re.M | re.S)
    assert found, f"{guide} has no block of {language}"
    return found[1]


def set_up(home, guide, sign_in=True):
    """Follows the guide up to the sign-in."""
    (home.home / ".aws/config").write_text(block(guide, "ini"))
    home.environment["AWS_ENDPOINT_URL_STS"] = home.aws.url
    if sign_in:
        home.token_path().parent.mkdir(parents=True, exist_ok=True)
        token = {**home.sign_in(), "region": "eu-west-1"}
        home.token_path().write_text(json.dumps(token))


def not_run(what):
    print(f"NOT RUN: {what}")


def check_boto3_runs_the_script_of_its_guide(home):
    set_up(home, "boto3.md")
    script = home.home / "whoami.py"
    script.write_text(block("boto3.md", "python"))
    # `profile_name` wins over keys in the environment, as the guide says.
    keys = {"AWS_ACCESS_KEY_ID": "AKIASOMEBODYELSE0000", "AWS_SECRET_ACCESS_KEY": "x"}
    for environment in ({}, keys):
        assert_role(home.run([sys.executable, script], **environment).stdout)
    assert len(home.starts()) == 2, home.starts()


def check_boto3_says_what_to_run_without_a_sign_in(home):
    set_up(home, "boto3.md", sign_in=False)
    done = home.run([sys.executable, "-c", block("boto3.md", "python")], check=False)
    assert done.returncode != 0 and "CredentialRetrievalError" in done.stderr, done
    assert "aws-sso-cred login" in done.stderr, done


def check_terraform_takes_the_configuration_of_its_guide(home):
    terraform, providers = convert_terraform.TERRAFORM, convert_terraform.PROVIDERS
    if not terraform:
        return not_run("terraform is not on this machine")
    directory = home.root / "terraform"
    directory.mkdir()
    (directory / "main.tf").write_text(block("terraform.md", "hcl"))
    home.environment["CHECKPOINT_DISABLE"] = "1"
    home.run([terraform, f"-chdir={directory}", "fmt", "-check", "-diff"])
    if not providers:
        return not_run("terraform has only parsed the block: the provider hashicorp/aws is not here")
    set_up(home, "terraform.md")
    home.run([terraform, f"-chdir={directory}", "init", f"-plugin-dir={providers}", "-no-color"])
    planned = home.run([terraform, f"-chdir={directory}", "plan", "-no-color"]).stdout
    assert f"arn:aws:sts::{ACCOUNT}:assumed-role/" in planned, planned


def check_cdk_finds_the_account_of_the_profile(home):
    if not (CDK / "aws-cdk/bin/cdk").exists():
        return not_run("aws-cdk is not installed in target/callers/cdk")
    set_up(home, "cdk.md")
    (home.home / "app.js").write_text(block("cdk.md", "js"))
    environment = {
        "PATH": home.environment["PATH"] + ":" + harness.PATH,
        "NODE_PATH": str(CDK),
        "CDK_DISABLE_VERSION_CHECK": "1",
        "CDK_DISABLE_CLI_TELEMETRY": "1",
    }
    cdk = ["node", CDK / "aws-cdk/bin/cdk", "synth", "--profile", "dev", "--app", "node app.js", "--no-notices"]
    done = home.run(cdk, **environment)
    assert f"{ACCOUNT} eu-west-1" in done.stderr, done
    assert home.starts(), "the CDK has not started aws-sso-cred"


def check_a_container_uses_the_mounted_sign_in(home):
    command = ["unshare", "--user", "--map-root-user", "--mount", "true"]
    if not shutil.which("unshare") or subprocess.run(command, capture_output=True).returncode != 0:
        return not_run("this machine allows no namespace for users, so there is no container")
    not_run("docker itself; a root directory and a user id of its own stand for the container")
    set_up(home, "docker.md")
    root = home.root / "container"
    root.mkdir()

    def inside(*arguments, check=True, directory="/home/me"):
        start = ["sh", "-c", CONTAINER, "sh", root, home.home / ".aws", PROGRAM]
        shutil.rmtree(root), root.mkdir()
        return home.run(command[:-1] + start + list(arguments), check, HOME=directory)

    assert '"AccessKeyId"' in inside("export", "--profile", "dev", "--format", "json").stdout
    # What the container has fetched is in the cache of the person.
    fetched = home.count("GetRoleCredentials")
    home.helper("--sso-session", "corp", "--account-id", ACCOUNT, "--role-name", "Developer")
    assert fetched == home.count("GetRoleCredentials") == 1
    lost = inside("export", "--profile", "dev", check=False, directory="/elsewhere")
    assert lost.returncode == 2 and lost.stdout == "", lost


if __name__ == "__main__":
    harness.main(globals())
