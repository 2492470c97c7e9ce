//! The AWS CLI's cache files, read leniently and written strictly.
//!
//! Tokens and client registrations are in `~/.aws/sso/cache`, role credentials in
//! `~/.aws/cli/cache`, under the AWS CLI's own SHA-1 names. Every AWS tool reads these files,
//! so unknown members are kept and other tools' files are left alone.
//!
//! This module does not decide what to do with what it has read.

mod caches;
mod json_file;
mod left_over;
mod linked;
mod listing;
mod names;
mod object;
mod registration;
mod role;
mod role_file;
mod room;
mod sign_in_file;
mod staging;
mod token;

pub use caches::Caches;
pub use json_file::{LARGEST, Miss};
pub use left_over::is_abandoned;
pub use linked::Linked;
pub use listing::TokenFile;
pub use names::{is_sha1_hex, registration_key, request_key, role_key, sha1_hex};
pub use registration::ClientRegistration;
pub use role_file::{HalfWrittenRole, RoleFile};
pub use sign_in_file::{SignInContent, SignInFile};
pub use token::{LeftOverToken, StagedToken, TokenRoom};
