//! Opens a TCP connection: decides which addresses are tried, and which are refused.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::failure::Failure;
use super::names;
use crate::error::ServiceErrorKind;

/// The longest time from the name look-up to an open connection.
const PATIENCE: Duration = Duration::from_secs(3);

/// How long after one address the next is tried (RFC 8305 §5).
const NEXT_ADDRESS: Duration = Duration::from_millis(250);

/// Where a connection may lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// To any address: the data is protected by TLS, or holds no secret.
    Anywhere,
    /// To loopback addresses only: the data is sent in plain text.
    ThisComputer,
}

impl Reach {
    fn allows(self, address: &SocketAddr) -> bool {
        self == Reach::Anywhere || address.ip().to_canonical().is_loopback()
    }
}

/// Opens a connection to `host`, an IPv6 address without brackets.
pub async fn connect(host: &str, port: u16, reach: Reach) -> Result<TcpStream, Failure> {
    match timeout(PATIENCE, first_to_accept(host, port, reach)).await {
        Ok(result) => {
            let stream = result?;
            // A second check, in case the code above misses an address: nothing is sent before this.
            match stream.peer_addr() {
                Ok(peer) if reach.allows(&peer) => {}
                Ok(peer) => return Err(not_this_computer(host, &peer)),
                Err(error) => return Err(Failure::unreachable(&error)),
            }
            // A request is one write, so it gains nothing from waiting for more (Nagle).
            let _ = stream.set_nodelay(true);
            Ok(stream)
        }
        Err(_) => Err(Failure::new(
            ServiceErrorKind::TimedOut,
            format!("no connection within {} seconds", PATIENCE.as_secs()),
        )),
    }
}

fn not_this_computer(host: &str, address: &SocketAddr) -> Failure {
    let address = address.ip();
    let message = format!(
        "`{host}` is {address}, which is not this computer: http:// is allowed only to this computer"
    );
    Failure::new(ServiceErrorKind::Connection, message)
}

/// Tries the addresses of `host`, each a moment after the one before it, until one accepts. An IPv6
/// route that does not work then costs only that moment.
async fn first_to_accept(host: &str, port: u16, reach: Reach) -> Result<TcpStream, Failure> {
    let found = names::addresses(host, port).await?;
    let mut addresses = alternating(allowed(host, found, reach)?).into_iter();
    let mut attempts = JoinSet::new();
    let mut cause = io::Error::from(io::ErrorKind::AddrNotAvailable);
    loop {
        let next = addresses.next();
        let head_start = if next.is_some() { NEXT_ADDRESS } else { PATIENCE };
        if let Some(address) = next {
            attempts.spawn(TcpStream::connect(address));
        }
        match timeout(head_start, attempts.join_next()).await {
            Ok(Some(Ok(Ok(stream)))) => return Ok(stream),
            Ok(Some(Ok(Err(error)))) => cause = error,
            Ok(Some(Err(error))) => cause = error.into(),
            Ok(None) if next.is_none() => return Err(Failure::unreachable(&cause)),
            Ok(None) | Err(_) => {}
        }
    }
}

/// The addresses that `reach` allows; an error if it allows none of them.
fn allowed(host: &str, addresses: Vec<SocketAddr>, reach: Reach) -> Result<Vec<SocketAddr>, Failure> {
    let (allowed, refused): (Vec<_>, Vec<_>) =
        addresses.into_iter().partition(|address| reach.allows(address));
    match refused.first() {
        Some(address) if allowed.is_empty() => Err(not_this_computer(host, address)),
        _ => Ok(allowed),
    }
}

/// The addresses in the resolver's order, but IPv6 and IPv4 in turn (RFC 8305 §4).
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

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(list: &[&str]) -> Vec<SocketAddr> {
        list.iter().map(|address| address.parse().unwrap()).collect()
    }

    #[test]
    fn ipv6_and_ipv4_addresses_are_tried_in_turn() {
        let mixed = parse(&["[::1]:1", "[::2]:1", "[::3]:1", "127.0.0.1:1"]);
        assert_eq!(alternating(mixed), parse(&["[::1]:1", "127.0.0.1:1", "[::2]:1", "[::3]:1"]));
        assert_eq!(alternating(Vec::new()), Vec::new());
    }

    #[test]
    fn a_name_of_another_computer_is_refused_without_tls() {
        let elsewhere = parse(&["192.0.2.1:80", "[2001:db8::1]:80", "0.0.0.0:80", "[::ffff:192.0.2.1]:80"]);
        assert_eq!(allowed("localhost", elsewhere.clone(), Reach::Anywhere).unwrap(), elsewhere);
        let failure = allowed("localhost", elsewhere, Reach::ThisComputer).unwrap_err();
        assert_eq!(failure.kind, ServiceErrorKind::Connection);
        assert_eq!(
            failure.message,
            "`localhost` is 192.0.2.1, which is not this computer: http:// is allowed only to this computer"
        );
    }

    #[test]
    fn without_tls_only_the_addresses_of_this_computer_are_tried() {
        let mixed = parse(&["192.0.2.1:80", "[::1]:80", "127.0.0.53:80", "[::ffff:127.0.0.1]:80"]);
        assert_eq!(allowed("localhost", mixed.clone(), Reach::ThisComputer).unwrap(), mixed[1..]);
    }

    #[test]
    fn without_tls_nothing_is_sent_to_another_computer() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        for host in ["192.0.2.1", "2001:db8::1", "0.0.0.0", "::"] {
            let failure = runtime.block_on(connect(host, 80, Reach::ThisComputer)).unwrap_err();
            assert_eq!(failure.kind, ServiceErrorKind::Connection, "{host}: {failure}");
        }
    }
}
