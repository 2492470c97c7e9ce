//! A browser in which the person agrees to everything: it follows redirects and stores the last page.

use std::ffi::OsString;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::ExitCode;

/// Visits the address in the only argument. In the directory of temporary files, it writes the last
/// page to `page.html` and the visited addresses to `visited.txt`.
pub fn visit(arguments: &[OsString]) -> ExitCode {
    let directory = std::env::var_os("TMPDIR").map_or_else(std::env::temp_dir, PathBuf::from);
    let mut address = arguments.first().map(|text| text.to_string_lossy().into_owned()).unwrap_or_default();
    let mut visited = String::new();
    for _ in 0..5 {
        let Ok(answer) = get(&address) else { return ExitCode::FAILURE };
        visited.push_str(&shortened(&address));
        visited.push('\n');
        if let Some(location) = header(&answer, "location") {
            address = location;
            continue;
        }
        let page = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        // `page.html` is written last and renamed, so that both files are complete once it exists.
        let (unfinished, finished) = (directory.join("page.part"), directory.join("page.html"));
        let written = fs::write(directory.join("visited.txt"), visited)
            .and_then(|()| fs::write(&unfinished, page))
            .and_then(|()| fs::rename(unfinished, finished));
        return if written.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    ExitCode::FAILURE
}

/// Sends one GET request, and gives the whole response as text.
fn get(address: &str) -> std::io::Result<String> {
    let rest = address.strip_prefix("http://").ok_or(std::io::ErrorKind::InvalidInput)?;
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let mut stream = TcpStream::connect(authority)?;
    stream.set_read_timeout(Some(crate::world::HANG))?;
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: {authority}\r\nSec-Fetch-Mode: navigate\r\nConnection: close\r\n\r\n"
    )?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

fn header(answer: &str, name: &str) -> Option<String> {
    let head = answer.split("\r\n\r\n").next()?;
    head.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
    })
}

/// The address without its query, which contains the code and the `state`.
fn shortened(address: &str) -> String {
    address.split_once('?').map_or_else(|| address.to_owned(), |(bare, _)| format!("{bare}?…"))
}
