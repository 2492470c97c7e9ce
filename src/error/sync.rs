//! Mistakes in what `sync` is asked for.

/// Exit code 2: `sync` cannot write what is asked for. Nothing was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SyncError {
    /// No profile is meant.
    NothingMeant {
        /// The name or pattern; `None` for `--all`.
        wanted: Option<String>,
        /// A profile with a similar name.
        similar: Option<String>,
        /// The config file.
        config_path: String,
    },
    /// Two profiles would be written to one section.
    SameTarget {
        /// The section.
        target: String,
        /// The first two profiles.
        profiles: [String; 2],
    },
    /// A section of the credentials file has other keys.
    NotOurs {
        /// The section.
        target: String,
        /// The profile that would be written there.
        profile: String,
        /// How many other sections are in the way.
        others: usize,
        /// Whether `sync` wrote it first, and its keys were changed since.
        changed: bool,
        /// The credentials file.
        path: String,
    },
}
