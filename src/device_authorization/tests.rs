use std::cell::RefCell;
use std::collections::VecDeque;

use super::*;
use crate::identifiers::{AccountId, Region, RoleName, SessionName, StartUrl};
use crate::identity_center::{Account, Deadline, Redirect, RegisterClient};
use crate::role_credentials::RoleCredentials;
use crate::secret::Secret;
use crate::timestamp::Timestamp;

const NOW: Timestamp = Timestamp::from_unix(1_795_230_000);
const MINUTE: Duration = Duration::from_mins(1);

/// An Identity Center that answers polls from a script, and with `authorization_pending` after
/// the end of the script. It records the second of each poll.
struct Scripted<'a> {
    context: &'a Context,
    start: Result<DeviceAuthorization, ServiceErrorKind>,
    polls: RefCell<VecDeque<Poll>>,
    polled_at: RefCell<Vec<u64>>,
}

/// The answer to one poll: the result, the time it takes, and `Retry-After`.
struct Poll(Result<(), ServiceErrorKind>, Duration, Option<Duration>);

impl From<ServiceErrorKind> for Poll {
    fn from(kind: ServiceErrorKind) -> Self {
        Self(Err(kind), Duration::ZERO, None)
    }
}

const APPROVED: Poll = Poll(Ok(()), Duration::ZERO, None);

fn failure(operation: &'static str, kind: ServiceErrorKind, retry_after: Option<Duration>) -> ServiceError {
    ServiceError {
        operation,
        kind,
        status: None,
        code: None,
        message: None,
        endpoint: "oidc.eu-west-1.amazonaws.com".to_owned(),
        retry_after,
        server_date: None,
        proxy: None,
        asked_again: false,
    }
}

fn answer() -> DeviceAuthorization {
    DeviceAuthorization {
        device_code: Secret::new("device-code-secret"),
        user_code: "ABCD-EFGH".to_owned(),
        verification_uri: "https://device.sso.eu-west-1.amazonaws.com/".to_owned(),
        verification_uri_complete: "https://device.sso.eu-west-1.amazonaws.com/?user_code=ABCD-EFGH"
            .to_owned(),
        expires_in: Duration::from_mins(10),
        interval: Duration::from_secs(5),
    }
}

impl<'a> Scripted<'a> {
    fn new(context: &'a Context, polls: impl IntoIterator<Item = Poll>) -> Self {
        let polls = RefCell::new(polls.into_iter().collect());
        Self { context, start: Ok(answer()), polls, polled_at: RefCell::default() }
    }

    fn starting(context: &'a Context, start: Result<DeviceAuthorization, ServiceErrorKind>) -> Self {
        Self { start, ..Self::new(context, []) }
    }

    fn polled_at(&self) -> Vec<u64> {
        self.polled_at.borrow().clone()
    }
}

/// A deadline that is never reached.
const FAR: Deadline = Deadline::at(Duration::MAX);

impl IdentityCenter for Scripted<'_> {
    fn register_client(&self, _: &RegisterClient, _: Deadline) -> Result<RegisteredClient, ServiceError> {
        unreachable!("this room registers no client")
    }

    fn start_device_authorization(
        &self,
        client: Client<'_>,
        start_url: &str,
        _: Deadline,
    ) -> Result<DeviceAuthorization, ServiceError> {
        assert_eq!((client.id, client.secret.expose()), ("client", "client-secret"));
        assert_eq!(start_url, "https://d-1234567890.awsapps.com/start");
        self.start.clone().map_err(|kind| failure("StartDeviceAuthorization", kind, None))
    }

    fn create_token(
        &self,
        client: Client<'_>,
        grant: Grant<'_>,
        _: Deadline,
    ) -> Result<IssuedToken, ServiceError> {
        assert_eq!((client.id, client.secret.expose()), ("client", "client-secret"));
        assert!(matches!(grant, Grant::DeviceCode(code) if code.expose() == "device-code-secret"));
        self.polled_at.borrow_mut().push(self.context.elapsed().as_secs());
        let next = self.polls.borrow_mut().pop_front();
        let Poll(result, takes, retry_after) =
            next.unwrap_or_else(|| ServiceErrorKind::AuthorizationPending.into());
        self.context.advance(takes);
        result.map(|()| token()).map_err(|kind| failure("CreateToken", kind, retry_after))
    }

    fn get_role_credentials(
        &self,
        _: &Secret,
        _: &AccountId,
        _: &RoleName,
        _: Deadline,
    ) -> Result<RoleCredentials, ServiceError> {
        unreachable!("a sign-in asks for no credentials")
    }

    fn list_accounts(
        &self,
        _: &Secret,
        _: Option<&str>,
        _: Deadline,
    ) -> Result<(Vec<Account>, Option<String>), ServiceError> {
        unreachable!("a sign-in lists nothing")
    }

    fn list_account_roles(
        &self,
        _: &Secret,
        _: &AccountId,
        _: Option<&str>,
        _: Deadline,
    ) -> Result<(Vec<String>, Option<String>), ServiceError> {
        unreachable!("a sign-in lists nothing")
    }

    fn logout(&self, _: &Secret, _: Deadline) -> Result<(), ServiceError> {
        unreachable!("a sign-in does not sign out")
    }

    fn authorize_endpoint(&self) -> Result<String, ServiceError> {
        Ok("https://oidc.eu-west-1.amazonaws.com/authorize".to_owned())
    }

    fn redirect_of(&self, _: &str, _: Deadline) -> Result<Redirect, ServiceError> {
        unreachable!("the caller follows redirects")
    }
}

fn token() -> IssuedToken {
    IssuedToken {
        access_token: Secret::new("access"),
        expires_in: Duration::from_hours(8),
        refresh_token: None,
    }
}

fn session() -> SsoSession {
    SsoSession {
        name: Some(SessionName::parse("corp").unwrap()),
        start_url: StartUrl::parse("https://sso.example.com").unwrap(),
        region: Region::parse("eu-west-1").unwrap(),
        registration_scopes: None,
    }
}

fn begin(context: &Context, aws: &Scripted<'_>) -> Result<PendingAuthorization, ServiceError> {
    let client = RegisteredClient {
        client_id: "client".to_owned(),
        client_secret: Secret::new("client-secret"),
        expires_at: NOW.plus(Duration::from_hours(2160)),
    };
    start(context, aws, &client, (&session(), "https://d-1234567890.awsapps.com/start"), FAR)
}

/// An authorization that was started at [`NOW`].
fn pending() -> PendingAuthorization {
    let context = Context::fake(&[], NOW);
    begin(&context, &Scripted::new(&context, [])).unwrap()
}

/// Polls for `pending` in a new process that starts `later` than the authorization. Gives the
/// outcome, the second of each poll, and each state that was persisted.
fn poll(
    pending: &mut PendingAuthorization,
    later: Duration,
    wait: Duration,
    polls: Vec<Poll>,
) -> (Result<Outcome, ServiceError>, Vec<u64>, Vec<PendingAuthorization>) {
    let context = Context::fake(&[], NOW.plus(later));
    let aws = Scripted::new(&context, polls);
    let mut persisted = Vec::new();
    let outcome = poll_until(&context, &aws, pending, (wait, FAR), &mut |state| {
        persisted.push(state.clone());
        true
    });
    (outcome, aws.polled_at(), persisted)
}

fn read(text: &str) -> Option<PendingAuthorization> {
    PendingAuthorization::from_json(&serde_json::from_str(text).ok()?)
}

fn pending_polls(count: usize) -> Vec<Poll> {
    (0..count).map(|_| ServiceErrorKind::AuthorizationPending.into()).collect()
}

#[test]
fn a_started_authorization_has_all_data_for_another_process() {
    let started = pending();
    assert_eq!(started.device_code.expose(), "device-code-secret");
    assert_eq!(started.user_code, "ABCD-EFGH");
    assert_eq!(started.interval, Duration::from_secs(5));
    assert_eq!((started.started_at, started.expires_at), (NOW, NOW.plus(Duration::from_mins(10))));
    assert_eq!((started.client_id.as_str(), started.client_secret.expose()), ("client", "client-secret"));
    assert_eq!((started.session_key.as_str(), started.region.as_str()), ("corp", "eu-west-1"));
    assert_eq!(started.start_url, "https://sso.example.com", "as configured, not as AWS knows it");
    assert_eq!((started.prompted_at, started.browser_opened), (None, false));
}

#[test]
fn what_the_server_leaves_out_is_filled_in() {
    let context = Context::fake(&[], NOW);
    let bare = DeviceAuthorization {
        verification_uri_complete: String::new(),
        expires_in: Duration::ZERO,
        interval: Duration::ZERO,
        ..answer()
    };
    let started = begin(&context, &Scripted::starting(&context, Ok(bare))).unwrap();
    assert_eq!(started.verification_uri_complete, started.verification_uri);
    assert_eq!(started.interval, Duration::from_secs(5));
    assert_eq!(started.remaining(NOW), Duration::from_mins(10));
}

#[test]
fn the_life_of_a_code_and_the_interval_have_a_limit() {
    let context = Context::fake(&[], NOW);
    let endless = DeviceAuthorization { expires_in: Duration::MAX, interval: Duration::MAX, ..answer() };
    let mut started = begin(&context, &Scripted::starting(&context, Ok(endless))).unwrap();
    assert_eq!(started.remaining(NOW), Duration::from_hours(1));
    assert_eq!(started.interval, MINUTE);
    let wait = Duration::from_secs(59);
    let (outcome, polled_at, _) = poll(&mut started, Duration::ZERO, wait, vec![]);
    assert!(matches!(outcome, Ok(Outcome::StillPending)));
    assert!(polled_at.is_empty(), "{polled_at:?}");
}

#[test]
fn an_address_that_is_no_web_page_is_refused() {
    let context = Context::fake(&[], NOW);
    for uri in [
        "file:///etc/passwd",
        "http://device.sso.eu-west-1.amazonaws.com/",
        "javascript:alert(1)",
        "https://device.sso.amazonaws.com@evil.example/",
        "https://x/\u{1b}[2J",
        "calc.exe",
        "https://",
    ] {
        let plain = DeviceAuthorization { verification_uri: uri.to_owned(), ..answer() };
        let prefilled = DeviceAuthorization { verification_uri_complete: uri.to_owned(), ..answer() };
        for lie in [plain, prefilled] {
            let error = begin(&context, &Scripted::starting(&context, Ok(lie))).unwrap_err();
            assert_eq!(error.kind, ServiceErrorKind::NotAws, "{uri}");
            assert_eq!(error.endpoint, "oidc.eu-west-1.amazonaws.com");
            assert!(!format!("{error:?}").contains("evil"), "the address is not repeated");
        }
    }
    let no_code = DeviceAuthorization { user_code: String::new(), ..answer() };
    assert!(begin(&context, &Scripted::starting(&context, Ok(no_code))).is_err());
    let loopback = DeviceAuthorization { verification_uri: "http://127.0.0.1:1/".to_owned(), ..answer() };
    assert!(begin(&context, &Scripted::starting(&context, Ok(loopback))).is_ok());
}

#[test]
fn an_answer_that_would_show_its_own_device_code_is_refused() {
    let context = Context::fake(&[], NOW);
    let uri = "https://device.sso.eu-west-1.amazonaws.com/?code=device-code-secret".to_owned();
    for lie in [
        DeviceAuthorization { verification_uri: uri.clone(), ..answer() },
        DeviceAuthorization { verification_uri_complete: uri.clone(), ..answer() },
        DeviceAuthorization { user_code: "vice-code-secret".to_owned(), ..answer() },
    ] {
        let error = begin(&context, &Scripted::starting(&context, Ok(lie))).unwrap_err();
        assert_eq!(error.kind, ServiceErrorKind::NotAws);
        assert!(!format!("{error:?}").contains("device-code"), "{error:?}");
    }
    let short = DeviceAuthorization { device_code: Secret::new("device"), ..answer() };
    assert!(begin(&context, &Scripted::starting(&context, Ok(short))).is_ok(), "a word that any address has");
}

#[test]
fn a_failed_start_gives_the_error_of_the_request() {
    let context = Context::fake(&[], NOW);
    let aws = Scripted::starting(&context, Err(ServiceErrorKind::InvalidClient));
    assert_eq!(begin(&context, &aws).unwrap_err().kind, ServiceErrorKind::InvalidClient);
    assert_eq!(context.elapsed(), Duration::ZERO);
}

#[test]
fn the_first_poll_of_a_new_authorization_waits_for_the_interval() {
    let mut approved = pending_polls(2);
    approved.push(APPROVED);
    let (outcome, polled_at, _) = poll(&mut pending(), Duration::ZERO, MINUTE, approved);
    assert!(matches!(outcome, Ok(Outcome::Approved(token)) if token.access_token.expose() == "access"));
    assert_eq!(polled_at, [5, 10, 15]);
}

#[test]
fn polling_ends_with_the_time_to_wait() {
    let mut waiting = pending();
    let (outcome, polled_at, _) = poll(&mut waiting, Duration::ZERO, Duration::from_secs(50), vec![]);
    assert!(matches!(outcome, Ok(Outcome::StillPending)));
    assert_eq!(polled_at, [5, 10, 15, 20, 25, 30, 35, 40, 45, 50]);
    assert_eq!(waiting.remaining(NOW.plus(Duration::from_secs(50))), Duration::from_secs(550));
}

#[test]
fn a_wait_shorter_than_the_interval_makes_no_poll() {
    let (outcome, polled_at, persisted) =
        poll(&mut pending(), Duration::ZERO, Duration::from_secs(4), vec![]);
    assert!(matches!(outcome, Ok(Outcome::StillPending)));
    assert_eq!((polled_at, persisted.len()), (vec![], 0));
}

#[test]
fn a_process_that_joins_gets_the_token_at_its_first_poll() {
    let (outcome, polled_at, _) = poll(&mut pending(), 2 * MINUTE, Duration::ZERO, vec![APPROVED]);
    assert!(matches!(outcome, Ok(Outcome::Approved(_))));
    assert_eq!(polled_at, [0]);
}

#[test]
fn a_process_that_joins_right_after_a_poll_keeps_the_interval() {
    let mut joined = pending();
    joined.next_poll_at = NOW.plus(Duration::from_secs(66));
    let (_, polled_at, _) = poll(&mut joined, MINUTE, Duration::from_secs(10), vec![]);
    assert_eq!(polled_at, [6]);
}

#[test]
fn twenty_processes_in_a_row_do_not_poll_faster_than_one() {
    let mut shared = pending();
    let context = Context::fake(&[], NOW);
    let aws = Scripted::new(&context, []);
    for _ in 0..20 {
        // Each process is killed after its first poll. The next continues from the persisted state.
        let mut text = None;
        let outcome = poll_until(&context, &aws, &mut shared, (Duration::from_secs(6), FAR), &mut |state| {
            text.get_or_insert_with(|| state.to_json());
            true
        });
        assert!(matches!(outcome, Ok(Outcome::StillPending)));
        shared = read(text.unwrap().expose()).unwrap();
    }
    let polled_at = aws.polled_at();
    assert!(polled_at.len() >= 20);
    assert!(polled_at.windows(2).all(|pair| pair[1] - pair[0] >= 5), "{polled_at:?}");
}

#[test]
fn the_state_is_persisted_before_each_poll() {
    let (_, polled_at, persisted) = poll(&mut pending(), Duration::ZERO, Duration::from_secs(5), vec![]);
    assert_eq!(polled_at, [5]);
    assert_eq!(persisted[0].next_poll_at, NOW.plus(Duration::from_secs(11)));
    let (_, _, none) = poll(&mut pending(), Duration::from_mins(10), MINUTE, vec![]);
    assert_eq!(none.len(), 0, "nothing is persisted for a dead one");
}

#[test]
fn slow_down_adds_five_seconds_to_all_later_pauses() {
    let script = vec![ServiceErrorKind::SlowDown.into(), ServiceErrorKind::AuthorizationPending.into()];
    let mut slowed = pending();
    let (outcome, polled_at, persisted) = poll(&mut slowed, Duration::ZERO, Duration::from_secs(40), script);
    assert!(matches!(outcome, Ok(Outcome::StillPending)));
    assert_eq!(polled_at, [5, 15, 25, 35]);
    assert_eq!(slowed.interval, Duration::from_secs(10));
    assert_eq!(persisted[1].interval, Duration::from_secs(10), "persisted as soon as it is known");
    let (_, polled_at, _) = poll(&mut slowed, MINUTE, Duration::from_secs(25), vec![]);
    assert_eq!(polled_at, [0, 10, 20], "the next process keeps the slower pace");
}

#[test]
fn two_slow_downs_add_ten_seconds() {
    let script = vec![ServiceErrorKind::SlowDown.into(), ServiceErrorKind::SlowDown.into(), APPROVED];
    let (_, polled_at, _) = poll(&mut pending(), Duration::ZERO, MINUTE, script);
    assert_eq!(polled_at, [5, 15, 30]);
}

#[test]
fn an_expired_code_is_not_polled_for() {
    let (outcome, polled_at, _) = poll(&mut pending(), Duration::from_mins(10), MINUTE, vec![]);
    assert!(matches!(outcome, Ok(Outcome::Expired)));
    assert!(polled_at.is_empty(), "{polled_at:?}");
    let (outcome, polled_at, _) = poll(&mut pending(), Duration::from_secs(601), Duration::ZERO, vec![]);
    assert!(matches!(outcome, Ok(Outcome::Expired)));
    assert!(polled_at.is_empty(), "{polled_at:?}");
}

#[test]
fn polling_stops_when_the_code_expires() {
    let (outcome, polled_at, _) = poll(&mut pending(), Duration::from_secs(588), MINUTE, vec![]);
    assert!(matches!(outcome, Ok(Outcome::Expired)));
    assert_eq!(polled_at, [0, 5, 10]);
}

#[test]
fn each_refusal_has_its_outcome() {
    use ServiceErrorKind as Kind;
    let outcome = |kind: ServiceErrorKind| {
        let (outcome, polled_at, _) = poll(&mut pending(), MINUTE, MINUTE, vec![kind.into()]);
        assert_eq!(polled_at, [0], "one refusal is enough");
        outcome
    };
    assert!(matches!(outcome(Kind::AccessDenied), Ok(Outcome::Refused)));
    assert!(matches!(outcome(Kind::ExpiredToken), Ok(Outcome::Expired)));
    assert!(matches!(outcome(Kind::InvalidClient), Ok(Outcome::RegisterAgain)));
    assert!(matches!(outcome(Kind::UnauthorizedClient), Ok(Outcome::RegisterAgain)));
    for kind in [
        Kind::InvalidGrant,
        Kind::InvalidRequest,
        Kind::InvalidScope,
        Kind::Other,
        Kind::NotFound,
        Kind::Connection,
        Kind::Proxy,
        Kind::Exhausted,
        Kind::Untrusted { issuer: None },
    ] {
        assert_eq!(outcome(kind.clone()).unwrap_err().kind, kind);
    }
}

#[test]
fn polling_goes_on_after_lost_answers_with_longer_pauses() {
    use ServiceErrorKind as Kind;
    let script =
        vec![Kind::Broken.into(), Kind::TimedOut.into(), Kind::AuthorizationPending.into(), APPROVED];
    let (outcome, polled_at, _) = poll(&mut pending(), MINUTE, MINUTE, script);
    assert!(matches!(outcome, Ok(Outcome::Approved(_))));
    assert_eq!(polled_at, [0, 10, 30, 35], "doubled, doubled again, and back after an answer");
}

#[test]
fn too_many_lost_answers_end_the_polling_but_not_the_authorization() {
    let script = (0..9).map(|_| ServiceErrorKind::Unreachable.into()).collect();
    let mut kept = pending();
    let (outcome, polled_at, _) = poll(&mut kept, Duration::ZERO, 9 * MINUTE, script);
    let kind = outcome.unwrap_err().kind;
    assert_eq!(kind, ServiceErrorKind::Unreachable);
    assert!(survives(&kind));
    assert_eq!(polled_at, [5, 15, 35, 65, 95, 125, 155]);
    let (outcome, _, _) =
        poll(&mut kept, 4 * MINUTE, MINUTE, vec![ServiceErrorKind::Broken.into(), APPROVED]);
    assert!(matches!(outcome, Ok(Outcome::Approved(_))), "the next process has its own patience");
}

#[test]
fn the_duration_of_a_request_counts_as_waiting() {
    let hang = || Poll(Err(ServiceErrorKind::TimedOut), Duration::from_secs(20), None);
    let (outcome, polled_at, _) = poll(&mut pending(), MINUTE, Duration::from_secs(50), vec![hang(), hang()]);
    assert!(matches!(outcome, Ok(Outcome::StillPending)));
    assert_eq!(polled_at, [0, 30]);
}

#[test]
fn a_pause_asked_for_by_the_server_is_kept_up_to_a_minute() {
    let throttled =
        |seconds| Poll(Err(ServiceErrorKind::Throttled), Duration::ZERO, Some(Duration::from_secs(seconds)));
    let script = vec![throttled(17), throttled(100_000), APPROVED];
    let (outcome, polled_at, persisted) = poll(&mut pending(), MINUTE, 2 * MINUTE, script);
    assert!(matches!(outcome, Ok(Outcome::Approved(_))));
    assert_eq!(polled_at, [0, 17, 77]);
    assert_eq!(persisted[1].next_poll_at, NOW.plus(Duration::from_secs(78)), "other processes wait too");
}

#[test]
fn an_authorization_survives_failures_on_the_way_to_aws() {
    use ServiceErrorKind as Kind;
    for kind in [
        Kind::Broken,
        Kind::Server,
        Kind::NotAws,
        Kind::Connection,
        Kind::Proxy,
        Kind::Exhausted,
        Kind::Untrusted { issuer: None },
    ] {
        assert!(survives(&kind), "{kind:?}");
    }
    for kind in [Kind::InvalidGrant, Kind::InvalidRequest, Kind::AccessDenied, Kind::Other] {
        assert!(!survives(&kind), "{kind:?}");
    }
}

#[test]
fn a_lost_answer_is_remembered_until_the_next_answer() {
    let mut state = pending();
    assert!(!state.has_lost_an_answer());
    for answer in [ServiceErrorKind::AuthorizationPending, ServiceErrorKind::SlowDown] {
        state.after_poll(&ServiceErrorKind::TimedOut, NOW);
        assert!(state.has_lost_an_answer());
        state.after_poll(&answer, NOW);
        assert!(!state.has_lost_an_answer(), "{answer:?}");
    }
}

#[test]
fn each_poll_sets_the_time_of_the_next() {
    let mut state = pending();
    for (answer, seconds) in [
        (ServiceErrorKind::AuthorizationPending, 6),
        (ServiceErrorKind::SlowDown, 11),
        (ServiceErrorKind::TimedOut, 21),
    ] {
        assert_eq!(state.after_poll(&answer, NOW), PollStep::Again);
        assert_eq!(state.next_poll_at, NOW.plus(Duration::from_secs(seconds)), "{answer:?}");
    }
    for _ in 0..5 {
        state.after_poll(&ServiceErrorKind::TimedOut, NOW);
    }
    assert_eq!(state.after_poll(&ServiceErrorKind::TimedOut, NOW), PollStep::Failed);
}

#[test]
fn a_clock_that_was_set_back_makes_no_wait_longer() {
    let mut state = pending();
    let yesterday = Timestamp::from_unix(NOW.unix() - 86_400);
    assert_eq!(state.remaining(yesterday), Duration::from_mins(10));
    assert_eq!(state.until_next_poll(yesterday), Duration::from_secs(5));
    let context = Context::fake(&[], yesterday);
    let aws = Scripted::new(&context, []);
    let outcome = poll_until(&context, &aws, &mut state, (60 * MINUTE, FAR), &mut |_| true);
    assert!(matches!(outcome, Ok(Outcome::Expired)));
    assert!(context.elapsed() < Duration::from_mins(10));
}

#[test]
fn an_absurd_expiry_is_limited() {
    let mut state = pending();
    state.expires_at = Timestamp::from_unix(i64::MAX);
    assert_eq!(state.remaining(NOW), Duration::from_hours(1));
    assert_eq!(state.remaining(Timestamp::from_unix(i64::MAX)), Duration::ZERO);
    state.expires_at = Timestamp::from_unix(i64::MIN);
    assert_eq!(state.remaining(NOW), Duration::ZERO);
    assert!(!state.is_alive(NOW));
    state.next_poll_at = Timestamp::from_unix(i64::MAX);
    assert_eq!(state.until_next_poll(NOW), Duration::from_secs(31));
}

#[test]
fn an_authorization_belongs_to_one_session() {
    let state = pending();
    assert!(state.is_for(&session()) && state.is_alive(NOW));
    assert!(!state.is_for(&SsoSession { name: None, ..session() }));
    assert!(!state.is_for(&SsoSession { region: Region::parse("us-east-1").unwrap(), ..session() }));
    let moved = StartUrl::parse("https://other.example.com").unwrap();
    assert!(!state.is_for(&SsoSession { start_url: moved, ..session() }));
}

#[test]
fn an_authorization_is_read_as_it_was_written() {
    let mut state = pending();
    state.user_code = "é\"\n".to_owned();
    state.prompted_at = Some(NOW.plus(MINUTE));
    state.browser_opened = true;
    state.interval = Duration::from_millis(9_500);
    let text = state.to_json();
    assert!(text.expose().is_ascii());
    let read = read(text.expose()).unwrap();
    assert_eq!(read.interval, Duration::from_secs(10), "rounded up");
    assert_eq!((read.user_code.as_str(), read.browser_opened), ("é\"\n", true));
    assert_eq!((read.prompted_at, read.started_at), (Some(NOW.plus(MINUTE)), NOW));
    assert_eq!(read.device_code.expose(), "device-code-secret");
    assert_eq!(read.to_json().expose(), text.expose().replace("9.5", "10"));
    assert!(read.is_for(&session()));
    assert!(!format!("{read:?}").contains("secret\""), "no secret in debug output");
}

#[test]
fn junk_is_no_authorization() {
    let good = pending().to_json();
    let good = good.expose().trim_end();
    for cut in 0..good.len() {
        assert!(read(&good[..cut]).is_none(), "cut at {cut}");
    }
    for junk in ["", "null", "[]", "{}", "\u{0}", "{\"deviceCode\": 1}"] {
        assert!(read(junk).is_none(), "{junk:?}");
    }
    for (from, to) in [
        ("\"interval\": 5", "\"interval\": -5"),
        ("\"interval\": 5", "\"interval\": 0"),
        ("\"device-code-secret\"", "\"\""),
        ("\"device-code-secret\"", "{}"),
        ("https://device.sso.eu-west-1.amazonaws.com/\"", "file:///etc/passwd\""),
        ("\"startedAt\": \"2026", "\"startedAt\": \"x026"),
    ] {
        assert!(good.contains(from), "{from}");
        assert!(read(&good.replace(from, to)).is_none(), "{to}");
    }
    let odd =
        good.replacen('{', "{\"new\": [1], ", 1).replace("\"browserOpened\": false", "\"browserOpened\": 3");
    assert!(read(&odd).is_some_and(|read| !read.browser_opened));
}
