//! The loopback listener that AWS redirects the browser to (RFC 8252 §7.3).
//!
//! One thread serves all connections in turn and blocks on none of them, so that two answers
//! cannot arrive at once. It polls a hundred times a second, which is simpler than threads and
//! cheap for the few minutes of a sign-in. `callback` decides which request is the answer.

mod connection;

use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::time::Duration;

use super::callback::{Answer, CALLBACK_PATH, Verdict, comes_from_a_tab, judge};
use super::page::{self, Response};
use crate::context::Context;
use crate::debug;
use crate::error::{Error, SignInError};
use crate::secret::Secret;
use connection::{Connection, Progress};

/// The pause between two rounds over the sockets.
const TICK: Duration = Duration::from_millis(10);
/// The time between two questions whether the answer is still wanted.
const WANTED_INTERVAL: Duration = Duration::from_secs(1);
/// The most connections that stay open. The oldest silent connection is closed for a new one.
const MOST_CONNECTIONS: usize = 64;
/// How long the listener stays open after a tab got its page: the browser may reload it.
const GRACE: Duration = Duration::from_millis(100);
/// How long the listener waits for the person's tab if another request brought the answer
/// first: from a link scanner, or from a browser that prefetches without saying so.
const LINGER: Duration = Duration::from_secs(3);

/// A socket on 127.0.0.1. It is bound before the browser opens, because the authorize URL names
/// the port.
#[derive(Debug)]
pub struct CallbackListener {
    socket: TcpListener,
    port: u16,
}

/// The reason why waiting ended without an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WaitError {
    /// The deadline passed.
    TimedOut,
    /// The answer is no longer wanted.
    GivenUp,
    /// The socket no longer accepts connections. The value is the system's message.
    Broken(String),
}

/// The answer. The browser that brought it still waits for a page.
#[derive(Debug)]
pub struct Callback<'a> {
    /// The code or the error.
    pub answer: Answer,
    /// Shows the result in that browser.
    pub responder: Responder<'a>,
}

/// The connection to the browser that brought the answer. Dropping this closes it without a page.
#[derive(Debug)]
pub struct Responder<'a> {
    connection: Connection,
    /// Whether the answer came from a tab, in which a person sees the page.
    from_a_tab: bool,
    connections: Connections<'a>,
}

impl CallbackListener {
    /// Listens on `port` of 127.0.0.1; on a free port if `port` is `None`.
    ///
    /// # Errors
    /// [`SignInError::ListenerUnavailable`], for
    /// instance if another program uses the port.
    pub fn bind(port: Option<u16>) -> Result<Self, Error> {
        let listen = || {
            let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, port.unwrap_or(0)))?;
            socket.set_nonblocking(true)?;
            let port = socket.local_addr()?.port();
            Ok(Self { socket, port })
        };
        listen().map_err(|error: io::Error| {
            Error::SignIn(SignInError::ListenerUnavailable {
                port,
                cause: error.to_string(),
                without: "aws-sso-cred login --use-device-code".to_owned(),
            })
        })
    }

    /// The port that was bound.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The redirect URI with the port, for the authorize URL and the token request.
    pub fn redirect_uri(&self) -> String {
        format!("http://{}:{}{CALLBACK_PATH}", Ipv4Addr::LOCALHOST, self.port)
    }

    /// Serves requests until one brings the answer with the right `state`. Stops after `deadline`,
    /// or if the answer no longer `is_wanted`.
    ///
    /// # Errors
    /// [`WaitError`].
    pub fn wait(
        &self,
        context: &Context,
        state: &Secret,
        deadline: Duration,
        is_wanted: &dyn Fn() -> bool,
    ) -> Result<Callback<'_>, WaitError> {
        let until = context.elapsed().saturating_add(deadline);
        let mut connections = Connections { listener: self, open: Vec::new() };
        let mut ask_again_at = context.elapsed().saturating_add(WANTED_INTERVAL);
        loop {
            if let Some(Answered { answer, connection, from_a_tab }) = connections.serve(context, state)? {
                return Ok(Callback { answer, responder: Responder { connection, from_a_tab, connections } });
            }
            if context.elapsed() >= until {
                return Err(WaitError::TimedOut);
            }
            if context.elapsed() >= ask_again_at {
                if !is_wanted() {
                    return Err(WaitError::GivenUp);
                }
                ask_again_at = context.elapsed().saturating_add(WANTED_INTERVAL);
            }
            context.sleep(TICK);
        }
    }
}

impl Responder<'_> {
    /// Sends `page` to the browser that brought the answer. Further requests with the answer get
    /// the page "answered already". If no tab brought the answer, the first tab gets `page`, too.
    /// Ends after a few seconds, also if a browser does not read its page.
    pub fn respond(mut self, context: &Context, state: &Secret, page: &Response) {
        self.connection.reply(page, context.elapsed());
        self.connections.open.push(self.connection);
        let started = context.elapsed();
        let mut tab_has_it = self.from_a_tab;
        loop {
            match self.connections.serve(context, state) {
                Ok(Some(Answered { mut connection, from_a_tab, .. })) => {
                    let already = page::answered_already();
                    let shown = if from_a_tab && !tab_has_it { page } else { &already };
                    tab_has_it |= from_a_tab;
                    connection.reply(shown, context.elapsed());
                    self.connections.open.push(connection);
                    continue;
                }
                Ok(None) => {}
                Err(_) => return,
            }
            let waited = context.elapsed().saturating_sub(started);
            let busy = self.connections.open.iter().any(Connection::is_busy);
            let patience = if tab_has_it { GRACE } else { LINGER };
            if waited >= LINGER.saturating_add(connection::WRITE_DEADLINE) || (waited >= patience && !busy) {
                return;
            }
            context.sleep(TICK);
        }
    }
}

/// A request with the right answer, and its connection.
struct Answered {
    answer: Answer,
    connection: Connection,
    from_a_tab: bool,
}

#[derive(Debug)]
struct Connections<'a> {
    listener: &'a CallbackListener,
    /// Oldest first.
    open: Vec<Connection>,
}

impl Connections<'_> {
    /// One round: accepts new connections, and reads and writes on all as far as possible without
    /// waiting. Gives the first connection that brings the right answer.
    fn serve(&mut self, context: &Context, state: &Secret) -> Result<Option<Answered>, WaitError> {
        let now = context.elapsed();
        self.accept(now)?;
        let mut index = 0;
        while index < self.open.len() {
            let connection = &mut self.open[index];
            let head = match connection.advance(now) {
                Progress::Waiting => {
                    index += 1;
                    continue;
                }
                Progress::Closed => {
                    self.open.remove(index);
                    continue;
                }
                Progress::Received(head) => head,
            };
            match judge(head, state, self.listener.port) {
                Verdict::Unfinished => {}
                Verdict::Answered(answer) => {
                    let from_a_tab = comes_from_a_tab(head);
                    let connection = self.open.remove(index);
                    return Ok(Some(Answered { answer, connection, from_a_tab }));
                }
                Verdict::Refused(refusal) => {
                    debug!(context, "sign-in listener: refused a request: {refusal:?}");
                    connection.reply(&page::not_the_answer(refusal), now);
                }
            }
        }
        Ok(None)
    }

    fn accept(&mut self, now: Duration) -> Result<(), WaitError> {
        for _ in 0..MOST_CONNECTIONS {
            match self.listener.socket.accept() {
                Ok((stream, _)) => {
                    if self.open.len() >= MOST_CONNECTIONS {
                        self.close_the_least_useful();
                    }
                    self.open.extend(Connection::new(stream, now));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) if is_about_the_peer(&error) => {}
                // Most likely this process has no free descriptor. Closing a connection frees one.
                Err(_) if !self.open.is_empty() => self.close_the_least_useful(),
                Err(error) => return Err(WaitError::Broken(error.to_string())),
            }
        }
        Ok(())
    }

    /// Closes the oldest connection that has sent nothing, else the oldest. Browsers open spare
    /// connections that they may never use.
    fn close_the_least_useful(&mut self) {
        let silent = self.open.iter().position(Connection::is_silent).unwrap_or(0);
        self.open.remove(silent);
    }
}

/// Whether the error concerns one connection, and not the listening socket.
fn is_about_the_peer(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset | io::ErrorKind::Interrupted
    )
}
