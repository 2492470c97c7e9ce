//! A temporary home, and programs run in it with a cleared environment.

mod files;
mod names;
mod run;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::identity_center::IdentityCenter;
use crate::settings::DEFAULT_START_URL;

pub use run::Output;
#[cfg(unix)]
pub(crate) use run::{code, read, text};

/// A temporary home for one program, removed when dropped.
///
/// The program sees `HOME`, a short `PATH`, `TMPDIR`, and what the test sets;
/// nothing of the environment of the test.
#[derive(Debug)]
pub struct Sandbox {
    program: PathBuf,
    root: PathBuf,
    environment: BTreeMap<String, String>,
    start_url: String,
    region: String,
    deadline: Duration,
}

impl Sandbox {
    /// Makes a home for `program`.
    ///
    /// # Panics
    ///
    /// If the directory of temporary files cannot be written.
    #[must_use]
    pub fn new(program: &str) -> Sandbox {
        let root = new_directory();
        for part in ["home/.aws", "tmp"] {
            fs::create_dir_all(root.join(part)).expect("a new directory can be written");
        }
        let mut sandbox = Sandbox {
            program: PathBuf::from(program),
            root,
            environment: BTreeMap::new(),
            start_url: DEFAULT_START_URL.to_owned(),
            region: "us-east-1".to_owned(),
            deadline: Duration::from_secs(60),
        };
        let path = if cfg!(windows) { r"C:\Windows\System32" } else { "/usr/bin:/bin" };
        let home = sandbox.home().display().to_string();
        sandbox.env("PATH", path);
        sandbox.env("TMPDIR", &sandbox.root.join("tmp").display().to_string());
        sandbox.env("HOME", &home);
        // Times for people are local.
        sandbox.env("TZ", "UTC");
        if cfg!(windows) {
            sandbox.env("USERPROFILE", &home);
            sandbox.env("SystemRoot", r"C:\Windows");
        }
        sandbox
    }

    /// The home directory.
    #[must_use]
    pub fn home(&self) -> PathBuf {
        self.root.join("home")
    }

    /// A directory for temporary files of the test, beside the home.
    #[must_use]
    pub fn temporary(&self) -> PathBuf {
        self.root.join("tmp")
    }

    /// Makes the program use this stand-in, and token files name its start URL.
    pub fn point_at(&mut self, aws: &IdentityCenter) {
        self.env("AWS_ENDPOINT_URL_SSO", &aws.url());
        self.env("AWS_ENDPOINT_URL_SSO_OIDC", &aws.url());
        self.env("AWS_SSO_CRED_FEDERATION_URL", &format!("{}/federation", aws.url()));
        self.start_url = aws.start_url();
        if let Some(pem) = aws.ca_pem() {
            let path = self.temporary().join("ca.pem");
            fs::write(&path, pem).expect("the sandbox can be written");
            self.env("AWS_CA_BUNDLE", &path.display().to_string());
        }
    }

    /// Sets the start URL and the region that token files name.
    pub fn set_identity_center(&mut self, start_url: &str, region: &str) {
        start_url.clone_into(&mut self.start_url);
        region.clone_into(&mut self.region);
    }

    /// Sets a variable for the programs to come.
    pub fn env(&mut self, name: &str, value: &str) {
        self.environment.insert(name.to_owned(), value.to_owned());
    }

    /// Removes a variable, also one of the sandbox's own.
    pub fn env_remove(&mut self, name: &str) {
        self.environment.remove(name);
    }

    /// Sets how long a program may run before it counts as hung.
    pub fn set_deadline(&mut self, deadline: Duration) {
        self.deadline = deadline;
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        files::make_writable(&self.root);
        let _ = fs::remove_dir_all(&self.root);
    }
}

/// A new directory that only its owner can read.
fn new_directory() -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    loop {
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("stand-in-{}-{count}", std::process::id());
        let mut parent = std::env::temp_dir();
        // macOS has a symbolic link on the way to its temporary directory.
        if cfg!(unix)
            && let Ok(without_links) = fs::canonicalize(&parent)
        {
            parent = without_links;
        }
        let directory = parent.join(name);
        if create_private(&directory).is_ok() {
            return directory;
        }
        assert!(count < 10_000, "no directory can be made for temporary files");
    }
}

#[cfg(unix)]
fn create_private(directory: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().mode(0o700).create(directory)
}

#[cfg(not(unix))]
fn create_private(directory: &Path) -> std::io::Result<()> {
    fs::create_dir(directory)
}
