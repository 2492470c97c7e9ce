"""`aws_sso_cred_sign_in` with a real shell: its foreground, its background jobs, a recipe of make, and
boto3 deep below other programs."""

import contextlib
import json
import sys

import harness
from exec_terminal import Bash
from harness import PROGRAM

ASK = f"{PROGRAM} --profile dev-sso -i --no-browser --wait 1"
BOTO3 = "import boto3; boto3.Session(profile_name='dev').client('sts').get_caller_identity()"


@contextlib.contextmanager
def bash(home, rule):
    config = home.home / ".aws/config"
    keys = f"aws_sso_cred_sign_in = {rule}\naws_sso_cred_audit = on\nsso_interactive_auth = true\n"
    config.write_text(config.read_text().replace("sso_region", keys + "sso_region", 1))
    with contextlib.closing(Bash(home)) as shell:
        yield shell


def last_line(home):
    log = home.home / ".aws/sso/aws-sso-cred-audit.jsonl"
    line = json.loads(log.read_text().splitlines()[-1])
    return line["outcome"], [parent["name"] for parent in line["parents"]]


def check_terminal_allows_the_foreground_and_no_background_job(home):
    with bash(home, "terminal") as shell:
        shell.type(f"{ASK} 2>err & wait $!; echo code=$?\n")
        shell.wait_for("code=1")
        assert "only a program in the foreground" in (home.home / "err").read_text()
        home.assert_requests()
        assert last_line(home)[0] == "forbidden"
        shell.type(f"{ASK}; echo code=$?\n")
        shell.wait_for("please sign in to sso-session `corp`")
        shell.wait_for("code=6")


def check_terminal_allows_a_recipe_of_make_in_the_foreground(home):
    (home.home / "Makefile").write_text(f"all:\n\t@{ASK}\n")
    with bash(home, "terminal") as shell:
        shell.type("make >out 2>&1 & wait $!; echo code=$?\n")
        shell.wait_for("code=2")
        home.assert_requests()
        outcome, parents = last_line(home)
        assert outcome == "forbidden" and "make" in parents[:2] and "bash" in parents, parents
        shell.type("make; echo code=$?\n")
        shell.wait_for("please sign in to sso-session `corp`")
        shell.wait_for("code=2")


def check_command_stops_boto3_deep_below_an_agent_with_a_terminal(home):
    (home.home / "work.py").write_text(BOTO3)
    line = f"sh -c 'sh -c \"{sys.executable} work.py; exit \\$?\"; exit $?'"
    with bash(home, "command") as shell:
        shell.type(f"{line} 2>err; echo code=$?\n")
        shell.wait_for("code=1")
        assert "only a command that you run in a terminal" in (home.home / "err").read_text()
        home.assert_requests()
        outcome, parents = last_line(home)
        assert outcome == "forbidden", outcome
        assert any(name.startswith("python") for name in parents), parents
        assert parents.count("sh") >= 2 and "bash" in parents, parents


def check_the_parents_of_a_sandbox_with_the_outer_proc_are_its_own(home):
    home.sign_in()
    config = home.home / ".aws/config"
    config.write_text(config.read_text().replace("sso_region", "aws_sso_cred_audit = on\nsso_region", 1))
    sandbox = ["unshare", "--user", "--map-root-user", "--pid", "--fork"]
    if home.run([*sandbox, "true"], check=False).returncode != 0:
        return  # This system lets nobody make a sandbox.
    home.run([*sandbox, "sh", "-c", f"{PROGRAM} --profile dev-sso; exit $?"])
    outcome, parents = last_line(home)
    assert outcome == "ok" and parents[:2] == ["sh", "unshare"], parents


if __name__ == "__main__":
    harness.main(globals())
