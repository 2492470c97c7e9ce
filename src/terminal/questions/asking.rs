//! Asks one question: shows it, takes keys until it is answered, and leaves one line with the answer.

use super::frame::Look;
use super::keys::Key;
use super::plain::Lines;
use super::question::{Question, Step};
use super::screen::{Event, Screen};
use crate::context::Context;
use crate::error::Error;
use crate::platform::{Keyboard, end_by_signal, terminal_size};
use crate::terminal::progress::a_person_can_answer;

/// The size of a terminal that does not tell its own.
const USUAL_SIZE: (usize, usize) = (80, 24);

/// Asks `question` until it is answered.
///
/// # Errors
/// [`Error::Interrupted`]: the person stopped it, the terminal was closed, or there is none.
pub(super) fn ask(context: &Context, question: &mut dyn Question) -> Result<(), Error> {
    if !a_person_can_answer() {
        return Err(Error::Interrupted);
    }
    if shows_lines_only(context) {
        return question.ask_by_lines(&mut Lines::new());
    }
    match Keyboard::raw() {
        Ok(keyboard) => on_screen(Screen::new(keyboard), context, question),
        Err(_) => question.ask_by_lines(&mut Lines::new()),
    }
}

/// A Windows console has no `TERM`.
fn shows_lines_only(context: &Context) -> bool {
    context.variable("TERM").map_or(cfg!(unix), |terminal| terminal == "dumb")
}

fn look(context: &Context) -> Look {
    let told = terminal_size().filter(|(columns, rows)| *columns > 0 && *rows > 0);
    let (columns, rows) = told.unwrap_or(USUAL_SIZE);
    Look { colour: context.variable_os("NO_COLOR").is_none(), columns, rows }
}

fn on_screen(mut screen: Screen, context: &Context, question: &mut dyn Question) -> Result<(), Error> {
    loop {
        if !screen.has_more() {
            let look = look(context);
            screen.draw(question.draw(look), look)?;
        }
        let step = match screen.next() {
            Event::Stopped | Event::Key(Key::Interrupt | Key::Escape) => Step::Stopped,
            Event::Key(Key::Stop) => {
                screen.stop_job();
                Step::Asking
            }
            Event::Key(key) => question.press(key),
            Event::Redraw => Step::Asking,
            Event::End(signal) => {
                drop(screen);
                end_by_signal(signal);
                return Err(Error::Interrupted);
            }
        };
        match step {
            Step::Asking => {}
            Step::Stopped => return Err(Error::Interrupted),
            Step::Answered => {
                screen.leave(&question.answered());
                return Ok(());
            }
        }
    }
}
