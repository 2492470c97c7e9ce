//! What a new user meets first: profiles that only start this program, names that are not
//! given or misspelt, and profiles whose `sso_` keys keep SDKs from starting it.
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

use common::{ACCOUNT, World, answered, failed};
use stand_in::{Place, Stream, Terminal};

fn append(world: &World, text: &str) {
    let path = world.home.home().join(".aws/config");
    let config = fs::read_to_string(&path).unwrap();
    fs::write(path, format!("{config}\n{text}")).unwrap();
}

#[test]
fn a_profile_that_only_starts_this_program_is_followed_to_its_credentials() {
    let world = World::signed_in();
    append(
        &world,
        "[profile plain]\ncredential_process = /opt/bin/aws-sso-cred --sso-session corp --account-id 111122223333 --role-name Developer\n\
         [profile wrapped]\ncredential_process = aws-sso-cred --profile plain\n\
         [profile circle]\ncredential_process = aws-sso-cred --profile circle\n\
         [profile foreign]\ncredential_process = other-tool --sso-session corp --account-id 111122223333 --role-name Developer\n",
    );
    let direct = answered(&world.home.run(&["--profile", "dev"]));
    assert_eq!(answered(&world.home.run(&["--profile", "plain"])), direct);
    assert_eq!(answered(&world.home.run(&["--profile", "wrapped"])), direct);
    world.home.write_role_credentials(ACCOUNT, "Narrow", "corp", 3600);
    let narrow = answered(&world.home.run(&["--profile", "wrapped", "--role-name", "Narrow"]));
    assert_ne!(narrow, direct);
    let lines = failed(&world.home.run(&["--profile", "circle"]), 2);
    assert!(lines[2].contains("names profile `circle` itself"), "{lines:?}");
    let lines = failed(&world.home.run(&["--profile", "foreign"]), 2);
    assert!(lines[0].contains("profile `foreign`"), "{lines:?}");
}

#[test]
fn two_letters_in_the_wrong_order_are_one_mistake() {
    let world = World::signed_in();
    let lines = failed(&world.home.run(&["--profile", "dve"]), 2);
    assert_eq!(lines[1], "hint: did you mean `--profile dev`?");
    let lines = failed(&world.home.run(&["login", "--sso-session", "crop"]), 2);
    assert_eq!(lines[1], "hint: did you mean `--sso-session corp`?");
    let lines = failed(&world.home.run(&["--profile", "prod"]), 2);
    assert!(lines[1].starts_with("hint: add a [profile prod] section"), "{lines:?}");
    assert_eq!(world.requests(), 0);
}

const ONE: &str = "[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\n\
    sso_registration_scopes = sso:account:access\n\
    [profile dev]\ncredential_process = aws-sso-cred --sso-session corp --account-id 111122223333 --role-name Developer\n";
const OTHER: &str =
    "[sso-session 'other one']\nsso_start_url = https://other.awsapps.com/start\nsso_region = eu-west-1\n";

/// A stand-in whose sign-ins are approved at once.
fn world(config: &str) -> World {
    let world = World::new();
    world.aws.auto_approve(0);
    world.home.write_config(config);
    world
}

#[test]
fn the_only_session_of_the_config_needs_no_name() {
    // A default profile without a session does not stand in the way.
    for config in [ONE.to_owned(), format!("[default]\nregion = eu-west-1\n{ONE}"), common::CONFIG.to_owned()]
    {
        let world = world(&config);
        let output = world.home.run(&["login", "--use-device-code", "--no-browser"]);
        let using = "using sso-session `corp`, the only one in ~/.aws/config\n";
        assert!(output.status == 0 && output.stderr.starts_with(using), "{output:?}");
        assert!(world.token_file().exists());
        let output = world.home.run(&["logout"]);
        assert_eq!((output.status, output.stdout.as_str()), (0, ""));
        assert_eq!(output.stderr, format!("{using}signed out of sso-session `corp`\n"));
        assert!(!world.token_file().exists());
    }
}

#[test]
fn the_only_profile_in_the_older_layout_needs_no_name() {
    let world =
        world("[profile old]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\n");
    let output = world.home.run(&["login", "--no-browser"]);
    let using = "using the session of profile `old`, the only one in ~/.aws/config\n";
    assert!(output.status == 0 && output.stderr.starts_with(using), "{output:?}");
}

#[test]
fn several_sessions_are_named_ready_to_paste() {
    let world = world(&format!(
        "{ONE}{OTHER}[profile old]\nsso_start_url = https://old/start\nsso_region = us-east-1\n"
    ));
    let lines = failed(&world.home.run(&["login"]), 2);
    assert_eq!(
        lines,
        [
            "aws-sso-cred: no session was named, and ~/.aws/config has 3",
            "hint: run one of `aws-sso-cred login --sso-session corp`, \
             `aws-sso-cred login --sso-session 'other one'`, `aws-sso-cred login --profile old`, \
             `aws-sso-cred login --all`",
        ]
    );
    let lines = failed(&world.home.run(&["logout"]), 2);
    assert!(lines[1].starts_with("hint: run one of `aws-sso-cred logout --sso-session corp`, "), "{lines:?}");
    assert_eq!(world.requests(), 0);
    // A profile that names a session is obeyed, and one that is named and broken is told of.
    append(&world, "[default]\nsso_session = other one\n");
    let output = world.home.run(&["login", "--use-device-code", "--no-browser"]);
    assert!(!output.stderr.contains("the only one"), "{output:?}");
    assert!(output.stderr.contains("https://other.awsapps.com/start"), "{output:?}");
}

#[test]
fn one_start_url_with_two_regions_is_two_sessions() {
    let old = |name: &str, region: &str| {
        format!("[profile {name}]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = {region}\n")
    };
    let two = format!("{}{}{}", old("a", "eu-west-1"), old("b", "us-east-1"), old("c", "us-east-1"));
    let world = world(&two);
    for command in ["login", "logout"] {
        let lines = failed(&world.home.run(&[command]), 2);
        assert_eq!(lines[0], "aws-sso-cred: no session was named, and ~/.aws/config has 2");
        let commands = format!("`aws-sso-cred {command} --profile a`, `aws-sso-cred {command} --profile b`");
        assert!(lines[1].starts_with(&format!("hint: run one of {commands}, ")), "{lines:?}");
    }
    world.home.write_config(&format!("{ONE}{}", old("b", "us-east-1")));
    let lines = failed(&world.home.run(&["login"]), 2);
    assert!(lines[1].contains("`aws-sso-cred login --profile b`"), "{lines:?}");
    assert_eq!(world.requests(), 0);
}

#[test]
fn a_name_that_is_given_is_never_replaced_by_the_only_session() {
    let mut world = world(ONE);
    for arguments in [&["login", "--profile", "nothere"][..], &["login", "--sso-session", "nothere"]] {
        assert!(failed(&world.home.run(arguments), 2)[0].contains("nothere"));
    }
    world.home.env("AWS_PROFILE", "nothere");
    assert!(failed(&world.home.run(&["login"]), 2)[0].contains("nothere"));
    assert_eq!(world.requests(), 0);
}

#[test]
fn a_default_profile_that_leads_nowhere_is_never_replaced_by_the_only_session() {
    let lines_of = |default: &str| {
        let world = world(&format!("[default]\n{default}\n{ONE}[profile prod-sso]\nregion = eu-west-1\n"));
        ["login", "logout"].map(|command| {
            let lines = failed(&world.home.run(&[command]), 2);
            assert_eq!(world.requests(), 0);
            lines[0].strip_prefix("aws-sso-cred: ").unwrap().to_owned()
        })
    };
    for (default, expected) in [
        (
            "credential_process = aws-sso-cred --profile prod-ss0",
            "profile `prod-ss0`, which credential_process names, is not in ~/.aws/config",
        ),
        (
            "role_arn = arn:aws:iam::1:role/x\nsource_profile = prod-ss0",
            "profile `prod-ss0`, which source_profile names, is not in ~/.aws/config",
        ),
        (
            "credential_process = aws-sso-cred --profile prod-sso",
            "profile `prod-sso` lacks sso_start_url and sso_region",
        ),
    ] {
        assert_eq!(lines_of(default), [expected; 2]);
    }
}

#[test]
fn without_any_session_the_text_says_how_to_get_one() {
    let world = World::new();
    let lines = |command: &str| failed(&world.home.run(&[command]), 2);
    for config in ["", "[default]\nregion = eu-west-1\n", "[profile x]\nrole_arn = arn:aws:iam::1:role/x\n"] {
        world.home.write_config(config);
        for command in ["login", "logout"] {
            let lines = lines(command);
            assert_eq!(lines[0], "aws-sso-cred: there is no sso-session and no SSO profile in ~/.aws/config");
            assert!(lines[1].starts_with("hint: run `aws-sso-cred configure`"), "{lines:?}");
        }
    }
    fs::remove_file(world.home.home().join(".aws/config")).unwrap();
    for command in ["login", "logout"] {
        let lines = lines(command);
        assert_eq!(lines[0], "aws-sso-cred: there is no ~/.aws/config, so your sso-sessions cannot be found");
        assert!(lines[1].starts_with("hint: run `aws-sso-cred configure`"), "{lines:?}");
    }
    // The only session, without a region, is named with what it lacks.
    world.home.write_config("[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\n");
    assert!(lines("login")[0].ends_with("sso-session `corp` lacks sso_region"));
}

#[test]
fn a_bare_word_is_answered_with_the_option_that_names_it() {
    let world = World::new();
    append(&world, OTHER);
    for command in ["login", "logout", "status"] {
        for (word, hint) in [
            ("corp", "did you mean `--sso-session corp`?"),
            ("dev", "did you mean `--profile dev`?"),
            ("other one", "did you mean `--sso-session 'other one'`?"),
            ("crop", "did you mean `--sso-session corp`?"),
            ("dve", "did you mean `--profile dev`?"),
            ("nothing", "name a session with `--sso-session NAME`, or a profile with `--profile NAME`"),
        ] {
            let lines = failed(&world.home.run(&[command, word]), 2);
            assert_eq!(lines[0], format!("aws-sso-cred: unexpected argument '{word}' found"));
            assert_eq!(lines[1], format!("hint: {hint}"));
        }
    }
    let populate = |word| failed(&world.home.run(&["configure", "populate", word]), 2).pop().unwrap();
    assert_eq!(populate("corp"), "hint: did you mean `--sso-session corp`?");
    assert_eq!(populate("dev"), "hint: name a session with `--sso-session NAME`");
    // These have no options for a session.
    for line in [["man", "corp"].as_slice(), &["completions", "bash", "corp"]] {
        let hint = format!("hint: run `aws-sso-cred {} --help`", line[0]);
        assert_eq!(failed(&world.home.run(line), 2).pop().unwrap(), hint);
    }
    assert_eq!(world.requests(), 0);
}

#[test]
fn status_names_profiles_whose_sso_keys_keep_sdks_from_starting_this_program() {
    let both = "sso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Developer\n";
    let line = "credential_process = /opt/bin/aws-sso-cred --sso-session corp --account-id 111122223333 --role-name Developer\n";
    let world = World::signed_in();
    let status = |arguments: &[&str]| {
        let output = world.home.run(&[&["status"], arguments].concat());
        assert_eq!(output.status, 0, "{output:?}");
        output
    };
    world.home.write_config(&format!(
        "{ONE}[profile foreign]\n{both}credential_process = other-tool\n[profile keys]\n{both}"
    ));
    assert_eq!(status(&[]).stderr, "");
    append(&world, &format!("[profile both]\n{both}{line}"));
    let both_note = "note: profile `both` has sso_session, sso_account_id and sso_role_name beside \
        `credential_process`: boto3, the AWS CLI, Go, Java, .NET, Ruby and Rust use the keys and never \
        start aws-sso-cred; remove the `sso_` keys or the `credential_process` line\n";
    assert_eq!(status(&[]).stderr, both_note);
    assert_eq!(status(&["--profile", "both"]).stderr, both_note);
    assert_eq!(status(&["--profile", "keys"]).stderr, "");
    append(&world, "[profile lone]\nsso_session = corp\ncredential_process = sh -c 'aws-sso-cred -i'\n");
    append(&world, &format!("[profile self]\n{both}credential_process = aws-sso-cred --profile self\n"));
    for name in ["b2", "b3", "b4", "b5", "b6", "b7"] {
        append(&world, &format!("[profile {name}]\n{both}{line}"));
    }
    let output = status(&[]);
    let notes: Vec<&str> = output.stderr.lines().collect();
    assert_eq!(notes.len(), 3, "{notes:?}");
    assert!(notes[0].starts_with("note: profile `self` has sso_session, "), "{notes:?}");
    assert!(notes[0].ends_with("; run `aws-sso-cred configure convert self`"), "{notes:?}");
    let many = "note: profiles `both`, `b2`, `b3`, `b4`, `b5` and 2 more have `sso_` keys beside ";
    assert!(notes[1].starts_with(many), "{notes:?}");
    let lone =
        "note: profile `lone` has sso_session beside `credential_process`: Go, Java, Ruby and Rust use ";
    assert!(notes[2].starts_with(lone), "{notes:?}");
    let json = status(&["--output", "json"]);
    assert_eq!(json.stderr, output.stderr);
    assert!(!json.stdout.contains("note"), "{}", json.stdout);
    let convert = world.home.run(&["configure", "convert", "self", "--yes"]);
    assert_eq!(convert.status, 0, "{convert:?}");
    assert_eq!(status(&[]).stderr.lines().count(), 2);
}

#[test]
fn the_bare_program_on_a_terminal_says_how_to_begin() {
    let on_a_terminal = |world: &World| {
        let terminal =
            Terminal { place: Place::Foreground, stdin: Stream::Terminal, stderr: Stream::Terminal };
        let seen = terminal.start(&world.home.command(&[])).finish();
        assert_eq!(seen.output.status, 2, "{}", seen.screen);
        seen.screen.replace("\r\n", "\n")
    };
    let world = World::new();
    let names_values = on_a_terminal(&world);
    assert!(names_values.contains("sso_start_url, sso_region"), "there are sessions: {names_values}");
    fs::remove_file(world.home.home().join(".aws/config")).unwrap();
    assert_eq!(
        on_a_terminal(&world),
        "aws-sso-cred: there is no ~/.aws/config, so your sso-sessions cannot be found\n\
         hint: run `aws-sso-cred configure`, or `aws-sso-cred login --start-url URL --region REGION`\n"
    );
    let to_a_pipe = world.home.run(&[]);
    assert!(
        to_a_pipe.stderr.contains("sso_start_url, sso_region"),
        "an SDK is told the values: {to_a_pipe:?}"
    );
}
