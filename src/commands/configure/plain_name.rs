//! Names that every SDK reads in a section's header. JavaScript's reads no others than letters,
//! digits and a few signs, and stops at one of them.

use crate::text::accents::{is_accent, plain_letters};

/// `text` without accents. Every run of characters other than ASCII letters, digits and `_.@+-` is
/// one `-`, and there is none at the beginning and the end.
pub fn plain_name(text: &str) -> String {
    let mut name = String::with_capacity(text.len());
    let mut in_run = false;
    for c in text.chars().filter(|c| !is_accent(*c)).map(of_usual_width) {
        let mut single = [0; 4];
        let letters = plain_letters(c).unwrap_or(c.encode_utf8(&mut single));
        if letters.chars().all(is_plain) {
            name.push_str(letters);
        } else if !in_run {
            name.push('-');
        }
        in_run = !letters.chars().all(is_plain);
    }
    name.trim_matches('-').to_owned()
}

/// Whether a profile can have the name: not empty, not endless, and none at which JavaScript's SDK
/// refuses the whole file.
pub fn is_usable(name: &str) -> bool {
    const MOST: usize = 255;
    !name.is_empty() && name.len() <= MOST && name != "__proto__"
}

/// Whether every SDK reads the character in a name.
pub fn is_read_by_every_sdk(c: char) -> bool {
    is_plain(c) || "/:%".contains(c)
}

fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_.@+-".contains(c)
}

/// The ASCII character of which `c` is the full-width form, as East Asian input methods type it.
fn of_usual_width(c: char) -> char {
    match u32::from(c) {
        wide @ 0xff01..=0xff5e => char::from_u32(wide - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_are_taken_off_and_other_characters_become_one_hyphen() {
        for (text, name) in [
            ("Production", "Production"),
            ("a_b.c@d+e-f", "a_b.c@d+e-f"),
            ("Zürich Büro", "Zurich-Buro"),
            ("Cafe\u{301} (EU)", "Cafe-EU"),
            ("straße/Ærø", "strasse-AEro"),
            ("Ｐｒｏｄ１", "Prod1"),
            ("a  \t & b", "a-b"),
            ("Corp - Prod", "Corp---Prod"),
            ("[x] #y ;z =w", "x-y-z-w"),
            ("a\u{200b}b\u{202e}c", "a-b-c"),
            ("😀 dev 😀", "dev"),
            ("本番", ""),
            ("- -", ""),
            ("", ""),
            ("\u{0}\r\n[profile x]", "profile-x"),
        ] {
            assert_eq!(plain_name(text), name, "{text:?}");
        }
    }

    #[test]
    fn every_character_gives_a_name_of_plain_characters() {
        for c in (0..=0x0010_ffff).filter_map(char::from_u32) {
            let name = plain_name(&format!("a{c}b"));
            assert!(
                name.chars().all(is_plain) && name.starts_with('a') && name.ends_with('b'),
                "{c:?}: {name}"
            );
            assert_eq!(plain_name(&name), name, "{c:?}");
        }
    }

    #[test]
    fn a_name_must_not_break_the_file() {
        assert!(is_usable("Prod.Admin"));
        assert!(!is_usable(""));
        assert!(!is_usable("__proto__"));
        assert!(!is_usable(&"a".repeat(256)));
    }
}
