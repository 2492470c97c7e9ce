//! Reads one JSON object from one file, leniently: the files are written by many tools.
//!
//! Nothing is written here.

use std::fs;
use std::io::{self, Read as _};
use std::path::Path;
use std::time::Duration;

use serde_json::{Map, Value};

use crate::context::Context;
use crate::error::OtherSignIn;
use crate::platform;
use crate::timestamp::Timestamp;

/// The largest file that is read, in bytes. A cache file of AWS's tools has one or two kilobytes.
pub const LARGEST: u64 = 1 << 20;

/// How often a file that ends early is read again: the AWS CLI truncates a file and then writes to
/// it in place. The pauses before grow from 1 to 32 ms, and last less than half a second in all.
const REREADS: u32 = 17;
const LONGEST_PAUSE_EXPONENT: u32 = 5;

/// No tool is still writing a file that was modified longer ago than this.
const SETTLED: Duration = Duration::from_secs(2);

/// Why a cache file gave no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Miss {
    /// There is no file.
    Absent,
    /// The file cannot be used, for this reason. The next write replaces it.
    Unusable(String),
    /// The file holds a token for another start URL or region.
    Other(Box<OtherSignIn>),
}

impl Miss {
    /// A member that is missing, blank or of another type.
    pub(super) fn no_member(name: &str) -> Self {
        Self::Unusable(format!("it has no usable `{name}`"))
    }
}

impl std::fmt::Display for Miss {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Absent => formatter.write_str("absent"),
            Self::Unusable(why) => write!(formatter, "unusable: {why}"),
            Self::Other(other) => write!(formatter, "for {} in {}", other.start_url, other.region),
        }
    }
}

/// The bytes of a file of at most [`LARGEST`] bytes.
///
/// # Errors
/// [`Miss::Absent`], or [`Miss::Unusable`] for a file that is larger or cannot be read.
fn read_small(path: &Path, open: Open) -> Result<Vec<u8>, Miss> {
    let file = open(path).map_err(|error| match error {
        error if platform::is_missing(&error) => Miss::Absent,
        error => Miss::Unusable(platform::words_of(&error)),
    })?;
    let mut bytes = Vec::with_capacity(4096);
    let read = file.take(LARGEST + 1).read_to_end(&mut bytes);
    read.map_err(|error| Miss::Unusable(platform::words_of(&error)))?;
    if bytes.len() as u64 > LARGEST {
        return Err(Miss::Unusable("larger than 1 MiB".to_owned()));
    }
    Ok(bytes)
}

type Open = fn(&Path) -> io::Result<fs::File>;

/// As [`read_object`], for a file that says when its content expires. A modification time in
/// the future shows that the clock has been set back, so the expiry cannot be trusted.
///
/// # Errors
/// As for [`read_object`], and [`Miss::Unusable`] for a modification time in the future.
pub(super) fn read_object_not_from_the_future(
    context: &Context,
    path: &Path,
) -> Result<Map<String, Value>, Miss> {
    read_object_by(context, path, platform::open_regular_not_from_the_future)
}

/// The members of the JSON object at `path`. Bytes after the object are ignored: two tools
/// that write at the same moment leave them. A file that ends early is read again.
///
/// # Errors
/// [`Miss::Absent`] and [`Miss::Unusable`].
pub(super) fn read_object(context: &Context, path: &Path) -> Result<Map<String, Value>, Miss> {
    read_object_by(context, path, platform::open_regular)
}

fn read_object_by(context: &Context, path: &Path, open: Open) -> Result<Map<String, Value>, Miss> {
    let mut reread = 0;
    loop {
        match parse_object(&read_small(path, open)?) {
            Err(Malformed::EndsEarly) if reread < REREADS && !is_settled(path) => {
                context.sleep(Duration::from_millis(1 << reread.min(LONGEST_PAUSE_EXPONENT)));
                reread += 1;
            }
            Err(Malformed::EndsEarly) => return Err(Miss::Unusable("it ends early".to_owned())),
            Err(Malformed::NotAnObject(why)) => return Err(Miss::Unusable(why)),
            Ok(members) => return Ok(members),
        }
    }
}

fn is_settled(path: &Path) -> bool {
    platform::age(path).is_some_and(|age| age > SETTLED)
}

/// Why bytes are not a JSON object.
enum Malformed {
    /// The rest may still be written.
    EndsEarly,
    /// No further bytes would make it an object.
    NotAnObject(String),
}

fn parse_object(bytes: &[u8]) -> Result<Map<String, Value>, Malformed> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match serde_json::Deserializer::from_slice(bytes).into_iter::<Value>().next() {
        None => Err(Malformed::EndsEarly),
        Some(Err(error)) if error.is_eof() => Err(Malformed::EndsEarly),
        Some(Err(_)) => Err(Malformed::NotAnObject("it is not JSON".to_owned())),
        Some(Ok(Value::Object(members))) => Ok(members),
        Some(Ok(_)) => Err(Malformed::NotAnObject("it is not a JSON object".to_owned())),
    }
}

/// Members by the name that AWS gives them, in any ASCII case, as the AWS SDK for Rust reads them.
pub(super) trait Members {
    fn member(&self, name: &str) -> Option<&Value>;

    /// A string that is not blank.
    fn text(&self, name: &str) -> Option<&str> {
        self.member(name)?.as_str().filter(|text| !text.trim().is_empty())
    }

    fn timestamp(&self, name: &str) -> Option<Timestamp> {
        Timestamp::parse(self.text(name)?)
    }

    fn required_text(&self, name: &str) -> Result<&str, Miss> {
        self.text(name).ok_or_else(|| Miss::no_member(name))
    }

    fn required_timestamp(&self, name: &str) -> Result<Timestamp, Miss> {
        self.timestamp(name).ok_or_else(|| Miss::no_member(name))
    }
}

impl Members for Map<String, Value> {
    fn member(&self, name: &str) -> Option<&Value> {
        self.get(name)
            .or_else(|| self.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value))
    }
}

/// Whether any AWS tool would take these members for those of a token file.
pub(super) fn holds_token(members: &Map<String, Value>) -> bool {
    members.text("accessToken").or_else(|| members.text("refreshToken")).is_some()
}

/// Whether these are the members of a cache file with a secret in it.
pub(super) fn holds_secret(members: &Map<String, Value>) -> bool {
    let role_credentials = members.member("Credentials").and_then(Value::as_object);
    holds_token(members)
        || members.text("clientSecret").is_some()
        || role_credentials.is_some_and(|found| found.text("SecretAccessKey").is_some())
}

/// Whether the file at `path` is a cache file with a secret in it.
pub(super) fn is_secret(path: &Path) -> bool {
    let members = read_small(path, platform::open_regular).ok().and_then(|bytes| parse_object(&bytes).ok());
    members.is_some_and(|members| holds_secret(&members))
}
