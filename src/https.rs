//! Sends an HTTP request and reads its answer: over TLS, or in plain text to this computer only.
//! Proxies, trusted certificates and name look-ups are decided here.
//!
//! This module knows nothing of IAM Identity Center and the SDK. Start at [`transport`].

pub mod blocking;
mod certificate;
mod connect;
pub mod date;
pub mod failure;
pub mod names;
pub mod proxies;
mod roots;
mod tcp;
pub mod transport;
pub mod trust;
mod verifier;

#[cfg(fuzzing)]
pub use certificate::issuer;
