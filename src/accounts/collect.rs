//! Decides which pages are asked for and when: several at a time, at the rate that all processes
//! share, and again after a failure that may pass.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use super::collection::Collection;
use super::progress::Progress;
use super::wanted::{Account, Accounts};
use crate::context::Context;
use crate::debug;
use crate::error::{ServiceError, ServiceErrorKind};
use crate::identifiers::AccountId;
use crate::identity_center;
use crate::identity_center::retry::{Attempts, random};
use crate::identity_center::{Deadline, List, Page, PageBatch, PageRequest, Step};
use crate::sign_in::{BUDGET, SessionFiles};
use crate::state::RequestRate;

/// The most requests at a time. A portal that takes half a second is then still asked as often as
/// it allows.
const AT_A_TIME: usize = 10;

/// If so few accounts match, only their roles are asked for: it takes a second. Otherwise the whole
/// list is asked for and kept, so that the next filter needs no request.
const FEW: usize = 10;

/// If the portal refuses every request for so long (429), or asks for a pause beyond that, this run
/// ends. If an older list can be shown instead, the portal has [`BUDGET`] for its first answer.
const GIVE_UP_AFTER: Duration = Duration::from_secs(10 * 60);

/// The pause after a 429 without `Retry-After`. It doubles with each further one, up to the longest.
const PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// How often the only request is tried if there is no file descriptor for it.
const TRIES_ALONE: u32 = 3;

/// How long a request is put off if there is no file descriptor for it.
const UNTIL_A_CONNECTION_IS_FREE: Duration = Duration::from_millis(100);

/// Asks for accounts and roles, page by page.
pub(super) struct Collect<'a> {
    context: &'a Context,
    rate: RequestRate<'a>,
    wanted: Accounts<'a>,
    progress: &'a mut dyn Progress,
    pub(super) collection: Collection,
    /// What is to be asked for, with the time before which it is not.
    waiting: VecDeque<(Duration, PageRequest)>,
    under_way: Vec<PageRequest>,
    attempts: BTreeMap<List, Attempts>,
    /// The time of the next request, if it is arranged.
    appointment: Option<Duration>,
    at_a_time: usize,
    /// How often in a row there was no descriptor for the only request.
    exhausted_alone: u32,
    /// How often in a row the portal has refused to answer more.
    refusals: u32,
    answered_at: Duration,
    /// So long after the last answer, a portal that refuses every request is not asked again.
    patience: Duration,
    /// The end of the pause that the portal has asked this process for. [`RequestRate`] shares the
    /// first minute of it.
    paused_until: Duration,
    /// How many accounts are finished, and how many there are once that is known.
    finished: usize,
    all: Option<usize>,
    /// Whether the roles of some accounts only were asked for.
    pub(super) is_partial: bool,
    /// Whether a page has been answered since [`Self::go_on`].
    pub(super) was_answered: bool,
    pub(super) end: Option<End>,
    /// The last refusal to list the roles in an account.
    pub(super) refused: Option<ServiceError>,
}

/// Why the batch is over before everything is answered.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The portal does not accept the access token.
    Unauthorized,
    /// A request has failed for good.
    Failed(ServiceError),
}

impl<'a> Collect<'a> {
    /// Nothing is asked for yet. With `known`, the one account that is wanted is known already.
    /// With `is_kept`, an older list can be shown if this fails.
    pub(super) fn new(
        files: SessionFiles<'a>,
        wanted: Accounts<'a>,
        known: Option<Account>,
        is_kept: bool,
        progress: &'a mut dyn Progress,
    ) -> Self {
        let mut collect = Self {
            context: files.context,
            rate: RequestRate::of(files.state, files.session),
            wanted,
            progress,
            collection: Collection::default(),
            waiting: VecDeque::new(),
            under_way: Vec::new(),
            attempts: BTreeMap::new(),
            appointment: None,
            at_a_time: AT_A_TIME,
            exhausted_alone: 0,
            refusals: 0,
            answered_at: files.context.elapsed(),
            patience: if is_kept { BUDGET } else { GIVE_UP_AFTER },
            paused_until: Duration::ZERO,
            finished: 0,
            all: None,
            is_partial: matches!(wanted, Accounts::One(_)),
            was_answered: false,
            end: None,
            refused: None,
        };
        match known {
            Some(account) => {
                let account_id = account.account_id.clone();
                collect.collection.insert(account);
                collect.all = Some(1);
                collect.ask_for(List::Roles(account_id), None);
            }
            None => collect.ask_for(List::Accounts, None),
        }
        collect
    }

    /// Prepares the next batch after one that ended early: what was under way is asked for again.
    pub(super) fn go_on(&mut self) {
        self.end = None;
        self.was_answered = false;
        self.answered_at = self.context.elapsed();
        let again = self.under_way.drain(..).map(|request| (Duration::ZERO, request));
        self.waiting.extend(again);
    }

    fn ask_for(&mut self, list: List, next_token: Option<String>) {
        self.waiting.push_back((Duration::ZERO, PageRequest { list, next_token }));
    }

    /// Takes a page of accounts, and arranges what is asked for next.
    fn take_accounts(&mut self, page: Vec<identity_center::Account>, next_token: Option<String>) {
        let new = self.collection.add_accounts(page);
        match self.wanted {
            Accounts::One(account_id) => {
                if new.iter().any(|account| account.account_id == *account_id) {
                    self.all = Some(1);
                    self.collection.finish(&List::Accounts);
                    return self.ask_for(List::Roles(account_id.clone()), None);
                }
            }
            Accounts::All => {
                for account in new {
                    self.ask_for(List::Roles(account.account_id), None);
                }
            }
            // Which accounts are asked about depends on how many match.
            Accounts::Matching(_) => {}
        }
        if let Some(next_token) = next_token {
            return self.turn(List::Accounts, next_token);
        }
        self.collection.finish(&List::Accounts);
        if matches!(self.wanted, Accounts::Matching(_)) {
            self.ask_for_matching();
        }
        self.all = Some(self.finished + self.unfinished());
    }

    fn ask_for_matching(&mut self) {
        let ids = |accounts: Vec<&Account>| -> Vec<AccountId> {
            accounts.into_iter().map(|account| account.account_id.clone()).collect()
        };
        let all = ids(self.collection.accounts().collect());
        let matching =
            ids(self.collection.accounts().filter(|account| self.wanted.include(account)).collect());
        self.is_partial = matching.len() <= FEW && matching.len() < all.len();
        for account_id in if self.is_partial { matching } else { all } {
            self.ask_for(List::Roles(account_id), None);
        }
    }

    /// How many accounts have roles that are not known yet.
    fn unfinished(&self) -> usize {
        let under_way = self.under_way.iter();
        let lists = self.waiting.iter().map(|(_, request)| request).chain(under_way);
        lists.filter(|request| matches!(request.list, List::Roles(_))).count()
    }

    fn take_roles(&mut self, account_id: &AccountId, page: &[String], next_token: Option<String>) {
        let list = List::Roles(account_id.clone());
        if let Err(what) = self.collection.add_roles(account_id, page) {
            return self.fail(&list, &what);
        }
        match next_token {
            Some(next_token) => self.turn(list, next_token),
            None => self.finish(&list),
        }
    }

    fn finish(&mut self, list: &List) {
        self.collection.finish(list);
        self.finished += 1;
        self.progress.advance(self.finished, self.all);
    }

    /// Asks for the next page of `list` before anything else.
    fn turn(&mut self, list: List, next_token: String) {
        match self.collection.turn(&list, &next_token) {
            Ok(()) => {
                let request = PageRequest { list, next_token: Some(next_token) };
                self.waiting.push_front((Duration::ZERO, request));
            }
            Err(what) => self.fail(&list, &what),
        }
    }

    /// Ends the batch: the list cannot be one of AWS's.
    fn fail(&mut self, list: &List, what: &str) {
        let message = Some(format!("the list cannot be used: {what}"));
        let error = not_answered(list, ServiceErrorKind::NotAws);
        self.end = Some(End::Failed(ServiceError { message, ..error }));
    }

    /// Decides what follows from a request that failed.
    fn take_error(&mut self, request: PageRequest, error: ServiceError) {
        let now = self.context.elapsed();
        match (&error.kind, &request.list) {
            (ServiceErrorKind::Unauthorized, _) => {
                self.waiting.push_front((Duration::ZERO, request));
                self.end.get_or_insert(End::Unauthorized);
            }
            (ServiceErrorKind::Forbidden | ServiceErrorKind::NotFound, List::Roles(account_id)) => {
                debug!(self.context, "accounts: account {account_id} cannot be reached any more");
                self.collection.remove(account_id);
                self.finish(&request.list);
                self.refused = Some(error);
            }
            (ServiceErrorKind::Throttled, _) => {
                let asked_again = self.refusals > 0;
                self.paused_until = self.paused_until.max(now.saturating_add(self.slow_down(&error)));
                if self.paused_until.saturating_sub(self.answered_at) >= self.patience {
                    self.end = Some(End::Failed(ServiceError { asked_again, ..error }));
                }
                self.attempts.remove(&request.list);
                self.waiting.push_front((Duration::ZERO, request));
            }
            (ServiceErrorKind::Exhausted, _) if self.exhausted_alone < TRIES_ALONE => {
                self.exhausted_alone += u32::from(self.at_a_time == 1);
                self.at_a_time = self.at_a_time.min(self.under_way.len()).max(1);
                debug!(self.context, "accounts: {} requests at a time from now on", self.at_a_time);
                self.waiting.push_front((now + UNTIL_A_CONNECTION_IS_FREE, request));
            }
            _ => match attempts_at(&mut self.attempts, self.context, &request.list)
                .pause_after(self.context, error)
            {
                Ok(pause) => self.waiting.push_front((now + pause, request)),
                Err(error) => self.end = Some(End::Failed(error)),
            },
        }
    }

    /// Ends the batch: all processes keep a pause that is longer than this one waits.
    fn end_in_pause(&mut self, pause: Duration) {
        let Some((_, request)) = self.waiting.front() else { return };
        let error = not_answered(&request.list, ServiceErrorKind::Throttled);
        let asked_again = self.refusals > 0;
        self.end = Some(End::Failed(ServiceError { retry_after: Some(pause), asked_again, ..error }));
    }

    /// Slows all processes down after a 429. Gives the pause.
    fn slow_down(&mut self, error: &ServiceError) -> Duration {
        let doubled = PAUSE.saturating_mul(1 << self.refusals.min(16)).min(LONGEST_PAUSE);
        let asked = error.retry_after.filter(|asked| !asked.is_zero());
        let pause = asked.unwrap_or_else(|| doubled.mul_f64(1.0 + random() / 2.0));
        if self.rate.slow_down(pause) {
            self.refusals += 1;
            debug!(self.context, "accounts: the portal asks for a pause: {} ms", pause.as_millis());
        }
        self.appointment = None;
        pause
    }
}

/// A request for `list` without an answer, or with one that cannot be used.
fn not_answered(list: &List, kind: ServiceErrorKind) -> ServiceError {
    ServiceError { message: None, ..ServiceError::unanswered(list.operation(), kind, "the portal", "") }
}

fn attempts_at<'m>(
    attempts: &'m mut BTreeMap<List, Attempts>,
    context: &Context,
    list: &List,
) -> &'m mut Attempts {
    let new = || Attempts::until(Deadline::after(context, BUDGET));
    attempts.entry(list.clone()).or_insert_with(new)
}

impl PageBatch for Collect<'_> {
    fn next(&mut self, under_way: usize) -> Step {
        if self.end.is_some() {
            return Step::Stop;
        }
        let now = self.context.elapsed();
        let Some(earliest) = self.waiting.iter().map(|(not_before, _)| *not_before).min() else {
            return Step::WaitForAnswer;
        };
        if under_way >= self.at_a_time {
            return Step::WaitForAnswer;
        }
        let earliest = earliest.max(self.paused_until);
        if earliest > now {
            return Step::Wait(earliest.saturating_sub(now));
        }
        let appointment = match self.appointment {
            Some(appointment) => appointment,
            None => *self.appointment.insert(now + self.rate.appoint()),
        };
        // What waits may have changed since the appointment was made, but something may be asked.
        let now = self.context.elapsed();
        match appointment.saturating_sub(now) {
            Duration::ZERO => {}
            pause if pause >= self.patience => {
                self.end_in_pause(pause);
                return Step::Stop;
            }
            pause => return Step::Wait(pause),
        }
        let ready = self.waiting.iter().position(|(not_before, _)| *not_before <= now);
        let Some((_, request)) = ready.and_then(|at| self.waiting.remove(at)) else {
            return Step::WaitForAnswer;
        };
        self.appointment = None;
        self.under_way.push(request.clone());
        // If other processes made the portal ask for a pause meanwhile, the time begins anew.
        let deadline = attempts_at(&mut self.attempts, self.context, &request.list).deadline();
        if deadline.left(self.context).is_zero() {
            self.attempts.remove(&request.list);
        }
        let deadline = attempts_at(&mut self.attempts, self.context, &request.list).deadline();
        Step::Ask(request, deadline)
    }

    fn take(&mut self, request: PageRequest, answer: Result<Page, ServiceError>) {
        self.under_way.retain(|asked| *asked != request);
        let page = match answer {
            Ok(page) => page,
            Err(error) => return self.take_error(request, error),
        };
        self.attempts.remove(&request.list);
        self.refusals = 0;
        self.exhausted_alone = 0;
        self.was_answered = true;
        self.answered_at = self.context.elapsed();
        self.patience = GIVE_UP_AFTER;
        match (page, &request.list) {
            (Page::Accounts(page, next_token), _) => self.take_accounts(page, next_token),
            (Page::Roles(page, next_token), List::Roles(account_id)) => {
                self.take_roles(account_id, &page, next_token);
            }
            (Page::Roles(..), List::Accounts) => {}
        }
    }

    fn wait(&mut self, time: Duration) {
        self.context.sleep(time);
    }
}
