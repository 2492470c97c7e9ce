//! The house rules of `docs/architecture.md` that no compiler and no lint can hold.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test"
)]

mod documents;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use documents::{documents, files, prose, read, root};

const MAP: &str = "docs/architecture.md";

/// The rooms from left to right: each may use those behind it and none before it.
const ROOMS: [&str; 31] = [
    "main",
    "program",
    "app",
    "cli",
    "authorization_code",
    "device_authorization",
    "browser",
    "terminal",
    "output",
    "config",
    "state",
    "cache",
    "lock",
    "token",
    "identity_center",
    "https",
    "context",
    "debug_log",
    "error",
    "options",
    "platform",
    "role_credentials",
    "request",
    "start_url",
    "identifiers",
    "text",
    "timestamp",
    "secret",
    // Macros of the crate's root.
    "debug",
    "",
    "lib",
];

/// Uses that point left all the same, and why that is no circle of thought.
const EXCEPTIONS: [(&str, &str, &str); 0] = [];

/// A source file without comments and without its tests, line by line.
struct Source {
    path: String,
    room: String,
    lines: Vec<String>,
}

fn sources() -> Vec<Source> {
    let is_test = |path: &String| path.ends_with("tests.rs");
    let paths = files("src", "rs").into_iter().filter(|path| !is_test(path));
    let sources: Vec<Source> = paths
        .map(|path| {
            let inside = path.trim_start_matches("src/").trim_end_matches(".rs");
            let room = inside.split('/').next().unwrap().to_owned();
            let lines = before_tests(&read(&path)).iter().map(|line| without_comment(line)).collect();
            Source { path, room, lines }
        })
        .collect();
    assert!(sources.len() > 50);
    sources
}

/// The lines up to the test module in the file, if it has one.
fn before_tests(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().collect();
    let begins = |at: usize| {
        lines[at] == "#[cfg(test)]" && lines[at..].iter().take(3).any(|line| *line == "mod tests {")
    };
    let end = (0..lines.len()).find(|at| begins(*at)).unwrap_or(lines.len());
    lines[..end].iter().map(|line| (*line).to_owned()).collect()
}

/// Good enough for this house: `//` in a text is an address, and has a colon before it.
fn without_comment(line: &str) -> String {
    let comment = line.match_indices("//").find(|(at, _)| !line[..*at].ends_with(':'));
    comment.map_or(line, |(at, _)| &line[..at]).to_owned()
}

impl Source {
    fn is_in(&self, places: &[&str]) -> bool {
        places
            .iter()
            .any(|place| self.path == *place || (place.ends_with('/') && self.path.starts_with(place)))
    }

    /// Where one of `words` stands, as `file:line`.
    fn uses(&self, words: &[&str]) -> Vec<String> {
        let lines = self.lines.iter().enumerate();
        let found = lines.filter(|(_, line)| words.iter().any(|word| contains_word(line, word)));
        found.map(|(number, line)| format!("{}:{}: {}", self.path, number + 1, line.trim())).collect()
    }
}

/// Whether `word` stands in `line`, not as the end of another word.
fn contains_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_'))
}

/// `words` may stand in `places` and nowhere else.
#[track_caller]
fn only_in(places: &[&str], words: &[&str]) {
    let elsewhere: Vec<String> = sources()
        .iter()
        .filter(|source| !source.is_in(places))
        .flat_map(|source| source.uses(words))
        .collect();
    assert!(elsewhere.is_empty(), "only {places:?} may do this:\n{}", elsewhere.join("\n"));
}

#[test]
fn nothing_points_left_or_up() {
    let rank = |room: &str| ROOMS.iter().position(|known| *known == room);
    let mut used_exceptions = BTreeSet::new();
    for source in sources() {
        let from = rank(&source.room).unwrap_or_else(|| panic!("{} is in no known room", source.path));
        for used in rooms_used(&source.lines) {
            if used == source.room {
                continue;
            }
            let to = rank(&used).unwrap_or_else(|| panic!("{} uses unknown room `{used}`", source.path));
            let excepted =
                EXCEPTIONS.iter().find(|(left, right, _)| (*left, *right) == (&*source.room, &*used));
            if let Some((left, right, _)) = excepted {
                used_exceptions.insert((*left, *right));
            } else {
                assert!(from < to, "{} uses `{used}`, which stands before it", source.path);
            }
        }
    }
    assert_eq!(used_exceptions.len(), EXCEPTIONS.len(), "an exception that nobody needs can go");
}

/// The rooms behind `crate::`, also in `use crate::{a, b};`.
fn rooms_used(lines: &[String]) -> BTreeSet<String> {
    let text = lines.join("\n");
    let is_name = |c: char| c.is_ascii_lowercase() || c == '_';
    let first_word = |text: &str| text.trim_start().chars().take_while(|c| is_name(*c)).collect::<String>();
    let mut used = BTreeSet::new();
    for (at, prefix) in text.match_indices("crate::") {
        let rest = &text[at + prefix.len()..];
        match rest.strip_prefix('{') {
            Some(group) => used.extend(members(group).iter().map(|member| first_word(member))),
            None => {
                used.insert(first_word(rest));
            }
        }
    }
    used
}

/// The members of a `{…}` group, without looking into groups inside of it.
fn members(group: &str) -> Vec<&str> {
    let (mut depth, mut start, mut members) = (0, 0, Vec::new());
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => {
                members.push(&group[start..at]);
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                members.push(&group[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    members
}

#[test]
fn the_network_is_named_behind_the_gate_only() {
    let gate = ["src/identity_center/sdk.rs", "src/identity_center/sdk/", "src/https/"];
    let crates = ["tokio", "tokio_rustls", "rustls", "rustls_native_certs", "hyper", "hyper_util"];
    only_in(&gate, &crates);
    only_in(
        &gate,
        &["http::", "http_body_util", "aws_sdk_", "aws_runtime", "aws_smithy_", "async fn", ".await"],
    );
    // The loopback redirect listens, and connects to nobody. One file connects: it keeps
    // plain http on this computer.
    only_in(
        &["src/authorization_code/listener.rs", "src/https/tcp.rs"],
        &["TcpListener", "TcpStream::connect"],
    );
}

#[test]
fn unsafe_stands_in_platform_only() {
    only_in(&["src/platform/"], &["unsafe {", "unsafe fn", "unsafe impl", "unsafe_code"]);
}

#[test]
fn the_streams_leave_in_two_places() {
    let looking_on = ["src/platform/terminal.rs", "src/platform/process.rs"];
    only_in(
        &["src/terminal/output.rs", "src/terminal/progress.rs", looking_on[0], looking_on[1]],
        &["io::stdout", "io::stderr"],
    );
    for source in sources().iter().filter(|source| source.is_in(&looking_on)) {
        let writing = source.uses(&["write_all", "write!", "writeln!"]);
        assert!(writing.is_empty(), "platform looks at the streams and writes nothing: {writing:?}");
    }
    only_in(&["src/platform/process.rs"], &["io::stdin"]);
    only_in(&[], &["println!", "eprintln!", "print!", "eprint!", "dbg!"]);
}

#[test]
fn ambient_state_enters_in_one_place() {
    let environment = ["env::var", "env::vars", "env::home_dir", "env::set_var", "env::remove_var"];
    only_in(&["src/context.rs", "src/platform/process.rs"], &environment);
    only_in(&["src/main.rs"], &["env::args"]);
    only_in(&[], &["env::current_dir", "env::temp_dir", "env::current_exe"]);
    // Behind the gate, `Instant` is tokio's.
    only_in(&["src/context.rs", "src/https/"], &["SystemTime::now", "Instant::now", "thread::sleep"]);
}

#[test]
fn files_are_created_private_and_in_one_place() {
    let creating = ["OpenOptions", "DirBuilder", "create_dir", "File::create", "fs::write"];
    // The terminal is a file that is there.
    let places = ["src/platform/files.rs", "src/platform/private.rs", "src/platform/terminal.rs"];
    only_in(&places, &creating);
    only_in(&["src/cache/staging.rs", "src/platform/private.rs"], &["fs::rename"]);
    only_in(&["src/platform/process.rs"], &["Command::new"]);
}

/// `tests/common/mod.rs` says what a test may use; `.ci/bare-system` proves it.
#[test]
fn tests_need_no_program_that_a_bare_system_lacks() {
    // The last is util-linux's, which is as essential.
    let coreutils = ["chown", "cp", "mkfifo", "unshare"];
    let shell = ["/bin/sh", "sh"];
    for path in files("tests", "rs").into_iter().filter(|path| path != "tests/architecture.rs") {
        for (number, line) in read(&path).lines().enumerate() {
            let started = ["Command::new(\"", "command_of(\""];
            let programs = started.iter().filter_map(|start| line.split_once(start)?.1.split('"').next());
            let unknown: Vec<_> =
                programs.filter(|name| !coreutils.contains(name) && !shell.contains(name)).collect();
            let place = format!("{path}:{}", number + 1);
            assert!(unknown.is_empty(), "{place}: a bare system has no {unknown:?}");
            // In the scripts of browsers and shells.
            for program in ["curl -", "curl \"", "python3", "setsid ", "strace ", "wget "] {
                assert!(!line.contains(program), "{place}: a bare system has no {program}");
            }
        }
    }
}

#[test]
fn nothing_in_the_program_panics_on_purpose() {
    only_in(&[], &["todo!", "unimplemented!", "panic!", "unreachable!"]);
    let methods: Vec<String> = sources()
        .iter()
        .flat_map(|source| source.lines.iter().map(|line| (source.path.clone(), line.clone())))
        .filter(|(_, line)| line.contains(".unwrap()") || line.contains(".expect(\""))
        .map(|(path, line)| format!("{path}: {}", line.trim()))
        .collect();
    assert!(methods.is_empty(), "{}", methods.join("\n"));
}

#[test]
fn files_and_functions_stay_small() {
    for source in sources() {
        assert!(
            source.lines.len() <= 400,
            "{} has {} lines before its tests",
            source.path,
            source.lines.len()
        );
        for (name, length) in functions(&source.lines) {
            assert!(length <= 60, "{}: `{name}` has {length} lines", source.path);
        }
    }
}

/// Each function with its length, from the line with its name to its closing brace.
fn functions(lines: &[String]) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        let code = line.trim_start();
        let Some((before, after)) = code.split_once("fn ") else { continue };
        let words = ["pub", "const", "async", "unsafe"];
        let is_head = before
            .split(|c: char| !c.is_ascii_lowercase())
            .all(|word| word.is_empty() || words.contains(&word) || ["super", "crate", "in"].contains(&word));
        if !is_head {
            continue;
        }
        let indent = &line[..line.len() - code.len()];
        let closing = format!("{indent}}}");
        let declaration = |line: &String| line.ends_with(';') && !line.starts_with(&format!("{indent} "));
        let end = lines[start..].iter().position(|line| {
            *line == closing || declaration(line) || (line.starts_with(indent) && line.ends_with("{}"))
        });
        let name: String = after.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        found.push((name, end.map_or(1, |end| end + 1)));
    }
    found
}

#[test]
fn every_link_in_the_documents_leads_somewhere() {
    for document in documents() {
        for (number, line) in prose(&document) {
            for target in links(&line) {
                if target.starts_with("https://") {
                    continue;
                }
                let (path, anchor) = target.split_once('#').unwrap_or((&target, ""));
                let directory = Path::new(&document).parent().unwrap();
                let path =
                    if path.is_empty() { Path::new(&document).to_owned() } else { directory.join(path) };
                assert!(
                    root().join(&path).exists(),
                    "{document}:{number} links to `{target}`, which is not there"
                );
                assert!(
                    anchor.is_empty() || anchors(&path.display().to_string()).contains(anchor),
                    "{document}:{number} links to `{target}`, and there is no such heading"
                );
            }
        }
    }
}

/// The targets of `[text](target)`.
fn links(line: &str) -> Vec<String> {
    let targets = line.split("](").skip(1);
    targets.filter_map(|rest| rest.split_once(')')).map(|(target, _)| target.to_owned()).collect()
}

/// The headings as GitHub makes addresses of them.
fn anchors(path: &str) -> BTreeSet<String> {
    let headings = prose(path).into_iter().filter(|(_, line)| line.starts_with('#'));
    let anchor = |(_, line): (usize, String)| {
        let title = line.trim_start_matches('#').trim().to_lowercase();
        let kept = title.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        kept.collect::<String>().replace(' ', "-")
    };
    headings.map(anchor).collect()
}

#[test]
fn every_test_and_every_file_that_the_documents_name_exists() {
    let code = files("src", "rs").into_iter().chain(files("tests", "rs")).chain(files("examples", "rs"));
    let code: String = code.map(|path| read(&path)).collect();
    let mut named = BTreeMap::new();
    for document in documents() {
        for (number, line) in prose(&document) {
            for name in line.split('`').skip(1).step_by(2) {
                named.insert(name.to_owned(), format!("{document}:{number}"));
            }
        }
    }
    for (name, place) in &named {
        let is_name = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        if is_name && name.matches('_').count() >= 4 {
            assert!(
                code.contains(&format!("fn {name}(")),
                "{place} names the test `{name}`, which is not there"
            );
        }
        let is_path = ["src/", "tests/", "examples/", "docs/"].iter().any(|start| name.starts_with(start));
        if is_path && !name.contains(['*', '<', '…', ' ']) {
            assert!(root().join(name).exists(), "{place} names `{name}`, which is not there");
        }
    }
}

#[test]
fn the_map_has_every_room_and_every_invariant_says_what_holds_it() {
    let map = read(MAP);
    for source in sources() {
        let shown = map.contains(&format!("`{}`", source.room)) || ["lib", "main"].contains(&&*source.room);
        assert!(shown, "{MAP} lacks the room `{}`", source.room);
    }
    let invariants = map.split_once("## Invariants").expect("a chapter").1;
    let invariants = invariants.split("\n## ").next().unwrap();
    let rows: Vec<&str> = invariants.lines().filter(|line| line.starts_with("| ")).skip(1).collect();
    assert!(rows.len() >= 10, "{} invariants", rows.len());
    for (row, number) in rows.iter().zip(1..) {
        assert!(row.starts_with(&format!("| {number} | ")), "invariant {number} is out of order: {row}");
    }
    for row in rows {
        let held_by = row.trim_end_matches(" |").rsplit(" | ").next().unwrap();
        assert!(held_by.contains('`'), "what holds this? {row}");
    }
}

#[test]
fn the_index_of_decisions_is_complete() {
    let index = read("docs/decisions/README.md");
    for decision in files("docs/decisions", "md") {
        let name = decision.rsplit('/').next().unwrap();
        assert!(name == "README.md" || index.contains(&format!("({name})")), "the index lacks {name}");
    }
}

#[test]
fn the_document_about_caches_has_every_file_of_our_state() {
    let document = read("docs/caches.md");
    for source in sources() {
        for name in source.lines.iter().flat_map(|line| line.split('"').skip(1).step_by(2)) {
            let is_ours = [".json", ".lock", ".fallback"].iter().any(|ending| name.ends_with(ending));
            let plain = name.chars().all(|c| c.is_ascii_lowercase() || matches!(c, '-' | '.'));
            let shown = document.contains(&format!("/{name}`")) || document.contains(&format!("`{name}`"));
            let role = document.contains(&format!("`roles/<sha1>.{name}`"));
            assert!(!(is_ours && plain) || name.starts_with('.') || shown || role, "{}: {name}", source.path);
        }
    }
}
