//! Limits on reading cache files: their size, how long a torn file is read again, and which file
//! names count.
#![allow(clippy::unwrap_used, clippy::panic, clippy::disallowed_methods, reason = "a test")]

use std::fs::{self, File};
use std::time::{Duration, Instant, SystemTime};

use aws_sso_cred::cache::{Caches, ClientRegistration, Miss, is_sha1_hex, sha1_hex};
use aws_sso_cred::context::Context;
use aws_sso_cred::identifiers::{Region, SessionName, StartUrl};
use aws_sso_cred::lock::Lock;
use aws_sso_cred::request::SsoSession;
use aws_sso_cred::secret::Secret;
use aws_sso_cred::state::StateDirectory;
use aws_sso_cred::timestamp::Timestamp;

/// A home, and a session whose cache files are in it.
fn home() -> (tempfile::TempDir, Context, Caches, SsoSession) {
    let home = tempfile::tempdir().unwrap();
    let now = Timestamp::from_unix(1_795_230_000);
    let context = Context::fake(&[("HOME", home.path().to_str().unwrap())], now);
    let caches = Caches::find(&context).unwrap();
    let session = SsoSession {
        name: Some(SessionName::parse("corp").unwrap()),
        start_url: StartUrl::parse("https://corp.awsapps.com/start").unwrap(),
        region: Region::parse("eu-west-1").unwrap(),
        registration_scopes: None,
    };
    fs::create_dir_all(caches.token_path(&session).parent().unwrap()).unwrap();
    (home, context, caches, session)
}

/// How long a read of a token file with this content and age takes.
fn waited_for(content: &str, age: Duration) -> Duration {
    let (_home, context, caches, session) = home();
    let path = caches.token_path(&session);
    fs::write(&path, content).unwrap();
    File::options().write(true).open(&path).unwrap().set_modified(SystemTime::now() - age).unwrap();
    assert!(matches!(caches.read_token(&context, &session), Err(Miss::Unusable(_))));
    context.elapsed()
}

#[test]
fn a_recently_written_torn_file_is_read_again_for_half_a_second() {
    let torn = r#"{"accessToken": "a", "expi"#;
    let waited = waited_for(torn, Duration::ZERO);
    assert!((Duration::from_millis(100)..Duration::from_millis(500)).contains(&waited), "{waited:?}");
    assert_eq!(waited_for(torn, Duration::from_secs(3600)), Duration::ZERO);
    assert_eq!(waited_for("no JSON", Duration::ZERO), Duration::ZERO);
}

#[test]
fn bytes_after_the_json_object_are_ignored() {
    let (_home, context, caches, session) = home();
    let path = caches.token_path(&session);
    fs::write(&path, r#"{"accessToken":"a","expiresAt":"2026-11-21T04:00:00Z"}"}"#).unwrap();
    assert_eq!(caches.read_token(&context, &session).unwrap().access_token.expose(), "a");
}

#[test]
fn a_cache_file_read_during_a_write_is_read_again() {
    let (_home, _fake, caches, session) = home();
    let context = Context::real();
    let path = caches.token_path(&session);
    for _ in 0..20 {
        fs::write(&path, r#"{"accessToken":"a","expi"#).unwrap();
        let began = Instant::now();
        let writer = std::thread::spawn({
            let path = path.clone();
            move || {
                std::thread::sleep(Duration::from_millis(15));
                fs::write(&path, r#"{"accessToken":"a","expiresAt":"2026-11-21T04:00:00Z"}"#).unwrap();
                began.elapsed()
            }
        });
        let token = caches.read_token(&context, &session);
        let took = writer.join().unwrap();
        // Readers wait for nearly half a second. If the machine stalled the writer for that long,
        // the round proves nothing.
        if token.is_ok() || took < Duration::from_millis(300) {
            assert_eq!(token.unwrap().access_token.expose(), "a");
            return;
        }
    }
    panic!("this machine is too slow for this test");
}

#[test]
fn only_file_names_that_are_a_sha1_count_as_cache_files() {
    let name = sha1_hex("corp");
    assert!(is_sha1_hex(&name) && is_sha1_hex(&name.to_uppercase()));
    let (short, long) = (&name[1..], format!("{name}0"));
    for other in ["", short, long.as_str(), &name.replacen(|_| true, "g", 1), "botocore-client-id-eu-west-1"]
    {
        assert!(!is_sha1_hex(other), "{other}");
    }
}

#[test]
fn a_registration_lists_its_scopes_and_grants() {
    let (home, context, caches, session) = home();
    let lock = Lock::acquire(
        &context,
        StateDirectory::at(&context, home.path()).file("lock").as_ref(),
        Duration::ZERO,
    )
    .unwrap();
    let registration = ClientRegistration {
        client_id: "client".to_owned(),
        client_secret: Secret::new("secret"),
        expires_at: Timestamp::from_unix(1_800_000_000),
        scopes: vec!["sso:account:access".to_owned()],
        grant_types: vec!["authorization_code".to_owned(), "refresh_token".to_owned()],
    };
    caches.write_registration(&context, &session, &registration, &lock).unwrap();
    let read = caches.read_registration(&context, &session).unwrap();
    assert_eq!((read.scopes, read.grant_types), (registration.scopes, registration.grant_types));
}

#[test]
fn a_cache_file_larger_than_one_mebibyte_is_not_read() {
    let (_home, context, caches, session) = home();
    let path = caches.registration_path(&session);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let text = r#"{"clientId": "client", "clientSecret": "s", "expiresAt": "2026-12-21T04:00:00Z"}"#;
    let padded = |length| text.to_owned() + &" ".repeat(length - text.len());
    fs::write(&path, padded(1 << 20)).unwrap();
    assert_eq!(caches.read_registration(&context, &session).unwrap().client_id, "client");
    fs::write(&path, padded((1 << 20) + 1)).unwrap();
    let miss = caches.read_registration(&context, &session).unwrap_err();
    assert_eq!(miss, Miss::Unusable("larger than 1 MiB".to_owned()));
}

#[test]
fn a_cache_miss_has_a_readable_text() {
    assert_eq!(Miss::Absent.to_string(), "absent");
    assert_eq!(Miss::Unusable("it ends early".to_owned()).to_string(), "unusable: it ends early");
}
