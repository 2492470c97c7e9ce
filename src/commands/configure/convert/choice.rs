//! Which profiles are meant: those that are named, those whose names a pattern fits, or all.

use crate::commands::star_pattern::{is_pattern, matches};
use crate::config::shown_config_path;
use crate::context::Context;
use crate::error::{ConfigurationError, Error, NotConvertible};
use crate::selection::{HelperLine, RoleSource, RoleSources};

/// What is done with a profile that is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// It can be changed, or there is a reason why not.
    Candidate,
    /// It is already as it shall be.
    Already,
    /// It keeps its keys for another profile, whose line names it.
    Kept,
    /// It has nothing to do with SSO.
    Stranger,
}

/// The profiles that are meant.
#[derive(Debug, Default)]
pub struct Chosen {
    /// Those to be changed, in file order.
    pub candidates: Vec<Candidate>,
    /// Those that are already as they shall be.
    pub already: Vec<String>,
    /// Those that keep their keys, because the line of another profile names them.
    pub kept: Vec<String>,
}

/// A profile to be changed.
#[derive(Debug)]
pub struct Candidate {
    /// Its name.
    pub profile: String,
    /// How it gets its credentials now.
    pub source: RoleSource,
    /// It is named, and not only meant by a pattern or by `--all`.
    pub is_named: bool,
}

/// Chooses among all profiles. Without `wanted`, all are meant.
///
/// # Errors
/// [`ConfigurationError::NothingToConvert`] for a name or pattern that no profile has, and
/// [`ConfigurationError::NotConvertible`] for a named profile that has nothing to do with SSO.
pub fn choose(
    context: &Context,
    sources: &RoleSources<'_>,
    wanted: Option<&[String]>,
    back: bool,
) -> Result<Chosen, Error> {
    let everything = ["*".to_owned()];
    let patterns = wanted.unwrap_or(&everything);
    let mut found = vec![false; patterns.len()];
    let mut chosen = Chosen::default();
    let named_by_lines = sources.named_by_lines();
    for profile in sources.names() {
        let fits =
            |pattern: &String| pattern == profile || (is_pattern(pattern) && matches(pattern, profile));
        let fitting: Vec<usize> = (0..patterns.len()).filter(|at| fits(&patterns[*at])).collect();
        if fitting.is_empty() {
            continue;
        }
        let is_named = fitting.iter().any(|at| patterns[*at] == profile);
        let source = sources.of(profile);
        let standing = match if back { standing_for_back(&source) } else { standing(&source) } {
            Standing::Candidate if !back && !is_named && named_by_lines.contains(profile) => Standing::Kept,
            standing => standing,
        };
        match standing {
            Standing::Stranger if !is_named => continue,
            Standing::Stranger => return Err(stranger(context, profile, source, back)),
            Standing::Already => chosen.already.push(profile.to_owned()),
            Standing::Kept => chosen.kept.push(profile.to_owned()),
            Standing::Candidate => {
                chosen.candidates.push(Candidate { profile: profile.to_owned(), source, is_named });
            }
        }
        fitting.iter().for_each(|at| found[*at] = true);
    }
    match found.iter().position(|found| !found) {
        None => Ok(chosen),
        Some(at) => Err(nothing(context, sources, wanted.map(|_| patterns[at].as_str()), back)),
    }
}

fn standing(source: &RoleSource) -> Standing {
    let starts_us = !matches!(source.line, None | Some(HelperLine::Other { .. }));
    match &source.by_keys {
        None if starts_us => Standing::Already,
        None => Standing::Stranger,
        // It gives access tokens to programs that ask for these, and no credentials.
        Some(_) if source.is_for_tokens && !starts_us => Standing::Stranger,
        Some(_) => Standing::Candidate,
    }
}

fn standing_for_back(source: &RoleSource) -> Standing {
    match (&source.by_keys, &source.line) {
        (Some(_), _) if !source.is_for_tokens => Standing::Already,
        (_, None | Some(HelperLine::Other { .. })) => Standing::Stranger,
        _ => Standing::Candidate,
    }
}

fn stranger(context: &Context, profile: &str, source: RoleSource, back: bool) -> Error {
    let instead = match source.line {
        Some(HelperLine::Other { program }) => Some(program),
        _ => source.other_way.map(str::to_owned),
    };
    let reason = match source.by_keys {
        _ if back => NotConvertible::NoLine,
        // The account and the role are missing.
        Some(Err(error)) => return error,
        _ => NotConvertible::NoSsoKeys { instead },
    };
    not_convertible(context, profile, reason)
}

/// The error for a profile that is named.
pub fn not_convertible(context: &Context, profile: &str, reason: NotConvertible) -> Error {
    let config_path = shown_config_path(context);
    Error::Configuration(ConfigurationError::NotConvertible {
        profile: profile.to_owned(),
        reason,
        config_path,
    })
}

fn nothing(context: &Context, sources: &RoleSources<'_>, wanted: Option<&str>, back: bool) -> Error {
    Error::Configuration(ConfigurationError::NothingToConvert {
        similar: wanted.filter(|wanted| !is_pattern(wanted)).and_then(|wanted| sources.similar(wanted)),
        wanted: wanted.map(str::to_owned),
        back,
        config_path: shown_config_path(context),
    })
}
