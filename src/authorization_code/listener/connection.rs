//! One connection to the listener: one request, one response, then it closes. No call blocks,
//! and every phase has a deadline. `callback` judges the request; `page` makes the response.

use std::fmt;
use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use zeroize::Zeroizing;

use crate::authorization_code::callback::LONGEST_HEAD;
use crate::authorization_code::page::Response;

/// The time for the whole request head, from the start of the connection.
const READ_DEADLINE: Duration = Duration::from_secs(10);
/// The time for the whole response.
pub(super) const WRITE_DEADLINE: Duration = Duration::from_secs(2);
/// The time for reading what the peer still sends after the response. Closing a connection with
/// unread bytes would reset it, and the peer would lose the response.
const DRAIN_DEADLINE: Duration = Duration::from_secs(1);
/// The most reads from one connection in one round, so that no peer can hold up the others.
const READS_PER_ROUND: usize = 64;

pub(super) struct Connection {
    stream: TcpStream,
    /// The end of the current phase, on the clock of `Context::elapsed`.
    until: Duration,
    phase: Phase,
}

enum Phase {
    /// The bytes received so far. They may contain the code.
    Reading(Zeroizing<Vec<u8>>),
    Writing {
        response: Vec<u8>,
        written: usize,
    },
    Draining,
}

/// The state of a connection after one round.
pub(super) enum Progress<'a> {
    /// There is nothing to do in this round.
    Waiting,
    /// More bytes of the request arrived. The value is the request so far.
    Received(&'a [u8]),
    /// The connection has ended or its time is over.
    Closed,
}

/// Leaves out the bytes received: they contain the code.
impl fmt::Debug for Connection {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Connection").field("stream", &self.stream).finish_non_exhaustive()
    }
}

impl Connection {
    /// A connection that was just accepted; `None` if it cannot be made non-blocking.
    pub(super) fn new(stream: TcpStream, now: Duration) -> Option<Self> {
        stream.set_nonblocking(true).ok()?;
        let phase = Phase::Reading(Zeroizing::new(Vec::new()));
        Some(Self { stream, until: now.saturating_add(READ_DEADLINE), phase })
    }

    /// Reads or writes as far as possible without waiting.
    pub(super) fn advance(&mut self, now: Duration) -> Progress<'_> {
        if now >= self.until {
            return Progress::Closed;
        }
        if let Phase::Writing { response, written } = &mut self.phase {
            match write_some(&self.stream, response, written) {
                Ok(false) => return Progress::Waiting,
                Ok(true) => {}
                Err(_) => return Progress::Closed,
            }
            if self.stream.shutdown(Shutdown::Write).is_err() {
                return Progress::Closed;
            }
            self.phase = Phase::Draining;
            self.until = now.saturating_add(DRAIN_DEADLINE);
        }
        match &mut self.phase {
            Phase::Reading(head) => match read_some(&self.stream, head) {
                Ok(0) => Progress::Closed,
                Ok(_) => Progress::Received(head),
                Err(error) => waiting_or_closed(&error),
            },
            Phase::Writing { .. } | Phase::Draining => drain(&self.stream),
        }
    }

    /// Answers the request. Whatever the peer sends afterwards is ignored.
    pub(super) fn reply(&mut self, response: &Response, now: Duration) {
        let head_only = matches!(&self.phase, Phase::Reading(head) if head.starts_with(b"HEAD "));
        self.phase = Phase::Writing { response: response.bytes(head_only), written: 0 };
        self.until = now.saturating_add(WRITE_DEADLINE);
    }

    /// Whether the peer has sent nothing yet.
    pub(super) fn is_silent(&self) -> bool {
        matches!(&self.phase, Phase::Reading(head) if head.is_empty())
    }

    /// Whether the peer has sent a request and not got the whole response yet.
    pub(super) fn is_busy(&self) -> bool {
        !self.is_silent() && !matches!(self.phase, Phase::Draining)
    }
}

/// Appends the bytes that have arrived. There is a little more room than `judge` accepts.
fn read_some(mut stream: &TcpStream, head: &mut Vec<u8>) -> io::Result<usize> {
    // The buffer is allocated at once, when the first bytes arrive: a buffer that grows leaves
    // copies of the code in memory.
    const ROOM: usize = LONGEST_HEAD + 1024;
    let mut chunk = Zeroizing::new([0u8; 4096]);
    let room = ROOM.saturating_sub(head.len()).min(chunk.len());
    let count = stream.read(&mut chunk[..room])?;
    if head.is_empty() {
        head.reserve_exact(ROOM);
    }
    head.extend_from_slice(&chunk[..count]);
    Ok(count)
}

/// Writes what fits into the socket's buffer. Gives whether the whole response is written.
fn write_some(mut stream: &TcpStream, response: &[u8], written: &mut usize) -> io::Result<bool> {
    while *written < response.len() {
        match stream.write(&response[*written..]) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(count) => *written += count,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(false),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(true)
}

/// Reads and drops what the peer still sends.
fn drain(mut stream: &TcpStream) -> Progress<'static> {
    let mut rest = Zeroizing::new([0u8; 4096]);
    for _ in 0..READS_PER_ROUND {
        match stream.read(rest.as_mut_slice()) {
            Ok(0) => return Progress::Closed,
            Ok(_) => {}
            Err(error) => return waiting_or_closed(&error),
        }
    }
    Progress::Waiting
}

fn waiting_or_closed(error: &io::Error) -> Progress<'static> {
    match error.kind() {
        io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted => Progress::Waiting,
        _ => Progress::Closed,
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, TcpListener};

    use super::*;
    use crate::authorization_code::page;

    fn pair() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let ours = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        (ours, listener.accept().unwrap().0)
    }

    #[test]
    fn a_slow_request_is_closed_after_ten_seconds() {
        let (mut peer, stream) = pair();
        let mut connection = Connection::new(stream, Duration::ZERO).unwrap();
        assert!(connection.is_silent());
        peer.write_all(b"GET /").unwrap();
        while connection.is_silent() {
            assert!(!matches!(connection.advance(READ_DEADLINE.mul_f32(0.99)), Progress::Closed));
        }
        peer.write_all(b"o").unwrap();
        assert!(matches!(connection.advance(READ_DEADLINE), Progress::Closed));
    }

    #[test]
    fn a_peer_that_does_not_read_is_closed_after_two_seconds() {
        let (_peer, stream) = pair();
        let mut connection = Connection::new(stream, Duration::ZERO).unwrap();
        connection.reply(&page::answered_already(), READ_DEADLINE);
        if let Phase::Writing { response, .. } = &mut connection.phase {
            response.resize(64 << 20, b' ');
        }
        let last = READ_DEADLINE + WRITE_DEADLINE;
        assert!(matches!(connection.advance(READ_DEADLINE + WRITE_DEADLINE / 2), Progress::Waiting));
        assert!(connection.is_busy());
        assert!(matches!(connection.advance(last), Progress::Closed));
    }

    #[test]
    fn debug_output_never_shows_what_was_received() {
        let (mut peer, stream) = pair();
        let mut connection = Connection::new(stream, Duration::ZERO).unwrap();
        peer.write_all(b"the-code").unwrap();
        while connection.is_silent() {
            connection.advance(Duration::ZERO);
        }
        let bytes = format!("{:?}", b"the-code");
        let shown = format!("{connection:?}");
        assert!(!shown.contains("the-code") && !shown.contains(bytes.trim_matches(['[', ']'])), "{shown}");
    }
}
