//! `exec`: the command is a child, which gets its arguments as they were given.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use crate::child;
use crate::common::{World, failed};

const EXEC: [&str; 4] = ["exec", "--profile", "dev", "--"];

#[test]
fn the_command_gets_every_argument_as_it_was_given() {
    let mut world = World::signed_in();
    let path = child::listen(&mut world);
    let odd = [
        "two words",
        "",
        r#"a "quoted" word"#,
        r"ends in a backslash\",
        r"C:\Program Files\",
        r#"a\"b"#,
        r"\\",
        r#"\\" \""#,
        "%PATH%",
        "100%",
        "^&|<>()!",
        "tab\there",
        "line\nbreak",
        "Größe 家 🦀",
        "--profile",
        "'single'",
        "*.txt",
    ];
    let command = child::command();
    let words: Vec<&str> = command.iter().map(String::as_str).chain(odd).collect();
    let output = world.home.run(&[&EXEC[..], &words].concat());
    assert_eq!((output.status, output.stderr.as_str()), (0, ""), "{output:?}");
    assert_eq!(child::said(&path).arguments, odd);
}

#[test]
fn the_command_has_the_keys_and_no_other_identity_in_any_case_of_letters() {
    let mut world = World::signed_in();
    let path = child::listen(&mut world);
    world.home.env("aws_profile", "other");
    world.home.env("Aws_Access_Key_Id", "AKIAOLD");
    world.home.env("Kept", "as it is");
    let command = child::command();
    let words: Vec<&str> = command.iter().map(String::as_str).collect();
    assert_eq!(world.home.run(&[&EXEC[..], &words].concat()).status, 0);
    let environment = child::said(&path).environment;
    let document = world.run(&[]).json();
    assert_eq!(environment["AWS_ACCESS_KEY_ID"], document["AccessKeyId"].as_str().unwrap());
    assert_eq!(environment["AWS_SESSION_TOKEN"], document["SessionToken"].as_str().unwrap());
    assert_eq!(environment["AWS_REGION"], "us-west-2");
    assert_eq!(environment["Kept"], "as it is");
    let same = |name: &&String| {
        ["AWS_PROFILE", "AWS_ACCESS_KEY_ID"].iter().any(|known| name.eq_ignore_ascii_case(known))
    };
    assert_eq!(environment.keys().filter(same).collect::<Vec<_>>(), ["AWS_ACCESS_KEY_ID"]);
    assert_eq!(world.fetches(), 1, "the cache is shared with the credential process");
}

#[test]
fn the_exit_code_is_that_of_the_command_also_beyond_255() {
    let world = World::signed_in();
    for code in ["0", "7", "255", "256", "70000"] {
        let output = world.home.run(&[&EXEC[..], &["cmd", "/c", "exit", code]].concat());
        assert_eq!((output.status.to_string().as_str(), output.stderr.as_str()), (code, ""), "{output:?}");
    }
}

#[test]
fn a_command_that_is_not_there_has_the_exit_code_of_shells() {
    let world = World::signed_in();
    let missing = failed(&world.home.run(&[&EXEC[..], &["nowhere"]].concat()), 127);
    assert_eq!(missing[0], "aws-sso-cred: there is no program `nowhere` in PATH");
    assert!(missing[1].ends_with("needs the shell: `-- cmd /c …`"), "{missing:?}");
    let missing = failed(&world.home.run(&[&EXEC[..], &[r"C:\nowhere\x.exe"]].concat()), 127);
    assert_eq!(missing[0], r"aws-sso-cred: there is no program `C:\nowhere\x.exe`");
}

#[test]
fn the_endpoint_of_a_server_gives_credentials_while_the_command_runs() {
    let mut world = World::signed_in();
    let path = child::listen(&mut world);
    let stays = path.with_extension("stays");
    fs::write(&stays, "").unwrap();
    let command = child::command();
    let words: Vec<&str> = command.iter().map(String::as_str).collect();
    let arguments = [&["exec", "--server", "--profile", "dev", "--"], &words[..]].concat();
    let (answer, output) = std::thread::scope(|scope| {
        let server = scope.spawn(|| world.home.run(&arguments));
        let environment = child::said(&path).environment;
        assert!(!environment.contains_key("AWS_ACCESS_KEY_ID"));
        let answer = get(
            &environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"],
            &environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"],
        );
        fs::remove_file(&stays).unwrap();
        (answer, server.join().unwrap())
    });
    assert_eq!((output.status, output.stderr.as_str()), (0, ""), "{output:?}");
    let key = world.run(&[]).json()["AccessKeyId"].as_str().unwrap().to_owned();
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.contains(&key), "{answer}");
}

fn get(uri: &str, token: &str) -> String {
    let (host, path) = uri.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut connection = TcpStream::connect(host).unwrap();
    write!(connection, "GET /{path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: {token}\r\n\r\n").unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    answer
}
