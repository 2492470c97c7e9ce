//! The screen of a terminal: commands say more to a person than to a program.

use std::fs;

use stand_in::{Place, Stream, Terminal};

use crate::calls::{CALLS, Call, Needs};
use crate::hunt::Kind;
use crate::property::{hunt, in_parallel, misplaced_in_file, world};
use crate::scenarios::Scene;

const PERSON: Terminal =
    Terminal { place: Place::Foreground, stdin: Stream::Terminal, stderr: Stream::Terminal };

/// As SDKs start a credential process.
const BOTOCORE: Terminal =
    Terminal { place: Place::Foreground, stdin: Stream::Terminal, stderr: Stream::Pipe };

#[test]
fn no_command_shows_a_secret_on_a_terminal() {
    let calls = CALLS.iter().filter(|call| call.needs > Needs::Nothing && !call.variant);
    let todo: Vec<_> = calls.flat_map(|call| [true, false].map(|signed_in| (call, signed_in))).collect();
    let wrong = in_parallel(&todo, |(call, signed_in)| secrets_on_screen(call, *signed_in));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn secrets_on_screen(call: &Call, signed_in: bool) -> Option<String> {
    let mut scene = Scene { world: world(true), secrets: Vec::new() };
    scene.world.home.env("TERM", "xterm");
    if !signed_in {
        fs::remove_file(scene.world.token_file()).unwrap();
        scene.world.home.env("AWS_SSO_INTERACTIVE_AUTH", "1");
    }
    let terminal = if call.line.starts_with('-') { BOTOCORE } else { PERSON };
    let running = terminal.start(&scene.world.home.command(&call.arguments()));
    // To all questions.
    running.type_text("y\r");
    let seen = running.finish();
    let hunt = hunt(&scene, &[]);
    let stdout = if seen.output.status == 0 { call.stdout } else { &[] };
    let mut wrong = hunt.leaks(seen.output.stdout.as_bytes(), stdout);
    // The address of a redirect is shown to the person.
    let on_screen = if call.line.starts_with('-') { &[][..] } else { &[Kind::State] };
    for text in [&seen.screen, &seen.output.stderr] {
        wrong.extend(hunt.leaks(text.as_bytes(), on_screen));
    }
    for (path, mode, content) in scene.world.home.all_files() {
        wrong.extend(misplaced_in_file(&hunt, &scene.world.home, &path, mode, &content));
    }
    (!wrong.is_empty()).then(|| format!("{} (signed in: {signed_in}): {wrong:#?}", call.line))
}
