//! One connection to the listener: one request, one response, and the end.
//! Nothing here blocks, and every phase has a deadline.

use std::fmt;
use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use zeroize::Zeroizing;

use crate::authorization_code::callback::LONGEST_HEAD;
use crate::authorization_code::page::Response;

/// For the whole request head, from the connection on.
const READ_DEADLINE: Duration = Duration::from_secs(10);
/// For the whole response.
pub(super) const WRITE_DEADLINE: Duration = Duration::from_secs(2);
/// For what the peer still sends after the response: closing on unread bytes would
/// reset the connection, and the peer would lose the response.
const DRAIN_DEADLINE: Duration = Duration::from_secs(1);
/// No connection gets more reads than this in one round.
const READS_PER_ROUND: usize = 64;

pub(super) struct Connection {
    stream: TcpStream,
    until: Duration,
    phase: Phase,
}

enum Phase {
    /// May hold the code.
    Reading(Zeroizing<Vec<u8>>),
    Writing {
        response: Vec<u8>,
        written: usize,
    },
    Draining,
}

/// How far a connection came in one round.
pub(super) enum Progress<'a> {
    /// As far as it goes for now.
    Waiting,
    /// More of the request is here: all that came so far.
    Received(&'a [u8]),
    /// It is over.
    Closed,
}

/// Without the bytes received: the code is among them.
impl fmt::Debug for Connection {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Connection").field("stream", &self.stream).finish_non_exhaustive()
    }
}

impl Connection {
    /// Takes a connection in; `None` if the system does not let us.
    pub(super) fn new(stream: TcpStream, now: Duration) -> Option<Self> {
        stream.set_nonblocking(true).ok()?;
        let phase = Phase::Reading(Zeroizing::new(Vec::new()));
        Some(Self { stream, until: now.saturating_add(READ_DEADLINE), phase })
    }

    /// Reads, writes or drains what can be without waiting.
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

    /// Answers the request and lets nothing more come of this connection.
    pub(super) fn reply(&mut self, response: &Response, now: Duration) {
        let head_only = matches!(&self.phase, Phase::Reading(head) if head.starts_with(b"HEAD "));
        self.phase = Phase::Writing { response: response.bytes(head_only), written: 0 };
        self.until = now.saturating_add(WRITE_DEADLINE);
    }

    /// Has not sent anything yet.
    pub(super) fn is_silent(&self) -> bool {
        matches!(&self.phase, Phase::Reading(head) if head.is_empty())
    }

    /// Has asked and not been answered.
    pub(super) fn is_busy(&self) -> bool {
        !self.is_silent() && !matches!(self.phase, Phase::Draining)
    }
}

/// Appends what has come, within the limit that `judge` refuses at.
fn read_some(mut stream: &TcpStream, head: &mut Vec<u8>) -> io::Result<usize> {
    // All the room at once, and only for those who say something: a buffer that
    // grows leaves copies of the code behind.
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

/// Whether all of the response is with the system now.
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
    fn a_request_has_ten_seconds_however_it_trickles() {
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
    fn a_peer_that_does_not_read_has_two_seconds() {
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
