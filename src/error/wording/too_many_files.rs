//! One hint that several texts give.

/// The hint for a process that has too many files open.
pub(super) const TOO_MANY_FILES: &str =
    "raise the limit with `ulimit -n 1024`, or restart the program that starts aws-sso-cred";
