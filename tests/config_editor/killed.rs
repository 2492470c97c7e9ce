//! A process that is killed before any one of its system calls leaves the old file or the new one.
#![cfg(target_os = "linux")]

use std::fs::{self, File};
use std::time::{Duration, SystemTime};

use crate::child::command;
use crate::home::{CONFIG, Home};

#[test]
fn a_kill_before_any_system_call_leaves_the_old_file_or_the_new_one() {
    let new = format!("{CONFIG}\n[profile p]\nkey0 = value\n");
    let (mut old_files, mut new_files, mut left_over) = (0, 0, 0);
    for number in 1.. {
        let home = Home::new();
        let long_ago = SystemTime::now() - Duration::from_secs(100);
        File::options().write(true).open(home.config()).unwrap().set_modified(long_ago).unwrap();
        let mut calls = 0;
        let mut command = command(home.path(), "p", 1);
        let output = stand_in::killed_before(stand_in::in_new_session(&mut command, None), &mut |call| {
            // From the first look at the file on.
            let begins = calls > 0 || call.texts.iter().any(|text| text.contains("/.aws/config"));
            calls += usize::from(begins);
            calls == number
        });
        let names = home.names();
        assert!(names.contains(&"config".to_owned()), "{names:?}");
        match home.text() {
            text if text == CONFIG => old_files += 1,
            text if text == new => new_files += 1,
            text => panic!("killed before call {number}: {text:?}"),
        }
        if home.backup().exists() {
            assert_eq!(fs::read_to_string(home.backup()).unwrap(), CONFIG, "killed before call {number}");
        }
        left_over += usize::from(names.iter().any(|name| name.contains(".tmp")));
        if output.status >= 0 {
            assert_eq!((output.status, home.text()), (0, new));
            break;
        }
    }
    println!(
        "killed {old_files} times before the rename, {new_files} times behind it; {left_over} left-over files"
    );
    assert!(old_files > 20 && new_files > 1 && left_over > 3);
}
