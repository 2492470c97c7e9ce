//! A note: one small JSON document in the state directory. Each kind of note is a type in a
//! file of its own.

use std::time::Duration;

use serde_json::Value;

use crate::cache::LARGEST;
use crate::context::Context;
use crate::debug;
use crate::platform::PrivateFile;

/// The place of one note. Without a state directory, reading finds nothing and writing does
/// nothing.
pub(super) struct Note<'a> {
    context: &'a Context,
    file: Option<PrivateFile>,
}

impl<'a> Note<'a> {
    pub(super) fn new(context: &'a Context, file: Option<PrivateFile>) -> Self {
        Self { context, file }
    }

    /// The document; `None` if there is no file, or if it is not JSON.
    pub(super) fn read(&self) -> Option<Value> {
        self.read_up_to(LARGEST)
    }

    /// The same for a note of at most `most` bytes.
    pub(super) fn read_up_to(&self, most: u64) -> Option<Value> {
        serde_json::from_slice(&self.file.as_ref()?.read(most).ok()?).ok()
    }

    /// Replaces the document atomically, with mode 0600. A failure is only logged.
    pub(super) fn write(&self, document: &Value) {
        self.write_text(&document.to_string());
    }

    /// The same for JSON that is text already.
    pub(super) fn write_text(&self, text: &str) {
        let Some(file) = &self.file else { return };
        if let Err(error) = file.write(text) {
            debug!(self.context, "state: cannot write {}: {error}", file.path().display());
        }
    }

    /// Whether the note can be written. Tries it, with `document`.
    pub(super) fn can_hold(&self, document: &Value) -> bool {
        self.file.as_ref().is_some_and(|file| file.write(&document.to_string()).is_ok())
    }

    /// Removes the note, if there is one. A failure is only logged.
    pub(super) fn remove(&self) {
        let Some(file) = &self.file else { return };
        match file.remove() {
            Ok(true) => debug!(self.context, "state: removed {}", file.path().display()),
            Ok(false) => {}
            Err(error) => debug!(self.context, "state: cannot remove {}: {error}", file.path().display()),
        }
    }

    /// Whether there is a file, readable or not.
    pub(super) fn exists(&self) -> bool {
        self.file.as_ref().is_some_and(PrivateFile::exists)
    }

    /// How long ago the file was written.
    pub(super) fn age(&self) -> Option<Duration> {
        self.file.as_ref()?.age()
    }

    /// Whether there is a state directory to write the note to.
    pub(super) fn has_a_place(&self) -> bool {
        self.file.is_some()
    }
}
