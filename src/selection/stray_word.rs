//! The hint for a word behind a subcommand that is no option: `login corp` probably means
//! `login --sso-session corp`.

use super::suggest::nearest;
use crate::config::{Files, Pick};
use crate::context::Context;
use crate::text::shell::option;

/// The hint with the option that `word` probably means: a session or a profile of that name, else
/// of a similar name. A profile only if the command `takes_profile`. If there is none, the word is a
/// page of the console if the command `takes_destination`.
pub fn meant_by_word(context: &Context, word: &str, takes_profile: bool, takes_destination: bool) -> String {
    let files = Files::read(context, Pick::All, Pick::All, Pick::Nothing).unwrap_or_default();
    let sessions: Vec<&str> = files.sso_session_names().collect();
    let profiles: Vec<&str> = files.profile_names().filter(|_| takes_profile).collect();
    let session = sessions.contains(&word).then(|| ("--sso-session", word.to_owned()));
    let profile = profiles.contains(&word).then(|| ("--profile", word.to_owned()));
    let near = |flag, names: &[&str]| Some((flag, nearest(word, names.iter().copied())?));
    let meant = session
        .or(profile)
        .or_else(|| near("--sso-session", &sessions))
        .or_else(|| near("--profile", &profiles))
        .or_else(|| takes_destination.then(|| ("--destination", word.to_owned())));
    match meant {
        Some((flag, name)) => format!("did you mean `{}`?", option(flag, &name).trim_start()),
        None if !takes_profile => "name a session with `--sso-session NAME`".to_owned(),
        None => "name a session with `--sso-session NAME`, or a profile with `--profile NAME`".to_owned(),
    }
}
