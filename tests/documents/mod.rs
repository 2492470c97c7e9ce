//! What the tests of the documents share: finding them, and taking them apart.
#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::disallowed_methods, reason = "tests stop by panicking")]
#![allow(clippy::missing_panics_doc, clippy::must_use_candidate, reason = "helpers of tests")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// The root of the repository.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

pub fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every file below `directory` with this ending, as a path from the root, sorted.
pub fn files(directory: &str, ending: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut directories = vec![root().join(directory)];
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(&directory).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                directories.push(path);
            } else if path.extension().is_some_and(|extension| extension == ending) {
                found.push(from_root(&path));
            }
        }
    }
    found.sort();
    found
}

fn from_root(path: &Path) -> String {
    path.strip_prefix(root()).unwrap().display().to_string().replace('\\', "/")
}

/// Everything that people read: the documents in the root, and `docs/`.
pub fn documents() -> Vec<String> {
    let mut all = ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"].map(str::to_owned).to_vec();
    all.extend(files("docs", "md"));
    all
}

/// One fenced block.
#[derive(Debug)]
pub struct Block {
    /// `README.md:31`, where its first line stands.
    pub place: String,
    /// The word behind the fence.
    pub language: String,
    /// The heading above it.
    pub heading: String,
    pub text: String,
}

/// The fenced blocks of a document.
pub fn blocks(path: &str) -> Vec<Block> {
    let (mut blocks, mut open, mut heading) = (Vec::new(), None::<Block>, String::new());
    for (number, line) in read(path).lines().enumerate() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some(language), None) => {
                open = Some(Block {
                    place: format!("{path}:{}", number + 2),
                    language: language.to_owned(),
                    heading: heading.clone(),
                    text: String::new(),
                });
            }
            (None, Some(block)) => block.text.extend([line, "\n"]),
            (None, None) => {
                if let Some(title) = line.strip_prefix('#') {
                    title.trim_start_matches('#').trim().clone_into(&mut heading);
                }
            }
        }
    }
    assert!(open.is_none(), "{path}: a block has no end");
    blocks
}

/// Whether the run was asked to write what it finds into the documents: `UPDATE_SNAPSHOTS=1`.
pub fn may_renew() -> bool {
    std::env::var_os("UPDATE_SNAPSHOTS").is_some()
}

/// Writes `text` in the place of a block.
pub fn renew(block: &Block, text: &str) {
    // Tests of one file run at the same time.
    static WRITING: Mutex<()> = Mutex::new(());
    let _guard = WRITING.lock().unwrap();
    let path = block.place.split(':').next().unwrap();
    let (old, new) =
        (format!("```{}\n{}```", block.language, block.text), format!("```{}\n{text}```", block.language));
    let document = read(path);
    assert!(document.contains(&old), "{} is not there any more", block.place);
    fs::write(root().join(path), document.replacen(&old, &new, 1)).unwrap();
}

/// The text outside of fenced blocks, line by line with its number.
pub fn prose(path: &str) -> Vec<(usize, String)> {
    let mut inside = false;
    let mut lines = Vec::new();
    for (number, line) in read(path).lines().enumerate() {
        if line.starts_with("```") {
            inside = !inside;
        } else if !inside {
            lines.push((number + 1, line.to_owned()));
        }
    }
    lines
}

/// Whether `text` is `pattern`, in which `…` stands for anything within a line.
pub fn looks_like(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('…');
    let Some(mut rest) = text.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}
