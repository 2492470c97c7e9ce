//! The browser: what it is started with, and what is said if there is none.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::time::Instant;

use stand_in::{SECRET_MARK, visit};

use crate::common::{HANG, World, failed};
use crate::{asked, console, secrets_in};

/// A browser that records its arguments and its environment.
fn recording(world: &mut World) {
    let path = recording_as(world, "browser");
    world.home.env("BROWSER", &path);
}

/// The same program with another name; gives its path.
fn recording_as(world: &World, name: &str) -> String {
    let directory = world.home.temporary();
    let path = directory.join(name);
    let directory = directory.display();
    let script = format!(
        "#!/bin/sh\nexport >'{directory}/environment'\nprintf '%s\\n' \"$@\" >'{directory}/part'\nexec /bin/mv '{directory}/part' '{directory}/arguments'\n"
    );
    fs::write(&path, script).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path.to_str().unwrap().to_owned()
}

/// What the browser was started with: its arguments, and its environment.
fn recorded(world: &World) -> (String, String) {
    let file = |name: &str| world.home.temporary().join(name);
    let began = Instant::now();
    while !file("arguments").exists() {
        assert!(began.elapsed() < HANG, "no browser was started");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let read = |name: &str| fs::read_to_string(file(name)).unwrap();
    (read("arguments"), read("environment"))
}

#[test]
fn the_browser_gets_the_address_and_no_other_secret() {
    let mut world = World::signed_in();
    recording(&mut world);
    world.home.env("AWS_SECRET_ACCESS_KEY", "callers-SECRETMARK");
    let output = console(&world, &["--destination", "cloudwatch", "--debug"]);
    let told = "your browser is opening the AWS console as role `Developer` in account `111122223333`\n";
    assert_eq!((output.status, output.stdout.as_str(), output.stderr.as_str()), (0, "", told));
    let (arguments, environment) = recorded(&world);
    assert_eq!(arguments.lines().count(), 1, "{arguments}");
    let secrets = secrets_in(&world, &arguments);
    assert!(secrets.len() == 1 && secrets[0].starts_with("VCQg"), "{secrets:?}");
    assert!(!environment.contains(SECRET_MARK) && !environment.contains("AWS_"), "{environment}");
    let page = visit(arguments.trim_end()).unwrap();
    assert!(
        page.ends_with(": https://console.aws.amazon.com/cloudwatch/home?region=us-west-2</html>"),
        "{page}"
    );
    let log = world.home.home().join(".aws/sso/aws-sso-credential-process-log.txt");
    assert!(!fs::read_to_string(log).unwrap().contains(SECRET_MARK));
}

#[test]
fn a_shortcut_opens_the_portal_without_a_request() {
    let mut world = World::new();
    recording(&mut world);
    let output = console(&world, &["--shortcut"]);
    assert_eq!((output.status, output.stdout.as_str()), (0, ""), "{output:?}");
    assert!(
        recorded(&world).0.starts_with("https://corp.awsapps.com/start/#/console?account_id=111122223333&")
    );
    assert_eq!(world.requests(), 0);
}

#[test]
fn without_a_browser_nothing_is_asked_and_the_way_out_is_told() {
    let what = "aws-sso-cred: the AWS console was not opened in a browser";
    let hint = "hint: add `--url` to print the address, or `--shortcut --url` for a link without a secret";
    for (variable, value, cause) in [
        ("CI", "true", "this is a CI job (`CI` is set)"),
        ("SSH_CONNECTION", "192.0.2.1 1 192.0.2.2 22", "SSH without a display"),
        ("BROWSER", "no-such-browser %s", "`BROWSER` names `no-such-browser`, which does not exist"),
        ("AWS_SSO_DISABLE_BROWSER", "1", "AWS_SSO_DISABLE_BROWSER is set"),
        (
            "BROWSER",
            "sh -c 'true %s'",
            "`BROWSER` has `%s` inside `true %s`, where a shell could obey the `&` of the address; make `%s` a separate word",
        ),
    ] {
        let mut world = World::signed_in();
        world.home.env(variable, value);
        assert_eq!(failed(&console(&world, &[]), 3), [what, cause, hint]);
        let lines = failed(&console(&world, &["--shortcut"]), 3);
        assert_eq!(lines, [what, cause, "hint: add `--url` to print the link"]);
        assert_eq!(world.requests(), 0);
        crate::address(&world, &[]);
    }
}

#[test]
fn a_browser_that_fails_leaves_no_token_on_stderr() {
    let mut world = World::signed_in();
    let path = world.home.temporary().join("failing");
    fs::write(&path, "#!/bin/sh\nexit 4\n").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    world.home.env("BROWSER", path.to_str().unwrap());
    let output = console(&world, &[]);
    let lines = failed(&output, 3);
    let cause = format!("`{}` ended at once with exit code 4", path.display());
    assert_eq!(lines[1], cause);
    assert!(!output.stderr.contains(SECRET_MARK) && !output.stderr.contains("SigninToken"), "{lines:?}");
    assert_eq!(asked(&world), 1);
}

#[test]
fn an_address_that_may_be_too_long_for_windows_is_told() {
    let mut world = World::signed_in();
    recording_as(&world, "rundll32.exe");
    world.home.env("WSL_INTEROP", "/run/WSL/1_interop");
    world.home.env("PATH", &format!("{}:/usr/bin:/bin", world.home.temporary().display()));
    let told = "your browser is opening the AWS console as role `Developer` in account `111122223333`\n";
    assert_eq!(console(&world, &[]).stderr, told);
    recorded(&world);
    let page = format!("/s3/buckets/{}", "x".repeat(2000));
    let output = console(&world, &["--destination", &page]);
    assert_eq!(output.status, 0);
    let note = output.stderr.strip_prefix(told).unwrap();
    assert!(
        note.starts_with("note: the address is longer than 2081 characters, which some versions of Windows"),
        "{note}"
    );
    assert!(!note.contains(SECRET_MARK) && note.contains("add `--url`"), "{note}");
}
