//! What is said about files that cannot be read, kept or removed, and about a lock that is held.

use super::too_many_files::TOO_MANY_FILES;
use crate::error::local::{Holding, LeftFile, LocalError, Obstacle};
use crate::error::text::Text;
use crate::platform::ObstacleKind;
use crate::text::shell::shell_word;
use crate::text::span::span;
use std::time::Duration;

pub(in crate::error) fn text(error: &LocalError) -> Text {
    match error {
        LocalError::LockTimeout { what, waited, holder } => lock_timeout(what, *waited, *holder),
        LocalError::OutputFailed { cause } => {
            Text { what: format!("cannot write to standard output: {cause}"), why: None, hint: None }
        }
        LocalError::TokenNotOpened { path, obstacle, session } => not_opened(path, obstacle, session),
        LocalError::NoRoom { directory, obstacle } => Text {
            what: format!("cannot keep a sign-in in {directory}: {}", because(directory, obstacle)),
            why: Some("AWS was not asked for a new token, because it could not be kept".to_owned()),
            hint: Some(format!("{}, then run this again", cure(&[obstacle]))),
        },
        LocalError::NotKept { path, obstacle, revoked } => Text {
            what: format!("cannot keep the sign-in in {path}: {}", because(path, obstacle)),
            why: Some(
                if *revoked {
                    "AWS has revoked the new sign-in"
                } else {
                    "AWS could not be told to revoke the new sign-in; it ends by itself"
                }
                .to_owned(),
            ),
            hint: Some(format!("{}, then sign in again", cure(&[obstacle]))),
        },
        LocalError::Left { files, session, revoked, again } => {
            left(files, session.as_deref(), *revoked, again)
        }
    }
}

/// A token file that is there and cannot be opened.
pub(super) fn not_opened(path: &str, obstacle: &Obstacle, session: &str) -> Text {
    Text {
        what: format!("{session}: cannot read the sign-in in {path}: {}", because(path, obstacle)),
        why: None,
        hint: Some(format!("{}, then run this again", cure(&[obstacle]))),
    }
}

fn lock_timeout(what: &str, waited: Option<Duration>, holder: Option<u32>) -> Text {
    let process =
        holder.map_or_else(|| "another aws-sso-cred".to_owned(), |holder| format!("process {holder}"));
    Text {
        what: match waited {
            Some(waited) => format!("{process} has held the lock for {what} for {}", span(waited)),
            None => format!("{process} holds the lock for {what} and does not move"),
        },
        why: None,
        hint: Some(match holder {
            Some(holder) => format!(
                "let it go on with `kill -CONT {holder}`, or end it with `kill -KILL {holder}`, then run this again"
            ),
            None => "look for a hanging process with `pgrep -l aws-sso-cred`, then run this again".to_owned(),
        }),
    }
}

fn left(files: &[LeftFile], session: Option<&str>, revoked: Option<bool>, again: &str) -> Text {
    let (closed, found): (Vec<&LeftFile>, Vec<&LeftFile>) =
        files.iter().partition(|file| file.holds == Holding::Unknown);
    let what = match (&found[..], &closed[..]) {
        ([], [only]) => {
            format!("cannot look into {}, which may still hold secrets{}", only.path, of(session))
        }
        ([], many) => {
            format!(
                "cannot look into {} directories, which may still hold secrets{}",
                many.len(),
                of(session)
            )
        }
        ([only], []) => {
            format!("cannot remove {}, which holds {}{}", only.path, contents(&found), of(session))
        }
        (many, []) => {
            format!("cannot remove {} files, which hold {}{}", many.len(), contents(&found), of(session))
        }
        (many, _) => {
            format!(
                "cannot remove {} with {}{}, nor look into {}",
                counted(many.len(), "file"),
                contents(&found),
                of(session),
                counted(closed.len(), "directory")
            )
        }
    };
    let revocation = match revoked {
        None => "",
        Some(true) => "; AWS has revoked the sign-in",
        Some(false) => "; AWS could not be told to revoke the sign-in",
    };
    let why = files.first().map(|file| {
        // The words for an attribute say "it" of the one path in the line above.
        let is_named = files.len() == 1 && matches!(file.obstacle.kind, ObstacleKind::Held(_));
        let named = if is_named { file.path.as_str() } else { "" };
        format!("{}{revocation}", because(named, &file.obstacle))
    });
    Text { what, why, hint: Some(way_out(files, again)) }
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

/// Everything that `files` hold, each kind once.
fn contents(files: &[&LeftFile]) -> String {
    let mut kinds: Vec<&str> = Vec::new();
    for file in files {
        let kind = match file.holds {
            Holding::SignIn => "the sign-in",
            Holding::RoleCredentials => "role credentials",
            Holding::Registration => "the client registration",
            Holding::HalfWritten => "what a killed process left half written",
            Holding::Note => "notes about the sign-in",
            Holding::Unknown => "perhaps secrets",
        };
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    kinds.join(" and ")
}

/// What a link of the cache led to is removed by hand; the rest by the same command again.
fn way_out(files: &[LeftFile], again: &str) -> String {
    let linked: Vec<String> =
        files.iter().filter(|file| file.was_linked).map(|file| word(&file.path)).collect();
    let in_place: Vec<&Obstacle> =
        files.iter().filter(|file| !file.was_linked).map(|file| &file.obstacle).collect();
    let by_hand = (!linked.is_empty()).then(|| format!("run `sudo rm {}`", linked.join(" ")));
    let by_us = (!in_place.is_empty()).then(|| format!("{}, then `{again}` again", cure(&in_place)));
    let both: Vec<String> = by_hand.into_iter().chain(by_us).collect();
    both.join(", and ")
}

/// Why, as a clause; what is in the way is named unless it is `path`, which was just named.
fn because(path: &str, obstacle: &Obstacle) -> String {
    let (it, its) = match &obstacle.path {
        named if named == path => ("it".to_owned(), String::new()),
        named => (named.clone(), format!(" of {named}")),
    };
    let the = if its.is_empty() { "its" } else { "the" };
    match obstacle.kind {
        ObstacleKind::Owner(0) => format!("{it} belongs to root"),
        ObstacleKind::Owner(owner) => format!("{it} belongs to the user with id {owner}"),
        ObstacleKind::Mode => format!("{the} mode{its} forbids it"),
        ObstacleKind::ReadOnly => format!("{it} is mounted read-only"),
        ObstacleKind::Full => format!("{the} disk{its} is full"),
        ObstacleKind::NoDirectory => format!("{it} is not a directory"),
        ObstacleKind::NoFile => format!("{it} is a directory"),
        ObstacleKind::FileSize => "the limit of a file's size here is too low".to_owned(),
        ObstacleKind::OpenFiles => "too many files are open".to_owned(),
        ObstacleKind::Held(_) | ObstacleKind::Other if its.is_empty() => obstacle.words.clone(),
        ObstacleKind::Held(_) | ObstacleKind::Other => format!("{it}: {}", obstacle.words),
    }
}

/// One command for all of what is in the way; the first obstacle decides which.
fn cure(obstacles: &[&Obstacle]) -> String {
    let Some(first) = obstacles.first() else { return String::new() };
    let mut places: Vec<String> = Vec::new();
    for obstacle in obstacles {
        let place = word(place(&obstacle.path));
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
        ObstacleKind::Full => format!("make room on the disk, which `df -h {places}` shows"),
        ObstacleKind::NoDirectory | ObstacleKind::NoFile => {
            let path = word(&first.path);
            format!("run `mv {path} {path}.old`")
        }
        ObstacleKind::Held(undo) => format!("run `{undo} {}`", word(&first.path)),
        ObstacleKind::FileSize => {
            "raise the limit with `ulimit -f unlimited`, or restart the program that calls this one"
                .to_owned()
        }
        ObstacleKind::OpenFiles => TOO_MANY_FILES.to_owned(),
        ObstacleKind::Other => format!("see what keeps you from it with `ls -ld {}`", word(&first.path)),
    }
}

/// What `sudo` or a mode has spoiled is spoiled as a whole, as a rule.
fn place(path: &str) -> &str {
    ["~/.aws/sso", "~/.aws/cli"].into_iter().find(|whole| path.starts_with(*whole)).unwrap_or(path)
}

/// A path as a word for the shell; one in the home keeps its `~`, which quotes would stop.
fn word(path: &str) -> String {
    match path.strip_prefix("~/") {
        Some(inside) => format!("~/{}", shell_word(inside)),
        None => shell_word(path),
    }
}
