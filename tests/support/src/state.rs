//! The whole state of the stand-in, behind one lock.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::fault::{FaultPlan, RateLimits};
use crate::mint::Mint;
use crate::operation::Operation;
use crate::request::Request;
use crate::settings::Settings;

/// A client registration, as `RegisterClient` returns it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// The public name of the client.
    pub client_id: String,
    /// Its secret.
    pub client_secret: String,
    /// When the registration ends, in seconds since 1970.
    pub expires_at: i64,
}

#[derive(Debug, Clone)]
pub(crate) struct Registration {
    pub(crate) client: Client,
    pub(crate) scopes: Vec<String>,
    pub(crate) grant_types: Vec<String>,
    pub(crate) redirect_uris: Vec<String>,
}

#[derive(Debug, Clone)]
pub(crate) struct Account {
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) roles: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decision {
    Pending,
    Approved,
    Denied,
}

#[derive(Debug, Clone)]
pub(crate) struct DeviceAuthorization {
    pub(crate) device_code: String,
    pub(crate) user_code: String,
    pub(crate) client_id: String,
    pub(crate) expires_at: i64,
    pub(crate) interval: Duration,
    pub(crate) last_poll: Option<Instant>,
    pub(crate) polls: u32,
    pub(crate) decision: Decision,
    pub(crate) used: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct AuthorizationCode {
    pub(crate) client_id: String,
    pub(crate) redirect_uri: String,
    pub(crate) code_challenge: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) expires_at: i64,
}

/// One sign-in. All tokens refreshed from it end with it.
pub(crate) type SignIn = u64;

#[derive(Debug, Clone)]
pub(crate) struct AccessToken {
    pub(crate) sign_in: SignIn,
    pub(crate) expires_at_milliseconds: i64,
}

#[derive(Debug, Clone)]
pub(crate) struct RefreshToken {
    pub(crate) sign_in: SignIn,
    pub(crate) client_id: String,
}

#[derive(Debug, Clone)]
pub(crate) struct RoleCredentials {
    pub(crate) secret_access_key: String,
    pub(crate) session_token: String,
    pub(crate) expires_at_milliseconds: i64,
    pub(crate) account_id: String,
    pub(crate) role_name: String,
}

/// The state of the server.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) url: String,
    pub(crate) settings: Settings,
    pub(crate) mint: Mint,
    pub(crate) sign_ins: SignIn,
    pub(crate) accounts: BTreeMap<String, Account>,
    pub(crate) registrations: HashMap<String, Registration>,
    pub(crate) devices: Vec<DeviceAuthorization>,
    pub(crate) codes: HashMap<String, AuthorizationCode>,
    pub(crate) access_tokens: HashMap<String, AccessToken>,
    pub(crate) refresh_tokens: HashMap<String, RefreshToken>,
    pub(crate) role_credentials: HashMap<String, RoleCredentials>,
    /// The sign-in tokens of the console, each with the role that it opens.
    pub(crate) signin_tokens: HashMap<String, String>,
    pub(crate) minted: usize,
    pub(crate) callers: Vec<String>,
    pub(crate) faults: FaultPlan,
    pub(crate) limits: RateLimits,
    pub(crate) delays: HashMap<Operation, Duration>,
    pub(crate) held: HashSet<Operation>,
    pub(crate) journal: Journal,
    /// The bytes of the last whole answer, head and body.
    pub(crate) answer_lengths: HashMap<Operation, usize>,
}

impl State {
    /// The time by the server's clock, in milliseconds since 1970.
    pub(crate) fn now_milliseconds(&self) -> i64 {
        let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let milliseconds = i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX);
        milliseconds + self.settings.clock_skew * 1000
    }

    /// The time by the server's clock, in seconds since 1970.
    pub(crate) fn now(&self) -> i64 {
        self.now_milliseconds().div_euclid(1000)
    }

    /// Ends one sign-in: its access tokens and its refresh tokens.
    pub(crate) fn end_sign_in(&mut self, sign_in: SignIn) {
        self.access_tokens.retain(|_, token| token.sign_in != sign_in);
        self.refresh_tokens.retain(|_, token| token.sign_in != sign_in);
    }

    /// Answers a device authorization; false if no such code is waiting.
    pub(crate) fn decide(&mut self, user_code: &str, decision: Decision) -> bool {
        let now = self.now();
        let waiting = self.devices.iter_mut().find(|device| {
            device.user_code == user_code && device.decision == Decision::Pending && device.expires_at > now
        });
        waiting.map(|device| device.decision = decision).is_some()
    }
}

/// The requests so far. A number names a request even after clearing.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    entries: BTreeMap<u64, Request>,
    next: u64,
}

impl Journal {
    pub(crate) fn add(&mut self, request: Request) -> u64 {
        self.next += 1;
        self.entries.insert(self.next, request);
        self.next
    }

    pub(crate) fn set_status(&mut self, number: u64, status: u16) {
        if let Some(request) = self.entries.get_mut(&number) {
            request.status = status;
            request.decided = true;
        }
    }

    pub(crate) fn all(&self) -> Vec<Request> {
        self.entries.values().cloned().collect()
    }

    pub(crate) fn count(&self, operation: Operation) -> usize {
        self.entries.values().filter(|request| request.operation == operation).count()
    }

    /// How many of an operation's requests have a decided answer.
    pub(crate) fn decided(&self, operation: Operation) -> usize {
        let decided = |request: &&Request| request.operation == operation && request.decided;
        self.entries.values().filter(decided).count()
    }

    pub(crate) fn clear(&mut self) {
        self.entries.clear();
    }
}
