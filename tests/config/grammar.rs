//! Every case of `config_vectors.json`, and cases that AWS's tools do not define.
//!
//! The vectors contain the results of botocore and of the JavaScript SDK for each text. Where the
//! two agree, the program must agree with them; where they differ, `config_decisions.json` records
//! the choice and `docs/configuration.md` gives the reason.

use std::collections::BTreeMap;

use aws_sso_cred::config::everything;
use aws_sso_cred::config::header::{Dialect, Kind, parse};
use aws_sso_cred::config::lines::BUFFER_SIZE;
use aws_sso_cred::config::scanner::{Pick, Wanted, scan};
use aws_sso_cred::selection::parse_scopes;
use serde_json::{Map, Value, json};

use crate::Home;

pub fn vectors() -> Value {
    serde_json::from_str(include_str!("../data/config_vectors.json")).unwrap()
}

fn decisions() -> BTreeMap<String, Value> {
    serde_json::from_str(include_str!("../data/config_decisions.json")).unwrap()
}

/// The program's result for a config text, in the form of the vectors: no empty values, no empty
/// sections.
pub fn ours(text: impl AsRef<[u8]>) -> Value {
    let sections = everything(&Home::new(text).context()).unwrap();
    let mut kinds = Map::new();
    for section in sections.into_iter().filter(|section| !section.settings.is_empty()) {
        let kind = match section.kind {
            Kind::Default | Kind::Profile => "profiles",
            Kind::SsoSession => "sso_sessions",
            Kind::Services => "services",
        };
        let settings = section.settings.into_iter().map(|(key, value)| match value.strip_prefix('\n') {
            Some(block) => (key, nested(block)),
            None => (key, Value::String(value)),
        });
        let settings = settings.filter(|(_, value)| *value != json!({}));
        let kind = kinds.entry(kind).or_insert_with(|| json!({}));
        kind[section.name] = Value::Object(settings.collect());
    }
    Value::Object(kinds)
}

fn nested(block: &str) -> Value {
    let settings = aws_sso_cred::config::scanner::nested_settings(block);
    settings.map(|(key, value)| (key.to_owned(), json!(value))).collect::<Map<_, _>>().into()
}

/// Botocore's result in that form; `None` if it refuses the whole file.
fn botocore(case: &Value) -> Option<Value> {
    let mut kinds = case["botocore"].as_object()?.clone();
    kinds.retain(|kind, _| ["profiles", "sso_sessions", "services"].contains(&kind.as_str()));
    Some(without_empty(kinds))
}

/// The JavaScript SDK's result in that form.
fn javascript(case: &Value) -> Value {
    let parsed = &case["js_smithy_core"];
    let (mut profiles, mut services) = (Map::new(), Map::new());
    for (name, settings) in parsed["profiles_and_services"].as_object().unwrap() {
        match name.strip_prefix("services.") {
            Some(name) => services.insert(name.to_owned(), undotted(settings)),
            None => profiles.insert(name.clone(), undotted(settings)),
        };
    }
    let mut kinds = Map::new();
    kinds.insert("profiles".to_owned(), Value::Object(profiles));
    kinds.insert("services".to_owned(), Value::Object(services));
    kinds.insert("sso_sessions".to_owned(), parsed["sso_sessions"].clone());
    without_empty(kinds)
}

/// `{"s3.max": "1"}` to `{"s3": {"max": "1"}}`.
fn undotted(settings: &Value) -> Value {
    let mut undotted = json!({});
    for (key, value) in settings.as_object().unwrap() {
        match key.split_once('.') {
            Some((block, key)) if !key.contains('/') => undotted[block][key] = value.clone(),
            _ => undotted[key] = value.clone(),
        }
    }
    undotted
}

fn without_empty(mut kinds: Map<String, Value>) -> Value {
    for sections in kinds.values_mut() {
        let sections = sections.as_object_mut().unwrap();
        for settings in sections.values_mut() {
            settings.as_object_mut().unwrap().retain(|_, value| value != "");
        }
        sections.retain(|_, settings| settings != &json!({}));
    }
    kinds.retain(|_, sections| sections != &json!({}));
    Value::Object(kinds)
}

/// The cases in which the program follows other SDKs against these two.
const AGAINST_BOTH: [(&str, &str); 3] =
    [("section_spaces", "go and rust"), ("section_3words", "go"), ("section_apostrophe", "go")];

#[test]
fn the_grammar_matches_awss_tools_or_a_recorded_decision() {
    let (vectors, decisions) = (vectors(), decisions());
    let cases = vectors["config_parsing"].as_object().unwrap();
    assert_eq!(cases.len(), 54);
    let mut agreed = 0;
    for (name, case) in cases {
        let text = case["input"].as_str().unwrap();
        let (botocore, javascript, ours) = (botocore(case), javascript(case), ours(text));
        let others = AGAINST_BOTH.iter().find(|(case, _)| case == name).map(|(_, others)| *others);
        if botocore.as_ref() == Some(&javascript) && others.is_none() {
            assert_eq!(ours, javascript, "{name}: AWS's tools agree");
            assert!(!decisions.contains_key(name), "{name} has a decision and needs none");
            agreed += 1;
            continue;
        }
        let decision = decisions.get(name).unwrap_or_else(|| panic!("{name} is undecided; ours: {ours}"));
        assert_eq!(ours, decision["ours"], "{name}");
        let followed = match (botocore.as_ref() == Some(&ours), javascript == ours) {
            (true, _) => "botocore",
            (_, true) => "javascript",
            _ => others.unwrap_or("neither"),
        };
        assert_eq!(decision["as"], followed, "{name}");
    }
    assert_eq!(agreed + decisions.len(), cases.len(), "a decision names a case that does not exist");
    assert!(agreed >= 20, "{agreed}");
}

#[test]
fn headers_written_by_the_aws_cli_are_read() {
    for row in vectors()["section_headers"].as_array().unwrap() {
        let (kind, name) = match row["type"].as_str() {
            Some("sso-session") => (Kind::SsoSession, &row["name"]),
            Some(_) => (Kind::Profile, &row["name"]),
            None if row["profile"] == "default" => (Kind::Default, &row["profile"]),
            None => (Kind::Profile, &row["profile"]),
        };
        let line = format!("[{}]", row["header"].as_str().unwrap());
        let header = parse(line.as_bytes(), Dialect::Config).unwrap_or_else(|| panic!("{line}"));
        // The AWS CLI writes this header and cannot read it; the Go SDK can.
        assert_eq!(header.go_only, line == "[profile o'neil]", "{line}");
        assert_eq!((header.kind, header.name.as_ref()), (kind, name.as_str().unwrap().as_bytes()), "{line}");
    }
}

/// A list shows the name by which the section is found alone, and that botocore and the cache know.
#[test]
fn blanks_in_quotes_belong_to_a_name() {
    for (header, name) in
        [("[profile ' a ']", " a "), ("[profile \u{a0}a]", "\u{a0}a"), ("[profile ' ']", " ")]
    {
        let text = format!("{header}\nk = v\n");
        assert_eq!(ours(&text)["profiles"][name]["k"], "v", "{header}");
        let alone = Pick::One(name);
        let wanted = Wanted {
            dialect: Dialect::Config,
            profiles: alone,
            sso_sessions: Pick::Nothing,
            services: Pick::Nothing,
        };
        let found = scan(&mut text.as_bytes(), &wanted, BUFFER_SIZE).unwrap();
        assert_eq!(found.iter().map(|section| section.name.as_str()).collect::<Vec<_>>(), [name]);
    }
}

/// A person sees a header there, and takes what follows for the settings of that section.
#[test]
fn an_unseen_character_and_blanks_before_a_bracket_end_the_section_before() {
    for unseen in ["\u{feff}", "  \u{feff}  ", "\u{a0}\t", "\u{200b} \u{200b} "] {
        let text = format!("[profile a]\nregion = x\n{unseen}[profile b]\nregion = y\n");
        assert_eq!(profile_a(&text), json!({ "region": "x" }), "{unseen:?}");
    }
}

#[test]
fn a_blank_outside_of_ascii_is_no_key() {
    assert_eq!(profile_a("[profile a]\n\u{a0} = x\nregion = y\n"), json!({ "region": "y" }));
}

#[test]
fn scopes_are_split_as_the_aws_cli_splits_them() {
    for row in vectors()["scope_parsing"].as_array().unwrap() {
        assert_eq!(json!(parse_scopes(row["raw"].as_str().unwrap())), row["parsed"], "{row}");
    }
}

/// The settings of the profile `a`, or `null`.
fn profile_a(text: impl AsRef<[u8]>) -> Value {
    ours(text)["profiles"]["a"].clone()
}

#[test]
fn comments_and_delimiters_are_separated_from_keys_and_values() {
    for (line, value) in [
        ("k = v", "v"),
        ("k=v", "v"),
        ("k : v", "v"),
        ("k:v=w", "v=w"),
        ("k = v:w", "v:w"),
        ("k = v # c", "v"),
        ("k = v\t; c", "v"),
        ("k = v#c", "v#c"),
        ("k = v;c # d", "v;c"),
        ("k = https://x/start#/ # the portal", "https://x/start#/"),
        ("k = \"v # w\"", "\"v"),
        ("K = v", "v"),
        ("k = Ünïcode", "Ünïcode"),
        ("k = a\tb", "a\tb"),
        ("k = [v]", "[v]"),
        ("\u{feff}k = x\nk = v", "v"),
    ] {
        assert_eq!(profile_a(format!("[profile a]\n{line}\n"))["k"], value, "{line}");
    }
}

#[test]
fn a_key_may_contain_letters_of_any_language() {
    assert_eq!(profile_a("[profile a]\nschlüssel = v\n")["schlüssel"], "v");
}

#[test]
fn indented_lines_belong_to_the_key_above_them() {
    for (text, expected) in [
        ("k = v\n  w", json!({"k": "v\nw"})),
        ("k = v\n  w # c\n", json!({"k": "v\nw"})),
        ("k = v\n\n\n  w\n\n", json!({"k": "v\n\n\nw"})),
        ("k = v\n\n  w\n  x", json!({"k": "v\n\nw\nx"})),
        ("  k = v\n  l = w", json!({"k": "v", "l": "w"})),
        ("    k = v\n  l = w", json!({"k": "v", "l": "w"})),
        ("  k = v\n    l = w", json!({"k": "v\nl = w"})),
        ("s3 =\n  k = v\nl = w", json!({"s3": {"k": "v"}, "l": "w"})),
        ("s3 =\n\n  k = v\n  # c\n  m = n", json!({"s3": {"k": "v", "m": "n"}})),
        ("s3 = # c\n  k = v", json!({"s3": {"k": "v"}})),
        ("broken\n  k = v\nl = w", json!({"l": "w"})),
        ("j = v\nbroken\n  k = v\nl = w", json!({"j": "v", "l": "w"})),
        ("= v\n  k = v\nl = w", json!({"l": "w"})),
        ("two words = v\nl = w", json!({"l": "w"})),
    ] {
        assert_eq!(profile_a(format!("[profile a]\n{text}")), expected, "{text:?}");
    }
}

#[test]
fn sections_of_one_name_are_merged_and_end_at_the_next_header() {
    for (text, expected) in [
        ("[profile a]\nk=v\n[profile b]\nl=w\n[profile a]\nm=n", json!({"k": "v", "m": "n"})),
        ("[profile a]\nk=v\n[profile 'a']\nk=w", json!({"k": "w"})),
        ("[profile a]\nk=v\nk=w\nk=\n", json!({"k": "w"})),
        ("[profile a]\nk=v\n[unknown]\nl=w", json!({"k": "v"})),
        ("[profile a]\nk=v\n[profile b\nl=w", json!({"k": "v"})),
        ("[profile a]\nk=v\n  [profile b]\nl=w", json!({"k": "v"})),
        ("[DEFAULT]\nl=w\n[profile a]\nk=v", json!({"k": "v"})),
        ("l=w\n[profile a]\nk=v", json!({"k": "v"})),
        ("[[[\n[]\n]\n[profile a]\nk=v", json!({"k": "v"})),
        ("x = [profile a]\nl = w\n[profile a]\nk=v", json!({"k": "v"})),
        ("[profile a]\r\nk=v\r\n\r\n  w\r\n", json!({"k": "v\n\nw"})),
        ("[profile a]\rk=v\r\rl=w", json!({"k": "v", "l": "w"})),
        ("\u{feff}[profile a]\nk=v", json!({"k": "v"})),
        ("[profile a] ; c ]\nk=v", json!({"k": "v"})),
        ("[profile a]k=v\nl=w", json!({"l": "w"})),
    ] {
        assert_eq!(profile_a(text), expected, "{text:?}");
    }
}

#[test]
fn bytes_that_are_not_utf8_invalidate_only_their_own_value() {
    let text = b"[profile a]\nk = \xff\nl = w\n[profile \xfe]\nm = n\n[sso-session s]\nsso_region = r\n";
    assert_eq!(profile_a(text), json!({"k": "\u{fffd}", "l": "w"}));
    assert_eq!(ours(text)["sso_sessions"]["s"]["sso_region"], "r");
}

#[test]
fn the_section_profile_default_wins_over_default() {
    let both = "[default]\nk=v\n[profile default]\nl=w\n[default]\nm=n";
    assert_eq!(ours(both), json!({"profiles": {"default": {"l": "w"}}}));
    assert_eq!(
        ours("[default]\nk=v\n[default]\nl=w"),
        json!({"profiles": {"default": {"k": "v", "l": "w"}}})
    );
}
