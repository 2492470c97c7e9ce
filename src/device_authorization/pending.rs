//! A sign-in that waits for its person: all that the next process needs to go on with it.

use std::time::Duration;

use crate::identifiers::StartUrl;
use crate::secret::Secret;
use crate::timestamp::Timestamp;

/// No device code is believed to live longer, whatever a server or a clock says.
pub(super) const LONGEST_LIFE: Duration = Duration::from_hours(1);

/// A sign-in that waits for its person.
#[derive(Debug, Clone)]
pub struct PendingAuthorization {
    /// What we poll with.
    pub device_code: Secret,
    /// What the person compares.
    pub user_code: String,
    /// Where the person types the user code.
    pub verification_uri: String,
    /// The same with the user code filled in; the same again where AWS gives none.
    pub verification_uri_complete: String,
    /// Least time between two polls; grows with every `slow_down`.
    pub interval: Duration,
    /// When it was started, by the wall clock.
    pub started_at: Timestamp,
    /// When the device code dies, by the wall clock.
    pub expires_at: Timestamp,
    /// No poll before this moment, by whichever process.
    pub next_poll_at: Timestamp,
    /// When it was last shown to a person.
    pub prompted_at: Option<Timestamp>,
    /// Whether a browser was opened for it: one tab is enough.
    pub browser_opened: bool,
    /// The client it was started by, which alone can poll for it.
    pub client_id: String,
    /// That client's secret.
    pub client_secret: Secret,
    /// When that client dies; goes into the token file.
    pub registration_expires_at: Timestamp,
    /// [`SsoSession::token_cache_key`] of the session it is for.
    pub session_key: String,
    /// The start URL of that session, as configured.
    pub start_url: String,
    /// The region of that session.
    pub region: String,
    /// The process that has kept it last: the one that polls, if it still lives.
    pub polled_by: Option<u32>,
    /// Answers that did not arrive, since the last one that did.
    pub(super) lost: u32,
}

/// The rule for start URLs is the one we need: https, http for loopback only, a host,
/// no user name, no blanks or control characters.
pub(super) fn is_web_page(uri: &str) -> bool {
    uri.len() <= 2048 && StartUrl::parse(uri).is_ok()
}
