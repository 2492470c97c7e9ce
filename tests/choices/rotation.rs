//! The audit log when it is full, and when many processes write it at once.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use crate::audit::log_of;
use crate::common::{ACCOUNT, World, all_answered};
use crate::config_with;

const MOST: usize = 1024 * 1024;

fn audited() -> World {
    let world = World::new();
    world.home.write_config(&config_with("aws_sso_cred_audit = on"));
    world.sign_in(3600);
    world
}

/// Runs 50 fetches at once, each of a role of its own, and gives the lines of both logs.
fn fifty_lines(world: &World) -> Vec<String> {
    let role = |at: usize| format!("Role{at}");
    (0..50).for_each(|at| world.aws.add_role(ACCOUNT, &role(at)));
    let outputs = world
        .home
        .run_many(50, |at| ["--profile", "dev", "--role-name", &role(at)].map(str::to_owned).to_vec());
    all_answered(&outputs);
    let log = log_of(world);
    let texts = [log.with_extension("jsonl.1"), log].map(|path| fs::read_to_string(path).unwrap_or_default());
    assert!(texts.iter().all(|text| text.len() <= MOST));
    texts
        .iter()
        .flat_map(|text| text.lines())
        .filter(|line| line.starts_with('{'))
        .map(str::to_owned)
        .collect()
}

fn roles(lines: &[String]) -> BTreeSet<String> {
    let parsed = lines.iter().map(|line| serde_json::from_str::<Value>(line).unwrap());
    parsed.map(|line| line["role"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn fifty_processes_at_once_lose_and_tear_no_line() {
    let world = audited();
    let lines = fifty_lines(&world);
    assert_eq!((lines.len(), roles(&lines).len()), (50, 50));
    assert!(!log_of(&world).with_extension("jsonl.1").exists());
}

#[test]
fn fifty_processes_that_find_the_log_full_rename_it_once() {
    for left in [0, 3000] {
        let world = audited();
        let old = "#".repeat(MOST - left - 1) + "\n";
        fs::write(log_of(&world), &old).unwrap();
        let lines = fifty_lines(&world);
        assert_eq!((lines.len(), roles(&lines).len()), (50, 50));
        let predecessor = fs::read_to_string(log_of(&world).with_extension("jsonl.1")).unwrap();
        assert!(predecessor.starts_with(&old), "renamed once");
    }
}
