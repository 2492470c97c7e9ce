//! The role of a command for people: which profile is read where no option names one.

use aws_sso_cred::context::Context;
use aws_sso_cred::error::{ConfigurationError, Error};
use aws_sso_cred::selection::{RoleForPerson, Selection, resolve_role_for_person};

use crate::{CORP, Home, profile};

const MORE: &str = "
[default]
credential_process = aws-sso-cred --sso-session corp --account-id 000000000001 --role-name Reader
region = us-west-2

[profile lines]
credential_process = aws-sso-cred --profile dev
";

fn role(context: &Context, selection: &Selection) -> (String, Option<String>) {
    let RoleForPerson { resolved, region, .. } =
        resolve_role_for_person(context, selection).unwrap_or_else(|error| panic!("{error}"));
    let request = resolved.request;
    (format!("{} in {}", request.role_name, request.account_id), region)
}

fn shown(role: &str, region: Option<&str>) -> (String, Option<String>) {
    (role.to_owned(), region.map(str::to_owned))
}

#[test]
fn the_option_decides_then_the_variable_then_default() {
    let home = Home::new(format!("{CORP}{MORE}"));
    let (none, dev) = (Selection::default(), profile("dev"));
    let developer = shown("Developer in 111122223333", Some("eu-central-1"));
    let reader = shown("Reader in 000000000001", Some("us-west-2"));
    assert_eq!(role(&home.context(), &none), reader);
    assert_eq!(role(&home.context_with(&[("AWS_PROFILE", "dev")]), &none), developer);
    assert_eq!(role(&home.context_with(&[("AWS_PROFILE", "default")]), &dev), developer);
}

#[test]
fn the_region_is_that_of_the_named_profile_else_of_the_one_its_line_names() {
    let home = Home::new(format!("{CORP}{MORE}"));
    let developer = shown("Developer in 111122223333", Some("eu-central-1"));
    assert_eq!(role(&home.context(), &profile("lines")), developer);
    let home = Home::new(format!("{CORP}{MORE}region = ap-south-1\n"));
    let with_its_own = shown("Developer in 111122223333", Some("ap-south-1"));
    assert_eq!(role(&home.context(), &profile("lines")), with_its_own);
}

#[test]
fn a_session_that_is_named_needs_no_profile() {
    let home = Home::new(format!("{CORP}{MORE}"));
    let some = |text: &str| Some(text.to_owned());
    let auditor = Selection {
        account_id: some("000000000002"),
        role_name: some("Auditor"),
        sso_session: some("corp"),
        ..Selection::default()
    };
    let context = home.context_with(&[("AWS_PROFILE", "not-there")]);
    assert_eq!(role(&context, &auditor), shown("Auditor in 000000000002", None));
    let by_variable = Selection { sso_session: None, ..auditor.clone() };
    let context = home.context_with(&[("AWS_PROFILE", "not-there"), ("AWS_SSO_SESSION", "corp")]);
    assert_eq!(role(&context, &by_variable), shown("Auditor in 000000000002", None));
    let without_account = Selection { account_id: None, ..auditor };
    let error = resolve_role_for_person(&home.context(), &without_account).unwrap_err();
    assert!(
        matches!(&error, Error::Configuration(ConfigurationError::MissingValues { profile: None, .. })),
        "the account of the default profile is not used: {error}"
    );
}

#[test]
fn a_session_from_a_variable_leaves_the_role_to_the_profile_of_the_other_variable() {
    let home = Home::new(format!("{CORP}{MORE}"));
    let context = home.context_with(&[("AWS_PROFILE", "dev"), ("AWS_SSO_SESSION", "corp")]);
    let developer = shown("Developer in 111122223333", Some("eu-central-1"));
    assert_eq!(role(&context, &Selection::default()), developer);
}

#[test]
fn a_profile_that_is_not_there_is_named_with_what_names_it() {
    let home = Home::new(CORP);
    let text =
        |context: &Context| resolve_role_for_person(context, &Selection::default()).unwrap_err().text().what;
    assert_eq!(
        text(&home.context_with(&[("AWS_PROFILE", "dve")])),
        "profile `dve`, which AWS_PROFILE names, is not in ~/.aws/config"
    );
    assert_eq!(text(&home.context()), "profile `default` is not in ~/.aws/config");
}
