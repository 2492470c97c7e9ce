//! The errors for a profile, a session or a value that is not found, and their causes. Only
//! failures come here, so the files may be read again.

use std::io::Read as _;
use std::path::Path;

use super::follow;
use super::suggest::nearest;
use super::value::Candidate;
use crate::config::{
    Files, Kind, Pick, Settings, config_path, credentials_path,
    header::{self, Dialect},
    shown_config_path, shown_path,
};
use crate::context::Context;
use crate::error::{ConfigurationError, Error, MissingReason, Value};
use crate::platform;
use crate::text::invisible::looks_blank;
use crate::value_names::ALL;

/// A profile's name, and what named it: `--profile`, `AWS_PROFILE`, a key of another profile, or
/// nothing.
pub type NamedProfile<'a> = (&'a str, Option<&'static str>);

/// The error for a profile that is in neither file.
pub fn profile_not_found(context: &Context, (profile, named_by): NamedProfile<'_>) -> Error {
    if let Some(error) = unusable(context, &format!("profile `{profile}`")) {
        return error;
    }
    let all = match Files::read(context, Pick::All, Pick::Nothing, Pick::Nothing) {
        Ok(all) => all,
        Err(error) => return error,
    };
    Error::Configuration(ConfigurationError::ProfileNotFound {
        profile: profile.to_owned(),
        named_by,
        config_path: shown_config_path(context),
        similar: hidden_header(context, &[Kind::Default, Kind::Profile], profile)
            .or_else(|| nearest(profile, all.profile_names())),
    })
}

/// The error for a session that has no section in the config file.
pub(super) fn session_not_found(context: &Context, name: &Candidate<'_>) -> Error {
    if let Some(error) = unusable(context, &format!("sso-session `{}`", name.text())) {
        return error;
    }
    let all = Files::read(context, Pick::Nothing, Pick::All, Pick::Nothing).unwrap_or_default();
    Error::Configuration(ConfigurationError::SessionNotFound {
        sso_session: name.text().to_owned(),
        origin: name.origin(context),
        config_path: shown_config_path(context),
        similar: hidden_header(context, &[Kind::SsoSession], name.text())
            .or_else(|| nearest(name.text(), all.sso_session_names())),
    })
}

/// The name of a section whose header would be that of `wanted` without an invisible character.
/// The name as it stands in the file; if the character is outside the name, it is put before it,
/// so that the hint can show it.
fn hidden_header(context: &Context, kinds: &[Kind], wanted: &str) -> Option<String> {
    const MOST: u64 = 1024 * 1024;
    let mut text = Vec::new();
    platform::open_regular(&config_path(context)?).ok()?.take(MOST).read_to_end(&mut text).ok()?;
    let name_of = |line: &str| {
        let header = header::parse(header::trim(line.as_bytes()), Dialect::Config)?;
        kinds.contains(&header.kind).then(|| String::from_utf8_lossy(&header.name).into_owned())
    };
    String::from_utf8_lossy(&text).split('\n').find_map(|line| {
        let hidden: String = line.chars().filter(|c| looks_blank(*c)).collect();
        // The character replaces a blank, or was added.
        let is_it = |instead| name_of(&line.replace(looks_blank, instead)).is_some_and(|name| name == wanted);
        if hidden.is_empty() || !line.contains('[') || !(is_it(" ") || is_it("")) {
            return None;
        }
        let as_it_stands = name_of(line).filter(|name| name.chars().any(looks_blank));
        Some(as_it_stands.unwrap_or_else(|| format!("{hidden}{wanted}")))
    })
}

/// The error for missing values. `values` says of each value whether it is missing; the last
/// parameter is the name of the session and its settings.
pub(super) fn missing_values(
    context: &Context,
    values: &[(Value, bool)],
    profile: Option<&str>,
    settings: &Settings<'_>,
    (session, session_settings): (Option<&str>, &Settings<'_>),
) -> Error {
    if let Some(error) = wrong_encoding(context).filter(|_| profile.is_some()) {
        return error;
    }
    let broken = session_settings.first_broken_line(context).or_else(|| settings.first_broken_line(context));
    let reason = match broken {
        Some((path, line, fault)) => Some(MissingReason::BrokenLine { path, line, fault }),
        None => profile.and_then(|name| Some(follow::reason(context, name, other_provider(settings)?))),
    };
    Error::Configuration(ConfigurationError::MissingValues {
        missing: values.iter().filter(|(_, missing)| *missing).map(|(value, _)| *value).collect(),
        profile: profile.map(str::to_owned),
        sso_session: session.map(str::to_owned),
        config_path: shown_config_path(context),
        reason,
    })
}

/// The key by which a profile without `sso_` keys gets its credentials.
fn other_provider(profile: &Settings<'_>) -> Option<&'static str> {
    const OTHERS: [&str; 5] =
        ["credential_process", "role_arn", "login_session", "aws_access_key_id", "web_identity_token_file"];
    let has = |key: &&&'static str| profile.find(key).is_some();
    if ALL.iter().any(|names| has(&&names.key)) {
        return None;
    }
    OTHERS.iter().find(has).copied()
}

/// The error for a config file without a session, which may be missing or in a wrong encoding.
pub fn nothing_to_sign_in_to(context: &Context) -> Error {
    unusable(context, "your sso-sessions").unwrap_or_else(|| {
        Error::Configuration(ConfigurationError::NothingToSignInTo {
            config_path: shown_config_path(context),
        })
    })
}

/// Fails if no section can be found at all. `wanted` completes "so … cannot be found".
///
/// # Errors
/// [`ConfigurationError::NoHome`], [`ConfigurationError::ConfigMissing`] and
/// [`ConfigurationError::ConfigNotUtf8`]
pub fn ensure_usable_config(context: &Context, wanted: &str) -> Result<(), Error> {
    unusable(context, wanted).map_or(Ok(()), Err)
}

/// The error if no section can be found at all: there is no home directory, no config file, or the
/// file is not UTF-8. `wanted` completes "so … cannot be found".
fn unusable(context: &Context, wanted: &str) -> Option<Error> {
    let Some(path) = config_path(context) else {
        return Some(Error::Configuration(ConfigurationError::NoHome));
    };
    if platform::open_regular(&path).is_err_and(|error| platform::is_missing(&error)) {
        return Some(Error::Configuration(ConfigurationError::ConfigMissing {
            path: shown_path(context, &path),
            wanted: wanted.to_owned(),
            by_variable: context.variable_os("AWS_CONFIG_FILE").is_some(),
        }));
    }
    wrong_encoding(context)
}

/// The error for a file in UTF-16, as Windows PowerShell's `>` writes it, or UTF-32. Such a file
/// reads as if it had no sections.
pub(super) fn wrong_encoding(context: &Context) -> Option<Error> {
    let paths = [config_path(context), credentials_path(context)];
    paths.into_iter().flatten().find_map(|path| {
        let encoding = wide_encoding(&path)?;
        Some(Error::Configuration(ConfigurationError::ConfigNotUtf8 {
            path: shown_path(context, &path),
            encoding,
        }))
    })
}

/// `UTF-16` or `UTF-32`, if the file begins with the byte order mark of that encoding, or with
/// ASCII characters that are padded with zeros to two or four bytes.
fn wide_encoding(path: &Path) -> Option<&'static str> {
    let mut start = Vec::new();
    platform::open_regular(path).ok()?.take(64).read_to_end(&mut start).ok()?;
    let zero_at = |odd: usize| start.len() >= 4 && start.iter().skip(odd).step_by(2).all(|byte| *byte == 0);
    let is_padded = |four: &[u8]| four.iter().filter(|byte| **byte == 0).count() == 3;
    let is_utf32 = start.len() >= 8 && start.chunks_exact(4).skip(1).all(is_padded);
    let is_utf16 =
        start.starts_with(b"\xff\xfe") || start.starts_with(b"\xfe\xff") || zero_at(0) != zero_at(1);
    match (is_utf32, is_utf16) {
        (true, _) => Some("UTF-32"),
        (false, true) => Some("UTF-16"),
        (false, false) => None,
    }
}
