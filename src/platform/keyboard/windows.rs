//! The console of stdin on Windows 10 and later, which sends keys as the same sequences of bytes as
//! other terminals do.

use std::collections::VecDeque;
use std::io;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use windows_sys::Win32::Foundation::{HANDLE, WAIT_OBJECT_0, WAIT_TIMEOUT};
use windows_sys::Win32::System::Console::{
    CONSOLE_SCREEN_BUFFER_INFO, ENABLE_ECHO_INPUT, ENABLE_LINE_INPUT, ENABLE_PROCESSED_INPUT,
    ENABLE_PROCESSED_OUTPUT, ENABLE_VIRTUAL_TERMINAL_INPUT, ENABLE_VIRTUAL_TERMINAL_PROCESSING,
    ENABLE_WINDOW_INPUT, GetConsoleMode, GetConsoleScreenBufferInfo, GetStdHandle, INPUT_RECORD, KEY_EVENT,
    PeekConsoleInputW, ReadConsoleInputW, STD_ERROR_HANDLE, STD_HANDLE, STD_INPUT_HANDLE, SetConsoleMode,
    WINDOW_BUFFER_SIZE_EVENT,
};
use windows_sys::Win32::System::Threading::{INFINITE, WaitForSingleObject};

use super::input::Input;

/// The modes of input and output before they were changed. A panic needs them too.
static BEFORE: Mutex<Option<(u32, u32)>> = Mutex::new(None);

#[derive(Debug)]
pub(super) struct Terminal {
    is_raw: bool,
    /// Bytes of a character that has been read.
    bytes: VecDeque<u8>,
    /// The first half of a character that Windows gives in two.
    half: Option<u16>,
}

impl Terminal {
    pub(super) fn raw() -> io::Result<Self> {
        enter_raw_mode()?;
        Ok(Self { is_raw: true, bytes: VecDeque::new(), half: None })
    }

    pub(super) fn by_lines() -> Self {
        Self { is_raw: false, bytes: VecDeque::new(), half: None }
    }

    pub(super) fn next(&mut self, patience: Option<Duration>) -> Input {
        if !self.is_raw {
            return self.next_of_line();
        }
        loop {
            if let Some(byte) = self.bytes.pop_front() {
                return Input::Byte(byte);
            }
            match wait_for_console(patience) {
                WAIT_OBJECT_0 => {}
                WAIT_TIMEOUT => return Input::Nothing,
                _ => return Input::Closed,
            }
            let Some(record) = read_record() else { return Input::Closed };
            match u32::from(record.EventType) {
                WINDOW_BUFFER_SIZE_EVENT => return Input::Redraw,
                _ => self.take(&record),
            }
        }
    }

    /// std reads a whole line, so that the console's own editing works.
    #[expect(clippy::disallowed_methods, reason = "a question; never the credential process")]
    fn next_of_line(&mut self) -> Input {
        if self.bytes.is_empty() {
            let mut line = String::new();
            if io::stdin().read_line(&mut line).is_err() {
                return Input::Closed;
            }
            self.bytes.extend(line.into_bytes());
        }
        self.bytes.pop_front().map_or(Input::Closed, Input::Byte)
    }

    /// Releases of keys, the mouse and the focus wait in the same queue as keys. They say nothing, and
    /// are thrown away.
    pub(super) fn has_more(&self) -> bool {
        while self.is_raw && self.bytes.is_empty() {
            let Some(record) = first_record() else { return false };
            if u32::from(record.EventType) == WINDOW_BUFFER_SIZE_EVENT || typed(&record).is_some() {
                return true;
            }
            read_record();
        }
        !self.bytes.is_empty()
    }

    /// A console has no jobs.
    #[expect(clippy::unused_self, reason = "a method on Unix too")]
    pub(super) fn stop_job(&mut self) {}

    /// Keeps the bytes of a pressed key, in UTF-8.
    fn take(&mut self, record: &INPUT_RECORD) {
        let Some((unit, times)) = typed(record) else { return };
        let units = self.half.take().into_iter().chain([unit]);
        for character in char::decode_utf16(units) {
            match character {
                Ok(character) => {
                    self.half = None;
                    let mut buffer = [0; 4];
                    let bytes = character.encode_utf8(&mut buffer).as_bytes();
                    for _ in 0..times {
                        self.bytes.extend(bytes);
                    }
                }
                Err(error) => {
                    let unit = error.unpaired_surrogate();
                    self.half = (0xd800..0xdc00).contains(&unit).then_some(unit);
                }
            }
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if self.is_raw {
            leave_raw_mode();
        }
    }
}

#[expect(unsafe_code, reason = "std does not know the console's handles")]
fn handle(of: STD_HANDLE) -> HANDLE {
    // SAFETY: takes a number and gives a handle, which stays open as long as the process lives.
    unsafe { GetStdHandle(of) }
}

#[expect(unsafe_code, reason = "std does not know the console's modes")]
fn mode(of: STD_HANDLE) -> io::Result<u32> {
    let mut mode = 0;
    // SAFETY: the pointer is to a local value that outlives the call.
    match unsafe { GetConsoleMode(handle(of), &raw mut mode) } {
        0 => Err(io::Error::last_os_error()),
        _ => Ok(mode),
    }
}

#[expect(unsafe_code, reason = "std does not know the console's modes")]
fn set_mode(of: STD_HANDLE, mode: u32) -> io::Result<()> {
    // SAFETY: takes a handle and a number.
    match unsafe { SetConsoleMode(handle(of), mode) } {
        0 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}

/// Fails on a console that does not understand escape sequences, before Windows 10.
fn enter_raw_mode() -> io::Result<()> {
    let (input, output) = (mode(STD_INPUT_HANDLE)?, mode(STD_ERROR_HANDLE)?);
    let raw = (input & !(ENABLE_LINE_INPUT | ENABLE_ECHO_INPUT | ENABLE_PROCESSED_INPUT))
        | ENABLE_VIRTUAL_TERMINAL_INPUT
        | ENABLE_WINDOW_INPUT;
    set_mode(STD_ERROR_HANDLE, output | ENABLE_PROCESSED_OUTPUT | ENABLE_VIRTUAL_TERMINAL_PROCESSING)?;
    if let Err(error) = set_mode(STD_INPUT_HANDLE, raw) {
        let _ = set_mode(STD_ERROR_HANDLE, output);
        return Err(error);
    }
    *BEFORE.lock().unwrap_or_else(PoisonError::into_inner) = Some((input, output));
    Ok(())
}

pub(super) fn leave_raw_mode() -> bool {
    // A panic may come while this is locked, by this very thread.
    let Ok(mut before) = BEFORE.try_lock() else { return false };
    let Some((input, output)) = before.take() else { return false };
    let input = set_mode(STD_INPUT_HANDLE, input);
    set_mode(STD_ERROR_HANDLE, output).is_ok() && input.is_ok()
}

#[expect(unsafe_code, reason = "std does not know the console's window")]
pub(super) fn terminal_size() -> Option<(usize, usize)> {
    let mut info = CONSOLE_SCREEN_BUFFER_INFO::default();
    // SAFETY: the pointer is to a local value that outlives the call.
    let told = unsafe { GetConsoleScreenBufferInfo(handle(STD_ERROR_HANDLE), &raw mut info) } != 0;
    let window = info.srWindow;
    let length = |from: i16, to: i16| usize::try_from(i32::from(to) - i32::from(from) + 1).ok();
    told.then_some((length(window.Left, window.Right)?, length(window.Top, window.Bottom)?))
}

/// Windows has no signals.
pub(super) fn end_by_signal(_signal: i32) {}

#[expect(unsafe_code, reason = "std cannot wait for the console for a limited time")]
fn wait_for_console(patience: Option<Duration>) -> u32 {
    let milliseconds = patience.map_or(INFINITE, |wait| u32::try_from(wait.as_millis()).unwrap_or(INFINITE));
    // SAFETY: takes a handle and a number.
    unsafe { WaitForSingleObject(handle(STD_INPUT_HANDLE), milliseconds) }
}

/// Waits for the next record and takes it out of the queue.
#[expect(unsafe_code, reason = "std does not give single keys")]
fn read_record() -> Option<INPUT_RECORD> {
    let (mut record, mut count) = (INPUT_RECORD::default(), 0);
    // SAFETY: the pointers are to local values that outlive the call; there is room for one record.
    let read = unsafe { ReadConsoleInputW(handle(STD_INPUT_HANDLE), &raw mut record, 1, &raw mut count) };
    (read != 0 && count == 1).then_some(record)
}

/// The next record, which stays in the queue; `None` if there is none now.
#[expect(unsafe_code, reason = "std does not give single keys")]
fn first_record() -> Option<INPUT_RECORD> {
    let (mut record, mut count) = (INPUT_RECORD::default(), 0);
    // SAFETY: as above.
    let read = unsafe { PeekConsoleInputW(handle(STD_INPUT_HANDLE), &raw mut record, 1, &raw mut count) };
    (read != 0 && count == 1).then_some(record)
}

/// The UTF-16 unit that a record types, and how often. A character that is typed or pasted by its number
/// comes when Alt is released; no other release types anything.
#[expect(unsafe_code, reason = "windows-sys gives unions")]
fn typed(record: &INPUT_RECORD) -> Option<(u16, u16)> {
    const ALT: u16 = 0x12;
    if u32::from(record.EventType) != KEY_EVENT {
        return None;
    }
    // SAFETY: the type of the record says that this member is set; of the character, both members are
    // plain numbers.
    let (key, unit) = unsafe {
        let key = record.Event.KeyEvent;
        (key, key.uChar.UnicodeChar)
    };
    let types = unit != 0 && (key.bKeyDown != 0 || key.wVirtualKeyCode == ALT);
    types.then(|| (unit, key.wRepeatCount.max(1)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use windows_sys::Win32::System::Console::{INPUT_RECORD_0, KEY_EVENT_RECORD, KEY_EVENT_RECORD_0};

    fn key(is_down: bool, code: u16, unit: u16) -> INPUT_RECORD {
        let event = KEY_EVENT_RECORD {
            bKeyDown: is_down.into(),
            wRepeatCount: 1,
            wVirtualKeyCode: code,
            wVirtualScanCode: 0,
            uChar: KEY_EVENT_RECORD_0 { UnicodeChar: unit },
            dwControlKeyState: 0,
        };
        INPUT_RECORD { EventType: KEY_EVENT.try_into().unwrap(), Event: INPUT_RECORD_0 { KeyEvent: event } }
    }

    #[test]
    fn a_key_types_when_it_is_pressed_and_alt_when_it_is_released() {
        let mut terminal = Terminal::by_lines();
        let records = [
            key(true, 0x41, 0x61),
            key(false, 0x41, 0x61),
            key(true, 0x12, 0),
            key(true, 0x60, 0),
            key(false, 0x60, 0),
            key(false, 0x12, 0xf6),
            // A character beyond 16 bits.
            key(true, 0, 0xd83e),
            key(false, 0, 0xd83e),
            key(true, 0, 0xdd80),
            key(false, 0, 0xdd80),
        ];
        records.iter().for_each(|record| terminal.take(record));
        assert_eq!(terminal.bytes, "aö🦀".bytes().collect::<VecDeque<_>>());
    }
}
