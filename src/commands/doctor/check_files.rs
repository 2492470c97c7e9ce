//! Files and directories that other users may read or change, that belong to another user, or that
//! are damaged; and whether state can be kept.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::super::surroundings::Surroundings;
use super::facts::Findings;
use super::finding::{Finding, Id};
use crate::cache::{LARGEST, SignInContent, is_sha1_hex};
use crate::config::{config_path, credentials_path, shown_path};
use crate::context::Context;
use crate::platform;
use crate::state::StateDirectory;
use crate::text::shell::shell_word;

/// What other users must not do with a file: change it, or also read it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ban {
    Write,
    Read,
}

pub(super) fn check(command: &Surroundings<'_>, findings: &mut Findings) {
    let context = command.context;
    let Some(home) = context.home() else { return };
    let (tokens, roles) =
        (json_files(command.caches.token_directory()), json_files(command.caches.role_directory()));
    let state = StateDirectory::location(context);
    let mut places: Vec<(PathBuf, Ban)> = Vec::new();
    places.push((home.join(".aws"), Ban::Write));
    places.extend(config_path(context).map(|path| (path, Ban::Write)));
    places.extend(credentials_path(context).map(|path| (path, Ban::Read)));
    for directory in [command.caches.token_directory(), command.caches.role_directory()] {
        places.push((directory.to_owned(), Ban::Write));
    }
    places.extend(tokens.iter().chain(&roles).map(|path| (path.clone(), Ban::Read)));
    places.extend(state_files(state.as_deref()).into_iter().map(|path| (path, Ban::Read)));
    let mut open = BTreeMap::new();
    for (path, ban) in &places {
        permissions(context, &home, path, *ban, &mut open, findings);
    }
    findings.extend(open.into_values().map(|(paths, ban): (Vec<&Path>, Ban)| too_open(context, &paths, ban)));
    broken(command, &roles, findings);
    keeping(context, &home, state.as_deref(), findings);
}

type Open<'p> = BTreeMap<PathBuf, (Vec<&'p Path>, Ban)>;

fn permissions<'p>(
    context: &Context,
    home: &Path,
    path: &'p Path,
    ban: Ban,
    open: &mut Open<'p>,
    findings: &mut Findings,
) {
    let Some(found) = platform::permissions(path) else { return };
    if platform::is_foreign(found.owner, home) {
        let shown = shown_path(context, path);
        let text = format!(
            "{shown} belongs to the user with the id {}, as after a command with `sudo`",
            found.owner
        );
        let hint = format!("run `sudo chown $(id -u) {}`", pasted(&shown));
        findings.push(Finding::new(Id::ForeignOwner, &shown, text, hint));
    }
    let banned = if ban == Ban::Write || path.is_dir() { 0o022 } else { 0o077 };
    if found.mode & banned != 0 {
        // Files of one directory are one finding.
        let is_of_cache = path.extension().is_some_and(|ending| ending == "json");
        let group = path.parent().filter(|_| is_of_cache).unwrap_or(path);
        open.entry(group.join(if is_of_cache { "*.json" } else { "" }))
            .or_insert((Vec::new(), ban))
            .0
            .push(path);
    }
}

fn too_open(context: &Context, paths: &[&Path], ban: Ban) -> Finding {
    let first = paths.first().copied().unwrap_or(Path::new(""));
    let shown = match paths {
        [one] => shown_path(context, one),
        _ => shown_path(context, &first.with_file_name("*.json")),
    };
    let (can, mode) = match ban {
        _ if first.is_dir() => ("put files into", "700"),
        Ban::Write => ("change", "600"),
        Ban::Read => ("read or change", "600"),
    };
    let text = format!("other users of this computer may {can} {shown}");
    Finding::new(Id::FileMode, &shown, text, format!("run `chmod {mode} {}`", pasted(&shown)))
}

/// A shown path as a word for the shell, in which `~/` and the `*` of many files keep their meaning.
fn pasted(shown: &str) -> String {
    let (before, rest) = if let Some(rest) = shown.strip_prefix("~/") { ("~/", rest) } else { ("", shown) };
    match rest.strip_suffix("/*.json") {
        Some(directory) => format!("{before}{}/*.json", shell_word(directory)),
        None => format!("{before}{}", shell_word(rest)),
    }
}

/// Cache files that hold no JSON. The next write replaces them.
fn broken(command: &Surroundings<'_>, roles: &[PathBuf], findings: &mut Findings) {
    let mut add = |path: &Path, why: &str| {
        let shown = shown_path(command.context, path);
        let hint =
            format!("run `rm {}`: the file is written again at the next sign-in or use", pasted(&shown));
        findings.push(Finding::new(Id::BrokenCacheFile, &shown, format!("{shown} {why}"), hint));
    };
    for file in command.caches.sign_ins(command.context).unwrap_or_default() {
        match file.content {
            SignInContent::NotJson => add(&file.path, "holds no JSON, so it counts as absent"),
            SignInContent::Closed(why) => add(&file.path, &format!("cannot be opened: {why}")),
            _ => {}
        }
    }
    let has_hashed_name =
        |path: &&PathBuf| path.file_stem().and_then(|stem| stem.to_str()).is_some_and(is_sha1_hex);
    for path in roles.iter().filter(has_hashed_name) {
        let mut bytes = Vec::new();
        let read = platform::open_regular(path).and_then(|file| file.take(LARGEST).read_to_end(&mut bytes));
        let is_json = serde_json::from_slice::<serde_json::Value>(&bytes).is_ok();
        match read {
            Err(error) => add(path, &format!("cannot be opened: {}", platform::words_of(&error))),
            Ok(_) if !is_json => add(path, "holds no JSON, so it counts as absent"),
            Ok(_) => {}
        }
    }
}

/// Whether state and cache files can be written.
fn keeping(context: &Context, home: &Path, state: Option<&Path>, findings: &mut Findings) {
    let Some(state) = state else { return };
    let shown = shown_path(context, state);
    let owner = platform::permissions(state).map(|found| found.owner);
    if let Some(owner) = owner.filter(|owner| platform::is_foreign(*owner, home)) {
        let text = format!("{shown} belongs to the user with the id {owner}, so it is not used");
        let hint = format!("run `sudo chown -R $(id -u) {}`", pasted(&shown));
        findings.push(Finding::new(Id::ForeignOwner, &shown, text, hint));
        return;
    }
    let why = match StateDirectory::trouble(context) {
        Some(why) => why,
        None if platform::may_create_in(state) => return,
        None => "you may not write there".to_owned(),
    };
    let text = format!("no state can be kept in {shown}: {why}. Each process then asks AWS on its own");
    let hint =
        format!("make it a directory of yours that no other user can change: `chmod 700 {}`", pasted(&shown));
    findings.push(Finding::new(Id::StateNotWritable, &shown, text, hint));
}

fn json_files(directory: &Path) -> Vec<PathBuf> {
    let mut files = files_in(directory);
    files.retain(|path| path.extension().is_some_and(|ending| ending == "json"));
    files
}

fn files_in(directory: &Path) -> Vec<PathBuf> {
    let entries = platform::read_directory(directory).into_iter().flatten().flatten();
    let mut files: Vec<_> = entries.map(|entry| entry.path()).collect();
    files.sort();
    files
}

/// The files of the state directory, and of the directories in it.
fn state_files(state: Option<&Path>) -> Vec<PathBuf> {
    let Some(state) = state.filter(|state| state.is_dir()) else { return Vec::new() };
    let mut found = Vec::new();
    let mut directories = vec![(state.to_owned(), 0)];
    while let Some((directory, depth)) = directories.pop() {
        for path in files_in(&directory) {
            if path.is_dir() && depth < 2 {
                directories.push((path, depth + 1));
            } else if path.is_file() {
                found.push(path);
            }
        }
    }
    found
}
