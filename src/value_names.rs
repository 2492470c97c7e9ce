//! The names of each value of a session and a role: its option, its environment variable, and its
//! key in AWS's configuration files; and the variables of the other options.
//!
//! Only the names are here. `selection` finds the values.

/// The names of one value.
#[derive(Debug, PartialEq, Eq)]
pub struct ValueNames {
    /// What an error calls the value: `account id`.
    pub what: &'static str,
    /// `--account-id`
    pub option: &'static str,
    /// What stands for the value of the option in help and hints: `ID`.
    pub placeholder: &'static str,
    /// `AWS_SSO_ACCOUNT_ID`
    pub variable: &'static str,
    /// `sso_account_id`
    pub key: &'static str,
}

/// The name of an `[sso-session NAME]`.
pub const SSO_SESSION: ValueNames = ValueNames {
    what: "sso-session name",
    option: "--sso-session",
    placeholder: "NAME",
    variable: "AWS_SSO_SESSION",
    key: "sso_session",
};

/// The start URL of the AWS access portal.
pub const START_URL: ValueNames = ValueNames {
    what: "start URL",
    option: "--start-url",
    placeholder: "URL",
    variable: "AWS_SSO_START_URL",
    key: "sso_start_url",
};

/// The region of Identity Center.
pub const REGION: ValueNames = ValueNames {
    what: "SSO region",
    option: "--region",
    placeholder: "REGION",
    variable: "AWS_SSO_REGION",
    key: "sso_region",
};

/// The account of a role.
pub const ACCOUNT_ID: ValueNames = ValueNames {
    what: "account id",
    option: "--account-id",
    placeholder: "ID",
    variable: "AWS_SSO_ACCOUNT_ID",
    key: "sso_account_id",
};

/// The name of a role, which is that of its permission set.
pub const ROLE_NAME: ValueNames = ValueNames {
    what: "role name",
    option: "--role-name",
    placeholder: "NAME",
    variable: "AWS_SSO_ROLE_NAME",
    key: "sso_role_name",
};

/// Every value of a session and a role.
pub const ALL: [&ValueNames; 5] = [&SSO_SESSION, &START_URL, &REGION, &ACCOUNT_ID, &ROLE_NAME];

/// The name of a profile. No section has it as a key.
pub const PROFILE: ValueNames = ValueNames {
    what: "profile name",
    option: "--profile",
    placeholder: "NAME",
    variable: "AWS_PROFILE",
    key: "profile",
};

/// The region of a profile's workload, which `configure` writes.
pub const CLIENT_REGION: ValueNames = ValueNames {
    what: "region",
    option: "--client-region",
    placeholder: "REGION",
    variable: "AWS_DEFAULT_REGION",
    key: "region",
};

/// The environment variable of `--no-browser`.
pub const NO_BROWSER_VARIABLE: &str = "AWS_SSO_DISABLE_BROWSER";

/// The environment variable of `--no-terminal`.
pub const NO_TERMINAL_VARIABLE: &str = "AWS_SSO_CRED_NO_TERMINAL";

/// The environment variable of `--wait`.
pub const WAIT_VARIABLE: &str = "AWS_SSO_CRED_WAIT";

/// The environment variable of `--debug`.
pub const DEBUG_VARIABLE: &str = "AWS_SSO_CREDENTIAL_PROCESS_DEBUG";

/// The environment variable of `--interactive`.
pub const INTERACTIVE_VARIABLE: &str = "AWS_SSO_INTERACTIVE_AUTH";

/// The key of `--interactive`.
pub const INTERACTIVE_KEY: &str = "sso_interactive_auth";

/// The key of a profile's line: the command that gives its credentials.
pub const LINE_KEY: &str = "credential_process";

/// The key of the scopes that a session registers.
pub const SCOPES_KEY: &str = "sso_registration_scopes";

/// The variable that replaces AWS's federation endpoint, for `console`.
pub const FEDERATION_URL_VARIABLE: &str = "AWS_SSO_CRED_FEDERATION_URL";
