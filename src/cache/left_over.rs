//! Temporary files that killed processes left beside a file of the caches.

use std::ffi::OsStr;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::json_file::LARGEST;
use super::room::is_room;
use super::staging::written_through;
use crate::platform;

/// A file that was written whole to take the place of another, and was left beside it.
pub(super) struct LeftOver {
    pub(super) path: PathBuf,
    pub(super) modified: SystemTime,
    /// What it holds; nothing if it is torn, or not a file of ours.
    pub(super) members: Option<Map<String, Value>>,
}

/// What killed processes left that was to become `target`.
pub(super) fn left_over(target: &Path) -> impl Iterator<Item = LeftOver> {
    temporary_files_of(target).filter_map(|path| {
        let modified = platform::modified(&path)?;
        Some(LeftOver { members: read_whole(&path), path, modified })
    })
}

/// Whether a temporary file is in no process's hands any more: it is made before AWS is
/// asked for a token, and AWS is given less time than this.
pub fn is_abandoned(temporary: &Path) -> bool {
    const ABANDONED: Duration = Duration::from_secs(60);
    platform::age(temporary).is_some_and(|age| age > ABANDONED)
}

/// Whether there is anything of the kind. A [`Room`](super::room::Room) is not: nothing is in it yet.
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

/// A file of ours to its last byte, without the leniency that other tools' files need.
fn read_whole(path: &Path) -> Option<Map<String, Value>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(4096));
    platform::open_own(path).ok()?.take(LARGEST).read_to_end(&mut bytes).ok()?;
    serde_json::from_slice(&bytes).ok()
}
