//! One small JSON document of ours. Each kind of note is a type in a file of its own.

use std::time::Duration;

use serde_json::Value;

use crate::cache::LARGEST;
use crate::context::Context;
use crate::debug;
use crate::platform::PrivateFile;

/// A document in the state directory; without a state directory it is never there.
pub(super) struct Note<'a> {
    context: &'a Context,
    file: Option<PrivateFile>,
}

impl<'a> Note<'a> {
    pub(super) fn new(context: &'a Context, file: Option<PrivateFile>) -> Self {
        Self { context, file }
    }

    /// What it says; a file that makes no sense counts as none.
    pub(super) fn read(&self) -> Option<Value> {
        serde_json::from_slice(&self.file.as_ref()?.read(LARGEST).ok()?).ok()
    }

    /// Replaces it at once and whole, 0600. A failure costs a line in the debug log.
    pub(super) fn write(&self, document: &Value) {
        self.write_text(&document.to_string());
    }

    /// The same for a document that is text already.
    pub(super) fn write_text(&self, text: &str) {
        let Some(file) = &self.file else { return };
        if let Err(error) = file.write(text) {
            debug!(self.context, "state: cannot write {}: {error}", file.path().display());
        }
    }

    /// Whether it can be written; it is tried with this text.
    pub(super) fn can_hold(&self, document: &Value) -> bool {
        self.file.as_ref().is_some_and(|file| file.write(&document.to_string()).is_ok())
    }

    /// Removes it, if it is there.
    pub(super) fn remove(&self) {
        let Some(file) = &self.file else { return };
        match file.remove() {
            Ok(true) => debug!(self.context, "state: removed {}", file.path().display()),
            Ok(false) => {}
            Err(error) => debug!(self.context, "state: cannot remove {}: {error}", file.path().display()),
        }
    }

    /// Whether it is there.
    pub(super) fn exists(&self) -> bool {
        self.file.as_ref().is_some_and(PrivateFile::exists)
    }

    /// How long ago it was written.
    pub(super) fn age(&self) -> Option<Duration> {
        self.file.as_ref()?.age()
    }

    /// Whether there is a place for it.
    pub(super) fn has_a_place(&self) -> bool {
        self.file.is_some()
    }
}
