"""The AWS SDK for C++ before 2025, inside pyarrow 19, calls the helper.

It runs `COMMAND 2>&1`, so a line on stderr beside a success breaks the JSON. The SDK
then sends its requests unsigned, without a message.
"""

import harness
from harness import INSTALLED

PYTHON = INSTALLED / "pyarrow/bin/python"

PROGRAM = """
import sys
from pyarrow.fs import S3FileSystem
s3 = S3FileSystem(scheme="http", endpoint_override=sys.argv[1], region="us-east-1")
for _ in range(int(sys.argv[2])):
    print(s3.get_file_info("bucket/key").type.name)
"""


def look(home, profile):
    """Requests an object, and returns the access key ids of the requests."""
    home.bucket.callers.clear()
    address = home.bucket.url.removeprefix("http://")
    home.run([PYTHON, "-c", PROGRAM, address, 1], check=False, AWS_PROFILE=profile)
    return home.bucket.callers


def check_a_fetch_and_a_refresh_write_nothing_to_stderr(home):
    home.sign_in(alive=False)
    callers = look(home, "dev")
    assert set(callers) == {home.helper("--profile", "dev-sso")["AccessKeyId"]}, callers
    home.assert_requests(CreateToken=1, GetRoleCredentials=1)


def check_a_line_on_stderr_makes_these_checks_fail(home):
    home.sign_in()
    noisy = home.bin / "aws-sso-cred"
    noisy.write_text(noisy.read_text().replace("exec", "echo hello >&2\nexec"))
    assert set(look(home, "dev")) == {"anonymous"}


if __name__ == "__main__":
    harness.main(globals())
