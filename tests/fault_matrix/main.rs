//! Every operation, every fault, every state: what the program says, its exit code, and what it
//! leaves on the disk, in `tests/snapshots/fault_matrix.txt`.
//!
//! `UPDATE_SNAPSHOTS=1 cargo test --test fault_matrix -- --ignored` writes the page anew; it is then
//! read as prose. What must hold in every cell is asserted in `cell.rs`, so that no page can bless a
//! lost refresh token, a printed secret or a panic.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test"
)]

mod answers;
mod cell;
#[path = "../common/mod.rs"]
mod common;
mod disk;
mod faults;
mod network;
mod page;
mod scenes;

use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use cell::{Cell, Outcome};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use scenes::scenes;

const SNAPSHOT: &str = "tests/snapshots/fault_matrix.txt";

/// Cells that need the processor, at once.
const BUSY: usize = 8;
/// Cells that wait for most of their time, at once.
const WAITING: usize = 150;
/// Between the starts of two waiting cells, so that they do not need the processor together.
const PAUSE: Duration = Duration::from_millis(40);

#[test]
#[ignore = "takes a minute"]
fn every_fault_of_every_operation_ends_as_the_page_says() {
    allow_many_descriptors();
    let scenes = scenes();
    let cells: Vec<Cell> = scenes.iter().flat_map(Cell::all_of).collect();
    let page = page::of(&scenes, &run_all(cells));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(SNAPSHOT);
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        fs::write(&path, &page).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    let differs = kept.lines().zip(page.lines()).position(|(kept, new)| kept != new);
    if let Some(line) = differs.or((kept != page).then(|| kept.lines().count().min(page.lines().count()))) {
        let from =
            |text: &str| text.lines().skip(line.saturating_sub(4)).take(12).collect::<Vec<_>>().join("\n");
        panic!(
            "{SNAPSHOT}, line {}, is\n{}\nand the program now gives\n{}\n(UPDATE_SNAPSHOTS=1 writes it anew)",
            line + 1,
            from(&kept),
            from(&page)
        );
    }
}

/// Each cell has a server, its connections, and pipes. Many systems allow 1024 descriptors at first.
fn allow_many_descriptors() {
    let limit = getrlimit(Resource::Nofile);
    let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit });
}

/// The outcomes of all cells, in any order. A failed cell fails the test, after all have ended.
fn run_all(cells: Vec<Cell<'_>>) -> Vec<(Cell<'_>, Outcome)> {
    let (waiting, busy): (Vec<_>, Vec<_>) = cells.into_iter().partition(|cell| cell.fault.slow);
    let (waiting, busy) = (Mutex::new(waiting.into_iter()), Mutex::new(busy.into_iter()));
    let done = Mutex::new(Vec::new());
    let work = |queue: &Mutex<std::vec::IntoIter<_>>| {
        loop {
            let next: Option<Cell<'_>> = queue.lock().unwrap().next();
            let Some(cell) = next else { return };
            let outcome = std::panic::catch_unwind(|| cell.run());
            done.lock().unwrap().push((cell, outcome));
        }
    };
    std::thread::scope(|scope| {
        for number in 0..WAITING {
            let (queue, work) = (&waiting, &work);
            scope.spawn(move || {
                std::thread::sleep(PAUSE * u32::try_from(number).unwrap());
                work(queue);
            });
        }
        for _ in 0..BUSY {
            scope.spawn(|| work(&busy));
        }
    });
    let done = done.into_inner().unwrap();
    let failed: Vec<String> =
        done.iter().filter(|(_, outcome)| outcome.is_err()).map(|(cell, _)| cell.name()).collect();
    assert!(failed.is_empty(), "{} cells failed, each with a message above: {failed:#?}", failed.len());
    done.into_iter().map(|(cell, outcome)| (cell, outcome.unwrap())).collect()
}
