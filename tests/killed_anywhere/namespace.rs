//! Linux namespaces: a file system of its own, or all of a container but the network, in which the
//! stand-in listens.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use stand_in::Output;

use crate::common::{World, finish};

/// A namespace, which ends with this value.
pub struct Namespace<'w> {
    world: &'w World,
    holder: Child,
    kinds: &'static [&'static str],
}

/// Mounts of its own.
pub const MOUNTS: &[&str] = &["--mount"];

/// What a container has: also process ids, a host name and shared memory of its own.
pub const CONTAINER: &[&str] = &["--mount", "--pid", "--uts", "--ipc"];

impl<'w> Namespace<'w> {
    /// Makes it, and runs `prepare` in it as a script. Without the right to do so, it prints the reason
    /// and gives `None`.
    pub fn new(world: &'w World, kinds: &'static [&'static str], prepare: &str) -> Option<Self> {
        let mut command = world.home.command_of("unshare");
        command.args(kinds);
        if kinds.contains(&"--pid") {
            command.args(["--fork", "--mount-proc", "--kill-child"]);
        }
        // It ends with its input.
        let script = format!("set -e; {{ {prepare}\n}} >&2; echo ready; exec cat");
        command.args(["/bin/sh", "-c", &script]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut holder = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut said = String::new();
        let _ = BufReader::new(holder.stdout.as_mut().unwrap()).read_line(&mut said);
        let namespace = Self { world, holder, kinds };
        if said == "ready\n" { Some(namespace) } else { namespace.not_tested() }
    }

    fn not_tested(mut self) -> Option<Self> {
        use std::io::{Read as _, Write as _};
        let mut why = String::new();
        let _ = self.holder.kill();
        let _ = self.holder.stderr.take().map(|mut pipe| pipe.read_to_string(&mut why));
        // Written past the capture of the test's output: a part was not tested.
        let _ = writeln!(std::io::stderr(), "not looked at: unshare or mount does not work here: {why}");
        None
    }

    /// Where a path of the inside is found from the outside.
    pub fn path(&self, inside: &Path) -> PathBuf {
        PathBuf::from(format!("/proc/{}/root{}", self.holder.id(), inside.display()))
    }

    /// The program with these arguments, inside.
    pub fn command(&self, arguments: &[&str]) -> Command {
        self.command_of(&[&[crate::common::PROGRAM], arguments].concat())
    }

    /// Any program with its arguments, inside.
    pub fn command_of(&self, words: &[&str]) -> Command {
        let mut command = self.world.home.command_of("nsenter");
        for kind in self.kinds {
            let name = kind.trim_start_matches('-');
            let name = match name {
                "mount" => "mnt",
                "pid" => "pid_for_children",
                name => name,
            };
            command.arg(format!("{kind}=/proc/{}/ns/{name}", self.holder.id()));
        }
        // The tests may run in a root directory of their own (`chroot`), which a new mount namespace
        // would leave.
        command.arg(format!("--root=/proc/{}/root", self.holder.id())).arg("--").args(words);
        command
    }

    /// Runs the program inside, without a terminal.
    pub fn run(&self, arguments: &[&str]) -> Output {
        finish(stand_in::in_new_session(&mut self.command(arguments), None))
    }
}

impl Drop for Namespace<'_> {
    fn drop(&mut self) {
        drop(self.holder.stdin.take());
        let _ = self.holder.wait();
    }
}
