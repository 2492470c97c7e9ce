//! The one way out: stdout carries one document or nothing, stderr the failure.

use std::io;
#[cfg(not(unix))]
use std::io::Write as _;
#[cfg(unix)]
use std::os::fd::BorrowedFd;

use crate::error::{Error, LocalError, escape_lines};
use crate::secret::Secret;

/// Writes `document` to stdout, in one write where the other side takes it so.
///
/// # Errors
/// [`LocalError::OutputFailed`](crate::error::LocalError::OutputFailed), a closed pipe among them: the caller that wanted the
/// credentials is gone, and they stay in the cache for the next.
pub fn print_document(document: &Secret) -> Result<(), Error> {
    write_to_stdout(document.expose().as_bytes())
        .map_err(|error| Error::Local(LocalError::OutputFailed { cause: error.to_string() }))
}

/// Past std's stdout, which would first set up a buffer for text that is whole already.
#[cfg(unix)]
fn write_to_stdout(bytes: &[u8]) -> io::Result<()> {
    write_whole(rustix::stdio::stdout(), bytes)
}

/// Writes all of `bytes`. A caller may hand over a pipe that does not block: then a full
/// one is waited for, as the system does with any other.
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

/// Prints text that was asked for, such as help or a table, to stdout. Control characters
/// are escaped here, wherever the text came from; line breaks are not.
///
/// # Errors
/// [`LocalError::OutputFailed`](crate::error::LocalError::OutputFailed).
pub fn print_text(text: &str) -> Result<(), Error> {
    print_document(&Secret::new(&*escape_lines(text)))
}

/// Tells the person on stderr, in one write, with control characters escaped. If nobody
/// listens there is nobody to tell.
pub fn tell(text: &str) {
    let _ = write_to_stderr(format!("{}\n", escape_lines(text)).as_bytes());
}

/// For `terminal`, too.
#[cfg(unix)]
pub(crate) fn write_to_stderr(bytes: &[u8]) -> io::Result<()> {
    write_whole(rustix::stdio::stderr(), bytes)
}

#[cfg(not(unix))]
#[expect(clippy::disallowed_methods, reason = "the one place that writes to stderr")]
pub(crate) fn write_to_stderr(bytes: &[u8]) -> io::Result<()> {
    io::stderr().lock().write_all(bytes)
}

/// A panic is a bug of ours: it is told as a failure, with an exit code that SDKs
/// show, instead of a signal. What the panic says may hold anything, so only its
/// place is told.
#[expect(clippy::disallowed_methods, reason = "after a panic there is nothing left to return to")]
pub fn report_panic(panic: &std::panic::PanicHookInfo<'_>) {
    let place = panic.location().map_or_else(String::new, |at| format!(" at {}:{}", at.file(), at.line()));
    tell(&format!(
        "aws-sso-cred: internal error{place}\nhint: please report this as a bug, with the version and what you ran"
    ));
    std::process::exit(5);
}
