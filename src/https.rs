//! Sends a request over TLS, or in plain text to this computer, and reads its answer. Proxies,
//! trust and name look-ups are decided here. IAM Identity Center and the SDK are not known here.
//!
//! [`transport`] carries requests over a connection that [`connect`] opens.

mod certificate;
mod connect;
pub mod date;
pub mod failure;
pub mod names;
pub mod proxies;
mod tcp;
pub mod transport;
pub mod trust;
