//! What the options of `populate` ask for, checked.

use super::template::{Template, default_template};
use crate::accounts::{Account, Assignment, MAX_AGE, Wanted};
use crate::cli::PopulateOptions;
use crate::commands::configure::answers::CLIENT_REGION_VARIABLES;
use crate::commands::list::patterns::{AccountFilter, Pattern};
use crate::context::Context;
use crate::error::{Error, Origin, PopulateError};
use crate::identifiers::Region;
use crate::selection::not_empty;
use crate::value_names::CLIENT_REGION;

/// What is asked for.
#[derive(Debug)]
pub struct Request {
    /// `--account`
    pub account: AccountFilter,
    /// `--role`
    pub role: Pattern,
    /// The regions of the workload, each once.
    pub regions: Vec<Region>,
    /// The variable that gives the region, if no option does.
    pub region_variable: Option<&'static str>,
    /// `--name`
    pub template: Template,
}

impl Request {
    /// Reads the options.
    ///
    /// # Errors
    /// A pattern, a region or a template with a mistake.
    pub fn read(context: &Context, options: &PopulateOptions) -> Result<Self, Error> {
        let (regions, region_variable) = regions(context, &options.client_region)?;
        let template = not_empty(options.name.as_deref());
        let template = Template::parse(template.unwrap_or(default_template(regions.len() > 1)))?;
        if regions.is_empty() && template.has_region() {
            let template = options.name.clone().unwrap_or_default();
            return Err(PopulateError::NoRegion { template }.into());
        }
        Ok(Self {
            account: AccountFilter::parse(options.account.as_deref(), options.regex)?,
            role: Pattern::parse("--role", options.role.as_deref(), options.regex)?,
            regions,
            region_variable,
            template,
        })
    }

    /// The list that is needed.
    pub fn wanted_list<'a>(
        &'a self,
        options: &PopulateOptions,
        matches: &'a dyn Fn(&Account) -> bool,
    ) -> Wanted<'a> {
        Wanted {
            max_age: options.max_age.unwrap_or(MAX_AGE),
            refresh: options.refresh,
            accounts: self.account.accounts(matches),
        }
    }

    /// Whether a role of the list gets a profile.
    pub fn includes(&self, assignment: &Assignment) -> bool {
        self.role.matches(assignment.role_name.as_str())
    }
}

/// The regions of `--client-region`, else that of a variable, and the name of the variable.
fn regions(context: &Context, given: &[String]) -> Result<(Vec<Region>, Option<&'static str>), Error> {
    let mut regions = Vec::new();
    for text in given.iter().filter_map(|text| not_empty(Some(text))) {
        let region = region(text, Origin::Flag(CLIENT_REGION.option))?;
        if !regions.contains(&region) {
            regions.push(region);
        }
    }
    let variable = CLIENT_REGION_VARIABLES.into_iter().find_map(|name| Some((name, context.variable(name)?)));
    match variable.filter(|_| regions.is_empty()) {
        Some((name, text)) => Ok((vec![region(&text, Origin::Environment(name))?], Some(name))),
        None => Ok((regions, None)),
    }
}

fn region(text: &str, origin: Origin) -> Result<Region, Error> {
    CLIENT_REGION.check(text, || origin, Region::parse)
}
