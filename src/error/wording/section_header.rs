//! The header of a section, as a person would type it.

use crate::text::shell::option;

/// A section header that every tool reads alike: quoted only where it must be.
pub(super) fn section_header(kind: &str, name: &str) -> String {
    match (kind, name) {
        ("profile", "default") => name.to_owned(),
        _ if name.contains([' ', '\t', '\'', '"', '\\']) => {
            format!("{kind} '{}'", name.replace('\'', "'\"'\"'"))
        }
        _ => format!("{kind} {name}"),
    }
}

/// The command that writes the section of a session.
pub(super) fn configure_session(name: &str) -> String {
    format!("aws-sso-cred configure --session-only{}", option("--sso-session", name))
}
