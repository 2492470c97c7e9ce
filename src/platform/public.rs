//! Files that every user may read.

use std::io::{self, Write as _};
use std::path::Path;

use super::files::create_private_new;
use super::replacing::temporary_name;

/// Writes the file at `path` whole, or leaves it as it was. Every user may read it.
///
/// # Errors
/// The system's error.
pub fn replace_public(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let temporary = path.with_file_name(temporary_name(&name));
    let mut file = create_private_new(&temporary)?;
    let written = file
        .write_all(bytes)
        .and_then(|()| open_to_all(&file))
        .and_then(|()| super::in_use::rename(&temporary, path));
    if written.is_err() {
        let _ = std::fs::remove_file(&temporary);
    }
    written
}

#[cfg(unix)]
fn open_to_all(file: &std::fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

/// The access list of the directory decides.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "on Unix it can fail")]
fn open_to_all(_file: &std::fs::File) -> io::Result<()> {
    Ok(())
}
