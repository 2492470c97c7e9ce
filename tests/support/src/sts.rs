//! STS: `GetCallerIdentity` proves that credentials arrived complete, `AssumeRole` gives others for them.

use crate::encoding::iso8601;
use crate::reply::{Reply, sts_error};
use crate::request::Request;
use crate::signature;
use crate::state::{RoleCredentials, State};

/// Answers `POST /`, for callers that sign with live credentials from this stand-in.
pub(crate) fn answer(state: &mut State, request: &Request) -> Result<Reply, Reply> {
    match request.field("Action") {
        Some("GetCallerIdentity") => {
            let (account, role) = authenticated(state, request)?;
            Ok(caller_identity(&account, &role))
        }
        Some("AssumeRole") => {
            authenticated(state, request)?;
            assume_role(state, request)
        }
        _ => Err(sts_error(400, "InvalidAction", "Could not find operation")),
    }
}

/// The account and the role of the caller.
fn authenticated(state: &mut State, request: &Request) -> Result<(String, String), Reply> {
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
    Ok((credentials.account_id.clone(), credentials.role_name.clone()))
}

fn caller_identity(account: &str, role: &str) -> Reply {
    Reply::new(
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
    )
}

/// Gives credentials of any role that is asked for, for an hour.
fn assume_role(state: &mut State, request: &Request) -> Result<Reply, Reply> {
    let arn = request.field("RoleArn").unwrap_or_default();
    let parts = (arn.split(':').nth(4), arn.rsplit('/').next());
    let (Some(account_id), Some(role_name)) = parts else {
        return Err(sts_error(400, "ValidationError", "RoleArn is not an ARN"));
    };
    let access_key_id = state.mint.access_key_id();
    let minted = RoleCredentials {
        secret_access_key: state.mint.secret_access_key(),
        session_token: state.mint.token("FwoG"),
        expires_at_milliseconds: state.now_milliseconds() + 3_600_000,
        account_id: account_id.to_owned(),
        role_name: role_name.to_owned(),
    };
    let text = format!(
        "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult><Credentials>\
         <AccessKeyId>{access_key_id}</AccessKeyId><SecretAccessKey>{}</SecretAccessKey>\
         <SessionToken>{}</SessionToken><Expiration>{}</Expiration></Credentials>\
         <AssumedRoleUser><Arn>{arn}</Arn><AssumedRoleId>AROASTANDIN0000000000:person</AssumedRoleId>\
         </AssumedRoleUser></AssumeRoleResult><ResponseMetadata>\
         <RequestId>00000000-0000-4000-8000-000000000000</RequestId></ResponseMetadata></AssumeRoleResponse>",
        minted.secret_access_key,
        minted.session_token,
        iso8601(minted.expires_at_milliseconds / 1000),
    );
    state.role_credentials.insert(access_key_id, minted);
    Ok(Reply::new(200, "text/xml", text))
}
