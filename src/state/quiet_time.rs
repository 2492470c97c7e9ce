//! The note about a role's quiet time: the half minute after a failed request in which the
//! role's live credentials are handed out without asking AWS. Some SDKs start a credential
//! process for each of their requests.

use std::time::Duration;

use serde_json::json;

use super::directory::StateDirectory;
use super::note::Note;
use crate::request::RoleRequest;
use crate::timestamp::Timestamp;

const NAME: &str = "fallback";

/// How long no request is made.
const QUIET: Duration = Duration::from_secs(30);

/// The quiet time of one role.
#[derive(Debug, Clone, Copy)]
pub struct QuietTime;

impl QuietTime {
    /// Begins the quiet time: a request to AWS has just failed.
    pub fn begin(state: &StateDirectory, request: &RoleRequest, now: Timestamp) {
        note(state, request).write(&json!({ "until": now.plus(QUIET).unix() }));
    }

    /// Ends the quiet time after a success.
    pub fn end(state: &StateDirectory, request: &RoleRequest) {
        note(state, request).remove();
    }

    /// The same for the role whose file in the AWS CLI's cache is `<name>.json`.
    pub fn end_for_file(state: &StateDirectory, name: &str) {
        Note::new(state.context, state.role_file_named(name, NAME)).remove();
    }

    /// How many seconds are left; `None` if the quiet time is over. If more than half a minute
    /// seems to be left, the clock was set back, and the quiet time counts as over.
    pub fn left(state: &StateDirectory, request: &RoleRequest, now: Timestamp) -> Option<i64> {
        let until = note(state, request).read()?.get("until")?.as_i64().map(Timestamp::from_unix)?;
        let left = until.seconds_since(now);
        (1..=QUIET.as_secs().cast_signed()).contains(&left).then_some(left)
    }
}

fn note<'a>(state: &StateDirectory<'a>, request: &RoleRequest) -> Note<'a> {
    state.role_note(request, NAME)
}
