"""The provider that each SDK uses for a profile is the one that `doctor` tells.

Every provider gives access keys of its own: the environment, each file, the helper, another program, a
portal, a role of STS, a web identity, a container. A profile of each shape is given to each SDK, in one
process for all profiles, and the access key id that the SDK finds says which provider it used.
"""

import atexit
import functools
import hashlib
import http.server
import itertools
import json
import os
import pathlib
import re
import shutil
import subprocess
import threading
import urllib.parse
from concurrent.futures import ThreadPoolExecutor

import harness
from harness import ACCOUNT, INSTALLED, START_URL

# Prints what `doctor --output json` prints for a profile.
DOCTOR = [harness.PROGRAM, "doctor", "--offline", "--output", "json", "--profile"]
DRIVERS = pathlib.Path(__file__).with_name("providers")
EXPIRES = "2099-01-01T00:00:00Z"
ROLE = "role_arn = arn:aws:iam::111122223333:role/NAME"
OTHER_URL = "https://other.awsapps.com/start"

OURS = "credential_process = aws-sso-cred --sso-session corp --account-id 111122223333 --role-name Dev"
OTHER = "credential_process = other-helper"
ROLE_KEYS = f"sso_account_id = {ACCOUNT}\nsso_role_name = Dev"
SESSION = f"sso_session = corp\n{ROLE_KEYS}"
URL = f"sso_start_url = {START_URL}"
REGION = "sso_region = us-east-1"
LEGACY = f"{URL}\n{REGION}\n{ROLE_KEYS}"
IN_CREDENTIALS = "aws_access_key_id = AKIACREDENTIALS\naws_secret_access_key = s"
IN_CONFIG = "aws_access_key_id = AKIACONFIG\naws_secret_access_key = s"
TOKEN = "web_identity_token_file = TOKEN_FILE"
LOGIN = f"login_session = arn:aws:sts::{ACCOUNT}:assumed-role/Dev/person"


def lines(*parts):
    return "\n".join(parts)


def source(name, *more):
    return lines(ROLE, f"source_profile = {name}", *more)


# The sections of each profile: in the config file, and in the credentials file.
PROFILES = {
    "helper": (OURS, None),
    "other": (OTHER, None),
    "services": (lines(OURS, "services = local"), None),
    "endpoint": (lines(OURS, "endpoint_url = http://127.0.0.1:1"), None),
    "interactive": (lines(OURS, "sso_interactive_auth = true"), None),
    # Names and lines that some SDKs do not read.
    "with blank": (OURS, None),
    "équipe": (OURS, None),
    "capital": (OURS.replace("credential_", "Credential_"), None),
    "comment": (f"sso_session = corp # home\n{ROLE_KEYS}", None),
    # Keys beside the line.
    "helper-session": (lines(OURS, SESSION), None),
    "helper-legacy": (lines(OURS, LEGACY), None),
    "helper-lone-session": (lines(OURS, "sso_session = corp"), None),
    "helper-lone-missing-session": (lines(OURS, "sso_session = nowhere"), None),
    "helper-no-role": (lines(OURS, "sso_session = corp", f"sso_account_id = {ACCOUNT}"), None),
    "helper-no-account": (lines(OURS, "sso_session = corp", "sso_role_name = Dev"), None),
    "helper-role-keys": (lines(OURS, ROLE_KEYS), None),
    "helper-account": (lines(OURS, f"sso_account_id = {ACCOUNT}"), None),
    "helper-role-name": (lines(OURS, "sso_role_name = Dev"), None),
    "helper-start-url": (lines(OURS, URL), None),
    "helper-sso-region": (lines(OURS, REGION), None),
    "helper-url-region": (lines(OURS, URL, REGION), None),
    "helper-legacy-no-region": (lines(OURS, URL, ROLE_KEYS), None),
    "helper-legacy-no-role": (lines(OURS, URL, REGION, f"sso_account_id = {ACCOUNT}"), None),
    "helper-legacy-no-account": (lines(OURS, URL, REGION, "sso_role_name = Dev"), None),
    "helper-legacy-no-url": (lines(OURS, REGION, ROLE_KEYS), None),
    "helper-missing-session": (lines(OURS, "sso_session = nowhere", ROLE_KEYS), None),
    "helper-half-session": (lines(OURS, "sso_session = half", ROLE_KEYS), None),
    "helper-session-other-url": (lines(OURS, SESSION, f"sso_start_url = {OTHER_URL}"), None),
    # Keys alone.
    "session": (SESSION, None),
    "legacy": (LEGACY, None),
    "lone-session": ("sso_session = corp", None),
    "session-no-role": (f"sso_session = corp\nsso_account_id = {ACCOUNT}", None),
    "session-no-account": ("sso_session = corp\nsso_role_name = Dev", None),
    "missing-session": (lines("sso_session = nowhere", ROLE_KEYS), None),
    "missing-session-legacy": (lines("sso_session = nowhere", LEGACY), None),
    "half-session": (lines("sso_session = half", ROLE_KEYS), None),
    "half-session-region": (lines("sso_session = half", REGION, ROLE_KEYS), None),
    "session-and-legacy": (lines("sso_session = corp", LEGACY), None),
    "session-same-url": (lines(SESSION, URL), None),
    "session-other-url": (lines(SESSION, f"sso_start_url = {OTHER_URL}", REGION), None),
    "session-other-region": (lines(SESSION, "sso_region = eu-west-1"), None),
    "legacy-no-region": (lines(URL, ROLE_KEYS), None),
    "legacy-no-role": (lines(URL, REGION, f"sso_account_id = {ACCOUNT}"), None),
    "legacy-no-account": (lines(URL, REGION, "sso_role_name = Dev"), None),
    "role-keys": (ROLE_KEYS, None),
    "url": (URL, None),
    "url-region": (lines(URL, REGION), None),
    # Access keys, alone and beside each of these.
    "credentials": (None, IN_CREDENTIALS),
    "config": (IN_CONFIG, None),
    "both-files": (IN_CONFIG, IN_CREDENTIALS),
    "credentials-region": ("region = us-east-1", IN_CREDENTIALS),
    "helper-credentials": (OURS, IN_CREDENTIALS),
    "helper-config": (lines(OURS, IN_CONFIG), None),
    "session-credentials": (SESSION, IN_CREDENTIALS),
    "session-config": (lines(SESSION, IN_CONFIG), None),
    "legacy-credentials": (LEGACY, IN_CREDENTIALS),
    "legacy-config": (lines(LEGACY, IN_CONFIG), None),
    "helper-session-credentials": (lines(OURS, SESSION), IN_CREDENTIALS),
    "helper-session-config": (lines(OURS, SESSION, IN_CONFIG), None),
    "helper-lone-session-credentials": (lines(OURS, "sso_session = corp"), IN_CREDENTIALS),
    "helper-lone-session-config": (lines(OURS, "sso_session = corp", IN_CONFIG), None),
    "id": (None, "aws_access_key_id = AKIACREDENTIALS"),
    "helper-id": (OURS, "aws_access_key_id = AKIACREDENTIALS"),
    "helper-secret": (OURS, "aws_secret_access_key = s"),
    "helper-token": (OURS, "aws_session_token = t"),
    "helper-empty-keys": (OURS, "aws_access_key_id =\naws_secret_access_key ="),
    "helper-config-id": (lines(OURS, "aws_access_key_id = AKIACONFIG"), None),
    "helper-config-secret": (lines(OURS, "aws_secret_access_key = s"), None),
    "session-id": (SESSION, "aws_access_key_id = AKIACREDENTIALS"),
    "session-config-id": (lines(SESSION, "aws_access_key_id = AKIACONFIG"), None),
    "id-and-secret-apart": ("aws_access_key_id = AKIACONFIG", "aws_secret_access_key = s"),
    "session-empty-process": (lines(SESSION, "credential_process ="), None),
    "helper-empty-session": (lines(OURS, "sso_session ="), None),
    # The same section in two files.
    "process-in-credentials": (None, OURS),
    "process-in-credentials-region": ("region = us-east-1", OURS),
    "process-in-both": (OTHER, OURS),
    "session-process-in-credentials": (SESSION, OURS),
    "helper-session-in-credentials": (OURS, SESSION),
    "session-in-credentials": (None, SESSION),
    "legacy-in-credentials": (None, LEGACY),
    # Nothing.
    "region": ("region = us-east-1", None),
    "empty": ("", None),
    "empty-in-credentials": (None, ""),
    "login": (LOGIN, None),
    "helper-login": (lines(OURS, LOGIN), None),
    "session-login": (lines(SESSION, LOGIN), None),
    "login-credentials": (LOGIN, IN_CREDENTIALS),
    # Roles.
    "role-of-helper": (source("helper"), None),
    "role-of-other": (source("other"), None),
    "role-of-session": (source("session"), None),
    "role-of-legacy": (source("legacy"), None),
    "role-of-helper-session": (source("helper-session"), None),
    "role-of-credentials": (source("credentials"), None),
    "role-of-config": (source("config"), None),
    "role-of-missing": (source("nowhere"), None),
    "role-of-region": (source("region"), None),
    "role-of-role": (source("role-of-helper"), None),
    "role-of-web": (source("web"), None),
    "role-of-environment": (source("role-environment"), None),
    "role-of-itself": (source("role-of-itself"), None),
    "role-of-itself-config": (source("role-of-itself-config", IN_CONFIG), None),
    "role-of-itself-credentials": (source("role-of-itself-credentials"), IN_CREDENTIALS),
    "role-of-itself-helper": (source("role-of-itself-helper", OURS), None),
    "role-of-itself-session": (source("role-of-itself-session", SESSION), None),
    "role-circle": (source("role-circle-2"), None),
    "role-circle-2": (source("role-circle"), None),
    "role-alone": (ROLE, None),
    "role-helper": (lines(ROLE, OURS), None),
    "role-session": (lines(ROLE, SESSION), None),
    "role-credentials": (ROLE, IN_CREDENTIALS),
    "role-config": (lines(ROLE, IN_CONFIG), None),
    "role-of-session-helper": (source("session", OURS), None),
    "role-of-credentials-helper": (source("credentials", OURS), None),
    "role-of-credentials-session": (source("credentials", SESSION), None),
    "role-of-helper-credentials": (source("helper"), IN_CREDENTIALS),
    "role-of-helper-config": (source("helper", IN_CONFIG), None),
    "role-of-role-credentials": (source("role-of-helper-credentials"), None),
    "source-alone": ("source_profile = credentials", None),
    "source-helper": (lines("source_profile = credentials", OURS), None),
    "role-environment": (lines(ROLE, "credential_source = Environment"), None),
    "role-container": (lines(ROLE, "credential_source = EcsContainer"), None),
    "role-unknown-source": (lines(ROLE, "credential_source = Nonsense"), None),
    "role-two-sources": (source("credentials", "credential_source = Environment"), None),
    "role-environment-helper": (lines(ROLE, "credential_source = Environment", OURS), None),
    "role-in-credentials": (None, source("credentials")),
    # Web identities.
    "web": (lines(ROLE, TOKEN), None),
    "web-helper": (lines(ROLE, TOKEN, OURS), None),
    "web-session": (lines(ROLE, TOKEN, SESSION), None),
    "web-credentials": (lines(ROLE, TOKEN), IN_CREDENTIALS),
    "web-config": (lines(ROLE, TOKEN, IN_CONFIG), None),
    "web-source": (source("credentials", TOKEN), None),
    "web-no-role": (TOKEN, None),
    "web-no-role-helper": (lines(TOKEN, OURS), None),
    "default": (OURS, None),
}

KEYS = {"AWS_ACCESS_KEY_ID": "AKIAENVIRONMENT", "AWS_SECRET_ACCESS_KEY": "s"}
WEB = {"AWS_ROLE_ARN": "arn:aws:iam::111122223333:role/web", "AWS_WEB_IDENTITY_TOKEN_FILE": "TOKEN_FILE"}
USUAL = [
    "helper", "session", "legacy", "helper-session", "helper-lone-session", "credentials", "config", "region",
    "role-of-helper", "web", "lone-session", "missing-session", "role-alone", "role-environment", "default",
]  # fmt: skip
# Variables of the environment, and the profiles that are used beside them.
ENVIRONMENTS = {
    "keys": (KEYS, [*USUAL, "role-two-sources", "role-environment-helper"]),
    "id": ({"AWS_ACCESS_KEY_ID": "AKIAENVIRONMENT"}, USUAL),
    "secret": ({"AWS_SECRET_ACCESS_KEY": "s"}, ["helper", "session"]),
    "empty-keys": ({"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}, ["helper", "session"]),
    "web": (WEB, USUAL),
    "container": (
        {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "STAND_IN/container"},
        [*USUAL, "role-container", "id"],
    ),
    "old-names": ({"AWS_ACCESS_KEY": "AKIAENVIRONMENT", "AWS_SECRET_KEY": "s"}, ["helper", "region"]),
    "no-load-config": ({"AWS_SDK_LOAD_CONFIG": ""}, USUAL),
}


class Aws(http.server.BaseHTTPRequestHandler):
    """The portal, STS, a container's endpoint and a bucket."""

    # Connections stay open, and an answer is sent in one piece. Go's client may close a connection that
    # the server ends before it has read the body.
    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def do_GET(self):
        url = urllib.parse.urlparse(self.path)
        asked = urllib.parse.parse_qs(url.query)
        if url.path == "/federation/credentials":
            if not (asked.get("role_name") and asked.get("account_id")):
                return self.reply(400, "{}")
            keys = {"accessKeyId": "ASIASSO", "secretAccessKey": "s", "sessionToken": "t"}
            return self.reply(200, json.dumps({"roleCredentials": {**keys, "expiration": 4070908800000}}))
        if url.path == "/container":
            keys = {"AccessKeyId": "ASIACONTAINER", "SecretAccessKey": "s", "Token": "t"}
            return self.reply(200, json.dumps({**keys, "Expiration": EXPIRES}))
        message = f"<Error><Code>AccessDenied</Code><Message>key {self.key()} </Message></Error>"
        return self.reply(403, message, "application/xml")

    do_HEAD = do_GET

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        action = urllib.parse.parse_qs(body).get("Action", [""])[0]
        if action == "GetCallerIdentity":
            result = f"<Arn>arn:aws:iam::{ACCOUNT}:user/x</Arn><UserId>{self.key()}</UserId>"
        elif action in ("AssumeRole", "AssumeRoleWithWebIdentity"):
            key = "ASIAWEB" if action.endswith("Identity") else "ASIAROLE" + self.key()[4:]
            result = (
                f"<AssumedRoleUser><Arn>arn:aws:sts::{ACCOUNT}:assumed-role/x/y</Arn>"
                "<AssumedRoleId>a:b</AssumedRoleId></AssumedRoleUser><Credentials>"
                f"<AccessKeyId>{key}</AccessKeyId><SecretAccessKey>s</SecretAccessKey>"
                f"<SessionToken>t</SessionToken><Expiration>{EXPIRES}</Expiration></Credentials>"
            )
        else:
            return self.reply(400, "{}")
        namespace = "https://sts.amazonaws.com/doc/2011-06-15/"
        answer = f"<{action}Response xmlns='{namespace}'><{action}Result>{result}</{action}Result>"
        return self.reply(200, f"{answer}</{action}Response>", "text/xml")

    def key(self):
        found = re.search("Credential=([^/]*)/", self.headers.get("Authorization") or "")
        return found.group(1) if found else "none"

    def reply(self, status, body, kind="application/json"):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body.encode())

    def log_message(self, *arguments):
        pass


class World:
    """The home of all profiles, and every case: a profile, an environment, and who names the profile."""

    def __init__(self, home):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Aws)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.home, self.url = home, f"http://127.0.0.1:{server.server_port}"
        self.token = home.root / "token"
        self.token.write_text("a.b.c")
        self.numbers = itertools.count()
        self.write_files()
        self.environment = {
            **home.environment,
            **{f"AWS_ENDPOINT_URL_{name}": self.url for name in ("SSO", "SSO_OIDC", "STS")},
            "AWS_EC2_METADATA_SERVICE_ENDPOINT": self.url,
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_MAX_ATTEMPTS": "1",
            "AWS_SDK_LOAD_CONFIG": "1",
        }
        self.cases = [self.case(profile, "", {}, named) for profile in PROFILES for named in (False, True)]
        for name, (variables, profiles) in ENVIRONMENTS.items():
            for profile in profiles:
                self.cases += [self.case(profile, name, variables, named) for named in (False, True)]
        with ThreadPoolExecutor(4) as pool:
            self.told = list(pool.map(self.tell, self.cases))

    def write_files(self):
        config = f"[sso-session corp]\nsso_start_url = {START_URL}\nsso_region = us-east-1\n"
        config += f"sso_registration_scopes = sso:account:access\n\n[sso-session half]\n{URL}\n"
        credentials = ""
        for name, (in_config, in_credentials) in PROFILES.items():
            header = name if name == "default" else f"profile {name}"
            if in_config is not None:
                config += f"\n[{header}]\n{in_config.replace('NAME', name)}\n"
            if in_credentials is not None:
                credentials += f"\n[{name}]\n{in_credentials.replace('NAME', name)}\n"
        directory = self.home.home / ".aws"
        (directory / "config").write_text(config.replace("TOKEN_FILE", str(self.token)))
        (directory / "credentials").write_text(credentials)
        (directory / "credentials").chmod(0o600)
        tokens = {"corp": START_URL, "half": START_URL, START_URL: START_URL, OTHER_URL: OTHER_URL}
        for key, url in tokens.items():
            path = directory / "sso/cache" / (hashlib.sha1(key.encode()).hexdigest() + ".json")
            path.parent.mkdir(parents=True, exist_ok=True)
            token = {"startUrl": url, "region": "us-east-1", "accessToken": "token", "expiresAt": EXPIRES}
            path.write_text(json.dumps(token))
            path.chmod(0o600)
        for name, key in (("aws-sso-cred", "ASIAOURS"), ("other-helper", "ASIAOTHER")):
            keys = {"Version": 1, "AccessKeyId": key, "SecretAccessKey": "s", "SessionToken": "t"}
            answer = json.dumps({**keys, "Expiration": EXPIRES})
            self.home.add_program(name, f"#!/bin/sh\necho '{answer}'\n")

    def case(self, profile, name, variables, named):
        insert = lambda value: value.replace("TOKEN_FILE", str(self.token)).replace("STAND_IN", self.url)
        variables = {key: insert(value) for key, value in variables.items()}
        # Without AWS_PROFILE, the profile is `default`.
        if not named and profile != "default":
            variables["AWS_PROFILE"] = profile
        words = [profile, f"with {name}" if name else "", "named" if named else ""]
        label = " ".join(word for word in words if word)
        return {"label": label, "profile": profile, "named": named, "environment": variables}

    def tell(self, case):
        """What `doctor` tells of each consumer."""
        done = subprocess.run(
            [*map(str, DOCTOR), case["profile"]],
            env={**self.environment, **case["environment"]},
            cwd=self.home.home,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.stdout, done
        (profile,) = json.loads(done.stdout)["profiles"]
        told = {}
        for provided in profile["providers"]:
            by_variable, _, by_name = provided["provider"].partition("; if the program names the profile: ")
            told[provided["consumer"]] = by_name or by_variable if case["named"] else by_variable
        return told

    def ask(self, command, cases, **environment):
        """The access key id that the program finds in each case, or None, and the answers."""
        # Each SDK has a home of its own, so that none finds what the AWS CLI has cached in it.
        home = self.home.root / f"home-{next(self.numbers)}"
        shutil.copytree(self.home.home, home)
        done = subprocess.run(
            [str(part) for part in command],
            env={**self.environment, **environment, "HOME": str(home)},
            cwd=home,
            input=json.dumps(cases),
            capture_output=True,
            text=True,
            timeout=1000,
        )
        answers = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        assert len(answers) == len(cases), (len(answers), done.stdout[-500:], done.stderr[-2000:])
        return answers

    def compare(self, consumer, command, skip=lambda case: False, **environment):
        """Compares what `doctor` tells of the consumer with what the program finds."""
        harness.require(*(word for word in command if "/" in str(word)))
        chosen = [number for number, case in enumerate(self.cases) if not skip(case)]
        answers = self.ask(command, [self.cases[number] for number in chosen], **environment)
        wrong = []
        for number, answer in zip(chosen, answers):
            told, found = self.told[number][consumer], (answer.get("key") or "")[4:] or "NOTHING"
            if marker(told) != found:
                error = answer.get("error", "")[-160:]
                wrong.append(f"{self.cases[number]['label']}: told `{told}`, found {found} {error}")
        print(f"       {consumer}: {len(chosen)} cases")
        assert not wrong, f"{len(wrong)} of {len(chosen)} cases:\n" + "\n".join(wrong)


def marker(told):
    """The access key id of the provider that is told, without its first four letters."""
    if told.startswith("role_arn, by "):
        return "ROLE" + marker(told.removeprefix("role_arn, by "))
    if told.startswith("no credentials: "):
        return "NOTHING"
    return {
        "AWS_ACCESS_KEY_ID in the environment": "ENVIRONMENT",
        "access keys in the credentials file": "CREDENTIALS",
        "access keys in the config file": "CONFIG",
        "credential_process": "OURS",
        "credential_process, which starts another program": "OTHER",
        "sso_ keys": "SSO",
        # Nobody has called `aws login`.
        "login_session": "NOTHING",
        "web identity token": "WEB",
        "container credentials": "CONTAINER",
    }[told]


MAKING = threading.Lock()


def uses(case, *texts):
    """Whether one of the texts is in the case's profile, or in a source of it."""
    names, seen = [case["profile"]], set()
    while names:
        name = names.pop()
        if name in PROFILES and name not in seen:
            seen.add(name)
            parts = "\n".join(part or "" for part in PROFILES[name])
            names += re.findall(r"source_profile = (\S+)", parts)
            if any(text in parts for text in texts):
                return True
    return False


def world():
    """One world for all SDKs."""
    with MAKING:
        return the_world()


@functools.cache
def the_world():
    home = harness.Home()
    atexit.register(home.close)
    return World(home)


def check_boto3(_):
    world().compare("boto3", [INSTALLED / "boto3/bin/python", DRIVERS / "python.py", "boto3"])


def by_variable_alone(case):
    """Both versions of the AWS CLI have boto3's rules. Half of the cases are enough for these slow programs."""
    return not case["named"] and not case["label"].count("with")


def check_aws_cli_v1(_):
    program = [INSTALLED / "awscli-v1/bin/python", DRIVERS / "python.py", "awscli"]
    world().compare("AWS CLI v1", program, by_variable_alone)


def check_aws_cli_v2(_):
    # Debian's version is older than `aws login`, and assumes no role with the credentials of an SSO profile.
    def skip(case):
        is_role_of_sso = case["profile"].startswith("role-of") and uses(case, "sso_")
        return by_variable_alone(case) or is_role_of_sso or uses(case, "login_session")

    world().compare("AWS CLI v2", ["/usr/bin/python3", DRIVERS / "python.py", "awscli"], skip)


def check_javascript_v3(_):
    world().compare("JavaScript v3", ["node", DRIVERS / "js.cjs", "v3"], **node())


def check_javascript_v2(_):
    # A program cannot name a profile for the whole chain. In circles of sources the SDK runs for ever.
    skip = lambda case: case["named"] or re.search("itself|circle", case["profile"])
    world().compare("JavaScript v2", ["node", DRIVERS / "js.cjs", "v2"], skip, **node())


def node():
    """Node may be in any directory of the PATH; the helper is in the home."""
    harness.require("node", INSTALLED / "js/node_modules")
    path = world().environment["PATH"] + ":" + harness.PATH
    return {"PATH": path, "NODE_PATH": str(INSTALLED / "js/node_modules")}


def check_go_v2_in_rclone(_):
    rclone = INSTALLED / "rclone/bin/rclone"
    world().compare("Go v2", [INSTALLED / "boto3/bin/python", DRIVERS / "rclone.py", rclone])


def check_go_v2_of_debian(_):
    # Debian's version is of 2022.
    skip = lambda case: uses(case, "sso_session", "login_session", "EcsContainer")
    world().compare("Go v2", [INSTALLED / "providers_go_v2"], skip)


def check_go_v1(_):
    # Debian's version is of 2022.
    skip = lambda case: uses(case, "sso_session")
    world().compare("Go v1", [INSTALLED / "providers_go_v1"], skip)


def check_rust(_):
    world().compare("Rust", [INSTALLED / "providers_rust"])


def check_ruby(_):
    # Debian's version is older than AWS_CONTAINER_CREDENTIALS_FULL_URI.
    skip = lambda case: "AWS_CONTAINER_CREDENTIALS_FULL_URI" in case["environment"]
    world().compare("Ruby", ["/usr/bin/ruby", DRIVERS / "ruby.rb"], skip)


def check_cpp(_):
    # This version reads access keys in the credentials file only, and asks no portal and STS but AWS's.
    def skip(case):
        is_elsewhere = uses(case, "sso_", "AKIACONFIG", "web_identity") or "with web" in case["label"]
        return case["named"] or is_elsewhere

    world().compare("C++", [INSTALLED / "pyarrow/bin/python", DRIVERS / "cpp.py"], skip)


if __name__ == "__main__":
    # Each SDK asks its cases one after the other, so several SDKs run at once.
    harness.main(globals(), at_once=4)
