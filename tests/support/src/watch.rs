//! What a program lets others see, beside its streams: the programs that it starts with their
//! arguments and variables, the bytes that it writes to files, and the names that it gives to files.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::os::unix::fs::{FileExt as _, PermissionsExt as _};
use std::path::PathBuf;
use std::process::Command;

use nix::sys::ptrace;
use nix::unistd::Pid;
use syscalls::Sysno;

use crate::sandbox::Output;
use crate::start::traced_at;
use crate::trace::{Stop, SystemCall, run_seen};

/// What was seen of a program and of the programs that it started.
#[derive(Debug)]
pub struct Watched {
    /// How the first program ended, and the output of its pipes.
    pub output: Output,
    /// The programs that were started after the first.
    pub started: Vec<Started>,
    /// The bytes written to each path, which may be a terminal, while the file had these mode bits.
    pub written: BTreeMap<(PathBuf, u32), Vec<u8>>,
    /// The paths that system calls named, and the targets of links.
    pub names: BTreeSet<String>,
}

/// A program that was started.
#[derive(Debug)]
pub struct Started {
    /// Its arguments, with its own name.
    pub arguments: Vec<String>,
    /// Its variables, as `NAME=value`.
    pub environment: Vec<String>,
}

/// Runs a program to its end and watches it and its children.
///
/// # Panics
///
/// If it cannot be started or traced, or hangs: it is killed then.
#[must_use]
pub fn watch(command: &mut Command) -> Watched {
    let (mut started, mut written, mut names) = (Vec::new(), BTreeMap::new(), BTreeSet::new());
    let output = run_seen(traced_at(command, CALLS), ptrace::cont, &mut |pid, stop| {
        let Stop::Call(call) = stop else {
            started.push(start(pid));
            return false;
        };
        let Ok(memory) = File::open(format!("/proc/{pid}/mem")) else { return false };
        if let Some(descriptor) = written_to(call) {
            if let Some(to) = file_of(pid, descriptor) {
                let all: &mut Vec<u8> = written.entry(to).or_default();
                all.extend(content(&memory, pid, call));
            }
        } else {
            names.extend(paths_in(call.name).iter().map(|at| text(&memory, call.arguments[*at])));
        }
        false
    });
    Watched { output, started, written, names }
}

/// The program that a process has become. Of a script, it is the interpreter, which has the script as
/// an argument.
fn start(pid: Pid) -> Started {
    let list = |file: &str| {
        let bytes = fs::read(format!("/proc/{pid}/{file}")).unwrap_or_default();
        let all = bytes.split_inclusive(|byte| *byte == 0);
        all.map(|one| String::from_utf8_lossy(one).trim_end_matches('\0').to_owned()).collect()
    };
    Started { arguments: list("cmdline"), environment: list("environ") }
}

/// The descriptor that a call writes to.
fn written_to(call: &SystemCall) -> Option<u64> {
    match call.name {
        "write" | "writev" | "pwrite64" | "pwritev" | "pwritev2" | "sendfile" => Some(call.arguments[0]),
        "copy_file_range" => Some(call.arguments[2]),
        _ => None,
    }
}

/// The file of a descriptor, and its mode; `None` for pipes and sockets.
fn file_of(pid: Pid, descriptor: u64) -> Option<(PathBuf, u32)> {
    let link = format!("/proc/{pid}/fd/{descriptor}");
    let path = fs::read_link(&link).ok().filter(|path| path.is_absolute())?;
    Some((path, fs::metadata(link).ok()?.permissions().mode() & 0o7777))
}

/// The bytes that a call writes.
fn content(memory: &File, pid: Pid, call: &SystemCall) -> Vec<u8> {
    let [_, second, third, ..] = call.arguments;
    match call.name {
        "write" | "pwrite64" => bytes(memory, second, third),
        // The whole file that bytes are copied from.
        "sendfile" => fs::read(format!("/proc/{pid}/fd/{second}")).unwrap_or_default(),
        "copy_file_range" => fs::read(format!("/proc/{pid}/fd/{}", call.arguments[0])).unwrap_or_default(),
        // Pairs of an address and a length.
        _ => (0..third)
            .flat_map(|at| bytes(memory, word(memory, second + 16 * at), word(memory, second + 16 * at + 8)))
            .collect(),
    }
}

/// Which arguments of a call are paths.
fn paths_in(call: &str) -> &'static [usize] {
    match call {
        "open" | "creat" | "mkdir" => &[0],
        "openat" | "mkdirat" => &[1],
        "rename" | "link" | "symlink" => &[0, 1],
        "renameat" | "renameat2" | "linkat" => &[1, 3],
        "symlinkat" => &[0, 2],
        _ => &[],
    }
}

/// The calls at which the program stops; `prctl`, as the tracer keeps the program readable.
const CALLS: &[Sysno] = &[
    Sysno::write,
    Sysno::writev,
    Sysno::pwrite64,
    Sysno::pwritev,
    Sysno::pwritev2,
    Sysno::sendfile,
    Sysno::copy_file_range,
    Sysno::openat,
    Sysno::mkdirat,
    Sysno::renameat2,
    Sysno::linkat,
    Sysno::symlinkat,
    Sysno::prctl,
    #[cfg(target_arch = "x86_64")]
    Sysno::open,
    #[cfg(target_arch = "x86_64")]
    Sysno::creat,
    #[cfg(target_arch = "x86_64")]
    Sysno::mkdir,
    #[cfg(target_arch = "x86_64")]
    Sysno::rename,
    #[cfg(target_arch = "x86_64")]
    Sysno::renameat,
    #[cfg(target_arch = "x86_64")]
    Sysno::link,
    #[cfg(target_arch = "x86_64")]
    Sysno::symlink,
];

fn word(memory: &File, address: u64) -> u64 {
    let mut bytes = [0; 8];
    memory.read_exact_at(&mut bytes, address).map_or(0, |()| u64::from_ne_bytes(bytes))
}

/// The text that ends with 0.
fn text(memory: &File, address: u64) -> String {
    let (mut all, mut part) = (Vec::new(), [0; 256]);
    while let Ok(length @ 1..) = memory.read_at(&mut part, address + all.len() as u64) {
        if let Some(end) = part[..length].iter().position(|byte| *byte == 0) {
            all.extend(&part[..end]);
            break;
        }
        all.extend(&part[..length]);
    }
    String::from_utf8_lossy(&all).into_owned()
}

fn bytes(memory: &File, address: u64, length: u64) -> Vec<u8> {
    let mut bytes = vec![0; usize::try_from(length).unwrap_or(0)];
    let length = memory.read_at(&mut bytes, address).unwrap_or(0);
    bytes.truncate(length);
    bytes
}
