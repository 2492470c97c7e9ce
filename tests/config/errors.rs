//! Error texts for a wrong configuration: file, line, section and key.

use aws_sso_cred::selection::{Selection, resolve_role, resolve_session};

use crate::{CORP, Home, profile};

/// The error text of a run with `--profile dev`.
pub fn error_of(config: &str) -> String {
    error_with(&Home::new(config), &profile("dev"))
}

pub fn error_with(home: &Home, options: &Selection) -> String {
    let error = resolve_role(&home.context(), options).unwrap_err();
    assert_eq!(error.exit_code(), 2);
    error.to_string()
}

#[test]
fn all_missing_values_are_named_in_one_error() {
    assert_eq!(
        error_of("[profile dev]\nregion = eu-west-1\n"),
        "aws-sso-cred: profile `dev` lacks sso_start_url, sso_region, sso_role_name and sso_account_id\n\
         each value has a key in ~/.aws/config, a flag and a variable: `aws-sso-cred --help` lists them\n\
         hint: add them to [profile dev] in ~/.aws/config, or run `aws-sso-cred configure --profile dev`"
    );
    assert_eq!(
        error_of(&CORP.replace("sso_region", "sso_regoin")),
        "aws-sso-cred: sso-session `corp` lacks sso_region\n\
         each value has a key in ~/.aws/config, a flag and a variable: `aws-sso-cred --help` lists them\n\
         hint: add it to [sso-session corp] in ~/.aws/config, or run `aws-sso-cred configure --session-only --sso-session corp`"
    );
    assert_eq!(
        error_with(&Home::new(CORP), &Selection::default()),
        "aws-sso-cred: sso_start_url, sso_region, sso_role_name and sso_account_id are missing: no profile was named\n\
         each value has a key in ~/.aws/config, a flag and a variable: `aws-sso-cred --help` lists them\n\
         hint: name a profile of ~/.aws/config that has them: `aws-sso-cred --profile NAME`"
    );
}

#[test]
fn a_nested_block_does_not_count_as_a_value() {
    let error = error_of(&CORP.replace("sso_role_name = Developer", "sso_role_name =\n  name = Developer"));
    assert!(error.starts_with("aws-sso-cred: profile `dev` lacks sso_role_name\n"), "{error}");
}

#[test]
fn a_profile_without_sso_is_reported_by_its_kind() {
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
fn an_invisible_character_in_a_config_is_named() {
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
        // An invalid header ends the section before it.
        let home =
            Home::new(format!("[profile first]\nregion = x\n{}", CORP.replace("[profile dev]", header)));
        assert!(error_with(&home, &profile("first")).contains("lacks sso_start_url"), "{header:?}");
    }
    let error = error_of(&CORP.replace("[sso-session corp]", "[sso-session\u{a0}corp]"));
    assert!(error.contains("[sso-session \\u{a0}corp] in `~/.aws/config` contains an invisible"), "{error}");
    // Concatenated files keep their byte order marks, which are then in the middle.
    for hidden in ['\u{feff}', '\u{200b}'] {
        let dev = CORP.split("\n[").next().unwrap();
        let last = dev.replace("dev", "last");
        let home = Home::new(format!("{CORP}{last}{hidden}[profile other]\nsso_account_id = 999999999999\n"));
        let request = resolve_role(&home.context(), &profile("last")).unwrap().request;
        assert_eq!(request.account_id.as_str(), "111122223333", "the account id of the next section is used");
        let error = error_with(&home, &profile("other"));
        assert!(error.contains("in `~/.aws/config` contains an invisible character (U+"), "{error}");
    }
    // A name may need an invisible character: it joins the parts of an emoji, and of letters in
    // some scripts.
    let joined = CORP.replace("corp]", "\u{1f469}\u{200d}\u{1f4bb}]");
    let joined = joined.replace("= corp", "= \u{1f469}\u{200d}\u{1f4bb}");
    assert!(resolve_role(&Home::new(joined).context(), &profile("dev")).is_ok());
}

#[test]
fn an_iam_role_name_is_reported_as_not_a_permission_set() {
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
fn a_start_url_without_a_region_is_not_blamed_on_a_profile() {
    let start_url =
        Selection { start_url: Some("https://x.awsapps.com/start".to_owned()), ..Selection::default() };
    let region = Selection { region: Some("eu-west-1".to_owned()), ..Selection::default() };
    let half = "[default]\nregion = eu-west-1\n";
    for (home, variables) in [
        (Home::new(CORP), vec![]),
        (Home::new(half), vec![]),
        (Home::empty(), vec![]),
        (Home::new(CORP), vec![("AWS_PROFILE", "gone")]),
    ] {
        let of = |options: &Selection| {
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
                "aws-sso-cred: sso_start_url is missing: `--region` was given without `--start-url`\n\
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
    // A profile that was named is still reported, and a profile that completes the values is used.
    let named = Selection { profile: Some("gone".to_owned()), ..start_url.clone() };
    let error = resolve_session(&Home::new(CORP).context(), &named, true).unwrap_err();
    assert!(!error.to_string().contains("--region"), "{error}");
    let home = Home::new("[default]\nsso_start_url = https://y/\nsso_region = r\n");
    assert_eq!(resolve_session(&home.context(), &start_url, true).unwrap().session.region.as_str(), "r");
}

#[test]
fn a_broken_config_line_is_reported_only_when_a_value_is_missing() {
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
fn an_unknown_profile_is_reported_with_a_suggestion() {
    let home = Home::new(format!("{CORP}[profile my prof]\n[profile 'our prof']\n[default]\n"));
    for (name, hint) in [
        ("Dev", "did you mean `--profile dev`?"),
        ("deb", "did you mean `--profile dev`?"),
        ("our-prof", "did you mean `--profile 'our prof'`?"),
        ("prod", "add a [profile prod] section, or run `aws-sso-cred configure --profile prod`"),
        ("x y", "add a [profile 'x y'] section, or run `aws-sso-cred configure --profile 'x y'`"),
    ] {
        assert_eq!(
            error_with(&home, &profile(name)),
            format!("aws-sso-cred: profile `{name}` is not in ~/.aws/config\nhint: {hint}")
        );
    }
    let variable = home.context_with(&[("AWS_PROFILE", "dve1")]);
    let error = resolve_session(&variable, &Selection::default(), true).unwrap_err();
    assert_eq!(
        error.to_string(),
        "aws-sso-cred: profile `dve1`, which AWS_PROFILE names, is not in ~/.aws/config\n\
         hint: add a [profile dve1] section, or run `aws-sso-cred configure --profile dve1`"
    );
    let home = Home::new(CORP);
    let error = resolve_session(&home.context(), &Selection::default(), true).unwrap_err();
    assert_eq!(
        error.to_string(),
        "aws-sso-cred: profile `default` is not in ~/.aws/config\n\
         hint: name a profile with `--profile NAME`, or a role with `--sso-session NAME --account-id ID --role-name NAME` or `--pick`"
    );
}

#[test]
fn an_unknown_session_is_reported_with_the_profile_that_refers_to_it() {
    assert_eq!(
        error_of(&CORP.replace("[sso-session corp]", "[sso-session other]")),
        "aws-sso-cred: profile `dev` refers to sso-session `corp`, which is not in ~/.aws/config\n\
         hint: add an [sso-session corp] section with sso_start_url and sso_region, or run `aws-sso-cred configure --session-only --sso-session corp`"
    );
    assert_eq!(
        error_of(&CORP.replace("sso_session = corp", "sso_session = Corp")),
        "aws-sso-cred: profile `dev` refers to sso-session `Corp`, which is not in ~/.aws/config\n\
         hint: did you mean `corp`? correct `sso_session` in [profile dev], ~/.aws/config line 2"
    );
    let options = Selection { sso_session: Some("crop".to_owned()), ..Selection::default() };
    assert_eq!(
        error_with(&Home::new(CORP), &options),
        "aws-sso-cred: --sso-session names sso-session `crop`, which is not in ~/.aws/config\n\
         hint: did you mean `--sso-session corp`?"
    );
    let options = Selection { sso_session: Some("other".to_owned()), ..Selection::default() };
    assert_eq!(
        error_with(&Home::new(CORP), &options),
        "aws-sso-cred: --sso-session names sso-session `other`, which is not in ~/.aws/config\n\
         hint: add an [sso-session other] section with sso_start_url and sso_region, or run `aws-sso-cred configure --session-only --sso-session other`"
    );
}

#[test]
fn an_invalid_value_is_reported_with_file_line_and_key() {
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
fn an_invalid_value_is_reported_with_its_flag_variable_or_file() {
    let home = Home::new(CORP).credentials("[x]\n\n[dev]\nsso_account_id = 1\n");
    let error = error_with(&home, &profile("dev"));
    assert!(error.ends_with("hint: correct `sso_account_id` in [dev], ~/.aws/credentials line 4"), "{error}");
    let options = Selection { account_id: Some("1".to_owned()), ..profile("dev") };
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
fn line_numbers_are_the_same_as_in_an_editor() {
    for break_ in ["\n", "\r\n", "\r"] {
        let text = format!("\u{feff}# one\n\n{CORP}").replace("111122223333", "1").replace('\n', break_);
        let error = error_of(&text);
        assert!(error.ends_with("~/.aws/config line 5"), "{break_:?}: {error}");
    }
}

#[test]
fn a_password_in_a_url_is_not_repeated() {
    let config = CORP.replace("https://corp.", "https://somebody:password@corp.");
    let told = error_of(&config);
    assert!(told.contains("corp.awsapps.com/start") && !told.contains("password"), "{told}");
}
