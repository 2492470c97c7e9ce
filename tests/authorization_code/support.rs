//! One sign-in with a scripted browser and a scripted Identity Center.

use std::cell::RefCell;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self};
use std::time::Duration;

use aws_sso_cred::authorization_code::{AuthorizationCodeError, CallbackListener, PageFacts, Steps, sign_in};
use aws_sso_cred::context::Context;
use aws_sso_cred::error::{LoginCommands, ServiceError, ServiceErrorKind};
use aws_sso_cred::identifiers::{AccountId, Region, RoleName, SessionName, StartUrl};
use aws_sso_cred::identity_center::{
    Account, Client, Deadline, DeviceAuthorization, Grant, IdentityCenter, IssuedToken, Redirect,
    RegisterClient, RegisteredClient,
};
use aws_sso_cred::request::SsoSession;
use aws_sso_cred::role_credentials::RoleCredentials;
use aws_sso_cred::secret::Secret;

use crate::{ENDPOINT, LONG_ENOUGH};

/// One sign-in, the URL it opened, and what the browser read.
pub struct Run {
    pub outcome: Result<IssuedToken, AuthorizationCodeError>,
    pub url: String,
    pub state: String,
    pub answers: Vec<String>,
}

impl Run {
    pub fn new(aws: &StandIn, browse: impl FnOnce(Browser) -> Vec<String> + Send + 'static) -> Self {
        Self::with_session(aws, &corp(), browse)
    }

    pub fn with_session(
        aws: &StandIn,
        session: &SsoSession,
        browse: impl FnOnce(Browser) -> Vec<String> + Send + 'static,
    ) -> Self {
        Self::with_facts(aws, &PageFacts { session, login: &login(), tries_again: false }, browse)
    }

    pub fn with_facts(
        aws: &StandIn,
        facts: &PageFacts<'_>,
        browse: impl FnOnce(Browser) -> Vec<String> + Send + 'static,
    ) -> Self {
        let listener = CallbackListener::bind(None).unwrap();
        let port = listener.port();
        let secret = Secret::new("client-secret");
        let (mut url, mut browse, mut browsing) = (String::new(), Some(browse), None);
        let outcome = sign_in(
            &Context::real(),
            aws,
            &listener,
            client(&secret),
            &mut Steps {
                open: &mut |authorize_url| {
                    authorize_url.clone_into(&mut url);
                    let browser = Browser { port, state: parameter(authorize_url, "state") };
                    let browse = browse.take().expect("the browser is opened only once");
                    browsing = Some(thread::spawn(move || browse(browser)));
                },
                keep: &mut |_| Ok(()),
                is_wanted: &|| true,
            },
            LONG_ENOUGH,
            facts,
        );
        let answers = browsing.expect("opened").join().unwrap();
        Self { outcome, state: parameter(&url, "state"), url, answers }
    }
}

/// A client that connects to the listener.
#[derive(Clone)]
pub struct Browser {
    pub port: u16,
    pub state: String,
}

impl Browser {
    pub fn right(&self, code: &str) -> String {
        format!("/oauth/callback?code={code}&state={}", self.state)
    }

    pub fn get(&self, target: &str) -> String {
        self.send(&request(target))
    }

    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).unwrap();
        stream.set_read_timeout(Some(LONG_ENOUGH)).unwrap();
        stream
    }

    /// Sends the request and does not read the answer.
    pub fn ask(&self, target: &str) -> TcpStream {
        let mut stream = self.connect();
        stream.write_all(request(target).as_bytes()).unwrap();
        stream
    }

    pub fn send(&self, request: &str) -> String {
        let mut stream = self.connect();
        stream.write_all(request.as_bytes()).unwrap();
        read_all(stream)
    }
}

pub fn pause(duration: Duration) {
    Context::real().sleep(duration);
}

pub fn request(target: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nSec-Fetch-Mode: navigate\r\n\r\n")
}

pub fn read_all(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8(answer).unwrap()
}

pub fn parameter(url: &str, name: &str) -> String {
    let (_, query) = url.split_once('?').unwrap();
    let value = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')).unwrap();
    value.replace("%3A", ":").replace("%2F", "/")
}

pub fn corp() -> SsoSession {
    SsoSession {
        name: Some(SessionName::parse("corp").unwrap()),
        start_url: StartUrl::parse("https://corp.awsapps.com/start").unwrap(),
        region: Region::parse("eu-west-1").unwrap(),
        registration_scopes: None,
    }
}

pub fn login() -> LoginCommands {
    LoginCommands {
        session: "sso-session `corp`".to_owned(),
        ours: "aws-sso-cred login --sso-session corp".to_owned(),
        aws_cli: None,
    }
}

pub fn client(secret: &Secret) -> Client<'_> {
    Client { id: "client-id", secret }
}

/// An Identity Center that exchanges codes and records them.
#[derive(Default)]
pub struct StandIn {
    pub exchanges: RefCell<Vec<Exchange>>,
    pub exchange_fails: Option<ServiceErrorKind>,
    pub hold: Option<Hold>,
}

/// An exchange that waits until the browser has sent `times` signals.
pub struct Hold {
    pub begun: Sender<()>,
    pub done: Receiver<()>,
    pub times: usize,
}

impl Hold {
    /// The hold, a receiver that fires when the exchange has begun, and a sender that releases it.
    pub fn until(times: usize) -> (Self, Receiver<()>, Sender<()>) {
        let ((begun, has_begun), (is_done, done)) = (mpsc::channel(), mpsc::channel());
        (Self { begun, done, times }, has_begun, is_done)
    }

    pub fn wait(&self) {
        let _ = self.begun.send(());
        for _ in 0..self.times {
            self.done.recv_timeout(LONG_ENOUGH).unwrap();
        }
    }
}

pub struct Exchange {
    pub code: String,
    pub code_verifier: String,
    pub redirect_uri: String,
}

impl StandIn {
    pub fn codes(&self) -> Vec<String> {
        self.exchanges.borrow().iter().map(|exchange| exchange.code.clone()).collect()
    }
}

impl IdentityCenter for StandIn {
    fn create_token(
        &self,
        client: Client<'_>,
        grant: Grant<'_>,
        _: Deadline,
    ) -> Result<IssuedToken, ServiceError> {
        assert_eq!((client.id, client.secret.expose()), ("client-id", "client-secret"));
        let Grant::AuthorizationCode { code, code_verifier, redirect_uri } = grant else {
            panic!("another grant")
        };
        self.exchanges.borrow_mut().push(Exchange {
            code: code.expose().to_owned(),
            code_verifier: code_verifier.expose().to_owned(),
            redirect_uri: redirect_uri.to_owned(),
        });
        if let Some(hold) = &self.hold {
            hold.wait();
        }
        match &self.exchange_fails {
            Some(kind) => Err(service_error(kind.clone())),
            None => Ok(IssuedToken {
                access_token: Secret::new("access-token"),
                expires_in: Duration::from_hours(1),
                refresh_token: Some(Secret::new("refresh-token")),
            }),
        }
    }

    fn authorize_endpoint(&self) -> Result<String, ServiceError> {
        Ok(ENDPOINT.to_owned())
    }

    fn redirect_of(&self, _: &str, _: Deadline) -> Result<Redirect, ServiceError> {
        unreachable!()
    }

    fn register_client(&self, _: &RegisterClient, _: Deadline) -> Result<RegisteredClient, ServiceError> {
        unreachable!()
    }

    fn start_device_authorization(
        &self,
        _: Client<'_>,
        _: &str,
        _: Deadline,
    ) -> Result<DeviceAuthorization, ServiceError> {
        unreachable!()
    }

    fn get_role_credentials(
        &self,
        _: &Secret,
        _: &AccountId,
        _: &RoleName,
        _: Deadline,
    ) -> Result<RoleCredentials, ServiceError> {
        unreachable!()
    }

    fn list_accounts(
        &self,
        _: &Secret,
        _: Option<&str>,
        _: Deadline,
    ) -> Result<(Vec<Account>, Option<String>), ServiceError> {
        unreachable!()
    }

    fn list_account_roles(
        &self,
        _: &Secret,
        _: &AccountId,
        _: Option<&str>,
        _: Deadline,
    ) -> Result<(Vec<String>, Option<String>), ServiceError> {
        unreachable!()
    }

    fn logout(&self, _: &Secret, _: Deadline) -> Result<(), ServiceError> {
        unreachable!()
    }
}

pub fn service_error(kind: ServiceErrorKind) -> ServiceError {
    ServiceError {
        operation: "CreateToken",
        kind,
        status: Some(401),
        code: Some("InvalidClientException".to_owned()),
        message: Some("no <b>such</b> client".to_owned()),
        endpoint: "oidc.eu-west-1.amazonaws.com".to_owned(),
        retry_after: None,
        server_date: None,
        proxy: None,
        asked_again: false,
    }
}
