"""AWS CLI v2 shares both of its caches with the helper.

The CLI comes from Debian and does not know AWS_ENDPOINT_URL_SSO. Service models
in `~/.aws/models`, its directory for custom models, make its own SSO provider
use the stand-in.
"""

import json

import harness
from harness import ACCOUNT, ROLE, assert_role

AWS = "/usr/bin/aws"


def call(home, profile, check=True):
    """`aws sts get-caller-identity`"""
    arguments = ["--profile", profile, "--endpoint-url", home.aws.url, "--output", "json"]
    done = home.run([AWS, "sts", "get-caller-identity", *arguments], check)
    if check:
        assert done.stderr == "", done
        assert_role(json.loads(done.stdout)["Arn"])
    return done


def send_its_provider_to(home, url):
    rules = [{"type": "endpoint", "conditions": [], "endpoint": {"url": url}}]
    builtins = {
        "Region": ("String", "AWS::Region"),
        "UseDualStack": ("Boolean", "AWS::UseDualStack"),
        "UseFIPS": ("Boolean", "AWS::UseFIPS"),
        "Endpoint": ("String", "SDK::Endpoint"),
    }
    parameters = {
        name: {"type": kind, "builtIn": builtin, "required": False, "documentation": ""}
        for name, (kind, builtin) in builtins.items()
    }
    rule_set = {"version": "1.0", "parameters": parameters, "rules": rules}
    for service, version in (("sso", "2019-06-10"), ("sso-oidc", "2019-06-10"), ("sts", "2011-06-15")):
        directory = home.home / ".aws/models" / service / version
        directory.mkdir(parents=True)
        (directory / "endpoint-rule-set-1.json").write_text(json.dumps(rule_set))


def check_the_cli_is_version_2(home):
    version = home.run([AWS, "--version"]).stdout
    assert version.startswith("aws-cli/2."), version


def check_the_cli_reads_the_role_credentials_that_the_helper_cached_offline(home):
    send_its_provider_to(home, home.aws.url)
    home.sign_in()
    ours = home.helper("--profile", "dev-sso")
    home.aws.do("clear_requests")
    export = [AWS, "configure", "export-credentials", "--profile", "dev-sso"]
    exported = json.loads(home.run(export).stdout)
    names = ("AccessKeyId", "SecretAccessKey", "SessionToken")
    assert {name: exported[name] for name in names} == {name: ours[name] for name in names}
    assert exported["Expiration"].replace("+00:00", "Z") == ours["Expiration"]
    assert home.starts() == []
    home.assert_requests()


def check_the_helper_answers_from_the_role_credentials_that_the_cli_cached(home):
    send_its_provider_to(home, home.aws.url)
    home.sign_in()
    call(home, "dev-sso")
    written = home.role_path().read_text()
    home.aws.do("clear_requests")
    for arguments in (
        ["--profile", "dev-sso"],
        ["--sso-session", "corp", "--account-id", ACCOUNT, "--role-name", ROLE],
    ):
        assert home.helper(*arguments)["AccessKeyId"] in home.callers()
    assert home.role_path().read_text() == written, "a hit writes nothing"
    home.assert_requests()


def check_the_clis_sso_provider_uses_the_token_that_the_helper_refreshed(home):
    send_its_provider_to(home, home.aws.url)
    expired = home.sign_in(alive=False)
    home.helper("--profile", "dev-sso", "--no-cache")
    assert home.token()["accessToken"] != expired["accessToken"]
    call(home, "dev-sso")
    assert home.starts() == [], "the CLI uses its own provider for a profile with sso_* keys"
    home.assert_requests(CreateToken=1, GetRoleCredentials=2, GetCallerIdentity=1)


def check_the_helper_uses_the_token_that_the_cli_refreshed(home):
    send_its_provider_to(home, home.aws.url)
    expired = home.sign_in(alive=False)
    call(home, "dev-sso")
    renewed = home.token()
    assert renewed["accessToken"] != expired["accessToken"]
    home.helper("--profile", "dev-sso", "--no-cache")
    assert home.token() == renewed
    home.assert_requests(CreateToken=1, GetRoleCredentials=2, GetCallerIdentity=1)


if __name__ == "__main__":
    harness.main(globals())
