//! The endpoint: its address, its token, and the loop that serves it.

use std::time::Duration;

use super::judge::{LONGEST_HEAD, PATH, Verdict, judge};
use super::response;
use super::work::{Obtain, Outcome, Work};
use crate::context::Context;
use crate::debug;
use crate::error::{Error, LocalError};
use crate::loopback::{Action, Connections, Limits, Listener};
use crate::platform::Alarm;
use crate::secret::Secret;

/// SDKs send their request at once, and each has one connection open at a time; but the command may
/// start a hundred programs at once.
const LIMITS: Limits = Limits {
    reading: Duration::from_secs(5),
    longest_head: LONGEST_HEAD,
    most_connections: 32,
    spared: Duration::from_millis(500),
};

/// The pause after the socket has failed.
const PAUSE: Duration = Duration::from_secs(1);

/// An endpoint on 127.0.0.1 that gives credentials to whoever has its token.
#[derive(Debug)]
pub struct Endpoint {
    listener: Listener,
    token: Secret,
}

impl Endpoint {
    /// Opens the endpoint on a free port, with a new token of 256 random bits.
    ///
    /// # Errors
    /// [`LocalError::NoEndpoint`].
    pub fn open() -> Result<Self, Error> {
        let failed = |cause: String| Error::Local(LocalError::NoEndpoint { cause });
        let token = Secret::random::<32>().map_err(|error| failed(error.0))?;
        let listener = Listener::bind(None).map_err(|error| failed(error.to_string()))?;
        Ok(Self { listener, token })
    }

    /// The value of `AWS_CONTAINER_CREDENTIALS_FULL_URI`.
    pub fn uri(&self) -> String {
        format!("http://127.0.0.1:{}{PATH}", self.listener.port())
    }

    /// The value of `AWS_CONTAINER_AUTHORIZATION_TOKEN`.
    pub fn token(&self) -> &Secret {
        &self.token
    }

    /// Serves requests with what `obtain` gives, until `is_over` gives a value. `alarm` ends the waits
    /// between two looks at `is_over`. `tell` gets each failure of `obtain` that differs from the
    /// one before.
    pub fn serve<T>(
        &self,
        context: &Context,
        alarm: &Alarm,
        obtain: Obtain,
        tell: &dyn Fn(&Error),
        is_over: &mut dyn FnMut() -> Option<T>,
    ) -> T {
        let mut connections = Connections::new(&self.listener, LIMITS);
        let mut work = Work::new(obtain, alarm.bell());
        let mut told = None;
        loop {
            if let Some(end) = is_over() {
                return end;
            }
            let served = self.round(context, &mut connections);
            if connections.is_one_held() && !work.is_running() {
                let at_once = work.start();
                finish(context, &mut connections, at_once, &mut told, tell);
            }
            let outcome = work.outcome();
            finish(context, &mut connections, outcome, &mut told, tell);
            let now = context.elapsed();
            if served.is_err() {
                alarm.wait(&[], Some(PAUSE));
            } else {
                let timeout = connections.next_deadline(now).map(|deadline| deadline.saturating_sub(now));
                alarm.wait(&connections.interests(now), timeout);
            }
        }
    }

    /// Reads and judges requests. Those that may have credentials are held.
    fn round(&self, context: &Context, connections: &mut Connections<'_>) -> std::io::Result<()> {
        let mut judge = |head: &[u8]| match judge(head, &self.token, self.listener.port()) {
            Verdict::Unfinished => Action::<()>::Wait,
            Verdict::Granted => Action::Hold,
            Verdict::Refused(refusal) => {
                debug!(context, "endpoint: refused a request: {refusal:?}");
                Action::Reply(response::refused(refusal))
            }
        };
        let round = connections.round(context.elapsed(), &mut judge);
        if let Err(error) = &round {
            debug!(context, "endpoint: {error}");
        }
        round.map(|_| ())
    }
}

/// Answers all requests that wait with the same outcome: asking again for each of them would get the
/// same.
fn finish(
    context: &Context,
    connections: &mut Connections<'_>,
    outcome: Option<Outcome>,
    told: &mut Option<String>,
    tell: &dyn Fn(&Error),
) {
    let response = match outcome {
        None => return,
        Some(Outcome::Broken) => response::broken(),
        Some(Outcome::Done(Ok(document))) => {
            *told = None;
            response::granted(&document)
        }
        Some(Outcome::Done(Err(error))) => {
            let text = error.to_string();
            if told.as_ref() != Some(&text) {
                tell(&error);
                *told = Some(text);
            }
            response::unavailable(&error)
        }
    };
    debug!(context, "endpoint: answered");
    connections.reply_to_held(&response, context.elapsed());
}
