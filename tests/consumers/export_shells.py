"""Shells and `.env` readers read back what `export` prints, byte for byte.

AWS's own values are harmless, so `examples/export_format.rs` prints hostile ones. A value that a format
cannot hold must be refused; whatever is printed must be read back.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import harness
from harness import INSTALLED, PROGRAM, TARGET

FORMATTER = TARGET / "debug/examples/export_format"

HOSTILE = [
    "plain",
    "a/b+c==",
    "",
    " ",
    " blanks  around ",
    "'",
    '"',
    "it's",
    "''''",
    'say "x" and \'y\'',
    "$HOME ${HOME} $(id) `id` $$ $1",
    "100% %PATH% %%",
    "!! !x history!",
    "\\",
    "\\\\",
    "a\\b\\'c\\\"d\\n\\t",
    "ends in a backslash\\",
    "two\nlines",
    "\n",
    "ends in a line\n",
    "\nbegins with a line",
    "windows\r\nline",
    "\r",
    "\ttab\t",
    "# no comment",
    "a #b",
    "a;b&c|d<e>f",
    "(a) {b} [c] *.? ~",
    "~",
    "~root/x",
    "a:~:b",
    "-n",
    "--help",
    "=ls",
    "a:=ls",
    "a=b",
    "export x=1",
    "é ü 日本語 🎉 \u202e \u2019 \u201c",
    "\x01\x1b[31m\x7f",
    "x" * 5000,
    "^caret^",
    "@here {1..3}",
    "<<EOF",
]

def printed(format, values):
    """What `export` would print of the values; None if it refuses one."""
    done = subprocess.run([FORMATTER, format, *values], capture_output=True, timeout=60)
    if done.returncode == 5:
        assert done.stdout == b"" and b"cannot be written in the format" in done.stderr, done
        return None
    assert done.returncode == 0, done
    return done.stdout


def read_back(format, read, values=HOSTILE):
    """Checks that `read` gets each value back, alone and together with others; gives the refused ones."""
    refused = []
    held = []
    for value in values:
        text = printed(format, [value])
        if text is None:
            refused.append(value)
            continue
        held.append(value)
        assert read(text, 1) == [value], (format, value, text, read(text, 1))
    for start in range(0, len(held), 8):
        some = held[start : start + 8]
        assert read(printed(format, some), len(some)) == some, (format, some)
    return refused


def shell(command, evaluate, quiet=True):
    """A reader: the shell evaluates the text as a person would write it, and a child shows its variables."""

    def read(text, count):
        with tempfile.TemporaryDirectory() as directory:
            path = pathlib.Path(directory, "text")
            path.write_bytes(text)
            environment = {"HOME": directory, "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
            script = [*command, evaluate.format(path=path)]
            done = subprocess.run(script, capture_output=True, timeout=60, env=environment)
            assert done.returncode == 0 and (done.stderr == b"" or not quiet), (command, done, text)
            pairs = (entry.partition("=") for entry in done.stdout.decode().split("\0"))
            variables = {name: value for name, _, value in pairs}
            return [variables.get(f"V{number}") for number in range(count)]

    return read


def there(program):
    if shutil.which(program):
        return True
    harness.not_run(f"{program} is not installed")
    return False


EVAL = 'eval "$(cat {path})"; env -0'


def check_posix_shells_read_back_env(home):
    for command in (["dash", "-c"], ["bash", "-c"], ["bash", "--posix", "-c"], ["sh", "-c"], ["zsh", "-c"]):
        if there(command[0]):
            # An empty value is a value.
            assert read_back("env", shell(command, EVAL)) == [], command
            assert read_back("env", shell(command, ". {path}; env -0")) == [], command


def check_posix_shells_read_back_env_no_export(home):
    for command in (["dash", "-c"], ["bash", "-c"], ["zsh", "-c"]):
        if there(command[0]):
            assert read_back("env-no-export", shell(command, "set -a; " + EVAL)) == [], command


def check_an_interactive_bash_and_zsh_expand_no_history(home):
    for command in (["bash", "--norc", "-ic"], ["zsh", "-f", "-ic"]):
        if there(command[0]):
            # Without a terminal, bash says on stderr that it has no job control.
            values = ["!! !x history!", "'!!'", "^caret^", "#x"]
            assert read_back("env", shell(command, EVAL, quiet=False), values) == [], command


def check_fish_reads_back_fish(home):
    if there("fish"):
        assert read_back("fish", shell(["fish", "--no-config", "-c"], "cat {path} | source; env -0")) == []


def check_env_readers_read_back_dotenv_alike(home):
    python = INSTALLED / "boto3/bin/python"
    by_python = (
        "import dotenv,json,sys;d=dotenv.dotenv_values(sys.argv[1]);"
        "print(json.dumps([d.get('V%d' % i) for i in range(int(sys.argv[2]))]))"
    )
    by_node = (
        "const d=require('dotenv').parse(require('fs').readFileSync(process.argv[1]));"
        "console.log(JSON.stringify([...Array(+process.argv[2]).keys()].map(i=>d['V'+i])))"
    )

    def reader(command):
        def read(text, count):
            with tempfile.TemporaryDirectory() as directory:
                path = pathlib.Path(directory, ".env")
                path.write_bytes(text)
                modules = str(INSTALLED / "js/node_modules")
                environment = {"PATH": os.environ["PATH"], "NODE_PATH": modules, "HOME": "/somewhere"}
                done = subprocess.run([*command, path, str(count)], capture_output=True, timeout=60, env=environment)
                assert done.returncode == 0, done
                return json.loads(done.stdout)

        return read

    readers = [reader([python, "-c", by_python]), reader(["node", "-e", by_node])]
    refused = [read_back("dotenv", read) for read in readers]
    assert refused[0] == refused[1] and len(refused[0]) < len(HOSTILE) / 3, refused


def check_a_batch_file_would_read_back_windows_cmd(home):
    """There is no cmd here: what its documentation says is done by hand."""

    def read(text, count):
        values = []
        for line in text.decode("ascii").split("\r\n")[:-1]:
            assert line.startswith('set "V') and line.endswith('"'), line
            value = line.split("=", 1)[1][:-1]
            assert value.replace("%%", "").count("%") == 0, line
            values.append(value.replace("%%", "%"))
        return values

    refused = read_back("windows-cmd", read)
    assert refused and all(any(c in '"\r\n' or not " " <= c <= "~" for c in value) for value in refused), refused


def check_powershell_reads_back_powershell(home):
    if not there("pwsh"):
        # Debian has no package of it; the unit tests follow its documentation.
        assert all(printed("powershell", [value]) for value in HOSTILE)
        return
    # For PowerShell, an empty variable is none.
    values = [value for value in HOSTILE if value]
    load = "Invoke-Expression (Get-Content -Raw {path}); env -0"
    assert read_back("powershell", shell(["pwsh", "-NoProfile", "-Command"], load), values) == []


def check_the_program_prints_what_shells_read(home):
    home.sign_in()
    document = home.helper("--profile", "dev-sso")
    names = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_CREDENTIAL_EXPIRATION", "AWS_REGION"]
    members = ["AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"]
    expected = [*(document[name] for name in members), "us-east-1"]
    show = "import json,os;print(json.dumps([os.environ.get(n) for n in %r]))" % names
    for command, evaluate in (
        (["bash", "-c"], 'eval "$({export})"'),
        (["zsh", "-c"], 'eval "$({export})"'),
        (["dash", "-c"], "export $({export} --format env-no-export)"),
        (["fish", "--no-config", "-c"], "{export} --format fish | source"),
    ):
        if there(command[0]):
            script = evaluate.format(export=f"'{PROGRAM}' export --profile dev-sso")
            done = home.run([*command, f"{script}; '{sys.executable}' -c \"{show}\""])
            assert json.loads(done.stdout) == expected and done.stderr == "", (command, done)


if __name__ == "__main__":
    if not FORMATTER.exists():
        sys.exit(f"{FORMATTER} does not exist: run `cargo build --example export_format` first")
    harness.main(globals())
