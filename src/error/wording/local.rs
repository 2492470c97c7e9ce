//! The texts about files that cannot be read, stored or removed, and about held locks.

use std::path::Path;
use std::time::Duration;

use super::too_many_files::TOO_MANY_FILES;
use crate::error::local::{Holding, LeftFile, LocalError, Obstacle};
use crate::error::text::Text;
use crate::platform::ObstacleKind;
use crate::text::shell::path_word;
use crate::text::span::span;

pub(in crate::error) fn text(error: &LocalError) -> Text {
    match error {
        LocalError::LockTimeout { what, waited, holder } => lock_timeout(what, *waited, *holder),
        LocalError::NotEdited { path, obstacle } => not_edited(path, obstacle),
        LocalError::KeepsChanging { path } => Text::hinted(
            format!("another program keeps changing {path}, so it was left as it is"),
            format!("find that program with `fuser -v {}`, then run this again", path_word(path)),
        ),
        LocalError::ReadsBackWrong { path, what } => Text {
            what: format!("a change of {path} went wrong, so it was left as it is"),
            why: Some(format!("this is a bug in aws-sso-cred: the changed file {what}")),
            hint: Some("report it with the output of `aws-sso-cred --version` and this text".to_owned()),
        },
        LocalError::OutputFailed { cause } => {
            Text { what: format!("cannot write to standard output: {cause}"), why: None, hint: None }
        }
        LocalError::PageNotWritten { path, cause } => Text::hinted(
            format!("cannot write {path}: {cause}"),
            "give `--dir` a directory that exists and that you can write to",
        ),
        LocalError::NotExportable { variable, format, holds } => Text {
            what: format!("the value of `{variable}` cannot be written in the format `{format}`"),
            why: Some(format!("it has {holds}, which the reader of that format would change")),
            hint: Some("use another format, such as `--format json`".to_owned()),
        },
        LocalError::NoEndpoint { cause } => Text::hinted(
            format!("cannot open an endpoint for credentials on 127.0.0.1: {cause}"),
            "run the same without `--server`: the command then gets keys, which expire",
        ),
        LocalError::TokenNotOpened { path, obstacle, session } => not_opened(path, obstacle, session),
        LocalError::NoRoom { directory, obstacle } => Text {
            what: format!("cannot save a sign-in in {directory}{}", short_cause(directory, obstacle)),
            why: Some(format!("{}{NOT_ASKED}", long_cause(directory, obstacle))),
            hint: Some(format!("{}, then run this again", cure(&[obstacle]))),
        },
        LocalError::NotKept { path, obstacle, revoked } => not_kept(path, obstacle, *revoked),
        LocalError::Left { files, session, revoked, again } => {
            left(files, session.as_deref(), *revoked, again)
        }
    }
}

/// The reason why aws-sso-cred asked AWS for no token.
pub(super) const NOT_ASKED: &str = "AWS was not asked for a token, because aws-sso-cred could not save it";

fn not_kept(path: &str, obstacle: &Obstacle, revoked: bool) -> Text {
    let directory = directory_of(path);
    let token = if revoked {
        "AWS has revoked the new sign-in"
    } else {
        "AWS could not be told to revoke the new sign-in; it expires by itself"
    };
    Text {
        what: format!("cannot save the sign-in in {directory}{}", short_cause(directory, obstacle)),
        why: Some(format!("{}{token}", long_cause(directory, obstacle))),
        hint: Some(format!("{}, then sign in again", cure(&[obstacle]))),
    }
}

/// The directory of a token file; `path` itself if it is a directory.
fn directory_of(path: &str) -> &str {
    let is_file = Path::new(path).extension().is_some_and(|extension| extension == "json");
    path.rsplit_once('/').filter(|_| is_file).map_or(path, |(directory, _)| directory)
}

/// The cause for the first line, such as `: it belongs to root`; empty if the obstacle is inside of
/// `directory`, because its path would make the line too long.
fn short_cause(directory: &str, obstacle: &Obstacle) -> String {
    if is_below(&obstacle.path, directory) {
        return String::new();
    }
    format!(": {}", because(directory, obstacle))
}

/// The cause for the second line; empty if the first line has it.
fn long_cause(directory: &str, obstacle: &Obstacle) -> String {
    if !is_below(&obstacle.path, directory) {
        return String::new();
    }
    format!("{}; ", because("", obstacle))
}

fn is_below(path: &str, directory: &str) -> bool {
    path != directory && path.starts_with(directory)
}

/// The cause as a clause that names `path`, for a text that has not named it yet.
fn named_cause(path: &str, obstacle: &Obstacle) -> String {
    let cause = because("", obstacle);
    if obstacle.path == path { cause } else { format!("{path}: {cause}") }
}

/// `cause` as a clause about `path`: replaces its `it`.
pub(super) fn of_file(path: &str, cause: &str) -> String {
    match cause.strip_prefix("it ") {
        Some(cause) => format!("{path} {cause}"),
        None => format!("{path}: {cause}"),
    }
}

/// The text for a token file that exists and cannot be opened.
pub(super) fn not_opened(path: &str, obstacle: &Obstacle, session: &str) -> Text {
    Text {
        what: format!("{session}: cannot read the cached sign-in"),
        why: Some(named_cause(path, obstacle)),
        hint: Some(format!("{}, then run this again", cure(&[obstacle]))),
    }
}

fn not_edited(path: &str, obstacle: &Obstacle) -> Text {
    let of_path = obstacle.path == path;
    Text {
        what: if of_path {
            format!("cannot change {path}: {}", because(path, obstacle))
        } else {
            format!("cannot change {path}")
        },
        why: (!of_path).then(|| because("", obstacle)),
        hint: Some(format!("{}, then run this again", cure(&[obstacle]))),
    }
}

fn lock_timeout(what: &str, waited: Option<Duration>, holder: Option<u32>) -> Text {
    let process =
        holder.map_or_else(|| "another aws-sso-cred".to_owned(), |holder| format!("process {holder}"));
    Text::hinted(
        match waited {
            Some(waited) => format!("{process} has held the lock for {what} for {}", span(waited)),
            None => format!("{process} holds the lock for {what} and hangs"),
        },
        match holder {
            Some(holder) => format!(
                "continue it with `kill -CONT {holder}`, or end it with `kill -KILL {holder}`, then run this again"
            ),
            None => {
                "find the process with `pgrep -l aws-sso-cred` and end it, then run this again".to_owned()
            }
        },
    )
}

fn left(files: &[LeftFile], session: Option<&str>, revoked: Option<bool>, again: &str) -> Text {
    let revocation = match revoked {
        None => "",
        Some(true) => "; AWS has revoked the sign-in",
        Some(false) => "; AWS could not be told to revoke the sign-in",
    };
    let why = files.first().map(|file| {
        // If there are several files, `logout` has listed them before this text.
        let named =
            if files.len() == 1 && file.holds != Holding::Unknown { &file.path } else { &file.obstacle.path };
        let cause = named_cause(named, &file.obstacle);
        format!("{cause}{revocation}")
    });
    Text { what: what_is_left(files, session), why, hint: Some(hint_for(files, again)) }
}

/// The first line: the number of files, or the directories that cannot be read.
fn what_is_left(files: &[LeftFile], session: Option<&str>) -> String {
    let (closed, found): (Vec<&LeftFile>, Vec<&LeftFile>) =
        files.iter().partition(|file| file.holds == Holding::Unknown);
    match (&found[..], &closed[..]) {
        ([], [only]) => {
            format!("cannot look into {}, which may still contain secrets{}", only.path, of(session))
        }
        ([], many) => {
            format!(
                "cannot look into {} directories that may still contain secrets{}",
                many.len(),
                of(session)
            )
        }
        ([LeftFile { holds: Holding::Nothing, .. }], []) => {
            format!("cannot remove an empty file{}", of(session))
        }
        ([_], []) => {
            format!("cannot remove the file with {}{}", contents(&found), of(session))
        }
        (many, []) => {
            format!("cannot remove {} files with {}{}", many.len(), contents(&found), of(session))
        }
        (many, _) => {
            format!(
                "cannot remove {} with secrets{}, nor look into {}",
                counted(many.len(), "file"),
                of(session),
                counted(closed.len(), "directory")
            )
        }
    }
}

fn of(session: Option<&str>) -> String {
    session.map_or_else(String::new, |session| format!(" of {session}"))
}

fn counted(count: usize, what: &str) -> String {
    match (count, what) {
        (1, _) => format!("1 {what}"),
        (_, "directory") => format!("{count} directories"),
        (_, _) => format!("{count} {what}s"),
    }
}

/// The kinds of content of `files`, each once. More than two kinds are called secrets, to keep the
/// line short.
fn contents(files: &[&LeftFile]) -> String {
    let mut kinds: Vec<&str> = Vec::new();
    for file in files {
        let kind = match file.holds {
            Holding::SignIn => "the sign-in",
            Holding::RoleCredentials => "role credentials",
            Holding::Registration => "the client registration",
            Holding::HalfWritten => "half-written data",
            Holding::Note => "notes about the sign-in",
            Holding::Nothing => "nothing",
            Holding::Unknown => "perhaps secrets",
        };
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    if kinds.len() > 2 { "secrets".to_owned() } else { kinds.join(" and ") }
}

/// The hint: `rm` for files that a link in the cache pointed to; for the others, the remedy and the
/// same command again.
fn hint_for(files: &[LeftFile], again: &str) -> String {
    let linked: Vec<String> =
        files.iter().filter(|file| file.was_linked).map(|file| path_word(&file.path)).collect();
    let in_place: Vec<&Obstacle> =
        files.iter().filter(|file| !file.was_linked).map(|file| &file.obstacle).collect();
    let by_hand = (!linked.is_empty()).then(|| format!("run `sudo rm {}`", linked.join(" ")));
    let by_us = (!in_place.is_empty()).then(|| format!("{}, then run `{again}` again", cure(&in_place)));
    let both: Vec<String> = by_hand.into_iter().chain(by_us).collect();
    both.join(", and ")
}

/// The cause as a clause. It calls the obstacle `it` if the text has just named it as `path`.
fn because(path: &str, obstacle: &Obstacle) -> String {
    let (it, its) = match &obstacle.path {
        named if named == path => ("it".to_owned(), String::new()),
        named => (named.clone(), format!(" of {named}")),
    };
    let the = if its.is_empty() { "its" } else { "the" };
    match obstacle.kind {
        ObstacleKind::Owner(0) => format!("{it} belongs to root"),
        ObstacleKind::Owner(owner) => format!("{it} belongs to the user with id {owner}"),
        ObstacleKind::Mode => format!("{the} permissions{its} do not allow it"),
        ObstacleKind::ReadOnly => format!("{it} is mounted read-only"),
        ObstacleKind::Full => format!("{the} disk{its} is full"),
        ObstacleKind::NoDirectory => format!("{it} is not a directory"),
        ObstacleKind::NoFile => format!("{it} is a directory"),
        ObstacleKind::FileSize => "the limit of file sizes (`ulimit -f`) is too low".to_owned(),
        ObstacleKind::OpenFiles => "too many files are open".to_owned(),
        ObstacleKind::Held(_) | ObstacleKind::InUse | ObstacleKind::Other if its.is_empty() => {
            obstacle.words.clone()
        }
        ObstacleKind::Held(_) | ObstacleKind::InUse | ObstacleKind::Other => of_file(&it, &obstacle.words),
    }
}

/// The command that removes all obstacles. The first obstacle decides which command it is.
fn cure(obstacles: &[&Obstacle]) -> String {
    let Some(first) = obstacles.first() else { return String::new() };
    let mut places: Vec<String> = Vec::new();
    for obstacle in obstacles {
        let place = path_word(place(&obstacle.path));
        if !places.contains(&place) {
            places.push(place);
        }
    }
    let places = places.join(" ");
    match first.kind {
        ObstacleKind::Owner(_) => format!("run `sudo chown -R \"$USER\" {places}`"),
        ObstacleKind::Mode => format!("run `chmod -R u+rwX {places}`"),
        ObstacleKind::ReadOnly => {
            format!("mount `{}` writable", places.split(' ').collect::<Vec<_>>().join("` and `"))
        }
        ObstacleKind::Full => format!("free space on the disk (`df -h {places}` shows it)"),
        ObstacleKind::NoDirectory | ObstacleKind::NoFile => {
            let path = path_word(&first.path);
            format!("run `mv {path} {path}.old`")
        }
        ObstacleKind::Held(undo) => format!("run `{undo} {}`", path_word(&first.path)),
        ObstacleKind::FileSize => {
            "raise the limit with `ulimit -f unlimited`, or restart the program that starts aws-sso-cred"
                .to_owned()
        }
        ObstacleKind::OpenFiles => TOO_MANY_FILES.to_owned(),
        ObstacleKind::InUse => format!("close the program that has `{}` open", first.path),
        ObstacleKind::Other if cfg!(windows) => {
            format!("look at the permissions with `icacls {}`", path_word(&first.path))
        }
        ObstacleKind::Other => format!("look at the permissions with `ls -ld {}`", path_word(&first.path)),
    }
}

/// The directory to repair: for a path in AWS's caches, their whole directory, because `sudo` or a
/// wrong mode usually affects all of it.
fn place(path: &str) -> &str {
    ["~/.aws/sso", "~/.aws/cli"].into_iter().find(|whole| path.starts_with(*whole)).unwrap_or(path)
}
