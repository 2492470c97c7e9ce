//! The debug log (`--debug`): decisions, reasons and times, never a secret.
//!
//! All processes append to one file with mode 0600. Each line is one write, so that processes that
//! run at the same time do not mix their lines.

use std::cell::RefCell;
use std::fmt::Display;
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use crate::platform;
use crate::text::escape::escape;
use crate::timestamp::Timestamp;

/// The debug log of this process.
#[derive(Debug)]
pub enum DebugLog {
    /// Nothing is logged, and a line costs one comparison.
    Off,
    /// Lines are appended to this file.
    File(RefCell<File>),
}

impl DebugLog {
    /// Opens `path` for appending. The file (0600) and its directory (0700) are created if they are
    /// missing. If that fails, the log stays off: the run goes on without it.
    pub fn open(path: &Path) -> Self {
        if let Some(directory) = path.parent() {
            let _ = platform::create_private_directories(directory);
        }
        platform::open_private_append(path).map_or(Self::Off, |file| Self::File(RefCell::new(file)))
    }

    /// Whether lines are logged.
    pub fn is_on(&self) -> bool {
        matches!(self, Self::File(_))
    }

    /// Appends one line: the time, the process id, the time since the start of the process, and
    /// `text` with control characters escaped.
    pub fn line(&self, now: Timestamp, elapsed: Duration, text: &dyn Display) {
        let Self::File(file) = self else { return };
        let milliseconds = elapsed.as_secs_f64() * 1000.0;
        let text = escape(&text.to_string());
        let line = format!("{now} [{}] +{milliseconds:.1}ms {text}\n", std::process::id());
        let _ = file.borrow_mut().write_all(line.as_bytes());
    }
}

/// Appends a line to the debug log of a [`Context`](crate::context::Context). The arguments are not
/// formatted if the log is off.
#[macro_export]
macro_rules! debug {
    ($context:expr, $($argument:tt)*) => {
        if $context.log.is_on() {
            $context.log.line($context.now(), $context.elapsed(), &format_args!($($argument)*));
        }
    };
}
