//! One connection to a listener: one request, one response, then it closes. No call blocks, and every
//! phase has a deadline.

use std::fmt;
use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use zeroize::Zeroizing;

use super::limits::Limits;
use crate::platform::Interest;

/// The time for the whole response.
pub const WRITE_DEADLINE: Duration = Duration::from_secs(2);
/// The time for reading what the peer still sends after the response. Closing a connection with
/// unread bytes would reset it, and the peer would lose the response.
const DRAIN_DEADLINE: Duration = Duration::from_secs(1);
/// The most reads from one connection in one round, so that no peer can hold up the others.
const READS_PER_ROUND: usize = 64;

/// One connection.
pub struct Connection {
    stream: TcpStream,
    /// The longest request head, in bytes.
    longest_head: usize,
    /// From this time on it may be closed for a new one, on the clock of `Context::elapsed`.
    spared_until: Duration,
    /// The end of the current phase, on the same clock.
    until: Duration,
    phase: Phase,
}

enum Phase {
    /// The bytes received so far. They may contain a secret.
    Reading(Zeroizing<Vec<u8>>),
    /// The request is complete, and the caller works on the response.
    Held,
    Writing {
        response: Zeroizing<Vec<u8>>,
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

/// Leaves out the bytes received: they may contain a secret.
impl fmt::Debug for Connection {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Connection").field("stream", &self.stream).finish_non_exhaustive()
    }
}

impl Connection {
    /// A connection that was just accepted; `None` if it cannot be made non-blocking.
    pub(super) fn new(stream: TcpStream, limits: Limits, now: Duration) -> Option<Self> {
        stream.set_nonblocking(true).ok()?;
        let phase = Phase::Reading(Zeroizing::new(Vec::new()));
        let spared_until = now.saturating_add(limits.spared);
        let until = now.saturating_add(limits.reading);
        Some(Self { stream, longest_head: limits.longest_head, spared_until, until, phase })
    }

    /// Reads or writes as far as possible without waiting.
    pub(super) fn advance(&mut self, now: Duration) -> Progress<'_> {
        if self.is_held() {
            return Progress::Waiting;
        }
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
            Phase::Reading(head) => match read_some(&self.stream, head, self.longest_head) {
                Ok(0) => Progress::Closed,
                Ok(_) => Progress::Received(head),
                Err(error) => waiting_or_closed(&error),
            },
            Phase::Held | Phase::Writing { .. } | Phase::Draining => drain(&self.stream),
        }
    }

    /// Answers the request. Whatever the peer sends afterwards is ignored.
    pub fn reply(&mut self, response: Vec<u8>, now: Duration) {
        self.phase = Phase::Writing { response: Zeroizing::new(response), written: 0 };
        self.until = now.saturating_add(WRITE_DEADLINE);
    }

    /// Keeps the connection open until [`Self::reply`], without a time limit.
    pub(super) fn hold(&mut self) {
        self.phase = Phase::Held;
    }

    pub(super) fn is_held(&self) -> bool {
        matches!(self.phase, Phase::Held)
    }

    /// What to wait for before the next [`Self::advance`].
    pub(super) fn interest(&self) -> Option<Interest<'_>> {
        match self.phase {
            Phase::Held => None,
            Phase::Writing { .. } => Some(Interest::in_writing(&self.stream)),
            Phase::Reading(_) | Phase::Draining => Some(Interest::in_reading(&self.stream)),
        }
    }

    /// When it may be closed for a new one: never while its peer waits for the response. That is sent in
    /// one round, or is given up when its time is over.
    pub(super) fn replaceable_from(&self) -> Option<Duration> {
        let is_awaited = matches!(self.phase, Phase::Held | Phase::Writing { .. });
        (!is_awaited).then_some(self.spared_until)
    }

    /// When the time of the current phase is over.
    pub(super) fn deadline(&self) -> Option<Duration> {
        (!self.is_held()).then_some(self.until)
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

/// Appends the bytes that have arrived. There is a little more room than for the longest head.
fn read_some(mut stream: &TcpStream, head: &mut Vec<u8>, longest: usize) -> io::Result<usize> {
    // The buffer is allocated at once, when the first bytes arrive: a buffer that grows leaves
    // copies of secrets in memory.
    let most = longest + 1024;
    let mut chunk = Zeroizing::new([0u8; 4096]);
    let room = most.saturating_sub(head.len()).min(chunk.len());
    let count = stream.read(&mut chunk[..room])?;
    if head.is_empty() {
        head.reserve_exact(most);
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

    const READ_DEADLINE: Duration = Duration::from_secs(10);
    const LIMITS: Limits = Limits {
        reading: READ_DEADLINE,
        longest_head: 16 * 1024,
        most_connections: 64,
        spared: Duration::ZERO,
    };

    fn pair() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let ours = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        (ours, listener.accept().unwrap().0)
    }

    #[test]
    fn a_slow_request_is_closed_at_its_deadline() {
        let (mut peer, stream) = pair();
        let mut connection = Connection::new(stream, LIMITS, Duration::ZERO).unwrap();
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
        let mut connection = Connection::new(stream, LIMITS, Duration::ZERO).unwrap();
        connection.reply(Vec::new(), READ_DEADLINE);
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
        let mut connection = Connection::new(stream, LIMITS, Duration::ZERO).unwrap();
        peer.write_all(b"the-code").unwrap();
        while connection.is_silent() {
            connection.advance(Duration::ZERO);
        }
        let bytes = format!("{:?}", b"the-code");
        let shown = format!("{connection:?}");
        assert!(!shown.contains("the-code") && !shown.contains(bytes.trim_matches(['[', ']'])), "{shown}");
    }
}
