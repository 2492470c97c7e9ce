//! The rows: formats, filters, order, profiles, streams.

use std::io::Read as _;
use std::process::Stdio;

use serde_json::json;
use stand_in::Operation;

use super::{LIST, company, list, rows};
use crate::common::{CONFIG, PROGRAM, World, failed};

#[test]
fn the_list_as_a_table() {
    let world = company();
    let output = list(&world, &[]);
    let expected = "\
ACCOUNT       NAME                   E-MAIL                    ROLE       PROFILES
000000000001  Ärzte & Söhne, Berlin  aerzte@example.com        Admin
000000000001  Ärzte & Söhne, Berlin  aerzte@example.com        ReadOnly
111122223333  Production             prod@example.com          Developer  dev,old
111122223333  Production             prod@example.com          ReadOnly
222233334444  Sandbox                root+sandbox@example.com  Admin
";
    assert_eq!((output.status, output.stdout.as_str(), output.stderr.as_str()), (0, expected, ""));
}

#[test]
fn the_list_as_json() {
    let world = company();
    let output = list(&world, &["--output", "json", "--account", "prod"]);
    assert_eq!(output.stderr, "");
    let row = |role: &str, profiles: &[&str]| {
        json!({
            "accountId": "111122223333", "accountName": "Production", "emailAddress": "prod@example.com",
            "roleName": role, "profiles": profiles,
        })
    };
    assert_eq!(output.json(), json!([row("Developer", &["dev", "old"]), row("ReadOnly", &[])]));
    let keys: Vec<&str> =
        output.stdout.lines().skip(2).take(5).map(|line| line.split('"').nth(1).unwrap()).collect();
    assert_eq!(keys, ["accountId", "accountName", "emailAddress", "roleName", "profiles"]);
}

#[test]
fn the_list_as_csv_and_tsv() {
    let world = company();
    let output = list(&world, &["--output", "csv", "--role", "admin"]);
    let expected = "accountId,accountName,emailAddress,roleName,profiles\r\n\
        000000000001,\"Ärzte & Söhne, Berlin\",aerzte@example.com,Admin,\r\n\
        222233334444,Sandbox,root+sandbox@example.com,Admin,\r\n";
    assert_eq!((output.status, output.stdout.as_str(), output.stderr.as_str()), (0, expected, ""));
    let output = list(&world, &["--output", "tsv", "--role", "developer"]);
    let expected = "accountId\taccountName\temailAddress\troleName\tprofiles\n\
        111122223333\tProduction\tprod@example.com\tDeveloper\tdev,old\n";
    assert_eq!((output.status, output.stdout.as_str()), (0, expected));
}

#[test]
fn patterns_look_at_id_name_and_address_and_ignore_case() {
    let world = company();
    assert_eq!(rows(&world, &[]).len(), 5);
    let first = "000000000001";
    assert_eq!(rows(&world, &["--account", "ÄRZTE", "--role", "read"]), [format!("{first} ReadOnly")]);
    assert_eq!(rows(&world, &["--account", "22223333"]).len(), 3);
    assert_eq!(rows(&world, &["--account", "root+", "--role", "ADMIN"]), ["222233334444 Admin"]);
    assert_eq!(rows(&world, &["--role", "^(admin|dev.*r)$", "--regex"]).len(), 3);
    assert_eq!(rows(&world, &["--account", "^prod@.*com$", "--regex"]).len(), 2);
    assert_eq!(rows(&world, &["--account", ".", "--role", "d.*m"]), Vec::<String>::new());
    assert_eq!(rows(&world, &["--account", "", "--role="]).len(), 5, "an empty pattern counts as absent");
}

#[test]
fn a_pattern_that_matches_nothing_says_so_and_prints_no_rows() {
    let world = company();
    let output = list(&world, &["--role", "nobody"]);
    assert_eq!((output.status, output.stdout.as_str()), (0, "ACCOUNT  NAME  E-MAIL  ROLE  PROFILES\n"));
    assert_eq!(output.stderr, "no account and role matches\n");
    assert_eq!(list(&world, &["--role", "nobody", "--output", "json"]).stdout, "[]\n");
}

#[test]
fn a_bad_regular_expression_is_a_usage_error_without_a_request() {
    let world = company();
    let output = list(&world, &["--role", "a(", "--regex"]);
    let lines = failed(&output, 2);
    assert!(
        lines[0].starts_with("aws-sso-cred: the regular expression of --role cannot be used: "),
        "{lines:?}"
    );
    assert_eq!(world.requests(), 0);
}

#[test]
fn rows_are_sorted_by_the_given_key() {
    let world = company();
    let names = |rows: &[String]| rows.iter().map(|row| row[..3].to_owned()).collect::<Vec<_>>();
    assert_eq!(names(&rows(&world, &["--sort", "account-id"])), ["000", "000", "111", "111", "222"]);
    assert_eq!(names(&rows(&world, &["--sort", "account-name"])), ["111", "111", "222", "000", "000"]);
    let by_role = [
        "000000000001 Admin",
        "222233334444 Admin",
        "111122223333 Developer",
        "000000000001 ReadOnly",
        "111122223333 ReadOnly",
    ];
    assert_eq!(rows(&world, &["--sort", "role-name"]), by_role);
}

#[test]
fn profiles_are_those_of_the_portal_by_keys_and_by_line() {
    let world = company();
    let config = format!(
        "{CONFIG}
[profile line]
credential_process = aws-sso-cred --sso-session corp --account-id 222233334444 --role-name Admin

[profile elsewhere]
sso_start_url = https://other.awsapps.com/start
sso_region = eu-west-1
sso_account_id = 222233334444
sso_role_name = Admin
"
    );
    world.home.write_config(&config);
    let document = list(&world, &["--account", "sandbox", "--output", "json"]).json();
    assert_eq!(document[0]["profiles"], json!(["line"]));
}

#[test]
fn control_characters_are_escaped_in_a_table_and_kept_in_data() {
    let world = World::signed_in();
    world.aws.add_account("111122223333", "red\u{1b}[31m\u{202e}\nnext", "tab\there");
    let table = list(&world, &[]).stdout;
    assert!(table.contains("red\\u{1b}[31m\\u{202e}\\u{a}next"), "{table}");
    assert!(!table.contains(|c: char| c != '\n' && c.is_control()), "{table:?}");
    let json = list(&world, &["--output", "json"]);
    assert!(!json.stdout.contains(|c: char| c != '\n' && c.is_control()), "{json:?}");
    assert_eq!(json.json()[0]["accountName"], "red\u{1b}[31m\u{202e}\nnext");
    assert!(list(&world, &["--output", "tsv"]).stdout.contains("\u{202e}\\nnext\ttab\\there\t"));
}

#[cfg(unix)]
#[test]
fn a_terminal_gets_no_control_character_in_any_format() {
    use stand_in::{Place, Stream, Terminal};
    let world = World::signed_in();
    world.aws.add_account("111122223333", "red\u{1b}[31m\u{202e}", "a@b");
    let terminal = Terminal { place: Place::Foreground, stdin: Stream::Terminal, stderr: Stream::Terminal };
    for format in ["table", "json", "csv", "tsv"] {
        // Standard output is the terminal too.
        let script = format!("exec {PROGRAM} list --sso-session corp --output {format} >&2");
        let mut shell = world.home.command_of("/bin/sh");
        let seen = terminal.start(shell.args(["-c", &script])).finish();
        assert!(
            seen.screen.contains("1b") && !seen.screen.contains("\u{1b}[31m"),
            "{format}: {}",
            seen.screen
        );
        assert!(!seen.screen.contains('\u{202e}'), "{format}: {}", seen.screen);
    }
}

#[test]
fn names_of_any_script_are_aligned() {
    let world = World::signed_in();
    world.aws.add_account("111122223333", "東京本番", "x@example.com");
    world.aws.add_account("222233334444", "e\u{301}tude", "x@example.com");
    world.aws.add_role("222233334444", "Admin");
    let output = list(&world, &[]);
    let expected = "\
ACCOUNT       NAME      E-MAIL         ROLE       PROFILES
111122223333  東京本番  x@example.com  Developer  dev,old
111122223333  東京本番  x@example.com  ReadOnly
222233334444  e\u{301}tude     x@example.com  Admin
";
    assert_eq!(output.stdout, expected);
}

#[test]
fn a_reader_that_closes_the_pipe_is_no_failure() {
    let world = World::signed_in();
    world.aws.add_accounts(5, &["Admin", "ReadOnly"]);
    for more in [&[][..], &["--output", "json"]] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut child = world.home.command(&[&LIST[..], more].concat());
        let mut child = child.stdout(writer).stderr(Stdio::piped()).spawn().unwrap();
        let mut stderr = String::new();
        child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(0));
        assert!(!stderr.contains("aws-sso-cred:"), "{stderr}");
    }
    #[cfg(target_os = "linux")]
    {
        let full = crate::common::shell(&world.home, "exec \"$0\" \"$@\" >/dev/full", &LIST);
        assert_eq!(full.status, 5, "{}", full.stderr);
    }
}

#[test]
fn a_pipe_gets_no_colour_and_no_progress() {
    let mut world = company();
    world.home.env("TERM", "xterm-256color");
    let output = list(&world, &[]);
    assert!(!output.stdout.contains('\u{1b}'));
    assert_eq!(output.stderr, "");
}

#[cfg(unix)]
#[test]
fn progress_is_shown_on_a_terminal_and_erased() {
    use stand_in::{Place, Screen, Stream, Terminal};
    let mut world = World::signed_in();
    world.aws.add_accounts(20, &["Admin"]);
    let terminal = Terminal { place: Place::Foreground, stdin: Stream::Terminal, stderr: Stream::Terminal };
    let run =
        |world: &World| terminal.start(&world.home.command(&[&LIST[..], &["--refresh"]].concat())).finish();
    world.home.env("TERM", "xterm");
    let seen = run(&world);
    assert_eq!(seen.output.status, 0, "{}", seen.screen);
    assert!(seen.screen.contains("accounts: ["), "{:?}", seen.screen);
    assert!(seen.screen.ends_with("\r\u{1b}[K"), "{:?}", seen.screen);
    assert_eq!(seen.output.stdout.lines().count(), 1 + 20 + 2);
    let narrow = world.home.command(&[&LIST[..], &["--refresh"]].concat());
    let seen = terminal.start_sized(&narrow, 20, 5).finish();
    assert!(seen.screen.contains("accounts: "), "{:?}", seen.screen);
    assert_eq!(Screen::of(20, 5, &seen.screen).text().trim(), "", "no part of a line is left");
    world.home.env("TERM", "dumb");
    assert_eq!(run(&world).screen, "");
}

#[test]
fn the_only_session_is_used_and_named() {
    let world = company();
    let output = world.home.run(&["list", "--role", "developer", "--output", "tsv"]);
    assert_eq!(output.status, 0);
    assert_eq!(output.stderr, "using sso-session `corp`, the only one in ~/.aws/config\n");
    world.home.write_config(&format!(
        "{CONFIG}\n[sso-session two]\nsso_start_url = https://two.awsapps.com/start\nsso_region = eu-west-1\n"
    ));
    let lines = failed(&world.home.run(&["list"]), 2);
    assert_eq!(lines[0], "aws-sso-cred: no session was named, and ~/.aws/config has 3");
    let hint =
        "hint: run one of `aws-sso-cred list --sso-session corp`, `aws-sso-cred list --sso-session two`";
    assert!(lines[1].starts_with(hint) && !lines[1].contains("--all"), "{lines:?}");
    assert_eq!(world.aws.count(Operation::ListAccounts), 1);
}
