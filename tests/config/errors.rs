//! What is said when the configuration is wrong: file, line, section and key.

use std::fs;

use aws_sso_cred::config::{all_sessions, resolve_role, resolve_session};
use aws_sso_cred::context::Context;
use aws_sso_cred::error::{ConfigurationError, Error};
use aws_sso_cred::options::Options;
use aws_sso_cred::timestamp::Timestamp;

use crate::{CORP, Home, profile};

/// The error of a run with `--profile dev`.
fn error_of(config: &str) -> String {
    error_with(&Home::new(config), &profile("dev"))
}

fn error_with(home: &Home, options: &Options) -> String {
    let error = resolve_role(&home.context(), options).unwrap_err();
    assert_eq!(error.exit_code(), 2);
    error.to_string()
}

#[test]
fn missing_values_are_named_all_at_once() {
    assert_eq!(
        error_of("[profile dev]\nregion = eu-west-1\n"),
        "aws-sso-cred: profile `dev` lacks sso_start_url, sso_region, sso_role_name, sso_account_id\n\
         each value has a key in ~/.aws/config, a flag and a variable: `aws-sso-cred --help` lists them\n\
         hint: add them to [profile dev] in ~/.aws/config, or run `aws configure sso --profile dev`"
    );
    assert_eq!(
        error_of(&CORP.replace("sso_region", "sso_regoin")),
        "aws-sso-cred: sso-session `corp` lacks sso_region\n\
         each value has a key in ~/.aws/config, a flag and a variable: `aws-sso-cred --help` lists them\n\
         hint: add it to [sso-session corp] in ~/.aws/config, or run `aws configure sso-session`"
    );
    assert_eq!(
        error_with(&Home::new(CORP), &Options::default()),
        "aws-sso-cred: sso_start_url, sso_region, sso_role_name, sso_account_id are missing: no profile was named\n\
         each value has a key in ~/.aws/config, a flag and a variable: `aws-sso-cred --help` lists them\n\
         hint: name a profile of ~/.aws/config that has them: `aws-sso-cred --profile NAME`"
    );
}

#[test]
fn a_block_of_settings_is_no_value() {
    let error = error_of(&CORP.replace("sso_role_name = Developer", "sso_role_name =\n  name = Developer"));
    assert!(error.starts_with("aws-sso-cred: profile `dev` lacks sso_role_name\n"), "{error}");
}

#[test]
fn a_profile_of_another_kind_is_recognised() {
    let error = error_of("[profile dev]\ncredential_process = other-tool --profile dev\n");
    assert!(
        error.ends_with(
            "hint: profile `dev` has `credential_process` and no sso_ keys: use `--profile NAME` with the profile that has them"
        ),
        "{error}"
    );
    let error = error_of("[profile dev]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = sso\n");
    assert!(error.contains("has `role_arn` and no sso_ keys"), "{error}");
}

#[test]
fn a_profile_that_assumes_a_role_names_the_profile_with_the_sign_in() {
    let assuming = |source: &str| format!("[profile dev]\nrole_arn = x\nsource_profile = {source}\n");
    let between = "[profile between]\nrole_arn = y\nsource_profile = ";
    let line = "[profile line]\ncredential_process = aws-sso-cred --sso-session corp\n";
    let corp = CORP.replace("[profile dev]", "[profile my base]");
    for (config, source) in [
        (format!("{}{corp}", assuming("my base")), "'my base'"),
        (format!("{}{between}my base\n{corp}", assuming("between")), "'my base'"),
        (format!("{}{line}{corp}", assuming("line")), "line"),
    ] {
        let error = error_of(&config);
        assert!(error.contains("assumes a role through profile `"), "{error}");
        assert!(error.ends_with(&format!("which has the sso_ keys: use `--profile {source}`")), "{error}");
    }
    let with_keys = format!("{}aws_access_key_id = AKIA\n", assuming("dev"));
    for (config, hint) in [
        (assuming("dev"), "`source_profile` of profile `dev` names profile `dev`"),
        (format!("{}{between}dev\n", assuming("between")), "a circle, `dev` -> `between` -> `dev`"),
        (
            assuming("dev").replace("role_arn = x", "credential_process = other"),
            "`source_profile` of profile",
        ),
        (assuming("nowhere"), "has `role_arn` and no sso_ keys"),
        (with_keys, "has `role_arn` and no sso_ keys"),
    ] {
        let error = error_of(&config);
        assert!(error.contains(hint), "{config}: {error}");
    }
}

#[test]
fn an_invisible_character_is_named() {
    for (place, told) in [
        ("corp.awsapps.com/start", "start URL `https://corp.awsapps.com/start\\u{200b}`"),
        ("111122223333", "account id `111122223333\\u{200b}`"),
        ("Developer", "role name `Developer\\u{200b}`"),
        ("eu-west-1", "SSO region `eu-west-1\\u{200b}`"),
    ] {
        let error = error_of(&CORP.replace(place, &format!("{place}\u{200b}")));
        assert!(error.contains(&format!("{told} contains an invisible character (U+200B)\n")), "{error}");
        assert!(error.contains("\nhint: remove that character from `sso_"), "{error}");
    }
    let error = error_of(&CORP.replace("sso_region", "\u{feff}sso_region"));
    assert!(
        error.ends_with(
            "line 9 of ~/.aws/config has an invisible character in its key, so it was skipped: correct it"
        ),
        "{error}"
    );
    let error = error_of(&CORP.replace("[profile dev]", "[profile dev\u{200b}]"));
    assert!(
        error.ends_with(
            "hint: [profile dev\\u{200b}] in `~/.aws/config` contains an invisible character (U+200B): type the name again"
        ),
        "{error}"
    );
    let error = error_of(&CORP.replace("[sso-session corp]", "[sso-session corp\u{200b}]"));
    assert!(error.contains("hint: [sso-session corp\\u{200b}] in `~/.aws/config` contains an"), "{error}");
    for (header, told) in [
        (
            "[profile dev\u{a0}]",
            "[profile dev\\u{a0}] in `~/.aws/config` contains an invisible character (U+00A0)",
        ),
        (
            "[profile\u{a0}dev]",
            "[profile \\u{a0}dev] in `~/.aws/config` contains an invisible character (U+00A0)",
        ),
        ("[profile \u{a0}dev]", "(U+00A0)"),
        (
            "\u{a0}[profile dev]",
            "[profile \\u{a0}dev] in `~/.aws/config` contains an invisible character (U+00A0)",
        ),
        ("[profile\u{200b}dev]", "(U+200B)"),
        ("[\u{200b}profile dev]", "(U+200B)"),
        ("[profile d\u{200b}ev]", "[profile d\\u{200b}ev] in"),
        ("[profile\u{3000}dev]", "(U+3000)"),
        ("[profile dev\u{85}]", "(U+0085)"),
        ("[profile dev\u{180e}]", "(U+180E)"),
        ("[profile dev\u{2028}]", "(U+2028)"),
        ("[profile dev\u{0}]", "(U+0000)"),
        ("[profile dev]\u{a0}", ""),
    ] {
        let home = Home::new(CORP.replace("[profile dev]", header));
        match resolve_role(&home.context(), &profile("dev")) {
            Ok(_) => assert!(told.is_empty(), "{header:?}"),
            Err(error) => {
                assert!(error.to_string().contains(told) && !told.is_empty(), "{header:?}: {error}");
            }
        }
        // It ends the section before it, whatever it is itself.
        let home =
            Home::new(format!("[profile first]\nregion = x\n{}", CORP.replace("[profile dev]", header)));
        assert!(error_with(&home, &profile("first")).contains("lacks sso_start_url"), "{header:?}");
    }
    let error = error_of(&CORP.replace("[sso-session corp]", "[sso-session\u{a0}corp]"));
    assert!(error.contains("[sso-session \\u{a0}corp] in `~/.aws/config` contains an invisible"), "{error}");
    // Files that were put together keep each its byte order mark, in the middle of the whole.
    for hidden in ['\u{feff}', '\u{200b}'] {
        let dev = CORP.split("\n[").next().unwrap();
        let last = dev.replace("dev", "last");
        let home = Home::new(format!("{CORP}{last}{hidden}[profile other]\nsso_account_id = 999999999999\n"));
        let request = resolve_role(&home.context(), &profile("last")).unwrap().request;
        assert_eq!(request.account_id.as_str(), "111122223333", "that of the next section");
        let error = error_with(&home, &profile("other"));
        assert!(error.contains("in `~/.aws/config` contains an invisible character (U+"), "{error}");
    }
    // A name may need one: it joins the letters of an emoji, and of some scripts.
    let joined = CORP.replace("corp]", "\u{1f469}\u{200d}\u{1f4bb}]");
    let joined = joined.replace("= corp", "= \u{1f469}\u{200d}\u{1f4bb}");
    assert!(resolve_role(&Home::new(joined).context(), &profile("dev")).is_ok());
}

#[test]
fn the_name_of_an_iam_role_is_not_taken_for_a_permission_set() {
    for role in [
        "AWSReservedSSO_Developer_0123456789abcdef",
        "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Developer_0123456789abcdef",
    ] {
        let error = error_of(&CORP.replace("= Developer", &format!("= {role}")));
        assert_eq!(
            error,
            format!(
                "aws-sso-cred: role name `{role}` is an IAM role, not a permission set\n\
                 hint: correct `sso_role_name` in [profile dev], ~/.aws/config line 4: \
                 the name of the permission set is probably `Developer`"
            )
        );
    }
}

#[test]
fn a_file_in_utf_16_is_told_from_a_profile_that_is_not_there() {
    let little: Vec<u8> = CORP.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = CORP.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let expected = "aws-sso-cred: the encoding of ~/.aws/config is UTF-16, which AWS's tools cannot read\n\
                    hint: save ~/.aws/config as UTF-8, with `Save as` in your editor";
    for bytes in
        [[b"\xff\xfe", &little[..]].concat(), [b"\xfe\xff", &big[..]].concat(), little.clone(), big.clone()]
    {
        let home = Home::new(&bytes);
        assert_eq!(error_with(&home, &profile("dev")), expected);
        let in_session = Options { sso_session: Some("corp".to_owned()), ..Options::default() };
        assert_eq!(error_with(&home, &in_session), expected);
        let (sessions, broken) = all_sessions(&home.context()).unwrap();
        assert_eq!((sessions, broken[0].to_string().as_str()), (Vec::new(), expected));
    }
    // It costs no profile of the other file.
    let home = Home::new(CORP);
    fs::write(home.path(".aws/credentials"), [b"\xff\xfe", &little[..]].concat()).unwrap();
    assert!(resolve_role(&home.context(), &profile("dev")).is_ok());
    assert!(error_with(&home, &profile("x")).contains("the encoding of ~/.aws/credentials is UTF-16"));
    let text = error_with(&Home::new("[profile a\0b]\n"), &profile("dev"));
    assert!(text.contains("profile `dev` is not in"), "a zero byte alone is no UTF-16: {text}");
}

#[test]
fn no_config_file_and_no_home_are_told_from_a_profile_that_is_not_there() {
    let home = Home::empty();
    for (options, wanted) in [
        (profile("dev"), "profile `dev`"),
        (Options { sso_session: Some("corp".to_owned()), ..Options::default() }, "sso-session `corp`"),
    ] {
        assert_eq!(
            error_with(&home, &options),
            format!(
                "aws-sso-cred: there is no ~/.aws/config, so {wanted} cannot be found\n\
                 hint: run `aws configure sso`, or `aws-sso-cred login --start-url URL --region REGION`"
            )
        );
        for nowhere in [&[][..], &[("HOME", ".")]] {
            let context = Context::fake(nowhere, Timestamp::from_unix(0));
            let error = resolve_role(&context, &options).unwrap_err();
            assert_eq!(error, Error::Configuration(ConfigurationError::NoHome), "{nowhere:?}");
        }
    }
    let only_credentials = Home::empty().credentials("[x]\naws_access_key_id = x\n");
    assert!(error_with(&only_credentials, &profile("dev")).contains("there is no ~/.aws/config"));
    assert!(error_with(&only_credentials, &profile("x")).contains("lacks sso_start_url"));
}

#[test]
fn half_an_address_is_not_blamed_on_a_profile_that_nobody_named() {
    let start_url =
        Options { start_url: Some("https://x.awsapps.com/start".to_owned()), ..Options::default() };
    let region = Options { region: Some("eu-west-1".to_owned()), ..Options::default() };
    let half = "[default]\nregion = eu-west-1\n";
    for (home, variables) in [
        (Home::new(CORP), vec![]),
        (Home::new(half), vec![]),
        (Home::empty(), vec![]),
        (Home::new(CORP), vec![("AWS_PROFILE", "gone")]),
    ] {
        let of = |options: &Options| {
            resolve_session(&home.context_with(&variables), options, true).unwrap_err().to_string()
        };
        assert_eq!(
            of(&start_url),
            "aws-sso-cred: sso_region is missing: the start URL was given without a region\n\
             each value has a key in ~/.aws/config, a flag and a variable: `aws-sso-cred --help` lists them\n\
             hint: add `--region REGION` with the region of Identity Center, or set AWS_SSO_REGION"
        );
        if variables.is_empty() {
            assert_eq!(
                of(&region),
                "aws-sso-cred: sso_start_url is missing: the region was given without a start URL\n\
                 each value has a key in ~/.aws/config, a flag and a variable: `aws-sso-cred --help` lists them\n\
                 hint: add `--start-url URL`, or name the session with `--sso-session NAME`"
            );
        } else {
            assert!(
                of(&region).contains("profile `gone`, which AWS_PROFILE names, is not in"),
                "{}",
                of(&region)
            );
        }
    }
    // A profile that was named is still to blame, and one that completes the address does.
    let named = Options { profile: Some("gone".to_owned()), ..start_url.clone() };
    let error = resolve_session(&Home::new(CORP).context(), &named, true).unwrap_err();
    assert!(!error.to_string().contains("--region"), "{error}");
    let home = Home::new("[default]\nsso_start_url = https://y/\nsso_region = r\n");
    assert_eq!(resolve_session(&home.context(), &start_url, true).unwrap().session.region.as_str(), "r");
}

#[test]
fn a_broken_line_is_blamed_when_a_value_is_missing_and_only_then() {
    let broken = CORP.replace("sso_role_name =", "sso_role_name");
    let error = error_of(&format!("# a comment\n\n{broken}"));
    assert!(
        error.ends_with("\nhint: line 6 of ~/.aws/config has no `=`, so it was skipped: correct it"),
        "{error}"
    );
    let error = error_of(&CORP.replace("sso_start_url =", "sso_start_url"));
    assert!(error.contains("line 8 of ~/.aws/config does not begin with `key =`"), "{error}");
    let harmless = CORP.replace("region = eu-central-1", "nonsense\n= x\na b = c");
    assert!(resolve_role(&Home::new(harmless).context(), &profile("dev")).is_ok());
}

#[test]
fn an_unknown_profile_is_named_with_what_was_probably_meant() {
    let home = Home::new(format!("{CORP}[profile my prof]\n[profile 'our prof']\n[default]\n"));
    for (name, hint) in [
        ("Dev", "did you mean `--profile dev`?"),
        ("deb", "did you mean `--profile dev`?"),
        ("our-prof", "did you mean `--profile 'our prof'`?"),
        ("prod", "add a [profile prod] section, or run `aws configure sso --profile prod`"),
        ("x y", "add a [profile 'x y'] section, or run `aws configure sso --profile 'x y'`"),
    ] {
        assert_eq!(
            error_with(&home, &profile(name)),
            format!("aws-sso-cred: profile `{name}` is not in ~/.aws/config\nhint: {hint}")
        );
    }
    let variable = home.context_with(&[("AWS_PROFILE", "dve1")]);
    let error = resolve_session(&variable, &Options::default(), true).unwrap_err();
    assert_eq!(
        error.to_string(),
        "aws-sso-cred: profile `dve1`, which AWS_PROFILE names, is not in ~/.aws/config\n\
         hint: add a [profile dve1] section, or run `aws configure sso --profile dve1`"
    );
    let home = Home::new(CORP);
    let error = resolve_session(&home.context(), &Options::default(), true).unwrap_err();
    assert_eq!(
        error.to_string(),
        "aws-sso-cred: profile `default` is not in ~/.aws/config\n\
         hint: name a session with `--sso-session NAME`, or a profile with `--profile NAME`"
    );
}

#[test]
fn an_unknown_session_is_named_with_who_asks_for_it() {
    assert_eq!(
        error_of(&CORP.replace("[sso-session corp]", "[sso-session other]")),
        "aws-sso-cred: profile `dev` refers to sso-session `corp`, which is not in ~/.aws/config\n\
         hint: add an [sso-session corp] section with sso_start_url and sso_region, or run `aws configure sso-session`"
    );
    assert_eq!(
        error_of(&CORP.replace("sso_session = corp", "sso_session = Corp")),
        "aws-sso-cred: profile `dev` refers to sso-session `Corp`, which is not in ~/.aws/config\n\
         hint: did you mean `corp`? correct `sso_session` in [profile dev], ~/.aws/config line 2"
    );
    let options = Options { sso_session: Some("crop".to_owned()), ..Options::default() };
    assert_eq!(
        error_with(&Home::new(CORP), &options),
        "aws-sso-cred: --sso-session names sso-session `crop`, which is not in ~/.aws/config\n\
         hint: add an [sso-session crop] section with sso_start_url and sso_region, or run `aws configure sso-session`"
    );
}

#[test]
fn an_invalid_value_is_shown_where_it_stands() {
    let with = |key: &str, value: &str| {
        let line = CORP.lines().find(|line| line.starts_with(key)).unwrap();
        error_of(&CORP.replacen(line, &format!("{key} = {value}"), 1))
    };
    for (key, value, what, place) in [
        (
            "sso_account_id",
            "12345",
            "account id `12345` is not valid: it must be 12 digits",
            "[profile dev], ~/.aws/config line 3",
        ),
        (
            "sso_role_name",
            "a b",
            "role name `a b` is not valid: it must be 1 to 64 letters, digits or `_+=,.@-`",
            "[profile dev], ~/.aws/config line 4",
        ),
        (
            "sso_start_url",
            "http://corp.awsapps.com/start",
            "start URL `http://corp.awsapps.com/start` is not valid: it must start with https://",
            "[sso-session corp], ~/.aws/config line 8",
        ),
        (
            "sso_region",
            "evil.com/",
            "SSO region `evil.com/` is not valid: it must be a region name such as `eu-west-1`",
            "[sso-session corp], ~/.aws/config line 9",
        ),
    ] {
        assert_eq!(with(key, value), format!("aws-sso-cred: {what}\nhint: correct `{key}` in {place}"));
    }
    let quoted = error_of(&CORP.replace("111122223333", "\"111122223333\""));
    assert!(quoted.contains("account id `\"111122223333\"` is not valid"), "{quoted}");
}

#[test]
fn an_invalid_value_is_blamed_on_the_flag_variable_or_file_it_comes_from() {
    let home = Home::new(CORP).credentials("[x]\n\n[dev]\nsso_account_id = 1\n");
    let error = error_with(&home, &profile("dev"));
    assert!(error.ends_with("hint: correct `sso_account_id` in [dev], ~/.aws/credentials line 4"), "{error}");
    let options = Options { account_id: Some("1".to_owned()), ..profile("dev") };
    assert!(error_with(&home, &options).ends_with("hint: correct --account-id"));
    let context = home.context_with(&[("AWS_SSO_ACCOUNT_ID", "1\u{1b}[2J")]);
    let error = resolve_role(&context, &profile("dev")).unwrap_err().to_string();
    assert_eq!(
        error,
        "aws-sso-cred: account id `1\\u{1b}[2J` is not valid: it must be 12 digits\n\
         hint: correct environment variable AWS_SSO_ACCOUNT_ID"
    );
}

#[test]
fn line_numbers_are_counted_as_editors_count() {
    for break_ in ["\n", "\r\n", "\r"] {
        let text = format!("\u{feff}# one\n\n{CORP}").replace("111122223333", "1").replace('\n', break_);
        let error = error_of(&text);
        assert!(error.ends_with("~/.aws/config line 5"), "{break_:?}: {error}");
    }
}

#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_read_is_an_error_and_a_missing_one_is_empty() {
    let home = Home::empty();
    fs::create_dir(home.path(".aws/config")).unwrap();
    assert_eq!(
        error_with(&home, &profile("dev")),
        "aws-sso-cred: cannot read ~/.aws/config: is a directory\n\
         hint: make ~/.aws/config a file that you can read, or name another one in AWS_CONFIG_FILE"
    );
    let home = Home::new(CORP);
    fs::create_dir(home.path(".aws/credentials")).unwrap();
    assert!(error_with(&home, &profile("dev")).contains("name another one in AWS_SHARED_CREDENTIALS_FILE"));

    let fifo = Home::empty();
    let made = std::process::Command::new("mkfifo").arg(fifo.path(".aws/config")).status();
    assert!(made.unwrap().success());
    assert!(error_with(&fifo, &profile("dev")).contains("cannot read ~/.aws/config: is not a regular file"));

    let empty = Home::empty();
    let context = empty.context_with(&[("AWS_CONFIG_FILE", "/dev/null")]);
    let error = resolve_role(&context, &profile("dev")).unwrap_err().to_string();
    assert!(error.starts_with("aws-sso-cred: profile `dev` is not in /dev/null\n"), "{error}");
    for missing in ["/dev/null/config", "~/no/such/directory"] {
        let context = empty.context_with(&[("AWS_CONFIG_FILE", missing)]);
        assert_eq!(
            resolve_role(&context, &profile("dev")).unwrap_err().to_string(),
            format!(
                "aws-sso-cred: AWS_CONFIG_FILE names {missing}, which does not exist, so profile `dev` cannot be found\n\
                 hint: correct or unset AWS_CONFIG_FILE"
            )
        );
    }
    let endless = Home::empty().context_with(&[("AWS_CONFIG_FILE", "/dev/zero")]);
    let error = resolve_role(&endless, &profile("dev")).unwrap_err().to_string();
    assert!(error.contains("cannot read /dev/zero: it is larger than 64 MiB"), "{error}");
}

#[test]
fn a_password_in_an_address_is_not_repeated() {
    let config = CORP.replace("https://corp.", "https://somebody:password@corp.");
    let told = error_of(&config);
    assert!(told.contains("corp.awsapps.com/start") && !told.contains("password"), "{told}");
}
