"""`exec --server` as a job of an interactive bash: stopped, continued, in the background, and with a
shell as the command."""

import contextlib
import os
import pty
import select
import time

import harness
from harness import PROGRAM

PROMPT = "outer$ "


class Bash:
    """An interactive bash on a pseudo-terminal."""

    def __init__(self, home):
        environment = {**home.environment, "PS1": PROMPT, "TERM": "dumb", "HISTFILE": ""}
        environment["PATH"] += ":" + harness.PATH
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            os.chdir(home.home)
            os.execvpe("bash", ["bash", "--norc", "--noprofile", "-i"], environment)
        self.seen = ""
        self.wait_for(PROMPT)
        # Commands that are echoed whole are not mistaken for their output.
        self.type("bind 'set enable-bracketed-paste off'; stty cols 300\n")
        self.wait_for(PROMPT)

    def type(self, text):
        os.write(self.terminal, text.encode())

    def wait_for(self, text):
        """Waits until the screen shows `text`, and gives and forgets all until then."""
        until = time.monotonic() + 60
        while text not in self.seen:
            assert time.monotonic() < until, (text, self.seen)
            if select.select([self.terminal], [], [], 0.1)[0]:
                self.seen += os.read(self.terminal, 65536).decode(errors="replace")
        before, _, self.seen = self.seen.partition(text)
        return before

    def close(self):
        os.close(self.terminal)
        os.waitpid(self.process, 0)


@contextlib.contextmanager
def bash(home):
    home.sign_in()
    with contextlib.closing(Bash(home)) as shell:
        yield shell


SERVER = f"{PROGRAM} exec --server --profile dev-sso --"
ASK = (
    "python3 -c 'import os,urllib.request as u; e=os.environ; "
    'print("status", u.urlopen(u.Request(e["AWS_CONTAINER_CREDENTIALS_FULL_URI"], '
    'headers={"Authorization": e["AWS_CONTAINER_AUTHORIZATION_TOKEN"]})).status)\'\n'
)


def check_ctrl_z_stops_and_fg_continues_the_job(home):
    with bash(home) as shell:
        shell.type(f"{SERVER} sh -c 'echo be\"\"gun; sleep 1; echo do\"\"ne; exit 6'; echo code=$?\n")
        shell.wait_for("begun")
        shell.type("\x1a")
        shell.wait_for("Stopped")
        shell.wait_for("code=148")
        shell.type("fg; echo code=$?\n")
        shell.wait_for("done")
        shell.wait_for("code=6")


def check_a_job_in_the_background_is_ended_by_kill(home):
    with bash(home) as shell:
        shell.type(f"{SERVER} sleep 60 &\n")
        shell.wait_for(PROMPT)
        shell.type("sleep 1; kill %1; wait %1; echo code=$?\n")
        shell.wait_for("code=143")


def check_a_shell_as_the_command_has_job_control_and_credentials(home):
    with bash(home) as shell:
        shell.type(f"PS1='inner$ ' {SERVER} bash --norc --noprofile -i; echo code=$?\n")
        shell.wait_for("inner$ ")
        shell.type(ASK)
        shell.wait_for("status 200")
        shell.type("sleep 60\n")
        time.sleep(0.5)
        shell.type("\x03")
        shell.wait_for("inner$ ")
        # `suspend` stops the inner shell alone, which has a process group of its own.
        shell.type("suspend\n")
        shell.wait_for("Stopped")
        shell.wait_for(PROMPT)
        shell.type("fg; echo code=$?\n")
        time.sleep(0.5)
        shell.type(ASK)
        shell.wait_for("status 200")
        shell.type("exit 5\n")
        shell.wait_for("code=5")


if __name__ == "__main__":
    harness.main(globals())
