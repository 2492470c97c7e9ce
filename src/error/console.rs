//! Mistakes in what `console` is asked for.

/// Exit code 2: the page of the AWS console that is asked for cannot be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConsoleError {
    /// `--destination` is a word that is not the name of a known service.
    UnknownService {
        /// The word.
        name: String,
        /// A service with a similar name.
        similar: Option<String>,
    },
    /// `--destination` is a path or an address that is not one of the console.
    NoConsolePage {
        /// The value, without a user name and password.
        destination: String,
        /// The rule that the value breaks; completes "it …".
        rule: &'static str,
        /// The host of the console, for an example.
        host: String,
    },
    /// The partition of the region has no public console.
    NoConsole {
        /// The region of Identity Center.
        region: String,
    },
}
