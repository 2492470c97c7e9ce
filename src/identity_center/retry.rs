//! When to ask again, and how long to wait before.
//!
//! The policy is pure; [`with_retries`] is the loop around it. Only failures that
//! may pass by themselves are tried again: never a refusal or a certificate, and an
//! answer that is not AWS's only if its status is a server's fault (5xx).

use std::time::Duration;

use super::deadline::Deadline;
use crate::context::Context;
use crate::error::{ServiceError, ServiceErrorKind};

/// How long one operation is tried in all, waits included.
pub const BUDGET: Duration = Duration::from_secs(20);

/// How long to wait after the `attempt`th request (counted from 1) failed with
/// `error`, when `left` of the budget remains. `random` is from 0 to 1. `None`:
/// give up.
///
/// A `Retry-After` beyond the budget is an answer: AWS will not serve us in time.
pub fn next_delay(attempt: u32, error: &ServiceError, left: Duration, random: f64) -> Option<Duration> {
    let doubled = |low: f64, high: f64, most: f64| {
        let between = low + (high - low) * random.clamp(0.0, 1.0);
        Duration::from_secs_f64(
            (between * 2f64.powi(attempt.saturating_sub(1).min(16).cast_signed())).min(most),
        )
    };
    let (attempts, delay) = match error.kind {
        ServiceErrorKind::Throttled => (u32::MAX, doubled(1.0, 2.0, 8.0)),
        _ if is_servers_fault(error) => (u32::MAX, doubled(0.2, 0.6, 4.0)),
        ServiceErrorKind::Broken => (4, doubled(0.05, 0.2, 1.0)),
        ServiceErrorKind::Unreachable | ServiceErrorKind::ProxyUnreachable => (3, doubled(0.2, 0.5, 1.0)),
        ServiceErrorKind::TimedOut => (2, doubled(0.1, 0.3, 0.3)),
        _ => return None,
    };
    let delay = match error.retry_after {
        // A little later than asked, so that many do not come at the same moment.
        // A server that asks for no wait at all leaves it to us.
        Some(asked) if !asked.is_zero() => {
            asked.saturating_add(Duration::from_millis(500).mul_f64(random.clamp(0.0, 1.0)))
        }
        _ => delay,
    };
    (attempt < attempts && delay < left).then_some(delay)
}

/// A web page with a 5xx is not told as an outage of AWS, and may yet be one: load balancers
/// answer so too. The 511 of a captive portal waits for a person.
fn is_servers_fault(error: &ServiceError) -> bool {
    let by_status = || matches!(error.status, Some(500..=510 | 512..=599));
    error.kind == ServiceErrorKind::Server || (error.kind == ServiceErrorKind::NotAws && by_status())
}

/// Calls until it succeeds, fails for good, or `deadline` has come, which each call is given.
///
/// # Errors
/// The last [`ServiceError`] that says something about AWS.
pub fn with_retries<T>(
    context: &Context,
    deadline: Deadline,
    mut call: impl FnMut(Deadline) -> Result<T, ServiceError>,
) -> Result<T, ServiceError> {
    let (mut attempt, mut before) = (1, None);
    loop {
        let error = match call(deadline) {
            Ok(answer) => return Ok(answer),
            Err(error) => error,
        };
        let left = deadline.left(context);
        let Some(delay) = next_delay(attempt, &error, left, random()) else {
            return Err(ServiceError { asked_again: attempt > 1, ..more_telling(before, error) });
        };
        crate::debug!(
            context,
            "{}: attempt {attempt} failed ({:?}), asking again in {} ms",
            error.operation,
            error.kind,
            delay.as_millis()
        );
        context.sleep(delay);
        attempt += 1;
        before = Some(error);
    }
}

/// The budget's end cuts the last call short: that it was late then says nothing,
/// while the answer before it does.
fn more_telling(before: Option<ServiceError>, last: ServiceError) -> ServiceError {
    match before {
        Some(answer)
            if last.kind == ServiceErrorKind::TimedOut
                && (answer.kind == ServiceErrorKind::Throttled || is_servers_fault(&answer)) =>
        {
            answer
        }
        _ => last,
    }
}

/// From 0 to 1; without a source of randomness, the middle.
fn random() -> f64 {
    getrandom::u32().map_or(0.5, |bits| f64::from(bits) / f64::from(u32::MAX))
}

#[cfg(test)]
#[path = "retry_tests.rs"]
mod tests;
