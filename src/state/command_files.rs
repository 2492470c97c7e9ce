//! The configuration files of a command that `exec --server` runs. They hold no secret.

use std::fs::File;
use std::path::PathBuf;

use super::directory::StateDirectory;
use crate::debug;
use crate::platform::{self, PrivateFile};
use crate::secret::Secret;

const DIRECTORY: &str = "exec/";

const CONFIG: &str = ".config";

const CREDENTIALS: &str = ".credentials";

/// The lock is a file of its own, because Windows lets no other program read a file that is locked.
const LOCK: &str = ".lock";

/// A config file and an empty credentials file, which are removed when this is dropped.
#[derive(Debug)]
pub struct CommandFiles {
    files: [PrivateFile; 3],
    /// Locked: the files of a process that was killed are recognised by a lock that can be had.
    _held: File,
}

impl CommandFiles {
    /// Writes the files, and removes those that killed processes left. `None` without a state
    /// directory that can be written.
    pub fn write(state: &StateDirectory<'_>, config_text: &str) -> Option<Self> {
        remove_left_over(state);
        let name = Secret::random::<12>().ok()?;
        let files = files(state, name.expose())?;
        let [config, credentials, lock] = &files;
        let written = lock.open_lock().and_then(|held| {
            held.lock()?;
            credentials.write("")?;
            config.write(config_text)?;
            Ok(held)
        });
        match written {
            Ok(held) => Some(Self { files, _held: held }),
            Err(error) => {
                debug!(state.context, "files for the command: {error}");
                remove(&files);
                None
            }
        }
    }

    /// The path of the config file.
    pub fn config(&self) -> PathBuf {
        self.files[0].path()
    }

    /// The path of the credentials file.
    pub fn credentials(&self) -> PathBuf {
        self.files[1].path()
    }
}

impl Drop for CommandFiles {
    fn drop(&mut self) {
        remove(&self.files);
    }
}

/// The config file, the credentials file and their lock.
fn files(state: &StateDirectory<'_>, name: &str) -> Option<[PrivateFile; 3]> {
    let file = |ending| state.file(&format!("{DIRECTORY}{name}{ending}"));
    Some([file(CONFIG)?, file(CREDENTIALS)?, file(LOCK)?])
}

/// The lock goes last, and stays if another file cannot be removed: without it, the other files would
/// stay for good.
fn remove(files: &[PrivateFile]) {
    let _ = files.iter().try_for_each(|file| file.remove().map(drop));
}

fn remove_left_over(state: &StateDirectory<'_>) {
    let Some(directory) = state.file(DIRECTORY.trim_end_matches('/')) else { return };
    for name in directory.names() {
        let Some(name) = name.strip_suffix(LOCK) else { continue };
        let Some(files) = files(state, name) else { continue };
        // The process of a new one may be about to lock it.
        if files[2].age().is_some_and(|age| age > platform::ABANDONED)
            && let Ok(held) = files[2].open_lock()
            && held.try_lock().is_ok()
        {
            remove(&files);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::Context;
    use crate::timestamp::Timestamp;

    #[test]
    fn files_exist_as_long_as_their_owner_and_those_of_a_killed_one_are_removed() {
        let directory = tempfile::tempdir().unwrap();
        let context = Context::fake(&[], Timestamp::from_unix(0));
        let state = StateDirectory::at(&context, &directory.path().join("state"));
        let first = CommandFiles::write(&state, "[default]\n").unwrap();
        assert_eq!(std::fs::read_to_string(first.config()).unwrap(), "[default]\n");
        assert_eq!(std::fs::read_to_string(first.credentials()).unwrap(), "");
        let left = state.file("exec/left.config").unwrap();
        left.write("").unwrap();
        state.file("exec/left.credentials").unwrap().write("").unwrap();
        let lock = state.file("exec/left.lock").unwrap();
        lock.write("").unwrap();
        lock.open_lock().unwrap().set_modified(std::time::UNIX_EPOCH).unwrap();

        let second = CommandFiles::write(&state, "").unwrap();
        assert!(!left.exists() && first.config().exists());
        drop((first, second));
        assert_eq!(state.file("exec").unwrap().names(), Vec::<String>::new());
    }

    #[test]
    fn the_lock_stays_until_the_other_files_are_removed() {
        let directory = tempfile::tempdir().unwrap();
        let context = Context::fake(&[], Timestamp::from_unix(0));
        let state = StateDirectory::at(&context, &directory.path().join("state"));
        let files = CommandFiles::write(&state, "").unwrap();
        let config = files.config();
        std::fs::remove_file(&config).unwrap();
        // A directory is as little removed as a file that is open on Windows.
        std::fs::create_dir(&config).unwrap();
        drop(files);
        assert!(config.with_extension("lock").exists());
    }
}
