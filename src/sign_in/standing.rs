//! Whether an access token that was used for a request still belongs to the session: while AWS
//! answered, the person may have signed out, or another person may have signed in.

use super::session::SessionRun;
use crate::cache::Miss;
use crate::debug;
use crate::secret::Secret;
use crate::state::RefreshedTokens;

/// How an access token that was used compares with the token file now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The token file holds this token, or a token that was refreshed from it.
    Current,
    /// The token file holds another token, perhaps of another person.
    Replaced,
    /// The token file is gone: the person has signed out.
    SignedOut,
    /// The token file cannot be read, or this run could not write it.
    Unknown,
}

impl Standing {
    /// Compares `used` with the session's token file.
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
            debug!(
                files.context,
                "token: compared with the token file, the one that was used is {standing:?}"
            );
        }
        standing
    }
}
