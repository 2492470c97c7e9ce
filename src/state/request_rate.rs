//! The rate of requests to the portal, which all processes of a session share. The portal allows
//! 20 requests a second; each process takes an appointment in a note before it asks.

use std::time::Duration;

use serde_json::{Value, json};

use super::directory::StateDirectory;
use super::note::Note;
use crate::lock::Lock;
use crate::platform::PrivateFile;
use crate::request::SsoSession;

pub(super) const NAME: &str = "portal-rate.json";
const LOCK: &str = "portal-rate.lock";

/// How long to wait for the lock, which is held while one small file is read and written.
const PATIENCE: Duration = Duration::from_millis(500);

/// The most requests in any second: one less than the portal allows, because some take longer on
/// their way than others.
const MOST_IN_A_SECOND: usize = 19;

/// So many may be sent at once, which is enough for most people's accounts.
const AT_ONCE: usize = 10;

const SECOND: i64 = 1000;

/// The least time between two requests beyond [`AT_ONCE`], in milliseconds.
const LEAST_GAP: i64 = 53;

/// The most time between two requests, after the portal has refused several. What it cannot bear
/// even then is left to the pauses.
const LONGEST_GAP: i64 = 250;

/// So long after a pause, requests are as frequent as before.
const RECOVERY: i64 = 30 * SECOND;

/// A pause or an appointment that is further away was noted before the clock was set back.
const FURTHEST: i64 = 70 * SECOND;

/// The longest pause at a time. The portal may ask for longer pauses; it is asked again then.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// The appointments of the last second and of the near future. Times are in milliseconds since
/// 1970.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// At most [`MOST_IN_A_SECOND`], in ascending order.
    appointments: Vec<i64>,
    /// The time between two requests.
    gap: i64,
    /// No request before this time.
    paused_until: i64,
}

impl Default for Schedule {
    fn default() -> Self {
        Self { appointments: Vec::new(), gap: LEAST_GAP, paused_until: 0 }
    }
}

impl Schedule {
    /// Makes the next appointment, and gives its time, which is `now` or later.
    pub fn appoint(&mut self, now: i64) -> i64 {
        self.appointments.retain(|at| *at <= now + FURTHEST);
        if self.paused_until > now + FURTHEST {
            self.paused_until = 0;
        }
        if now > self.paused_until + RECOVERY {
            self.gap = LEAST_GAP;
        }
        let last = self.appointments.last().copied().unwrap_or(0);
        let mut next = now.max(last).max(self.paused_until);
        if let Some(oldest) = self.appointments.len().checked_sub(MOST_IN_A_SECOND) {
            next = next.max(self.appointments[oldest] + SECOND);
        }
        let recent = self.appointments.iter().filter(|at| **at > next - SECOND).count();
        if recent >= AT_ONCE || self.gap > LEAST_GAP {
            next = next.max(last + self.gap);
        }
        // The pace recovers slowly, or the portal would refuse again.
        self.gap = (self.gap * 19 / 20).max(LEAST_GAP);
        self.appointments.push(next);
        let spare = self.appointments.len().saturating_sub(MOST_IN_A_SECOND);
        self.appointments.drain(..spare);
        next
    }

    /// The portal has refused a request: nothing is sent for `pause`, and less often afterwards.
    /// `false` if a pause holds already, so that refusals at the same time count once.
    pub fn slow_down(&mut self, now: i64, pause: Duration) -> bool {
        let is_news = self.paused_until <= now || self.paused_until > now + FURTHEST;
        let pause = i64::try_from(pause.min(LONGEST_PAUSE).as_millis()).unwrap_or(0);
        if is_news {
            self.gap = (self.gap * 2).min(LONGEST_GAP);
            self.paused_until = now + pause;
        } else {
            self.paused_until = self.paused_until.max(now + pause);
        }
        is_news
    }

    fn to_json(&self) -> Value {
        json!({ "appointments": self.appointments, "gap": self.gap, "pausedUntil": self.paused_until })
    }

    fn from_json(document: &Value) -> Option<Self> {
        let number = |name: &str| document.get(name).and_then(Value::as_i64).filter(|number| *number >= 0);
        let appointments = document.get("appointments")?.as_array()?;
        let mut appointments: Vec<i64> = appointments.iter().map(Value::as_i64).collect::<Option<_>>()?;
        appointments.retain(|at| (0..i64::MAX / 2).contains(at));
        appointments.sort_unstable();
        appointments.drain(..appointments.len().saturating_sub(MOST_IN_A_SECOND));
        Some(Self {
            appointments,
            gap: number("gap")?.clamp(LEAST_GAP, LONGEST_GAP),
            paused_until: number("pausedUntil")?,
        })
    }
}

/// The schedule of a session. Without a state directory, it holds within this process.
pub struct RequestRate<'a> {
    state: StateDirectory<'a>,
    note: Note<'a>,
    lock: Option<PrivateFile>,
    own: Schedule,
    /// The lock could not be had, so that the schedule is not shared.
    alone: bool,
}

impl<'a> RequestRate<'a> {
    /// The schedule of `session`.
    pub fn of(state: &StateDirectory<'a>, session: &SsoSession) -> Self {
        let note = state.session_note(session, NAME);
        let lock = state.session_file(session, LOCK);
        Self { state: state.clone(), note, lock, own: Schedule::default(), alone: false }
    }

    /// Makes an appointment for one request; gives how long to wait for it.
    pub fn appoint(&mut self) -> Duration {
        let (at, now) = self.change(|schedule, now| (schedule.appoint(now), now));
        Duration::from_millis(u64::try_from(at - now).unwrap_or(0))
    }

    /// The portal has refused a request: see [`Schedule::slow_down`].
    pub fn slow_down(&mut self, pause: Duration) -> bool {
        self.change(|schedule, now| schedule.slow_down(now, pause))
    }

    fn change<T>(&mut self, change: impl FnOnce(&mut Schedule, i64) -> T) -> T {
        let context = self.state.context;
        let is_shared = self.note.has_a_place() && !self.alone;
        let lock = is_shared.then(|| Lock::acquire(context, self.lock.as_ref(), PATIENCE));
        self.alone |= matches!(lock, Some(Err(_)));
        if let Some(Ok(_lock)) = &lock {
            let noted = self.note.read().and_then(|document| Schedule::from_json(&document));
            self.own = noted.unwrap_or_else(|| self.own.clone());
            let changed = change(&mut self.own, context.now_milliseconds());
            self.note.write(&self.own.to_json());
            return changed;
        }
        change(&mut self.own, context.now_milliseconds())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The times of `count` appointments that are made as soon as the one before is over.
    fn times(schedule: &mut Schedule, start: i64, count: usize) -> Vec<i64> {
        let mut now = start;
        (0..count)
            .map(|_| {
                now = schedule.appoint(now);
                now
            })
            .collect()
    }

    #[test]
    fn a_few_requests_are_sent_at_once() {
        assert_eq!(times(&mut Schedule::default(), 5000, AT_ONCE), [5000; AT_ONCE]);
    }

    #[test]
    fn no_second_has_more_requests_than_are_allowed() {
        let times = times(&mut Schedule::default(), 5000, 500);
        for window in times.windows(MOST_IN_A_SECOND + 1) {
            assert!(window[MOST_IN_A_SECOND] - window[0] >= SECOND, "{window:?}");
        }
        // 24.25 s is the least for a portal that allows 20 at once and 20 a second.
        assert!(times[499] - 5000 < 26_700, "{}", times[499] - 5000);
    }

    #[test]
    fn appointments_of_other_processes_count() {
        let mut schedule = Schedule::default();
        let times: Vec<i64> = (0..40).map(|_| schedule.appoint(5000)).collect();
        assert!(times.is_sorted());
        assert!(times[39] >= 5000 + 2 * SECOND, "{times:?}");
    }

    #[test]
    fn a_refusal_pauses_everybody_and_slows_down_for_a_while() {
        let mut schedule = Schedule::default();
        schedule.appoint(5000);
        assert!(schedule.slow_down(5000, Duration::from_secs(3)));
        assert!(!schedule.slow_down(5001, Duration::from_secs(1)), "the same pause");
        let times = times(&mut schedule, 5010, 60);
        assert_eq!(times[0], 8000);
        assert!(times[1] - times[0] > 90, "{times:?}");
        assert_eq!(times[59] - times[58], LEAST_GAP);
        schedule.slow_down(20_000, Duration::from_secs(1));
        let next = schedule.appoint(60_000);
        assert_eq!(schedule.appoint(60_000), next, "half a minute later nothing is left of it");
    }

    #[test]
    fn a_portal_that_refuses_everything_is_asked_four_times_a_second_at_the_least() {
        let mut schedule = Schedule::default();
        for second in 0..20 {
            schedule.slow_down(second * 2000, Duration::from_secs(1));
        }
        let times = times(&mut schedule, 40_000, 3);
        assert!(times[2] - times[0] <= 2 * LONGEST_GAP, "{times:?}");
    }

    #[test]
    fn a_schedule_from_before_the_clock_was_set_back_is_not_waited_for() {
        let mut schedule = Schedule::default();
        schedule.appoint(10_000_000);
        schedule.slow_down(10_000_000, Duration::from_secs(60));
        assert_eq!(schedule.appoint(1_000_000), 1_000_000);
    }

    #[test]
    fn a_longer_pause_than_a_minute_is_taken_in_parts() {
        let mut schedule = Schedule::default();
        schedule.slow_down(0, Duration::from_secs(86_400));
        assert_eq!(schedule.appoint(0), 60_000);
    }

    #[test]
    fn junk_in_the_note_is_no_schedule_and_no_hindrance() {
        for junk in ["{}", "[]", "{\"appointments\":[\"x\"],\"gap\":1,\"pausedUntil\":1}"] {
            assert_eq!(Schedule::from_json(&serde_json::from_str(junk).unwrap()), None, "{junk}");
        }
        let hostile =
            json!({ "appointments": [i64::MAX, -5, 0, 9], "gap": i64::MAX, "pausedUntil": i64::MAX });
        let mut schedule = Schedule::from_json(&hostile).unwrap();
        assert_eq!(schedule.appointments, [0, 9]);
        assert!(schedule.appoint(5000) <= 5000 + SECOND);
        let mut schedule = Schedule::default();
        schedule.appoint(5000);
        assert_eq!(Schedule::from_json(&schedule.to_json()), Some(schedule));
    }
}
