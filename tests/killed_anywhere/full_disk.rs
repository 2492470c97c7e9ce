//! A disk that is full: of `~/.aws`, of the state directory, and in the middle of a run.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;

use stand_in::Operation;

use crate::common::{DEV, World, answered};
use crate::namespace::{MOUNTS, Namespace};
use crate::nowhere_to_write::{Outcome, cases, check, check_unchanged, contents};
use crate::operations::{LOGIN, LOGOUT, with_browser};

/// A namespace in which `directory` below the home is a small disk of its own.
fn on_a_small_disk<'w>(world: &'w World, directory: &str) -> Option<Namespace<'w>> {
    let script = format!(
        "D=\"$HOME/{directory}\"; mkdir -p \"$D\"; cp -a \"$D\" \"$TMPDIR/before\"; \
         mount -t tmpfs -o size=256k,mode=700 none \"$D\"; cp -a \"$TMPDIR/before/.\" \"$D\""
    );
    Namespace::new(world, MOUNTS, &script)
}

/// Fills the disk to the last byte.
fn fill(directory: &Path) {
    let mut file = File::create(directory.join("filler")).unwrap();
    for piece in [4096, 1] {
        while file.write_all(&vec![0; piece]).is_ok() {}
    }
}

#[test]
fn on_a_full_disk_credentials_are_printed_and_nothing_is_begun_that_cannot_be_kept() {
    for case in cases(Outcome::Success) {
        let world = (case.world)();
        let Some(inside) = on_a_small_disk(&world, ".aws") else { return };
        let aws = inside.path(&world.home.home().join(".aws"));
        fill(&aws);
        let before = contents(&aws);
        let output = inside.run(case.arguments);
        check(&case, &world, &output, &["space"]);
        let is_logout = case.arguments[0] == "logout";
        if is_logout {
            let left: Vec<_> = contents(&aws).into_keys().filter(|path| path.ends_with(".json")).collect();
            assert!(left.is_empty(), "{left:?}");
        } else {
            check_unchanged(&before, &aws, &case);
        }
        fs::remove_file(aws.join("filler")).unwrap();
        // With space again, everything goes on.
        if case.outcome == Outcome::Refusal {
            let again = inside.run(case.arguments);
            assert_eq!(again.status, 0, "{:?}: {again:?}", case.arguments);
        }
    }
}

#[test]
fn a_full_disk_of_the_state_directory_costs_no_command_its_result() {
    let world = with_browser();
    let Some(inside) = on_a_small_disk(&world, ".local") else { return };
    fill(&inside.path(&world.home.home().join(".local")));
    for arguments in [
        LOGIN,
        &DEV,
        &["--profile", "dev", "--force-refresh"],
        &["list", "--sso-session", "corp"],
        &["configure", "populate", "--sso-session", "corp"],
        &["configure", "convert", "dev", "--yes"],
        &["sync", "dev"],
        &["exec", "--server", "--profile", "dev", "--", "/bin/true"],
        LOGOUT,
        &["--profile", "dev", "-i"],
        LOGOUT,
    ] {
        let output = inside.run(arguments);
        assert_eq!(output.status, 0, "{arguments:?}: {output:?}");
    }
    assert!(!world.token_file().exists() && !world.role_file().exists());
}

#[test]
fn a_refresh_works_without_room_for_state() {
    let world = World::new();
    world.aws.set_refresh_single_use(true);
    world.sign_in(-1);
    let Some(inside) = on_a_small_disk(&world, ".local") else { return };
    fill(&inside.path(&world.home.home().join(".local")));
    for _ in 0..3 {
        answered(&inside.run(&["--profile", "dev", "--force-refresh"]));
        world.home.write_token("corp", &{
            let mut token = world.token();
            token["expiresAt"] = crate::common::in_seconds(-1).into();
            token
        });
    }
    assert_eq!(world.refreshes(), 3);
}

#[test]
fn a_disk_that_is_full_when_aws_answers_costs_no_credentials() {
    let world = World::signed_in();
    let Some(inside) = on_a_small_disk(&world, ".aws") else { return };
    let aws = inside.path(&world.home.home().join(".aws"));
    let (output, ()) = world.while_asked(Operation::GetRoleCredentials, || inside.run(&DEV), || fill(&aws));
    answered(&output);
    let left: Vec<_> =
        contents(&aws).into_keys().filter(|path| path.to_string_lossy().ends_with(".tmp")).collect();
    assert!(left.is_empty(), "{left:?}");
}
