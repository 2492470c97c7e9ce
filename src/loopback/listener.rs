//! The listening socket, and the connections to it.

use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::time::Duration;

use super::connection::{Connection, Progress};
use super::limits::Limits;
use crate::platform::Interest;

/// A socket on 127.0.0.1.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    port: u16,
}

/// What to do with a connection that has sent something.
#[derive(Debug)]
pub enum Action<T> {
    /// Wait for more.
    Wait,
    /// Send this response.
    Reply(Vec<u8>),
    /// Keep the connection open until [`Connections::reply_to_held`].
    Hold,
    /// Give the connection to the caller.
    Take(T),
}

impl Listener {
    /// Listens on `port` of 127.0.0.1; on a free port if `port` is `None`.
    ///
    /// # Errors
    /// The system's error, for instance if another program uses the port.
    pub fn bind(port: Option<u16>) -> io::Result<Self> {
        let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, port.unwrap_or(0)))?;
        socket.set_nonblocking(true)?;
        let port = socket.local_addr()?.port();
        Ok(Self { socket, port })
    }

    /// The port that was bound.
    pub fn port(&self) -> u16 {
        self.port
    }
}

/// The open connections to a listener.
#[derive(Debug)]
pub struct Connections<'a> {
    listener: &'a Listener,
    limits: Limits,
    /// Oldest first.
    open: Vec<Connection>,
}

impl<'a> Connections<'a> {
    /// No connection yet.
    pub fn new(listener: &'a Listener, limits: Limits) -> Self {
        Self { listener, limits, open: Vec::new() }
    }

    /// One round: accepts new connections, and reads and writes on all as far as possible without
    /// waiting. `judge` decides about each connection that has sent something. Gives the first
    /// connection that is to be taken.
    ///
    /// # Errors
    /// The system's error, if the socket no longer accepts connections.
    pub fn round<T>(
        &mut self,
        now: Duration,
        judge: &mut dyn FnMut(&[u8]) -> Action<T>,
    ) -> io::Result<Option<(Connection, T)>> {
        self.accept(now)?;
        let mut index = 0;
        while index < self.open.len() {
            let connection = &mut self.open[index];
            let action = match connection.advance(now) {
                Progress::Waiting => {
                    index += 1;
                    continue;
                }
                Progress::Closed => {
                    self.open.remove(index);
                    continue;
                }
                Progress::Received(head) => judge(head),
            };
            match action {
                Action::Wait => {}
                Action::Reply(response) => connection.reply(response, now),
                Action::Hold => connection.hold(),
                Action::Take(taken) => return Ok(Some((self.open.remove(index), taken))),
            }
        }
        Ok(None)
    }

    /// Puts a connection back that was taken.
    pub fn put_back(&mut self, connection: Connection) {
        self.open.push(connection);
    }

    /// Whether a peer has sent a request and not got the whole response yet.
    pub fn are_busy(&self) -> bool {
        self.open.iter().any(Connection::is_busy)
    }

    /// Whether a connection is held.
    pub fn is_one_held(&self) -> bool {
        self.open.iter().any(Connection::is_held)
    }

    /// Sends the same response to all connections that are held.
    pub fn reply_to_held(&mut self, response: &[u8], now: Duration) {
        for connection in self.open.iter_mut().filter(|connection| connection.is_held()) {
            connection.reply(response.to_vec(), now);
        }
    }

    /// What to wait for before the next round.
    pub fn interests(&self, now: Duration) -> Vec<Interest<'_>> {
        let listening = self.has_room(now).then(|| Interest::in_reading(&self.listener.socket));
        listening.into_iter().chain(self.open.iter().filter_map(Connection::interest)).collect()
    }

    /// When the time of the first connection is over, or when there will be room for a new one; `None`
    /// if nothing has a time limit.
    pub fn next_deadline(&self, now: Duration) -> Option<Duration> {
        let room = || self.open.iter().filter_map(Connection::replaceable_from).min();
        let room = if self.has_room(now) { None } else { room() };
        self.open.iter().filter_map(Connection::deadline).chain(room).min()
    }

    fn accept(&mut self, now: Duration) -> io::Result<()> {
        for _ in 0..self.limits.most_connections {
            if !self.has_room(now) {
                break;
            }
            match self.listener.socket.accept() {
                Ok((stream, _)) => {
                    if self.is_full() {
                        self.close_the_least_useful(now);
                    }
                    self.open.extend(Connection::new(stream, self.limits, now));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) if is_about_the_peer(&error) => {}
                // Most likely this process has no free descriptor. Closing a connection frees one.
                Err(_) if self.close_the_least_useful(Duration::MAX) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn is_full(&self) -> bool {
        self.open.len() >= self.limits.most_connections
    }

    fn has_room(&self, now: Duration) -> bool {
        !self.is_full() || self.least_useful(now).is_some()
    }

    /// `false` if there is none to close.
    fn close_the_least_useful(&mut self, now: Duration) -> bool {
        self.least_useful(now).map(|index| self.open.remove(index)).is_some()
    }

    /// The oldest connection that has sent nothing, else the oldest whose peer does not wait for a
    /// response. Browsers open spare connections that they may never use. A connection that is spared
    /// is not among them.
    fn least_useful(&self, now: Duration) -> Option<usize> {
        let is_replaceable =
            |connection: &Connection| connection.replaceable_from().is_some_and(|from| from <= now);
        let silent = || self.open.iter().position(|open| open.is_silent() && is_replaceable(open));
        silent().or_else(|| self.open.iter().position(is_replaceable))
    }
}

/// Whether the error concerns one connection, and not the listening socket.
fn is_about_the_peer(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset | io::ErrorKind::Interrupted
    )
}
