//! Where AWS's two configuration files are, and how texts for people show these places.

use std::ffi::OsString;
use std::path::{MAIN_SEPARATOR, Path, PathBuf};

use super::header::Dialect;
use super::lines::line_number;
use crate::context::Context;
use crate::error::Origin;
use crate::platform;

/// The path of the config file: `AWS_CONFIG_FILE`, else `~/.aws/config`. `None` without a home
/// directory.
pub fn config_path(context: &Context) -> Option<PathBuf> {
    path_of(context, Dialect::Config)
}

/// The path of the credentials file: `AWS_SHARED_CREDENTIALS_FILE`, else `~/.aws/credentials`.
pub fn credentials_path(context: &Context) -> Option<PathBuf> {
    path_of(context, Dialect::Credentials)
}

/// The path of a file: the value of its variable, else in `~/.aws`. `None` without a home directory.
pub(super) fn path_of(context: &Context, dialect: Dialect) -> Option<PathBuf> {
    match context.variable_os(path_variable(dialect)) {
        Some(path) => Some(expand(context, path)),
        None => context.home().map(|home| home.join(".aws").join(default_name(dialect))),
    }
}

/// The variable that names another file.
pub const fn path_variable(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Config => "AWS_CONFIG_FILE",
        Dialect::Credentials => "AWS_SHARED_CREDENTIALS_FILE",
    }
}

const fn default_name(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Config => "config",
        Dialect::Credentials => "credentials",
    }
}

/// Expands `path` as the AWS CLI does: a leading `~`, and `$NAME` and `${NAME}` of variables that are
/// set.
pub fn expand(context: &Context, path: OsString) -> PathBuf {
    let Some(text) = path.to_str().filter(|text| text.contains(['~', '$'])) else {
        return PathBuf::from(path);
    };
    let text = expand_variables(context, text);
    match (text.strip_prefix('~'), context.home()) {
        (Some(""), Some(home)) => home,
        (Some(rest), Some(home)) if rest.starts_with(std::path::is_separator) => {
            home.join(rest.trim_start_matches(std::path::is_separator))
        }
        _ => PathBuf::from(text),
    }
}

fn expand_variables(context: &Context, text: &str) -> String {
    let mut expanded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        expanded.push_str(before);
        let (name, behind) =
            if let Some((name, behind)) = after.strip_prefix('{').and_then(|braced| braced.split_once('}')) {
                (name, behind)
            } else {
                let end = after.find(|c: char| c != '_' && !c.is_ascii_alphanumeric()).unwrap_or(after.len());
                after.split_at(end)
            };
        match context.variable(name).filter(|_| !name.is_empty()) {
            Some(value) => expanded.push_str(&value),
            None => expanded.push_str(&rest[before.len()..rest.len() - behind.len()]),
        }
        rest = behind;
    }
    expanded.push_str(rest);
    expanded
}

/// `path` as a person would write it: `~/.aws/config`.
pub fn shown_path(context: &Context, path: &Path) -> String {
    match context.home().as_deref().and_then(|home| path.strip_prefix(home).ok()) {
        Some(inside) if !inside.as_os_str().is_empty() => {
            format!("~{MAIN_SEPARATOR}{}", inside.display())
        }
        _ => path.display().to_string(),
    }
}

/// The path of the config file as messages show it.
pub fn shown_config_path(context: &Context) -> String {
    shown(context, Dialect::Config)
}

/// The path of the credentials file as messages show it.
pub fn shown_credentials_path(context: &Context) -> String {
    shown(context, Dialect::Credentials)
}

pub(super) fn shown(context: &Context, dialect: Dialect) -> String {
    match path_of(context, dialect) {
        Some(path) => shown_path(context, &path),
        None => format!("~{MAIN_SEPARATOR}.aws{MAIN_SEPARATOR}{}", default_name(dialect)),
    }
}

/// The place of the header of a session, for an error.
pub fn origin_of_session_header(context: &Context, name: &str, offset: u64) -> Origin {
    Origin::Header {
        path: shown_config_path(context),
        line: line_of(context, Dialect::Config, offset),
        section: format!("sso-session {name}"),
    }
}

/// The number of the line at `offset`. The file is read again, so this is for errors only.
pub(super) fn line_of(context: &Context, dialect: Dialect, offset: u64) -> usize {
    let opened = path_of(context, dialect).map(|path| platform::open_regular(&path));
    let Some(Ok(mut file)) = opened else { return 1 };
    line_number(&mut file, offset).unwrap_or(1)
}
