//! A question that is answered by yes or no.

use super::frame::{Frame, Look, label, typed};
use super::keys::Key;
use super::line::Line;
use super::plain::Lines;
use super::question::{Question, Step};
use crate::error::Error;

/// Enter is needed after the letter: what is typed behind it would answer the next question.
pub(super) struct YesOrNo<'a> {
    question: &'a str,
    default: bool,
    line: Line,
    is_unclear: bool,
    pub(super) answer: bool,
}

const UNCLEAR: &str = "please answer y or n";

impl<'a> YesOrNo<'a> {
    pub(super) fn new(question: &'a str, default: bool) -> Self {
        Self { question, default, line: Line::default(), is_unclear: false, answer: default }
    }

    fn label(&self) -> String {
        label(self.question, if self.default { "Y/n" } else { "y/N" })
    }

    fn accept(&mut self, text: &str) -> bool {
        let answer = match text.trim().to_lowercase().as_str() {
            "" => Some(self.default),
            "y" | "yes" => Some(true),
            "n" | "no" => Some(false),
            _ => None,
        };
        self.is_unclear = answer.is_none();
        self.answer = answer.unwrap_or(self.answer);
        answer.is_some()
    }
}

impl Question for YesOrNo<'_> {
    fn draw(&mut self, look: Look) -> Frame {
        let mut frame = typed(look, &self.label(), &self.line);
        if self.is_unclear {
            frame.lines.push(look.wrong(crate::text::width::beginning(UNCLEAR, look.room())));
        }
        frame
    }

    fn press(&mut self, key: Key) -> Step {
        match key {
            Key::Enter if self.accept(&self.line.text()) => Step::Answered,
            Key::EndOfFile if self.line.is_empty() => Step::Stopped,
            key => {
                self.line.press(&key);
                Step::Asking
            }
        }
    }

    fn answered(&self) -> String {
        format!("{}{}", label(self.question, ""), if self.answer { "yes" } else { "no" })
    }

    fn ask_by_lines(&mut self, lines: &mut Lines) -> Result<(), Error> {
        while let text = lines.ask(&self.label())?
            && !self.accept(&text)
        {
            lines.say(UNCLEAR);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(default: bool, typed: &str) -> Option<bool> {
        let mut question = YesOrNo::new("Write this?", default);
        for c in typed.chars() {
            question.press(Key::Char(c));
        }
        (question.press(Key::Enter) == Step::Answered).then_some(question.answer)
    }

    #[test]
    fn enter_is_the_default_and_a_letter_or_a_word_decides() {
        assert_eq!((answer(true, ""), answer(false, "")), (Some(true), Some(false)));
        for yes in ["y", "Y", "yes", "YES "] {
            assert_eq!(answer(false, yes), Some(true), "{yes}");
        }
        for no in ["n", "N", "no"] {
            assert_eq!(answer(true, no), Some(false), "{no}");
        }
    }

    #[test]
    fn any_other_answer_is_asked_for_again() {
        assert_eq!(answer(true, "maybe"), None);
        let mut question = YesOrNo::new("Write this?", true);
        question.press(Key::Char('x'));
        question.press(Key::Enter);
        let look = Look { colour: false, columns: 80, rows: 24 };
        assert_eq!(question.draw(look).lines, ["Write this? [Y/n] x", "please answer y or n"]);
        question.press(Key::Backspace);
        assert_eq!(question.press(Key::Enter), Step::Answered);
        assert_eq!(question.answered(), "Write this? yes");
    }
}
