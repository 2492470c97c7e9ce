//! Names of profiles with `*`, as a person types them.

/// Whether `text` is a pattern, and no name.
pub fn is_pattern(text: &str) -> bool {
    text.contains('*')
}

/// Whether `name` fits `pattern`, in which `*` stands for any text.
pub fn matches(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| name.strip_prefix(first)) else { return false };
    let mut last = None;
    for part in parts {
        if let Some(part) = last.replace(part) {
            let Some(at) = rest.find(part) else { return false };
            rest = &rest[at + part.len()..];
        }
    }
    last.map_or(rest.is_empty(), |end| rest.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, name) in [
            ("*", ""),
            ("*", "dev"),
            ("dev*", "dev"),
            ("*v", "dev"),
            ("d*v", "dev"),
            ("a*b*c", "a-b-b-c"),
            ("**", "x"),
            ("dev", "dev"),
        ] {
            assert!(matches(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in
            [("d*v", "d"), ("dev", "dev2"), ("a*a", "a"), ("*x*", "dev"), ("a*b*c", "ac"), ("", "a")]
        {
            assert!(!matches(pattern, name), "{pattern} {name}");
        }
    }
}
