//! The environment of the calling program steers no request and reaches no server.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests play the caller")]

mod common;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::time::Duration;

use common::{DEV, World, answered, failed, finish};
use stand_in::Request;

/// Runs a refresh and a fetch with additional variables and gives the requests, without their
/// random and secret parts.
fn requests_with(variables: &[(&str, OsString)]) -> Vec<String> {
    let world = World::new();
    world.sign_in(60);
    let mut command = world.home.command(&DEV);
    command.envs(variables.iter().map(|(name, value)| (name, value)));
    answered(&finish(&mut command));
    world.aws.requests().iter().map(told).collect()
}

fn told(request: &Request) -> String {
    let known = |name: &str| !matches!(name, "host" | "amz-sdk-invocation-id" | "x-amz-sso_bearer_token");
    let headers: BTreeMap<_, _> = request
        .headers
        .iter()
        .map(|(name, value)| (name.to_lowercase(), value.clone()))
        .filter(|(name, _)| known(name) && name != "content-length")
        .collect();
    format!("{} {} {headers:?}", request.method, request.path)
}

/// What Lambda, containers, CodeBuild and users of the SDKs set, and the SDK's crates read.
const VARIABLES: [&str; 12] = [
    "AWS_EXECUTION_ENV",
    "AWS_SDK_UA_APP_ID",
    "AWS_LAMBDA_FUNCTION_NAME",
    "_X_AMZN_TRACE_ID",
    "AWS_RETRY_MODE",
    "AWS_MAX_ATTEMPTS",
    "AWS_DEFAULTS_MODE",
    "AWS_REQUEST_CHECKSUM_CALCULATION",
    "AWS_AUTH_SCHEME_PREFERENCE",
    "SMITHY_CLIENT_SDK_CUSTOM_PARTITION",
    "LOG_SENSITIVE_BODIES",
    "RUST_LOG",
];

fn hostile_values() -> Vec<OsString> {
    let mut values: Vec<OsString> = [
        "AWS_Lambda_nodejs22.x",
        "a\nb: c\r\nd: e",
        "\r",
        "\u{7f}\u{1}",
        "gr\u{fc}\u{df}e \u{202e}",
        "/nonexistent",
        "{}",
        "true",
    ]
    .map(OsString::from)
    .to_vec();
    values.push("x".repeat(100_000).into());
    #[cfg(unix)]
    values.push(std::os::unix::ffi::OsStringExt::from_vec(b"\xff\xfe".to_vec()));
    values
}

#[test]
fn the_environment_of_the_caller_does_not_change_the_requests() {
    let expected = requests_with(&[]);
    assert_eq!(expected.len(), 2, "{expected:?}");
    let name = format!("\"user-agent\": \"aws-sso-cred/{}\"", env!("CARGO_PKG_VERSION"));
    assert!(expected.iter().all(|request| request.contains(&name)), "{expected:?}");
    for value in hostile_values() {
        let all: Vec<_> = VARIABLES.iter().map(|variable| (*variable, value.clone())).collect();
        assert_eq!(requests_with(&all), expected, "{:?}", value.to_string_lossy().chars().take(40));
    }
}

/// The SDK's partition data with another endpoint, as a file that a variable can name.
const PARTITIONS: &str = r#"{"version":"1.1","partitions":[{"id":"aws","regionRegex":"^.*$",
    "outputs":{"dnsSuffix":"evil.example","dualStackDnsSuffix":"evil.example","name":"aws",
    "implicitGlobalRegion":"us-east-1","supportsDualStack":true,"supportsFIPS":true},"regions":{}}]}"#;

#[test]
fn a_partition_file_of_the_caller_does_not_redirect_the_token() {
    let proxy = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut world = World::signed_in();
    world.home.env_remove("AWS_ENDPOINT_URL_SSO");
    world.home.env_remove("AWS_ENDPOINT_URL_SSO_OIDC");
    let file = world.home.temporary().join("partitions.json");
    fs::write(&file, PARTITIONS).unwrap();
    world.home.env("SMITHY_CLIENT_SDK_CUSTOM_PARTITION", file.to_str().unwrap());
    world.home.env("HTTPS_PROXY", &format!("http://{}", proxy.local_addr().unwrap()));
    let asked = std::thread::spawn(move || {
        let (mut client, _) = proxy.accept().unwrap();
        client.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let mut head = [0; 64];
        client.read_exact(&mut head).unwrap();
        client.write_all(b"HTTP/1.1 403 Forbidden\r\n\r\n").unwrap();
        String::from_utf8_lossy(&head).into_owned()
    });
    let lines = failed(&world.run(&[]), 4);
    assert!(asked.join().unwrap().starts_with("CONNECT portal.sso.eu-west-1.amazonaws.com:443 "));
    assert!(lines[0].ends_with("cannot connect to portal.sso.eu-west-1.amazonaws.com through the proxy"));
}

#[test]
fn a_proxy_variable_does_not_redirect_plain_http() {
    let trap = TcpListener::bind("127.0.0.1:0").unwrap();
    trap.set_nonblocking(true).unwrap();
    let proxy = format!("http://{}", trap.local_addr().unwrap());
    let mut world = World::new();
    world.sign_in(60);
    let url = world.aws.url().replace("127.0.0.1", "localhost");
    world.home.env("AWS_ENDPOINT_URL_SSO_OIDC", &url);
    for name in ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] {
        world.home.env(name, &proxy);
    }
    answered(&world.run(&[]));
    assert_eq!((world.refreshes(), world.fetches()), (1, 1));
    assert!(trap.accept().is_err(), "the proxy received a connection");
}
