//! Questions to a person on the terminal of stdin and stderr: a line of text, a row of a list, yes or
//! no. Only commands for people ask, never the credential process.
//!
//! Ask only where a person can answer ([`a_person_can_answer`](super::a_person_can_answer)). Ctrl-C,
//! Esc, and Ctrl-D on an empty line stop every question with [`Error::Interrupted`].

mod asking;
mod choice;
mod columns;
mod frame;
mod keys;
mod line;
mod list;
mod plain;
mod question;
mod role;
mod screen;
mod text;
mod yes_or_no;

pub use list::ChoiceRow;
pub use role::RoleRow;
pub use text::TextQuestion;

use crate::context::Context;
use crate::error::Error;
use crate::text::escape::escape;
use choice::Choice;
use text::Text;
use yes_or_no::YesOrNo;

/// Asks for a line of text, and gives it without blanks around it.
///
/// # Errors
/// [`Error::Interrupted`].
pub fn ask_text(context: &Context, question: &TextQuestion<'_>) -> Result<String, Error> {
    let mut text = Text::new(question);
    asking::ask(context, &mut text)?;
    Ok(text.answer)
}

/// Asks for one of `rows`, and gives its number, from 0. The first is chosen until
/// the person moves or types. Without rows, the person can only stop.
///
/// # Errors
/// [`Error::Interrupted`].
pub fn choose(context: &Context, question: &str, rows: &[ChoiceRow]) -> Result<usize, Error> {
    let says = |row: usize| {
        let cells = rows.get(row).map_or(&[][..], |row| &row.cells);
        let filled: Vec<String> = cells.iter().filter(|cell| !cell.is_empty()).map(|c| escape(c)).collect();
        filled.join("  ")
    };
    choose_one(context, Choice::new(question, rows, &says))
}

/// Asks for one of `roles`, and gives its number, from 0.
///
/// # Errors
/// [`Error::Interrupted`].
pub fn pick_role(context: &Context, roles: &[RoleRow]) -> Result<usize, Error> {
    let rows: Vec<ChoiceRow> = roles.iter().map(RoleRow::choice).collect();
    let says = |row: usize| roles.get(row).map_or_else(String::new, RoleRow::named);
    choose_one(context, Choice::new("Role", &rows, &says))
}

/// Asks for yes or no. Enter alone means `default`.
///
/// # Errors
/// [`Error::Interrupted`].
pub fn confirm(context: &Context, question: &str, default: bool) -> Result<bool, Error> {
    let mut yes_or_no = YesOrNo::new(question, default);
    asking::ask(context, &mut yes_or_no)?;
    Ok(yes_or_no.answer)
}

fn choose_one(context: &Context, mut choice: Choice<'_>) -> Result<usize, Error> {
    asking::ask(context, &mut choice)?;
    choice.list.answer().ok_or(Error::Interrupted)
}
