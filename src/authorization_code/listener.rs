//! The loopback listener that AWS redirects the browser to (RFC 8252 §7.3).
//!
//! `loopback` serves all connections in turn, so that two answers cannot arrive at once. It is called
//! a hundred times a second, which is simpler than threads and cheap for the few minutes of a
//! sign-in. `callback` decides which request is the answer.

use std::io;
use std::net::Ipv4Addr;
use std::time::Duration;

use super::callback::{Answer, CALLBACK_PATH, LONGEST_HEAD, Verdict, comes_from_a_tab, judge};
use super::page::{self, Response};
use crate::context::Context;
use crate::debug;
use crate::error::{Error, SignInError};
use crate::loopback::{Action, Connection, Connections, Limits, Listener, WRITE_DEADLINE};
use crate::secret::Secret;

/// The pause between two rounds over the sockets.
const TICK: Duration = Duration::from_millis(10);
/// The time between two questions whether the answer is still wanted.
const WANTED_INTERVAL: Duration = Duration::from_secs(1);
/// Browsers open spare connections that they may never use.
const LIMITS: Limits = Limits {
    reading: Duration::from_secs(10),
    longest_head: LONGEST_HEAD,
    most_connections: 64,
    spared: Duration::ZERO,
};
/// How long the listener stays open after a tab got its page: the browser may reload it.
const GRACE: Duration = Duration::from_millis(100);
/// How long the listener waits for the person's tab if another request brought the answer
/// first: from a link scanner, or from a browser that prefetches without saying so.
const LINGER: Duration = Duration::from_secs(3);

/// A socket on 127.0.0.1. It is bound before the browser opens, because the authorize URL names
/// the port.
#[derive(Debug)]
pub struct CallbackListener(Listener);

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
    port: u16,
}

impl CallbackListener {
    /// Listens on `port` of 127.0.0.1; on a free port if `port` is `None`.
    ///
    /// # Errors
    /// [`SignInError::ListenerUnavailable`], for instance if another program uses the port.
    pub fn bind(port: Option<u16>) -> Result<Self, Error> {
        Listener::bind(port).map(Self).map_err(|error| {
            Error::SignIn(SignInError::ListenerUnavailable {
                port,
                cause: error.to_string(),
                without: "aws-sso-cred login --use-device-code".to_owned(),
            })
        })
    }

    /// The port that was bound.
    pub fn port(&self) -> u16 {
        self.0.port()
    }

    /// The redirect URI with the port, for the authorize URL and the token request.
    pub fn redirect_uri(&self) -> String {
        format!("http://{}:{}{CALLBACK_PATH}", Ipv4Addr::LOCALHOST, self.port())
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
        let mut connections = Connections::new(&self.0, LIMITS);
        let mut ask_again_at = context.elapsed().saturating_add(WANTED_INTERVAL);
        loop {
            let served = serve(&mut connections, self.port(), context, state);
            let served = served.map_err(|error| WaitError::Broken(error.to_string()))?;
            if let Some(Answered { answer, connection, from_a_tab }) = served {
                let port = self.port();
                let responder = Responder { connection, from_a_tab, connections, port };
                return Ok(Callback { answer, responder });
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
        self.connection.reply(page.bytes(false), context.elapsed());
        self.connections.put_back(self.connection);
        let started = context.elapsed();
        let mut tab_has_it = self.from_a_tab;
        loop {
            match serve(&mut self.connections, self.port, context, state) {
                Ok(Some(Answered { mut connection, from_a_tab, .. })) => {
                    let already = page::answered_already();
                    let shown = if from_a_tab && !tab_has_it { page } else { &already };
                    tab_has_it |= from_a_tab;
                    connection.reply(shown.bytes(false), context.elapsed());
                    self.connections.put_back(connection);
                    continue;
                }
                Ok(None) => {}
                Err(_) => return,
            }
            let waited = context.elapsed().saturating_sub(started);
            let busy = self.connections.are_busy();
            let patience = if tab_has_it { GRACE } else { LINGER };
            if waited >= LINGER.saturating_add(WRITE_DEADLINE) || (waited >= patience && !busy) {
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

/// One round over the connections. Gives the first one that brings the right answer.
fn serve(
    connections: &mut Connections<'_>,
    port: u16,
    context: &Context,
    state: &Secret,
) -> io::Result<Option<Answered>> {
    let mut judge = |head: &[u8]| match judge(head, state, port) {
        Verdict::Unfinished => Action::Wait,
        Verdict::Answered(answer) => Action::Take((answer, comes_from_a_tab(head))),
        Verdict::Refused(refusal) => {
            debug!(context, "sign-in listener: refused a request: {refusal:?}");
            Action::Reply(page::not_the_answer(refusal).bytes(head.starts_with(b"HEAD ")))
        }
    };
    let taken = connections.round(context.elapsed(), &mut judge)?;
    Ok(taken.map(|(connection, (answer, from_a_tab))| Answered { answer, connection, from_a_tab }))
}
