//! The place of the token is checked before the person is asked, and an unusable place is named.

use std::fs;
use std::path::PathBuf;

use stand_in::{Operation, Output};

use crate::common::{World, check_failure_text, failed, finish};
use crate::ordinary_user::{self, give_away, set_mode, take};
use crate::support::{following_browser_in, opened, page, with_browser};

const LOGIN: [&str; 3] = ["login", "--sso-session", "corp"];
const BY_CODE: [&str; 4] = ["login", "--sso-session", "corp", "--use-device-code"];

/// Asserts a failure before any request and any browser.
#[track_caller]
fn failed_before_any_request(world: &World, output: &Output) -> Vec<String> {
    let lines = failed(output, 5);
    assert_eq!((world.requests(), opened(world).len()), (0, 0), "{lines:?}");
    assert!(
        lines[1].ends_with("AWS was not asked for a token, because aws-sso-cred could not save it"),
        "{lines:?}"
    );
    lines
}

#[test]
fn login_does_not_start_when_the_token_cannot_be_stored() {
    for arguments in [&LOGIN[..], &BY_CODE] {
        for directory in [".aws/sso/cache", ".aws/sso", ".aws"] {
            let world = with_browser();
            let path = world.home.home().join(directory);
            fs::create_dir_all(&path).unwrap();
            give_away(&world);
            set_mode(&path, 0o500);
            let lines = failed_before_any_request(&world, &ordinary_user::run(&world, arguments));
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
fn login_names_a_cache_directory_that_belongs_to_root_with_the_remedy() {
    let world = with_browser();
    let cache = world.home.sso_cache();
    fs::create_dir_all(&cache).unwrap();
    give_away(&world);
    if !take(&cache) {
        return;
    }
    for mode in [0o700, 0o755] {
        set_mode(&cache, mode);
        let lines = failed_before_any_request(&world, &ordinary_user::run(&world, &LOGIN));
        assert_eq!(lines[0], "aws-sso-cred: cannot save a sign-in in ~/.aws/sso/cache: it belongs to root");
        assert_eq!(lines[2], "hint: run `sudo chown -R \"$USER\" ~/.aws/sso`, then run this again");
    }
}

#[test]
fn login_names_a_file_or_directory_in_the_place_of_the_cache_or_token() {
    let world = with_browser();
    let cache = world.home.sso_cache();
    fs::create_dir_all(cache.parent().unwrap()).unwrap();
    fs::write(&cache, "a file where the directory should be").unwrap();
    let lines = failed_before_any_request(&world, &world.home.run(&LOGIN));
    assert_eq!(lines[0], "aws-sso-cred: cannot save a sign-in in ~/.aws/sso/cache: it is not a directory");
    assert_eq!(lines[2], "hint: run `mv ~/.aws/sso/cache ~/.aws/sso/cache.old`, then run this again");
    fs::remove_file(&cache).unwrap();

    fs::create_dir_all(world.token_file()).unwrap();
    let lines = failed_before_any_request(&world, &world.home.run(&LOGIN));
    let token = format!("~/.aws/sso/cache/{}", world.token_file().file_name().unwrap().display());
    assert!(lines[1].starts_with(&format!("{token} is a directory; ")), "{lines:?}");
    assert_eq!(lines[2], format!("hint: run `mv {token} {token}.old`, then run this again"));
}

#[test]
fn login_if_needed_with_a_valid_token_needs_no_write_access() {
    let world = with_browser();
    world.sign_in(3600);
    give_away(&world);
    set_mode(&world.home.sso_cache(), 0o500);
    let output = ordinary_user::run(&world, &[&LOGIN[..], &["--if-needed"]].concat());
    assert_eq!(output.status, 0, "{}", output.stderr);
    assert!(output.stderr.starts_with("already signed in to "), "{}", output.stderr);
}

#[test]
fn the_credential_process_starts_no_sign_in_when_the_token_cannot_be_stored() {
    let world = with_browser();
    fs::create_dir_all(world.home.sso_cache()).unwrap();
    give_away(&world);
    set_mode(&world.home.sso_cache(), 0o500);
    failed_before_any_request(&world, &ordinary_user::run(&world, &["--profile", "dev", "-i"]));
}

/// The directory of the token disappears while the person is in the browser.
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
fn a_login_whose_token_cannot_be_stored_is_revoked_and_fails() {
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

/// AWS has issued the credentials; the missing file is no sign-out.
#[test]
fn the_credential_process_hands_out_credentials_of_a_token_that_could_not_be_stored() {
    let (world, output) = lost_during_the_sign_in(&["--profile", "dev", "-i"]);
    assert_eq!((output.status, output.json()["Version"].as_i64()), (0, Some(1)), "{}", output.stderr);
    assert!(!world.role_file().exists());
}

#[test]
fn the_credential_process_says_why_the_token_cannot_be_read() {
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
        // `login` replaces the file, because the directory still belongs to the user.
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

/// Role credentials of the previous sign-in would be handed out to the next person who signs in.
#[test]
fn login_does_not_start_when_old_role_credentials_cannot_be_removed() {
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
        // Expired role credentials are never handed out and may stay.
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
