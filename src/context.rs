//! The environment, clock, sleep, home directory and debug log of this process, as one value.
//!
//! The rest of the program reads them only here (`clippy.toml` bans the std calls elsewhere), so
//! that a test can pass other values.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::debug;
use crate::debug_log::DebugLog;
use crate::platform;
use crate::timestamp::Timestamp;
use crate::value_names::DEBUG_VARIABLE;

/// The environment, the clock and the debug log of this process.
#[derive(Debug)]
pub struct Context {
    environment: Environment,
    clock: Clock,
    /// The debug log (`--debug`).
    pub log: DebugLog,
}

#[derive(Debug)]
enum Environment {
    Real,
    Fake(BTreeMap<String, OsString>),
}

#[derive(Debug)]
enum Clock {
    Real {
        started: Instant,
    },
    /// The time stands still, but for [`Context::sleep`] and [`Context::advance`].
    Fake {
        /// Milliseconds since 1970.
        now: RefCell<i64>,
        /// Time since the start.
        elapsed: RefCell<Duration>,
    },
}

impl Context {
    /// The environment and clock of this process.
    #[expect(clippy::disallowed_methods, reason = "the one place where the clock is read")]
    pub fn real() -> Self {
        Self {
            environment: Environment::Real,
            clock: Clock::Real { started: Instant::now() },
            log: DebugLog::Off,
        }
    }

    /// For tests: the environment is `variables`, and the time stays `now` until [`Self::sleep`] or
    /// [`Self::advance`].
    pub fn fake(variables: &[(&str, &str)], now: Timestamp) -> Self {
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), OsString::from(value)));
        Self {
            environment: Environment::Fake(variables.collect()),
            clock: Clock::Fake {
                now: RefCell::new(now.unix().saturating_mul(1000)),
                elapsed: RefCell::new(Duration::ZERO),
            },
            log: DebugLog::Off,
        }
    }

    /// Starts the debug log if it is `wanted` by an option, or by its environment variable.
    pub fn open_log(&mut self, wanted: bool) {
        if !wanted && !self.switch(DEBUG_VARIABLE) {
            return;
        }
        if let Some(home) = self.home().filter(|home| home.is_dir()) {
            let directory = home.join(".aws").join("sso");
            self.log = DebugLog::open(&directory.join("aws-sso-credential-process-log.txt"));
            debug!(self, "aws-sso-cred {}", env!("CARGO_PKG_VERSION"));
        }
    }

    /// The value of an environment variable in the system's encoding; `None` if unset or empty.
    #[expect(clippy::disallowed_methods, reason = "the one place where the environment is read")]
    pub fn variable_os(&self, name: &str) -> Option<OsString> {
        let value = match &self.environment {
            Environment::Real => std::env::var_os(name),
            Environment::Fake(variables) => variables.get(name).cloned(),
        };
        value.filter(|value| !value.is_empty())
    }

    /// The value of an environment variable as text; `None` if unset or empty. Bytes that are not
    /// UTF-8 become replacement characters, so that the check of the value refuses them.
    pub fn variable(&self, name: &str) -> Option<String> {
        let value = self.variable_os(name)?.into_string();
        Some(value.unwrap_or_else(|bytes| bytes.to_string_lossy().into_owned()))
    }

    /// Whether an environment variable is on (see [`is_on`]).
    pub fn switch(&self, name: &str) -> bool {
        self.variable(name).is_some_and(|value| is_on(&value))
    }

    /// The home directory: `HOME` (`USERPROFILE` on Windows), else that of the user database. `None`
    /// for a relative path, which would be a different directory in each working directory.
    #[expect(clippy::disallowed_methods, reason = "the one place where the home directory is looked up")]
    pub fn home(&self) -> Option<PathBuf> {
        let home = match &self.environment {
            Environment::Real => std::env::home_dir(),
            Environment::Fake(_) => self.variable_os("HOME").map(PathBuf::from),
        };
        home.filter(|home| home.is_absolute())
    }

    /// The time of the wall clock, in whole seconds.
    #[expect(clippy::disallowed_methods, reason = "the one place where the clock is read")]
    pub fn now(&self) -> Timestamp {
        match &self.clock {
            Clock::Real { .. } => {
                let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                Timestamp::from_unix(i64::try_from(since_epoch.as_secs()).unwrap_or(i64::MAX))
            }
            Clock::Fake { now, .. } => Timestamp::from_unix_milliseconds(*now.borrow()),
        }
    }

    /// The time of the wall clock in milliseconds since 1970, for appointments with other processes.
    #[expect(clippy::disallowed_methods, reason = "the one place where the clock is read")]
    pub fn now_milliseconds(&self) -> i64 {
        match &self.clock {
            Clock::Real { .. } => {
                let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX)
            }
            Clock::Fake { now, .. } => *now.borrow(),
        }
    }

    /// `at` as text for people: in local time, or in UTC if the time zone is not known. Never used
    /// where a program reads the text.
    pub fn for_people(&self, at: Timestamp) -> String {
        let ahead = match &self.clock {
            Clock::Real { .. } => platform::offset_from_utc(at.unix()),
            Clock::Fake { .. } => None,
        };
        at.for_people(ahead.unwrap_or_default())
    }

    /// The time since this context was created, by a clock that is never set.
    pub fn elapsed(&self) -> Duration {
        match &self.clock {
            Clock::Real { started } => started.elapsed(),
            Clock::Fake { elapsed, .. } => *elapsed.borrow(),
        }
    }

    /// Waits for `duration`. A fake clock moves on at once.
    #[expect(clippy::disallowed_methods, reason = "the one place that sleeps")]
    pub fn sleep(&self, duration: Duration) {
        match &self.clock {
            Clock::Real { .. } => std::thread::sleep(duration),
            Clock::Fake { .. } => self.advance(duration),
        }
    }

    /// Moves a fake clock on by `duration`. The real clock does not change.
    pub fn advance(&self, duration: Duration) {
        if let Clock::Fake { now, elapsed } = &self.clock {
            let milliseconds = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
            let later = now.borrow().saturating_add(milliseconds);
            *now.borrow_mut() = later;
            let longer = elapsed.borrow().saturating_add(duration);
            *elapsed.borrow_mut() = longer;
        }
    }
}

/// Whether a boolean setting is on: `1`, `true`, `yes` or `on`, in any case. All boolean settings of
/// this program are read by this function.
pub fn is_on(value: &str) -> bool {
    ["1", "true", "yes", "on"].iter().any(|word| value.trim().eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_variable_counts_as_unset() {
        let context = Context::fake(&[("A", ""), ("B", "b")], Timestamp::from_unix(0));
        assert_eq!(context.variable("A"), None);
        assert_eq!(context.variable("B").as_deref(), Some("b"));
        assert_eq!(context.variable("C"), None);
    }

    #[test]
    fn a_relative_home_is_not_used() {
        let home = |path| Context::fake(&[("HOME", path)], Timestamp::from_unix(0)).home();
        for relative in ["", ".", "..", "home/me", "~"] {
            assert_eq!(home(relative), None, "{relative:?}");
        }
        let absolute = if cfg!(windows) { r"C:\Users\me" } else { "/home/me" };
        assert_eq!(home(absolute), Some(PathBuf::from(absolute)));
    }

    #[test]
    fn only_four_words_are_on() {
        for on in ["1", "true", "TRUE", "Yes", "oN", " true "] {
            assert!(is_on(on), "{on:?}");
        }
        for off in ["", "0", "false", "no", "off", "2", "y", "enabled"] {
            assert!(!is_on(off), "{off:?}");
        }
    }

    #[test]
    fn sleeping_moves_both_fake_clocks() {
        let context = Context::fake(&[], Timestamp::from_unix(100));
        context.sleep(Duration::from_millis(2500));
        assert_eq!(context.now(), Timestamp::from_unix(102));
        assert_eq!(context.elapsed(), Duration::from_millis(2500));
    }
}
