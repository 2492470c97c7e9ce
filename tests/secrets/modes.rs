//! The modes of files that are created or replaced.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use crate::common::{World, answered, shell};

/// Every entry below `root` with a mode other than 0700 or 0600, and that mode.
fn loose_modes(root: &Path) -> BTreeMap<PathBuf, u32> {
    let mut loose = BTreeMap::new();
    let mut directories = vec![root.to_owned()];
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(directory).unwrap().flatten() {
            let metadata = entry.metadata().unwrap();
            let (mode, wanted) =
                (metadata.permissions().mode() & 0o7777, if metadata.is_dir() { 0o700 } else { 0o600 });
            if mode != wanted {
                loose.insert(entry.path(), mode);
            }
            if metadata.is_dir() {
                directories.push(entry.path());
            }
        }
    }
    loose
}

#[test]
fn created_files_are_private_under_any_umask() {
    for umask in ["000", "022", "077", "777"] {
        let world = World::new();
        world.sign_in(-1);
        // Existing files belong to the person and are not changed.
        fs::set_permissions(world.token_file(), fs::Permissions::from_mode(0o600)).unwrap();
        for directory in [".aws", ".aws/sso", ".aws/sso/cache"] {
            let path = world.home.home().join(directory);
            fs::set_permissions(path, fs::Permissions::from_mode(0o700)).unwrap();
        }
        let script = format!("umask {umask}; exec \"$0\" \"$@\"");
        let output = shell(&world.home, &script, &["--profile", "dev", "--debug"]);
        answered(&output);
        let loose = loose_modes(&world.home.home());
        assert!(loose.is_empty(), "umask {umask}: {loose:?}");
    }
}

#[test]
fn a_write_makes_a_file_private_that_others_could_read() {
    let world = World::new();
    world.sign_in(-1);
    world.cache_role(60);
    for path in [world.token_file(), world.role_file()] {
        fs::set_permissions(path, fs::Permissions::from_mode(0o644)).unwrap();
    }
    answered(&world.run(&[]));
    for path in [world.token_file(), world.role_file()] {
        assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o7777, 0o600);
    }
}
