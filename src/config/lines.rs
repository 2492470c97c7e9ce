//! A file's lines, read in chunks into one small buffer.
//!
//! A config file can be a megabyte, and a hit needs a few hundred bytes of it. Most of a hit's time
//! goes into touching new memory. So the file is never in memory as a whole, and sections that are
//! not wanted are skipped from `[` to `[`.

use std::io::{self, Read};

use memchr::{memchr_iter, memchr2};

/// The size of a read: four pages. The first read is one page, which is enough for most files.
pub const BUFFER_SIZE: usize = 16 * 1024;
const FIRST_READ: usize = 4 * 1024;

/// The longest line that is read as a setting.
pub const LONGEST_LINE: usize = 64 * 1024;

/// The largest file that is read, so that reading `/dev/zero` as the config file ends.
pub const LARGEST_FILE: u64 = 64 * 1024 * 1024;

/// The byte order mark of UTF-8.
pub const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// One line, without the line break (`\n`, `\r\n` or a single `\r`).
#[derive(Debug)]
pub struct Line<'a> {
    /// The text in the file. Of a line that is too long, only a leading `[` is kept.
    pub text: &'a [u8],
    /// Where the line begins in the file, in bytes.
    pub offset: u64,
    /// The line is longer than 64 KiB, and its text was not kept.
    pub too_long: bool,
}

/// Reads a file line by line.
pub struct Lines<'r> {
    input: &'r mut dyn Read,
    buffer: Vec<u8>,
    buffer_size: usize,
    /// The bytes that were read and not yet returned are `buffer[start..end]`.
    start: usize,
    end: usize,
    /// The offset of `buffer[0]` in the file.
    offset: u64,
    ended: bool,
    /// Whether everything between the last line break and `start` is blank.
    at_line_start: bool,
}

impl<'r> Lines<'r> {
    /// Starts at the first byte, or after a byte order mark.
    ///
    /// # Errors
    /// Those of the first read.
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
    /// Those of reading; [`io::ErrorKind::FileTooLarge`] beyond 64 MiB.
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

    /// Moves to the next line whose first character that is not blank is `[`; `false` if there is
    /// none. Skips lines for whose text from the `[` on `unwanted` is true; the text may be cut off.
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

    /// Reads more bytes after the unread ones; `false` at the end of the file.
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

    /// Skips the rest of a line that is too long.
    fn too_long_line(&mut self) -> io::Result<Line<'_>> {
        let offset = self.offset + self.start as u64;
        let text = told_of(&self.buffer[self.start..self.end]);
        loop {
            if let Some(at) = memchr2(b'\n', b'\r', &self.buffer[self.start..self.end]) {
                self.start += at;
                // Only the line break is left of the line.
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

/// What is kept of a line that is too long: its `[`, if that is its first character that is not
/// blank.
fn told_of(text: &[u8]) -> &'static [u8] {
    if text.iter().find(|byte| !is_blank(**byte)) == Some(&b'[') { b"[" } else { b"" }
}

/// Whether only blanks are between the last line break in `before` and its end; `otherwise` if
/// `before` is all blank and has no line break.
fn begins_line(before: &[u8], otherwise: bool) -> bool {
    match before.iter().rev().find(|byte| !is_blank(**byte)) {
        Some(byte) => matches!(byte, b'\n' | b'\r'),
        None => otherwise,
    }
}

/// Whether `byte` is a blank within a line.
pub const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | 0x0b | 0x0c)
}

/// The one-based number of the line that has byte `offset` of the file. Reads the file, so this is
/// for errors only.
///
/// # Errors
/// Those of reading.
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
