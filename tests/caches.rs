//! The cache files compared with those of AWS CLI 2.36.7, row by row, and junk in their place.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use aws_sso_cred::cache::{Caches, ClientRegistration, Miss, registration_key, role_key, sha1_hex};
use aws_sso_cred::context::Context;
use aws_sso_cred::identifiers::{AccountId, Region, RoleName, SessionName, StartUrl};
use aws_sso_cred::lock::Lock;
use aws_sso_cred::request::{RoleRequest, SsoSession};
use aws_sso_cred::role_credentials::RoleCredentials;
use aws_sso_cred::secret::Secret;
use aws_sso_cred::state::StateDirectory;
use aws_sso_cred::timestamp::Timestamp;
use aws_sso_cred::token::SsoToken;
use serde_json::Value;

fn vectors(name: &str) -> Vec<Value> {
    let all: Value = serde_json::from_str(include_str!("data/cache_vectors.json")).unwrap();
    let rows = all[name].as_array().unwrap().clone();
    assert!(!rows.is_empty());
    rows
}

fn session(row: &Value) -> SsoSession {
    let scopes = row.get("scopes").and_then(Value::as_array);
    SsoSession {
        name: row["session_name"]
            .as_str()
            .filter(|name| !name.is_empty())
            .map(|name| SessionName::parse(name).unwrap()),
        start_url: StartUrl::parse(row["start_url"].as_str().unwrap()).unwrap(),
        region: Region::parse(row.get("region").and_then(Value::as_str).unwrap_or("us-east-1")).unwrap(),
        registration_scopes: scopes
            .map(|list| list.iter().map(|scope| scope.as_str().unwrap().to_owned()).collect()),
    }
}

/// The rows of a table in `docs/caches.md`: what the file is, the text, and its SHA-1.
fn documented_names() -> Vec<(String, String, String)> {
    let document = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/caches.md")).unwrap();
    let (_, table) = document.split_once("| file | text | SHA-1 |\n|---|---|---|\n").unwrap();
    let rows = table.lines().take_while(|line| line.starts_with("| "));
    let cells = |row: &str| {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").collect();
        let code = |cell: &str| cell.trim().trim_matches('`').to_owned();
        (cells[0].trim().to_owned(), code(cells[1]), code(cells[2]))
    };
    rows.map(cells).collect()
}

#[test]
fn the_names_in_the_document_are_those_of_the_files() {
    let start_url = "https://corp.awsapps.com/start";
    let of = |name: Option<&str>| SsoSession {
        name: name.map(|name| SessionName::parse(name).unwrap()),
        start_url: StartUrl::parse(start_url).unwrap(),
        region: Region::parse("eu-west-1").unwrap(),
        registration_scopes: name.map(|_| vec!["sso:account:access".to_owned()]),
    };
    let expected = [
        of(Some("corp")).token_cache_key().to_owned(),
        of(None).token_cache_key().to_owned(),
        registration_key(&of(Some("corp"))),
        registration_key(&of(None)),
        role_key("111122223333", "Developer", Some("corp"), start_url),
        role_key("111122223333", "Developer", None, start_url),
    ];
    let documented = documented_names();
    assert_eq!(
        documented.iter().map(|(_, text, _)| text).collect::<Vec<_>>(),
        expected.iter().collect::<Vec<_>>()
    );
    for (file, text, sha1) in documented {
        assert_eq!(sha1_hex(&text), sha1, "{file}");
    }
}

#[test]
fn token_files_are_named_as_the_cli_names_them() {
    for row in vectors("token_cache") {
        let key = row["session_name"]
            .as_str()
            .filter(|name| !name.is_empty())
            .or(row["start_url"].as_str())
            .unwrap();
        assert_eq!(key, row["hashed_input"].as_str().unwrap());
        assert_eq!(sha1_hex(key), row["sha1"].as_str().unwrap());
        // The program refuses names with control characters, but their hash is the same.
        if !key.chars().any(char::is_control) && StartUrl::parse(row["start_url"].as_str().unwrap()).is_ok() {
            assert_eq!(session(&row).token_cache_key(), key);
        }
    }
}

#[test]
fn registration_files_are_named_as_the_cli_names_them() {
    let mut checked = 0;
    for row in vectors("registration_cache") {
        let printable =
            |field: &str| row[field].as_str().is_none_or(|text| !text.chars().any(char::is_control));
        if !printable("session_name") {
            continue;
        }
        let key = registration_key(&session(&row));
        assert_eq!(key, row["hashed_input"].as_str().unwrap());
        assert_eq!(sha1_hex(&key), row["sha1"].as_str().unwrap());
        checked += 1;
    }
    assert!(checked >= 14, "only {checked} rows");
}

#[test]
fn role_files_are_named_as_the_cli_names_them() {
    for row in vectors("role_credential_cache") {
        let text = |field: &str| row[field].as_str().unwrap();
        let key =
            role_key(text("account_id"), text("role_name"), row["session_name"].as_str(), text("start_url"));
        assert_eq!(key, text("hashed_input"));
        assert_eq!(sha1_hex(&key), text("sha1"));
    }
}

#[test]
fn timestamps_are_read_as_botocore_reads_them() {
    for row in vectors("timestamp_tolerance_botocore") {
        let (text, theirs) = (row["in"].as_str().unwrap(), row["out"].as_str().unwrap());
        let ours = Timestamp::parse(text);
        if theirs.starts_with("ERROR") {
            assert_eq!(ours, None, "{text:?}");
        } else if !theirs.contains("naive") {
            // Botocore's own spelling of its answer must give the same moment.
            assert_eq!(ours, Timestamp::parse(theirs), "{text:?}");
            assert!(ours.is_some(), "{text:?}");
        }
    }
}

struct Home(tempfile::TempDir);

impl Home {
    fn new() -> (Self, Context, Caches) {
        let directory = tempfile::tempdir().unwrap();
        let home = directory.path().to_str().unwrap();
        let context = Context::fake(&[("HOME", home)], Timestamp::from_unix(1_795_230_000));
        let caches = Caches::find(&context).unwrap();
        (Self(directory), context, caches)
    }

    fn lock(&self, context: &Context) -> Lock {
        let file = StateDirectory::at(context, self.0.path()).file("lock");
        Lock::acquire(context, file.as_ref(), Duration::ZERO).unwrap()
    }
}

fn corp(name: Option<&str>, start_url: &str) -> SsoSession {
    SsoSession {
        name: name.map(|name| SessionName::parse(name).unwrap()),
        start_url: StartUrl::parse(start_url).unwrap(),
        region: Region::parse("us-east-1").unwrap(),
        registration_scopes: Some(vec!["sso:account:access".to_owned()]),
    }
}

fn role(session: SsoSession) -> RoleRequest {
    RoleRequest {
        session,
        account_id: AccountId::parse("123456789012").unwrap(),
        role_name: RoleName::parse("Admin").unwrap(),
    }
}

fn credentials() -> RoleCredentials {
    RoleCredentials {
        access_key_id: "ASIAEXAMPLE".to_owned(),
        secret_access_key: Secret::new("secret/KEY+x"),
        session_token: Secret::new("SESSION=="),
        expiration: Timestamp::from_unix_milliseconds(1_795_233_601_999),
    }
}

/// The files that the AWS CLI wrote in a case, by file name.
fn files_of(case: &str) -> BTreeMap<String, String> {
    let row =
        vectors("files_as_written").into_iter().find(|row| row["case"].as_str().unwrap().starts_with(case));
    let row = row.unwrap_or_else(|| panic!("no case {case}"));
    let files = row["files"].as_object().unwrap();
    files.iter().map(|(name, file)| (name.clone(), file["content"].as_str().unwrap().to_owned())).collect()
}

#[test]
fn every_file_is_written_byte_for_byte_as_the_cli_writes_it() {
    let (home, context, caches) = Home::new();
    let lock = home.lock(&context);
    let session = corp(Some("corp"), "https://d-1234567890.awsapps.com/start");
    let registered = Timestamp::parse("2027-02-19T01:20:00Z").unwrap();
    let token = SsoToken {
        access_token: Secret::new("access-token"),
        expires_at: Timestamp::parse("2026-11-21T04:00:00Z").unwrap(),
        refresh_token: Some(Secret::new("refresh-token")),
        client_id: Some("client-id".to_owned()),
        client_secret: Some(Secret::new("client-secret")),
        registration_expires_at: Some(registered),
        region: Some("us-east-1".to_owned()),
        start_url: Some("https://d-1234567890.awsapps.com/start".to_owned()),
    };
    let registration = ClientRegistration {
        client_id: "client-id".to_owned(),
        client_secret: Secret::new("client-secret"),
        expires_at: registered,
        scopes: vec!["sso:account:access".to_owned()],
        grant_types: vec!["authorization_code".to_owned(), "refresh_token".to_owned()],
    };
    caches.write_token(&context, &session, &token, &lock).unwrap();
    caches.write_registration(&context, &session, &registration, &lock).unwrap();
    assert_same(caches.token_directory(), &files_of("PKCE, sso-session corp, scopes"));

    let device = ClientRegistration { grant_types: Vec::new(), ..registration };
    fs::remove_file(caches.registration_path(&session)).unwrap();
    caches.write_registration(&context, &session, &device, &lock).unwrap();
    assert_same(caches.token_directory(), &files_of("device code, sso-session corp, scopes"));

    caches.write_role_credentials(&context, &role(session), &credentials(), &lock).unwrap();
    assert_same(caches.role_directory(), &files_of("role credentials"));
}

#[test]
fn a_token_of_the_older_layout_is_written_without_absent_fields() {
    let (home, context, caches) = Home::new();
    let lock = home.lock(&context);
    let mut session = corp(None, "https://d-1234567890.awsapps.com/start#/");
    session.registration_scopes = None;
    let token = SsoToken {
        access_token: Secret::new("access-token"),
        expires_at: Timestamp::parse("2026-11-21T11:00:00Z").unwrap(),
        refresh_token: None,
        client_id: Some("client-id".to_owned()),
        client_secret: Some(Secret::new("client-secret")),
        registration_expires_at: Timestamp::parse("2027-02-19T01:20:00Z"),
        region: Some("us-east-1".to_owned()),
        start_url: Some(session.start_url.to_string()),
    };
    let registration = ClientRegistration {
        client_id: "client-id".to_owned(),
        client_secret: Secret::new("client-secret"),
        expires_at: token.registration_expires_at.unwrap(),
        scopes: Vec::new(),
        grant_types: Vec::new(),
    };
    caches.write_token(&context, &session, &token, &lock).unwrap();
    caches.write_registration(&context, &session, &registration, &lock).unwrap();
    assert_same(caches.token_directory(), &files_of("device code, legacy profile"));
}

fn assert_same(directory: &Path, expected: &BTreeMap<String, String>) {
    let found: BTreeMap<String, String> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| {
            let entry = entry.unwrap();
            assert_private(&entry.path());
            (entry.file_name().into_string().unwrap(), fs::read_to_string(entry.path()).unwrap())
        })
        .collect();
    assert_eq!(&found, expected);
}

#[cfg(unix)]
fn assert_private(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(path), 0o600, "{}", path.display());
    assert_eq!(mode(path.parent().unwrap()), 0o700, "{}", path.display());
}

#[cfg(not(unix))]
fn assert_private(_path: &Path) {}

#[test]
fn unknown_members_survive_a_rewrite() {
    let (home, context, caches) = Home::new();
    let lock = home.lock(&context);
    let session = corp(Some("corp"), "https://d-1234567890.awsapps.com/start");
    let path = caches.token_path(&session);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(
        &path,
        r#"{"ACCESSTOKEN":"a","ExpiresAt":"2026-11-21T04:00:00UTC","receivedAt":"x","nested":{"b":[1,null]},"refreshtoken":"r"}"#,
    )
    .unwrap();
    let token = caches.read_token(&context, &session).unwrap();
    assert_eq!(token.access_token.expose(), "a");
    assert_eq!(token.refresh_token.as_ref().unwrap().expose(), "r");
    caches.write_token(&context, &session, &token, &lock).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    let ours = r#"{"accessToken": "a", "expiresAt": "2026-11-21T04:00:00Z", "refreshToken": "r", "#;
    assert!(text.starts_with(ours), "{text}");
    let document: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(document.as_object().unwrap().len(), 5, "{text}");
    assert_eq!(document["nested"], serde_json::json!({"b": [1, null]}));
    assert_eq!(document["receivedAt"], "x");
}

/// Junk that has been found in cache files, or could be.
fn junk() -> Vec<(&'static str, Vec<u8>)> {
    let object = |text: &str| text.as_bytes().to_vec();
    vec![
        ("empty", Vec::new()),
        ("cut", object(r#"{"accessToken": "a", "expiresAt": "2026-"#)),
        ("binary", (0..=255).cycle().take(4096).collect()),
        ("eight MiB", vec![b' '; 8 << 20]),
        (
            "eight MiB of one string",
            [b"{\"accessToken\":\"".to_vec(), vec![b'a'; 8 << 20], b"\"}".to_vec()].concat(),
        ),
        ("open brackets", vec![b'['; 20_000]),
        ("open braces", b"{\"a\":".repeat(20_000)),
        ("a list", object("[1,2,3]")),
        ("null", object("null")),
        ("a number", object("1e999999")),
        (
            "wrong types",
            object(r#"{"accessToken": {"a": 1}, "expiresAt": 5, "Credentials": [], "clientId": null}"#),
        ),
        (
            "inner wrong types",
            object(r#"{"Credentials": {"AccessKeyId": 1, "SecretAccessKey": null, "SessionToken": []}}"#),
        ),
        ("bad dates", object(r#"{"accessToken":"a","expiresAt":"soon","clientId":"c","clientSecret":"s"}"#)),
        (
            "absurd dates",
            object(
                r#"{"Credentials":{"AccessKeyId":"a","SecretAccessKey":"b","SessionToken":"c","Expiration":"2026-99-99T99:99:99Z"}}"#,
            ),
        ),
        (
            "empty strings",
            object(
                r#"{"accessToken":"","expiresAt":"2026-11-21T04:00:00Z","clientId":"","clientSecret":""}"#,
            ),
        ),
        ("broken UTF-8", b"{\"accessToken\":\"\xff\xfe\",\"expiresAt\":\"2026-11-21T04:00:00Z\"}".to_vec()),
        ("a foreign file", object(r#"{"accessToken":{"accessKeyId":"a"},"tokenType":"x","dpopKey":"k"}"#)),
        ("only a byte-order mark", b"\xef\xbb\xbf".to_vec()),
    ]
}

#[test]
fn junk_in_a_cache_is_a_miss_and_the_next_write_replaces_it() {
    let (home, context, caches) = Home::new();
    let lock = home.lock(&context);
    let session = corp(Some("corp"), "https://d-1234567890.awsapps.com/start");
    let request = role(session.clone());
    let paths = [caches.token_path(&session), caches.registration_path(&session), caches.role_path(&request)];
    for path in &paths {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
    }
    for (name, bytes) in junk() {
        for path in &paths {
            fs::write(path, &bytes).unwrap();
        }
        assert!(matches!(caches.read_token(&context, &session), Err(Miss::Unusable(_))), "{name}");
        assert!(matches!(caches.read_registration(&context, &session), Err(Miss::Unusable(_))), "{name}");
        assert!(matches!(caches.read_role_credentials(&context, &request), Err(Miss::Unusable(_))), "{name}");
        caches.write_role_credentials(&context, &request, &credentials(), &lock).unwrap();
        assert!(caches.read_role_credentials(&context, &request).is_ok(), "{name}");
    }
}

#[test]
#[cfg(unix)]
fn a_directory_a_fifo_and_a_dangling_link_are_cache_misses() {
    let (home, context, caches) = Home::new();
    let lock = home.lock(&context);
    let request = role(corp(Some("corp"), "https://d-1234567890.awsapps.com/start"));
    let path = caches.role_path(&request);
    fs::create_dir_all(&path).unwrap();
    assert!(matches!(caches.read_role_credentials(&context, &request), Err(Miss::Unusable(_))));
    assert!(caches.write_role_credentials(&context, &request, &credentials(), &lock).is_err());
    let left: Vec<_> = fs::read_dir(path.parent().unwrap()).unwrap().collect();
    assert_eq!(left.len(), 1, "the temporary file must not stay: {left:?}");
    fs::remove_dir(&path).unwrap();

    assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
    assert!(matches!(caches.read_role_credentials(&context, &request), Err(Miss::Unusable(_))));
    fs::remove_file(&path).unwrap();

    std::os::unix::fs::symlink("/nonexistent/file", &path).unwrap();
    assert_eq!(caches.read_role_credentials(&context, &request).unwrap_err(), Miss::Absent);
    caches.write_role_credentials(&context, &request, &credentials(), &lock).unwrap();
    assert!(caches.read_role_credentials(&context, &request).is_ok());
}

#[test]
fn credentials_of_another_account_are_not_handed_out() {
    let (home, context, caches) = Home::new();
    let lock = home.lock(&context);
    let request = role(corp(Some("corp"), "https://d-1234567890.awsapps.com/start"));
    caches.write_role_credentials(&context, &request, &credentials(), &lock).unwrap();
    let path = caches.role_path(&request);
    let text = fs::read_to_string(&path).unwrap().replace("123456789012", "999999999999");
    fs::write(&path, text).unwrap();
    assert!(matches!(caches.read_role_credentials(&context, &request), Err(Miss::Unusable(_))));
}
