//! The system calls of a program.
#![cfg(target_os = "linux")]

use std::fs;

use stand_in::{Sandbox, SystemCall, trace};

/// The paths that were opened.
fn opened(calls: &[SystemCall]) -> Vec<&str> {
    calls.iter().filter(|call| call.name == "openat").map(|call| call.texts[1].as_str()).collect()
}

#[test]
fn the_trace_contains_calls_of_a_program_and_its_children() {
    let home = Sandbox::new("/bin/sh");
    fs::write(home.home().join("read me"), "text").unwrap();
    let script = "read line <'read me'; (: >'written by a child'); echo \"$line\"; exit 7";
    let (output, calls) = trace(&mut home.command(&["-c", script]));
    assert_eq!((output.status, output.stdout.as_str(), output.stderr.as_str()), (7, "text\n", ""));
    let paths = opened(&calls);
    assert!(paths.contains(&"read me") && paths.contains(&"written by a child"), "{calls:#?}");
    assert!(calls.iter().any(|call| call.name == "clone" || call.name == "vfork"), "{calls:#?}");
    let writes: Vec<_> = calls.iter().filter(|call| call.name == "write").collect();
    assert_eq!(writes.len(), 1, "{calls:#?}");
    assert_eq!((writes[0].arguments[0], writes[0].texts[1].as_str()), (1, "text\n"));
}

#[test]
fn several_programs_are_traced_at_once_and_receive_signals() {
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let home = Sandbox::new("/bin/sh");
                let (output, _) = trace(&mut home.command(&["-c", "trap 'echo caught' USR1; kill -USR1 $$"]));
                assert_eq!((output.status, output.stdout.as_str()), (0, "caught\n"));
                let (output, _) = trace(&mut home.command(&["-c", "kill -TERM $$"]));
                assert_eq!(output.status, -15);
            });
        }
    });
}
