//! The AWS CLI's cache files, read leniently and written strictly.
//!
//! Tokens and client registrations live in `~/.aws/sso/cache`, role credentials in
//! `~/.aws/cli/cache`, under the CLI's own SHA-1 names. These files are shared
//! property: every AWS tool reads them, so unknown fields stay and foreign files
//! are left alone. What is not here: deciding what to do with what was read.

mod caches;
mod json_file;
mod left_over;
mod listing;
mod names;
mod object;
mod registration;
mod role;
mod room;
mod staging;
mod token;

pub use caches::Caches;
pub use json_file::{LARGEST, Miss};
pub use left_over::is_abandoned;
pub use listing::{HalfWrittenRole, Linked, RoleFile, SignInContent, SignInFile, TokenFile};
pub use names::{is_sha1_hex, registration_key, request_key, role_key, sha1_hex};
pub use registration::ClientRegistration;
pub use token::{LeftOverToken, StagedToken, TokenRoom};
