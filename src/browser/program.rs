//! A program on disk, and whether it is a text browser.

use std::path::PathBuf;

/// An installed program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// The path to start.
    pub path: PathBuf,
    /// The same path with links followed: `www-browser` may be a link to `lynx`.
    pub target: PathBuf,
}

/// Whether the program is a browser that draws into the terminal of the calling program.
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
