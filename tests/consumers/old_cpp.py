"""The AWS SDK for C++ before 2025, inside pyarrow 19, calls the helper.

It runs `COMMAND 2>&1`, so a line on stderr beside a success breaks the JSON. The SDK
then sends its requests unsigned, without a message.
"""

import http.server
import re
import threading

import harness
from harness import INSTALLED, LAYOUTS

PYTHON = INSTALLED / "pyarrow/bin/python"

PROGRAM = """
import sys
from pyarrow.fs import S3FileSystem
s3 = S3FileSystem(scheme="http", endpoint_override=sys.argv[1], region="us-east-1")
print(s3.get_file_info("bucket/key").type)
"""


class Bucket(http.server.BaseHTTPRequestHandler):
    """An empty bucket that records the access key id of each request."""

    callers = None

    def do_HEAD(self):
        credential = re.search("Credential=([^/]*)/", self.headers.get("Authorization") or "")
        self.callers.append(credential.group(1) if credential else "anonymous")
        self.send_response(404)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_HEAD

    def log_message(self, *arguments):
        pass


def look(home, profile):
    """Requests an object, and returns the access key ids of the requests."""
    handler = type("Handler", (Bucket,), {"callers": []})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        address = f"127.0.0.1:{server.server_address[1]}"
        home.run([PYTHON, "-c", PROGRAM, address], check=False, AWS_PROFILE=profile)
    finally:
        server.shutdown()
        server.server_close()
    return handler.callers


def check_requests_are_signed_with_the_role_credentials(home):
    home.sign_in()
    key = home.helper("--profile", "dev-sso")["AccessKeyId"]
    for number, profile in enumerate(LAYOUTS, start=1):
        callers = look(home, profile)
        assert callers and set(callers) == {key}, callers
        assert len(home.starts()) == number, home.starts()
    home.assert_requests(GetRoleCredentials=1)


def check_a_fetch_and_a_refresh_write_nothing_to_stderr(home):
    home.sign_in(alive=False)
    callers = look(home, "dev")
    assert set(callers) == {home.helper("--profile", "dev-sso")["AccessKeyId"]}, callers
    home.assert_requests(CreateToken=1, GetRoleCredentials=1)


def check_a_failure_is_not_read_as_credentials(home):
    callers = look(home, "dev")
    assert set(callers) == {"anonymous"} and len(home.starts()) >= 1, (callers, home.starts())
    home.assert_requests()


def check_a_line_on_stderr_makes_these_checks_fail(home):
    home.sign_in()
    noisy = home.bin / "aws-sso-cred"
    noisy.write_text(noisy.read_text().replace("exec", "echo hello >&2\nexec"))
    assert set(look(home, "dev")) == {"anonymous"}


if __name__ == "__main__":
    harness.main(globals())
