//! The difference of two texts as `diff -u` shows it.
//!
//! Lines that occur once in both texts and keep their order are found first; what is between them is
//! compared in the same way (patience diff). In a configuration file each header is such a line.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::ops::Range;

/// How many unchanged lines are shown around a change.
const CONTEXT: usize = 3;

/// A run of lines that were replaced: those of the old text, and those of the new one. One may be
/// empty.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Change {
    old: Range<usize>,
    new: Range<usize>,
}

/// The difference between `old` and `new`, below two lines with their names; empty if there is none.
pub fn unified_diff((old_name, old): (&str, &str), (new_name, new): (&str, &str)) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) =
        (old.split_inclusive('\n').collect(), new.split_inclusive('\n').collect());
    let mut changes = Vec::new();
    compare(&old, &new, (0, 0), &mut changes);
    let mut text = String::new();
    for hunk in hunks(&changes) {
        if text.is_empty() {
            let _ = write!(text, "--- {old_name}\n+++ {new_name}\n");
        }
        push_hunk(&mut text, &old, &new, hunk);
    }
    text
}

/// Finds the changes between `old` and `new`, which begin at line `at` of their texts.
fn compare(old: &[&str], new: &[&str], at: (usize, usize), changes: &mut Vec<Change>) {
    let same_at_start = old.iter().zip(new).take_while(|(old, new)| old == new).count();
    let (old, new) = (&old[same_at_start..], &new[same_at_start..]);
    let same_at_end = old.iter().rev().zip(new.iter().rev()).take_while(|(old, new)| old == new).count();
    let (old, new) = (&old[..old.len() - same_at_end], &new[..new.len() - same_at_end]);
    let at = (at.0 + same_at_start, at.1 + same_at_start);
    let anchors = if old.is_empty() || new.is_empty() { Vec::new() } else { anchors(old, new) };
    if anchors.is_empty() {
        if !old.is_empty() || !new.is_empty() {
            changes.push(Change { old: at.0..at.0 + old.len(), new: at.1..at.1 + new.len() });
        }
        return;
    }
    let mut done = (0, 0);
    for anchor in anchors.into_iter().chain([(old.len(), new.len())]) {
        let from = (at.0 + done.0, at.1 + done.1);
        compare(&old[done.0..anchor.0], &new[done.1..anchor.1], from, changes);
        done = anchor;
    }
}

/// The lines that occur once in each text, as pairs of their numbers, as many as keep their order.
fn anchors(old: &[&str], new: &[&str]) -> Vec<(usize, usize)> {
    let mut places: HashMap<&str, (Vec<usize>, Vec<usize>)> = HashMap::new();
    for (number, line) in old.iter().enumerate() {
        places.entry(line).or_default().0.push(number);
    }
    for (number, line) in new.iter().enumerate() {
        places.entry(line).or_default().1.push(number);
    }
    let mut pairs: Vec<(usize, usize)> = places
        .into_values()
        .filter_map(|(old, new)| match (&old[..], &new[..]) {
            (&[old], &[new]) => Some((old, new)),
            _ => None,
        })
        .collect();
    pairs.sort_unstable();
    longest_increasing(&pairs)
}

/// The longest part of `pairs`, which are sorted by their first number, that is sorted by the second
/// one too.
fn longest_increasing(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    // The pair that ends the best part of each length, and the pair before each.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(pairs.len());
    for (number, (_, new)) in pairs.iter().enumerate() {
        let length = ends.partition_point(|end| pairs[*end].1 < *new);
        before.push(length.checked_sub(1).map(|shorter| ends[shorter]));
        if length == ends.len() {
            ends.push(number);
        } else {
            ends[length] = number;
        }
    }
    let mut part = Vec::with_capacity(ends.len());
    let mut at = ends.last().copied();
    while let Some(number) = at {
        part.push(pairs[number]);
        at = before[number];
    }
    part.reverse();
    part
}

/// Changes that are shown together, because the context between them would overlap.
fn hunks(changes: &[Change]) -> impl Iterator<Item = &[Change]> {
    changes.chunk_by(|one, next| next.old.start - one.old.end <= 2 * CONTEXT)
}

fn push_hunk(text: &mut String, old: &[&str], new: &[&str], changes: &[Change]) {
    let (Some(first), Some(last)) = (changes.first(), changes.last()) else { return };
    let before = first.old.start.min(CONTEXT);
    let after = (old.len() - last.old.end).min(CONTEXT);
    let shown_old = first.old.start - before..last.old.end + after;
    let shown_new = first.new.start - before..last.new.end + after;
    let _ = writeln!(text, "@@ -{} +{} @@", span(&shown_old), span(&shown_new));
    let mut at = shown_old.start;
    for change in changes {
        push_lines(text, ' ', &old[at..change.old.start]);
        push_lines(text, '-', &old[change.old.clone()]);
        push_lines(text, '+', &new[change.new.clone()]);
        at = change.old.end;
    }
    push_lines(text, ' ', &old[at..shown_old.end]);
}

/// `3,7`; without the length if it is 1. An empty span is named by the line before it.
fn span(lines: &Range<usize>) -> String {
    match lines.len() {
        0 => format!("{},0", lines.start),
        1 => (lines.start + 1).to_string(),
        length => format!("{},{length}", lines.start + 1),
    }
}

fn push_lines(text: &mut String, sign: char, lines: &[&str]) {
    for line in lines {
        text.push(sign);
        text.push_str(line);
        if !line.ends_with('\n') {
            text.push_str("\n\\ No newline at end of file\n");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn diff(old: &str, new: &str) -> String {
        unified_diff(("a", old), ("b", new))
    }

    #[test]
    fn equal_texts_have_no_difference() {
        assert_eq!(diff("", ""), "");
        assert_eq!(diff("x\ny\n", "x\ny\n"), "");
    }

    #[test]
    fn a_new_file_is_all_new_lines() {
        assert_eq!(diff("", "[a]\nx = 1\n"), "--- a\n+++ b\n@@ -0,0 +1,2 @@\n+[a]\n+x = 1\n");
    }

    #[test]
    fn three_lines_are_shown_around_a_change() {
        let old = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
        assert_eq!(
            diff(old, &old.replace('5', "five")),
            "--- a\n+++ b\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n"
        );
    }

    #[test]
    fn changes_far_apart_are_in_hunks_of_their_own() {
        let lines = (0..30).fold(String::new(), |text, number| format!("{text}{number}\n"));
        let new = lines.replace("\n2\n", "\ntwo\n").replace("\n20\n", "\n");
        let text = diff(&lines, &new);
        assert_eq!(text.matches("@@ -").count(), 2, "{text}");
        assert!(text.contains("-2\n+two\n") && text.contains(" 19\n-20\n 21\n"), "{text}");
        let near = lines.replace("\n2\n", "\ntwo\n").replace("\n8\n", "\n");
        assert_eq!(diff(&lines, &near).matches("@@ -").count(), 1);
    }

    #[test]
    fn a_section_between_sections_of_the_same_shape_is_found() {
        let section = |name: &str| format!("[profile {name}]\nregion = eu-west-1\noutput = json\n\n");
        let (a, b, c) = (section("a"), section("b"), section("c"));
        let text = diff(&format!("{a}{c}"), &format!("{a}{b}{c}"));
        let added: String = text.lines().filter(|line| line.starts_with('+')).skip(1).collect();
        assert_eq!(added.len(), b.len(), "{text}");
        assert_eq!(text.lines().filter(|line| line.starts_with('-')).count(), 1, "{text}");
    }

    #[test]
    fn a_last_line_without_a_line_break_is_marked() {
        assert_eq!(
            diff("x", "x\ny\n"),
            "--- a\n+++ b\n@@ -1 +1,2 @@\n-x\n\\ No newline at end of file\n+x\n+y\n"
        );
    }

    /// Applies a difference to the text that it was made from.
    fn applied(old: &str, diff: &str) -> String {
        let old: Vec<&str> = old.split_inclusive('\n').collect();
        let (mut new, mut at) = (String::new(), 0);
        let lines: Vec<&str> = diff.split_inclusive('\n').skip(2).collect();
        for (number, line) in lines.iter().enumerate() {
            let without_end = lines.get(number + 1).is_some_and(|next| next.starts_with('\\'));
            let content = if without_end { line[1..].trim_end_matches('\n') } else { &line[1..] };
            match line.as_bytes()[0] {
                b'@' => {
                    let start: usize =
                        line[4..].split([',', ' ']).next().and_then(|text| text.parse().ok()).unwrap();
                    let is_empty = line[4..].split(' ').next().unwrap().ends_with(",0");
                    let start = if is_empty { start } else { start - 1 };
                    new.extend(old[at..start].iter().copied());
                    at = start;
                }
                b'-' => {
                    assert_eq!(old[at], content);
                    at += 1;
                }
                b'+' => new.push_str(content),
                b' ' => {
                    assert_eq!(old[at], content);
                    new.push_str(content);
                    at += 1;
                }
                _ => {}
            }
        }
        new.extend(old[at..].iter().copied());
        new
    }

    #[test]
    fn every_difference_leads_from_one_text_to_the_other() {
        let mut seed = 7_u64;
        let mut random = move |below: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % below
        };
        for _ in 0..2000 {
            let mut text = || -> String {
                let lines = random(12);
                let mut text = (0..lines).fold(String::new(), |text, _| format!("{text}{}\n", random(6)));
                if random(4) == 0 {
                    text.pop();
                }
                text
            };
            let (old, new) = (text(), text());
            assert_eq!(applied(&old, &diff(&old, &new)), new, "{old:?} -> {new:?}");
        }
    }
}
