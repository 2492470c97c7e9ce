"""The blocks of docs/guides for other programs, run by these programs as they stand.

`tests/readme.rs` runs the blocks for a shell and the configurations; the blocks of kind `text` are
run here. The step ends with a line that starts with `NOT RUN` for each program that is not on this
machine. Docker itself is never started: a container is a root directory, an environment and a user
id of its own, made from the arguments of `docker run`.
"""

import contextlib
import http.server
import json
import re
import shutil
import subprocess
import sys
import threading
import time
import urllib.request

import consumers
import harness
from harness import ACCOUNT, INSTALLED, PROGRAM, ROOT, assert_role, not_run

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
# Docker makes the directory above a mount for root.
chmod 555 home/me
cp "$3" aws-sso-cred
shift 3
exec unshare --user --map-user=1000 --map-group=1000 --root=. --wd=/ /aws-sso-cred "$@"
"""
# `docker run` of the image `amazon/aws-cli`, with the options of the guide and no others.
DOCKER = """\
#!{python}
import argparse, os, shlex, subprocess
parser = argparse.ArgumentParser()
parser.add_argument("verb", choices=["run"])
parser.add_argument("--rm", action="store_true", required=True)
parser.add_argument("--user", default="0:0")
parser.add_argument("--network", choices=["host"])
parser.add_argument("--env", action="append", default=[])
parser.add_argument("--env-file")
parser.add_argument("--volume", action="append", default=[])
parser.add_argument("image", choices=["amazon/aws-cli"])
parser.add_argument("command", nargs=argparse.REMAINDER)
run = parser.parse_args()
# What the image sets, and the way to the stand-in.
environment = dict(PATH="/usr/local/bin:/usr/bin:/bin", HOME="/root", AWS_EC2_METADATA_DISABLED="true")
environment.update(AWS_ENDPOINT_URL_SSO="{url}", AWS_ENDPOINT_URL_SSO_OIDC="{url}", LANG="C.UTF-8")
lines = open(run.env_file).read().splitlines() if run.env_file else []
for line in lines + run.env:
    name, given, value = line.partition("=")
    if given or name in os.environ:
        environment[name] = value if given else os.environ[name]
script = '''
set -e
rm -rf "{root}"; mkdir "{root}"; cd "{root}"
mkdir usr dev tmp root
ln -s usr/lib lib; ln -s usr/lib64 lib64; ln -s usr/bin bin
mount --rbind /usr usr; mount --rbind /dev dev
mount -t tmpfs none usr/local; mkdir usr/local/bin
'''
for volume in run.volume:
    source, target, *options = volume.split(":")
    assert options in ([], ["ro"]), volume
    target, made = "." + target, "mkdir -p" if os.path.isdir(source) else "touch"
    script += shlex.join(["mkdir", "-p", os.path.dirname(target)]) + "\\n"
    script += made + " " + shlex.quote(target) + "; " + shlex.join(["mount", "--bind", source, target]) + "\\n"
user, group = run.user.split(":")
start = ["unshare", "--user", "--map-user=" + user, "--map-group=" + group, "--root=.", "--wd=/", "env", "-i"]
start += [name + "=" + value for name, value in environment.items()]
script += "exec " + shlex.join(start + ["/usr/bin/aws", "--endpoint-url", "{url}"] + run.command)
os.execvp("unshare", ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script])
"""
# `terraform` with the one argument of the guide. boto3 is in the place of the provider.
TERRAFORM = """\
#!{python}
import boto3, sys
assert sys.argv[1:] == ["apply"], sys.argv
print(boto3.client("sts", endpoint_url="{url}").get_caller_identity()["Arn"])
"""


def blocks(guide, language):
    """The blocks of this language in a guide, in their order."""
    found = re.findall(rf"^```{language}\n(.*?)^```", (GUIDES / guide).read_text(), re.M | re.S)
    assert found, f"{guide} has no block of {language}"
    return found


def block(guide, language):
    return blocks(guide, language)[0]


def set_up(home, guide, sign_in=True):
    """Follows the guide up to the sign-in."""
    (home.home / ".aws/config").write_text(block(guide, "ini"))
    home.environment["AWS_ENDPOINT_URL_STS"] = home.aws.url
    if sign_in:
        home.token_path().parent.mkdir(parents=True, exist_ok=True)
        token = {**home.sign_in(), "region": "eu-west-1"}
        home.token_path().write_text(json.dumps(token))


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
    terraform, providers = consumers.TERRAFORM, consumers.PROVIDERS
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
        return not_run("aws-cdk is not installed in target/consumers/cdk")
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


def has_containers():
    command = ["unshare", "--user", "--map-root-user", "--mount", "true"]
    if shutil.which("unshare") and subprocess.run(command, capture_output=True).returncode == 0:
        not_run("docker itself; a root directory and a user id of its own stand for the container")
        return True
    not_run("containers: this machine allows no namespace for users")
    return False


def check_a_container_uses_the_mounted_sign_in(home):
    if not has_containers():
        return
    set_up(home, "docker.md")
    root = home.root / "container"
    root.mkdir()

    def inside(*arguments, check=True, directory="/home/me", **environment):
        start = ["unshare", "--user", "--map-root-user", "--mount"]
        start += ["sh", "-c", CONTAINER, "sh", root, home.home / ".aws", PROGRAM]
        shutil.rmtree(root), root.mkdir()
        return home.run(start + list(arguments), check, HOME=directory, **environment)

    assert '"AccessKeyId"' in inside("export", "--profile", "dev", "--format", "json").stdout
    # What the container has fetched is in the cache of the person.
    fetched = home.count("GetRoleCredentials")
    home.helper("--sso-session", "corp", "--account-id", ACCOUNT, "--role-name", "Developer")
    assert fetched == home.count("GetRoleCredentials") == 1
    lost = inside("export", "--profile", "dev", check=False, directory="/elsewhere")
    assert lost.returncode == 2 and lost.stdout == "", lost
    # The home in the container is not the person's, so the state has no place but the one that is named.
    checked = inside("doctor", "--offline", check=False).stdout
    assert "[state-not-writable]" in checked, checked
    checked = inside("doctor", "--offline", check=False, XDG_STATE_HOME="/tmp").stdout
    assert "checked 1 profile" in checked and "[state-not-writable]" not in checked, checked


def check_the_three_ways_into_a_container(home):
    if not has_containers():
        return
    set_up(home, "docker.md")
    home.add_program("docker", DOCKER.format(python=sys.executable, url=home.aws.url, root=home.root / "container"))
    # The container has no other files than those that are mounted, so the program itself is.
    (home.bin / "aws-sso-cred").unlink()
    shutil.copy(PROGRAM, home.bin / "aws-sso-cred")
    for command in blocks("docker.md", "text"):
        command = command.replace("IMAGE COMMAND", "amazon/aws-cli sts get-caller-identity")
        # Nothing that another way has left is used.
        shutil.rmtree(home.home / ".aws/cli", ignore_errors=True)
        home.aws.do("clear_requests")
        done = home.run(["bash", "-c", command])
        assert_role(json.loads(done.stdout)["Arn"])
        assert home.count("GetRoleCredentials") == 1, command


def check_docker_knows_the_options(home):
    docker = shutil.which("docker", path=harness.PATH)
    if not docker:
        return not_run("the options of docker: docker is not on this machine")
    set_up(home, "docker.md")
    home.add_program("docker", f'#!/bin/sh\nexec {docker} "$@"\n')
    for command in blocks("docker.md", "text"):
        command = command.replace("IMAGE COMMAND", "amazon/aws-cli sts get-caller-identity")
        done = home.run(["bash", "-c", command], check=False, DOCKER_HOST=f"unix://{home.root}/none")
        # It reads the options, and files of variables, before it looks for its daemon.
        assert done.returncode != 0 and "onnect to the Docker daemon" in done.stderr, done


def check_terraform_without_a_profile_is_run_with_an_endpoint(home):
    set_up(home, "terraform.md")
    home.add_program("terraform", TERRAFORM.format(python=sys.executable, url=home.aws.url))
    done = home.run(["bash", "-c", block("terraform.md", "text")], AWS_PROFILE="another")
    assert_role(done.stdout.strip())
    not_run("terraform apply; boto3 takes the credentials in its place")


class Refusing(http.server.BaseHTTPRequestHandler):
    """A service of AWS that refuses each request, and keeps who has signed it."""

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.signed.append(self.headers["Authorization"])
        body = b"<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>"
        self.send_response(403)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def refusing_services():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Refusing)
    server.signed = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def check_cdk_signs_its_requests_with_the_role(home):
    if not (CDK / "aws-cdk/bin/cdk").exists():
        return not_run("aws-cdk is not installed in target/consumers/cdk")
    set_up(home, "cdk.md")
    (home.home / "app.js").write_text(block("cdk.md", "js"))
    (home.home / "cdk.json").write_text(json.dumps({"app": "node app.js"}))
    home.add_program("cdk", f"#!/bin/sh\nexec node {CDK}/aws-cdk/bin/cdk --no-notices \"$@\"\n")
    with refusing_services() as server:
        environment = {
            "PATH": home.environment["PATH"] + ":" + harness.PATH,
            "NODE_PATH": str(CDK),
            "CDK_DISABLE_VERSION_CHECK": "1",
            "CDK_DISABLE_CLI_TELEMETRY": "1",
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.server_port}",
            "CI": "1",
        }
        bootstrap, deploy = block("cdk.md", "text").splitlines()
        done = home.run(["sh", "-c", bootstrap], check=False, **environment)
        key = home.helper("--profile", "dev")["AccessKeyId"]
        signed = [f"Credential={key}/" in line and "/eu-west-1/cloudformation/" in line for line in server.signed]
        assert done.returncode == 1 and signed and all(signed), (server.signed, done)
        # The role of the profile takes on a role that `bootstrap` makes, and this signs the rest.
        server.signed.clear()
        callers = home.callers().count(key)
        done = home.run(["sh", "-c", deploy], check=False, **environment)
        assert home.callers().count(key) > callers, (home.callers(), done)
        assert done.returncode == 1 and all("/eu-west-1/" in line for line in server.signed), (server.signed, done)
    not_run("the rest of cdk bootstrap and deploy: each service refuses the first request")


def check_a_redirect_reaches_the_port_that_is_forwarded(home):
    set_up(home, "vscode-remote.md", sign_in=False)
    command = block("vscode-remote.md", "text")
    log = home.root / "login"
    with log.open("w") as output:
        started = subprocess.Popen(
            ["sh", "-c", command],
            env={**home.environment, "SSH_CONNECTION": "10.0.0.2 50000 10.0.0.1 22"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            until = time.monotonic() + 20
            while not (found := re.search(r"http://127\.0\.0\.1:\d+/authorize\S*", log.read_text())):
                assert time.monotonic() < until and started.poll() is None, log.read_text()
                time.sleep(0.05)
            assert ":8400" in urllib.request.unquote(found[0]), found[0]
            # The browser of the person follows the redirect through the forwarded port.
            urllib.request.build_opener(urllib.request.ProxyHandler({})).open(found[0]).read()
            assert started.wait(20) == 0, log.read_text()
        finally:
            started.kill()
            started.wait()
    assert home.helper("--profile", "dev")["AccountId"] == ACCOUNT


if __name__ == "__main__":
    harness.main(globals())
