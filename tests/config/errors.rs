//! What is said when the configuration is wrong: file, line, section and key.

use std::fs;

use aws_sso_cred::config::{resolve_role, resolve_session};
use aws_sso_cred::options::Options;

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
        "aws-sso-cred: missing start URL, SSO region, role, account: profile `dev` in ~/.aws/config does not have them\n\
         set sso_start_url (or --start-url, or AWS_SSO_START_URL); sso_region (or --region, or AWS_SSO_REGION); \
         sso_role_name (or --role-name, or AWS_SSO_ROLE_NAME); sso_account_id (or --account-id, or AWS_SSO_ACCOUNT_ID)\n\
         hint: add the keys by hand, or run `aws configure sso --profile dev`"
    );
    assert_eq!(
        error_of(&CORP.replace("sso_region", "sso_regoin")),
        "aws-sso-cred: missing SSO region: neither profile `dev` nor sso-session `corp` in ~/.aws/config has it\n\
         set sso_region (or --region, or AWS_SSO_REGION)\n\
         hint: add to [sso-session corp] what is missing, or run `aws configure sso-session`"
    );
    assert_eq!(
        error_with(&Home::new(CORP), &Options::default()),
        "aws-sso-cred: missing start URL, SSO region, role, account: no profile was named with --profile\n\
         set sso_start_url (or --start-url, or AWS_SSO_START_URL); sso_region (or --region, or AWS_SSO_REGION); \
         sso_role_name (or --role-name, or AWS_SSO_ROLE_NAME); sso_account_id (or --account-id, or AWS_SSO_ACCOUNT_ID)\n\
         hint: name a profile that has the keys: `aws-sso-cred --profile NAME`"
    );
}

#[test]
fn a_profile_of_another_kind_is_recognised() {
    let error = error_of("[profile dev]\ncredential_process = aws-sso-cred --profile dev\n");
    assert!(
        error.ends_with(
            "hint: profile `dev` has `credential_process` and no sso_ keys: let --profile name the profile that has them"
        ),
        "{error}"
    );
    let error = error_of("[profile dev]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = sso\n");
    assert!(error.contains("has `role_arn` and no sso_ keys"), "{error}");
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
    let nobody = Home::new(CORP).context();
    let error = resolve_session(&nobody, &Options::default(), true).unwrap_err();
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
         hint: make ~/.aws/config a readable file, or point AWS_CONFIG_FILE at another"
    );
    let home = Home::new(CORP);
    fs::create_dir(home.path(".aws/credentials")).unwrap();
    assert!(error_with(&home, &profile("dev")).contains("point AWS_SHARED_CREDENTIALS_FILE at another"));

    let fifo = Home::empty();
    let made = std::process::Command::new("mkfifo").arg(fifo.path(".aws/config")).status();
    assert!(made.unwrap().success());
    assert!(error_with(&fifo, &profile("dev")).contains("cannot read ~/.aws/config: is not a regular file"));

    let empty = Home::empty();
    for missing in ["/dev/null", "/dev/null/config", "~/no/such/directory"] {
        let context = empty.context_with(&[("AWS_CONFIG_FILE", missing)]);
        let error = resolve_role(&context, &profile("dev")).unwrap_err().to_string();
        assert!(error.starts_with(&format!("aws-sso-cred: profile `dev` is not in {missing}")), "{error}");
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
