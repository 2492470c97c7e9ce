//! Every text of a failure, as a user sees it, in `tests/snapshots/errors.txt`.
//!
//! `UPDATE_SNAPSHOTS=1 cargo test --test wording` writes it anew; the difference is
//! then read as prose. A new kind of failure does not compile here until it is named,
//! and fails until it has a sample.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test"
)]

mod documents;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::time::Duration;

use aws_sso_cred::error::{
    AwsError, CommandError, ConfigurationError, ConsoleError, Difference, Error, GET_SIGN_IN_TOKEN, Holding,
    ImportError, LeftFile, LocalError, LoginCommands, MissingReason, NotConvertible, NotImported, Obstacle,
    Origin, OtherSignIn, PopulateError, ProfileOwner, REDIRECT, Remedy, ServiceError, ServiceErrorKind,
    SignInError, SignInFrom, SignInNeeded, SignInReason, SignInWaiting, SyncError, Text, Value,
};
use aws_sso_cred::platform::ObstacleKind;
use aws_sso_cred::timestamp::Timestamp;
use documents::{looks_like, prose, read, root};

const SNAPSHOT: &str = "tests/snapshots/errors.txt";
const TROUBLESHOOTING: &str = "docs/troubleshooting.md";

/// The names of an enum's variants, and the one of a value. The match has no `_`.
macro_rules! names {
    ($all:ident, $of:ident, $type:ident: $($variant:ident)*) => {
        const $all: &[&str] = &[$(stringify!($variant)),*];
        fn $of(value: &$type) -> &'static str {
            match value { $($type::$variant { .. } => stringify!($variant),)* }
        }
    };
}

names!(CONFIGURATION, configuration_name, ConfigurationError:
    Usage MissingValues ProfileNotFound SessionNotFound InvalidValue ConfigUnreadable ConfigMissing ConfigNotUtf8
    NotEditable NotWritable FileChanged StartUrlAstray RegionMismatch NothingToSignInTo SeveralSessions
    BadConnectionSetting MissingOptions OtherValues NotForALine NotConvertible NothingToConvert NeedsYes Populate
    Import Console Sync NoHome HomeMissing);
names!(NOT_CONVERTIBLE, not_convertible_name, NotConvertible:
    NoSsoKeys OtherWay InCredentialsFile OtherProgram SeveralSections DiffersFromSession TwoRoles NoLine LineNotFollowed
    NameTaken ReadOtherwise);
names!(POPULATE, populate_name, PopulateError:
    NameTemplate NoRegion NoProfileName SameProfileName ForeignProfile NoSection);
names!(IMPORT, import_name, ImportError: UnknownSource Unreadable NotUnderstood Lacks Left);
names!(NOT_IMPORTED, not_imported_name, NotImported:
    NoRole Invalid OtherWay SeveralSections InCredentialsFile OtherProgram NoSettings OtherSettings UnknownInstance NoViaProfile SourceIdentity
    NameTaken NameFromAws);
names!(CONSOLE, console_name, ConsoleError: UnknownService NoConsolePage NoConsole);
names!(SYNC, sync_name, SyncError: NothingMeant SameTarget NotOurs);
names!(NEEDED, needed_name, SignInNeeded: Required Unreadable NotFromHere);
names!(SIGN_IN, sign_in_name, SignInError: Refused Unanswered Unshowable ConsoleNotOpened CoolingDown ListenerUnavailable Failed);
names!(WAITING, waiting_name, SignInWaiting: Pending Elsewhere);
names!(AWS, aws_name, AwsError: NoRoles RoleForbidden StartUrlRefused SignInTooShort ConsoleRefused Service);
names!(COMMAND, command_name, CommandError: NotFound NotExecutable);
names!(LOCAL, local_name, LocalError:
    LockTimeout NotExportable NoEndpoint NotEdited KeepsChanging ReadsBackWrong OutputFailed PageNotWritten TokenNotOpened NoRoom NotKept Left);
names!(REASONS, reason_name, SignInReason:
    NeverSignedIn TokenUnreadable TokenExpired RegistrationExpired OtherSignIn SessionEnded WrongRegionOrEnded
    ClientRejected TokenRejected Forced);
names!(KINDS, kind_name, ServiceErrorKind:
    AuthorizationPending SlowDown ExpiredToken AccessDenied InvalidGrant InvalidClient UnauthorizedClient
    InvalidScope InvalidRequest Unauthorized Forbidden NotFound Throttled Server Unreachable Broken TimedOut
    Untrusted Connection Proxy ProxyUnreachable Exhausted NotAws Other);

/// What distinguishes a sample: the kind and the variant, and the variant inside of that.
fn label(error: &Error) -> String {
    match error {
        Error::SignInNeeded(SignInNeeded::Required { reason, .. }) => {
            format!("SignInNeeded::Required {}", reason_name(reason))
        }
        Error::SignInNeeded(error) => format!("SignInNeeded::{}", needed_name(error)),
        Error::Configuration(ConfigurationError::NotConvertible { reason, .. }) => {
            format!("ConfigurationError::NotConvertible {}", not_convertible_name(reason))
        }
        Error::Configuration(ConfigurationError::Populate(error)) => {
            format!("ConfigurationError::Populate {}", populate_name(error))
        }
        Error::Configuration(ConfigurationError::Import(ImportError::Left { reason, .. })) => {
            format!("ConfigurationError::Import Left {}", not_imported_name(reason))
        }
        Error::Configuration(ConfigurationError::Import(error)) => {
            format!("ConfigurationError::Import {}", import_name(error))
        }
        Error::Configuration(ConfigurationError::Console(error)) => {
            format!("ConfigurationError::Console {}", console_name(error))
        }
        Error::Configuration(ConfigurationError::Sync(error)) => {
            format!("ConfigurationError::Sync {}", sync_name(error))
        }
        Error::Configuration(error) => format!("ConfigurationError::{}", configuration_name(error)),
        Error::SignIn(error) => format!("SignInError::{}", sign_in_name(error)),
        Error::Aws(AwsError::Service { error, .. }) => {
            format!("AwsError::Service {}", kind_name(&error.kind))
        }
        Error::Aws(error) => format!("AwsError::{}", aws_name(error)),
        Error::Local(error) => format!("LocalError::{}", local_name(error)),
        Error::Waiting(error) => format!("SignInWaiting::{}", waiting_name(error)),
        Error::Command(error) => format!("CommandError::{}", command_name(error)),
        Error::Interrupted => "Interrupted".to_owned(),
        Error::Shared { .. } => "Shared".to_owned(),
    }
}

fn login() -> LoginCommands {
    LoginCommands {
        session: "sso-session `corp`".to_owned(),
        ours: "aws-sso-cred login --sso-session corp".to_owned(),
        aws_cli: Some("aws sso login --sso-session corp".to_owned()),
    }
}

/// A session that no config names: the AWS CLI cannot sign in to it.
fn login_without_config() -> LoginCommands {
    LoginCommands {
        session: "start URL `https://corp.awsapps.com/start`".to_owned(),
        ours: "aws-sso-cred login --start-url https://corp.awsapps.com/start --region eu-west-1".to_owned(),
        aws_cli: None,
    }
}

fn samples() -> Vec<Error> {
    let mut samples = configuration();
    samples.extend(signing_in());
    samples.extend(aws());
    samples.extend(out_of_reach());
    samples.extend(anything_else());
    samples.extend(caches());
    samples.extend(edits());
    samples.extend(console());
    samples
}

/// Changes of the configuration files.
fn edits() -> Vec<Error> {
    let config = || CONFIG.to_owned();
    let not_editable =
        |line, fault| Error::Configuration(ConfigurationError::NotEditable { path: config(), line, fault });
    let not_writable = |what: &str, rule| {
        let what = what.to_owned();
        Error::Configuration(ConfigurationError::NotWritable { what, path: config(), rule })
    };
    let not_edited = |path: &str, kind, words: &str| {
        let obstacle = Obstacle { path: path.to_owned(), kind, words: words.to_owned() };
        Error::Local(LocalError::NotEdited { path: config(), obstacle })
    };
    vec![
        not_editable(Some(12), "has no `=`"),
        not_editable(Some(12), "has a value of several lines"),
        not_editable(Some(12), "is a header that is indented deeper than the key above it"),
        not_editable(None, "is UTF-16, which AWS's tools cannot read"),
        not_writable(
            "the value of `region` in profile `dev`",
            "must not contain ` #` or ` ;`, where some of AWS's tools cut it",
        ),
        not_writable("a section for profile `dev `", "must not begin or end with a blank"),
        Error::Configuration(ConfigurationError::FileChanged { path: config() }),
        not_edited(CONFIG, ObstacleKind::Owner(0), "Permission denied"),
        not_edited(CONFIG, ObstacleKind::Mode, "Permission denied"),
        not_edited(CONFIG, ObstacleKind::Held("sudo chattr -i"), "it is immutable (chattr +i)"),
        not_edited("~/.aws", ObstacleKind::ReadOnly, "Read-only file system"),
        not_edited("~/.aws", ObstacleKind::Full, "No space left on device"),
        not_edited("~/.aws/config.aws-sso-cred.bak", ObstacleKind::NoFile, "Is a directory"),
        Error::Local(LocalError::KeepsChanging { path: config() }),
        Error::Local(LocalError::ReadsBackWrong {
            path: config(),
            what: "is read differently in profile `dev`".to_owned(),
        }),
        Error::Local(LocalError::LockTimeout {
            what: config(),
            waited: Some(Duration::from_secs(10)),
            holder: Some(4711),
        }),
    ]
}

fn not_from_here(from: SignInFrom, section: &str) -> Error {
    let origin = in_file(section, "aws_sso_cred_sign_in");
    Error::SignInNeeded(SignInNeeded::NotFromHere { from, origin, login: login() })
}

const CONFIG: &str = "~/.aws/config";

fn in_file(section: &str, key: &str) -> Origin {
    Origin::File { path: CONFIG.to_owned(), line: 7, section: section.to_owned(), key: key.to_owned() }
}

fn configuration() -> Vec<Error> {
    let mut samples = missing();
    samples.extend(invalid_and_unreadable());
    samples.extend(converting());
    samples.extend(populate().into_iter().map(Error::from));
    samples.extend(importing().into_iter().map(Error::from));
    samples.extend(sync().into_iter().map(Error::from));
    samples
}

/// `configure --import`
fn importing() -> Vec<ImportError> {
    let text = str::to_owned;
    let path = || text("~/.config/aws-sso/config.yaml");
    let left = |reason| ImportError::Left { subject: text("profile `dev`"), reason };
    let mut samples = vec![
        ImportError::UnknownSource { given: text("grantd"), instead: None },
        ImportError::UnknownSource {
            given: text("aws-vault"),
            instead: Some("its profiles have `sso_` keys: run `aws-sso-cred configure convert --all`"),
        },
        ImportError::Unreadable { path: path(), cause: text("is a directory") },
        ImportError::NotUnderstood { path: path(), line: 5, fault: "has an anchor, an alias or a tag" },
        ImportError::Lacks { path: path(), line: 2, section: text("SSOConfig.Default"), key: "StartUrl" },
    ];
    let reasons = [
        NotImported::NoRole { tool: "granted", missing: vec!["granted_sso_region"] },
        NotImported::NoRole { tool: "granted", missing: vec!["granted_sso_region", "granted_sso_role_name"] },
        NotImported::Invalid { what: "account id", value: text("1111"), rule: "must be 12 digits" },
        NotImported::OtherWay { key: "role_arn" },
        NotImported::SeveralSections,
        NotImported::InCredentialsFile { key: "aws_access_key_id", path: text("~/.aws/credentials") },
        NotImported::OtherProgram { tool: "granted", program: text("get-keys") },
        NotImported::NoSettings { path: path() },
        NotImported::OtherSettings { path: text("~/work.yaml") },
        NotImported::UnknownInstance { name: Some(text("Work")), path: path() },
        NotImported::UnknownInstance { name: None, path: path() },
    ];
    samples.extend(reasons.into_iter().map(left));
    let left = |reason| ImportError::Left { subject: text("role `Admin` in account 111122223333"), reason };
    let reasons = [
        NotImported::Invalid {
            what: "profile name",
            value: text("My Shop:Admin"),
            rule: "must be letters, digits and `_.@+-/:`, which every SDK reads",
        },
        NotImported::NoViaProfile { via: text("arn:aws:iam::444455556666:role/Jump") },
        NotImported::SourceIdentity,
        NotImported::NameTaken { name: text("admin") },
        NotImported::NameFromAws {
            template: text("{{ .AccountAlias }}:{{ .RoleName }}"),
            sso_session: text("corp"),
        },
    ];
    samples.extend(reasons.into_iter().map(left));
    samples
}

/// `configure convert`
fn converting() -> Vec<Error> {
    let text = str::to_owned;
    let not_convertible = |reason| {
        let (profile, config_path) = (text("dev"), text(CONFIG));
        Error::Configuration(ConfigurationError::NotConvertible { profile, reason, config_path })
    };
    let nothing = |wanted: Option<&str>, similar: Option<&str>, back| {
        Error::Configuration(ConfigurationError::NothingToConvert {
            wanted: wanted.map(text),
            similar: similar.map(text),
            back,
            config_path: text(CONFIG),
        })
    };
    let reasons = [
        NotConvertible::NoSsoKeys { instead: None },
        NotConvertible::NoSsoKeys { instead: Some(text("role_arn")) },
        NotConvertible::OtherWay { key: "aws_access_key_id" },
        NotConvertible::InCredentialsFile { key: "aws_access_key_id", path: text("~/.aws/credentials") },
        NotConvertible::OtherProgram { program: text("get-keys") },
        NotConvertible::SeveralSections,
        NotConvertible::DiffersFromSession { key: "sso_region" },
        NotConvertible::TwoRoles,
        NotConvertible::NameTaken { name: text("dev-sso") },
        NotConvertible::ReadOtherwise,
        NotConvertible::NoLine,
        NotConvertible::LineNotFollowed,
    ];
    let mut samples: Vec<Error> = reasons.into_iter().map(not_convertible).collect();
    samples.extend([
        nothing(None, None, false),
        nothing(None, None, true),
        nothing(Some("x*"), None, false),
        nothing(Some("x*"), None, true),
        nothing(Some("dve"), Some("dev"), false),
        nothing(Some("nope"), None, false),
        Error::Configuration(ConfigurationError::NeedsYes {
            command: text("aws-sso-cred configure convert --all"),
            config_path: text(CONFIG),
        }),
    ]);
    samples
}

/// `console`.
fn console() -> Vec<Error> {
    let text = str::to_owned;
    let refused = |duration| {
        Error::Aws(AwsError::ConsoleRefused {
            account_id: text("111122223333"),
            role_name: text("Developer"),
            endpoint: text("signin.aws.amazon.com"),
            status: 400,
            duration,
        })
    };
    let not_opened = |shortcut| {
        let cause = text("SSH without a display");
        Error::SignIn(SignInError::ConsoleNotOpened { cause, shortcut })
    };
    vec![
        ConsoleError::UnknownService { name: text("lamda"), similar: Some(text("lambda")) }.into(),
        ConsoleError::UnknownService { name: text("quantum"), similar: None }.into(),
        ConsoleError::NoConsolePage {
            destination: text("https://console.aws.example.com/"),
            rule: "must have a host of the console, without a port and a user name",
            host: text("console.aws.amazon.com"),
        }
        .into(),
        ConsoleError::NoConsole { region: text("us-iso-east-1") }.into(),
        not_opened(false),
        not_opened(true),
        refused(None),
        refused(Some(Duration::from_secs(12 * 3600))),
    ]
}

fn sync() -> Vec<SyncError> {
    let text = str::to_owned;
    let nothing = |wanted: Option<&str>, similar: Option<&str>| SyncError::NothingMeant {
        wanted: wanted.map(text),
        similar: similar.map(text),
        config_path: text(CONFIG),
    };
    let not_ours = |changed, others| SyncError::NotOurs {
        target: text("dev"),
        profile: text("dev"),
        others,
        changed,
        path: text("~/.aws/credentials"),
    };
    vec![
        nothing(None, None),
        nothing(Some("x*"), None),
        nothing(Some("dve"), Some("dev")),
        SyncError::SameTarget { target: text("x"), profiles: [text("dev"), text("prod")] },
        not_ours(false, 0),
        not_ours(false, 1),
        not_ours(true, 12),
    ]
}

fn populate() -> Vec<PopulateError> {
    let text = str::to_owned;
    let (admin, other) = (
        text("role `Admin` in account 111122223333 (Prod)"),
        text("role `Admin` in account 444455556666 (Prod)"),
    );
    let same_name = |others, lacks_region| PopulateError::SameProfileName {
        name: text("Prod.Admin"),
        roles: [admin.clone(), other.clone()],
        others,
        lacks_region,
    };
    let foreign = |owner, others| PopulateError::ForeignProfile {
        name: text("Prod.Admin"),
        role: admin.clone(),
        owner,
        path: text(CONFIG),
        others,
    };
    let no_profile_name = |name: &str| PopulateError::NoProfileName { role: admin.clone(), name: text(name) };
    vec![
        PopulateError::NameTemplate {
            template: text("{acount_name}.{role_name}"),
            character: 1,
            fault: text("`{acount_name}` is not a value"),
            known: vec!["account_name", "role_name"],
        },
        PopulateError::NoRegion { template: text("{account_name}.{region}") },
        no_profile_name(""),
        no_profile_name("__proto__"),
        same_name(0, false),
        same_name(1, false),
        same_name(12, true),
        foreign(ProfileOwner::Other, 0),
        foreign(ProfileOwner::Other, 1),
        foreign(ProfileOwner::Session(text("other")), 12),
        foreign(ProfileOwner::Role { account_id: text("444455556666"), role_name: text("Admin") }, 0),
        PopulateError::NoSection {
            start_url: text("https://corp.awsapps.com/start"),
            region: text("eu-west-1"),
        },
    ]
}

/// What cannot be found.
fn missing() -> Vec<Error> {
    let text = str::to_owned;
    let some = |value: &str| Some(value.to_owned());
    let missing = |missing: &[Value], profile, sso_session, reason| {
        Error::Configuration(ConfigurationError::MissingValues {
            missing: missing.to_vec(),
            profile,
            sso_session,
            config_path: text(CONFIG),
            reason,
        })
    };
    let all = [Value::StartUrl, Value::Region, Value::RoleName, Value::AccountId];
    let profile_not_found = |named_by, similar| {
        Error::Configuration(ConfigurationError::ProfileNotFound {
            profile: text("dve"),
            named_by,
            config_path: text(CONFIG),
            similar,
        })
    };
    let session_not_found = |origin, similar| {
        Error::Configuration(ConfigurationError::SessionNotFound {
            sso_session: text("crop"),
            origin,
            config_path: text(CONFIG),
            similar,
        })
    };
    let broken_line = MissingReason::BrokenLine { path: text(CONFIG), line: 12, fault: "has no `=`" };
    vec![
        Error::Configuration(ConfigurationError::Usage {
            message: text("unexpected argument '--profil' found"),
            suggestion: some("did you mean `--profile`?"),
        }),
        Error::Configuration(ConfigurationError::Usage {
            message: text("the argument '--interactive' cannot be used with '--noninteractive'"),
            suggestion: None,
        }),
        missing(&all, None, None, None),
        missing(&all[2..], some("dev"), some("corp"), None),
        missing(&all[2..], None, some("corp"), None),
        missing(&all[1..], some("dev"), some("corp"), None),
        missing(&all[1..2], some("dev"), some("corp"), None),
        missing(&all[3..], some("dev"), None, Some(broken_line)),
        missing(&all, some("dev"), None, Some(MissingReason::OtherProvider { key: "credential_process" })),
        missing(&all[..3], some("dev"), None, Some(MissingReason::IncompleteLine)),
        missing(&all, some("dev"), None, Some(MissingReason::LongChain { first: text("first"), most: 8 })),
        missing(&all[2..3], some("dev"), some("corp"), Some(MissingReason::IncompleteLine)),
        missing(&all[1..2], some("dev"), some("corp"), Some(MissingReason::IncompleteLine)),
        missing(
            &all,
            some("dev"),
            None,
            Some(MissingReason::Circle {
                profiles: vec![text("dev"), text("dev")],
                key: "credential_process",
            }),
        ),
        missing(
            &all,
            some("dev"),
            None,
            Some(MissingReason::Circle {
                profiles: vec![text("a"), text("b"), text("a")],
                key: "source_profile",
            }),
        ),
        missing(&all, some("dev"), None, Some(MissingReason::SourceProfile { source: text("my base") })),
        missing(&all[1..2], None, None, None),
        missing(&all[..1], None, None, None),
        profile_not_found(Some("--profile"), some("dev")),
        profile_not_found(Some("--profile"), some("dve\u{200b}")),
        profile_not_found(Some("credential_process"), some("dev")),
        profile_not_found(Some("source_profile"), None),
        profile_not_found(Some("--profile"), None),
        profile_not_found(Some("AWS_PROFILE"), some("dev")),
        profile_not_found(None, None),
        session_not_found(in_file("profile dev", "sso_session"), some("corp")),
        session_not_found(in_file("profile dev", "sso_session"), None),
        session_not_found(Origin::Line { profile: text("dev") }, some("corp")),
        session_not_found(Origin::Line { profile: text("dev") }, None),
        session_not_found(Origin::Flag("--sso-session"), some("corp")),
        session_not_found(Origin::Environment("AWS_SSO_SESSION"), None),
        session_not_found(in_file("profile dev", "sso_session"), some("crop\u{feff}")),
    ]
}

fn several_sessions(command: &'static str, names: &[&str]) -> Error {
    let with_name = |name: &&str| format!("aws-sso-cred {command} --sso-session {name}");
    Error::Configuration(ConfigurationError::SeveralSessions {
        config_path: CONFIG.to_owned(),
        commands: names.iter().map(with_name).collect(),
        command,
    })
}

/// What is found, and cannot be used.
fn invalid_and_unreadable() -> Vec<Error> {
    let mut samples = invalid();
    samples.extend(unreadable_or_unusable());
    samples
}

fn invalid() -> Vec<Error> {
    let text = str::to_owned;
    let invalid_with = |what, value: &str, origin, rule, remedy| {
        Error::Configuration(ConfigurationError::InvalidValue {
            what,
            value: text(value),
            origin,
            rule,
            remedy,
        })
    };
    let invalid = |what, value: &str, origin, rule| invalid_with(what, value, origin, rule, None);
    vec![
        invalid("account id", "12345", in_file("profile dev", "sso_account_id"), "must be 12 digits"),
        invalid(
            "start URL",
            "http://corp.awsapps.com/start",
            Origin::Flag("--start-url"),
            "must start with https://",
        ),
        invalid("account id", "12345", Origin::Line { profile: text("dev") }, "must be 12 digits"),
        invalid(
            "SSO region",
            "eu.west.1",
            Origin::Environment("AWS_SSO_REGION"),
            "must be a region name such as `eu-west-1`",
        ),
        invalid_with(
            "start URL",
            "https://corp.awsapps.com/start\u{200b}",
            in_file("sso-session corp", "sso_start_url"),
            "must not contain invisible characters",
            Some(Remedy::RemoveInvisible('\u{200b}')),
        ),
        invalid_with(
            "role name",
            "AWSReservedSSO_Developer_0123456789abcdef",
            in_file("profile dev", "sso_role_name"),
            "is an IAM role, not a permission set",
            Some(Remedy::PermissionSet(text("Developer"))),
        ),
        invalid(
            "sso-session name",
            "co\u{1}rp",
            Origin::Header { path: text(CONFIG), line: 7, section: text("sso-session co\u{1}rp") },
            "must be a name without control characters",
        ),
    ]
}

fn unreadable_or_unusable() -> Vec<Error> {
    let text = str::to_owned;
    let some = |value: &str| Some(value.to_owned());
    let config_missing = |by_variable| {
        Error::Configuration(ConfigurationError::ConfigMissing {
            path: text(CONFIG),
            wanted: text("profile `dev`"),
            by_variable,
        })
    };
    let connection = |setting: &str, value: &str, cause: &str| {
        Error::Configuration(ConfigurationError::BadConnectionSetting {
            setting: text(setting),
            value: text(value),
            cause: text(cause),
        })
    };
    vec![
        config_missing(false),
        config_missing(true),
        Error::Configuration(ConfigurationError::ConfigNotUtf8 { path: text(CONFIG), encoding: "UTF-16" }),
        Error::Configuration(ConfigurationError::ConfigUnreadable {
            path: text(CONFIG),
            cause: text("Permission denied"),
            variable: "AWS_CONFIG_FILE",
            too_many_files: false,
        }),
        Error::Configuration(ConfigurationError::ConfigUnreadable {
            path: text(CONFIG),
            cause: text("Too many open files"),
            variable: "AWS_CONFIG_FILE",
            too_many_files: true,
        }),
        Error::Configuration(ConfigurationError::StartUrlAstray {
            start_url: text("https://sso.corp.example"),
            cause: text("it answers with status 404 instead of a redirect"),
        }),
        Error::Configuration(ConfigurationError::RegionMismatch {
            start_url: text("https://sso.corp.example"),
            portal: some("https://ssoins-0123.portal.us-east-2.app.aws"),
            region: text("us-east-2"),
            configured: text("eu-west-1"),
        }),
        Error::Configuration(ConfigurationError::NothingToSignInTo { config_path: text(CONFIG) }),
        several_sessions("login", &["corp", "'my customer'"]),
        several_sessions("login", &["a", "b", "c", "d", "e", "f", "g"]),
        several_sessions("list", &["corp", "'my customer'"]),
        connection("AWS_CA_BUNDLE", "/etc/corp.pem", "No such file or directory (os error 2)"),
        connection(
            "HTTPS_PROXY",
            "socks5://proxy.corp.example:1080",
            "only http:// and https:// proxies are supported",
        ),
        connection("AWS_ENDPOINT_URL_SSO", "http://portal.corp.example", "it must start with https://"),
        Error::Aws(AwsError::NoRoles { session: text("sso-session `corp`") }),
        Error::Configuration(ConfigurationError::MissingOptions {
            command: "configure",
            missing: vec![text("`--account-id ID`"), text("`--role-name NAME`"), text("`--profile NAME`")],
        }),
        Error::Configuration(ConfigurationError::OtherValues {
            section: text("profile `dev`"),
            differences: vec![
                Difference { key: text("region"), old: some("eu-west-1"), new: some("us-west-2") },
                Difference {
                    key: text("role_arn"),
                    old: some("arn:aws:iam::111122223333:role/x"),
                    new: None,
                },
            ],
            config_path: CONFIG.to_owned(),
        }),
        Error::Configuration(ConfigurationError::NotForALine {
            what: "--sso-session",
            value: text("my corp"),
            is_program: false,
        }),
        Error::Configuration(ConfigurationError::NotForALine {
            what: "the path of aws-sso-cred",
            value: text("/home/me/my tools/aws-sso-cred"),
            is_program: true,
        }),
        Error::Configuration(ConfigurationError::NoHome),
        Error::Configuration(ConfigurationError::HomeMissing {
            path: text("/home/gone"),
            variable: Some("HOME"),
        }),
        Error::Configuration(ConfigurationError::HomeMissing { path: text("/home/gone"), variable: None }),
    ]
}

fn signing_in() -> Vec<Error> {
    let reasons = [
        SignInReason::NeverSignedIn,
        SignInReason::TokenUnreadable,
        SignInReason::TokenExpired,
        SignInReason::RegistrationExpired,
        SignInReason::OtherSignIn,
        SignInReason::SessionEnded,
        SignInReason::WrongRegionOrEnded,
        SignInReason::ClientRejected,
        SignInReason::TokenRejected,
        SignInReason::Forced,
    ];
    let mut samples: Vec<Error> = reasons
        .map(|reason| Error::SignInNeeded(SignInNeeded::Required { reason, other: None, login: login() }))
        .to_vec();
    let other = |start_url: &str, region: &str| {
        Error::SignInNeeded(SignInNeeded::Required {
            reason: SignInReason::OtherSignIn,
            other: Some(Box::new(OtherSignIn {
                start_url: start_url.to_owned(),
                region: region.to_owned(),
                wanted_start_url: "https://corp.awsapps.com/start".to_owned(),
                wanted_region: "eu-west-1".to_owned(),
            })),
            login: login(),
        })
    };
    let cooling_down = |refused, seconds| {
        Error::SignIn(SignInError::CoolingDown {
            refused,
            since: Timestamp::from_unix(1_795_230_000).for_people(0),
            remaining: Duration::from_secs(seconds),
            login: login(),
        })
    };
    samples.extend([
        other("https://customer.awsapps.com/start", "us-east-1"),
        other("https://corp.awsapps.com/start", "us-east-1"),
        Error::SignInNeeded(SignInNeeded::Required {
            reason: SignInReason::NeverSignedIn,
            other: None,
            login: login_without_config(),
        }),
        not_from_here(SignInFrom::Terminal, "profile prod"),
        not_from_here(SignInFrom::Command, "sso-session corp"),
        Error::SignIn(SignInError::Refused { login: login() }),
        Error::SignIn(SignInError::Unanswered { login: login() }),
        Error::SignIn(SignInError::Unshowable {
            cause: "no terminal, and no browser (SSH without a display)".to_owned(),
            in_ci: false,
            login: login(),
        }),
        Error::SignIn(SignInError::Unshowable { cause: "this is a CI job (`CI` is set)".to_owned(), in_ci: true, login: login() }),
        Error::SignIn(SignInError::Unshowable {
            cause: "no terminal, and no browser (`BROWSER` names `lynx`, a text browser, which would take over the terminal)"
                .to_owned(),
            in_ci: false,
            login: login(),
        }),
        cooling_down(true, 7),
        cooling_down(false, 280),
        Error::SignIn(SignInError::ListenerUnavailable {
            port: Some(8123),
            cause: "Address already in use (os error 98)".to_owned(),
            without: "aws-sso-cred login --sso-session corp --use-device-code".to_owned(),
        }),
        Error::SignIn(SignInError::ListenerUnavailable {
            port: None,
            cause: "Permission denied (os error 13)".to_owned(),
            without: "aws-sso-cred login --use-device-code".to_owned(),
        }),
        Error::SignIn(SignInError::Failed { cause: "AWS says `invalid_scope`: Invalid scope".to_owned(), login: login() }),
        Error::Waiting(SignInWaiting::Pending {
            verification_uri: "https://device.sso.eu-west-1.amazonaws.com/?user_code=ABCD-EFGH".to_owned(),
            user_code: "ABCD-EFGH".to_owned(),
            expires_in: Duration::from_secs(540),
            session: "sso-session `corp`".to_owned(),
            unanswered: false,
        }),
        Error::Waiting(SignInWaiting::Pending {
            verification_uri: "https://device.sso.eu-west-1.amazonaws.com/?user_code=ABCD-EFGH".to_owned(),
            user_code: "ABCD-EFGH".to_owned(),
            expires_in: Duration::from_secs(540),
            session: "sso-session `corp`".to_owned(),
            unanswered: true,
        }),
        Error::Waiting(SignInWaiting::Elsewhere { session: "sso-session `corp`".to_owned(), holder: None }),
        Error::Waiting(SignInWaiting::Elsewhere { session: "sso-session `corp`".to_owned(), holder: Some(4711) }),
    ]);
    samples
}

const PORTAL: &str = "portal.sso.eu-west-1.amazonaws.com";

fn service(
    operation: &'static str,
    endpoint: &str,
    kind: ServiceErrorKind,
    code: Option<&str>,
    message: Option<&str>,
    clock_skew: Option<i64>,
) -> Error {
    let error = ServiceError {
        operation,
        kind,
        status: code.map(|_| 400),
        code: code.map(str::to_owned),
        message: message.map(str::to_owned),
        endpoint: endpoint.to_owned(),
        retry_after: None,
        server_date: None,
        proxy: None,
        asked_again: false,
    };
    Error::Aws(AwsError::Service {
        error: Box::new(error),
        region: "eu-west-1".to_owned(),
        clock_skew,
        flags: Vec::new(),
    })
}

/// Asked again and again, by a run whose flags switch the caches off.
fn throttled_in_spite_of_flags() -> Error {
    let kind = ServiceErrorKind::Throttled;
    let mut error = service("GetRoleCredentials", PORTAL, kind, Some("TooManyRequestsException"), None, None);
    if let Error::Aws(AwsError::Service { error, flags, .. }) = &mut error {
        error.asked_again = true;
        *flags = vec!["--force-refresh", "--no-cache"];
    }
    error
}

fn aws() -> Vec<Error> {
    use ServiceErrorKind as Kind;
    let portal = PORTAL;
    let oidc = "oidc.eu-west-1.amazonaws.com";
    let forbidden = |message: Option<&str>| {
        Error::Aws(AwsError::RoleForbidden {
            account_id: "111122223333".to_owned(),
            role_name: "Developer".to_owned(),
            message: message.map(str::to_owned),
            login: login(),
        })
    };
    let token = |kind, code, message| service("CreateToken", oidc, kind, Some(code), Some(message), None);
    vec![
        forbidden(Some("No access")),
        forbidden(None),
        Error::Aws(AwsError::SignInTooShort {
            session: "sso-session `corp`".to_owned(),
            left: Duration::from_secs(900),
            asked: Duration::from_secs(3600),
        }),
        Error::Aws(AwsError::StartUrlRefused {
            start_url: "https://corp.awsapps.com".to_owned(),
            region: "eu-west-1".to_owned(),
            message: Some("Invalid startUrl provided".to_owned()),
        }),
        token(Kind::AuthorizationPending, "AuthorizationPendingException", "Authorization is still pending"),
        token(Kind::SlowDown, "SlowDownException", "Polling too fast"),
        token(Kind::ExpiredToken, "ExpiredTokenException", "The device code has expired"),
        token(Kind::AccessDenied, "AccessDeniedException", "The request was denied"),
        token(Kind::InvalidGrant, "InvalidGrantException", "Invalid refresh token provided"),
        token(Kind::InvalidClient, "InvalidClientException", "Invalid client provided"),
        token(
            Kind::UnauthorizedClient,
            "UnauthorizedClientException",
            "Client is not allowed to use this grant",
        ),
        service(
            "RegisterClient",
            oidc,
            Kind::InvalidScope,
            Some("InvalidScopeException"),
            Some("Invalid scope"),
            None,
        ),
        service(
            "StartDeviceAuthorization",
            oidc,
            Kind::InvalidRequest,
            Some("InvalidRequestException"),
            Some("Invalid startUrl provided"),
            None,
        ),
        service(
            "GetRoleCredentials",
            portal,
            Kind::Unauthorized,
            Some("UnauthorizedException"),
            Some("Session token not found or invalid"),
            None,
        ),
        service("Logout", portal, Kind::Forbidden, Some("ForbiddenException"), Some("No access"), None),
        service("ListAccountRoles", portal, Kind::NotFound, Some("ResourceNotFoundException"), None, None),
        service(
            "GetRoleCredentials",
            portal,
            Kind::Throttled,
            Some("TooManyRequestsException"),
            Some("HTTP 429 Too Many Requests"),
            None,
        ),
        throttled_in_spite_of_flags(),
        service("GetRoleCredentials", portal, Kind::Server, None, None, None),
        service(
            "GetRoleCredentials",
            portal,
            Kind::Server,
            None,
            Some("HTTP status 503 without an AWS error code"),
            None,
        ),
        service(
            "CreateToken",
            oidc,
            Kind::Other,
            Some("InternalConfigurationException"),
            Some("Something AWS has thought of"),
            Some(4000),
        ),
    ]
}

/// What happened on the way to an answer.
fn out_of_reach() -> Vec<Error> {
    use ServiceErrorKind as Kind;
    let portal = PORTAL;
    let fetch = |kind, message| service("GetRoleCredentials", portal, kind, None, Some(message), None);
    vec![
        fetch(
            Kind::Unreachable,
            "the name `portal.sso.eu-west-1.amazonaws.com` cannot be resolved: Name or service not known",
        ),
        service(
            REDIRECT,
            "sso.corp.example",
            Kind::Unreachable,
            None,
            Some("the name `sso.corp.example` cannot be resolved: Name or service not known"),
            None,
        ),
        service(
            GET_SIGN_IN_TOKEN,
            "signin.aws.amazon.com",
            Kind::Unreachable,
            None,
            Some("Network is unreachable"),
            None,
        ),
        fetch(Kind::Broken, "the connection closed before the answer was complete"),
        fetch(Kind::TimedOut, "no answer within 8 seconds"),
        fetch(
            Kind::Untrusted { issuer: Some("CN=Corp Proxy CA".to_owned()) },
            "that issuer is not among the certificates trusted here",
        ),
        service(
            "GetRoleCredentials",
            portal,
            Kind::Untrusted { issuer: None },
            None,
            Some("the certificate is not valid yet; is the clock right?"),
            Some(-86_400),
        ),
        fetch(
            Kind::Untrusted { issuer: None },
            "the certificate expired at 2026-11-21T04:00:00Z; is the clock right?",
        ),
        fetch(
            Kind::NotAws,
            "the credentials it gave expire at 2026-11-21T04:00:00Z; is this computer's clock right?",
        ),
        fetch(
            Kind::Untrusted { issuer: None },
            "this system has no trusted certificates; they come in a package `ca-certificates`",
        ),
        fetch(
            Kind::Connection,
            "`localhost` is 192.0.2.1, which is not this computer: http:// is allowed only to this computer",
        ),
        service(
            "GetRoleCredentials",
            "AWS",
            Kind::Connection,
            None,
            Some("there is no dual-stack endpoint in region `eu-west-1`"),
            None,
        ),
        fetch(Kind::Proxy, "proxy proxy.corp.example:3128: it asks for a user and a password (407)"),
        fetch(Kind::Proxy, "proxy proxy.corp.example:3128: it refuses the tunnel (403)"),
        fetch(
            Kind::Untrusted { issuer: Some("Hotel CA".to_owned()) },
            "the certificate is for another host: wifi.hotel.example",
        ),
        fetch(
            Kind::ProxyUnreachable,
            "proxy proxy.corp.example:3128: the name `proxy.corp.example` cannot be resolved: Name or service not known",
        ),
        fetch(Kind::Exhausted, "Too many open files (os error 24)"),
        fetch(Kind::NotAws, "the network asks you to sign in to it first (HTTP status 511)"),
        fetch(Kind::NotAws, "HTTP status 200 without an AWS error code"),
    ]
}

fn anything_else() -> Vec<Error> {
    let text = str::to_owned;
    let some = |value: &str| Some(value.to_owned());
    vec![
        Error::Local(LocalError::LockTimeout {
            what: text("role `Developer` in account 111122223333"),
            waited: Some(Duration::from_secs(45)),
            holder: None,
        }),
        Error::Local(LocalError::LockTimeout {
            what: text("sso-session `corp`"),
            waited: Some(Duration::from_secs(30)),
            holder: Some(4711),
        }),
        Error::Local(LocalError::LockTimeout {
            what: text("sso-session `corp`"),
            waited: None,
            holder: Some(4711),
        }),
        Error::Shared {
            exit_code: 4,
            text: Text {
                what: text("cannot reach portal.sso.eu-west-1.amazonaws.com"),
                why: None,
                hint: some(
                    "check the network, HTTPS_PROXY, and that `sso_region` is right (it is `eu-west-1`)",
                ),
            },
        },
        Error::Local(LocalError::OutputFailed { cause: text("Broken pipe (os error 32)") }),
        Error::Local(LocalError::PageNotWritten {
            path: text("/usr/share/man/man1/aws-sso-cred.1"),
            cause: text("Permission denied (os error 13)"),
        }),
        Error::Interrupted,
        Error::Local(LocalError::NotExportable {
            variable: "AWS_SESSION_TOKEN",
            format: "windows-cmd",
            holds: "a double quote",
        }),
        Error::Local(LocalError::NoEndpoint { cause: text("Too many open files (os error 24)") }),
        Error::Command(CommandError::NotFound { command: text("terrafrom"), is_path: false }),
        Error::Command(CommandError::NotFound { command: text("./deploy"), is_path: true }),
        Error::Command(CommandError::NotExecutable {
            command: text("./deploy.sh"),
            path: text("./deploy.sh"),
            cause: text("Permission denied (os error 13)"),
        }),
    ]
}

fn caches() -> Vec<Error> {
    let text = str::to_owned;
    let token = text("~/.aws/sso/cache/e8be5486177c5b5392bd9aa76563515b29358e6e.json");
    let role = text("~/.aws/cli/cache/f1d2d2f924e986ac86fdf7b36c94bcdf32beec15.json");
    let directory = text("~/.aws/sso/cache");
    let obstacle = |path: &str, kind, words: &str| Obstacle { path: text(path), kind, words: text(words) };
    let root = |path: &str| obstacle(path, ObstacleKind::Owner(0), "Permission denied");
    let unreadable = |content: Option<&str>, obstacle| {
        let (path, content) = (token.clone(), content.map(text));
        Error::SignInNeeded(SignInNeeded::Unreadable { path, content, obstacle, login: login() })
    };
    let not_opened = Error::Local(LocalError::TokenNotOpened {
        path: token.clone(),
        obstacle: obstacle(&token, ObstacleKind::OpenFiles, "Too many open files"),
        session: login().session,
    });
    let no_room = |obstacle| Error::Local(LocalError::NoRoom { directory: directory.clone(), obstacle });
    let not_kept =
        |obstacle, revoked| Error::Local(LocalError::NotKept { path: directory.clone(), obstacle, revoked });
    let file =
        |path: &str, holds, obstacle| LeftFile { path: text(path), holds, obstacle, was_linked: false };
    let left = |files: &[LeftFile], session: Option<&str>, revoked| {
        Error::Local(LocalError::Left {
            files: files.to_vec(),
            session: session.map(text),
            revoked,
            again: match session {
                Some(_) => text("aws-sso-cred logout --sso-session corp"),
                None => text("aws-sso-cred logout --all"),
            },
        })
    };
    let sign_in = file(&token, Holding::SignIn, root("~/.aws/sso/cache"));
    let registration = file(&token, Holding::Registration, root("~/.aws/sso/cache"));
    let credentials = file(&role, Holding::RoleCredentials, root("~/.aws/cli/cache"));
    let read_only = obstacle("~/.aws/sso/cache", ObstacleKind::ReadOnly, "Read-only file system");
    let linked = LeftFile {
        path: text("/srv/shared/token.json"),
        holds: Holding::SignIn,
        obstacle: obstacle("/srv/shared/token.json", ObstacleKind::Owner(1000), "permission denied"),
        was_linked: true,
    };
    let corp = Some("sso-session `corp`");
    let immutable = obstacle(&token, ObstacleKind::Held("sudo chattr -i"), "it is immutable (chattr +i)");
    let closed = obstacle("~/.aws/cli/cache", ObstacleKind::Mode, "Permission denied");
    let unlisted = file("~/.aws/cli/cache", Holding::Unknown, closed);
    let credentials_left = credentials.clone();
    vec![
        unreadable(Some("it ends early"), None),
        unreadable(None, Some(root(&token))),
        unreadable(None, Some(obstacle("~/.aws/sso", ObstacleKind::Mode, "Permission denied"))),
        not_opened,
        no_room(root("~/.aws/sso/cache")),
        no_room(obstacle("~/.aws", ObstacleKind::Owner(1000), "Permission denied")),
        no_room(obstacle("~/.aws/sso/cache", ObstacleKind::Mode, "Permission denied")),
        no_room(read_only.clone()),
        no_room(obstacle("~/.aws/sso/cache", ObstacleKind::Full, "No space left on device")),
        no_room(obstacle("~/.aws/sso/cache", ObstacleKind::NoDirectory, "not a directory")),
        no_room(obstacle(&token, ObstacleKind::NoFile, "is a directory")),
        no_room(obstacle("~/.aws/sso/cache", ObstacleKind::FileSize, "File too large")),
        no_room(obstacle("~/.aws/sso/cache", ObstacleKind::OpenFiles, "Too many open files")),
        no_room(obstacle(&token, ObstacleKind::InUse, "another program has it open")),
        no_room(obstacle("~/.aws/sso/cache", ObstacleKind::Other, "Operation not permitted")),
        not_kept(read_only.clone(), true),
        not_kept(obstacle("~/.aws/sso/cache", ObstacleKind::Full, "No space left on device"), false),
        Error::Local(LocalError::NotKept { path: token.clone(), obstacle: root(&token), revoked: true }),
        left(std::slice::from_ref(&sign_in), corp, Some(true)),
        left(&[sign_in.clone(), credentials.clone()], corp, Some(false)),
        left(&[sign_in, credentials, registration], corp, None),
        left(&[file(&token, Holding::SignIn, read_only)], None, Some(true)),
        left(
            &[file(&token, Holding::Nothing, obstacle("~/.aws/sso/cache", ObstacleKind::Mode, ""))],
            corp,
            Some(true),
        ),
        left(
            &[file(
                "~/.aws/cli/cache",
                Holding::Unknown,
                obstacle("~/.aws/cli/cache", ObstacleKind::Mode, ""),
            )],
            None,
            None,
        ),
        left(&[credentials_left, unlisted.clone()], corp, None),
        left(&[unlisted.clone(), file("~/.aws/sso/cache", Holding::Unknown, root("~/.aws/sso"))], None, None),
        left(&[unlisted], None, None),
        left(&[file(&token, Holding::SignIn, immutable.clone())], corp, Some(true)),
        no_room(immutable),
        left(&[linked], corp, Some(true)),
    ]
}

#[test]
fn every_failure_has_a_sample() {
    let samples = samples();
    let seen: BTreeSet<String> = samples.iter().map(label).collect();
    let expect = |kind: &str, names: &[&str]| {
        // These have a sample for each of their own variants.
        let parted = [
            "SignInNeeded::Required",
            "AwsError::Service",
            "ConfigurationError::NotConvertible",
            "ConfigurationError::Populate",
            "ConfigurationError::Import",
            "ConfigurationError::Import Left",
            "ConfigurationError::Console",
            "ConfigurationError::Sync",
        ];
        let labels = names.iter().map(|name| format!("{kind}{name}"));
        for label in labels.filter(|label| !parted.contains(&label.as_str())) {
            assert!(seen.contains(&label), "{label} has no sample");
        }
    };
    expect("ConfigurationError::", CONFIGURATION);
    expect("ConfigurationError::NotConvertible ", NOT_CONVERTIBLE);
    expect("SignInNeeded::", NEEDED);
    expect("SignInNeeded::Required ", REASONS);
    expect("SignInError::", SIGN_IN);
    expect("SignInWaiting::", WAITING);
    expect("AwsError::", AWS);
    expect("AwsError::Service ", KINDS);
    expect("ConfigurationError::Populate ", POPULATE);
    expect("ConfigurationError::Import ", IMPORT);
    expect("ConfigurationError::Import Left ", NOT_IMPORTED);
    expect("ConfigurationError::Console ", CONSOLE);
    expect("ConfigurationError::Sync ", SYNC);
    expect("LocalError::", LOCAL);
    expect("CommandError::", COMMAND);
    expect("", &["Shared", "Interrupted"]);
}

#[test]
fn every_text_is_as_it_was_read_last() {
    let mut shown = String::from(
        "Every text of a failure, as tests/wording.rs makes it. UPDATE_SNAPSHOTS=1 writes this file anew.\n",
    );
    for error in samples() {
        let _ = writeln!(shown, "\n== {} (exit code {})\n{error}", label(&error), error.exit_code());
    }
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(root().join(SNAPSHOT), &shown).unwrap();
    }
    let kept = read(SNAPSHOT);
    let changed = kept.lines().zip(shown.lines()).find(|(kept, shown)| kept != shown);
    assert!(kept == shown, "{SNAPSHOT} differs, first at {changed:#?}; UPDATE_SNAPSHOTS=1 writes it anew");
}

#[test]
fn every_text_keeps_the_house_rules() {
    for error in samples() {
        let label = label(&error);
        let shown = error.to_string();
        let lines: Vec<&str> = shown.lines().collect();
        assert!((1..=3).contains(&lines.len()), "{label} has {} lines", lines.len());
        let what = lines[0].strip_prefix("aws-sso-cred: ").unwrap_or_else(|| panic!("{label}: {}", lines[0]));
        assert!(!what.ends_with(['.', '!', ' ', ':', ';']), "{label} ends in `{what}`");
        let first = what.chars().next().unwrap();
        // Upper case is for names only: AWS, a variable.
        let is_name = what.chars().nth(1).is_some_and(|second| second.is_ascii_uppercase());
        assert!(first.is_lowercase() || is_name || what.starts_with("--"), "{label} begins with `{what}`");
        assert!(shown.len() < 1000, "{label} is {} bytes long", shown.len());
        let quotes = shown.matches('`').count();
        assert!(quotes % 2 == 0, "{label} has a quote without an end");
        let hint = lines.last().unwrap().strip_prefix("hint: ");
        let Some(hint) = hint else {
            // A closed pipe or a full disk cannot be put right from here; a person who stopped a
            // command knows why.
            let has_none =
                matches!(error, Error::Local(LocalError::OutputFailed { .. }) | Error::Interrupted);
            assert!(has_none, "{label} has no hint");
            continue;
        };
        let address_above =
            matches!(error, Error::Waiting(SignInWaiting::Pending { .. })) && shown.contains("https://");
        assert!(can_be_pasted(hint) || address_above, "{label}: nothing can be pasted out of `{hint}`");
    }
}

/// Long values that are realistic, in the place of the short ones of the samples.
const LONG_VALUES: &[(&str, &str)] = &[
    ("profile `dev`", "profile `AdministratorAccess-111122223333`"),
    ("`corp`", "`my-company`"),
    ("`Developer`", "`AdministratorAccess`"),
    ("eu-west-1", "ap-southeast-1"),
    ("us-east-2", "ap-southeast-2"),
    ("https://corp.awsapps.com/start", "https://my-company-name.awsapps.com/start"),
    ("https://customer.awsapps.com/start", "https://ssoins-0123456789abcdef.portal.ap-southeast-2.app.aws"),
    ("https://sso.corp.example", "https://single-sign-on.my-company.example"),
    ("https://ssoins-0123.", "https://ssoins-0123456789abcdef."),
    ("sso.corp.example", "single-sign-on.my-company.example"),
    ("/etc/corp.pem", "/usr/local/share/ca-certificates/my-company.pem"),
];

#[test]
fn the_lines_of_every_text_are_short_with_long_values_too() {
    const FIRST: usize = 120;
    const OTHERS: usize = 250;
    let too_long: Vec<String> = samples()
        .iter()
        .flat_map(|error| {
            let shown = error.to_string();
            let long =
                LONG_VALUES.iter().fold(shown.clone(), |text, (short, long)| text.replace(short, long));
            let mut lines: Vec<(String, usize)> = Vec::new();
            lines.extend(shown.lines().next().map(|line| (line.to_owned(), FIRST)));
            // The program's name, which SDKs repeat or cut, does not count here.
            let what = long.lines().next().unwrap_or_default().trim_start_matches("aws-sso-cred: ");
            lines.push((what.to_owned(), FIRST));
            lines.extend(long.lines().skip(1).map(|line| (line.to_owned(), OTHERS)));
            lines
        })
        .filter(|(line, most)| line.chars().count() > *most)
        .map(|(line, most)| format!("{} of {most}: {line}", line.chars().count()))
        .collect();
    assert!(too_long.is_empty(), "these lines are too long:\n{}", too_long.join("\n"));
}

#[test]
fn no_text_has_the_number_of_a_system_error() {
    for error in samples() {
        assert!(!error.to_string().contains("(os error"), "{}", label(&error));
    }
}

#[test]
fn a_text_says_you_and_names_the_program() {
    const NOT: [&str; 8] = ["nobody", "somebody", "someone", "we", "us", "our", "ours", "person"];
    for error in samples() {
        let text = error.to_string();
        let words = text.split(|c: char| !c.is_ascii_alphanumeric() && !"-_./".contains(c));
        let found: Vec<&str> = words.filter(|word| NOT.contains(&word.to_lowercase().as_str())).collect();
        assert!(found.is_empty(), "{} says {found:?}: {text}", label(&error));
    }
}

/// A command, a key, a flag, a variable, an address, or a place in a file.
fn can_be_pasted(hint: &str) -> bool {
    let variable = |word: &str| word.len() >= 4 && word.chars().all(|c| c.is_ascii_uppercase() || c == '_');
    hint.contains('`')
        || hint.contains("https://")
        || hint.contains("~/")
        || hint.split_whitespace().any(|word| word.starts_with("--"))
        || hint.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').any(variable)
}

#[test]
fn troubleshooting_has_every_text_and_every_exit_code() {
    let lines = prose(TROUBLESHOOTING);
    let headings: Vec<&str> = lines.iter().filter_map(|(_, line)| line.strip_prefix("### ")).collect();
    for error in samples() {
        let text = error.text().what.replace('`', "");
        let found = headings.iter().any(|heading| looks_like(&heading.replace('`', ""), &text));
        assert!(found, "{TROUBLESHOOTING} has no heading for {}: {text}", label(&error));
        let code = format!("## Exit code {}", error.exit_code());
        assert!(lines.iter().any(|(_, line)| line.starts_with(&code)), "{TROUBLESHOOTING} lacks {code}");
    }
    let texts: Vec<String> = samples().iter().map(|error| error.text().what.replace('`', "")).collect();
    for heading in headings {
        let is_said = texts.iter().any(|text| looks_like(&heading.replace('`', ""), text));
        assert!(is_said, "{TROUBLESHOOTING} explains what is never said: {heading}");
    }
}
