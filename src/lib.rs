//! `aws-sso-cred` gives AWS SDKs the role credentials of IAM Identity Center (AWS SSO) through
//! `credential_process`. `docs/architecture.md` is the map.

pub mod accounts;
pub mod audit;
pub mod authorization_code;
pub mod browser;
pub mod cache;
pub mod cli;
pub mod commands;
pub mod config;
pub mod config_editor;
pub mod console_federation;
mod container_credentials;
pub mod context;
pub mod credential_process;
pub mod debug_log;
pub mod device_authorization;
pub mod error;
#[cfg(fuzzing)]
pub mod fuzzing;
mod https;
pub mod identifiers;
pub mod identity_center;
pub mod lock;
mod loopback;
pub mod platform;
pub mod program;
pub mod request;
pub mod role_credentials;
pub mod secret;
pub mod selection;
pub mod sign_in;
pub mod start_url;
pub mod state;
pub mod terminal;
pub mod text;
pub mod timestamp;
pub mod token;
pub mod value_names;
