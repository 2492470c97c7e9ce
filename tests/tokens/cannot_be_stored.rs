//! A token that could not be stored is not requested: no refresh token and no code is used.

use std::fs;
use std::process::Command;

use stand_in::{Operation, Output};

use crate::common::{DEV, World, answered, failed, refused};
use crate::ordinary_user;
use crate::support::{asks, temporary_files, with_browser, wrapped};

/// A run that can write no file, as on a full disk, for every user.
fn on_a_full_disk(world: &World, arguments: &[&str]) -> Output {
    let script = "trap '' XFSZ; ulimit -f 0; exec \"$0\" \"$@\"";
    wrapped(world, &["/bin/sh", "-c", script], arguments)
}

pub const HINT: &str = "hint: raise the limit with `ulimit -f unlimited`, or restart the program that starts aws-sso-cred, \
                    then run this again\n";

#[track_caller]
fn check_refusal(output: &Output) {
    let text = format!(
        "aws-sso-cred: cannot save a sign-in in ~/.aws/sso/cache: the limit of file sizes (`ulimit -f`) is too low\n\
         AWS was not asked for a token, because aws-sso-cred could not save it\n{HINT}"
    );
    refused(output, 5, &text);
}

#[test]
fn a_refresh_token_is_not_used_when_its_successor_cannot_be_stored() {
    for more in [&[][..], &["--no-cache"], &["--force-refresh"], &["-i"]] {
        let world = World::new();
        world.aws.set_refresh_single_use(true);
        world.sign_in(-1);
        let before = fs::read(world.token_file()).unwrap();

        check_refusal(&on_a_full_disk(&world, &[&DEV[..], more].concat()));

        assert_eq!(world.requests(), 0, "{more:?}");
        assert_eq!(fs::read(world.token_file()).unwrap(), before);
        assert_eq!(temporary_files(&world), [] as [std::path::PathBuf; 0]);
        answered(&world.run(&[]));
        assert_eq!(world.refreshes(), 1, "a run that can write refreshes the token");
    }
}

#[test]
fn live_credentials_are_handed_out_when_the_token_cannot_be_stored() {
    let world = World::new();
    world.sign_in(-1);
    let cached = world.cache_role(600);
    let output = on_a_full_disk(&world, &DEV);
    answered(&output);
    assert_eq!((output.stdout, world.requests()), (cached, 0));
}

#[test]
fn a_refused_token_is_not_refreshed_when_it_cannot_be_stored() {
    let world = World::signed_in();
    let token = world.token();
    world.aws.revoke(token["accessToken"].as_str().unwrap());
    check_refusal(&on_a_full_disk(&world, &DEV));
    assert_eq!((world.fetches(), world.refreshes()), (1, 0));
    assert_eq!(world.token(), token);
}

#[test]
fn no_sign_in_starts_when_the_token_cannot_be_stored() {
    let world = with_browser("exit 0");
    let login = ["login", "--sso-session", "corp"];
    for arguments in [
        &[&DEV[..], &["-i"]].concat(),
        &login.to_vec(),
        &[&login[..], &["--use-device-code"]].concat(),
        &[&login[..], &["--if-needed"]].concat(),
    ] {
        check_refusal(&on_a_full_disk(&world, arguments));
        assert_eq!(world.requests(), 0, "{arguments:?}");
    }
}

#[test]
fn login_if_needed_does_not_use_a_refresh_token_when_the_token_cannot_be_stored() {
    let world = World::new();
    world.sign_in(-1);
    check_refusal(&on_a_full_disk(&world, &["login", "--sso-session", "corp", "--if-needed"]));
    assert_eq!(world.requests(), 0);
}

#[test]
fn an_approved_code_is_not_used_when_the_token_cannot_be_stored() {
    let world = with_browser("exit 0");
    assert_eq!(asks(&world, &["--wait", "0"]).status, 6);
    assert!(world.aws.approve(&world.aws.waiting_user_code().unwrap()));
    world.aws.clear_requests();

    check_refusal(&on_a_full_disk(&world, &[&DEV[..], &["-i"]].concat()));

    assert_eq!(world.requests(), 0);
    let output = asks(&world, &[]);
    assert_eq!(output.status, 0, "{output:?}");
    assert_eq!(world.aws.count(Operation::StartDeviceAuthorization), 0, "the approval was not lost");
}

#[test]
fn a_directory_in_the_place_of_the_token_prevents_a_sign_in() {
    let world = with_browser("exit 0");
    fs::create_dir_all(world.token_file()).unwrap();
    let lines = failed(&asks(&world, &[]), 5);
    let name = world.token_file().file_name().unwrap().to_str().unwrap().to_owned();
    assert!(lines[1].starts_with(&format!("~/.aws/sso/cache/{name} is a directory; ")), "{lines:?}");
    assert_eq!(world.requests(), 0);
}

/// The directory is writable, but the file cannot be replaced.
#[test]
fn a_token_file_that_cannot_be_replaced_prevents_the_refresh() {
    for (prepare, undo, cause) in [
        ("chattr +i", "chattr -i", "is immutable (chattr +i)"),
        ("mount --bind /proc/self/fd/9", "umount", "is a mount of its own; mount its directory instead"),
    ] {
        let world = World::new();
        world.sign_in(-1);
        let file = world.token_file();
        let script = format!(
            "exec 9<\"$FILE\"; {prepare} \"$FILE\" >&2 || exit 99; \"$0\" \"$@\"; code=$?; {undo} \"$FILE\"; exit $code"
        );
        let script = format!("FILE='{}'; {script}", file.display());
        let as_root = ["unshare", "--mount", "/bin/sh", "-c", &script];
        if !Command::new("unshare")
            .args(["--mount", "/bin/true"])
            .status()
            .is_ok_and(|status| status.success())
        {
            crate::support::not_tested("unshare --mount does not work here");
            return;
        }
        let output = wrapped(&world, &as_root, &DEV);
        if output.status == 99 {
            crate::support::not_tested(&format!("`{prepare}` does not work here: {}", output.stderr));
            continue;
        }
        let lines = failed(&output, 5);
        assert!(lines[1].contains(&format!(".json {cause}; ")), "{lines:?}");
        assert_eq!(world.requests(), 0, "{prepare}");
        answered(&world.run(&[]));
    }
}

#[test]
fn a_token_file_in_another_users_sticky_directory_is_not_refreshed() {
    let world = World::new();
    world.aws.set_refresh_single_use(true);
    world.sign_in(-1);
    let directory = world.home.sso_cache();
    ordinary_user::give_away(&world);
    if !ordinary_user::take(&directory) {
        return;
    }
    ordinary_user::set_mode(&directory, 0o1777);
    ordinary_user::set_mode(&world.token_file(), 0o644);
    let before = fs::read(world.token_file()).unwrap();

    let lines = failed(&ordinary_user::run(&world, &DEV), 5);

    assert!(lines[1].contains(".json belongs to root; "), "{lines:?}");
    assert!(lines[2].contains("sudo chown -R \"$USER\" ~/.aws/sso"), "{lines:?}");
    assert_eq!((world.requests(), fs::read(world.token_file()).unwrap()), (0, before));
    assert_eq!(temporary_files(&world), [] as [std::path::PathBuf; 0]);
}
