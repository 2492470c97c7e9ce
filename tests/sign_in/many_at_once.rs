//! Many runs at once, and SDKs that start the program twice: one authorization, one tab.

use std::time::Duration;

use stand_in::{Operation, Output};

use crate::common::{ACCOUNT, DEV, LOGIN_HINT, answered, at_once, refused};
use crate::desk::{Desk, Running, SOON, prompts_in, signed_in};

type Job<'a> = Box<dyn FnOnce() + Send + 'a>;

fn start_twenty(desk: &Desk, role: impl Fn(usize) -> String) -> Vec<Running> {
    let start = |number| desk.start(&[&DEV[..], &["-i", "--role-name", &role(number)]].concat());
    (0..20).map(start).collect()
}

/// Approves once; gives all answers and the number of prompts.
fn approve_and_finish(desk: &Desk, runs: Vec<Running>) -> (Vec<String>, usize) {
    desk.aws().wait_for_outcomes(Operation::CreateToken, 1, SOON);
    desk.approve();
    let outputs: Vec<Output> = runs.into_iter().map(Running::finish).collect();
    let prompts = outputs.iter().map(|output| prompts_in(&output.stderr)).sum();
    let answer = |output: Output| {
        assert_eq!(output.status, 0, "{output:?}");
        answered(&Output { stderr: String::new(), ..output.clone() });
        output.stdout
    };
    (outputs.into_iter().map(answer).collect(), prompts)
}

#[test]
fn twenty_runs_for_one_role_make_one_sign_in() {
    let desk = Desk::new();
    let runs = start_twenty(&desk, |_| "Developer".to_owned());
    let (mut lines, prompts) = approve_and_finish(&desk, runs);
    lines.dedup();
    assert_eq!((lines.len(), prompts), (1, 1), "all runs have the same answer, and one run asked");
    assert_eq!((desk.authorizations(), desk.count(Operation::RegisterClient)), (1, 1));
    assert_eq!(desk.world.fetches(), 1);
    desk.assert_tabs(1);
    desk.assert_pace(Duration::from_secs(1));
}

#[test]
fn twenty_runs_for_twenty_roles_make_one_sign_in() {
    let desk = Desk::new();
    for number in 0..20 {
        desk.aws().add_role(ACCOUNT, &format!("Role{number}"));
    }
    let runs = start_twenty(&desk, |number| format!("Role{number}"));
    let (mut lines, prompts) = approve_and_finish(&desk, runs);
    lines.sort();
    lines.dedup();
    assert_eq!((lines.len(), prompts), (20, 1));
    assert_eq!((desk.authorizations(), desk.count(Operation::RegisterClient)), (1, 1));
    assert_eq!(desk.world.fetches(), 20);
    desk.assert_tabs(1);
    desk.assert_pace(Duration::from_secs(1));
}

#[test]
fn two_runs_in_a_row_make_one_sign_in() {
    let desk = Desk::new();
    let first = desk.sign_in(&["--wait", "0"]);
    let second = desk.sign_in(&["--wait", "0"]);
    assert_eq!((first.status, second.status), (6, 6));
    assert_eq!((prompts_in(&first.stderr), prompts_in(&second.stderr)), (1, 0), "{second:?}");
    assert!(second.stderr.contains("waiting for you to sign in with the code "), "{second:?}");
    assert_eq!(desk.authorizations(), 1);
    desk.assert_tabs(1);
}

#[test]
fn two_runs_in_a_row_after_a_refusal_ask_once() {
    let desk = Desk::new();
    desk.aws().auto_deny(0);
    assert_eq!(desk.sign_in(&[]).status, 3);
    let requests = desk.world.requests();
    assert_eq!(desk.sign_in(&[]).status, 3);
    assert_eq!(desk.world.requests(), requests);
    desk.assert_tabs(1);
}

#[test]
fn runs_that_share_a_sign_in_end_their_waits_independently() {
    let desk = Desk::new();
    let start = |role| desk.start(&[&DEV[..], &["-i", "--wait", "10", "--role-name", role]].concat());
    let runs = ["Developer", "Developer", "ReadOnly"].map(start);
    for output in runs.map(Running::finish) {
        assert_eq!((output.status, output.stdout.as_str()), (6, ""), "{output:?}");
        // Ten seconds from each run's own start, not thirty one after the other.
        assert!(output.elapsed < Duration::from_secs(15), "{:?}", output.elapsed);
    }
    assert_eq!(desk.authorizations(), 1);
    desk.assert_tabs(1);
    desk.assert_pace(Duration::from_secs(1));
}

/// A run that waited for a lock would wait at least twenty seconds.
#[track_caller]
fn assert_at_once(output: &Output) {
    assert!(output.elapsed < Duration::from_secs(10), "{:?}", output.elapsed);
}

#[test]
fn noninteractive_runs_do_not_wait_for_a_sign_in() {
    let never_signed_in = || {
        let desk = Desk::new();
        let asking = desk.start_asking(&[]);
        for arguments in [&["-n"][..], &["-n", "--role-name", "ReadOnly"], &["-n", "--no-cache"]] {
            let output = desk.run(arguments);
            let told = format!("aws-sso-cred: sso-session `corp`: you are not signed in\n{LOGIN_HINT}");
            refused(&output, 1, &told);
            assert_at_once(&output);
        }
        desk.approve();
        signed_in(asking.finish());
    };
    let session_ended = || {
        let desk = Desk::new();
        desk.world.sign_in(-60);
        desk.aws().end_session();
        // The first request is a refresh, which AWS refuses; the second is a poll.
        let asking = desk.start_asking(&[]);
        desk.aws().wait_for_outcomes(Operation::CreateToken, 2, SOON);
        for arguments in [&["-n"][..], &["-n", "--role-name", "ReadOnly"]] {
            let output = desk.run(arguments);
            assert_eq!(output.status, 1, "{output:?}");
            assert_at_once(&output);
        }
        desk.approve();
        signed_in(asking.finish());
    };
    let live_credentials = || {
        let desk = Desk::new();
        let asking = desk.start_asking(&["--role-name", "ReadOnly"]);
        let cached = desk.world.cache_role(600);
        for arguments in [&["-n"][..], &["-i"]] {
            let output = desk.run(arguments);
            answered(&output);
            assert_eq!(output.stdout, cached);
            assert_at_once(&output);
        }
        desk.approve();
        signed_in(asking.finish());
    };
    at_once::<()>(vec![
        Box::new(never_signed_in) as Job,
        Box::new(session_ended),
        Box::new(live_credentials),
    ]);
}

#[test]
#[ignore = "takes a minute: the person needs longer than the network may"]
fn a_sign_in_that_waited_long_for_the_person_still_fetches() {
    let desk = Desk::new();
    let start = |role| desk.start(&[&DEV[..], &["-i", "--wait", "65", "--role-name", role]].concat());
    let runs = ["Developer", "ReadOnly"].map(start);
    desk.aws().wait_for_outcomes(Operation::CreateToken, 1, SOON);
    std::thread::sleep(Duration::from_secs(44));
    desk.approve();
    for output in runs.map(Running::finish) {
        signed_in(output);
    }
}
