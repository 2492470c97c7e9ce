//! What the command line asks for.

use super::completions::{CompleteOptions, CompletionsOptions};
use super::configure::ConfigureOptions;
use super::console::ConsoleOptions;
use super::credential_process::CredentialProcessOptions;
use super::doctor::DoctorOptions;
use super::exec::ExecOptions;
use super::export::ExportOptions;
use super::list::ListOptions;
use super::login::LoginOptions;
use super::logout::LogoutOptions;
use super::man::ManOptions;
use super::status::StatusOptions;
use super::sync::SyncOptions;

/// What the program is asked to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// No subcommand: print credentials for an SDK.
    CredentialProcess(CredentialProcessOptions),
    /// A subcommand, which a person types.
    Subcommand(Subcommand),
    /// A mistake: a word behind a subcommand, as in `login corp`. The config tells which option
    /// was meant.
    StrayWord {
        /// The word.
        word: String,
        /// Whether the subcommand has the option `--profile`.
        takes_profile: bool,
        /// Whether the subcommand has the option `--destination`.
        takes_destination: bool,
    },
    /// `--help` or `--version`: the text for stdout.
    Print(String),
}

/// The subcommands. The comments are their lines in `aws-sso-cred --help`.
#[derive(clap::Subcommand, Debug, Clone, PartialEq)]
pub enum Subcommand {
    /// Write a session and a profile to ~/.aws/config
    Configure(Box<ConfigureOptions>),
    /// Sign in with the browser
    Login(LoginOptions),
    /// Sign out and remove the cached credentials
    Logout(LogoutOptions),
    /// Show the sessions you are signed in to, and for how long
    Status(StatusOptions),
    /// Check the configuration, the sign-ins and the way to AWS, and say what to do
    Doctor(DoctorOptions),
    /// List the accounts and roles that you can use
    List(ListOptions),
    /// Print credentials for a shell or a program
    Export(ExportOptions),
    /// Run a command with credentials
    Exec(ExecOptions),
    /// Open the AWS console as a role
    Console(Box<ConsoleOptions>),
    /// Write credentials to ~/.aws/credentials, for programs that read nothing else
    Sync(SyncOptions),
    /// Print a script that completes commands, options and names in a shell
    Completions(CompletionsOptions),
    /// Print the man page
    Man(ManOptions),
    /// Print what may stand at the cursor
    #[command(hide = true)]
    Complete(CompleteOptions),
}

impl Subcommand {
    /// Whether `--debug` is given.
    pub const fn debug(&self) -> bool {
        match self {
            Self::Configure(options) => options.debug(),
            Self::Login(options) => options.debug,
            Self::Logout(options) => options.debug,
            Self::Status(options) => options.debug,
            Self::Doctor(options) => options.debug,
            Self::Export(options) => options.role.debug,
            Self::Exec(options) => options.role.debug,
            Self::Console(options) => options.role.debug,
            Self::Sync(options) => options.debug,
            Self::List(options) => options.debug,
            Self::Completions(_) | Self::Man(_) | Self::Complete(_) => false,
        }
    }
}
