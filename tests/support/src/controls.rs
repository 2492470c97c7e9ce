//! The controls of a running stand-in, for tests.

use std::time::Duration;

use crate::fault::{Fault, Times};
use crate::identity_center::IdentityCenter;
use crate::operation::Operation;
use crate::settings::{AuthorizeBehaviour, DevicePerson};
use crate::state::{Decision, State};

impl IdentityCenter {
    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.shared.state())
    }

    /// Makes one access token invalid.
    pub fn revoke(&self, access_token: &str) {
        self.change(|state| state.access_tokens.remove(access_token));
    }

    /// Ends every sign-in: access tokens get 401, refreshing `invalid_grant`.
    pub fn end_session(&self) {
        self.change(|state| {
            state.access_tokens.clear();
            state.refresh_tokens.clear();
        });
    }

    /// Makes a registration expire.
    pub fn expire_client(&self, client_id: &str) {
        self.change(|state| {
            let now = state.now();
            if let Some(registration) = state.registrations.get_mut(client_id) {
                registration.client.expires_at = now - 1;
            }
        });
    }

    /// Approves a device authorization; false if no such code is waiting.
    pub fn approve(&self, user_code: &str) -> bool {
        self.change(|state| state.decide(user_code, Decision::Approved))
    }

    /// Refuses a device authorization; false if no such code is waiting.
    pub fn deny(&self, user_code: &str) -> bool {
        self.change(|state| state.decide(user_code, Decision::Denied))
    }

    /// Approves every device authorization after this many pending polls.
    pub fn auto_approve(&self, after_polls: u32) {
        self.change(|state| state.settings.device_person = DevicePerson::ApprovesAfter(after_polls));
    }

    /// Refuses every device authorization after this many pending polls.
    pub fn auto_deny(&self, after_polls: u32) {
        self.change(|state| state.settings.device_person = DevicePerson::DeniesAfter(after_polls));
    }

    /// Leaves device authorizations to `approve` and `deny` again.
    pub fn no_auto_decision(&self) {
        self.change(|state| state.settings.device_person = DevicePerson::Waits);
    }

    /// The user code of the newest device authorization that waits for a
    /// decision.
    ///
    /// # Panics
    ///
    /// If there is none before the timeout.
    #[must_use]
    pub fn wait_for_user_code(&self, timeout: Duration) -> String {
        let found = self.shared.wait_for(timeout, waiting_user_code);
        found.expect("a device authorization was started in time")
    }

    /// Like [`Self::wait_for_user_code`], without waiting.
    #[must_use]
    pub fn waiting_user_code(&self) -> Option<String> {
        waiting_user_code(&self.shared.state())
    }

    /// Waits until this many requests have asked for an operation. Their answers may still
    /// be open: see [`Self::wait_for_outcomes`].
    ///
    /// # Panics
    ///
    /// If the timeout comes first.
    pub fn wait_for_requests(&self, operation: Operation, count: usize, timeout: Duration) {
        let enough = |state: &State| (state.journal.count(operation) >= count).then_some(());
        let found = self.shared.wait_for(timeout, enough);
        found.expect("the requests came in time");
    }

    /// Waits until the answers to this many requests for an operation are decided: later changes do
    /// not affect these answers.
    ///
    /// # Panics
    ///
    /// If the timeout comes first.
    pub fn wait_for_outcomes(&self, operation: Operation, count: usize, timeout: Duration) {
        let enough = |state: &State| (state.journal.decided(operation) >= count).then_some(());
        let found = self.shared.wait_for(timeout, enough);
        found.expect("the requests were answered in time");
    }

    /// Sets the polling interval and the lifetime of device codes, and whether an early poll gets a
    /// `slow_down`.
    pub fn set_device(&self, interval_seconds: u64, expires_in_seconds: u64, strict_slow_down: bool) {
        self.change(|state| {
            state.settings.device_interval = interval_seconds;
            state.settings.device_lifetime = expires_in_seconds;
            state.settings.strict_slow_down = strict_slow_down;
        });
    }

    /// Sets the answer to authorize URLs.
    pub fn authorize_behaviour(&self, behaviour: AuthorizeBehaviour) {
        self.change(|state| state.settings.authorize = behaviour);
    }

    /// Approves authorize URLs at once, or holds them.
    pub fn auto_approve_authorize(&self, approve: bool) {
        self.authorize_behaviour(if approve {
            AuthorizeBehaviour::Approve
        } else {
            AuthorizeBehaviour::Hold
        });
    }

    /// Sets how long role credentials live from now on.
    pub fn set_role_credentials_lifetime(&self, lifetime: Duration) {
        self.change(|state| state.settings.role_credentials_lifetime = lifetime);
    }

    /// Sets how long access tokens live from now on, of every kind.
    pub fn set_access_token_lifetime(&self, lifetime: Duration) {
        self.change(|state| state.settings.access_token_lifetime = Some(lifetime));
    }

    /// Sets how long registrations live from now on.
    pub fn set_registration_lifetime(&self, lifetime: Duration) {
        self.change(|state| state.settings.registration_lifetime = lifetime);
    }

    /// Sets whether a refresh token is good for one refresh only, and then
    /// replaced. Otherwise the same one comes back.
    pub fn set_refresh_single_use(&self, single_use: bool) {
        self.change(|state| state.settings.refresh_single_use = single_use);
    }

    /// Sets whether the answer to a refresh has no refresh token. The one
    /// that was presented then stays good.
    pub fn set_refresh_omits_token(&self, omits: bool) {
        self.change(|state| state.settings.refresh_omits_token = omits);
    }

    /// Sets the number of accounts or roles on a page, also where a caller asks for more.
    pub fn set_page_size(&self, size: usize) {
        self.change(|state| state.settings.page_size = size.max(1));
    }

    /// Shifts the server's clock: its `Date` and its idea of what has expired.
    pub fn set_clock_skew(&self, seconds: i64) {
        self.change(|state| state.settings.clock_skew = seconds);
    }

    /// Makes an operation fail. Faults of one operation queue up.
    pub fn fault(&self, operation: Operation, fault: Fault, times: Times) {
        self.change(|state| state.faults.add(operation, fault, times));
    }

    /// Forgets the faults that have not happened yet.
    pub fn clear_faults(&self) {
        self.change(|state| state.faults.clear());
    }

    /// Answers an operation late; zero lifts the delay.
    pub fn delay(&self, operation: Operation, delay: Duration) {
        self.change(|state| state.delays.insert(operation, delay));
    }

    /// Holds all answers of an operation until it is released, so that a test can act before the
    /// answer without a time limit.
    pub fn hold(&self, operation: Operation) {
        self.change(|state| state.held.insert(operation));
    }

    /// Sends the answers that [`hold`](Self::hold) has held, and no longer holds later ones.
    pub fn release(&self, operation: Operation) {
        self.change(|state| state.held.remove(&operation));
        self.shared.wake();
    }

    /// Refuses an operation with 429 beyond this rate, which is also the size
    /// of a burst, with `Retry-After` if given. Zero lifts the limit.
    pub fn rate_limit(&self, operation: Operation, per_second: u32, retry_after: Option<u64>) {
        self.change(|state| state.limits.set(operation, per_second, retry_after));
    }
}

fn waiting_user_code(state: &State) -> Option<String> {
    let devices = state.devices.iter().rev();
    let mut devices = devices.filter(|device| device.decision == Decision::Pending);
    devices.next().map(|device| device.user_code.clone())
}
