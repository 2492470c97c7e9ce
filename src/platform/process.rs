//! Other processes: finds a program, starts it detached from this process, and tells whether a
//! process is stopped.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// The whole environment of this process.
#[expect(clippy::disallowed_methods, reason = "a child's environment is made from all of this process's")]
pub fn environment() -> impl Iterator<Item = (OsString, OsString)> {
    std::env::vars_os()
}

/// Removes the environment variable that gives the SDK's crates other hosts for AWS's partitions.
/// No setting keeps them from reading it, and they panic if they cannot read the file it names.
///
/// Call it at the start of `main`, while there is one thread.
#[expect(clippy::disallowed_methods, reason = "the SDK offers no other way to ignore it")]
#[expect(unsafe_code, reason = "another thread could be reading the environment")]
pub fn forget_partitions() {
    // SAFETY: `main` calls this while there is no other thread.
    unsafe { std::env::remove_var("SMITHY_CLIENT_SDK_CUSTOM_PARTITION") };
}

/// The file of this program, with links followed where the system does so; `None` if it is not known.
#[expect(clippy::disallowed_methods, reason = "`configure` writes how this program is started")]
pub fn this_program() -> Option<PathBuf> {
    std::env::current_exe().ok()
}

/// The program file that `name` means: `name` itself if it has a directory, else the first match
/// in `search_path` (the value of `PATH`). Relative entries are left out, so that no program is
/// started from the current directory by accident.
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

/// Starts `program` detached: with exactly `environment`, the null device as its three standard
/// streams, no other descriptor of this process, and a session without a terminal. It runs on
/// when this process exits, and does not keep this process's pipes open. The caller may look at
/// the child's exit status, but need not wait for it.
///
/// # Errors
/// The system's error, if the program cannot be run.
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
    // An ended child stays a zombie until this process exits; its new parent then reaps it.
    command.spawn()
}

/// Whether `error` says that Windows cannot run a file as a program, such as a script of PowerShell.
/// Other systems say it in words of their own.
pub fn is_no_program(error: &io::Error) -> bool {
    error.raw_os_error().is_some_and(os::is_no_program)
}

/// Whether a process is stopped, as by Ctrl-Z; `None` if that is not known. A traced process
/// (state `t`) does not count: `strace` stops it for a moment at every system call.
#[cfg(target_os = "linux")]
pub fn is_stopped(process: u32) -> Option<bool> {
    name_and_state(process).map(|(_, state)| state == 'T')
}

/// Whether the process with this id may be one of this program. An id that was noted in another
/// container means a different process here, which must not be reported or suggested for `kill`.
#[cfg(target_os = "linux")]
pub fn may_be_this_program(process: u32) -> bool {
    let Some((own_name, _)) = name_and_state(std::process::id()) else { return true };
    name_and_state(process).is_some_and(|(name, _)| name == own_name)
}

/// From `/proc/<process>/stat`: `4711 (a name) T …`. The name may hold any characters.
#[cfg(target_os = "linux")]
fn name_and_state(process: u32) -> Option<(String, char)> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let (name, rest) = stat.split_once(" (")?.1.rsplit_once(')')?;
    Some((name.to_owned(), rest.trim_start().chars().next()?))
}

/// `None`: on other systems this takes unsafe code. A wait for a lock ends at its deadline anyway.
#[cfg(not(target_os = "linux"))]
pub fn is_stopped(_process: u32) -> Option<bool> {
    None
}

/// Not known on other systems, so every id may be one of this program.
#[cfg(not(target_os = "linux"))]
pub fn may_be_this_program(_process: u32) -> bool {
    true
}

#[cfg(unix)]
mod os {
    use super::{Command, Path, PathBuf};
    use rustix::io::{FdFlags, fcntl_setfd};
    use std::os::fd::{BorrowedFd, RawFd};
    use std::os::unix::fs::PermissionsExt as _;
    use std::os::unix::process::CommandExt as _;

    pub(super) fn is_no_program(_code: i32) -> bool {
        false
    }

    pub(super) fn executable(path: &Path) -> Option<PathBuf> {
        let metadata = std::fs::metadata(path).ok()?;
        let runs = metadata.is_file() && metadata.permissions().mode() & 0o111 != 0;
        runs.then(|| path.to_owned())
    }

    /// The descriptors that this process opened are closed at exec, but the child would inherit
    /// those that this process inherited. They are listed before the fork and marked close-on-exec
    /// after it, so that they do not change in this process.
    #[expect(unsafe_code, reason = "std has no safe way yet to call setsid in the child (process_setsid)")]
    pub(super) fn detach(command: &mut Command) {
        let inherited = open_descriptors();
        let detach_child = move || {
            rustix::process::setsid()?;
            crate::platform::limits::restore_file_size_limit();
            for &descriptor in &inherited {
                // SAFETY: the number is used for this one call; if it is no longer open
                // the call fails with EBADF, which does no harm.
                let descriptor = unsafe { BorrowedFd::borrow_raw(descriptor) };
                let _ = fcntl_setfd(descriptor, FdFlags::CLOEXEC);
            }
            Ok(())
        };
        // SAFETY: between fork and exec the closure makes system calls only; it takes no
        // lock and neither allocates nor frees.
        unsafe { command.pre_exec(detach_child) };
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
    use windows_sys::Win32::Foundation::{ERROR_BAD_EXE_FORMAT, HANDLE_FLAG_INHERIT, SetHandleInformation};
    use windows_sys::Win32::System::Threading::{CREATE_NEW_PROCESS_GROUP, DETACHED_PROCESS};

    pub(super) fn is_no_program(code: i32) -> bool {
        code.cast_unsigned() == ERROR_BAD_EXE_FORMAT
    }

    pub(super) fn executable(path: &Path) -> Option<PathBuf> {
        let with_ending = |ending: &str| {
            let mut name = path.as_os_str().to_owned();
            name.push(ending);
            PathBuf::from(name)
        };
        // A name with a dot, such as `python3.11`, may lack the ending too.
        let as_it_is = path.extension().map(|_| "");
        let endings = as_it_is.into_iter().chain([".exe", ".com", ".cmd", ".bat"]);
        endings.map(with_ending).find(|candidate| candidate.is_file())
    }

    /// A child inherits every inheritable handle of its parent, whatever its own streams are
    /// (rust-lang/rust#54760). The three standard handles of this process are inheritable: its
    /// caller made them so. Later children still get streams, because std gives them duplicates.
    #[expect(unsafe_code, reason = "std has no safe way yet to say bInheritHandles = FALSE")]
    #[expect(clippy::disallowed_methods, reason = "looks at the streams, uses none")]
    pub(super) fn detach(command: &mut Command) {
        let standard_handles = [
            std::io::stdin().as_raw_handle(),
            std::io::stdout().as_raw_handle(),
            std::io::stderr().as_raw_handle(),
        ];
        for handle in standard_handles {
            // SAFETY: sets a flag of a handle that lives as long as the process; a handle
            // that is null or closed makes the call fail, which does no harm.
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
    fn a_program_is_an_executable_file() {
        assert_eq!(find_program(OsStr::new("/bin/sh"), None).as_deref(), Some(Path::new("/bin/sh")));
        assert_eq!(find_program(OsStr::new("/etc/passwd"), None), None);
        assert_eq!(find_program(OsStr::new("/bin"), None), None);
        assert_eq!(find_program(OsStr::new("passwd"), Some(OsStr::new("/etc"))), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_process_of_another_name_is_not_this_program() {
        assert!(may_be_this_program(std::process::id()));
        // The first process of the system or the container; and an id that no process has.
        assert!(!may_be_this_program(1));
        assert!(!may_be_this_program(u32::MAX));
        assert_eq!(is_stopped(std::process::id()), Some(false));
        assert_eq!(is_stopped(u32::MAX), None);
    }

    #[test]
    fn starting_a_missing_program_is_an_error() {
        let missing = Path::new("/nonexistent/browser");
        assert_eq!(start_detached(missing, &[], &[]).unwrap_err().kind(), io::ErrorKind::NotFound);
    }
}
