//! A home with a config file.

use std::fs;
use std::path::{Path, PathBuf};

use aws_sso_cred::config_editor::{ConfigurationFile, Document, Edited, SectionName, edit, preview};
use aws_sso_cred::context::Context;
use aws_sso_cred::error::Error;
use aws_sso_cred::state::StateDirectory;
use aws_sso_cred::timestamp::Timestamp;

pub const CONFIG: &str = "# mine\n[profile dev]\nregion = us-east-1\n";

pub struct Home {
    directory: tempfile::TempDir,
}

impl Home {
    /// A home without `.aws`.
    pub fn empty() -> Self {
        Self { directory: tempfile::tempdir().unwrap() }
    }

    fn context(&self) -> Context {
        let (home, state) = (self.path().display().to_string(), self.state().display().to_string());
        let variables = [("HOME", home.as_str()), ("XDG_STATE_HOME", state.as_str())];
        Context::fake(&variables, Timestamp::from_unix(1_795_230_000))
    }

    /// A home with [`CONFIG`].
    pub fn new() -> Self {
        let home = Self::empty();
        fs::create_dir(home.aws()).unwrap();
        fs::write(home.config(), CONFIG).unwrap();
        // Other tests of this process make private files, under a umask of 077 for the whole process.
        open_to_others(&home.aws(), 0o755);
        open_to_others(&home.config(), 0o644);
        home
    }

    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    pub fn aws(&self) -> PathBuf {
        self.path().join(".aws")
    }

    pub fn config(&self) -> PathBuf {
        self.aws().join("config")
    }

    pub fn backup(&self) -> PathBuf {
        self.aws().join("config.aws-sso-cred.bak")
    }

    pub fn state(&self) -> PathBuf {
        self.path().join("state")
    }

    pub fn text(&self) -> String {
        fs::read_to_string(self.config()).unwrap()
    }

    /// The names in `.aws`.
    pub fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.aws()).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    pub fn edit(
        &self,
        expected: Option<&Edited>,
        mut plan: impl FnMut(&mut Document) -> Result<(), Error>,
    ) -> Result<Edited, Error> {
        let context = self.context();
        let state = StateDirectory::find(&context);
        edit(&context, &state, ConfigurationFile::Config, &mut plan, expected)
    }

    pub fn preview(&self, mut plan: impl FnMut(&mut Document) -> Result<(), Error>) -> Result<Edited, Error> {
        preview(&self.context(), ConfigurationFile::Config, &mut plan)
    }

    /// Sets `region` of profile `dev`.
    pub fn set_region(&self, region: &str) -> Result<Edited, Error> {
        self.edit(None, |document| document.set(&dev(), "region", region))
    }
}

pub fn dev() -> SectionName {
    SectionName::Profile("dev".to_owned())
}

#[cfg(unix)]
fn open_to_others(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[cfg(not(unix))]
fn open_to_others(_path: &Path, _mode: u32) {}
