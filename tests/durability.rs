//! Only files that must survive a power cut are synchronised to the disk.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use common::{DEV, World, answered};
use stand_in::trace;

/// How many `fsync` calls a run of the credential process makes.
fn synchronisations(world: &World) -> usize {
    let (output, calls) = trace(&mut world.home.command(&DEV));
    answered(&output);
    calls.iter().filter(|call| matches!(call.name, "fsync" | "fdatasync")).count()
}

#[test]
fn a_refreshed_token_is_synchronised_to_disk_and_role_credentials_are_not() {
    let world = World::new();
    world.sign_in(-60);
    assert!(synchronisations(&world) > 0, "AWS gives a rotated refresh token only once");
    assert_eq!((world.refreshes(), world.fetches()), (1, 1));

    let world = World::signed_in();
    assert_eq!(synchronisations(&world), 0, "role credentials can be fetched again");
    assert_eq!((world.refreshes(), world.fetches()), (0, 1));
}
