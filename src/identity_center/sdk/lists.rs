//! The requests for the pages of the portal's two lists. Their futures own all that they need, so
//! that several can be under way.

use std::future::Future;

use aws_sdk_sso::Client;
use aws_sdk_sso::operation::list_account_roles::{ListAccountRolesError, ListAccountRolesOutput};
use aws_sdk_sso::operation::list_accounts::{ListAccountsError, ListAccountsOutput};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;

use crate::identifiers::AccountId;

/// AWS's largest page (`max_result`, from 1 to 100).
const LARGEST_PAGE: i32 = 100;

pub(super) fn list_accounts(
    client: &Client,
    token: &str,
    next_token: Option<&str>,
) -> impl Future<Output = Result<ListAccountsOutput, SdkError<ListAccountsError, HttpResponse>>> + Send + use<>
{
    let call = client.list_accounts().access_token(token).max_results(LARGEST_PAGE);
    call.set_next_token(next_token.map(str::to_owned)).send()
}

pub(super) fn list_account_roles(
    client: &Client,
    token: &str,
    account_id: &AccountId,
    next_token: Option<&str>,
) -> impl Future<Output = Result<ListAccountRolesOutput, SdkError<ListAccountRolesError, HttpResponse>>>
+ Send
+ use<> {
    let call = client.list_account_roles().access_token(token).account_id(account_id.as_str());
    call.max_results(LARGEST_PAGE).set_next_token(next_token.map(str::to_owned)).send()
}
