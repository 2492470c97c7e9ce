//! The profiles of the config file, as places in its text.

use std::collections::BTreeMap;
use std::ops::Range;

use memchr::{memchr2, memchr2_iter};

use super::body::{Body, profiles_in};
use crate::config::lines::is_blank;
use crate::text::invisible::looks_blank;

/// The text, and where its profiles are.
pub struct ProfilesIn<'t> {
    text: &'t [u8],
    places: BTreeMap<String, Vec<Place>>,
}

/// Where a section is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// What is below the header.
    pub body: Range<usize>,
    /// The line break behind the header; `\n` if there is none.
    pub ending: Vec<u8>,
}

/// A part of the text, and what it becomes.
pub type Replacement = (Range<usize>, Vec<u8>);

impl<'t> ProfilesIn<'t> {
    /// Finds the profiles of `text`.
    pub fn find(text: &'t [u8]) -> Self {
        let headers = headers(text);
        let mut places: BTreeMap<String, Vec<Place>> = BTreeMap::new();
        for section in profiles_in(text) {
            let Some(start) = usize::try_from(section.offset).ok() else { continue };
            let next = headers.partition_point(|header| *header <= start);
            let end = headers.get(next).copied().unwrap_or(text.len());
            places.entry(section.name).or_default().push(place(text, start, end));
        }
        Self { text, places }
    }

    /// The sections of `profile`.
    pub fn places(&self, profile: &str) -> &[Place] {
        self.places.get(profile).map_or(&[], Vec::as_slice)
    }

    /// The lines of a section.
    pub fn body(&self, place: &Place) -> Body {
        Body::parse(&self.text[place.body.clone()])
    }

    /// The text with `replacements`, which do not overlap.
    pub fn replaced(&self, mut replacements: Vec<Replacement>) -> Vec<u8> {
        replacements.sort_by_key(|(part, _)| (part.start, part.end));
        let mut new = Vec::with_capacity(self.text.len() + 1024);
        let mut at = 0;
        for (part, bytes) in replacements {
            new.extend_from_slice(&self.text[at..part.start]);
            new.extend_from_slice(&bytes);
            at = part.end;
        }
        new.extend_from_slice(&self.text[at..]);
        new
    }
}

fn place(text: &[u8], header: usize, end: usize) -> Place {
    match memchr2(b'\n', b'\r', &text[header..end]) {
        Some(at) => {
            let at = header + at;
            let length = if text[at..].starts_with(b"\r\n") { 2 } else { 1 };
            Place { body: at + length..end, ending: text[at..at + length].to_owned() }
        }
        None => Place { body: end..end, ending: b"\n".to_vec() },
    }
}

/// Where a header begins: each line whose first character that is not blank is `[`, as the reader has
/// it. For a header that is not the first thing in its line, the beginning of the line.
fn headers(text: &[u8]) -> Vec<usize> {
    let breaks = memchr2_iter(b'\n', b'\r', text).map(|at| at + 1);
    std::iter::once(0).chain(breaks).filter(|start| begins_with_bracket(&text[*start..])).collect()
}

fn begins_with_bracket(line: &[u8]) -> bool {
    let line = &line[line.iter().take_while(|byte| is_blank(**byte)).count()..];
    match line.first() {
        Some(b'[') => true,
        Some(128..) => {
            // An invisible character before the `[`: the section before ends here, too.
            let line = &line[..memchr2(b'\n', b'\r', line).unwrap_or(line.len())];
            let readable = line.utf8_chunks().next().map_or("", |chunk| chunk.valid());
            readable.trim_start_matches(looks_blank).starts_with('[')
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bodies(text: &str) -> Vec<(String, String)> {
        let profiles = ProfilesIn::find(text.as_bytes());
        let mut bodies = Vec::new();
        for (name, places) in &profiles.places {
            for place in places {
                bodies.push((name.clone(), text[place.body.clone()].to_owned()));
            }
        }
        bodies
    }

    #[test]
    fn a_profile_goes_to_the_next_header() {
        let text =
            "# first\n[default]\na = b\n\n[profile 'x y'] # c\r\nc = d\r\n  [plugins]\ne = f\n[profile z]";
        let pair = |name: &str, body: &str| (name.to_owned(), body.to_owned());
        assert_eq!(bodies(text), [pair("default", "a = b\n\n"), pair("x y", "c = d\r\n"), pair("z", "")]);
    }

    #[test]
    fn a_byte_order_mark_and_indented_headers_are_no_obstacle() {
        let text = "\u{feff}[profile a]\nb = c\n\t[profile d]\ne = f\n\u{200b}[profile g]\nh = i\n";
        let pair = |name: &str, body: &str| (name.to_owned(), body.to_owned());
        assert_eq!(bodies(text), [pair("a", "b = c\n"), pair("d", "e = f\n")]);
    }

    #[test]
    fn replacements_leave_the_rest_as_it_is() {
        let profiles = ProfilesIn::find(b"abcdef");
        assert_eq!(profiles.replaced(vec![(4..5, b"XY".to_vec()), (1..2, Vec::new())]), b"acdXYf");
        assert_eq!(profiles.replaced(vec![(6..6, b"g".to_vec())]), b"abcdefg");
    }
}
