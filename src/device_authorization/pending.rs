//! A started device authorization: all data that the next process needs to continue it.

use std::time::Duration;

use crate::identifiers::StartUrl;
use crate::secret::Secret;
use crate::timestamp::Timestamp;

/// The longest life of a device code that is accepted from a server or a clock.
pub(super) const LONGEST_LIFE: Duration = Duration::from_hours(1);

/// A device authorization (RFC 8628 §3.2) that waits for the person. Times are by the wall clock.
#[derive(Debug, Clone)]
pub struct PendingAuthorization {
    /// The device code, which polls send to AWS.
    pub device_code: Secret,
    /// The user code, which the person compares with the page or types.
    pub user_code: String,
    /// The page where the person types the user code.
    pub verification_uri: String,
    /// The same page with the user code filled in; equal to `verification_uri` if AWS gives none.
    pub verification_uri_complete: String,
    /// The least time between two polls. Each `slow_down` adds five seconds.
    pub interval: Duration,
    /// The time of the start.
    pub started_at: Timestamp,
    /// The time when the device code expires.
    pub expires_at: Timestamp,
    /// The time before which no process polls.
    pub next_poll_at: Timestamp,
    /// The time when the code was last shown to the person.
    pub prompted_at: Option<Timestamp>,
    /// Whether a browser was opened. It is opened only once for each authorization.
    pub browser_opened: bool,
    /// The id of the client that started the authorization. No other client can poll for it.
    pub client_id: String,
    /// The secret of that client.
    pub client_secret: Secret,
    /// The time when the registration of that client expires. The token file stores it.
    pub registration_expires_at: Timestamp,
    /// The [key of the session in the token cache](crate::request::SsoSession::token_cache_key).
    pub session_key: String,
    /// The start URL of the session, as configured.
    pub start_url: String,
    /// The region of the session.
    pub region: String,
    /// The id of the process that stored this state last. It polls, if it still runs.
    pub polled_by: Option<u32>,
    /// The number of lost answers since the last answer that arrived. Not stored in the file.
    pub(super) lost: u32,
}

/// Whether `uri` is a web page that may be opened. The rules for start URLs fit: https, or http on
/// loopback; a host; no user name, blanks or control characters.
pub(super) fn is_web_page(uri: &str) -> bool {
    uri.len() <= 2048 && StartUrl::parse(uri).is_ok()
}
