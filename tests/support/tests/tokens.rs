//! Access tokens, refreshing, and role credentials.

mod common;

use std::time::Duration;

use common::{CREDENTIALS, portal, refresh};
use stand_in::{Fault, IdentityCenter, Operation, Times, TokenOptions};

#[test]
fn a_valid_access_token_gets_role_credentials_in_milliseconds() {
    let aws = IdentityCenter::start();
    let token = aws.issue_token(&TokenOptions::default());
    let answer = portal(&aws, CREDENTIALS, &token.access_token);
    assert_eq!(answer.status, 200);
    let credentials = &answer.json()["roleCredentials"];
    assert!(credentials["accessKeyId"].as_str().unwrap().starts_with("ASIA"));
    assert_eq!(credentials["secretAccessKey"].as_str().unwrap().len(), 40);
    assert!(credentials["expiration"].as_i64().unwrap() > 1_000_000_000_000);
    assert!(answer.header("date").unwrap().ends_with(" GMT"));
    assert_eq!(aws.minted(), 1);
    assert_eq!(aws.count(Operation::GetRoleCredentials), 1);
    let request = aws.requests().remove(0);
    assert_eq!(request.query_value("role_name"), Some("Developer"));
    assert_eq!(request.status, 200);
}

#[test]
fn a_dead_access_token_gets_401_and_an_unassigned_role_403() {
    let aws = IdentityCenter::start();
    let dead = TokenOptions { expires_in: Duration::ZERO, ..TokenOptions::default() };
    let dead = aws.issue_token(&dead);
    let revoked = aws.issue_token(&TokenOptions::default());
    aws.revoke(&revoked.access_token);
    for token in [&dead.access_token, &revoked.access_token, "never issued"] {
        let answer = portal(&aws, CREDENTIALS, token);
        assert_eq!(answer.status, 401);
        assert_eq!(answer.header("x-amzn-errortype"), Some("UnauthorizedException"));
        assert_eq!(
            answer.body,
            r#"{"message":"Session token not found or invalid","__type":"com.amazonaws.switchboard.portal#UnauthorizedException"}"#
        );
    }
    let alive = aws.issue_token(&TokenOptions::default());
    let other_role = CREDENTIALS.replace("Developer", "Admin");
    let answer = portal(&aws, &other_role, &alive.access_token);
    assert_eq!((answer.status, answer.json()["message"].as_str()), (403, Some("No access")));
    aws.add_role("111122223333", "Admin");
    assert_eq!(portal(&aws, &other_role, &alive.access_token).status, 200);
    aws.remove_role("111122223333", "Admin");
    assert_eq!(portal(&aws, &other_role, &alive.access_token).status, 403);
    assert_eq!(aws.minted(), 1);
}

#[test]
fn a_reusable_refresh_token_is_returned_unchanged() {
    let aws = IdentityCenter::start();
    let token = aws.issue_token(&TokenOptions::default());
    let refresh_token = token.refresh_token.clone().unwrap();
    for _ in 0..2 {
        let answer = refresh(&aws, &token, &refresh_token).json();
        assert_eq!(answer["refreshToken"], refresh_token.as_str());
        assert_eq!(answer["expiresIn"], 3600);
        assert_eq!(answer["tokenType"], "Bearer");
        let access_token = answer["accessToken"].as_str().unwrap();
        assert_eq!(portal(&aws, CREDENTIALS, access_token).status, 200);
    }
}

#[test]
fn a_single_use_refresh_token_works_once_and_is_replaced() {
    let aws = IdentityCenter::start();
    aws.set_refresh_single_use(true);
    let token = aws.issue_token(&TokenOptions::default());
    let first = token.refresh_token.clone().unwrap();
    let second = refresh(&aws, &token, &first).json()["refreshToken"].as_str().unwrap().to_owned();
    assert_ne!(first, second);
    let again = refresh(&aws, &token, &first);
    assert_eq!((again.status, again.error().as_str()), (400, "invalid_grant"));
    assert_eq!(
        again.header("x-amzn-errortype"),
        Some("InvalidGrantException:http://internal.amazon.com/coral/com.amazonaws.sso.oidc/")
    );
    assert_eq!(refresh(&aws, &token, &second).status, 200);
}

#[test]
fn an_answer_may_omit_the_refresh_token_and_the_old_one_stays_valid() {
    let aws = IdentityCenter::start();
    aws.set_refresh_omits_token(true);
    aws.set_refresh_single_use(true);
    let token = aws.issue_token(&TokenOptions::default());
    let refresh_token = token.refresh_token.clone().unwrap();
    for _ in 0..2 {
        let answer = refresh(&aws, &token, &refresh_token);
        assert_eq!(answer.status, 200);
        assert!(answer.json().get("refreshToken").is_none());
    }
}

#[test]
fn a_refresh_token_serves_only_its_own_live_client() {
    let aws = IdentityCenter::start();
    let token = aws.issue_token(&TokenOptions::default());
    let refresh_token = token.refresh_token.clone().unwrap();
    let mut other = aws.issue_token(&TokenOptions::default());
    assert_eq!(refresh(&aws, &other, &refresh_token).error(), "invalid_grant");
    other.client.client_secret = "wrong".to_owned();
    let answer = refresh(&aws, &other, &refresh_token);
    assert_eq!((answer.status, answer.error().as_str()), (401, "invalid_client"));
    aws.expire_client(&token.client.client_id);
    assert_eq!(refresh(&aws, &token, &refresh_token).error(), "invalid_client");
}

#[test]
fn the_end_of_the_session_ends_every_token() {
    let aws = IdentityCenter::start();
    let token = aws.issue_token(&TokenOptions::default());
    aws.end_session();
    assert_eq!(portal(&aws, CREDENTIALS, &token.access_token).status, 401);
    let answer = refresh(&aws, &token, token.refresh_token.as_deref().unwrap());
    assert_eq!(answer.error(), "invalid_grant");
}

#[test]
fn signing_out_ends_the_whole_sign_in_and_no_other() {
    let aws = IdentityCenter::start();
    let token = aws.issue_token(&TokenOptions::default());
    let other = aws.issue_token(&TokenOptions::default());
    let answer = portal(&aws, "POST /logout", &token.access_token);
    assert_eq!((answer.status, answer.body.as_str()), (200, ""));
    assert_eq!(portal(&aws, CREDENTIALS, &token.access_token).status, 401);
    let answer = refresh(&aws, &token, token.refresh_token.as_deref().unwrap());
    assert_eq!(answer.error(), "invalid_grant");
    assert_eq!(portal(&aws, CREDENTIALS, &other.access_token).status, 200);
}

#[test]
fn the_clock_can_be_moved() {
    let aws = IdentityCenter::start();
    let token = aws.issue_token(&TokenOptions::default());
    aws.set_clock_skew(3601);
    assert_eq!(portal(&aws, CREDENTIALS, &token.access_token).status, 401);
    aws.set_clock_skew(-86_400 * 365 * 40);
    let answer = portal(&aws, CREDENTIALS, &token.access_token);
    assert_eq!(answer.status, 200);
    assert!(answer.header("date").unwrap().contains(" 198"), "{}", answer.head);
}

#[test]
fn lists_are_paged() {
    let aws = IdentityCenter::start();
    let token = aws.issue_token(&TokenOptions::default()).access_token;
    for number in 0..4 {
        aws.add_role(&format!("00000000000{number}"), "Admin");
    }
    let first = portal(&aws, "GET /assignment/accounts?max_result=3", &token).json();
    assert_eq!(first["accountList"].as_array().unwrap().len(), 3);
    let next = first["nextToken"].as_str().unwrap();
    let line = format!("GET /assignment/accounts?max_result=3&next_token={next}");
    let second = portal(&aws, &line, &token).json();
    assert_eq!(second["accountList"].as_array().unwrap().len(), 2);
    assert_eq!(second["accountList"][1]["accountName"], "Production");
    assert!(second.get("nextToken").is_none());
    let roles = portal(&aws, "GET /assignment/roles?account_id=111122223333", &token).json();
    assert_eq!(roles["roleList"][1]["roleName"], "ReadOnly");
    for line in ["max_result=0", "max_result=101", "next_token=junk"] {
        let line = format!("GET /assignment/accounts?{line}");
        assert_eq!(portal(&aws, &line, &token).status, 400, "{line}");
    }
}

#[test]
fn many_accounts_are_added_at_once_and_pages_may_be_small_or_endless() {
    let aws = IdentityCenter::start();
    let token = aws.issue_token(&TokenOptions::default()).access_token;
    aws.add_accounts(300, &["Admin", "ReadOnly"]);
    aws.remove_account("111122223333");
    let accounts = |query: &str| portal(&aws, &format!("GET /assignment/accounts{query}"), &token).json();
    let page = accounts("?max_result=100&next_token=page-200");
    assert_eq!(page["accountList"].as_array().unwrap().len(), 100);
    assert_eq!(page["accountList"][99]["accountId"], "100000000299");
    assert_eq!(page["accountList"][99]["accountName"], "Account 0299");
    let roles = portal(&aws, "GET /assignment/roles?account_id=100000000007", &token).json();
    assert_eq!(roles["roleList"].as_array().unwrap().len(), 2);
    aws.set_page_size(2);
    assert_eq!(accounts("?max_result=100")["accountList"].as_array().unwrap().len(), 2);
    aws.fault(Operation::ListAccounts, Fault::EndlessPages, Times::Always);
    let (first, second) = (accounts(""), accounts(""));
    assert_ne!(first["nextToken"], second["nextToken"]);
    assert_eq!(first["accountList"], serde_json::json!([]));
}
