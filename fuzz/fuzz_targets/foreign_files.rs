//! What other programs wrote: the settings of aws-sso-cli in YAML, and certificates in DER. And what people
//! read: the difference of two texts, from which the new text can be made again.
//!
//! The first byte of an input chooses: `y`, `c` or `d`. The two texts of a difference have a NUL byte between
//! them.
#![no_main]

use aws_sso_cred::fuzzing::issuer;
use aws_sso_cred::text::escape::escape;
use aws_sso_cred::text::unified_diff::unified_diff;
use aws_sso_cred::text::width::width;
use aws_sso_cred::text::yaml::{self, Mapping, Value};
use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|data: &[u8]| -> Corpus {
    let Some((kind, bytes)) = data.split_first() else { return Corpus::Reject };
    match kind {
        b'y' => settings(&String::from_utf8_lossy(bytes)),
        b'c' => {
            let name = issuer(bytes);
            assert!(name.is_none_or(|name| !name.is_empty() && name.chars().count() <= 100));
        }
        b'd' => difference(&String::from_utf8_lossy(bytes)),
        _ => return Corpus::Reject,
    }
    Corpus::Keep
});

fn settings(text: &str) {
    match yaml::read(text) {
        Ok(mapping) => assert_lines_grow(&mapping, text.lines().count() + 1),
        Err(fault) => assert!(fault.line > 0 && fault.line <= text.split('\n').count() + 1, "{fault:?}"),
    }
    let shown = escape(text);
    assert!(!shown.contains(char::is_control));
    let _ = width(&shown);
}

fn assert_lines_grow(mapping: &Mapping, most: usize) {
    assert!(mapping.is_sorted_by_key(|entry| entry.line), "{mapping:?}");
    for entry in mapping {
        assert!(entry.line > 0 && entry.line <= most, "{entry:?}");
        assert_eq!(mapping.iter().filter(|other| other.key == entry.key).count(), 1, "{entry:?}");
        if let Value::Mapping(inner) = &entry.value {
            assert_lines_grow(inner, most);
        }
    }
}

fn difference(text: &str) {
    let Some((old, new)) = text.split_once('\0') else { return };
    let shown = unified_diff(("old", old), ("new", new));
    assert_eq!(shown.is_empty(), old == new);
    // A text without a line break at its end has a remark of its own, which `diff` knows, too.
    let ends = |text: &str| text.is_empty() || text.ends_with('\n');
    if ends(old) && ends(new) {
        assert_eq!(patched(old, &shown), new, "{shown}");
    }
}

/// The new text, made of the old one and the difference.
fn patched(old: &str, difference: &str) -> String {
    let old: Vec<&str> = old.split_inclusive('\n').collect();
    let (mut at, mut new) = (0, String::new());
    for line in difference.split_inclusive('\n').skip(2) {
        let (sign, rest) = line.split_at(1);
        match sign {
            "@" => {
                let range =
                    rest.split(['-', ' ', ',']).find_map(|part| part.parse::<usize>().ok()).expect("a line");
                let is_empty = rest.split_whitespace().nth(1).is_some_and(|range| range.ends_with(",0"));
                let start = if is_empty { range } else { range - 1 };
                new.extend(old[at..start].iter().copied());
                at = start;
            }
            "+" => new += rest,
            _ => {
                assert_eq!(old[at], rest, "{difference}");
                if sign == " " {
                    new += rest;
                }
                at += 1;
            }
        }
    }
    new.extend(old[at..].iter().copied());
    new
}
