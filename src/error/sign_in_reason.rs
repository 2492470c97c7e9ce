//! Why no cached token can be used, so that a person has to sign in.

use crate::start_url;

/// Why the person has to sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInReason {
    /// There is no token file.
    NeverSignedIn,
    /// There is a file, and it makes no sense.
    TokenUnreadable,
    /// Expired, and there is no refresh token.
    TokenExpired,
    /// Expired, with a refresh token whose client has expired.
    RegistrationExpired,
    /// `invalid_grant`: Identity Center ended the session.
    SessionEnded,
    /// There is a token, and it is for another start URL or region: [`OtherSignIn`].
    OtherSignIn,
    /// `invalid_grant` for a token that does not say which region issued it.
    WrongRegionOrEnded,
    /// `invalid_client` on refresh.
    ClientRejected,
    /// The portal answered 401 to a token that has not expired.
    TokenRejected,
    /// `--force-refresh` without a way to refresh.
    Forced,
}

/// The reasons that outlive a process, by the names they have in our state.
const LASTING: [(SignInReason, &str); 4] = [
    (SignInReason::SessionEnded, "session-ended"),
    (SignInReason::WrongRegionOrEnded, "wrong-region-or-ended"),
    (SignInReason::ClientRejected, "client-rejected"),
    (SignInReason::TokenRejected, "token-rejected"),
];

impl SignInReason {
    /// The name of a reason that outlives a process; `None` for all others.
    pub fn name(self) -> Option<&'static str> {
        LASTING.iter().find(|(reason, _)| *reason == self).map(|(_, name)| *name)
    }

    /// The reason that [`Self::name`] names.
    pub fn from_name(name: &str) -> Option<Self> {
        LASTING.iter().find(|(_, known)| *known == name).map(|(reason, _)| *reason)
    }
}

/// A token under the session's name that is for another start URL or region. Two config
/// files with one session name make it so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherSignIn {
    /// The start URL that the token is for.
    pub start_url: String,
    /// The region that issued it.
    pub region: String,
    /// The start URL of the session that was asked for.
    pub wanted_start_url: String,
    /// The region of that session.
    pub wanted_region: String,
}

impl OtherSignIn {
    /// Whether only the region differs.
    pub fn is_at_the_same_portal(&self) -> bool {
        start_url::is_same(&self.start_url, &self.wanted_start_url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_that_outlives_a_process_has_a_name() {
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
