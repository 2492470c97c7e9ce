"""The Debian package. The program is static, so it depends on no other; it reads the certificates of ca-certificates."""

import datetime
import email.utils
import hashlib
import os
import pathlib
import re
import shutil
import subprocess

from archive import EPOCH, zipped

ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
COMPLETIONS = {
    "bash": "usr/share/bash-completion/completions/aws-sso-cred",
    "fish": "usr/share/fish/vendor_completions.d/aws-sso-cred.fish",
    "zsh": "usr/share/zsh/vendor-completions/_aws-sso-cred",
}
# The program is static, and Debian has no bug report that asks for it.
OVERRIDES = b"""\
aws-sso-cred: initial-upload-closes-no-bugs
aws-sso-cred: shared-library-lacks-prerequisites
"""


def pack(build, out, parts):
    version = f"{build.project.version}-1"
    architecture = ARCHITECTURES[build.processor]
    root = parts / f"debian-{architecture}"
    shutil.rmtree(root, ignore_errors=True)
    for name, (content, mode) in contents(build, version).items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        file.chmod(mode)
    add_control(build.project, version, architecture, root)
    # dpkg-deb keeps times before SOURCE_DATE_EPOCH, and the bit that hands on a group.
    for place in [root, *root.rglob("*")]:
        if place.is_dir():
            place.chmod(0o755)
        os.utime(place, (EPOCH, EPOCH))
    # The number of threads could change the result.
    command = ["dpkg-deb", "--root-owner-group", "--threads-max=1", "-Zxz", "--build", root]
    package = out / f"aws-sso-cred_{version}_{architecture}.deb"
    subprocess.run([*command, package], check=True, stdout=subprocess.DEVNULL)


def contents(build, version):
    """Each file: its content and mode."""
    documents = "usr/share/doc/aws-sso-cred"
    files = {
        "usr/bin/aws-sso-cred": (build.program().content, 0o755),
        f"{documents}/changelog.gz": zipped(pathlib.Path("CHANGELOG.md").read_bytes()),
        f"{documents}/changelog.Debian.gz": zipped(changelog(build.project, version).encode()),
        f"{documents}/copyright": copyright_file(build.project).encode(),
        f"{documents}/THIRD-PARTY-LICENSES.txt.gz": zipped(build.licences),
        "usr/share/lintian/overrides/aws-sso-cred": OVERRIDES,
    }
    for page in build.man_pages("usr/share/man/man1/"):
        files[f"{page.name}.gz"] = zipped(page.content)
    for shell, text in build.completions():
        if shell in COMPLETIONS:
            files[COMPLETIONS[shell]] = text
    return {name: file if isinstance(file, tuple) else (file, 0o644) for name, file in files.items()}


def changelog(project, version):
    date = email.utils.format_datetime(datetime.datetime.fromtimestamp(EPOCH, datetime.timezone.utc))
    return (
        f"aws-sso-cred ({version}) unstable; urgency=medium\n\n"
        f"  * New version: see changelog.gz.\n\n -- {project.maintainer}  {date}\n"
    )


def copyright_file(project):
    mit = pathlib.Path("LICENSE-MIT").read_text()
    holders = re.search(r"Copyright \(c\) (.*)", mit)[1]
    terms = mit[mit.index("Permission is") :].strip().splitlines()
    indented = "\n".join(f" {line}" if line else " ." for line in terms)
    return f"""\
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: aws-sso-cred
Source: {project.repository}
Comment: The program contains crates of others. THIRD-PARTY-LICENSES.txt.gz, beside this file, lists
 them with their licences.

Files: *
Copyright: {holders}
License: MIT or Apache-2.0

License: MIT
{indented}

License: Apache-2.0
 On Debian systems the text of this licence is in /usr/share/common-licenses/Apache-2.0.
"""


def add_control(project, version, architecture, root):
    files = sorted(file for file in root.rglob("*") if file.is_file())
    # In KiB, as dpkg counts it: each file and each directory takes one at least.
    size = sum(-(-file.stat().st_size // 1024) for file in files) + sum(1 for file in root.rglob("*") if file.is_dir())
    sums = "".join(f"{hashlib.md5(file.read_bytes()).hexdigest()}  {file.relative_to(root)}\n" for file in files)
    control = root / "DEBIAN"
    control.mkdir()
    (control / "md5sums").write_text(sums)
    (control / "control").write_text(f"""\
Package: aws-sso-cred
Version: {version}
Architecture: {architecture}
Maintainer: {project.maintainer}
Installed-Size: {size}
Recommends: ca-certificates
Section: admin
Priority: optional
Homepage: {project.repository}
Description: credential_process helper for AWS IAM Identity Center
 aws-sso-cred gives AWS SDKs and tools the temporary credentials of a role in
 IAM Identity Center (AWS SSO). An SDK starts it through the credential_process
 setting in ~/.aws/config. It answers from the caches of the AWS CLI, refreshes
 a sign-in by itself, and can ask you to sign in from inside a call.
""")
