//! Gives the kept list if it is new enough, else asks AWS, else gives the older list.

use std::time::Duration;

use super::collect::{Collect, End};
use super::kept::{self, fresh};
use super::listed::{LeftOut, Listing, Origin};
use super::progress::Progress;
use super::wanted::{Account, Accounts, Wanted};
use crate::debug;
use crate::error::{AwsError, Error, ServiceErrorKind, SignInReason};
use crate::lock::Lock;
use crate::secret::Secret;
use crate::sign_in::{
    SessionFiles, SessionRun, Standing, after_two_refusals, failure, is_since_start, is_told_by_aws,
    required, take_note, usable_access_token,
};
use crate::state::{AccountList, LockPlace, SharedFailure, as_known_here};

/// How often the list is asked for at most: again after each sign-in that comes while AWS answers.
const LISTINGS: u32 = 3;

/// How long to wait for a process that asks for the same list. It takes as long as the portal's
/// rate makes it; afterwards this process asks beside it, at the rate that both share.
const PATIENCE: Duration = Duration::from_secs(120);

/// After this time, this process looks again whether that process moves.
const STEP: Duration = Duration::from_secs(2);

/// The accounts and roles that are `wanted`.
///
/// # Errors
/// A sign-in that is needed or has failed; a failed request, if no older list has what is wanted.
pub fn listing(run: &SessionRun, wanted: &Wanted, progress: &mut dyn Progress) -> Result<Listing, Error> {
    if let Some(listing) = fresh(run.files, wanted) {
        return Ok(listing);
    }
    match asked(run, wanted, progress) {
        Err(error) if is_out_of_reach(&error) => {
            debug!(run.files.context, "accounts: {error}");
            older(run, wanted, error)
        }
        outcome => outcome,
    }
}

/// The older list, if it has what is wanted. AWS may have assigned it since, so that the person has
/// to know that AWS was not asked.
fn older(run: &SessionRun, wanted: &Wanted, error: Error) -> Result<Listing, Error> {
    let Some(list) = kept::read(run.files) else { return Err(error) };
    let listing = kept::listing(list, Origin::Kept, LeftOut::default(), &wanted.accounts);
    if listing.assignments.is_empty() && !matches!(wanted.accounts, Accounts::All) {
        return Err(error);
    }
    Ok(Listing { origin: Origin::KeptBecause(Box::new(error)), ..listing })
}

/// Whether AWS could not be asked, or did not answer. A refusal is an answer.
fn is_out_of_reach(error: &Error) -> bool {
    use ServiceErrorKind as Kind;
    let kind = match error {
        Error::Aws(AwsError::Service { error, .. }) => &error.kind,
        Error::Shared { exit_code, .. } => return *exit_code == 4,
        _ => return false,
    };
    matches!(
        kind,
        Kind::Throttled
            | Kind::Server
            | Kind::Unreachable
            | Kind::Broken
            | Kind::TimedOut
            | Kind::Untrusted { .. }
            | Kind::Proxy
            | Kind::ProxyUnreachable
            | Kind::NotAws
    )
}

/// Asks AWS, unless another process does so meanwhile.
fn asked(run: &SessionRun, wanted: &Wanted, progress: &mut dyn Progress) -> Result<Listing, Error> {
    // The answer about one account is not kept, so no process waits for it.
    if matches!(wanted.accounts, Accounts::One(_)) {
        return from_aws(run, wanted, progress);
    }
    let lock = list_lock(run.files, progress);
    let shared = SharedFailure::of_list(run.files.state, run.files.session);
    // Also without a wait: the process that asked may have finished just before this one looked.
    if let Some(listing) = listed_meanwhile(run, wanted) {
        return Ok(listing);
    }
    if lock.waited
        && let Some(failure) = shared.recall(run.elapsed())
    {
        return Err(failure);
    }
    from_aws(run, wanted, progress).inspect_err(|failure| shared.note(failure))
}

/// Waits for the process that asks for the list, unless it does not move.
fn list_lock(files: SessionFiles, progress: &mut dyn Progress) -> Lock {
    let SessionFiles { context, state, session, .. } = files;
    let place = LockPlace::of_list(state, session);
    let mut busy = match Lock::try_acquire(context, place.lock.as_ref()) {
        Ok(lock) => return lock,
        Err(busy) => as_known_here(busy),
    };
    let end = context.elapsed().saturating_add(PATIENCE);
    while context.elapsed() < end && !place.is_stuck(busy, context.now()) {
        progress.wait_for(busy.holder);
        match Lock::acquire(context, place.lock.as_ref(), STEP) {
            Ok(lock) => return lock.after_waiting(),
            Err(still) => busy = as_known_here(still),
        }
    }
    debug!(context, "accounts: not waiting for the lock's holder any longer");
    Lock::none().after_waiting()
}

/// The list that another process has got since this run began.
fn listed_meanwhile(run: &SessionRun, wanted: &Wanted) -> Option<Listing> {
    let SessionFiles { state, session, .. } = run.files;
    if !is_since_start(run, AccountList::age(state, session)) {
        return fresh(run.files, wanted);
    }
    let list = kept::read(run.files)?;
    Some(kept::listing(list, Origin::Asked, LeftOut::default(), &wanted.accounts))
}

/// A list that was asked for by this process. It is asked for again if another person has signed in
/// meanwhile.
fn from_aws(run: &SessionRun, wanted: &Wanted, progress: &mut dyn Progress) -> Result<Listing, Error> {
    for _ in 0..LISTINGS {
        if let Some(listing) = of_one_sign_in(run, wanted, progress)? {
            return Ok(listing);
        }
        debug!(run.files.context, "accounts: the token was replaced while AWS answered: asking again");
    }
    Err(required(run.files, &run.login, SignInReason::TokenRejected))
}

/// `None` if the sign-in was replaced while AWS answered.
fn of_one_sign_in(
    run: &SessionRun,
    wanted: &Wanted,
    progress: &mut dyn Progress,
) -> Result<Option<Listing>, Error> {
    let SessionFiles { context, state, session, .. } = run.files;
    let at = context.now();
    let mut access_token = usable_access_token(run, None)?;
    let kept = kept::read(run.files);
    let is_kept = kept.is_some();
    let known = kept.and_then(|list| known(list, wanted));
    let is_listed = known.is_none();
    let mut collect = Collect::new(run.files, wanted.accounts, known, is_kept, progress);
    let mut rejected_in_a_row = 0;
    loop {
        run.aws.list_pages(&access_token, &mut collect);
        match collect.end.take() {
            None => break,
            Some(End::Failed(error)) => {
                let error = failure(&session.region, error, context.now());
                if is_told_by_aws(&error) {
                    take_note(context, state, run.aws);
                }
                return Err(error);
            }
            Some(End::Unauthorized) => {
                debug!(context, "the portal does not accept the access token");
                rejected_in_a_row = if collect.was_answered { 1 } else { rejected_in_a_row + 1 };
                let next = next_token(run, &access_token, rejected_in_a_row)?;
                if Standing::of(run, &access_token) != Standing::Current {
                    return Ok(None);
                }
                access_token = next;
                collect.go_on();
            }
        }
    }
    take_note(context, state, run.aws);
    // AWS has just listed these accounts as the person's, so an empty list would be wrong.
    let is_empty = !collect.collection.accounts().any(|account| wanted.accounts.include(account));
    if let Some(error) = collect.refused.take().filter(|_| is_listed && is_empty) {
        return Err(failure(&session.region, error, context.now()));
    }
    let (is_partial, left_out) = (collect.is_partial, collect.collection.left_out);
    let list = AccountList { at, accounts: collect.collection.into_accounts() };
    if !keep_if_current(run, &access_token, (!is_partial).then_some(&list))? {
        return Ok(None);
    }
    Ok(Some(kept::listing(list, Origin::Asked, left_out, &wanted.accounts)))
}

/// The token to try after AWS has refused `rejected`, the last of so many in a row.
fn next_token(run: &SessionRun, rejected: &Secret, in_a_row: u32) -> Result<Secret, Error> {
    run.time.restart();
    match in_a_row {
        0 | 1 => usable_access_token(run, Some(rejected)),
        2 => after_two_refusals(run, Some(rejected)),
        _ => Err(required(run.files, &run.login, SignInReason::TokenRejected)),
    }
}

/// The one account that is wanted, if the older list has it: AWS is then asked for its roles only.
fn known(older: AccountList, wanted: &Wanted) -> Option<Account> {
    let Accounts::One(account_id) = wanted.accounts else { return None };
    let account = older.accounts.into_iter().find(|account| account.account_id == *account_id)?;
    Some(Account {
        account_id: account.account_id,
        account_name: account.account_name,
        email_address: account.email_address,
    })
}

/// Keeps `list`, if the session still has the sign-in that it was asked for with. `false` if there
/// was another sign-in meanwhile.
fn keep_if_current(
    run: &SessionRun,
    access_token: &Secret,
    list: Option<&AccountList>,
) -> Result<bool, Error> {
    let SessionFiles { state, session, .. } = run.files;
    let standing = Standing::of(run, access_token);
    if standing == Standing::Current
        && let Some(list) = list
    {
        list.keep(state, session, access_token);
    }
    // Looked at again: the person may have signed out just now, and `logout` has removed the list.
    let standing = if standing == Standing::Current { Standing::of(run, access_token) } else { standing };
    if matches!(standing, Standing::Replaced | Standing::SignedOut) && list.is_some() {
        AccountList::forget(state, session);
    }
    match standing {
        Standing::Current | Standing::Unknown => Ok(true),
        Standing::Replaced => Ok(false),
        Standing::SignedOut => Err(required(run.files, &run.login, SignInReason::NeverSignedIn)),
    }
}
