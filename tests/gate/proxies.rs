use std::io::{self, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use aws_sso_cred::error::Error;
use aws_sso_cred::identity_center::ServiceErrorKind as Kind;
use aws_sso_cred::identity_center::sdk::SdkIdentityCenter;
use aws_sso_cred::request::ConnectionSettings;
use stand_in::IdentityCenter;

use super::{TemporaryFile, context, fetch, gate, region, settings, token};

/// Answers every CONNECT with `answer`, and then leads to `target` whatever was asked for.
struct Proxy {
    url: String,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    fn start(answer: &'static str, target: &str) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let heads = Arc::new(Mutex::new(Vec::new()));
        let (log, target) = (Arc::clone(&heads), target.to_owned());
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let (log, target) = (Arc::clone(&log), target.clone());
                thread::spawn(move || serve(client, answer, &target, &log));
            }
        });
        Proxy { url: format!("http://user:p%40ss@{address}"), heads }
    }

    fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }
}

fn serve(mut client: TcpStream, answer: &str, target: &str, log: &Mutex<Vec<String>>) -> io::Result<()> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        client.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    log.lock().unwrap().push(String::from_utf8_lossy(&head).into_owned());
    let mut server = TcpStream::connect(target)?;
    if head.starts_with(b"CONNECT ") {
        client.write_all(answer.as_bytes())?;
    } else {
        server.write_all(&head)?;
    }
    if !answer.contains(" 200") {
        return Ok(());
    }
    let (mut from, mut to) = (client.try_clone()?, server.try_clone()?);
    thread::spawn(move || io::copy(&mut from, &mut to));
    io::copy(&mut server, &mut client).map(drop)
}

const ESTABLISHED: &str = "HTTP/1.1 200 Connection established\r\nX-A: b\r\n\r\n";

fn address(aws: &IdentityCenter) -> String {
    aws.url().replace("localhost", "127.0.0.1").rsplit('/').next().unwrap().to_owned()
}

/// A TLS stand-in, its CA, and settings that name it by a host that only the proxy can reach.
fn behind_a_proxy(host: &str, name: &str) -> (IdentityCenter, TemporaryFile, ConnectionSettings) {
    let aws = IdentityCenter::builder().tls().start();
    let bundle = TemporaryFile::new(name, aws.ca_pem().unwrap().as_bytes());
    let settings = ConnectionSettings {
        sso_endpoint_url: Some(format!("https://{host}")),
        ca_bundle: Some(bundle.0.clone()),
        ..ConnectionSettings::default()
    };
    (aws, bundle, settings)
}

#[test]
fn requests_over_tls_go_through_one_tunnel() {
    let (aws, _bundle, settings) = behind_a_proxy("localhost:9", "tunnel.pem");
    let proxy = Proxy::start(ESTABLISHED, &address(&aws));
    let (context, token) = (context(&[("HTTPS_PROXY", &proxy.url)]), token(&aws));
    let gate = gate(&context, &settings);
    fetch(&gate, &token.access_token).unwrap();
    fetch(&gate, &token.access_token).unwrap();
    assert_eq!(
        proxy.heads(),
        [
            "CONNECT localhost:9 HTTP/1.1\r\nHost: localhost:9\r\nProxy-Authorization: Basic dXNlcjpwQHNz\r\n\r\n"
        ]
    );
    assert_eq!(aws.requests()[0].header("proxy-authorization"), None);
    assert_eq!(aws.requests()[0].header("host"), Some("localhost:9"));
}

#[test]
fn a_certificate_behind_a_proxy_is_checked_against_the_host_we_asked_for() {
    let (aws, _bundle, settings) = behind_a_proxy("portal.example.com", "host.pem");
    let proxy = Proxy::start(ESTABLISHED, &address(&aws));
    let context = context(&[("https_proxy", &proxy.url)]);
    let error = fetch(&gate(&context, &settings), "token").unwrap_err();
    assert!(matches!(error.kind, Kind::Untrusted { .. }), "{error:?}");
    assert!(error.message.unwrap().starts_with("the certificate is for another host: "));
    assert!(proxy.heads()[0].starts_with("CONNECT portal.example.com:443 "));
    assert!(aws.requests().is_empty());
}

#[test]
fn a_request_without_tls_goes_to_the_proxy_whole() {
    let aws = IdentityCenter::start();
    let proxy = Proxy::start(ESTABLISHED, &address(&aws));
    let (context, token) = (context(&[("http_proxy", &proxy.url)]), token(&aws));
    let _ = fetch(&gate(&context, &settings(&aws)), &token.access_token);
    let heads = proxy.heads();
    assert!(heads[0].starts_with(&format!("GET {}/federation/credentials?", aws.url())), "{heads:?}");
    assert!(heads[0].to_lowercase().contains("proxy-authorization: basic dxnlcjpwqhnz"), "{heads:?}");
}

#[test]
fn no_proxy_is_obeyed() {
    let aws = IdentityCenter::start();
    let dead = [("http_proxy", "http://127.0.0.1:9"), ("ALL_PROXY", "http://127.0.0.1:9")];
    let token = token(&aws);
    let excepted = context(&[dead[0], dead[1], ("NO_PROXY", "localhost,127.0.0.1")]);
    fetch(&gate(&excepted, &settings(&aws)), &token.access_token).unwrap();
    let not_excepted = context(&[dead[0], dead[1], ("NO_PROXY", "example.com")]);
    let error = fetch(&gate(&not_excepted, &settings(&aws)), &token.access_token).unwrap_err();
    assert_eq!(error.kind, Kind::Unreachable);
    assert!(error.message.unwrap().starts_with("proxy 127.0.0.1:9: "));
    assert_eq!(aws.requests().len(), 1);
}

#[test]
fn a_proxy_that_refuses_says_so_and_keeps_its_password() {
    for (answer, kind) in [
        ("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", Kind::Connection),
        ("HTTP/1.1 403 Forbidden\r\n\r\n", Kind::Connection),
        ("HTTP/1.1 503 Service Unavailable\r\n\r\n", Kind::Unreachable),
        ("<html>no</html>\r\n\r\n", Kind::NotAws),
    ] {
        let (aws, _bundle, settings) = behind_a_proxy("localhost:9", "refusing.pem");
        let proxy = Proxy::start(answer, &address(&aws));
        let context = context(&[("HTTPS_PROXY", &proxy.url)]);
        let error = fetch(&gate(&context, &settings), "token").unwrap_err();
        assert_eq!(error.kind, kind, "{answer}");
        let message = error.message.unwrap();
        assert!(message.starts_with("proxy 127.0.0.1:") && !message.contains("p@ss"), "{message}");
        assert!(aws.requests().is_empty());
    }
}

#[test]
fn a_proxy_that_is_none_is_a_bad_setting() {
    let aws = IdentityCenter::builder().tls().start();
    let context = context(&[("HTTPS_PROXY", "socks5://user:hidden@h:1080")]);
    match SdkIdentityCenter::new(&context, &region(), None, &settings(&aws)) {
        Err(error @ Error::BadConnectionSetting { .. }) => assert!(!format!("{error:?}").contains("hidden")),
        other => panic!("{other:?}"),
    }
}
