//! Reads the part of YAML 1.2 in which settings are written by hand and by tools: mappings and lists,
//! one key or item a line, with plain and quoted text.
//!
//! Anything else is a fault with its line: several documents, anchors, tags, and text of several lines.
//! Of lists, and of `[…]` and `{…}` in one line, only the end is found, unless it is `{}`.

use std::collections::BTreeSet;

/// The keys of a mapping, in the order of the file.
pub type Mapping = Vec<Entry>;

/// A key and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// The line of the key, from 1.
    pub line: usize,
    /// The value.
    pub value: Value,
}

/// The value of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// No value, or `null`.
    Nothing,
    /// A text. Numbers and `true` are texts, too, as they are written.
    Text(String),
    /// Keys with values.
    Mapping(Mapping),
    /// A list, or keys with values in one line. What is in it was not kept.
    Other,
}

/// What cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong; completes "line 3 …".
    pub fault: &'static str,
}

/// How deep mappings and lists may be nested.
const DEEPEST: usize = 32;

/// Reads a text.
///
/// # Errors
/// The first fault.
pub fn read(text: &str) -> Result<Mapping, Fault> {
    let mut reader = Reader { lines: lines(text.strip_prefix('\u{feff}').unwrap_or(text))?, at: 0 };
    if reader.lines.first().is_some_and(|line| line.indent == 0 && is_document_start(line.text)) {
        reader.at = 1;
    }
    let Some(first) = reader.line() else { return Ok(Mapping::new()) };
    let Value::Mapping(mapping) = reader.node(first.indent, 0)? else {
        return Err(first.fault("begins a list, where keys with values are needed"));
    };
    match reader.line() {
        None => Ok(mapping),
        Some(line) => Err(line.fault("is indented less than the first line")),
    }
}

/// A line that is neither blank nor a comment.
#[derive(Debug, Clone, Copy)]
struct Line<'t> {
    number: usize,
    indent: usize,
    /// Without its indent, and without blanks at its end.
    text: &'t str,
}

impl Line<'_> {
    fn fault(self, fault: &'static str) -> Fault {
        Fault { line: self.number, fault }
    }
}

fn lines(text: &str) -> Result<Vec<Line<'_>>, Fault> {
    let mut lines = Vec::new();
    for (at, whole) in text.lines().enumerate() {
        let number = at + 1;
        let fault = |fault| Err(Fault { line: number, fault });
        let text = whole.trim_matches([' ', '\t']);
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        if text.contains(|c: char| c.is_control() && c != '\t') {
            return fault("has a control character");
        }
        let indent = whole.len() - whole.trim_start_matches(' ').len();
        if whole[indent..].starts_with('\t') {
            return fault("is indented with a tab, which YAML does not allow");
        }
        lines.push(Line { number, indent, text });
    }
    Ok(lines)
}

fn is_document_start(text: &str) -> bool {
    text.strip_prefix("---").is_some_and(is_blank_or_comment)
}

struct Reader<'t> {
    lines: Vec<Line<'t>>,
    at: usize,
}

impl<'t> Reader<'t> {
    fn line(&self) -> Option<Line<'t>> {
        self.lines.get(self.at).copied()
    }

    /// The mapping or the list whose lines have this indent.
    fn node(&mut self, indent: usize, depth: usize) -> Result<Value, Fault> {
        let Some(line) = self.line() else { return Ok(Value::Nothing) };
        if depth == DEEPEST {
            return Err(line.fault("is nested too deeply"));
        }
        if item(line.text).is_some() {
            self.list(indent, depth).map(|()| Value::Other)
        } else {
            self.mapping(indent, depth).map(Value::Mapping)
        }
    }

    fn mapping(&mut self, indent: usize, depth: usize) -> Result<Mapping, Fault> {
        let (mut mapping, mut seen) = (Mapping::new(), BTreeSet::new());
        while let Some(line) = self.line().filter(|line| line.indent >= indent) {
            if line.indent > indent {
                return Err(
                    line.fault("is indented deeper than the line above it, which has a value already")
                );
            }
            if item(line.text).is_some() {
                return Err(line.fault("is an item of a list among keys"));
            }
            let (key, rest) = key(line.text)
                .and_then(|found| found.ok_or("has no `:` behind its key"))
                .map_err(|fault| line.fault(fault))?;
            if !seen.insert(key.clone()) {
                return Err(line.fault("has a key that its mapping has already"));
            }
            self.at += 1;
            let value = self.value(line, rest, indent, depth)?;
            mapping.push(Entry { key, line: line.number, value });
        }
        Ok(mapping)
    }

    /// What stands behind the `:` of a key, or below it.
    fn value(&mut self, line: Line<'t>, rest: &str, indent: usize, depth: usize) -> Result<Value, Fault> {
        if !is_blank_or_comment(rest) {
            return scalar(rest.trim_start_matches([' ', '\t'])).map_err(|fault| line.fault(fault));
        }
        match self.line() {
            Some(next) if next.indent > indent || (next.indent == indent && item(next.text).is_some()) => {
                self.node(next.indent, depth + 1)
            }
            _ => Ok(Value::Nothing),
        }
    }

    fn list(&mut self, indent: usize, depth: usize) -> Result<(), Fault> {
        while let Some(line) = self.line().filter(|line| line.indent >= indent) {
            if line.indent > indent {
                return Err(
                    line.fault("is indented deeper than the item above it, which has a value already")
                );
            }
            // Behind a list with the indent of its key, the next key follows.
            let Some(content) = item(line.text) else { break };
            if content.is_empty() || content.starts_with('#') {
                self.at += 1;
                if let Some(next) = self.line().filter(|next| next.indent > indent) {
                    self.node(next.indent, depth + 1)?;
                }
            } else if item(content).is_some() || key(content).is_ok_and(|found| found.is_some()) {
                // A mapping or a list that begins in the line of the item.
                let indent = line.indent + line.text.len() - content.len();
                self.lines[self.at] = Line { indent, text: content, ..line };
                self.node(indent, depth + 1)?;
            } else {
                self.at += 1;
                scalar(content).map_err(|fault| line.fault(fault))?;
            }
        }
        Ok(())
    }
}

/// What stands behind the `-` of an item.
fn item(text: &str) -> Option<&str> {
    let content = text.strip_prefix('-').filter(|rest| rest.is_empty() || rest.starts_with([' ', '\t']))?;
    Some(content.trim_start_matches([' ', '\t']))
}

/// The key of a line, and what stands behind its `:`. `None` if there is no `:`.
fn key(text: &str) -> Result<Option<(String, &str)>, &'static str> {
    let is_end = |rest: &str| rest.is_empty() || rest.starts_with([' ', '\t']);
    if text.starts_with(['"', '\'']) {
        let (key, rest) = quoted(text)?;
        let rest = rest.trim_start_matches([' ', '\t']).strip_prefix(':').filter(|rest| is_end(rest));
        return Ok(rest.map(|rest| (key, rest)));
    }
    let Some(at) = text.match_indices(':').map(|(at, _)| at).find(|at| is_end(&text[at + 1..])) else {
        return Ok(None);
    };
    let key = text[..at].trim_end_matches([' ', '\t']);
    if key.is_empty() || !is_plain(key) || without_comment(key) != key {
        return Err("has a key that is neither plain nor in quotes");
    }
    Ok(Some((key.to_owned(), &text[at + 1..])))
}

/// A value in one line.
fn scalar(text: &str) -> Result<Value, &'static str> {
    match text.chars().next() {
        Some('"' | '\'') => {
            let (value, rest) = quoted(text)?;
            if !is_blank_or_comment(rest) {
                return Err("has something behind the quote that ends its value");
            }
            return Ok(Value::Text(value));
        }
        Some('[' | '{') => {
            let is_empty = text.strip_prefix('{').is_some_and(|rest| rest.trim_start().starts_with('}'));
            return flow(text).map(|()| if is_empty { Value::Mapping(Mapping::new()) } else { Value::Other });
        }
        Some('|' | '>') => return Err("has a text of several lines"),
        Some('&' | '*' | '!') => return Err("has an anchor, an alias or a tag"),
        _ => {}
    }
    let plain = without_comment(text);
    if !is_plain(plain) {
        return Err("has a value that begins with a sign of YAML: put it in quotes");
    }
    if plain.ends_with(':') || plain.contains(": ") || plain.contains(":\t") {
        return Err("has a second `:` in its value: put the value in quotes");
    }
    Ok(match plain {
        "~" | "null" | "Null" | "NULL" => Value::Nothing,
        _ => Value::Text(plain.to_owned()),
    })
}

/// Whether a text without quotes begins with no sign that means something else.
fn is_plain(text: &str) -> bool {
    let mut characters = text.chars();
    let blank_follows = matches!(characters.clone().nth(1), None | Some(' ' | '\t'));
    match characters.next() {
        Some('-' | '?' | ':') => !blank_follows,
        Some(first) => !",[]{}#&*!|>'\"%@`".contains(first),
        None => true,
    }
}

/// The text in quotes, and what stands behind it.
fn quoted(text: &str) -> Result<(String, &str), &'static str> {
    const OPEN: &str = "has a quote that does not end in its line";
    let quote = text.chars().next().ok_or(OPEN)?;
    let mut value = String::new();
    let mut characters = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = characters.next() {
        if c == quote && quote == '\'' && characters.next_if(|(_, next)| *next == '\'').is_some() {
            value.push('\'');
        } else if c == quote {
            return Ok((value, &text[at + 1..]));
        } else if c == '\\' && quote == '"' {
            let mut following = characters.by_ref().map(|(_, c)| c);
            value.push(escaped(&mut following).ok_or("has an escape in a quote that is not known")?);
        } else {
            value.push(c);
        }
    }
    Err(OPEN)
}

/// The character for which an escape stands, behind its backslash.
fn escaped(characters: &mut impl Iterator<Item = char>) -> Option<char> {
    let digits = match characters.next()? {
        c @ ('"' | '\\' | '/' | ' ') => return Some(c),
        't' => return Some('\t'),
        'n' => return Some('\n'),
        'x' => 2,
        'u' => 4,
        'U' => 8,
        _ => return None,
    };
    let mut code = 0;
    for _ in 0..digits {
        code = code * 16 + u64::from(characters.next()?.to_digit(16)?);
    }
    char::from_u32(u32::try_from(code).ok()?)
}

/// Finds the end of `[…]` or `{…}`, which must be in the same line.
fn flow(text: &str) -> Result<(), &'static str> {
    const OPEN: &str = "has a bracket that does not end in its line";
    let mut open = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        match c {
            '"' | '\'' => {
                rest = quoted(rest)?.1;
                continue;
            }
            '[' => open.push(']'),
            '{' => open.push('}'),
            ']' | '}' if open.pop() != Some(c) => return Err(OPEN),
            _ => {}
        }
        rest = &rest[c.len_utf8()..];
        if open.is_empty() {
            let ends = is_blank_or_comment(rest);
            return if ends { Ok(()) } else { Err("has something behind the bracket that ends its value") };
        }
    }
    Err(OPEN)
}

fn is_blank_or_comment(text: &str) -> bool {
    let trimmed = text.trim_start_matches([' ', '\t']);
    trimmed.is_empty() || (trimmed.starts_with('#') && trimmed.len() < text.len())
}

fn without_comment(text: &str) -> &str {
    let end = text.find(" #").into_iter().chain(text.find("\t#")).min().unwrap_or(text.len());
    text[..end].trim_end_matches([' ', '\t'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: &str) -> Value {
        Value::Text(value.to_owned())
    }

    fn entry(key: &str, line: usize, value: Value) -> Entry {
        Entry { key: key.to_owned(), line, value }
    }

    #[test]
    fn mappings_and_texts_are_read_with_their_lines() {
        let read = read(
            "\u{feff}--- # settings\r\n# first\na: b # c\n\n'quoted ''key': \"x \\u00e9\\\"#\" # d\nurl: https://x/start#/\n\
             deep:\n    012:\n        Name: It's plain, {a} [b]\n    none:\n    null: ~\nlast:\n",
        );
        let deep = vec![
            entry("012", 8, Value::Mapping(vec![entry("Name", 9, text("It's plain, {a} [b]"))])),
            entry("none", 10, Value::Nothing),
            entry("null", 11, Value::Nothing),
        ];
        let expected = vec![
            entry("a", 3, text("b")),
            entry("quoted 'key", 5, text("x é\"#")),
            entry("url", 6, text("https://x/start#/")),
            entry("deep", 7, Value::Mapping(deep)),
            entry("last", 12, Value::Nothing),
        ];
        assert_eq!(read, Ok(expected));
        assert_eq!(super::read("# nothing\n\n\t\n"), Ok(Vec::new()));
        for empty in ["{}", "{ } # none"] {
            let expected = entry("a", 1, Value::Mapping(Mapping::new()));
            assert_eq!(super::read(&format!("a: {empty}\n")), Ok(vec![expected]));
        }
    }

    #[test]
    fn lists_are_passed_over() {
        for list in [
            "\n  - a\n  - 'b: c' # d\n  -\n    - deep\n  - # e\n    f: g\n",
            "\n- a: b\n  c:\n  - d\n- - e\n  - f\n- -1\n",
            " [a, 'b]', {c: [d]}] # e\n",
            " { a: {} }\n",
        ] {
            let lines = list.lines().count().max(1);
            let expected = vec![entry("list", 1, Value::Other), entry("next", lines + 1, text("x"))];
            assert_eq!(read(&format!("list:{list}next: x\n")), Ok(expected), "{list}");
        }
    }

    #[test]
    fn what_is_not_read_is_a_fault_with_its_line() {
        for (text, line, words) in [
            ("a: b\n\tc: d\n", 2, "with a tab"),
            ("a:\n  \tc: d\n", 2, "with a tab"),
            ("a: b\n  c: d\n", 2, "deeper"),
            ("a: b\n  more\n", 2, "deeper"),
            ("a:\n    b: c\n  d: e\n", 3, "deeper"),
            ("  a: b\nc: d\n", 2, "less"),
            ("a: b\na: c\n", 2, "already"),
            ("- a\n", 1, "list"),
            ("a: b\n- c\n", 2, "among keys"),
            ("a: - b\n", 1, "sign of YAML"),
            ("a:\n  - b\n    c: d\n", 3, "deeper"),
            ("word\n", 1, "no `:`"),
            ("a: b\n---\nc: d\n", 2, "no `:`"),
            ("a: |\n  b\n", 1, "several lines"),
            ("a: >-\n  b\n", 1, "several lines"),
            ("a: &b c\n", 1, "anchor"),
            ("a: *b\n", 1, "anchor"),
            ("a: !!str b\n", 1, "anchor"),
            ("<<: *b\n", 1, "anchor"),
            ("? a\n: b\n", 1, "no `:`"),
            ("a: b: c\n", 1, "second `:`"),
            ("a: 'b\n  c'\n", 1, "does not end"),
            ("a: \"b\n", 1, "does not end"),
            ("a: \"\\q\"\n", 1, "escape"),
            ("a: \"\\ud800\"\n", 1, "escape"),
            ("a: 'b' c\n", 1, "behind the quote"),
            ("a: [b,\n  c]\n", 1, "bracket"),
            ("a: [b} \n", 1, "bracket"),
            ("a: [b] c\n", 1, "behind the bracket"),
            ("a: @b\n", 1, "sign of YAML"),
            ("{a: b}\n", 1, "neither plain"),
            (": b\n", 1, "neither plain"),
            ("a: b\rc: d\n", 1, "control character"),
            ("a: b\0\n", 1, "control character"),
        ] {
            let fault = read(text).expect_err(text);
            assert!(fault.line == line && fault.fault.contains(words), "{text:?}: {fault:?}");
        }
    }

    #[test]
    fn deep_nesting_is_refused_and_does_not_exhaust_the_stack() {
        let keys: Vec<String> = (0..3_000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
        assert!(read(&keys.concat()).is_err());
        assert!(read(&format!("{}a", "- ".repeat(100_000))).is_err());
        assert!(read(&format!("a: {}", "[".repeat(100_000))).is_err());
        assert!(read(&format!("a: {}{}", "[".repeat(100_000), "]".repeat(100_000))).is_ok());
    }

    /// Numbers that look random and are the same in every run.
    struct Numbers(u64);

    impl Numbers {
        fn below(&mut self, limit: usize) -> usize {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(self.0 >> 33).unwrap() % limit
        }

        fn one_of<'a>(&mut self, of: &[&'a str]) -> &'a str {
            of[self.below(of.len())]
        }
    }

    #[test]
    fn no_text_makes_it_panic() {
        const PARTS: [&str; 24] = [
            "a", "b:", ": ", "- ", "\n", "\n", "  ", " ", "\t", "'", "\"", "\\", "#", " #", "[", "]", "{",
            "}", "é", "---", "|", "&", "\r\n", "~",
        ];
        let mut numbers = Numbers(7);
        for _ in 0..50_000 {
            let text: String = (0..numbers.below(30)).map(|_| numbers.one_of(&PARTS)).collect();
            if let Err(fault) = read(&text) {
                assert!(fault.line <= text.lines().count(), "{text:?}");
            }
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let mut numbers = Numbers(3);
        for _ in 0..2_000 {
            let (mut written, mut lines) = (String::new(), 0);
            let expected = write_mapping(&mut numbers, 0, &mut written, &mut lines);
            assert_eq!(read(&written).as_ref(), Ok(&expected), "{written}");
        }
    }

    fn write_mapping(numbers: &mut Numbers, depth: usize, text: &mut String, lines: &mut usize) -> Mapping {
        let mut mapping = Mapping::new();
        for number in 0..=numbers.below(4) {
            let margin = "  ".repeat(depth);
            let key = format!("{}{number}", numbers.one_of(&["Key ", "0", "a-b.", "-x", "é'"]));
            *lines += 1;
            let line = *lines;
            text.push_str(&format!("{margin}{key}:"));
            let value = match numbers.below(if depth < 5 { 5 } else { 3 }) {
                0 => {
                    text.push_str(numbers.one_of(&["", " ", " ~", " null # none", " # none"]));
                    Value::Nothing
                }
                1 => {
                    let value =
                        numbers.one_of(&["x y", "a#b", "-1", "https://x/#/", "don't", "1e3", "{{.A}}"]);
                    text.push_str(&format!(" '{}'", value.replace('\'', "''")));
                    Value::Text(value.to_owned())
                }
                2 => {
                    let value = numbers.one_of(&["x y", "a#b", "-1", "https://x/#/", "don't", "a:b", "012"]);
                    text.push_str(&format!(" {value}{}", numbers.one_of(&["", "  ", " # c"])));
                    Value::Text(value.to_owned())
                }
                3 => {
                    text.push_str(&format!("\n{margin}{}- a: b\n{margin}    c: d", numbers.one_of(&["  "])));
                    *lines += 2;
                    Value::Other
                }
                _ => {
                    text.push('\n');
                    let inner = write_mapping(numbers, depth + 1, text, lines);
                    mapping.push(Entry { key, line, value: Value::Mapping(inner) });
                    continue;
                }
            };
            text.push('\n');
            mapping.push(Entry { key, line, value });
        }
        mapping
    }
}
