//! The reasons why no cached token can be used and a person has to sign in.

use crate::start_url;

/// The two sides of a conflict: a token that is stored under the session's name, but is for
/// another start URL or region. It arises if two config files use the same session name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherSignIn {
    /// The start URL that the token is for.
    pub start_url: String,
    /// The region that issued the token.
    pub region: String,
    /// The start URL of the session.
    pub wanted_start_url: String,
    /// The region of the session.
    pub wanted_region: String,
}

impl OtherSignIn {
    /// Whether the start URL is the same, and only the region differs.
    pub fn is_at_the_same_portal(&self) -> bool {
        start_url::is_same(&self.start_url, &self.wanted_start_url)
    }
}

/// The reason why a person has to sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInReason {
    /// There is no token file.
    NeverSignedIn,
    /// There is a token file, but it cannot be read as a token.
    TokenUnreadable,
    /// The access token has expired, and there is no refresh token.
    TokenExpired,
    /// The access token has expired, and so has the client of the refresh token.
    RegistrationExpired,
    /// AWS refused the refresh token (`invalid_grant`): the session has ended.
    SessionEnded,
    /// The token is for another start URL or region; see [`OtherSignIn`].
    OtherSignIn,
    /// AWS refused the refresh token, and the token does not say which region issued it: the
    /// region may be wrong, or the session may have ended.
    WrongRegionOrEnded,
    /// AWS refused the client of the refresh token (`invalid_client`).
    ClientRejected,
    /// The portal answered 401 to an access token that has not expired.
    TokenRejected,
    /// `--force-refresh` is given, and the token cannot be refreshed.
    Forced,
}

/// The reasons that are noted in our state for later processes, and their names there.
const LASTING: [(SignInReason, &str); 4] = [
    (SignInReason::SessionEnded, "session-ended"),
    (SignInReason::WrongRegionOrEnded, "wrong-region-or-ended"),
    (SignInReason::ClientRejected, "client-rejected"),
    (SignInReason::TokenRejected, "token-rejected"),
];

impl SignInReason {
    /// The name of this reason in our state; `None` for a reason that is not noted there.
    pub fn name(self) -> Option<&'static str> {
        LASTING.iter().find(|(reason, _)| *reason == self).map(|(_, name)| *name)
    }

    /// The reason with this name; the inverse of [`Self::name`].
    pub fn from_name(name: &str) -> Option<Self> {
        LASTING.iter().find(|(_, known)| *known == name).map(|(reason, _)| *reason)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_that_is_noted_in_our_state_has_a_name() {
        let lasting = [
            (SignInReason::SessionEnded, "session-ended"),
            (SignInReason::WrongRegionOrEnded, "wrong-region-or-ended"),
            (SignInReason::ClientRejected, "client-rejected"),
            (SignInReason::TokenRejected, "token-rejected"),
        ];
        for (reason, name) in lasting {
            assert_eq!((reason.name(), SignInReason::from_name(name)), (Some(name), Some(reason)));
        }
        assert_eq!(SignInReason::Forced.name(), None);
        assert_eq!(SignInReason::from_name("forced"), None);
    }
}
