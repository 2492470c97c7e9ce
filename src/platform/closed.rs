//! Takes away other users' access to a file.

use std::io;
use std::path::Path;

/// Takes away other users' access to this user's file at `path`. `false` if they had none, and for a
/// file of another user.
///
/// # Errors
/// The system's error, and [`io::ErrorKind::PermissionDenied`] for a file that is read-only on purpose.
#[cfg(unix)]
pub fn close_to_others(path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    let file = super::files::open_regular(path)?;
    let found = file.metadata()?;
    super::files::ensure_writable(path, &found)?;
    let mode = found.permissions().mode();
    let is_open = mode & 0o077 != 0 && found.uid() == rustix::process::geteuid().as_raw();
    if is_open {
        file.set_permissions(std::fs::Permissions::from_mode(mode & 0o700))?;
    }
    Ok(is_open)
}

/// The access list of the user's profile lets only the user read there.
///
/// # Errors
/// None.
#[cfg(not(unix))]
pub fn close_to_others(_path: &Path) -> io::Result<bool> {
    Ok(false)
}
