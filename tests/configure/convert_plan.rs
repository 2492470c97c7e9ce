//! `configure convert`: which change of a config file is planned.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

use aws_sso_cred::cli::{ConvertOptions, WriteOptions};
use aws_sso_cred::commands::configure::convert::plan::{Plan, plan};
use aws_sso_cred::config_editor::{ConfigurationFile, Document};
use aws_sso_cred::context::Context;
use aws_sso_cred::error::{ConfigurationError, Error, NotConvertible};
use aws_sso_cred::timestamp::Timestamp;

/// A home directory, and a program named `aws-sso-cred`, which is this test.
pub struct Home {
    directory: tempfile::TempDir,
}

impl Home {
    pub fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        fs::create_dir(directory.path().join(".aws")).unwrap();
        symlink(std::env::current_exe().unwrap(), directory.path().join("aws-sso-cred")).unwrap();
        Self { directory }
    }

    pub fn program(&self) -> PathBuf {
        self.directory.path().join("aws-sso-cred")
    }

    pub fn context(&self) -> Context {
        let home = self.directory.path().to_str().unwrap();
        Context::fake(&[("HOME", home), ("PATH", home)], Timestamp::from_unix(1_700_000_000))
    }

    fn credentials(&self, text: &str) {
        fs::write(self.directory.path().join(".aws/credentials"), text).unwrap();
    }

    pub fn plan(&self, options: &ConvertOptions, text: &[u8]) -> Result<Plan, Error> {
        let mut document = Document::parse(ConfigurationFile::Config, "~/.aws/config", text.to_vec())?;
        let plan = plan(&self.context(), options, &document)?;
        document.rewrite(plan.text.clone(), plan.sections.clone())?;
        assert_eq!(document.bytes(), plan.text);
        Ok(plan)
    }

    /// The text after the change, in which the program is called by its bare name.
    fn converted(&self, options: &ConvertOptions, text: &str) -> String {
        let plan = self.plan(options, text.as_bytes()).unwrap();
        assert!(plan.left.is_empty(), "{:?}", plan.left);
        String::from_utf8(plan.text).unwrap().replace(self.program().to_str().unwrap(), "aws-sso-cred")
    }

    /// The reason why `profile` is not converted.
    fn reason(&self, options: &ConvertOptions, text: &str) -> NotConvertible {
        match self.plan(options, text.as_bytes()).unwrap_err() {
            Error::Configuration(ConfigurationError::NotConvertible { reason, .. }) => reason,
            error => panic!("{error}"),
        }
    }
}

pub fn all() -> ConvertOptions {
    ConvertOptions { all: true, ..ConvertOptions::default() }
}

pub fn back(options: ConvertOptions) -> ConvertOptions {
    ConvertOptions { back: true, ..options }
}

fn named(names: &[&str]) -> ConvertOptions {
    let profiles = names.iter().map(|name| (*name).to_owned()).collect();
    ConvertOptions { profiles, ..ConvertOptions::default() }
}

fn keep_native(options: ConvertOptions) -> ConvertOptions {
    ConvertOptions { keep_native: true, ..options }
}

fn force(options: ConvertOptions) -> ConvertOptions {
    ConvertOptions { write: WriteOptions { force: true, ..WriteOptions::default() }, ..options }
}

/// A section of [`SESSION`] before `rest`.
fn with_session(rest: &str) -> String {
    format!("{SESSION}\n{rest}")
}

pub const SESSION: &str = "\
[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = eu-west-1
sso_registration_scopes = sso:account:access
";

const LINE: &str =
    "credential_process = aws-sso-cred --sso-session corp --account-id 111122223333 --role-name Developer\n";

const KEYS: &str = "\
sso_session = corp
sso_account_id = 111122223333
sso_role_name = Developer
";

/// The lines as comments, as a conversion keeps them.
fn kept(lines: &str) -> String {
    lines.split_inclusive('\n').fold(String::new(), |kept, line| kept + "# aws-sso-cred: " + line)
}

/// Converts all, and puts the keys back: the first must give `after`, the second the text before.
#[track_caller]
fn there_and_back(before: &str, after: &str) {
    let home = Home::new();
    let converted = home.plan(&all(), before.as_bytes()).unwrap();
    assert!(converted.left.is_empty(), "{:?}", converted.left);
    let shown = String::from_utf8(converted.text.clone()).unwrap();
    assert_eq!(shown.replace(home.program().to_str().unwrap(), "aws-sso-cred"), after);
    let again = home.plan(&back(all()), &converted.text).unwrap();
    assert_eq!(String::from_utf8(again.text).unwrap(), before);
}

#[test]
fn a_profile_of_aws_configure_sso_gets_a_line_in_the_place_of_its_keys() {
    there_and_back(
        &format!("[profile dev]\n{KEYS}region = eu-west-1\noutput = json\n{SESSION}"),
        &format!("[profile dev]\n{LINE}region = eu-west-1\noutput = json\n{SESSION}"),
    );
}

#[test]
fn an_older_profile_gets_a_line_with_its_start_url() {
    there_and_back(
        "[profile dev]\nsso_start_url = https://x.awsapps.com/start#/\nsso_region = eu-west-1\nsso_account_id = 111122223333\nsso_role_name = Developer\nregion = us-east-1\n",
        "[profile dev]\ncredential_process = aws-sso-cred --start-url https://x.awsapps.com/start#/ --region eu-west-1 --account-id 111122223333 --role-name Developer\nregion = us-east-1\n",
    );
}

#[test]
fn the_options_have_the_order_of_the_keys() {
    there_and_back(
        &with_session(
            "[default]\nregion=x\nsso_role_name=Developer\nsso_session=corp\nsso_account_id=111122223333",
        ),
        &with_session(
            "[default]\nregion=x\ncredential_process=aws-sso-cred --role-name Developer --sso-session corp --account-id 111122223333",
        ),
    );
}

#[test]
fn line_ends_indentation_comments_and_blocks_stay() {
    there_and_back(
        &with_session(
            "# mine\r\n[profile 'a b'] # c\r\n\r\n\t; first\r\n\tsso_session\t=\tcorp\r\n\tsso_account_id\t=\t111122223333\r\n\tsso_role_name\t=\tDeveloper\r\n\ts3 =\r\n\t\tmax_concurrent_requests = 20\r\n\r\n# next\r\n[profile b]\r\nregion=x\r\n",
        ),
        &with_session(
            "# mine\r\n[profile 'a b'] # c\r\n\r\n\t; first\r\n\tcredential_process\t=\taws-sso-cred --sso-session corp --account-id 111122223333 --role-name Developer\r\n\ts3 =\r\n\t\tmax_concurrent_requests = 20\r\n\r\n# next\r\n[profile b]\r\nregion=x\r\n",
        ),
    );
}

#[test]
fn what_the_line_cannot_say_is_kept_in_comments() {
    there_and_back(
        &with_session(
            "[profile dev]\nsso_session    = corp # our main org\nregion         = x\n\nsso_account_id = 111122223333\nSSO_Role_Name: Developer\n",
        ),
        &with_session(
            "[profile dev]\ncredential_process    = aws-sso-cred --sso-session corp --account-id 111122223333 --role-name Developer\n# aws-sso-cred: sso_session    = corp # our main org\nregion         = x\n\n# aws-sso-cred: sso_account_id = 111122223333\n# aws-sso-cred: SSO_Role_Name: Developer\n",
        ),
    );
}

#[test]
fn the_last_line_without_a_line_break_is_no_obstacle() {
    there_and_back(
        &with_session(
            "[profile dev]\nsso_session = corp\nsso_account_id = 111122223333\nregion = x\nsso_role_name = Developer",
        ),
        &with_session(
            "[profile dev]\ncredential_process = aws-sso-cred --sso-session corp --account-id 111122223333 --role-name Developer\n# aws-sso-cred: sso_session = corp\n# aws-sso-cred: sso_account_id = 111122223333\nregion = x\n# aws-sso-cred: sso_role_name = Developer",
        ),
    );
}

#[test]
fn a_profile_of_aws_sso_util_gets_our_line_instead_of_its_own() {
    let keys = "sso_start_url = https://x.awsapps.com/start\nsso_region = eu-west-1\nsso_account_id = 111122223333\nsso_role_name = Developer\n";
    let kept = kept(keys);
    there_and_back(
        &format!(
            "[profile dev]\n{keys}region = us-east-1\ncredential_process = aws-sso-util credential-process --profile dev\nsso_auto_populated = true\n"
        ),
        &format!(
            "[profile dev]\ncredential_process = aws-sso-cred --start-url https://x.awsapps.com/start --region eu-west-1 --account-id 111122223333 --role-name Developer\n{kept}region = us-east-1\n# aws-sso-cred: credential_process = aws-sso-util credential-process --profile dev\nsso_auto_populated = true\n"
        ),
    );
}

#[test]
fn a_profile_of_granted_gets_a_line() {
    there_and_back(
        "[profile Prod/Admin]\nsso_start_url             = https://x.awsapps.com/start\nsso_region                = eu-west-1\nsso_account_id            = 111122223333\nsso_role_name             = Developer\ncommon_fate_generated_from = aws-sso\n",
        "[profile Prod/Admin]\ncredential_process             = aws-sso-cred --start-url https://x.awsapps.com/start --region eu-west-1 --account-id 111122223333 --role-name Developer\n# aws-sso-cred: sso_start_url             = https://x.awsapps.com/start\n# aws-sso-cred: sso_region                = eu-west-1\n# aws-sso-cred: sso_account_id            = 111122223333\n# aws-sso-cred: sso_role_name             = Developer\ncommon_fate_generated_from = aws-sso\n",
    );
}

#[test]
fn the_line_of_the_ancestor_that_names_its_own_profile_is_made_whole() {
    there_and_back(
        &with_session(&format!("[profile dev]\n{KEYS}credential_process = aws-sso-cred --profile dev\n")),
        &with_session(&format!(
            "[profile dev]\n{LINE}{}# aws-sso-cred: credential_process = aws-sso-cred --profile dev\n",
            kept(KEYS)
        )),
    );
}

#[test]
fn permission_to_sign_in_moves_to_the_line() {
    there_and_back(
        &with_session(&format!("[profile dev]\n{KEYS}sso_interactive_auth = true\nregion = x\n")),
        &with_session(&format!("[profile dev]\n{} --interactive\nregion = x\n", LINE.trim_end())),
    );
    let yes = "sso_interactive_auth = yes\n";
    let kept = kept(KEYS);
    there_and_back(
        &with_session(&format!("[profile dev]\n{yes}{KEYS}")),
        &with_session(&format!(
            "[profile dev]\n{}# aws-sso-cred: {yes}{kept}",
            LINE.replace("-cred ", "-cred --interactive ")
        )),
    );
}

#[test]
fn a_profile_with_connection_settings_is_named_in_its_line() {
    there_and_back(
        &with_session(&format!("[profile dev]\n{KEYS}ca_bundle = /ca.pem\n")),
        &with_session(&format!(
            "[profile dev]\n{}ca_bundle = /ca.pem\n",
            LINE.replace("-cred ", "-cred --profile dev ")
        )),
    );
}

#[test]
fn values_that_the_session_lacks_are_in_the_line() {
    there_and_back(
        &format!(
            "[sso-session corp]\nsso_start_url = https://x.awsapps.com/start\n[profile dev]\nsso_region = eu-west-1\n{KEYS}"
        ),
        &format!(
            "[sso-session corp]\nsso_start_url = https://x.awsapps.com/start\n[profile dev]\n{}",
            LINE.replace("-cred ", "-cred --region eu-west-1 ")
        ),
    );
}

#[test]
fn keys_that_are_said_twice_come_back_twice() {
    for twice in [
        "sso_region = eu-west-1\n",
        "sso_registration_scopes = sso:account:access\n",
        "sso_role_name = Developer\n",
        "sso_interactive_auth = false\n",
    ] {
        let kept = kept(&format!("{KEYS}{twice}"));
        there_and_back(
            &with_session(&format!("[profile dev]\n{KEYS}{twice}")),
            &with_session(&format!("[profile dev]\n{LINE}{kept}")),
        );
    }
}

#[test]
fn the_native_profile_is_kept_beside_the_new_one() {
    let home = Home::new();
    let before = with_session(&format!(
        "[profile dev]\n# ours\n{KEYS}s3 =\n  a = b\n\n# next\n[profile other]\nregion = x\n"
    ));
    let after = home.converted(&keep_native(named(&["dev"])), &before);
    assert_eq!(
        after,
        with_session(&format!(
            "[profile dev]\n# ours\ncredential_process = aws-sso-cred --profile dev-sso\ns3 =\n  a = b\n\n[profile dev-sso]\n# ours\n{KEYS}s3 =\n  a = b\n\n# next\n[profile other]\nregion = x\n"
        ))
    );
    assert_eq!(
        home.converted(&back(named(&["dev"])), &after),
        with_session(&format!(
            "[profile dev]\n# ours\n{KEYS}s3 =\n  a = b\n\n[profile dev-sso]\n# ours\n{KEYS}s3 =\n  a = b\n\n# next\n[profile other]\nregion = x\n"
        )),
    );
    let again = home
        .converted(&keep_native(named(&["dev-sso", "dev"])), &home.converted(&back(named(&["dev"])), &after));
    assert!(
        again.contains("[profile dev-sso-sso]") && again.matches("[profile dev-sso]").count() == 1,
        "{again}"
    );
}

#[test]
fn a_kept_profile_at_the_end_of_the_file_gets_line_breaks() {
    let home = Home::new();
    let before = with_session(&format!("[profile dev]\n{}", KEYS.trim_end()));
    assert_eq!(
        home.converted(&keep_native(all()), &before),
        with_session(&format!(
            "[profile dev]\ncredential_process = aws-sso-cred --profile dev-sso\n\n[profile dev-sso]\n{}",
            KEYS.trim_end()
        ))
    );
}

#[test]
fn a_name_that_another_profile_has_is_not_taken_for_the_kept_one() {
    let home = Home::new();
    let before = with_session(&format!("[profile dev]\n{KEYS}[profile dev-sso]\nregion = x\n"));
    let reason = home.reason(&keep_native(named(&["dev"])), &before);
    assert_eq!(reason, NotConvertible::NameTaken { name: "dev-sso".to_owned() });
}

#[test]
fn keys_come_back_from_the_profile_that_a_line_names() {
    let home = Home::new();
    let native = "[profile dev-sso]\nsso_role_name = Developer\nsso_session = corp\nsso_account_id = 111122223333\nca_bundle = /ca.pem\n";
    let before = with_session(&format!(
        "{native}[profile dev]\nregion=x\ncredential_process=/opt/bin/aws-sso-cred --profile dev-sso\n"
    ));
    assert_eq!(
        home.converted(&back(named(&["dev"])), &before),
        with_session(&format!(
            "{native}[profile dev]\nregion=x\nsso_role_name=Developer\nsso_session=corp\nsso_account_id=111122223333\nca_bundle=/ca.pem\n"
        ))
    );
}

#[test]
fn keys_come_back_from_a_line_that_a_person_wrote() {
    let home = Home::new();
    for (line, keys) in [
        (
            "aws-sso-cred -i --debug --wait 300 --sso-session corp --account-id 111122223333 --role-name Developer",
            format!("sso_interactive_auth = true\n{KEYS}"),
        ),
        ("env AWS_SSO_SESSION=corp aws-sso-cred --account-id=111122223333 --role-name=Developer", "sso_account_id = 111122223333\nsso_role_name = Developer\nsso_session = corp\n".to_owned()),
        ("sh -c 'aws-sso-cred --sso-session corp --account-id 111122223333 --role-name Developer'", KEYS.to_owned()),
        // The start URL is not that of the session, so the session does not count.
        ("aws-sso-cred --sso-session corp --start-url https://y.awsapps.com/start --region us-east-1 --account-id 111122223333 --role-name Developer",
         "sso_start_url = https://y.awsapps.com/start\nsso_region = us-east-1\nsso_account_id = 111122223333\nsso_role_name = Developer\n".to_owned()),
    ] {
        let before = with_session(&format!("[profile dev]\ncredential_process = {line}\nregion = x\n"));
        let after = with_session(&format!("[profile dev]\n{keys}region = x\n"));
        assert_eq!(home.converted(&back(named(&["dev"])), &before), after, "{line}");
    }
}

#[test]
fn a_line_that_was_changed_since_decides_over_the_kept_lines() {
    let home = Home::new();
    let before = with_session(
        "[profile dev]\ncredential_process = aws-sso-cred --sso-session corp --account-id 999999999999 --role-name Developer\n# aws-sso-cred: sso_start_url = https://x/start\n# aws-sso-cred: sso_account_id = 111122223333 # test\nregion = x\n",
    );
    assert_eq!(
        home.converted(&back(named(&["dev"])), &before),
        with_session(
            "[profile dev]\nsso_session = corp\nsso_role_name = Developer\nsso_account_id = 999999999999 # test\nregion = x\n"
        )
    );
}

#[test]
fn names_and_patterns_choose_profiles() {
    let home = Home::new();
    let profile = |name: &str, role: &str| format!("[profile {name}]\n{}", KEYS.replace("Developer", role));
    let other = "[profile dev-keys]\naws_access_key_id = AKIA\n[profile tokens]\nsso_session = corp\n";
    let text = with_session(&format!(
        "{}{}{other}{}",
        profile("dev-a", "A"),
        profile("dev-b", "B"),
        profile("prod", "P")
    ));
    let changed = |options: &ConvertOptions| -> Vec<String> {
        let plan = home.plan(options, text.as_bytes()).unwrap();
        assert!(plan.left.is_empty());
        plan.changed.into_iter().map(|changed| changed.profile).collect()
    };
    assert_eq!(changed(&all()), ["dev-a", "dev-b", "prod"]);
    assert_eq!(changed(&named(&["dev-*"])), ["dev-a", "dev-b"]);
    assert_eq!(changed(&named(&["prod", "*-b"])), ["dev-b", "prod"]);
    for wanted in ["nobody", "x*", "tokens*"] {
        let error = home.plan(&named(&["dev-a", wanted]), text.as_bytes()).unwrap_err();
        assert!(
            matches!(&error, Error::Configuration(ConfigurationError::NothingToConvert { wanted: Some(told), .. }) if told == wanted),
            "{error}"
        );
    }
    let similar = home.plan(&named(&["dve-a"]), text.as_bytes()).unwrap_err();
    assert!(similar.to_string().contains("did you mean `dev-a`?"), "{similar}");
    assert!(home.plan(&back(all()), text.as_bytes()).is_ok_and(|plan| plan.changed.is_empty()));
}

#[test]
fn a_line_that_leads_to_an_assumed_role_does_not_become_the_keys_of_its_source() {
    let home = Home::new();
    let text = with_session(&format!(
        "[profile wrong]\ncredential_process = aws-sso-cred --profile assumed\n\
         [profile assumed]\nrole_arn = arn:aws:iam::999999999999:role/x\nsource_profile = source\n\
         [profile source]\n{KEYS}"
    ));
    let error = home.plan(&back(named(&["wrong"])), text.as_bytes()).unwrap_err();
    assert!(error.exit_code() == 2 && error.to_string().contains("`assumed`"), "{error}");
}

#[test]
fn what_is_right_is_not_touched() {
    let home = Home::new();
    let text = with_session(&format!("[profile dev]\n{LINE}\n[profile native]\n{KEYS}"));
    let plan = home.plan(&named(&["dev"]), text.as_bytes()).unwrap();
    assert_eq!((plan.already.as_slice(), plan.text.as_slice()), (&["dev".to_owned()][..], text.as_bytes()));
    let plan = home.plan(&back(named(&["native"])), text.as_bytes()).unwrap();
    assert_eq!(
        (plan.already.as_slice(), plan.text.as_slice()),
        (&["native".to_owned()][..], text.as_bytes())
    );
}

#[test]
fn a_profile_that_is_wrong_is_refused_by_name_and_left_by_a_pattern() {
    let home = Home::new();
    let right = format!("[profile right]\n{KEYS}");
    let check = |wrong: &str, reason: &NotConvertible| {
        let text = with_session(&format!("{right}[profile wrong]\n{wrong}"));
        assert_eq!(home.reason(&named(&["right", "wrong"]), &text), *reason, "{wrong}");
        let plan = home.plan(&all(), text.as_bytes()).unwrap();
        assert_eq!(plan.changed.len(), 1);
        plan.left.len()
    };
    let with_keys = |more: &str| format!("{KEYS}{more}\n");
    for (more, key) in [
        ("aws_access_key_id = AKIA\naws_secret_access_key = x", "aws_access_key_id"),
        ("role_arn = arn:aws:iam::111122223333:role/x\nsource_profile = right", "role_arn"),
        ("web_identity_token_file = /x", "web_identity_token_file"),
        ("login_session = arn:x", "login_session"),
    ] {
        assert_eq!(check(&with_keys(more), &NotConvertible::OtherWay { key }), 1);
    }
    let differs = NotConvertible::DiffersFromSession { key: "sso_region" };
    assert_eq!(check(&with_keys("sso_region = us-east-1"), &differs), 1);
    let program = NotConvertible::OtherProgram { program: "get-keys".to_owned() };
    assert_eq!(check(&with_keys("credential_process = /opt/get-keys --x"), &program), 1);
    let line = "credential_process = aws-sso-cred --sso-session corp --account-id 999999999999 --role-name X";
    assert_eq!(check(&with_keys(line), &NotConvertible::TwoRoles), 1);
    assert_eq!(check(&with_keys("[profile wrong]\nregion = x"), &NotConvertible::SeveralSections), 1);
    let keys = NotConvertible::NoSsoKeys { instead: Some("aws_access_key_id".to_owned()) };
    assert_eq!(check("aws_access_key_id = AKIA\n", &keys), 0);
    let granted = NotConvertible::NoSsoKeys { instead: Some("granted".to_owned()) };
    assert_eq!(
        check(
            "granted_sso_region = x\ncredential_process = granted credential-process --profile x\n",
            &granted
        ),
        0
    );
    assert_eq!(check("region = x\n", &NotConvertible::NoSsoKeys { instead: None }), 0);
}

#[test]
fn a_profile_that_does_not_resolve_is_refused_with_its_own_error() {
    let home = Home::new();
    for (keys, words) in [
        ("sso_session = corp\nsso_account_id = 111122223333\n", "lacks sso_role_name"),
        ("sso_session = corp\n", "lacks sso_role_name and sso_account_id"),
        ("sso_session = crop\nsso_account_id = 111122223333\nsso_role_name = X\n", "sso-session `crop`"),
        ("sso_session = corp\nsso_account_id = 1\nsso_role_name = X\n", "must be 12 digits"),
    ] {
        let text = with_session(&format!("[profile wrong]\n{keys}"));
        let error = home.plan(&named(&["wrong"]), text.as_bytes()).unwrap_err();
        assert!(error.exit_code() == 2 && error.to_string().contains(words), "{error}");
    }
}

#[test]
fn force_replaces_the_line_of_another_program() {
    let home = Home::new();
    let text = with_session(&format!("[profile dev]\n{KEYS}credential_process = /opt/get-keys --x\n"));
    let after = home.converted(&force(named(&["dev"])), &text);
    assert!(
        after.contains(LINE) && after.contains("# aws-sso-cred: credential_process = /opt/get-keys --x\n"),
        "{after}"
    );
}

#[test]
fn keys_in_the_credentials_file_are_named() {
    let home = Home::new();
    home.credentials("[dev]\naws_access_key_id = AKIA\naws_secret_access_key = x\n[other]\nregion = x\n");
    let text = with_session(&format!("[profile dev]\n{KEYS}[profile other]\n{KEYS}"));
    let reason = home.reason(&named(&["dev"]), &text);
    let path = "~/.aws/credentials".to_owned();
    assert_eq!(reason, NotConvertible::InCredentialsFile { key: "aws_access_key_id", path });
    assert_eq!(home.plan(&all(), text.as_bytes()).unwrap().changed.len(), 1);
}

#[test]
fn a_line_that_does_not_say_its_role_cannot_be_put_back() {
    let home = Home::new();
    for (line, reason) in [
        ("aws-sso-cred --debug", NotConvertible::LineNotFollowed),
        ("env AWS_CONFIG_FILE=/x aws-sso-cred --profile y", NotConvertible::LineNotFollowed),
        ("/opt/get-keys", NotConvertible::NoLine),
    ] {
        let text = with_session(&format!("[profile dev]\ncredential_process = {line}\n"));
        assert_eq!(home.reason(&back(named(&["dev"])), &text), reason, "{line}");
    }
    let text = with_session("[profile dev]\ncredential_process = aws-sso-cred --sso-session corp\n");
    let error = home.plan(&back(named(&["dev"])), text.as_bytes()).unwrap_err();
    assert!(error.to_string().contains("sso_role_name"), "{error}");
}
