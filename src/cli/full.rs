//! The whole command line as clap knows it: help, mistakes, subcommands.

use std::ffi::OsString;
use std::time::Duration;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Args, Parser, Subcommand, ValueEnum};

use super::credential_process::CredentialProcessOptions;
use crate::error::{ConfigurationError, Error};
use crate::selection::Selection;
use crate::value_names::{
    ACCOUNT_ID, INTERACTIVE_KEY, INTERACTIVE_VARIABLE, REGION, ROLE_NAME, SSO_SESSION, START_URL,
};

/// The end of `aws-sso-cred --help`: every way to give a value.
fn ways_to_give_a_value() -> String {
    let values = [SSO_SESSION, START_URL, REGION, ROLE_NAME, ACCOUNT_ID];
    let values = values.map(|names| [names.option, names.variable, names.key]);
    let others = [
        ["--interactive", INTERACTIVE_VARIABLE, INTERACTIVE_KEY],
        ["--no-browser", "AWS_SSO_DISABLE_BROWSER", "-"],
        ["--no-terminal", "AWS_SSO_CRED_NO_TERMINAL", "-"],
        ["--wait", "AWS_SSO_CRED_WAIT", "-"],
        ["--debug", "AWS_SSO_CREDENTIAL_PROCESS_DEBUG", "-"],
    ];
    let begin = "Each value comes from its flag, else from its variable, else from its key in ~/.aws/config:";
    let rows = values.iter().chain(&others);
    rows.fold(begin.to_owned(), |text, [option, variable, key]| {
        format!("{text}\n  {option:<17}  {variable:<32}  {key}")
    })
}

/// What the program is asked to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// No subcommand: answer an SDK.
    CredentialProcess(CredentialProcessOptions),
    /// `login`
    Login(LoginOptions),
    /// `logout`
    Logout(LogoutOptions),
    /// `status`
    Status(StatusOptions),
    /// A word that stands alone behind `login`, `logout` or `status`: a mistake, and the config
    /// knows what it means.
    StrayWord(String),
    /// `--help`, `--version`: text for stdout.
    Print(String),
}

/// Role credentials of AWS IAM Identity Center (AWS SSO) for SDKs and tools
///
/// Without a command, prints credentials as JSON for an SDK. In ~/.aws/config:
///
/// credential_process = aws-sso-cred --profile NAME
#[derive(Parser)]
#[command(name = "aws-sso-cred", version, args_conflicts_with_subcommands = true)]
#[command(after_help = ways_to_give_a_value())]
struct CommandLine {
    #[command(subcommand)]
    command: Option<Subcommands>,
    #[command(flatten)]
    options: CredentialProcess,
}

#[derive(Subcommand)]
enum Subcommands {
    /// Sign in with the browser
    Login(LoginOptions),
    /// Sign out and remove the cached credentials
    Logout(LogoutOptions),
    /// Show the sessions you are signed in to, and for how long
    Status(StatusOptions),
}

#[derive(Args)]
struct CredentialProcess {
    /// Profile in ~/.aws/config that has the sso_ keys
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// Section [sso-session NAME] in ~/.aws/config
    #[arg(long, value_name = "NAME")]
    sso_session: Option<String>,
    /// Start URL of the AWS access portal
    #[arg(long, value_name = "URL")]
    start_url: Option<String>,
    /// Region of Identity Center, not of your workload
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
    /// Account, 12 digits
    #[arg(long, value_name = "ID")]
    account_id: Option<String>,
    /// Role (permission set) in the account
    #[arg(long, value_name = "NAME")]
    role_name: Option<String>,
    /// Ask you to sign in when needed
    #[arg(short, long, conflicts_with = "noninteractive")]
    interactive: bool,
    /// Never ask you to sign in; overrides variable and config
    #[arg(short, long)]
    noninteractive: bool,
    /// Show the sign-in URL, but open no browser
    #[arg(long)]
    no_browser: bool,
    /// Show no sign-in prompt on the terminal
    #[arg(long)]
    no_terminal: bool,
    /// Leave AccountId out of the output: SDKs then use no account-based endpoints
    #[arg(long)]
    no_account_id: bool,
    /// Get new credentials from AWS even if cached ones are valid
    #[arg(long)]
    force_refresh: bool,
    /// Neither read nor write the role-credential cache
    #[arg(long)]
    no_cache: bool,
    /// Log to ~/.aws/sso/aws-sso-credential-process-log.txt
    #[arg(long)]
    debug: bool,
    /// How long to wait until you have signed in [default: 50]
    #[arg(long, value_name = "SECONDS")]
    wait: Option<u64>,
}

/// Options of `login`.
#[derive(Args, Debug, Clone, Default, PartialEq)]
pub struct LoginOptions {
    /// Sign in to this profile's session [env: AWS_PROFILE] [default: default]
    #[arg(long, value_name = "NAME", conflicts_with_all = ["sso_session", "all"])]
    pub profile: Option<String>,
    /// Sign in to this [sso-session]
    #[arg(long, value_name = "NAME", conflicts_with = "all")]
    pub sso_session: Option<String>,
    /// Start URL of the AWS access portal, if it is not in the config
    #[arg(long, value_name = "URL", conflicts_with = "all")]
    pub start_url: Option<String>,
    /// Region of Identity Center, if it is not in the config
    #[arg(long, value_name = "REGION", conflicts_with = "all")]
    pub region: Option<String>,
    /// Sign in to every session in ~/.aws/config
    #[arg(long)]
    pub all: bool,
    /// Only sign in if the current sign-in has expired and cannot be refreshed
    #[arg(long)]
    pub if_needed: bool,
    /// With --if-needed: how long the sign-in must stay valid, such as 30m or 1h
    #[arg(long, value_name = "TIME", value_parser = duration, requires = "if_needed")]
    pub min_validity: Option<Duration>,
    /// Sign in with a code, on any device: for SSH and containers
    #[arg(long)]
    pub use_device_code: bool,
    /// Show the sign-in URL, but open no browser [env: AWS_SSO_DISABLE_BROWSER]
    #[arg(long)]
    pub no_browser: bool,
    /// Port of this computer that the browser returns to, for `ssh -L`
    #[arg(long, value_name = "PORT", conflicts_with = "use_device_code")]
    pub redirect_port: Option<u16>,
    /// Log to ~/.aws/sso/aws-sso-credential-process-log.txt
    #[arg(long)]
    pub debug: bool,
}

/// Options of `logout`.
#[derive(Args, Debug, Clone, Default, PartialEq)]
pub struct LogoutOptions {
    /// Sign out of this profile's session [env: AWS_PROFILE] [default: default]
    #[arg(long, value_name = "NAME", conflicts_with_all = ["sso_session", "all"])]
    pub profile: Option<String>,
    /// Sign out of this [sso-session]
    #[arg(long, value_name = "NAME", conflicts_with = "all")]
    pub sso_session: Option<String>,
    /// Sign out of every session, also those that are not in the config
    #[arg(long)]
    pub all: bool,
    /// Also remove the client registration
    #[arg(long)]
    pub forget_client: bool,
    /// Log to ~/.aws/sso/aws-sso-credential-process-log.txt
    #[arg(long)]
    pub debug: bool,
}

/// Options of `status`.
#[derive(Args, Debug, Clone, Default, PartialEq)]
pub struct StatusOptions {
    /// Show only this profile's session
    #[arg(long, value_name = "NAME", conflicts_with = "sso_session")]
    pub profile: Option<String>,
    /// Show only this [sso-session]
    #[arg(long, value_name = "NAME")]
    pub sso_session: Option<String>,
    /// Format of the output
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub output: OutputFormat,
    /// Log to ~/.aws/sso/aws-sso-credential-process-log.txt
    #[arg(long)]
    pub debug: bool,
}

/// How a command shows its data on stdout.
#[derive(ValueEnum, Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum OutputFormat {
    /// For people.
    #[default]
    Table,
    /// For programs.
    Json,
}

#[cold]
#[inline(never)]
pub(super) fn parse(arguments: &[OsString]) -> Result<Command, Error> {
    let program = std::iter::once(OsString::from("aws-sso-cred"));
    match CommandLine::try_parse_from(program.chain(without_empty_values(arguments))) {
        Ok(line) => Ok(command(line)),
        Err(error) if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) => {
            Ok(Command::Print(error.render().to_string()))
        }
        Err(error) => match stray_word(&error, arguments) {
            Some(word) => Ok(Command::StrayWord(word)),
            None => Err(explain(&error)),
        },
    }
}

fn command(line: CommandLine) -> Command {
    match line.command {
        Some(Subcommands::Login(options)) => Command::Login(options),
        Some(Subcommands::Logout(options)) => Command::Logout(options),
        Some(Subcommands::Status(options)) => Command::Status(options),
        None => Command::CredentialProcess(line.options.into_options()),
    }
}

impl CredentialProcess {
    fn into_options(self) -> CredentialProcessOptions {
        let interactive = match (self.interactive, self.noninteractive) {
            (_, true) => Some(false),
            (true, false) => Some(true),
            (false, false) => None,
        };
        let selection = Selection {
            profile: self.profile,
            sso_session: self.sso_session,
            start_url: self.start_url,
            region: self.region,
            account_id: self.account_id,
            role_name: self.role_name,
            interactive,
        };
        CredentialProcessOptions {
            selection,
            no_browser: self.no_browser,
            no_terminal: self.no_terminal,
            no_account_id: self.no_account_id,
            force_refresh: self.force_refresh,
            no_cache: self.no_cache,
            debug: self.debug,
            wait: self.wait.map(Duration::from_secs),
        }
    }
}

/// The arguments without `--profile ""` and `--wait=`: what is empty counts as absent, and what
/// is absent excludes nothing. Texts of the credential process may be empty as they are.
fn without_empty_values(arguments: &[OsString]) -> Vec<OsString> {
    const TEXTS: [&str; 4] = ["--profile", "--sso-session", "--start-url", "--region"];
    const OTHERS: [&str; 4] = ["--wait", "--redirect-port", "--min-validity", "--output"];
    let is_subcommand = |first: &OsString| !first.as_encoded_bytes().starts_with(b"-");
    let texts = if arguments.first().is_some_and(is_subcommand) { &TEXTS[..] } else { &[] };
    let takes_value = |flag: &str| texts.iter().chain(&OTHERS).any(|known| *known == flag);
    let mut kept = Vec::new();
    let mut arguments = arguments.iter().peekable();
    while let Some(argument) = arguments.next() {
        match argument.to_str() {
            Some(text) if text.strip_suffix('=').is_some_and(takes_value) => {}
            Some(flag) if takes_value(flag) && arguments.next_if(|next| next.is_empty()).is_some() => {}
            _ => kept.push(argument.clone()),
        }
    }
    kept
}

/// The word that a command does not expect, if it is no option.
fn stray_word(error: &clap::Error, arguments: &[OsString]) -> Option<String> {
    const COMMANDS: [&str; 3] = ["login", "logout", "status"];
    let command = arguments.first()?.to_str()?;
    match error.get(ContextKind::InvalidArg)? {
        ContextValue::String(word)
            if error.kind() == ErrorKind::UnknownArgument
                && COMMANDS.contains(&command)
                && !word.starts_with('-') =>
        {
            Some(word.clone())
        }
        _ => None,
    }
}

/// clap explains itself in many lines; ours fit into what SDKs show.
fn explain(error: &clap::Error) -> Error {
    let strings = |kind| match error.get(kind) {
        Some(ContextValue::Strings(texts)) => texts.clone(),
        Some(ContextValue::String(text)) => vec![text.clone()],
        _ => Vec::new(),
    };
    let missing = strings(ContextKind::InvalidArg);
    if error.kind() == ErrorKind::MissingRequiredArgument && missing == ["--if-needed"] {
        return Error::Configuration(ConfigurationError::Usage {
            message:
                "--min-validity needs --if-needed, which signs in only if the sign-in expires before that"
                    .to_owned(),
            suggestion: Some("add `--if-needed`".to_owned()),
        });
    }
    let rendered = error.render().to_string();
    let message = headline(&rendered);
    let message = message.strip_prefix("error: ").unwrap_or(&message).to_owned();
    let values = strings(ContextKind::ValidValue);
    let suggestion = suggestion(error)
        .or_else(|| (!values.is_empty()).then(|| format!("use one of `{}`", values.join("`, `"))));
    Error::Configuration(ConfigurationError::Usage { message, suggestion })
}

/// clap's first line, with the list that follows it if it announces one.
fn headline(rendered: &str) -> String {
    let mut lines = rendered.lines();
    let first = lines.next().unwrap_or_default();
    if !first.ends_with(':') {
        return first.to_owned();
    }
    let listed: Vec<&str> = lines.map_while(|line| line.strip_prefix("  ")).map(str::trim).collect();
    format!("{first} {}", listed.join(", "))
}

/// What was probably meant.
fn suggestion(error: &clap::Error) -> Option<String> {
    [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue]
        .into_iter()
        .find_map(|kind| match error.get(kind)? {
            ContextValue::String(text) => Some(format!("did you mean `{text}`?")),
            // The likeliest comes last.
            ContextValue::Strings(texts) => Some(format!("did you mean `{}`?", texts.last()?)),
            _ => None,
        })
}

/// `90`, `90s`, `30m`, `1h`, `2d`, and several of these, each smaller than the one before: `1h30m`.
fn duration(text: &str) -> Result<Duration, String> {
    const UNITS: [(char, u64); 4] = [('d', 24 * 3600), ('h', 3600), ('m', 60), ('s', 1)];
    let malformed = || "use a number with s, m, h or d, such as 30m or 1h30m".to_owned();
    let plain = text.parse().ok().filter(|_| !text.starts_with('+'));
    if let Some(seconds) = plain {
        return Ok(Duration::from_secs(seconds));
    }
    let (mut rest, mut units, mut sum) = (text, &UNITS[..], Some(0_u64));
    while !rest.is_empty() {
        let (digits, after) = rest.split_at(rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len()));
        let number: u64 = digits.parse().map_err(|_| malformed())?;
        let at = units.iter().position(|(unit, _)| after.starts_with(*unit)).ok_or_else(malformed)?;
        sum = number.checked_mul(units[at].1).and_then(|seconds| sum?.checked_add(seconds));
        (rest, units) = (&after[1..], &units[at + 1..]);
    }
    sum.map(Duration::from_secs).ok_or_else(|| "that is too long".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value_names::ALL;
    use clap::CommandFactory as _;

    #[test]
    fn clap_knows_each_value_by_the_names_of_the_table() {
        let command = CommandLine::command();
        for names in ALL {
            let long = names.option.trim_start_matches("--");
            let known = command.get_arguments().find(|argument| argument.get_long() == Some(long));
            let placeholders = known.and_then(clap::Arg::get_value_names).unwrap_or_default();
            assert_eq!(placeholders, [names.placeholder], "{}", names.option);
        }
    }

    #[test]
    fn durations_are_numbers_with_units() {
        for (text, seconds) in [
            ("90", 90),
            ("90s", 90),
            ("15m", 900),
            ("1h30m", 5400),
            ("2d", 172_800),
            ("1d2h3m4s", 93_784),
            ("0s", 0),
        ] {
            assert_eq!(duration(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["h", "1x", "30m1h", "1h1h", "1h30", "-1", "+1", "+1h", "1.5h", "1 h", "1hé", "\u{661}h"]
        {
            assert_eq!(
                duration(text).unwrap_err(),
                "use a number with s, m, h or d, such as 30m or 1h30m",
                "{text}"
            );
        }
        for text in ["99999999999999999d", "18446744073709551615s1s"] {
            assert!(duration(text).is_err(), "{text}");
        }
        assert_eq!(duration("18446744073709551615m").unwrap_err(), "that is too long");
    }
}
