//! One JSON object in one file, read leniently.

use std::fs;
use std::io::{self, Read as _};
use std::path::Path;
use std::time::Duration;

use serde_json::{Map, Value};

use crate::context::Context;
use crate::error::OtherSignIn;
use crate::platform;
use crate::timestamp::Timestamp;

/// A cache file of AWS's tools is a kilobyte or two; more than this is not one.
pub const LARGEST: u64 = 1 << 20;

/// The AWS CLI truncates and then writes in place: such a moment is waited out, in
/// pauses that grow from 1 to 32 ms, under half a second in all.
const REREADS: u32 = 17;
const LONGEST_PAUSE_EXPONENT: u32 = 5;

/// A file that was written longer ago is in nobody's hands any more.
const SETTLED: Duration = Duration::from_secs(2);

/// Why a cache gave nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Miss {
    /// There is no file.
    Absent,
    /// There is something that cannot be used; the next write heals it.
    Unusable(String),
    /// There is a token, and it is for another start URL or region.
    Other(Box<OtherSignIn>),
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

/// A whole file of at most 1 MiB.
///
/// # Errors
/// [`Miss::Absent`], or [`Miss::Unusable`] for anything that is no small readable file.
fn read_small(path: &Path, open: Open) -> Result<Vec<u8>, Miss> {
    let file = open(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Miss::Absent,
        _ => Miss::Unusable(error.to_string()),
    })?;
    let mut bytes = Vec::with_capacity(4096);
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(|error| Miss::Unusable(error.to_string()))?;
    if bytes.len() as u64 > LARGEST {
        return Err(Miss::Unusable("larger than 1 MiB".to_owned()));
    }
    Ok(bytes)
}

type Open = fn(&Path) -> io::Result<fs::File>;

/// [`read_object`] for a file whose members say how long something lives: one from the
/// future was written before the clock was set back.
pub(super) fn read_object_from_the_past(context: &Context, path: &Path) -> Result<Map<String, Value>, Miss> {
    read_object_by(context, path, platform::open_regular_from_the_past)
}

/// The members of the JSON object at `path`. Bytes after the object are ignored:
/// racing writers leave such tails. A file that ends early is read again.
pub(super) fn read_object(context: &Context, path: &Path) -> Result<Map<String, Value>, Miss> {
    read_object_by(context, path, platform::open_regular)
}

fn read_object_by(context: &Context, path: &Path, open: Open) -> Result<Map<String, Value>, Miss> {
    let mut reread = 0;
    loop {
        match parse_object(&read_small(path, open)?) {
            Err(Torn::EndsEarly) if reread < REREADS && !is_settled(path) => {
                context.sleep(Duration::from_millis(1 << reread.min(LONGEST_PAUSE_EXPONENT)));
                reread += 1;
            }
            Err(Torn::EndsEarly) => return Err(Miss::Unusable("it ends early".to_owned())),
            Err(Torn::Never(why)) => return Err(Miss::Unusable(why)),
            Ok(members) => return Ok(members),
        }
    }
}

fn is_settled(path: &Path) -> bool {
    platform::age(path).is_some_and(|age| age > SETTLED)
}

enum Torn {
    EndsEarly,
    Never(String),
}

fn parse_object(bytes: &[u8]) -> Result<Map<String, Value>, Torn> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match serde_json::Deserializer::from_slice(bytes).into_iter::<Value>().next() {
        None => Err(Torn::EndsEarly),
        Some(Err(error)) if error.is_eof() => Err(Torn::EndsEarly),
        Some(Err(_)) => Err(Torn::Never("it is not JSON".to_owned())),
        Some(Ok(Value::Object(members))) => Ok(members),
        Some(Ok(_)) => Err(Torn::Never("it is not a JSON object".to_owned())),
    }
}

/// Members by their AWS name; Rust's SDK reads any ASCII case, and so do we.
pub(super) trait Members {
    fn member(&self, name: &str) -> Option<&Value>;

    /// A string that is not blank.
    fn text(&self, name: &str) -> Option<&str> {
        self.member(name)?.as_str().filter(|text| !text.trim().is_empty())
    }

    fn timestamp(&self, name: &str) -> Option<Timestamp> {
        Timestamp::parse(self.text(name)?)
    }
}

impl Members for Map<String, Value> {
    fn member(&self, name: &str) -> Option<&Value> {
        self.get(name)
            .or_else(|| self.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value))
    }
}

/// Whether these are members of a token file, to any tool.
pub(super) fn holds_token(members: &Map<String, Value>) -> bool {
    members.text("accessToken").or_else(|| members.text("refreshToken")).is_some()
}

/// Whether a file of the caches with these members holds something secret.
pub(super) fn holds_secret(members: &Map<String, Value>) -> bool {
    let of_a_role = members.member("Credentials").and_then(Value::as_object);
    holds_token(members)
        || members.text("clientSecret").is_some()
        || of_a_role.is_some_and(|found| found.text("SecretAccessKey").is_some())
}

/// Whether there is a file of the caches at `path` with a secret in it.
pub(super) fn is_secret(path: &Path) -> bool {
    let members = read_small(path, platform::open_regular).ok().and_then(|bytes| parse_object(&bytes).ok());
    members.is_some_and(|members| holds_secret(&members))
}
