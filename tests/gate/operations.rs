//! Each operation of the gate: its request, its endpoint and its result.

use std::collections::BTreeSet;
use std::time::Duration;

use aws_sso_cred::error::ServiceErrorKind;
use aws_sso_cred::identifiers::{AccountId, Region, StartUrl};
use aws_sso_cred::identity_center::sdk::SdkIdentityCenter;
use aws_sso_cred::identity_center::sdk::endpoints::{Service, endpoint_url};
use aws_sso_cred::identity_center::{
    AuthorizationCodeClient, Client, Grant, IdentityCenter as _, RegisterClient,
};
use aws_sso_cred::request::ConnectionSettings;
use aws_sso_cred::secret::Secret;
use serde_json::{Value, json};
use stand_in::{IdentityCenter, Operation, Request};

use super::{ACCOUNT_ID, FAR, ROLE_NAME, context, fetch, gate, region, settings, token};

fn only_request(aws: &IdentityCenter) -> Request {
    let requests = aws.requests();
    assert_eq!(requests.len(), 1, "{requests:?}");
    requests.into_iter().next().unwrap()
}

/// The headers that matter; the others belong to HTTP and to the SDK.
fn headers(request: &Request) -> BTreeSet<&str> {
    request.headers.iter().map(|(name, _)| name.as_str()).collect()
}

#[test]
fn role_credentials_are_asked_for_as_the_aws_cli_asks() {
    let aws = IdentityCenter::start();
    let (context, token) = (context(&[]), token(&aws));
    let credentials = fetch(&gate(&context, &settings(&aws)), &token.access_token).unwrap();
    assert!(credentials.access_key_id.starts_with("ASIA"));
    let left = credentials.expiration.seconds_since(context.now());
    // The test's clock does not advance.
    assert!((3590..=3690).contains(&left), "{left}");

    let request = only_request(&aws);
    assert_eq!((request.method.as_str(), request.path.as_str()), ("GET", "/federation/credentials"));
    let query = [("role_name", ROLE_NAME), ("account_id", ACCOUNT_ID)];
    assert_eq!(request.query, query.map(|(name, value)| (name.to_owned(), value.to_owned())));
    assert_eq!(request.header("x-amz-sso_bearer_token"), Some(token.access_token.as_str()));
    assert_eq!(request.body, Value::Null);
    let expected = ["host", "user-agent", "x-amz-sso_bearer_token"];
    let sdk = ["amz-sdk-invocation-id", "amz-sdk-request"];
    assert!(
        headers(&request).is_subset(&expected.into_iter().chain(sdk).collect()),
        "{:?}",
        headers(&request)
    );
    let name = concat!("aws-sso-cred/", env!("CARGO_PKG_VERSION"));
    assert_eq!(request.header("user-agent"), Some(name));
}

#[test]
fn a_device_flow_client_registers_with_name_type_and_scopes_only() {
    let aws = IdentityCenter::start();
    let (context, settings) = (context(&[]), settings(&aws));
    let mut request = RegisterClient {
        client_name: "botocore-client-corp".to_owned(),
        scopes: Vec::new(),
        authorization_code: None,
    };
    let client = gate(&context, &settings).register_client(&request, FAR).unwrap();
    assert!(!client.client_id.is_empty() && !client.client_secret.is_empty());
    assert!(client.expires_at.seconds_since(context.now()) > 89 * 86_400);
    let sent = only_request(&aws);
    assert_eq!(sent.body, json!({ "clientName": "botocore-client-corp", "clientType": "public" }));
    assert_eq!(sent.header("content-type"), Some("application/json"));
    assert_eq!(sent.header("authorization"), None);

    aws.clear_requests();
    request.scopes = vec!["sso:account:access".to_owned()];
    gate(&context, &settings).register_client(&request, FAR).unwrap();
    assert_eq!(
        only_request(&aws).body,
        json!({ "clientName": "botocore-client-corp", "clientType": "public", "scopes": ["sso:account:access"] })
    );
}

#[test]
fn an_authorization_code_client_registers_as_the_aws_cli_does() {
    let aws = IdentityCenter::start();
    let context = context(&[]);
    let request = RegisterClient {
        client_name: "botocore-client-corp".to_owned(),
        scopes: vec!["sso:account:access".to_owned()],
        authorization_code: Some(AuthorizationCodeClient {
            redirect_uri: "http://127.0.0.1/oauth/callback".to_owned(),
            issuer_url: aws.start_url(),
        }),
    };
    gate(&context, &settings(&aws)).register_client(&request, FAR).unwrap();
    assert_eq!(
        only_request(&aws).body,
        json!({
            "clientName": "botocore-client-corp", "clientType": "public", "scopes": ["sso:account:access"],
            "redirectUris": ["http://127.0.0.1/oauth/callback"],
            "grantTypes": ["authorization_code", "refresh_token"], "issuerUrl": aws.start_url(),
        })
    );
}

#[test]
fn a_device_authorization_yields_a_token() {
    let aws = IdentityCenter::start();
    let (context, client) = (context(&[]), aws.register_client(&["sso:account:access"], &[]));
    let gate = gate(&context, &settings(&aws));
    let secret = Secret::new(client.client_secret.clone());
    let client = Client { id: &client.client_id, secret: &secret };
    let device = gate.start_device_authorization(client, &aws.start_url(), FAR).unwrap();
    assert_eq!((device.expires_in, device.interval), (Duration::from_mins(10), Duration::from_secs(1)));
    assert!(device.verification_uri_complete.ends_with(&device.user_code));
    let body = json!({ "clientId": client.id, "clientSecret": secret.expose(), "startUrl": aws.start_url() });
    assert_eq!(only_request(&aws).body, body);

    let grant = Grant::DeviceCode(&device.device_code);
    let pending = gate.create_token(client, grant, FAR).unwrap_err();
    assert_eq!(pending.kind, ServiceErrorKind::AuthorizationPending);
    assert!(aws.approve(&device.user_code));
    aws.clear_requests();
    let issued = gate.create_token(client, grant, FAR).unwrap();
    assert_eq!(issued.expires_in, Duration::from_hours(1));
    assert!(issued.refresh_token.is_some());
    assert_eq!(
        only_request(&aws).body,
        json!({
            "clientId": client.id, "clientSecret": secret.expose(),
            "grantType": "urn:ietf:params:oauth:grant-type:device_code",
            "deviceCode": device.device_code.expose(),
        })
    );
    fetch(&gate, issued.access_token.expose()).unwrap();
}

#[test]
fn a_token_is_refreshed() {
    let aws = IdentityCenter::start();
    let (context, old) = (context(&[]), token(&aws));
    let (secret, refresh_token) =
        (Secret::new(old.client.client_secret.clone()), Secret::new(old.refresh_token.clone().unwrap()));
    let client = Client { id: &old.client.client_id, secret: &secret };
    let gate = gate(&context, &settings(&aws));
    let new = gate.create_token(client, Grant::RefreshToken(&refresh_token), FAR).unwrap();
    assert!(!new.access_token.matches(&old.access_token));
    assert_eq!(
        only_request(&aws).body,
        json!({
            "clientId": client.id, "clientSecret": secret.expose(),
            "grantType": "refresh_token", "refreshToken": refresh_token.expose(),
        })
    );
    let dead = gate.create_token(client, Grant::RefreshToken(&Secret::new("dead")), FAR).unwrap_err();
    assert_eq!(dead.kind, ServiceErrorKind::InvalidGrant);
    assert!(dead.message.is_some() && dead.server_date.is_some());
}

#[test]
fn an_authorization_code_is_exchanged_with_its_verifier() {
    let aws = IdentityCenter::start();
    let (context, secret) = (context(&[]), Secret::new("secret"));
    let grant = Grant::AuthorizationCode {
        code: &Secret::new("code"),
        code_verifier: &Secret::new("verifier"),
        redirect_uri: "http://127.0.0.1:1234/oauth/callback",
    };
    let client = Client { id: "unknown", secret: &secret };
    let error = gate(&context, &settings(&aws)).create_token(client, grant, FAR).unwrap_err();
    assert_eq!((error.kind, error.status), (ServiceErrorKind::InvalidClient, Some(401)));
    assert_eq!(
        only_request(&aws).body,
        json!({
            "clientId": "unknown", "clientSecret": "secret", "grantType": "authorization_code",
            "redirectUri": "http://127.0.0.1:1234/oauth/callback", "codeVerifier": "verifier", "code": "code",
        })
    );
}

#[test]
fn lists_are_read_page_by_page() {
    let aws = IdentityCenter::start();
    aws.set_page_size(1);
    aws.add_role("222233334444", "Admin");
    let (context, access_token) = (context(&[]), Secret::new(token(&aws).access_token));
    let gate = gate(&context, &settings(&aws));
    let (first, next) = gate.list_accounts(&access_token, None, FAR).unwrap();
    assert_eq!((first.len(), first[0].account_id.as_str()), (1, ACCOUNT_ID));
    assert_eq!(
        (first[0].account_name.as_str(), first[0].email_address.as_str()),
        ("Production", "prod@example.com")
    );
    let (second, end) = gate.list_accounts(&access_token, next.as_deref(), FAR).unwrap();
    assert_eq!((second[0].account_id.as_str(), end), ("222233334444", None));
    let account_id = AccountId::parse(ACCOUNT_ID).unwrap();
    let (roles, next) = gate.list_account_roles(&access_token, &account_id, None, FAR).unwrap();
    assert_eq!(roles, [ROLE_NAME]);
    let (roles, end) = gate.list_account_roles(&access_token, &account_id, next.as_deref(), FAR).unwrap();
    assert_eq!((roles, end), (vec!["ReadOnly".to_owned()], None));
    assert_eq!(aws.count(Operation::ListAccounts), 2);
}

#[test]
fn signing_out_ends_the_session() {
    let aws = IdentityCenter::start();
    let (context, token) = (context(&[]), token(&aws));
    let gate = gate(&context, &settings(&aws));
    gate.logout(&Secret::new(token.access_token.clone()), FAR).unwrap();
    let error = fetch(&gate, &token.access_token).unwrap_err();
    assert_eq!((error.kind, error.status), (ServiceErrorKind::Unauthorized, Some(401)));
    assert_eq!(error.code.as_deref(), Some("UnauthorizedException"));
    assert_eq!(error.endpoint, aws.url().trim_start_matches("http://"));
    let again = gate.logout(&Secret::new(token.access_token), FAR).unwrap_err();
    assert_eq!(again.kind, ServiceErrorKind::Unauthorized);
}

#[test]
fn a_damaged_access_token_is_unauthorized_without_a_request() {
    let aws = IdentityCenter::start();
    let context = context(&[]);
    let gate = gate(&context, &settings(&aws));
    for damaged in ["", "a\nb", "é", "a b", "a\0"] {
        let error = fetch(&gate, damaged).unwrap_err();
        assert_eq!((error.kind, error.status), (ServiceErrorKind::Unauthorized, None), "{damaged:?}");
    }
    assert!(aws.requests().is_empty());
}

#[test]
fn a_base_path_is_kept_for_requests_and_dropped_for_the_browser() {
    let aws = IdentityCenter::start();
    let (context, mut settings) = (context(&[]), settings(&aws));
    settings.sso_endpoint_url = Some(format!("{}/base/", aws.url()));
    settings.sso_oidc_endpoint_url = settings.sso_endpoint_url.clone();
    let gate = gate(&context, &settings);
    assert_eq!(gate.authorize_endpoint().unwrap(), format!("{}/authorize", aws.url()));
    let _ = fetch(&gate, "token");
    assert_eq!(only_request(&aws).path, "/base/federation/credentials");
}

#[test]
fn the_general_endpoint_variable_of_the_caller_is_ignored() {
    let (aws, trap) = (IdentityCenter::start(), IdentityCenter::start());
    let trap_url = trap.url();
    let variables = [("AWS_ENDPOINT_URL", trap_url.as_str()), ("AWS_REGION", "us-east-1")];
    let (context, token) = (context(&variables), token(&aws));
    fetch(&gate(&context, &settings(&aws)), &token.access_token).unwrap();
    assert!(trap.requests().is_empty());
}

#[test]
fn every_endpoint_is_the_same_as_the_aws_clis() {
    let rows: Vec<(String, String, [Option<String>; 4])> =
        serde_json::from_str::<Vec<Vec<Option<String>>>>(include_str!("../data/endpoints.json"))
            .unwrap()
            .into_iter()
            .map(|row| {
                let [client, region, hosts @ ..]: [Option<String>; 6] = row.try_into().unwrap();
                (client.unwrap(), region.unwrap(), hosts)
            })
            .collect();
    assert_eq!(rows.len(), 26);
    for (client, region, hosts) in rows {
        let service = if client == "sso" { Service::Portal } else { Service::Oidc };
        let switches = [(false, false), (true, false), (false, true), (true, true)];
        for (host, (fips, dual_stack)) in hosts.iter().zip(switches) {
            let url = endpoint_url(service, &region, fips, dual_stack).ok();
            assert_eq!(
                url,
                host.as_ref().map(|host| format!("https://{host}")),
                "{client} {region} {fips} {dual_stack}"
            );
        }
    }
}

#[test]
fn a_dual_stack_instance_is_signed_in_to_at_the_dual_stack_endpoint() {
    let context = context(&[]);
    let authorize = |start_url: &str| {
        let start_url = StartUrl::parse(start_url).unwrap();
        let gate =
            SdkIdentityCenter::new(&context, &region(), Some(&start_url), &ConnectionSettings::default())
                .unwrap();
        gate.authorize_endpoint().unwrap()
    };
    assert_eq!(authorize("https://corp.awsapps.com/start"), "https://oidc.eu-west-1.amazonaws.com/authorize");
    assert_eq!(
        authorize("https://ssoins-1.portal.eu-west-1.app.aws"),
        "https://oidc.eu-west-1.api.aws/authorize"
    );
}

#[test]
fn a_region_without_an_endpoint_is_an_error_without_a_request() {
    let (context, mut settings) = (context(&[]), ConnectionSettings::default());
    settings.use_dualstack_endpoint = true;
    let region = Region::parse("eu-isoe-west-1").unwrap();
    let gate = SdkIdentityCenter::new(&context, &region, None, &settings).unwrap();
    let error = fetch(&gate, "token").unwrap_err();
    assert_eq!(error.kind, ServiceErrorKind::Connection);
    assert_eq!(error.message.as_deref(), Some("there is no dual-stack endpoint in region `eu-isoe-west-1`"));
    assert!(gate.authorize_endpoint().is_err());
}
