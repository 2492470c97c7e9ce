//! The loopback listener that the browser is redirected to (RFC 8252 §7.3).
//!
//! All connections are served in turn by the waiting thread, none of them blocks,
//! and so "the first right answer" is a matter of program order. Looking a hundred
//! times a second for the minutes of one sign-in costs less than threads would in care.
//! Who counts as the right answer is decided in `callback`.

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

/// How often the sockets are looked at.
const TICK: Duration = Duration::from_millis(10);
/// How often it is asked whether the answer is still wanted.
const LOOK: Duration = Duration::from_secs(1);
/// More open connections than this, and the oldest silent one goes.
const MOST_CONNECTIONS: usize = 64;
/// How long a latecomer may still connect after a tab has its page, as a reloading browser does.
const GRACE: Duration = Duration::from_millis(100);
/// How long the person's tab is waited for where something else brought the answer before
/// it: a scanner of links, or a browser that fetches in advance and does not say so.
const LINGER: Duration = Duration::from_secs(3);

/// A socket on 127.0.0.1, bound before the browser is sent anywhere.
#[derive(Debug)]
pub struct CallbackListener {
    socket: TcpListener,
    port: u16,
}

/// Why no answer came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WaitError {
    /// The deadline passed.
    TimedOut,
    /// The answer is no longer wanted.
    GivenUp,
    /// The socket no longer accepts connections; the system's words.
    Broken(String),
}

/// The one right answer. The browser that brought it still waits for a page.
#[derive(Debug)]
pub struct Callback<'a> {
    /// What the browser brought.
    pub answer: Answer,
    /// How to tell it the outcome.
    pub responder: Responder<'a>,
}

/// The browser that brought the answer. Dropped without a word, its connection closes.
#[derive(Debug)]
pub struct Responder<'a> {
    winner: Connection,
    /// Whether a person looks at that connection.
    from_a_tab: bool,
    connections: Connections<'a>,
}

impl CallbackListener {
    /// Listens on `port` of 127.0.0.1, or on any free one.
    ///
    /// # Errors
    /// [`SignInError::ListenerUnavailable`](crate::error::SignInError::ListenerUnavailable), when the port is taken for instance.
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

    /// The redirect URI, with the port: what the authorize URL and the token request name.
    pub fn redirect_uri(&self) -> String {
        format!("http://{}:{}{CALLBACK_PATH}", Ipv4Addr::LOCALHOST, self.port)
    }

    /// Serves until the answer with the right `state` comes, for `deadline` at most, and as
    /// long as it `is_wanted`.
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
        let mut next_look = context.elapsed().saturating_add(LOOK);
        loop {
            if let Some(Bringer { answer, connection: winner, from_a_tab }) =
                connections.serve(context, state)?
            {
                return Ok(Callback { answer, responder: Responder { winner, from_a_tab, connections } });
            }
            if context.elapsed() >= until {
                return Err(WaitError::TimedOut);
            }
            if context.elapsed() >= next_look {
                if !is_wanted() {
                    return Err(WaitError::GivenUp);
                }
                next_look = context.elapsed().saturating_add(LOOK);
            }
            context.sleep(TICK);
        }
    }
}

impl Responder<'_> {
    /// Shows `page` to the browser that brought the answer, and tells those who bring
    /// it again that it has been given. Where no tab brought it, the first tab that comes
    /// gets the page, too. Nobody can hold this up: a browser that does not read loses it.
    pub fn respond(mut self, context: &Context, state: &Secret, page: &Response) {
        self.winner.reply(page, context.elapsed());
        self.connections.open.push(self.winner);
        let started = context.elapsed();
        let mut tab_has_it = self.from_a_tab;
        loop {
            match self.connections.serve(context, state) {
                Ok(Some(Bringer { mut connection, from_a_tab, .. })) => {
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

/// Who brought the right answer.
struct Bringer {
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
    /// One round: takes in who is waiting, moves everybody on as far as it goes, and
    /// takes out the first who brings the right answer.
    fn serve(&mut self, context: &Context, state: &Secret) -> Result<Option<Bringer>, WaitError> {
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
            let from_a_tab = comes_from_a_tab(head);
            match judge(head, state, self.listener.port) {
                Verdict::Unfinished => {}
                Verdict::Answered(answer) => {
                    let connection = self.open.remove(index);
                    return Ok(Some(Bringer { answer, connection, from_a_tab }));
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
                        self.drop_the_least_promising();
                    }
                    self.open.extend(Connection::new(stream, now));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) if is_about_the_peer(&error) => {}
                // Out of descriptors, most likely: ours are the ones to give up.
                Err(_) if !self.open.is_empty() => self.drop_the_least_promising(),
                Err(error) => return Err(WaitError::Broken(error.to_string())),
            }
        }
        Ok(())
    }

    /// Browsers open connections on suspicion; one that has said nothing is missed least.
    fn drop_the_least_promising(&mut self) {
        let silent = self.open.iter().position(Connection::is_silent).unwrap_or(0);
        self.open.remove(silent);
    }
}

fn is_about_the_peer(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset | io::ErrorKind::Interrupted
    )
}
