//! Which process holds a lock: noted in the lock's file, for those who wait in vain.

use std::fs::File;

/// Notes in a lock's file that this process holds it, for those who wait in vain. Failing
/// costs them a number.
#[cfg(unix)]
pub fn note_holder(lock: &File) {
    use std::os::unix::fs::FileExt as _;
    let _ = lock.write_all_at(format!("{:10}\n", std::process::id()).as_bytes(), 0);
}

/// The process that [`note_holder`] named.
#[cfg(unix)]
pub fn noted_holder(lock: &File) -> Option<u32> {
    use std::os::unix::fs::FileExt as _;
    let mut bytes = [0u8; 11];
    lock.read_exact_at(&mut bytes, 0).ok()?;
    std::str::from_utf8(&bytes).ok()?.trim().parse().ok()
}

/// A locked file cannot be read by others here.
#[cfg(not(unix))]
pub fn note_holder(_lock: &File) {}

/// Not known here.
#[cfg(not(unix))]
pub fn noted_holder(_lock: &File) -> Option<u32> {
    None
}
