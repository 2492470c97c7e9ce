"""What all packages share: the project, a finished build, and archives that are always the same."""

import dataclasses
import gzip
import hashlib
import io
import json
import os
import pathlib
import re
import subprocess
import tarfile
import time
import zipfile

# A zip knows no time before 1980.
EPOCH = max(int(os.environ["SOURCE_DATE_EPOCH"]), 315532800)
# They stand for what Cargo.toml does not say, in a trial alone: `missing.py` tells of them.
NO_REPOSITORY = "https://github.com/OWNER/aws-sso-cred"
NO_MAINTAINER = "The aws-sso-cred contributors <aws-sso-cred@users.noreply.github.com>"


class Project:
    """What Cargo.toml says."""

    def __init__(self):
        self.metadata = cargo_metadata()
        (package,) = [one for one in self.metadata["packages"] if one["name"] == "aws-sso-cred"]
        self.version = package["version"]
        if not re.fullmatch(r"\d+\.\d+\.\d+", self.version):
            raise SystemExit(f"packaging: Debian, Python and npm write the version {self.version} in different ways")
        self.description = package["description"]
        self.licence = package["license"]
        self.keywords = package["keywords"]
        self.repository = (package["repository"] or NO_REPOSITORY).removesuffix("/")
        self.maintainer = next(iter(package["authors"]), NO_MAINTAINER)
        # The registries of Python and npm refuse such packages.
        self.has_placeholders = NO_REPOSITORY == self.repository or NO_MAINTAINER == self.maintainer

    def release_url(self, name):
        return f"{self.repository}/releases/download/v{self.version}/{name}"


def cargo_metadata(*options):
    command = ["cargo", "metadata", "--locked", "--format-version=1", *options]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


@dataclasses.dataclass
class File:
    name: str
    content: bytes
    mode: int = 0o644

    def below(self, directory):
        return File(f"{directory}/{self.name}", self.content, self.mode)


class Archive:
    """What was built for a target."""

    def __init__(self, project, target, directory):
        self.project, self.target, self.directory = project, target, pathlib.Path(directory)
        self.is_linux = "-linux-" in target
        self.processor = target.split("-")[0]
        self.program_name = "aws-sso-cred" if self.is_linux else "aws-sso-cred.exe"

    def program(self, name=None):
        return File(name or self.program_name, (self.directory / self.program_name).read_bytes(), 0o755)

    def man_pages(self, directory):
        pages = sorted(self.directory.glob("man/*.1"))
        return [File(directory + page.name, page.read_bytes()) for page in pages]

    def completions(self):
        return [(file.name, file.read_bytes()) for file in sorted(self.directory.glob("completions/*"))]


def write_tar_gz(path, files):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for file in sorted(files, key=lambda file: file.name):
            entry = tarfile.TarInfo(file.name)
            entry.size, entry.mode, entry.mtime = len(file.content), file.mode, EPOCH
            entry.uname = entry.gname = "root"
            archive.addfile(entry, io.BytesIO(file.content))
    path.write_bytes(zipped(packed.getvalue()))


def write_zip(path, files):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for file in files:
            entry = zipfile.ZipInfo(file.name, time.gmtime(EPOCH)[:6])
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 3
            entry.external_attr = (0o100000 | file.mode) << 16
            archive.writestr(entry, file.content)


def zipped(content):
    """As `gzip -9n` does it."""
    packed = bytearray(gzip.compress(content, 9, mtime=0))
    # The number of the system, of which Python has not always had the same opinion.
    packed[9] = 3
    return bytes(packed)


def sha256(path):
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()
