//! Writes text to the terminal that `terminal` opened.

use std::fs::File;
use std::io;

/// Writes `text` to a terminal that [`open_controlling_terminal`](super::open_controlling_terminal)
/// gave, in one write.
///
/// # Errors
/// The system's error.
#[cfg(not(windows))]
pub fn write_to_terminal(mut terminal: &File, text: &str) -> io::Result<()> {
    io::Write::write_all(&mut terminal, text.as_bytes())
}

/// Writes `text` to a console that [`open_controlling_terminal`](super::open_controlling_terminal)
/// gave, as UTF-16: a console takes bytes for letters of its code page, which is not UTF-8.
///
/// # Errors
/// The system's error.
#[cfg(windows)]
#[expect(unsafe_code, reason = "std writes to the standard streams in this way only")]
pub fn write_to_terminal(terminal: &File, text: &str) -> io::Result<()> {
    use std::os::windows::io::AsRawHandle as _;
    use windows_sys::Win32::System::Console::WriteConsoleW;

    let units: Vec<u16> = text.encode_utf16().collect();
    let mut rest = &units[..];
    while !rest.is_empty() {
        let (length, mut written) = (u32::try_from(rest.len()).unwrap_or(u32::MAX), 0);
        let handle = terminal.as_raw_handle();
        // SAFETY: the handle is open, both pointers are to values that outlive the call, and
        // `length` is at most the length of `rest`.
        let is_done =
            unsafe { WriteConsoleW(handle, rest.as_ptr(), length, &raw mut written, std::ptr::null()) };
        match usize::try_from(written) {
            Ok(written) if is_done != 0 && written > 0 => rest = rest.get(written..).unwrap_or(&[]),
            _ => return Err(io::Error::last_os_error()),
        }
    }
    Ok(())
}
