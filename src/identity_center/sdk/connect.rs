//! One connection to an endpoint: addresses, proxy, TLS.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpStream, lookup_host};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;

use super::failure::Failure;
use super::proxies::Proxy;
use super::trust::Trust;
use crate::identity_center::ServiceErrorKind;

/// From the name to an open TCP connection.
const CONNECT_PATIENCE: Duration = Duration::from_secs(3);

/// How long the next address waits for the one before it (RFC 8305 §5).
const NEXT_ADDRESS: Duration = Duration::from_millis(250);

/// The largest answer to CONNECT that is read.
const LARGEST_HEAD: usize = 16 << 10;

/// A byte stream, whatever it is made of.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// Where a connection leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Origin {
    pub tls: bool,
    /// Without brackets.
    pub host: String,
    pub port: u16,
}

/// Opens a connection to `origin`, directly or through `proxy`.
pub(super) async fn open(
    origin: &Origin,
    proxy: Option<&Proxy>,
    trust: &Trust,
) -> Result<Box<dyn Stream>, Failure> {
    let Some(proxy) = proxy else {
        let stream = tcp(&origin.host, origin.port).await?;
        return if origin.tls { secure(stream, &origin.host, trust).await } else { Ok(Box::new(stream)) };
    };
    let stream = through(proxy, tcp(&proxy.host, proxy.port).await)?;
    let mut stream: Box<dyn Stream> =
        if proxy.tls { through(proxy, secure(stream, &proxy.host, trust).await)? } else { Box::new(stream) };
    if !origin.tls {
        return Ok(stream);
    }
    through(proxy, tunnel(&mut stream, origin, proxy).await)?;
    secure(stream, &origin.host, trust).await
}

/// Says that it was the proxy that failed.
fn through<T>(proxy: &Proxy, result: Result<T, Failure>) -> Result<T, Failure> {
    result.map_err(|failure| Failure {
        message: format!("proxy {}:{}: {}", proxy.host, proxy.port, failure.message),
        ..failure
    })
}

async fn tcp(host: &str, port: u16) -> Result<TcpStream, Failure> {
    match timeout(CONNECT_PATIENCE, first_to_accept(host, port)).await {
        Ok(result) => {
            let stream = result?;
            // A request goes out in one write; there is nothing to collect for.
            let _ = stream.set_nodelay(true);
            Ok(stream)
        }
        Err(_) => Err(Failure::new(
            ServiceErrorKind::TimedOut,
            format!("no connection within {} seconds", CONNECT_PATIENCE.as_secs()),
        )),
    }
}

/// Tries the addresses of `host` one after the other, each with a head start
/// over the next, so that a dead IPv6 route costs a moment and no more.
async fn first_to_accept(host: &str, port: u16) -> Result<TcpStream, Failure> {
    let unreachable = |cause: String| Failure::new(ServiceErrorKind::Unreachable, cause);
    let addresses = lookup_host((host, port)).await.map_err(|error| unreachable(error.to_string()))?;
    let mut addresses = alternating(addresses.collect()).into_iter();
    let mut attempts = JoinSet::new();
    let mut cause = "the name has no address".to_owned();
    loop {
        let next = addresses.next();
        let head_start = if next.is_some() { NEXT_ADDRESS } else { CONNECT_PATIENCE };
        if let Some(address) = next {
            attempts.spawn(TcpStream::connect(address));
        }
        match timeout(head_start, attempts.join_next()).await {
            Ok(Some(Ok(Ok(stream)))) => return Ok(stream),
            Ok(Some(Ok(Err(error)))) => cause = error.to_string(),
            Ok(Some(Err(error))) => cause = error.to_string(),
            Ok(None) if next.is_none() => return Err(unreachable(cause)),
            Ok(None) | Err(_) => {}
        }
    }
}

/// The resolver's order, with the two families taking turns (RFC 8305 §4).
fn alternating(addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let first_is_v6 = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let (same, other): (Vec<_>, Vec<_>) =
        addresses.into_iter().partition(|address| address.is_ipv6() == first_is_v6);
    let (mut same, mut other) = (same.into_iter(), other.into_iter());
    std::iter::from_fn(|| match (same.next(), other.next()) {
        (None, None) => None,
        (one, two) => Some(one.into_iter().chain(two)),
    })
    .flatten()
    .collect()
}

async fn secure(
    stream: impl Stream + 'static,
    host: &str,
    trust: &Trust,
) -> Result<Box<dyn Stream>, Failure> {
    let tls = trust.tls()?;
    let name = ServerName::try_from(host.to_owned()).map_err(|_| {
        Failure::new(ServiceErrorKind::Connection, format!("`{host}` cannot stand in a certificate"))
    })?;
    match TlsConnector::from(Arc::clone(&tls.config)).connect(name, stream).await {
        Ok(stream) => Ok(Box::new(stream)),
        Err(error) => Err(tls.take_rejection().unwrap_or_else(|| Failure::broken(&error))),
    }
}

/// Asks the proxy for a tunnel to `origin` (RFC 9110 §9.3.6).
async fn tunnel(stream: &mut Box<dyn Stream>, origin: &Origin, proxy: &Proxy) -> Result<(), Failure> {
    let target = authority(&origin.host, origin.port);
    let mut request = format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n");
    if let Some(authorization) = &proxy.authorization {
        request.extend(["Proxy-Authorization: ", authorization, "\r\n"]);
    }
    request.push_str("\r\n");
    stream.write_all(request.as_bytes()).await.map_err(|error| Failure::broken(&error))?;

    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        // Byte by byte: what follows the head belongs to the tunnel.
        let byte = stream.read_u8().await.map_err(|error| Failure::broken(&error))?;
        head.push(byte);
        if head.len() > LARGEST_HEAD {
            return Err(Failure::new(ServiceErrorKind::NotAws, "the answer to CONNECT has no end"));
        }
    }
    tunnel_answer(&head)
}

/// What the proxy's status line means.
fn tunnel_answer(head: &[u8]) -> Result<(), Failure> {
    let line = String::from_utf8_lossy(head.split(|byte| *byte == b'\r').next().unwrap_or_default());
    let mut words = line.split(' ');
    let is_http = words.next().is_some_and(|version| version.starts_with("HTTP/1."));
    let status = words.next().and_then(|status| status.parse::<u16>().ok()).filter(|_| is_http);
    let refused = |kind, message: String| Err(Failure::new(kind, message));
    match status {
        Some(200..=299) => Ok(()),
        Some(407) => refused(ServiceErrorKind::Connection, "it asks for credentials (407)".to_owned()),
        Some(status @ 502..=504) => {
            refused(ServiceErrorKind::Unreachable, format!("it cannot reach the endpoint ({status})"))
        }
        Some(status) => refused(ServiceErrorKind::Connection, format!("it refuses the tunnel ({status})")),
        None => refused(ServiceErrorKind::NotAws, "its answer to CONNECT is not HTTP".to_owned()),
    }
}

/// `host:port`, with brackets where they are needed.
pub(super) fn authority(host: &str, port: u16) -> String {
    if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn address_families_take_turns() {
        let parse = |list: &[&str]| list.iter().map(|a| a.parse().unwrap()).collect::<Vec<SocketAddr>>();
        let mixed = parse(&["[::1]:1", "[::2]:1", "[::3]:1", "127.0.0.1:1"]);
        assert_eq!(alternating(mixed), parse(&["[::1]:1", "127.0.0.1:1", "[::2]:1", "[::3]:1"]));
        assert_eq!(alternating(Vec::new()), Vec::new());
    }

    #[test]
    fn a_proxys_refusal_says_what_to_do() {
        let kind = |head: &[u8]| tunnel_answer(head).map_err(|failure| failure.kind);
        assert_eq!(kind(b"HTTP/1.1 200 Connection established\r\n\r\n"), Ok(()));
        assert_eq!(kind(b"HTTP/1.0 407 x\r\n\r\n"), Err(ServiceErrorKind::Connection));
        assert_eq!(kind(b"HTTP/1.1 403\r\n\r\n"), Err(ServiceErrorKind::Connection));
        assert_eq!(kind(b"HTTP/1.1 502 \xff\r\n\r\n"), Err(ServiceErrorKind::Unreachable));
        assert_eq!(kind(b"SSH-2.0-x\r\n\r\n"), Err(ServiceErrorKind::NotAws));
        assert_eq!(kind(b"\r\n\r\n"), Err(ServiceErrorKind::NotAws));
    }
}
