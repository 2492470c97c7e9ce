"""The editor of the configuration files, beside botocore and the AWS CLI.

Random edits of random files are read with botocore before and after. In a home
of its own, the editor and `aws configure set` change one file at the same time.

Usage: config_editor.py [NUMBER OF RANDOM FILES]
"""

import configparser
import json
import pathlib
import subprocess
import sys
import tempfile
import threading
import time

import botocore.configloader
import botocore.exceptions

import harness

EDITOR = harness.TARGET / "debug/examples/config_editor"
AWS = "/usr/bin/aws"
FILES = int(sys.argv[1]) if len(sys.argv) > 1 else 4000
KINDS = {"profile": "profiles", "sso-session": "sso_sessions", "services": "services"}


class Reader:
    """Reads a text as botocore reads a file."""

    def __init__(self):
        self.directory = tempfile.TemporaryDirectory()
        self.path = pathlib.Path(self.directory.name) / "config"

    def read(self, text, is_credentials):
        """The sections by kind; None if botocore refuses the file."""
        self.path.write_bytes(text)
        try:
            raw = botocore.configloader.raw_config_parse(str(self.path))
        except (botocore.exceptions.ConfigParseError, UnicodeDecodeError):
            return None
        if is_credentials:
            return {"profiles": raw}
        loaded = botocore.configloader.build_profile_map(raw)
        return {kind: loaded.get(kind, {}) for kind in KINDS.values()}

    def leaking(self, text):
        """The keys of [DEFAULT], which appear in every section."""
        parser = configparser.RawConfigParser()
        parser.read_string(text.decode())
        return dict(parser.defaults())


def expected(found, edit):
    """What botocore must read after an edit, and whether it must find the section."""
    kind, name = KINDS[edit["section"]["kind"]], edit["section"]["name"]
    after = json.loads(json.dumps(found))
    sections = after.setdefault(kind, {})
    if edit["do"] == "set":
        sections.setdefault(name, {})[edit["key"]] = edit["value"]
    elif edit["do"] == "remove_key":
        sections.get(name, {}).pop(edit["key"], None)
    elif edit["do"] == "remove_section":
        sections.pop(name, None)
    return after


def compare(reader, case):
    """Compares one edit; gives a word for what was compared."""
    before, after = bytes.fromhex(case["before"]), bytes.fromhex(case["after"])
    if before == after:
        return "nothing to change"
    found = reader.read(before, case["credentials"])
    if found is None:
        return "refused by botocore before"
    now = reader.read(after, case["credentials"])
    assert now is not None, "botocore refuses the file after the edit"
    edit = case["edit"]
    kind, name = KINDS[edit["section"]["kind"]], edit["section"]["name"]
    was_seen = name in found.get(kind, {})
    wanted = expected(found, edit)
    if not was_seen:
        # botocore did not know the section: it was missing, or only other tools read its header. If
        # it finds it now, it must find what was asked for.
        section = now.get(kind, {}).pop(name, None)
        wanted.get(kind, {}).pop(name, None)
        if edit["do"] == "set" and section is not None:
            assert section[edit["key"]] == edit["value"], section
    for sections in (now.get(kind, {}), wanted.get(kind, {})):
        # In the credentials file, `[ dev ]` is a profile of another name for botocore.
        for blank in [key for key in sections if key != name and key.strip() == name]:
            sections.pop(blank)
    leaking = reader.leaking(before)
    if leaking and edit["do"] == "remove_key" and edit["key"] in leaking and was_seen:
        wanted[kind][name][edit["key"]] = leaking[edit["key"]]
    assert now == wanted, f"read as {now}\nwanted {wanted}"
    return "compared" if was_seen or edit["do"] == "set" else "compared without the section"


def check_botocore_reads_what_was_asked_and_everything_else_as_before(home):
    reader, words = Reader(), {}
    cases = subprocess.run([str(EDITOR), "odd", "0", str(FILES)], check=True, capture_output=True, text=True)
    for line in cases.stdout.splitlines():
        case = json.loads(line)
        try:
            word = compare(reader, case)
        except Exception:
            print(f"case {case['number']}: {case['edit']}")
            for text in ("before", "after"):
                print(f"--- {text}\n{bytes.fromhex(case[text]).decode(errors='replace')}")
            raise
        words[word] = words.get(word, 0) + 1
    print(f"{FILES} files: {words}")
    assert words["compared"] * 4 > sum(words.values()), words


def config(home):
    return home.home / ".aws/config"


def check_a_new_section_is_read_by_the_aws_cli(home):
    home.run([EDITOR, "set", "my new one", "region", "eu-west-1"])
    home.run([EDITOR, "set", "my new one", "output", "json"])
    listed = home.run([AWS, "configure", "get", "region", "--profile", "my new one"])
    assert listed.stdout == "eu-west-1\n", listed
    assert "my new one" in home.run([AWS, "configure", "list-profiles"]).stdout


def check_the_aws_cli_changes_what_the_editor_wrote(home):
    home.run([EDITOR, "set", "it's new", "region", "eu-west-1"])
    home.run([AWS, "configure", "set", "region", "us-east-1", "--profile", "it's new"])
    changed = home.run([EDITOR, "set", "it's new", "region", "us-east-1"])
    assert changed.stdout == "", changed


def check_many_editors_and_the_aws_cli_at_once_lose_nothing(home):
    """Each edit that was made is there; so is each of the CLI that ended before an edit began."""
    stop, torn = threading.Event(), []

    def watch():
        while not stop.is_set():
            text = config(home).read_bytes()
            # The CLI empties the file before it writes it; the editor never does.
            if text and b"[sso-session corp]" not in text:
                torn.append(text)
            time.sleep(0.001)

    def edits(number):
        for turn in range(10):
            home.run([EDITOR, "set", f"editor{number}", f"key{turn}", "value"])

    watcher = threading.Thread(target=watch)
    watcher.start()
    editors = [threading.Thread(target=edits, args=(number,)) for number in range(6)]
    for editor in editors:
        editor.start()
    for editor in editors:
        editor.join()
    text = config(home).read_text()
    for number in range(6):
        home_section = text.split(f"[profile editor{number}]")[1].split("[")[0]
        assert all(f"key{turn} = value" in home_section for turn in range(10)), text

    # The CLI reads the whole file and writes it a moment later: what an editor writes in between, the CLI
    # takes back. So only the CLI's own changes can be asked for here, and that the file stays whole.
    def cli():
        for turn in range(6):
            home.run([AWS, "configure", "set", f"cli_key{turn}", "value", "--profile", "cli"])

    both = [threading.Thread(target=cli), *(threading.Thread(target=edits, args=(number,)) for number in (7, 8))]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    stop.set()
    watcher.join()
    assert not torn, torn
    text = config(home).read_text()
    section = text.split("[profile cli]")[1].split("[")[0]
    assert all(f"cli_key{turn} = value" in section for turn in range(6)), text
    assert text.count("[sso-session corp]") == 1 and text.count("[profile dev]") == 1, text
    assert not list(config(home).parent.glob("*.tmp")), list(config(home).parent.iterdir())


harness.main(globals())
