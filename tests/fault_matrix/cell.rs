//! One cell of the matrix: runs the program, and checks what must hold whatever the page says.

use regex_lite::Regex;
use stand_in::{Framing, Operation, Output, Times, in_new_session};

use crate::common::{World, check_failure_text, finish, line_of, read_json};
use crate::disk::Disk;
use crate::faults::{How, NamedFault, cuts, faults};
use crate::network;
use crate::scenes::{Extent, Scene};

pub struct Cell<'a> {
    pub scene: &'a Scene,
    pub fault: NamedFault,
    /// The place of the cell on the page.
    pub number: usize,
}

/// The outcome of a cell, as the page shows it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Outcome {
    pub exit: i32,
    /// What is said: the first line of a failure, or all of a success.
    pub what: String,
    pub why: Option<String>,
    pub hint: Option<String>,
    pub asked: &'static str,
    pub disk: String,
}

impl Cell<'_> {
    /// The cells of a scene.
    pub fn all_of(scene: &Scene) -> Vec<Cell<'_>> {
        let mut all = faults(scene);
        let framings: &[Framing] = match scene.extent {
            Extent::Whole => &[Framing::Length, Framing::Chunked, Framing::Close],
            Extent::Usual => &[Framing::Length],
            Extent::Sample => &[],
        };
        if !framings.is_empty() {
            let length = answer_length(scene);
            all.extend(framings.iter().flat_map(|framing| cuts(*framing, length)));
        }
        let cell = |(number, mut fault): (usize, NamedFault)| {
            // Polls are seconds apart.
            fault.slow |= polls(scene);
            Cell { scene, fault, number }
        };
        all.into_iter().enumerate().map(cell).collect()
    }

    pub fn name(&self) -> String {
        format!("{:?}, {}: {}", self.scene.operation, self.scene.state, self.fault.name)
    }

    pub fn run(&self) -> Outcome {
        let (scene, mut world) = (self.scene, World::new());
        (scene.prepare)(&mut world);
        let mut other = None;
        match &self.fault.how {
            How::Answer(fault) => world.aws.fault(scene.operation, fault.clone(), Times::Always),
            How::Network(network) => other = network::put(*network, &mut world, scene.operation),
            How::World(change) => change(&world),
        }
        world.aws.clear_requests();
        let before = Disk::of(&world);
        let output = run(&world, scene);
        let after = Disk::of(&world);
        self.check(&world, &output, &before, &after);
        assert!(other.is_none_or(|aws| aws.requests().is_empty()), "an untrusted server gets no request");
        if matches!(self.fault.how, How::Network(_)) {
            assert_eq!(world.aws.count(scene.operation), 0, "{}: another way to AWS", self.name());
        }
        let (what, why, hint) = said(&world, &output);
        let asked = match world.aws.count(scene.operation) {
            _ if matches!(self.fault.how, How::Network(_)) => "",
            0 => "not asked",
            1 => "",
            // How often depends on the speed of the machine.
            _ if scene.live || polls(scene) => "",
            _ => "asked again",
        };
        Outcome { exit: output.status, what, why, hint, asked, disk: after.changes(&before) }
    }

    fn check(&self, world: &World, output: &Output, before: &Disk, after: &Disk) {
        let name = self.name();
        let Output { status, stdout, stderr, .. } = output;
        assert!([0, 1, 2, 3, 4, 5, 6].contains(status), "{name}: exit code {status}: {stderr}");
        if *status == 0 {
            // A kept list is shown after the failure that made it necessary.
            let kept = stderr.ends_with("because AWS cannot be asked now\n");
            assert!(kept || !stderr.contains("aws-sso-cred: "), "{name}: {stderr}");
        } else {
            assert_eq!(stdout, "", "{name}");
            check_failure_text(failure(stderr));
        }
        if self.scene.live {
            assert_eq!((*status, stderr.as_str()), (0, ""), "{name}: live credentials are printed");
            assert_eq!(
                line_of(&output.json()),
                line_of(&read_json(&world.role_file())["Credentials"]),
                "{name}"
            );
        }
        let secrets = world.aws.take_secrets();
        let found = world.home.search_for_secrets(&[stderr], &secrets);
        assert!(found.is_empty(), "{name}: {found:?}");
        after.check();
        if before.refresh_token().is_some() && self.scene.operation != Operation::Logout {
            assert!(after.refresh_token().is_some(), "{name}: the refresh token is lost");
        }
        assert_eq!(network::followed(), 0, "{name}: a redirect was followed");
    }
}

/// The length of the whole answer to the scene's operation.
fn answer_length(scene: &Scene) -> usize {
    let mut world = World::new();
    (scene.prepare)(&mut world);
    let output = run(&world, scene);
    assert_eq!(output.status, 0, "{}: {output:?}", scene.state);
    world.aws.answer_length(scene.operation)
}

/// Runs the scene's command away from the terminal of the person who runs the tests.
fn run(world: &World, scene: &Scene) -> Output {
    let mut command = world.home.command(scene.command);
    finish(in_new_session(&mut command, None))
}

/// The text of a failure: all after a prompt.
fn failure(stderr: &str) -> &str {
    stderr.rfind("\naws-sso-cred: ").map_or(stderr, |at| &stderr[at + 1..])
}

/// The first line of a failure, the cause, and the hint; or what a success says beside credentials.
fn said(world: &World, output: &Output) -> (String, Option<String>, Option<String>) {
    let text = comparable(world, failure(&output.stderr));
    if output.status == 0 {
        return (text, None, None);
    }
    let (mut why, mut hint) = (None, None);
    let mut lines = text.lines().map(str::to_owned);
    let what = lines.next().unwrap_or_default();
    for line in lines {
        let slot = if line.starts_with("hint: ") { &mut hint } else { &mut why };
        *slot = Some(line);
    }
    (what, why, hint)
}

/// The text with words in the place of what differs from run to run.
fn comparable(world: &World, text: &str) -> String {
    let host = world.aws.url().replace("http://", "");
    let mut text = text.replace(&host, "AWS");
    for (pattern, word) in [
        (r"proxy (127\.0\.0\.1|no-such-proxy\.invalid):\d+", "proxy PROXY"),
        (r"(127\.0\.0\.1|localhost):\d+|aws\.example", "AWS"),
        (r"\b[B-Z]{4}-[B-Z]{4}\b", "CODE"),
        (r"\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)? UTC", "TIME"),
        (r"\b\d+ (minute|second|hour)s?\b", "SPAN"),
        (r"in SPAN and SPAN", "in SPAN"),
        (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "TIME"),
        (r"HTTP status \d{3}", "HTTP status N"),
        (r"(?m)^\w+Exception: .*$", "NAME: words"),
        (r"AWS says: .*", "AWS says: words"),
        (r"/authorize\?\S+", "/authorize?…"),
    ] {
        text = Regex::new(pattern).unwrap().replace_all(&text, word).into_owned();
    }
    text
}

/// Whether the scene asks again and again whether the person has signed in.
fn polls(scene: &Scene) -> bool {
    scene.operation == Operation::CreateToken && scene.command.contains(&"--wait")
}
