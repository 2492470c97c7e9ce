//! Keeps an SDK in the command from the person's own default profile: every SDK prefers its credentials
//! to an endpoint, and would work as somebody else.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::environment::Entries;
use crate::config::{self, Files, Kind, Pick, Settings};
use crate::context::Context;
use crate::platform;
use crate::state::{CommandFiles, StateDirectory};
use crate::terminal::output;

/// Keys that give a profile credentials; besides, all that begin with `sso_`.
const CREDENTIALS: [&str; 10] = [
    "aws_access_key_id",
    "aws_secret_access_key",
    "aws_session_token",
    "aws_security_token",
    "credential_process",
    "credential_source",
    "login_session",
    "role_arn",
    "source_profile",
    "web_identity_token_file",
];

/// Files without credentials, which exist as long as this value.
#[derive(Debug)]
pub(super) struct Shield {
    /// The variables that name the files.
    pub entries: Entries,
    files: Option<CommandFiles>,
}

impl Shield {
    /// The files for the command, if it needs them. A note says so.
    pub(super) fn raise(context: &Context, region: Option<&str>) -> Self {
        let mut shield = Self { entries: Vec::new(), files: None };
        let profile = default_profile_with_credentials(context);
        let old_boto = has_old_boto_keys(context);
        if profile.is_none() && !old_boto {
            return shield;
        }
        let content = region.map_or_else(String::new, |region| format!("[default]\nregion = {region}\n"));
        let files = CommandFiles::write(&StateDirectory::find(context), &content);
        // Without a place for files of our own, the null device is an empty file.
        let null = || PathBuf::from(if cfg!(windows) { "NUL" } else { "/dev/null" });
        let (config, credentials) =
            files.as_ref().map_or_else(|| (null(), null()), |files| (files.config(), files.credentials()));
        if let Some(place) = profile {
            output::tell(&format!(
                "the command gets configuration files of its own, because {place} has credentials, \
                 which SDKs would use instead of this role's"
            ));
            shield.entries.push(("AWS_CONFIG_FILE".into(), config.into()));
            shield.entries.push(("AWS_SHARED_CREDENTIALS_FILE".into(), credentials.clone().into()));
        }
        if old_boto {
            shield.entries.push(("BOTO_CONFIG".into(), credentials.into()));
        }
        shield.files = files;
        shield
    }
}

/// Where the default profile has credentials; `None` if it has none. A file that cannot be read counts
/// as one with credentials.
fn default_profile_with_credentials(context: &Context) -> Option<String> {
    let shown = |path: Option<PathBuf>| {
        path.map_or_else(|| "a configuration file".to_owned(), |path| config::shown_path(context, &path))
    };
    let Ok(files) = Files::read(context, Pick::One("default"), Pick::Nothing, Pick::Nothing) else {
        return Some(format!(
            "[default], which cannot be read, perhaps in {}",
            shown(config::config_path(context))
        ));
    };
    // AWS's tools differ in what they do with both `[default]` and `[profile default]`.
    let in_config = [Kind::Default, Kind::Profile].into_iter().flat_map(|kind| files.of_every_name(kind));
    if in_config.into_iter().any(|(_, name, settings)| name == "default" && has_credentials(&settings)) {
        return Some(format!("[default] in {}", shown(config::config_path(context))));
    }
    has_credentials(&files.profile("default"))
        .then(|| format!("[default] in {}", shown(config::credentials_path(context))))
}

fn has_credentials(settings: &Settings<'_>) -> bool {
    let merged = settings.merged();
    merged.iter().any(|(key, _)| key.starts_with("sso_") || CREDENTIALS.contains(&key.as_str()))
}

/// Whether a configuration file of boto 2 has keys: boto3 prefers them to an endpoint.
fn has_old_boto_keys(context: &Context) -> bool {
    let named = context.variable_os("BOTO_CONFIG").map(PathBuf::from);
    let paths = named.map_or_else(
        || {
            let home = context.home().map(|home| home.join(".boto"));
            [Some(PathBuf::from("/etc/boto.cfg")), home].into_iter().flatten().collect()
        },
        |path| vec![path],
    );
    paths.iter().any(|path| mentions_keys(path))
}

fn mentions_keys(path: &Path) -> bool {
    const LONGEST: u64 = 1 << 20;
    let mut bytes = Vec::new();
    let read = platform::open_regular(path).and_then(|file| file.take(LONGEST).read_to_end(&mut bytes));
    read.is_ok() && String::from_utf8_lossy(&bytes).to_ascii_lowercase().contains("aws_access_key_id")
}
