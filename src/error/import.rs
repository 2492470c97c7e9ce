//! Failures of `configure --import`.

/// Exit code 2: `configure --import` cannot take over what another tool keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportError {
    /// The source is no file, and no tool whose files can be read.
    UnknownSource {
        /// The source, as given.
        given: String,
        /// Another way from this tool, if it is one that is known.
        instead: Option<&'static str>,
    },
    /// The settings of aws-sso-cli cannot be read.
    Unreadable {
        /// The file, as a person writes it.
        path: String,
        /// The system's message, or what the path is instead of a file.
        cause: String,
    },
    /// The settings of aws-sso-cli have a line that is not understood.
    NotUnderstood {
        /// The file, as a person writes it.
        path: String,
        /// The line, from 1.
        line: usize,
        /// What is wrong; completes "line 3 …".
        fault: &'static str,
    },
    /// The settings of aws-sso-cli lack a value.
    Lacks {
        /// The file, as a person writes it.
        path: String,
        /// The line of the section, from 1.
        line: usize,
        /// The section: `SSOConfig.Default`.
        section: String,
        /// The key.
        key: &'static str,
    },
    /// A profile or a role is not imported.
    Left {
        /// What it is: ``profile `dev` ``, or ``role `Admin` in account 111122223333``.
        subject: String,
        /// The reason.
        reason: NotImported,
    },
}

/// Why `configure --import` leaves a profile or a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotImported {
    /// Its line starts the tool, and these values are missing.
    NoRole {
        /// The tool.
        tool: &'static str,
        /// The keys or options that would give them.
        missing: Vec<&'static str>,
    },
    /// A value is not valid.
    Invalid {
        /// The kind of value: `account id`, …
        what: &'static str,
        /// The value.
        value: String,
        /// The rule that it breaks; completes "it …".
        rule: &'static str,
    },
    /// It has a key by which SDKs get credentials in another way.
    OtherWay {
        /// `aws_access_key_id`, `role_arn`, …
        key: &'static str,
    },
    /// Its name stands above several sections.
    SeveralSections,
    /// A key of the same profile in the credentials file decides, too.
    InCredentialsFile {
        /// The key.
        key: &'static str,
        /// The file.
        path: String,
    },
    /// Its line starts a program that is not the tool.
    OtherProgram {
        /// The tool whose keys it has.
        tool: &'static str,
        /// The file name of the program.
        program: String,
    },
    /// The settings of aws-sso-cli, which say the start URL, are not there.
    NoSettings {
        /// The file, as a person writes it.
        path: String,
    },
    /// Its line names other settings of aws-sso-cli.
    OtherSettings {
        /// The file that it names, as a person writes it.
        path: String,
    },
    /// The settings of aws-sso-cli do not have the instance that its line names.
    UnknownInstance {
        /// The name of the instance; `None` if the line names none, and there are several.
        name: Option<String>,
        /// The file, as a person writes it.
        path: String,
    },
    /// It is assumed with the credentials of another role, for which there is no profile.
    NoViaProfile {
        /// The ARN of the other role.
        via: String,
    },
    /// It is assumed with a source identity, which no profile can have.
    SourceIdentity,
    /// Another role gets a profile of the same name.
    NameTaken {
        /// The name.
        name: String,
    },
    /// Its name comes from a template with values that only AWS knows.
    NameFromAws {
        /// The template.
        template: String,
        /// The name of the role's instance.
        sso_session: String,
    },
}
