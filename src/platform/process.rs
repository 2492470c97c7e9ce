//! Processes: looking up a program, and starting one that shares nothing with us.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// The environment that was handed to this process.
#[expect(clippy::disallowed_methods, reason = "a child's environment is made from the whole of ours")]
pub fn environment() -> impl Iterator<Item = (OsString, OsString)> {
    std::env::vars_os()
}

/// Removes the variable by which the SDK's crates would be given other hosts for AWS's
/// partitions. They read it past every setting, and panic over a file they cannot read.
///
/// For the first lines of `main`, while there is one thread.
#[expect(clippy::disallowed_methods, reason = "the SDK offers no other way to ignore it")]
#[expect(unsafe_code, reason = "another thread could be reading the environment")]
pub fn forget_partitions() {
    // SAFETY: `main` calls this before anything else, when no other thread is there.
    unsafe { std::env::remove_var("SMITHY_CLIENT_SDK_CUSTOM_PARTITION") };
}

/// The program that `name` means: itself when it has a directory, else the first in
/// `search_path` (a `PATH`). Entries of `PATH` that are not absolute are left out:
/// what lies in the current directory is not ours to start.
pub fn find_program(name: &OsStr, search_path: Option<&OsStr>) -> Option<PathBuf> {
    let name = Path::new(name);
    if name.components().count() > 1 || name.is_absolute() {
        return os::executable(name);
    }
    name.file_name()?;
    std::env::split_paths(search_path?)
        .filter(|directory| directory.is_absolute())
        .find_map(|directory| os::executable(&directory.join(name)))
}

/// Starts `program` on its own, to be looked at and not to be waited for: `environment` and nothing
/// else, the null device for its three streams, no other descriptor of ours, and a
/// session without a terminal. It lives on when we exit, and whoever waits for the
/// end of our pipes does not wait for it.
///
/// # Errors
/// The system's, when the program cannot be run.
#[expect(clippy::disallowed_methods, reason = "one of the places where children start")]
pub fn start_detached(
    program: &Path,
    arguments: &[String],
    environment: &[(OsString, OsString)],
) -> io::Result<Child> {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env_clear()
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    os::detach(&mut command);
    // Once it ends it is a zombie until we exit; then it is its new parent's to reap.
    command.spawn()
}

/// Whether a process is stopped, as by Ctrl-Z. `None`: that cannot be told. A process that is
/// traced (`t`) is not meant: `strace` stops it at every call, for a moment.
#[cfg(target_os = "linux")]
pub fn is_stopped(process: u32) -> Option<bool> {
    name_and_state(process).map(|(_, state)| state == 'T')
}

/// Whether a number may be that of another process of this program. In another container it
/// means another process: that one must be neither judged nor offered to be ended.
#[cfg(target_os = "linux")]
pub fn may_be_one_of_us(process: u32) -> bool {
    let Some((ours, _)) = name_and_state(std::process::id()) else { return true };
    name_and_state(process).is_some_and(|(name, _)| name == ours)
}

/// As the kernel tells it: `4711 (a name) T …`. The name may hold anything.
#[cfg(target_os = "linux")]
fn name_and_state(process: u32) -> Option<(String, char)> {
    let facts = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let (name, rest) = facts.split_once(" (")?.1.rsplit_once(')')?;
    Some((name.to_owned(), rest.trim_start().chars().next()?))
}

/// Not told here without unsafe code; the deadline of the wait does.
#[cfg(not(target_os = "linux"))]
pub fn is_stopped(_process: u32) -> Option<bool> {
    None
}

/// Not told here.
#[cfg(not(target_os = "linux"))]
pub fn may_be_one_of_us(_process: u32) -> bool {
    true
}

#[cfg(unix)]
mod os {
    use super::{Command, Path, PathBuf};
    use rustix::io::{FdFlags, fcntl_setfd};
    use std::os::fd::{BorrowedFd, RawFd};
    use std::os::unix::fs::PermissionsExt as _;
    use std::os::unix::process::CommandExt as _;

    pub(super) fn executable(path: &Path) -> Option<PathBuf> {
        let metadata = std::fs::metadata(path).ok()?;
        let runs = metadata.is_file() && metadata.permissions().mode() & 0o111 != 0;
        runs.then(|| path.to_owned())
    }

    /// What we open ourselves closes at exec, but a descriptor that our caller left
    /// open for us would go on to the child. The list is made before the fork and
    /// marked after it, so that this process keeps its descriptors as they are.
    #[expect(unsafe_code, reason = "std has no safe way yet to call setsid in the child (process_setsid)")]
    pub(super) fn detach(command: &mut Command) {
        let inherited = open_descriptors();
        let leave = move || {
            rustix::process::setsid()?;
            crate::platform::limits::restore_file_size_limit();
            for &descriptor in &inherited {
                // SAFETY: the number is used for this one call; if it is no longer open
                // the call fails with EBADF, which is as good.
                let descriptor = unsafe { BorrowedFd::borrow_raw(descriptor) };
                let _ = fcntl_setfd(descriptor, FdFlags::CLOEXEC);
            }
            Ok(())
        };
        // SAFETY: between fork and exec `leave` makes system calls only; it takes no
        // lock and neither allocates nor frees.
        unsafe { command.pre_exec(leave) };
    }

    fn open_descriptors() -> Vec<RawFd> {
        let Some(listing) = ["/proc/self/fd", "/dev/fd"].iter().find_map(|path| std::fs::read_dir(path).ok())
        else {
            return (3..256).collect();
        };
        let numbers = listing.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        numbers.filter(|number| *number > 2).collect()
    }
}

#[cfg(windows)]
mod os {
    use super::{Command, Path, PathBuf};
    use std::os::windows::io::AsRawHandle as _;
    use std::os::windows::process::CommandExt as _;
    use windows_sys::Win32::Foundation::{HANDLE_FLAG_INHERIT, SetHandleInformation};
    use windows_sys::Win32::System::Threading::{CREATE_NEW_PROCESS_GROUP, DETACHED_PROCESS};

    pub(super) fn executable(path: &Path) -> Option<PathBuf> {
        if path.is_file() && path.extension().is_some() {
            return Some(path.to_owned());
        }
        ["exe", "com", "cmd", "bat"]
            .iter()
            .map(|extension| {
                let mut name = path.as_os_str().to_owned();
                name.push(".");
                name.push(extension);
                PathBuf::from(name)
            })
            .find(|candidate| candidate.is_file())
    }

    /// A child inherits every inheritable handle of its parent, whatever its own
    /// streams are (rust-lang/rust#54760), and our three are: the caller made them so.
    /// Our own later children lose nothing, as std hands them duplicates.
    #[expect(unsafe_code, reason = "std has no safe way yet to say bInheritHandles = FALSE")]
    #[expect(clippy::disallowed_methods, reason = "looks at the streams, uses none")]
    pub(super) fn detach(command: &mut Command) {
        let ours = [
            std::io::stdin().as_raw_handle(),
            std::io::stdout().as_raw_handle(),
            std::io::stderr().as_raw_handle(),
        ];
        for handle in ours {
            // SAFETY: sets a flag of a handle that lives as long as the process; a handle
            // that is null or closed makes the call fail, which is as good.
            let _ = unsafe { SetHandleInformation(handle, HANDLE_FLAG_INHERIT, 0) };
        }
        command.creation_flags(DETACHED_PROCESS | CREATE_NEW_PROCESS_GROUP);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_program_is_found_in_absolute_entries_of_path_only() {
        let found = find_program(OsStr::new("sh"), Some(OsStr::new("/nonexistent:/bin:/usr/bin")));
        assert_eq!(found.as_deref(), Some(Path::new("/bin/sh")));
        assert_eq!(find_program(OsStr::new("sh"), None), None);
        assert_eq!(find_program(OsStr::new("Cargo.toml"), Some(OsStr::new(".:"))), None);
        assert_eq!(find_program(OsStr::new(""), Some(OsStr::new("/bin"))), None);
        assert_eq!(find_program(OsStr::new(".."), Some(OsStr::new("/bin"))), None);
    }

    #[cfg(unix)]
    #[test]
    fn only_what_can_be_run_is_a_program() {
        assert_eq!(find_program(OsStr::new("/bin/sh"), None).as_deref(), Some(Path::new("/bin/sh")));
        assert_eq!(find_program(OsStr::new("/etc/passwd"), None), None);
        assert_eq!(find_program(OsStr::new("/bin"), None), None);
        assert_eq!(find_program(OsStr::new("passwd"), Some(OsStr::new("/etc"))), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_process_of_another_name_is_none_of_us() {
        assert!(may_be_one_of_us(std::process::id()));
        // The first process of the system, or of the container; and none at all.
        assert!(!may_be_one_of_us(1));
        assert!(!may_be_one_of_us(u32::MAX));
        assert_eq!(is_stopped(std::process::id()), Some(false));
        assert_eq!(is_stopped(u32::MAX), None);
    }

    #[test]
    fn a_program_that_is_not_there_is_an_error() {
        let missing = Path::new("/nonexistent/browser");
        assert_eq!(start_detached(missing, &[], &[]).unwrap_err().kind(), io::ErrorKind::NotFound);
    }
}
