//! The program: passes the arguments to `program` and returns its exit code.

use std::ffi::OsString;
use std::process::ExitCode;

fn main() -> ExitCode {
    std::panic::set_hook(Box::new(aws_sso_cred::terminal::output::report_panic));
    aws_sso_cred::platform::forbid_core_dumps();
    aws_sso_cred::platform::forget_partitions();
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    ExitCode::from(aws_sso_cred::program::run(&arguments))
}
