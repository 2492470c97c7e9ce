//! A loopback stand-in of AWS IAM Identity Center, and a sandboxed home.
//!
//! [`IdentityCenter`] plays sso-oidc, the portal, the pages that a browser
//! visits, and STS, on one port of 127.0.0.1, in AWS's wire format and as
//! strictly as AWS. It can also delay, throttle, refuse, cut, hang and lie.
//! [`Sandbox`] runs a program in a temporary home with a cleared environment,
//! `Terminal` on a pseudo-terminal, whose content [`Screen`] shows, `trace` tells its system calls,
//! `watch` what others can see of it;
//! [`visit`] and [`follow_links`] are the person's browser.
//!
//! The program `stand-in` serves the same to callers in other languages;
//! `POST /_control` with `{"do": METHOD, …}` reaches the methods of
//! [`IdentityCenter`] there. `stand_in.py` beside this crate wraps it.
//!
//! It is no reference of AWS's behaviour: where AWS's is unknown, the RFCs
//! decide, and no real endpoint was asked.
//!
//! ```
//! use std::time::Duration;
//! use stand_in::{Fault, IdentityCenter, Operation, Times, TokenOptions};
//!
//! let aws = IdentityCenter::start(); // or ::builder().tls().start()
//! aws.add_role("111122223333", "Admin");
//! let token = aws.issue_token(&TokenOptions {
//!     expires_in: Duration::from_secs(60),
//!     refreshable: true,
//!     ..TokenOptions::default()
//! });
//! aws.fault(Operation::GetRoleCredentials, Fault::Status(503), Times::Once);
//! aws.rate_limit(Operation::ListAccounts, 10, Some(1));
//! aws.revoke(&token.access_token);
//! assert_eq!(aws.count(Operation::GetRoleCredentials), 0);
//! assert!(aws.requests().is_empty());
//! ```
#![deny(unsafe_code)]
#![warn(missing_docs)]

mod answer;
mod authorize;
mod browser;
mod connection;
mod control;
mod control_fault;
mod controls;
mod cpu_time;
mod device_page;
mod encoding;
mod fault;
mod federation;
mod identity_center;
mod mint;
mod odd_config;
mod oidc;
mod operation;
mod portal;
#[cfg(windows)]
mod pseudo_console;
mod reply;
mod request;
mod sandbox;
mod screen;
mod server;
mod settings;
mod signature;
mod start;
mod state;
mod sts;
#[cfg(unix)]
mod terminal;
mod tls;
mod token;
#[cfg(target_os = "linux")]
mod trace;
#[cfg(target_os = "linux")]
mod watch;

pub use browser::{follow_links, visit};
pub use cpu_time::cpu_time_of;
pub use encoding::iso8601;
pub use fault::{Fault, Framing, Times};
pub use identity_center::{Builder, IdentityCenter, IssuedToken, TokenOptions};
pub use mint::SECRET_MARK;
pub use odd_config::{OddConfig, OddEdit, OddSection, odd_config};
pub use operation::Operation;
#[cfg(windows)]
pub use pseudo_console::{PseudoConsole, give_streams_of_the_console};
pub use request::Request;
pub use sandbox::{Output, Sandbox};
pub use screen::Screen;
pub use settings::{AuthorizeBehaviour, DEFAULT_START_URL};
#[cfg(unix)]
pub use start::in_new_session;
#[cfg(unix)]
pub use start::with_blocked_signals;
pub use start::with_default_signals;
pub use state::Client;
#[cfg(unix)]
pub use terminal::{OnTerminal, Place, Seen, Stream, Terminal};
pub use tls::{CERTIFICATE_AUTHORITY, Certificate};
#[cfg(target_os = "linux")]
pub use trace::{SystemCall, killed_before, trace};
#[cfg(target_os = "linux")]
pub use watch::{Started, Watched, watch};
