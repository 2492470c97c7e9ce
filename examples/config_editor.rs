//! The editor of the configuration files as a program, for `tests/consumers/config_editor.py`.
//!
//! `config_editor odd FROM TO` makes random edits of random files in memory, and prints each as a line of
//! JSON, with the text before and after it. `config_editor set PROFILE KEY VALUE` changes the config file
//! of this user.
#![allow(clippy::disallowed_macros, reason = "an example prints")]

use std::process::ExitCode;

use aws_sso_cred::config_editor::{ConfigurationFile, Document, SectionName, edit};
use aws_sso_cred::context::Context;
use aws_sso_cred::error::Error;
use aws_sso_cred::state::StateDirectory;
use serde_json::{Value, json};
use stand_in as odd;
use stand_in::{OddEdit, OddSection, odd_config};

#[path = "../tests/config_editor/one_edit.rs"]
#[allow(dead_code, clippy::unwrap_used, reason = "the caller of this program checks what an edit has done")]
mod one_edit;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match words[..] {
        ["odd", from, to] => {
            let numbers = from.parse().unwrap_or(0)..to.parse().unwrap_or(0);
            numbers.for_each(print_case);
            Ok(())
        }
        ["set", profile, key, value] => set(profile, key, value),
        _ => {
            eprintln!("config_editor odd FROM TO, or config_editor set PROFILE KEY VALUE");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(error.exit_code())
        }
    }
}

fn set(profile: &str, key: &str, value: &str) -> Result<(), Error> {
    let context = Context::real();
    let state = StateDirectory::find(&context);
    let name = SectionName::Profile(profile.to_owned());
    let mut plan = |document: &mut Document| document.set(&name, key, value);
    let edited = edit(&context, &state, ConfigurationFile::Config, &mut plan, None)?;
    print!("{}", edited.unified_diff());
    Ok(())
}

/// Prints each edit of a case that is made.
fn print_case(number: u64) {
    let case = odd_config(number);
    let file = if case.is_credentials { ConfigurationFile::Credentials } else { ConfigurationFile::Config };
    let mut text = case.text;
    for edit in &case.edits {
        let Ok(after) = one_edit::apply(file, &text, edit) else { continue };
        let line = json!({
            "number": number,
            "credentials": case.is_credentials,
            "before": hex::encode(&text),
            "after": hex::encode(&after),
            "edit": shown(edit),
        });
        println!("{line}");
        text = after;
    }
}

fn shown(edit: &OddEdit) -> Value {
    let place = |section: &OddSection| json!({ "kind": section.kind, "name": section.name });
    match edit {
        OddEdit::Set { section, key, value } => {
            json!({ "do": "set", "section": place(section), "key": key, "value": value })
        }
        OddEdit::RemoveKey { section, key } => {
            json!({ "do": "remove_key", "section": place(section), "key": key })
        }
        OddEdit::RemoveSection { section } => json!({ "do": "remove_section", "section": place(section) }),
    }
}
