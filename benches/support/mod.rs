//! Measures whole processes side by side: one run of each in every round, so that other load on the
//! machine affects all of them equally.

// Each bench uses only a part of this module.
#![allow(dead_code)]
#![allow(clippy::expect_used, clippy::disallowed_methods, clippy::disallowed_macros)]

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use stand_in::Sandbox;

/// The account and role that every bench asks for.
pub const ACCOUNT_ID: &str = "111122223333";
pub const ROLE_NAME: &str = "Developer";

/// The number of rounds at the start that are not measured.
pub const WARM_UP: usize = 3;

/// A command to be measured.
pub struct Contender {
    pub label: String,
    pub command: Box<dyn FnMut() -> Command>,
    /// The command runs in every n-th round only. Slow commands skip most rounds, and the warm-up.
    pub every: usize,
    /// How many processes are started at once.
    pub at_once: usize,
    took: Vec<Duration>,
}

impl Contender {
    pub fn new(label: impl Into<String>, command: impl FnMut() -> Command + 'static) -> Self {
        Self { label: label.into(), command: Box::new(command), every: 1, at_once: 1, took: Vec::new() }
    }

    #[must_use]
    pub fn every(self, every: usize) -> Self {
        Self { every, ..self }
    }

    #[must_use]
    pub fn at_once(self, at_once: usize) -> Self {
        Self { at_once, ..self }
    }

    pub fn median(&self) -> Duration {
        median(&self.took)
    }

    /// The first word of the label, as a part of the name of a figure.
    pub fn name(&self) -> &str {
        self.label.split(' ').next().unwrap_or_default()
    }
}

/// Runs all commands in turn for `rounds` rounds, after the warm-up.
pub fn compare(rounds: usize, contenders: &mut [Contender]) {
    for round in 0..rounds + WARM_UP {
        for contender in contenders.iter_mut() {
            let is_its_turn = if round < WARM_UP {
                contender.every == 1
            } else {
                (round - WARM_UP).is_multiple_of(contender.every)
            };
            if !is_its_turn {
                continue;
            }
            let took = time(contender);
            if round >= WARM_UP {
                contender.took.push(took);
            }
        }
    }
}

/// The time from before the first process starts until the last has ended.
fn time(contender: &mut Contender) -> Duration {
    let mut commands: Vec<Command> = (0..contender.at_once).map(|_| (contender.command)()).collect();
    let began = Instant::now();
    let children: Vec<Child> = commands
        .iter_mut()
        .map(|command| command.stdout(Stdio::piped()).spawn().expect("the program can be started"))
        .collect();
    for child in children {
        finish(child, &contender.label);
    }
    began.elapsed()
}

/// Reads stdout to its end, as a caller of a credential process does, and reaps the child.
fn finish(mut child: Child, label: &str) {
    let mut answer = [0; 8192];
    let mut stdout = child.stdout.take().expect("it is piped");
    while stdout.read(&mut answer).expect("a pipe can be read") > 0 {}
    let status = child.wait().expect("a child can be waited for");
    assert!(status.success(), "{label}: {status}");
}

pub fn median(durations: &[Duration]) -> Duration {
    let mut sorted = durations.to_vec();
    sorted.sort();
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

/// Prints a table of the medians, each with its ratio to the first median.
pub fn print_table(title: &str, contenders: &[Contender]) {
    let base = contenders[0].median().as_secs_f64();
    println!("\n{title}\n{:<44} {:>12} {:>10} {:>6}", "", "median ms", "ratio", "runs");
    for contender in contenders {
        let median = contender.median().as_secs_f64();
        let (milliseconds, ratio) = (median * 1000.0, median / base);
        println!("{:<44} {milliseconds:>12.3} {ratio:>9.3}x {:>6}", contender.label, contender.took.len());
    }
}

/// Prints a figure for `benches/figures`, which collects them: lines of the form `figure NAME VALUE`.
pub fn print_figure(name: &str, value: f64) {
    println!("figure {name} {value}");
}

/// Prints how many times as long the first contender takes as the second.
pub fn print_ratio(name: &str, contender: &Contender, peer: &Contender) {
    print_figure(name, contender.median().as_secs_f64() / peer.median().as_secs_f64());
}

/// A copy of the program in the sandbox, as if it were installed. The original would be measured
/// wrongly: a file that a linker has just written starts up to a fifth slower than a copy.
pub fn installed(sandbox: &Sandbox) -> PathBuf {
    copy_of("AWS_SSO_CRED_BINARY", sandbox)
        .unwrap_or_else(|| copy(Path::new(env!("CARGO_BIN_EXE_aws-sso-cred")), sandbox))
}

/// Likewise of the program that `variable` names.
pub fn copy_of(variable: &str, sandbox: &Sandbox) -> Option<PathBuf> {
    std::env::var_os(variable).map(|built| copy(Path::new(&built), sandbox))
}

fn copy(built: &Path, sandbox: &Sandbox) -> PathBuf {
    let directory = tempfile::tempdir_in(sandbox.temporary()).expect("the sandbox can be written").keep();
    let copy = directory.join("aws-sso-cred");
    let bytes = fs::copy(built, &copy).expect("the program is there and can be copied");
    println!("program: {} ({bytes} bytes)", built.display());
    copy
}

/// The memory that is free or can be freed, in KiB; 0 where the system does not tell.
pub fn kib_of_free_memory() -> usize {
    let told = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let line = told.lines().find_map(|line| line.strip_prefix("MemAvailable:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or_default()
}

/// The program that `variable` names, else the program called `name` on `PATH`.
pub fn find(variable: &str, name: &str) -> Option<PathBuf> {
    if let Some(path) = std::env::var_os(variable) {
        return Some(PathBuf::from(path));
    }
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|directory| directory.join(name)).find(|path| path.is_file())
}

/// Another tool to compare with, if it is installed and its answer has `expected` in it.
pub fn peer(
    label: &str,
    program: Option<PathBuf>,
    expected: &str,
    run: impl Fn(&Path) -> Command + 'static,
) -> Option<Contender> {
    let Some(program) = program else {
        println!("{label}: not installed, left out");
        return None;
    };
    let answer = run(&program).output().ok().filter(|answer| answer.status.success());
    if answer.is_none_or(|answer| !String::from_utf8_lossy(&answer.stdout).contains(expected)) {
        println!("{label}: does not give the same answer, left out");
        return None;
    }
    Some(Contender::new(label, move || run(&program)))
}

/// A command that runs `program` in the home of `sandbox`, with the sandbox's environment only.
pub fn command(sandbox: &Sandbox, program: &Path, arguments: &[&str]) -> Command {
    let template = sandbox.command(&[]);
    let mut command = Command::new(program);
    command.args(arguments).env_clear().stdin(Stdio::null());
    command.envs(template.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command
}

/// Peak memory in KiB, measured by GNU time. It cannot measure less than its own, about 1.5 MiB.
pub fn peak_memory(command: &Command) -> Option<f64> {
    let time = find("GNU_TIME", "time").unwrap_or_else(|| PathBuf::from("/usr/bin/time"));
    let output = wrapped(command, &time, &["-f", "%M"]).output().ok()?;
    let text = String::from_utf8_lossy(&output.stderr);
    text.lines().last()?.trim().parse().ok().filter(|_| output.status.success())
}

/// The number of instructions in user space, counted by callgrind.
pub fn instructions(command: &Command) -> Option<String> {
    let arguments = ["--tool=callgrind", "--callgrind-out-file=/dev/null"];
    let output = wrapped(command, &find("VALGRIND", "valgrind")?, &arguments).output().ok()?;
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    text.lines().find_map(|line| line.split_once("Collected : ").map(|(_, count)| count.to_owned()))
}

/// The number of all system calls, and of those that a hit must not make, counted by strace.
pub fn system_calls(command: &Command) -> Option<(usize, usize)> {
    let output = wrapped(command, &find("STRACE", "strace")?, &["-f"]).output().ok()?;
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let calls = text.lines().filter(|line| line.contains('(') && line.contains(" = ")).count();
    let forbidden = ["clone", "fork", "socket(", "connect(", "flock(", "F_SETLK", "O_CREAT", "rename"];
    let made = text.lines().filter(|line| forbidden.iter().any(|call| line.contains(call))).count();
    Some((calls, made))
}

fn wrapped(command: &Command, wrapper: &Path, arguments: &[&str]) -> Command {
    let mut wrapping = Command::new(wrapper);
    wrapping.args(arguments).arg(command.get_program()).args(command.get_args()).env_clear();
    wrapping.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    wrapping.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    wrapping
}
