"""The Homebrew formula and the Nix expression, which name the archives of the release."""

import pathlib
import re

from archive import sha256

HERE = pathlib.Path(__file__).parent


def write(project, out):
    values = {
        "VERSION": project.version,
        "REPOSITORY": project.repository,
        "RELEASE": project.release_url("")[:-1],
    }
    for file in out.iterdir():
        kind = re.fullmatch(r"aws-sso-cred-[0-9.]+?(?:-(\w+)-unknown-linux-musl\.tar\.gz|\.(crate))", file.name)
        if kind:
            values[f"SHA256_{(kind[1] or kind[2]).upper()}"] = sha256(file)
    for template in ["homebrew/aws-sso-cred.rb", "nix/aws-sso-cred.nix"]:
        text = (HERE / template).read_text()
        if not set(re.findall(r"@([A-Z0-9_]+)@", text)) <= values.keys():
            print(f"no {pathlib.Path(template).name}, as it names archives of other targets")
            continue
        text = re.sub(r"@([A-Z0-9_]+)@", lambda found: values[found[1]], text)
        (out / pathlib.Path(template).name).write_text(text)
