//! Which handler answers which operation.

use crate::operation::Operation;
use crate::reply::{Reply, portal_error};
use crate::request::Request;
use crate::state::State;
use crate::{authorize, device_page, federation, oidc, portal, sts, token};

/// The answer to a request that meets no fault.
pub(crate) fn answer(state: &mut State, request: &Request) -> Reply {
    let refused = |refusal: oidc::Refusal| refusal.0;
    match request.operation {
        Operation::RegisterClient => oidc::register_client(state, request).unwrap_or_else(refused),
        Operation::StartDeviceAuthorization => {
            oidc::start_device_authorization(state, request).unwrap_or_else(refused)
        }
        Operation::CreateToken => token::create_token(state, request).unwrap_or_else(refused),
        Operation::Authorize => authorize::authorize(state, request).unwrap_or_else(refused),
        Operation::GetRoleCredentials => {
            portal::get_role_credentials(state, request).unwrap_or_else(|refusal| refusal)
        }
        Operation::ListAccounts => portal::list_accounts(state, request).unwrap_or_else(|refusal| refusal),
        Operation::ListAccountRoles => {
            portal::list_account_roles(state, request).unwrap_or_else(|refusal| refusal)
        }
        Operation::Logout => portal::logout(state, request).unwrap_or_else(|refusal| refusal),
        Operation::GetCallerIdentity => sts::answer(state, request).unwrap_or_else(|refusal| refusal),
        Operation::GetSigninToken => {
            federation::get_signin_token(state, request).unwrap_or_else(|refusal| refusal)
        }
        Operation::ConsoleSignIn => federation::sign_in(state, request).unwrap_or_else(|refusal| refusal),
        Operation::DevicePage => device_page::device_page(state, request),
        Operation::Other => portal_error(404, "ResourceNotFoundException", "Not found"),
    }
}
