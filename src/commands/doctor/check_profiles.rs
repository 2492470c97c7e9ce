//! Profiles whose values are incomplete, hidden by other keys, or not those of their line.

use super::facts::{Facts, Findings, profile_subject};
use super::finding::{Finding, Id, did_you_mean};
use super::keys::{Found, Keys};
use super::profile::{has_sso_keys, our_line};
use super::providers;
use crate::commands::configure::plain_name::is_read_by_every_sdk;
use crate::config::header::Dialect;
use crate::config_editor::SYNCED;
use crate::identifiers::{AccountId, Refused, RoleName};
use crate::selection::nearest;
use crate::text::escape::shorten;
use crate::text::list::listed;
use crate::text::shell::{option, shell_word};
use crate::value_names::{ACCOUNT_ID, ALL, LINE_KEY, REGION, ROLE_NAME, SSO_SESSION, START_URL};

pub(super) fn check(facts: &Facts<'_>, findings: &mut Findings) {
    for keys in &facts.profiles {
        let subject = profile_subject(keys.name);
        static_keys(keys, &subject, findings);
        beside_a_line(facts, keys, &subject, findings);
        other_role(facts, keys, &subject, findings);
        leading_back(facts, keys, &subject, findings);
        incomplete(facts, keys, &subject, findings);
        invalid(facts, keys, &subject, findings);
    }
}

/// Access keys beside `sso_` keys or a line: SDKs use the access keys. Those that `sync` wrote are
/// meant to be used.
fn static_keys(keys: &Keys<'_>, subject: &str, findings: &mut Findings) {
    let Some(found) = keys.find("aws_access_key_id").filter(|_| !keys.has(SYNCED)) else { return };
    if !has_sso_keys(keys) && our_line(keys).is_none() {
        return;
    }
    let by_all = found.file.dialect == Dialect::Credentials && !has_sso_keys(keys);
    let who = if by_all { "SDKs" } else { "some SDKs, such as those for Go and JavaScript," };
    let text =
        format!("{who} use the access keys in {} and never ask for the role of the profile", found.place());
    let hint = format!("remove the access keys from {}, or give them another profile", found.file.shown);
    findings.push(Finding::new(Id::StaticKeysHideProfile, subject, text, hint));
}

/// `sso_` keys beside a line that starts this program.
fn beside_a_line(facts: &Facts<'_>, keys: &Keys<'_>, subject: &str, findings: &mut Findings) {
    if our_line(keys).is_none() || !has_sso_keys(keys) {
        return;
    }
    let names: Vec<_> = ALL.iter().map(|names| names.key).filter(|key| keys.has(key)).collect();
    let (sdks, why) = providers::that_pass_over_a_line(&facts.names, keys.name);
    if sdks.is_empty() {
        return;
    }
    let lacking = facts.names.lacking(keys);
    let mut text = format!(
        "it has {} beside `credential_process`: {} use the keys instead of aws-sso-cred",
        listed(&names),
        listed(&sdks)
    );
    if !lacking.is_empty() {
        text += &format!(", and fail because they lack {}", listed(&lacking));
    } else if let Some(why) = &why {
        text += &format!(", or fail: {why}");
    }
    let hint = to_convert(facts, keys);
    let finding = Finding::new(Id::SsoKeysBesideCredentialProcess, subject, text, hint);
    findings.push(finding.error_if(why.is_some()));
}

/// How a profile gets what it lacks. `configure` writes no name that some SDK does not read.
fn to_complete(keys: &Keys<'_>, lacking: &[&str]) -> String {
    if keys.name.chars().all(is_read_by_every_sdk) {
        format!("run `aws-sso-cred configure{}`", option("--profile", keys.name))
    } else {
        format!("add {} to the profile", listed(lacking))
    }
}

/// What lets `configure convert` write a line without keys beside it.
fn to_convert(facts: &Facts<'_>, keys: &Keys<'_>) -> String {
    let end_of_options = if keys.name.starts_with('-') { "-- " } else { "" };
    let convert = format!("run `aws-sso-cred configure convert {end_of_options}{}`", shell_word(keys.name));
    let in_the_way = ALL.iter().map(|names| names.key).chain([LINE_KEY, "aws_access_key_id"]);
    let mut in_credentials = in_the_way.filter_map(|key| {
        keys.find(key).filter(|found| found.file.dialect == Dialect::Credentials).map(|found| (key, found))
    });
    if let Some((key, found)) = in_credentials.next() {
        return format!("remove `{key}` from {}, then {convert}", found.file.shown);
    }
    if differing(facts, keys).is_some() {
        return format!("let the keys and the line name the same role, then {convert}");
    }
    if facts.names.way(keys, true).leads_back {
        return to_complete(keys, &facts.names.lacking(keys));
    }
    convert
}

/// The account or role that the line of a profile gives, if it is another one than that of the keys.
fn differing(facts: &Facts<'_>, keys: &Keys<'_>) -> Option<(&'static str, String)> {
    let by_line = facts.names.way(keys, true);
    [&ACCOUNT_ID, &ROLE_NAME].into_iter().find_map(|names| {
        let (said, _) = by_line.said(names)?;
        keys.value(names.key).is_some_and(|own| own != said).then_some((names.key, said))
    })
}

/// A line that gives another account or role than the profile's own keys.
fn other_role(facts: &Facts<'_>, keys: &Keys<'_>, subject: &str, findings: &mut Findings) {
    if our_line(keys).is_none() {
        return;
    }
    let Some((key, said)) = differing(facts, keys) else { return };
    let text = format!(
        "its `{key}` is `{}`, and its `credential_process` line gives `{said}`",
        keys.value(key).unwrap_or_default()
    );
    let hint = "remove the key, or correct the line".to_owned();
    findings.push(Finding::new(Id::HelperIgnoresProfile, subject, text, hint));
}

fn leading_back(facts: &Facts<'_>, keys: &Keys<'_>, subject: &str, findings: &mut Findings) {
    if facts.names.way(keys, true).leads_back {
        let text =
            "its `credential_process` line leads back to this profile, which gives no role itself".to_owned();
        let hint = "give the line `--sso-session`, `--account-id` and `--role-name`".to_owned();
        findings.push(Finding::new(Id::RecursiveProfile, subject, text, hint));
    }
}

/// A session or a profile that is not there, or keys without which there is no role.
fn incomplete(facts: &Facts<'_>, keys: &Keys<'_>, subject: &str, findings: &mut Findings) {
    const OTHERWISE: &str = "correct the name, or run `aws-sso-cred configure`";
    let way = facts.names.way(keys, false);
    let mut broken = |text: String, hint: String| {
        findings.push(Finding::new(Id::BrokenConfigLine, subject, text, hint).error_if(true));
    };
    if let Some(name) = way.unknown_profile() {
        let near = nearest(name, facts.names.profiles.keys().copied());
        broken(
            format!("its `credential_process` line names the profile `{name}`, which is not there"),
            did_you_mean(near, OTHERWISE),
        );
    }
    if let Some((name, place)) =
        way.said(&SSO_SESSION).filter(|(name, _)| !facts.names.sessions.contains_key(name.as_str()))
    {
        let has_values = [&START_URL, &REGION].into_iter().all(|names| way.said(names).is_some());
        let near = nearest(&name, facts.names.sessions.keys().copied());
        if !has_values {
            broken(
                format!("it names the sso-session `{name}`, which is not there ({place})"),
                did_you_mean(near, OTHERWISE),
            );
        }
    } else if our_line(keys).is_none() && (keys.has(ACCOUNT_ID.key) || keys.has(ROLE_NAME.key)) {
        let lacking = facts.names.lacking(keys);
        if !lacking.is_empty() {
            let place = first_key(keys).map(|found| found.place()).unwrap_or_default();
            broken(format!("it lacks {} ({place})", listed(&lacking)), to_complete(keys, &lacking));
        }
    }
}

/// An account or a role that AWS cannot have.
fn invalid(facts: &Facts<'_>, keys: &Keys<'_>, subject: &str, findings: &mut Findings) {
    let way = facts.names.way(keys, false);
    let mut add = |key: &str, value: &str, place: &str, Refused(rule): Refused| {
        let text = format!("`{key}` is `{}`: it {rule} ({place})", shorten(value));
        let hint =
            format!("run `aws-sso-cred list` for the accounts and roles that you have, and correct `{key}`");
        findings.push(Finding::new(Id::BrokenConfigLine, subject, text, hint).error_if(true));
    };
    if let Some((value, place)) = way.said(&ACCOUNT_ID)
        && let Err(refused) = AccountId::parse(&value)
    {
        add(ACCOUNT_ID.key, &value, &place, refused);
    }
    if let Some((value, place)) = way.said(&ROLE_NAME)
        && let Err(refused) = RoleName::parse(&value)
    {
        add(ROLE_NAME.key, &value, &place, refused);
    }
}

fn first_key<'a>(keys: &Keys<'a>) -> Option<Found<'a>> {
    ALL.iter().find_map(|names| keys.find(names.key))
}
