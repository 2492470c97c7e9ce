"""The reader of the configuration files, beside botocore and the AWS SDK for Rust.

Random files are read by all three. Where they differ on purpose, the difference has a name and a reason in the
two lists below; any other difference is a failure. docs/configuration.md has the grammar.

A named difference is a change of the file, after which the other tool must read what this program reads without
the change. A file that the other tool refuses even then is not compared.

Usage: config_reader.py [NUMBER OF RANDOM FILES [SEED]]
"""

import collections
import json
import pathlib
import random
import re
import shlex
import subprocess
import sys
import tempfile

import botocore.configloader
import botocore.exceptions

import harness

READER = harness.TARGET / "debug/examples/config_reader"
CORPUS = harness.ROOT / "fuzz/corpus/config_reader"
FILES = int(sys.argv[1]) if len(sys.argv) > 1 else 3000
SEED = int(sys.argv[2]) if len(sys.argv) > 2 else random.SystemRandom().randrange(10**9)

BLANKS = " \t\v\f"
UNSEEN = "\ufeff\u200b"
KINDS = {"profile": "profiles", "sso-session": "sso_sessions", "services": "services"}


def sections(text):
    """The headers, without their indent, each with the lines below it. The first header is empty."""
    found = [("", [])]
    for line in text.split("\n"):
        if line.lstrip(BLANKS + UNSEEN).startswith("["):
            found.append((line.strip(BLANKS), []))
        else:
            found[-1][1].append(line)
    return found


def joined(found):
    return "\n".join(line for header, lines in found for line in ([header] if header else []) + list(lines))


def indent(line):
    return len(line) - len(line.lstrip(BLANKS))


def is_skipped(line):
    return line.strip(BLANKS)[:1] in ("", "#", ";")


def entries(lines):
    """The lines of each key: its own, and those that are indented deeper. Blank lines and comments belong to it."""
    found = []
    for line in lines:
        if found and (is_skipped(line) or not is_skipped(found[-1][0]) and indent(line) > indent(found[-1][0])):
            found[-1].append(line)
        else:
            found.append([line])
    return found


def key_of(entry):
    return re.split("[=:]", without_comment(entry[0]), maxsplit=1)[0].strip(BLANKS).lower()


def without_comment(line):
    return line if is_skipped(line) else re.sub(f"[{BLANKS}][#;].*", "", line, flags=re.S)


def is_broken(entry):
    key = key_of(entry)
    has_sign = re.search("[=:]", without_comment(entry[0]))
    return not is_skipped(entry[0]) and (not has_sign or not key.strip() or re.search(f"[{BLANKS}{UNSEEN}]", key))


def in_each(change):
    """A change of the lines of each section."""
    return lambda text, _: joined((header, change(lines)) for header, lines in sections(text))


def without_broken(lines):
    """Of the lines that are indented deeper than a broken one, only blank lines and comments stay."""
    kept = ([line for line in entry if is_skipped(line)] if is_broken(entry) else entry for entry in entries(lines))
    return [line for entry in kept for line in entry]


def without_repeated(lines):
    all_entries = entries(lines)
    last = {key_of(entry): entry for entry in all_entries}
    last.update({key_of(entry): entry for entry in all_entries if has_value(entry)})
    kept = (entry for entry in all_entries if is_skipped(entry[0]) or last[key_of(entry)] is entry)
    return [line for entry in kept for line in entry]


def has_value(entry):
    value = re.split("[=:]", without_comment(entry[0]), maxsplit=1)[-1]
    return value.strip(BLANKS) != "" or not all(map(is_skipped, entry[1:]))


def with_equals_sign(entry):
    return entry if is_skipped(entry[0]) else [re.sub("[=:]", "=", entry[0], count=1)] + entry[1:]


def merged(text, _):
    blocks = {}
    for header, lines in sections(text):
        # Dedented, so that the indent of one block does not continue a value of the other.
        blocks.setdefault(header, []).extend(dedented(lines))
    if "[profile default]" in blocks:
        blocks.pop("[default]", None)
    return joined(blocks.items())


def dedented(lines):
    return [line for entry in entries(lines) for line in [entry[0].lstrip(BLANKS)] + entry[1:]]


def without_stray(text, _):
    (_, lines), *found = sections(text)
    return joined([("", [line for line in lines if is_skipped(line)]), *found])


def plain_headers(text, is_credentials):
    plain = lambda header: plain_header(header, is_credentials) if header else ""
    return joined((plain(header), lines) for header, lines in sections(text))


def plain_header(header, is_credentials):
    """The header as the AWS CLI writes it; `[other]` for a section that this program does not read."""
    if is_credentials:
        name = re.match(r"\[([^]]*)\]", header)
        return f"[{name[1].strip(BLANKS)}]" if name and name[1].strip(BLANKS) else "[other]"
    ends = [at for at, letter in enumerate(header) if letter == "]"]
    literal = None
    # The last `]` that gives a name of one word ends the header, else the first one.
    for end in (ends[-1], ends[0]) if ends and header.startswith("[") else ():
        inside = header[1:end].strip(BLANKS)
        if inside == "default":
            return "[default]"
        kind, name = re.fullmatch(rf"([a-z-]*)((?:[{BLANKS}].*)?.*)", inside, re.S).groups()
        if kind not in KINDS or name[:1] not in BLANKS or not name.strip(BLANKS):
            continue
        literal = (kind, name.strip(BLANKS))
        try:
            words = shlex.split(literal[1])
        except ValueError:
            continue
        if len(words) == 1:
            return f"[{kind} {quoted(words[0])}]"
    if literal and not re.search("[#;]", literal[1]):
        return f"[{literal[0]} {quoted(literal[1])}]"
    return "[other]"


def quoted(name):
    return name if re.fullmatch(r"""[^\s"'\\]+""", name) else shlex.quote(name)


LINE_BREAKS = ("line break", "a carriage return alone is one, too", lambda text, _: re.sub("\r\n?", "\n", text))
MARK = ("byte order mark", "nobody sees it", lambda text, _: text.removeprefix("\ufeff"))
STRAY = ("stray line", "a line above all headers harms no section", without_stray)
INDENTED = ("indented header", "a header is one wherever it begins", lambda text, _: joined(sections(text)))
HEADERS = ("odd header", "all forms that one of AWS's tools reads are read, and no other", plain_headers)
COMMENTS = (
    "comment behind a value",
    "only botocore keeps it in the value",
    in_each(lambda lines: [without_comment(line) for line in lines]),
)
BROKEN = ("broken line", "it harms no other line", in_each(without_broken))
SECTIONS = ("section twice", "both count, and `[profile default]` replaces `[default]`", merged)
KEYS = ("key twice", "the last value that is not empty counts", in_each(without_repeated))
COLONS = (
    "colon",
    "it separates key and value as `=` does, and only the SDK does not know it",
    in_each(lambda lines: [line for entry in entries(lines) for line in with_equals_sign(entry)]),
)
COMMENT_LINES = (
    "indented comment",
    "only the SDK takes it for the next line of a value",
    in_each(lambda lines: [line for line in lines if not line.strip(BLANKS) or not is_skipped(line)]),
)
MARGINS = ("indented key", "only the SDK takes it for the next line of a value", in_each(dedented))

BOTOCORE = [LINE_BREAKS, MARK, INDENTED, STRAY, HEADERS, COMMENTS, BROKEN, SECTIONS, KEYS]
SDK = [LINE_BREAKS, MARK, INDENTED, STRAY, HEADERS, BROKEN, COMMENT_LINES, COMMENTS, MARGINS, SECTIONS, COLONS, KEYS]


class Botocore:
    name, differences = "botocore", BOTOCORE

    def __init__(self):
        self.directory = tempfile.TemporaryDirectory()
        self.path = pathlib.Path(self.directory.name) / "config"

    def read(self, text, is_credentials):
        """The sections by kind; None if botocore refuses the file."""
        self.path.write_bytes(text.encode())
        try:
            raw = botocore.configloader.raw_config_parse(str(self.path))
        except botocore.exceptions.ConfigParseError:
            return None
        if is_credentials:
            return {"profile": raw}
        # Keys of [DEFAULT] are in no section that this program reads.
        found = botocore.configloader.build_profile_map(raw)
        return {kind: found.get(name, {}) for kind, name in KINDS.items()}

    def comparable(self, reading):
        return reading


class Sdk:
    name, differences = "the SDK for Rust", SDK

    def __init__(self, answers):
        self.answers = answers

    def read(self, text, is_credentials):
        return self.answers[text, is_credentials]["sdk"]

    def comparable(self, reading):
        """Without names and keys that the SDK does not allow, and without blank lines in values. The SDK keeps
        blanks outside of ASCII around a value."""
        is_allowed = re.compile(r"[A-Za-z0-9_\-/.%@:+]+").fullmatch
        return {
            kind: {
                name: {key: squeezed(value) for key, value in settings.items() if is_allowed(key)}
                for name, settings in reading.get(kind, {}).items()
                if is_allowed(name)
            }
            for kind in ("profile", "sso-session")
        }


def squeezed(value):
    if not isinstance(value, str):
        return value
    return re.sub("\n+", "\n", "\n".join(line.strip() for line in value.split("\n")))


def answers_to(questions):
    """What this program's reader and the SDK's read of texts, each with whether it is a credentials file."""
    questions = list(dict.fromkeys(questions))
    lines = (json.dumps({"text": text.encode().hex(), "credentials": kind}) + "\n" for text, kind in questions)
    run = subprocess.run([str(READER)], input="".join(lines), check=True, capture_output=True, text=True)
    return dict(zip(questions, map(json.loads, run.stdout.splitlines()), strict=True))


def steps(tool, text, is_credentials):
    """The text, and what it is after each of the tool's differences that changes it, with their names."""
    names = []
    yield names, text
    for name, _, change in tool.differences:
        changed = change(text, is_credentials)
        if changed != text:
            text, names = changed, [*names, name]
            yield names, text


def plain(reading):
    """The blocks of indented settings as objects; without empty values."""
    return {
        kind: {name: without_empty(settings) for name, settings in found.items()}
        for kind, found in reading.items()
        if found
    }


def without_empty(settings):
    read = {key: block(value) if isinstance(value, str) else value for key, value in settings.items()}
    return {key: value for key, value in read.items() if value not in ("", {})}


def block(value):
    if not value.startswith("\n"):
        return value
    pairs = (line.partition("=") for line in value.splitlines())
    return {key.strip(): value.strip() for key, sign, value in pairs if sign}


class Difference(Exception):
    pass


def compare(tool, ours, text, is_credentials, words):
    """Compares one reading; notes in `words` which named differences it took."""
    wanted = plain(tool.comparable(plain(ours)))
    for names, text in steps(tool, text, is_credentials):
        found = tool.read(text, is_credentials)
        if found is not None:
            if "odd header" in names:
                # Not read by this program: in the credentials file, the other tool reads it as a profile.
                found["profile"].pop("other", None)
            found = plain(tool.comparable(plain(found)))
        if found == wanted:
            words.update(names or ["no difference"])
            return
    if found is not None:
        raise Difference(f"{tool.name} reads {found}\nthis program reads {wanted}\nof, after {names},\n{text}")
    words["refused"] += 1


def random_files(number, dice):
    """Random files in every odd form, and files of random lines of theirs."""
    odd = subprocess.run(
        [str(READER), "odd", str(SEED), str(SEED + number // 2)], check=True, capture_output=True, text=True
    )
    lines = []
    for path in sorted(CORPUS.iterdir()):
        text = path.read_bytes().decode(errors="ignore")
        lines += re.split("(?<=\n)", text)
        yield text, False
    for case in map(json.loads, odd.stdout.splitlines()):
        text = bytes.fromhex(case["text"]).decode(errors="ignore")
        lines += re.split("(?<=\n)", text) if not case["credentials"] else []
        yield text, case["credentials"]
    lines = sorted(set(lines))
    for _ in range(number - number // 2):
        count = dice.randrange(1, 12)
        yield "".join(dice.choice(["", "", "", "", " ", "  "]) + dice.choice(lines) for _ in range(count)), False


def main():
    print(f"seed {SEED}: config_reader.py {FILES} {SEED} reads the same files", flush=True)
    files = list(random_files(FILES, random.Random(SEED)))
    answers = answers_to((text, kind) for file, kind in files for _, text in steps(Sdk, file, kind))
    tools = {tool: collections.Counter() for tool in (Botocore(), Sdk(answers))}
    for text, is_credentials in files:
        for tool, words in tools.items():
            try:
                compare(tool, answers[text, is_credentials]["ours"], text, is_credentials, words)
            except Difference as difference:
                print(f"--- the file\n{text!r}\n--- {difference}")
                return 1
    for tool, words in tools.items():
        print(f"{len(files)} files beside {tool.name}:")
        for name, count in words.most_common():
            print(f"  {count:5} {name}")
        assert words["refused"] * 3 < len(files), "most files must be compared"
    return 0


if __name__ == "__main__":
    sys.exit(main())
