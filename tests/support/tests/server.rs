//! TLS, the controls over HTTP, and the program.

mod common;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use common::{CREDENTIALS, get, portal, post};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use serde_json::{Value, json};
use stand_in::{IdentityCenter, Operation, SECRET_MARK};

/// One request over TLS that trusts only the authority `pem`.
fn over_tls(aws: &IdentityCenter, pem: &str) -> std::io::Result<String> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let configuration = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = "localhost".try_into().unwrap();
    let connection = ClientConnection::new(Arc::new(configuration), name).unwrap();
    let port = aws.url().rsplit(':').next().unwrap().parse::<u16>().unwrap();
    let mut stream = StreamOwned::new(connection, TcpStream::connect(("127.0.0.1", port))?);
    stream.write_all(b"GET /device HTTP/1.1\r\nConnection: close\r\n\r\n")?;
    let mut text = String::new();
    stream.read_to_string(&mut text)?;
    Ok(text)
}

#[test]
fn tls_is_trusted_through_its_own_authority_only() {
    let aws = IdentityCenter::builder().tls().start();
    assert!(aws.url().starts_with("https://localhost:"));
    let answer = over_tls(&aws, &aws.ca_pem().unwrap()).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    let other = IdentityCenter::builder().tls().start();
    let error = over_tls(&aws, &other.ca_pem().unwrap()).unwrap_err();
    assert!(error.to_string().contains("invalid peer certificate"), "{error}");
    assert_eq!(IdentityCenter::start().ca_pem(), None);
}

#[test]
fn every_secret_contains_the_mark_and_is_listed() {
    let aws = IdentityCenter::start();
    aws.auto_approve(0);
    let client = post(&aws, "/client/register", &json!({ "clientName": "n", "clientType": "public" }));
    let secrets = aws.take_secrets();
    assert_eq!(client.json()["clientSecret"], secrets[0].as_str());
    let token = aws.issue_token(&stand_in::TokenOptions::default());
    let credentials = portal(&aws, CREDENTIALS, &token.access_token).json();
    let credentials = &credentials["roleCredentials"];
    let secrets = aws.take_secrets();
    for name in ["secretAccessKey", "sessionToken"] {
        assert!(secrets.iter().any(|secret| credentials[name] == secret.as_str()), "{name}");
    }
    assert!(secrets.contains(&token.access_token));
    assert!(secrets.contains(&token.refresh_token.unwrap()));
    assert!(secrets.iter().all(|secret| secret.contains(SECRET_MARK)), "{secrets:?}");
    assert!(!credentials["accessKeyId"].as_str().unwrap().contains(SECRET_MARK));
}

fn control(aws: &IdentityCenter, body: Value) -> Value {
    post(aws, "/_control", &body).json()
}

#[test]
fn the_controls_work_over_http_and_are_not_recorded() {
    let aws = IdentityCenter::start();
    let token = control(&aws, json!({ "do": "issue_token", "seconds": 60 }));
    assert_eq!(token["result"]["expiresIn"], 60);
    let access_token = token["result"]["accessToken"].as_str().unwrap().to_owned();
    let fault = json!({
        "do": "fault", "operation": "GetRoleCredentials", "fault": "RetryAfter",
        "status": 503, "seconds": 2, "times": 2,
    });
    assert_eq!(control(&aws, fault), json!({ "result": null }));
    let statuses: Vec<u16> = (0..3).map(|_| portal(&aws, CREDENTIALS, &access_token).status).collect();
    assert_eq!(statuses, [503, 503, 200]);
    let count = json!({ "do": "count", "operation": "GetRoleCredentials" });
    assert_eq!(control(&aws, count)["result"], 3);
    assert_eq!(control(&aws, json!({ "do": "minted" }))["result"], 1);
    let requests = control(&aws, json!({ "do": "requests" }));
    assert_eq!(requests["result"].as_array().unwrap().len(), 3);
    assert_eq!(requests["result"][0]["query"]["role_name"], "Developer");
    assert_eq!(control(&aws, json!({ "do": "dance" }))["error"], "no control `dance`");
    assert_eq!(control(&aws, json!({ "do": "revoke" }))["error"], "`revoke` needs `access_token`");
    assert_eq!(aws.count(Operation::Other), 0);
}

#[test]
fn sts_refuses_callers_without_a_signature_of_ours() {
    let aws = IdentityCenter::start();
    let form = "POST / HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded";
    let body = "Action=GetCallerIdentity&Version=2011-06-15";
    let answer = common::exchange(&aws, form, body).unwrap();
    assert_eq!(answer.status, 403);
    assert!(answer.body.contains("<Code>MissingAuthenticationToken</Code>"), "{}", answer.body);
    let signed = format!(
        "{form}\r\nAuthorization: AWS4-HMAC-SHA256 Credential=AKIASTRANGER/20261121/us-east-1/sts/\
         aws4_request, SignedHeaders=host, Signature=00"
    );
    let answer = common::exchange(&aws, &signed, body).unwrap();
    assert!(answer.body.contains("<Code>InvalidClientTokenId</Code>"), "{}", answer.body);
    assert_eq!(aws.callers(), ["AKIASTRANGER"]);
}

#[test]
fn the_program_serves_until_its_input_ends() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_stand-in"))
        .args(["--start-url", "https://x.awsapps.com/start"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let line: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(line["pid"], child.id());
    assert_eq!(line["ca_bundle"], Value::Null);
    let address = line["url"].as_str().unwrap().strip_prefix("http://").unwrap().to_owned();
    let mut stream = TcpStream::connect(&address).unwrap();
    stream.write_all(b"GET /device HTTP/1.1\r\nConnection: close\r\n\r\n").unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    assert!(text.starts_with("HTTP/1.1 200 OK"));
    let mut open = TcpStream::connect(&address).unwrap();
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
    // Not a new connection: another server may have the port by now.
    assert_eq!(open.read(&mut [0; 16]).unwrap_or(0), 0);
    let wrong = Command::new(env!("CARGO_BIN_EXE_stand-in")).args(["--dance", "1"]).output().unwrap();
    assert_eq!(wrong.status.code(), Some(2));
}

#[test]
fn a_port_can_be_chosen_and_is_free_again_after_the_end() {
    // A port below the range from which systems assign ports.
    let low = 20_000 + u16::try_from(std::process::id() % 10_000).unwrap();
    let mut ports = low..low + 500;
    let port = ports.find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok()).unwrap();
    let first = IdentityCenter::builder().port(port).start();
    assert_eq!(first.url(), format!("http://127.0.0.1:{port}"));
    assert_eq!(get(&first, "/device").status, 200);
    drop(first);
    // A program that another test is starting has a copy of the socket until it runs.
    let until = Instant::now() + Duration::from_secs(10);
    while TcpListener::bind(("127.0.0.1", port)).is_err() && Instant::now() < until {
        thread::sleep(Duration::from_millis(5));
    }
    let second = IdentityCenter::builder().port(port).start();
    assert_eq!(get(&second, "/device").status, 200);
}

#[test]
fn the_stand_in_can_be_an_http_proxy() {
    let aws = IdentityCenter::start();
    let token = aws.issue_token(&stand_in::TokenOptions::default());
    let host = "portal.sso.us-east-1.amazonaws.com";
    let line = CREDENTIALS.replace("GET /", &format!("GET http://{host}/"));
    assert_eq!(portal(&aws, &line, &token.access_token).status, 200);
    assert_eq!(aws.count(Operation::GetRoleCredentials), 1);
}
