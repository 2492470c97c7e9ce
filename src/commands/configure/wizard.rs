//! The questions of `configure`, for what no option gives.

use std::cell::RefCell;

use super::answers::{Given, proposed_session_name};
use super::helper_line;
use super::profile_name::parse_profile_name;
use crate::context::Context;
use crate::error::Error;
use crate::identifiers::{Refused, Region, SessionName, StartUrl};
use crate::selection::ResolvedSession;
use crate::start_url;
use crate::terminal::questions::{self, ChoiceRow, TextQuestion};

/// One of the sessions of the config file, by its number; `None` for a new one.
///
/// # Errors
/// The person stops.
pub fn known_session(context: &Context, known: &[ResolvedSession]) -> Result<Option<usize>, Error> {
    let row = |resolved: &ResolvedSession| {
        let name = resolved.session.name.as_ref().map(ToString::to_string).unwrap_or_default();
        let start_url = resolved.session.start_url.to_string();
        ChoiceRow { searched: format!("{name} {start_url}"), cells: vec![name, start_url] }
    };
    let another = ChoiceRow { cells: vec!["another session".to_owned()], searched: "another new".to_owned() };
    let rows: Vec<ChoiceRow> = known.iter().map(row).chain([another]).collect();
    let chosen = questions::choose(context, "Session", &rows)?;
    Ok(Some(chosen).filter(|chosen| *chosen < known.len()))
}

/// Start URL and region of a new session, each asked for if it is not given. Both are checked as they
/// are typed, as far as that needs no request.
///
/// # Errors
/// The person stops.
pub fn address(context: &Context, given: &Given) -> Result<(StartUrl, Region), Error> {
    let start_url = if let Some(start_url) = &given.start_url {
        start_url.clone()
    } else {
        let proposal = text_of(given.proposed_start_url.as_ref());
        ask(context, "Start URL of the AWS access portal", &proposal, &valid(StartUrl::parse))?
    };
    if let Some(region) = &given.region {
        return Ok((start_url, region.clone()));
    }
    let of_host = start_url::region_of_host(&start_url);
    let proposal = of_host.unwrap_or_else(|| text_of(given.proposed_region.as_ref()));
    let region = ask(context, "Region of Identity Center", &proposal, &|text| {
        let region = valid(Region::parse)(text)?;
        match start_url::other_region_of_host(&start_url, &region) {
            Some(of_host) => Err(format!("the start URL is in region {of_host}")),
            None => Ok(region),
        }
    })?;
    Ok((start_url, region))
}

/// The name of a new session, for which `check_free` knows whether it is free.
///
/// # Errors
/// The person stops.
pub fn session_name(
    context: &Context,
    start_url: &StartUrl,
    check_free: &dyn Fn(&SessionName) -> Result<(), String>,
) -> Result<SessionName, Error> {
    ask(context, "Name of the session", &proposed_session_name(start_url), &|text| {
        let name = valid(SessionName::parse)(text)?;
        helper_line::check_plain(text)?;
        check_free(&name).map(|()| name)
    })
}

fn text_of(value: Option<&impl ToString>) -> String {
    value.map(ToString::to_string).unwrap_or_default()
}

/// The region of the workload.
///
/// # Errors
/// The person stops.
pub fn client_region(context: &Context, proposal: &str) -> Result<String, Error> {
    let region = ask(context, "Region of your workload", proposal, &valid(Region::parse))?;
    Ok(region.to_string())
}

/// The name of the profile.
///
/// # Errors
/// The person stops.
pub fn profile_name(context: &Context, proposal: &str) -> Result<String, Error> {
    ask(context, "Name of the profile", proposal, &valid(parse_profile_name))
}

/// A line of text that `parse` accepts.
///
/// # Errors
/// The person stops.
pub fn ask<T>(
    context: &Context,
    question: &str,
    default: &str,
    parse: &dyn Fn(&str) -> Result<T, String>,
) -> Result<T, Error> {
    let parsed = RefCell::new(None);
    let check = |text: &str| {
        *parsed.borrow_mut() = Some(parse(text)?);
        Ok(())
    };
    questions::ask_text(context, &TextQuestion { question, default, check: &check })?;
    parsed.into_inner().ok_or(Error::Interrupted)
}

/// A check of one of the types of `identifiers`, with its rule as the message.
fn valid<T>(parse: fn(&str) -> Result<T, Refused>) -> impl Fn(&str) -> Result<T, String> {
    move |text| parse(text).map_err(|Refused(rule)| format!("it {rule}"))
}
