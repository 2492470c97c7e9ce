//! A file's lines, read in chunks into one small buffer.
//!
//! A config file can be a megabyte and the answer needs a few hundred bytes of
//! it, on a path where touching fresh memory is the dearest thing there is. So
//! the file never stands in memory as a whole, and stretches nobody asked for
//! are jumped over from `[` to `[`.

use std::io::{self, Read};

use memchr::{memchr_iter, memchr2};

/// What a read asks for: four pages, but one page first, which is all that most files need.
pub const BUFFER_SIZE: usize = 16 * 1024;
const FIRST_READ: usize = 4 * 1024;

/// A longer line is nobody's setting.
const LONGEST_LINE: usize = 64 * 1024;

/// Where reading ends, so that `/dev/zero` in the config's place is no endless run.
const LARGEST_FILE: u64 = 64 * 1024 * 1024;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// One line, without what ends it (`\n`, `\r\n` or a lone `\r`).
#[derive(Debug)]
pub struct Line<'a> {
    /// As in the file. Of a line that is too long, only the `[` of a header is left.
    pub text: &'a [u8],
    /// Where the line begins in the file, in bytes.
    pub offset: u64,
    /// The line is over 64 KiB and was not kept.
    pub too_long: bool,
}

/// The reader.
pub struct Lines<'r> {
    input: &'r mut dyn Read,
    buffer: Vec<u8>,
    buffer_size: usize,
    /// What was read and not yet handed out is `buffer[start..end]`.
    start: usize,
    end: usize,
    /// Where `buffer[0]` stands in the file.
    offset: u64,
    ended: bool,
    /// Whether everything between the last line break and `start` is blank.
    at_line_start: bool,
}

impl<'r> Lines<'r> {
    /// Starts at the first byte, or behind a byte order mark.
    ///
    /// # Errors
    /// The system's, from the first read.
    pub fn new(input: &'r mut dyn Read, buffer_size: usize) -> io::Result<Self> {
        let buffer_size = buffer_size.clamp(BYTE_ORDER_MARK.len(), LONGEST_LINE);
        let buffer = vec![0; buffer_size.min(FIRST_READ)];
        let mut lines = Self {
            input,
            buffer,
            buffer_size,
            start: 0,
            end: 0,
            offset: 0,
            ended: false,
            at_line_start: true,
        };
        while lines.end < BYTE_ORDER_MARK.len() && lines.fill()? {}
        if lines.buffer[..lines.end].starts_with(BYTE_ORDER_MARK) {
            lines.start = BYTE_ORDER_MARK.len();
        }
        Ok(lines)
    }

    /// The next line, or `None` at the end of the file.
    ///
    /// # Errors
    /// The system's; [`io::ErrorKind::FileTooLarge`] beyond 64 MiB.
    pub fn next_line(&mut self) -> io::Result<Option<Line<'_>>> {
        self.at_line_start = true;
        let mut searched = 0;
        let (length, line_break) = loop {
            let unread = &self.buffer[self.start..self.end];
            if let Some(at) = memchr2(b'\n', b'\r', &unread[searched..]) {
                let length = searched + at;
                match (unread[length], unread.get(length + 1)) {
                    (b'\r', Some(b'\n')) => break (length, 2),
                    (b'\r', None) if !self.ended => searched = length,
                    _ => break (length, 1),
                }
            } else {
                searched = unread.len();
            }
            if searched > LONGEST_LINE {
                return self.too_long_line().map(Some);
            }
            if !self.fill()? && searched == self.end - self.start {
                if searched == 0 {
                    return Ok(None);
                }
                break (searched, 0);
            }
        };
        let offset = self.offset + self.start as u64;
        let start = self.start;
        self.start += length + line_break;
        let text = &self.buffer[start..start + length];
        let too_long = length > LONGEST_LINE;
        Ok(Some(Line { text: if too_long { told_of(text) } else { text }, offset, too_long }))
    }

    /// Goes to the next line that begins with `[`, blanks aside; `false` when there is none.
    /// Passes over those whose beginning, from the `[` on, is `unwanted`.
    ///
    /// # Errors
    /// As [`Self::next_line`].
    pub fn skip_to_header(&mut self, unwanted: impl Fn(&[u8]) -> bool) -> io::Result<bool> {
        loop {
            let unread = &self.buffer[self.start..self.end];
            for at in memchr_iter(b'[', unread) {
                if begins_line(&unread[..at], self.at_line_start) && !unwanted(&unread[at..]) {
                    self.start += at;
                    return Ok(true);
                }
            }
            self.at_line_start = begins_line(unread, self.at_line_start);
            self.start = self.end;
            if !self.fill()? {
                return Ok(false);
            }
        }
    }

    /// Reads more behind what is unread; `false` at the end of the file.
    fn fill(&mut self) -> io::Result<bool> {
        if self.ended {
            return Ok(false);
        }
        let was_filled = self.end == self.buffer.len();
        self.buffer.copy_within(self.start..self.end, 0);
        self.offset += self.start as u64;
        self.end -= self.start;
        self.start = 0;
        if self.end == self.buffer.len() {
            // Room for the longest line and its `\r\n`.
            let larger = (self.buffer.len() * 2).min(LONGEST_LINE + 2);
            self.buffer.resize(larger, 0);
        } else if was_filled && self.buffer.len() < self.buffer_size {
            self.buffer.resize(self.buffer_size, 0);
        }
        let read = loop {
            match self.input.read(&mut self.buffer[self.end..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                outcome => break outcome?,
            }
        };
        self.end += read;
        self.ended = read == 0;
        if self.offset + self.end as u64 > LARGEST_FILE {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, "it is larger than 64 MiB"));
        }
        Ok(!self.ended)
    }

    /// Passes over the rest of a line that does not fit.
    fn too_long_line(&mut self) -> io::Result<Line<'_>> {
        let offset = self.offset + self.start as u64;
        let text = told_of(&self.buffer[self.start..self.end]);
        loop {
            if let Some(at) = memchr2(b'\n', b'\r', &self.buffer[self.start..self.end]) {
                self.start += at;
                // What is left of the line is what ends it.
                self.next_line()?;
                break;
            }
            self.start = self.end;
            if !self.fill()? {
                break;
            }
        }
        Ok(Line { text, offset, too_long: true })
    }
}

/// What is told of a line that is too long: its `[`, if it begins with one, blanks aside.
fn told_of(text: &[u8]) -> &'static [u8] {
    if text.iter().find(|byte| !is_blank(**byte)) == Some(&b'[') { b"[" } else { b"" }
}

/// Whether what follows `before` is the first thing on its line; `otherwise` when
/// `before` is all blank and does not show it.
fn begins_line(before: &[u8], otherwise: bool) -> bool {
    match before.iter().rev().find(|byte| !is_blank(**byte)) {
        Some(byte) => matches!(byte, b'\n' | b'\r'),
        None => otherwise,
    }
}

/// A blank within a line.
pub const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | 0x0b | 0x0c)
}

/// The one-based number of the line in which byte `offset` of the file stands.
/// Reads the file once more: only errors ask for it.
///
/// # Errors
/// The system's.
pub fn line_number(input: &mut dyn Read, offset: u64) -> io::Result<usize> {
    let mut lines = Lines::new(input, BUFFER_SIZE)?;
    let mut number = 0;
    while let Some(line) = lines.next_line()? {
        if line.offset > offset {
            break;
        }
        number += 1;
    }
    Ok(number.max(1))
}
