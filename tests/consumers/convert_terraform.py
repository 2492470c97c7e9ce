"""Terraform's AWS provider uses the same profiles before and after `configure convert`.

It needs `terraform` and the provider `hashicorp/aws`, in a directory of providers that
TERRAFORM_PROVIDERS names or in one where Terraform itself looks for them. Neither is in
Debian, so this check does not run everywhere.
"""

import json
import os
import pathlib
import shutil
import sys

import convert
import harness

TERRAFORM = shutil.which("terraform", path=harness.PATH)
PLACES = (
    os.environ.get("TERRAFORM_PROVIDERS"),
    pathlib.Path.home() / ".terraform.d/plugins",
    "/usr/local/share/terraform/plugins",
    "/usr/share/terraform/plugins",
)
NAMES = "registry.terraform.io/hashicorp/aws"
PROVIDERS = next((place for place in PLACES if place and (pathlib.Path(place) / NAMES).exists()), None)

MAIN = """
terraform {{
  required_providers {{
    aws = {{ source = "hashicorp/aws" }}
  }}
}}
provider "aws" {{
  profile                     = "{profile}"
  region                      = "us-east-1"
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
  endpoints {{
    sts = "{url}"
  }}
}}
data "aws_caller_identity" "me" {{}}
output "arn" {{
  value = data.aws_caller_identity.me.arn
}}
"""


def prepare(home):
    """Makes a directory with the provider, in which `call` puts a profile."""
    directory = home.root / "terraform"
    directory.mkdir()
    (directory / "main.tf").write_text(MAIN.format(profile="native", url=home.aws.url))
    home.environment["CHECKPOINT_DISABLE"] = "1"
    home.environment["AWS_ENDPOINT_URL_STS"] = home.aws.url
    home.run([TERRAFORM, f"-chdir={directory}", "init", f"-plugin-dir={PROVIDERS}", "-no-color"])
    return directory


def check_terraform_goes_on(home):
    directory = prepare(home)

    def call(profile):
        (directory / "main.tf").write_text(MAIN.format(profile=profile, url=home.aws.url))
        (directory / "terraform.tfstate").unlink(missing_ok=True)
        home.run([TERRAFORM, f"-chdir={directory}", "apply", "-auto-approve", "-no-color"])
        output = home.run([TERRAFORM, f"-chdir={directory}", "output", "-json"]).stdout
        return json.loads(output)["arn"]["value"]

    # Each call takes half a minute, so not all profiles are used.
    convert.before(home)
    assert convert.use(home, call, ["native"]) == 0, home.starts()
    convert.convert(home)
    # `apply` starts the provider twice.
    assert convert.use(home, call, ["native", "assumes"]) == 4, home.starts()


if __name__ == "__main__":
    if not TERRAFORM or not PROVIDERS:
        missing = "the provider hashicorp/aws" if TERRAFORM else "terraform"
        print(f"{missing} is not on this machine")
        sys.exit(77)
    harness.main(globals())
