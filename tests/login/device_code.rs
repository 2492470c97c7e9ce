//! `login` by device authorization, and the files after a failure.

use std::fs;
use std::time::Duration;

use rustix::process::Signal;
use serde_json::json;
use stand_in::{Fault, Operation, Times};

use crate::common::{
    REGION, START_URL, World, answered, failed, finish, in_seconds, read_json, refused, seconds_left,
};
use crate::redirect::{SIGNED_IN, registration_path};
use crate::support::{
    LONG, Running, assert_opened, comparable, leftovers, mode, next_poll_is_pending, told, wait_until,
    with_browser,
};

pub const BY_CODE: [&str; 4] = ["login", "--sso-session", "corp", "--use-device-code"];

const PROMPT: &str = "\
aws-sso-cred: please sign in to sso-session `corp`

Your browser is opening. If no page appears, open this address on any device:

    PREFILLED

Approve only if the page shows the code  CODE  (good for SPAN).
To type the code yourself, go to PAGE
";

/// The state file of the pending authorization.
fn pending_path(world: &World) -> std::path::PathBuf {
    let name = world.token_file().file_stem().unwrap().to_owned();
    world.home.state_dir().join("sessions").join(name).join("pending.json")
}

fn cool_down_path(world: &World) -> std::path::PathBuf {
    pending_path(world).with_file_name("cool-down.json")
}

#[test]
fn a_code_signs_in() {
    let world = with_browser();
    world.aws.auto_approve(0);
    assert_eq!(told(&world.home.run(&BY_CODE)), format!("{PROMPT}{SIGNED_IN}"));
    let requests = world.aws.requests();
    let asked: Vec<_> = requests
        .iter()
        .map(|request| request.operation)
        .filter(|one| *one != Operation::DevicePage)
        .collect();
    assert_eq!(
        asked,
        [Operation::RegisterClient, Operation::StartDeviceAuthorization, Operation::CreateToken]
    );
    let body = |operation| &requests.iter().find(|request| request.operation == operation).unwrap().body;
    assert_eq!(
        *body(Operation::RegisterClient),
        json!({ "clientName": "botocore-client-corp", "clientType": "public", "scopes": ["sso:account:access"] })
    );
    let registration = read_json(&registration_path(&world));
    let (id, secret) = (&registration["clientId"], &registration["clientSecret"]);
    let start = json!({ "clientId": id, "clientSecret": secret, "startUrl": START_URL });
    assert_eq!(*body(Operation::StartDeviceAuthorization), start);
    let token = body(Operation::CreateToken);
    assert_eq!(token["grantType"], "urn:ietf:params:oauth:grant-type:device_code");
    assert_eq!(token.as_object().unwrap().len(), 4, "{token}");
    assert_opened(&world, 1);
    let registered = fs::read_to_string(registration_path(&world)).unwrap();
    assert!(registered.ends_with(", \"scopes\": [\"sso:account:access\"]}"), "{registered}");
    assert!((3500..=3600).contains(&seconds_left(&world.token()["expiresAt"])));
    assert_eq!((mode(&world.token_file()), mode(&registration_path(&world))), (0o600, 0o600));
    assert!(!pending_path(&world).exists());
    assert_eq!(leftovers(&world), Vec::<String>::new());
    answered(&world.run(&[]));
}

#[test]
fn the_older_layout_signs_in_by_code_under_its_start_url() {
    let world = with_browser();
    world.aws.auto_approve(0);
    let text = told(&world.home.run(&["login", "--profile", "old"]));
    assert!(text.starts_with("aws-sso-cred: please sign in to profile `old`\n"), "{text}");
    // Without scopes, Identity Center issues a token for eight hours without a refresh token.
    let end = "good for 1 profile until TIME (in SPAN)\n";
    assert!(text.ends_with(end), "{text}");
    let token = read_json(&world.home.token_path(START_URL));
    assert!(token.get("refreshToken").is_none());
    assert!((28_700..=28_800).contains(&seconds_left(&token["expiresAt"])));
    let registration = world.home.registration_path(None, START_URL, REGION, None);
    assert_eq!(read_json(&registration).as_object().unwrap().len(), 3);
    let register = world.aws.requests().remove(0).body;
    let name = register["clientName"].as_str().unwrap();
    assert!(name.strip_prefix("botocore-client-").unwrap().parse::<u64>().is_ok(), "{name}");
    assert!(register.get("scopes").is_none());
    answered(&world.home.run(&["--profile", "old"]));
}

#[test]
fn a_refused_code_exits_with_3_and_starts_a_cool_down() {
    let world = with_browser();
    world.aws.auto_deny(0);
    let output = world.home.run(&BY_CODE);
    let expected = "\
aws-sso-cred: sso-session `corp`: the sign-in was refused in the browser
hint: to try again, run `aws-sso-cred login --sso-session corp` (or `aws sso login --sso-session corp`)
";
    assert_eq!((output.status, output.stdout.as_str()), (3, ""));
    assert_eq!(comparable(&output.stderr), format!("{PROMPT}{expected}"));
    let lines = failed(&world.run(&["--interactive"]), 3);
    assert!(lines[0].contains("the last sign-in was refused; "), "{lines:?}");
    assert_eq!(world.aws.count(Operation::StartDeviceAuthorization), 1);
    // `login` asks at once, also right after a refusal.
    world.aws.auto_approve(0);
    told(&world.home.run(&BY_CODE));
    assert!(!cool_down_path(&world).exists() && !pending_path(&world).exists());
}

#[test]
fn an_unanswered_code_exits_with_3() {
    let world = with_browser();
    world.aws.set_device(1, 2, false);
    let output = world.home.run(&BY_CODE);
    assert_eq!((output.status, output.stdout.as_str()), (3, ""));
    let expected = "aws-sso-cred: sso-session `corp`: the sign-in request expired before you answered it\n";
    assert!(output.stderr.contains(expected), "{}", output.stderr);
    assert!(cool_down_path(&world).exists() && !pending_path(&world).exists());
}

#[test]
fn login_ends_a_cool_down_even_if_it_fails() {
    let world = with_browser();
    // A recorded unanswered code, and a code that expired while no process ran.
    for unnoticed in [false, true] {
        if unnoticed {
            world.aws.set_device(1, 600, false);
            let running = Running::start(&world, &BY_CODE);
            wait_until(|| pending_path(&world).exists());
            running.signal(Signal::KILL);
            running.finish();
            let mut pending = read_json(&pending_path(&world));
            pending["startedAt"] = json!(in_seconds(-660));
            pending["expiresAt"] = json!(in_seconds(-60));
            fs::write(pending_path(&world), pending.to_string()).unwrap();
        } else {
            world.aws.set_device(1, 1, false);
            assert_eq!(world.home.run(&BY_CODE).status, 3);
        }
        assert!(failed(&world.run(&["-i"]), 3)[0].contains("left unanswered"), "{unnoticed}");
        let mut running = Running::start(&world, &["login", "--sso-session", "corp", "--no-browser"]);
        running.line("/authorize?");
        running.signal(Signal::INT);
        assert_eq!(running.finish().0, -2);
        world.aws.set_device(1, 600, false);
        world.aws.auto_approve(0);
        assert_eq!(world.run(&["-i", "--wait", "20"]).status, 0, "{unnoticed}");
        world.aws.no_auto_decision();
        fs::remove_file(world.token_file()).unwrap();
        fs::remove_file(world.role_file()).unwrap();
        world.aws.clear_requests();
    }
}

#[test]
fn ctrl_c_keeps_the_code_for_the_next_login_and_leaves_no_temporary_file() {
    let world = with_browser();
    // While the process waits for an answer, it writes no file that the signal could cut.
    world.aws.fault(Operation::CreateToken, Fault::Hang, Times::Always);
    let mut running = Running::start(&world, &BY_CODE);
    let code = running.line("Approve only if").split_whitespace().nth(8).unwrap().to_owned();
    world.aws.wait_for_outcomes(Operation::CreateToken, 1, LONG);
    running.signal(Signal::INT);
    let (status, text) = running.finish();
    assert_eq!((status, comparable(&text).as_str()), (-2, PROMPT));
    assert_eq!(leftovers(&world), Vec::<String>::new());
    assert_eq!(mode(&pending_path(&world)), 0o600);
    // The person approves later: the next login continues to poll for the same code, in the same
    // tab.
    assert!(world.aws.approve(&code));
    world.aws.clear_faults();
    next_poll_is_pending(&world);
    let text = told(&world.home.run(&BY_CODE));
    let joined = "aws-sso-cred: a sign-in to sso-session `corp` is already waiting for you\n\n\
        The page was opened in your browser before. If it is closed, open this address:\n";
    assert!(text.starts_with(joined) && text.ends_with(SIGNED_IN), "{text}");
    assert_opened(&world, 1);
    assert_eq!(world.aws.count(Operation::StartDeviceAuthorization), 1);
}

#[test]
fn a_rejected_registration_is_replaced_once() {
    let world = with_browser();
    world.aws.auto_approve(0);
    told(&world.home.run(&BY_CODE));
    let client =
        |world: &World| read_json(&registration_path(world))["clientId"].as_str().unwrap().to_owned();
    world.aws.expire_client(&client(&world));
    world.aws.clear_requests();
    told(&world.home.run(&BY_CODE));
    assert_eq!(world.aws.count(Operation::RegisterClient), 1);
    let fault = Fault::Error { status: 401, code: "invalid_client", message: "Invalid client provided" };
    world.aws.fault(Operation::StartDeviceAuthorization, fault, Times::Always);
    world.aws.clear_requests();
    let output = world.home.run(&BY_CODE);
    assert_eq!(output.status, 4, "{}", output.stderr);
    assert_eq!(world.aws.count(Operation::RegisterClient), 1);
}

#[test]
fn login_waits_for_the_sign_in_of_another_process_and_shows_its_code() {
    let world = with_browser();
    world.aws.set_device(1, 600, false);
    let mut first = Running::start(&world, &BY_CODE);
    first.line("Approve only if");
    let mut second = Running::start(&world, &["login", "--sso-session", "corp"]);
    let line = second.line("another aws-sso-cred");
    let code = world.aws.wait_for_user_code(LONG);
    let process = first.child.id();
    let expected = format!(
        "another aws-sso-cred (process {process}) is signing in to sso-session `corp`: open PREFILLED and confirm the code CODE\n"
    );
    assert_eq!(comparable(&line), expected);
    assert!(world.aws.approve(&code));
    let (status, text) = first.finish();
    assert_eq!((status, comparable(&text)), (0, format!("{PROMPT}{SIGNED_IN}")));
    let (status, text) = second.finish();
    assert_eq!((status, comparable(&text)), (0, format!("{expected}{SIGNED_IN}")));
    assert_opened(&world, 1);
    assert_eq!(world.aws.count(Operation::StartDeviceAuthorization), 1);
}

/// A code comes from a server, or from a file that another program may have changed.
#[test]
fn login_escapes_the_code_of_the_process_that_it_waits_for() {
    let world = with_browser();
    let ask = ["--profile", "dev", "-i", "--wait", "0"];
    assert_eq!(finish(stand_in::in_new_session(&mut world.home.command(&ask), None)).status, 6);
    let path = pending_path(&world);
    let mut pending = read_json(&path);
    pending["userCode"] = json!("AB\u{1b}[2JCD");
    fs::write(&path, pending.to_string()).unwrap();
    let lock = fs::File::options().write(true).open(path.with_file_name("sign-in.lock")).unwrap();
    lock.lock().unwrap();
    let mut login = Running::start(&world, &["login", "--sso-session", "corp"]);
    let line = login.line("another aws-sso-cred");
    login.signal(Signal::KILL);
    login.finish();
    assert!(line.contains("confirm the code AB\\u{1b}[2JCD"), "{line:?}");
}

#[test]
fn login_shows_its_prompt_when_both_streams_are_one_pipe_and_after_a_quick_restart() {
    let world = with_browser();
    world.aws.set_device(1, 600, false);
    for _ in 0..2 {
        let mut running = Running::start(&world, &BY_CODE);
        running.line("Approve only if");
        running.signal(Signal::INT);
        running.finish();
    }
    next_poll_is_pending(&world);
    world.aws.auto_approve(0);
    let output = crate::common::shell(&world.home, "\"$0\" \"$@\" 2>&1", &BY_CODE);
    assert_eq!(output.status, 0);
    assert!(output.stdout.contains("Approve only if the page shows the code"), "{}", output.stdout);
}

#[test]
fn a_session_can_be_named_without_any_config() {
    let world = with_browser();
    world.aws.auto_approve(0);
    fs::remove_file(world.home.config_path()).unwrap();
    let by_hand = ["login", "--start-url", START_URL, "--region", REGION];
    let text = told(&world.home.run(&by_hand));
    assert!(text.contains("please sign in to start URL `https://corp.awsapps.com/start`\n"), "{text}");
    assert!(
        text.ends_with(
            "signed in to start URL `https://corp.awsapps.com/start`: good until TIME (in SPAN)\n"
        ),
        "{text}"
    );
    assert!(world.home.token_path(START_URL).exists());
    refused(
        &world.home.run(&by_hand[..3]),
        2,
        "aws-sso-cred: sso_region is missing: the start URL was given without a region\n\
         each value has a key in ~/.aws/config, a flag and a variable: `aws-sso-cred --help` lists them\n\
         hint: add `--region REGION` with the region of Identity Center, or set AWS_SSO_REGION\n",
    );
}

#[test]
fn the_profile_is_named_by_flag_or_variable_or_is_the_default_one() {
    let mut world = with_browser();
    world.aws.auto_approve(0);
    let whom = |world: &World, arguments: &[&str]| {
        let text = told(&world.home.run(arguments));
        text.lines().last().unwrap().split(" at ").next().unwrap().to_owned()
    };
    assert_eq!(whom(&world, &["login", "--profile", "dev"]), "signed in to sso-session `corp`");
    world.home.env("AWS_PROFILE", "dev");
    assert_eq!(whom(&world, &["login"]), "signed in to sso-session `corp`");
    // A flag that names the session needs no profile, so a broken variable is ignored.
    world.home.env("AWS_PROFILE", "nobody");
    assert_eq!(whom(&world, &["login", "--sso-session", "corp"]), "signed in to sso-session `corp`");
    let lines = failed(&world.home.run(&["login"]), 2);
    assert_eq!(lines[0], "aws-sso-cred: profile `nobody`, which AWS_PROFILE names, is not in ~/.aws/config");
    world.home.env_remove("AWS_PROFILE");
    let lines = failed(&world.home.run(&["login", "--profile", "dev1"]), 2);
    assert_eq!(lines[0], "aws-sso-cred: profile `dev1` is not in ~/.aws/config");
    assert!(lines[1].contains("did you mean `--profile dev`?"), "{lines:?}");
    let lines = failed(&world.home.run(&["login", "--sso-session", "corpp"]), 2);
    assert!(lines[1].contains("`--sso-session corp`"), "{lines:?}");
    world.home.write_config(&format!("[default]\nsso_start_url = {START_URL}\nsso_region = {REGION}\n"));
    assert_eq!(whom(&world, &["login"]), "signed in to profile `default`");
}

#[test]
fn the_expiry_of_the_registration_is_copied_into_the_token_file() {
    let world = with_browser();
    world.aws.auto_approve(0);
    world.aws.set_registration_lifetime(Duration::from_secs(7200));
    told(&world.home.run(&BY_CODE));
    let ends = world.token()["registrationExpiresAt"].clone();
    assert!((7100..=7200).contains(&seconds_left(&ends)), "{ends}");
}

#[test]
fn a_fifo_in_the_place_of_the_registration_does_not_block_login() {
    let world = with_browser();
    world.aws.auto_approve(0);
    told(&world.home.run(&BY_CODE));
    let registration = registration_path(&world);
    fs::remove_file(&registration).unwrap();
    let made = std::process::Command::new("mkfifo").arg(&registration).status().unwrap();
    assert!(made.success());
    // As if the last prompt was a while ago.
    let ahead = std::time::SystemTime::now() + Duration::from_secs(120);
    let seconds = ahead.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs().cast_signed();
    let ahead = rustix::fs::Timespec { tv_sec: seconds, tv_nsec: 0 };
    let times = rustix::fs::Timestamps { last_access: ahead, last_modification: ahead };
    rustix::fs::utimensat(rustix::fs::CWD, &registration, &times, rustix::fs::AtFlags::empty()).unwrap();
    assert_eq!(world.home.run(&BY_CODE).status, 0);
}
