//! Programs that read the files all the time, as the AWS CLI and the SDKs do: each file whole, and
//! without the patience of this program.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::Value;

use crate::common::World;

/// The files of `~/.aws` in which a torn file would be seen.
pub struct Files {
    caches: [PathBuf; 2],
    configuration: [PathBuf; 2],
}

impl Files {
    pub fn of(world: &World) -> Self {
        Self::below(&world.home.home().join(".aws"))
    }

    pub fn below(aws: &Path) -> Self {
        Self {
            caches: [aws.join("sso/cache"), aws.join("cli/cache")],
            configuration: [aws.join("config"), aws.join("credentials")],
        }
    }

    /// Reads each file once, and gives how many there were.
    ///
    /// # Panics
    ///
    /// If one is torn.
    pub fn read(&self) -> usize {
        let entries = self.caches.iter().filter_map(|directory| fs::read_dir(directory).ok()).flatten();
        let paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
        let json = paths.iter().filter(|path| path.extension().is_some_and(|ending| ending == "json"));
        let json = json.filter(|path| is_whole_json(path)).count();
        json + self.configuration.iter().filter(|path| is_whole_configuration(path)).count()
    }

    /// Runs `work` while a thread reads the files. Gives its result, and how many files were read.
    pub fn while_read<T>(&self, work: impl FnOnce() -> T) -> (T, usize) {
        let done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let reader = scope.spawn(|| {
                let mut read = 0;
                while !done.load(Ordering::Relaxed) {
                    read += self.read();
                    std::thread::sleep(Duration::from_millis(2));
                }
                read
            });
            let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
            done.store(true, Ordering::Relaxed);
            let read = reader.join().unwrap();
            (result.unwrap_or_else(|panic| std::panic::resume_unwind(panic)), read)
        })
    }
}

/// botocore reads a whole file and gives it to `json.loads`. The file may be gone.
fn is_whole_json(path: &Path) -> bool {
    let Ok(bytes) = fs::read(path) else { return false };
    let document: Value = serde_json::from_slice(&bytes)
        .unwrap_or_else(|error| panic!("torn: {}: {error}: {} bytes", path.display(), bytes.len()));
    let has = |name: &str| document.get(name).is_some();
    let is_known = has("accessToken") && has("expiresAt")
        || has("clientId") && has("clientSecret")
        || has("Credentials");
    assert!(is_known, "incomplete: {}", path.display());
    true
}

/// Every file of these tests ends with a whole line, and has a section.
fn is_whole_configuration(path: &Path) -> bool {
    let Ok(text) = fs::read_to_string(path) else { return false };
    assert!(text.ends_with('\n') && text.contains('['), "torn: {}: {text:?}", path.display());
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with(['#', ';'])) {
        let is_header = line.starts_with('[') && line.ends_with(']');
        assert!(is_header || line.contains(" = "), "torn: {}: {text:?}", path.display());
    }
    true
}
