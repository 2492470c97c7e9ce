//! Asks for several pages at a time. All requests are tasks of the one runtime on the calling
//! thread, so that no other thread is needed.

use std::time::Duration;

use aws_sdk_sso::operation::list_account_roles::{ListAccountRolesError, ListAccountRolesOutput};
use aws_sdk_sso::operation::list_accounts::{ListAccountsError, ListAccountsOutput};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::endpoints::Service;
use super::{SdkIdentityCenter, answers, lists};
use crate::error::{ServiceError, ServiceErrorKind};
use crate::https::blocking::{too_late, within};
use crate::https::failure::Failure;
use crate::identity_center::pages::{LIST_ACCOUNT_ROLES, LIST_ACCOUNTS, one_at_a_time};
use crate::identity_center::{Deadline, IdentityCenter as _, List, Page, PageBatch, PageRequest, Step};
use crate::secret::Secret;

/// What the SDK gives for one request, before the deadline.
enum Answer {
    Accounts(Result<Result<ListAccountsOutput, SdkError<ListAccountsError, HttpResponse>>, Failure>),
    Roles(Result<Result<ListAccountRolesOutput, SdkError<ListAccountRolesError, HttpResponse>>, Failure>),
}

/// The requests that are under way. Each gives itself, when it was sent, and its answer.
type UnderWay = JoinSet<(PageRequest, Duration, Answer)>;

impl SdkIdentityCenter<'_> {
    /// Carries out `batch`, with several requests at a time.
    pub(super) fn carry_out(&self, access_token: &Secret, batch: &mut dyn PageBatch) {
        let Ok(runtime) = self.runtime() else {
            // Each request then fails with the reason.
            return one_at_a_time(batch, &mut |request, deadline| self.page(access_token, request, deadline));
        };
        runtime.block_on(async {
            let mut under_way = UnderWay::new();
            while let Some(pause) = self.send_what_is_next(access_token, batch, &mut under_way) {
                let joined = match pause {
                    Some(time) if under_way.is_empty() => {
                        sleep(time).await;
                        continue;
                    }
                    Some(time) => match timeout(time, under_way.join_next()).await {
                        Ok(joined) => joined,
                        Err(_) => continue,
                    },
                    None => under_way.join_next().await,
                };
                match joined {
                    Some(Ok((request, sent, answer))) => {
                        let page = self.read_page(access_token, sent, answer);
                        batch.take(request, page);
                    }
                    Some(Err(_)) => {}
                    None => return,
                }
            }
        });
    }

    /// Sends requests until the batch has to wait; gives how long at most. `None` if it is over.
    #[expect(clippy::option_option, reason = "the outer one ends the batch, the inner one is a time")]
    fn send_what_is_next(
        &self,
        access_token: &Secret,
        batch: &mut dyn PageBatch,
        under_way: &mut UnderWay,
    ) -> Option<Option<Duration>> {
        loop {
            match batch.next(under_way.len()) {
                Step::Ask(request, deadline) => {
                    if let Err(error) = self.start(access_token, &request, deadline, under_way) {
                        batch.take(request, Err(error));
                    }
                }
                Step::Wait(time) => return Some(Some(time)),
                Step::WaitForAnswer => return Some(None),
                Step::Stop => return None,
            }
        }
    }

    /// Sends one request.
    fn start(
        &self,
        access_token: &Secret,
        request: &PageRequest,
        deadline: Deadline,
        under_way: &mut UnderWay,
    ) -> Result<(), ServiceError> {
        let operation = request.list.operation();
        let token = self.valid_access_token(operation, access_token)?;
        let sent = self.context.elapsed();
        let patience = deadline.patience(self.context);
        let cannot_ask = match &self.portal_endpoint {
            Err(cause) => Some(Failure::new(ServiceErrorKind::Connection, cause.clone())),
            Ok(_) => patience.is_zero().then(too_late),
        };
        if let Some(failure) = cannot_ask {
            let answer: Result<Result<(), SdkError<ListAccountsError, HttpResponse>>, _> = Err(failure);
            return self.result((operation, Service::Portal, sent), &[access_token], answer, Ok);
        }
        let next_token = request.next_token.as_deref();
        let asked = request.clone();
        match &request.list {
            List::Accounts => {
                let send = lists::list_accounts(self.portal(), token, next_token);
                under_way.spawn(async move { (asked, sent, Answer::Accounts(within(patience, send).await)) })
            }
            List::Roles(account_id) => {
                let send = lists::list_account_roles(self.portal(), token, account_id, next_token);
                under_way.spawn(async move { (asked, sent, Answer::Roles(within(patience, send).await)) })
            }
        };
        Ok(())
    }

    fn read_page(&self, access_token: &Secret, sent: Duration, answer: Answer) -> Result<Page, ServiceError> {
        let secrets = &[access_token];
        match answer {
            Answer::Accounts(answer) => self
                .result((LIST_ACCOUNTS, Service::Portal, sent), secrets, answer, answers::accounts)
                .map(|(accounts, next)| Page::Accounts(accounts, next)),
            Answer::Roles(answer) => self
                .result((LIST_ACCOUNT_ROLES, Service::Portal, sent), secrets, answer, answers::role_names)
                .map(|(names, next)| Page::Roles(names, next)),
        }
    }
}
