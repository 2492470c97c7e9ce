//! The texts about the profiles that `configure populate` is asked to write.

use crate::error::populate::{PopulateError, ProfileOwner};
use crate::error::text::Text;
use crate::text::shell::option;

pub(super) fn text(error: &PopulateError) -> Text {
    let (what, why, hint) = match error {
        PopulateError::NameTemplate { template, character, fault, known } => {
            name_template(template, *character, fault, known)
        }
        PopulateError::NoRegion { template } => (
            "the template of `--name` has a region, but no region is given".to_owned(),
            format!("the template is `{template}`"),
            "add the region of your workload, once or more: `--client-region REGION`".to_owned(),
        ),
        PopulateError::NoProfileName { role, name } => no_profile_name(role, name),
        PopulateError::SameProfileName { name, roles, others, lacks_region } => {
            same_profile_name(name, roles, *others, *lacks_region)
        }
        PopulateError::ForeignProfile { name, role, owner, path, others } => {
            foreign_profile(name, role, owner, path, *others)
        }
        PopulateError::NoSection { start_url, region } => (
            "the session has only a start URL, and `configure populate` needs an sso-session".to_owned(),
            "a profile with its own start URL cannot refresh its sign-in".to_owned(),
            format!(
                "run `aws-sso-cred configure --session-only --sso-session NAME{}{}`, then this command again",
                option("--start-url", start_url),
                option("--region", region)
            ),
        ),
    };
    Text { what, why: Some(why), hint: Some(hint) }
}

fn name_template(template: &str, character: usize, fault: &str, known: &[&str]) -> (String, String, String) {
    let known: Vec<String> = known.iter().map(|name| format!("{{{name}}}")).collect();
    (
        format!("the template of `--name` has a mistake at character {character}"),
        format!("{fault}; the template is `{template}`"),
        format!("the values are {}, with filters as in `{{role_name|trim:^AWS|lower}}`", known.join(" ")),
    )
}

fn no_profile_name(role: &str, name: &str) -> (String, String, String) {
    let name = if name.is_empty() { "an empty name".to_owned() } else { format!("the name `{name}`") };
    (
        "the template gives a role a name that no profile can have; nothing was written".to_owned(),
        format!("{role} gets {name}"),
        "use values that every role has: `--name '{account_id}.{role_name}'`".to_owned(),
    )
}

fn same_profile_name(
    name: &str,
    roles: &[String; 2],
    others: usize,
    lacks_region: bool,
) -> (String, String, String) {
    let [one, other] = roles;
    let more = match others {
        0 => String::new(),
        1 => ", and 1 more role has the name of another one".to_owned(),
        _ => format!(", and {others} more roles have the names of others"),
    };
    let hint = if lacks_region {
        "add `{region}` or `{short_region}` to the template"
    } else {
        "add a value that differs: `--name '{account_name}.{account_id}.{role_name}'`"
    };
    (
        "two roles would get the same profile name; nothing was written".to_owned(),
        format!("`{name}` is the name of {one} and of {other}{more}"),
        hint.to_owned(),
    )
}

fn foreign_profile(
    name: &str,
    role: &str,
    owner: &ProfileOwner,
    path: &str,
    others: usize,
) -> (String, String, String) {
    let (what, of, names) = match owner {
        ProfileOwner::Other => (
            "a profile that `configure populate` did not write is in the way; nothing was written",
            String::new(),
            "give other names with `--name`",
        ),
        ProfileOwner::Session(session) => (
            "a profile of another session is in the way; nothing was written",
            format!(", of sso-session `{session}`,"),
            "add the session to the names, `--name '{session}.{account_name}.{role_name}'`",
        ),
        ProfileOwner::Role { account_id, role_name } => (
            "a profile of another role is in the way; nothing was written",
            format!(", of role `{role_name}` in account {account_id},"),
            "add the account id to the names, `--name '{account_name}.{account_id}.{role_name}'`",
        ),
    };
    let more = match others {
        0 => String::new(),
        1 => "; 1 more profile is in the way, too".to_owned(),
        _ => format!("; {others} more profiles are in the way, too"),
    };
    (
        what.to_owned(),
        format!("`{name}` in {path}{of} has the name for {role}{more}"),
        format!("{names}, or replace such profiles with `--force`"),
    )
}
