//! Lines and names that AWS's SDKs read differently.

use super::facts::{Facts, Findings, profile_subject, section_subject};
use super::finding::{Finding, Id};
use super::profile::our_line;
use super::source_file::SourceFile;
use crate::commands::configure::plain_name::is_read_by_every_sdk;
use crate::config::header::Dialect;
use crate::config::lines::BYTE_ORDER_MARK;
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
        if let Some(found) = keys.find("services").filter(|_| our_line(keys).is_some()) {
            let text = format!(
                "`services` beside `credential_process` ({}): .NET then ignores the command",
                found.place()
            );
            let subject = profile_subject(keys.name);
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
    let is_plain = section.name.chars().all(is_read_by_every_sdk);
    Some(match (section.go_only, file.has_quotes(section), is_plain) {
        (true, ..) => {
            ("is read by Go, Ruby and aws-sso-cred, and not by boto3, the AWS CLI, Rust and C++", HINT)
        }
        (_, true, true) => {
            ("is in quotes: only boto3, the AWS CLI and JavaScript v3 read it", "remove the quotes")
        }
        (_, true, false) => ("is in quotes: only boto3 and the AWS CLI read it", HINT),
        (_, false, false) => ("is not read by the SDKs for JavaScript, Rust and C++", HINT),
        (_, false, true) if is_usual(file.line(section.offset), section) => return None,
        (_, false, true) => (
            "stands in a header that not all SDKs read",
            "write `[profile NAME]` or `[sso-session NAME]` with one blank, and no text before or behind it",
        ),
    })
}

/// Whether a header is written as AWS's tools write it, maybe with a comment behind it.
fn is_usual(line: &[u8], section: &Section) -> bool {
    let line = line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line);
    "[profile |[sso-session |[".split('|').any(|start| {
        let form = [start, &section.name, "]"].concat();
        let rest = line.strip_prefix(form.as_bytes()).map(<[u8]>::trim_ascii_start);
        rest.is_some_and(|rest| rest.first().is_none_or(|first| matches!(first, b'#' | b';')))
    })
}

/// What SDKs read differently in the line of a setting.
fn line(file: &SourceFile, setting: &Setting) -> Option<Odd> {
    let line = file.line(setting.offset);
    let text = line.trim_ascii_start();
    let at = text.iter().position(|byte| matches!(byte, b'=' | b':'))?;
    let value = &text[at..];
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
    if file.has_capitals_at(setting.offset) {
        return Some((
            "has capital letters in its key: JavaScript, Ruby, C++ and old SDKs for Go do not know the key",
            "write the key in lower case",
        ));
    }
    if !setting.is_nested() && setting.value.lines().skip(1).any(|line| line.contains('=')) {
        return Some((
            "is followed by an indented line: some SDKs take that for a part of the value, others for a key",
            "begin each line with its key",
        ));
    }
    file.has_comment_at(setting.offset).then_some((
        "has a comment behind the value: for boto3, the AWS CLI and Ruby it is a part of the value",
        "move the comment to a line of its own",
    ))
}
