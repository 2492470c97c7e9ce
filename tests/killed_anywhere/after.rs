//! What holds after every kill.

use std::fs::{self, File};
use std::path::PathBuf;
use std::time::{Duration, Instant, SystemTime};

use crate::common::{HANG, World, check_failure_text};
use crate::readers::Files;
use stand_in::Output;

/// Asserts that no file is torn or open to others, and that no lock is held. The dead process has
/// left only temporary files.
#[track_caller]
pub fn check(world: &World, killed: &str) {
    Files::of(world).read();
    for (path, mode, content) in world.home.all_files() {
        let name = path.display();
        if path.extension().is_some_and(|ending| ending == "lock") || path.ends_with("lock") {
            wait_until_free(&File::open(&path).unwrap(), killed);
        }
        if !is_of_the_test(&path) {
            assert_eq!(mode & 0o077, 0, "{killed}: others can read {name}");
        }
        let is_note = path.starts_with(world.home.state_dir()) && path.to_string_lossy().ends_with(".json");
        if is_note {
            let note: Result<serde_json::Value, _> = serde_json::from_slice(&content);
            assert!(note.is_ok(), "{killed}: {name} is torn: {content:?}");
        }
        if path.to_string_lossy().contains("audit.jsonl") {
            let text = String::from_utf8(content).unwrap();
            assert!(text.is_empty() || text.ends_with('\n'), "{killed}: {name} is torn");
            let is_json = |line: &str| serde_json::from_str::<serde_json::Value>(line).is_ok();
            assert!(text.lines().all(is_json), "{killed}: {name} is torn");
        }
    }
}

/// A child that had been forked, and had not yet become the browser, ends its hold in a moment.
#[track_caller]
fn wait_until_free(lock: &File, killed: &str) {
    let deadline = Instant::now() + HANG;
    while lock.try_lock().is_err() {
        assert!(Instant::now() < deadline, "{killed}: {lock:?} is still locked");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Files that the test has put into the home, and that no secret is in.
fn is_of_the_test(path: &std::path::Path) -> bool {
    path.ends_with("aws-sso-cred") || path.ends_with("said")
}

/// The temporary files of killed processes, wherever they are below the home.
pub fn left_over(world: &World) -> Vec<PathBuf> {
    let paths = world.home.all_files().into_iter().map(|(path, _, _)| path);
    paths
        .filter(|path| {
            let name = path.to_string_lossy();
            name.ends_with(".aws-sso-cred.tmp")
                || name.contains("/exec/") && path.starts_with(world.home.state_dir())
        })
        .collect()
}

/// Makes the temporary files older than any working process can be.
pub fn age_left_over(world: &World) -> usize {
    let left = left_over(world);
    for path in &left {
        let long_ago = SystemTime::now() - Duration::from_secs(600);
        File::options().write(true).open(path).unwrap().set_modified(long_ago).unwrap();
    }
    left.len()
}

/// Asserts a failure with a clear text, whatever it is about.
#[track_caller]
pub fn failed_clearly(output: &Output, status: i32, killed: &str) {
    assert_eq!((output.status, output.stdout.as_str()), (status, ""), "{killed}: {}", output.stderr);
    check_failure_text(&output.stderr);
}

/// How many tabs a browser of [`crate::operations::with_browser`] has opened.
pub fn tabs(world: &World) -> usize {
    let text = fs::read_to_string(world.home.temporary().join("opened")).unwrap_or_default();
    text.lines().count()
}
