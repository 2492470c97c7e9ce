//! Which profiles are written to which sections: a function of the options and the configuration
//! files.

use crate::cli::SyncOptions;
use crate::commands::star_pattern::{is_pattern, matches};
use crate::config::shown_config_path;
use crate::context::Context;
use crate::error::{ConfigurationError, Error, SyncError};
use crate::selection::{self, HelperLine, RoleSource, RoleSources};

/// Names the profile if the person names none.
const VARIABLE: &str = "AWS_PROFILE";

/// A profile, and the section to which its credentials are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The profile.
    pub profile: String,
    /// The section of the credentials file.
    pub target: String,
    /// The target is the name of a profile whose line starts this program. While the section has keys,
    /// SDKs do not start it.
    pub hides_line: bool,
}

/// What the options ask for, each section once.
///
/// # Errors
/// [`SyncError`], and a config file that cannot be read.
pub fn wanted(context: &Context, options: &SyncOptions) -> Result<Vec<Wanted>, Error> {
    let named = match (context.variable(VARIABLE), &options.profiles[..]) {
        _ if options.all => vec!["*".to_owned()],
        (None, []) if options.prune => return Ok(Vec::new()),
        (variable, []) => vec![variable.unwrap_or_else(|| "default".to_owned())],
        (_, named) => named.to_vec(),
    };
    selection::ensure_usable_config(context, "your profiles")?;
    let sources = RoleSources::read_files(context)?;
    let mut wanted: Vec<Wanted> = Vec::new();
    for named in &named {
        let (profiles, target) =
            if names_none(options) { (named_alone(&sources, named), None) } else { meant(&sources, named)? };
        if profiles.is_empty() {
            return Err(nothing_meant(context, options, &sources, named));
        }
        for profile in profiles {
            let target = target.unwrap_or(profile);
            let (profile, target) = (profile.to_owned(), target.to_owned());
            let hides_line = sources.names().any(|name| name == target)
                && matches!(sources.of(&target).line, Some(HelperLine::Ours(_)));
            add(&mut wanted, Wanted { profile, target, hides_line })?;
        }
    }
    Ok(wanted)
}

/// Whether the person leaves it to the variable, else to `default`, which profile is meant.
const fn names_none(options: &SyncOptions) -> bool {
    options.profiles.is_empty() && !options.all
}

/// No profile fits `named`.
fn nothing_meant(context: &Context, options: &SyncOptions, sources: &RoleSources<'_>, named: &str) -> Error {
    if names_none(options) && context.variable(VARIABLE).is_some() {
        return selection::profile_not_found(context, (named, Some(VARIABLE)));
    }
    let wanted = (!options.all).then(|| named.to_owned());
    let similar = wanted.as_deref().filter(|wanted| !is_pattern(wanted));
    let similar = similar.and_then(|wanted| sources.similar(wanted));
    SyncError::NothingMeant { wanted, similar, config_path: shown_config_path(context) }.into()
}

fn add(wanted: &mut Vec<Wanted>, new: Wanted) -> Result<(), Error> {
    match wanted.iter().find(|other| other.target == new.target) {
        Some(other) if other.profile == new.profile => Ok(()),
        Some(other) => {
            let profiles = [other.profile.clone(), new.profile];
            Err(SyncError::SameTarget { target: new.target, profiles }.into())
        }
        None => {
            wanted.push(new);
            Ok(())
        }
    }
}

/// The profiles that a word means, and the section that it names. A profile whose whole name it is, or
/// whose whole name it fits, comes before one that ends at a colon.
fn meant<'a>(sources: &'a RoleSources<'_>, word: &'a str) -> Result<(Vec<&'a str>, Option<&'a str>), Error> {
    let whole = fitting(sources, word);
    if !whole.is_empty() || !word.contains(':') {
        return Ok((whole, None));
    }
    for (colon, _) in word.rmatch_indices(':') {
        let (name, target) = (&word[..colon], &word[colon + 1..]);
        let profiles = fitting(sources, name);
        if !profiles.is_empty() && target.is_empty() {
            return Err(Error::Configuration(ConfigurationError::Usage {
                message: format!("`{word}` names no section behind the colon"),
                suggestion: Some("name one, as in `aws-sso-cred sync dev:default`".to_owned()),
            }));
        }
        if !profiles.is_empty() {
            return Ok((profiles, Some(target)));
        }
    }
    Ok((Vec::new(), None))
}

/// The profile of this name, whatever it is, else the SSO profiles that fit the pattern.
fn fitting<'a>(sources: &'a RoleSources<'_>, word: &str) -> Vec<&'a str> {
    let named = named_alone(sources, word);
    if !named.is_empty() || !is_pattern(word) {
        return named;
    }
    sources.names().filter(|name| matches(word, name) && is_sso(&sources.of(name))).collect()
}

fn named_alone<'a>(sources: &'a RoleSources<'_>, word: &str) -> Vec<&'a str> {
    sources.names().find(|name| *name == word).into_iter().collect()
}

fn is_sso(source: &RoleSource) -> bool {
    let has_keys = source.by_keys.is_some() && !source.is_for_tokens;
    has_keys || matches!(source.line, Some(HelperLine::Ours(_) | HelperLine::Broken(_)))
}
