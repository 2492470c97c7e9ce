//! A process that is killed between AWS's answer and the rename of the file with the new token: the
//! next run takes the token over.
#![cfg(target_os = "linux")]

use std::fs;

use stand_in::{Operation, Output, SystemCall};

use crate::common::{ACCOUNT, DEV, ROLE, World, answered};
use crate::left_over::{old, set_age};
use crate::support::{temporary_files, with_browser};

/// Starts a run and kills it before the first system call that is `fatal`.
fn killed_before(world: &World, arguments: &[&str], fatal: &mut dyn FnMut(&SystemCall) -> bool) -> Output {
    let mut command = world.home.command(arguments);
    let output = stand_in::killed_before(stand_in::in_new_session(&mut command, None), fatal);
    assert!(output.status < 0, "{output:?}");
    output
}

/// Starts a run and kills it at its `number`th rename of a file in AWS's caches.
fn killed_at_rename(world: &World, number: usize, arguments: &[&str]) {
    let mut renamed = 0;
    let output = killed_before(world, arguments, &mut |call| {
        let of_aws = call.name.starts_with("rename") && call.texts.iter().any(|path| path.contains("/.aws/"));
        renamed += usize::from(of_aws);
        of_aws && renamed == number
    });
    assert!(output.stdout.is_empty(), "{output:?}");
}

#[test]
fn a_refresh_killed_before_its_rename_is_completed_by_the_next_run() {
    let world = World::new();
    world.aws.set_refresh_single_use(true);
    world.sign_in(-1);
    let before = world.token();
    killed_at_rename(&world, 1, &DEV);
    assert_eq!(
        (world.token(), temporary_files(&world).len()),
        (before, 1),
        "the run was killed before the rename"
    );

    answered(&world.run(&[]));

    assert_eq!((world.refreshes(), world.fetches()), (1, 1));
    assert!(temporary_files(&world).is_empty());
}

#[test]
fn the_trial_file_of_a_killed_run_is_removed_later() {
    let world = World::new();
    world.sign_in(-1);
    killed_before(&world, &DEV, &mut |call| {
        call.name.starts_with("unlink") && call.texts.iter().any(|path| path.contains("/.aws/"))
    });
    let left = temporary_files(&world);
    assert_eq!((world.requests(), left.len()), (0, 1), "the run was killed before the rename");
    set_age(&left[0], old());

    answered(&world.run(&[]));

    assert!(temporary_files(&world).is_empty());
}

#[test]
fn an_approved_sign_in_killed_before_its_rename_is_completed_by_the_next_run() {
    for next in [&["-n"][..], &["-i"]] {
        let world = with_browser("exit 0");
        world.aws.auto_approve(0);
        // The first rename is for the registration.
        killed_at_rename(&world, 2, &["--profile", "dev", "-i"]);
        assert!(!world.token_file().exists());
        assert_eq!(temporary_files(&world).len(), 1, "the run was killed before the rename");
        let before = world.home.write_role_credentials(ACCOUNT, ROLE, "corp", 600);

        let output = world.run(next);

        assert_ne!(answered(&output)["SessionToken"], before["Credentials"]["SessionToken"]);

        assert_eq!(world.aws.count(Operation::StartDeviceAuthorization), 1);
        assert_eq!(world.aws.count(Operation::CreateToken), 1, "the code is used once");
        let state = world.home.all_files();
        assert!(!state.iter().any(|(path, _, _)| path.ends_with("pending.json")), "nothing waits any more");
    }
}

/// Without a state directory, the date of the registration shows that a person was asked.
#[test]
fn an_approved_sign_in_is_completed_by_the_next_run_without_a_state_directory() {
    let mut world = with_browser("exit 0");
    let blocked = world.home.temporary().join("blocked");
    fs::write(&blocked, "a file").unwrap();
    world.home.env("XDG_STATE_HOME", blocked.to_str().unwrap());
    world.aws.auto_approve(0);
    killed_at_rename(&world, 2, &["--profile", "dev", "-i"]);
    assert!(!world.token_file().exists());
    assert_eq!(temporary_files(&world).len(), 1, "the run was killed before the rename");
    answered(&world.run(&["-i"]));
    assert_eq!(world.aws.count(Operation::CreateToken), 1, "the code is used once");
    // The sign-in is complete: the files that `aws sso logout` leaves are not taken for another.
    fs::remove_file(world.token_file()).unwrap();
    fs::remove_file(world.role_file()).unwrap();
    assert_eq!(world.run(&["-n"]).status, 1);
}

#[test]
fn login_by_code_completes_an_approved_sign_in_that_was_killed() {
    let world = with_browser("exit 0");
    world.aws.auto_approve(0);
    killed_at_rename(&world, 2, &["--profile", "dev", "-i"]);
    let output = world.home.run(&["login", "--sso-session", "corp", "--use-device-code"]);
    assert_eq!(output.status, 0, "{output:?}");
    assert_eq!(world.aws.count(Operation::StartDeviceAuthorization), 1);
    assert_eq!(world.aws.count(Operation::CreateToken), 1, "the code is used once");
    answered(&world.run(&[]));
}

#[test]
fn login_by_redirect_killed_before_its_rename_is_completed_by_the_next_run() {
    let world = with_browser("printf '%s\\n' \"$1\" >>\"$TMPDIR/opened\"");
    let temporary = world.home.temporary();
    stand_in::follow_links(temporary.join("opened"), temporary.join("page"));
    killed_at_rename(&world, 2, &["login", "--sso-session", "corp"]);
    assert_eq!(temporary_files(&world).len(), 1, "the run was killed before the rename");
    answered(&world.run(&[]));
    assert_eq!(world.aws.count(Operation::CreateToken), 1, "the code is used once");
}

/// A signed-in world with cached role credentials, in which another person approves every sign-in,
/// by code and by redirect.
fn with_a_second_person() -> (World, String) {
    let world = with_browser("printf '%s\\n' \"$1\" >>\"$TMPDIR/opened\"");
    let temporary = world.home.temporary();
    stand_in::follow_links(temporary.join("opened"), temporary.join("page"));
    world.aws.auto_approve(0);
    world.sign_in(3600);
    let cached = world.cache_role(3000);
    (world, cached)
}

const LOGINS: [&[&str]; 2] =
    [&["login", "--sso-session", "corp", "--use-device-code"], &["login", "--sso-session", "corp"]];

#[test]
fn login_killed_after_its_rename_leaves_no_older_role_credentials() {
    for login in LOGINS {
        let (world, cached) = with_a_second_person();
        let before = world.token();
        let name = world.token_file();
        let name = name.file_stem().unwrap().to_str().unwrap();
        let mut is_renamed = false;
        killed_before(&world, login, &mut |call| {
            let is_now = is_renamed;
            is_renamed |=
                call.name.starts_with("rename") && call.texts.iter().any(|path| path.contains(name));
            is_now
        });
        assert_ne!(world.token(), before, "the login was killed after the rename");
        assert!(!world.role_file().exists(), "{login:?}");
        let output = world.run(&[]);
        answered(&output);
        assert_ne!(output.stdout, cached);
    }
}

#[test]
fn an_approved_login_killed_before_its_rename_replaces_a_live_token() {
    for login in LOGINS {
        for next in [&DEV[..], &["login", "--sso-session", "corp", "--if-needed"]] {
            let (world, cached) = with_a_second_person();
            let before = world.token();
            killed_at_rename(&world, 2, login);
            assert_eq!(
                (world.token(), temporary_files(&world).len()),
                (before.clone(), 1),
                "the run was killed before the rename"
            );

            let output = world.home.run(next);

            assert_eq!(output.status, 0, "{output:?}");
            assert_ne!(output.stdout, cached, "{login:?} {next:?}");
            assert_ne!(world.token()["accessToken"], before["accessToken"], "{login:?} {next:?}");
            assert!(temporary_files(&world).is_empty());
            answered(&world.run(&[]));
            assert_eq!(world.aws.count(Operation::CreateToken), 1, "the code is used once");
        }
    }
}
