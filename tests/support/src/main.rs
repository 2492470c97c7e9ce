//! The stand-in as a program, for callers that are not written in Rust.
//!
//! It prints one line of JSON and serves until its standard input ends, so that it never outlives
//! the script that started it.
#![forbid(unsafe_code)]

use std::io::{Read, Write, stdin, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::json;
use stand_in::IdentityCenter;

const USAGE: &str = "usage: stand-in [--port N] [--start-url URL] [--tls-dir DIR]";

fn main() -> ExitCode {
    match parse(std::env::args().skip(1)) {
        Ok(options) => run(&options),
        Err(problem) => {
            eprintln!("{problem}\n{USAGE}");
            ExitCode::from(2)
        }
    }
}

#[derive(Default)]
struct Options {
    port: u16,
    start_url: Option<String>,
    tls_directory: Option<PathBuf>,
}

fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut options = Options::default();
    while let Some(argument) = arguments.next() {
        let value = arguments.next().ok_or_else(|| format!("`{argument}` needs a value"))?;
        match argument.as_str() {
            "--port" => {
                options.port = value.parse().map_err(|_| format!("`{value}` is not a port"))?;
            }
            "--start-url" => options.start_url = Some(value),
            "--tls-dir" => options.tls_directory = Some(PathBuf::from(value)),
            _ => return Err(format!("`{argument}` is not an option")),
        }
    }
    Ok(options)
}

fn run(options: &Options) -> ExitCode {
    let mut builder = IdentityCenter::builder().port(options.port);
    if let Some(start_url) = &options.start_url {
        builder = builder.start_url(start_url);
    }
    if options.tls_directory.is_some() {
        builder = builder.tls();
    }
    let aws = builder.start();
    let ca_bundle = options.tls_directory.as_deref().map(|directory| write_ca(directory, &aws));
    let line = json!({ "url": aws.url(), "pid": std::process::id(), "ca_bundle": ca_bundle });
    if writeln!(stdout(), "{line}").is_err() {
        return ExitCode::FAILURE;
    }
    // Its input is ignored; the end of the input ends the program.
    let mut stdin = stdin().lock();
    while stdin.read(&mut [0; 256]).is_ok_and(|length| length > 0) {}
    ExitCode::SUCCESS
}

fn write_ca(directory: &Path, aws: &IdentityCenter) -> PathBuf {
    let path = directory.join("ca.pem");
    let pem = aws.ca_pem().expect("it speaks HTTPS");
    std::fs::create_dir_all(directory).expect("the directory can be made");
    std::fs::write(&path, pem).expect("the directory can be written");
    path
}
