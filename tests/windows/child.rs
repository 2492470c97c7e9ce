//! A program that writes down what it got: the command of `exec`, or a browser. It is this test
//! program itself.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::common::{HANG, World};

const NAME: &str = "child::says_what_it_got";
const CONSOLE: &str = "child::gives_the_console_to_a_program";

/// The test program, and the arguments by which it becomes the child.
pub fn command() -> Vec<String> {
    let program = std::env::current_exe().unwrap().display().to_string();
    let words = ["--ignored", "--exact", "--nocapture", "--", NAME];
    std::iter::once(program).chain(words.map(str::to_owned)).collect()
}

/// The same for the child that gives a program the console as its three streams.
pub fn with_streams_of_the_console() -> Vec<String> {
    let mut command = command();
    command.pop();
    command.push(CONSOLE.to_owned());
    command
}

/// What the child got.
pub struct Said {
    pub arguments: Vec<String>,
    pub environment: BTreeMap<String, String>,
    /// Whether it could write to a console.
    pub has_console: bool,
}

/// Makes a child write down what it gets. While the file `stays` exists, the child goes on.
pub fn listen(world: &mut World) -> PathBuf {
    let path = world.home.temporary().join("said");
    world.home.env("SAID", path.to_str().unwrap());
    path
}

/// Waits until the child has written.
pub fn said(path: &Path) -> Said {
    wait_until(|| path.exists());
    let said: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    Said {
        arguments: said["arguments"].as_array().unwrap().iter().map(text).collect(),
        environment: said["environment"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(name, value)| (name.clone(), text(value)))
            .collect(),
        has_console: said["console"] == true,
    }
}

#[track_caller]
pub fn wait_until(done: impl Fn() -> bool) {
    let until = Instant::now() + HANG;
    while !done() {
        assert!(Instant::now() < until, "it did not happen");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn words_after(name: &str) -> impl Iterator<Item = String> {
    let words = std::env::args_os().skip_while(move |argument| argument != name).skip(1);
    words.map(|word| word.into_string().unwrap())
}

#[test]
#[ignore = "other tests start it"]
fn gives_the_console_to_a_program() {
    let mut words = words_after(CONSOLE);
    let Some(program) = words.next() else { return };
    let code = stand_in::give_streams_of_the_console(Command::new(program).args(words));
    std::process::exit(code);
}

#[test]
#[ignore = "other tests start it"]
fn says_what_it_got() {
    let Some(path) = std::env::var_os("SAID").map(PathBuf::from) else { return };
    let arguments: Vec<String> = words_after(NAME).collect();
    let environment: BTreeMap<String, String> = std::env::vars().collect();
    let has_console = fs::File::options().read(true).write(true).open("CONOUT$").is_ok();
    let said = json!({ "arguments": arguments, "environment": environment, "console": has_console });
    let new = path.with_extension("new");
    fs::write(&new, said.to_string()).unwrap();
    fs::rename(new, &path).unwrap();
    let stays = path.with_extension("stays");
    wait_until(|| !stays.exists());
}
