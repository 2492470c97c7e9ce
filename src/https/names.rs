//! Looks up the addresses of a host name.
//!
//! The system's look-up blocks, so it runs on a thread of its own, and the calling thread waits
//! for it only until its time-out. tokio's look-up does the same, but panics if no thread can be
//! started (`RLIMIT_NPROC`, the `pids` limit of a container). In that case this module looks the
//! name up on the calling thread, unless the time is too short for that.

use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs as _};
use std::thread;
use std::time::Duration;

use tokio::sync::oneshot;

use super::failure::Failure;
use crate::error::ServiceErrorKind;

/// The stack of the thread in bytes: `getaddrinfo` keeps whole answers there.
const STACK: usize = 512 << 10;

/// If a request may take no longer than this, no name is looked up on the calling thread: a resolver
/// that does not answer takes five seconds or more. The time is this short if cached credentials
/// are still valid and can be printed instead.
const TOO_SHORT: Duration = Duration::from_secs(3);

tokio::task_local! {
    static PATIENCE: Duration;
}

/// Runs `request`, which may take as long as `patience`, and tells its look-ups that time.
pub fn within<F: Future>(patience: Duration, request: F) -> impl Future<Output = F::Output> {
    PATIENCE.scope(patience, request)
}

fn is_time_too_short() -> bool {
    PATIENCE.try_with(|patience| *patience <= TOO_SHORT).unwrap_or(false)
}

/// The addresses of `host`, an IPv6 address without brackets.
///
/// # Errors
/// [`ServiceErrorKind::Unreachable`] if there is none, [`ServiceErrorKind::TimedOut`] if no thread
/// can be started and the time is too short to wait.
pub async fn addresses(host: &str, port: u16) -> Result<Vec<SocketAddr>, Failure> {
    addresses_with(host, port, |look_up| thread::Builder::new().stack_size(STACK).spawn(look_up).map(drop))
        .await
}

async fn addresses_with(
    host: &str,
    port: u16,
    start_thread: impl FnOnce(Box<dyn FnOnce() + Send>) -> io::Result<()>,
) -> Result<Vec<SocketAddr>, Failure> {
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    if host.is_empty() {
        // Windows takes it for this computer.
        return Err(unresolved(host, "it is empty"));
    }
    let (sender, receiver) = oneshot::channel();
    let name = host.to_owned();
    let look_up = Box::new(move || drop(sender.send(ask_system(&name, port))));
    let found = match start_thread(look_up) {
        Ok(()) => receiver.await.unwrap_or_else(|_| Err(io::Error::other("the look-up ended early"))),
        Err(_) if is_time_too_short() => {
            let message = format!("the name `{host}` cannot be looked up: no thread can be started");
            return Err(Failure::new(ServiceErrorKind::TimedOut, message));
        }
        Err(_) => ask_system(host, port),
    };
    match found {
        Ok(addresses) if addresses.is_empty() => Err(unresolved(host, "it has no address")),
        Ok(addresses) => Ok(addresses),
        Err(error) => Err(Failure::exhausted(&error).unwrap_or_else(|| {
            let words = error.to_string();
            unresolved(host, words.strip_prefix("failed to lookup address information: ").unwrap_or(&words))
        })),
    }
}

fn ask_system(host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
    (host, port).to_socket_addrs().map(Iterator::collect)
}

fn unresolved(host: &str, cause: &str) -> Failure {
    Failure::new(ServiceErrorKind::Unreachable, format!("the name `{host}` cannot be resolved: {cause}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look_up(
        host: &str,
        start_thread: impl FnOnce(Box<dyn FnOnce() + Send>) -> io::Result<()>,
    ) -> Result<Vec<SocketAddr>, Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(addresses_with(host, 7, start_thread))
    }

    #[test]
    fn without_a_thread_a_name_is_looked_up_on_the_calling_thread() {
        let found = look_up("localhost", |_| Err(io::ErrorKind::WouldBlock.into())).unwrap();
        assert!(found.iter().all(|address| address.ip().is_loopback() && address.port() == 7), "{found:?}");
    }

    #[test]
    fn without_a_thread_and_with_little_time_a_name_is_not_looked_up() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let found = |host, patience| {
            let no_thread = |_| Err(io::ErrorKind::WouldBlock.into());
            runtime.block_on(within(patience, addresses_with(host, 7, no_thread)))
        };
        let failure = found("localhost", TOO_SHORT).unwrap_err();
        assert_eq!(failure.kind, ServiceErrorKind::TimedOut, "{failure}");
        assert!(found("127.0.0.1", TOO_SHORT).is_ok());
        assert!(found("localhost", TOO_SHORT + Duration::from_secs(1)).is_ok());
    }

    #[test]
    fn an_ip_address_needs_no_thread() {
        for (host, address) in
            [("127.0.0.1", "127.0.0.1:7"), ("::1", "[::1]:7"), ("192.0.2.1", "192.0.2.1:7")]
        {
            let found = look_up(host, |_| panic!("a thread for {host}")).unwrap();
            assert_eq!(found, [address.parse().unwrap()]);
        }
    }

    #[test]
    fn a_name_that_does_not_resolve_is_named() {
        for host in ["nowhere.invalid", "", "a..b", "x\0y", "ü.invalid", &"a".repeat(300)] {
            let failure = look_up(host, |_| Err(io::ErrorKind::WouldBlock.into())).unwrap_err();
            assert_eq!(failure.kind, ServiceErrorKind::Unreachable, "{host:?}");
            assert!(failure.message.starts_with(&format!("the name `{host}` cannot be resolved: ")));
        }
    }

    #[test]
    fn a_look_up_thread_that_ends_early_is_a_failure() {
        let failure = look_up("localhost", |look_up| {
            drop(look_up);
            Ok(())
        });
        assert_eq!(failure.unwrap_err().kind, ServiceErrorKind::Unreachable);
    }
}
