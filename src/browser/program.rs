//! A program that may be a browser.

use std::path::PathBuf;

/// A program found on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// What is started.
    pub path: PathBuf,
    /// What it is in the end, links followed: `www-browser` may be `lynx`.
    pub target: PathBuf,
}

/// Whether the program draws into the terminal, which is the caller's.
pub(super) fn is_text_browser(program: &Program) -> bool {
    const NAMES: [&str; 13] = [
        "www-browser",
        "links",
        "links2",
        "elinks",
        "lynx",
        "w3m",
        "browsh",
        "carbonyl",
        "cha",
        "chawan",
        "edbrowse",
        "netrik",
        "retawq",
    ];
    let names = [&program.path, &program.target].into_iter().filter_map(|path| path.file_stem()?.to_str());
    names.into_iter().any(|name| NAMES.iter().any(|browser| name.eq_ignore_ascii_case(browser)))
}
