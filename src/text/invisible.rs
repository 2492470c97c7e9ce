//! Characters that a person cannot see, or takes for a blank.

/// Whether `c` takes no space on a screen, so that a person cannot see it in a file: zero-width
/// spaces and joiners, direction marks, line separators, byte order marks.
pub fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{2064}'
            | '\u{2066}'..='\u{2069}'
            | '\u{feff}'
    )
}

/// Whether an editor shows `c` as nothing or as a blank although AWS's config files do not treat it
/// as one: [`is_invisible`] characters, no-break and other wide spaces, control characters.
pub fn looks_blank(c: char) -> bool {
    let is_other_space = c.is_whitespace() && !c.is_ascii();
    let is_control = c.is_control() && !matches!(c, '\t'..='\r');
    is_other_space || is_control || is_invisible(c)
}
