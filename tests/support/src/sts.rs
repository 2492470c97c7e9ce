//! STS `GetCallerIdentity`: proves that credentials arrived complete.

use crate::reply::{Reply, sts_error};
use crate::request::Request;
use crate::signature;
use crate::state::State;

/// Answers `POST /` with `Action=GetCallerIdentity`, for callers that sign with live credentials
/// from this stand-in.
pub(crate) fn get_caller_identity(state: &mut State, request: &Request) -> Result<Reply, Reply> {
    if request.field("Action") != Some("GetCallerIdentity") {
        return Err(sts_error(400, "InvalidAction", "Could not find operation"));
    }
    let Some(authorization) = request.header("authorization").and_then(signature::parse) else {
        let message = "Request is missing Authentication Token";
        return Err(sts_error(403, "MissingAuthenticationToken", message));
    };
    let access_key_id = authorization.access_key_id.clone();
    state.callers.push(access_key_id.clone());
    let known = state.role_credentials.get(&access_key_id);
    let session_token = request.header("x-amz-security-token").unwrap_or_default();
    let Some(credentials) = known.filter(|known| known.session_token == session_token) else {
        let message = "The security token included in the request is invalid.";
        return Err(sts_error(403, "InvalidClientTokenId", message));
    };
    if signature::sign(request, &authorization, &credentials.secret_access_key) != authorization.signature {
        let message = "The request signature does not match the signature you provided.";
        return Err(sts_error(403, "SignatureDoesNotMatch", message));
    }
    if credentials.expires_at_milliseconds <= state.now_milliseconds() {
        let message = "The security token included in the request is expired";
        return Err(sts_error(403, "ExpiredToken", message));
    }
    let (account, role) = (&credentials.account_id, &credentials.role_name);
    Ok(Reply::new(
        200,
        "text/xml",
        format!(
            "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
             <GetCallerIdentityResult>\
             <Arn>arn:aws:sts::{account}:assumed-role/AWSReservedSSO_{role}_0123456789abcdef/person</Arn>\
             <UserId>AROASTANDIN0000000000:person</UserId><Account>{account}</Account>\
             </GetCallerIdentityResult><ResponseMetadata>\
             <RequestId>00000000-0000-4000-8000-000000000000</RequestId>\
             </ResponseMetadata></GetCallerIdentityResponse>"
        ),
    ))
}
