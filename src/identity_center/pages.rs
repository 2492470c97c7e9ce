//! Many pages of lists, asked for in one go: several requests at a time where the implementation
//! can do that, else one after the other.
//!
//! What is asked next, and when, is decided by the [`PageBatch`].

use std::time::Duration;

use super::deadline::Deadline;
use crate::error::ServiceError;
use crate::identifiers::AccountId;

/// An account that the signed-in person can reach, as the portal gives it: nothing is checked, and
/// what is missing is empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Twelve digits.
    pub account_id: String,
    /// The account's display name.
    pub account_name: String,
    /// The account's e-mail address.
    pub email_address: String,
}

/// A list that the portal gives in pages.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum List {
    /// The accounts: `ListAccounts`.
    Accounts,
    /// The roles in one account: `ListAccountRoles`.
    Roles(AccountId),
}

/// The operations of the two lists.
pub(super) const LIST_ACCOUNTS: &str = "ListAccounts";
pub(super) const LIST_ACCOUNT_ROLES: &str = "ListAccountRoles";

impl List {
    /// The operation that gives the list.
    pub const fn operation(&self) -> &'static str {
        match self {
            Self::Accounts => LIST_ACCOUNTS,
            Self::Roles(_) => LIST_ACCOUNT_ROLES,
        }
    }
}

/// One page to ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    /// The list.
    pub list: List,
    /// The token of the page, from the page before it; `None` for the first page.
    pub next_token: Option<String>,
}

/// One page, and the token of the next one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Page {
    /// A page of accounts.
    Accounts(Vec<Account>, Option<String>),
    /// A page of role names.
    Roles(Vec<String>, Option<String>),
}

/// What a batch does next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Ask for this page.
    Ask(PageRequest, Deadline),
    /// Ask again what is next after this time, or after an answer if that comes first.
    Wait(Duration),
    /// Wait for an answer. If none is awaited, the batch is finished.
    WaitForAnswer,
    /// The batch is over; answers that are awaited are dropped.
    Stop,
}

/// Decides which pages are asked for, and takes the answers.
pub trait PageBatch {
    /// The next step, while `under_way` answers are awaited.
    fn next(&mut self, under_way: usize) -> Step;

    /// Takes the answer to `request`.
    fn take(&mut self, request: PageRequest, answer: Result<Page, ServiceError>);

    /// Waits where there is no runtime that could: `one_at_a_time` calls it.
    fn wait(&mut self, time: Duration);
}

/// Carries out `batch` with one request at a time; `ask` sends it.
pub fn one_at_a_time(
    batch: &mut dyn PageBatch,
    ask: &mut dyn FnMut(&PageRequest, Deadline) -> Result<Page, ServiceError>,
) {
    loop {
        match batch.next(0) {
            Step::Ask(request, deadline) => {
                let answer = ask(&request, deadline);
                batch.take(request, answer);
            }
            Step::Wait(time) => batch.wait(time),
            Step::WaitForAnswer | Step::Stop => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ServiceErrorKind;

    /// Asks for two pages with a pause between them, and notes what happens.
    struct TwoPages(Vec<String>);

    impl PageBatch for TwoPages {
        fn next(&mut self, under_way: usize) -> Step {
            assert_eq!(under_way, 0);
            let ask = |next_token: Option<&str>| {
                let next_token = next_token.map(str::to_owned);
                Step::Ask(PageRequest { list: List::Accounts, next_token }, Deadline::at(Duration::MAX))
            };
            match self.0.len() {
                0 => ask(None),
                1 => Step::Wait(Duration::from_secs(7)),
                2 => ask(Some("second")),
                _ => Step::WaitForAnswer,
            }
        }

        fn take(&mut self, request: PageRequest, answer: Result<Page, ServiceError>) {
            self.0.push(format!("{:?} {}", request.next_token, answer.is_ok()));
        }

        fn wait(&mut self, time: Duration) {
            self.0.push(format!("waits {} s", time.as_secs()));
        }
    }

    #[test]
    fn requests_are_sent_one_after_the_other_where_that_is_all_that_can_be_done() {
        let mut batch = TwoPages(Vec::new());
        one_at_a_time(&mut batch, &mut |request, _| match request.next_token {
            None => Ok(Page::Accounts(Vec::new(), Some("second".to_owned()))),
            Some(_) => Err(ServiceError::unanswered(LIST_ACCOUNTS, ServiceErrorKind::Broken, "AWS", "")),
        });
        assert_eq!(batch.0, ["None true", "waits 7 s", "Some(\"second\") false"]);
    }
}
