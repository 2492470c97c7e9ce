//! What each command does when `~/.aws` cannot be written, whatever the reason is.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use stand_in::{Operation, Output};

use crate::common::{CONFIG, DEV, World, answered, check_failure_text};
use crate::operations::{CONFIGURE, LOGIN, with_browser};

/// What is expected of a command.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// It prints credentials and nothing else.
    Credentials,
    /// It does what it is for.
    Success,
    /// It fails with exit code 5 and asks AWS for no token.
    Refusal,
    /// It fails with exit code 5, names what is left, and ends the session at AWS.
    Left,
    /// It says what it found, whatever the exit code.
    Report,
}

/// A command, and the world in which it is run.
pub struct Case {
    pub world: fn() -> World,
    pub arguments: &'static [&'static str],
    pub outcome: Outcome,
}

use Outcome::{Credentials, Left, Refusal, Report, Success};

const CASES: [Case; 21] = [
    case(with_role, &DEV, Credentials),
    case(World::signed_in, &DEV, Credentials),
    case(World::signed_in, &["--profile", "dev", "--force-refresh"], Credentials),
    case(audited, &DEV, Credentials),
    case(expired, &DEV, Refusal),
    case(expired, &["--profile", "dev", "--no-cache"], Refusal),
    case(expired_with_role, &DEV, Credentials),
    case(signed_out, &["--profile", "dev", "-i"], Refusal),
    case(signed_out, LOGIN, Refusal),
    case(signed_out, &["login", "--sso-session", "corp", "--use-device-code"], Refusal),
    case(expired, &["login", "--sso-session", "corp", "--if-needed"], Refusal),
    case(World::signed_in, &["list", "--sso-session", "corp"], Success),
    case(World::signed_in, &["export", "--profile", "dev"], Success),
    case(World::signed_in, &["exec", "--profile", "dev", "--", "/bin/true"], Success),
    case(World::signed_in, &["exec", "--server", "--profile", "dev", "--", "/bin/true"], Success),
    case(World::signed_in, CONFIGURE, Refusal),
    case(World::signed_in, &["configure", "populate", "--sso-session", "corp"], Refusal),
    case(World::signed_in, &["configure", "convert", "dev", "--yes"], Refusal),
    case(World::signed_in, &["sync", "dev"], Refusal),
    case(with_role, &["status"], Report),
    case(with_role, &["doctor", "--profile", "dev"], Report),
];

const fn case(world: fn() -> World, arguments: &'static [&'static str], outcome: Outcome) -> Case {
    Case { world, arguments, outcome }
}

/// Every command; `logout` ends as told.
pub fn cases(logout: Outcome) -> impl Iterator<Item = Case> {
    CASES.into_iter().chain([case(with_role, &["logout", "--sso-session", "corp"], logout)])
}

fn with_role() -> World {
    let world = World::signed_in();
    world.cache_role(3600);
    world
}

fn audited() -> World {
    let world = World::signed_in();
    let on = CONFIG.replacen("sso_region", "aws_sso_cred_audit = on\nsso_region", 1);
    world.home.write_config(&on);
    world
}

fn expired() -> World {
    let world = World::new();
    world.aws.set_refresh_single_use(true);
    world.sign_in(-1);
    world
}

/// The credentials are short of the twenty minutes with which they need no refresh.
fn expired_with_role() -> World {
    let world = expired();
    world.cache_role(600);
    world
}

fn signed_out() -> World {
    let world = with_browser();
    fs::create_dir_all(world.home.sso_cache()).unwrap();
    world
}

/// The files below `directory`, each with its content.
pub fn contents(directory: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        if entry.metadata().unwrap().is_dir() {
            files.extend(contents(&entry.path()));
        } else {
            files.insert(entry.path(), fs::read(entry.path()).unwrap_or_default());
        }
    }
    files
}

/// Asserts that the files are as they were; an empty file is no loss.
#[track_caller]
pub fn check_unchanged(before: &BTreeMap<PathBuf, Vec<u8>>, directory: &Path, case: &Case) {
    let mut after = contents(directory);
    after.retain(|path, content| before.contains_key(path) || !content.is_empty());
    let names: Vec<_> = after.iter().map(|(path, content)| (path, content.len())).collect();
    assert!(after == *before, "{:?}: {names:?}", case.arguments);
}

/// Asserts that the command ended as it has to. `words` are in the text of each refusal, and `aws` is
/// where `~/.aws` is seen.
pub fn check(case: &Case, world: &World, output: &Output, words: &[&str]) {
    let what = format!("{:?}: {output:?}", case.arguments);
    match case.outcome {
        Credentials => drop(answered(output)),
        Success => assert_eq!(output.status, 0, "{what}"),
        Refusal | Left => {
            assert_eq!((output.status, output.stdout.as_str()), (5, ""), "{what}");
            let last: Vec<_> = output.stderr.split_inclusive("aws-sso-cred: ").collect();
            check_failure_text(&format!("aws-sso-cred: {}", last.last().unwrap()));
            assert!(words.iter().any(|word| output.stderr.contains(word)), "{words:?} in {what}");
        }
        Report => {
            assert!(!output.stdout.is_empty() && output.status < 6, "{what}");
            let is_named = words.iter().any(|word| output.stdout.contains(word));
            assert!(is_named || case.arguments == ["status"], "{words:?} in {what}");
        }
    }
    assert!(!output.stderr.contains("panicked") && output.status >= 0, "{what}");
    // `doctor` asks for a token with a client that there is not.
    let asked = [Operation::CreateToken, Operation::RegisterClient, Operation::StartDeviceAuthorization];
    let asked: usize = asked.map(|operation| world.aws.count(operation)).into_iter().sum();
    assert!(asked == 0 || case.outcome == Report, "{what}");
}
