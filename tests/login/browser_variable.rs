//! `BROWSER` in `login`: the address of a redirect contains `&`, which a shell would interpret.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use crate::common::World;
use crate::support::{Running, browser_in, following_browser_in, opened, told, visit, with_browser};

const LOGIN: [&str; 3] = ["login", "--sso-session", "corp"];

/// Starts a login that opens no browser, opens the shown address, and gives the login's stderr.
fn login_and_visit(world: &World) -> String {
    let mut running = Running::start(world, &LOGIN);
    visit(&running.line("/authorize?"));
    let (status, text) = running.finish();
    assert_eq!(status, 0, "{text}");
    text
}

#[test]
fn browser_with_the_address_inside_a_longer_argument_is_refused_with_a_hint() {
    let mut world = World::new();
    let marker = world.home.temporary().join("marker");
    let touch = format!("touch {}", marker.display());
    for (code, shown) in [("%s", "%s".to_owned()), ("echo %s", "echo %s".to_owned())] {
        world.home.env("BROWSER", &format!("sh -c '{code}'"));
        let text = login_and_visit(&world);
        let expected = format!(
            "\nno browser was opened: `BROWSER` has `%s` inside `{shown}`, where a shell could obey the `&` of \
             the address; make `%s` a separate word; open this address on this computer:\n"
        );
        assert!(text.contains(&expected), "{text}");
    }
    world.home.env("BROWSER", &format!("sh -c '{touch} %s'"));
    login_and_visit(&world);
    assert!(!marker.exists());
}

#[test]
fn browser_with_the_address_as_its_own_word_works_through_a_shell() {
    let mut world = World::new();
    let browser = following_browser_in(&world);
    world.home.env("BROWSER", &format!("sh -c '\"{}\" \"$1\"' sh %s", browser.display()));
    let text = told(&world.home.run(&LOGIN));
    assert!(text.contains("\nyour browser is opening; if no page appears"), "{text}");
    let opened = opened(&world);
    assert!(opened[0].contains("&code_challenge="), "{opened:?}");
}

#[test]
fn login_says_when_it_opens_another_browser() {
    let mut world = with_browser();
    let programs = world.home.temporary().join("bin");
    fs::create_dir(&programs).unwrap();
    fs::copy(world.home.temporary().join("a browser"), programs.join("xdg-open")).unwrap();
    world.home.env("PATH", &format!("{}:/usr/bin:/bin", programs.display()));
    world.home.env("DISPLAY", ":0");
    world.home.env("BROWSER", "firefox-work -P work");
    let text = told(&world.home.run(&LOGIN));
    let expected = "\
signing in to sso-session `corp`
`BROWSER` names `firefox-work`, which does not exist
another browser is opening; if it is the wrong one, or no page appears, open this address on this computer:

    AUTHORIZE
";
    assert!(text.starts_with(expected), "{text}");
}

#[test]
fn login_reports_a_browser_that_fails_at_once() {
    let mut world = World::new();
    let launcher = browser_in(&world, "exit 4");
    world.home.env("BROWSER", launcher.to_str().unwrap());
    let text = login_and_visit(&world);
    let expected = format!(
        "\nno browser was opened: `{}` ended at once with exit code 4; open this address on this computer:\n",
        launcher.display()
    );
    assert!(text.contains(&expected), "{text}");
}

#[test]
fn the_next_browser_of_the_list_is_tried_after_a_failure() {
    let mut world = World::new();
    let good = following_browser_in(&world);
    let failing = script(&world, "failing", "exit 4");
    world
        .home
        .env("BROWSER", &format!("missing:{}:'{}':{}", failing.display(), good.display(), failing.display()));
    let text = told(&world.home.run(&LOGIN));
    assert!(text.contains("\nyour browser is opening; if no page appears"), "{text}");
    assert_eq!(opened(&world).len(), 1);
    // When all fail, the first failure is reported.
    let last = script(&world, "last", "exit 5");
    world.home.env("BROWSER", &format!("{}:{}", failing.display(), last.display()));
    let text = login_and_visit(&world);
    let expected =
        format!("no browser was opened: `{}` ended at once with exit code 4; open", failing.display());
    assert!(text.contains(&expected), "{text}");
}

#[test]
fn a_failing_replacement_for_browser_is_reported_with_its_reason() {
    let mut world = World::new();
    let launcher = script(&world, "xdg-open", "exit 4");
    world.home.env("PATH", &format!("{}:/usr/bin:/bin", launcher.parent().unwrap().display()));
    world.home.env("DISPLAY", ":0");
    world.home.env("BROWSER", "firefox-work -P work");
    let text = login_and_visit(&world);
    let expected = format!(
        "no browser was opened: `BROWSER` names `firefox-work`, which does not exist, and `{}` ended at once \
         with exit code 4; open this address",
        launcher.display()
    );
    assert!(text.contains(&expected), "{text}");
}

/// Writes a program of this name into a directory of its own.
fn script(world: &World, name: &str, script: &str) -> PathBuf {
    let directory = world.home.temporary().join(format!("bin-{name}"));
    fs::create_dir(&directory).unwrap();
    let path = directory.join(name);
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}
