//! Failures at AWS: refused requests, and requests without an answer.

use std::time::Duration;

use super::login_commands::LoginCommands;
use super::service::ServiceError;

/// Exit code 4: AWS refused a request, or cannot be reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AwsError {
    /// The person of a session has no role in any account.
    NoRoles {
        /// The session's name for people.
        session: String,
    },
    /// The role is not assigned to this person.
    RoleForbidden {
        /// The account id, twelve digits.
        account_id: String,
        /// The name of the permission set, `sso_role_name`.
        role_name: String,
        /// AWS's message.
        message: Option<String>,
        /// The commands to sign in again, which may help if the role was assigned recently.
        login: LoginCommands,
    },
    /// AWS does not accept the start URL in this region.
    StartUrlRefused {
        /// The start URL, as configured.
        start_url: String,
        /// The region that was asked.
        region: String,
        /// AWS's message.
        message: Option<String>,
    },
    /// The sign-in is valid for less time than `--min-validity` asks for, and a new sign-in would not
    /// be valid for longer.
    SignInTooShort {
        /// The session's name for people.
        session: String,
        /// The time until the sign-in expires.
        left: Duration,
        /// The value of `--min-validity`.
        asked: Duration,
    },
    /// The federation endpoint gives no sign-in token for the console. It does not say why.
    ConsoleRefused {
        /// The account id, twelve digits.
        account_id: String,
        /// The name of the permission set.
        role_name: String,
        /// The host of the endpoint.
        endpoint: String,
        /// The HTTP status.
        status: u16,
        /// The value of `--duration`.
        duration: Option<Duration>,
    },
    /// Any other failed request.
    Service {
        /// The failure of the request.
        error: Box<ServiceError>,
        /// The region that was asked. The hint names it, because a wrong region is a common cause.
        region: String,
        /// How many seconds this computer's clock is ahead of AWS's, if the difference is large.
        clock_skew: Option<i64>,
        /// The flags of this run that force a request to AWS, such as `--force-refresh`.
        flags: Vec<&'static str>,
    },
}
