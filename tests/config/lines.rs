//! Lines of a config file, read in pieces of any size.

use aws_sso_cred::config::lines::{BUFFER_SIZE, Lines, line_number};

use crate::junk::Pieces;

#[test]
fn line_numbers_do_not_depend_on_the_size_of_a_read() {
    let text = b"\xef\xbb\xbfone\r\n\rthree\n\r\n\nsix";
    for (offset, number) in [(0, 1), (3, 1), (8, 2), (9, 3), (15, 4), (17, 5), (18, 6), (21, 6)] {
        assert_eq!(line_number(&mut text.as_slice(), offset).unwrap(), number, "{offset}");
    }
    for size in 1..30 {
        let expected = [(3, "one"), (8, ""), (9, "three"), (15, ""), (17, ""), (18, "six")];
        assert_eq!(lines_of(text, size), expected.map(|(offset, line)| (offset, line.to_owned())), "{size}");
    }
}

#[test]
fn a_final_line_break_begins_no_new_line() {
    for text in ["one", "one\n", "one\r", "one\r\n"] {
        for size in 1..10 {
            assert_eq!(lines_of(text.as_bytes(), size), [(0, "one".to_owned())], "{text:?} {size}");
        }
    }
}

#[test]
fn lines_before_the_next_wanted_header_are_skipped() {
    let text = b"one\nx = [y]\n[a]\ntwo\n  [b] # c\nthree";
    for size in 1..50 {
        let mut pieces = Pieces { rest: text, size };
        let mut lines = Lines::new(&mut pieces, size).unwrap();
        for (header, offset) in [("[a]", 12), ("[b] # c", 22)] {
            assert!(lines.skip_to_header(|_| false).unwrap(), "{size}");
            let line = lines.next_line().unwrap().unwrap();
            assert_eq!(
                (String::from_utf8_lossy(line.text).as_ref(), line.offset),
                (header, offset),
                "{size}"
            );
        }
        assert!(!lines.skip_to_header(|_| false).unwrap(), "{size}");
    }
    let mut input = text.as_slice();
    let mut lines = Lines::new(&mut input, BUFFER_SIZE).unwrap();
    assert!(lines.skip_to_header(|line| line.starts_with(b"[a]")).unwrap());
    assert_eq!(lines.next_line().unwrap().unwrap().text, b"[b] # c");
}

/// The lines of `text` with their offsets, read in pieces of this size.
fn lines_of(text: &[u8], size: usize) -> Vec<(u64, String)> {
    let mut pieces = Pieces { rest: text, size };
    let mut lines = Lines::new(&mut pieces, size).unwrap();
    let mut read = Vec::new();
    while let Some(line) = lines.next_line().unwrap() {
        read.push((line.offset, String::from_utf8_lossy(line.text).into_owned()));
    }
    read
}

#[test]
fn an_oversized_line_is_separate_from_the_line_before_it() {
    let text = format!("{}\n\r{}\nlast", "v".repeat(65_536), "x".repeat(70_000));
    for size in [1000, BUFFER_SIZE, usize::MAX] {
        let places: Vec<_> = lines_of(text.as_bytes(), size).into_iter().map(|(offset, _)| offset).collect();
        assert_eq!(places, [0, 65_537, 65_538, 135_539], "{size}");
    }
}
