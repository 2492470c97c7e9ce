//! A line on the terminal that shows how far the work is: text only, without colour.

use std::time::Duration;

use super::progress::{can_show_in_place, show_in_place, stderr_is_a_terminal};
use crate::context::Context;
use crate::platform::terminal_size;
use crate::text::width::cut_to_width;

/// The time between two changes of the line.
const PACE: Duration = Duration::from_millis(100);

/// The width of a terminal that does not tell it.
const USUAL_COLUMNS: usize = 80;

/// How many characters the bar has.
const LENGTH: usize = 20;

/// The line on stderr. Dropping this erases it. There is no line if stderr is not a terminal in whose
/// foreground this process is, or if the terminal cannot erase it (`TERM=dumb`).
pub struct ProgressBar<'a> {
    context: &'a Context,
    /// What is worked on: `accounts`.
    what: &'static str,
    is_wanted: bool,
    /// When the line was last changed; `None` while there is none.
    shown: Option<Duration>,
    started: Duration,
}

impl<'a> ProgressBar<'a> {
    /// Nothing is shown until [`Self::advance`] or [`Self::say`].
    pub fn new(context: &'a Context, what: &'static str) -> Self {
        Self { context, what, is_wanted: can_show_in_place(context), shown: None, started: context.elapsed() }
    }

    /// Shows that `done` of `all` are done, at most ten times a second.
    pub fn advance(&mut self, done: usize, all: Option<usize>) {
        let now = self.context.elapsed();
        let is_soon = self.shown.is_some_and(|shown| now.saturating_sub(shown) < PACE);
        if !is_soon {
            self.say(&line(self.what, done, all, now.saturating_sub(self.started)));
        }
    }

    /// Shows `text`.
    pub fn say(&mut self, text: &str) {
        // Checked again, because the job may have been sent to the background.
        if self.is_wanted && stderr_is_a_terminal() {
            // A line that wraps could not be erased.
            let told = terminal_size().map(|(columns, _)| columns).filter(|columns| *columns > 0);
            show_in_place(&cut_to_width(text, told.unwrap_or(USUAL_COLUMNS) - 1));
            self.shown = Some(self.context.elapsed());
        }
    }
}

impl Drop for ProgressBar<'_> {
    fn drop(&mut self) {
        if self.shown.is_some() && stderr_is_a_terminal() {
            show_in_place("");
        }
    }
}

/// The line, which fits 80 columns.
fn line(what: &str, done: usize, all: Option<usize>, took: Duration) -> String {
    let Some(all) = all.filter(|all| *all > 0) else { return format!("{what}: {done}") };
    let done = done.min(all);
    let full = LENGTH * done / all;
    let bar = format!("{}{}", "#".repeat(full), ".".repeat(LENGTH - full));
    format!("{what}: [{bar}] {done} of {all}{}", left(done, all, took))
}

/// How long it will take, once that can be told.
fn left(done: usize, all: usize, took: Duration) -> String {
    let (Ok(done), Ok(left)) = (u32::try_from(done), u32::try_from(all - done)) else { return String::new() };
    if done < 10 || took < Duration::from_secs(1) || left == 0 {
        return String::new();
    }
    let seconds = (took / done).saturating_mul(left).as_secs() + 1;
    format!(", {}:{:02} left", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_shows_how_far_the_work_is() {
        let line = |done, all, seconds| line("accounts", done, all, Duration::from_secs(seconds));
        assert_eq!(line(100, None, 1), "accounts: 100");
        assert_eq!(line(0, Some(0), 1), "accounts: 0");
        assert_eq!(line(5, Some(500), 2), "accounts: [....................] 5 of 500");
        assert_eq!(line(250, Some(500), 13), "accounts: [##########..........] 250 of 500, 0:14 left");
        assert_eq!(line(500, Some(500), 26), "accounts: [####################] 500 of 500");
        assert_eq!(line(501, Some(500), 26), "accounts: [####################] 500 of 500");
        assert!(line(999_999, Some(1_000_000), 2_000_000).len() < 80);
    }
}
