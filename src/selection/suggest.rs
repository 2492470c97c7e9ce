//! Finds the name that was probably meant by a misspelt name.

use strsim::osa_distance;

/// The first of `names` that differs from `wanted` only in case, else the most similar name, with at
/// most one typing mistake for every three characters, and two at most. Two characters in the wrong
/// order are one mistake.
pub fn nearest<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> Option<String> {
    // Comparing is quadratic in the names' lengths, and a file can hold any number of names.
    const LONGEST: usize = 64;
    const MOST: usize = 10_000;
    if wanted.len() > LONGEST {
        return None;
    }
    let tolerance = (wanted.chars().count() / 3).min(2);
    let candidates = names.filter(|name| name.len() <= LONGEST && *name != wanted).take(MOST);
    candidates
        .filter_map(|name| {
            let distance =
                if name.to_lowercase() == wanted.to_lowercase() { 0 } else { osa_distance(name, wanted) };
            (distance <= tolerance).then_some((distance, name))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typing_mistake_finds_the_name() {
        let names = ["dev", "prod", "staging-eu", "Corp"];
        for (wanted, found) in [
            ("dve", Some("dev")),
            ("dorp", Some("Corp")),
            ("rpod", Some("prod")),
            ("dex", Some("dev")),
            ("stagin-eu", Some("staging-eu")),
            ("stagingeuu", Some("staging-eu")),
            ("corp", Some("Corp")),
            ("PROD", Some("prod")),
            ("x", None),
            ("something else", None),
        ] {
            assert_eq!(nearest(wanted, names.into_iter()).as_deref(), found, "{wanted}");
        }
    }

    #[test]
    fn a_mistake_is_tolerated_for_every_three_letters_and_two_at_most() {
        for (wanted, name, found) in [
            ("ab", "ac", false),
            ("abc", "abd", true),
            ("abc", "add", false),
            ("abcde", "abcdx", true),
            ("abcde", "abcxx", false),
            ("abcdef", "abcdxx", true),
            ("abcdef", "abcxxx", false),
            ("abcdefghi", "abcdefgxx", true),
            ("abcdefghi", "abcdefxxx", false),
            // Letters count, not bytes.
            ("éé", "éa", false),
            ("ééé", "ééa", true),
            // Case is no mistake, however short the name.
            ("x", "X", true),
            ("abc", "abc", false),
        ] {
            let expected = found.then(|| name.to_owned());
            assert_eq!(nearest(wanted, std::iter::once(name)), expected, "{wanted} {name}");
        }
    }

    #[test]
    fn a_name_that_has_nothing_in_common_is_not_suggested() {
        assert_eq!(nearest("prod", ["dev", "test"].into_iter()), None);
        assert_eq!(nearest("dev", ["prod", "test"].into_iter()), None);
        assert_eq!(nearest("dve", ["prod", "test", "dev"].into_iter()).as_deref(), Some("dev"));
    }

    #[test]
    fn names_are_compared_up_to_64_bytes() {
        let (longest, too_long) = ("a".repeat(64), "a".repeat(65));
        let shorter = &longest[1..];
        assert_eq!(nearest(&longest, std::iter::once(shorter)).as_deref(), Some(shorter));
        assert_eq!(nearest(shorter, std::iter::once(&*longest)).as_deref(), Some(&*longest));
        assert_eq!(nearest(&too_long, std::iter::once(&*longest)), None);
        assert_eq!(nearest(&longest, std::iter::once(&*too_long)), None);
    }
}
