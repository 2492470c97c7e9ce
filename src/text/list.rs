//! A list of words as text.

/// The first five words, and how many more there are: `a, b, c, d, e and 7 more`.
pub fn listed_in_part(words: &[impl AsRef<str>]) -> String {
    const MOST: usize = 5;
    let mut shown: Vec<String> = words.iter().take(MOST).map(|word| word.as_ref().to_owned()).collect();
    match words.len().saturating_sub(MOST) {
        0 => {}
        more => shown.push(format!("{more} more")),
    }
    listed(&shown)
}

/// `a, b and c`
pub fn listed(words: &[impl AsRef<str>]) -> String {
    let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
    match words.as_slice() {
        [before @ .., last] if !before.is_empty() => format!("{} and {last}", before.join(", ")),
        words => words.concat(),
    }
}
