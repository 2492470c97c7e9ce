//! Why a request got no usable answer: a kind, and a message for people.

use std::fmt;
use std::io;

use tokio_rustls::rustls;

use crate::error::ServiceErrorKind;
use crate::platform;

/// Why a request got no usable HTTP answer. It travels through the SDK as the source of its
/// connector error.
#[derive(Debug, Clone)]
pub struct Failure {
    pub kind: ServiceErrorKind,
    pub message: String,
}

impl Failure {
    pub fn new(kind: ServiceErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }

    /// No connection could be opened.
    pub fn unreachable(error: &io::Error) -> Self {
        Self::exhausted(error).unwrap_or_else(|| Self::new(ServiceErrorKind::Unreachable, error.to_string()))
    }

    /// The failure, if `error` says that no file descriptor is left on this computer.
    pub fn exhausted(error: &io::Error) -> Option<Self> {
        platform::is_out_of_descriptors(error)
            .then(|| Self::new(ServiceErrorKind::Exhausted, error.to_string()))
    }

    /// An error on an open connection. If it comes from rustls, rustls decides its kind.
    pub fn broken(error: &io::Error) -> Self {
        match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
            Some(rustls::Error::InvalidMessage(_)) => {
                Self::new(ServiceErrorKind::NotAws, "the server does not speak TLS")
            }
            Some(tls) => Self::new(ServiceErrorKind::NotAws, format!("the TLS handshake failed: {tls}")),
            None if error.kind() == io::ErrorKind::UnexpectedEof => {
                Self::new(ServiceErrorKind::Broken, CLOSED_EARLY)
            }
            None => Self::new(ServiceErrorKind::Broken, error.to_string()),
        }
    }

    /// An error of hyper's while a request was sent or its answer was read.
    pub fn exchange(error: &hyper::Error) -> Self {
        if error.is_parse() {
            return Self::new(ServiceErrorKind::NotAws, "the answer is not HTTP");
        }
        if error.is_incomplete_message() {
            return Self::new(ServiceErrorKind::Broken, CLOSED_EARLY);
        }
        let mut source = std::error::Error::source(error);
        while let Some(inner) = source {
            if let Some(error) = inner.downcast_ref::<io::Error>() {
                return Self::broken(error);
            }
            source = inner.source();
        }
        Self::new(ServiceErrorKind::Broken, error.to_string())
    }
}

const CLOSED_EARLY: &str = "the connection closed before the answer was complete";

/// The message for a redirect. None is followed: the request has a secret.
pub fn leads_elsewhere(status: u16) -> String {
    format!("the answer leads to another address (HTTP status {status})")
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}
