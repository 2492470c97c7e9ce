//! Faults of what stands in the place of AWS, or on the way: hosts, certificates, proxies.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::LazyLock;
use std::time::Duration;

use stand_in::{Certificate, IdentityCenter, Operation};

use crate::common::World;
use crate::faults::{How, NamedFault};

#[derive(Clone, Copy)]
pub enum Network {
    ClosedPort,
    UnknownHost,
    /// A server for TLS that does this after the first bytes of the client.
    Tls(Then),
    Certificate(Certificate),
    UnknownIssuer,
    ClosedProxy,
    UnknownProxy,
    /// A proxy that does this after the request for a tunnel.
    Proxy(Then),
}

/// What a server does with a connection.
#[derive(Clone, Copy)]
pub enum Then {
    Answers(&'static str),
    Hangs,
    Closes,
    /// Accepts the tunnel, and then sends this after the first bytes for the endpoint.
    Tunnels(&'static str),
}

pub fn all() -> Vec<NamedFault> {
    use Network::{
        Certificate as Cert, ClosedPort, ClosedProxy, Proxy, Tls, UnknownHost, UnknownIssuer, UnknownProxy,
    };
    use Then::{Answers, Closes, Hangs, Tunnels};
    let fault = |name: &str, network| NamedFault {
        name: name.to_owned(),
        slow: matches!(network, Tls(Hangs) | Proxy(Hangs)),
        cut: None,
        how: How::Network(network),
    };
    vec![
        fault("the port is closed", ClosedPort),
        fault("the host does not exist", UnknownHost),
        fault("not TLS", Tls(Answers("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"))),
        fault("another protocol in the place of TLS", Tls(Answers("SSH-2.0-OpenSSH_9.6\r\n"))),
        fault("a connection closed in the TLS handshake", Tls(Closes)),
        fault("a hang in the TLS handshake", Tls(Hangs)),
        fault("the certificate is for another host", Cert(Certificate::OtherHost)),
        fault("the certificate has expired", Cert(Certificate::Expired)),
        fault("the issuer of the certificate is unknown", UnknownIssuer),
        fault("the port of the proxy is closed", ClosedProxy),
        fault("the host of the proxy does not exist", UnknownProxy),
        fault(
            "the proxy wants a password (407)",
            Proxy(Answers("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")),
        ),
        fault("the proxy refuses (403)", Proxy(Answers("HTTP/1.1 403 Forbidden\r\n\r\n"))),
        fault("the proxy cannot reach AWS (502)", Proxy(Answers("HTTP/1.1 502 Bad Gateway\r\n\r\n"))),
        fault(
            "the proxy redirects (302)",
            Proxy(Answers("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\n\r\n")),
        ),
        fault(
            "the proxy answers with a web page",
            Proxy(Answers("<html>Welcome to the hotel</html>\r\n\r\n")),
        ),
        fault("the proxy closes", Proxy(Closes)),
        fault("the proxy hangs", Proxy(Hangs)),
        fault("the tunnel closes", Proxy(Tunnels(""))),
        fault(
            "the tunnel leads to a web page",
            Proxy(Tunnels("HTTP/1.1 200 OK\r\n\r\n<html>Welcome to the hotel</html>")),
        ),
    ]
}

/// A server to which no request may come, whatever an answer says.
static DECOY: LazyLock<IdentityCenter> = LazyLock::new(IdentityCenter::start);

pub fn decoy_url() -> String {
    DECOY.url()
}

/// The requests that followed a redirect.
pub fn followed() -> usize {
    DECOY.requests().len()
}

/// Puts the fault before an operation of `world`. The stand-in, if there is one, must get no
/// request.
pub fn put(network: Network, world: &mut World, operation: Operation) -> Option<IdentityCenter> {
    let variable = match operation {
        Operation::RegisterClient | Operation::CreateToken => "AWS_ENDPOINT_URL_SSO_OIDC",
        Operation::GetSigninToken => "AWS_SSO_CRED_FEDERATION_URL",
        _ => "AWS_ENDPOINT_URL_SSO",
    };
    let path = if operation == Operation::GetSigninToken { "/federation" } else { "" };
    let mut proxy = |address: &str| {
        world.home.env("HTTPS_PROXY", &format!("http://user:pass-SECRETMARK@{address}"));
        "https://aws.example".to_owned()
    };
    let mut stand_in = None;
    let mut tls = |certificate| {
        let started = IdentityCenter::builder().tls_with(certificate).start();
        stand_in.insert(started).url()
    };
    let endpoint = match network {
        Network::ClosedPort => "http://127.0.0.1:9".to_owned(),
        Network::UnknownHost => "https://no-such-host.invalid".to_owned(),
        Network::Tls(then) => format!("https://{}", serve(then)),
        Network::Certificate(certificate) => tls(certificate),
        Network::UnknownIssuer => tls(Certificate::Good),
        Network::ClosedProxy => proxy("127.0.0.1:9"),
        Network::UnknownProxy => proxy("no-such-proxy.invalid:3128"),
        Network::Proxy(then) => proxy(&serve(then)),
    };
    if let (Some(aws), Network::Certificate(_)) = (&stand_in, network) {
        let bundle = world.home.temporary().join("ca.pem");
        std::fs::write(&bundle, aws.ca_pem().unwrap()).unwrap();
        world.home.env("AWS_CA_BUNDLE", bundle.to_str().unwrap());
    } else {
        let bundle = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/unrelated-ca.pem");
        world.home.env("AWS_CA_BUNDLE", bundle);
    }
    world.home.env(variable, &format!("{endpoint}{path}"));
    stand_in
}

/// Starts a server, which stays until the tests end; gives its address.
fn serve(then: Then) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || treat(stream, then));
        }
    });
    address
}

fn treat(mut stream: TcpStream, then: Then) {
    read_some(&mut stream);
    match then {
        Then::Answers(text) => drop(stream.write_all(text.as_bytes())),
        Then::Closes => {}
        Then::Hangs => std::thread::sleep(Duration::from_secs(3600)),
        Then::Tunnels(text) => {
            let _ = stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n");
            read_some(&mut stream);
            let _ = stream.write_all(text.as_bytes());
        }
    }
}

/// Reads what has come: a connection that is closed with unread bytes is reset.
fn read_some(stream: &mut TcpStream) {
    let mut buffer = [0; 16 * 1024];
    let _ = stream.read(&mut buffer);
}
