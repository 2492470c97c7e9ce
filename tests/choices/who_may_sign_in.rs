//! `aws_sso_cred_sign_in`: where no sign-in may start, there is no request, no browser and no pending
//! sign-in, whatever flags and variables say.

use stand_in::{Operation, Output, Place, Stream, Terminal};

use crate::common::{DEV, PROGRAM, World, answered, refused};
use crate::desk::{Desk, SOON, signed_in};
use crate::{FOREGROUND, PERSON, config_with, desk_with};

const BACKGROUND: Terminal = Terminal { place: Place::Background, ..FOREGROUND };

const ONLY_A_COMMAND: &str = "\
aws-sso-cred: sso-session `corp`: a sign-in is needed, and only a command that you run in a terminal may start it
`aws_sso_cred_sign_in` in [sso-session corp], ~/.aws/config line 3 is `command`
hint: in a terminal, run `aws-sso-cred login --sso-session corp`
";

const ONLY_A_TERMINAL: &str = "\
aws-sso-cred: sso-session `corp`: a sign-in is needed, and only a program in the foreground of a terminal may start it
`aws_sso_cred_sign_in` in [sso-session corp], ~/.aws/config line 3 is `terminal`
hint: in a terminal, run `aws-sso-cred login --sso-session corp`
";

/// Asserts the text, and that nothing was done for a sign-in.
#[track_caller]
fn forbidden(desk: &Desk, output: &Output, text: &str) {
    refused(output, 1, text);
    assert_eq!(desk.world.requests(), 0, "no request");
    desk.assert_tabs(0);
}

/// A desk where flags and variables allow all that they can.
fn all_allowed(value: &str) -> Desk {
    let mut desk = desk_with(&format!("aws_sso_cred_sign_in = {value}\nsso_interactive_auth = true"));
    desk.world.home.env("AWS_SSO_INTERACTIVE_AUTH", "1");
    desk
}

/// A process without a terminal, as an editor or an agent starts it.
fn without_terminal(desk: &Desk, arguments: &[&str]) -> Output {
    desk.start(arguments).finish()
}

#[test]
fn command_lets_no_credential_process_start_a_sign_in() {
    let desk = all_allowed("command");
    forbidden(&desk, &without_terminal(&desk, &["--profile", "dev", "-i"]), ONLY_A_COMMAND);
    for terminal in [FOREGROUND, BACKGROUND, PERSON] {
        let seen = terminal.start(desk.world.home.command(&DEV).arg("-i")).finish();
        assert_eq!(seen.output.status, 1, "{seen:?}");
        let told = (seen.output.stderr + &seen.screen).replace('\r', "");
        assert!(told.contains(ONLY_A_COMMAND), "{told}");
        assert_eq!(desk.world.requests(), 0);
        desk.assert_tabs(0);
    }
}

#[test]
fn command_stops_a_credential_process_deep_below_an_agent_with_a_terminal_of_its_own() {
    let desk = all_allowed("command");
    let nested = "sh -c 'sh -c \"sh -c \\\"\\$0 --profile dev -i; exit \\\\\\$?\\\" $0; exit \\$?\" $0; exit $?' \"$0\"";
    let mut shell = desk.world.home.command_of("/bin/sh");
    let seen = FOREGROUND.start(shell.args(["-c", nested, PROGRAM])).finish();
    assert!(seen.output.stderr.contains(ONLY_A_COMMAND), "{seen:?}");
    assert_eq!(desk.world.requests(), 0);
    desk.assert_tabs(0);
}

#[test]
fn terminal_lets_no_background_job_and_no_child_of_an_editor_start_a_sign_in() {
    let desk = all_allowed("terminal");
    let seen = BACKGROUND.start(desk.world.home.command(&DEV).arg("-i")).finish();
    forbidden(&desk, &seen.output, ONLY_A_TERMINAL);
    forbidden(&desk, &without_terminal(&desk, &["--profile", "dev", "-i"]), ONLY_A_TERMINAL);
    let editor = Terminal { place: Place::NoTerminal, stdin: Stream::Pipe, stderr: Stream::Pipe };
    let seen = editor.start(desk.world.home.command(&DEV).arg("-i")).finish();
    forbidden(&desk, &seen.output, ONLY_A_TERMINAL);
}

#[test]
fn terminal_lets_a_program_and_its_recipe_in_the_foreground_start_a_sign_in() {
    for script in ["\"$0\" --profile dev -i", "sh -c '\"$0\" --profile dev -i; exit $?' \"$0\"; exit $?"] {
        let desk = all_allowed("terminal");
        let mut shell = desk.world.home.command_of("/bin/sh");
        let running = FOREGROUND.start(shell.args(["-c", script, PROGRAM]));
        desk.aws().wait_for_outcomes(Operation::CreateToken, 1, SOON);
        desk.approve();
        answered(&running.finish().output);
        desk.assert_tabs(1);
    }
}

#[test]
fn command_lets_no_job_sign_in_that_kept_the_streams_of_a_terminal_and_not_the_terminal() {
    let desk = all_allowed("command");
    let detached = Terminal { place: Place::NoTerminal, ..PERSON };
    for arguments in [
        &["login", "--sso-session", "corp"][..],
        &["login", "--sso-session", "corp", "--use-device-code"],
        &["export", "--profile", "dev"],
    ] {
        let seen = detached.start(&desk.world.home.command(arguments)).finish();
        assert_eq!(seen.output.status, 1, "{seen:?}");
        assert!(seen.screen.replace('\r', "").ends_with(ONLY_A_COMMAND), "{seen:?}");
        assert_eq!(desk.world.requests(), 0);
    }
    desk.assert_tabs(0);
}

#[test]
fn login_needs_a_terminal_where_only_a_command_of_the_person_may_sign_in() {
    let desk = all_allowed("command");
    for arguments in [
        &["login", "--sso-session", "corp"][..],
        &["login", "--profile", "dev", "--use-device-code"],
        &["login", "--sso-session", "corp", "--if-needed"],
        &["login", "--sso-session", "corp", "--redirect-port", "8400"],
    ] {
        let output = without_terminal(&desk, arguments);
        assert_eq!(output.status, 1, "{output:?}");
        assert!(output.stderr.ends_with(ONLY_A_COMMAND), "{}", output.stderr);
        assert_eq!(desk.world.requests(), 0);
    }
    let login = ["login", "--sso-session", "corp", "--use-device-code"];
    let running = PERSON.start(&desk.world.home.command(&login));
    desk.aws().wait_for_outcomes(Operation::CreateToken, 1, SOON);
    desk.approve();
    let seen = running.finish();
    assert_eq!(seen.output.status, 0, "{}", seen.screen);
    answered(&without_terminal(&desk, &DEV));
}

#[test]
fn a_command_for_people_signs_in_on_a_terminal_only() {
    let desk = all_allowed("command");
    let export = ["export", "--profile", "dev"];
    let output = without_terminal(&desk, &export);
    assert_eq!((output.status, desk.world.requests()), (1, 0), "{output:?}");
    let mut asked = desk;
    asked.world.home.env("AWS_SSO_DISABLE_BROWSER", "1");
    asked.world.home.env("SSH_CONNECTION", "192.0.2.1 1 192.0.2.2 22");
    asked.world.home.env("BROWSER", "");
    let running = PERSON.start(&asked.world.home.command(&export));
    asked.aws().wait_for_outcomes(Operation::CreateToken, 1, SOON);
    asked.approve();
    let seen = running.finish();
    assert_eq!(seen.output.status, 0, "{}", seen.screen);
    assert!(seen.output.stdout.contains("AWS_ACCESS_KEY_ID"), "{seen:?}");
}

#[test]
fn a_forbidden_process_joins_no_pending_sign_in_and_uses_its_token() {
    let desk = desk_with("");
    let asking = desk.start_asking(&[]);
    desk.world.home.write_config(&config_with("aws_sso_cred_sign_in = command"));
    let polls = desk.polls();
    refused(&without_terminal(&desk, &["--profile", "dev", "-i"]), 1, ONLY_A_COMMAND);
    assert!(desk.polls() <= polls + 3, "only the first process polls");
    desk.approve();
    signed_in(asking.finish());
    answered(&without_terminal(&desk, &["--profile", "dev", "-i", "--no-cache"]));
    desk.assert_tabs(1);
}

#[test]
fn a_hit_a_fetch_and_a_refresh_go_on_whatever_the_value_is() {
    for value in ["command", "terminal", "never"] {
        let world = World::new();
        world.home.write_config(&config_with(&format!("aws_sso_cred_sign_in = {value}")));
        world.sign_in(3600);
        answered(&world.run(&["-i"]));
        answered(&world.run(&["-i"]));
        assert_eq!(world.fetches(), 1);
        world.sign_in(60);
        answered(&world.run(&["-i", "--force-refresh"]));
    }
}

#[test]
fn an_unknown_value_is_an_error_where_a_sign_in_is_needed() {
    let desk = all_allowed("never");
    let told = "\
aws-sso-cred: aws_sso_cred_sign_in `never` is not valid: it must be `anywhere`, `terminal` or `command`
hint: correct `aws_sso_cred_sign_in` in [sso-session corp], ~/.aws/config line 3
";
    refused(&without_terminal(&desk, &["--profile", "dev", "-i"]), 2, told);
    refused(&without_terminal(&desk, &["login", "--sso-session", "corp"]), 2, told);
    assert_eq!(desk.world.requests(), 0);
    let not_asked = without_terminal(&desk, &["--profile", "dev", "-n"]);
    assert_eq!(not_asked.status, 1, "{not_asked:?}");
}

#[test]
fn an_empty_value_is_an_error_where_a_sign_in_is_needed() {
    for value in ["", "anywhere\naws_sso_cred_sign_in ="] {
        let desk = all_allowed(value);
        let output = without_terminal(&desk, &["--profile", "dev", "-i"]);
        let told = "aws-sso-cred: aws_sso_cred_sign_in `` is not valid: it must be";
        assert!(output.status == 2 && output.stderr.starts_with(told), "{output:?}");
        assert_eq!(desk.world.requests(), 0);
    }
}

#[test]
fn of_several_values_in_one_section_or_profile_the_strictest_counts() {
    let twice = |first: &str, second: &str| format!("{first}\naws_sso_cred_sign_in = {second}");
    let again = "\n[sso-session corp]\naws_sso_cred_sign_in = anywhere\n";
    let profile = "\n[profile strict]\nsso_session = corp\naws_sso_cred_sign_in = command\n";
    let config = |value: &str| config_with(&format!("aws_sso_cred_sign_in = {value}"));
    let role = ["-i", "--account-id", "111122223333", "--role-name", "Developer"];
    for (config, profile) in [
        (config(&twice("command", "anywhere")), "dev"),
        (config(&twice("anywhere", "command")), "dev"),
        (config("command") + again, "dev"),
        (config("\n  command"), "dev"),
        (config("anywhere") + profile, "strict"),
    ] {
        let desk = all_allowed("anywhere");
        desk.world.home.write_config(&config);
        desk.world.home.write_credentials("[strict]\naws_sso_cred_sign_in = anywhere\n");
        let output = without_terminal(&desk, &[&["--profile", profile][..], &role].concat());
        assert_eq!(output.status, 1, "{config} {output:?}");
        assert!(output.stderr.contains("only a command that you run in a terminal"), "{output:?}");
        assert_eq!(desk.world.requests(), 0);
    }
}

#[test]
fn a_key_of_the_profile_wins_over_the_one_of_its_session() {
    let rule = |profile: &str, session: &str| {
        let config = config_with(&format!("aws_sso_cred_sign_in = {session}"));
        config.replacen("[profile dev]", &format!("[profile dev]\naws_sso_cred_sign_in = {profile}"), 1)
    };
    let desk = all_allowed("anywhere");
    desk.world.home.write_config(&rule("command", "anywhere"));
    let output = without_terminal(&desk, &["--profile", "dev", "-i"]);
    assert_eq!(output.status, 1);
    assert!(output.stderr.contains("in [profile dev], ~/.aws/config line 8 is `command`"), "{output:?}");
    desk.world.home.write_config(&rule("anywhere", "command"));
    desk.start_asking(&[]);
    desk.assert_tabs(1);
}

#[test]
fn a_start_url_or_an_unrelated_profile_does_not_get_around_the_rule_of_the_session() {
    let desk = all_allowed("command");
    let loose = "\n[profile loose]\naws_sso_cred_sign_in = anywhere\nregion = eu-west-1\n\
                 [profile other]\nsso_session = else\naws_sso_cred_sign_in = anywhere\n\
                 [sso-session hollow]\nsso_region = eu-west-1\n\
                 [profile half]\nsso_session = hollow\nsso_start_url = https://corp.awsapps.com/start\n";
    desk.world.home.write_config(&(config_with("aws_sso_cred_sign_in = command") + loose));
    let role = ["-i", "--account-id", "111122223333", "--role-name", "Developer"];
    let region = ["--region", "eu-west-1"];
    let urls = [
        "https://corp.awsapps.com/start",
        "https://corp.awsapps.com/start/",
        "https://CORP.awsapps.com/start#/",
        "https://corp.awsapps.com:443/start",
        "https://corp.awsapps.com./start",
        "https://corp.awsapps.com/start?",
        "https://corp.awsapps.com//Start/.",
        "https://corp.awsapps.com",
    ];
    let mut named: Vec<Vec<&str>> =
        urls.iter().map(|url| [&["--start-url", url][..], &region].concat()).collect();
    named.push([&["--start-url", urls[0], "--sso-session", "unknown"][..], &region].concat());
    named.push([&["--start-url", urls[0], "--sso-session", "hollow"][..], &region].concat());
    named.push(vec!["--profile", "half"]);
    named.push(vec!["--sso-session", "corp"]);
    named.push(vec!["--sso-session", "corp", "--profile", "loose"]);
    named.push(vec!["--sso-session", "corp", "--profile", "other"]);
    named.push(vec!["--sso-session", "corp", "--start-url", urls[1]]);
    named.push(vec!["--profile", "old"]);
    for arguments in named {
        let output = without_terminal(&desk, &[&arguments[..], &role].concat());
        assert_eq!(output.status, 1, "{arguments:?} {output:?}");
        assert!(output.stderr.contains("only a command that you run in a terminal"), "{output:?}");
    }
    assert_eq!(desk.world.requests(), 0);
    desk.assert_tabs(0);
}
