"""The crates in a program: as a CycloneDX document, and with the texts of their licences."""

import datetime
import json
import pathlib
import re
import subprocess
import tomllib

from archive import EPOCH, cargo_metadata


def crates_of(target):
    """The packages that are linked into the program, without those that only build it."""
    tree = subprocess.run(
        ["cargo", "tree", "--locked", "--package=aws-sso-cred", "--edges=normal,no-proc-macro"]
        + [f"--target={target}", "--prefix=none", "--format={p}"],
        check=True, stdout=subprocess.PIPE, text=True,
    ).stdout
    linked = {tuple(line.split()[:2]) for line in tree.splitlines()}
    metadata = cargo_metadata(f"--filter-platform={target}")
    packages = [one for one in metadata["packages"] if (one["name"], "v" + one["version"]) in linked]
    assert len(packages) == len(linked), linked
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    ids = {one["id"] for one in packages}
    for one in packages:
        normal = [
            dependency["pkg"] for dependency in nodes[one["id"]]["deps"]
            if any(kind["kind"] is None for kind in dependency["dep_kinds"])
        ]
        one["linked"] = sorted(reference(metadata, pkg) for pkg in normal if pkg in ids)
    return sorted(packages, key=lambda one: (one["name"], one["version"]))


def reference(metadata, pkg):
    (package,) = [one for one in metadata["packages"] if one["id"] == pkg]
    return url(package)


def url(package):
    return f"pkg:cargo/{package['name']}@{package['version']}"


def document(project, target, crates):
    checksums = {
        (one["name"], one["version"]): one.get("checksum")
        for one in tomllib.loads(pathlib.Path("Cargo.lock").read_text())["package"]
    }
    moment = datetime.datetime.fromtimestamp(EPOCH, datetime.timezone.utc)
    own = [one for one in crates if one["name"] == "aws-sso-cred"]
    others = [one for one in crates if one not in own]
    root = {
        **component(own[0], None),
        "type": "application",
        "properties": [{"name": "cargo:target", "value": target}],
    }
    return json.dumps({
        "$schema": "http://cyclonedx.org/schema/bom-1.5.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"timestamp": moment.strftime("%Y-%m-%dT%H:%M:%SZ"), "component": root},
        "components": [component(one, checksums[one["name"], one["version"]]) for one in others],
        "dependencies": [{"ref": url(one), "dependsOn": one["linked"]} for one in crates],
    }, indent=2) + "\n"


def component(package, checksum):
    found = {
        "type": "library",
        "bom-ref": url(package),
        "name": package["name"],
        "version": package["version"],
        "description": " ".join((package["description"] or "").split()),
        "licenses": [{"expression": licence(package)}],
        "purl": url(package),
    }
    if checksum:
        found["hashes"] = [{"alg": "SHA-256", "content": checksum}]
    return found


def licence(package):
    # Old crates write `MIT/Apache-2.0`.
    return re.sub(r"\s*/\s*", " OR ", package["license"])


def licences(crates):
    """The licences that the authors of the crates ask to hand on, each text once."""
    crates = sorted((one for one in crates if one["name"] != "aws-sso-cred"), key=url)
    texts = {}
    for one in crates:
        directory = pathlib.Path(one["manifest_path"]).parent
        for file in sorted(directory.iterdir()):
            if file.is_file() and re.match(r"(?i)(licen[cs]e|copying|copyright|notice|unlicense)", file.name):
                text = file.read_text(errors="replace").replace("\r\n", "\n").strip()
                texts.setdefault(text, []).append(f"{one['name']} {one['version']}")
    head = (
        "aws-sso-cred contains Rust's standard library (MIT OR Apache-2.0, The Rust Project Contributors), on Linux\n"
        "musl (MIT, Copyright © 2005-2020 Rich Felker, et al.), on Windows the runtime of mingw-w64 (ZPL-2.1,\n"
        "Copyright © 2009-2016 the mingw-w64 project), and these crates:\n\n"
    )
    head += "".join(f"    {one['name']} {one['version']}: {licence(one)}\n" for one in crates)
    parts = [f"{'=' * 80}\n{', '.join(names)}:\n\n{text}\n" for text, names in texts.items()]
    return "\n".join([head, *parts])
