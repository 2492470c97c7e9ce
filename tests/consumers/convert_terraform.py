"""Terraform's AWS provider uses the same profiles before and after `configure convert`.

It needs `terraform` and the provider `hashicorp/aws`; `consumers.py` has where they are looked for.
Neither is in Debian, so this check does not run everywhere.
"""

import re
import sys

import consumers
import convert
import harness


def check_terraform_goes_on(home):
    consumers.prepare_terraform(home, ["native"])
    home.environment["AWS_ENDPOINT_URL_STS"] = home.aws.url

    def call(profile):
        planned = home.run(consumers.terraform_plan(home, profile, 1, home.aws.url)).stdout
        return re.search(r'number0 += "(.*)"', planned).group(1)

    # Each call takes a while, so not all profiles are used.
    convert.before(home)
    assert convert.use(home, call, ["native"]) == 0, home.starts()
    convert.convert(home)
    assert convert.use(home, call, ["native", "assumes"]) == 2, home.starts()


if __name__ == "__main__":
    if reason := consumers.named("Terraform").not_here():
        print(reason)
        sys.exit(77)
    harness.main(globals())
