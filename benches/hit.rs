//! Measures a hit: `cargo bench --bench hit`. It prints tables; no limit makes it fail.
//!
//! A hit is a run that prints cached role credentials. For comparison, the bench also runs
//! `/bin/true`, and on the same cache the AWS CLI version 2 (`AWS_CLI`, else `aws` on `PATH`) and
//! aws-sso-util (`AWS_SSO_UTIL`, else on `PATH`), if they are installed. To measure another build
//! of the program, set `AWS_SSO_CRED_BINARY`.

#![allow(missing_docs, clippy::expect_used, clippy::disallowed_methods, clippy::disallowed_macros)]

mod support;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::rc::Rc;

use stand_in::Sandbox;
use support::{ACCOUNT_ID, Contender, ROLE_NAME};

const START_URL: &str = "https://corp.awsapps.com/start";
const ROUNDS: usize = 400;
const ROUNDS_AT_ONCE: usize = 30;
const AT_ONCE: usize = 50;

fn main() {
    let small = Rc::new(home(10, 0));
    let large = Rc::new(home(2_000, 400));
    let program = support::installed(&small);
    let hit = |home: &Rc<Sandbox>| {
        let (home, program) = (Rc::clone(home), program.clone());
        move || support::command(&home, &program, &["--profile", "dev"])
    };
    let bin_true = |home: &Rc<Sandbox>| {
        let home = Rc::clone(home);
        move || support::command(&home, Path::new("/bin/true"), &[])
    };

    println!("config: 10 profiles, {} bytes; 2,000 profiles, {} bytes", size(&small), size(&large));
    let mut alone = vec![
        Contender::new("/bin/true", bin_true(&small)),
        Contender::new("hit", hit(&small)),
        Contender::new("hit, 2,000 profiles", hit(&large)),
    ];
    alone.extend(others(&small));
    support::compare(ROUNDS, &mut alone);
    support::print_table("one at a time", &alone);
    let ours = alone[1].median().as_secs_f64();
    for other in &alone[3..] {
        println!("{} takes {:.0} times as long as the hit", other.label, other.median().as_secs_f64() / ours);
    }

    let mut crowd = [
        Contender::new(format!("{AT_ONCE} /bin/true"), bin_true(&small)).at_once(AT_ONCE),
        Contender::new(format!("{AT_ONCE} hits"), hit(&small)).at_once(AT_ONCE),
    ];
    support::compare(ROUNDS_AT_ONCE, &mut crowd);
    support::print_table("all at once", &crowd);

    println!();
    print_costs("hit", &hit(&small)());
    print_costs("hit, 2,000 profiles", &hit(&large)());
    print_costs("/bin/true", &bin_true(&small)());
}

/// A home with fresh role credentials and `profiles` profiles. `dev` is the last of them, so that
/// the whole config is read. Each profile has a comment of `padding` bytes.
fn home(profiles: usize, padding: usize) -> Sandbox {
    let mut config = format!(
        "[sso-session corp]\nsso_start_url = {START_URL}\nsso_region = us-east-1\n\
         sso_registration_scopes = sso:account:access\n\n"
    );
    let keys = format!("sso_account_id = {ACCOUNT_ID}\nsso_role_name = {ROLE_NAME}\n");
    let comment = if padding == 0 { String::new() } else { format!("# {}\n", "x".repeat(padding)) };
    for number in 1..profiles {
        let _ = write!(
            config,
            "[profile team-{number:04}]\nsso_session = corp\n{keys}region = eu-west-1\n{comment}\n"
        );
    }
    let _ = write!(config, "[profile dev]\nsso_session = corp\n{keys}region = eu-west-1\n");
    let sandbox = Sandbox::new("/bin/true");
    sandbox.write_config(&config);
    for session in [Some("corp"), None] {
        write_cache(&sandbox.role_path(ACCOUNT_ID, ROLE_NAME, session, START_URL));
    }
    sandbox
}

/// Writes role credentials as long as AWS's: a session token has almost a kilobyte.
fn write_cache(path: &Path) {
    let in_a_year = std::time::SystemTime::now() + std::time::Duration::from_secs(365 * 24 * 3600);
    let in_a_year = in_a_year.duration_since(std::time::UNIX_EPOCH).expect("it is later than 1970");
    let expiration = stand_in::iso8601(in_a_year.as_secs().cast_signed());
    let text = format!(
        "{{\"ProviderType\": \"sso\", \"Credentials\": {{\"AccessKeyId\": \"ASIAIOSFODNN7EXAMPLE\", \
         \"SecretAccessKey\": \"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\", \
         \"SessionToken\": \"IQoJb3JpZ2luX2VjE{}==\", \"Expiration\": \"{expiration}\", \
         \"AccountId\": \"{ACCOUNT_ID}\"}}}}",
        "A1b2C3d4".repeat(90)
    );
    fs::create_dir_all(path.parent().expect("a file has a directory")).expect("the sandbox can be written");
    fs::write(path, text).expect("the sandbox can be written");
}

fn size(sandbox: &Sandbox) -> u64 {
    fs::metadata(sandbox.config_path()).map_or(0, |file| file.len())
}

/// Other tools that print the same credentials from the same cache.
fn others(home: &Rc<Sandbox>) -> Vec<Contender> {
    let aws = support::find("AWS_CLI", "aws");
    let export = ["configure", "export-credentials", "--profile", "dev", "--format", "process"];
    let util = support::find("AWS_SSO_UTIL", "aws-sso-util");
    let process = [
        "credential-process",
        "--start-url",
        START_URL,
        "--region",
        "us-east-1",
        "--account-id",
        ACCOUNT_ID,
        "--role-name",
        ROLE_NAME,
    ];
    let aws = other(home, "aws configure export-credentials", aws, &export);
    let util = other(home, "aws-sso-util credential-process", util, &process);
    aws.into_iter().chain(util).collect()
}

fn other(
    home: &Rc<Sandbox>,
    label: &'static str,
    program: Option<PathBuf>,
    arguments: &[&'static str],
) -> Option<Contender> {
    let Some(program) = program else {
        println!("{label}: not installed, left out");
        return None;
    };
    let (home, arguments) = (Rc::clone(home), arguments.to_vec());
    let run = move || support::command(&home, &program, &arguments);
    let answer = run().output().ok().filter(|answer| answer.status.success());
    if answer.is_none_or(|answer| !String::from_utf8_lossy(&answer.stdout).contains("ASIAIOSFODNN7EXAMPLE")) {
        println!("{label}: does not answer from this cache, left out");
        return None;
    }
    Some(Contender::new(label, run).every(ROUNDS / 20))
}

/// Prints the costs that do not depend on the speed of the computer.
fn print_costs(label: &str, command: &Command) {
    let unknown = || "not measured".to_owned();
    let memory = support::peak_memory(command).unwrap_or_else(unknown);
    let instructions = support::instructions(command).unwrap_or_else(unknown);
    let calls = support::system_calls(command).map_or_else(unknown, |(all, made)| {
        format!("{all}, {made} for threads, sockets, locks or writing files")
    });
    println!("{label}: peak memory {memory}; instructions {instructions}; system calls {calls}");
}
