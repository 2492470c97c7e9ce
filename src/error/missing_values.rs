//! Values that no option, variable or key gives, and why.

use crate::value_names::{ACCOUNT_ID, REGION, ROLE_NAME, START_URL, ValueNames};

/// One of the values that every request needs, in the order in which messages name them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// `sso_start_url`
    StartUrl,
    /// `sso_region`
    Region,
    /// `sso_role_name`
    RoleName,
    /// `sso_account_id`
    AccountId,
}

impl Value {
    /// The option, the environment variable and the key of this value.
    pub const fn names(self) -> &'static ValueNames {
        match self {
            Self::StartUrl => &START_URL,
            Self::Region => &REGION,
            Self::RoleName => &ROLE_NAME,
            Self::AccountId => &ACCOUNT_ID,
        }
    }
}

/// The reason why values are missing although the profile exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MissingReason {
    /// A line in the sections that were read is not valid.
    BrokenLine {
        /// The file, as the user writes it.
        path: String,
        /// The line number, from 1.
        line: usize,
        /// The mistake; completes "line 3 …".
        fault: &'static str,
    },
    /// The profile has no `sso_` key. It gets its credentials in another way.
    OtherProvider {
        /// The key of that way: `credential_process`, `role_arn`, …
        key: &'static str,
    },
    /// The profile stands for its `credential_process` line, which does not give the values.
    IncompleteLine,
    /// `credential_process` lines lead from profile to profile, and are more than are followed.
    LongChain {
        /// The first profile of the chain.
        first: String,
        /// How many lines are followed.
        most: usize,
    },
    /// Profiles refer to each other in a circle.
    Circle {
        /// The profiles of the circle. The last is the first again.
        profiles: Vec<String>,
        /// The key in which the first profile names the second: `credential_process` or `source_profile`.
        key: &'static str,
    },
    /// The profile assumes a role with the credentials of another profile, which has the values.
    SourceProfile {
        /// The other profile, at the end of the chain of `source_profile`.
        source: String,
    },
}
