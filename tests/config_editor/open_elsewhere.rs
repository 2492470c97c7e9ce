//! A config file that another program has open: on Windows it cannot be replaced meanwhile.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::windows::fs::OpenOptionsExt as _;
use std::time::Duration;

use crate::home::Home;

/// The time of [`Home`] stands still, so that the program gives up at once.
#[test]
fn what_another_program_writes_when_an_edit_is_given_up_is_not_lost() {
    const READ_AND_WRITE: u32 = 3;
    const THEIRS: &str = "[profile theirs]\n";
    let home = Home::new();
    let mut open = OpenOptions::new().append(true).share_mode(READ_AND_WRITE).open(home.config()).unwrap();
    let edited = std::thread::scope(|scope| {
        let edit = scope.spawn(|| home.set_region("eu-west-1").map(drop).map_err(|error| error.to_string()));
        while home.names().len() == 1 && !edit.is_finished() {
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(Duration::from_millis(700));
        open.write_all(THEIRS.as_bytes()).unwrap();
        drop(open);
        edit.join().unwrap()
    });
    let text = home.text();
    assert!(text.ends_with(THEIRS), "{edited:?} {text}");
    assert_eq!(text.contains("eu-west-1"), edited.is_ok(), "{edited:?} {text}");
}
