//! Environment variables that hide profiles or lead programs elsewhere.

use super::facts::{Facts, Findings};
use super::finding::{Finding, Id};
use crate::https::proxies::Proxies;
use crate::selection::overruled;
use crate::text::escape::shorten;
use crate::text::shell::unset;

pub(super) fn check(facts: &Facts<'_>, profile: Option<&str>, findings: &mut Findings) {
    let set = |name: &str| facts.context.variable_os(name).is_some();
    for key in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"].into_iter().filter(|key| set(key)).take(1) {
        let text = format!("{key} is set: SDKs use the access keys in the environment, and no profile");
        let command = unset(&["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"]);
        let hint = format!("run `{command}`");
        findings.push(Finding::new(Id::EnvironmentKeysHideProfile, key, text, hint));
    }
    redirections(facts, &set, findings);
    let mut told: Vec<&str> = Vec::new();
    for one in overruled(facts.context, profile).unwrap_or_default() {
        if told.contains(&one.variable) {
            continue;
        }
        told.push(one.variable);
        let (value, configured) = (shorten(&one.value), shorten(&one.configured));
        let text = format!(
            "{} is set to `{value}` and overrules `{} = {configured}` of profile `{}`",
            one.variable, one.key, one.profile
        );
        findings.push(redirection(one.variable, text));
    }
    if let Err(error) = Proxies::new(facts.context) {
        findings.push(Finding::of_error(
            Id::Proxy,
            "environment",
            &error,
            "correct the variable, or unset it",
        ));
    }
}

fn redirections(facts: &Facts<'_>, set: &dyn Fn(&str) -> bool, findings: &mut Findings) {
    const OTHERS: &str = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI AWS_CONTAINER_CREDENTIALS_FULL_URI \
        AWS_WEB_IDENTITY_TOKEN_FILE";
    for name in ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"].into_iter().filter(|name| set(name)) {
        let value = shorten(&facts.context.variable(name).unwrap_or_default());
        findings
            .push(redirection(name, format!("{name} is set: `{value}` is read in place of the usual file")));
    }
    for name in ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"] {
        let value = facts.context.variable(name);
        let is_unknown = |value: &String| !facts.names.profiles.contains_key(value.as_str());
        if let Some(value) = value.filter(is_unknown) {
            findings.push(redirection(
                name,
                format!("{name} is set to `{}`, which is no profile", shorten(&value)),
            ));
        }
    }
    let [one, other] = ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"].map(|name| facts.context.variable(name));
    if one.is_some() && other.is_some() && one != other {
        let text =
            "it names another profile than AWS_PROFILE: boto3 uses this one, and other SDKs AWS_PROFILE"
                .to_owned();
        findings.push(redirection("AWS_DEFAULT_PROFILE", text));
    }
    for name in OTHERS.split_ascii_whitespace() {
        if set(name) {
            let text = format!("{name} is set: SDKs may use its credentials and no profile");
            findings.push(redirection(name, text));
        }
    }
}

fn redirection(variable: &str, text: String) -> Finding {
    let hint = format!("run `{}` if this is not meant", unset(&[variable]));
    Finding::new(Id::EnvironmentRedirectsProfiles, variable, text, hint)
}
