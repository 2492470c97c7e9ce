//! What is said about a configuration that has to be put right.

use super::configuration_file as file;
use super::console;
use super::convert;
use super::import;
use super::missing_values;
use super::populate;
use super::section_header::{configure_session, section_header};
use super::sync;
use crate::error::configuration::{ConfigurationError, Difference, Origin, Remedy};
use crate::error::text::Text;
use crate::text::invisible::looks_blank;
use crate::text::list::listed;
use crate::text::shell::shell_word;

pub(in crate::error) fn text(error: &ConfigurationError) -> Text {
    match error {
        ConfigurationError::Usage { message, suggestion } => usage(message, suggestion.as_deref()),
        ConfigurationError::MissingValues { missing, profile, sso_session, config_path, reason } => {
            let session = sso_session.as_deref();
            missing_values::text(missing, profile.as_deref(), session, config_path, reason.as_ref())
        }
        ConfigurationError::ProfileNotFound { profile, named_by, config_path, similar } => {
            profile_not_found(profile, *named_by, similar.as_deref(), config_path)
        }
        ConfigurationError::SessionNotFound { sso_session, origin, config_path, similar } => {
            session_not_found(sso_session, origin, similar.as_deref(), config_path)
        }
        ConfigurationError::InvalidValue { what, value, origin, rule, remedy } => {
            invalid_value(what, value, origin, rule, remedy.as_ref())
        }
        ConfigurationError::ConfigMissing { path, wanted, by_variable } => {
            file::missing(path, wanted, *by_variable)
        }
        ConfigurationError::ConfigNotUtf8 { path, encoding } => file::not_utf8(path, encoding),
        ConfigurationError::ConfigUnreadable { path, cause, variable, too_many_files } => {
            file::unreadable(path, cause, variable, *too_many_files)
        }
        ConfigurationError::NotEditable { path, line, fault } => file::not_editable(path, *line, fault),
        ConfigurationError::NotWritable { what, path, rule } => file::not_writable(what, path, rule),
        ConfigurationError::FileChanged { path } => file::changed(path),
        ConfigurationError::StartUrlAstray { start_url, cause } => astray(start_url, cause),
        ConfigurationError::RegionMismatch { start_url, portal, region, configured } => {
            region_mismatch(start_url, portal.as_deref(), region, configured)
        }
        ConfigurationError::NothingToSignInTo { config_path } => nothing_to_sign_in_to(config_path),
        ConfigurationError::SeveralSessions { config_path, commands, command } => {
            several_sessions(config_path, commands, command)
        }
        ConfigurationError::BadConnectionSetting { setting, value, cause } => {
            bad_setting(setting, value, cause)
        }
        ConfigurationError::MissingOptions { command, missing } => missing_options(command, missing),
        ConfigurationError::OtherValues { section, differences, config_path } => {
            other_values(section, differences, config_path)
        }
        ConfigurationError::NotForALine { what, value, is_program } => {
            not_for_a_line(what, value, *is_program)
        }
        ConfigurationError::NotConvertible { profile, reason, config_path } => {
            convert::not_convertible(profile, reason, config_path)
        }
        ConfigurationError::NothingToConvert { wanted, similar, back, config_path } => {
            convert::nothing_to_convert(wanted.as_deref(), similar.as_deref(), *back, config_path)
        }
        ConfigurationError::NeedsYes { command, config_path } => file::needs_yes(command, config_path),
        ConfigurationError::Populate(error) => populate::text(error),
        ConfigurationError::Import(error) => import::text(error),
        ConfigurationError::Console(error) => console::text(error),
        ConfigurationError::Sync(error) => sync::text(error),
        ConfigurationError::NoHome => file::no_home(),
        ConfigurationError::HomeMissing { path, variable } => file::home_missing(path, *variable),
    }
}

fn usage(message: &str, suggestion: Option<&str>) -> Text {
    Text::hinted(message.to_owned(), suggestion.unwrap_or("run `aws-sso-cred --help`"))
}

fn profile_not_found(
    profile: &str,
    named_by: Option<&str>,
    similar: Option<&str>,
    config_path: &str,
) -> Text {
    let what = match named_by {
        Some(named_by) if !named_by.starts_with('-') => {
            format!("profile `{profile}`, which {named_by} names, is not in {config_path}")
        }
        _ => format!("profile `{profile}` is not in {config_path}"),
    };
    Text::hinted(what, profile_not_found_hint(profile, named_by, similar, config_path))
}

fn session_not_found(sso_session: &str, origin: &Origin, similar: Option<&str>, config_path: &str) -> Text {
    let named_by = match origin {
        Origin::File { section, .. } => {
            format!("profile `{}` refers to", section.strip_prefix("profile ").unwrap_or(section))
        }
        Origin::Line { profile } => format!("credential_process of profile `{profile}` names"),
        Origin::Flag(_) | Origin::Environment(_) | Origin::Header { .. } => {
            format!("{} names", place(origin))
        }
    };
    Text::hinted(
        format!("{named_by} sso-session `{sso_session}`, which is not in {config_path}"),
        session_not_found_hint(sso_session, origin, similar, config_path),
    )
}

fn invalid_value(what: &str, value: &str, origin: &Origin, rule: &str, remedy: Option<&Remedy>) -> Text {
    let rule = match remedy {
        Some(Remedy::RemoveInvisible(c)) => contains_invisible(*c),
        _ => rule.to_owned(),
    };
    let is = if rule.starts_with("must ") { "is not valid: it " } else { "" };
    Text::hinted(format!("{what} `{value}` {is}{rule}"), invalid_value_hint(remedy, &place(origin)))
}

fn missing_options(command: &str, missing: &[String]) -> Text {
    let (options, them) =
        if missing.len() > 1 { ("more options", "them") } else { ("one more option", "it") };
    let missing: Vec<&str> = missing.iter().map(String::as_str).collect();
    Text {
        what: format!("{command} needs {options}, because you cannot be asked here"),
        why: Some(format!("missing: {}", listed(&missing))),
        hint: Some(format!("add {them}, or run `aws-sso-cred {command}` in a terminal")),
    }
}

fn other_values(section: &str, differences: &[Difference], config_path: &str) -> Text {
    let shown =
        |value: &Option<String>| value.as_ref().map_or("nothing".to_owned(), |value| format!("`{value}`"));
    let differs = |difference: &Difference| {
        format!("{} is {}, not {}", difference.key, shown(&difference.old), shown(&difference.new))
    };
    Text {
        what: format!("{section} is in {config_path} with other values"),
        why: Some(differences.iter().map(differs).collect::<Vec<_>>().join("; ")),
        hint: Some("add `--force` to replace them, or use another name".to_owned()),
    }
}

fn not_for_a_line(what: &str, value: &str, is_program: bool) -> Text {
    let remedy = if is_program {
        "install it in a directory without such characters, such as /usr/local/bin, or put a link `aws-sso-cred` there"
    } else {
        "use a name of letters, digits and `_.@+-`; rename the section in ~/.aws/config if it is there"
    };
    Text {
        what: format!("a credential_process line cannot hold {what} `{value}`"),
        why: Some("SDKs read blanks, quotes and signs such as `~` and `$` in different ways".to_owned()),
        hint: Some(remedy.to_owned()),
    }
}

fn astray(start_url: &str, cause: &str) -> Text {
    Text {
        what: format!("start URL `{start_url}` does not lead to an AWS access portal"),
        why: Some(cause.to_owned()),
        hint: Some(
            "set `sso_start_url` to the address that Identity Center shows in the AWS console".to_owned(),
        ),
    }
}

fn region_mismatch(start_url: &str, portal: Option<&str>, region: &str, configured: &str) -> Text {
    Text {
        what: format!("the start URL is in region `{region}`, but `sso_region` is `{configured}`"),
        why: Some(match portal {
            Some(portal) => format!("start URL `{start_url}` leads to `{portal}`"),
            None => format!("the start URL is `{start_url}`"),
        }),
        hint: Some(format!("set `sso_region = {region}`, or correct `sso_start_url`")),
    }
}

fn bad_setting(setting: &str, value: &str, cause: &str) -> Text {
    Text {
        what: format!("{setting} `{value}` cannot be used"),
        why: Some(cause.to_owned()),
        hint: Some(format!("correct or unset {setting}")),
    }
}

fn nothing_to_sign_in_to(config_path: &str) -> Text {
    Text::hinted(
        format!("there is no sso-session and no SSO profile in {config_path}"),
        "run `aws-sso-cred configure`, or `aws-sso-cred login --start-url URL --region REGION`",
    )
}

fn several_sessions(config_path: &str, commands: &[String], command: &str) -> Text {
    const MOST: usize = 3;
    const WITH_ALL: [&str; 2] = ["login", "logout"];
    let mut choices: Vec<String> = commands.iter().take(MOST).map(|command| format!("`{command}`")).collect();
    if WITH_ALL.contains(&command) {
        choices.push(format!("`aws-sso-cred {command} --all`"));
    }
    let others = match commands.len().saturating_sub(MOST) {
        0 => "",
        _ => "; `aws-sso-cred status` shows the other sessions",
    };
    Text::hinted(
        format!("no session was named, and {config_path} has {}", commands.len()),
        format!("run one of {}{others}", choices.join(", ")),
    )
}

fn profile_not_found_hint(
    profile: &str,
    named_by: Option<&str>,
    similar: Option<&str>,
    config_path: &str,
) -> String {
    match (similar, named_by) {
        (Some(similar), Some(_)) if invisible(similar).is_some() => {
            correct_header("profile", similar, config_path)
        }
        // Another profile's key or line.
        (Some(similar), Some(named_by)) if !named_by.starts_with('-') && named_by != "AWS_PROFILE" => {
            format!("did you mean `{similar}`? correct `{named_by}`, which names profile `{profile}`")
        }
        (Some(similar), Some(named_by)) => {
            let sign = if named_by.starts_with('-') { ' ' } else { '=' };
            format!("did you mean `{named_by}{sign}{}`?", shell_word(similar))
        }
        (None, Some(_)) => {
            let header = section_header("profile", profile);
            format!(
                "add a [{header}] section, or run `aws-sso-cred configure --profile {}`",
                shell_word(profile)
            )
        }
        (_, None) => "name a profile with `--profile NAME`, or a role with `--sso-session NAME --account-id ID --role-name NAME` or `--pick`".to_owned(),
    }
}

fn session_not_found_hint(
    sso_session: &str,
    origin: &Origin,
    similar: Option<&str>,
    config_path: &str,
) -> String {
    match (similar, origin) {
        (Some(similar), _) if invisible(similar).is_some() => {
            correct_header("sso-session", similar, config_path)
        }
        (Some(similar), Origin::File { .. } | Origin::Line { .. }) => {
            format!("did you mean `{similar}`? correct {}", place(origin))
        }
        (Some(similar), Origin::Flag(flag)) => format!("did you mean `{flag} {}`?", shell_word(similar)),
        (Some(similar), Origin::Environment(variable)) => {
            format!("did you mean `{variable}={}`?", shell_word(similar))
        }
        (Some(similar), Origin::Header { .. }) => format!("did you mean `{similar}`?"),
        (None, _) => format!(
            "add an [{}] section with sso_start_url and sso_region, or run `{}`",
            section_header("sso-session", sso_session),
            configure_session(sso_session)
        ),
    }
}

fn invalid_value_hint(remedy: Option<&Remedy>, place: &str) -> String {
    match remedy {
        Some(Remedy::RemoveInvisible(_)) => format!("remove that character from {place}"),
        Some(Remedy::PermissionSet(name)) => {
            format!("correct {place}: the name of the permission set is probably `{name}`")
        }
        None => format!("correct {place}"),
    }
}

fn contains_invisible(c: char) -> String {
    format!("contains an invisible character (U+{:04X})", u32::from(c))
}

fn invisible(name: &str) -> Option<char> {
    name.chars().find(|c| looks_blank(*c))
}

/// The section is there, with an invisible character in its name.
fn correct_header(kind: &str, name: &str, config_path: &str) -> String {
    let held = invisible(name).map_or_else(String::new, contains_invisible);
    let mut shown = String::new();
    for c in section_header(kind, name).chars() {
        if looks_blank(c) { shown.extend(c.escape_unicode()) } else { shown.push(c) }
    }
    format!("[{shown}] in `{config_path}` {held}: type the name again")
}

pub(super) fn place(origin: &Origin) -> String {
    match origin {
        Origin::Flag(flag) => (*flag).to_owned(),
        Origin::Environment(variable) => format!("environment variable {variable}"),
        Origin::Line { profile } => format!("`credential_process` of profile `{profile}`"),
        Origin::Header { path, line, section } => format!("[{section}], {path} line {line}"),
        Origin::File { path, line, section, key } => format!("`{key}` in [{section}], {path} line {line}"),
    }
}
