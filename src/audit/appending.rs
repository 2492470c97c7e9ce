//! Appends a line to the audit log, and begins a new log when the old one is full.
//!
//! All processes append to one file, each line in one write. A process that finds the log full renames
//! it, under a lock of that file, so that no line is lost when many processes do so at once.

use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::time::Duration;

use crate::context::Context;
use crate::platform::{self, FileState};

/// The log is kept below this many bytes, and so is its one predecessor.
const MOST_BYTES: u64 = 1024 * 1024;

/// How long to wait for the lock, which is held for one write.
const PATIENCE: Duration = Duration::from_millis(500);
const STEP: Duration = Duration::from_millis(1);

/// How often another process may have renamed the log before this one gives up.
const TRIES: u32 = 50;

const NAME: &str = "aws-sso-cred-audit.jsonl";
const PREDECESSOR: &str = "aws-sso-cred-audit.jsonl.1";

/// Appends `line`, with its end, to `~/.aws/sso/aws-sso-cred-audit.jsonl`.
///
/// # Errors
/// The system's error.
pub(super) fn append(context: &Context, line: &str) -> io::Result<()> {
    let home = context.home().filter(|home| home.is_dir()).ok_or(io::ErrorKind::NotFound)?;
    let directory = home.join(".aws").join("sso");
    platform::create_private_directories(&directory)?;
    let path = directory.join(NAME);
    for _ in 0..TRIES {
        let mut log = platform::open_private_append(&path)?;
        let is_locked = lock(context, &log);
        if !is_at(&log, &path) {
            continue;
        }
        let before = log.metadata()?.len();
        let line = if is_locked && is_cut(&path) { format!("\n{line}") } else { line.to_owned() };
        if before.saturating_add(line.len() as u64) <= MOST_BYTES {
            return write(&mut log, &line, before, is_locked);
        }
        if !is_locked {
            break;
        }
        let predecessor = directory.join(PREDECESSOR);
        platform::ensure_replaceable(&predecessor)?;
        platform::rename(&path, &predecessor)?;
    }
    Err(io::ErrorKind::ResourceBusy.into())
}

/// Whether `log` is still the file at `path`: another process may have renamed it.
fn is_at(log: &File, path: &Path) -> bool {
    let states = (log.metadata(), fs::symlink_metadata(path));
    matches!(states, (Ok(log), Ok(there)) if FileState::of(&log) == FileState::of(&there))
}

/// Whether the last line has no end, as after a crash of the computer: the next one would be spoiled, too.
fn is_cut(path: &Path) -> bool {
    let mut last = [b'\n'];
    let read = platform::open_regular(path).and_then(|mut log| {
        log.seek(SeekFrom::End(-1))?;
        log.read_exact(&mut last)
    });
    read.is_ok() && last != [b'\n']
}

/// The lock ends with the process at the latest. Without it a line is still appended whole, but the
/// log is not renamed.
fn lock(context: &Context, log: &File) -> bool {
    let until = context.elapsed().saturating_add(PATIENCE);
    loop {
        match log.try_lock() {
            Err(fs::TryLockError::WouldBlock) if context.elapsed() < until => context.sleep(STEP),
            Err(fs::TryLockError::WouldBlock) => return false,
            // A file system without locks: if two processes rename the log at once, lines may be lost.
            Ok(()) | Err(fs::TryLockError::Error(_)) => return true,
        }
    }
}

/// A line that the disk has no room for is taken back.
fn write(log: &mut File, line: &str, before: u64, is_locked: bool) -> io::Result<()> {
    let written = log.write(line.as_bytes());
    match written {
        Ok(length) if length == line.len() => Ok(()),
        Ok(_) => {
            if is_locked {
                let _ = log.set_len(before);
            }
            Err(io::ErrorKind::StorageFull.into())
        }
        Err(error) => Err(error),
    }
}
