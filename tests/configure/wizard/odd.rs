//! Small, plain and dumb terminals; names that a terminal would obey.

use super::person::{CLIENT_REGION, QUESTIONS, command, signed_in_without_config, start, start_on};
use crate::base::{SESSION, config};
use crate::common::World;

#[test]
fn a_small_terminal_shows_every_question() {
    for (columns, rows) in [(40, 10), (24, 6), (200, 60)] {
        let world = signed_in_without_config();
        world.aws.add_accounts(60, &["Admin", "A-Role-With-A-Name-That-Is-Long"]);
        let mut person = start_on(columns, rows, &command(&world, &[]));
        // Labels may be cut, and the list has more rows than the screen.
        for (text, answer) in [
            ("Start URL", "https://corp.awsapps.com/start\r"),
            ("Region of", "eu-west-1\r"),
            ("Name of", "\r"),
            ("of 122", "0042 admin"),
            ("1 of 122", "\r"),
            ("Name of", "\r"),
            ("Region of", "us-west-2\r"),
            ("Write this?", "y\r"),
        ] {
            let seen = person.sees_at_the_end(text);
            let wide = seen.lines().map(|line| line.chars().count()).max().unwrap_or_default();
            assert!(wide <= columns.into(), "{seen}");
            person.types(answer);
        }
        let _ = person.ends(0);
        assert!(config(&world).contains("\n[profile Account-0042.Admin]\n"), "{}", config(&world));
    }
}

#[test]
fn a_dumb_terminal_gets_lines_and_no_sequences() {
    let mut world = signed_in_without_config();
    world.home.env("TERM", "dumb");
    let mut person = start(&world, &[]);
    person.answers(&QUESTIONS[..3]);
    let list = person.sees("Role [number, or text to filter]:");
    assert!(list.contains("   1  Production  Developer  111122223333\n   2  Production  ReadOnly"), "{list}");
    person.types("2\r").answers(&QUESTIONS[4..]);
    let ended = person.ends(0);
    assert!(!ended.output.contains('\x1b'), "{:?}", ended.output);
    assert!(config(&world).starts_with(SESSION) && config(&world).contains("--role-name ReadOnly"));
}

#[test]
fn control_c_on_a_dumb_terminal_ends_the_command() {
    let mut world = signed_in_without_config();
    world.home.env("TERM", "dumb");
    for at in [0, 3, 6] {
        let mut person = start(&world, &[]);
        person.answers(&QUESTIONS[..at.min(3)]);
        if at > 3 {
            person.answers(&[("Role [", "2\r")]).answers(&QUESTIONS[4..6]);
        }
        person.sees(if at == 3 { "Role [" } else { QUESTIONS[at].0 });
        person.types("\u{3}");
        let ended = person.ends(130);
        assert!(ended.text.contains("as it was"), "{}", ended.text);
        assert!(!world.home.config_path().exists());
    }
}

#[test]
fn no_color_is_obeyed() {
    let mut world = signed_in_without_config();
    let mut person = start(&world, &[]);
    person.answers(&QUESTIONS);
    assert!(person.ends(0).styles > 0);
    std::fs::remove_file(world.home.config_path()).unwrap();
    world.home.env("NO_COLOR", "1");
    let mut person = start(&world, &[]);
    person.answers(&QUESTIONS);
    assert_eq!(person.ends(0).styles, 0);
}

/// An account's name, what the terminal shows of it, and the profile's name that is proposed.
const NAMES: [(&str, &str, &str); 10] = [
    ("", "222233334444", "222233334444.Admin"),
    ("Ärzte & Söhne, Berlin", "Ärzte & Söhne, Berlin", "Arzte-Sohne-Berlin.Admin"),
    ("e\u{301}quipe", "e\u{301}quipe", "equipe.Admin"),
    ("日本語", "日本語", "222233334444.Admin"),
    ("a\u{1b}[2J\u{7}b", "a\\u{1b}[2J\\u{7}b", "a-2J-b.Admin"),
    ("a\nb\rc", "a\\u{a}b\\u{d}c", "a-b-c.Admin"),
    ("\u{202e}live\u{202c}", "\\u{202e}live\\u{202c}", "live.Admin"),
    ("a\u{200b}b", "a\\u{200b}b", "a-b.Admin"),
    ("👩\u{1f3fd} x", "", "x.Admin"),
    ("  Straße [x] 'y' ", "Straße [x] 'y'", "Strasse-x-y.Admin"),
];

#[test]
fn odd_names_of_accounts_are_shown_escaped_and_give_plain_names_of_profiles() {
    for (name, shown, proposed) in NAMES {
        let world = World::signed_in();
        world.aws.add_account("222233334444", name, "a\u{1b}[31m@example.com");
        world.aws.add_role("222233334444", "Admin");
        let mut person = start(&world, &["--sso-session", "corp"]);
        person.sees("3 of 3");
        person.types("222233334444");
        let list = person.sees("1 of 3");
        assert!(list.contains(shown), "{name:?}: {list}");
        person.types("\r");
        let question = person.sees("Name of the profile [");
        assert!(question.contains(&format!("Name of the profile [{proposed}]:")), "{name:?}: {question}");
        person.types("\r").answers(&[CLIENT_REGION, ("Write this? [Y/n]", "\r")]);
        let ended = person.ends(0);
        assert!(ended.text.contains(&format!("--profile {proposed}")), "{}", ended.text);
        assert!(
            config(&world).contains(&format!("\n[profile {proposed}]\nregion = us-west-2\n")),
            "{name:?}"
        );
    }
}

#[test]
fn a_name_that_is_longer_than_the_screen_is_cut() {
    let world = World::signed_in();
    world.aws.add_account("222233334444", &"long ".repeat(100), "x@example.com");
    world.aws.add_role("222233334444", "Admin");
    let mut person = start(&world, &["--sso-session", "corp"]);
    person.sees("3 of 3");
    person.types("admin");
    let list = person.sees("1 of 3");
    assert!(list.contains("Admin") && list.contains("222233334444") && list.contains('…'), "{list}");
    person.types("\u{3}");
    let _ = person.ends(130);
}
