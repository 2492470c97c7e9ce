//! Lines and names that AWS's SDKs read differently.

use super::facts::{Facts, Findings, section_subject};
use super::finding::{Finding, Id};
use super::profile::{LINE, our_line};
use super::source_file::SourceFile;
use crate::config::header::Dialect;
use crate::config::scanner::{Section, Setting};

pub(super) fn check(facts: &Facts<'_>, findings: &mut Findings) {
    for file in facts.files.into_iter().filter(|file| file.has_byte_order_mark()) {
        let text =
            "the file begins with a byte order mark: boto3, the AWS CLI and Rust cannot read it".to_owned();
        findings.push(note(&file.shown, text, "save the file as UTF-8 without a byte order mark"));
    }
    for (file, section) in facts.sections() {
        let subject = section_subject(section);
        if let Some((why, hint)) = header(file, section) {
            let text = format!("the name in {} {why}", file.place(section.offset));
            findings.push(note(&subject, text, hint));
        }
        // One line tells what to look for: the others of the section are mostly alike.
        let odd = section.settings.iter().find_map(|setting| Some((setting, line(file, setting)?)));
        if let Some((setting, (why, hint))) = odd {
            findings.push(note(&subject, format!("{} {why}", file.place(setting.offset)), hint));
        }
    }
    for keys in &facts.profiles {
        if let Some(found) = keys.find("services").filter(|_| our_line(keys).is_some() && keys.has(LINE)) {
            let text = format!(
                "`services` beside `credential_process` ({}): .NET then ignores the command",
                found.place()
            );
            let subject = super::facts::profile_subject(keys.name);
            findings.push(note(&subject, text, "remove `services` if a program in .NET uses this profile"));
        }
    }
}

fn note(subject: &str, text: String, hint: &str) -> Finding {
    Finding::new(Id::ReadDifferently, subject, text, hint.to_owned())
}

type Odd = (&'static str, &'static str);

/// Which SDKs do not read the name of the section.
fn header(file: &SourceFile, section: &Section) -> Option<Odd> {
    const HINT: &str = "use a name of letters, digits and `_.@+-` alone";
    if file.dialect == Dialect::Credentials {
        return None;
    }
    let line = file.line(section.offset);
    let line = &line[..line.iter().rposition(|byte| *byte == b']').unwrap_or(line.len())];
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-/.%@:+".contains(c);
    if section.go_only {
        return Some(("is read by Go and aws-sso-cred only", HINT));
    }
    if !section.name.chars().all(is_plain) {
        return Some(("is not read by the SDKs for JavaScript and Rust", HINT));
    }
    if line.iter().any(|byte| matches!(byte, b'"' | b'\'' | b'\\')) {
        return Some(("is in quotes: the SDK for Rust does not read it", "remove the quotes"));
    }
    None
}

/// What SDKs read differently in the line of a setting.
fn line(file: &SourceFile, setting: &Setting) -> Option<Odd> {
    let line = file.line(setting.offset);
    let text = line.trim_ascii_start();
    let at = text.iter().position(|byte| matches!(byte, b'=' | b':'))?;
    let (key, value) = text.split_at(at);
    if text.len() < line.len() {
        return Some((
            "is indented: some SDKs take it for a part of the line above",
            "begin the line with the key",
        ));
    }
    if value.starts_with(b":") {
        return Some((
            "has `:` in place of `=`: JavaScript ignores the line, and Rust the whole file",
            "write `=`",
        ));
    }
    if key.iter().any(u8::is_ascii_uppercase) {
        return Some((
            "has capital letters in its key: JavaScript does not know the key",
            "write the key in lower case",
        ));
    }
    let has_comment =
        value.windows(2).any(|two| matches!(two[0], b' ' | b'\t') && matches!(two[1], b'#' | b';'));
    has_comment.then_some((
        "has a comment behind the value: for boto3 and the AWS CLI it is a part of the value",
        "move the comment to a line of its own",
    ))
}
