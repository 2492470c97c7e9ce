//! What AWS refused, and AWS out of reach.

use super::login_commands::LoginCommands;
use super::service::ServiceError;
use std::time::Duration;

/// Exit code 4: AWS said no, or cannot be reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AwsError {
    /// The role is not assigned to this person.
    RoleForbidden {
        /// Twelve digits.
        account_id: String,
        /// The permission set's role.
        role_name: String,
        /// AWS's words.
        message: Option<String>,
        /// How to see which roles there are, or to sign in as somebody else.
        login: LoginCommands,
    },
    /// AWS does not accept the start URL in this region.
    StartUrlRefused {
        /// As configured.
        start_url: String,
        /// Where it was looked for.
        region: String,
        /// AWS's words.
        message: Option<String>,
    },
    /// The sign-in is not good for as long as `--min-validity` asks, and no sign-in would be.
    SignInTooShort {
        /// What is signed in to.
        session: String,
        /// For how long it is good.
        left: Duration,
        /// For how long it should be.
        asked: Duration,
    },
    /// Any other failed request.
    Service {
        /// The request's failure.
        error: Box<ServiceError>,
        /// The region that was asked, to be checked when the request was not understood.
        region: String,
        /// How far our clock is ahead of the server's, in seconds, when it is far.
        clock_skew: Option<i64>,
        /// The flags of this run that made it ask AWS in any case.
        flags: Vec<&'static str>,
    },
}
