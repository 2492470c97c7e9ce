//! Where the address of a redirect, which holds `&`, may go in `BROWSER`.

use std::fs;

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
            "\nno browser was opened: `BROWSER` has `%s` inside of `{shown}`, where the `&` of the address could \
             be obeyed; make `%s` a word of its own; open this address on this computer:\n"
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
`BROWSER` names `firefox-work`, and there is no such program
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
