//! Registration, and the device authorization grant.

mod common;

use std::thread;
use std::time::Duration;

use common::{Answer, CREDENTIALS, exchange, get, portal, post, with_client};
use serde_json::{Value, json};
use stand_in::{Client, DEFAULT_START_URL, IdentityCenter, Operation};

const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";

fn start(aws: &IdentityCenter, client: &Client) -> Value {
    let body = with_client(client, &json!({ "startUrl": DEFAULT_START_URL }));
    let answer = post(aws, "/device_authorization", &body);
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()
}

fn poll(aws: &IdentityCenter, client: &Client, device: &Value) -> Answer {
    let fields = json!({ "grantType": DEVICE_CODE, "deviceCode": device["deviceCode"] });
    post(aws, "/token", &with_client(client, &fields))
}

#[test]
fn a_registration_needs_a_name_and_a_public_type() {
    let aws = IdentityCenter::start();
    let register = |body: Value| post(&aws, "/client/register", &body);
    let answer = register(json!({ "clientName": "n", "clientType": "public" })).json();
    let lifetime =
        answer["clientSecretExpiresAt"].as_i64().unwrap() - answer["clientIdIssuedAt"].as_i64().unwrap();
    assert_eq!(lifetime, 90 * 86_400);
    let wrong = [
        (json!({ "clientType": "public" }), "invalid_request"),
        (json!({ "clientName": "n" }), "invalid_request"),
        (json!({ "clientName": "n", "clientType": "secret" }), "invalid_client_metadata"),
        (json!({ "clientName": "n", "clientType": "public", "scopes": "a:b" }), "invalid_request"),
        (json!({ "clientName": "n", "clientType": "public", "scopes": ["x"] }), "invalid_scope"),
        (
            json!({ "clientName": "n", "clientType": "public", "grantTypes": ["password"] }),
            "unsupported_grant_type",
        ),
        (
            json!({ "clientName": "n", "clientType": "public", "grantTypes": ["authorization_code"] }),
            "invalid_redirect_uri",
        ),
    ];
    for (body, error) in wrong {
        assert_eq!(register(body.clone()).error(), error, "{body}");
    }
    let form = "POST /client/register HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded";
    let answer = exchange(&aws, form, "clientName=n&clientType=public").unwrap();
    assert_eq!((answer.status, answer.error().as_str()), (400, "invalid_request"));
}

#[test]
fn an_approved_code_gives_a_token_once() {
    let aws = IdentityCenter::start();
    let client = aws.register_client(&["sso:account:access"], &[]);
    let device = start(&aws, &client);
    assert_eq!((&device["expiresIn"], &device["interval"]), (&json!(600), &json!(1)));
    let pending = poll(&aws, &client, &device);
    assert_eq!(
        pending.body,
        r#"{"error":"authorization_pending","error_description":"Authorization is still pending"}"#
    );
    let user_code = aws.wait_for_user_code(Duration::from_secs(1));
    assert_eq!(device["userCode"], user_code.as_str());
    assert!(aws.approve(&user_code) && !aws.approve(&user_code));
    let token = poll(&aws, &client, &device).json();
    assert_eq!(token["expiresIn"], 3600);
    assert!(token["refreshToken"].is_string());
    let access_token = token["accessToken"].as_str().unwrap();
    assert_eq!(portal(&aws, CREDENTIALS, access_token).status, 200);
    assert_eq!(poll(&aws, &client, &device).error(), "invalid_grant");
}

/// A request can have arrived without a decided answer, which an approval then changes.
#[test]
fn an_approval_after_a_poll_was_decided_does_not_change_its_answer() {
    let aws = IdentityCenter::start();
    let client = aws.register_client(&[], &[]);
    let device = start(&aws, &client);
    let user_code = aws.waiting_user_code().unwrap();
    aws.delay(Operation::CreateToken, Duration::from_millis(300));
    thread::scope(|scope| {
        let first = scope.spawn(|| poll(&aws, &client, &device));
        aws.wait_for_outcomes(Operation::CreateToken, 1, Duration::from_secs(60));
        assert!(aws.approve(&user_code));
        assert_eq!(first.join().unwrap().error(), "authorization_pending");
    });
    assert_eq!(poll(&aws, &client, &device).status, 200);
}

#[test]
fn without_scopes_the_token_lasts_eight_hours_and_cannot_be_refreshed() {
    let aws = IdentityCenter::start();
    aws.auto_approve(0);
    let client = aws.register_client(&[], &[]);
    let token = poll(&aws, &client, &start(&aws, &client)).json();
    assert_eq!(token["expiresIn"], 28_800);
    assert!(token.get("refreshToken").is_none());
}

#[test]
fn a_person_may_answer_after_some_polls() {
    let aws = IdentityCenter::start();
    let client = aws.register_client(&[], &[]);
    aws.auto_approve(2);
    let device = start(&aws, &client);
    let statuses: Vec<u16> = (0..3).map(|_| poll(&aws, &client, &device).status).collect();
    assert_eq!(statuses, [400, 400, 200]);
    aws.auto_deny(1);
    let device = start(&aws, &client);
    let errors: Vec<String> = (0..3).map(|_| poll(&aws, &client, &device).error()).collect();
    assert_eq!(errors, ["authorization_pending", "access_denied", "access_denied"]);
}

#[test]
fn polling_too_fast_gives_slow_down_and_a_longer_interval() {
    let aws = IdentityCenter::start();
    let client = aws.register_client(&[], &[]);
    aws.set_device(1, 600, true);
    let device = start(&aws, &client);
    assert_eq!(poll(&aws, &client, &device).error(), "authorization_pending");
    // On a machine that stalls for a second, the next poll is not too fast.
    while poll(&aws, &client, &device).error() != "slow_down" {}
    // Each early poll adds five seconds.
    for _ in 0..10 {
        assert_eq!(poll(&aws, &client, &device).error(), "slow_down");
    }
    thread::sleep(Duration::from_millis(1100));
    assert_eq!(poll(&aws, &client, &device).error(), "slow_down");
    let patient = start(&aws, &client);
    assert_eq!(poll(&aws, &client, &patient).error(), "authorization_pending");
    thread::sleep(Duration::from_millis(1010));
    assert_eq!(poll(&aws, &client, &patient).error(), "authorization_pending");
}

#[test]
fn a_device_code_serves_its_own_client_until_it_expires() {
    let aws = IdentityCenter::start();
    let client = aws.register_client(&[], &[]);
    let other = aws.register_client(&[], &[]);
    let device = start(&aws, &client);
    assert_eq!(poll(&aws, &other, &device).error(), "invalid_grant");
    aws.set_clock_skew(601);
    assert_eq!(poll(&aws, &client, &device).error(), "expired_token");
    assert!(!aws.approve(device["userCode"].as_str().unwrap()));
    let no_device_grant = aws.register_client(&[], &["refresh_token"]);
    assert_eq!(poll(&aws, &no_device_grant, &device).error(), "unauthorized_client");
    let body = with_client(&client, &json!({ "grantType": "password" }));
    assert_eq!(post(&aws, "/token", &body).error(), "unsupported_grant_type");
}

#[test]
fn device_authorization_requires_a_known_start_url_and_client() {
    let aws = IdentityCenter::builder().start_url("https://a.awsapps.com/start").start();
    assert_eq!(aws.start_url(), "https://a.awsapps.com/start");
    let mut client = aws.register_client(&[], &[]);
    let start = |client: &Client, start_url: &str| {
        let body = with_client(client, &json!({ "startUrl": start_url }));
        post(&aws, "/device_authorization", &body)
    };
    let refused = start(&client, "https://b.awsapps.com/start");
    assert_eq!(refused.body, r#"{"error":"invalid_request","error_description":"Invalid request"}"#);
    aws.allow_start_url("https://b.awsapps.com/start");
    assert_eq!(start(&client, "https://b.awsapps.com/start").status, 200);
    client.client_secret.push('x');
    let refused = start(&client, "https://a.awsapps.com/start");
    assert_eq!((refused.status, refused.error().as_str()), (401, "invalid_client"));
}

#[test]
fn a_person_decides_on_the_page() {
    let aws = IdentityCenter::start();
    let client = aws.register_client(&[], &[]);
    let decide = |device: &Value, decision: &str| {
        let head = "POST /device HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded";
        let user_code = device["userCode"].as_str().unwrap();
        exchange(&aws, head, &format!("user_code={user_code}&decision={decision}")).unwrap().status
    };
    let device = start(&aws, &client);
    let complete = device["verificationUriComplete"].as_str().unwrap();
    let page = get(&aws, complete.strip_prefix(&aws.url()).unwrap());
    let field = format!("value=\"{}\"", device["userCode"].as_str().unwrap());
    assert!(page.body.contains(&field), "{}", page.body);
    assert_eq!((decide(&device, "perhaps"), decide(&device, "approve")), (400, 200));
    assert_eq!(decide(&device, "deny"), 400);
    assert_eq!(poll(&aws, &client, &device).status, 200);
    let device = start(&aws, &client);
    assert_eq!(decide(&device, "deny"), 200);
    assert_eq!(poll(&aws, &client, &device).error(), "access_denied");
    let page = get(&aws, "/device?user_code=%22%3E%3Cscript%3E");
    assert!(page.body.contains("value=\"&quot;&gt;&lt;script&gt;\""), "{}", page.body);
}
