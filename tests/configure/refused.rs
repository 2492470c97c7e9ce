//! Options that are missing, or have values that cannot be written: exit 2, and no file is touched.

use std::fs;

use crate::base::{
    CORP, DEVELOPER, SESSION, config, configure, new_home, profile, refused, told, with_config,
};
use crate::common::failed;

#[test]
fn all_missing_options_are_named_at_once() {
    let lines = refused(&new_home(), &[]);
    assert_eq!(
        lines,
        [
            "aws-sso-cred: configure needs more options, because you cannot be asked here",
            "missing: `--sso-session NAME`, `--start-url URL`, `--region REGION`, `--account-id ID`, \
             `--role-name NAME` and `--profile NAME`",
            "hint: add them, or run `aws-sso-cred configure` in a terminal",
        ]
    );
    for (given, missing) in [
        (&["--profile", "x", "--sso-session", "corp"][..], "`--account-id ID` and `--role-name NAME`"),
        (&["--account-id", "111122223333"], "`--role-name NAME` and `--profile NAME`"),
        (&["--sso-session", "new", "--session-only"], "`--start-url URL` and `--region REGION`"),
        (
            &["--start-url", "https://new.awsapps.com/start", "--session-only"],
            "`--sso-session NAME` and `--region REGION`",
        ),
        (
            &["--profile", "", "--role-name", "", "--account-id", "", "--sso-session", ""],
            "`--account-id ID`, `--role-name NAME` and `--profile NAME`",
        ),
    ] {
        let lines = refused(&with_config(SESSION), &[given]);
        assert_eq!(lines[1], format!("missing: {missing}"), "{given:?}");
    }
}

#[test]
fn a_session_that_is_not_in_the_config_needs_its_address() {
    let lines = refused(&with_config(SESSION), &[&["--profile", "dev", "--sso-session", "crop"], &DEVELOPER]);
    assert_eq!(lines[1], "missing: `--start-url URL` and `--region REGION`");
}

#[test]
fn an_invalid_value_names_its_option() {
    let long = "a".repeat(65);
    for (option, value) in [
        ("--start-url", "corp.awsapps.com/start"),
        ("--start-url", "http://corp.awsapps.com/start"),
        ("--start-url", "https://corp.awsapps.com/start\n[x]"),
        ("--region", "eu west"),
        ("--region", "evil.com/"),
        ("--account-id", "1111"),
        ("--account-id", "１１１１２２２２３３３３"),
        ("--role-name", "a/b"),
        ("--role-name", &long),
        ("--role-name", "AWSReservedSSO_Developer_0123456789abcdef"),
        ("--client-region", "eu_west"),
        ("--client-region", "a\nb = c"),
        ("--sso-session", "a\nb"),
        ("--profile", "a\u{1b}[2J"),
        ("--registration-scopes", "a\n[profile evil]"),
        ("--registration-scopes", "a #b"),
        ("--client-output", "xml"),
    ] {
        let all = [
            &["--profile", "dev", "--client-region", "us-west-2", "--client-output", "json"][..],
            &CORP,
            &DEVELOPER,
        ]
        .concat();
        let without: Vec<&str> = match all.iter().position(|word| *word == option) {
            Some(at) => [&all[..at], &all[at + 2..]].concat(),
            None => all,
        };
        let lines = refused(&new_home(), &[&without, &[option, value]]);
        let key = option.trim_start_matches("--").replace('-', "_");
        assert!(lines.concat().contains(option) || lines[0].contains(&key), "{option} {value:?}: {lines:?}");
    }
}

#[test]
fn an_invalid_value_of_a_variable_names_the_variable() {
    for (name, value) in [
        ("AWS_CONFIGURE_SSO_DEFAULT_SSO_START_URL", "x"),
        ("AWS_CONFIGURE_SSO_DEFAULT_SSO_REGION", "a b"),
        ("AWS_CONFIGURE_DEFAULT_REGION", "a b"),
        ("AWS_DEFAULT_REGION", "a b"),
    ] {
        let mut world = new_home();
        world.home.env(name, value);
        let lines = refused(&world, &[&["--profile", "dev", "--sso-session", "corp"], &DEVELOPER]);
        assert!(lines.last().unwrap().contains(name), "{lines:?}");
    }
}

#[test]
fn profile_names_that_javascript_does_not_read_are_refused() {
    for name in [
        "my profile",
        "équipe",
        "a'b",
        "a\"b",
        "a#b",
        "a]b",
        "a\\b",
        "a,b",
        "a;b",
        "日本",
        " a",
        "a\u{200b}",
        "__proto__",
    ] {
        let lines =
            refused(&with_config(SESSION), &[&["--profile", name, "--sso-session", "corp"], &DEVELOPER]);
        let end = "is not valid: it must be letters, digits and `_.@+-/:`, which every SDK reads";
        assert!(lines[0].ends_with(end), "{lines:?}");
        assert_eq!(lines[1], "hint: correct --profile");
    }
    let world = with_config(SESSION);
    for name in ["a_b.c@d+e-f/g:h", "9", "Prod.Admin", "-x"] {
        told(&configure(&world, &[&[&*format!("--profile={name}"), "--sso-session", "corp"], &DEVELOPER]));
        assert!(config(&world).contains(&format!("\n[profile {name}]\n")), "{}", config(&world));
    }
}

#[test]
fn a_session_name_that_a_line_cannot_hold_is_refused() {
    for name in [
        "my corp", "o'neil", "a\"b", "~corp", "$x", "a;b", "a&b", "a%b%", "a\\b", "(a)", "#a", "a`b", "a|b",
        "a\u{a0}b",
    ] {
        let address = &CORP[2..];
        let lines =
            refused(&new_home(), &[&["--profile", "dev", "--sso-session", name], address, &DEVELOPER]);
        assert!(lines[0].contains("a credential_process line cannot hold --sso-session `"), "{lines:?}");
        let last = lines.last().unwrap();
        assert!(last.starts_with("hint: ") && last.contains("letters, digits and `_.@+-`"), "{lines:?}");
    }
}

#[test]
fn such_a_session_can_have_native_profiles() {
    let world = with_config(
        "[sso-session 'my corp']\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\n",
    );
    told(&profile(&world, "dev", &["--native"]));
    assert!(
        config(&world)
            .ends_with("sso_session = my corp\nsso_account_id = 111122223333\nsso_role_name = Developer\n")
    );
    let lines = refused(&world, &[&["--profile", "other", "--sso-session", "my corp"], &DEVELOPER]);
    assert!(lines.iter().any(|line| line.contains("cannot hold --sso-session `my corp`")), "{lines:?}");
}

#[cfg(unix)]
#[test]
fn a_program_in_a_directory_that_needs_quotes_is_refused() {
    let world = with_config(SESSION);
    let directory = world.home.temporary().join("my programs");
    fs::create_dir(&directory).unwrap();
    let copy = directory.join("aws-sso-cred");
    if fs::hard_link(crate::common::PROGRAM, &copy).is_err() {
        fs::copy(crate::common::PROGRAM, &copy).unwrap();
    }
    let run = |more: &[&str]| {
        let mut command = world.home.command_of(&copy);
        command.args(["configure", "--profile", "dev", "--sso-session", "corp"]).args(DEVELOPER).args(more);
        crate::common::finish(&mut command)
    };
    let lines = failed(&run(&[]), 2);
    assert!(
        lines[0]
            .starts_with("aws-sso-cred: a credential_process line cannot hold the path of aws-sso-cred `")
    );
    assert!(lines[2].contains("/usr/local/bin"), "{lines:?}");
    assert_eq!(config(&world), SESSION);
    assert_eq!(run(&["--native"]).status, 0, "no line, no path");
}

#[test]
fn a_start_url_of_another_region_is_refused() {
    for url in
        ["https://ssoins-1.portal.us-east-2.app.aws", "https://ssoins-1.us-east-2.portal.amazonaws.com"]
    {
        let lines = refused(
            &new_home(),
            &[
                &["--profile", "dev", "--sso-session", "corp", "--start-url", url, "--region", "eu-west-1"],
                &DEVELOPER,
            ],
        );
        assert!(lines[0].contains("is in region `us-east-2`"), "{lines:?}");
    }
}

#[test]
fn options_that_exclude_each_other_are_refused() {
    for arguments in [
        &["--native", "--both"][..],
        &["--session-only", "--profile", "x"],
        &["--session-only", "--account-id", "111122223333"],
        &["--session-only", "--client-region", "eu-west-1"],
        &["--session-only", "--native"],
    ] {
        let lines = refused(&with_config(SESSION), &[arguments]);
        assert!(lines[0].contains("cannot be used with"), "{lines:?}");
    }
}

#[test]
fn a_variable_does_not_count_where_an_option_gives_the_value() {
    let mut world = new_home();
    let variables = [
        ("AWS_CONFIGURE_SSO_DEFAULT_SSO_START_URL", "ftp://x"),
        ("AWS_CONFIGURE_DEFAULT_SSO_REGION", "a b"),
        ("AWS_DEFAULT_REGION", "a b"),
    ];
    variables.iter().for_each(|(name, value)| world.home.env(name, value));
    told(&profile(&world, "dev", &[&CORP[..], &["--client-region", "eu-west-1"]].concat()));
}

#[test]
fn a_file_that_cannot_be_edited_is_named_before_what_is_missing() {
    let utf16: Vec<u8> =
        [0xfeff].into_iter().chain(SESSION.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    for (bytes, fault) in [(utf16, "it is UTF-16"), (b"\n\0".to_vec(), "line 2 has a NUL byte")] {
        let world = new_home();
        fs::create_dir(world.home.home().join(".aws")).unwrap();
        fs::write(world.home.config_path(), bytes).unwrap();
        let lines = refused(&world, &[]);
        assert!(lines[0].contains(fault), "{lines:?}");
    }
}

#[test]
fn populate_refuses_a_session_that_no_line_can_have_before_a_sign_in() {
    let world = with_config(&SESSION.replace("corp]", "'my corp']"));
    let lines = refused(&world, &[&["populate"]]);
    assert!(lines[0].contains("a credential_process line cannot hold --sso-session `my corp`"), "{lines:?}");
    let native = world.home.run(&["configure", "populate", "--native"]);
    assert_eq!(native.status, 1, "{}", native.stderr);
}
