"""docs/compatibility.md: what the consumers do, as a table and a note for each.

The page is written from what was measured, and read again to compare it with the next measurement.
"""

import datetime
import re
import subprocess
import textwrap

import harness
from consumers import CONSUMERS

PAGE = harness.ROOT / "docs/compatibility.md"
COLUMNS = ["consumer", "version", "starts", "starts without a sign-in", "our text", "time limit", "at the limit"]
# What a slow machine or a newer version may change does not fail the comparison.
COMPARED = ["starts", "starts without a sign-in", "our text"]

HEAD = """\
# Compatibility

The programs and libraries on this page were run against `aws-sso-cred` {version}, on {date}, on Linux. A
stand-in for IAM Identity Center and STS took the place of AWS. To repeat the measurements and to write this page,
run `WHOLE=1 bash .ci/install-consumers`, then `python3 tests/consumers/compatibility.py --write`.

## What was measured

{table}

* **starts**: how often the consumer starts `aws-sso-cred` for the requests of one process. A further process starts
  it again, and gets the cached credentials.
* **starts without a sign-in**: how often it starts `aws-sso-cred` for one request when you are not signed in.
* **our text**: where the error text of `aws-sso-cred` appears, which has the command to run. Where it is lost,
  run the command of the profile in a terminal to see it.
* **time limit**: how long the consumer lets `aws-sso-cred` run. `aws-sso-cred` waits 50 seconds for a sign-in
  unless `--wait` says otherwise.
* **at the limit**: what happens to `aws-sso-cred` then. In either case the sign-in stays valid: approve it in the
  browser, and repeat the command.

All of them also passed these checks:

* The requests are signed with the credentials of the role, in both recommended layouts of a profile.
* A second process makes no request to IAM Identity Center.
* All bytes on the standard input of the consumer are still there.
* The output of the consumer ends when the consumer ends, also while the browser that `aws-sso-cred` started is
  open. No process of `aws-sso-cred` is left, unless the consumer has reached its time limit: then `aws-sso-cred`
  may go on until its own wait ends, and stores the token if you approve.
* If the consumer or the system ends `aws-sso-cred` during a sign-in, the next start continues this sign-in: one
  code, one browser tab.

## Notes

{notes}
"""

FROM_SOURCE = """\
## Known from the source only

These SDKs were not run. Their source says:

| consumer | command line | error text | time limit | source |
|---|---|---|---|---|
| .NET v4 | `sh -c` or `cmd.exe /c` | in `ProcessAWSCredentialException` | none | [`ProcessAWSCredentials.cs`](https://github.com/aws/aws-sdk-net/blob/173ae69f40bff6162146e85ebd17c4343aae47e6/sdk/src/Core/Amazon.Runtime/Credentials/ProcessAWSCredentials.cs) |
| Java v2, newer | `sh -c` or `cmd.exe /C` | in the cause of the exception | none | [`ProcessCredentialsProvider.java`](https://github.com/aws/aws-sdk-java-v2/blob/08772591c6e24829995b007062941ff12c6f9cfb/core/auth/src/main/java/software/amazon/awssdk/auth/credentials/ProcessCredentialsProvider.java) |
| PHP v3 | `shell_exec` | on stderr | none | [`CredentialProvider.php`](https://github.com/aws/aws-sdk-php/blob/93a10cf5e1348cdb3ea1370176e559056443601d/src/Credentials/CredentialProvider.php) |

* .NET: a profile with `credential_process` must have no other key that belongs to credentials, such as `role_arn` or
  `endpoint_url`; the SDK does not recognise the profile otherwise.
* PHP ignores the exit code. `aws-sso-cred` prints nothing on stdout when it fails, so no wrong credentials are used.
"""


def write(measured):
    answers = {name: cells(name, answer) for name, answer in measured.items()}
    shown = {name: note(name, answer) for name, answer in measured.items()}
    if PAGE.exists():
        # What was not asked this time stays as the page has it.
        before = rows()
        for name, answer in measured.items():
            if "limit" not in answer and name in before:
                answers[name].update({column: before[name][column] for column in COLUMNS[-2:]})
        answers = {**before, **answers}
        shown = {**notes(), **shown}
    names = [consumer.name for consumer in CONSUMERS if consumer.name in answers]
    table = [line(COLUMNS), "|---" * len(COLUMNS) + "|"]
    table += [line([answers[name][column] for column in COLUMNS]) for name in names]
    version = subprocess.run([harness.PROGRAM, "--version"], capture_output=True, text=True).stdout.split()[-1]
    text = HEAD.format(
        version=version,
        date=datetime.date.today().isoformat(),
        table="\n".join(table),
        notes="\n\n".join(shown[name] for name in names),
    )
    PAGE.write_text(text + "\n" + FROM_SOURCE)


def line(words):
    return "| " + " | ".join(words) + " |"


def cells(name, answer):
    """The row of a consumer."""
    requests = next(consumer.requests for consumer in CONSUMERS if consumer.name == name)
    limit, fate = answer.get("limit"), answer.get("helper at its limit")
    if "limit" not in answer:
        limit_cell = fate_cell = "not measured"
    else:
        limit_cell = f"{limit} s" if limit else "none in 65 s"
        fate_cell = fate or "-"
    return {
        "consumer": name,
        "version": answer["version"],
        "starts": f"{answer['starts']} for {requests} request{'s' * (requests > 1)}",
        "starts without a sign-in": str(answer["starts without a sign-in"]),
        "our text": answer["hint"],
        "time limit": limit_cell,
        "at the limit": fate_cell,
    }


def note(name, answer):
    """What a consumer shows."""
    text = f"### {name}\n\n"
    consumer = next(consumer for consumer in CONSUMERS if consumer.name == name)
    words = [consumer.note] if consumer.note else []
    if forty := answer.get("starts for forty providers"):
        words.append(f"Forty providers for four roles in one plan start `aws-sso-cred` {forty} times.")
        words.append("AWS gets one request for credentials for each role.")
    if words:
        text += wrap(" ".join(words)) + "\n\n"
    text += f"Without a sign-in it ends with exit code {answer['exit']} and shows:\n\n"
    text += f"```text\n{answer['shows']}\n```"
    if answer.get("shows at its limit"):
        text += f"\n\nAt its time limit:\n\n```text\n{answer['shows at its limit']}\n```"
    return text


def wrap(text):
    return "\n".join(textwrap.wrap(text, 118, break_long_words=False, break_on_hyphens=False))


def rows():
    """The rows of the page, by consumer."""
    table = re.search(r"^\| consumer .*?\n\n", PAGE.read_text(), re.M | re.S).group().splitlines()[2:]
    split = [[word.strip() for word in row.strip("|").split("|")] for row in table if row]
    return {row[0]: dict(zip(COLUMNS, row)) for row in split}


def notes():
    """The notes of the page, by consumer."""
    section = PAGE.read_text().split("## Notes\n", 1)[1].split("\n## ", 1)[0]
    parts = re.split(r"^### (.*)\n", section, flags=re.M)[1:]
    return {name: f"### {name}\n{text}".strip() for name, text in zip(parts[::2], parts[1::2])}


def compare(measured):
    """Checks that the page has every consumer, and says what was measured."""
    written = rows()
    assert list(written) == [consumer.name for consumer in CONSUMERS], "the page lacks or invents consumers"
    assert set(notes()) == set(written), "a consumer has no note, or a note has no consumer"
    for name, answer in measured.items():
        now = cells(name, answer)
        changed = {column: (written[name][column], now[column]) for column in COMPARED}
        changed = {column: pair for column, pair in changed.items() if pair[0] != pair[1]}
        if "limit" in answer:
            is_limited = [row["time limit"] != "none in 65 s" for row in (written[name], now)]
            assert is_limited[0] == is_limited[1], (name, written[name]["time limit"], now["time limit"])
        assert not changed, f"{name}: the page says, and the consumer does: {changed}"
