//! The program in a `credential_process` line: whether it is there, and whether every SDK starts it.

use super::facts::{Facts, Findings, profile_subject};
use super::finding::{Finding, Id};
use super::profile::our_line;
use crate::platform;
use crate::text::words;
use crate::value_names::LINE_KEY;

pub(super) fn check(facts: &Facts<'_>, findings: &mut Findings) {
    let search_path = facts.context.variable_os("PATH");
    let mut known = std::collections::BTreeMap::new();
    for keys in &facts.profiles {
        let Some(found) = keys.find(LINE_KEY) else { continue };
        let (line, subject) = (found.value(), profile_subject(keys.name));
        // Another program's line may hold its secrets, and has its own rules.
        if our_line(keys).is_some() && line.contains(|c: char| is_unsafe(c)) {
            let text = format!(
                "the `credential_process` line has quotes or signs such as `~` and `$` ({}): SDKs split and expand them in different ways",
                found.place()
            );
            let hint = "write the program's absolute path and values without blanks, so that the line needs no quotes".to_owned();
            findings.push(Finding::new(Id::HelperPathUnsafe, &subject, text, hint));
        }
        let Some(program) = words::program(line, cfg!(windows)) else { continue };
        if let Some(variable) = set_variable(&program) {
            findings.push(begins_with_variable(&subject, variable, &found.place()));
            continue;
        }
        let is_there = *known
            .entry(program.clone())
            .or_insert_with(|| platform::find_program(program.as_ref(), search_path.as_deref()).is_some());
        if !is_there {
            findings.push(not_found(&subject, &program, &found.place()));
        }
    }
}

/// Signs that some SDK, or the shell that it starts, does not leave as they are.
fn is_unsafe(c: char) -> bool {
    "\"'`~$%&|;<>()*?!".contains(c) || (c == '\\' && !cfg!(windows))
}

/// The variable that the first word of a line sets. Its value may be a secret.
fn set_variable(word: &str) -> Option<&str> {
    let (variable, _) = word.split_once('=')?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    (!variable.is_empty() && variable.chars().all(is_name)).then_some(variable)
}

fn begins_with_variable(subject: &str, variable: &str, place: &str) -> Finding {
    let text = format!(
        "the `credential_process` line begins with a value for {variable} ({place}): boto3 and the AWS CLI take that for the program"
    );
    let hint = "write `env ` in front of it, or start a script that sets the variable".to_owned();
    Finding::new(Id::HelperPathUnsafe, subject, text, hint)
}

fn not_found(subject: &str, program: &str, place: &str) -> Finding {
    let is_path = program.contains(['/', '\\']);
    let why = if is_path { "no program is at that path" } else { "it is in no directory of PATH" };
    let text = format!("`credential_process` starts `{program}` ({place}), but {why}");
    let hint = match platform::this_program().filter(|_| program.contains("aws-sso-cred")) {
        Some(path) => format!("write the path of the program: `{}`", path.display()),
        None => "correct the path in the line, or install the program".to_owned(),
    };
    Finding::new(Id::HelperNotFound, subject, text, hint)
}
