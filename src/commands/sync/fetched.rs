//! Credentials for all wanted profiles, on the same way as for `export`.

use super::wanted::Wanted;
use crate::cache::Caches;
use crate::cli::RoleOptions;
use crate::commands::person;
use crate::commands::role::{Obtained, meant, obtain};
use crate::config::{Files, Found, Pick};
use crate::context::Context;
use crate::error::{Error, SignInNeeded};
use crate::terminal::ProgressBar;

/// What became of the wanted profiles.
#[derive(Debug, Default)]
pub struct Fetched {
    /// Those with credentials.
    pub good: Vec<(Wanted, Obtained)>,
    /// Those without, with the reason.
    pub failed: Vec<(Wanted, Error)>,
    /// Sections with credentials whose sign-in has ended since.
    pub withdrawn: Vec<String>,
    /// The access key ids of the credentials that were in the cache.
    in_cache: Vec<String>,
}

impl Fetched {
    /// Gets those credentials again that are no longer in the cache: meanwhile the person may have
    /// signed out, or another one signed in. Gives whether there were any.
    ///
    /// # Errors
    /// [`Error::Interrupted`]
    pub fn renew(&mut self, context: &Context) -> Result<bool, Error> {
        let mut has_changed = false;
        for (wanted, obtained) in std::mem::take(&mut self.good) {
            if is_in_cache(context, &obtained) || !self.in_cache.contains(&obtained.credentials.access_key_id)
            {
                self.good.push((wanted, obtained));
                continue;
            }
            has_changed = true;
            if let Err(error) = one(context, &wanted, true).map(|answer| self.add(&wanted, answer)) {
                self.withdrawn.push(wanted.target.clone());
                self.fail(wanted, error)?;
            }
        }
        Ok(has_changed)
    }

    fn add(&mut self, wanted: &Wanted, (obtained, is_in_cache): Answer) {
        if is_in_cache {
            self.in_cache.push(obtained.credentials.access_key_id.clone());
        }
        self.good.push((wanted.clone(), obtained));
    }

    fn fail(&mut self, wanted: Wanted, error: Error) -> Result<(), Error> {
        if matches!(error, Error::Interrupted) {
            return Err(error);
        }
        self.failed.push((wanted, error));
        Ok(())
    }
}

/// Credentials, and whether they are in the cache too.
type Answer = (Obtained, bool);

/// Every sign-out, and every sign-in, removes a session's role credentials from the cache.
fn is_in_cache(context: &Context, obtained: &Obtained) -> bool {
    let found = Caches::find(context)
        .ok()
        .and_then(|caches| caches.read_role_credentials(context, &obtained.resolved.request).ok());
    found.is_some_and(|found| found.access_key_id == obtained.credentials.access_key_id)
}

/// Gets credentials for each profile, one after another. If sign-ins are needed and a person is here,
/// they come after all that works without, one for each session.
///
/// # Errors
/// [`Error::Interrupted`]. All other failures are in the result.
pub fn fetch(context: &Context, wanted: &[Wanted], noninteractive: bool) -> Result<Fetched, Error> {
    let mut outcomes: Vec<Result<Answer, Error>> = Vec::new();
    let mut progress = ProgressBar::new(context, "profiles");
    for next in wanted {
        if !outcomes.is_empty() {
            progress.advance(outcomes.len(), Some(wanted.len()));
        }
        outcomes.push(one(context, next, true));
    }
    drop(progress);
    if !noninteractive && person::is_here(context) {
        sign_in(context, wanted, &mut outcomes);
    }
    let mut fetched = Fetched::default();
    for (wanted, outcome) in wanted.iter().zip(outcomes) {
        match outcome {
            Ok(answer) => fetched.add(wanted, answer),
            Err(error) => fetched.fail(wanted.clone(), error)?,
        }
    }
    Ok(fetched)
}

/// The profiles that name a role, and the failures of the others. Nothing is fetched.
pub fn without_credentials<'a>(context: &Context, wanted: &'a [Wanted]) -> (Vec<&'a Wanted>, Fetched) {
    let (mut good, mut fetched) = (Vec::new(), Fetched::default());
    for wanted in wanted {
        match meant(context, &options(wanted, true), "sync") {
            Ok(_) => good.push(wanted),
            Err(error) => fetched.failed.push((wanted.clone(), error)),
        }
    }
    (good, fetched)
}

/// Tries those again that need a sign-in. A session to which the person did not sign in is not asked
/// for again.
fn sign_in(context: &Context, wanted: &[Wanted], outcomes: &mut [Result<Answer, Error>]) {
    let mut not_signed_in = Vec::new();
    for (wanted, outcome) in wanted.iter().zip(outcomes) {
        let Err(Error::SignInNeeded(SignInNeeded::Required { login, .. })) = outcome else { continue };
        let session = login.session.clone();
        if not_signed_in.contains(&session) {
            continue;
        }
        *outcome = one(context, wanted, false);
        match outcome {
            Ok(_) => {}
            Err(Error::Interrupted) => return,
            Err(_) => not_signed_in.push(session),
        }
    }
}

fn one(context: &Context, wanted: &Wanted, noninteractive: bool) -> Result<Answer, Error> {
    let obtained = obtain(context, &options(wanted, noninteractive), "sync")?;
    let is_in_cache = is_in_cache(context, &obtained);
    let region = configured_region(context, &wanted.profile)?.or(obtained.region);
    Ok((Obtained { region, ..obtained }, is_in_cache))
}

fn options(wanted: &Wanted, noninteractive: bool) -> RoleOptions {
    RoleOptions { profile: Some(wanted.profile.clone()), noninteractive, ..RoleOptions::default() }
}

/// The region in the config file alone. In the credentials file `sync` may have written an older one.
fn configured_region(context: &Context, profile: &str) -> Result<Option<String>, Error> {
    let files = Files::read(context, Pick::One(profile), Pick::Nothing, Pick::Nothing)?;
    let settings = files.profile(profile);
    let counts = |found: &Found<'_>| !found.is_in_credentials_file() && !found.setting.value.is_empty();
    Ok(settings.all("region").find(counts).map(|found| found.setting.value.clone()))
}
