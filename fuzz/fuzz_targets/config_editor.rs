//! The editor of the configuration files: after an edit, what was asked for is read, no other byte has
//! changed, and the same edit again changes nothing.
//!
//! An input is six fields with a NUL byte between them, which no file that is edited can hold: what to do,
//! the kind and the name of the section, the key, the value, and the file.
#![no_main]
#![allow(dead_code, reason = "of the two modules, only a part is used")]

#[path = "../../tests/support/src/odd_config.rs"]
mod odd;
#[path = "../../tests/config_editor/one_edit.rs"]
mod one_edit;

use aws_sso_cred::config_editor::{ConfigurationFile, Document};
use aws_sso_cred::error::Error;
use libfuzzer_sys::{Corpus, fuzz_target};
use odd::{OddEdit, OddSection};
use one_edit::{apply, assert_nothing_else_changed, assert_reads_as_asked};

fuzz_target!(|data: &[u8]| -> Corpus {
    let Some((file, edit, text)) = parse(data) else { return Corpus::Reject };
    if let Ok(document) = Document::parse(file, "config", text.to_vec()) {
        assert_eq!(document.bytes(), text, "nothing was asked for");
    }
    match apply(file, text, &edit) {
        Ok(after) => {
            assert_reads_as_asked(file, &edit, text, &after);
            assert_nothing_else_changed(&edit, text, &after);
            assert_settled(file, &edit, &after);
        }
        Err(Error::Configuration(_)) => {}
        Err(error) => panic!("{error}"),
    }
    Corpus::Keep
});

fn parse(data: &[u8]) -> Option<(ConfigurationFile, OddEdit, &[u8])> {
    let mut fields = data.splitn(6, |byte| *byte == 0);
    let mut field = || std::str::from_utf8(fields.next()?).ok().map(str::to_owned);
    let (what, kind, name, key, value) = (field()?, field()?, field()?, field()?, field()?);
    let text = fields.next()?;
    let (file, kind) = match kind.as_str() {
        "profile" => (ConfigurationFile::Config, "profile"),
        "sso-session" => (ConfigurationFile::Config, "sso-session"),
        "services" => (ConfigurationFile::Config, "services"),
        "credentials" => (ConfigurationFile::Credentials, "profile"),
        _ => return None,
    };
    // A name or a key that is not UTF-8 is shown with replacement characters, and cannot be asked for.
    if [&name, &key].iter().any(|text| text.contains(char::REPLACEMENT_CHARACTER)) {
        return None;
    }
    let section = OddSection { kind, name };
    let edit = match what.as_str() {
        "set" => OddEdit::Set { section, key, value },
        "remove key" => OddEdit::RemoveKey { section, key },
        "remove section" => OddEdit::RemoveSection { section },
        _ => return None,
    };
    Some((file, edit, text))
}

/// The same edit again changes nothing.
fn assert_settled(file: ConfigurationFile, edit: &OddEdit, after: &[u8]) {
    match apply(file, after, edit) {
        Ok(again) => assert!(again == after, "the second edit gives {:?}", String::from_utf8_lossy(&again)),
        Err(error) => panic!("the second edit: {error}"),
    }
}
