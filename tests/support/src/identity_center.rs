//! The handle of a running stand-in: starting it, and reading its records.

use std::sync::Arc;
use std::time::Duration;

use crate::oidc::{device_grants, register};
use crate::operation::Operation;
use crate::request::Request;
use crate::server::{Server, Shared};
use crate::settings::DEFAULT_START_URL;
use crate::state::{Account, Client};
use crate::tls::{self, Certificate};
use crate::token::{AUTHORIZATION_CODE, new_access_token, new_refresh_token};

/// A running stand-in. It stops when dropped.
///
/// Methods that change something take effect for the next request.
pub struct IdentityCenter {
    pub(crate) shared: Arc<Shared>,
    url: String,
    certificate_authority: Option<String>,
    /// `None` in a handle that a request for `/_control` uses.
    _server: Option<Server>,
}

/// Chooses how a stand-in starts.
#[derive(Debug, Clone)]
pub struct Builder {
    tls: Option<Certificate>,
    port: u16,
    start_url: String,
}

impl Builder {
    /// Serves HTTPS as `https://localhost:PORT`.
    #[must_use]
    pub fn tls(self) -> Builder {
        self.tls_with(Certificate::Good)
    }

    /// Serves HTTPS with this certificate.
    #[must_use]
    pub fn tls_with(mut self, certificate: Certificate) -> Builder {
        self.tls = Some(certificate);
        self
    }

    /// Listens on this port of 127.0.0.1; 0, the default, takes a free one.
    #[must_use]
    pub fn port(mut self, port: u16) -> Builder {
        self.port = port;
        self
    }

    /// Knows this start URL instead of the default one.
    #[must_use]
    pub fn start_url(mut self, start_url: &str) -> Builder {
        start_url.clone_into(&mut self.start_url);
        self
    }

    /// Starts the server.
    ///
    /// # Panics
    ///
    /// If the port is taken.
    #[must_use]
    pub fn start(self) -> IdentityCenter {
        let (configuration, certificate_authority) = self.tls.map(tls::configuration).unzip();
        let server = Server::start(self.port, configuration).expect("the port is free");
        let port = server.address.port();
        let url = if self.tls.is_some() {
            format!("https://localhost:{port}")
        } else {
            format!("http://127.0.0.1:{port}")
        };
        {
            let mut state = server.shared.state();
            state.url.clone_from(&url);
            state.settings.start_urls = vec![self.start_url];
        }
        let aws = IdentityCenter {
            shared: Arc::clone(&server.shared),
            url,
            certificate_authority,
            _server: Some(server),
        };
        aws.add_account("111122223333", "Production", "prod@example.com");
        aws.add_role("111122223333", "Developer");
        aws.add_role("111122223333", "ReadOnly");
        aws
    }
}

/// The properties of a token that is issued without a sign-in.
#[derive(Debug, Clone)]
pub struct TokenOptions {
    /// How long the access token lives; zero makes an expired one.
    pub expires_in: Duration,
    /// Whether a refresh token comes with it.
    pub refreshable: bool,
    /// The client it is issued to; without one, a new one is registered.
    pub client: Option<Client>,
    /// The scopes of the client that is registered for it.
    pub scopes: Vec<String>,
}

impl Default for TokenOptions {
    /// A refreshable token for one hour, as a new sign-in gives.
    fn default() -> TokenOptions {
        TokenOptions {
            expires_in: Duration::from_secs(3600),
            refreshable: true,
            client: None,
            scopes: vec!["sso:account:access".to_owned()],
        }
    }
}

/// A token issued without a sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuedToken {
    /// The access token.
    pub access_token: String,
    /// The refresh token, if asked for.
    pub refresh_token: Option<String>,
    /// How long the access token lives, in seconds from its issue.
    pub expires_in: u64,
    /// The client that it was issued to.
    pub client: Client,
}

impl IdentityCenter {
    /// A handle that does not keep the server running.
    pub(crate) fn of(shared: &Arc<Shared>) -> IdentityCenter {
        let url = shared.state().url.clone();
        IdentityCenter { shared: Arc::clone(shared), url, certificate_authority: None, _server: None }
    }

    /// Starts a stand-in that speaks HTTP on a free port.
    #[must_use]
    pub fn start() -> IdentityCenter {
        IdentityCenter::builder().start()
    }

    /// Gives a builder for other settings.
    #[must_use]
    pub fn builder() -> Builder {
        Builder { tls: None, port: 0, start_url: DEFAULT_START_URL.to_owned() }
    }

    /// The URL of all its services, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        self.url.clone()
    }

    /// The certificate authority to trust, as PEM, when it speaks HTTPS.
    #[must_use]
    pub fn ca_pem(&self) -> Option<String> {
        self.certificate_authority.clone()
    }

    /// The first start URL that it accepts.
    #[must_use]
    pub fn start_url(&self) -> String {
        self.shared.state().settings.start_urls.first().cloned().unwrap_or_default()
    }

    /// Makes it accept one more start URL.
    pub fn allow_start_url(&self, start_url: &str) {
        self.shared.state().settings.start_urls.push(start_url.to_owned());
    }

    /// Adds an account without roles, or renames a known one.
    pub fn add_account(&self, account_id: &str, name: &str, email: &str) {
        let mut state = self.shared.state();
        let account = state.accounts.entry(account_id.to_owned());
        let account = account.or_insert_with(|| Account {
            name: String::new(),
            email: String::new(),
            roles: Vec::new(),
        });
        name.clone_into(&mut account.name);
        email.clone_into(&mut account.email);
    }

    /// Assigns a role; an unknown account is added.
    pub fn add_role(&self, account_id: &str, role_name: &str) {
        if !self.shared.state().accounts.contains_key(account_id) {
            self.add_account(account_id, "Account", "account@example.com");
        }
        let mut state = self.shared.state();
        let account = state.accounts.get_mut(account_id).expect("it was added");
        if !account.roles.iter().any(|role| role == role_name) {
            account.roles.push(role_name.to_owned());
        }
    }

    /// Adds `count` accounts with these roles: ids from 100000000000 on, names from `Account 0000`
    /// on.
    pub fn add_accounts(&self, count: usize, role_names: &[&str]) {
        let mut state = self.shared.state();
        for number in 0..count {
            let account = Account {
                name: format!("Account {number:04}"),
                email: format!("account-{number:04}@example.com"),
                roles: role_names.iter().map(|name| (*name).to_owned()).collect(),
            };
            state.accounts.insert(format!("{}", 100_000_000_000_u64 + number as u64), account);
        }
    }

    /// Removes an account with its roles.
    pub fn remove_account(&self, account_id: &str) {
        self.shared.state().accounts.remove(account_id);
    }

    /// Removes an assignment.
    pub fn remove_role(&self, account_id: &str, role_name: &str) {
        if let Some(account) = self.shared.state().accounts.get_mut(account_id) {
            account.roles.retain(|role| role != role_name);
        }
    }

    /// Registers a client without a request. Without grant types it gets those of the device flow,
    /// as in `RegisterClient`.
    #[must_use]
    pub fn register_client(&self, scopes: &[&str], grant_types: &[&str]) -> Client {
        let owned = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect::<Vec<_>>();
        let grant_types = match grant_types {
            [] => device_grants(),
            some => owned(some),
        };
        let redirect_uris = match grant_types.iter().any(|grant| grant == AUTHORIZATION_CODE) {
            true => owned(&["http://127.0.0.1/oauth/callback"]),
            false => Vec::new(),
        };
        let mut state = self.shared.state();
        register(&mut state, owned(scopes), grant_types, redirect_uris)
    }

    /// Issues a token without a sign-in.
    #[must_use]
    pub fn issue_token(&self, options: &TokenOptions) -> IssuedToken {
        let scopes: Vec<&str> = options.scopes.iter().map(String::as_str).collect();
        let client = options.client.clone();
        let client = client.unwrap_or_else(|| self.register_client(&scopes, &[]));
        let mut state = self.shared.state();
        state.sign_ins += 1;
        let sign_in = state.sign_ins;
        let access_token = new_access_token(&mut state, sign_in, options.expires_in);
        let refresh_token =
            options.refreshable.then(|| new_refresh_token(&mut state, sign_in, &client.client_id));
        let expires_in = options.expires_in.as_secs();
        IssuedToken { access_token, refresh_token, expires_in, client }
    }

    /// The requests so far, in the order of their arrival.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.shared.state().journal.all()
    }

    /// How many requests asked for this operation, answered or not.
    #[must_use]
    pub fn count(&self, operation: Operation) -> usize {
        self.shared.state().journal.count(operation)
    }

    /// The bytes of the last whole answer to this operation, head and body; 0 if there was none.
    #[must_use]
    pub fn answer_length(&self, operation: Operation) -> usize {
        self.shared.state().answer_lengths.get(&operation).copied().unwrap_or_default()
    }

    /// Forgets the requests so far.
    pub fn clear_requests(&self) {
        self.shared.state().journal.clear();
    }

    /// How many role credentials were minted, each by an answer of 200.
    #[must_use]
    pub fn minted(&self) -> usize {
        self.shared.state().minted
    }

    /// The access key ids that called STS, including refused ones.
    #[must_use]
    pub fn callers(&self) -> Vec<String> {
        self.shared.state().callers.clone()
    }

    /// Every secret that it has issued: access and refresh tokens, client secrets, device and
    /// authorization codes, secret access keys, session tokens. Each contains
    /// [`SECRET_MARK`](crate::SECRET_MARK).
    #[must_use]
    pub fn take_secrets(&self) -> Vec<String> {
        self.shared.state().mint.secrets()
    }
}
