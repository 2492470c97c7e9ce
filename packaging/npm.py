"""The npm package: the programs of all platforms, and a script that starts the right one.

docs/decisions/npm.md says why it is one package.
"""

import json
import pathlib

from archive import File, write_tar_gz

HERE = pathlib.Path(__file__).parent
PLACES = {
    "x86_64-unknown-linux-musl": ("linux", "x64"),
    "aarch64-unknown-linux-musl": ("linux", "arm64"),
    "x86_64-pc-windows-gnu": ("win32", "x64"),
}


def pack(project, builds, licences, out):
    places = {target: PLACES[target] for target in builds}
    files = [
        File("launcher.js", (HERE / "npm/launcher.js").read_bytes(), 0o755),
        File("README.md", (HERE / "npm/README.md").read_bytes()),
    ]
    files += [File(name, pathlib.Path(name).read_bytes()) for name in ["LICENSE-APACHE", "LICENSE-MIT"]]
    pages = []
    for target, build in builds.items():
        system, processor = places[target]
        files.append(build.program(f"{system}-{processor}/{build.program_name}"))
        pages = pages or build.man_pages("man/")
    files += [File("THIRD-PARTY-LICENSES.txt", licences), *pages]
    files.append(File("package.json", package(project, places.values(), pages).encode()))
    write_tar_gz(out / f"aws-sso-cred-{project.version}.tgz", [file.below("package") for file in files])


def package(project, places, pages):
    return json.dumps({
        "name": "aws-sso-cred",
        "version": project.version,
        **({"private": True} if project.has_placeholders else {}),
        "description": project.description,
        "keywords": project.keywords,
        "license": f"({project.licence})",
        "repository": {"type": "git", "url": f"git+{project.repository}.git"},
        "bin": {"aws-sso-cred": "launcher.js"},
        "man": [f"./{page.name}" for page in pages],
        "os": sorted({system for system, _ in places}),
        "cpu": sorted({processor for _, processor in places}),
        "engines": {"node": ">=16"},
    }, indent=2) + "\n"
