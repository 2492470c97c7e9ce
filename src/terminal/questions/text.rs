//! A question that is answered by a line of text.

use super::frame::{Frame, Look, label, typed};
use super::keys::Key;
use super::line::Line;
use super::plain::Lines;
use super::question::{Question, Step};
use crate::error::Error;
use crate::text::escape::escape;
use crate::text::width::wrap;

/// A question for a line of text.
#[derive(Clone, Copy)]
pub struct TextQuestion<'a> {
    /// What is asked: `Profile name`.
    pub question: &'a str,
    /// The answer if the person presses Enter at once; empty if there is none.
    pub default: &'a str,
    /// Looks at an answer, without blanks around it, when the person presses Enter. The message says
    /// what is wrong, in the style of an error; the text stays for editing.
    pub check: &'a dyn Fn(&str) -> Result<(), String>,
}

/// The question while it is asked.
pub(super) struct Text<'a> {
    question: &'a TextQuestion<'a>,
    line: Line,
    /// What is wrong with the answer.
    mistake: String,
    pub(super) answer: String,
}

impl<'a> Text<'a> {
    pub(super) fn new(question: &'a TextQuestion<'a>) -> Self {
        Self { question, line: Line::default(), mistake: String::new(), answer: String::new() }
    }

    /// Whether `text` is an answer; else the mistake is shown.
    fn accept(&mut self, text: &str) -> bool {
        let text = text.trim();
        let answer = if text.is_empty() { self.question.default } else { text };
        match (self.question.check)(answer) {
            Ok(()) => {
                answer.clone_into(&mut self.answer);
                true
            }
            Err(mistake) => {
                self.mistake = escape(&mistake);
                false
            }
        }
    }
}

impl Question for Text<'_> {
    fn draw(&mut self, look: Look) -> Frame {
        let mut frame = typed(look, &label(self.question.question, self.question.default), &self.line);
        if !self.mistake.is_empty() {
            frame.lines.extend(wrap(&self.mistake, look.room()).iter().map(|line| look.wrong(line)));
        }
        frame
    }

    fn press(&mut self, key: Key) -> Step {
        match key {
            Key::Enter if self.accept(&self.line.text()) => return Step::Answered,
            Key::EndOfFile if self.line.is_empty() => return Step::Stopped,
            // The default, to change it.
            Key::Tab if self.line.is_empty() => self.line = Line::with(self.question.default),
            Key::Char(_)
            | Key::Paste(_)
            | Key::Backspace
            | Key::Delete
            | Key::DeleteWord
            | Key::DeleteToStart
            | Key::DeleteToEnd => {
                self.mistake.clear();
                self.line.press(&key);
            }
            _ => {
                self.line.press(&key);
            }
        }
        Step::Asking
    }

    fn answered(&self) -> String {
        format!("{}{}", label(self.question.question, ""), escape(&self.answer))
    }

    fn ask_by_lines(&mut self, lines: &mut Lines) -> Result<(), Error> {
        let label = label(self.question.question, self.question.default);
        while let text = lines.ask(&label)?
            && !self.accept(&text)
        {
            lines.say(&self.mistake);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOOK: Look = Look { colour: false, columns: 30, rows: 10 };

    fn no_blanks(text: &str) -> Result<(), String> {
        match text {
            "" => Err("a name is needed".to_owned()),
            text if text.contains(' ') => Err("a name has no blanks, and goes on for one line".to_owned()),
            _ => Ok(()),
        }
    }

    const NAME: TextQuestion<'static> = TextQuestion { question: "Name", default: "", check: &no_blanks };

    fn type_text(text: &mut Text<'_>, typed: &str) {
        for c in typed.chars() {
            assert_eq!(text.press(Key::Char(c)), Step::Asking);
        }
    }

    #[test]
    fn what_is_typed_is_the_answer_without_blanks_around_it() {
        let mut text = Text::new(&NAME);
        type_text(&mut text, " dev ");
        assert_eq!(text.draw(LOOK), Frame { lines: vec!["Name:  dev ".to_owned()], cursor: 11 });
        assert_eq!(text.press(Key::Enter), Step::Answered);
        assert_eq!((&*text.answer, &*text.answered()), ("dev", "Name: dev"));
    }

    #[test]
    fn a_mistake_is_shown_below_and_the_text_stays() {
        let mut text = Text::new(&NAME);
        type_text(&mut text, "a b");
        assert_eq!(text.press(Key::Enter), Step::Asking);
        let lines = ["Name: a b", "a name has no blanks, and", "goes on for one line"];
        assert_eq!(text.draw(LOOK), Frame { lines: lines.map(str::to_owned).to_vec(), cursor: 9 });
        text.press(Key::Left);
        assert_eq!(text.draw(LOOK).lines.len(), 3, "moving changes nothing");
        text.press(Key::Backspace);
        assert_eq!(text.draw(LOOK), Frame { lines: vec!["Name: ab".to_owned()], cursor: 7 });
        assert_eq!(text.press(Key::Enter), Step::Answered);
        assert_eq!(text.answer, "ab");
    }

    #[test]
    fn enter_takes_the_default_and_tab_edits_it() {
        let region = TextQuestion { question: "Region", default: "eu-west-1", check: &|_| Ok(()) };
        let mut text = Text::new(&region);
        assert_eq!(text.draw(LOOK).lines, ["Region [eu-west-1]: "]);
        assert_eq!(text.press(Key::Enter), Step::Answered);
        assert_eq!(text.answered(), "Region: eu-west-1");
        let mut text = Text::new(&region);
        text.press(Key::Tab);
        text.press(Key::Backspace);
        text.press(Key::Char('3'));
        text.press(Key::Tab);
        assert_eq!(text.press(Key::Enter), Step::Answered);
        assert_eq!(text.answer, "eu-west-3");
    }

    #[test]
    fn an_empty_answer_without_a_default_is_checked_too() {
        let mut text = Text::new(&NAME);
        assert_eq!(text.press(Key::Enter), Step::Asking);
        assert_eq!(text.draw(LOOK).lines, ["Name: ", "a name is needed"]);
    }

    #[test]
    fn control_d_stops_on_an_empty_line_only() {
        let mut text = Text::new(&NAME);
        type_text(&mut text, "x");
        assert_eq!(text.press(Key::EndOfFile), Step::Asking);
        text.press(Key::Backspace);
        assert_eq!(text.press(Key::EndOfFile), Step::Stopped);
    }

    #[test]
    fn a_mistake_obeys_no_terminal() {
        let hostile = TextQuestion { question: "N", default: "", check: &|_| Err("a\x1b[2Jb".to_owned()) };
        let mut text = Text::new(&hostile);
        text.press(Key::Enter);
        assert_eq!(text.draw(LOOK).lines[1], "a\\u{1b}[2Jb");
    }
}
