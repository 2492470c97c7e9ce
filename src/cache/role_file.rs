//! Files of role credentials that were found by listing the directory.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::json_file::{self, Members as _};
use super::left_over;
use super::names::{has_hashed_name, is_sha1_hex, stem};
use crate::context::Context;
use crate::platform;
use crate::timestamp::Timestamp;

/// A file of role credentials from Identity Center.
#[derive(Debug)]
pub struct RoleFile {
    /// The file.
    pub path: PathBuf,
    /// The account that the file says it is for.
    pub account_id: Option<String>,
    /// When the credentials expire, if the file says so.
    pub expiration: Option<Timestamp>,
}

impl RoleFile {
    pub(super) fn at(context: &Context, path: PathBuf) -> Option<Self> {
        let Ok(members) = json_file::read_object(context, &path) else {
            let closed = has_hashed_name(&path) && platform::open_regular(&path).is_err();
            return closed.then_some(Self { path, account_id: None, expiration: None });
        };
        if members.text("ProviderType") != Some("sso") {
            return None;
        }
        let credentials = members.member("Credentials").and_then(Value::as_object);
        Some(Self {
            path,
            account_id: credentials.and_then(|found| found.text("AccountId")).map(str::to_owned),
            expiration: credentials.and_then(|found| found.timestamp("Expiration")),
        })
    }

    /// The hash in the file's name.
    pub fn name(&self) -> &str {
        stem(&self.path)
    }

    /// Whether the credentials may still be valid at `now`. A file without an expiration counts as
    /// valid.
    pub fn is_alive(&self, now: Timestamp) -> bool {
        self.expiration.is_none_or(|expiration| expiration > now)
    }
}

/// A temporary file in which role credentials are, or were, being written.
#[derive(Debug)]
pub struct HalfWrittenRole {
    /// The file.
    pub path: PathBuf,
    /// Whether no process is still working on the file.
    pub is_abandoned: bool,
}

impl HalfWrittenRole {
    pub(super) fn at(path: PathBuf) -> Option<Self> {
        let is_half_written =
            is_sha1_hex(stem_of(&path)) && name_of(&path).ends_with(platform::TEMPORARY_ENDING);
        is_half_written.then(|| Self { is_abandoned: left_over::is_abandoned(&path), path })
    }

    /// The hash in the name of the file that it was to become.
    pub fn name(&self) -> &str {
        stem_of(&self.path)
    }
}

fn name_of(path: &Path) -> &str {
    path.file_name().and_then(OsStr::to_str).unwrap_or_default()
}

/// The name up to its first dot: the hash, in the name of a temporary file.
fn stem_of(path: &Path) -> &str {
    name_of(path).split('.').next().unwrap_or_default()
}
