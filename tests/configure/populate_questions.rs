//! `configure populate` on a terminal: it asks before it writes.

use stand_in::{Place, Seen, Stream, Terminal};

use crate::common::{CONFIG, World};
use crate::populate::config;

const TERMINAL: Terminal =
    Terminal { place: Place::Foreground, stdin: Stream::Terminal, stderr: Stream::Terminal };

fn on_a_terminal(world: &World, more: &[&str], answer: Option<&str>) -> Seen {
    let arguments = [&["configure", "populate", "--sso-session", "corp"], more].concat();
    let mut running = TERMINAL.start(&world.home.command(&arguments));
    if let Some(answer) = answer {
        running.wait_for_screen(|screen| screen.contains("Write ~/.aws/config?"));
        assert_eq!(config(world), CONFIG);
        running.type_text(answer);
    }
    running.finish()
}

#[test]
fn the_question_tells_what_would_be_written() {
    let world = World::signed_in();
    world.aws.add_accounts(20, &["Admin"]);
    let seen = on_a_terminal(&world, &[], Some("y\r"));
    assert_eq!(seen.output.status, 0, "{}", seen.screen);
    let told = "22 profiles to add: Account-0000.Admin, Account-0001.Admin, Account-0002.Admin, Account-0003.Admin, Account-0004.Admin and 17 more";
    assert!(seen.screen.replace("\r\n", "\n").contains(told), "{}", seen.screen);
    assert!(seen.screen.contains("~/.aws/config: 22 profiles added"), "{}", seen.screen);
}

#[test]
fn declined_or_interrupted_nothing_is_written() {
    for answer in ["n\r", "\u{3}"] {
        let world = World::signed_in();
        let seen = on_a_terminal(&world, &[], Some(answer));
        assert_eq!(seen.output.status, 130, "{answer:?}: {}", seen.screen);
        assert_eq!(config(&world), CONFIG);
    }
}

#[test]
fn yes_noninteractive_and_a_dry_run_ask_nothing() {
    for option in ["--yes", "--noninteractive", "--dry-run"] {
        let world = World::signed_in();
        let seen = on_a_terminal(&world, &[option], None);
        assert_eq!(seen.output.status, 0, "{option}: {}", seen.screen);
        assert!(!seen.screen.contains('?'), "{option}: {}", seen.screen);
        assert_eq!(config(&world) == CONFIG, option == "--dry-run");
    }
}
