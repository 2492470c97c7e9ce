//! Why the program does not use `configparser`: the same cases, with every option of `configparser`
//! set and every gap filled that can be filled from outside (`docs/decisions/config-parser.md`).

use aws_sso_cred::config::header::{Dialect, Kind, parse};
use configparser::ini::{Ini, IniDefault};
use serde_json::{Map, Value, json};

use crate::grammar::{ours, vectors};

fn tuned() -> Ini {
    let mut options = IniDefault::default();
    options.inline_comment_symbols = Some(Vec::new());
    options.comment_symbols = vec!['#', ';'];
    options.delimiters = vec!['=', ':'];
    options.case_sensitive = true;
    options.multiline = true;
    options.default_section = String::from("\0");
    Ini::new_from_defaults(options)
}

/// The result of `configparser` for a text without byte order mark, with unquoted names and
/// lower-case keys; `None` if it refuses the text.
fn theirs(text: &str) -> Option<Value> {
    let mut ini = tuned();
    let sections = ini.read(text.trim_start_matches('\u{feff}').to_owned()).ok()?;
    let mut kinds = Map::new();
    for (name, settings) in sections {
        let line = format!("[{name}]");
        let Some(header) = parse(line.as_bytes(), Dialect::Config) else { continue };
        let kind = match header.kind {
            Kind::Default | Kind::Profile => "profiles",
            Kind::SsoSession => "sso_sessions",
            Kind::Services => "services",
        };
        let name = String::from_utf8_lossy(&header.name).into_owned();
        for (key, value) in settings {
            let Some(value) = value.filter(|value| !value.is_empty()) else { continue };
            let value = match value.strip_prefix("\r\n").or_else(|| value.strip_prefix('\n')) {
                Some(block) => aws_sso_cred::config::scanner::nested_settings(block)
                    .map(|(key, value)| (key.to_owned(), json!(value)))
                    .collect::<Map<_, _>>()
                    .into(),
                None => json!(value),
            };
            if value != json!({}) {
                let sections = kinds.entry(kind).or_insert_with(|| json!({}));
                sections[name.as_str()][key.to_lowercase()] = value;
            }
        }
    }
    Some(Value::Object(kinds))
}

#[test]
fn configparser_reads_these_cases_wrong() {
    let vectors = vectors();
    let cases = vectors["config_parsing"].as_object().unwrap();
    let wrong: Vec<&str> = cases
        .iter()
        .filter(|(_, case)| {
            let text = case["input"].as_str().unwrap();
            theirs(text) != Some(ours(text))
        })
        .map(|(name, _)| name.as_str())
        .collect();
    let expected = [
        "inline_hash_space",
        "inline_semi_space",
        "key_with_colon_url",
        "nested_endpoint",
        "default_both",
        "default_both_rev",
        "cr_only",
    ];
    assert_eq!(sorted(&wrong), sorted(&expected));
}

fn sorted<'a>(names: &[&'a str]) -> Vec<&'a str> {
    let mut names = names.to_vec();
    names.sort_unstable();
    names
}

#[test]
fn configparser_needs_the_whole_file_as_text_and_keeps_no_line_numbers() {
    let text = b"[profile a]\nk = v\n[profile b]\nk = \xff\n".to_vec();
    assert!(String::from_utf8(text.clone()).is_err(), "with one bad byte the text cannot be passed on");
    assert_eq!(ours(text)["profiles"]["a"]["k"], "v");
    // A broken line becomes a key without a value, and its line number is not available.
    let sections = tuned().read("[profile a]\nsso_role_name Developer\n".to_owned()).unwrap();
    assert_eq!(sections["profile a"]["sso_role_name Developer"], None);
}
