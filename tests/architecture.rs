//! The rules of `docs/architecture.md` that neither the compiler nor a lint can enforce.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test"
)]

mod documents;
mod imports;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use documents::{documents, files, prose, read, root};

const MAP: &str = "docs/architecture.md";

/// The rooms from left to right: each may use those behind it and none before it.
const ROOMS: [&str; 37] = [
    "main",
    "program",
    "fuzzing",
    "commands",
    "credential_process",
    "cli",
    "accounts",
    "sign_in",
    "authorization_code",
    "container_credentials",
    "console_federation",
    "browser",
    "terminal",
    "audit",
    "selection",
    "config_editor",
    "config",
    "state",
    "device_authorization",
    "cache",
    "lock",
    "token",
    "identity_center",
    "https",
    "loopback",
    "context",
    "debug_log",
    "error",
    "platform",
    "role_credentials",
    "request",
    "start_url",
    "identifiers",
    "timestamp",
    "secret",
    "text",
    "value_names",
];

/// A source file without comments and without its tests, line by line.
struct Source {
    path: String,
    lines: Vec<String>,
}

fn sources() -> Vec<Source> {
    let is_test = |path: &String| path.ends_with("tests.rs");
    let paths = files("src", "rs").into_iter().filter(|path| !is_test(path));
    let sources: Vec<Source> = paths
        .map(|path| {
            let lines = before_tests(&read(&path)).iter().map(|line| without_comment(line)).collect();
            Source { path, lines }
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

/// Simple, but enough here: `//` in a string is part of an address, and follows a colon.
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

/// The imports of the whole program.
fn program() -> imports::Graph {
    let sources = sources().into_iter().map(|source| (source.path, source.lines.join("\n")));
    imports::graph(&sources.collect::<Vec<_>>())
}

#[test]
fn no_file_uses_a_file_that_leads_back_to_it() {
    let program = program();
    assert!(program.values().map(BTreeSet::len).sum::<usize>() > 300, "the imports were not found");
    let circles = imports::circles(&program);
    let shown: Vec<String> = circles.iter().map(|circle| shown(&program, circle)).collect();
    assert!(circles.is_empty(), "{} circles:\n{}", circles.len(), shown.join("\n"));
}

/// The uses that make a circle.
fn shown(program: &imports::Graph, circle: &BTreeSet<String>) -> String {
    let uses = circle.iter().map(|file| {
        let inside: Vec<&str> = program[file].intersection(circle).map(String::as_str).collect();
        format!("  {file} uses {}", inside.join(", "))
    });
    uses.collect::<Vec<_>>().join("\n")
}

/// Proves that the test above can fail.
#[test]
fn a_circle_is_found_inside_a_folder_and_between_folders() {
    let circles = |sources: &[(&str, &str)]| {
        let sources = sources.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
        imports::circles(&imports::graph(&sources.collect::<Vec<_>>()))
    };
    let inside = [
        ("src/a.rs", "mod b;\nmod c;\npub use b::B;"),
        ("src/a/b.rs", "use super::c::C;\npub struct B;"),
        ("src/a/c.rs", "use std::fmt;\nfn f(b: super::b::B) {}"),
    ];
    assert_eq!(circles(&inside), [BTreeSet::from(["src/a/b.rs".to_owned(), "src/a/c.rs".to_owned()])]);
    let face = [("src/a.rs", "mod b;\npub use b::B;"), ("src/a/b.rs", "use super::{D, E};")];
    assert_eq!(circles(&face).len(), 1, "a file and the face of its folder");
    let between = [
        ("src/a.rs", "use crate::{d::{D, F}, g};"),
        ("src/d.rs", "pub struct D;"),
        ("src/g.rs", "use crate::a;"),
    ];
    assert_eq!(circles(&between), [BTreeSet::from(["src/a.rs".to_owned(), "src/g.rs".to_owned()])]);
    let declared_only = [("src/a.rs", "mod b;"), ("src/a/b.rs", "use crate::a::C;")];
    assert!(circles(&declared_only).is_empty(), "a declaration is no use");
    let nested = [("src/a.rs", "mod b;\npub use b::B;"), ("src/a/b.rs", "mod os {\n    use super::B;\n}")];
    assert!(circles(&nested).is_empty(), "a module inside of a file");
}

#[test]
fn nothing_points_left_or_up() {
    let rank = |room: &str| ROOMS.iter().position(|known| *known == room);
    let room =
        |path: &str| path["src/".len()..].trim_end_matches(".rs").split('/').next().unwrap().to_owned();
    for (file, used) in program().into_iter().filter(|(file, _)| file != "src/lib.rs") {
        let from = rank(&room(&file)).unwrap_or_else(|| panic!("{file} is in no known room"));
        for used in used.iter().filter(|used| room(used) != room(&file)) {
            let to = rank(&room(used)).unwrap_or_else(|| panic!("{used} is in no known room"));
            assert!(from < to, "{file} uses {used}, which stands before it");
        }
    }
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
    // One file listens, on 127.0.0.1. One file connects; it sends plain http to this
    // computer only.
    only_in(&["src/loopback/listener.rs", "src/https/tcp.rs"], &["TcpListener", "TcpStream::connect"]);
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
    only_in(&[], &["println!", "eprintln!", "print!", "eprint!", "dbg!"]);
}

/// Of the credential process, stdin and what is typed belong to the caller.
#[test]
fn what_is_typed_is_read_for_questions_of_commands_for_people_only() {
    let keyboard = "src/platform/keyboard/";
    let looking_on = ["src/platform/terminal.rs", "src/platform/process.rs"];
    only_in(&[keyboard, looking_on[0], looking_on[1]], &["io::stdin", "stdio::stdin", "STD_INPUT_HANDLE"]);
    for source in sources().iter().filter(|source| source.is_in(&looking_on)) {
        let reading = source.uses(&["io::read", "read_line", "read_to_end"]);
        assert!(reading.is_empty(), "it looks at stdin and reads nothing: {reading:?}");
    }
    only_in(&["src/terminal/questions/"], &["Keyboard::"]);
    only_in(&["src/commands/", "src/commands.rs"], &["questions::"]);
}

#[test]
fn ambient_state_enters_in_one_place() {
    let environment = ["env::var", "env::vars", "env::home_dir", "env::set_var", "env::remove_var"];
    only_in(&["src/context.rs", "src/platform/process.rs"], &environment);
    only_in(&["src/main.rs"], &["env::args"]);
    only_in(&["src/platform/process.rs"], &["env::current_exe"]);
    only_in(&[], &["env::current_dir", "env::temp_dir"]);
    // Behind the gate, `Instant` is tokio's.
    only_in(&["src/context.rs", "src/https/"], &["SystemTime::now", "Instant::now"]);
    // On Windows, a moment in which another process closes a file.
    only_in(&["src/context.rs", "src/platform/in_use.rs"], &["thread::sleep"]);
}

#[test]
fn files_are_created_private_and_in_one_place() {
    let creating = ["OpenOptions", "DirBuilder", "create_dir", "File::create", "fs::write"];
    // The terminal is a file that is there, and so is one that is in use.
    let places = [
        "src/platform/files.rs",
        "src/platform/directory.rs",
        "src/platform/terminal.rs",
        "src/platform/in_use.rs",
    ];
    only_in(&places, &creating);
    // The caches, the configuration files, the state directory, the audit log, the man pages.
    let renaming = [
        "src/cache/staging.rs",
        "src/config_editor/disk.rs",
        "src/platform/directory.rs",
        "src/platform/public.rs",
        "src/audit/appending.rs",
    ];
    only_in(&renaming, &["platform::rename", "in_use::{remove_file, rename}", "in_use::rename"]);
    only_in(&["src/platform/in_use.rs", "src/platform/directory.rs", renaming[1]], &["fs::rename"]);
    only_in(&["src/platform/process.rs", "src/platform/command.rs"], &["Command::new"]);
}

/// `tests/common/mod.rs` says what a test may use; `.ci/bare-system` proves it.
#[test]
fn tests_need_no_program_that_a_bare_system_lacks() {
    // The last two are util-linux's, which is as essential.
    let coreutils = ["cat", "chown", "cp", "ls", "mkfifo", "sleep", "nsenter", "unshare"];
    let shell = ["/bin/sh", "sh"];
    let is_other = |path: &String| path == "tests/architecture.rs" || path.starts_with("tests/windows/");
    for path in files("tests", "rs").into_iter().filter(|path| !is_other(path)) {
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
        let deeper = |line: &String| line.starts_with(&format!("{indent} "));
        let declaration = |line: &String| line.ends_with(';') && !deeper(line);
        let end = lines[start..].iter().position(|line| {
            *line == closing || declaration(line) || (!deeper(line) && line.ends_with("{}"))
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
fn every_row_of_a_table_has_as_many_cells_as_its_head() {
    // A `|` within code ends a cell too, unless a backslash stands before it.
    let cells = |line: &str| line.trim().replace("\\|", "").matches('|').count();
    for document in documents() {
        let mut head = None;
        for (number, line) in prose(&document) {
            let is_row = line.trim_start().starts_with('|');
            let expected = *head.get_or_insert_with(|| cells(&line));
            assert!(!is_row || cells(&line) == expected, "{document}:{number}: {line}");
            head = head.filter(|_| is_row);
        }
    }
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
        // Keys of the config file begin like this.
        let is_key = name.starts_with("aws_sso_cred_");
        if is_name && !is_key && name.matches('_').count() >= 4 {
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
fn the_map_names_every_file_and_every_room() {
    let map = read(MAP);
    let (rooms, files) = map.split_once("## The files").expect("a chapter");
    let named: BTreeSet<&str> = files
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`'))
        .map(|(path, _)| path)
        .collect();
    let sources = sources();
    let there: BTreeSet<&str> = sources.iter().map(|source| source.path.trim_start_matches("src/")).collect();
    let differing: Vec<&&str> = named.symmetric_difference(&there).collect();
    assert!(differing.is_empty(), "{MAP} has a line for each file and no other: {differing:?}");
    let order: Vec<&str> = rooms
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`'))
        .map(|(room, _)| room)
        .collect();
    assert!(order.starts_with(&ROOMS), "{MAP} has the rooms in their order: {order:?}");
}

#[test]
fn every_invariant_says_what_enforces_it() {
    let map = read(MAP);
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
