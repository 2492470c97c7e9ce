//! Collects the state of one session from files. AWS is not asked, and nothing is shown here:
//! `table` and `json` do that.

use std::path::{Path, PathBuf};

use crate::cache::{Miss, TokenFile};
use crate::commands::surroundings::Surroundings;
use crate::error::OtherSignIn;
use crate::role_credentials::Freshness;
use crate::selection::ResolvedSession;
use crate::sign_in::{PendingSignIn, cool_down, latest_known};
use crate::state::{ClockSkew, CoolDown, LastError, RefusedRefresh};
use crate::timestamp::Timestamp;
use crate::token::{Outlook, SsoToken, outlook};

/// The state of one session, as far as files tell it. Contains no secret.
pub(super) struct Report {
    /// The name for people: ``sso-session `corp` ``.
    pub(super) session: String,
    /// The name of the `[sso-session]`; `None` for a session without one.
    pub(super) name: Option<String>,
    pub(super) start_url: String,
    pub(super) region: String,
    pub(super) state: TokenState,
    /// The time when the access token expires.
    pub(super) signed_in_until: Option<Timestamp>,
    /// The time until which the access token can be refreshed: the end of the client registration.
    /// Identity Center may end the session earlier.
    pub(super) refreshable_until: Option<Timestamp>,
    /// The start URL and region of the token, if they are not those of the session.
    pub(super) other: Option<OtherSignIn>,
    pub(super) roles: Vec<Role>,
    pub(super) pending: Option<Pending>,
    pub(super) cool_down: Option<CoolDown>,
    pub(super) last_error: Option<LastError>,
    /// How many seconds this computer's clock was ahead of AWS's at AWS's last answer.
    pub(super) clock_skew: Option<i64>,
    /// The command that signs in.
    pub(super) login: String,
    pub(super) token_file: PathBuf,
}

/// Cached role credentials that can still be used.
pub(super) struct Role {
    pub(super) account_id: String,
    pub(super) role_name: String,
    pub(super) expiration: Timestamp,
}

/// A device authorization that waits for the person.
pub(super) struct Pending {
    pub(super) user_code: String,
    pub(super) verification_uri: String,
    pub(super) expires_at: Timestamp,
}

/// The state of the cached token.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenState {
    /// The access token has not expired.
    Valid,
    /// The access token has expired and can be refreshed.
    Refreshable,
    /// The access token has expired and cannot be refreshed.
    Expired,
    /// AWS has refused the access token.
    Refused,
    /// There is no token file.
    SignedOut,
    /// The token file cannot be read.
    Unreadable,
    /// The token is for another start URL or region.
    Other,
}

impl Report {
    /// The report on a session of the config.
    pub(super) fn of(command: &Surroundings, resolved: &ResolvedSession) -> Self {
        let token = command.caches.read_token(command.context, &resolved.session);
        Self::with(command, resolved, &token, command.caches.token_path(&resolved.session))
    }

    /// The report on a token file whose session is not in the config; `None` if the file does not
    /// tell its session.
    pub(super) fn of_file(command: &Surroundings, file: TokenFile) -> Option<Self> {
        let resolved = ResolvedSession::without_config(file.session()?);
        let report = Self::with(command, &resolved, &Ok(file.token), file.path);
        Some(Self { session: format!("{} (not in the config)", report.session), ..report })
    }

    fn with(
        command: &Surroundings,
        resolved: &ResolvedSession,
        token: &Result<SsoToken, Miss>,
        token_file: PathBuf,
    ) -> Self {
        let Surroundings { context, state, .. } = command;
        let (session, now) = (&resolved.session, context.now());
        let files = command.files(session);
        let login = resolved.login_commands();
        let is_refused = |token: &SsoToken| RefusedRefresh::last(state, session, token).is_some();
        let token = token.as_ref().map(|token| (token, outlook(token, is_refused(token), now)));
        let state_of_token = token_state(token);
        let other = token.err().and_then(|miss| match miss {
            Miss::Other(other) => Some(OtherSignIn::clone(other)),
            _ => None,
        });
        let renewable = token.ok().filter(|(_, outlook)| outlook.renewal.is_ok());
        Self {
            session: login.session,
            name: session.name.as_ref().map(ToString::to_string),
            start_url: session.start_url.to_string(),
            region: session.region.to_string(),
            state: state_of_token,
            // The file of a refused token has a made-up expiry, which is not shown.
            signed_in_until: token
                .ok()
                .filter(|(token, _)| !token.is_refused())
                .map(|(token, _)| token.expires_at),
            refreshable_until: renewable.and_then(|(token, _)| token.registration_expires_at),
            other,
            roles: cached_roles(command, resolved, latest_known(context, state)),
            pending: PendingSignIn::of(files).waiting().map(|pending| Pending {
                user_code: pending.user_code.clone(),
                verification_uri: pending.verification_uri_complete.clone(),
                expires_at: pending.expires_at,
            }),
            cool_down: cool_down(files),
            last_error: LastError::read(state, session),
            clock_skew: ClockSkew::noted(state, now),
            login: login.ours,
            token_file,
        }
    }

    /// Whether this report is about the token file at `path`.
    pub(super) fn is_from(&self, path: &Path) -> bool {
        self.token_file == path
    }

    /// Whether credentials can be fetched without a new sign-in.
    pub(super) fn is_usable(&self) -> bool {
        matches!(self.state, TokenState::Valid | TokenState::Refreshable)
    }
}

fn token_state(token: Result<(&SsoToken, Outlook), &Miss>) -> TokenState {
    match token {
        Ok((_, outlook)) if outlook.is_alive => TokenState::Valid,
        Ok((_, outlook)) if outlook.renewal.is_ok() => TokenState::Refreshable,
        Ok((token, _)) if token.is_refused() => TokenState::Refused,
        Ok(_) => TokenState::Expired,
        Err(Miss::Absent) => TokenState::SignedOut,
        Err(Miss::Unusable(_)) => TokenState::Unreadable,
        Err(Miss::Other(_)) => TokenState::Other,
    }
}

/// The roles with usable credentials in the cache, each once: those of the config, and those
/// that the state directory remembers.
fn cached_roles(command: &Surroundings, resolved: &ResolvedSession, now: Timestamp) -> Vec<Role> {
    let remembered = command.state.remembered_requests(&resolved.session);
    let mut roles: Vec<Role> = Vec::new();
    for request in command.configured.of(&resolved.session).chain(&remembered) {
        let Ok(credentials) = command.caches.read_role_credentials(command.context, request) else {
            continue;
        };
        let is_listed = roles.iter().any(|role| {
            role.account_id == request.account_id.as_str() && role.role_name == request.role_name.as_str()
        });
        if !is_listed && credentials.freshness(now) != Freshness::Dead {
            roles.push(Role {
                account_id: request.account_id.to_string(),
                role_name: request.role_name.to_string(),
                expiration: credentials.expiration,
            });
        }
    }
    roles
}
