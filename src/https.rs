//! HTTPS with our own care for proxies, trust and this computer's limits: one request, one
//! answer. It knows nothing of IAM Identity Center, and nothing of the SDK.
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
