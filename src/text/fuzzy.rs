//! Finds rows by a few letters, as a person types them: all words of the query must be in a row, in
//! any order. Case and accents are ignored.
//!
//! A word that stands in a row as it is comes before one whose letters only follow each other.

use super::accents::{is_accent, plain_letters};

/// Rows that are prepared to be searched.
#[derive(Debug)]
pub struct Index {
    rows: Vec<Folded>,
}

impl Index {
    /// Prepares `rows`.
    pub fn new<'a>(rows: impl IntoIterator<Item = &'a str>) -> Self {
        Self { rows: rows.into_iter().map(Folded::new).collect() }
    }

    /// The numbers of the rows that match `query`, the best first; equal ones stay in their order.
    pub fn find(&self, query: &str) -> Vec<usize> {
        let words: Vec<String> = query.split_whitespace().map(|word| Folded::new(word).text).collect();
        let mut found: Vec<(usize, u32)> =
            self.rows.iter().enumerate().filter_map(|(at, row)| Some((at, row.score(&words)?))).collect();
        found.sort_by_key(|(_, score)| std::cmp::Reverse(*score));
        found.into_iter().map(|(at, _)| at).collect()
    }
}

/// A text in small letters without accents, and where its words begin.
#[derive(Debug)]
struct Folded {
    text: String,
    /// For each byte of `text`, whether a word begins there: behind a blank or a sign, and at the
    /// `A` of `AWSAdmin` and `readAll`.
    begins: Vec<bool>,
}

/// A word of the query is a whole word between blanks, such as an account's name.
const WHOLE: u32 = 5000;
/// It is a word of a name: `admin` in `team-admin`.
const WORD: u32 = 4000;
/// A word begins with it.
const START: u32 = 3000;
/// It stands inside of a word.
const INSIDE: u32 = 2000;
/// Its letters follow each other in one word, with others between them.
const SCATTERED: u32 = 1000;

impl Folded {
    fn new(text: &str) -> Self {
        let mut folded = Self { text: String::with_capacity(text.len()), begins: Vec::new() };
        let mut characters = text.chars().filter(|c| !is_accent(*c)).peekable();
        let mut before: Option<char> = None;
        while let Some(c) = characters.next() {
            let next_is_small = characters.peek().is_some_and(|c| c.is_lowercase());
            let begins = match before {
                None => true,
                Some(before) if !before.is_alphanumeric() => true,
                Some(before) => c.is_uppercase() && (!before.is_uppercase() || next_is_small),
            };
            let at = folded.text.len();
            match plain_letters(c) {
                Some(letters) => folded.text.extend(letters.chars().map(|c| c.to_ascii_lowercase())),
                None => folded.text.extend(c.to_lowercase()),
            }
            folded.begins.resize(folded.text.len(), false);
            if let Some(first) = folded.begins.get_mut(at) {
                *first = begins;
            }
            before = Some(c);
        }
        folded
    }

    /// How well the row matches; `None` if a word is not in it.
    fn score(&self, words: &[String]) -> Option<u32> {
        words.iter().map(|word| self.score_of(word)).sum()
    }

    fn score_of(&self, word: &str) -> Option<u32> {
        let whole = self.text.match_indices(word).map(|(at, _)| self.score_at(at, at + word.len())).max();
        whole.or_else(|| self.text.split_whitespace().filter_map(|part| scattered(part, word)).max())
    }

    /// The score of an occurrence.
    fn score_at(&self, start: usize, end: usize) -> u32 {
        let bytes = self.text.as_bytes();
        let is_blank = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_none_or(|byte| *byte == b' ');
        let begins = self.begins.get(start).copied().unwrap_or(false);
        let ends = self.begins.get(end).copied().unwrap_or(true)
            || bytes.get(end).is_some_and(|byte| byte.is_ascii() && !byte.is_ascii_alphanumeric());
        match (begins, ends) {
            (true, true) if is_blank(start.checked_sub(1)) && is_blank(Some(end)) => WHOLE,
            (true, true) => WORD,
            (true, false) => START,
            (false, _) => INSIDE,
        }
    }
}

/// The score of `word` in `part` if its letters follow each other there: the closer together, the
/// better.
fn scattered(part: &str, word: &str) -> Option<u32> {
    let mut rest = part.char_indices();
    let mut end = 0;
    for wanted in word.chars() {
        end = rest.find(|(_, c)| *c == wanted).map(|(at, c)| at + c.len_utf8())?;
    }
    // Backwards from there, because the first letter may also stand closer to the others.
    let mut letters = word.chars().rev().peekable();
    let start = part[..end].char_indices().rev().find_map(|(at, c)| {
        letters.next_if_eq(&c);
        letters.peek().is_none().then_some(at)
    })?;
    let between = u32::try_from((end - start).saturating_sub(word.len())).unwrap_or(SCATTERED);
    Some(SCATTERED.saturating_sub(between).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rows that `query` finds, the best first.
    fn found<'a>(query: &str, rows: &[&'a str]) -> Vec<&'a str> {
        Index::new(rows.iter().copied()).find(query).into_iter().map(|at| rows[at]).collect()
    }

    const ROLES: [&str; 6] = [
        "Production 111122223333 AWSAdministratorAccess prod-admin",
        "Production 111122223333 ReadOnly prod",
        "Pre-Production 222233334444 AWSAdministratorAccess",
        "Sandbox 333344445555 Admin",
        "Zürich 444455556666 Développeur",
        "日本 555566667777 Viewer",
    ];

    #[test]
    fn an_empty_query_finds_every_row_in_its_order() {
        assert_eq!(found("", &ROLES), ROLES);
        assert_eq!(found("  ", &ROLES), ROLES);
        assert!(found("x", &[]).is_empty());
    }

    #[test]
    fn all_words_must_match_in_any_order() {
        assert_eq!(found("prod admin", &ROLES), [ROLES[0], ROLES[2]]);
        assert_eq!(found("admin prod", &ROLES), [ROLES[0], ROLES[2]]);
        assert_eq!(found("admin 3333 sand", &ROLES), [ROLES[3]]);
        assert!(found("prod nothing", &ROLES).is_empty());
    }

    #[test]
    fn whole_words_come_before_starts_and_those_before_middles_and_scattered_letters() {
        let rows = ["a-d-m", "badmin", "Administrator", "team-admin", "admin", "nadam", "xyz"];
        assert_eq!(found("adm", &rows), ["Administrator", "team-admin", "admin", "badmin", "nadam", "a-d-m"]);
        assert_eq!(found("admin", &rows), ["admin", "team-admin", "Administrator", "badmin"]);
    }

    #[test]
    fn a_word_begins_at_a_capital_letter() {
        let rows = ["sreader", "AWSReadOnly", "PowerReader"];
        assert_eq!(found("reader", &rows), ["PowerReader", "sreader"]);
        assert_eq!(found("read", &rows), ["AWSReadOnly", "PowerReader", "sreader"]);
    }

    #[test]
    fn letters_that_follow_each_other_must_be_in_one_word_and_close_ones_are_better() {
        assert_eq!(found("aws", &["audit war s", "a-w-s", "axxwxxs"]), ["a-w-s", "axxwxxs"]);
        assert_eq!(found("rdnly", &ROLES), [ROLES[1]]);
        assert!(found("ba", &["ab"]).is_empty(), "the order of letters counts");
        // The closest run of letters counts, and not the first.
        assert_eq!(found("ac", &["a.x.c", "a....a.c"]), ["a....a.c", "a.x.c"]);
    }

    #[test]
    fn case_and_accents_are_ignored_on_both_sides() {
        assert_eq!(found("ZURICH", &ROLES), [ROLES[4]]);
        assert_eq!(found("zürich", &ROLES), [ROLES[4]]);
        assert_eq!(found("developpeur", &ROLES), [ROLES[4]]);
        assert_eq!(found("zu\u{308}rich", &ROLES), [ROLES[4]], "the accent as a character of its own");
        assert_eq!(found("strasse", &["Straße"]), ["Straße"]);
        assert_eq!(found("本", &ROLES), [ROLES[5]]);
    }

    #[test]
    fn equal_rows_keep_their_order() {
        let rows: Vec<String> = (0..50).map(|number| format!("account-{number:02} Admin")).collect();
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        assert_eq!(found("admin", &rows), rows);
    }

    #[test]
    fn odd_rows_and_queries_do_no_harm() {
        for row in ["", " ", "İ", "ﬀ", "\u{301}", "a\u{301}\u{301}b", "🙂🙂", "x\u{0}y"] {
            for query in ["i", "ff", "\u{301}", "ab", "🙂", "\u{0}", "yx"] {
                let _ = found(query, &[row]);
            }
        }
        assert_eq!(found("🙂", &["a🙂b"]), ["a🙂b"]);
    }
}
