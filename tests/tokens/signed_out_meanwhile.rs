//! Nothing of a session is handed out or kept after its end, also not what AWS was
//! asked for before it.

use std::time::Duration;

use stand_in::{Fault, Operation, Output, Times};

use crate::common::{ACCOUNT, DEV, LOGIN_HINT, World, answered, line_of, read_json, refused};
use crate::support::{NOBODY, asks, last_bearer, next_token, with_browser, wrapped};

/// Logs out without the portal, whose answer would give the fetch away.
fn log_out(world: &World) {
    world.aws.fault(Operation::Logout, Fault::Status(403), Times::Once);
    let output = world.home.run(&["logout", "--sso-session", "corp"]);
    assert_eq!(output.status, 0, "{output:?}");
}

/// Does `this` while AWS has the request of one run, and gives the run's output.
fn while_fetching(world: &World, more: &[&str], this: impl FnOnce()) -> Output {
    world.while_asked(Operation::GetRoleCredentials, || world.run(more), this).0
}

#[test]
fn a_fetch_in_flight_at_logout_is_neither_handed_out_nor_kept() {
    for more in [&[][..], &["--no-cache"], &["--force-refresh"]] {
        let world = World::signed_in();
        let output = while_fetching(&world, more, || log_out(&world));
        refused(&output, 1, &format!("{NOBODY}{LOGIN_HINT}"));
        assert_eq!((world.fetches(), world.aws.minted()), (1, 1), "AWS gave it");
        assert!(!world.role_file().exists() && !world.token_file().exists());
    }
}

/// As in a container that has `~/.aws` to read only, while somebody signs out beside it.
#[test]
fn who_could_not_write_a_token_hands_out_nothing_after_logout_either() {
    let world = World::signed_in();
    let read_only = ["/bin/sh", "-c", "trap '' XFSZ; ulimit -f 0; exec \"$0\" \"$@\""];
    let run = || wrapped(&world, &read_only, &DEV);
    let (output, ()) = world.while_asked(Operation::GetRoleCredentials, run, || log_out(&world));
    refused(&output, 1, &format!("{NOBODY}{LOGIN_HINT}"));
}

#[test]
fn a_fetch_in_flight_when_another_tool_removes_the_token_is_not_kept() {
    let world = World::signed_in();
    // As `aws sso logout` does, without a lock.
    let output = while_fetching(&world, &[], || std::fs::remove_file(world.token_file()).unwrap());
    refused(&output, 1, &format!("{NOBODY}{LOGIN_HINT}"));
    assert!(!world.role_file().exists());
}

#[test]
fn without_a_state_directory_logout_is_the_end_as_well() {
    let mut world = World::signed_in();
    world.home.env("XDG_STATE_HOME", "/dev/null");
    let output = while_fetching(&world, &[], || log_out(&world));
    refused(&output, 1, &format!("{NOBODY}{LOGIN_HINT}"));
    assert!(!world.role_file().exists());
}

#[test]
fn after_another_sign_in_a_fetch_in_flight_is_made_again_for_that() {
    for more in [&[][..], &["--no-cache"]] {
        let world = World::new();
        let first = world.sign_in(3600);
        // The second person comes with the registration of the first.
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
fn another_sign_in_after_a_refresh_is_told_from_the_next_refresh() {
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
fn a_sign_in_to_another_start_url_meanwhile_ends_the_fetch() {
    let world = World::signed_in();
    let mut other = world.token();
    other["startUrl"] = "https://other.awsapps.com/start".into();
    other["accessToken"] = "another".into();
    let output = while_fetching(&world, &[], || world.home.write_token("corp", &other));
    assert_eq!((output.status, output.stdout.as_str()), (1, ""), "{output:?}");
    assert!(output.stderr.contains("for another start URL\nit is for `https://other."), "{output:?}");
    assert!(!world.role_file().exists());
    assert_eq!(world.fetches(), 1, "the other's token is not sent");
}

#[test]
fn a_refresh_meanwhile_costs_no_second_fetch() {
    let world = World::signed_in();
    let before = world.token();
    let output = while_fetching(&world, &[], || {
        let login = ["login", "--sso-session", "corp", "--if-needed", "--min-validity", "5h"];
        let login = world.home.run(&login);
        assert_eq!(login.status, 0, "{login:?}");
    });
    answered(&output);
    assert_ne!(world.token()["accessToken"], before["accessToken"]);
    assert_eq!((world.refreshes(), world.fetches()), (1, 1), "it is the same person's");
    assert_eq!(world.run(&[]).stdout, output.stdout, "and is kept");
}

#[test]
fn after_logout_at_any_moment_nothing_is_left() {
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
fn login_if_needed_does_not_speak_of_a_sign_in_that_is_over() {
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
fn a_sign_in_from_the_credential_process_ends_the_credentials_of_the_one_before() {
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
