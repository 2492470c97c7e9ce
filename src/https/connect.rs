//! Opens a connection to an endpoint, through a proxy if there is one, and with TLS.
//!
//! A connection without TLS is made to this computer only, and never through a proxy. With TLS, the
//! server's certificate must be trusted.

use std::io;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;

use super::failure::Failure;
use super::proxies::Proxy;
use super::tcp::{self, Reach};
use super::trust::Trust;
use crate::error::ServiceErrorKind;

/// The largest answer to CONNECT that is read, in bytes.
const LARGEST_HEAD: usize = 16 << 10;

/// A byte stream: TCP, TLS, or TLS in TLS.
pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// The server that a connection leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    pub tls: bool,
    /// The host; an IPv6 address has no brackets.
    pub host: String,
    pub port: u16,
}

/// Opens a connection to `origin`, directly or through `proxy`.
pub async fn open(origin: &Origin, proxy: Option<&Proxy>, trust: &Trust) -> Result<Box<dyn Stream>, Failure> {
    if !origin.tls {
        return Ok(Box::new(tcp::connect(&origin.host, origin.port, Reach::ThisComputer).await?));
    }
    let Some(proxy) = proxy else {
        let stream = tcp::connect(&origin.host, origin.port, Reach::Anywhere).await?;
        return start_tls(stream, &origin.host, trust).await;
    };
    let stream = tcp::connect(&proxy.host, proxy.port, Reach::Anywhere).await;
    let stream = by_proxy(proxy, stream.map_err(unreachable_proxy))?;
    let mut stream: Box<dyn Stream> = if proxy.tls {
        by_proxy(proxy, start_tls(stream, &proxy.host, trust).await)?
    } else {
        Box::new(stream)
    };
    by_proxy(proxy, open_tunnel(&mut stream, origin, proxy).await)?;
    start_tls(stream, &origin.host, trust).await
}

/// A proxy that cannot be reached gets its own kind: it says nothing about the endpoint.
fn unreachable_proxy(failure: Failure) -> Failure {
    match failure.kind {
        ServiceErrorKind::Unreachable => Failure { kind: ServiceErrorKind::ProxyUnreachable, ..failure },
        _ => failure,
    }
}

/// Adds the proxy's name to the failure. An untrusted certificate is then the proxy's own, not the
/// endpoint's.
fn by_proxy<T>(proxy: &Proxy, result: Result<T, Failure>) -> Result<T, Failure> {
    result.map_err(|failure| {
        let name = authority(&proxy.host, proxy.port);
        let ServiceErrorKind::Untrusted { issuer } = &failure.kind else {
            return Failure { message: format!("proxy {name}: {}", failure.message), ..failure };
        };
        let issuer = issuer.as_ref().map(|issuer| format!(" (it was issued by `{issuer}`)"));
        let message = format!(
            "proxy {name}: its certificate is not trusted{}: {}",
            issuer.unwrap_or_default(),
            failure.message
        );
        Failure::new(ServiceErrorKind::Proxy, message)
    })
}

async fn start_tls(
    stream: impl Stream + 'static,
    host: &str,
    trust: &Trust,
) -> Result<Box<dyn Stream>, Failure> {
    let tls = trust.tls()?;
    let name = ServerName::try_from(host.to_owned()).map_err(|_| {
        Failure::new(ServiceErrorKind::Connection, format!("`{host}` is not a host name that TLS can check"))
    })?;
    match TlsConnector::from(Arc::clone(&tls.config)).connect(name, stream).await {
        Ok(stream) => Ok(Box::new(stream)),
        Err(error) => Err(tls.take_rejection().unwrap_or_else(|| match error.kind() {
            io::ErrorKind::UnexpectedEof => {
                Failure::new(ServiceErrorKind::Broken, "the connection closed during the TLS handshake")
            }
            _ => Failure::broken(&error),
        })),
    }
}

/// Asks the proxy for a tunnel to `origin` by CONNECT (RFC 9110 §9.3.6).
async fn open_tunnel(stream: &mut Box<dyn Stream>, origin: &Origin, proxy: &Proxy) -> Result<(), Failure> {
    let target = authority(&origin.host, origin.port);
    let mut request = format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n");
    if let Some(authorization) = &proxy.authorization {
        request.extend(["Proxy-Authorization: ", authorization, "\r\n"]);
    }
    request.push_str("\r\n");
    stream.write_all(request.as_bytes()).await.map_err(|error| Failure::broken(&error))?;

    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        // One byte at a time: the bytes after the head belong to the tunnel.
        let byte = stream.read_u8().await.map_err(|error| Failure::broken(&error))?;
        head.push(byte);
        if head.len() > LARGEST_HEAD {
            return Err(Failure::new(ServiceErrorKind::NotAws, "the answer to CONNECT is too long"));
        }
    }
    check_tunnel_answer(&head)
}

/// Checks the status line of the proxy's answer to CONNECT.
fn check_tunnel_answer(head: &[u8]) -> Result<(), Failure> {
    let line = String::from_utf8_lossy(head.split(|byte| *byte == b'\r').next().unwrap_or_default());
    let mut words = line.split(' ');
    let is_http = words.next().is_some_and(|version| version.starts_with("HTTP/1."));
    let status = words.next().and_then(|status| status.parse::<u16>().ok()).filter(|_| is_http);
    let refused = |kind, message: String| Err(Failure::new(kind, message));
    match status {
        Some(200..=299) => Ok(()),
        Some(407) => refused(ServiceErrorKind::Proxy, "it asks for a user and a password (407)".to_owned()),
        Some(status @ 502..=504) => {
            refused(ServiceErrorKind::Unreachable, format!("it cannot reach the endpoint ({status})"))
        }
        Some(status @ 511) => refused(
            ServiceErrorKind::NotAws,
            format!("the network asks you to sign in to it first ({status})"),
        ),
        Some(status) => refused(ServiceErrorKind::Proxy, format!("it refuses the tunnel ({status})")),
        None => refused(ServiceErrorKind::NotAws, "its answer to CONNECT is not HTTP".to_owned()),
    }
}

/// `host:port`, with brackets around an IPv6 address.
fn authority(host: &str, port: u16) -> String {
    if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_refusal_of_a_proxy_has_its_kind() {
        let kind = |head: &[u8]| check_tunnel_answer(head).map_err(|failure| failure.kind);
        assert_eq!(kind(b"HTTP/1.1 200 Connection established\r\n\r\n"), Ok(()));
        assert_eq!(kind(b"HTTP/1.0 407 x\r\n\r\n"), Err(ServiceErrorKind::Proxy));
        assert_eq!(kind(b"HTTP/1.1 403\r\n\r\n"), Err(ServiceErrorKind::Proxy));
        assert_eq!(kind(b"HTTP/1.1 502 \xff\r\n\r\n"), Err(ServiceErrorKind::Unreachable));
        assert_eq!(kind(b"HTTP/1.1 511 x\r\n\r\n"), Err(ServiceErrorKind::NotAws));
        assert_eq!(kind(b"SSH-2.0-x\r\n\r\n"), Err(ServiceErrorKind::NotAws));
        assert_eq!(kind(b"\r\n\r\n"), Err(ServiceErrorKind::NotAws));
    }
}
