//! Configuration: the grammar compared with AWS's own tools, where each value comes from, error
//! texts, and junk.

#![allow(clippy::disallowed_methods, reason = "tests lay out a home with plain files, and measure time")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "config/connection.rs"]
mod connection;
#[path = "config/documentation.rs"]
mod documentation;
#[path = "config/errors.rs"]
mod errors;
#[path = "config/for_person.rs"]
mod for_person;
#[path = "config/grammar.rs"]
mod grammar;
#[path = "config/helper_lines.rs"]
mod helper_lines;
#[path = "config/junk.rs"]
mod junk;
#[path = "config/lines.rs"]
mod lines;
#[path = "config/parsers.rs"]
mod parsers;
#[path = "config/resolution.rs"]
mod resolution;
#[path = "config/session_without_profile.rs"]
mod session_without_profile;
#[path = "config/unreadable_files.rs"]
mod unreadable_files;

use std::fs;
use std::path::PathBuf;

use aws_sso_cred::context::Context;
use aws_sso_cred::selection::Selection;
use aws_sso_cred::timestamp::Timestamp;

/// A home directory with AWS's two files in it, removed when dropped.
struct Home(tempfile::TempDir);

impl Home {
    fn empty() -> Self {
        let home = Self(tempfile::tempdir().unwrap());
        fs::create_dir(home.path(".aws")).unwrap();
        home
    }

    fn new(config: impl AsRef<[u8]>) -> Self {
        let home = Self::empty();
        fs::write(home.path(".aws/config"), config).unwrap();
        home
    }

    fn credentials(self, text: &str) -> Self {
        fs::write(self.path(".aws/credentials"), text).unwrap();
        self
    }

    fn path(&self, inside: &str) -> PathBuf {
        self.0.path().join(inside)
    }

    fn context(&self) -> Context {
        self.context_with(&[])
    }

    fn context_with(&self, variables: &[(&str, &str)]) -> Context {
        let home = self.0.path().to_str().unwrap();
        let mut all = vec![("HOME", home)];
        all.extend(variables);
        Context::fake(&all, Timestamp::from_unix(1_700_000_000))
    }
}

fn profile(name: &str) -> Selection {
    Selection { profile: Some(name.to_owned()), ..Selection::default() }
}

/// A config as `aws configure sso` writes it.
const CORP: &str = "\
[profile dev]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = Developer
region = eu-central-1

[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = eu-west-1
sso_registration_scopes = sso:account:access
";
