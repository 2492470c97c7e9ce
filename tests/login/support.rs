//! Browsers, running logins, and comparable output.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use stand_in::{Fault, Operation, Output, Request, Times};

use crate::common::World;

/// Longer than any step of these tests takes on a busy machine.
pub const LONG: Duration = Duration::from_secs(30);

/// [`World::new`] with a browser that follows every link.
pub fn with_browser() -> World {
    let mut world = World::new();
    let browser = following_browser_in(&world);
    world.home.env("BROWSER", browser.to_str().unwrap());
    world
}

/// A browser that follows every link; [`page`] gives the page that it shows.
pub fn following_browser_in(world: &World) -> PathBuf {
    let directory = world.home.temporary();
    stand_in::follow_links(directory.join("opened"), directory.join("page"));
    browser_in(world, "exit 0")
}

/// A browser that records the address, and then runs `action`.
pub fn browser_in(world: &World, action: &str) -> PathBuf {
    let directory = world.home.temporary();
    let path = directory.join("a browser");
    let dir = directory.display();
    fs::write(&path, format!("#!/bin/sh\ndir='{dir}'\nprintf '%s\\n' \"$1\" >>\"$dir/opened\"\n{action}\n"))
        .unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

/// The addresses that the browser was started with.
pub fn opened(world: &World) -> Vec<String> {
    let text = fs::read_to_string(world.home.temporary().join("opened")).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

/// Asserts how often the browser was started. It may record the address only after `login` has
/// ended.
#[track_caller]
pub fn assert_opened(world: &World, count: usize) {
    wait_until(|| opened(world).len() >= count);
    assert_eq!(opened(world).len(), count, "{:?}", opened(world));
}

/// The page that the browser showed last. The browser writes it shortly after `login` has ended.
pub fn page(world: &World) -> String {
    let text = || fs::read_to_string(world.home.temporary().join("page")).unwrap_or_default();
    wait_until(|| text().contains("</html>"));
    text()
}

/// Makes the next poll answer "pending", even if the person has approved: a run that joins the
/// sign-in then has to ask, however slowly it started.
pub fn next_poll_is_pending(world: &World) {
    let pending = Fault::Error { status: 400, code: "authorization_pending", message: "still pending" };
    world.aws.fault(Operation::CreateToken, pending, Times::Once);
}

/// A free port outside of the range from which the system assigns ports, another one for each test.
pub fn port_to_ask_for() -> u16 {
    static ASKED: AtomicU16 = AtomicU16::new(0);
    let of_process = 10_000 + u16::try_from(std::process::id() % 10_000).unwrap();
    let mut ports = std::iter::repeat_with(|| of_process + ASKED.fetch_add(1, Ordering::Relaxed));
    ports.find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok()).unwrap()
}

/// Follows a link as a browser does, and gives the page.
pub fn visit(url: &str) -> String {
    stand_in::visit(url).unwrap()
}

/// Asserts a success without data on stdout, and gives stderr in comparable form.
#[track_caller]
pub fn told(output: &Output) -> String {
    assert_eq!((output.status, output.stdout.as_str()), (0, ""), "{}", output.stderr);
    comparable(&output.stderr)
}

/// `text` with the stand-in's addresses, codes, moments and spans replaced by words. Tests may run
/// in a container, whose text is replaced by the usual one.
pub fn comparable(text: &str) -> String {
    let inside = "if your browser cannot reach this computer (a container):";
    let text = text.replace(inside, "if this computer has no browser:");
    let lines = text.lines().map(|line| {
        let words: Vec<_> = line.split(' ').collect();
        let mut shown = Vec::new();
        let mut index = 0;
        while index < words.len() {
            let word = words[index];
            let counts = word.trim_start_matches('(').parse::<u64>().is_ok();
            let unit = words.get(index + 1).is_some_and(|next| {
                ["second", "minute", "hour", "day"].iter().any(|unit| next.starts_with(unit))
            });
            if word.len() == 10 && word.starts_with("20") && words.get(index + 2) == Some(&"UTC") {
                shown.push("TIME".to_owned());
                index += 2;
            } else if counts && unit {
                let end = words[index + 1].find([')', ';', ',']).map_or("", |at| &words[index + 1][at..]);
                shown.push(format!("SPAN{end}"));
                index += 1;
            } else {
                shown.push(comparable_word(word));
            }
            index += 1;
        }
        shown.join(" ") + "\n"
    });
    lines.collect()
}

fn comparable_word(word: &str) -> String {
    let bytes = word.as_bytes();
    let is_code = word.len() == 9
        && bytes[4] == b'-'
        && word.chars().enumerate().all(|(at, c)| at == 4 || c.is_ascii_uppercase());
    let is_moment = word.len() == 20 && bytes[10] == b'T' && bytes[19] == b'Z';
    match word {
        _ if word.contains("/authorize?") => "AUTHORIZE".to_owned(),
        _ if word.contains("/device?user_code=") => "PREFILLED".to_owned(),
        _ if word.ends_with("/device") => "PAGE".to_owned(),
        _ if is_code => "CODE".to_owned(),
        _ if is_moment => "TIME".to_owned(),
        _ => word.to_owned(),
    }
}

/// A `login` in progress.
pub struct Running {
    pub child: Child,
    lines: Receiver<String>,
    seen: Vec<String>,
}

impl Running {
    pub fn start(world: &World, arguments: &[&str]) -> Running {
        let mut command = world.home.command(arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (sender, lines) = mpsc::channel();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        std::thread::spawn(move || {
            stderr.lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
        });
        Running { child, lines, seen: Vec::new() }
    }

    /// The next line that contains `part`.
    #[track_caller]
    pub fn line(&mut self, part: &str) -> String {
        loop {
            let line = self.lines.recv_timeout(LONG);
            let line = line.unwrap_or_else(|_| panic!("no line with {part:?}: {:#?}", self.seen));
            self.seen.push(line.clone());
            if line.contains(part) {
                return line.trim().to_owned();
            }
        }
    }

    /// The exit code (or minus the signal) and the whole stderr.
    pub fn finish(mut self) -> (i32, String) {
        while let Ok(line) = self.lines.recv_timeout(LONG) {
            self.seen.push(line);
        }
        let status = self.child.wait().unwrap();
        let signal = std::os::unix::process::ExitStatusExt::signal(&status);
        let text = self.seen.iter().map(|line| line.clone() + "\n").collect();
        (status.code().unwrap_or_else(|| -signal.unwrap()), text)
    }

    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }
}

/// A query parameter of a URL, still encoded.
pub fn parameter(url: &str, name: &str) -> String {
    let query = url.split_once('?').unwrap().1;
    let value = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    value.unwrap_or_else(|| panic!("no {name} in {url}")).to_owned()
}

/// A text field of the request's body.
#[track_caller]
pub fn field(request: &Request, name: &str) -> String {
    request.body[name].as_str().unwrap_or_else(|| panic!("no {name} in {}", request.body)).to_owned()
}

pub fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

/// The names of all temporary files in the home.
pub fn leftovers(world: &World) -> Vec<String> {
    let names = world.home.all_files().into_iter();
    let names = names.map(|(path, ..)| path.file_name().unwrap().to_string_lossy().into_owned());
    names.filter(|name| name.contains("tmp") || name.contains("temp")).collect()
}

/// Waits until another process has done something.
#[track_caller]
pub fn wait_until(happened: impl Fn() -> bool) {
    let began = Instant::now();
    while !happened() {
        assert!(began.elapsed() < LONG, "it did not happen");
        std::thread::sleep(Duration::from_millis(5));
    }
}
