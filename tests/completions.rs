//! What `complete` answers the scripts of `completions`. `tests/consumers/completions.py` types in the
//! shells themselves.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test"
)]

mod common;

use std::fs;

use common::{CONFIG, World, refused};

/// The answer in lines. The last word of `line` is the word at the cursor.
#[track_caller]
fn answer(world: &World, shell: &str, line: &[&str]) -> Vec<String> {
    let (word, before) = line.split_last().unwrap();
    let word = format!("--word={word}");
    let output = world.home.run(&[&["complete", shell, &word, "--"], before].concat());
    assert_eq!((output.status, output.stderr.as_str()), (0, ""), "{output:?}");
    output.stdout.lines().map(str::to_owned).collect()
}

/// The values of the answer for zsh, without their meanings.
#[track_caller]
fn values(world: &World, line: &[&str]) -> Vec<String> {
    let answer = answer(world, "zsh", line);
    assert_eq!(answer[0], "values", "{line:?}");
    answer[1..].iter().map(|line| line.split('\t').next().unwrap().to_owned()).collect()
}

#[test]
fn commands_options_and_their_values_come_from_the_definition() {
    let world = World::new();
    assert_eq!(values(&world, &["st"]), ["status"]);
    assert_eq!(values(&world, &["configure", "c"]), ["convert"]);
    assert_eq!(values(&world, &["export", "--form"]), ["--format"]);
    assert_eq!(values(&world, &["status", "--output", ""]), ["table", "json"]);
    assert_eq!(values(&world, &["status", "--output=j"]), ["--output=json"]);
    assert_eq!(values(&world, &["completions", ""]), ["bash", "zsh", "fish", "powershell"]);
    assert_eq!(values(&world, &["login", "--min-validity", ""]), [""; 0]);
    assert_eq!(values(&world, &["nothing-like-it", ""]), [""; 0]);
    let root = values(&world, &[""]);
    assert!(root.contains(&"login".to_owned()) && !root.contains(&"complete".to_owned()), "{root:?}");
}

#[test]
fn an_option_is_offered_unless_it_is_given_or_excluded() {
    let world = World::new();
    let has = |line: &[&str], option: &str| values(&world, line).contains(&option.to_owned());
    assert!(has(&["login", "-"], "--all") && has(&["login", ""], "--all"));
    assert!(!has(&["login", "--all", "-"], "--all"));
    assert!(!has(&["login", "--profile", "dev", "-"], "--all"), "they exclude each other");
    assert!(has(&["login", "--profile", "--all", "-"], "--if-needed"), "`--all` is the profile's name");
    assert!(has(&["configure", "populate", "--client-region", "x", "-"], "--client-region"), "it repeats");
    assert!(has(&["-"], "-n") && has(&["-"], "--noninteractive") && !has(&["--"], "-n"));
    assert!(!has(&["--debug", ""], "login"), "an option of the credential process excludes commands");
    assert!(has(&["exec", "-"], "--"));
}

#[test]
fn profiles_and_sessions_come_from_the_config() {
    let world = World::new();
    world
        .home
        .write_config(&format!("{CONFIG}[sso-session other]\nsso_start_url = https://o.example.com/start\n"));
    assert_eq!(
        answer(&world, "fish", &["--profile", ""]),
        ["values", "dev\tDeveloper in 111122223333", "old\tDeveloper in 111122223333"]
    );
    assert_eq!(
        answer(&world, "fish", &["login", "--sso-session", "o"]),
        ["values", "other\thttps://o.example.com/start"]
    );
    assert_eq!(values(&world, &["configure", "convert", "dev", ""]), ["dev", "old"]);
    let with_all = values(&world, &["configure", "convert", "--all", ""]);
    assert!(with_all.contains(&"--yes".to_owned()) && !with_all.contains(&"dev".to_owned()), "{with_all:?}");
    assert_eq!(values(&world, &["sync", "--force", "d"]), ["dev"]);
}

#[test]
fn tools_are_known_and_an_option_behind_import_is_one() {
    let world = World::new();
    assert_eq!(values(&world, &["configure", "--import", "g"]), ["granted"]);
    assert_eq!(values(&world, &["configure", "--import=aws-sso-u"]), ["--import=aws-sso-util"]);
    assert_eq!(values(&world, &["configure", "--import", "--dr"]), ["--dry-run"]);
    assert_eq!(values(&world, &["configure", "--import", "--dry-run", "--ye"]), ["--yes"]);
}

#[test]
fn accounts_and_roles_come_from_the_kept_list_without_a_request() {
    let world = World::signed_in();
    world.aws.add_account("222233334444", "Evil\u{1b}[2J\tName", "e@example.com");
    world.aws.add_role("222233334444", "Admin");
    assert_eq!(answer(&world, "fish", &["export", "--account-id", ""]), ["values"], "nothing is kept yet");
    assert_eq!(world.requests(), 0);
    assert_eq!(world.home.run(&["list"]).status, 0);
    world.aws.clear_requests();
    let before = world.home.all_files();
    assert_eq!(
        answer(&world, "fish", &["export", "--account-id", ""]),
        ["values", "111122223333\tProduction", "222233334444\tEvil\\u{1b}[2J\\u{9}Name"]
    );
    assert_eq!(values(&world, &["export", "--role-name", ""]), ["Admin", "Developer", "ReadOnly"]);
    let of_one = ["export", "--account-id", "222233334444", "--role-name", ""];
    assert_eq!(values(&world, &of_one), ["Admin"]);
    assert_eq!(values(&world, &["list", "--role=R"]), ["--role=ReadOnly"]);
    let of_no_session = ["export", "--sso-session", "unknown", "--account-id", "1"];
    assert_eq!(values(&world, &of_no_session), ["111122223333"], "those of every session");
    assert_eq!(world.requests(), 0);
    assert_eq!(world.home.all_files(), before, "nothing is written");
}

#[test]
fn completion_writes_nothing_although_the_log_is_on() {
    let mut world = World::new();
    let before = world.home.all_files();
    world.home.env("AWS_SSO_CREDENTIAL_PROCESS_DEBUG", "1");
    for line in [["login", "--profile", "d"], ["export", "--account-id", ""]] {
        answer(&world, "bash", &line);
    }
    assert_eq!(world.home.all_files(), before);
}

#[test]
fn what_the_shell_knows_is_left_to_it() {
    let world = World::new();
    assert_eq!(answer(&world, "bash", &["exec", "--profile", "dev", "--", ""]), ["command"]);
    assert_eq!(answer(&world, "bash", &["exec", "--", "aws", "--profile", "d"]), ["command"]);
    assert_eq!(answer(&world, "bash", &["man", "--dir", "x"]), ["directories"]);
    assert_eq!(answer(&world, "bash", &["list", "--", ""]), ["values"]);
}

#[test]
fn each_shell_hands_over_words_in_its_own_way() {
    let world = World::new();
    world.home.write_config("[profile my dev]\nregion = x\n[profile o'brien]\nregion = x\n");
    for typed in ["my", "'my", "\"my d", r"my\ d"] {
        assert_eq!(answer(&world, "bash", &["--profile", typed]), ["values", "my dev\t"], "{typed}");
        assert_eq!(answer(&world, "fish", &["--profile", typed]), ["values", "my dev\t"], "{typed}");
    }
    assert_eq!(answer(&world, "bash", &["--profile", r"o\'b"]), ["values", "o'brien\t"]);
    assert_eq!(answer(&world, "zsh", &["--profile", "o'b"]), ["values", "o'brien\t"]);
    assert_eq!(answer(&world, "powershell", &["--profile", "my d"]), ["values", "my dev\t"]);
}

#[test]
fn a_broken_home_completes_what_is_known_and_says_nothing() {
    let world = World::new();
    world.home.write_config("[profile ok]\nregion = x\n[broken\n= y\n[profile \u{1b}[2J]\n");
    assert_eq!(values(&world, &["--profile", ""]), ["ok"]);
    let config = world.home.home().join(".aws/config");
    fs::remove_file(&config).unwrap();
    fs::create_dir(&config).unwrap();
    assert_eq!(values(&world, &["--profile", ""]), [""; 0]);
    assert_eq!(values(&world, &["logi"]), ["login"]);
}

#[test]
fn the_script_is_that_of_the_shell_that_is_named_or_used() {
    let mut world = World::new();
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let named = world.home.run(&["completions", shell]);
        assert_eq!((named.status, named.stderr.as_str()), (0, ""), "{named:?}");
        assert!(named.stdout.contains(&format!("complete {shell}")), "{shell}");
        world.home.env("SHELL", &format!("/usr/local/bin/{shell}"));
        assert_eq!(world.home.run(&["completions"]).stdout, named.stdout);
    }
    world.home.env("SHELL", "/bin/ksh");
    let message = "aws-sso-cred: `completions` needs the name of your shell\n\
        hint: use one of `bash`, `zsh`, `fish`, `powershell`\n";
    refused(&world.home.run(&["completions"]), 2, message);
}

#[test]
fn for_a_shell_without_completions_the_hint_names_those_that_have_them() {
    let world = World::new();
    for shell in ["tcsh", "zshell", "nu"] {
        let lines = common::failed(&world.home.run(&["completions", shell]), 2);
        assert_eq!(lines[1], "hint: use one of `bash`, `zsh`, `fish`, `powershell`", "{shell}: {lines:?}");
    }
}
