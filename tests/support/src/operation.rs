//! The operations that the stand-in plays, and how a request names one.

/// One operation of the services that the stand-in plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Operation {
    /// `POST /client/register` of sso-oidc.
    RegisterClient,
    /// `POST /device_authorization` of sso-oidc.
    StartDeviceAuthorization,
    /// `POST /token` of sso-oidc, whatever the grant.
    CreateToken,
    /// `GET /authorize` of sso-oidc, which a browser visits.
    Authorize,
    /// `GET /federation/credentials` of the portal.
    GetRoleCredentials,
    /// `GET /assignment/accounts` of the portal.
    ListAccounts,
    /// `GET /assignment/roles` of the portal.
    ListAccountRoles,
    /// `POST /logout` of the portal.
    Logout,
    /// `POST /` with a form body, as STS takes it.
    GetCallerIdentity,
    /// `POST /federation`: a sign-in token of the console for role credentials.
    GetSigninToken,
    /// `GET /federation` and `GET /oauth`: the console's sign-in and sign-out, which a browser visits.
    ConsoleSignIn,
    /// The page where a person enters a user code, and its buttons.
    DevicePage,
    /// Any other request.
    Other,
}

impl Operation {
    /// Every operation.
    pub const ALL: [Operation; 13] = [
        Operation::RegisterClient,
        Operation::StartDeviceAuthorization,
        Operation::CreateToken,
        Operation::Authorize,
        Operation::GetRoleCredentials,
        Operation::ListAccounts,
        Operation::ListAccountRoles,
        Operation::Logout,
        Operation::GetCallerIdentity,
        Operation::GetSigninToken,
        Operation::ConsoleSignIn,
        Operation::DevicePage,
        Operation::Other,
    ];

    /// The operation that a method and a path ask for.
    pub(crate) fn of(method: &str, path: &str) -> Operation {
        match (method, path) {
            ("POST", "/client/register") => Operation::RegisterClient,
            ("POST", "/device_authorization") => Operation::StartDeviceAuthorization,
            ("POST", "/token") => Operation::CreateToken,
            ("GET", "/authorize") => Operation::Authorize,
            ("GET", "/federation/credentials") => Operation::GetRoleCredentials,
            ("GET", "/assignment/accounts") => Operation::ListAccounts,
            ("GET", "/assignment/roles") => Operation::ListAccountRoles,
            ("POST", "/logout") => Operation::Logout,
            ("POST", "/") => Operation::GetCallerIdentity,
            ("POST", "/federation") => Operation::GetSigninToken,
            ("GET", "/federation" | "/oauth") => Operation::ConsoleSignIn,
            ("GET" | "POST", "/device") => Operation::DevicePage,
            _ => Operation::Other,
        }
    }

    /// The operation of this name, spelt as in AWS's models.
    #[must_use]
    pub fn named(name: &str) -> Option<Operation> {
        Operation::ALL.into_iter().find(|operation| format!("{operation:?}") == name)
    }

    /// Whether errors of this operation have the OAuth shape of sso-oidc.
    pub(crate) fn is_oidc(self) -> bool {
        matches!(
            self,
            Operation::RegisterClient
                | Operation::StartDeviceAuthorization
                | Operation::CreateToken
                | Operation::Authorize
        )
    }
}
