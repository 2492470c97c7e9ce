//! What `configure` shall write: from the options alone, or with the answers of a person.

use std::time::Duration;

use super::answers::{ChosenSession, Given, known_sessions};
use super::layout::{Layout, ProfileSection, SessionSection, ensure_possible};
use super::profile_name::{given_profile_name, proposed_profile_name};
use super::{options, wizard};
use crate::accounts::{Accounts, Assignment, Wanted};
use crate::authorization_code::DEFAULT_SCOPE;
use crate::cache::{Caches, Miss};
use crate::cli::ConfigureProfileOptions;
use crate::commands::pick;
use crate::commands::surroundings::{Surroundings, only_one};
use crate::context::Context;
use crate::error::{AwsError, ConfigurationError, Error};
use crate::identifiers::{AccountId, Region, RoleName, SessionName, StartUrl};
use crate::request::SsoSession;
use crate::selection::{ResolvedSession, not_empty};
use crate::sign_in::check_start_url;
use crate::start_url;
use crate::terminal::output;

/// What is to be written.
pub struct Setup {
    /// The session.
    pub session: ChosenSession,
    /// The profile; `None` with `--session-only`.
    pub profile: Option<ProfileSection>,
}

/// From the options alone.
///
/// # Errors
/// Options that are missing or not valid.
pub fn by_options(context: &Context, options: &ConfigureProfileOptions) -> Result<Setup, Error> {
    let given = Given::new(context, options)?;
    let known = known_sessions(context)?;
    let named = options::session(&given, &known);
    let given = if named.is_some() { given } else { given.with_proposals() };
    let session = named.or_else(|| given.session(&known));
    options::ensure_complete(options, &given, &known, session.as_ref())?;
    let Some(session) = session else { return Err(Error::Interrupted) };
    match &session {
        ChosenSession::New(session) => ensure_region_of_host(&session.start_url, &session.region)?,
        ChosenSession::There(there) => tell_which(context, &given, there),
    }
    let profile = match (given_profile_name(options)?, given.account_id, given.role_name) {
        (Some(name), Some(account_id), Some(role_name)) if !options.session_only => {
            let regions = (given.client_region, given.proposed_client_region);
            Some(profile(options, &session, name, (account_id, role_name), regions))
        }
        _ => None,
    };
    Ok(Setup { session, profile })
}

/// Tells which session is used, if no option names it.
fn tell_which(context: &Context, given: &Given, there: &ResolvedSession) {
    match (&given.session_name, &given.start_url) {
        (Some(_), _) => {}
        (None, Some(_)) => {
            let session = there.login_commands().session;
            output::tell(&format!("using {session}, which has this start URL"));
        }
        (None, None) => output::tell(&only_one(context, there)),
    }
}

/// With the answers of a person, for what the options do not say.
///
/// # Errors
/// Options that are not valid, a failed sign-in; [`Error::Interrupted`].
pub fn by_asking(context: &Context, options: &ConfigureProfileOptions) -> Result<Setup, Error> {
    let mut given = Given::new(context, options)?;
    let name = given_profile_name(options)?;
    let session = session(context, &mut given)?;
    if options.session_only {
        return Ok(Setup { session, profile: None });
    }
    ensure_possible(context, layout(options), &session.name())?;
    let (role, account_name) = role(context, &given, &session)?;
    let name = match name {
        Some(name) => name,
        None => wizard::profile_name(context, &proposed_profile_name(&role, account_name.as_deref()))?,
    };
    let region = match (given.client_region, given.proposed_client_region) {
        (Some(region), _) => region,
        (None, proposal) => {
            let proposal = proposal.unwrap_or_else(|| session.resolved().session.region.to_string());
            wizard::client_region(context, &proposal)?
        }
    };
    let profile = profile(options, &session, name, role, (Some(region), None));
    Ok(Setup { session, profile: Some(profile) })
}

/// The session that the options name, else one of the config file, else a new one. AWS has accepted
/// the address of a new one.
fn session(context: &Context, given: &mut Given) -> Result<ChosenSession, Error> {
    let known = known_sessions(context)?;
    match given.session(&known) {
        Some(there @ ChosenSession::There(_)) => return Ok(there),
        Some(ChosenSession::New(new)) => return checked_by_aws(context, given, new),
        None => {}
    }
    let names_a_new_one = given.session_name.is_some() || given.start_url.is_some();
    if !known.is_empty()
        && !names_a_new_one
        && let Some(chosen) = wizard::known_session(context, &known)?
    {
        return Ok(ChosenSession::There(Box::new(known[chosen].clone())));
    }
    let (start_url, region) = address_that_works(context, given)?;
    let name = match &given.session_name {
        Some(name) => name.clone(),
        None => wizard::session_name(context, &start_url, &|name| {
            check_free(context, &known, name, (&start_url, &region))
        })?,
    };
    let default = || Some(DEFAULT_SCOPE.to_owned());
    let registration_scopes = given.registration_scopes.clone().or_else(default);
    Ok(ChosenSession::New(SessionSection { name, start_url, region, registration_scopes }))
}

/// Whether a new session can have `name`.
fn check_free(
    context: &Context,
    known: &[ResolvedSession],
    name: &SessionName,
    (start_url, region): (&StartUrl, &Region),
) -> Result<(), String> {
    if known.iter().any(|known| known.session.name.as_ref() == Some(name)) {
        return Err(format!("sso-session `{name}` is in the config file"));
    }
    let session = SsoSession {
        name: Some(name.clone()),
        start_url: start_url.clone(),
        region: region.clone(),
        registration_scopes: None,
    };
    let kept = Caches::find(context).map(|caches| caches.read_token(context, &session));
    match kept {
        Ok(Err(Miss::Other(other))) => {
            Err(format!("under this name, you are signed in to {} in {}", other.start_url, other.region))
        }
        _ => Ok(()),
    }
}

/// `new`, with another address if AWS does not accept its own.
fn checked_by_aws(context: &Context, given: &mut Given, new: SessionSection) -> Result<ChosenSession, Error> {
    (given.start_url, given.region) = (Some(new.start_url.clone()), Some(new.region.clone()));
    let (start_url, region) = address_that_works(context, given)?;
    Ok(ChosenSession::New(SessionSection { start_url, region, ..new }))
}

/// Start URL and region, asked for until AWS accepts them.
fn address_that_works(context: &Context, given: &mut Given) -> Result<(StartUrl, Region), Error> {
    let command = Surroundings::new(context)?;
    loop {
        let (start_url, region) = match (&given.start_url, &given.region) {
            (Some(start_url), Some(region)) => (start_url.clone(), region.clone()),
            _ => wizard::address(context, given)?,
        };
        let resolved = ResolvedSession::without_config(SsoSession {
            name: None,
            start_url: start_url.clone(),
            region: region.clone(),
            registration_scopes: None,
        });
        let accepted = ensure_region_of_host(&start_url, &region).and_then(|()| {
            let aws = command.connect(&resolved.session, None)?;
            check_start_url(&command.run_without_sign_in(&resolved, &aws))
        });
        match accepted {
            Ok(()) => return Ok((start_url, region)),
            Err(error) if is_about_the_address(&error) => {
                // The questions that follow are the hint.
                let text = error.text();
                output::tell(
                    &[Some(text.what), text.why].into_iter().flatten().collect::<Vec<_>>().join("\n"),
                );
            }
            Err(error) => return Err(error),
        }
        given.propose_again(start_url, region);
    }
}

/// Whether another start URL or region may help.
fn is_about_the_address(error: &Error) -> bool {
    matches!(
        error,
        Error::Configuration(
            ConfigurationError::StartUrlAstray { .. } | ConfigurationError::RegionMismatch { .. }
        ) | Error::Aws(AwsError::StartUrlRefused { .. } | AwsError::Service { .. })
    )
}

/// A start URL whose host names another region than the one that is given.
fn ensure_region_of_host(start_url: &StartUrl, region: &Region) -> Result<(), Error> {
    match start_url::other_region_of_host(start_url, region) {
        Some(of_host) => Err(Error::Configuration(ConfigurationError::RegionMismatch {
            start_url: start_url.to_string(),
            portal: None,
            region: of_host,
            configured: region.to_string(),
        })),
        None => Ok(()),
    }
}

/// The role, and the name of its account if it is known. AWS is asked only if the options do not say
/// both.
fn role(
    context: &Context,
    given: &Given,
    session: &ChosenSession,
) -> Result<((AccountId, RoleName), Option<String>), Error> {
    if let (Some(account_id), Some(role_name)) = (&given.account_id, &given.role_name) {
        return Ok(((account_id.clone(), role_name.clone()), None));
    }
    let resolved = session.resolved();
    let wanted = Wanted { max_age: MAX_AGE, refresh: false, accounts: Accounts::All };
    let mut assignments = pick::assignments(context, &resolved, &wanted)?;
    let fits = |assignment: &Assignment| {
        given.account_id.as_ref().is_none_or(|id| *id == assignment.account_id)
            && given.role_name.as_ref().is_none_or(|role| *role == assignment.role_name)
    };
    let is_there = assignments.iter().any(fits);
    if is_there {
        assignments.retain(fits);
    } else {
        output::tell("you have no such role; these are your roles");
    }
    let chosen = match assignments.as_slice() {
        [only] if is_there => {
            output::tell(&format!("using {}, the only role", pick::row(only, Vec::new()).named()));
            0
        }
        several => pick::role(context, &resolved, several)?,
    };
    let Assignment { account_id, account_name, role_name, .. } = assignments.swap_remove(chosen);
    Ok(((account_id, role_name), Some(account_name)))
}

/// How old a kept list may be: a person who sets up a profile may have got the role just now.
const MAX_AGE: Duration = Duration::from_secs(60);

fn profile(
    options: &ConfigureProfileOptions,
    session: &ChosenSession,
    name: String,
    (account_id, role_name): (AccountId, RoleName),
    (region, proposed_region): (Option<String>, Option<String>),
) -> ProfileSection {
    ProfileSection {
        name,
        sso_session: session.name(),
        account_id,
        role_name,
        region,
        proposed_region,
        output: not_empty(options.client_output.as_deref()).map(str::to_owned),
        layout: layout(options),
    }
}

const fn layout(options: &ConfigureProfileOptions) -> Layout {
    match (options.native, options.both) {
        (true, _) => Layout::Native,
        (_, true) => Layout::Both,
        _ => Layout::Line,
    }
}
