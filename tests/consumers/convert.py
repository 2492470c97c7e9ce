"""Callers use the same profiles before `configure convert`, after it, and after `--back`.

Before and after `--back`, each caller uses its own support for SSO profiles; in between it
starts the helper. A profile that names a converted one as its `source_profile` goes on
working, too.

The Go SDK from Debian cannot be told another endpoint for its own SSO support, so it runs
only with the converted profiles.
"""

import hashlib
import json

import aws_cli_v2
import boto3_calls
import consumers
import harness
from harness import ACCOUNT, PROGRAM, ROLE, START_URL, assert_role

PROFILES = f"""
[profile native]
sso_session = corp
sso_account_id = {ACCOUNT}
sso_role_name = {ROLE}
region = us-east-1

[profile older]
region = us-east-1
sso_start_url  =  {START_URL}
sso_region = us-east-1
sso_account_id = {ACCOUNT}
sso_role_name = {ROLE}

[profile private]
sso_session=corp
sso_account_id={ACCOUNT}
sso_role_name={ROLE}
region=us-east-1
ca_bundle = /etc/ssl/certs/ca-certificates.crt

[profile assumes]
role_arn = arn:aws:iam::{ACCOUNT}:role/{ROLE}
source_profile = native
region = us-east-1
"""
CONVERTED = ("native", "older", "private")


def before(home):
    """Adds the profiles, and signs in to the session and to the start URL."""
    home.add_config(PROFILES)
    home.sign_in()
    # The AWS CLI names the token file of a profile without a session by its start URL.
    token = home.token_path().read_text()
    name = hashlib.sha1(START_URL.encode()).hexdigest() + ".json"
    home.token_path().with_name(name).write_text(token)
    return config(home).read_bytes()


def config(home):
    return home.home / ".aws/config"


def convert(home, *options):
    done = home.run([PROGRAM, "configure", "convert", *options, *CONVERTED, "--yes"])
    # The line names the program by its path, as it is on no PATH that every program gets. The
    # harness counts the starts of the one in `home`.
    path, text = config(home), config(home).read_text()
    path.write_text(text.replace(f"{PROGRAM} ", "aws-sso-cred "))
    return done


def use(home, call, names=(*CONVERTED, "assumes")):
    """Uses each profile, and gives how often the helper was started."""
    started = len(home.starts())
    for name in names:
        assert_role(call(name))
    return len(home.starts()) - started


def there_and_back(home, call, native=(*CONVERTED, "assumes")):
    """`native` are the profiles that the caller supports itself."""
    original = before(home)
    assert use(home, call, native) == 0, home.starts()
    convert(home)
    assert use(home, call) == 4, home.starts()
    convert(home, "--back")
    assert config(home).read_bytes() == original
    assert use(home, call, native) == 0, home.starts()


def check_boto3_goes_on(home):
    home.environment["AWS_ENDPOINT_URL_STS"] = home.aws.url
    there_and_back(home, lambda name: boto3_calls.call(home, name).stdout)


def check_the_aws_cli_goes_on(home):
    aws_cli_v2.send_its_provider_to(home, home.aws.url)
    def call(name):
        return json.loads(aws_cli_v2.call(home, name).stdout)["Arn"]

    # This version of the CLI cannot assume a role with the credentials of an SSO profile, but it can
    # with those of the converted one.
    there_and_back(home, call, native=CONVERTED)


def check_javascript_goes_on(home):
    home.environment["AWS_ENDPOINT_URL_STS"] = home.aws.url

    def call(name):
        return json.loads(consumers.call(home, "JavaScript v3, default chain", name))["arn"]

    there_and_back(home, call)


def check_go_uses_the_converted_profiles(home):
    before(home)
    convert(home)
    assert use(home, lambda name: consumers.call(home, "Go v2", name)) == 4, home.starts()


def check_aws_configure_reads_the_converted_file(home):
    """`aws configure set` keeps what it does not understand, also our comments."""
    original = before(home)
    convert(home)
    converted = config(home).read_text()
    assert "# aws-sso-cred: sso_start_url  =  " in converted, converted
    home.run([aws_cli_v2.AWS, "configure", "set", "output", "json", "--profile", "older"])
    assert config(home).read_text().replace("output = json\n", "") == converted
    text = config(home).read_text()
    config(home).write_text(text.replace("output = json\n", ""))
    convert(home, "--back")
    assert config(home).read_bytes() == original


if __name__ == "__main__":
    harness.main(globals())
