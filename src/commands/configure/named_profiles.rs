//! Names profiles in texts.

use crate::text::list::listed;

/// How many profiles are named. The diff has them all.
const NAMED: usize = 5;

/// `gets its`, or `get their`.
pub fn gets(names: &[&str]) -> &'static str {
    if names.len() == 1 { "gets its" } else { "get their" }
}

/// `has`, or `have`.
pub fn has(names: &[&str]) -> &'static str {
    if names.len() == 1 { "has" } else { "have" }
}

/// ``profile `dev` ``, or ``profiles `a`, `b` and 12 others``.
pub fn profiles(names: &[impl AsRef<str>]) -> String {
    let mut shown: Vec<String> =
        names.iter().take(NAMED).map(|name| format!("`{}`", name.as_ref())).collect();
    match names.len() - shown.len() {
        0 => {}
        1 => shown.extend(names.last().map(|name| format!("`{}`", name.as_ref()))),
        others => shown.push(format!("{others} others")),
    }
    format!("profile{} {}", if names.len() == 1 { "" } else { "s" }, listed(&shown))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_profiles_are_named_and_the_rest_is_counted() {
        assert_eq!(profiles(&["a"]), "profile `a`");
        assert_eq!(profiles(&["a", "b"]), "profiles `a` and `b`");
        assert_eq!(profiles(&["a", "b", "c", "d", "e", "f"]), "profiles `a`, `b`, `c`, `d`, `e` and `f`");
        assert_eq!(
            profiles(&["a", "b", "c", "d", "e", "f", "g"]),
            "profiles `a`, `b`, `c`, `d`, `e` and 2 others"
        );
    }
}
