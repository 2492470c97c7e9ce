//! A home with a clock that the test sets, and an Identity Center that uses that clock.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::time::{Duration, Instant, SystemTime};

use aws_sso_cred::cache::Caches;
use aws_sso_cred::cli::CredentialProcessOptions;
use aws_sso_cred::context::Context;
use aws_sso_cred::credential_process::{
    Run, cached_role_credentials, found_at_first, obtain_role_credentials,
};
use aws_sso_cred::error::{Error, ServiceError, ServiceErrorKind};
use aws_sso_cred::identifiers::{AccountId, RoleName};
use aws_sso_cred::identity_center::{
    Account, Client, Deadline, DeviceAuthorization, Grant, IdentityCenter, IssuedToken, Redirect,
    RegisterClient, RegisteredClient,
};
use aws_sso_cred::role_credentials::RoleCredentials;
use aws_sso_cred::secret::Secret;
use aws_sso_cred::selection::{self, Selection};
use aws_sso_cred::state::StateDirectory;
use aws_sso_cred::timestamp::Timestamp;

const CONFIG: &str = "\
[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = eu-west-1

[profile dev]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = Developer
";

const BEGINNING: i64 = 1_795_230_000;
const HOUR: Duration = Duration::from_hours(1);

/// A home, its person, and AWS's records.
pub struct World {
    home: tempfile::TempDir,
    now: Cell<i64>,
    approved_after: Cell<usize>,
    polls: Cell<usize>,
    /// The number of the latest client, code, sign-in or token.
    issued: Cell<u64>,
    access_token: RefCell<String>,
    refresh_token: RefCell<String>,
    client_dies_at: Cell<i64>,
    requests: RefCell<Vec<&'static str>>,
}

impl World {
    /// A world without a sign-in, in which the person approves at the third poll.
    pub fn new() -> World {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir_all(home.path().join(".aws")).unwrap();
        fs::write(home.path().join(".aws/config"), CONFIG).unwrap();
        fs::create_dir(home.path().join("tabs")).unwrap();
        let browser = home.path().join("browser");
        // The tab file is renamed when it is whole.
        let script = format!(
            "#!/bin/sh\necho \"$@\" > '{0}'/tab.$$\nmv '{0}'/tab.$$ '{0}'/tabs/$$\n",
            home.path().display()
        );
        fs::write(&browser, script).unwrap();
        fs::set_permissions(&browser, fs::Permissions::from_mode(0o755)).unwrap();
        World {
            home,
            now: Cell::new(BEGINNING),
            approved_after: Cell::new(2),
            polls: Cell::default(),
            issued: Cell::default(),
            access_token: RefCell::default(),
            refresh_token: RefCell::default(),
            client_dies_at: Cell::default(),
            requests: RefCell::default(),
        }
    }

    /// Does the work of one process; gives the access key id.
    pub fn run(&self, interactive: bool) -> Result<String, Error> {
        let home = self.home.path().to_str().unwrap();
        let browser = format!("{home}/browser");
        let variables =
            [("HOME", home), ("BROWSER", &browser), ("PATH", "/usr/bin:/bin"), ("XDG_STATE_HOME", home)];
        let context = Context::fake(&variables, Timestamp::from_unix(self.now.get()));
        let selection = Selection {
            profile: Some("dev".to_owned()),
            interactive: Some(interactive),
            ..Selection::default()
        };
        let resolved = selection::resolve_role(&context, &selection)?;
        let options = CredentialProcessOptions { selection, ..CredentialProcessOptions::default() };
        let caches = Caches::find(&context)?;
        if let Some(cached) = cached_role_credentials(&context, &caches, &resolved.request, &options) {
            return Ok(cached.access_key_id);
        }
        let state = StateDirectory::find(&context);
        let aws = Scripted { world: self, context: &context };
        let found = found_at_first(&context, &caches, &resolved.request, &options);
        let run = Run::new(&context, &caches, &state, &resolved, &options, &aws, found);
        let outcome = obtain_role_credentials(&run);
        self.now.set(context.now().unix());
        outcome.map(|credentials| credentials.access_key_id)
    }

    pub fn pass(&self, seconds: i64) {
        self.now.set(self.now.get() + seconds);
    }

    pub fn seconds_since_start(&self) -> i64 {
        self.now.get() - BEGINNING
    }

    /// Lets the person approve after `polls` polls of every code.
    pub fn approve_after(&self, polls: usize) {
        self.approved_after.set(polls);
        self.polls.set(0);
    }

    /// The number of polls of the latest code.
    pub fn polls(&self) -> usize {
        self.polls.get()
    }

    /// An administrator ends the person's session.
    pub fn end_session(&self) {
        self.access_token.borrow_mut().clear();
        self.refresh_token.borrow_mut().clear();
    }

    /// The requests since the last call of this function.
    pub fn take_requests(&self) -> Vec<&'static str> {
        self.requests.take()
    }

    #[track_caller]
    pub fn assert_tabs(&self, count: usize) {
        let tabs = || fs::read_dir(self.home.path().join("tabs")).unwrap().count();
        let deadline = Instant::now() + Duration::from_mins(1);
        while tabs() < count && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(5));
        }
        std::thread::sleep(Duration::from_millis(50));
        assert_eq!(tabs(), count, "tabs");
    }

    /// Every file in the home, with its time of change.
    pub fn files(&self) -> BTreeMap<PathBuf, (SystemTime, Vec<u8>)> {
        let mut files = BTreeMap::new();
        let mut directories = vec![self.home.path().to_owned()];
        while let Some(directory) = directories.pop() {
            for entry in fs::read_dir(directory).unwrap().flatten() {
                let metadata = entry.metadata().unwrap();
                if metadata.is_dir() {
                    directories.push(entry.path());
                } else {
                    let content = fs::read(entry.path()).unwrap();
                    files.insert(entry.path(), (metadata.modified().unwrap(), content));
                }
            }
        }
        files
    }

    fn next(&self) -> u64 {
        self.issued.set(self.issued.get() + 1);
        self.issued.get()
    }

    fn issue(&self) -> IssuedToken {
        let number = self.next();
        *self.access_token.borrow_mut() = format!("access-{number}");
        *self.refresh_token.borrow_mut() = format!("refresh-{number}");
        IssuedToken {
            access_token: Secret::new(self.access_token.borrow().clone()),
            expires_in: HOUR,
            refresh_token: Some(Secret::new(self.refresh_token.borrow().clone())),
        }
    }
}

/// Identity Center for the requests of one process.
struct Scripted<'a> {
    world: &'a World,
    context: &'a Context,
}

impl Scripted<'_> {
    /// Notes the request, which fails if the time for requests is over.
    fn ask(&self, operation: &'static str, deadline: Deadline) -> Result<(), ServiceError> {
        self.world.requests.borrow_mut().push(operation);
        let over = deadline.left(self.context).is_zero();
        if over { Err(failure(operation, ServiceErrorKind::TimedOut)) } else { Ok(()) }
    }

    fn now(&self) -> i64 {
        self.context.now().unix()
    }
}

fn failure(operation: &'static str, kind: ServiceErrorKind) -> ServiceError {
    ServiceError {
        operation,
        kind,
        status: None,
        code: None,
        message: None,
        endpoint: "oidc.eu-west-1.amazonaws.com".to_owned(),
        retry_after: None,
        server_date: None,
        proxy: None,
        asked_again: false,
    }
}

impl IdentityCenter for Scripted<'_> {
    fn register_client(
        &self,
        request: &RegisterClient,
        deadline: Deadline,
    ) -> Result<RegisteredClient, ServiceError> {
        self.ask("RegisterClient", deadline)?;
        assert_eq!(request.scopes, ["sso:account:access"], "so that the session can be refreshed");
        self.world.client_dies_at.set(self.now() + 90 * 24 * 3600);
        Ok(RegisteredClient {
            client_id: format!("client-{}", self.world.next()),
            client_secret: Secret::new("client-secret"),
            expires_at: Timestamp::from_unix(self.world.client_dies_at.get()),
        })
    }

    fn start_device_authorization(
        &self,
        _: Client<'_>,
        start_url: &str,
        deadline: Deadline,
    ) -> Result<DeviceAuthorization, ServiceError> {
        self.ask("StartDeviceAuthorization", deadline)?;
        assert_eq!(start_url, "https://corp.awsapps.com/start");
        self.world.polls.set(0);
        Ok(DeviceAuthorization {
            device_code: Secret::new(format!("device-{}", self.world.next())),
            user_code: "ABCD-EFGH".to_owned(),
            verification_uri: "https://device.sso.eu-west-1.amazonaws.com/".to_owned(),
            verification_uri_complete: "https://device.sso.eu-west-1.amazonaws.com/?user_code=ABCD-EFGH"
                .to_owned(),
            expires_in: Duration::from_mins(10),
            interval: Duration::from_secs(5),
        })
    }

    fn create_token(
        &self,
        _: Client<'_>,
        grant: Grant<'_>,
        deadline: Deadline,
    ) -> Result<IssuedToken, ServiceError> {
        self.ask("CreateToken", deadline)?;
        let refuse = |kind| Err(failure("CreateToken", kind));
        assert!(self.now() < self.world.client_dies_at.get(), "an expired client sends no request");
        match grant {
            Grant::DeviceCode(_) if self.world.polls.get() >= self.world.approved_after.get() => {
                self.world.polls.set(self.world.polls.get() + 1);
                Ok(self.world.issue())
            }
            Grant::DeviceCode(_) => {
                self.world.polls.set(self.world.polls.get() + 1);
                refuse(ServiceErrorKind::AuthorizationPending)
            }
            Grant::RefreshToken(token) if token.expose() == *self.world.refresh_token.borrow() => {
                Ok(self.world.issue())
            }
            _ => refuse(ServiceErrorKind::InvalidGrant),
        }
    }

    fn get_role_credentials(
        &self,
        access_token: &Secret,
        _: &AccountId,
        _: &RoleName,
        deadline: Deadline,
    ) -> Result<RoleCredentials, ServiceError> {
        self.ask("GetRoleCredentials", deadline)?;
        if access_token.expose() != *self.world.access_token.borrow() {
            return Err(failure("GetRoleCredentials", ServiceErrorKind::Unauthorized));
        }
        Ok(RoleCredentials {
            access_key_id: format!("ASIA{}", self.world.next()),
            secret_access_key: Secret::new("secret-access-key"),
            session_token: Secret::new("session-token"),
            expiration: self.context.now().plus(HOUR),
        })
    }

    fn list_accounts(
        &self,
        _: &Secret,
        _: Option<&str>,
        _: Deadline,
    ) -> Result<(Vec<Account>, Option<String>), ServiceError> {
        panic!("credentials take no listing")
    }

    fn list_account_roles(
        &self,
        _: &Secret,
        _: &AccountId,
        _: Option<&str>,
        _: Deadline,
    ) -> Result<(Vec<String>, Option<String>), ServiceError> {
        panic!("credentials take no listing")
    }

    fn logout(&self, _: &Secret, _: Deadline) -> Result<(), ServiceError> {
        panic!("nobody signs out")
    }

    fn authorize_endpoint(&self) -> Result<String, ServiceError> {
        Ok("https://oidc.eu-west-1.amazonaws.com/authorize".to_owned())
    }

    fn redirect_of(&self, _: &str, _: Deadline) -> Result<Redirect, ServiceError> {
        panic!("an address of AWS's own is not looked up")
    }
}
