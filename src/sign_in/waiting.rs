//! Standing in line: behind a lock whose holder may be waiting for a person. A process that
//! may prompt shows the same code and waits; any other fails at once. A holder that does not
//! move is not waited for.

use std::cell::Cell;
use std::time::Duration;

use super::pending::PendingSignIn;
use super::prompt;
use super::session::SessionRun;
use super::token_step::{needs_a_person, required};
use crate::debug;
use crate::device_authorization::PendingAuthorization;
use crate::error::{Error, LocalError, SignInWaiting};
use crate::lock::{Busy, Lock};
use crate::state::{LockPlace, as_known_here};
use crate::terminal::{Channel, PromptBrowser};
use crate::token::SignInReason;

/// After so long for the first time we look whether a person is being waited for, then
/// after twice as long: the one before us may be about to ask.
const FIRST_LOOK: Duration = Duration::from_millis(300);

/// In the end we look this often whether the one before us still moves.
const LONGEST_STEP: Duration = Duration::from_secs(5);

/// Takes the lock at `place`, whose holder is busy with `what`, and may need a person
/// for it. `until` is how long that may take, from our start, where it needs none.
///
/// # Errors
/// [`LocalError::LockTimeout`](crate::error::LocalError::LockTimeout) when the time is over or the holder does not move.
pub fn lock(
    run: &SessionRun,
    place: &LockPlace,
    until: Duration,
    what: impl Fn() -> String,
) -> Result<Lock, Error> {
    let patience = until.saturating_sub(run.elapsed());
    stand_in_line(run, place, &|line| match needs_a_person(run) {
        _ if place.is_stuck(line.busy, run.files.context.now()) => Err(stuck(line, what())),
        Some(reason) => behind_a_sign_in(run, reason, line),
        None => in_time(run, place, patience, line, &what),
    })
}

/// The same for a lock under which no person is waited for.
///
/// # Errors
/// As there.
pub fn for_the_network(
    run: &SessionRun,
    place: &LockPlace,
    until: Duration,
    what: impl Fn() -> String,
) -> Result<Lock, Error> {
    let patience = until.saturating_sub(run.elapsed());
    stand_in_line(run, place, &|line| {
        // A failure comes of it: a holder that was stopped for a moment only may go on.
        if !line.waited.is_zero() && place.is_stuck(line.busy, run.files.context.now()) {
            return Err(stuck(line, what()));
        }
        in_time(run, place, patience, line, &what)
    })
}

/// Takes the lock of those who ask a person, for `reason`. A holder that does not move asks
/// nobody, and one that does not poll the code which waits would never see that it is
/// confirmed: beside both this process goes on with the same code, under a second lock, or
/// without one.
pub fn for_the_person(run: &SessionRun, reason: SignInReason) -> Result<Lock, Error> {
    if let Some(lock) =
        unless_of_no_use(run, &LockPlace::of_sign_in(run.files.state, run.files.session), reason)?
    {
        return Ok(lock);
    }
    debug!(run.files.context, "sign-in: going on beside the process that holds the lock");
    let second =
        unless_of_no_use(run, &LockPlace::of_second_sign_in(run.files.state, run.files.session), reason)?;
    Ok(second.unwrap_or_else(Lock::none).after_waiting())
}

/// The lock at `place`; `None` where it is of no use to wait for its holder.
fn unless_of_no_use(
    run: &SessionRun,
    place: &LockPlace,
    reason: SignInReason,
) -> Result<Option<Lock>, Error> {
    let no_use = Cell::new(false);
    let lock = stand_in_line(run, place, &|line| {
        let left = until_taken_over(run, line);
        no_use.set(
            place.is_stuck(line.busy, run.files.context.now()) || left.is_some_and(|left| left.is_zero()),
        );
        match left {
            _ if no_use.get() => Err(elsewhere(run, line)),
            Some(left) => Ok(Look::Person(left)),
            None => behind_a_sign_in(run, reason, line),
        }
    });
    if no_use.get() { Ok(None) } else { lock.map(Some) }
}

/// How long the holder of the lock may take to poll a code that waits and that it does not
/// poll yet: it may have come just now. `None` where there is no such code.
fn until_taken_over(run: &SessionRun, line: &Line) -> Option<Duration> {
    const TAKEN_OVER: Duration = Duration::from_secs(2);
    let pending = PendingSignIn::of(run.files).waiting()?;
    let left = |patience: Duration| patience.saturating_sub(line.waited);
    let most = left(TAKEN_OVER).min(run.wait_left()).max(left(FIRST_LOOK));
    (!pending.may_be_polled_by(line.busy.holder)).then_some(most)
}

/// How long this process stands in line, and behind which other.
struct Line {
    waited: Duration,
    /// The part of it in which a person was waited for.
    for_a_person: Duration,
    busy: Busy,
    /// Whether the person was shown here what another process asks.
    shown: bool,
}

/// How to go on waiting.
enum Look {
    /// For another's requests, so long at most.
    Network(Duration),
    /// For a person whom somebody else asks, so long at most.
    Person(Duration),
    /// So long at most with the person, who is shown this here as well.
    Along(Box<PendingAuthorization>, Duration),
}

/// A holder that was waited for so long is not waited for again by the next start.
const LONG: Duration = Duration::from_secs(20);

/// What is left of `patience`; when nothing is, the holder is noted if it had all the time
/// that its work can take.
fn in_time(
    run: &SessionRun,
    place: &LockPlace,
    patience: Duration,
    line: &Line,
    what: &impl Fn() -> String,
) -> Result<Look, Error> {
    let waited = line.waited.saturating_sub(line.for_a_person);
    if waited < patience {
        return Ok(Look::Network(patience.saturating_sub(waited)));
    }
    if waited >= LONG {
        place.note_stuck(line.busy, run.files.context.now());
    }
    Err(Error::Local(LocalError::LockTimeout {
        what: what(),
        waited: Some(line.waited),
        holder: line.busy.holder,
    }))
}

const fn stuck(line: &Line, what: String) -> Error {
    Error::Local(LocalError::LockTimeout { what, waited: None, holder: line.busy.holder })
}

/// Waits for the lock in growing steps; `look` says before each whether it is still worth it.
/// What a person takes is not the network's fault, and moves the run's deadline.
fn stand_in_line(
    run: &SessionRun,
    place: &LockPlace,
    look: &dyn Fn(&Line) -> Result<Look, Error>,
) -> Result<Lock, Error> {
    let path = place.lock.as_ref();
    let busy = match Lock::try_acquire(run.files.context, path) {
        Ok(lock) => return Ok(lock),
        Err(busy) => as_known_here(busy),
    };
    let mut line = Line { waited: Duration::ZERO, for_a_person: Duration::ZERO, busy, shown: false };
    let mut step = FIRST_LOOK;
    loop {
        let (most, for_a_person) = match look(&line)? {
            Look::Network(most) => (most, false),
            Look::Person(most) => (most, true),
            Look::Along(pending, most) => {
                if !line.shown {
                    show_along(run, &pending);
                    line.shown = true;
                }
                (most, true)
            }
        };
        let began = run.files.context.elapsed();
        let taken = Lock::acquire(run.files.context, path, step.min(most));
        let took = run.files.context.elapsed().saturating_sub(began);
        line.waited += took;
        if for_a_person {
            line.for_a_person += took;
            run.time.extend(took);
        }
        match taken {
            // The last look may have found it free; we stood in line all the same.
            Ok(lock) => return Ok(lock.after_waiting()),
            Err(busy) => line.busy = as_known_here(busy),
        }
        step = step.saturating_mul(2).min(LONGEST_STEP);
    }
}

/// Somebody is being asked, or about to be. A `login` that waits for its redirect has
/// nothing that could be shown here too.
fn behind_a_sign_in(run: &SessionRun, reason: SignInReason, line: &Line) -> Result<Look, Error> {
    if !run.policy.sign_in_allowed {
        return Err(required(run.files, &run.login, reason));
    }
    let waiting = PendingSignIn::of(run.files).waiting();
    if let Some(pending) = waiting.filter(|pending| pending.prompted_at.is_some()) {
        let left = run.wait_left();
        if left.is_zero() && line.shown {
            return Err(prompt::still_pending(run, &pending));
        }
        return Ok(Look::Along(Box::new(pending), left));
    }
    let left = run.wait_left();
    if left.is_zero() {
        return Err(elsewhere(run, line));
    }
    Ok(Look::Person(left))
}

fn elsewhere(run: &SessionRun, line: &Line) -> Error {
    Error::Waiting(SignInWaiting::Elsewhere { session: run.login.session.clone(), holder: line.busy.holder })
}

fn show_along(run: &SessionRun, pending: &PendingAuthorization) {
    debug!(run.files.context, "another process waits for the person; waiting along");
    let channel = Channel::find(run.policy.terminal_allowed);
    prompt::prompt(run, &channel, pending, PromptBrowser::OpenedBefore, true);
}
