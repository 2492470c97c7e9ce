//! The endpoint as SDKs use it: each request is answered as a run of the credential process would be.

use std::fs;
use std::net::{Ipv4Addr, TcpStream};
use std::time::{Duration, Instant};

use serde_json::json;
use stand_in::{Fault, Operation, Times};

use crate::common::{CONFIG, HANG, World, at_once, check_failure_text, whole_tree};
use crate::served::{Served, answer, status_and_body, wait_until};

#[test]
fn a_request_is_answered_from_the_cache_with_the_names_of_the_protocol() {
    let world = World::signed_in();
    let served = Served::start(&world);
    let document = world.run(&[]).json();
    let expected = json!({
        "AccessKeyId": document["AccessKeyId"],
        "SecretAccessKey": document["SecretAccessKey"],
        "Token": document["SessionToken"],
        "Expiration": document["Expiration"],
        "AccountId": "111122223333",
    });
    let before = whole_tree(&world.home.home());
    for _ in 0..3 {
        assert_eq!(served.ask(), (200, expected.clone()));
    }
    assert_eq!(whole_tree(&world.home.home()), before, "a hit writes nothing");
    assert_eq!(world.fetches(), 1);
    assert_eq!(served.end(), (Some(7), String::new()));
}

#[test]
fn the_endpoint_starts_no_sign_in_where_only_a_command_of_the_person_may() {
    let mut world = World::new();
    world.home.env("AWS_SSO_INTERACTIVE_AUTH", "1");
    let rule = "aws_sso_cred_sign_in = command\nsso_region";
    world.home.write_config(&CONFIG.replacen("sso_region", rule, 1));
    world.sign_in(3600);
    let served = Served::start(&world);
    fs::remove_file(world.role_file()).unwrap();
    world.sign_in_for_once(-1);
    let (status, _) = served.ask();
    assert_ne!(status, 200);
    assert_eq!(world.aws.count(Operation::StartDeviceAuthorization), 0);
    let (_, stderr) = served.end();
    assert!(stderr.contains("only a command that you run in a terminal may start it"), "{stderr}");
}

#[test]
fn credentials_that_end_soon_are_fetched_anew_by_a_refreshed_token() {
    let world = World::new();
    world.sign_in(3600);
    world.aws.set_role_credentials_lifetime(Duration::from_secs(600));
    let served = Served::start(&world);
    // The token has expired as well.
    world.sign_in(-1);
    let (status, first) = served.ask();
    assert_eq!((status, world.refreshes(), world.fetches()), (200, 1, 2));
    let (status, second) = served.ask();
    assert_eq!((status, world.refreshes(), world.fetches()), (200, 1, 3));
    assert_ne!(first["AccessKeyId"], second["AccessKeyId"]);
    assert_eq!(served.end(), (Some(7), String::new()));
}

#[test]
fn requests_that_wait_for_the_same_fetch_get_its_result() {
    let world = World::new();
    world.sign_in(3600);
    world.aws.set_role_credentials_lifetime(Duration::from_secs(600));
    let served = Served::start(&world);
    let before = served.descriptors().unwrap_or_default();
    let (answers, ()) = world.while_asked(
        Operation::GetRoleCredentials,
        || {
            let ask = || Box::new(|| served.ask()) as Box<dyn FnOnce() -> (u16, serde_json::Value) + Send>;
            at_once((0..8).map(|_| ask()).collect())
        },
        || {
            // While AWS does not answer, others are answered.
            let refused = served.send(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
            assert!(refused.starts_with("HTTP/1.1 404 "), "{refused}");
            wait_until("all have connected", || served.descriptors().is_none_or(|open| open >= before + 8));
            std::thread::sleep(Duration::from_millis(300));
        },
    );
    assert!(answers.iter().all(|answer| *answer == answers[0] && answer.0 == 200), "{answers:?}");
    assert!(world.fetches() <= 3, "{} fetches", world.fetches());
    served.end();
}

/// `xargs -P 100 aws …`, for instance.
#[test]
fn a_hundred_programs_that_ask_at_once_are_all_answered() {
    let world = World::new();
    world.sign_in(3600);
    world.aws.set_role_credentials_lifetime(Duration::from_secs(600));
    let served = Served::start(&world);
    // AWS takes longer than the time for which a connection is spared. Most programs wait in the system's
    // queue meanwhile; the first ones must not be closed for them before they have the answer.
    world.aws.delay(Operation::GetRoleCredentials, Duration::from_secs(1));
    let ask = || Box::new(|| served.send(served.head().as_bytes())) as Box<dyn FnOnce() -> String + Send>;
    let answers = at_once((0..100).map(|_| ask()).collect());
    let answered = answers.iter().filter(|answer| answer.starts_with("HTTP/1.1 200 ")).count();
    assert_eq!(answered, 100);
    assert_eq!(served.end(), (Some(7), String::new()));
}

#[test]
fn live_credentials_are_given_while_aws_fails() {
    let world = World::new();
    world.sign_in(3600);
    world.aws.set_role_credentials_lifetime(Duration::from_secs(600));
    let served = Served::start(&world);
    world.aws.fault(Operation::GetRoleCredentials, Fault::Status(503), Times::Always);
    let cached = world.home.run(&["--profile", "dev"]).json();
    let (status, body) = served.ask();
    assert_eq!((status, &body["AccessKeyId"]), (200, &cached["AccessKeyId"]));
    assert_eq!(served.end(), (Some(7), String::new()));
}

#[test]
fn a_failure_is_told_to_the_sdk_each_time_and_to_the_person_once() {
    let world = World::signed_in();
    let served = Served::start(&world);
    let signed_out = world.home.run(&["logout", "--sso-session", "corp"]);
    assert_eq!(signed_out.status, 0, "{signed_out:?}");
    for _ in 0..3 {
        let (status, body) = served.ask();
        assert_eq!(status, 403);
        let message = "aws-sso-cred: sso-session `corp`: you are not signed in; hint: run `aws-sso-cred login --sso-session corp` \
             (or `aws sso login --sso-session corp`)";
        assert_eq!(
            body,
            json!({ "code": "SignInRequired", "message": message, "Code": "SignInRequired", "Message": message })
        );
    }
    // Signed in again, the same command goes on.
    world.sign_in(3600);
    assert_eq!(served.ask().0, 200);
    let (code, stderr) = served.end();
    assert_eq!((code, stderr.matches("you are not signed in").count()), (Some(7), 1), "{stderr}");
    check_failure_text(&stderr);
}

#[test]
fn the_role_stays_the_same_when_the_config_changes() {
    let world = World::signed_in();
    let served = Served::start(&world);
    let config = fs::read_to_string(world.home.config_path()).unwrap();
    world.home.write_config(&config.replace("111122223333", "999999999999"));
    fs::remove_file(world.role_file()).unwrap();
    let (status, body) = served.ask();
    assert_eq!((status, &body["AccountId"]), (200, &json!("111122223333")));
    served.end();
}

#[test]
fn the_endpoint_is_on_127_0_0_1_only_and_ends_with_the_command() {
    let world = World::signed_in();
    let served = Served::start(&world);
    let port = served.port;
    if cfg!(target_os = "linux") {
        // All of 127.0.0.0/8 is this machine; a listener on 0.0.0.0 would answer here.
        assert!(TcpStream::connect((Ipv4Addr::new(127, 0, 0, 2), port)).is_err());
    }
    assert!(TcpStream::connect(("::1", port)).is_err());
    served.end();
    assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err());
}

#[test]
fn every_run_has_its_own_token() {
    let world = World::signed_in();
    let tokens: Vec<String> = (0..2)
        .map(|_| {
            let _ = fs::remove_file(world.home.home().join("said"));
            let _ = fs::remove_file(world.home.home().join("end"));
            let served = Served::start(&world);
            let token = served.token.clone();
            served.end();
            token
        })
        .collect();
    assert!(tokens.iter().all(|token| token.len() == 43), "256 bits in base64url");
    assert_ne!(tokens[0], tokens[1]);
}

/// Another process of the person, such as a second SDK client, which sends a request and leaves.
#[test]
fn a_peer_that_leaves_before_its_answer_costs_nothing() {
    let world = World::new();
    world.sign_in(3600);
    world.aws.set_role_credentials_lifetime(Duration::from_secs(600));
    let served = Served::start(&world);
    world.aws.hold(Operation::GetRoleCredentials);
    let before = world.fetches();
    drop(served.connect(served.head().as_bytes()));
    world.aws.wait_for_requests(Operation::GetRoleCredentials, before + 1, HANG);
    let waiting = served.connect(served.head().as_bytes());
    world.aws.release(Operation::GetRoleCredentials);
    assert_eq!(status_and_body(&answer(waiting)).0, 200);
    served.end();
}

#[test]
fn between_requests_the_server_sleeps() {
    let world = World::signed_in();
    let served = Served::start(&world);
    served.ask();
    let spent = || {
        let stat = fs::read_to_string(format!("/proc/{}/stat", served.child.id())).unwrap();
        let fields: Vec<_> = stat.rsplit_once(')').unwrap().1.split_whitespace().map(str::to_owned).collect();
        fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
    };
    if cfg!(target_os = "linux") {
        // After the drained connection of the request.
        std::thread::sleep(Duration::from_millis(1200));
        let (before, started) = (spent(), Instant::now());
        std::thread::sleep(Duration::from_secs(2));
        let ticks = spent() - before;
        assert!(ticks <= 1, "{ticks} ticks in {:?}", started.elapsed());
    }
    served.end();
}

#[test]
fn the_role_can_be_chosen_from_the_list() {
    use stand_in::{Place, Stream, Terminal};
    let mut world = World::signed_in();
    world.home.env("TERM", "xterm");
    let script = r#"printf %s "$AWS_CONTAINER_CREDENTIALS_FULL_URI""#;
    let command = world.home.command(&[
        "exec",
        "--server",
        "--pick",
        "--sso-session",
        "corp",
        "--",
        "sh",
        "-c",
        script,
    ]);
    let terminal = Terminal { place: Place::Foreground, stdin: Stream::Terminal, stderr: Stream::Terminal };
    let mut asked = terminal.start(&command);
    asked.wait_for_screen(|screen| screen.contains("Enter to choose"));
    asked.type_text("\r");
    let seen = asked.finish();
    assert_eq!(seen.output.status, 0, "{}", seen.screen);
    assert!(seen.output.stdout.starts_with("http://127.0.0.1:"), "{}", seen.output.stdout);
}
