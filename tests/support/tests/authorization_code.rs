//! The authorization code grant with PKCE.

mod common;

use common::{Answer, get, post, with_client};
use serde_json::{Value, json};
use stand_in::{AuthorizeBehaviour, Client, DEFAULT_START_URL, IdentityCenter};

// RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const REDIRECT_URI: &str = "http://127.0.0.1:54321/oauth/callback";

fn client(aws: &IdentityCenter) -> Client {
    aws.register_client(&["sso:account:access"], &["authorization_code", "refresh_token"])
}

/// The target that AWS CLI v2 opens.
fn target(client: &Client) -> String {
    format!(
        "/authorize?response_type=code&client_id={}\
         &redirect_uri=http%3A%2F%2F127.0.0.1%3A54321%2Foauth%2Fcallback\
         &state=11111111-2222&code_challenge_method=S256\
         &scopes=sso%3Aaccount%3Aaccess&code_challenge={CHALLENGE}",
        client.client_id
    )
}

fn code(aws: &IdentityCenter, client: &Client) -> String {
    let answer = get(aws, &target(client));
    assert_eq!(answer.status, 302, "{}", answer.body);
    let location = answer.header("location").unwrap();
    let query = location.strip_prefix(&format!("{REDIRECT_URI}?code=")).unwrap();
    query.strip_suffix("&state=11111111-2222").unwrap().to_owned()
}

fn exchange_code(aws: &IdentityCenter, client: &Client, changes: &Value) -> Answer {
    let mut fields = json!({
        "grantType": "authorization_code", "redirectUri": REDIRECT_URI, "codeVerifier": VERIFIER,
    });
    for (name, value) in changes.as_object().unwrap() {
        fields[name] = value.clone();
    }
    post(aws, "/token", &with_client(client, &fields))
}

#[test]
fn a_code_and_its_verifier_give_a_token_once() {
    let aws = IdentityCenter::start();
    let client = client(&aws);
    let code = code(&aws, &client);
    let token = exchange_code(&aws, &client, &json!({ "code": code })).json();
    assert_eq!(token["expiresIn"], 3600);
    assert!(token["refreshToken"].is_string());
    let again = exchange_code(&aws, &client, &json!({ "code": code }));
    assert_eq!((again.status, again.error().as_str()), (400, "invalid_grant"));
}

#[test]
fn a_code_is_bound_to_client_redirect_and_verifier() {
    let aws = IdentityCenter::start();
    let (client, other) = (client(&aws), client(&aws));
    let wrong_verifier = "x".repeat(43);
    let wrong_redirect = "http://127.0.0.1:54322/oauth/callback";
    for (client_of_request, change, error) in [
        (&other, json!({}), "invalid_grant"),
        (&client, json!({ "redirectUri": wrong_redirect }), "invalid_grant"),
        (&client, json!({ "codeVerifier": wrong_verifier }), "invalid_grant"),
        (&client, json!({ "codeVerifier": "short" }), "invalid_request"),
        (&client, json!({ "codeVerifier": null }), "invalid_request"),
        (&client, json!({ "redirectUri": "" }), "invalid_request"),
    ] {
        let mut fields = change.clone();
        fields["code"] = Value::from(code(&aws, &client));
        assert_eq!(exchange_code(&aws, client_of_request, &fields).error(), error, "{change}");
    }
    let late = code(&aws, &client);
    aws.set_clock_skew(601);
    assert_eq!(exchange_code(&aws, &client, &json!({ "code": late })).error(), "invalid_grant");
    let device_client = aws.register_client(&[], &[]);
    let refused = exchange_code(&aws, &device_client, &json!({ "code": "any" }));
    assert_eq!(refused.error(), "unauthorized_client");
}

#[test]
fn the_authorize_address_is_checked_part_by_part() {
    let aws = IdentityCenter::start();
    let client = client(&aws);
    let good = target(&client);
    for (from, to, error) in [
        ("response_type=code", "response_type=token", "invalid_request"),
        ("client_id=", "client_id=x", "invalid_client"),
        ("%2Foauth%2Fcallback", "%2Felsewhere", "invalid_redirect_uri"),
        ("127.0.0.1%3A54321", "example.com", "invalid_redirect_uri"),
        ("%3A54321", "%3A99999", "invalid_redirect_uri"),
        ("&state=11111111-2222", "", "invalid_request"),
        ("S256", "plain", "invalid_request"),
        ("scopes=", "scope=", "invalid_request"),
        ("sso%3Aaccount%3Aaccess", "other%3Ascope", "invalid_scope"),
        (CHALLENGE, "short", "invalid_request"),
    ] {
        let answer = get(&aws, &good.replace(from, to));
        assert_eq!((answer.status / 100, answer.error().as_str()), (4, error), "{to}");
    }
    let device_client = aws.register_client(&[], &[]);
    assert_eq!(get(&aws, &target(&device_client)).error(), "unauthorized_client");
}

#[test]
fn the_person_may_refuse_or_wait() {
    let aws = IdentityCenter::start();
    let client = client(&aws);
    aws.authorize_behaviour(AuthorizeBehaviour::Deny);
    let answer = get(&aws, &target(&client));
    let location = answer.header("location").unwrap();
    assert!(location.starts_with(&format!("{REDIRECT_URI}?error=access_denied&")), "{location}");
    assert!(location.ends_with("&state=11111111-2222"), "{location}");
    aws.auto_approve_authorize(false);
    assert_eq!(get(&aws, &target(&client)).status, 200);
    aws.auto_approve_authorize(true);
    assert_eq!(get(&aws, &target(&client)).status, 302);
}

#[test]
fn a_client_registers_loopback_redirects_and_a_known_issuer() {
    let aws = IdentityCenter::start();
    let register = |redirect_uri: &str, issuer_url: &str| {
        let body = json!({
            "clientName": "n", "clientType": "public", "scopes": ["sso:account:access"],
            "grantTypes": ["authorization_code", "refresh_token"],
            "redirectUris": [redirect_uri], "issuerUrl": issuer_url,
        });
        post(&aws, "/client/register", &body)
    };
    assert_eq!(register("http://127.0.0.1/oauth/callback", DEFAULT_START_URL).status, 200);
    for redirect_uri in ["http://127.0.0.1/", "https://example.com/oauth/callback", "junk"] {
        assert_eq!(register(redirect_uri, DEFAULT_START_URL).error(), "invalid_redirect_uri");
    }
    let answer = register("http://127.0.0.1/oauth/callback", "https://other.awsapps.com/start");
    assert_eq!(answer.error(), "invalid_request");
}
