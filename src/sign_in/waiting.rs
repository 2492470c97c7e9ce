//! Waits for a lock whose holder may be waiting for a person. A process that may prompt shows the
//! same code and waits; any other process fails at once. A holder that does not move is not
//! waited for.

use std::cell::Cell;
use std::time::Duration;

use super::pending::PendingSignIn;
use super::prompt;
use super::session::SessionRun;
use super::token_step::{needs_a_person, required};
use crate::debug;
use crate::device_authorization::PendingAuthorization;
use crate::error::{Error, LocalError, LoginCommands, SignInReason, SignInWaiting};
use crate::lock::{Busy, Lock};
use crate::state::{LockPlace, as_known_here};
use crate::terminal::{Channel, PromptBrowser};
use crate::timestamp::Timestamp;

/// The length of the first step of waiting; each later step is twice as long. Between two steps
/// this process looks whether the holder waits for a person, which it may be about to do.
const FIRST_STEP: Duration = Duration::from_millis(300);

/// The longest step, after which this process looks again whether the holder moves.
const LONGEST_STEP: Duration = Duration::from_secs(5);

/// Takes the lock at `place`, whose holder works on `what` and may need a person for it. `until`
/// limits the wait, counted from the start of the run; time in which the holder waits for a
/// person does not count.
///
/// # Errors
/// [`LocalError::LockTimeout`](crate::error::LocalError::LockTimeout) when the time is over or the
/// holder does not move.
pub fn lock(
    run: &SessionRun,
    place: &LockPlace,
    until: Duration,
    what: impl Fn() -> String,
) -> Result<Lock, Error> {
    let patience = until.saturating_sub(run.elapsed());
    wait_in_steps(run, place, &|wait| match needs_a_person(run) {
        _ if place.is_stuck(wait.busy, run.files.context.now()) => Err(stuck(wait, what())),
        Some(reason) => behind_a_sign_in(run, reason, wait),
        None => step_within(patience, place, wait, run.files.context.now(), &what),
    })
}

/// The same for a lock whose holder never waits for a person.
///
/// # Errors
/// [`LocalError::LockTimeout`](crate::error::LocalError::LockTimeout) when the time is over or the
/// holder does not move.
pub fn for_the_network(
    run: &SessionRun,
    place: &LockPlace,
    until: Duration,
    what: impl Fn() -> String,
) -> Result<Lock, Error> {
    let patience = until.saturating_sub(run.elapsed());
    wait_in_steps(run, place, &|wait| {
        // Not before the first step: a holder that was stopped for a moment only may go on, and
        // without the lock this process fails.
        if !wait.waited.is_zero() && place.is_stuck(wait.busy, run.files.context.now()) {
            return Err(stuck(wait, what()));
        }
        step_within(patience, place, wait, run.files.context.now(), &what)
    })
}

/// Takes the lock of the sign-in, in order to ask a person, for `reason`. Some holders are not
/// waited for: a holder that does not move asks no person, and a holder that does not poll for
/// the pending code never learns that the person has confirmed it. This process then goes on
/// with the same code, under the second lock, or without a lock.
///
/// # Errors
/// [`SignInNeeded::Required`](crate::error::SignInNeeded::Required),
/// [`SignInWaiting::Pending`](crate::error::SignInWaiting::Pending) or
/// [`SignInWaiting::Elsewhere`](crate::error::SignInWaiting::Elsewhere).
pub fn for_the_person(run: &SessionRun, reason: SignInReason) -> Result<Lock, Error> {
    let first = LockPlace::of_sign_in(run.files.state, run.files.session);
    if let Some(lock) = unless_waiting_is_useless(run, &first, reason)? {
        return Ok(lock);
    }
    debug!(run.files.context, "sign-in: going on beside the process that holds the lock");
    let second = LockPlace::of_second_sign_in(run.files.state, run.files.session);
    let second = unless_waiting_is_useless(run, &second, reason)?;
    Ok(second.unwrap_or_else(Lock::none).after_waiting())
}

/// The lock at `place`; `None` if waiting for its holder is useless.
fn unless_waiting_is_useless(
    run: &SessionRun,
    place: &LockPlace,
    reason: SignInReason,
) -> Result<Option<Lock>, Error> {
    let is_useless = Cell::new(false);
    let lock = wait_in_steps(run, place, &|wait| {
        let left = time_to_begin_polling(run, wait);
        is_useless.set(
            place.is_stuck(wait.busy, run.files.context.now()) || left.is_some_and(|left| left.is_zero()),
        );
        match left {
            _ if is_useless.get() => Err(elsewhere(&run.login, wait)),
            Some(left) => Ok(Step::Person(left)),
            None => behind_a_sign_in(run, reason, wait),
        }
    });
    if is_useless.get() { Ok(None) } else { lock.map(Some) }
}

/// How much time the holder still has to begin to poll for the pending code, as it may have taken
/// the lock just now. `None` if no code is pending, or if the holder may poll for it already.
fn time_to_begin_polling(run: &SessionRun, wait: &Wait) -> Option<Duration> {
    const TO_BEGIN: Duration = Duration::from_secs(2);
    let pending = PendingSignIn::of(run.files).waiting()?;
    let left = |patience: Duration| patience.saturating_sub(wait.waited);
    let most = left(TO_BEGIN).min(run.wait_left()).max(left(FIRST_STEP));
    (!pending.may_be_polled_by(wait.busy.holder)).then_some(most)
}

/// How long this process has waited for a lock, and for which holder.
struct Wait {
    waited: Duration,
    /// The part of `waited` in which the holder waited for a person.
    for_a_person: Duration,
    busy: Busy,
    /// Whether this process has shown the holder's code.
    shown: bool,
}

/// What to wait for in the next step, and for how long at most.
enum Step {
    /// For the holder's requests to AWS.
    Network(Duration),
    /// For the person whom the holder asks.
    Person(Duration),
    /// For the person, to whom this process shows the holder's code as well.
    PersonAskedHere(Box<PendingAuthorization>, Duration),
}

/// A holder that was waited for this long is noted as one that does not move; later processes do
/// not wait for it.
const STUCK_AFTER: Duration = Duration::from_secs(20);

/// A step of what is left of `patience`. If nothing is left, fails, and notes a holder that has had
/// all the time that its work can take.
fn step_within(
    patience: Duration,
    place: &LockPlace,
    wait: &Wait,
    now: Timestamp,
    what: &impl Fn() -> String,
) -> Result<Step, Error> {
    let waited = wait.waited.saturating_sub(wait.for_a_person);
    if waited < patience {
        return Ok(Step::Network(patience.saturating_sub(waited)));
    }
    if waited >= STUCK_AFTER {
        place.note_stuck(wait.busy, now);
    }
    Err(Error::Local(LocalError::LockTimeout {
        what: what(),
        waited: Some(wait.waited),
        holder: wait.busy.holder,
    }))
}

const fn stuck(wait: &Wait, what: String) -> Error {
    Error::Local(LocalError::LockTimeout { what, waited: None, holder: wait.busy.holder })
}

/// Waits for the lock in growing steps. `next_step` decides before each step whether to go on.
/// Time in which the holder waits for a person is added to the run's time for requests.
fn wait_in_steps(
    run: &SessionRun,
    place: &LockPlace,
    next_step: &dyn Fn(&Wait) -> Result<Step, Error>,
) -> Result<Lock, Error> {
    let path = place.lock.as_ref();
    let busy = match Lock::try_acquire(run.files.context, path) {
        Ok(lock) => return Ok(lock),
        Err(busy) => as_known_here(busy),
    };
    let mut wait = Wait { waited: Duration::ZERO, for_a_person: Duration::ZERO, busy, shown: false };
    let mut length = FIRST_STEP;
    loop {
        let (most, for_a_person) = match next_step(&wait)? {
            Step::Network(most) => (most, false),
            Step::Person(most) => (most, true),
            Step::PersonAskedHere(pending, most) => {
                if !wait.shown {
                    show_code_here(run, &pending);
                    wait.shown = true;
                }
                (most, true)
            }
        };
        let began = run.files.context.elapsed();
        let taken = Lock::acquire(run.files.context, path, length.min(most));
        let took = run.files.context.elapsed().saturating_sub(began);
        wait.waited += took;
        if for_a_person {
            wait.for_a_person += took;
            run.time.extend(took);
        }
        match taken {
            // The lock may have been free in this step, but this process has waited before.
            Ok(lock) => return Ok(lock.after_waiting()),
            Err(busy) => wait.busy = as_known_here(busy),
        }
        length = length.saturating_mul(2).min(LONGEST_STEP);
    }
}

/// The next step behind a holder that asks a person, or is about to. A holder that waits for a
/// redirect has no code that this process could show.
fn behind_a_sign_in(run: &SessionRun, reason: SignInReason, wait: &Wait) -> Result<Step, Error> {
    if !run.policy.sign_in_allowed {
        return Err(required(run.files, &run.login, reason));
    }
    let waiting = PendingSignIn::of(run.files).waiting();
    if let Some(pending) = waiting.filter(|pending| pending.prompted_at.is_some()) {
        let left = run.wait_left();
        if left.is_zero() && wait.shown {
            return Err(prompt::still_pending(run.files.context, &run.login, &pending));
        }
        return Ok(Step::PersonAskedHere(Box::new(pending), left));
    }
    let left = run.wait_left();
    if left.is_zero() {
        return Err(elsewhere(&run.login, wait));
    }
    Ok(Step::Person(left))
}

fn elsewhere(login: &LoginCommands, wait: &Wait) -> Error {
    Error::Waiting(SignInWaiting::Elsewhere { session: login.session.clone(), holder: wait.busy.holder })
}

fn show_code_here(run: &SessionRun, pending: &PendingAuthorization) {
    debug!(run.files.context, "sign-in: another process waits for the person; its code is shown here too");
    let channel = Channel::find(run.policy.terminal_allowed);
    prompt::prompt(run, &channel, pending, PromptBrowser::OpenedBefore, true);
}
