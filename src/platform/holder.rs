//! Which process holds a lock, so that a process that waited in vain can name it.

use std::fs::File;

/// Writes this process's id to a lock's file. If that fails, an error message has no process id.
#[cfg(unix)]
pub fn note_holder(lock: &File) {
    use std::os::unix::fs::FileExt as _;
    let _ = lock.write_all_at(format!("{:10}\n", std::process::id()).as_bytes(), 0);
}

/// The process id that [`note_holder`] wrote.
#[cfg(unix)]
pub fn noted_holder(lock: &File) -> Option<u32> {
    use std::os::unix::fs::FileExt as _;
    let mut bytes = [0u8; 11];
    lock.read_exact_at(&mut bytes, 0).ok()?;
    std::str::from_utf8(&bytes).ok()?.trim().parse().ok()
}

/// Does nothing: on Windows, other processes cannot read a locked file.
#[cfg(not(unix))]
pub fn note_holder(_lock: &File) {}

/// `None`: on Windows, other processes cannot read a locked file.
#[cfg(not(unix))]
pub fn noted_holder(_lock: &File) -> Option<u32> {
    None
}
