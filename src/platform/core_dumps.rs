//! Core dumps: the memory of a process, with all its secrets, in a file or in the hands of a crash
//! reporter.

/// From now on, no signal makes the kernel write a core dump of this process, wherever core dumps
/// go, and no other process of the same user can read its memory or its environment. Only root can.
///
/// A program that this process starts or becomes is not affected, because `execve` undoes this. The
/// limit of `ulimit -c` would be inherited, and it does not keep a dump from a crash reporter.
#[cfg(target_os = "linux")]
pub fn forbid_core_dumps() {
    // A kernel that refuses leaves the process as any other.
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}

/// Other systems have no such setting of a process that its children do not inherit.
#[cfg(not(target_os = "linux"))]
pub fn forbid_core_dumps() {}
