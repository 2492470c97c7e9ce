//! The state directory belongs to one user: files that another user puts in its place or into it
//! are not read, written or removed.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test"
)]

mod common;

use std::fs::{self, Permissions};
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown, symlink};
use std::path::{Path, PathBuf};

use common::{World, answered, failed};
use serde_json::json;
use stand_in::{Operation, Output, iso8601};

const LOGOUT: [&str; 3] = ["logout", "--sso-session", "corp"];

/// A user id that is neither root nor, as a rule, the user who runs the tests.
const OTHER_USER: u32 = 64_123;

/// A world whose state directory is in a directory that every user can write to.
struct Shared {
    world: World,
    state_home: PathBuf,
}

impl Shared {
    fn new() -> Self {
        let mut world = World::new();
        let state_home = world.home.temporary().join("shared");
        fs::create_dir(&state_home).unwrap();
        fs::set_permissions(&state_home, Permissions::from_mode(0o1777)).unwrap();
        world.home.env("XDG_STATE_HOME", state_home.to_str().unwrap());
        Self { world, state_home }
    }

    fn state(&self) -> PathBuf {
        self.state_home.join("aws-sso-cred")
    }

    /// The directory of the session's state, computed as the program does.
    fn session(&self) -> PathBuf {
        self.state().join("sessions").join(self.world.token_file().file_stem().unwrap())
    }

    /// The victim's documents, with names that the program also uses.
    fn documents(&self) -> PathBuf {
        let documents = self.world.home.home().join("documents");
        fs::create_dir_all(&documents).unwrap();
        for name in ["thesis.txt", "pending.json", "last-error.json", "x.aws-sso-cred.tmp"] {
            fs::write(documents.join(name), "mine").unwrap();
        }
        documents
    }
}

fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap().flatten();
    let mut names: Vec<_> = entries.map(|entry| entry.file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn private(path: &Path) {
    fs::create_dir_all(path).unwrap();
    for directory in path.ancestors().take(3) {
        fs::set_permissions(directory, Permissions::from_mode(0o700)).unwrap();
    }
}

fn is_root(directory: &Path) -> bool {
    let is_root = fs::metadata(directory).unwrap().uid() == 0;
    if !is_root {
        // Written past the capture of the test's output: the test was skipped.
        let _ = writeln!(std::io::stderr(), "not run: only root can give a directory to another user");
    }
    is_root
}

/// Signs in, fetches and signs out; each must work without the state directory.
fn everything_works(world: &World) -> Output {
    world.sign_in(3600);
    answered(&world.run(&["--debug"]));
    failed(&world.run(&["--role-name", "Nobody"]), 4);
    let output = world.home.run(&LOGOUT);
    assert_eq!(output.status, 0, "{output:?}");
    assert!(!world.token_file().exists());
    output
}

#[test]
fn logout_removes_nothing_behind_a_link() {
    type Place = fn(&Shared) -> PathBuf;
    let places: [Place; 4] = [
        Shared::state,
        |shared| shared.state().join("sessions"),
        Shared::session,
        |shared| shared.session().join("roles"),
    ];
    for place in places {
        let shared = Shared::new();
        let documents = shared.documents();
        let before = names(&documents);
        let place = place(&shared);
        if place != shared.state() {
            private(place.parent().unwrap());
        }
        symlink(&documents, &place).unwrap();
        everything_works(&shared.world);
        assert_eq!(names(&documents), before, "behind {}", place.display());
    }
}

#[test]
fn logout_removes_only_known_state_files() {
    let shared = Shared::new();
    private(&shared.session());
    for name in ["thesis.txt", "pending.txt", "notes.aws-sso-cred.tmp", "last-error.json"] {
        fs::write(shared.session().join(name), "{}").unwrap();
    }
    let half = "pending.17-00ff00ff00ff00ff.aws-sso-cred.tmp";
    fs::write(shared.session().join(half), "{").unwrap();
    shared.world.sign_in(3600);
    assert_eq!(shared.world.home.run(&LOGOUT).status, 0);
    assert_eq!(
        names(&shared.session()),
        ["lock", "notes.aws-sso-cred.tmp", "pending.txt", "sign-in.lock", "thesis.txt"]
            .into_iter()
            .filter(|name| shared.session().join(name).exists())
            .collect::<Vec<_>>()
    );
    assert!(shared.session().join("thesis.txt").exists() && shared.session().join("pending.txt").exists());
}

#[test]
fn a_pending_sign_in_from_another_user_is_ignored() {
    // A device authorization that the attacker started, for the victim to approve.
    let plant = |shared: &Shared| {
        let moment = |seconds| iso8601(common::now() + seconds);
        let pending = json!({
            "sessionKey": "corp", "startUrl": common::START_URL, "region": common::REGION,
            "userCode": "EVIL-CODE", "verificationUri": "https://corp.awsapps.com/start/#/device",
            "verificationUriComplete": "https://corp.awsapps.com/start/#/device?user_code=EVIL-CODE",
            "deviceCode": "theirs", "clientId": "theirs", "clientSecret": "theirs",
            "startedAt": moment(0), "expiresAt": moment(600),
            "nextPollAt": moment(0), "registrationExpiresAt": moment(86_400), "promptedAt": moment(0), "interval": 1, "browserOpened": true,
        });
        private(&shared.session());
        fs::write(shared.session().join("pending.json"), pending.to_string()).unwrap();
    };
    let status = |shared: &Shared| shared.world.home.run(&["status", "--sso-session", "corp"]);

    let own = Shared::new();
    plant(&own);
    assert!(
        status(&own).stdout.contains("EVIL-CODE"),
        "a file of the same user is read; otherwise this test proves nothing"
    );

    let open = Shared::new();
    plant(&open);
    fs::set_permissions(open.state(), Permissions::from_mode(0o777)).unwrap();
    assert!(!status(&open).stdout.contains("EVIL-CODE"), "the directory is open to others");

    let inner = Shared::new();
    plant(&inner);
    fs::set_permissions(inner.session(), Permissions::from_mode(0o770)).unwrap();
    assert!(!status(&inner).stdout.contains("EVIL-CODE"), "the session's directory is open to a group");

    let moved = Shared::new();
    plant(&moved);
    let elsewhere = moved.state_home.join("elsewhere");
    fs::rename(moved.state(), &elsewhere).unwrap();
    symlink(&elsewhere, moved.state()).unwrap();
    assert!(!status(&moved).stdout.contains("EVIL-CODE"), "the directory is a link");

    if is_root(&open.state_home) {
        let theirs = Shared::new();
        plant(&theirs);
        for path in theirs.session().ancestors().take(3) {
            chown(path, Some(OTHER_USER), None).unwrap();
        }
        chown(theirs.session().join("pending.json"), Some(OTHER_USER), None).unwrap();
        assert!(!status(&theirs).stdout.contains("EVIL-CODE"), "the directory is another user's");
        everything_works(&theirs.world);

        let one_file = Shared::new();
        plant(&one_file);
        chown(one_file.session().join("pending.json"), Some(OTHER_USER), None).unwrap();
        assert!(!status(&one_file).stdout.contains("EVIL-CODE"), "the file is another user's");
    }
}

#[test]
fn a_lock_or_state_file_that_is_a_link_is_not_written_through() {
    for name in ["lock", "sign-in.lock", "last-error.json"] {
        let shared = Shared::new();
        let documents = shared.documents();
        private(&shared.session());
        symlink(documents.join("thesis.txt"), shared.session().join(name)).unwrap();
        shared.world.sign_in(-1);
        answered(&shared.world.run(&[]));
        failed(&shared.world.run(&["--role-name", "Nobody"]), 4);
        assert_eq!(fs::read_to_string(documents.join("thesis.txt")).unwrap(), "mine", "{name}");
    }
}

#[test]
fn the_debug_log_says_why_the_state_directory_is_not_used() {
    let shared = Shared::new();
    private(&shared.state());
    fs::set_permissions(shared.state(), Permissions::from_mode(0o770)).unwrap();
    everything_works(&shared.world);
    let log = shared.world.home.home().join(".aws/sso/aws-sso-credential-process-log.txt");
    let log = fs::read_to_string(log).unwrap();
    assert!(log.contains("aws-sso-cred is not used: other users can write to it"), "{log}");
    assert!(names(&shared.state()).is_empty());
}

#[test]
fn root_in_a_users_home_leaves_all_files_to_their_owner() {
    let world = World::new();
    let home = world.home.home();
    if !is_root(&home) {
        return;
    }
    world.sign_in(-1);
    for path in [&home, &home.join(".aws"), &home.join(".aws/config"), &home.join(".aws/sso")] {
        chown(path, Some(OTHER_USER), Some(OTHER_USER)).unwrap();
    }
    chown(home.join(".aws/sso/cache"), Some(OTHER_USER), Some(OTHER_USER)).unwrap();
    chown(world.token_file(), Some(OTHER_USER), Some(OTHER_USER)).unwrap();
    fs::set_permissions(world.token_file(), Permissions::from_mode(0o640)).unwrap();

    answered(&world.run(&["--debug"]));
    failed(&world.run(&["--role-name", "Nobody"]), 4);
    assert_eq!(world.aws.count(Operation::CreateToken), 1, "the token is new");
    let owners: Vec<_> = everything_in(&home).into_iter().filter(|path| owner(path) != OTHER_USER).collect();
    assert!(owners.is_empty(), "root became the owner of {owners:?}");
    assert_eq!(fs::metadata(world.token_file()).unwrap().mode() & 0o777, 0o640, "the mode is unchanged");
    assert_eq!(fs::metadata(world.role_file()).unwrap().mode() & 0o777, 0o600);
    assert!(!home.join(".local").exists(), "a state directory there would belong to root");
}

fn owner(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().uid()
}

fn everything_in(directory: &Path) -> Vec<PathBuf> {
    let mut found = vec![directory.to_owned()];
    for entry in fs::read_dir(directory).unwrap().flatten() {
        if entry.metadata().unwrap().is_dir() {
            found.extend(everything_in(&entry.path()));
        } else {
            found.push(entry.path());
        }
    }
    found
}
