//! `BROWSER` in the credential process: which browser is opened, and what the person is told.

use std::fs;

use serde_json::json;
use stand_in::{Fault, Operation, Times};

use crate::common::{DEV, failed};
use crate::desk::{Desk, signed_in, wait_for_file, write_script};

/// A desk with this `BROWSER` and with `xdg-open` on its desktop.
fn desk(variable: &str) -> Desk {
    let mut desk = Desk::new();
    let programs = desk.world.home.temporary().join("bin");
    fs::create_dir(&programs).unwrap();
    fs::copy(desk.world.home.temporary().join("browser"), programs.join("xdg-open")).unwrap();
    desk.world.home.env("PATH", &format!("{}:/usr/bin:/bin", programs.display()));
    desk.world.home.env("DISPLAY", ":0");
    desk.world.home.env("BROWSER", variable);
    desk
}

/// Runs `login` by code, which is approved at once; gives its stderr.
fn login(desk: &Desk) -> String {
    desk.aws().auto_approve(0);
    let output = desk.start(&["login", "--sso-session", "corp", "--use-device-code"]).finish();
    assert_eq!(output.status, 0, "{output:?}");
    output.stderr
}

/// Makes AWS answer with `address` as the page to open.
fn answer_with(desk: &Desk, address: &str) {
    let answer = json!({
        "deviceCode": "device-code", "userCode": "ABCD-EFGH", "interval": 1, "expiresIn": 600,
        "verificationUri": "https://device.example/", "verificationUriComplete": address,
    });
    let body = answer.to_string().into_bytes();
    desk.aws().fault(Operation::StartDeviceAuthorization, Fault::Garbage(body), Times::Always);
}

#[test]
fn an_address_with_shell_characters_is_shown_and_not_opened() {
    for (character, shown) in [("&", "&"), (";", ";"), ("|", "|"), ("$(id)", "$"), ("'", "'"), ("~", "~")] {
        let mut desk = Desk::new();
        let marker = desk.world.home.temporary().join("marker");
        answer_with(&desk, &format!("https://device.example/?a=b{character}touch"));
        desk.world.home.env("BROWSER", &format!("sh -c 'echo %s; touch {}'", marker.display()));
        // Without a terminal the person cannot see the address.
        let lines = failed(&desk.sign_in(&[]), 3);
        assert!(lines[1].contains(&format!("the address contains `{shown}`")), "{lines:?}");
        desk.aws().fault(
            Operation::CreateToken,
            Fault::Error { status: 400, code: "access_denied", message: "no" },
            Times::Always,
        );
        let output = desk.start(&["login", "--sso-session", "corp", "--use-device-code"]).finish();
        let told =
            format!("No browser was opened: the address contains `{shown}`, which a shell could obey.\n");
        assert!(output.stderr.contains(&told), "{}", output.stderr);
        assert!(!marker.exists());
    }
}

#[test]
fn a_replacement_for_browser_is_opened_only_when_the_person_can_be_told() {
    for (variable, told) in [
        (
            "/nowhere/firefox -P work",
            "`BROWSER` names `/nowhere/firefox`, which does not exist or is not executable",
        ),
        ("firefox 'x", "`BROWSER` has an unclosed quote or a trailing backslash: `firefox 'x`"),
        ("xdg-open a:b&c=%s", "`BROWSER` has `&` outside quotes: `xdg-open a:b&c=%s`"),
    ] {
        let unseen = desk(variable);
        let lines = failed(&unseen.sign_in(&[]), 3);
        let expected = format!("no terminal, and no browser ({told})");
        assert!(lines[0].ends_with("a sign-in is needed but cannot be shown"), "{lines:?}");
        assert_eq!(lines[1], expected);
        assert_eq!(unseen.world.requests(), 0);
        unseen.assert_tabs(0);

        let text = login(&unseen);
        let expected = format!("\n{told}.\nAnother browser is opening. If it is the wrong one, or");
        assert!(text.contains(&expected), "{text}");
        unseen.assert_tabs(1);
    }
}

#[test]
fn the_browser_that_the_variable_names_is_found() {
    let mut desk = desk("~/my browser -x:xdg-open");
    fs::copy(desk.world.home.temporary().join("browser"), desk.world.home.home().join("my browser")).unwrap();
    for variable in ["~/my browser", r"~/my\ browser -x", "missing:~/'my browser' &"] {
        desk.world.home.env("BROWSER", variable);
        let text = login(&desk);
        assert!(text.contains("\nYour browser is opening. If no page appears"), "{variable}: {text}");
    }
    desk.assert_tabs(3);

    let container = "'~/my browser' \"ext+container:name=Work&url=%s\"";
    desk.world.home.env("BROWSER", container);
    login(&desk);
    desk.assert_tabs(4);
    let tabs = desk.tabs();
    let tab = tabs.iter().find(|tab| tab.contains("ext+container")).unwrap();
    let expected = "ext+container:name=Work&url=http%3A%2F%2F127.0.0.1%3A";
    assert!(tab.starts_with(expected) && tab.contains("%2Fdevice%3Fuser_code%3D"), "{tab}");
}

#[test]
fn a_launcher_that_fails_at_once_is_not_taken_for_a_browser() {
    let mut desk = Desk::new();
    let launcher = desk.world.home.temporary().join("launcher");
    write_script(&launcher, "#!/bin/sh\nexit 3\n");
    desk.world.home.env("BROWSER", launcher.to_str().unwrap());
    let lines = failed(&desk.sign_in(&[]), 3);
    let failure = format!("`{}` ended at once with exit code 3", launcher.display());
    assert!(lines[1].ends_with(&format!("({failure})")), "{lines:?}");
    assert!(!desk.state_file("pending.json").exists(), "the code was not shown");
    let text = login(&desk);
    assert!(text.contains(&format!("No browser was opened: {failure}.\n")), "{text}");
}

#[test]
fn a_launcher_that_keeps_running_or_exits_with_0_counts_as_a_browser() {
    let mut desk = Desk::new();
    let (launcher, note) = (desk.world.home.temporary().join("x"), desk.world.home.temporary().join("note"));
    // The launcher fails only after the sign-in has ended.
    write_script(
        &launcher,
        &format!(
            "#!/bin/sh\ntouch {0}\nwhile [ ! -e {0}.done ]; do sleep 0.05; done\nexit 3\n",
            note.display()
        ),
    );
    desk.world.home.env("BROWSER", launcher.to_str().unwrap());
    desk.aws().auto_approve(0);
    signed_in(desk.start(&[&DEV[..], &["-i"]].concat()).finish());
    wait_for_file(&note);
    fs::write(note.with_extension("done"), "").unwrap();
}
