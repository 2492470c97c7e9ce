#!/usr/bin/env python3
"""Prints what people would miss in a release, a line each, and fails if there is something.

usage: python3 packaging/missing.py
"""

import pathlib
import re

from archive import NO_MAINTAINER, NO_REPOSITORY, Project


def missing(project):
    if project.repository == NO_REPOSITORY:
        yield "Cargo.toml has no `repository`, the address of the project"
    if not re.fullmatch(r"[^<>\n]+ <[^<>@\s]+@[^<>@\s]+>", project.maintainer) or project.maintainer == NO_MAINTAINER:
        yield 'Cargo.toml has no `authors = ["NAME <ADDRESS>"]`, who answers for the packages'
    heading = rf"^## \[{re.escape(project.version)}\] - \d{{4}}-\d\d-\d\d$"
    if not re.search(heading, pathlib.Path("CHANGELOG.md").read_text(), re.MULTILINE):
        yield f"CHANGELOG.md has no `## [{project.version}] - DATE`"
    if "No version is published yet" in pathlib.Path("README.md").read_text():
        yield "README.md says that no version is published yet"


found = list(missing(Project()))
print("".join(line + "\n" for line in found), end="")
raise SystemExit(bool(found))
