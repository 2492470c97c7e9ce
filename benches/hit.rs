//! Measures a hit: `cargo bench --bench hit`. It prints tables; no limit makes it fail.
//!
//! A hit is a run that prints cached role credentials. For comparison, the bench also runs
//! `/bin/true`, and on the same cache the AWS CLI version 2 (`AWS_CLI`, else `aws` on `PATH`),
//! aws-sso-util (`AWS_SSO_UTIL`, else on `PATH`) and botocore in Python (`BOTOCORE_PYTHON`), if they
//! are installed. To measure another build of the program, set `AWS_SSO_CRED_BINARY`; a second build,
//! such as the one of a plain `cargo install`, is `AWS_SSO_CRED_PLAIN_BINARY`.

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
const ACCESS_KEY_ID: &str = "ASIAIOSFODNN7EXAMPLE";
const ROUNDS: usize = 400;
const ROUNDS_AT_ONCE: usize = 30;
const AT_ONCE: [usize; 3] = [40, 50, 200];
/// A tool written in Python needs about 60 MB, and all of them run at once.
const KIB_OF_A_PEER: usize = 70_000;

fn main() {
    let small = Rc::new(home(10, 0));
    let large = Rc::new(home(2_000, 400));
    let program = support::installed(&small);
    println!("config: 10 profiles, {} bytes; 2,000 profiles, {} bytes", size(&small), size(&large));
    alone(&small, &large, &program);
    for count in AT_ONCE {
        at_once(count, &small, &program);
    }
    println!();
    print_costs("hit", &hit(&small, &program));
    print_costs("hit, 2,000 profiles", &hit(&large, &program));
    print_costs("/bin/true", &bin_true(&small));
}

fn hit(home: &Sandbox, program: &Path) -> Command {
    support::command(home, program, &["--profile", "dev"])
}

fn bin_true(home: &Sandbox) -> Command {
    support::command(home, Path::new("/bin/true"), &[])
}

fn contender(label: &str, home: &Rc<Sandbox>, program: &Path) -> Contender {
    let (home, program) = (Rc::clone(home), program.to_owned());
    Contender::new(label, move || hit(&home, &program))
}

fn nothing(home: &Rc<Sandbox>) -> Contender {
    let home = Rc::clone(home);
    Contender::new("/bin/true", move || bin_true(&home))
}

fn alone(small: &Rc<Sandbox>, large: &Rc<Sandbox>, program: &Path) {
    let mut all = vec![nothing(small), contender("hit", small, program)];
    all.push(contender("hit, 2,000 profiles", large, program));
    let plain = support::copy_of("AWS_SSO_CRED_PLAIN_BINARY", small);
    all.extend(plain.map(|plain| contender("hit of the plain build", small, &plain)));
    let first_peer = all.len();
    all.extend(others(small).into_iter().map(|peer| peer.every(ROUNDS / 20)));
    support::compare(ROUNDS, &mut all);
    support::print_table("one at a time", &all);
    support::print_ratio("hit", &all[1], &all[0]);
    support::print_ratio("hit-2000-profiles", &all[2], &all[0]);
    if first_peer > 3 {
        support::print_ratio("hit-plain-build", &all[3], &all[0]);
    }
    for peer in &all[first_peer..] {
        support::print_ratio(&format!("hit-faster-than-{}", peer.name()), peer, &all[1]);
    }
}

/// `count` processes that start at once, of each program.
fn at_once(count: usize, home: &Rc<Sandbox>, program: &Path) {
    let mut all = vec![nothing(home).at_once(count), contender("hit", home, program).at_once(count)];
    if count != 50 && support::kib_of_free_memory() > count * KIB_OF_A_PEER {
        all.extend(others(home).into_iter().map(|peer| peer.at_once(count).every(ROUNDS_AT_ONCE)));
    } else {
        println!("\n{count} at once: without the tools written in Python");
    }
    support::compare(ROUNDS_AT_ONCE, &mut all);
    support::print_table(&format!("{count} at once"), &all);
    support::print_ratio(&format!("hits-{count}-at-once"), &all[1], &all[0]);
    for peer in &all[2..] {
        support::print_ratio(&format!("hits-{count}-faster-than-{}", peer.name()), peer, &all[1]);
    }
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
        "{{\"ProviderType\": \"sso\", \"Credentials\": {{\"AccessKeyId\": \"{ACCESS_KEY_ID}\", \
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
    let python = std::env::var_os("BOTOCORE_PYTHON").map(PathBuf::from);
    let peer = |label, program, arguments: &[&'static str]| {
        let (home, arguments) = (Rc::clone(home), arguments.to_vec());
        support::peer(label, program, ACCESS_KEY_ID, move |program| {
            support::command(&home, program, &arguments)
        })
    };
    let peers = [
        peer("aws configure export-credentials", aws, &export),
        peer("aws-sso-util credential-process", util, &process),
        peer("botocore in Python", python, &["-c", BOTOCORE]),
    ];
    peers.into_iter().flatten().collect()
}

/// botocore with the AWS CLI's cache, as the AWS CLI sets it up.
const BOTOCORE: &str = "
import os
from botocore.session import Session
from botocore.utils import JSONFileCache
session = Session(profile='dev')
provider = session.get_component('credential_provider').get_provider('sso')
provider.cache = JSONFileCache(os.path.expanduser('~/.aws/cli/cache'))
print(session.get_credentials().get_frozen_credentials().access_key)
";

/// Prints the costs that do not depend on the speed of the computer.
fn print_costs(label: &str, command: &Command) {
    let unknown = || "not measured".to_owned();
    let memory = support::peak_memory(command);
    if label == "hit" {
        memory.into_iter().for_each(|kib| support::print_figure("hit-memory", kib / 1024.0));
    }
    let memory = memory.map_or_else(unknown, |kib| format!("{kib} KiB"));
    let instructions = support::instructions(command).unwrap_or_else(unknown);
    let calls = support::system_calls(command).map_or_else(unknown, |(all, made)| {
        format!("{all}, {made} for threads, sockets, locks or writing files")
    });
    println!("{label}: peak memory {memory}; instructions {instructions}; system calls {calls}");
}
