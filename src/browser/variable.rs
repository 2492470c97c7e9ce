//! The variable `BROWSER`: a list of commands, as Python's `webbrowser` defines it. Each command
//! is split into words as a shell does. No shell is started, and nothing is expanded but a
//! leading `~/`.

use std::path::Path;

use super::program::{Program, is_text_browser};
use super::refusal::{PassedOver, Unusable};
use crate::text::words::split_words;

/// The name of the variable.
pub(super) const VARIABLE: &str = "BROWSER";

/// One usable entry of the list. At least one argument contains `%s`, which stands for the address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Command {
    /// The entry as it stands in the variable.
    pub(super) entry: String,
    pub(super) program: Program,
    pub(super) arguments: Vec<String>,
}

/// Reads the variable on one computer.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    pub(super) windows: bool,
    /// The home directory, which a leading `~/` stands for.
    pub(super) home: Option<&'a Path>,
    /// Finds an installed program by name or path.
    pub(super) find: &'a dyn Fn(&str) -> Option<Program>,
}

impl Reader<'_> {
    /// The entries of the list. The separator is that of `PATH`; within quotes it is an ordinary
    /// character. A trailing `&` is ignored: every browser runs in the background.
    ///
    /// Any other operator of a shell outside of quotes, as in
    /// `firefox ext+container:a=b&url=%s`, makes the whole variable unusable: its words would not
    /// mean what their author meant.
    pub(super) fn commands(self, variable: &str) -> Vec<Result<Command, PassedOver>> {
        let mut commands = Vec::new();
        let mut rest = variable;
        while !rest.is_empty() {
            let (whole, after) = split_off(rest, rest.find(self.separator()));
            if let Some(program) = self.whole_program(whole) {
                commands.push(command(whole, program, Vec::new()));
                rest = after;
                continue;
            }
            let scanned = self.scan(rest);
            let (entry, after) = split_off(rest, scanned.end);
            rest = after;
            if let Some(operator) = scanned.operator {
                return vec![Err(passed_over(variable, Unusable::Operator(operator)))];
            }
            if !entry.is_empty() {
                commands.push(self.parse(entry));
            }
        }
        commands
    }

    fn separator(self) -> char {
        if self.windows { ';' } else { ':' }
    }

    /// The program, if the whole entry is its path, which may contain blanks and quotes.
    fn whole_program(self, entry: &str) -> Option<Program> {
        entry.contains(['/', '\\']).then(|| (self.find)(&self.with_home(entry))).flatten()
    }

    fn parse(self, entry: &str) -> Result<Command, PassedOver> {
        let words = split_words(entry, self.windows);
        let words = words.ok_or_else(|| passed_over(entry, Unusable::Unfinished))?;
        let mut words = words.iter().map(|word| self.with_home(word));
        let name = words.next().unwrap_or_default();
        let program = (self.find)(&name).ok_or_else(|| passed_over(&name, Unusable::NotFound))?;
        command(entry, program, words.collect())
    }

    /// `word` with the home directory in the place of a leading `~/`.
    fn with_home(self, word: &str) -> String {
        match (word.strip_prefix("~/"), self.home) {
            (Some(rest), Some(home)) => home.join(rest).to_string_lossy().into_owned(),
            _ => word.to_owned(),
        }
    }

    /// Finds the end of the first entry of `text`, and a shell operator in it.
    fn scan(self, text: &str) -> Scanned {
        let mut quote = None;
        let mut operator = None;
        let mut letters = text.char_indices();
        while let Some((at, letter)) = letters.next() {
            match (quote, letter) {
                (Some(open), _) if letter == open => quote = None,
                (None, '"' | '\'') => quote = Some(letter),
                (None | Some('"'), '\\') if !self.windows => {
                    letters.next();
                }
                (None, _) if letter == self.separator() => return Scanned { end: Some(at), operator },
                (None, '&' | ';' | '|' | '<' | '>') if !self.windows => {
                    let rest = text[at..].trim_start_matches('&').trim_start();
                    let asks_for_background = letter == '&' && (rest.is_empty() || rest.starts_with(':'));
                    operator = operator.or((!asks_for_background).then_some(letter));
                }
                _ => {}
            }
        }
        Scanned { end: None, operator }
    }
}

fn command(entry: &str, program: Program, mut arguments: Vec<String>) -> Result<Command, PassedOver> {
    if is_text_browser(&program) {
        return Err(passed_over(entry, Unusable::TextBrowser));
    }
    if !arguments.iter().any(|argument| argument.contains("%s")) {
        arguments.push("%s".to_owned());
    }
    Ok(Command { entry: entry.to_owned(), program, arguments })
}

/// The entry that ends at the separator at `end`, and the text after the separator.
fn split_off(text: &str, end: Option<usize>) -> (&str, &str) {
    let (entry, after) = end.map_or((text, ""), |end| (&text[..end], &text[end + 1..]));
    (entry.trim().trim_end_matches('&').trim_end(), after)
}

struct Scanned {
    /// The position of the separator after the entry; `None` for the last entry.
    end: Option<usize>,
    /// The first operator of a shell outside of quotes, other than a trailing `&`.
    operator: Option<char>,
}

fn passed_over(entry: &str, why: Unusable) -> PassedOver {
    PassedOver { setting: VARIABLE, entry: entry.to_owned(), why }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    /// Each entry as its words joined by `|`, or the reason why it cannot be used. `installed` are
    /// the programs on this computer.
    fn read(variable: &str, windows: bool, installed: &[&str]) -> Vec<Result<String, Unusable>> {
        let find = |name: &str| {
            let path = installed.contains(&name).then(|| PathBuf::from(name))?;
            Some(Program { target: path.clone(), path })
        };
        let reader = Reader { windows, home: Some(Path::new("/home/u")), find: &find };
        let words = |command: Command| {
            let program = command.program.path.display().to_string();
            std::iter::once(program).chain(command.arguments).collect::<Vec<_>>().join("|")
        };
        reader.commands(variable).into_iter().map(|entry| entry.map(words).map_err(|no| no.why)).collect()
    }

    #[track_caller]
    fn reads(variable: &str, installed: &[&str], expected: &[&str]) {
        let expected: Vec<_> = expected.iter().map(|words| Ok((*words).to_owned())).collect();
        assert_eq!(read(variable, false, installed), expected, "{variable}");
    }

    #[test]
    fn entries_are_separated_as_in_path() {
        reads("firefox -x %s &: :brave&:", &["firefox", "brave"], &["firefox|-x|%s", "brave|%s"]);
        let windows = read(r"C:\a.exe;b", true, &[r"C:\a.exe", "b"]);
        assert_eq!(windows, [Ok(r"C:\a.exe|%s".to_owned()), Ok("b|%s".to_owned())]);
    }

    #[test]
    fn a_separator_within_quotes_is_an_ordinary_character() {
        let container = ["firefox|ext+container:name=Work&url=%s"];
        reads(r#"firefox "ext+container:name=Work&url=%s""#, &["firefox"], &container);
        reads("firefox 'ext+container:name=Work&url=%s'", &["firefox"], &container);
        reads(r"firefox ext+container\:name=Work\&url=%s", &["firefox"], &container);
        reads(r#"x "a:b" :y"#, &["x", "y"], &["x|a:b|%s", "y|%s"]);
    }

    #[test]
    fn a_path_may_begin_with_a_tilde_and_contain_blanks() {
        let in_home = |name: &str| Path::new("/home/u").join(name).display().to_string();
        let (program, directory) = (in_home("bin/x"), in_home("y"));
        reads("~/bin/x", &[&program], &[&format!("{program}|%s")]);
        reads("~/bin/x --dir ~/y", &[&program], &[&format!("{program}|--dir|{directory}|%s")]);
        reads("/opt/my browser:x", &["/opt/my browser", "x"], &["/opt/my browser|%s", "x|%s"]);
        reads("/opt/Jo's (x86)/b:x", &["/opt/Jo's (x86)/b", "x"], &["/opt/Jo's (x86)/b|%s", "x|%s"]);
        reads(r#""/opt/my browser" -P work"#, &["/opt/my browser"], &["/opt/my browser|-P|work|%s"]);
    }

    #[test]
    fn an_unusable_entry_gives_its_reason() {
        let one = |variable: &str, why: Unusable| {
            assert_eq!(read(variable, false, &["firefox", "lynx"]), [Err(why)], "{variable}");
        };
        one("missing", Unusable::NotFound);
        one("/opt/my browser -P work", Unusable::NotFound);
        one("~other/bin/x", Unusable::NotFound);
        one("$HOME/bin/x", Unusable::NotFound);
        one("lynx", Unusable::TextBrowser);
        one("firefox 'x", Unusable::Unfinished);
        one("firefox x\\", Unusable::Unfinished);
        one("firefox ext+container:name=Work&url=%s", Unusable::Operator('&'));
        one("firefox %s > /dev/null", Unusable::Operator('>'));
        one("missing; touch x | firefox:firefox", Unusable::Operator(';'));
        one("firefox & firefox", Unusable::Operator('&'));
    }
}
