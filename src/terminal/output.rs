//! The writes to stdout and stderr: one document or nothing on stdout, messages on stderr.
//! Prompts and progress are written by `channel` and `progress`.

use std::io;
#[cfg(not(unix))]
use std::io::Write as _;
#[cfg(unix)]
use std::os::fd::BorrowedFd;

use crate::error::{Error, LocalError};
use crate::platform;
use crate::secret::Secret;
use crate::text::escape::escape_lines;

/// Writes `document` to stdout, in one write if the reader accepts that.
///
/// # Errors
/// [`LocalError::OutputFailed`], also for a closed pipe.
/// The cache keeps the credentials for the next call.
pub fn print_document(document: &Secret) -> Result<(), Error> {
    write_to_stdout(document.expose().as_bytes()).map_err(|error| output_failed(&error))
}

fn output_failed(error: &io::Error) -> Error {
    Error::Local(LocalError::OutputFailed { cause: error.to_string() })
}

/// Writes to the descriptor itself. std's stdout would allocate a buffer that is not needed.
#[cfg(unix)]
fn write_to_stdout(bytes: &[u8]) -> io::Result<()> {
    write_whole(rustix::stdio::stdout(), bytes)
}

/// Writes all of `bytes`. If the stream is a non-blocking pipe and full, this waits until it can be
/// written to.
#[cfg(unix)]
fn write_whole(stream: BorrowedFd<'_>, mut bytes: &[u8]) -> io::Result<()> {
    use rustix::event::{PollFd, PollFlags, poll};
    use rustix::io::{Errno, retry_on_intr, write};

    while !bytes.is_empty() {
        match write(stream, bytes) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) if written == bytes.len() => return Ok(()),
            Ok(written) => bytes = &bytes[written..],
            Err(Errno::INTR) => {}
            Err(Errno::AGAIN) => {
                let mut writable = [PollFd::new(&stream, PollFlags::OUT)];
                retry_on_intr(|| poll(&mut writable, None))?;
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

#[cfg(not(unix))]
#[expect(clippy::disallowed_methods, reason = "the one place that writes to stdout")]
fn write_to_stdout(bytes: &[u8]) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(bytes)?;
    stdout.flush()
}

/// Prints text for people, such as help or a table, to stdout. Escapes control characters except
/// line breaks.
///
/// # Errors
/// As [`print_data`].
pub fn print_text(text: &str) -> Result<(), Error> {
    print_data(&escape_lines(text))
}

/// Prints data that may have any character to stdout: to a pipe or a file as it is, and to a terminal
/// as [`print_text`] does.
///
/// # Errors
/// As [`print_data`].
pub fn print_raw_data(text: &str) -> Result<(), Error> {
    if platform::standard_output_is_a_terminal() {
        // A carriage return before a line break moves nothing.
        return print_text(&text.replace("\r\n", "\n"));
    }
    print_data(text)
}

/// Prints the data of a command for people to stdout as it is. A reader that has closed the pipe, as
/// `head` does, has all it wants.
///
/// # Errors
/// [`LocalError::OutputFailed`] for any other failure.
pub fn print_data(text: &str) -> Result<(), Error> {
    match write_to_stdout(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(output_failed(&error)),
        _ => Ok(()),
    }
}

/// Writes a message and a newline to stderr, in one write, and escapes control characters. Ignores
/// errors: there is no other place to report them.
pub fn tell(text: &str) {
    let _ = write_to_stderr(format!("{}\n", escape_lines(text)).as_bytes());
}

/// Writes to stderr as it is, without escaping.
#[cfg(unix)]
pub(super) fn write_to_stderr(bytes: &[u8]) -> io::Result<()> {
    write_whole(rustix::stdio::stderr(), bytes)
}

#[cfg(not(unix))]
#[expect(clippy::disallowed_methods, reason = "the one place that writes to stderr")]
pub(super) fn write_to_stderr(bytes: &[u8]) -> io::Result<()> {
    io::stderr().lock().write_all(bytes)
}

/// Erases a question, on whose first line the cursor is, and stops the marking of what is pasted.
pub(super) const ERASE_QUESTION: &str = "\r\x1b[J\x1b[?2004l";

/// Reports a panic, which is a bug, as a failure with exit code 5, which SDKs show; they do not
/// show a signal. A question that was being asked is erased, and the terminal is as it was. The message
/// names the place in the source only: the text of a panic may contain secrets.
#[expect(clippy::disallowed_methods, reason = "after a panic there is nothing left to return to")]
pub fn report_panic(panic: &std::panic::PanicHookInfo<'_>) {
    if platform::leave_raw_mode() {
        let _ = write_to_stderr(ERASE_QUESTION.as_bytes());
    }
    let place = panic.location().map_or_else(String::new, |at| format!(" at {}:{}", at.file(), at.line()));
    tell(&format!(
        "aws-sso-cred: internal error{place}\nhint: please report this as a bug, with the version and what you ran"
    ));
    std::process::exit(5);
}
