"""The static program for aarch64, in qemu: it answers from the cache, fetches over TLS, and prints its pages."""

import os
import pathlib
import shutil
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
STATIC = TARGET / "aarch64-unknown-linux-musl/release/aws-sso-cred"
QEMU = shutil.which("qemu-aarch64-static")
if not (QEMU and STATIC.exists()):
    print(f"Not run: there is no qemu-aarch64-static, or {STATIC} was not built")
    sys.exit(77)
# The program's path, as the harness needs one that this machine can start.
directory = tempfile.TemporaryDirectory()
started = pathlib.Path(directory.name, "aws-sso-cred")
started.write_text(f'#!/bin/sh\nexec {QEMU} {STATIC} "$@"\n')
started.chmod(0o755)
os.environ["AWS_SSO_CRED_BINARY"] = str(started)

import harness  # noqa: E402, which reads the variable
from harness import PROGRAM, STAND_IN, StandIn  # noqa: E402


def check_it_says_its_version(home):
    assert home.run([PROGRAM, "--version"]).stdout.startswith("aws-sso-cred "), PROGRAM


def check_a_fetch_is_stored_and_answered_from_the_cache(home):
    home.sign_in()
    fetched = home.helper("--profile", "dev-sso")
    assert fetched["Version"] == 1 and fetched["SecretAccessKey"], fetched.keys()
    assert home.helper("--profile", "dev-sso") == fetched
    home.assert_requests(GetRoleCredentials=1)


def check_it_fetches_over_tls(home):
    home.aws.stop()
    home.aws = StandIn(str(STAND_IN), tls_directory=str(home.root))
    home.environment["AWS_ENDPOINT_URL_SSO"] = home.environment["AWS_ENDPOINT_URL_SSO_OIDC"] = home.aws.url
    home.environment["AWS_CA_BUNDLE"] = home.aws.ca_bundle
    home.sign_in()
    assert home.aws.url.startswith("https:") and home.helper("--profile", "dev-sso")["SessionToken"]


def check_its_man_page_is_shown(home):
    shown = home.run(["sh", "-c", f"{PROGRAM} man | man --warnings -l -"], MANWIDTH="80", MANPAGER="cat")
    assert shown.stderr == "" and "EXIT STATUS\n" in shown.stdout, shown


if __name__ == "__main__":
    harness.main(globals())
