//! The configuration files of a command that `exec --server` runs. They hold no secret.

use std::fs::File;
use std::path::PathBuf;

use super::directory::StateDirectory;
use crate::debug;
use crate::platform::PrivateFile;
use crate::secret::Secret;

const DIRECTORY: &str = "exec/";

const CONFIG: &str = ".config";

const CREDENTIALS: &str = ".credentials";

/// A config file and an empty credentials file, which are removed when this is dropped.
#[derive(Debug)]
pub struct CommandFiles {
    config: PrivateFile,
    credentials: PrivateFile,
    /// Locked: the files of a process that was killed are recognised by a lock that can be had.
    _held: File,
}

impl CommandFiles {
    /// Writes the files, and removes those that killed processes left. `None` without a state
    /// directory that can be written.
    pub fn write(state: &StateDirectory<'_>, config_text: &str) -> Option<Self> {
        remove_left_over(state);
        let name = Secret::random::<12>().ok()?;
        let file = |ending| state.file(&format!("{DIRECTORY}{}{ending}", name.expose()));
        let (config, credentials) = (file(CONFIG)?, file(CREDENTIALS)?);
        let written = credentials.write("").and_then(|()| config.write(config_text)).and_then(|()| {
            let held = config.open_lock()?;
            held.lock().map(|()| held)
        });
        match written {
            Ok(held) => Some(Self { config, credentials, _held: held }),
            Err(error) => {
                debug!(state.context, "files for the command: {error}");
                let _ = (config.remove(), credentials.remove());
                None
            }
        }
    }

    /// The path of the config file.
    pub fn config(&self) -> PathBuf {
        self.config.path()
    }

    /// The path of the credentials file.
    pub fn credentials(&self) -> PathBuf {
        self.credentials.path()
    }
}

impl Drop for CommandFiles {
    fn drop(&mut self) {
        let _ = (self.config.remove(), self.credentials.remove());
    }
}

fn remove_left_over(state: &StateDirectory<'_>) {
    let Some(directory) = state.file(DIRECTORY.trim_end_matches('/')) else { return };
    for name in directory.names() {
        let Some(name) = name.strip_suffix(CONFIG) else { continue };
        let file = |ending| state.file(&format!("{DIRECTORY}{name}{ending}"));
        let (Some(config), Some(credentials)) = (file(CONFIG), file(CREDENTIALS)) else { continue };
        if config.exists() && config.open_lock().is_ok_and(|held| held.try_lock().is_ok()) {
            let _ = (config.remove(), credentials.remove());
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

        let second = CommandFiles::write(&state, "").unwrap();
        assert!(!left.exists() && first.config().exists());
        drop((first, second));
        assert_eq!(state.file("exec").unwrap().names(), Vec::<String>::new());
    }
}
