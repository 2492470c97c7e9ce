//! `--pick`: the person chooses the role of `exec` and `export` from the list.

use stand_in::{Operation, Place, Screen, Stream, Terminal};

use crate::common::{World, failed};

const TERMINAL: Terminal =
    Terminal { place: Place::Foreground, stdin: Stream::Terminal, stderr: Stream::Terminal };

/// What the command prints: that it has keys, and the region.
const COMMAND: [&str; 3] = ["/bin/sh", "-c", "echo ${AWS_ACCESS_KEY_ID:+keys} ${AWS_REGION:-no region}"];

/// Runs the program, types `keys` when the list is there, and gives exit code, stdout and screen.
fn picked(world: &World, arguments: &[&str], keys: &str) -> (i32, String, String) {
    let mut command = world.home.command(arguments);
    command.env("TERM", "xterm-256color");
    let mut running = TERMINAL.start_sized(&command, 80, 24);
    running.wait_for_screen(|output| output.contains("type to filter"));
    running.type_text(keys);
    let seen = running.finish();
    let screen = Screen::of(80, 24, &seen.screen).text();
    (seen.output.status, seen.output.stdout, screen)
}

fn exec<'a>(options: &[&'a str]) -> Vec<&'a str> {
    [&["exec", "--pick"], options, &["--"], &COMMAND].concat()
}

/// The roles for which credentials were fetched.
fn fetched(world: &World) -> Vec<String> {
    let requests = world.aws.requests();
    let fetches = requests.iter().filter(|request| request.operation == Operation::GetRoleCredentials);
    fetches.map(|request| request.query_value("role_name").unwrap().to_owned()).collect()
}

#[test]
fn the_command_gets_the_role_that_the_filter_leaves() {
    let world = World::signed_in();
    world.aws.add_accounts(30, &["Billing", "Auditor"]);
    let (status, printed, screen) = picked(&world, &exec(&["--profile", "dev"]), "0017 bill\r");
    assert_eq!((status, printed.as_str()), (0, "keys us-west-2\n"), "{screen}");
    assert!(screen.contains("Role: Billing in Account 0017 (100000000017)"), "{screen}");
    assert_eq!(fetched(&world), ["Billing"]);
}

#[test]
fn the_profiles_that_stand_for_a_role_are_found_by_the_filter() {
    let world = World::signed_in();
    world.aws.add_accounts(5, &["Billing"]);
    let (status, printed, screen) = picked(&world, &exec(&["--sso-session", "corp"]), "dev\r");
    assert_eq!((status, printed.as_str()), (0, "keys no region\n"), "{screen}");
    assert_eq!(fetched(&world), ["Developer"], "profile `dev` stands for it: {screen}");
}

#[test]
fn the_only_session_is_used_and_told() {
    let world = World::signed_in();
    let config =
        "[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\n";
    world.home.write_config(config);
    let (status, printed, screen) = picked(&world, &exec(&[]), "readonly\r");
    assert_eq!((status, printed.as_str()), (0, "keys no region\n"), "{screen}");
    assert!(screen.contains("using sso-session `corp`, the only one in ~/.aws/config"), "{screen}");
}

#[test]
fn export_prints_the_picked_role_to_a_pipe() {
    let world = World::signed_in();
    let arguments = ["export", "--profile", "dev", "--pick", "--format", "json"];
    let (status, printed, screen) = picked(&world, &arguments, "ReadOnly\r");
    assert_eq!(status, 0, "{screen}");
    let printed: serde_json::Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(printed["AccountId"], "111122223333");
    assert_eq!(fetched(&world), ["ReadOnly"]);
}

#[test]
fn control_c_runs_no_command_and_fetches_nothing() {
    let world = World::signed_in();
    let (status, printed, screen) = picked(&world, &exec(&["--profile", "dev"]), "\x03");
    assert_eq!((status, printed.as_str()), (130, ""), "{screen}");
    assert!(screen.ends_with("aws-sso-cred: stopped; your configuration is as it was"), "{screen}");
    assert_eq!(fetched(&world), [""; 0]);
}

#[test]
fn without_a_terminal_a_role_has_to_be_named() {
    let world = World::signed_in();
    let lines = failed(&world.home.run(&exec(&["--profile", "dev"])), 2);
    assert_eq!(
        lines,
        [
            "aws-sso-cred: `--pick` needs a terminal on which you can choose",
            "hint: name the role with `--profile`, or `--account-id` and `--role-name`"
        ]
    );
    assert_eq!(world.requests(), 0);
}

#[test]
fn a_list_of_a_minute_ago_is_not_asked_for_again() {
    let world = World::signed_in();
    for _ in 0..2 {
        let (status, _, screen) = picked(&world, &exec(&["--profile", "dev"]), "developer\r");
        assert_eq!(status, 0, "{screen}");
    }
    assert_eq!(world.aws.count(Operation::ListAccounts), 1);
}
