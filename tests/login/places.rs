//! Where a sign-in is kept: looked at before a person is asked, and named when it will
//! not do.

use std::fs;
use std::path::PathBuf;

use stand_in::{Operation, Output};

use crate::common::{World, check_failure_text, failed, finish};
use crate::ordinary_user::{self, give_away, set_mode, take};
use crate::support::{following_browser_in, opened, page, with_browser};

const LOGIN: [&str; 3] = ["login", "--sso-session", "corp"];
const BY_CODE: [&str; 4] = ["login", "--sso-session", "corp", "--use-device-code"];

/// A failure before anything was asked, requested or opened.
#[track_caller]
fn asked_nobody(world: &World, output: &Output) -> Vec<String> {
    let lines = failed(output, 5);
    assert_eq!((world.requests(), opened(world).len()), (0, 0), "{lines:?}");
    assert!(
        lines[1].ends_with("AWS was not asked for a token, because aws-sso-cred could not save it"),
        "{lines:?}"
    );
    lines
}

#[test]
fn nobody_is_asked_to_sign_in_where_the_sign_in_cannot_be_kept() {
    for arguments in [&LOGIN[..], &BY_CODE] {
        for directory in [".aws/sso/cache", ".aws/sso", ".aws"] {
            let world = with_browser();
            let path = world.home.home().join(directory);
            fs::create_dir_all(&path).unwrap();
            give_away(&world);
            set_mode(&path, 0o500);
            let lines = asked_nobody(&world, &ordinary_user::run(&world, arguments));
            let it = if directory == ".aws/sso/cache" {
                "its permissions".to_owned()
            } else {
                format!("the permissions of ~/{directory}")
            };
            let place = if directory == ".aws" { "~/.aws" } else { "~/.aws/sso" };
            assert_eq!(
                [lines[0].clone(), lines[2].clone()],
                [
                    format!("aws-sso-cred: cannot save a sign-in in ~/.aws/sso/cache: {it} do not allow it"),
                    format!("hint: run `chmod -R u+rwX {place}`, then run this again"),
                ]
            );
            set_mode(&path, 0o700);
        }
    }
}

#[test]
fn a_cache_that_sudo_has_left_to_root_is_named_with_its_owner_and_the_cure() {
    let world = with_browser();
    let cache = world.home.sso_cache();
    fs::create_dir_all(&cache).unwrap();
    give_away(&world);
    if !take(&cache) {
        return;
    }
    for mode in [0o700, 0o755] {
        set_mode(&cache, mode);
        let lines = asked_nobody(&world, &ordinary_user::run(&world, &LOGIN));
        assert_eq!(lines[0], "aws-sso-cred: cannot save a sign-in in ~/.aws/sso/cache: it belongs to root");
        assert_eq!(lines[2], "hint: run `sudo chown -R \"$USER\" ~/.aws/sso`, then run this again");
    }
}

#[test]
fn something_else_in_the_place_of_the_cache_or_of_the_token_is_named() {
    let world = with_browser();
    let cache = world.home.sso_cache();
    fs::create_dir_all(cache.parent().unwrap()).unwrap();
    fs::write(&cache, "a file where the directory should be").unwrap();
    let lines = asked_nobody(&world, &world.home.run(&LOGIN));
    assert_eq!(lines[0], "aws-sso-cred: cannot save a sign-in in ~/.aws/sso/cache: it is not a directory");
    assert_eq!(lines[2], "hint: run `mv ~/.aws/sso/cache ~/.aws/sso/cache.old`, then run this again");
    fs::remove_file(&cache).unwrap();

    fs::create_dir_all(world.token_file()).unwrap();
    let lines = asked_nobody(&world, &world.home.run(&LOGIN));
    let token = format!("~/.aws/sso/cache/{}", world.token_file().file_name().unwrap().display());
    assert!(lines[1].starts_with(&format!("{token} is a directory; ")), "{lines:?}");
    assert_eq!(lines[2], format!("hint: run `mv {token} {token}.old`, then run this again"));
}

#[test]
fn a_good_sign_in_needs_no_room() {
    let world = with_browser();
    world.sign_in(3600);
    give_away(&world);
    set_mode(&world.home.sso_cache(), 0o500);
    let output = ordinary_user::run(&world, &[&LOGIN[..], &["--if-needed"]].concat());
    assert_eq!(output.status, 0, "{}", output.stderr);
    assert!(output.stderr.starts_with("already signed in to "), "{}", output.stderr);
}

#[test]
fn the_credential_process_asks_nobody_for_what_it_cannot_keep() {
    let world = with_browser();
    fs::create_dir_all(world.home.sso_cache()).unwrap();
    give_away(&world);
    set_mode(&world.home.sso_cache(), 0o500);
    asked_nobody(&world, &ordinary_user::run(&world, &["--profile", "dev", "-i"]));
}

/// The place goes while the person is at the browser.
fn lost_during_the_sign_in(arguments: &[&str]) -> (World, Output) {
    let world = with_browser();
    world.aws.auto_approve(0);
    let mut command = world.home.command(arguments);
    let cache: PathBuf = world.home.sso_cache();
    let (output, ()) = world.while_asked(
        Operation::CreateToken,
        || finish(&mut command),
        || {
            fs::remove_dir_all(&cache).unwrap();
            fs::write(&cache, "a file where the directory should be").unwrap();
        },
    );
    (world, output)
}

#[test]
fn a_sign_in_that_could_not_be_kept_after_all_is_revoked_and_is_no_success() {
    for arguments in [&LOGIN[..], &BY_CODE] {
        let (world, output) = lost_during_the_sign_in(arguments);
        assert_eq!((output.status, output.stdout.as_str()), (5, ""), "{}", output.stderr);
        assert!(!output.stderr.contains("signed in to sso"), "{}", output.stderr);
        let failure = &output.stderr[output.stderr.find("aws-sso-cred: cannot").unwrap()..];
        check_failure_text(failure);
        let expected = [
            "aws-sso-cred: cannot save the sign-in in ~/.aws/sso/cache: it is not a directory".to_owned(),
            "AWS has revoked the new sign-in".to_owned(),
            "hint: run `mv ~/.aws/sso/cache ~/.aws/sso/cache.old`, then sign in again".to_owned(),
        ];
        assert_eq!(failure.lines().collect::<Vec<_>>(), expected);
        assert_eq!(world.aws.count(Operation::Logout), 1);
        if arguments == LOGIN {
            let page = page(&world);
            assert!(!page.contains("Signed in") && page.contains("annot save the sign-in in"), "{page}");
        }
    }
}

/// AWS has given them; that the file is gone is no sign-out.
#[test]
fn the_credential_process_hands_out_what_a_sign_in_gave_that_could_not_be_kept() {
    let (world, output) = lost_during_the_sign_in(&["--profile", "dev", "-i"]);
    assert_eq!((output.status, output.json()["Version"].as_i64()), (0, Some(1)), "{}", output.stderr);
    assert!(!world.role_file().exists());
}

#[test]
fn the_credential_process_says_why_the_sign_in_cannot_be_read() {
    let world = World::signed_in();
    give_away(&world);
    let token = world.token_file();
    let shown = format!("~/.aws/sso/cache/{}", token.file_name().unwrap().display());
    let said = |expected: [String; 3]| {
        let lines = failed(&ordinary_user::run(&world, &["--profile", "dev"]), 1);
        assert_eq!(lines, expected);
        assert_eq!(world.requests(), 0);
    };
    let cannot = || "aws-sso-cred: sso-session `corp`: cannot read the cached sign-in".to_owned();
    set_mode(&token, 0o000);
    let cure = "hint: run `chmod -R u+rwX ~/.aws/sso`, then run this again";
    said([cannot(), format!("the permissions of {shown} do not allow it"), cure.to_owned()]);
    set_mode(&token, 0o600);
    set_mode(&world.home.sso_cache(), 0o000);
    said([
        cannot(),
        format!("{shown}: the permissions of ~/.aws/sso/cache do not allow it"),
        cure.to_owned(),
    ]);
    set_mode(&world.home.sso_cache(), 0o700);

    if take(&token) {
        let cure = "hint: run `sudo chown -R \"$USER\" ~/.aws/sso`, then run this again";
        said([cannot(), format!("{shown} belongs to root"), cure.to_owned()]);
        // A login replaces it, for the directory is still theirs.
        let browser = following_browser_in(&world);
        give_away(&world);
        assert!(take(&token));
        let mut command = ordinary_user::command(&world, &[&LOGIN[..], &["--if-needed"]].concat());
        let output = finish(command.env("BROWSER", browser));
        assert_eq!(output.status, 0, "{}", output.stderr);
        assert!(
            output.stderr.starts_with(&format!(
                "sso-session `corp`: cannot read the cached sign-in; {shown} belongs to root\n"
            )),
            "{}",
            output.stderr
        );
    }
}

/// Role credentials of the sign-in before would be handed out to whoever signs in now.
#[test]
fn nobody_is_asked_to_sign_in_where_role_credentials_of_the_one_before_would_stay() {
    let from_credential_process = ["--profile", "dev", "-i", "--role-name", "ReadOnly"];
    for arguments in [&LOGIN[..], &BY_CODE, &from_credential_process] {
        let world = with_browser();
        world.sign_in_for_once(-60);
        world.cache_role(3600);
        give_away(&world);
        let directory = world.role_file().parent().unwrap().to_owned();
        set_mode(&directory, 0o500);
        let output = ordinary_user::run(&world, arguments);
        let lines = failed(&output, 5);
        assert_eq!((world.requests(), opened(&world).len()), (0, 0), "{lines:?}");
        let file = world.role_file();
        assert_eq!(
            lines[0],
            "aws-sso-cred: cannot remove the file with role credentials of sso-session `corp`"
        );
        let shown = format!("~/.aws/cli/cache/{}: ", file.file_name().unwrap().display());
        assert!(lines[1].starts_with(&shown), "{lines:?}");
        assert!(lines[2].ends_with("then run `aws-sso-cred login --sso-session corp` again"), "{lines:?}");
        // Dead ones are handed out to nobody.
        set_mode(&directory, 0o700);
        world.cache_role(-60);
        give_away(&world);
        set_mode(&directory, 0o500);
        world.aws.auto_approve(0);
        let output = ordinary_user::run(&world, arguments);
        assert!(!world.aws.requests().is_empty(), "{output:?}");
        set_mode(&directory, 0o700);
    }
}
