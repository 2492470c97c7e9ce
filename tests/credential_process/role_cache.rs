//! Role credentials: when cached credentials are used, when they are fetched, and what is printed
//! when AWS fails.
#![cfg(unix)]

use std::fs;

use crate::common::{
    ACCOUNT, HANG, LOGIN_HINT, START_URL, World, all_answered, answered, failed, line_of, read_json, refused,
    seconds_left, shell, whole_tree,
};
use serde_json::json;
use stand_in::{Fault, Operation, Times};

#[test]
fn credentials_with_twenty_minutes_left_are_a_hit() {
    let world = World::new();
    let cached = world.cache_role(20 * 60 + 30);
    let before = whole_tree(&world.home.home());

    let output = world.run(&[]);

    answered(&output);
    assert_eq!(output.stdout, cached);
    assert_eq!(world.requests(), 0);
    assert_eq!(whole_tree(&world.home.home()), before, "no file is written, not even the state directory");
}

#[test]
fn credentials_with_less_than_twenty_minutes_left_are_fetched_again() {
    for minutes in [19, 14, 3, 1, 0, -60] {
        let world = World::signed_in();
        let cached = world.cache_role(minutes * 60);
        let output = world.run(&[]);
        answered(&output);
        assert_ne!(output.stdout, cached, "{minutes} minutes");
        assert_eq!((world.fetches(), world.requests()), (1, 1), "{minutes} minutes");
    }
}

#[test]
fn the_role_cache_file_is_the_same_as_the_aws_clis() {
    let world = World::signed_in();
    let output = world.run(&[]);
    let text = fs::read_to_string(world.role_file()).unwrap();
    let cached = read_json(&world.role_file());
    assert_eq!(line_of(&cached["Credentials"]), output.stdout);
    let members = ["AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration", "AccountId"];
    let credentials: Vec<_> =
        members.iter().map(|name| format!("\"{name}\": {}", cached["Credentials"][*name])).collect();
    assert_eq!(
        text,
        format!("{{\"ProviderType\": \"sso\", \"Credentials\": {{{}}}}}", credentials.join(", "))
    );
    assert!((3500..=3600).contains(&seconds_left(&cached["Credentials"]["Expiration"])));
}

#[test]
fn credentials_that_the_aws_cli_cached_for_another_account_are_not_handed_out() {
    let world = World::signed_in();
    world.cache_role(3600);
    let mut cached = read_json(&world.role_file());
    cached["Credentials"]["AccountId"] = json!("999999999999");
    fs::write(world.role_file(), cached.to_string()).unwrap();
    assert_eq!(answered(&world.run(&[]))["AccountId"], ACCOUNT);
    assert_eq!(world.requests(), 1);
}

#[test]
fn a_cache_file_without_account_id_is_a_hit() {
    let world = World::new();
    let cached = world.cache_role(3600);
    let mut file = read_json(&world.role_file());
    file["Credentials"].as_object_mut().unwrap().remove("AccountId");
    fs::write(world.role_file(), file.to_string()).unwrap();
    assert_eq!(world.run(&[]).stdout, cached);
    assert_eq!(world.requests(), 0);
}

#[test]
fn a_refused_role_is_reported_with_role_and_account_and_not_retried() {
    let world = World::signed_in();
    let before = fs::read(world.token_file()).unwrap();
    refused(
        &world.run(&["--role-name", "Admin"]),
        4,
        "aws-sso-cred: you have no role `Admin` in account `111122223333` (signed in through sso-session `corp`)\n\
         AWS says: No access\n\
         hint: compare role and account with the access portal; if the role is new, run \
         `aws-sso-cred login --sso-session corp`\n",
    );
    assert_eq!((world.fetches(), world.requests()), (1, 1), "no retry, no refresh");
    assert_eq!(fs::read(world.token_file()).unwrap(), before);
    assert!(!world.home.role_path(ACCOUNT, "Admin", Some("corp"), START_URL).exists());
}

#[test]
fn credentials_with_less_than_two_minutes_left_are_not_handed_out() {
    for seconds in [115, 30, 0, -3600] {
        let world = World::new();
        world.cache_role(seconds);
        refused(
            &world.run(&[]),
            1,
            &format!("aws-sso-cred: sso-session `corp`: you are not signed in\n{LOGIN_HINT}"),
        );
        assert_eq!(world.requests(), 0);
    }
}

#[test]
fn credentials_with_less_than_two_minutes_left_are_not_handed_out_in_the_quiet_time() {
    let world = World::signed_in();
    world.aws.fault(Operation::GetRoleCredentials, Fault::Status(403), Times::Once);
    let cached = world.cache_role(10 * 60);
    assert_eq!(world.run(&[]).stdout, cached);
    world.cache_role(60);
    assert_ne!(answered(&world.run(&[]))["AccessKeyId"], "ASIACACHEDBYTHECLI00");
    assert_eq!(world.fetches(), 2);
}

#[test]
fn the_quiet_time_of_one_role_does_not_apply_to_another() {
    let world = World::signed_in();
    world.aws.fault(Operation::GetRoleCredentials, Fault::Status(403), Times::Once);
    world.cache_role(10 * 60);
    answered(&world.run(&[]));
    world.home.write_role_credentials(ACCOUNT, "ReadOnly", "corp", 10 * 60);
    let output = world.run(&["--role-name", "ReadOnly"]);
    assert_ne!(answered(&output)["AccessKeyId"], "ASIACACHEDBYTHECLI00");
}

#[test]
fn a_quiet_time_dated_in_the_future_is_ignored() {
    let world = World::signed_in();
    world.aws.fault(Operation::GetRoleCredentials, Fault::Status(403), Times::Once);
    world.cache_role(10 * 60);
    answered(&world.run(&[]));
    for entry in fs::read_dir(world.home.state_dir().join("roles")).unwrap().flatten() {
        if entry.path().extension().is_some_and(|extension| extension == "fallback") {
            fs::write(entry.path(), json!({ "until": crate::common::now() + 86_400 }).to_string()).unwrap();
        }
    }
    assert_ne!(answered(&world.run(&[]))["AccessKeyId"], "ASIACACHEDBYTHECLI00");
}

#[test]
fn no_cache_neither_reads_nor_writes_role_credentials() {
    let world = World::signed_in();
    let cached = world.cache_role(3600);
    let before = fs::read(world.role_file()).unwrap();
    let first = world.run(&["--no-cache"]);
    let second = world.run(&["--no-cache"]);
    answered(&first);
    answered(&second);
    assert_ne!(first.stdout, cached);
    assert_ne!(first.stdout, second.stdout);
    assert_eq!((world.fetches(), world.requests()), (2, 2));
    assert_eq!(fs::read(world.role_file()).unwrap(), before);

    fs::remove_file(world.role_file()).unwrap();
    answered(&world.run(&["--no-cache"]));
    assert!(!world.role_file().exists());
}

#[test]
fn no_cache_has_no_fallback() {
    let world = World::signed_in();
    world.cache_role(10 * 60);
    world.aws.fault(Operation::GetRoleCredentials, Fault::Status(403), Times::Always);
    failed(&world.run(&["--no-cache"]), 4);
    failed(&world.run(&["--no-cache"]), 4);
    assert_eq!(world.fetches(), 2, "there is no quiet time");
}

#[test]
fn runs_without_cache_do_not_wait_for_each_other() {
    let world = World::signed_in();
    world.aws.hold(Operation::GetRoleCredentials);
    let outputs = std::thread::scope(|scope| {
        let runs = scope.spawn(|| world.home.run_many(8, |_| vec!["--profile", "dev", "--no-cache"]));
        // The runs share nothing, so all requests arrive before the first answer.
        world.aws.wait_for_requests(Operation::GetRoleCredentials, 8, HANG);
        assert_eq!(world.aws.minted(), 0);
        world.aws.release(Operation::GetRoleCredentials);
        runs.join().unwrap()
    });
    all_answered(&outputs);
    assert_eq!((world.aws.minted(), world.requests()), (8, 8));
}

#[test]
fn credentials_are_printed_when_the_cache_cannot_be_written() {
    let world = World::signed_in();
    fs::write(world.home.home().join(".aws/cli"), "a file where the directory should be").unwrap();
    answered(&world.run(&[]));
    answered(&world.run(&[]));
    assert_eq!(world.fetches(), 2);
}

#[test]
fn credentials_are_printed_when_the_disk_is_full() {
    let world = World::signed_in();
    let token = fs::read(world.token_file()).unwrap();
    // Every write to a file fails, as on a full disk; the pipe to the caller works.
    let full = "trap '' 25; ulimit -f 0; exec \"$0\" \"$@\"";
    answered(&shell(&world.home, full, &["--profile", "dev", "--debug"]));
    assert_eq!((world.refreshes(), world.fetches()), (0, 1));
    assert_eq!(fs::read(world.token_file()).unwrap(), token, "the token file is whole");
    assert!(!world.role_file().exists());
    let files = world.home.all_files();
    let left = files.iter().filter(|(path, _, _)| path.to_string_lossy().ends_with(".tmp"));
    assert_eq!(left.count(), 0, "no temporary file is left");
}

/// A refresh token may work only once: if its successor cannot be stored, every session on this
/// computer would be signed out.
#[test]
fn a_live_token_is_not_refreshed_when_the_new_token_could_not_be_stored() {
    let world = World::new();
    world.sign_in(600);
    let full = "trap '' 25; ulimit -f 0; exec \"$0\" \"$@\"";
    answered(&shell(&world.home, full, &["--profile", "dev"]));
    assert_eq!((world.refreshes(), world.fetches()), (0, 1));
    answered(&world.run(&["--no-cache"]));
    assert_eq!(world.refreshes(), 1, "it is refreshed when the token can be stored");
}

#[test]
fn a_linked_token_file_is_read_and_replaced_by_a_file() {
    let world = World::new();
    world.sign_in(-1);
    let elsewhere = world.home.temporary().join("token.json");
    fs::rename(world.token_file(), &elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, world.token_file()).unwrap();
    answered(&world.run(&["--no-cache"]));
    answered(&world.run(&["--no-cache"]));
    assert_eq!((world.refreshes(), world.fetches()), (1, 2), "the refreshed token was kept");
}

#[test]
fn a_failure_hidden_by_live_credentials_is_kept_for_status() {
    let last_error = |world: &World| {
        let status = world.home.run(&["status", "--output", "json"]);
        assert!(status.stdout.ends_with("}\n"), "{status:?}");
        status.json()["sessions"][0]["last_error"].clone()
    };
    let world = World::signed_in();
    world.cache_role(600);
    world.aws.fault(Operation::GetRoleCredentials, Fault::Status(403), Times::Once);
    for _ in 0..2 {
        answered(&world.run(&[]));
        let error = last_error(&world);
        assert_eq!(error["exit_code"], 4);
        assert_eq!(
            error["text"],
            "you have no role `Developer` in account `111122223333` (signed in through sso-session `corp`)"
        );
    }
    answered(&world.run(&["--force-refresh"]));
    assert_eq!(last_error(&world), json!(null), "a success removes the recorded error");
}
