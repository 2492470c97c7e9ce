//! The mark of a profile that `populate` wrote: a key of the section that AWS's tools keep and no SDK
//! reads. It tells the session, and whether a person has changed the section since.

use crate::state::short_fingerprint;

/// The key of the mark.
pub const MARK: &str = "aws_sso_cred_populated";

/// The keys of a section and their values.
pub type Keys = Vec<(String, String)>;

/// What a mark says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark<'a> {
    /// There is none: `populate` did not write the section.
    None,
    /// `populate` wrote the section for this session, and it is as it was written.
    Untouched { session: &'a str },
    /// `populate` wrote the section for this session, and a person or a tool has changed it.
    Changed { session: &'a str },
}

impl<'a> Mark<'a> {
    /// The session for which `populate` wrote the section.
    pub const fn session(self) -> Option<&'a str> {
        match self {
            Self::None => None,
            Self::Untouched { session } | Self::Changed { session } => Some(session),
        }
    }
}

/// The value of the mark for a section with `keys`.
pub fn value(session: &str, profile: &str, keys: &Keys) -> String {
    format!("{} {session}", fingerprint(profile, keys))
}

/// Reads the mark of a section.
pub fn read<'a>(profile: &str, keys: &'a Keys) -> Mark<'a> {
    let Some((_, mark)) = keys.iter().find(|(key, _)| key == MARK) else { return Mark::None };
    match mark.split_once(' ') {
        Some((written, session)) if written == fingerprint(profile, keys) => Mark::Untouched { session },
        Some((_, session)) => Mark::Changed { session },
        None => Mark::None,
    }
}

/// A short hash of the name and of all keys but the mark. With the name in it, a section that a person
/// copied or renamed counts as changed.
fn fingerprint(profile: &str, keys: &Keys) -> String {
    let mut keys: Vec<_> = keys.iter().filter(|(key, _)| key != MARK).collect();
    keys.sort();
    let texts = keys.into_iter().flat_map(|(key, value)| [key.as_str(), value]);
    short_fingerprint(&std::iter::once(profile).chain(texts).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(keys: &[(&str, &str)]) -> Keys {
        keys.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    fn marked(written: &[(&str, &str)]) -> Keys {
        let mut written = keys(written);
        written.push((MARK.to_owned(), value("my corp", "dev", &written)));
        written
    }

    const WRITTEN: [(&str, &str); 2] = [("region", "eu-west-1"), ("credential_process", "x --y z")];

    #[test]
    fn a_section_as_it_was_written_is_untouched() {
        let mut section = marked(&WRITTEN);
        assert_eq!(read("dev", &section), Mark::Untouched { session: "my corp" });
        section.reverse();
        assert_eq!(read("dev", &section), Mark::Untouched { session: "my corp" }, "order means nothing");
    }

    #[test]
    fn every_change_is_seen() {
        let changed = Mark::Changed { session: "my corp" };
        let mut with_more = marked(&WRITTEN);
        with_more.push(("output".to_owned(), "json".to_owned()));
        assert_eq!(read("dev", &with_more), changed);
        let mut with_less = marked(&WRITTEN);
        with_less.remove(0);
        assert_eq!(read("dev", &with_less), changed);
        let mut other = marked(&WRITTEN);
        other[0].1 = "eu-west-2".to_owned();
        assert_eq!(read("dev", &other), changed);
        assert_eq!(read("renamed", &marked(&WRITTEN)), changed);
    }

    #[test]
    fn a_section_without_a_whole_mark_is_not_ours() {
        assert_eq!(read("dev", &keys(&WRITTEN)), Mark::None);
        assert_eq!(read("dev", &keys(&[(MARK, "0123")])), Mark::None);
    }
}
