"""Completion in bash, zsh and fish, each interactive on a pseudo-terminal: what a person types, with the
Tab key, and the arguments that the program then gets.

The script for PowerShell uses the documented Register-ArgumentCompleter, and is not run.
"""

import concurrent.futures
import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time

import harness
from harness import PROGRAM, START_URL

OTHER_ACCOUNT, OTHER_ROLE = "999900000001", "Tester"
# Names that a shell reads as something else unless they are quoted. None of them may ever be run.
NAMES = (
    "my dev",
    "team:ops",
    "o'brien",
    "me@corp",
    "sum$(touch pwned)",
    "tick`touch pwned`",
    "and&touch pwned&",
    "pipe|touch pwned",
    "fish(touch pwned)",
    'quote"d',
    "star*",
    "bang!x",
    "eq=x",
    "zoé",
)
MORE = f"""
{"".join(f"[profile {name}]{chr(10)}region = us-east-1{chr(10)}" for name in NAMES)}
[sso-session other]
sso_start_url = {START_URL}2
sso_region = us-east-1
"""

# Records its arguments unless a script of `completions` asks, and then is the program.
RECORDER = """\
#!/bin/sh
case $1 in complete|completions) exec '{program}' "$@" ;; esac
for word; do printf '%s\\0' "$word"; done >'{log}.new'
mv '{log}.new' '{log}'
echo 'has run'
"""
# When it is on the screen after the program has run, the shell takes the next line.
PROMPT = "ready> "

BASH = ["bash", "--norc", "--noprofile", "-i"]
BASH_SCRIPT = 'eval "$(aws-sso-cred completions bash)"'
BASH_COMPLETION = "source /usr/share/bash-completion/bash_completion"
ZSH = ["zsh", "-f", "-i"]
ZSH_SCRIPT = 'autoload -U compinit; compinit -D -u; eval "$(aws-sso-cred completions zsh)"'
ZSH_FILE = "aws-sso-cred completions zsh > ~/_aws-sso-cred; fpath=(~ $fpath); autoload -U compinit; compinit -D -u"
ZSH_OPTIONS = "setopt ksh_arrays sh_word_split no_nomatch glob_subst no_unset no_glob"
FISH = ["fish", "--no-config", "-i"]
FISH_SCRIPT = f"function fish_prompt; echo -n '{PROMPT}'; end; aws-sso-cred completions fish | source"

# Each kind of shell in the ways in which people set it up: the arguments, and what is typed first.
SHELLS = {
    "bash": {
        "alone": (BASH, BASH_SCRIPT),
        "with bash-completion": (BASH, f"{BASH_COMPLETION}; {BASH_SCRIPT}"),
        "loaded by bash-completion": (
            BASH,
            "mkdir -p ~/.local/share/bash-completion/completions; aws-sso-cred completions bash"
            f" > ~/.local/share/bash-completion/completions/aws-sso-cred; {BASH_COMPLETION}",
        ),
        "with strict options": (BASH, f"{BASH_SCRIPT}; {BASH_SCRIPT}; set -eu; IFS=:e; shopt -s failglob"),
        "in POSIX mode": ([BASH[0], "--posix", *BASH[1:]], f"{BASH_SCRIPT}; shopt -s nullglob nocasematch"),
        "with other word breaks": (BASH, f"{BASH_SCRIPT}; unset COMP_WORDBREAKS"),
        "with an alias": (BASH, f"{BASH_SCRIPT}; alias asc=aws-sso-cred; complete -F _aws_sso_cred asc"),
    },
    "zsh": {
        "alone": (ZSH, ZSH_SCRIPT),
        "with options": (ZSH, f"{ZSH_OPTIONS}; {ZSH_SCRIPT}; {ZSH_SCRIPT}"),
        "with a function file": (ZSH, f"{ZSH_FILE}; {ZSH_OPTIONS}"),
        "with an alias": (ZSH, f"{ZSH_SCRIPT}; asc() {{ aws-sso-cred $@; }}; compdef asc=aws-sso-cred"),
    },
    "fish": {
        "alone": (FISH, FISH_SCRIPT),
        "with an alias": (FISH, f"{FISH_SCRIPT}; {FISH_SCRIPT}; alias asc=aws-sso-cred"),
    },
}

# What is typed, with Tab, and the arguments that result. A blank behind a whole word comes from the shell.
LINES = [
    ("sta\t", ["status"]),
    ("configure pop\t", ["configure", "populate"]),
    ("list --outp\tjs\t", ["list", "--output", "json"]),
    ("list --output=c\t", ["list", "--output=csv"]),
    ("--profile dev-s\t", ["--profile", "dev-sso"]),
    ("--profile my\t", ["--profile", "my dev"]),
    ("--profile 'my\t", ["--profile", "my dev"]),
    ("--profile my\\ d\t", ["--profile", "my dev"]),
    ("--profile team:o\t", ["--profile", "team:ops"]),
    ("--profile=team:o\t", ["--profile=team:ops"]),
    ("--profile o\t", ["--profile", "o'brien"]),
    ("login --sso-session ot\t", ["login", "--sso-session", "other"]),
    ("sync team\t", ["sync", "team:ops"]),
    ("configure convert dev-s\t", ["configure", "convert", "dev-sso"]),
    (
        "export --sso-session corp --account-id 9\t--role-name T\t",
        ["export", "--sso-session", "corp", "--account-id", OTHER_ACCOUNT, "--role-name", OTHER_ROLE],
    ),
    ("exec --profile dev-s\t-- zq-ot\tx", ["exec", "--profile", "dev-sso", "--", "zq-other", "x"]),
    ("exec -- zq-other --profile file-\t", ["exec", "--", "zq-other", "--profile", "file-of-mine"]),
    # A quote around the two hyphens is taken away by the shell.
    ("exec '--' zq-ot\tx", ["exec", "--", "zq-other", "x"]),
    ("exec -- zq-bl\tx", ["exec", "--", "zq-blank name", "x"]),
    ("man --dir unique-d\t", ["man", "--dir", "unique-directory"]),
    ("man --dir=unique-d\t", ["man", "--dir=unique-directory"]),
    ("man --dir a\\ di\t", ["man", "--dir", "a directory"]),
    ("sync -- team\t", ["sync", "--", "team:ops"]),
    ("2>/dev/null --profile dev-s\t", ["--profile", "dev-sso"]),
    # The cursor is in the middle of the line.
    ("lis --output csv" + "\x1b[D" * len(" --output csv") + "\t", ["list", "--output", "csv"]),
    # What stands before a name is completed to the name, in each kind of quotes.
    *((f"--profile {name[:2]}\t", ["--profile", name]) for name in NAMES[3:]),
    *((f"--profile='{name[:2]}\t", [f"--profile={name}"]) for name in NAMES[:8]),
    *((f'--profile "{name[:2]}\t', ["--profile", name]) for name in NAMES),
    ("--profile='eq=\t", ["--profile=eq=x"]),
    ("--profile=me@c\t", ["--profile=me@corp"]),
    ('--profile="sum\\$(to\t', ["--profile=sum$(touch pwned)"]),
    ("--profile 'my 'd\t", ["--profile", "my dev"]),
]


class Shell:
    """An interactive shell on a pseudo-terminal."""

    def __init__(self, home, argv):
        environment = {**home.environment, "TERM": "xterm", "HISTFILE": "", "PS1": PROMPT, "PROMPT": PROMPT}
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            os.chdir(home.home)
            os.execvpe(argv[0], argv, environment)
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 200, 0, 0))
        self.seen = ""
        self.wait()

    def type(self, text):
        os.write(self.terminal, text.encode())

    def wait(self, quiet=0.3, until=10):
        """Waits until the shell shows nothing new."""
        end = time.monotonic() + until
        while time.monotonic() < end and select.select([self.terminal], [], [], quiet)[0]:
            try:
                self.seen += os.read(self.terminal, 65536).decode(errors="replace")
            except OSError:
                return

    def wait_for_prompt(self):
        """Waits until the program has run and the shell asks for the next line."""
        end = time.monotonic() + 60
        while PROMPT not in self.seen.partition("has run")[2]:
            assert time.monotonic() < end, ("no prompt", self.seen[-300:])
            self.wait(quiet=0.02, until=60)
        self.seen = ""

    def press(self, text):
        """Types, and waits after each Tab as a person does."""
        for part in text.split("\t")[:-1]:
            self.type(part + "\t")
            self.wait(quiet=0.25)
        self.type(text.split("\t")[-1])

    def close(self):
        os.kill(self.process, signal.SIGKILL)
        os.close(self.terminal)
        os.waitpid(self.process, 0)


def prepare(home):
    home.add_config(MORE)
    home.sign_in()
    home.aws.do("add_account", account_id=OTHER_ACCOUNT, name="Tests", email="t@example.com")
    home.aws.do("add_role", account_id=OTHER_ACCOUNT, role_name=OTHER_ROLE)
    # Completion reads the list that this keeps, and asks nobody.
    home.run([PROGRAM, "list", "--sso-session", "corp"])
    home.aws.do("clear_requests")
    home.add_program("aws-sso-cred", RECORDER.format(program=PROGRAM, log=home.root / "arguments"))
    for name in ("zq-other", "zq-blank name"):
        home.add_program(name, "#!/bin/sh\n")
    (home.home / "unique-directory").mkdir()
    (home.home / "a directory").mkdir()
    (home.home / "file-of-mine").touch()


def arguments(home):
    """The arguments of the last start that was no completion."""
    log = home.root / "arguments"
    until = time.monotonic() + 60
    while not log.exists():
        assert time.monotonic() < until, "the program was not started"
        time.sleep(0.02)
    words = log.read_text().split("\0")[:-1]
    log.unlink()
    # zsh takes the slash behind a directory away again.
    return [word.rstrip("/") for word in words]


def type_each_line(kind, way):
    """The lines that were not completed as expected."""
    argv, setup = SHELLS[kind][way]
    program = "asc " if "alias" in way else "aws-sso-cred "
    wrong = []
    with contextlib.closing(harness.Home()) as home:
        prepare(home)
        with contextlib.closing(Shell(home, argv)) as shell:
            shell.type(setup + "\n")
            shell.wait()
            for typed, expected in LINES:
                # A line editor takes a line in after Ctrl-U only when the last command is done.
                shell.type("\x15")
                shell.press(program + typed)
                shell.type("\n")
                try:
                    found = arguments(home)
                    shell.wait_for_prompt()
                except AssertionError as error:
                    found = [str(error), shell.seen[-300:]]
                    shell.type("\x03")
                    shell.wait()
                if found != expected:
                    wrong.append((way, typed, expected, found))
        home.assert_requests()
        run = list(home.root.rglob("pwned*"))
        assert not run, (way, "a part of a name was run", run)
    return wrong


def type_in_each_way(kind):
    # Most of the time of a line is waiting.
    with concurrent.futures.ThreadPoolExecutor(len(SHELLS[kind])) as ways:
        for wrong in ways.map(lambda way: type_each_line(kind, way), SHELLS[kind]):
            assert not wrong, wrong


def check_bash(_home):
    type_in_each_way("bash")


def check_zsh(_home):
    type_in_each_way("zsh")


def check_fish(_home):
    type_in_each_way("fish")


if __name__ == "__main__":
    harness.not_run("completion in PowerShell, which has no package here; tests/completions has its answers")
    harness.main(globals(), at_once=3)
