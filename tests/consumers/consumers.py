"""The programs and libraries that call the helper, and how each makes requests in a new process.

A consumer is asked by `questions.py`. Its program calls GetCallerIdentity, or looks for an object in a
bucket, for a profile: as often as it is told to, if it can do so in one process.
"""

import dataclasses
import functools
import json
import os
import pathlib
import re
import shutil
import subprocess
import typing

import harness
from boto3_calls import PROGRAM as BOTO3
from harness import INSTALLED
from old_cpp import PROGRAM as PYARROW

HERE = pathlib.Path(__file__).parent
PROGRAMS = HERE / "programs"
JAVA = INSTALLED / "java"
TERRAFORM = shutil.which("terraform", path=harness.PATH)
PROVIDER = "registry.terraform.io/hashicorp/aws"


@dataclasses.dataclass
class Consumer:
    """A consumer, and what is known of it before it is asked."""

    name: str
    # The command that makes requests: from the home, the profile, their number and the address of STS
    # or of the bucket.
    command: typing.Callable
    # A command that prints the version, and the pattern that finds it.
    version: tuple
    # The requests of one process.
    requests: int = 5
    # Variables of the environment, beside those of every home; `{profile}` is the profile.
    environment: dict = dataclasses.field(default_factory=dict)
    # Whether it asks a bucket, and not STS.
    is_s3: bool = False
    # Whether it takes too long for the quick half.
    is_slow: bool = False
    # What is said of it on the page, beside what was measured.
    note: str = ""
    # Prepares the home once.
    prepare: typing.Callable = lambda home: None
    # The files, and the programs on the PATH, without which it cannot run.
    needs: tuple = ()
    # What is told if one is missing, in the place of its name.
    missing: str = ""

    def not_here(self):
        """Why it cannot be asked on this machine, or None."""
        absent = [str(what) for what in self.needs if not harness.is_here(what)]
        return (self.missing or f"{absent[0]} is not installed") if absent else None

    def variables(self, home, profile):
        """Its environment in this home."""
        added = {name: value.replace("{profile}", profile) for name, value in self.environment.items()}
        # Node, Java and Terraform may be in any directory of the PATH; the helper is in the home.
        path = home.environment["PATH"] + ":" + harness.PATH
        return {**home.environment, "PATH": path, **added}

    def argv(self, home, profile, requests=None):
        url = home.bucket.url if self.is_s3 else home.aws.url
        requests = min(self.requests, requests or self.requests)
        return [str(word) for word in self.command(home, profile, requests, url)]

    def its_version(self):
        command, pattern = self.version
        environment = {**os.environ, **{k: v for k, v in self.environment.items() if "{" not in v}}
        done = subprocess.run(list(map(str, command)), env=environment, capture_output=True, text=True, timeout=300)
        found = re.search(pattern, done.stdout + done.stderr)
        assert found, (self.name, done)
        return found.group(1)


def python_of(environment):
    return INSTALLED / environment / "bin/python"


def packaged(environment, package):
    """The version of a Python package."""
    code = f"import importlib.metadata; print('version', importlib.metadata.version({package!r}))"
    return ([python_of(environment), "-c", code], r"version (\S+)")


def node_module(name, directory="js"):
    text = f"console.log('version', require('{name}/package.json').version)"
    return (["node", "-e", text], r"version (\S+)")


def debian(package):
    return (["dpkg-query", "-W", "-f", "version ${Version}", package], r"version ([\d.]+)")


def locked(crate, directory):
    """The version of a crate in a lock file."""
    lock = HERE / directory / "Cargo.lock"
    return (["grep", "-A1", f'name = "{crate}"', lock], r'version = "(.*)"')


def aws_cli(program):
    def command(home, profile, requests, url):
        options = ["--profile", profile, "--endpoint-url", url, "--query", "Arn", "--output", "text"]
        return [program, "sts", "get-caller-identity", *options]

    return command


def rclone(program):
    def command(home, profile, requests, url):
        remote = f":s3,env_auth,provider=Other,region=us-east-1,endpoint='{url}',profile={profile}:bucket"
        return [program, "--config", "", "--retries", "1", "--low-level-retries", "1", "lsf", remote]

    return command


def java(main):
    jars = JAVA / "jars/*"

    def command(home, profile, requests, url):
        # Java's own home is that of the user id.
        return ["java", f"-Duser.home={home.home}", "-cp", f"{JAVA}:{jars}", main, requests, url]

    return command


def jar(name):
    return (["ls", JAVA / "jars"], name + r"-([\d.]+)\.jar")


# An app of the CDK with an empty stack: the CDK asks STS for the account before it starts an app.
CDK_APP = """\
const { writeFileSync } = require("fs");
const environment = "aws://unknown-account/unknown-region";
const stack = { type: "aws:cloudformation:stack", environment, properties: { templateFile: "empty.json" } };
writeFileSync(`${process.env.CDK_OUTDIR}/empty.json`, "{}");
const manifest = JSON.stringify({ version: "36.0.0", artifacts: { empty: stack } });
writeFileSync(`${process.env.CDK_OUTDIR}/manifest.json`, manifest);
console.error(`account ${process.env.CDK_DEFAULT_ACCOUNT}`);
"""


def prepare_cdk(home):
    (home.home / "app.js").write_text(CDK_APP)
    (home.home / "cdk.json").write_text(json.dumps({"app": "node app.js"}))
    home.environment["AWS_ENDPOINT_URL_STS"] = home.aws.url


def cdk(home, profile, requests, url):
    # It keeps which account an access key belongs to, and then asks STS no more.
    shutil.rmtree(home.home / ".cdk", ignore_errors=True)
    program = INSTALLED / "cdk/node_modules/aws-cdk/bin/cdk"
    return ["node", program, "list", "--no-notices", "--profile", profile]


def providers_of_terraform():
    """A directory of providers that has AWS's, or None."""
    places = [os.environ.get("TERRAFORM_PROVIDERS")]
    settings = os.environ.get("TF_CLI_CONFIG_FILE") or pathlib.Path.home() / ".terraformrc"
    if pathlib.Path(settings).is_file():
        text = pathlib.Path(settings).read_text()
        for mirror in re.findall(r"filesystem_mirror\s*\{(.*?)\}", text, re.S):
            places += re.findall(r'path\s*=\s*"(.*?)"', mirror)
    places.append(pathlib.Path.home() / ".terraform.d/plugins")
    places += [f"{root}/share/terraform/plugins" for root in ("/usr/local", "/usr")]
    places += sorted(pathlib.Path("/opt").glob("*/"))
    return next((place for place in places if place and (pathlib.Path(place) / PROVIDER).is_dir()), None)


PROVIDERS = providers_of_terraform()
TERRAFORM_MISSING = (
    "the provider hashicorp/aws of Terraform is not on this machine"
    if TERRAFORM
    else "terraform is not on this machine"
)

TERRAFORM_MAIN = """
terraform {{
  required_providers {{
    aws = {{ source = "hashicorp/aws" }}
  }}
}}
"""
TERRAFORM_PROVIDER = """
provider "aws" {{
  alias                      = "{name}"
  profile                    = "{profile}"
  region                     = "us-east-1"
  skip_metadata_api_check    = true
  skip_requesting_account_id = true
  endpoints {{
    sts = "{url}"
  }}
}}
data "aws_caller_identity" "{name}" {{
  provider = aws.{name}
}}
output "{name}" {{
  value = data.aws_caller_identity.{name}.arn
}}
"""


def terraform(home, *arguments):
    return [TERRAFORM, f"-chdir={home.root / 'terraform'}", *arguments]


def write_terraform(home, profiles):
    """Writes a provider for each profile."""
    text = TERRAFORM_MAIN.format()
    for number, profile in enumerate(profiles):
        text += TERRAFORM_PROVIDER.format(name=f"number{number}", profile=profile, url=home.aws.url)
    (home.root / "terraform/main.tf").write_text(text)


def prepare_terraform(home, profiles=("dev",)):
    (home.root / "terraform").mkdir()
    home.environment["CHECKPOINT_DISABLE"] = "1"
    write_terraform(home, profiles)
    done = subprocess.run(
        terraform(home, "init", f"-plugin-dir={PROVIDERS}", "-no-color"),
        env=home.environment, capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done


def terraform_plan(home, profile, requests, url):
    write_terraform(home, [profile])
    return terraform(home, "plan", "-no-color", "-input=false", "-lock=false")


NODE = {"NODE_PATH": str(INSTALLED / "js/node_modules"), "NODE_NO_WARNINGS": "1"}
JAVASCRIPT = ("node", INSTALLED / "js/node_modules")
NAMED = {"AWS_PROFILE": "{profile}"}
CONSUMERS = [
    Consumer(
        "boto3",
        lambda home, profile, requests, url: [python_of("boto3"), "-c", BOTO3, profile, url, requests],
        packaged("boto3", "boto3"),
        needs=(python_of("boto3"),),
    ),
    Consumer(
        "aiobotocore",
        lambda home, *of: [python_of("aiobotocore"), PROGRAMS / "aiobotocore_calls.py", *of],
        packaged("aiobotocore", "aiobotocore"),
        environment={"AWS_DEFAULT_REGION": "us-east-1"},
        needs=(python_of("aiobotocore"),),
    ),
    Consumer(
        "AWS CLI v1",
        aws_cli(INSTALLED / "awscli-v1/bin/aws"),
        packaged("awscli-v1", "awscli"),
        requests=1,
        needs=(INSTALLED / "awscli-v1/bin/aws",),
    ),
    Consumer("AWS CLI v2", aws_cli("/usr/bin/aws"), debian("awscli"), requests=1, needs=("/usr/bin/aws",)),
    Consumer(
        "awscrt, default chain",
        lambda home, *of: [python_of("awscrt"), PROGRAMS / "awscrt_calls.py", "chain", *of],
        packaged("awscrt", "awscrt"),
        environment=NAMED,
        needs=(python_of("awscrt"),),
    ),
    Consumer(
        "awscrt, `new_process`",
        lambda home, *of: [python_of("awscrt"), PROGRAMS / "awscrt_calls.py", "process", *of],
        packaged("awscrt", "awscrt"),
        needs=(python_of("awscrt"),),
        note="This provider keeps no credentials. A program that wraps it in `new_cached` starts the command once.",
    ),
    Consumer(
        "pyarrow (old C++)",
        lambda home, profile, requests, url: [
            python_of("pyarrow"), "-c", PYARROW, url.removeprefix("http://"), requests
        ],
        packaged("pyarrow", "pyarrow"),
        environment=NAMED,
        needs=(python_of("pyarrow"),),
        is_s3=True,
        note=(
            "It runs the command with `2>&1`, and sends its requests unsigned after a failure. Versions up to 21 "
            "do so."
        ),
    ),
    Consumer(
        "JavaScript v3, default chain",
        lambda home, profile, *of: ["node", PROGRAMS / "js_v3.cjs", "chain", *of],
        node_module("@aws-sdk/client-sts"),
        environment={**NODE, **NAMED},
        needs=JAVASCRIPT,
        note="After a failure the chain starts the command of the profile once more, and names no reason.",
    ),
    Consumer(
        "JavaScript v3, `fromIni`",
        lambda home, profile, *of: ["node", PROGRAMS / "js_v3.cjs", "ini", *of],
        node_module("@aws-sdk/client-sts"),
        environment={**NODE, **NAMED},
        needs=JAVASCRIPT,
    ),
    Consumer(
        "JavaScript v2",
        lambda home, profile, *of: ["node", PROGRAMS / "js_v2.cjs", *of],
        node_module("aws-sdk"),
        environment={**NODE, **NAMED, "AWS_SDK_LOAD_CONFIG": "1", "AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE": "1"},
        needs=JAVASCRIPT,
        note="It reads `~/.aws/config` only with `AWS_SDK_LOAD_CONFIG=1`.",
    ),
    Consumer(
        "AWS CDK",
        cdk,
        node_module("aws-cdk"),
        requests=1,
        environment={
            "NODE_PATH": str(INSTALLED / "cdk/node_modules"),
            "NODE_NO_WARNINGS": "1",
            "CDK_DISABLE_VERSION_CHECK": "1",
            "CDK_DISABLE_CLI_TELEMETRY": "1",
        },
        note="Without credentials the CDK goes on without an account, and shows nothing of the failure.",
        prepare=prepare_cdk,
        needs=("node", INSTALLED / "cdk/node_modules/aws-cdk"),
    ),
    Consumer(
        "Go v2",
        lambda home, *of: [INSTALLED / "go_v2", *of],
        debian("golang-github-aws-aws-sdk-go-v2-dev"),
        needs=(INSTALLED / "go_v2",),
        note=(
            "The SDK ends the wait after 60 seconds, so leave `--wait` at its 50 seconds: then you see the text "
            "of `aws-sso-cred`."
        ),
    ),
    Consumer(
        "Go v2, `sh` is bash",
        lambda home, *of: [INSTALLED / "go_v2", *of],
        debian("golang-github-aws-aws-sdk-go-v2-dev"),
        needs=(INSTALLED / "go_v2",),
        note="So it is on macOS and Fedora. The SDK looks for `sh` in the PATH.",
        is_slow=True,
        prepare=lambda home: (home.bin / "sh").symlink_to("/bin/bash"),
    ),
    Consumer(
        "Go v1",
        lambda home, *of: [INSTALLED / "go_v1", *of],
        debian("golang-github-aws-aws-sdk-go-dev"),
        needs=(INSTALLED / "go_v1",),
        environment={"AWS_SDK_LOAD_CONFIG": "1"},
        note=(
            "It reads `~/.aws/config` only with `AWS_SDK_LOAD_CONFIG=1`. The SDK ends the wait after 60 seconds, "
            "so leave `--wait` at its 50 seconds: then you see the text of `aws-sso-cred`."
        ),
    ),
    Consumer(
        "rclone 1.75 (Go v2)",
        rclone(INSTALLED / "rclone/bin/rclone"),
        ([INSTALLED / "rclone/bin/rclone", "version"], r"rclone v([\d.]+)"),
        requests=1,
        is_s3=True,
        needs=(INSTALLED / "rclone/bin/rclone",),
    ),
    Consumer(
        "rclone 1.60 (Go v1)",
        rclone("/usr/bin/rclone"),
        (["/usr/bin/rclone", "version"], r"rclone v([\d.]+)"),
        requests=1,
        environment={"AWS_SDK_LOAD_CONFIG": "1"},
        is_s3=True,
        needs=("/usr/bin/rclone",),
        note="It reads `~/.aws/config` only with `AWS_SDK_LOAD_CONFIG=1`.",
    ),
    Consumer(
        "Terraform",
        terraform_plan,
        (["ls", f"{PROVIDERS}/{PROVIDER}"], r"(\d\S+)"),
        requests=1,
        note=(
            "The version is that of the provider `hashicorp/aws`. Its log, with `TF_LOG=debug`, has the text of "
            "`aws-sso-cred`."
        ),
        is_slow=True,
        prepare=prepare_terraform,
        needs=("terraform", PROVIDERS or PROVIDER),
        missing=TERRAFORM_MISSING,
    ),
    Consumer(
        "Rust",
        lambda home, *of: [INSTALLED / "rust", *of],
        locked("aws-config", "rust"),
        needs=(INSTALLED / "rust",),
        note=(
            "Run `aws-sso-cred login` first: the time limit of the SDK is too short to sign in. A sign-in that "
            "was cut short goes on: approve it, and repeat the command."
        ),
    ),
    Consumer(
        "Rust before July 2026",
        lambda home, *of: [INSTALLED / "rust_old", *of],
        locked("aws-config", "rust_old"),
        is_slow=True,
        needs=(INSTALLED / "rust_old",),
        missing="the old AWS SDK for Rust is not installed; `WHOLE=1 bash .ci/install-consumers` builds it",
        note="Programs that were built before July 2026 have this limit. Run `aws-sso-cred login` first.",
    ),
    Consumer(
        "Ruby",
        lambda home, *of: ["/usr/bin/ruby", PROGRAMS / "calls.rb", *of],
        debian("ruby-aws-sdk-core"),
        needs=("/usr/bin/ruby", "/usr/share/doc/ruby-aws-sdk-core"),
        note="Each client starts the command twice.",
    ),
    Consumer(
        "Java v2",
        java("CallsV2"),
        jar("auth"),
        environment=NAMED,
        needs=("java", JAVA / "CallsV2.class"),
        missing="the AWS SDK for Java is not installed",
        note=(
            "The default chain shows only the first message of each provider. Newer versions have the text of "
            "`aws-sso-cred` in the cause of that of the profile."
        ),
    ),
    Consumer(
        "Java v1",
        java("CallsV1"),
        jar("aws-java-sdk-core"),
        environment=NAMED,
        needs=("java", JAVA / "CallsV1.class"),
        missing="the AWS SDK for Java is not installed",
        note="It reads `~/.aws/config` only if there is no `~/.aws/credentials`.",
    ),
]

# What the page tells from the source only.
NEVER_HERE = {
    ".NET": "the AWS SDK for .NET is not installed; docs/compatibility.md has what its source says",
    "PHP": "the AWS SDK for PHP is not installed; docs/compatibility.md has what its source says",
}


@functools.cache
def named(name):
    return next(consumer for consumer in CONSUMERS if consumer.name == name)


def call(home, name, profile, requests=1):
    """What a consumer prints for a profile; it must succeed."""
    consumer = named(name)
    done = home.run(consumer.argv(home, profile, requests), **consumer.variables(home, profile))
    assert done.stderr == "", done
    return done.stdout
