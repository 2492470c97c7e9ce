//! A sign-in or sign-out during a request: credentials of the previous sign-in are neither handed
//! out nor cached.

use std::time::Duration;

use stand_in::{Fault, Operation, Output, Times, TokenOptions};

use crate::common::{ACCOUNT, DEV, LOGIN_HINT, World, answered, failed, line_of, read_json, refused};
use crate::support::{NOT_SIGNED_IN, asks, last_bearer, next_token, with_browser, wrapped};

/// Logs out without a revocation at the portal, after which AWS would refuse the fetch.
fn log_out(world: &World) {
    world.aws.fault(Operation::Logout, Fault::Status(403), Times::Once);
    let output = world.home.run(&["logout", "--sso-session", "corp"]);
    assert_eq!(output.status, 0, "{output:?}");
}

/// Calls `this` while AWS has the request of a run, and gives the run's output.
fn while_fetching(world: &World, more: &[&str], this: impl FnOnce()) -> Output {
    world.while_asked(Operation::GetRoleCredentials, || world.run(more), this).0
}

#[test]
fn credentials_that_arrive_after_logout_are_neither_handed_out_nor_cached() {
    for more in [&[][..], &["--no-cache"], &["--force-refresh"]] {
        let world = World::signed_in();
        let output = while_fetching(&world, more, || log_out(&world));
        refused(&output, 1, &format!("{NOT_SIGNED_IN}{LOGIN_HINT}"));
        assert_eq!((world.fetches(), world.aws.minted()), (1, 1), "AWS issued the credentials");
        assert!(!world.role_file().exists() && !world.token_file().exists());
    }
}

/// As in a container with a read-only `~/.aws`, while another process signs out.
#[test]
fn a_run_without_write_access_hands_out_nothing_after_logout() {
    let world = World::signed_in();
    let read_only = ["/bin/sh", "-c", "trap '' XFSZ; ulimit -f 0; exec \"$0\" \"$@\""];
    let run = || wrapped(&world, &read_only, &DEV);
    let (output, ()) = world.while_asked(Operation::GetRoleCredentials, run, || log_out(&world));
    refused(&output, 1, &format!("{NOT_SIGNED_IN}{LOGIN_HINT}"));
}

#[test]
fn credentials_that_arrive_after_another_tool_removed_the_token_are_not_cached() {
    let world = World::signed_in();
    // As `aws sso logout` does, without a lock.
    let output = while_fetching(&world, &[], || std::fs::remove_file(world.token_file()).unwrap());
    refused(&output, 1, &format!("{NOT_SIGNED_IN}{LOGIN_HINT}"));
    assert!(!world.role_file().exists());
}

#[test]
fn without_a_state_directory_credentials_that_arrive_after_logout_are_not_cached() {
    let mut world = World::signed_in();
    world.home.env("XDG_STATE_HOME", "/dev/null");
    let output = while_fetching(&world, &[], || log_out(&world));
    refused(&output, 1, &format!("{NOT_SIGNED_IN}{LOGIN_HINT}"));
    assert!(!world.role_file().exists());
}

#[test]
fn a_fetch_is_repeated_after_another_person_signed_in() {
    for more in [&[][..], &["--no-cache"]] {
        let world = World::new();
        let first = world.sign_in(3600);
        // The second person uses the registration of the first.
        let second = next_token(&world, &first);
        let output = while_fetching(&world, more, || world.home.write_cli_token("corp", &second, 3600));
        answered(&output);
        assert_eq!((world.fetches(), world.aws.minted()), (2, 2));
        assert_eq!(last_bearer(&world), second.access_token);
        if more.is_empty() {
            assert_eq!(line_of(&read_json(&world.role_file())["Credentials"]), output.stdout);
            assert_eq!(world.run(&[]).stdout, output.stdout);
        }
    }
}

#[test]
fn a_sign_in_during_a_fetch_is_distinguished_from_a_refresh() {
    let world = World::new();
    let first = world.sign_in(-60);
    let second = next_token(&world, &first);
    let output = while_fetching(&world, &[], || world.home.write_cli_token("corp", &second, 3600));
    answered(&output);
    assert_eq!((world.refreshes(), world.fetches()), (1, 2));
    assert_eq!(last_bearer(&world), second.access_token);
    assert_eq!(line_of(&read_json(&world.role_file())["Credentials"]), output.stdout);
}

#[test]
fn a_refresh_does_not_overwrite_a_sign_in_that_came_during_it() {
    let world = World::new();
    world.sign_in(-1);
    let refresh = || world.run(&[]);
    let (output, token) = world.while_asked(Operation::CreateToken, refresh, || {
        let token = world.aws.issue_token(&TokenOptions::default());
        world.home.write_cli_token("corp", &token, 3600);
        token
    });
    answered(&output);
    assert_eq!(world.token()["accessToken"], token.access_token.as_str());
}

#[test]
fn a_refresh_does_not_undo_a_sign_out_that_came_during_it() {
    let world = World::new();
    world.sign_in(-1);
    let refresh = || world.run(&[]);
    let sign_out = || std::fs::remove_file(world.token_file()).unwrap();
    let (output, ()) = world.while_asked(Operation::CreateToken, refresh, sign_out);
    failed(&output, 1);
    assert!(!world.token_file().exists() && !world.role_file().exists());
}

#[test]
fn a_sign_in_to_another_start_url_during_a_fetch_ends_it() {
    let world = World::signed_in();
    let mut other = world.token();
    other["startUrl"] = "https://other.awsapps.com/start".into();
    other["accessToken"] = "another".into();
    let output = while_fetching(&world, &[], || world.home.write_token("corp", &other));
    assert_eq!((output.status, output.stdout.as_str()), (1, ""), "{output:?}");
    assert!(output.stderr.contains("for another start URL\nit is for `https://other."), "{output:?}");
    assert!(!world.role_file().exists());
    assert_eq!(world.fetches(), 1, "the token of the other start URL is not sent");
}

#[test]
fn a_refresh_during_a_fetch_does_not_repeat_the_fetch() {
    let world = World::signed_in();
    let before = world.token();
    let output = while_fetching(&world, &[], || {
        let login = ["login", "--sso-session", "corp", "--if-needed", "--min-validity", "5h"];
        let login = world.home.run(&login);
        assert_eq!(login.status, 0, "{login:?}");
    });
    answered(&output);
    assert_ne!(world.token()["accessToken"], before["accessToken"]);
    assert_eq!(
        (world.refreshes(), world.fetches()),
        (1, 1),
        "the refreshed token belongs to the same sign-in"
    );
    assert_eq!(world.run(&[]).stdout, output.stdout, "the credentials are cached");
}

#[test]
fn logout_at_any_moment_of_a_fetch_leaves_no_files() {
    for moment in 0..25 {
        let world = World::signed_in();
        world.aws.fault(Operation::Logout, Fault::Status(403), Times::Always);
        std::thread::scope(|scope| {
            let run = scope.spawn(|| world.home.run(&DEV));
            std::thread::sleep(Duration::from_millis(moment * 2));
            log_out(&world);
            let output = run.join().unwrap();
            assert!(matches!(output.status, 0 | 1), "{output:?}");
        });
        assert!(!world.role_file().exists() && !world.token_file().exists(), "{moment}");
    }
}

#[test]
fn login_if_needed_signs_in_when_the_token_is_removed_during_its_refresh() {
    let world = with_browser("exit 0");
    world.aws.auto_approve(0);
    world.sign_in(-1);
    let login = || world.home.run(&["login", "--sso-session", "corp", "--if-needed", "--use-device-code"]);
    let sign_out = || std::fs::remove_file(world.token_file()).unwrap();
    let (output, ()) = world.while_asked(Operation::CreateToken, login, sign_out);
    assert_eq!(output.status, 0, "{output:?}");
    assert!(!output.stderr.contains("already signed in"), "{}", output.stderr);
    assert_eq!(world.aws.count(Operation::StartDeviceAuthorization), 1);
}

#[test]
fn a_sign_in_from_the_credential_process_removes_older_role_credentials() {
    let world = with_browser("exit 0");
    world.sign_in(3600);
    answered(&world.run(&["--role-name", "ReadOnly"]));
    let others = world.home.role_path(ACCOUNT, "ReadOnly", Some("corp"), "");
    assert!(others.exists());
    std::fs::remove_file(world.token_file()).unwrap();
    world.aws.auto_approve(0);
    assert_eq!(asks(&world, &[]).status, 0);
    assert!(!others.exists(), "another person may have signed in");
    assert!(world.role_file().exists());
}
