//! The authorization code grant with PKCE (RFC 7636), the answer received on a
//! loopback redirect (RFC 8252 §7.3): how `login` signs in where a browser can reach
//! this machine.
//!
//! Registering the client, opening the browser and keeping the token are the caller's.

mod pkce;

pub use pkce::{CodeVerifier, DEFAULT_SCOPE, authorize_url, code_challenge};
