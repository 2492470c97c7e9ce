//! Changes AWS's two configuration files: every byte stays that no change asks for.
//!
//! [`Document`] is the text of a file, and changes it in memory. [`preview`] and [`edit`] let a plan
//! change a document; `edit` then writes the file. What should be in the files is decided by the
//! callers.

mod change;
mod disk;
mod document;
mod edit;
mod edited;
mod layout;
mod line;
mod name;
mod new_section;
mod reading;
mod removal;
mod rewriting;
mod section;
mod setting;
mod synced;
mod writable;

pub use document::Document;
pub use edit::{Plan, close_to_others, edit, preview, remove_left_over};
pub use edited::Edited;
pub use name::{ConfigurationFile, SectionName};
pub use rewriting::SectionReading;
pub use synced::{EXPIRATION, SYNCED, Synced, is_as_synced};
pub use writable::check_value;
