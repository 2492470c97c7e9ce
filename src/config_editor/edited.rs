//! A change of a configuration file, made or only planned.

use std::path::{Path, PathBuf};

use super::document::Document;
use crate::error::Error;
use crate::text::unified_diff::unified_diff;

/// A change of a configuration file.
#[derive(Debug)]
pub struct Edited {
    shown: String,
    /// The text before the change; `None` if there is no file.
    pub(super) before: Option<Vec<u8>>,
    pub(super) after: Vec<u8>,
    /// The lines that go and those that come: what a person has confirmed.
    lines: (Vec<Vec<u8>>, Vec<Vec<u8>>),
    backup: Option<PathBuf>,
}

impl Edited {
    pub(super) fn of(document: &Document, shown: &str, existed: bool) -> Result<Self, Error> {
        Ok(Self {
            shown: shown.to_owned(),
            before: existed.then(|| document.original().to_owned()),
            after: document.proven()?,
            lines: (document.removed.clone(), document.added()),
            backup: None,
        })
    }

    pub(super) fn with_backup(self, backup: Option<PathBuf>) -> Self {
        Self { backup, ..self }
    }

    /// Whether the file is as it should be. It was not touched then.
    pub fn is_unchanged(&self) -> bool {
        self.before.as_deref().unwrap_or_default() == self.after
    }

    /// Whether the file did not exist before.
    pub fn is_new_file(&self) -> bool {
        self.before.is_none()
    }

    /// The file as texts show it, `~/.aws/config`.
    pub fn shown_path(&self) -> &str {
        &self.shown
    }

    /// The copy of the file as it was before the change, if one was written.
    pub fn backup(&self) -> Option<&Path> {
        self.backup.as_deref()
    }

    /// The change as `diff -u` shows it; empty if there is none. The lines are those of the file: they
    /// may have control characters and secrets.
    pub fn unified_diff(&self) -> String {
        self.unified_diff_of(str::to_owned)
    }

    /// The same, of what `shown` makes of the text before and the text after.
    pub fn unified_diff_of(&self, shown: impl Fn(&str) -> String) -> String {
        let text = |bytes: &[u8]| shown(&String::from_utf8_lossy(bytes));
        let (before, after) = (text(self.before.as_deref().unwrap_or_default()), text(&self.after));
        let old_name = if self.is_new_file() { "/dev/null" } else { &self.shown };
        unified_diff((old_name, &before), (&self.shown, &after))
    }

    /// Whether `other` takes and adds the same lines.
    pub(super) fn is_same_change(&self, other: &Self) -> bool {
        self.lines == other.lines
    }
}
