//! What an SDK does not read, or reads in another way than aws-sso-cred: a file with lines that it refuses, a
//! name, a value with a comment behind it.

use std::collections::BTreeSet;

use super::provider::Provider;
use super::seen::{LINE_AND_ROLE, SESSION, SSO, Seen};
use crate::commands::configure::plain_name::is_read_by_every_sdk;
use crate::commands::doctor::keys::Keys;
use crate::commands::doctor::source_file::SourceFile;
use crate::config::header::Dialect;
use crate::config::scanner::Section;

/// The first line that keeps boto3 and the AWS CLI from reading the files, and that which keeps the SDK for
/// Rust from it, with the file.
pub(in super::super) fn lines_refused(files: [&SourceFile; 2]) -> [Option<String>; 2] {
    let first =
        |of: fn(&SourceFile) -> Option<u64>| files.into_iter().find_map(|file| Some(file.place(of(file)?)));
    [first(refused_by_botocore), first(refused_by_rust)]
}

/// What both refuse.
fn refused_by_both(file: &SourceFile) -> Option<u64> {
    let mark = file.has_byte_order_mark().then_some(0);
    let broken = || file.sections.iter().find_map(|section| section.broken).map(|broken| broken.offset);
    mark.or_else(|| file.line_in_no_section()).or_else(broken)
}

/// A section or a key that is there twice is refused, too.
fn refused_by_botocore(file: &SourceFile) -> Option<u64> {
    refused_by_both(file).or_else(|| file.line_in_no_utf8()).or_else(|| {
        let mut names = BTreeSet::new();
        file.sections.iter().find_map(|section| {
            let mut keys = BTreeSet::new();
            let twice = section.settings.iter().find(|setting| !keys.insert(setting.key.as_str()));
            let is_again = !names.insert(name_in(file, section));
            is_again.then_some(section.offset).or(twice.map(|setting| setting.offset))
        })
    })
}

/// A line with `:` in place of `=`, and an indented line below a header, are refused, too.
fn refused_by_rust(file: &SourceFile) -> Option<u64> {
    let is_odd = |offset: u64| {
        let line = file.line(offset);
        let sign = line.iter().find(|byte| matches!(byte, b'=' | b':'));
        sign == Some(&b':') || line.first().is_some_and(u8::is_ascii_whitespace)
    };
    let mut offsets =
        file.sections.iter().flat_map(|section| &section.settings).map(|setting| setting.offset);
    refused_by_both(file).or_else(|| offsets.find(|offset| is_odd(*offset)))
}

/// The name in a header as it is written.
fn name_in<'f>(file: &'f SourceFile, section: &Section) -> &'f [u8] {
    file.header(section).trim_ascii_start().get(1..).unwrap_or_default()
}

/// The places of values with a comment behind them, and of keys with capital letters, that matter for the
/// credentials of a profile.
pub(super) struct OddLines {
    comment: Option<String>,
    capitals: Option<String>,
}

impl OddLines {
    pub(super) fn of(seen: &Seen<'_>) -> Self {
        let profile = seen.names.profiles.get(seen.profile);
        let session = seen.get(seen.profile, SESSION).and_then(|name| seen.session(name));
        let first = |is_odd: fn(&SourceFile, u64) -> bool| {
            [profile, session].into_iter().flatten().find_map(|keys| odd_place(keys, is_odd))
        };
        Self { comment: first(SourceFile::has_comment_at), capitals: first(SourceFile::has_capitals_at) }
    }
}

/// `found`, or why the consumer does not come to it.
pub(super) fn provider(consumer: &str, seen: &Seen<'_>, odd: &OddLines, found: Provider) -> Provider {
    let [botocore, rust] = &seen.names.lines_refused;
    let is_botocore = is_botocore(consumer);
    let refused = match (&found, consumer) {
        _ if is_botocore => botocore,
        (Provider::EnvironmentKeys, _) => return found,
        (_, "Rust") => rust,
        _ => &None,
    };
    if let Some(place) = refused {
        return Provider::Nothing(["it cannot read ", place].concat());
    }
    if found == Provider::EnvironmentKeys {
        return found;
    }
    let Some(keys) = seen.names.profiles.get(seen.profile) else { return found };
    if !keys.sections().any(|(file, section)| reads_name(consumer, file, section)) {
        return Provider::nothing("it does not read the name of the profile");
    }
    let is_of_profile =
        matches!(found, Provider::SsoKeys | Provider::Process { is_ours: true } | Provider::AssumedRole(_));
    let told = if is_botocore || consumer == "Ruby" {
        odd.comment.as_ref().map(|place| ["it takes the comment for a part of the value: ", place].concat())
    } else {
        None
    };
    let told = told.or_else(|| {
        let knows_capitals =
            !matches!(consumer, "JavaScript v3" | "JavaScript v2" | "Go v1" | "Ruby" | "C++");
        let place = odd.capitals.as_ref().filter(|_| !knows_capitals)?;
        Some(["it does not know the key with capital letters: ", place].concat())
    });
    told.filter(|_| is_of_profile).map_or(found, Provider::Nothing)
}

fn is_botocore(consumer: &str) -> bool {
    consumer == "boto3" || consumer.starts_with("AWS CLI")
}

/// The place of an odd line that matters for credentials.
fn odd_place(keys: &Keys<'_>, is_odd: fn(&SourceFile, u64) -> bool) -> Option<String> {
    let mut names = SSO.split(' ').chain(LINE_AND_ROLE.split(' '));
    names.find_map(|name| {
        let found = keys.find(name)?;
        is_odd(found.file, found.offset()).then(|| found.place())
    })
}

/// Whether the consumer reads the name in a header. Of Java, .NET and PHP it is not known.
fn reads_name(consumer: &str, file: &SourceFile, section: &Section) -> bool {
    let by_letters = matches!(consumer, "JavaScript v3" | "Rust" | "C++");
    let is_botocore = is_botocore(consumer);
    let is_known = by_letters || is_botocore || !matches!(consumer, "Java v2" | ".NET" | "PHP");
    if file.dialect == Dialect::Credentials || !is_known {
        return true;
    }
    if section.go_only {
        return !by_letters && !is_botocore;
    }
    match (file.has_quotes(section), section.name.chars().all(is_read_by_every_sdk)) {
        (false, true) => true,
        (false, false) => !by_letters,
        (true, is_plain) => is_botocore || (is_plain && consumer == "JavaScript v3"),
    }
}
