//! Files that another program has open. Most programs on Windows, the AWS CLI among them, open files
//! in a way that keeps others from replacing and removing them for that time.

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::os::windows::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::Value;
use stand_in::Operation;

use crate::browser::browser;
use crate::child::{self, wait_until};
use crate::common::{HANG, World, answered, failed, read_json};
use crate::configuration::add_profile;

const FORCE: [&str; 3] = ["--profile", "dev", "--force-refresh"];

/// Opens a file as Python and C do: others may read and write it, but not replace or remove it.
fn open_as_python_does(path: &Path) -> File {
    const READ_AND_WRITE: u32 = 3;
    OpenOptions::new().read(true).share_mode(READ_AND_WRITE).open(path).unwrap()
}

/// Opens a file and lets no other program in.
fn open_alone(path: &Path) -> File {
    OpenOptions::new().read(true).share_mode(0).open(path).unwrap()
}

/// Closes `file` while the program tries to replace or read it, which it does for about a second.
fn close_later(file: File) {
    std::thread::sleep(Duration::from_millis(500));
    drop(file);
}

/// Tries up to ten times: on a busy machine the file may be closed too late for the program.
fn at_last(done: impl Fn() -> bool) {
    assert!((0..10).any(|_| done()), "it did not happen");
}

#[test]
fn a_reader_sees_whole_files_while_they_are_replaced() {
    let world = World::signed_in();
    answered(&world.run(&[]));
    let (path, is_over) = (world.role_file(), AtomicBool::new(false));
    let read = std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut read = 0;
            while !is_over.load(Ordering::Relaxed) {
                let file: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
                assert!(file["Credentials"]["SessionToken"].is_string());
                read += 1;
            }
            read
        });
        for _ in 0..5 {
            let outputs = world.home.run_many(3, |_| FORCE.to_vec());
            outputs.iter().for_each(|output| drop(answered(output)));
        }
        is_over.store(true, Ordering::Relaxed);
        reader.join().unwrap()
    });
    assert!(read > 0);
    let names: Vec<_> = fs::read_dir(path.parent().unwrap()).unwrap().flatten().collect();
    assert_eq!(names.len(), 1, "no temporary file stays: {names:?}");
}

#[test]
fn credentials_are_printed_when_their_file_is_open_all_the_time() {
    let world = World::signed_in();
    let before = answered(&world.run(&[]));
    let open = open_as_python_does(&world.role_file());
    let after = answered(&world.home.run(&FORCE));
    drop(open);
    assert_ne!(after["AccessKeyId"], before["AccessKeyId"]);
    assert_eq!(read_json(&world.role_file())["Credentials"]["AccessKeyId"], before["AccessKeyId"]);
}

#[test]
fn a_cache_file_that_is_open_for_a_moment_is_replaced_after_it() {
    let world = World::signed_in();
    answered(&world.run(&[]));
    at_last(|| {
        let open = open_as_python_does(&world.role_file());
        let asked = world.fetches();
        let output = std::thread::scope(|scope| {
            let run = scope.spawn(|| world.home.run(&FORCE));
            world.aws.wait_for_outcomes(Operation::GetRoleCredentials, asked + 1, HANG);
            close_later(open);
            run.join().unwrap()
        });
        let printed = answered(&output);
        read_json(&world.role_file())["Credentials"]["AccessKeyId"] == printed["AccessKeyId"]
    });
}

#[test]
fn a_file_that_lets_nobody_in_for_a_moment_is_read_after_it() {
    let world = World::signed_in();
    answered(&world.run(&[]));
    at_last(|| {
        let open = open_alone(&world.role_file());
        let asked = world.fetches();
        let output = std::thread::scope(|scope| {
            let run = scope.spawn(|| world.run(&[]));
            close_later(open);
            run.join().unwrap()
        });
        answered(&output);
        world.fetches() == asked
    });
}

#[test]
fn a_config_that_is_open_elsewhere_is_changed_after_it_or_left_with_a_clear_error() {
    let world = World::new();
    let path = world.home.config_path();
    let before = fs::read(&path).unwrap();
    let add = |name: &str| add_profile(&world, name);
    let open = open_as_python_does(&path);
    let lines = failed(&add("new"), 5);
    assert_eq!(
        lines,
        [
            r"aws-sso-cred: cannot change ~\.aws\config: another program has it open",
            r"hint: close the program that has `~\.aws\config` open, then run this again"
        ]
    );
    assert_eq!(fs::read(&path).unwrap(), before);
    drop(open);
    let output = add("new");
    assert_eq!(output.status, 0, "{output:?}");
    assert!(fs::read_to_string(&path).unwrap().contains("[profile new]"));
}

/// Runs `configure` while `open` keeps the file `held` from being replaced. Another program
/// changes the config in place, and then closes the file. `false` if `configure` gave up before that.
fn changes_during_an_edit(held: &Path, world: &World) -> bool {
    const THEIRS: &str = "\r\n[profile theirs]\r\nregion = x\r\n";
    let open = open_as_python_does(held);
    let (was_in_time, output) = std::thread::scope(|scope| {
        let run = scope.spawn(|| add_profile(world, "ours"));
        let directory = world.home.home().join(".aws");
        let is_staged = || {
            let names = fs::read_dir(&directory).unwrap().flatten();
            names.filter(|entry| entry.file_name().to_string_lossy().ends_with(".tmp")).count() > 0
        };
        wait_until(|| is_staged() || run.is_finished());
        std::thread::sleep(Duration::from_millis(300));
        let was_in_time = !run.is_finished();
        let mut config = OpenOptions::new().append(true).open(world.home.config_path()).unwrap();
        config.write_all(THEIRS.as_bytes()).unwrap();
        drop((config, open));
        (was_in_time, run.join().unwrap())
    });
    let config = fs::read_to_string(world.home.config_path()).unwrap();
    assert!(config.contains(THEIRS), "{output:?} {config}");
    assert_eq!(config.contains("[profile ours]"), output.status == 0, "{output:?} {config}");
    was_in_time
}

#[test]
fn what_another_program_writes_while_it_has_the_config_open_is_not_lost() {
    at_last(|| {
        let world = World::new();
        changes_during_an_edit(&world.home.config_path(), &world)
    });
}

#[test]
fn what_another_program_writes_while_the_copy_of_the_config_is_open_is_not_lost() {
    at_last(|| {
        let world = World::new();
        assert_eq!(add_profile(&world, "before").status, 0);
        let copy = world.home.config_path().with_file_name("config.aws-sso-cred.bak");
        changes_during_an_edit(&copy, &world)
    });
}

#[test]
fn a_pending_sign_in_that_lets_nobody_in_for_a_moment_is_continued() {
    let mut world = World::new();
    let path = child::listen(&mut world);
    world.home.env("BROWSER", &browser());
    let asking = ["--profile", "dev", "-i", "--wait", "1"];
    failed(&world.home.run(&asking), 6);
    child::said(&path);
    let is_note = |path: &Path| path.starts_with(world.home.state_dir()) && path.ends_with("pending.json");
    let files = world.home.all_files();
    let (note, _, _) = files.iter().find(|(path, _, _)| is_note(path)).expect("a note about the sign-in");
    let open = open_alone(note);
    let output = std::thread::scope(|scope| {
        let run = scope.spawn(|| world.home.run(&["--profile", "dev", "-i"]));
        close_later(open);
        assert!(world.aws.approve(&world.aws.wait_for_user_code(HANG)));
        run.join().unwrap()
    });
    assert_eq!(output.status, 0, "{output:?}");
    assert_eq!(world.aws.count(Operation::StartDeviceAuthorization), 1);
}

fn set_read_only(path: &Path, is_read_only: bool) {
    let mut permissions = fs::metadata(path).unwrap().permissions();
    permissions.set_readonly(is_read_only);
    fs::set_permissions(path, permissions).unwrap();
}

#[test]
fn a_read_only_file_costs_no_credentials_and_is_named_with_the_remedy() {
    let world = World::signed_in();
    answered(&world.run(&[]));
    set_read_only(&world.role_file(), true);
    let asked = world.fetches();
    answered(&world.home.run(&FORCE));
    assert!(world.fetches() > asked);

    let token = world.token_file();
    let shown = format!(r"~\.aws\sso\cache\{}", token.file_name().unwrap().to_str().unwrap());
    set_read_only(&token, true);
    let lines =
        failed(&world.home.run(&["login", "--sso-session", "corp", "--use-device-code", "--no-browser"]), 5);
    assert!(lines[2].starts_with(&format!("hint: run `attrib -r {shown}`")), "{lines:?}");
    assert_eq!(world.aws.count(Operation::StartDeviceAuthorization), 0);

    let config = world.home.config_path();
    set_read_only(&config, true);
    let lines = failed(&add_profile(&world, "new"), 5);
    assert_eq!(lines[0], r"aws-sso-cred: cannot change ~\.aws\config: it is read-only");
    assert!(lines[1].starts_with(r"hint: run `attrib -r ~\.aws\config`"), "{lines:?}");
    set_read_only(&config, false);
    assert_eq!(add_profile(&world, "new").status, 0);
    [world.role_file(), token].iter().for_each(|path| set_read_only(path, false));
}

#[test]
fn logout_names_the_file_that_another_program_has_open() {
    let world = World::signed_in();
    let open = open_as_python_does(&world.token_file());
    let output = world.home.run(&["logout", "--sso-session", "corp"]);
    assert_eq!(output.status, 5, "{output:?}");
    assert!(output.stderr.contains("another program has it open"), "{}", output.stderr);
    drop(open);
    let output = world.home.run(&["logout", "--sso-session", "corp"]);
    assert_eq!(output.status, 0, "{output:?}");
    assert!(!world.token_file().exists());
}
