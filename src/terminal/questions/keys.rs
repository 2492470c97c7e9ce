//! The keys that a person presses, read from the bytes that a terminal sends for them.

use std::mem;
use std::time::Duration;

/// A key, or text that was pasted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Key {
    Char(char),
    Paste(String),
    Enter,
    Tab,
    Backspace,
    Delete,
    Left,
    Right,
    WordLeft,
    WordRight,
    Up,
    Down,
    PageUp,
    PageDown,
    Home,
    End,
    /// Ctrl-W, Alt-Backspace.
    DeleteWord,
    /// Ctrl-U.
    DeleteToStart,
    /// Ctrl-K.
    DeleteToEnd,
    /// Ctrl-C, Ctrl-\.
    Interrupt,
    /// Ctrl-D.
    EndOfFile,
    /// Ctrl-Z.
    Stop,
    /// Ctrl-L.
    Redraw,
    Escape,
}

const ESCAPE: u8 = 0x1b;
const PASTE_ENDS: &[u8] = b"\x1b[201~";
/// A key is sent at once, but a slow network may split it. The key Escape takes as long.
const WITHIN_KEY: Duration = Duration::from_millis(200);
const WITHIN_PASTE: Duration = Duration::from_secs(2);
/// No key has a longer sequence.
const LONGEST_SEQUENCE: usize = 32;
/// The rest of a longer paste is left out: no answer is that long.
const LONGEST_PASTE: usize = 64 * 1024;

/// Turns bytes into keys. A key's bytes may come in several pieces.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    /// The bytes of a key that is not complete.
    begun: Vec<u8>,
    /// What was pasted so far; `None` outside of a paste.
    paste: Option<Vec<u8>>,
}

impl Decoder {
    /// How long more bytes may take that belong to what has come; `None` if all keys are complete. If
    /// none comes in that time, call [`Self::give_up`].
    pub(super) fn patience(&self) -> Option<Duration> {
        match (&self.paste, &self.begun[..]) {
            (Some(_), _) => Some(WITHIN_PASTE),
            (None, []) => None,
            (None, _) => Some(WITHIN_KEY),
        }
    }

    /// Takes a byte, and gives the keys that are complete by it.
    pub(super) fn feed(&mut self, byte: u8) -> Vec<Key> {
        if self.paste.is_some() {
            return self.feed_paste(byte).into_iter().collect();
        }
        match self.begun.first() {
            None => self.begin(byte).into_iter().collect(),
            // A new sequence, or Ctrl-C, ends one that is not complete.
            Some(&ESCAPE) if byte < 0x20 => {
                let mut keys = self.give_up();
                keys.extend(self.begin(byte));
                keys
            }
            Some(&ESCAPE) => self.feed_sequence(byte).into_iter().collect(),
            Some(_) => self.feed_character(byte),
        }
    }

    /// Nothing more has come: gives what was begun as it is. A lone ESC is the key Escape.
    pub(super) fn give_up(&mut self) -> Vec<Key> {
        if let Some(pasted) = self.paste.take() {
            return vec![Key::Paste(pasted_text(&pasted))];
        }
        let key = match mem::take(&mut self.begun)[..] {
            [ESCAPE] => Some(Key::Escape),
            [] | [ESCAPE, ..] => None,
            _ => Some(Key::Char(char::REPLACEMENT_CHARACTER)),
        };
        key.into_iter().collect()
    }

    fn begin(&mut self, byte: u8) -> Option<Key> {
        match byte {
            ESCAPE | 0xc2..=0xf4 => {
                self.begun.push(byte);
                None
            }
            0x80.. => Some(Key::Char(char::REPLACEMENT_CHARACTER)),
            0x7f => Some(Key::Backspace),
            0x20.. => Some(Key::Char(char::from(byte))),
            _ => control_key(byte),
        }
    }

    /// A character of several bytes (UTF-8).
    fn feed_character(&mut self, byte: u8) -> Vec<Key> {
        if !(0x80..0xc0).contains(&byte) {
            let mut keys = self.give_up();
            keys.extend(self.feed(byte));
            return keys;
        }
        self.begun.push(byte);
        match std::str::from_utf8(&self.begun) {
            Ok(text) => {
                let keys = text.chars().map(Key::Char).collect();
                self.begun.clear();
                keys
            }
            Err(error) if error.error_len().is_none() => Vec::new(),
            Err(_) => self.give_up(),
        }
    }

    /// A sequence that begins with ESC: `ESC [ … letter`, `ESC O letter`, or Alt and a key.
    fn feed_sequence(&mut self, byte: u8) -> Option<Key> {
        self.begun.push(byte);
        let is_complete = match self.begun[1] {
            // The function keys of the Linux console: `ESC [ [ A`.
            b'[' if self.begun.len() == 3 && byte == b'[' => false,
            b'[' => self.begun.len() > 2 && (0x40..=0x7e).contains(&byte),
            b'O' => self.begun.len() > 2,
            _ => true,
        };
        if !is_complete && self.begun.len() < LONGEST_SEQUENCE {
            return None;
        }
        let sequence = mem::take(&mut self.begun);
        if sequence == b"\x1b[200~" {
            self.paste = Some(Vec::new());
            return None;
        }
        key_of_sequence(&sequence[1..])
    }

    fn feed_paste(&mut self, byte: u8) -> Option<Key> {
        let paste = self.paste.get_or_insert_default();
        // A terminal takes this out of what it pastes, so that it is the key.
        if byte == 3 {
            self.paste = None;
            return Some(Key::Interrupt);
        }
        if paste.len() >= LONGEST_PASTE {
            // Only the end is still looked for.
            paste.remove(LONGEST_PASTE - PASTE_ENDS.len());
        }
        paste.push(byte);
        if !paste.ends_with(PASTE_ENDS) {
            return None;
        }
        paste.truncate(paste.len() - PASTE_ENDS.len());
        let pasted = pasted_text(paste);
        self.paste = None;
        Some(Key::Paste(pasted))
    }
}

/// Pasted bytes as one line: a line break at the end goes, others and tabs become blanks.
fn pasted_text(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let line = text.trim_end_matches(['\r', '\n']).replace("\r\n", " ");
    let line = line.chars().map(|c| if matches!(c, '\r' | '\n' | '\t') { ' ' } else { c });
    line.filter(|c| !c.is_control()).collect()
}

fn control_key(byte: u8) -> Option<Key> {
    let key = match byte {
        // `\n` was typed before the terminal was in raw mode.
        b'\r' | b'\n' => Key::Enter,
        b'\t' => Key::Tab,
        0x08 => Key::Backspace,
        0x03 | 0x1c => Key::Interrupt,
        0x04 => Key::EndOfFile,
        0x1a => Key::Stop,
        0x01 => Key::Home,
        0x02 => Key::Left,
        0x05 => Key::End,
        0x06 => Key::Right,
        0x0b => Key::DeleteToEnd,
        0x0c => Key::Redraw,
        0x0e => Key::Down,
        0x10 => Key::Up,
        0x15 => Key::DeleteToStart,
        0x17 => Key::DeleteWord,
        _ => return None,
    };
    Some(key)
}

/// The key of what follows ESC; `None` for one that no question uses.
fn key_of_sequence(sequence: &[u8]) -> Option<Key> {
    let key = match sequence {
        // With Ctrl (5) or Alt (3).
        b"[1;5D" | b"[1;3D" | b"b" => Key::WordLeft,
        b"[1;5C" | b"[1;3C" | b"f" => Key::WordRight,
        b"\x7f" => Key::DeleteWord,
        b"OM" => Key::Enter,
        b"[1~" | b"[7~" => Key::Home,
        b"[4~" | b"[8~" => Key::End,
        b"[3~" => Key::Delete,
        b"[5~" => Key::PageUp,
        b"[6~" => Key::PageDown,
        // A function key of the Linux console.
        [b'[', b'[', ..] => return None,
        // The last letter names the key; a number before it, the keys held with it.
        [b'[', .., letter] | [b'O', letter] => match letter {
            b'A' => Key::Up,
            b'B' => Key::Down,
            b'C' => Key::Right,
            b'D' => Key::Left,
            b'F' => Key::End,
            b'H' => Key::Home,
            _ => return None,
        },
        _ => return None,
    };
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The keys of `bytes`, and of what is left when nothing follows.
    fn keys(bytes: &[u8]) -> Vec<Key> {
        let mut decoder = Decoder::default();
        let mut keys: Vec<Key> = bytes.iter().flat_map(|byte| decoder.feed(*byte)).collect();
        keys.extend(decoder.give_up());
        assert_eq!(decoder.patience(), None);
        keys
    }

    fn text(text: &str) -> Vec<Key> {
        text.chars().map(Key::Char).collect()
    }

    #[test]
    fn letters_of_any_script_are_keys() {
        assert_eq!(keys("aß日🙂~".as_bytes()), text("aß日🙂~"));
    }

    #[test]
    fn bytes_that_are_no_text_become_replacement_characters() {
        let broken = char::REPLACEMENT_CHARACTER;
        assert_eq!(keys(b"a\xffb"), text(&format!("a{broken}b")));
        assert_eq!(keys(b"a\xc3b"), text(&format!("a{broken}b")), "the rest of the character is missing");
        assert_eq!(keys(b"\xe6\x97"), text(&format!("{broken}")), "cut at the end");
        assert_eq!(keys(b"\x80"), text(&format!("{broken}")));
        assert_eq!(keys(b"\xed\xa0\x80"), text(&format!("{broken}{broken}")), "a surrogate");
        assert_eq!(keys(b"\xc3\x1b[A"), [text(&format!("{broken}")), vec![Key::Up]].concat());
        assert_eq!(keys(b"\xc3\x03"), [text(&format!("{broken}")), vec![Key::Interrupt]].concat());
    }

    #[test]
    fn the_keys_of_common_terminals_are_known() {
        for (bytes, key) in [
            (&b"\r"[..], Key::Enter),
            (b"\n", Key::Enter),
            (b"\x1bOM", Key::Enter),
            (b"\x7f", Key::Backspace),
            (b"\x08", Key::Backspace),
            (b"\x1b[A", Key::Up),
            (b"\x1bOA", Key::Up),
            (b"\x1b[1;2A", Key::Up),
            (b"\x10", Key::Up),
            (b"\x0e", Key::Down),
            (b"\x1b[H", Key::Home),
            (b"\x1b[1~", Key::Home),
            (b"\x1bOF", Key::End),
            (b"\x1b[5~", Key::PageUp),
            (b"\x1b[6~", Key::PageDown),
            (b"\x1b[3~", Key::Delete),
            (b"\x1b[1;5D", Key::WordLeft),
            (b"\x1bf", Key::WordRight),
            (b"\x1b\x7f", Key::DeleteWord),
            (b"\x17", Key::DeleteWord),
            (b"\x03", Key::Interrupt),
            (b"\x04", Key::EndOfFile),
            (b"\x1a", Key::Stop),
            (b"\x1b", Key::Escape),
        ] {
            assert_eq!(keys(bytes), [key], "{bytes:?}");
        }
    }

    #[test]
    fn unknown_keys_leave_nothing_behind() {
        for bytes in [
            &b"\x1b[[A"[..], // F1 on the Linux console
            b"\x1b[15~",
            b"\x1b[<0;12;7M",
            b"\x1b[?1;2c",
            b"\x1bOP",
            b"\x1bx",
            b"\x00",
            b"\x1b[",
            b"\x1b[1;",
        ] {
            assert_eq!(keys(bytes), [], "{bytes:?}");
            assert_eq!(keys(&[bytes, b"\x1b[B"].concat()), [Key::Down], "{bytes:?}");
        }
        assert_eq!(keys(&[b"\x1b[", &[b'1'; 100][..]].concat()).len(), 70, "no sequence is that long");
    }

    #[test]
    fn a_sequence_is_one_key_however_it_is_split() {
        let mut decoder = Decoder::default();
        assert_eq!(decoder.feed(0x1b), []);
        assert_eq!(decoder.patience(), Some(WITHIN_KEY));
        assert_eq!(decoder.feed(b'['), []);
        assert_eq!(decoder.feed(b'B'), [Key::Down]);
        assert_eq!(decoder.patience(), None);
    }

    #[test]
    fn control_c_is_seen_within_a_sequence_and_after_escape() {
        assert_eq!(keys(b"\x1b[1\x03"), [Key::Interrupt]);
        assert_eq!(keys(b"\x1b\x03"), [Key::Escape, Key::Interrupt]);
        assert_eq!(keys(b"\x1b\x1b"), [Key::Escape, Key::Escape]);
        assert_eq!(keys(b"\x1b[200~abc\x03"), [Key::Interrupt]);
    }

    #[test]
    fn a_paste_is_one_line_of_text_and_presses_no_keys() {
        let pasted = |text: &str| vec![Key::Paste(text.to_owned())];
        assert_eq!(keys(b"\x1b[200~https://x/start\n\x1b[201~"), pasted("https://x/start"));
        assert_eq!(keys(b"\x1b[200~a\r\nb\tc\x1b[A\x04\x1b[201~"), pasted("a b c[A"));
        assert_eq!(keys("\x1b[200~日\x1b[201~x".as_bytes()), [pasted("日"), text("x")].concat());
        assert_eq!(keys(b"\x1b[200~\xff\x1b[201~"), pasted("\u{fffd}"));
        assert_eq!(keys(b"\x1b[200~begun"), pasted("begun"), "the end has not come");
        let long = [b"\x1b[200~", &vec![b'x'; LONGEST_PASTE + 100][..], b"\x1b[201~"].concat();
        assert!(matches!(&keys(&long)[..], [Key::Paste(text)] if text.len() > LONGEST_PASTE - 20));
    }
}
