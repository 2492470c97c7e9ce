//! Temporary files that killed processes left beside a cache file.
//!
//! Tokens are neither removed nor put in place here.

use std::ffi::OsStr;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::json_file::LARGEST;
use super::room::is_room;
use super::staging::written_through;
use crate::platform;

/// A temporary file that never replaced its target.
pub(super) struct LeftOver {
    pub(super) path: PathBuf,
    pub(super) modified: SystemTime,
    /// Its members; `None` if it was not written to its end, or other users can write to it.
    pub(super) members: Option<Map<String, Value>>,
}

/// The temporary files that were to replace `target`.
pub(super) fn left_over(target: &Path) -> impl Iterator<Item = LeftOver> {
    temporary_files_of(target).filter_map(|path| {
        let modified = platform::modified(&path)?;
        Some(LeftOver { members: read_whole(&path), path, modified })
    })
}

/// Whether no process is still working on a temporary file.
pub fn is_abandoned(temporary: &Path) -> bool {
    platform::age(temporary).is_some_and(|age| age > platform::ABANDONED)
}

/// Removes the temporary files that killed processes left, and that were to replace `target`.
pub(super) fn remove_abandoned(target: &Path) {
    for path in temporary_files_of(target).filter(|path| is_abandoned(path)) {
        let _ = std::fs::remove_file(path);
    }
}

/// Whether there is a temporary file that was to replace `target`. Reserved space
/// ([`Room`](super::room::Room)) does not count: there is nothing in it yet.
pub(super) fn has_left_over(target: &Path) -> bool {
    temporary_files_of(target).any(|path| !is_room(&path))
}

fn temporary_files_of(target: &Path) -> impl Iterator<Item = PathBuf> {
    let target = written_through(target);
    let directory = target.parent().unwrap_or(Path::new("."));
    let stem = target.file_stem().and_then(OsStr::to_str).unwrap_or_default();
    let start = format!("{stem}.");
    let entries = platform::read_directory(directory).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(move |path| {
        let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
        name.starts_with(&start) && name.ends_with(platform::TEMPORARY_ENDING)
    })
}

/// The members of a file that was written to its end. Only this program writes such files, so
/// the leniency that other tools' files need is out of place.
fn read_whole(path: &Path) -> Option<Map<String, Value>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(4096));
    platform::open_own(path).ok()?.take(LARGEST).read_to_end(&mut bytes).ok()?;
    serde_json::from_slice(&bytes).ok()
}
