//! The readers of the cache files: any bytes are a miss or a value; a value that is written is read back,
//! beside every member that this program does not know; and no secret reaches an error.
#![no_main]

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::SystemTime;

use aws_sso_cred::cache::{Caches, Miss};
use aws_sso_cred::context::Context;
use aws_sso_cred::identifiers::{AccountId, Region, RoleName, SessionName, StartUrl};
use aws_sso_cred::lock::Lock;
use aws_sso_cred::request::{RoleRequest, SsoSession};
use aws_sso_cred::secret::Secret;
use aws_sso_cred::timestamp::Timestamp;
use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value};

/// A home directory for the files of this process.
static HOME: LazyLock<PathBuf> = LazyLock::new(|| {
    let home = std::env::temp_dir().join(format!("aws-sso-cred-fuzz-{}", std::process::id()));
    for cache in ["sso", "cli"] {
        fs::create_dir_all(home.join(".aws").join(cache).join("cache")).expect("a directory");
    }
    home
});

fuzz_target!(|bytes: &[u8]| {
    let home = HOME.to_str().expect("a path in UTF-8");
    let context = Context::fake(&[("HOME", home)], Timestamp::from_unix(1_795_230_000));
    let caches = Caches::find(&context).expect("a home directory");
    let request = request();
    token(&context, &caches, &request.session, bytes);
    registration(&context, &caches, &request.session, bytes);
    role_credentials(&context, &caches, &request, bytes);
});

fn request() -> RoleRequest {
    let session = SsoSession {
        name: SessionName::parse("corp").ok(),
        start_url: StartUrl::parse("https://corp.awsapps.com/start").expect("a start URL"),
        region: Region::parse("eu-west-1").expect("a region"),
        registration_scopes: None,
    };
    RoleRequest {
        session,
        account_id: AccountId::parse("111122223333").expect("an account"),
        role_name: RoleName::parse("Developer").expect("a role"),
    }
}

/// Puts a file in its place, as if another tool had finished it some time ago.
fn put(path: &Path, bytes: &[u8]) {
    fs::write(path, bytes).expect("a file that can be written");
    File::options()
        .write(true)
        .open(path)
        .and_then(|file| file.set_modified(SystemTime::UNIX_EPOCH))
        .expect("a time");
}

/// The members of the first JSON object in a file; those of a file that is no object are none.
fn members(bytes: &[u8]) -> Map<String, Value> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match serde_json::Deserializer::from_slice(bytes).into_iter().next() {
        Some(Ok(Value::Object(members))) => members,
        _ => Map::new(),
    }
}

/// The members of the old file that are not among the `known` ones are in the file now, and it is JSON in ASCII.
fn assert_unknown_members_are_kept(path: &Path, old: &[u8], known: &[&str]) {
    let new = fs::read(path).expect("the file that was written");
    assert!(new.is_ascii());
    let new: Map<String, Value> = serde_json::from_slice(&new).expect("an object");
    for (key, value) in members(old) {
        if !known.iter().any(|name| name.eq_ignore_ascii_case(&key)) {
            assert_eq!(new.get(&key), Some(&value), "{key:?}");
        }
    }
}

/// A miss shows no text of the file, but for the start URL and the region of another sign-in.
fn assert_miss_is_harmless(miss: &Miss, bytes: &[u8]) {
    let shown = format!("{miss} {miss:?}");
    let members = members(bytes);
    // Readers take the names in any case.
    let texts_of = |names: &'static [&str]| {
        let of_name = |name: &str| names.iter().any(|one| one.eq_ignore_ascii_case(name));
        members.iter().filter(move |(name, _)| of_name(name)).filter_map(|(_, value)| value.as_str())
    };
    for secret in texts_of(&["accessToken", "refreshToken", "clientSecret"]) {
        let is_public =
            texts_of(&["startUrl", "region"]).any(|public| format!("{public} {public:?}").contains(secret));
        let is_telling =
            secret.len() >= 12 && !is_public && !"https://corp.awsapps.com/start".contains(secret);
        let is_word =
            ["registrationExpiresAt", "it is not a JSON object"].iter().any(|word| word.contains(secret));
        assert!(!is_telling || is_word || !shown.contains(secret), "{shown}");
    }
}

fn token(context: &Context, caches: &Caches, session: &SsoSession, bytes: &[u8]) {
    let path = caches.token_path(session);
    put(&path, bytes);
    let _ = caches.token_files(context);
    let _ = caches.sign_ins(context);
    let token = match caches.read_token(context, session) {
        Ok(token) => token,
        Err(miss) => return assert_miss_is_harmless(&miss, bytes),
    };
    caches.write_token(context, session, &token, &Lock::none()).expect("a token that can be written");
    let again = caches.read_token(context, session).expect("the token that was written");
    let text = |secret: &Option<Secret>| secret.as_ref().map(|secret| secret.expose().to_owned());
    assert_eq!(again.access_token.expose(), token.access_token.expose());
    assert_eq!(text(&again.refresh_token), text(&token.refresh_token));
    assert_eq!(text(&again.client_secret), text(&token.client_secret));
    assert_eq!(
        (&again.client_id, &again.region, &again.start_url, clamped(Some(again.expires_at))),
        (&token.client_id, &token.region, &token.start_url, clamped(Some(token.expires_at)))
    );
    assert_eq!(clamped(again.registration_expires_at), clamped(token.registration_expires_at));
    let known = [
        "startUrl",
        "region",
        "accessToken",
        "expiresAt",
        "clientId",
        "clientSecret",
        "registrationExpiresAt",
        "refreshToken",
    ];
    assert_unknown_members_are_kept(&path, bytes, &known);
    let shown = format!("{again:?}");
    assert!(
        again.access_token.expose().len() < 12 || !shown.contains(again.access_token.expose()) || {
            let others = format!("{:?}{:?}{:?}", again.client_id, again.region, again.start_url);
            others.contains(again.access_token.expose())
        }
    );
}

/// A year outside of 1 to 9999 cannot be written.
fn clamped(at: Option<Timestamp>) -> Option<String> {
    at.map(|at| at.to_string())
}

fn registration(context: &Context, caches: &Caches, session: &SsoSession, bytes: &[u8]) {
    let path = caches.registration_path(session);
    put(&path, bytes);
    let read = match caches.read_registration(context, session) {
        Ok(read) => read,
        Err(miss) => return assert_miss_is_harmless(&miss, bytes),
    };
    caches
        .write_registration(context, session, &read, &Lock::none())
        .expect("a registration that can be written");
    let again = caches.read_registration(context, session).expect("the registration that was written");
    assert_eq!(again.client_secret.expose(), read.client_secret.expose());
    assert_eq!(
        (&again.client_id, &again.scopes, &again.grant_types, clamped(Some(again.expires_at))),
        (&read.client_id, &read.scopes, &read.grant_types, clamped(Some(read.expires_at)))
    );
    let known = ["clientId", "clientSecret", "expiresAt", "scopes", "grantTypes"];
    assert_unknown_members_are_kept(&path, bytes, &known);
}

fn role_credentials(context: &Context, caches: &Caches, request: &RoleRequest, bytes: &[u8]) {
    let path = caches.role_path(request);
    put(&path, bytes);
    let read = match caches.read_role_credentials(context, request) {
        Ok(read) => read,
        Err(miss) => return assert_miss_is_harmless(&miss, bytes),
    };
    caches
        .write_role_credentials(context, request, &read, &Lock::none())
        .expect("credentials that can be written");
    // The file is new, and the clock of this target stands still in the past or in the future.
    put(&path, &fs::read(&path).expect("the file that was written"));
    let again = caches.read_role_credentials(context, request).expect("the credentials that were written");
    assert_eq!(again.access_key_id, read.access_key_id);
    assert_eq!(again.secret_access_key.expose(), read.secret_access_key.expose());
    assert_eq!(again.session_token.expose(), read.session_token.expose());
    assert_eq!(clamped(Some(again.expiration)), clamped(Some(read.expiration)));
    assert_unknown_members_are_kept(&path, bytes, &["ProviderType", "Credentials"]);
    let document = read.document(Some(&request.account_id));
    let document: Map<String, Value> =
        serde_json::from_str(document.expose().trim_end()).expect("one line of JSON");
    assert_eq!(document["SessionToken"], read.session_token.expose());
}
