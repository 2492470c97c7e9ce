use super::*;
use crate::timestamp::Timestamp;

const RANDOM_NUMBERS: [f64; 5] = [0.0, 0.25, 0.5, 0.75, 1.0];

fn error(kind: ServiceErrorKind) -> ServiceError {
    ServiceError {
        operation: "GetRoleCredentials",
        kind,
        status: None,
        code: None,
        message: None,
        endpoint: "portal".to_owned(),
        retry_after: None,
        server_date: None,
        proxy: None,
        asked_again: false,
    }
}

/// The delays of an operation that always fails the same way and takes no time.
fn delays(error: &ServiceError, random: f64) -> Vec<Duration> {
    let mut left = BUDGET;
    let mut delays = Vec::new();
    while let Some(delay) = next_delay(u32::try_from(delays.len()).unwrap() + 1, error, left, random) {
        left -= delay;
        delays.push(delay);
    }
    delays
}

#[test]
fn a_lasting_failure_is_not_retried() {
    use ServiceErrorKind as Kind;
    for kind in [
        Kind::AuthorizationPending,
        Kind::SlowDown,
        Kind::ExpiredToken,
        Kind::AccessDenied,
        Kind::InvalidGrant,
        Kind::InvalidClient,
        Kind::UnauthorizedClient,
        Kind::InvalidScope,
        Kind::InvalidRequest,
        Kind::Unauthorized,
        Kind::Forbidden,
        Kind::NotFound,
        Kind::Untrusted { issuer: None },
        Kind::Connection,
        Kind::NotAws,
        Kind::Other,
    ] {
        let mut error = error(kind);
        error.retry_after = Some(Duration::ZERO);
        assert_eq!(next_delay(1, &error, BUDGET, 0.5), None, "{:?}", error.kind);
    }
}

#[test]
fn a_web_page_is_retried_only_if_its_status_is_a_server_error() {
    let page = |status| ServiceError { status: Some(status), ..error(ServiceErrorKind::NotAws) };
    for status in [500, 502, 503, 504, 599] {
        assert_eq!(delays(&page(status), 0.5), delays(&error(ServiceErrorKind::Server), 0.5), "{status}");
    }
    for status in [200, 302, 403, 404, 407, 429, 511] {
        assert_eq!(next_delay(1, &page(status), BUDGET, 0.5), None, "{status}");
    }
}

#[test]
fn waits_grow_and_stay_within_the_budget() {
    for (kind, first, requests) in [
        (ServiceErrorKind::Throttled, (1.0, 2.0), 3..=5),
        (ServiceErrorKind::Server, (0.2, 0.6), 7..=12),
        (ServiceErrorKind::Broken, (0.05, 0.2), 4..=4),
        (ServiceErrorKind::Unreachable, (0.2, 0.5), 3..=3),
        (ServiceErrorKind::TimedOut, (0.1, 0.3), 2..=2),
    ] {
        let error = error(kind);
        for random in RANDOM_NUMBERS {
            let delays = delays(&error, random);
            assert!(requests.contains(&(delays.len() + 1)), "{:?} {delays:?}", error.kind);
            assert!((first.0..=first.1).contains(&delays[0].as_secs_f64()), "{:?} {delays:?}", error.kind);
            assert!(delays.is_sorted() && delays.iter().sum::<Duration>() < BUDGET);
        }
    }
}

#[test]
fn an_unreachable_host_is_given_up_within_two_seconds() {
    assert!(delays(&error(ServiceErrorKind::Unreachable), 1.0).iter().sum::<Duration>().as_secs_f64() <= 1.5);
}

#[test]
fn retry_after_decides_how_long_to_wait() {
    for kind in [ServiceErrorKind::Throttled, ServiceErrorKind::Server] {
        let mut error = error(kind);
        error.retry_after = Some(Duration::from_secs(7));
        for random in RANDOM_NUMBERS {
            let delay = next_delay(1, &error, BUDGET, random).unwrap().as_secs_f64();
            assert!((7.0..=7.5).contains(&delay));
        }
        error.retry_after = Some(Duration::from_mins(1));
        assert_eq!(next_delay(1, &error, BUDGET, 0.0), None);
        error.retry_after = Some(Duration::MAX);
        assert_eq!(next_delay(1, &error, BUDGET, 1.0), None);
    }
}

#[test]
fn a_wait_as_long_as_the_time_left_is_not_begun() {
    let error = error(ServiceErrorKind::Throttled);
    let second = Duration::from_secs(1);
    assert_eq!(next_delay(1, &error, second, 0.0), None);
    assert_eq!(next_delay(1, &error, second + Duration::from_millis(1), 0.0), Some(second));
}

#[test]
fn a_retry_after_of_zero_is_ignored() {
    for kind in [ServiceErrorKind::Throttled, ServiceErrorKind::Server] {
        let mut error = error(kind);
        for random in RANDOM_NUMBERS {
            error.retry_after = None;
            let without = next_delay(1, &error, BUDGET, random);
            error.retry_after = Some(Duration::ZERO);
            assert_eq!(next_delay(1, &error, BUDGET, random), without, "{:?} {random}", error.kind);
        }
    }
}

#[test]
fn random_numbers_are_spread_from_0_to_1() {
    let numbers: Vec<f64> = (0..200).map(|_| random()).collect();
    assert!(numbers.iter().all(|number| (0.0..=1.0).contains(number)), "{numbers:?}");
    // That none of 200 numbers is in the lowest or the highest 30 percent is practically impossible.
    assert!(numbers.iter().any(|number| *number < 0.3), "{numbers:?}");
    assert!(numbers.iter().any(|number| *number > 0.7), "{numbers:?}");
}

#[test]
fn extreme_numbers_do_not_panic() {
    for attempt in [0, 1, 2, 100, u32::MAX] {
        for random in [-1.0, 0.0, 2.0, f64::INFINITY] {
            let _ = next_delay(attempt, &error(ServiceErrorKind::Server), Duration::MAX, random);
            let _ = next_delay(attempt, &error(ServiceErrorKind::Throttled), Duration::ZERO, random);
        }
    }
}

#[test]
fn retrying_ends_with_the_first_success_or_the_last_error() {
    let context = Context::fake(&[], Timestamp::from_unix(0));
    let mut answers = vec![Ok(7), Err(error(ServiceErrorKind::Server)), Err(error(ServiceErrorKind::Broken))];
    assert_eq!(with_retries(&context, Deadline::after(&context, BUDGET), |_| answers.pop().unwrap()), Ok(7));

    let mut requests = 0;
    let failed: Result<(), _> = with_retries(&context, Deadline::after(&context, BUDGET), |_| {
        requests += 1;
        context.advance(Duration::from_secs(8));
        Err(error(ServiceErrorKind::Server))
    });
    assert_eq!(failed.unwrap_err().kind, ServiceErrorKind::Server);
    assert_eq!(requests, 3, "the time that requests take counts");
}

#[test]
fn an_answer_of_aws_is_reported_rather_than_a_later_time_out() {
    use ServiceErrorKind::{Broken, Server, Throttled, TimedOut};
    for (first, then, told) in [
        (Throttled, TimedOut, Throttled),
        (Server, TimedOut, Server),
        (Broken, TimedOut, TimedOut),
        (TimedOut, Server, Server),
    ] {
        let context = Context::fake(&[], Timestamp::from_unix(0));
        let mut kinds = [first, then].into_iter();
        let failed =
            with_retries(&context, Deadline::after(&context, Duration::from_secs(5)), |_| -> Result<(), _> {
                context.sleep(Duration::from_secs(2));
                Err(error(kinds.next().unwrap_or(TimedOut)))
            });
        assert_eq!(failed.unwrap_err().kind, told);
    }
}

/// A small random number generator: the simulation needs the same numbers in each run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        f64::from(u32::try_from(self.0 >> 33).unwrap()) / f64::from(u32::MAX >> 1)
    }
}

/// The most requests that any of `roles` needs, if all start within `spread` seconds and AWS allows
/// a burst of 10 requests and 10 more each second (a token bucket).
fn most_requests(roles: usize, spread: f64, retry_after: Option<Duration>, dice: &mut Dice) -> u32 {
    let mut throttled = error(ServiceErrorKind::Throttled);
    throttled.retry_after = retry_after;
    let mut waiting: Vec<(f64, u32, f64)> =
        (0..roles).map(|_| dice.roll() * spread).map(|at| (at, 1, at)).collect();
    let (mut tokens, mut clock, mut most) = (10.0f64, 0.0f64, 0);
    while !waiting.is_empty() {
        waiting.sort_by(|a, b| b.0.total_cmp(&a.0));
        let (at, attempt, started) = waiting.pop().unwrap();
        tokens = (tokens + (at - clock) * 10.0).min(10.0);
        clock = at;
        most = most.max(attempt);
        if tokens >= 1.0 {
            tokens -= 1.0;
            continue;
        }
        let left = BUDGET.saturating_sub(Duration::from_secs_f64(at - started));
        let delay = next_delay(attempt, &throttled, left, dice.roll()).expect("no role gives up");
        waiting.push((at + delay.as_secs_f64(), attempt + 1, started));
    }
    most
}

#[test]
fn twenty_roles_at_ten_a_second_need_at_most_three_requests_each() {
    for seed in 0..1000 {
        let mut dice = Dice(seed);
        for retry_after in [None, Some(Duration::from_secs(1))] {
            for spread in [0.0, 0.05, 0.5] {
                let most = most_requests(20, spread, retry_after, &mut dice);
                assert!(most <= 3, "seed {seed}, spread {spread}, {retry_after:?}: {most}");
            }
        }
    }
}

#[test]
fn sixty_roles_at_ten_a_second_are_all_served() {
    for seed in 0..200 {
        let mut dice = Dice(seed);
        assert!(most_requests(60, 0.0, None, &mut dice) <= 5);
    }
}
