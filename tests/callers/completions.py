"""Completion in bash, zsh and fish, each interactive on a pseudo-terminal: what a person types, with the
Tab key, and the arguments that the program then gets.

PowerShell has no package here. Its script uses the documented Register-ArgumentCompleter; what the program
answers it is in tests/completions.
"""

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
MORE = f"""
[profile my dev]
credential_process = aws-sso-cred --profile dev-sso
[profile team:ops]
credential_process = aws-sso-cred --profile dev-sso
[profile o'brien]
credential_process = aws-sso-cred --profile dev-sso
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
"""

SHELLS = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], 'eval "$(aws-sso-cred completions bash)"'),
    "bash with bash-completion": (
        ["bash", "--norc", "--noprofile", "-i"],
        'source /usr/share/bash-completion/bash_completion; eval "$(aws-sso-cred completions bash)"',
    ),
    "zsh": (
        ["zsh", "-f", "-i"],
        'autoload -U compinit; compinit -D -u; eval "$(aws-sso-cred completions zsh)"',
    ),
    "zsh with a function file": (
        ["zsh", "-f", "-i"],
        "aws-sso-cred completions zsh > ~/_aws-sso-cred; fpath=(~ $fpath); autoload -U compinit; compinit -D -u",
    ),
    "fish": (["fish", "--no-config", "-i"], "aws-sso-cred completions fish | source"),
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
    ("man --dir unique-d\t", ["man", "--dir", "unique-directory"]),
]


class Shell:
    """An interactive shell on a pseudo-terminal."""

    def __init__(self, home, argv):
        environment = {**home.environment, "TERM": "xterm", "HISTFILE": "", "PS1": "$ ", "PROMPT": "$ "}
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

    def press(self, text):
        """Types, and waits after each Tab as a person does."""
        for part in text.split("\t")[:-1]:
            self.type(part + "\t")
            self.wait(quiet=0.5)
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
    recorder = home.bin / "aws-sso-cred"
    recorder.write_text(RECORDER.format(program=PROGRAM, log=home.root / "arguments"))
    recorder.chmod(0o755)
    (home.bin / "zq-other").write_text("#!/bin/sh\n")
    (home.bin / "zq-other").chmod(0o755)
    (home.home / "unique-directory").mkdir()
    (home.home / "file-of-mine").touch()


def arguments(home):
    """The arguments of the last start that was no completion."""
    log = home.root / "arguments"
    until = time.monotonic() + 10
    while not log.exists():
        assert time.monotonic() < until, "the program was not started"
        time.sleep(0.02)
    words = log.read_text().split("\0")[:-1]
    log.unlink()
    # zsh takes the slash behind a directory away again.
    return [word.rstrip("/") for word in words]


def type_each_line(home, name):
    argv, setup = SHELLS[name]
    prepare(home)
    with contextlib.closing(Shell(home, argv)) as shell:
        shell.type(setup + "\n")
        shell.wait()
        wrong = []
        for typed, expected in LINES:
            # A line editor takes a line in after Ctrl-U only when the last command is done.
            shell.type("\x15")
            shell.press("aws-sso-cred " + typed)
            shell.type("\n")
            try:
                found = arguments(home)
            except AssertionError as error:
                found = [str(error)]
                shell.type("\x03")
            shell.wait()
            if found != expected:
                wrong.append((typed, expected, found))
        assert not wrong, (wrong, shell.seen[-3000:])
    home.assert_requests()


def check_bash(home):
    type_each_line(home, "bash")


def check_bash_with_bash_completion(home):
    type_each_line(home, "bash with bash-completion")


def check_zsh(home):
    type_each_line(home, "zsh")


def check_zsh_with_a_function_file(home):
    type_each_line(home, "zsh with a function file")


def check_fish(home):
    type_each_line(home, "fish")


if __name__ == "__main__":
    harness.main(globals())
