//! What `--import` is asked for: which tools, and the settings of aws-sso-cli.

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::aws_sso_cli::{self, Settings};
use super::tool::{ALL, Tool};
use crate::config::{expand, shown_path};
use crate::context::Context;
use crate::error::{Error, ImportError};
use crate::platform;

/// What is imported.
#[derive(Debug, Default)]
pub struct Source {
    /// The source, as given: empty, a tool, or a file.
    pub given: String,
    /// The tools whose profiles are imported.
    pub tools: Vec<Tool>,
    /// The settings of aws-sso-cli, if they are there.
    pub settings: Option<Settings>,
    /// The file that has these settings, or would have them.
    pub settings_path: String,
}

/// The variable that names the settings of aws-sso-cli.
const VARIABLE: &str = "AWS_SSO_CONFIG";

/// The largest file that is read.
const LARGEST: u64 = 1024 * 1024;

/// Finds what `given` names: a tool, or a file with the settings of aws-sso-cli; empty, it names
/// everything.
///
/// # Errors
/// [`ImportError::UnknownSource`]; a file that cannot be read or is not understood.
pub fn find(context: &Context, given: &str) -> Result<Source, Error> {
    let tool = ALL.into_iter().find(|tool| tool.name() == given);
    let tools = match tool {
        Some(tool) => vec![tool],
        None if given.is_empty() => ALL.to_vec(),
        None => vec![Tool::AwsSsoCli],
    };
    let mut source = Source { given: given.to_owned(), tools, ..Source::default() };
    if !source.tools.contains(&Tool::AwsSsoCli) {
        return Ok(source);
    }
    let is_file = tool.is_none() && !given.is_empty();
    let candidates = if is_file { vec![expand(context, given.into())] } else { usual_places(context) };
    for path in &candidates {
        source.settings_path = shown_path(context, path);
        let must_be_there = is_file || context.variable_os(VARIABLE).is_some();
        match read(path) {
            Ok(text) => {
                source.settings = Some(aws_sso_cli::read(&text, &source.settings_path)?);
                break;
            }
            Err(error) if platform::is_missing(&error) && is_file && !looks_like_a_path(given) => {
                return Err(unknown(given).into());
            }
            Err(error) if platform::is_missing(&error) && !must_be_there => {}
            Err(error) => {
                let cause = platform::words_of(&error);
                return Err(ImportError::Unreadable { path: source.settings_path, cause }.into());
            }
        }
    }
    Ok(source)
}

/// Where aws-sso-cli looks for its settings; the last is where it writes new ones.
fn usual_places(context: &Context) -> Vec<PathBuf> {
    if let Some(path) = context.variable_os(VARIABLE) {
        return vec![expand(context, path)];
    }
    let Some(home) = context.home() else { return Vec::new() };
    let configuration =
        context.variable_os("XDG_CONFIG_HOME").map_or_else(|| home.join(".config"), PathBuf::from);
    [home.join(".aws-sso"), configuration.join("aws-sso")].map(|folder| folder.join("config.yaml")).to_vec()
}

fn read(path: &Path) -> io::Result<String> {
    let mut text = Vec::new();
    platform::open_regular(path)?.take(LARGEST + 1).read_to_end(&mut text)?;
    if text.len() as u64 > LARGEST {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "is larger than 1 MiB"));
    }
    String::from_utf8(text).map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "is not UTF-8"))
}

fn looks_like_a_path(given: &str) -> bool {
    given.contains(std::path::is_separator) || Path::new(given).extension().is_some()
}

/// The error for a word that is neither a tool nor a file.
fn unknown(given: &str) -> ImportError {
    let instead = match given {
        "aws-sso" => Some("run `aws-sso-cred configure --import aws-sso-cli`"),
        "assume" | "dgranted" => Some("run `aws-sso-cred configure --import granted`"),
        "aws-vault" | "yawsso" | "aws2-wrap" | "aws" => {
            Some("its profiles have `sso_` keys: run `aws-sso-cred configure convert --all`")
        }
        "leapp" => Some(
            "to write a profile for each role, run `aws-sso-cred configure`, then `aws-sso-cred configure populate`",
        ),
        _ => None,
    };
    ImportError::UnknownSource { given: given.to_owned(), instead }
}
