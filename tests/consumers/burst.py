"""Forty sessions of boto3 start the helper at once, as Terraform's provider aliases do."""

import threading

import harness
from harness import ACCOUNT

import boto3
import stand_in

SESSIONS = 40


def add_roles(home, number):
    """Adds roles, each with a profile; the two layouts alternate."""
    names = [f"Role{index:02}" for index in range(number)]
    for index, role in enumerate(names):
        home.aws.do("add_role", account_id=ACCOUNT, role_name=role)
        which = f"--sso-session corp --account-id {ACCOUNT} --role-name {role}"
        if index % 2:
            which = f"--profile {role}-sso"
        home.add_config(f"""
[profile {role}]
region = us-east-1
credential_process = aws-sso-cred {which}

[profile {role}-sso]
sso_session = corp
sso_account_id = {ACCOUNT}
sso_role_name = {role}
""")
    return names


def burst(home, roles):
    """Lets forty sessions ask at once; gives the credentials by role and access key id."""
    asked = [roles[number % len(roles)] for number in range(SESSIONS)]
    with home.here():
        sessions = [boto3.Session(profile_name=role) for role in asked]
        answers = [None] * SESSIONS
        gate = threading.Barrier(SESSIONS)

        def ask(number):
            gate.wait(60)
            try:
                answers[number] = sessions[number].get_credentials().get_frozen_credentials()
            except Exception as error:
                answers[number] = error

        threads = [threading.Thread(target=ask, args=(number,)) for number in range(SESSIONS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
    found = {}
    for role, answer in zip(asked, answers):
        assert hasattr(answer, "access_key"), answer
        found.setdefault(role, {})[answer.access_key] = answer
    assert len(home.starts()) == SESSIONS, home.starts()
    for role, credentials in found.items():
        assert len(credentials) == 1, "all sessions of a role have the same credentials"
        assert arn_of(home, *credentials.values()).startswith(role + "_")
    return found


def arn_of(home, credentials):
    """The role of the credentials, according to STS."""
    fields = {
        "accessKeyId": credentials.access_key,
        "secretAccessKey": credentials.secret_key,
        "sessionToken": credentials.token,
    }
    return stand_in.sts(home.aws, fields)["Arn"].split("AWSReservedSSO_", 1)[1]


def check_one_role_is_fetched_once_for_all_sessions(home):
    home.sign_in()
    roles = add_roles(home, 1)
    home.aws.do("delay", operation="GetRoleCredentials", seconds=0.5)
    burst(home, roles)
    home.assert_requests(GetRoleCredentials=1, GetCallerIdentity=1)


def check_every_role_is_fetched_once(home):
    home.sign_in()
    burst(home, add_roles(home, 8))
    home.assert_requests(GetRoleCredentials=8, GetCallerIdentity=8)
    assert home.aws.do("minted") == 8


def check_an_expired_token_is_refreshed_once_for_all_sessions(home):
    home.sign_in(alive=False)
    home.aws.do("set_refresh_single_use", single_use=True)
    home.aws.do("delay", operation="CreateToken", seconds=0.5)
    burst(home, add_roles(home, 8))
    home.assert_requests(CreateToken=1, GetRoleCredentials=8, GetCallerIdentity=8)


def check_all_sessions_get_credentials_from_a_portal_that_throttles(home):
    home.sign_in()
    home.aws.do("rate_limit", operation="GetRoleCredentials", per_second=10)
    burst(home, add_roles(home, 20))
    assert home.aws.do("minted") == 20
    assert home.count("GetRoleCredentials") <= 60, "at most three requests for each role"


def check_all_sessions_fail_with_the_same_text_without_a_sign_in(home):
    roles = add_roles(home, 8)
    try:
        burst(home, roles)
        raise RuntimeError("there are credentials without a sign-in")
    except AssertionError as error:
        assert "`aws-sso-cred login --sso-session corp`" in str(error), error
    assert len(home.starts()) == SESSIONS
    home.assert_requests()


if __name__ == "__main__":
    harness.main(globals())
