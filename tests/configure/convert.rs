//! `configure convert`, from outside: what it shows, asks and writes, and that the profiles work.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};

use stand_in::{Operation, Output, Place, Stream, Terminal};

use crate::common::{ACCOUNT, CONFIG, PROGRAM, ROLE, World, failed};

fn convert(world: &World, more: &[&str]) -> Output {
    world.home.run(&[&["configure", "convert"][..], more].concat())
}

fn config(world: &World) -> String {
    fs::read_to_string(world.home.config_path()).unwrap()
}

/// [`CONFIG`] after the conversion.
fn converted() -> String {
    let role = format!("--account-id {ACCOUNT} --role-name {ROLE}");
    CONFIG
        .replace(
            "sso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Developer\n",
            &format!("credential_process = {PROGRAM} --sso-session corp {role}\n"),
        )
        .replace(
            "[profile old]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\nsso_account_id = 111122223333\nsso_role_name = Developer\n",
            &format!("[profile old]\ncredential_process = {PROGRAM} --start-url https://corp.awsapps.com/start --region eu-west-1 {role}\n"),
        )
}

#[test]
fn converted_profiles_work_and_are_the_same_bytes_when_they_are_put_back() {
    let world = World::signed_in();
    let before = world.run(&[]);
    assert_eq!(before.status, 0, "{}", before.stderr);
    let there = convert(&world, &["--all", "--yes"]);
    assert_eq!((there.status, there.stdout.as_str()), (0, ""), "{}", there.stderr);
    assert_eq!(config(&world), converted());
    assert_eq!(
        there.stderr,
        "profiles `dev` and `old` now get their credentials from aws-sso-cred (the version before is ~/.aws/config.aws-sso-cred.bak)\n\
         `aws sso login --profile dev` no longer works; run `aws sso login --sso-session corp` or `aws-sso-cred login --sso-session corp`\n\
         `aws sso login --profile old` no longer works; run `aws-sso-cred login --profile old`\n\
         its sign-in cannot be refreshed; with an sso-session it can:\n  \
         aws-sso-cred configure --force --profile old --sso-session corp --start-url https://corp.awsapps.com/start --region eu-west-1 --account-id 111122223333 --role-name Developer\n"
    );
    // The line, as an SDK runs it, and the profile's name mean the role that the keys meant.
    let line =
        converted().lines().find_map(|line| line.strip_prefix("credential_process = ").map(str::to_owned));
    let words: Vec<String> = line.unwrap().split(' ').map(str::to_owned).collect();
    let arguments: Vec<&str> = words[1..].iter().map(String::as_str).collect();
    assert_eq!(world.home.run(&arguments).stdout, before.stdout);
    assert_eq!(world.run(&[]).stdout, before.stdout);
    assert_eq!(world.aws.count(Operation::GetRoleCredentials), 1);

    let back = convert(&world, &["--all", "--back", "--yes"]);
    assert_eq!(back.status, 0, "{}", back.stderr);
    assert_eq!(config(&world), CONFIG);
    assert_eq!(
        back.stderr,
        "profiles `dev` and `old` have the `sso_` keys again (the version before is ~/.aws/config.aws-sso-cred.bak)\n\
         `aws sso login --profile dev` works again\n"
    );
    let backup = world.home.config_path().with_file_name("config.aws-sso-cred.bak");
    assert_eq!(fs::read_to_string(&backup).unwrap(), converted());
    assert_eq!(fs::metadata(&backup).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_sign_in_works_for_a_converted_profile_of_the_older_layout() {
    let world = World::new();
    assert_eq!(convert(&world, &["old", "--yes"]).status, 0);
    let failed = world.home.run(&["--profile", "old"]);
    assert_eq!(failed.status, 1);
    let command = "aws-sso-cred login --start-url https://corp.awsapps.com/start --region eu-west-1";
    assert!(failed.stderr.contains(command), "{}", failed.stderr);
    let status = world.home.run(&["status"]);
    assert!(status.stdout.contains("start URL `https://corp.awsapps.com/start`"), "{}", status.stdout);
}

#[test]
fn a_dry_run_prints_the_diff_and_writes_nothing() {
    let world = World::new();
    let shown = convert(&world, &["dev", "--dry-run"]);
    assert_eq!((shown.status, shown.stderr.as_str()), (0, ""));
    let role = format!("--account-id {ACCOUNT} --role-name {ROLE}");
    assert_eq!(
        shown.stdout,
        format!(
            "--- ~/.aws/config\n+++ ~/.aws/config\n@@ -4,9 +4,7 @@\n sso_registration_scopes = sso:account:access\n \n [profile dev]\n-sso_session = corp\n-sso_account_id = 111122223333\n-sso_role_name = Developer\n+credential_process = {PROGRAM} --sso-session corp {role}\n region = us-west-2\n \n [profile old]\n"
        )
    );
    assert_eq!(config(&world), CONFIG);
    assert!(!world.home.config_path().with_file_name("config.aws-sso-cred.bak").exists());
}

#[test]
fn a_config_that_is_missing_or_named_wrongly_is_named() {
    let mut world = World::new();
    fs::remove_file(world.home.config_path()).unwrap();
    let lines = failed(&convert(&world, &["--all"]), 2);
    assert_eq!(lines[0], "aws-sso-cred: there is no ~/.aws/config, so your profiles cannot be found");
    world.home.env("AWS_CONFIG_FILE", "/nowhere/config");
    let lines = failed(&convert(&world, &["dev"]), 2);
    assert!(lines[0].contains("AWS_CONFIG_FILE names /nowhere/config, which does not exist"), "{lines:?}");
}

#[test]
fn without_a_terminal_it_needs_yes() {
    let world = World::new();
    let refused = convert(&world, &["--back", "--keep-native", "dev"]);
    assert_eq!(refused.status, 2, "--keep-native is not for --back");
    let refused = convert(&world, &["--keep-native", "dev"]);
    assert_eq!((refused.status, refused.stdout.as_str()), (2, ""));
    assert_eq!(
        refused.stderr,
        "aws-sso-cred: the change of ~/.aws/config needs your consent, and you cannot be asked here\n\
         hint: run `aws-sso-cred configure convert --keep-native dev --yes`; with `--dry-run` it shows the change\n"
    );
    assert_eq!(config(&world), CONFIG);
    assert_eq!(convert(&world, &[]).status, 2);
    assert_eq!(convert(&world, &["--all", "dev"]).status, 2);
}

#[test]
fn on_a_terminal_it_shows_the_diff_and_asks() {
    const TERMINAL: Terminal =
        Terminal { place: Place::Foreground, stdin: Stream::Terminal, stderr: Stream::Terminal };
    for (typed, status, text) in
        [("y\r", 0, converted()), ("n\r", 130, CONFIG.to_owned()), ("\u{3}", 130, CONFIG.to_owned())]
    {
        let world = World::new();
        let mut command = world.home.command(&["configure", "convert", "--all"]);
        let mut running = TERMINAL.start(command.env("TERM", "xterm"));
        let screen = running.wait_for_screen(|screen| screen.contains("Write this?"));
        assert!(
            screen.contains("-sso_session = corp\r\n") && screen.contains("+credential_process = "),
            "{screen}"
        );
        running.type_text(typed);
        let seen = running.finish();
        assert_eq!(seen.output.status, status, "{typed:?}: {}", seen.screen);
        assert_eq!(config(&world), text, "{typed:?}");
    }
    for (variable, more) in [("CI", &[][..]), ("NOT_CI", &["-n"])] {
        let world = World::new();
        let mut command = world.home.command(&[&["configure", "convert", "--all"], more].concat());
        let seen = TERMINAL.start(command.env("TERM", "xterm").env(variable, "1")).finish();
        assert_eq!(seen.output.status, 2, "{}", seen.screen);
        assert!(seen.screen.contains("you cannot be asked here"), "{}", seen.screen);
        assert_eq!(config(&world), CONFIG);
    }
}

#[test]
fn what_is_right_is_left_alone() {
    let world = World::new();
    assert_eq!(convert(&world, &["--all", "--yes"]).status, 0);
    let file = || fs::metadata(world.home.config_path()).unwrap();
    let (inode, modified) = (file().ino(), file().modified().unwrap());
    for arguments in [&["--all"][..], &["dev", "old", "--yes"], &["d*"]] {
        let again = convert(&world, arguments);
        assert_eq!(again.status, 0, "{}", again.stderr);
        assert!(
            again.stderr.ends_with("credentials from aws-sso-cred; nothing was changed\n"),
            "{}",
            again.stderr
        );
    }
    assert_eq!((file().ino(), file().modified().unwrap()), (inode, modified));
}

#[test]
fn profiles_that_stay_are_named_and_the_others_are_converted() {
    let world = World::new();
    let keys = "aws_access_key_id = AKIA\naws_secret_access_key = x\n";
    let wrong = "[profile wrong]\nsso_session = crop\nsso_account_id = 111122223333\nsso_role_name = X\n";
    let text = format!("{CONFIG}\n{wrong}\n[profile keys]\n{keys}");
    world.home.write_config(&text);
    let done = convert(&world, &["--all", "--yes"]);
    assert_eq!(done.status, 2);
    assert!(
        done.stderr.starts_with("aws-sso-cred: profile `wrong` refers to sso-session `crop`, which is not in ~/.aws/config\nhint: "),
        "{}",
        done.stderr
    );
    assert!(done.stderr.contains("\nprofiles `dev` and `old` now get"), "{}", done.stderr);
    assert_eq!(config(&world), text.replace(CONFIG, &converted()));
    for (name, words) in [
        ("wrong", "refers to sso-session `crop`"),
        ("keys", "profile `keys` has no `sso_` keys: its credentials come from `aws_access_key_id`"),
        ("nobody", "profile `nobody` is not in ~/.aws/config"),
        ("nobody*", "that is called like `nobody*` has `sso_` keys"),
    ] {
        world.home.write_config(&text);
        let refused = convert(&world, &["dev", name, "--yes"]);
        assert_eq!(refused.status, 2);
        assert!(refused.stderr.contains(words), "{}", refused.stderr);
        assert_eq!(config(&world), text, "a mistake in a name changes nothing");
    }
}

#[test]
fn links_modes_and_other_files_stay_as_they_are() {
    let world = World::new();
    let path = world.home.config_path();
    let real = path.with_file_name("dotfiles-config");
    fs::rename(&path, &real).unwrap();
    symlink("dotfiles-config", &path).unwrap();
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
    world.home.write_credentials("[keys]\naws_access_key_id = AKIA\n");
    assert_eq!(convert(&world, &["--all", "--yes"]).status, 0);
    assert_eq!(fs::read_link(&path).unwrap().to_str(), Some("dotfiles-config"));
    assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);
    assert_eq!(config(&world), converted());
}

#[test]
fn two_thousand_profiles_are_converted_in_a_moment() {
    let world = World::new();
    let profile = |number: usize| {
        format!(
            "[profile account-{number}]\nsso_session = corp\nsso_account_id = {number:012}\nsso_role_name = Developer\nregion = eu-west-1\n\n"
        )
    };
    let text = format!("{CONFIG}\n{}", (0..2000).map(profile).collect::<String>());
    world.home.write_config(&text);
    let done = convert(&world, &["--all", "--yes"]);
    assert_eq!(done.status, 0, "{}", done.stderr);
    assert!(
        done.stderr.starts_with(
            "profiles `dev`, `old`, `account-0`, `account-1`, `account-2` and 1997 others now get"
        ),
        "{}",
        done.stderr
    );
    assert!(!config(&world).contains("sso_session ="), "every profile");
    assert_eq!(convert(&world, &["--all", "--back", "--yes"]).status, 0);
    assert_eq!(config(&world), text);
}

#[test]
fn the_command_that_is_offered_changes_no_other_session() {
    let keys = "sso_region = eu-west-1\nsso_account_id = 111122223333\nsso_role_name = Developer\n";
    let session = |name: &str, url: &str| {
        format!("[sso-session {name}]\nsso_start_url = {url}\nsso_region = eu-west-1\n\n")
    };
    let other = session("corp", "https://other.awsapps.com/start");
    let own = session("mine", "https://corp.awsapps.com/start/");
    let profile = "[profile old]\nsso_start_url = https://corp.awsapps.com/start\n";
    for (sessions, name) in [(other.clone(), "corp-2"), (other + &own, "mine"), (String::new(), "corp")] {
        let world = World::new();
        world.home.write_config(&format!("{sessions}{profile}{keys}"));
        let told = convert(&world, &["old", "--yes"]).stderr;
        assert!(told.contains(&format!(" --sso-session {name} --start-url")), "{told}");
        let command = told.lines().find_map(|line| line.strip_prefix("  aws-sso-cred ")).unwrap();
        let done = world.home.run(&command.split(' ').collect::<Vec<_>>());
        assert_eq!(done.status, 0, "{}", done.stderr);
        assert!(config(&world).starts_with(&sessions), "{}", config(&world));
    }
    let world = World::new();
    world.home.write_config(&format!("{}{keys}", profile.replace("old", "'my old'")));
    let told = convert(&world, &["my old", "--yes"]).stderr;
    assert!(told.ends_with("run `aws-sso-cred login --profile 'my old'`\n"), "{told}");
}

#[test]
fn a_profile_that_another_line_names_keeps_its_keys_unless_it_is_named() {
    let world = World::new();
    assert_eq!(convert(&world, &["--all", "--keep-native", "--yes"]).status, 0);
    let pairs = config(&world);
    assert!(pairs.contains("[profile dev-sso]\nsso_session = corp\n"), "{pairs}");
    for arguments in [&["--all", "--keep-native"][..], &["--all"], &["dev*", "old*"], &["*-sso"]] {
        let again = convert(&world, &[arguments, &["--yes"]].concat());
        assert_eq!((again.status, config(&world)), (0, pairs.clone()), "{}", again.stderr);
        assert!(again.stderr.contains(if arguments == ["*-sso"] {
            "profiles `dev-sso` and `old-sso` keep their `sso_` keys for the lines of other profiles"
        } else {
            "profiles `dev` and `old` already get their credentials from aws-sso-cred; nothing was changed"
        }));
    }
    // The profiles that keep the keys are there still when the others are put back.
    assert_eq!(convert(&world, &["--all", "--back", "--yes"]).status, 0);
    assert_eq!(convert(&world, &["--all", "--keep-native", "--yes"]).status, 0);
    assert_eq!(config(&world), pairs);
    assert_eq!(convert(&world, &["dev-sso", "--yes"]).status, 0);
    assert!(!config(&world).contains("[profile dev-sso]\nsso_session"), "{}", config(&world));
}
