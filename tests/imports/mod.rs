//! Which source file uses which: the imports of the program, as its files write them.
//!
//! A path leads to the deepest module file that it names: `crate::state::StateDirectory` to
//! `src/state.rs`, `super::note::Note` to the file of `note`. A module that only declares
//! its children uses none of them; one that hands their items on does.

use std::collections::{BTreeMap, BTreeSet};

/// Each file with the files that it uses.
pub type Graph = BTreeMap<String, BTreeSet<String>>;

/// The graph of `sources`: pairs of a path below `src/` and its text, without comments and
/// tests.
pub fn graph(sources: &[(String, String)]) -> Graph {
    let modules: BTreeMap<Vec<String>, String> =
        sources.iter().map(|(path, _)| (module_of(path), path.clone())).collect();
    sources
        .iter()
        .map(|(path, text)| {
            let module = module_of(path);
            let named = paths_in(&without_visibility(text)).into_iter();
            let named = named.filter_map(|(depth, named)| absolute(&module, &modules, depth, &named));
            let used = named.filter_map(|named| file_of(&modules, &named));
            (path.clone(), used.filter(|used| used != path).collect())
        })
        .collect()
}

/// `pub(in crate::error)` says who may use an item, and uses nothing.
fn without_visibility(text: &str) -> String {
    let mut parts = text.split("pub(in ");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |kept, part| kept + part.split_once(')').map_or("", |(_, rest)| rest))
}

/// The module that a file holds: `src/state/note.rs` is `["state", "note"]`.
fn module_of(path: &str) -> Vec<String> {
    let inside = path.trim_start_matches("src/").trim_end_matches(".rs");
    let module: Vec<String> = inside.split('/').map(str::to_owned).collect();
    if inside == "lib" { Vec::new() } else { module }
}

/// The deepest module on the way to an item that has a file.
fn file_of(modules: &BTreeMap<Vec<String>, String>, named: &[String]) -> Option<String> {
    (1..=named.len()).rev().find_map(|end| modules.get(&named[..end])).cloned()
}

/// A path from the crate's root; `None` for one into another crate or within the file.
/// `depth` modules inside of the file stand around it.
fn absolute(
    module: &[String],
    modules: &BTreeMap<Vec<String>, String>,
    depth: usize,
    named: &[String],
) -> Option<Vec<String>> {
    let supers = named.iter().take_while(|segment| *segment == "super").count();
    match named.first()?.as_str() {
        "crate" | "aws_sso_cred" => Some(named[1..].to_vec()),
        "self" => Some([module, &named[1..]].concat()),
        "super" if supers <= depth => None,
        "super" => {
            let supers = supers - depth;
            let base = &module[..module.len().saturating_sub(supers)];
            Some([base, &named[supers + depth..]].concat())
        }
        // A child by its bare name.
        first => {
            let child = [module, &[first.to_owned()]].concat();
            modules.contains_key(&child).then(|| [module, named].concat())
        }
    }
}

/// Every path that `text` names, with the number of modules inside of the file around it.
/// Braces are spelt out: `a::{b, c::d}` is `a::b` and `a::c::d`.
fn paths_in(text: &str) -> Vec<(usize, Vec<String>)> {
    let bytes = text.as_bytes();
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let (mut found, mut at) = (Vec::new(), 0);
    // For each open brace, whether it is a module's.
    let mut braces: Vec<bool> = Vec::new();
    while at < bytes.len() {
        match bytes[at] {
            b'{' => braces.push(opens_module(&text[..at])),
            b'}' => drop(braces.pop()),
            _ => {}
        }
        let begins = is_name(bytes[at]) && (at == 0 || !is_name(bytes[at - 1]) && bytes[at - 1] != b':');
        if !begins {
            at += 1;
            continue;
        }
        let mut paths = Vec::new();
        at = read_tree(text, at, &[], &mut paths);
        let depth = braces.iter().filter(|is_module| **is_module).count();
        found.extend(paths.into_iter().filter(|path| path.len() > 1).map(|path| (depth, path)));
    }
    found
}

/// Whether a brace behind `before` is that of `mod name {`.
fn opens_module(before: &str) -> bool {
    let mut words = before.trim_end().rsplit(char::is_whitespace);
    words.next().is_some_and(|name| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'))
        && words.next() == Some("mod")
}

/// Reads one path or group that begins at `at`; gives where it ends.
fn read_tree(text: &str, mut at: usize, before: &[String], found: &mut Vec<Vec<String>>) -> usize {
    let rest = |at: usize| &text[at..];
    let name: String = rest(at).chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    at += name.len();
    let path = if name.is_empty() { before.to_vec() } else { [before, &[name]].concat() };
    let Some(after) = rest(at).strip_prefix("::") else {
        found.push(path);
        return at;
    };
    at += 2;
    let Some(_) = after.strip_prefix('{') else {
        let is_name = after.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
        if is_name {
            return read_tree(text, at, &path, found);
        }
        found.push(path);
        return at;
    };
    at += 1;
    loop {
        at += rest(at).len() - rest(at).trim_start_matches(|c: char| c.is_whitespace() || c == ',').len();
        match rest(at).chars().next() {
            None => return at,
            Some('}') => return at + 1,
            Some(c) if c.is_ascii_alphanumeric() || c == '_' => at = read_tree(text, at, &path, found),
            Some(c) => at += c.len_utf8(),
        }
    }
}

/// The circles of a graph: sets of files that all lead to each other.
pub fn circles(graph: &Graph) -> Vec<BTreeSet<String>> {
    let reach: BTreeMap<&String, BTreeSet<String>> =
        graph.keys().map(|file| (file, reachable(graph, file))).collect();
    let mut circles: Vec<BTreeSet<String>> = Vec::new();
    for file in graph.keys().filter(|file| reach[*file].contains(*file)) {
        let circle: BTreeSet<String> =
            reach[file].iter().filter(|other| reach[other].contains(file)).cloned().collect();
        if !circles.contains(&circle) {
            circles.push(circle);
        }
    }
    circles
}

fn reachable(graph: &Graph, start: &str) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    let mut next: Vec<&str> = graph[start].iter().map(String::as_str).collect();
    while let Some(file) = next.pop() {
        if seen.insert(file.to_owned()) {
            next.extend(graph.get(file).into_iter().flatten().map(String::as_str));
        }
    }
    seen
}
