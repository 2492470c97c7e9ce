use std::io::{self, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use aws_sso_cred::context::Context;
use aws_sso_cred::error::{ConfigurationError, Error};
use aws_sso_cred::identity_center::sdk::SdkIdentityCenter;
use aws_sso_cred::identity_center::{Client, Grant, IdentityCenter as _, ServiceErrorKind as Kind};
use aws_sso_cred::request::ConnectionSettings;
use aws_sso_cred::secret::Secret;
use stand_in::{CERTIFICATE_AUTHORITY, IdentityCenter};

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
    let (aws, _bundle, settings) = behind_a_proxy("stand-in.example:9", "tunnel.pem");
    let proxy = Proxy::start(ESTABLISHED, &address(&aws));
    let (context, token) = (context(&[("HTTPS_PROXY", &proxy.url)]), token(&aws));
    let gate = gate(&context, &settings);
    fetch(&gate, &token.access_token).unwrap();
    fetch(&gate, &token.access_token).unwrap();
    assert_eq!(
        proxy.heads(),
        [
            "CONNECT stand-in.example:9 HTTP/1.1\r\nHost: stand-in.example:9\r\nProxy-Authorization: Basic dXNlcjpwQHNz\r\n\r\n"
        ]
    );
    assert_eq!(aws.requests()[0].header("proxy-authorization"), None);
    assert_eq!(aws.requests()[0].header("host"), Some("stand-in.example:9"));
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

/// A proxy that nothing should come to, in every variable there is.
fn everywhere(proxy: &Proxy) -> Context {
    let names = ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];
    context(&names.map(|name| (name, proxy.url.as_str())))
}

#[test]
fn a_request_without_tls_goes_past_every_proxy() {
    let aws = IdentityCenter::start();
    let proxy = Proxy::start(ESTABLISHED, &address(&aws));
    let (context, token) = (everywhere(&proxy), token(&aws));
    for host in ["127.0.0.1", "localhost", "LOCALHOST"] {
        let endpoint = Some(aws.url().replace("127.0.0.1", host));
        let settings = ConnectionSettings { sso_endpoint_url: endpoint, ..settings(&aws) };
        let gate = gate(&context, &settings);
        fetch(&gate, &token.access_token).unwrap();
        let secret = Secret::new("secret");
        let client = Client { id: "id", secret: &secret };
        let _ = gate.create_token(client, Grant::RefreshToken(&secret));
        let _ = gate.redirect_of(&format!("{}/start", aws.url().replace("127.0.0.1", host)));
    }
    assert_eq!(proxy.heads(), Vec::<String>::new());
    assert!(aws.requests().len() >= 6);
}

#[test]
fn a_request_over_tls_to_this_computer_goes_past_every_proxy() {
    let aws = IdentityCenter::builder().tls().start();
    let bundle = TemporaryFile::new("direct.pem", aws.ca_pem().unwrap().as_bytes());
    let proxy = Proxy::start(ESTABLISHED, &address(&aws));
    let (context, token) = (everywhere(&proxy), token(&aws));
    for host in ["127.0.0.1", "localhost"] {
        let settings = ConnectionSettings {
            sso_endpoint_url: Some(format!("https://{host}:{}", address(&aws).rsplit(':').next().unwrap())),
            ca_bundle: Some(bundle.0.clone()),
            ..settings(&aws)
        };
        fetch(&gate(&context, &settings), &token.access_token).unwrap();
    }
    assert_eq!(proxy.heads(), Vec::<String>::new());
}

#[test]
fn no_proxy_is_obeyed() {
    let (aws, _bundle, settings) = behind_a_proxy("stand-in.example:9", "excepted.pem");
    let proxy = Proxy::start(ESTABLISHED, &address(&aws));
    let token = token(&aws);
    let excepted = context(&[("HTTPS_PROXY", &proxy.url), ("NO_PROXY", "stand-in.example")]);
    let error = fetch(&gate(&excepted, &settings), &token.access_token).unwrap_err();
    assert!(!error.message.unwrap().starts_with("proxy "), "there is no such host");
    assert_eq!(proxy.heads(), Vec::<String>::new());
    let not_excepted = context(&[("HTTPS_PROXY", &proxy.url), ("NO_PROXY", "example.com")]);
    fetch(&gate(&not_excepted, &settings), &token.access_token).unwrap();
    assert_eq!(proxy.heads().len(), 1);
}

#[test]
fn a_proxy_that_is_not_there_is_named() {
    let (_aws, _bundle, settings) = behind_a_proxy("stand-in.example:9", "dead.pem");
    let context = context(&[("ALL_PROXY", "http://127.0.0.1:9")]);
    let error = fetch(&gate(&context, &settings), "token").unwrap_err();
    assert_eq!((error.kind, error.proxy), (Kind::ProxyUnreachable, Some("ALL_PROXY")));
    assert!(error.message.unwrap().starts_with("proxy 127.0.0.1:9: "));
}

#[test]
fn all_proxy_of_another_scheme_stops_nothing() {
    let (aws, _bundle, settings) = behind_a_proxy("stand-in.example:9", "socks.pem");
    let proxy = Proxy::start(ESTABLISHED, &address(&aws));
    let context = context(&[("all_proxy", "socks5h://127.0.0.1:1080"), ("ALL_PROXY", &proxy.url)]);
    fetch(&gate(&context, &settings), &token(&aws).access_token).unwrap();
    assert_eq!(proxy.heads().len(), 1);
}

#[test]
fn a_proxy_that_refuses_says_so_and_keeps_its_password() {
    for (answer, kind) in [
        ("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", Kind::Proxy),
        ("HTTP/1.1 403 Forbidden\r\n\r\n", Kind::Proxy),
        ("HTTP/1.1 503 Service Unavailable\r\n\r\n", Kind::Unreachable),
        ("HTTP/1.1 511 Network Authentication Required\r\n\r\n", Kind::NotAws),
        ("<html>no</html>\r\n\r\n", Kind::NotAws),
    ] {
        let (aws, _bundle, settings) = behind_a_proxy("stand-in.example:9", "refusing.pem");
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
    let settings = ConnectionSettings::default();
    let world = context(&[("HTTPS_PROXY", "socks5://user:hidden@h:1080")]);
    match SdkIdentityCenter::new(&world, &region(), None, &settings) {
        Err(error @ Error::Configuration(ConfigurationError::BadConnectionSetting { .. })) => {
            assert!(!format!("{error:?}").contains("hidden"))
        }
        other => panic!("{other:?}"),
    }
    let excepted = context(&[("HTTPS_PROXY", "socks5://h:1080"), ("NO_PROXY", "amazonaws.com")]);
    assert!(SdkIdentityCenter::new(&excepted, &region(), None, &settings).is_ok());
    let aws = IdentityCenter::start();
    assert!(
        SdkIdentityCenter::new(&world, &region(), None, &super::settings(&aws)).is_ok(),
        "nobody asks it"
    );
}

#[test]
fn a_proxy_whose_certificate_is_not_trusted_is_not_taken_for_aws() {
    let (aws, _bundle, settings) = behind_a_proxy("stand-in.example:9", "own.pem");
    let other = IdentityCenter::builder().tls().start();
    let world = context(&[("HTTPS_PROXY", &format!("https://{}", address(&other)))]);
    let error = fetch(&gate(&world, &settings), "token").unwrap_err();
    assert_eq!(error.kind, Kind::Proxy);
    let message = error.message.unwrap();
    let expected = format!(
        "proxy {}: its certificate is not trusted (it was issued by `{CERTIFICATE_AUTHORITY}`): ",
        address(&other)
    );
    assert!(message.starts_with(&expected), "{message}");
    assert!(aws.requests().is_empty() && other.requests().is_empty());
}
