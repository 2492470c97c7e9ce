//! Names from the config and from the kept lists of accounts and roles.

use std::collections::{BTreeMap, HashMap};

use clap::Arg;

use super::candidate::Candidate;
use crate::accounts::{self, Assignment};
use crate::cli::Unfinished;
use crate::commands::configure::import::tool;
use crate::commands::surroundings::Surroundings;
use crate::config::{Files, Pick};
use crate::context::Context;
use crate::request::SsoSession;
use crate::selection::{self, Selection};

/// What the value of an option names.
#[derive(Clone, Copy)]
pub enum Meaning {
    Profile,
    SsoSession,
    Account,
    Role,
    Tool,
}

/// What the value of `argument` names; `None` for text of any kind.
pub fn meaning_of(argument: &Arg) -> Option<Meaning> {
    match argument.get_id().as_str() {
        "profile" | "profiles" => Some(Meaning::Profile),
        "sso_session" => Some(Meaning::SsoSession),
        "account_id" | "account" => Some(Meaning::Account),
        "role_name" | "role" => Some(Meaning::Role),
        "import" => Some(Meaning::Tool),
        _ => None,
    }
}

/// The names that are known. What cannot be read has none.
pub fn names(context: &Context, meaning: Meaning, unfinished: &Unfinished) -> Vec<Candidate> {
    match meaning {
        Meaning::Profile => profiles(context),
        Meaning::SsoSession => sso_sessions(context),
        Meaning::Account => accounts(&assignments(context, unfinished)),
        Meaning::Role => roles(&assignments(context, unfinished), unfinished),
        Meaning::Tool => tools(),
    }
}

fn tools() -> Vec<Candidate> {
    let tools = tool::ALL.iter();
    tools.map(|tool| Candidate { word: tool.name().to_owned(), about: String::new() }).collect()
}

fn profiles(context: &Context) -> Vec<Candidate> {
    let Ok(files) = Files::read(context, Pick::All, Pick::All, Pick::Nothing) else {
        return Vec::new();
    };
    let roles: HashMap<String, _> = selection::profiles_of_roles_in(context, &files).into_iter().collect();
    let about = |name: &str| {
        roles.get(name).map(|role| format!("{} in {}", role.role_name, role.account_id)).unwrap_or_default()
    };
    files.profile_names().map(|name| Candidate { word: name.to_owned(), about: about(name) }).collect()
}

fn sso_sessions(context: &Context) -> Vec<Candidate> {
    let Ok(files) = Files::read(context, Pick::Nothing, Pick::All, Pick::Nothing) else {
        return Vec::new();
    };
    let start_url = |name: &str| {
        let settings = files.sso_session(name);
        settings.find("sso_start_url").map(|found| found.setting.value.clone()).unwrap_or_default()
    };
    let names = files.sso_session_names();
    names.map(|name| Candidate { word: name.to_owned(), about: start_url(name) }).collect()
}

/// The accounts and roles that are kept for the session of the command line; without one, those of
/// every session.
fn assignments(context: &Context, unfinished: &Unfinished) -> Vec<Assignment> {
    let Ok(command) = Surroundings::new(context) else {
        return Vec::new();
    };
    let kept = |session: &SsoSession| accounts::kept(command.files(session)).map(|list| list.assignments);
    let sessions = match selection::meant_session_alone(context, &selection_of(unfinished), "list") {
        Ok(meant) => vec![meant.resolved],
        Err(_) => selection::all_sessions(context).map(|(sessions, _)| sessions).unwrap_or_default(),
    };
    sessions.iter().filter_map(|resolved| kept(&resolved.session)).flatten().collect()
}

fn selection_of(unfinished: &Unfinished) -> Selection {
    let value = |id: &str| unfinished.values.get(id).cloned();
    Selection {
        profile: value("profile"),
        sso_session: value("sso_session"),
        start_url: value("start_url"),
        region: value("region"),
        ..Selection::default()
    }
}

fn accounts(assignments: &[Assignment]) -> Vec<Candidate> {
    let names: BTreeMap<_, _> =
        assignments.iter().map(|row| (row.account_id.as_str(), &row.account_name)).collect();
    let candidate = |(id, name): (&str, &String)| Candidate { word: id.to_owned(), about: name.clone() };
    names.into_iter().map(candidate).collect()
}

/// The roles of the account of the command line; without one, of all accounts.
fn roles(assignments: &[Assignment], unfinished: &Unfinished) -> Vec<Candidate> {
    let account = unfinished.values.get("account_id");
    let mut accounts_of: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for row in assignments {
        if account.is_none_or(|id| id == row.account_id.as_str()) {
            accounts_of.entry(row.role_name.as_str()).or_default().push(&row.account_name);
        }
    }
    let about = |accounts: &[&str]| match accounts {
        [account] => format!("in {account}"),
        accounts => format!("in {} accounts", accounts.len()),
    };
    let candidate =
        |(role, accounts): (&str, Vec<&str>)| Candidate { word: role.to_owned(), about: about(&accounts) };
    accounts_of.into_iter().map(candidate).collect()
}
