//! The caller may end the process at any moment: the code, the approval and the credentials are
//! kept.

use std::fs;
use std::time::Duration;

use rustix::process::Signal;
use stand_in::{Fault, Operation, Times, TokenOptions};

use crate::common::{DEV, HANG, answered, at_once, failed};
use crate::desk::{A_PAUSE_AFTER_A_KILL, Desk, prompts_in, signed_in, wait_until};

type Job<'a> = Box<dyn FnOnce() + Send + 'a>;

/// Asserts that the run after an interrupted one uses the same code and opens no second tab, and
/// that the first poll brings an approval that came in between, without a prompt.
fn assert_goes_on(desk: &Desk, code: &str) {
    assert_eq!(desk.pending()["userCode"], code);
    desk.forget_prompts();
    let output = desk.sign_in(&["--wait", "0"]);
    assert_eq!(output.status, 6, "{output:?}");
    let prompt = output.stderr;
    assert!(prompt.contains("a sign-in to sso-session `corp` is already waiting for you"), "{prompt}");
    assert!(
        prompt.contains("The page was opened in your browser before.") && prompt.contains(code),
        "{prompt}"
    );
    assert_eq!(desk.approve(), code);
    let polls = desk.polls();
    desk.wait_until_a_poll_is_due();
    desk.forget_prompts();
    answered(&desk.sign_in(&["--wait", "0"]));
    assert_eq!(desk.polls(), polls + 1, "the first poll brings the token");
    assert_eq!((desk.authorizations(), desk.count(Operation::RegisterClient)), (1, 1));
    desk.assert_tabs(1);
}

#[test]
fn a_signal_during_a_sign_in_keeps_the_code() {
    let ended_by = |signal: Signal| {
        move || {
            let desk = Desk::new();
            let running = desk.start_asking(&[]);
            let code = desk.aws().waiting_user_code().unwrap();
            assert_eq!(running.end_by(signal).status, -signal.as_raw());
            // The poll may have come late, so that AWS finds the next poll too early.
            desk.aws().set_device(1, 600, false);
            assert_goes_on(&desk, &code);
            desk.assert_pace(A_PAUSE_AFTER_A_KILL);
        }
    };
    let signals = [Signal::KILL, Signal::INT, Signal::HUP, Signal::TERM];
    at_once::<()>(signals.into_iter().map(|signal| Box::new(ended_by(signal)) as Job).collect());
}

#[test]
fn a_sign_in_killed_at_ten_moments_asks_once() {
    let desk = Desk::new();
    let kept = || desk.state_file("pending.json").exists().then(|| desk.pending()["userCode"].clone());
    for number in 0..10_u64 {
        // A process that dies between AWS's answer and the file starts a new sign-in; the person
        // has not been asked then.
        let code = kept();
        let running = desk.start(&[&DEV[..], &["-i"]].concat());
        // Moments from before the first request to after the second poll, in no particular order.
        std::thread::sleep(Duration::from_millis((number * 7 % 10) * 90));
        running.end_by(Signal::KILL);
        assert!(code.is_none() || kept() == code, "a stored code is the same code, {code:?}");
    }
    let code = kept();
    let running = desk.start_asking(&[]);
    assert!(code.is_none() || kept() == code, "{code:?}");
    assert!(desk.aws().approve(kept().unwrap().as_str().unwrap()));
    signed_in(running.finish());
    assert!(desk.tabs().len() <= 1, "{}", desk.tabs().len());
    desk.assert_pace(A_PAUSE_AFTER_A_KILL);
    let torn = desk.world.home.all_files().into_iter().filter(|(path, _, bytes)| {
        path.extension().is_some_and(|extension| extension == "json")
            && serde_json::from_slice::<serde_json::Value>(bytes).is_err()
    });
    assert_eq!(torn.count(), 0);
}

#[test]
fn credentials_are_cached_when_the_caller_closes_its_pipe() {
    let desk = Desk::new();
    let mut command = desk.world.home.command(&[&DEV[..], &["-i"]].concat());
    command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let mut child = command.spawn().unwrap();
    drop((child.stdout.take(), child.stderr.take()));
    desk.aws().wait_for_outcomes(Operation::CreateToken, 1, crate::desk::SOON);
    desk.approve();
    assert_eq!(child.wait().unwrap().code(), Some(5), "the credentials were not read");
    let requests = desk.world.requests();
    let output = desk.run(&["-n"]);
    answered(&output);
    assert_eq!(desk.world.requests(), requests, "the credentials are in the cache");
    desk.assert_tabs(1);
}

#[test]
fn the_text_after_the_wait_says_how_to_continue() {
    let by_flag = || {
        let desk = Desk::new();
        let first = desk.sign_in(&["--wait", "2"]);
        let code = desk.aws().waiting_user_code().unwrap();
        assert_eq!((first.status, first.stdout.as_str()), (6, ""), "{first:?}");
        let url = format!("{}/device?user_code={code}", desk.aws().url());
        let told = format!(
            "aws-sso-cred: sso-session `corp`: waiting for you to sign in with the code {code}\n\
             open {url} and confirm the code\n\
             hint: then run this again; the code is valid for another "
        );
        let rest = first.stderr.split_once(&told).unwrap_or_else(|| panic!("{first:?}")).1;
        // The wait is measured from the start of the run, the life of the code from AWS's answer.
        assert!(["9 minutes\n", "10 minutes\n"].contains(&rest), "{first:?}");
        // One more poll may be due shortly after the two seconds.
        assert!(desk.polls() <= 3, "in two seconds, {} polls", desk.polls());
        assert!(first.elapsed < Duration::from_secs(25), "{:?}", first.elapsed);
        assert_goes_on(&desk, &code);
        desk.assert_pace(Duration::from_secs(1));
    };
    let by_variable = || {
        let mut desk = Desk::new();
        desk.world.home.env("AWS_SSO_CRED_WAIT", "0");
        assert_eq!(desk.sign_in(&[]).status, 6);
        desk.world.home.env("AWS_SSO_CRED_WAIT", "60");
        assert_eq!(desk.sign_in(&["--wait", "0"]).status, 6);
        assert!(desk.polls() <= 3, "the flag wins: not a minute of {} polls", desk.polls());
        let code = desk.aws().waiting_user_code().unwrap();
        assert_goes_on(&desk, &code);
        desk.assert_pace(Duration::from_secs(1));
    };
    at_once::<()>(vec![Box::new(by_flag) as Job, Box::new(by_variable)]);
}

#[test]
fn a_hanging_poll_ends_with_the_wait() {
    let desk = Desk::new();
    desk.aws().fault(Operation::CreateToken, Fault::Hang, Times::Always);
    let output = desk.sign_in(&["--wait", "3", "--debug"]);
    assert_eq!(output.status, 6, "{output:?}");
    // The limit is the wait and a moment; other requests have eight seconds. The log contains the
    // limit, independent of the speed of the machine.
    let log = desk.world.home.home().join(".aws/sso/aws-sso-credential-process-log.txt");
    let log = fs::read_to_string(log).unwrap();
    let patience = log.split("no answer within ").nth(1).unwrap_or_else(|| panic!("{log}"));
    let patience: u32 = patience.split(' ').next().unwrap().parse().unwrap();
    assert!((1..=6).contains(&patience), "{log}");
    assert_eq!(desk.polls(), 1);
    desk.aws().clear_faults();
    desk.approve();
    signed_in(desk.sign_in(&[]));
    desk.assert_tabs(1);
}

#[test]
fn the_longest_wait_that_can_be_written_is_accepted() {
    let world = crate::common::World::signed_in();
    answered(&world.run(&["-i", "--wait", "18446744073709551615"]));
}

#[test]
fn a_lost_answer_with_the_token_starts_a_new_sign_in() {
    let in_one_process = || {
        let desk = Desk::new();
        desk.aws().fault(Operation::CreateToken, Fault::CutMidBody, Times::Once);
        desk.aws().auto_approve(0);
        let prompt = signed_in(desk.sign_in(&[]));
        assert_eq!((desk.authorizations(), prompts_in(&prompt)), (2, 2), "{prompt}");
        desk.assert_tabs(2);
    };
    let over_two_processes = || {
        let desk = Desk::new();
        desk.aws().auto_approve(0);
        desk.aws().fault(Operation::CreateToken, Fault::HangMidBody, Times::Once);
        let running = desk.start_asking(&[]);
        // The request has a status when the code is used.
        wait_until("the poll's answer", || desk.aws().requests().iter().all(|request| request.status != 0));
        running.end_by(Signal::KILL);
        let prompt = signed_in(desk.sign_in(&[]));
        assert_eq!(desk.authorizations(), 2);
        assert!(prompt.contains("please sign in to"), "{prompt}");
        desk.assert_tabs(2);
    };
    at_once::<()>(vec![Box::new(in_one_process) as Job, Box::new(over_two_processes)]);
}

#[test]
fn a_second_used_code_ends_the_sign_in() {
    let desk = Desk::new();
    assert_eq!(desk.sign_in(&["--wait", "0"]).status, 6);
    // The first poll is made only if a second has passed before it.
    let polls = desk.polls();
    let used = Fault::Error { status: 400, code: "invalid_grant", message: "Invalid device code" };
    desk.aws().fault(Operation::CreateToken, used, Times::Always);
    let output = desk.sign_in(&[]);
    assert_eq!((output.status, output.stdout.as_str()), (4, ""), "{output:?}");
    assert_eq!((desk.authorizations(), desk.polls()), (2, polls + 2));
    assert!(!desk.state_file("pending.json").exists());
}

#[test]
fn a_used_code_with_a_new_token_counts_as_another_processs_sign_in() {
    let desk = Desk::new();
    assert_eq!(desk.sign_in(&["--wait", "0"]).status, 6);
    let polls = desk.polls();
    let used = Fault::Error { status: 400, code: "invalid_grant", message: "Invalid device code" };
    desk.aws().fault(Operation::CreateToken, used, Times::Once);
    // The polling process has found no token; one is written before the answer comes.
    desk.aws().hold(Operation::CreateToken);
    let running = desk.start(&[&DEV[..], &["-i"]].concat());
    desk.aws().wait_for_requests(Operation::CreateToken, polls + 1, HANG);
    let token = desk.aws().issue_token(&TokenOptions::default());
    desk.world.home.write_cli_token("corp", &token, 3600);
    desk.aws().release(Operation::CreateToken);
    signed_in(running.finish());
    assert_eq!((desk.authorizations(), desk.polls()), (1, polls + 1));
    let request = desk.aws().requests().pop().unwrap();
    assert_eq!(request.header("x-amz-sso_bearer_token"), Some(token.access_token.as_str()));
    desk.assert_tabs(1);
}

#[test]
fn a_sign_in_for_another_start_url_is_not_joined() {
    let desk = Desk::new();
    assert_eq!(desk.sign_in(&["--wait", "0"]).status, 6);
    desk.change_state("pending.json", |pending| pending["startUrl"] = "https://other.example/".into());
    desk.aws().auto_approve(0);
    signed_in(desk.sign_in(&[]));
    assert_eq!(desk.authorizations(), 2);
}

#[test]
fn torn_state_files_are_ignored() {
    let jobs = ["", "{", "null", "[1]", "{\"userCode\": 5}", "\u{0}\u{1}"].map(|torn| {
        Box::new(move || {
            let desk = Desk::new();
            assert_eq!(desk.sign_in(&["--wait", "0"]).status, 6);
            for name in ["pending.json", "cool-down.json", "prompted.json", "last-error.json"] {
                fs::write(desk.state_file(name), torn).unwrap();
            }
            desk.aws().auto_approve(0);
            signed_in(desk.sign_in(&[]));
            assert_eq!(desk.authorizations(), 2);
        }) as Job
    });
    at_once::<()>(jobs.into());
}

#[test]
fn a_sign_in_works_without_a_state_directory() {
    let mut desk = Desk::new();
    let blocked = desk.world.home.temporary().join("blocked");
    fs::write(&blocked, "a file").unwrap();
    desk.world.home.env("XDG_STATE_HOME", blocked.to_str().unwrap());
    desk.aws().auto_approve(1);
    let output = desk.sign_in(&[]);
    signed_in(output);
    desk.assert_tabs(1);
    failed(&desk.run(&["-n", "--role-name", "Nobody"]), 4);
}
