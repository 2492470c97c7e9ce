//! Where the address of a redirect, which holds `&`, may go in `BROWSER`.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use crate::common::World;
use crate::support::{Running, browser_in, following_browser_in, opened, told, visit, with_browser};

const LOGIN: [&str; 3] = ["login", "--sso-session", "corp"];

/// Signs in by hand where `BROWSER` does not do it; what was told.
fn by_hand(world: &World) -> String {
    let mut running = Running::start(world, &LOGIN);
    visit(&running.line("/authorize?"));
    let (status, text) = running.finish();
    assert_eq!(status, 0, "{text}");
    text
}

#[test]
fn as_a_part_of_a_longer_argument_it_is_refused_and_the_way_out_is_told() {
    let mut world = World::new();
    let marker = world.home.temporary().join("marker");
    let touch = format!("touch {}", marker.display());
    for (code, shown) in [("%s", "%s".to_owned()), ("echo %s", "echo %s".to_owned())] {
        world.home.env("BROWSER", &format!("sh -c '{code}'"));
        let text = by_hand(&world);
        let expected = format!(
            "\nno browser was opened: `BROWSER` has `%s` inside `{shown}`, where a shell could obey the `&` of \
             the address; make `%s` a separate word; open this address on this computer:\n"
        );
        assert!(text.contains(&expected), "{text}");
    }
    world.home.env("BROWSER", &format!("sh -c '{touch} %s'"));
    by_hand(&world);
    assert!(!marker.exists());
}

#[test]
fn as_a_word_of_its_own_it_goes_through_a_shell_unharmed() {
    let mut world = World::new();
    let browser = following_browser_in(&world);
    world.home.env("BROWSER", &format!("sh -c '\"{}\" \"$1\"' sh %s", browser.display()));
    let text = told(&world.home.run(&LOGIN));
    assert!(text.contains("\nyour browser is opening; if no page appears"), "{text}");
    let opened = opened(&world);
    assert!(opened[0].contains("&code_challenge="), "{opened:?}");
}

#[test]
fn another_browser_than_the_one_asked_for_is_told() {
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
fn a_launcher_that_fails_at_once_is_told() {
    let mut world = World::new();
    let launcher = browser_in(&world, "exit 4");
    world.home.env("BROWSER", launcher.to_str().unwrap());
    let text = by_hand(&world);
    let expected = format!(
        "\nno browser was opened: `{}` ended at once with exit code 4; open this address on this computer:\n",
        launcher.display()
    );
    assert!(text.contains(&expected), "{text}");
}

#[test]
fn after_a_launcher_that_fails_at_once_the_next_of_the_list_is_tried() {
    let mut world = World::new();
    let good = following_browser_in(&world);
    let failing = script(&world, "failing", "exit 4");
    world
        .home
        .env("BROWSER", &format!("missing:{}:'{}':{}", failing.display(), good.display(), failing.display()));
    let text = told(&world.home.run(&LOGIN));
    assert!(text.contains("\nyour browser is opening; if no page appears"), "{text}");
    assert_eq!(opened(&world).len(), 1);
    // Where all fail, the first is told.
    let last = script(&world, "last", "exit 5");
    world.home.env("BROWSER", &format!("{}:{}", failing.display(), last.display()));
    let text = by_hand(&world);
    let expected =
        format!("no browser was opened: `{}` ended at once with exit code 4; open", failing.display());
    assert!(text.contains(&expected), "{text}");
}

#[test]
fn what_fails_in_the_place_of_browser_is_told_with_the_reason_for_it() {
    let mut world = World::new();
    let launcher = script(&world, "xdg-open", "exit 4");
    world.home.env("PATH", &format!("{}:/usr/bin:/bin", launcher.parent().unwrap().display()));
    world.home.env("DISPLAY", ":0");
    world.home.env("BROWSER", "firefox-work -P work");
    let text = by_hand(&world);
    let expected = format!(
        "no browser was opened: `BROWSER` names `firefox-work`, which does not exist, and `{}` ended at once \
         with exit code 4; open this address",
        launcher.display()
    );
    assert!(text.contains(&expected), "{text}");
}

/// A program of this name, in a directory that has nothing else.
fn script(world: &World, name: &str, script: &str) -> PathBuf {
    let directory = world.home.temporary().join(format!("bin-{name}"));
    fs::create_dir(&directory).unwrap();
    let path = directory.join(name);
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}
