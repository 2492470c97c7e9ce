//! The settings of the stand-in, with AWS's values as defaults.

use std::time::Duration;

/// The default start URL of a stand-in.
pub const DEFAULT_START_URL: &str = "https://corp.awsapps.com/start";

/// What the person in the browser does with an authorize URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthorizeBehaviour {
    /// Signs in and allows the request: redirect with a code.
    Approve,
    /// Refuses: redirect with `error=access_denied`.
    Deny,
    /// Leaves the page open: 200 with a page, no redirect.
    Hold,
}

/// What the person does with a user code automatically.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DevicePerson {
    Waits,
    ApprovesAfter(u32),
    DeniesAfter(u32),
}

#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) start_urls: Vec<String>,
    pub(crate) device_interval: u64,
    pub(crate) device_lifetime: u64,
    pub(crate) strict_slow_down: bool,
    pub(crate) device_person: DevicePerson,
    pub(crate) authorize: AuthorizeBehaviour,
    pub(crate) access_token_lifetime: Option<Duration>,
    pub(crate) role_credentials_lifetime: Duration,
    pub(crate) registration_lifetime: Duration,
    pub(crate) refresh_single_use: bool,
    pub(crate) refresh_omits_token: bool,
    pub(crate) page_size: usize,
    pub(crate) clock_skew: i64,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            start_urls: vec![DEFAULT_START_URL.to_owned()],
            device_interval: 1,
            device_lifetime: 600,
            strict_slow_down: false,
            device_person: DevicePerson::Waits,
            authorize: AuthorizeBehaviour::Approve,
            access_token_lifetime: None,
            role_credentials_lifetime: Duration::from_secs(3600),
            registration_lifetime: Duration::from_secs(90 * 86_400),
            refresh_single_use: false,
            refresh_omits_token: false,
            page_size: 100,
            clock_skew: 0,
        }
    }
}
