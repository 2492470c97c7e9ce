#!/usr/bin/env python3
"""Packs what `packaging/release` has built.

usage: python3 packaging/pack.py PARTS OUT TARGET...

PARTS has a directory for each target, with the program, its man pages and completions, and the
crate. Every file of a package has the time SOURCE_DATE_EPOCH, the owner root, and a place in
alphabetical order, so that the same programs give the same packages.
"""

import json
import pathlib
import sys

import debian
import npm
import recipes
import sbom
import wheel
from archive import Archive, File, Project, sha256, write_tar_gz, write_zip

DOCUMENTS = ["CHANGELOG.md", "LICENSE-APACHE", "LICENSE-MIT", "README.md"]
COMPLETIONS = {"bash": "aws-sso-cred.bash", "fish": "aws-sso-cred.fish", "zsh": "_aws-sso-cred", "powershell": "aws-sso-cred.ps1"}
ON_WINDOWS = ["powershell"]


def main(parts, out, *targets):
    parts, out = pathlib.Path(parts), pathlib.Path(out)
    project = Project()
    builds = {target: Archive(project, target, parts / target) for target in targets}
    # The program for Windows does not run here. Those for Linux print the same completions.
    linux = next((build for build in builds.values() if build.is_linux), None)
    all_crates = {}
    for target, build in builds.items():
        crates = sbom.crates_of(target)
        all_crates |= {sbom.url(crate): crate for crate in crates}
        build.licences = sbom.licences(crates).encode()
        build.sbom = sbom.document(project, target, crates).encode()
        (out / f"aws-sso-cred-{project.version}-{target}.cdx.json").write_bytes(build.sbom)
        pack_archive(build, linux.completions() if linux else [], out)
        wheel.pack(build, out)
        if build.is_linux:
            debian.pack(build, out, parts)
    npm.pack(project, builds, sbom.licences(all_crates.values()).encode(), out)
    crate = f"aws-sso-cred-{project.version}.crate"
    (out / crate).write_bytes((parts / crate).read_bytes())
    recipes.write(project, out)

    sums = "".join(f"{sha256(file)}  {file.name}\n" for file in sorted(out.iterdir()) if file.name != "SHA256SUMS")
    (out / "SHA256SUMS").write_text(sums)
    print(sums, end="")


def pack_archive(build, completions, out):
    """The archive to unpack: a tarball, or a zip for Windows."""
    name = f"aws-sso-cred-{build.project.version}-{build.target}"
    files = [File(document, pathlib.Path(document).read_bytes()) for document in DOCUMENTS]
    files += [build.program(), File("THIRD-PARTY-LICENSES.txt", build.licences)]
    files += build.man_pages("man/man1/")
    for shell, text in completions:
        if build.is_linux or shell in ON_WINDOWS:
            files.append(File(f"completions/{COMPLETIONS[shell]}", text))
    files = [file.below(name) for file in files]
    if build.is_linux:
        write_tar_gz(out / f"{name}.tar.gz", files)
    else:
        write_zip(out / f"{name}.zip", files)


main(*sys.argv[1:])
