//! Takes the accents off letters, so that `Zürich` is found by `zurich`.

/// The plain letters of an accented Latin letter or a ligature: `u` for `ü`, `ss` for `ß`. `None` for
/// every other character.
pub fn plain_letters(c: char) -> Option<&'static str> {
    let ligature = match c {
        'Æ' => "AE",
        'æ' => "ae",
        'Œ' => "OE",
        'œ' => "oe",
        'Ĳ' => "IJ",
        'ĳ' => "ij",
        'Þ' => "Th",
        'þ' => "th",
        'ß' => "ss",
        'ẞ' => "SS",
        _ => return single_letter(c),
    };
    Some(ligature)
}

/// Whether `c` is an accent that stands behind its letter as a character of its own.
pub fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

/// A blank stands for a character that is no accented letter.
fn single_letter(c: char) -> Option<&'static str> {
    const BLOCKS: [(u32, &str); 3] = [
        (
            0xc0,
            "AAAAAA CEEEEIIIIDNOOOOO OUUUUY  aaaaaa ceeeeiiiidnooooo ouuuuy y\
             AaAaAaCcCcCcCcDdDdEeEeEeEeEeGgGgGgGgHhHhIiIiIiIiIi  JjKkkLlLlLlL\
             lLlNnNnNnnNnOoOoOo  RrRrRrSsSsSsSsTtTtTtUuUuUuUuUuUuWwYyYZzZzZzs",
        ),
        (
            0x180,
            "                                Oo             Uu               \
             \x20            AaIiOoUuUuUuUuUu AaAa    GgKkOoOo  j   Gg  NnAa    \
             AaAaEeEeIiIiOoOoRrRrUuUuSsTt  Hh      AaEeOoOoOoOoYy",
        ),
        (
            0x1e00,
            "AaBbBbBbCcDdDdDdDdDdEeEeEeEeEeFfGgHhHhHhHhHhIiIiKkKkKkLlLlLlLlMm\
             MmMmNnNnNnNnOoOoOoOoPpPpRrRrRrRrSsSsSsSsSsTtTtTtTtUuUuUuUuUuVvVv\
             WwWwWwWwWwXxXxYyZzZzZzhtwya     AaAaAaAaAaAaAaAaAaAaAaAaEeEeEeEe\
             EeEeEeEeIiIiOoOoOoOoOoOoOoOoOoOoOoOoUuUuUuUuUuUuUuYyYyYyYy      ",
        ),
    ];
    BLOCKS.iter().find_map(|(first, letters)| {
        let at = usize::try_from(u32::from(c).checked_sub(*first)?).ok()?;
        letters.get(at..=at).filter(|letter| *letter != " ")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_are_taken_off_latin_letters() {
        for (accented, plain) in [
            ("ÀÖØöøÿ", "AOOooy"),
            ("ĀĲŁłŒſ", "AIJLlOEs"),
            ("ȘșȚț", "SsTt"),
            ("ƠơƯưǍǜǹȧȳ", "OoUuAunay"),
            ("ḀỹẞẠếỰ", "AySSAeU"),
            ("ßÞþæ", "ssThthae"),
        ] {
            let letters: String = accented.chars().filter_map(plain_letters).collect();
            assert_eq!(letters, plain, "{accented}");
        }
    }

    #[test]
    fn other_characters_are_no_accented_letters() {
        for c in ['a', 'Z', '0', ' ', '×', '÷', '中', 'α', 'я', '\u{301}', '\u{1eff}'] {
            assert_eq!(plain_letters(c), None, "{c}");
        }
        assert!(is_accent('\u{301}') && !is_accent('e'));
    }
}
