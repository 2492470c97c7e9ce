//! Every section of both files, with sections of the same name merged.

use super::files::Files;
use super::header::Kind;
use super::scanner::Pick;
use super::settings::Settings;
use crate::context::Context;
use crate::error::Error;

/// The merged sections of one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergedSection {
    /// What the sections describe; [`Kind::Profile`] also for `[default]`.
    pub kind: Kind,
    /// The name, without quotes.
    pub name: String,
    /// The keys, in lower case, with their last value that is not empty. The text of a nested block
    /// begins with `\n`.
    pub settings: Vec<(String, String)>,
}

/// Every profile, sso-session and services section.
///
/// # Errors
/// [`ConfigurationError::ConfigUnreadable`](crate::error::ConfigurationError::ConfigUnreadable)
pub fn everything(context: &Context) -> Result<Vec<MergedSection>, Error> {
    let files = Files::read(context, Pick::All, Pick::All, Pick::All)?;
    let of_kind = |kind, groups: Vec<(u64, &str, Settings<'_>)>| {
        let merge = move |(_, name, settings): (u64, &str, Settings<'_>)| MergedSection {
            kind,
            name: name.to_owned(),
            settings: settings.merged(),
        };
        groups.into_iter().map(merge).collect::<Vec<_>>()
    };
    let mut all = of_kind(Kind::Profile, files.profiles());
    all.extend(of_kind(Kind::SsoSession, files.of_every_name(Kind::SsoSession)));
    all.extend(of_kind(Kind::Services, files.of_every_name(Kind::Services)));
    Ok(all)
}
