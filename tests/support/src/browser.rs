//! The person's browser: follows redirects and gives the page where they end.

use std::fs;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

/// A limit that only a hang exceeds, however slow the machine is.
const PATIENCE_SECONDS: u64 = 20;

/// Opens an address and gives the page, whatever its status.
///
/// # Errors
///
/// The reason why there is no page.
pub fn visit(url: &str) -> Result<String, String> {
    // Every browser sends this header for a tab; without it the listener waits a moment longer.
    let request = minreq::get(url).with_header("Sec-Fetch-Mode", "navigate");
    let answer = request.with_timeout(PATIENCE_SECONDS).send();
    let answer = answer.map_err(|error| format!("{url}: {error}"))?;
    answer.as_str().map(str::to_owned).map_err(|error| format!("{url}: {error}"))
}

/// Follows each line of the file `links` as soon as the line is written, each in a tab of its own,
/// and writes the latest page to `page`.
///
/// It runs until the directory of `links` is removed. A program that opens a browser can be given a
/// script that writes the link to this file.
pub fn follow_links(links: PathBuf, page: PathBuf) {
    thread::spawn(move || {
        let mut followed = 0;
        while links.parent().is_some_and(|directory| directory.exists()) {
            let text = fs::read_to_string(&links).unwrap_or_default();
            // A line that is still being written has no line break yet.
            let whole = text.split_inclusive('\n').filter(|line| line.ends_with('\n'));
            for link in whole.skip(followed) {
                followed += 1;
                let (link, page) = (link.trim_end().to_owned(), page.clone());
                thread::spawn(move || visit(&link).map(|text| fs::write(page, text)));
            }
            thread::sleep(Duration::from_millis(5));
        }
    });
}
