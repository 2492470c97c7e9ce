//! `logout` and unusual files: the obstacle is named as what it is.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::symlink;

use crate::LOGOUT;
use crate::common::{DEV, World, answered, failed, left, shown};
use crate::links::with_the_token_elsewhere;
use crate::ordinary_user::{give_away, set_mode};
use stand_in::Operation;

const AGAIN: &str = "then run `aws-sso-cred logout --sso-session corp` again";

#[test]
fn logout_names_a_directory_in_the_place_of_a_state_file() {
    let world = World::signed_in();
    answered(&world.run(&[]));
    let session = world.home.state_dir().join("sessions").join(world.token_file().file_stem().unwrap());
    let directory = session.join("pending.json");
    fs::create_dir(&directory).unwrap();
    let lines = left(&world.home.run(&LOGOUT), "signed out of sso-session `corp`\n");
    let note = shown(&world, &directory);
    assert_eq!(
        lines,
        [
            "aws-sso-cred: cannot remove the file with notes about the sign-in of sso-session `corp`"
                .to_owned(),
            format!("{note} is a directory; AWS has revoked the sign-in"),
            format!("hint: run `mv {note} {note}.old`, {AGAIN}"),
        ]
    );
}

#[test]
fn logout_names_an_immutable_file_once_with_the_chattr_command() {
    let world = World::signed_in();
    let file = world.token_file();
    let file = file.display();
    let script =
        format!("chattr +i '{file}' || exit 99; \"$0\" \"$@\"; code=$?; chattr -i '{file}'; exit $code");
    let output = crate::common::shell(&world.home, &script, &LOGOUT);
    if output.status == 99 {
        // Not every user and not every file system can do that. The message is written past the
        // capture of the test's output: the test was skipped.
        let _ = writeln!(std::io::stderr(), "not run: {}", output.stderr);
        return;
    }
    let token = shown(&world, &world.token_file());
    assert_eq!(
        left(&output, ""),
        [
            "aws-sso-cred: cannot remove the file with the sign-in of sso-session `corp`".to_owned(),
            format!("{token} is immutable (chattr +i); AWS has revoked the sign-in"),
            format!("hint: run `sudo chattr -i {token}`, {AGAIN}"),
        ]
    );
}

#[test]
fn logout_names_a_cache_directory_that_is_a_dangling_link() {
    let world = World::new();
    let cache = world.home.sso_cache();
    fs::create_dir_all(cache.parent().unwrap()).unwrap();
    symlink(world.home.home().join("nowhere"), &cache).unwrap();
    let login = ["login", "--sso-session", "corp", "--use-device-code", "--no-browser"];
    let lines = failed(&world.home.run(&login), 5);
    assert!(
        lines[0].ends_with("cannot save a sign-in in ~/.aws/sso/cache: it is not a directory"),
        "{lines:?}"
    );
    assert_eq!(lines[2], "hint: run `mv ~/.aws/sso/cache ~/.aws/sso/cache.old`, then run this again");
}

#[test]
fn logout_names_the_unreadable_directory_that_a_link_leads_into() {
    let (world, elsewhere) = with_the_token_elsewhere();
    set_mode(&elsewhere, 0o000);
    let lines = failed(&crate::ordinary_user::run(&world, &DEV), 1);
    let place = elsewhere.display();
    assert!(lines[1].ends_with(&format!("the permissions of {place} do not allow it")), "{lines:?}");
    assert_eq!(lines.last().unwrap(), &format!("hint: run `chmod -R u+rwX {place}`, then run this again"));
    set_mode(&elsewhere, 0o700);
}

#[test]
fn a_refresh_of_a_linked_token_file_leaves_no_old_token_in_the_target() {
    let world = World::new();
    world.sign_in(-5);
    let target = world.home.home().join("dotfiles").join("token.json");
    fs::create_dir(target.parent().unwrap()).unwrap();
    fs::rename(world.token_file(), &target).unwrap();
    symlink(&target, world.token_file()).unwrap();
    let before = crate::common::read_json(&target);
    answered(&world.run(&[]));
    assert!(
        fs::symlink_metadata(world.token_file()).unwrap().is_symlink(),
        "the link stays, as after a refresh by the AWS CLI"
    );
    assert_ne!(crate::common::read_json(&target)["accessToken"], before["accessToken"]);
    fs::write(target.with_extension("1-2.aws-sso-cred.tmp"), "{\"accessToken\": \"half").unwrap();
    let output = world.home.run(&LOGOUT);
    assert_eq!((output.status, output.stderr.as_str()), (0, "signed out of sso-session `corp`\n"));
    assert_eq!(fs::read_dir(target.parent().unwrap()).unwrap().count(), 0);
}

#[test]
fn a_link_to_another_file_is_replaced_and_not_written_through() {
    let world = World::signed_in();
    let letter = world.home.home().join("letter.json");
    fs::write(&letter, "{\"to\": \"AWS\"}").unwrap();
    fs::create_dir_all(world.role_file().parent().unwrap()).unwrap();
    symlink(&letter, world.role_file()).unwrap();
    answered(&world.run(&[]));
    assert_eq!(fs::read_to_string(&letter).unwrap(), "{\"to\": \"AWS\"}");
    assert!(!fs::symlink_metadata(world.role_file()).unwrap().is_symlink());
}

#[test]
fn logout_empties_a_token_file_that_has_other_hard_links() {
    for arguments in [&LOGOUT[..], &["logout", "--all"]] {
        let world = World::signed_in();
        let other = world.home.home().join("copy.json");
        fs::hard_link(world.token_file(), &other).unwrap();
        assert_eq!(world.home.run(arguments).status, 0);
        assert!(!world.token_file().exists());
        assert_eq!(fs::read_to_string(&other).unwrap(), "");
        assert_eq!(world.aws.count(Operation::Logout), 1);
    }
    let world = World::signed_in();
    fs::hard_link(world.token_file(), world.home.home().join("copy.json")).unwrap();
    give_away(&world);
    set_mode(&world.token_file(), 0o400);
    let lines = left(&crate::ordinary_user::run(&world, &LOGOUT), "");
    let token = shown(&world, &world.token_file());
    assert!(lines[0].contains("cannot remove the file with the sign-in"), "{lines:?}");
    assert_eq!(lines[1], format!("the permissions of {token} do not allow it; AWS has revoked the sign-in"));
}

#[test]
fn logout_does_not_say_that_an_emptied_file_holds_the_sign_in() {
    let world = World::signed_in();
    fs::hard_link(world.token_file(), world.home.home().join("copy.json")).unwrap();
    give_away(&world);
    set_mode(&world.home.sso_cache(), 0o500);
    // The second run finds the file empty.
    for _ in 0..2 {
        let lines = left(&crate::ordinary_user::run(&world, &LOGOUT), "");
        assert_eq!(lines[0], "aws-sso-cred: cannot remove an empty file of sso-session `corp`");
        assert!(lines[1].starts_with(&shown(&world, &world.token_file())), "{lines:?}");
        assert_eq!(fs::read(world.token_file()).unwrap(), b"");
    }
}
