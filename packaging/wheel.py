"""The wheel: a zip with the program, in the place where pip looks for scripts.

docs/decisions/wheel.md says why maturin does not make it.
"""

import base64
import hashlib
import pathlib
import re

from archive import File, write_zip

# A static program runs on every Linux; pip still asks for the oldest C library of each kind.
TAGS = {
    "x86_64-unknown-linux-musl": ["manylinux_2_17_x86_64", "manylinux2014_x86_64", "musllinux_1_1_x86_64"],
    "aarch64-unknown-linux-musl": ["manylinux_2_17_aarch64", "manylinux2014_aarch64", "musllinux_1_1_aarch64"],
    "x86_64-pc-windows-gnu": ["win_amd64"],
}


def pack(build, out):
    project, tags = build.project, TAGS[build.target]
    stem = f"aws_sso_cred-{project.version}"
    information = f"{stem}.dist-info"
    files = [
        build.program(f"{stem}.data/scripts/{build.program_name}"),
        *build.man_pages(f"{stem}.data/data/share/man/man1/"),
        File(f"{information}/METADATA", metadata(project).encode()),
        File(f"{information}/WHEEL", wheel(tags).encode()),
        File(f"{information}/licenses/THIRD-PARTY-LICENSES.txt", build.licences),
        File(f"{information}/sboms/aws-sso-cred.cdx.json", build.sbom),
    ]
    for name in ["LICENSE-APACHE", "LICENSE-MIT"]:
        files.append(File(f"{information}/licenses/{name}", pathlib.Path(name).read_bytes()))
    files.sort(key=lambda file: file.name)
    record = "".join(f"{file.name},sha256={digest(file)},{len(file.content)}\n" for file in files)
    files.append(File(f"{information}/RECORD", f"{record}{information}/RECORD,,\n".encode()))
    write_zip(out / f"{stem}-py3-none-{'.'.join(tags)}.whl", files)


def digest(file):
    return base64.urlsafe_b64encode(hashlib.sha256(file.content).digest()).rstrip(b"=").decode()


def metadata(project):
    head = f"""\
Metadata-Version: 2.4
Name: aws-sso-cred
Version: {project.version}
Summary: {project.description}
Keywords: {",".join(project.keywords)}
License-Expression: {project.licence}
License-File: LICENSE-APACHE
License-File: LICENSE-MIT
License-File: THIRD-PARTY-LICENSES.txt
{"Classifier: Private :: Do Not Upload" if project.has_placeholders else "Classifier: Development Status :: 4 - Beta"}
Classifier: Environment :: Console
Classifier: Programming Language :: Rust
Project-URL: Repository, {project.repository}
Requires-Python: >=3.7
Description-Content-Type: text/markdown

"""
    return head + readme(project)


def readme(project):
    """On PyPI the files of the project are not beside it: each link becomes one to the repository."""
    text = re.sub(r"(!\[[^\]]*\]\()(?![a-z]+:|#)", rf"\1{project.repository}/raw/v{project.version}/", pathlib.Path("README.md").read_text())
    return re.sub(r"(\]\()(?![a-z]+:|#)", rf"\1{project.repository}/blob/v{project.version}/", text)


def wheel(tags):
    lines = ["Wheel-Version: 1.0", "Generator: aws-sso-cred", "Root-Is-Purelib: false"]
    return "\n".join(lines + [f"Tag: py3-none-{tag}" for tag in tags]) + "\n"
