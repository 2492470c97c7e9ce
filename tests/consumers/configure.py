"""SDKs and CLIs get credentials through what `aws-sso-cred configure` wrote, in each layout.

The person has no config, runs `configure`, then `login`, and then the programs. In the first half
the program is on no search path, so that `configure` writes an absolute path. In the second half it
is in /usr/local/bin, in a mount namespace of its own, and `configure` writes its bare name.

Not run: the native layout with Debian's Go SDK, which does not know [sso-session].
"""

import json

import aws_cli_v2
import boto3_calls
import consumers
import harness
from harness import ACCOUNT, PROGRAM, ROLE, START_URL, assert_role
from login_two_way import login, with_browser

SESSION = ["--sso-session", "corp", "--start-url", START_URL, "--region", "us-east-1"]
DEVELOPER = ["--account-id", ACCOUNT, "--role-name", ROLE, "--client-region", "us-east-1"]
LAYOUTS = {"line": [], "native": ["--native"], "both": ["--both"]}

# Binds a directory with the program over /usr/local/bin, for this process only.
BESIDE = 'mount --bind "$0" /usr/local/bin && exec /usr/local/bin/aws-sso-cred "$@"'


def start_anew(home):
    """A home without a config, with a browser."""
    (home.home / ".aws/config").unlink()
    with_browser(home)


def configure(home, command, profile, layout):
    done = home.run([*command, "configure", "--profile", profile, *SESSION, *DEVELOPER, *layout])
    assert done.stdout == "" and "wrote " in done.stderr, done


def by_bare_name(home):
    """The command that runs the program from /usr/local/bin; None if this machine forbids it."""
    directory = home.root / "local-bin"
    directory.mkdir(exist_ok=True)
    link = directory / "aws-sso-cred"
    if not link.exists():
        link.symlink_to(PROGRAM)
    for flags in ("-m", "-rm"):
        command = ["unshare", flags, "/bin/sh", "-c", BESIDE, directory]
        tried = home.run([*command, "--version"], check=False)
        if tried.returncode == 0:
            return command
    harness.not_run(f"the bare name, because no mount namespace can be made: {tried.stderr.strip()}")
    return None


def words_of(home, profile):
    """The words of the profile's credential_process line; none if it has no line."""
    text = (home.home / ".aws/config").read_text()
    section = text.split(f"[profile {profile}]\n", 1)[1].split("\n[")[0]
    lines = [line for line in section.splitlines() if line.startswith("credential_process = ")]
    return lines[0].split()[2:] if lines else []


def aws_cli_v1(home, profile):
    assert_role(consumers.call(home, "AWS CLI v1", profile))


def go(home, profile):
    assert_role(consumers.call(home, "Go v2", profile))


def javascript(home, profile):
    for name in ("JavaScript v3, default chain", "JavaScript v3, `fromIni`"):
        assert_role(json.loads(consumers.call(home, name, profile))["arn"])


CALLERS = {
    "AWS CLI v2": aws_cli_v2.call,
    "AWS CLI v1": aws_cli_v1,
    "boto3": boto3_calls.call,
    "JavaScript v3": javascript,
    "Go v2": go,
}


def every_caller_works(home, profile, native=False):
    for name, call in CALLERS.items():
        if native and call is go:
            continue
        try:
            call(home, profile)
        except Exception as error:
            raise AssertionError(f"{name} with profile {profile}") from error


def all_layouts_work(home, command, program):
    start_anew(home)
    for name, layout in LAYOUTS.items():
        configure(home, command, name, layout)
    login(home)
    for name in LAYOUTS:
        assert words_of(home, name)[:1] == ([] if name == "native" else [str(program)])
        every_caller_works(home, name, native=name == "native")
    every_caller_works(home, "both-sso", native=True)


def check_what_was_written_by_absolute_path_works_everywhere(home):
    all_layouts_work(home, [PROGRAM], PROGRAM.resolve())
    assert home.starts() == [], "the program was started by its path, not by its name"


def check_what_was_written_by_bare_name_works_everywhere(home):
    command = by_bare_name(home)
    if command is None:
        return
    all_layouts_work(home, command, "aws-sso-cred")
    by_line = [line for line in home.starts() if "--sso-session corp --account-id" in line]
    by_profile = [line for line in home.starts() if line == "--profile both-sso"]
    # Each program starts the helper once; JavaScript is two programs.
    assert len(by_line) == len(by_profile) == len(CALLERS) + 1, home.starts()


def check_the_default_profile_works_without_a_name(home):
    start_anew(home)
    configure(home, [PROGRAM], "default", [])
    login(home)
    code = boto3_calls.PROGRAM.replace("profile_name=profile", "")
    done = home.run([boto3_calls.sys.executable, "-c", code, "", home.aws.url, 1])
    assert_role(done.stdout)
    done = home.run([aws_cli_v2.AWS, "sts", "get-caller-identity", "--endpoint-url", home.aws.url])
    assert_role(json.loads(done.stdout)["Arn"])


def check_names_of_every_letter_that_configure_allows_are_found_by_all(home):
    start_anew(home)
    names = ["a_b.c@d+e-f/g:h", "9", "Prod.Admin"]
    for name in names:
        configure(home, [PROGRAM], name, [])
    login(home)
    for name in names:
        every_caller_works(home, name)


def check_the_aws_cli_and_configure_read_each_others_sections(home):
    """`aws configure set` and `get` work on what was written, and `configure` on what they wrote."""
    start_anew(home)
    configure(home, [PROGRAM], "dev", [])
    aws = [aws_cli_v2.AWS, "configure"]
    line = home.run([*aws, "get", "credential_process", "--profile", "dev"]).stdout.strip()
    assert line.split() == words_of(home, "dev"), line
    home.run([*aws, "set", "cli_pager", "less", "--profile", "dev"])
    before = (home.home / ".aws/config").read_text()
    again = home.run([PROGRAM, "configure", "--profile", "dev", *SESSION, *DEVELOPER])
    assert "nothing was changed" in again.stderr, again
    assert (home.home / ".aws/config").read_text() == before


def check_a_profile_of_aws_configure_sso_becomes_a_line_and_keeps_the_rest(home):
    start_anew(home)
    config = home.home / ".aws/config"
    config.write_text(
        f"[sso-session corp]\nsso_start_url = {START_URL}\nsso_region = us-east-1\n"
        "sso_registration_scopes = sso:account:access\n"
        f"[profile dev]\nsso_session = corp\nsso_account_id = {ACCOUNT}\nsso_role_name = {ROLE}\n"
        "region = us-east-1\noutput = json\n"
    )
    run = [PROGRAM, "configure", "--profile", "dev", *SESSION, *DEVELOPER]
    assert home.run(run, check=False).returncode == 2
    home.run([*run, "--force"])
    assert "output = json\n" in config.read_text() and "sso_account_id" not in config.read_text()
    login(home)
    every_caller_works(home, "dev")


if __name__ == "__main__":
    harness.main(globals())
