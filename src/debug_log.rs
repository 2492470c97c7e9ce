//! The opt-in debug log: decisions, reasons and timings, never a secret.
//!
//! One file for all processes, 0600, appended by whole lines, each in one
//! write, so that runs at the same moment do not tear each other's lines.

use std::cell::RefCell;
use std::fmt::Display;
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use crate::platform;
use crate::text::escape::escape;
use crate::timestamp::Timestamp;

/// Where decisions are told.
#[derive(Debug)]
pub enum DebugLog {
    /// Nobody asked: a line costs one comparison.
    Off,
    /// `--debug`: appended to a file.
    File(RefCell<File>),
}

impl DebugLog {
    /// Opens `path` for appending, creating it (0600) and its directory (0700).
    /// A log that cannot be opened is no reason to fail: it stays off.
    pub fn open(path: &Path) -> Self {
        if let Some(directory) = path.parent() {
            let _ = platform::create_private_directories(directory);
        }
        platform::open_private_append(path).map_or(Self::Off, |file| Self::File(RefCell::new(file)))
    }

    /// Whether anybody listens.
    pub fn is_on(&self) -> bool {
        matches!(self, Self::File(_))
    }

    /// Appends one line: when, which process, how long since its start, and `text`
    /// with control characters escaped.
    pub fn line(&self, now: Timestamp, elapsed: Duration, text: &dyn Display) {
        let Self::File(file) = self else { return };
        let milliseconds = elapsed.as_secs_f64() * 1000.0;
        let text = escape(&text.to_string());
        let line = format!("{now} [{}] +{milliseconds:.1}ms {text}\n", std::process::id());
        let _ = file.borrow_mut().write_all(line.as_bytes());
    }
}

/// Tells the debug log something; the arguments are not even formatted when it is off.
#[macro_export]
macro_rules! debug {
    ($context:expr, $($argument:tt)*) => {
        if $context.log.is_on() {
            $context.log.line($context.now(), $context.elapsed(), &format_args!($($argument)*));
        }
    };
}
