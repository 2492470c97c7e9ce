//! Whether an access token that was used a moment ago is still its session's: while AWS
//! answered, a person may have signed out, or another person in.

use super::session::SessionRun;
use crate::cache::Miss;
use crate::debug;
use crate::secret::Secret;
use crate::state::RefreshedTokens;

/// How a used access token stands to what the token file holds now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is the session's, or was refreshed to what is the session's now.
    Current,
    /// The file holds another token, perhaps of another person.
    Replaced,
    /// The file is gone: somebody signed out.
    SignedOut,
    /// The file cannot be read, or this run could not write it.
    Unknown,
}

impl Standing {
    /// How `used` stands to the session's token now.
    pub fn of(run: &SessionRun, used: &Secret) -> Self {
        let files = run.files;
        let is_of_this_sign_in = |now: &Secret| {
            now.matches(used.expose()) || RefreshedTokens::connect(files.state, files.session, used, now)
        };
        let standing = match files.caches.read_token(files.context, files.session) {
            Ok(token) if is_of_this_sign_in(&token.access_token) => Self::Current,
            Ok(_) | Err(Miss::Other(_)) => Self::Replaced,
            Err(Miss::Absent) if run.unkept.get() => Self::Unknown,
            Err(Miss::Absent) => Self::SignedOut,
            Err(Miss::Unusable(_)) => Self::Unknown,
        };
        if standing != Self::Current {
            debug!(files.context, "the access token that was used: {standing:?}");
        }
        standing
    }
}
