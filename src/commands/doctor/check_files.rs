//! Files and directories that other users may read or change, that belong to another user, or that
//! are damaged.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::facts::Findings;
use super::finding::{Finding, Id};
use crate::cache::{LARGEST, SignInContent, is_sha1_hex};
use crate::commands::surroundings::Surroundings;
use crate::config::{config_path, credentials_path, shown_path};
use crate::context::Context;
use crate::platform;
use crate::state::StateDirectory;
use crate::text::shell::path_word;

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
        let above = directory.parent().filter(|above| *above != home && above.starts_with(&home));
        places.extend(above.into_iter().chain([directory]).map(|path| (path.to_owned(), Ban::Write)));
    }
    places.extend(tokens.iter().chain(&roles).map(|path| (path.clone(), Ban::Read)));
    places.extend(state_files(state.as_deref()).into_iter().map(|path| (path, Ban::Read)));
    let mut open = BTreeMap::new();
    for (path, ban) in &places {
        permissions(context, &home, path, *ban, &mut open, findings);
    }
    findings.extend(open.into_values().map(|(paths, ban): (Vec<&Path>, Ban)| too_open(context, &paths, ban)));
    broken(command, &tokens, &roles, findings);
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
    // A config of root outside the home is for all users, or written by a tool as Nix does it.
    let is_for_all = || {
        let is_outside = || !path.canonicalize().is_ok_and(|path| path.starts_with(home));
        found.owner == 0 && ban == Ban::Write && path.is_file() && is_outside()
    };
    if platform::is_foreign(found.owner, home) && !is_for_all() {
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

/// A shown path as a word for the shell, in which the `*` of many files keeps its meaning.
pub(super) fn pasted(shown: &str) -> String {
    match shown.strip_suffix("/*.json") {
        Some(directory) => format!("{}/*.json", path_word(directory)),
        None => path_word(shown),
    }
}

/// Cache files that hold no JSON object, or a larger one than is read. The next write replaces them.
fn broken(command: &Surroundings<'_>, tokens: &[PathBuf], roles: &[PathBuf], findings: &mut Findings) {
    let mut add = |path: &Path, why: &str| {
        let shown = shown_path(command.context, path);
        if findings.iter().any(|found| found.id == Id::ForeignOwner && found.subject == shown) {
            return;
        }
        let remove = if path.is_dir() { "rm -r" } else { "rm" };
        let hint = format!(
            "run `{remove} {}`: the file is written again at the next sign-in or use",
            pasted(&shown)
        );
        findings.push(Finding::new(Id::BrokenCacheFile, &shown, format!("{shown} {why}"), hint));
    };
    for file in command.caches.sign_ins(command.context).unwrap_or_default() {
        match file.content {
            SignInContent::NotJson => add(&file.path, "holds no usable JSON, so it counts as absent"),
            SignInContent::Closed(why) => add(&file.path, &format!("cannot be opened: {why}")),
            _ => {}
        }
    }
    let has_hashed_name =
        |path: &&PathBuf| path.file_stem().and_then(|stem| stem.to_str()).is_some_and(is_sha1_hex);
    for path in tokens.iter().filter(has_hashed_name).filter(|path| path.is_dir()) {
        add(path, "is a directory, so no sign-in can be kept there");
    }
    for path in roles.iter().filter(has_hashed_name) {
        let mut bytes = Vec::new();
        let read = platform::open_regular(path).and_then(|file| file.take(LARGEST).read_to_end(&mut bytes));
        let is_json =
            serde_json::from_slice::<serde_json::Value>(&bytes).is_ok_and(|value| value.is_object());
        match read {
            Err(error) => add(path, &format!("cannot be opened: {}", platform::words_of(&error))),
            Ok(_) if !is_json => add(path, "holds no usable JSON, so it counts as absent"),
            Ok(_) => {}
        }
    }
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

/// The files of the state directory, and the directories in it with their files.
fn state_files(state: Option<&Path>) -> Vec<PathBuf> {
    let Some(state) = state.filter(|state| state.is_dir()) else { return Vec::new() };
    let mut found = Vec::new();
    let mut directories = vec![(state.to_owned(), 0)];
    while let Some((directory, depth)) = directories.pop() {
        for path in files_in(&directory) {
            if path.is_dir() && depth < 2 {
                directories.push((path.clone(), depth + 1));
                found.push(path);
            } else if path.is_file() {
                found.push(path);
            }
        }
    }
    found
}
