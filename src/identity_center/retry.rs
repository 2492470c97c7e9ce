//! Retries a request that failed, after a wait.
//!
//! [`next_delay`] decides, [`with_retries`] waits and asks again. Only failures that may end by
//! themselves are retried: never a refusal or an untrusted certificate, and an answer that is not
//! AWS's only if its status is a server error (5xx).

use std::time::Duration;

use super::deadline::Deadline;
use crate::context::Context;
use crate::error::{ServiceError, ServiceErrorKind};

/// The longest time for one operation, with all its requests and waits.
pub const BUDGET: Duration = Duration::from_secs(20);

/// How long to wait after request number `attempt` (from 1) failed with `error`, when `left` of
/// the budget remains. `random` is from 0 to 1. `None` means: do not retry.
///
/// A `Retry-After` that is longer than `left` also gives `None`: AWS will not answer in time.
pub fn next_delay(attempt: u32, error: &ServiceError, left: Duration, random: f64) -> Option<Duration> {
    let doubled = |low: f64, high: f64, most: f64| {
        let between = low + (high - low) * random.clamp(0.0, 1.0);
        Duration::from_secs_f64(
            (between * 2f64.powi(attempt.saturating_sub(1).min(16).cast_signed())).min(most),
        )
    };
    let (attempts, delay) = match error.kind {
        ServiceErrorKind::Throttled => (u32::MAX, doubled(1.0, 2.0, 8.0)),
        _ if is_server_error(error) => (u32::MAX, doubled(0.2, 0.6, 4.0)),
        ServiceErrorKind::Broken => (4, doubled(0.05, 0.2, 1.0)),
        ServiceErrorKind::Unreachable | ServiceErrorKind::ProxyUnreachable => (3, doubled(0.2, 0.5, 1.0)),
        ServiceErrorKind::TimedOut => (2, doubled(0.1, 0.3, 0.3)),
        _ => return None,
    };
    let delay = match error.retry_after {
        // A random time is added, so that many processes do not ask again at the same moment.
        // `Retry-After: 0` is ignored.
        Some(asked) if !asked.is_zero() => {
            asked.saturating_add(Duration::from_millis(500).mul_f64(random.clamp(0.0, 1.0)))
        }
        _ => delay,
    };
    (attempt < attempts && delay < left).then_some(delay)
}

/// Whether the failure may be an outage of AWS. A web page with a status of 5xx is reported as
/// [`ServiceErrorKind::NotAws`], but may come from a load balancer of AWS's. 511 does not count:
/// it comes from a captive portal, where a person has to act.
fn is_server_error(error: &ServiceError) -> bool {
    let by_status = || matches!(error.status, Some(500..=510 | 512..=599));
    error.kind == ServiceErrorKind::Server || (error.kind == ServiceErrorKind::NotAws && by_status())
}

/// The attempts at one operation so far.
#[derive(Debug, Clone)]
pub struct Attempts {
    deadline: Deadline,
    failed: u32,
    previous: Option<ServiceError>,
}

impl Attempts {
    /// No attempt has failed yet. None begins after `deadline`.
    pub const fn until(deadline: Deadline) -> Self {
        Self { deadline, failed: 0, previous: None }
    }

    /// The deadline of every request.
    pub const fn deadline(&self) -> Deadline {
        self.deadline
    }

    /// How long to wait before the next attempt, after one has failed with `error`.
    ///
    /// # Errors
    /// If there is no other attempt: `error`, or the one before it (see `more_telling`).
    pub fn pause_after(&mut self, context: &Context, error: ServiceError) -> Result<Duration, ServiceError> {
        self.failed += 1;
        let left = self.deadline.left(context);
        let Some(delay) = next_delay(self.failed, &error, left, random()) else {
            let asked_again = self.failed > 1;
            return Err(ServiceError { asked_again, ..more_telling(self.previous.take(), error) });
        };
        crate::debug!(
            context,
            "{}: attempt {} failed ({:?}), asking again in {} ms",
            error.operation,
            self.failed,
            error.kind,
            delay.as_millis()
        );
        self.previous = Some(error);
        Ok(delay)
    }
}

/// Calls `call` until it succeeds, fails for good, or `deadline` is reached. Each call gets the
/// same deadline.
///
/// # Errors
/// The last [`ServiceError`], or the one before it (see `more_telling`).
pub fn with_retries<T>(
    context: &Context,
    deadline: Deadline,
    mut call: impl FnMut(Deadline) -> Result<T, ServiceError>,
) -> Result<T, ServiceError> {
    let mut attempts = Attempts::until(deadline);
    loop {
        match call(deadline) {
            Ok(answer) => return Ok(answer),
            Err(error) => context.sleep(attempts.pause_after(context, error)?),
        }
    }
}

/// The deadline cuts the last request short. That it timed out then says nothing about AWS, so the
/// error before it is reported, if that was an answer of AWS's.
fn more_telling(previous: Option<ServiceError>, last: ServiceError) -> ServiceError {
    match previous {
        Some(answer)
            if last.kind == ServiceErrorKind::TimedOut
                && (answer.kind == ServiceErrorKind::Throttled || is_server_error(&answer)) =>
        {
            answer
        }
        _ => last,
    }
}

/// A number from 0 to 1; 0.5 if the system gives no random bytes.
pub fn random() -> f64 {
    getrandom::u32().map_or(0.5, |bits| f64::from(bits) / f64::from(u32::MAX))
}

#[cfg(test)]
#[path = "retry_tests.rs"]
mod tests;
