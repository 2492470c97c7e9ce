//! Characters that a person does not see.

/// Whether `c` takes no room on a screen, so that a person does not see it in a file:
/// zero-width spaces and joiners, direction marks, line separators, byte order marks.
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

/// Whether `c` looks like nothing or like a blank in an editor, and is no blank of the config's
/// grammar: what [`is_invisible`] has, no-break and other wide spaces, control characters.
pub fn looks_blank(c: char) -> bool {
    let is_other_space = c.is_whitespace() && !c.is_ascii();
    let is_control = c.is_control() && !matches!(c, '\t'..='\r');
    is_other_space || is_control || is_invisible(c)
}
