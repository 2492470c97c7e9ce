//! What is on the disk before and after a run.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::Value;
use stand_in::SECRET_MARK;

use crate::common::{REGION, START_URL, World};

/// The files of the home, by their names on the page.
pub struct Disk(BTreeMap<String, Vec<u8>>);

impl Disk {
    pub fn of(world: &World) -> Disk {
        let registration =
            world.home.registration_path(Some("corp"), START_URL, REGION, Some(&["sso:account:access"]));
        let name = |path: &PathBuf| {
            let file = path.file_name().unwrap().to_string_lossy().into_owned();
            if *path == world.token_file() {
                "token".to_owned()
            } else if *path == registration {
                "client registration".to_owned()
            } else if *path == world.role_file() {
                "role credentials".to_owned()
            } else if path.starts_with(world.home.state_dir()) {
                // Notes about a role are named after its cache file.
                let stem = world.role_file().file_stem().unwrap().to_string_lossy().into_owned();
                format!("note {}", file.replace(&stem, "ROLE"))
            } else {
                file
            }
        };
        let files = world.home.all_files().into_iter();
        Disk(
            files
                .map(|(path, _, content)| (name(&path), content))
                .filter(|(name, _)| !name.ends_with("lock"))
                .collect(),
        )
    }

    /// What has changed since `before`, in words.
    pub fn changes(&self, before: &Disk) -> String {
        let new =
            self.0.keys().filter(|name| !before.0.contains_key(*name)).map(|name| format!("{name} new"));
        let old = before.0.iter().filter_map(|(name, content)| match self.0.get(name) {
            None => Some(format!("{name} removed")),
            Some(now) if now != content => Some(format!("{name} changed")),
            Some(_) => None,
        });
        let mut changes: Vec<String> = new.chain(old).collect();
        changes.sort();
        if changes.is_empty() { "nothing written".to_owned() } else { changes.join(", ") }
    }

    /// Asserts that every cache file is whole, and that secrets are only where they may be.
    pub fn check(&self) {
        for (name, content) in &self.0 {
            let text = String::from_utf8_lossy(content);
            if name.starts_with("note ") {
                assert!(
                    name == "note pending.json" || !text.contains(SECRET_MARK),
                    "{name} has a secret: {text}"
                );
            } else if name != "config" {
                let document: Value =
                    serde_json::from_slice(content).unwrap_or_else(|error| panic!("{name}: {error}: {text}"));
                assert!(document.is_object(), "{name}: {text}");
            }
        }
    }

    pub fn refresh_token(&self) -> Option<String> {
        let token: Value = serde_json::from_slice(self.0.get("token")?).ok()?;
        token["refreshToken"].as_str().map(str::to_owned)
    }
}
