//! Batch files: as the command of `exec`, and as readers of `export`.

use std::fs;

use crate::common::{World, failed};

const EXEC: [&str; 4] = ["exec", "--profile", "dev", "--"];

/// A world with `tool.cmd` in a directory of `PATH`, which writes its first two arguments and a key. Windows
/// itself writes the variable `Path`.
fn with_tool() -> World {
    let mut world = World::signed_in();
    let directory = world.home.temporary().join("my tools");
    fs::create_dir(&directory).unwrap();
    let script = "@echo off\r\necho [%1] [%2] %AWS_ACCESS_KEY_ID%\r\nexit /b 7\r\n";
    fs::write(directory.join("tool.cmd"), script).unwrap();
    world.home.env("Path", &format!(r".;{};C:\Windows\System32", directory.display()));
    world
}

#[test]
fn a_batch_file_is_found_by_its_name_in_path() {
    let world = with_tool();
    let key = world.run(&[]).json()["AccessKeyId"].as_str().unwrap().to_owned();
    for name in ["tool", "tool.cmd"] {
        let output = world.home.run(&[&EXEC[..], &[name, "two words", "x&y"]].concat());
        assert_eq!(output.stdout, format!("[\"two words\"] [\"x&y\"] {key}\r\n"), "{output:?}");
        assert_eq!((output.status, output.stderr.as_str()), (7, ""));
    }
}

#[test]
fn a_program_is_not_taken_from_the_current_directory() {
    let world = with_tool();
    fs::write(world.home.home().join("here.cmd"), "@exit /b 3\r\n").unwrap();
    failed(&world.home.run(&[&EXEC[..], &["here"]].concat()), 127);
    assert_eq!(world.home.run(&[&EXEC[..], &[r".\here"]].concat()).status, 3);
}

#[test]
fn an_argument_that_no_batch_file_can_get_is_refused() {
    let world = with_tool();
    let lines = failed(&world.home.run(&[&EXEC[..], &["tool", "line\nbreak"]].concat()), 126);
    assert!(lines[0].starts_with("aws-sso-cred: cannot run `tool`: "), "{lines:?}");
}

#[test]
fn a_script_that_windows_does_not_run_is_named_with_what_to_do() {
    let mut world = with_tool();
    let directory = world.home.temporary().join("my tools");
    fs::write(directory.join("script.ps1"), "exit 3").unwrap();
    world.home.env("Path", &directory.display().to_string());
    let lines = failed(&world.home.run(&[&EXEC[..], &["script.ps1"]].concat()), 126);
    let expected = "aws-sso-cred: cannot run `script.ps1`: Windows does not run such a file; put the program \
                    that does before it, as in `powershell -File`";
    assert_eq!(lines[0], expected);
}

#[test]
fn cmd_reads_what_export_prints() {
    let world = World::signed_in();
    let exported = world.home.run(&["export", "--profile", "dev", "--format", "windows-cmd"]);
    assert_eq!((exported.status, exported.stderr.as_str()), (0, ""));
    fs::write(world.home.home().join("keys.bat"), &exported.stdout).unwrap();
    let mut cmd = world.home.command_of("cmd");
    let output = cmd.args(["/c", "call keys.bat >nul & set AWS_"]).output().unwrap();
    let document = world.run(&[]).json();
    let text = |name: &str| document[name].as_str().unwrap().to_owned();
    let read = String::from_utf8(output.stdout).unwrap();
    for (variable, value) in [
        ("AWS_ACCESS_KEY_ID", text("AccessKeyId")),
        ("AWS_SECRET_ACCESS_KEY", text("SecretAccessKey")),
        ("AWS_SESSION_TOKEN", text("SessionToken")),
        ("AWS_CREDENTIAL_EXPIRATION", text("Expiration")),
        ("AWS_REGION", "us-west-2".to_owned()),
    ] {
        let line = format!("{variable}={value}");
        assert!(read.lines().any(|read| read.trim_end() == line), "{line} is not in {read}");
    }
}
