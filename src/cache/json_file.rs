//! One JSON object in one file: lenient reading, atomic writing.

mod room;

use std::ffi::OsStr;
use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::context::Context;
use crate::error::OtherSignIn;
use crate::platform;
use crate::text::json::{push_quoted, to_python_text};
use crate::timestamp::Timestamp;

pub(super) use room::{Room, reserve_room};

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

/// An object under construction, as JSON text: our members first, in the AWS
/// CLI's order, then whatever else the file held before.
pub(super) struct Object(String);

impl Object {
    pub(super) fn new() -> Self {
        Self(String::with_capacity(2048))
    }

    pub(super) fn text(mut self, name: &str, text: &str) -> Self {
        self.key(name);
        push_quoted(&mut self.0, text);
        self
    }

    pub(super) fn optional(self, name: &str, text: Option<&str>) -> Self {
        match text {
            Some(text) => self.text(name, text),
            None => self,
        }
    }

    pub(super) fn value(mut self, name: &str, value: &Value) -> Self {
        self.key(name);
        self.0.push_str(&to_python_text(value));
        self
    }

    pub(super) fn object(mut self, name: &str, inner: Self) -> Self {
        self.key(name);
        self.0.push_str(&Zeroizing::new(inner.into_text()));
        self
    }

    /// Left out when empty, as the AWS CLI does.
    pub(super) fn words(self, name: &str, words: &[String]) -> Self {
        if words.is_empty() { self } else { self.value(name, &Value::from(words)) }
    }

    /// Keeps members of `old` that are not `known` to us.
    pub(super) fn keeping(self, old: &Map<String, Value>, known: &[&str]) -> Self {
        let ours = |key: &str| known.iter().any(|name| name.eq_ignore_ascii_case(key));
        old.iter().filter(|(key, _)| !ours(key)).fold(self, |object, (key, value)| object.value(key, value))
    }

    /// As `json.dumps` writes it.
    pub(super) fn into_text(mut self) -> String {
        self.0.push_str(if self.0.is_empty() { "{}" } else { "}" });
        self.0
    }

    fn key(&mut self, name: &str) {
        self.0.push_str(if self.0.is_empty() { "{" } else { ", " });
        push_quoted(&mut self.0, name);
        self.0.push_str(": ");
    }
}

/// Whether a file must survive a power cut. Role credentials can be fetched again;
/// a rotated refresh token cannot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Durability {
    Refetchable,
    Precious,
}

/// Replaces `path` at once and whole: a temporary file beside it, 0600 from birth,
/// whose name does not end in `.json`, and a rename.
pub(super) fn write_atomically(path: &Path, text: &str, durability: Durability) -> io::Result<()> {
    stage(path, text, durability)?.put_in_place()
}

/// A whole file beside the one that it is to replace. It is removed if that never happens.
#[derive(Debug)]
pub(super) struct Staged {
    temporary: Option<PathBuf>,
    target: PathBuf,
    durability: Durability,
}

/// The first half of [`write_atomically`].
pub(super) fn stage(path: &Path, text: &str, durability: Durability) -> io::Result<Staged> {
    let path = &written_through(path);
    let directory = path.parent().ok_or_else(|| io::Error::other("it has no directory"))?;
    platform::create_private_directories(directory)?;
    let temporary = temporary_path(path);
    let staged = Staged { temporary: Some(temporary.clone()), target: path.to_owned(), durability };
    write_new(&temporary, path, text, durability)?;
    Ok(staged)
}

impl Staged {
    /// The second half.
    pub(super) fn put_in_place(mut self) -> io::Result<()> {
        if let Some(temporary) = &self.temporary {
            fs::rename(temporary, &self.target)?;
        }
        self.temporary = None;
        if let (Durability::Precious, Some(directory)) = (self.durability, self.target.parent()) {
            platform::sync_directory(directory);
        }
        Ok(())
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        if let Some(temporary) = &self.temporary {
            let _ = fs::remove_file(temporary);
        }
    }
}

/// A file that was written whole to take the place of another, and was left beside it.
pub(super) struct LeftOver {
    pub(super) path: PathBuf,
    pub(super) modified: SystemTime,
    /// What it holds; nothing if it is torn, or not a file of ours.
    pub(super) members: Option<Map<String, Value>>,
}

/// What killed processes left that was to become `target`.
pub(super) fn left_over(target: &Path) -> impl Iterator<Item = LeftOver> {
    temporary_files_of(target).filter_map(|path| {
        let modified = platform::modified(&path)?;
        Some(LeftOver { members: read_whole(&path), path, modified })
    })
}

/// Whether a temporary file is in no process's hands any more: it is made before AWS is
/// asked for a token, and AWS is given less time than this.
pub fn is_abandoned(temporary: &Path) -> bool {
    const ABANDONED: Duration = Duration::from_secs(60);
    platform::age(temporary).is_some_and(|age| age > ABANDONED)
}

/// Whether there is anything of the kind. A [`Room`] is not: nothing is in it yet.
pub(super) fn has_left_over(target: &Path) -> bool {
    temporary_files_of(target).any(|path| !room::is_room(&path))
}

fn temporary_files_of(target: &Path) -> impl Iterator<Item = PathBuf> {
    let target = written_through(target);
    let directory = target.parent().unwrap_or(Path::new("."));
    let stem = target.file_stem().and_then(OsStr::to_str).unwrap_or_default();
    let start = format!("{stem}.");
    let entries = platform::read_directory(directory).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(move |path| {
        let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
        name.starts_with(&start) && name.ends_with(platform::TEMPORARY_ENDING)
    })
}

/// A file of ours to its last byte, without the leniency that other tools' files need.
fn read_whole(path: &Path) -> Option<Map<String, Value>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(4096));
    platform::open_own(path).ok()?.take(LARGEST).read_to_end(&mut bytes).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// Puts a file that was left over in the place of `target`, if it `is_wanted` when all else
/// is done. It counts as written then.
pub(super) fn put_in_place(left_over: &Path, target: &Path, is_wanted: &dyn Fn() -> bool) -> io::Result<()> {
    let target = &written_through(target);
    let file = platform::open_own(left_over)?;
    platform::become_successor_of(&file, target)?;
    if !is_wanted() {
        return Err(io::Error::other("another tool has signed in or out meanwhile"));
    }
    fs::rename(left_over, target)?;
    platform::touch(&file);
    platform::sync_directory(target.parent().unwrap_or(Path::new(".")));
    Ok(())
}

/// The file that is replaced when `path` is written. A link to another file of the caches
/// stays a link, as the AWS CLI leaves it: what it leads to would go on holding a refresh token.
fn written_through(path: &Path) -> PathBuf {
    let members = |target: &Path| parse_object(&read_small(target, platform::open_regular).ok()?).ok();
    let is_ours = |target: &PathBuf| members(target).is_some_and(|members| holds_secret(&members));
    platform::behind_own_link(path).filter(is_ours).unwrap_or_else(|| path.to_owned())
}

/// Writes what is to replace `target` to `path`, a new file.
fn write_new(path: &Path, target: &Path, text: &str, durability: Durability) -> io::Result<fs::File> {
    let mut file = platform::create_private_new(path)?;
    // What AWS gave comes first: it is lost if we are killed before this.
    file.write_all(text.as_bytes())?;
    complete(&file, target, durability)?;
    Ok(file)
}

/// What a file that is written needs before it takes the place of `target`.
fn complete(file: &fs::File, target: &Path, durability: Durability) -> io::Result<()> {
    platform::become_successor_of(file, target)?;
    if durability == Durability::Precious {
        file.sync_all()?;
    }
    Ok(())
}

fn temporary_path(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(platform::temporary_name(&name))
}
