//! Where an SDK takes credentials from, and how a chain of providers is gone through.

/// Where an SDK takes credentials from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) enum Provider {
    /// `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`.
    EnvironmentKeys,
    /// `aws_access_key_id` and `aws_secret_access_key` of the profile in the credentials file.
    CredentialsFile,
    /// The same keys of the profile in the config file.
    ConfigFile,
    /// `credential_process`, which starts this program or another.
    Process { is_ours: bool },
    /// The `sso_` keys.
    SsoKeys,
    /// `login_session`, which `aws login` writes.
    LoginSession,
    /// The token of `web_identity_token_file`, or of `AWS_WEB_IDENTITY_TOKEN_FILE`.
    WebIdentity,
    /// The endpoint in `AWS_CONTAINER_CREDENTIALS_FULL_URI` or `AWS_CONTAINER_CREDENTIALS_RELATIVE_URI`.
    Container,
    /// `role_arn`, assumed with the credentials of another provider.
    AssumedRole(Box<Self>),
    /// No credentials, and why.
    Nothing(String),
}

/// The provider that a step of a chain gives, or why the SDK goes on to the next step. A step that ends
/// the chain without credentials gives [`Provider::Nothing`].
pub(super) type Step = Result<Provider, String>;

impl Provider {
    /// Where the credentials come from, or why there are none.
    pub(in super::super) fn text(&self) -> String {
        let text = match self {
            Self::EnvironmentKeys => "AWS_ACCESS_KEY_ID in the environment",
            Self::CredentialsFile => "access keys in the credentials file",
            Self::ConfigFile => "access keys in the config file",
            Self::Process { is_ours: true } => "credential_process",
            Self::Process { .. } => "credential_process, which starts another program",
            Self::SsoKeys => "sso_ keys",
            Self::LoginSession => "login_session",
            Self::WebIdentity => "web identity token",
            Self::Container => "container credentials",
            Self::AssumedRole(source) => return ["role_arn, by ", &source.text()].concat(),
            Self::Nothing(why) => return ["no credentials: ", why].concat(),
        };
        text.to_owned()
    }

    /// The role of a profile, assumed with these credentials, if they are some.
    pub(super) fn assume(self) -> Self {
        match self {
            Self::Nothing(_) => self,
            source => Self::AssumedRole(Box::new(source)),
        }
    }

    /// Why a chain of providers has nothing.
    pub(super) fn nothing(why: &str) -> Self {
        Self::Nothing(why.to_owned())
    }
}

/// The first step that gives something. If none does, the reason is that of the first which has one.
pub(super) fn chain(steps: Vec<Step>) -> Provider {
    let mut why = String::new();
    for step in steps {
        match step {
            Ok(provider) => return provider,
            Err(reason) if why.is_empty() => why = reason,
            Err(_) => {}
        }
    }
    if why.is_empty() {
        "the profile has none".clone_into(&mut why);
    }
    Provider::Nothing(why)
}

/// A step that may not fail: its failure ends the chain.
pub(super) fn final_step(step: Step) -> Provider {
    step.unwrap_or_else(Provider::Nothing)
}

/// A step that has nothing, and no reason worth telling.
pub(super) fn absent<T>() -> Result<T, String> {
    Err(String::new())
}
