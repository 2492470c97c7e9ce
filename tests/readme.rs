//! What the documents tell people to type and to write is run here, as it stands.
//!
//! `ini` blocks are answered by the program against a stand-in, `sh` and `console`
//! blocks are run in a shell that finds the program in its `PATH`. A block of another
//! kind fails the test in the README; `docs/` may have more kinds. `tests/consumers/guides.py` runs what
//! the guides have for other programs, and `tests/coming_from.rs` what becomes of profiles of other tools.
//!
//! `UPDATE_SNAPSHOTS=1 cargo test --test readme` writes into the `console` blocks, and into the
//! prompt of the README, what the program prints now.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "a test"
)]

mod common;
mod documents;
#[path = "documents/shown.rs"]
mod shown;

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use aws_sso_cred::config::{self, MergedSection};
use aws_sso_cred::context::Context;
use aws_sso_cred::timestamp::Timestamp;
use common::{PROGRAM, START_URL, World, answered, finish};
use documents::{Block, blocks, documents, files, looks_like, may_renew, read, renew, root};
use shown::{as_from_aws, without_dates};
use stand_in::{Output, TokenOptions};

/// What `.ci/run` reads out of the README and runs.
const RUN_BY_CI: [&str; 2] = ["cargo run --example walkthrough", "cargo test --workspace"];

/// Under this heading stand the prompt, and the status of a person who is signed in.
const WHAT_YOU_SEE: &str = "What you see";

const INSTALL: &str = "cargo install --path . --locked";

/// One has tests of its own in `tests/config/documentation.rs`; the benches of the other take minutes.
const NOT_FOR_HERE: [&str; 2] = ["docs/configuration.md", "docs/performance.md"];

fn documents_with_blocks() -> Vec<String> {
    documents().into_iter().filter(|document| !NOT_FOR_HERE.contains(&document.as_str())).collect()
}

#[test]
fn every_block_of_the_readme_can_be_run() {
    for block in blocks("README.md") {
        let is_prompt = block.language == "text" && block.heading == WHAT_YOU_SEE;
        assert!(
            is_prompt || matches!(block.language.as_str(), "sh" | "console" | "ini"),
            "{}: no test runs a block of `{}`",
            block.place,
            block.language
        );
    }
    for document in documents_with_blocks() {
        for block in blocks(&document) {
            let known = ["sh", "console", "ini", "text", "rust", "json", "python", "hcl", "js", "yaml"];
            assert!(known.contains(&block.language.as_str()), "{}: `{}`", block.place, block.language);
        }
    }
}

#[test]
fn the_two_commands_that_ci_reads_stand_where_it_looks() {
    let readme = blocks("README.md");
    let under = |heading: &str| {
        let found: Vec<_> = readme.iter().filter(|block| block.heading == heading).collect();
        assert_eq!(found.len(), 1, "one block under `{heading}`");
        found[0].text.trim().to_owned()
    };
    assert_eq!(under("See it work"), RUN_BY_CI[0]);
    assert_eq!(under("Run the tests"), RUN_BY_CI[1]);
    assert!(root().join("examples/walkthrough/main.rs").exists());
}

#[test]
fn every_profile_in_the_documents_gets_credentials() {
    let in_documents = documents_with_blocks().into_iter().flat_map(|document| blocks(&document));
    let in_documents = in_documents.filter(|block| block.language == "ini");
    let mut configs: Vec<(String, String)> = in_documents.map(|block| (block.place, block.text)).collect();
    configs.extend(files("examples/config", "ini").into_iter().map(|path| (path.clone(), read(&path))));
    assert!(configs.len() >= 7);
    for (place, text) in configs {
        profiles_are_answered(&place, &text);
    }
}

fn profiles_are_answered(place: &str, text: &str) {
    let world = World::new();
    world.home.write_config(text);
    let token = world.aws.issue_token(&TokenOptions::default());
    world.home.write_cli_token("corp", &token, 3600);
    world.home.write_cli_token(START_URL, &token, 3600);
    let home = world.home.home().display().to_string();
    let context = Context::fake(&[("HOME", home.as_str())], Timestamp::from_unix(0));
    let sections = config::everything(&context).unwrap();
    let mut run = 0;
    for section in &sections {
        let Some(arguments) = arguments(section) else { continue };
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        println!("{place}: {} -> aws-sso-cred {}", section.name, arguments.join(" "));
        answered(&world.home.run(&arguments));
        run += 1;
    }
    assert!(run > 0, "{place} has no profile to run");
}

/// What a profile runs: its own command, or ours by its name.
fn arguments(section: &MergedSection) -> Option<Vec<String>> {
    let value =
        |key: &str| section.settings.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str());
    if let Some(command) = value("credential_process") {
        let mut words = command.split_whitespace().map(str::to_owned);
        assert_eq!(words.next().as_deref(), Some("aws-sso-cred"), "{command}");
        return Some(words.collect());
    }
    value("sso_account_id").map(|_| vec!["--profile".to_owned(), section.name.clone()])
}

#[test]
fn the_readme_shows_the_prompt_that_the_program_prints() {
    let readme = blocks("README.md");
    let prompts: Vec<&Block> =
        readme.iter().filter(|block| block.language == "text" && block.heading == WHAT_YOU_SEE).collect();
    assert_eq!(prompts.len(), 1);
    let config = read("examples/config/interactive.ini");
    let command = config.lines().find_map(|line| line.strip_prefix("credential_process = ")).unwrap();
    let mut world = World::new();
    world.home.write_config(&config);
    let spare = 30; // "10 minutes", also where the prompt comes a second late
    world.aws.set_device(1, 600 + spare, false);
    world.aws.auto_approve(0);
    world.home.env("BROWSER", "true %s");
    let output = world.home.run(&command.split(' ').skip(1).collect::<Vec<_>>());
    assert_eq!(output.status, 0, "{output:?}");
    let printed = as_from_aws(&output.stderr);
    if printed != prompts[0].text && may_renew() {
        return renew(prompts[0], &printed);
    }
    assert_eq!(prompts[0].text, printed, "{}; UPDATE_SNAPSHOTS=1 writes it anew", prompts[0].place);
}

#[test]
fn every_command_in_the_documents_works() {
    let mut run = 0;
    for document in documents_with_blocks() {
        // Commands are for the configuration that stands above them.
        let mut config = read("examples/config/sso-session.ini");
        // The first commands of a guide sign in, and the others go on from there.
        let mut before = String::new();
        for block in blocks(&document) {
            match block.language.as_str() {
                "sh" => {
                    run_script(&block, &config, &before);
                    if before.is_empty() && document.starts_with("docs/guides/") {
                        before.clone_from(&block.text);
                    }
                }
                "console" => run_session(&block, &config),
                "ini" => {
                    config = block.text;
                    continue;
                }
                _ => continue,
            }
            run += 1;
        }
    }
    assert!(run >= 6);
}

/// The commands one after the other, after those of `before`; each must succeed.
fn run_script(block: &Block, config: &str, before: &str) {
    let lines: Vec<&str> = block.text.lines().filter(|line| is_run_here(block, line)).collect();
    if lines.is_empty() {
        return;
    }
    let output = in_shell(config, &format!("set -e\n{before}{}\n", lines.join("\n")));
    assert_eq!(output.status, 0, "{}: {output:?}", block.place);
}

/// Commands behind `$ `, and below each what it prints, in which `…` stands for anything.
fn run_session(block: &Block, config: &str) {
    let mut script = String::new();
    if block.heading == WHAT_YOU_SEE {
        script.push_str("aws-sso-cred login --sso-session corp --use-device-code >/dev/null 2>&1\n");
    }
    let mut expected: Vec<Vec<&str>> = Vec::new();
    for line in block.text.lines() {
        match line.strip_prefix("$ ") {
            Some(command) => {
                assert!(is_run_here(block, command), "{}: `{command}`", block.place);
                script.push_str(&format!("{command}\ncode=$?\necho '====='\n(exit $code)\n"));
                expected.push(Vec::new());
            }
            None => expected.last_mut().expect("output stands below a command").push(line),
        }
    }
    let output = in_shell(config, &format!("exec 2>&1\n{script}"));
    let printed = as_from_aws(&output.stdout);
    let printed_by_all: Vec<Vec<&str>> =
        printed.split("=====\n").map(|part| part.lines().collect()).collect();
    for (expected, printed) in expected.iter().zip(&printed_by_all) {
        let alike =
            |(pattern, line): (&&str, &&str)| looks_like(&without_dates(pattern), &without_dates(line));
        if expected.len() == printed.len() && expected.iter().zip(printed).all(alike) {
            continue;
        }
        assert!(
            may_renew(),
            "{}: expected {expected:#?}, and it printed {printed:#?}; UPDATE_SNAPSHOTS=1 writes it anew",
            block.place
        );
        return renew(block, &session(&block.text, &printed_by_all));
    }
}

/// A session with its commands, and what they have printed now.
fn session(block: &str, printed: &[Vec<&str>]) -> String {
    let commands = block.lines().filter(|line| line.starts_with("$ "));
    let mut session = String::new();
    for (command, lines) in commands.zip(printed) {
        session.extend([&[command][..], lines].concat().iter().flat_map(|line| [*line, "\n"]));
    }
    session
}

/// Whether a test runs this command. A command that is not in this list fails the test.
fn is_run_here(block: &Block, command: &str) -> bool {
    match command.split_whitespace().next() {
        Some("aws-sso-cred" | "export" | "unset" | "echo" | "eval" | "code=0" | "test") => true,
        Some("aws") if Path::new("/usr/bin/aws").exists() => true,
        Some("aws") => {
            // Not by `println!`, which is shown for tests that fail only.
            let _ = writeln!(
                std::io::stderr(),
                "{}: not run, as the AWS CLI is not installed: {command}",
                block.place
            );
            false
        }
        Some("cargo") if RUN_BY_CI.contains(&command) => {
            println!("{}: run by .ci/run: {command}", block.place);
            false
        }
        Some("cargo") if command == INSTALL => {
            println!("{}: run by `cargo test --test readme -- --ignored`: {command}", block.place);
            false
        }
        _ => panic!("{}: no test knows how to run `{command}`", block.place),
    }
}

/// A shell on a machine that is set up as the README says: without a sign-in, and with a
/// person who confirms every code.
fn in_shell(config: &str, script: &str) -> Output {
    let mut world = World::new();
    world.home.write_config(config);
    world.aws.auto_approve(0);
    // "60 minutes", also where the program that prints it runs a second later.
    let spare = Duration::from_secs(30);
    world.aws.set_access_token_lifetime(Duration::from_hours(1) + spare);
    let programs = Path::new(PROGRAM).parent().unwrap().display();
    world.home.env("PATH", &format!("{programs}:/usr/bin:/bin"));
    world.home.env("AWS_EC2_METADATA_DISABLED", "true");
    world.home.env("TZ", "UTC");
    let mut command = world.home.command_of("/bin/sh");
    // An old AWS CLI learns of the stand-in by an option only.
    let aws = format!("aws() {{ command aws \"$@\" --endpoint-url {}; }}\n", world.aws.url());
    finish(command.args(["-c", &format!("{aws}{script}")]))
}

/// The same command with the development profile: optimizing across all crates takes minutes.
#[test]
#[ignore = "builds every crate once more, which takes a minute; CI asks for it"]
fn the_program_can_be_installed_as_the_readme_says() {
    assert!(read("README.md").contains(INSTALL));
    let directory = tempfile::tempdir().unwrap();
    let mut install = Command::new(env!("CARGO"));
    install.args(INSTALL.split(' ').skip(1)).args(["--debug", "--offline", "--quiet"]);
    // A directory of its own: the program that other tests run must not be replaced under them.
    install.arg("--target-dir").arg(root().join("target/installed")).arg("--root").arg(directory.path());
    install.current_dir(root());
    // On a machine where nothing is built yet this takes longer than anything that hangs.
    let output = install.stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let installed = directory.path().join("bin").join(Path::new(PROGRAM).file_name().unwrap());
    let output = finish(Command::new(installed).arg("--version"));
    assert_eq!(output.stdout, concat!("aws-sso-cred ", env!("CARGO_PKG_VERSION"), "\n"));
}

/// Documents in which every flag is one of ours, or of the few of other tools below.
const ON_FLAGS: [&str; 22] = [
    "README.md",
    "docs/caches.md",
    "docs/coming-from/README.md",
    "docs/coming-from/aws-sso-cli.md",
    "docs/coming-from/aws-sso-credential-process.md",
    "docs/coming-from/aws-sso-util.md",
    "docs/coming-from/aws-vault.md",
    "docs/coming-from/granted.md",
    "docs/coming-from/leapp.md",
    "docs/coming-from/yawsso.md",
    "docs/commands.md",
    CONFIGURATION,
    "docs/console.md",
    "docs/exec.md",
    "docs/guides/boto3.md",
    "docs/guides/cdk.md",
    "docs/guides/ci.md",
    "docs/guides/terraform.md",
    "docs/guides/vscode-remote.md",
    "docs/security.md",
    "docs/signing-in.md",
    "docs/troubleshooting.md",
];

/// The options of other tools that a document names or compares with ours.
const OF_OTHER_TOOLS: [&str; 25] = [
    "--target",
    "--un",
    "--exec",
    "--arn",
    "--auto-login",
    "--bin",
    "--default-only",
    "--ec", // --ec2-server
    "--ecs-server",
    "--headless",
    "--stdout",
    "--sso-start-url",
    "--sso-region",
    "--components",
    "--trial", // of packaging/release
    "--separator",
    "--region-style",
    "--include-region",
    "--trim-account-name",
    "--trim-role-name",
    "--account-name-case",
    "--role-name-case",
    "--config-default",
    "--profile-name-process",
    "--existing-config-action",
];

const CONFIGURATION: &str = "docs/configuration.md";

#[test]
fn the_documents_know_every_flag_and_no_other() {
    let world = World::new();
    let mut known = BTreeSet::new();
    for command in [
        &["--help"][..],
        &["login"],
        &["logout"],
        &["status"],
        &["doctor"],
        &["list"],
        &["configure"],
        &["configure", "populate"],
        &["configure", "convert"],
        &["export"],
        &["exec"],
        &["console"],
        &["sync"],
        &["completions"],
        &["man"],
    ] {
        known.extend(flags(&world.home.run(&[command, &["--help"]].concat()).stdout));
    }
    let of_clap = ["--help", "--version"];
    let of_others =
        ["--app", "--env-file", "--format", "--shutdown", "--example", "--locked", "--path", "--workspace"];
    let table = flags(&read(CONFIGURATION));
    for flag in &known {
        assert!(of_clap.contains(&flag.as_str()) || table.contains(flag), "{CONFIGURATION} lacks {flag}");
    }
    for document in ON_FLAGS {
        for flag in flags(&read(document)) {
            let of_others = of_others.contains(&flag.as_str()) || OF_OTHER_TOOLS.contains(&flag.as_str());
            let exists = of_others || known.contains(&flag);
            assert!(exists, "{document}: there is no {flag}");
        }
    }
}

#[test]
fn the_documents_name_no_variable_that_nobody_reads() {
    let source: String =
        files("src", "rs").iter().chain(&files("benches", "rs")).map(|path| read(path)).collect();
    for document in documents() {
        for word in words(&read(&document), |c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_') {
            // `AWS_CONFIGURE_SSO_*` and the like belong to the tools we are compared with.
            if word.starts_with("AWS_SSO_") && !word.ends_with('_') {
                assert!(source.contains(&word), "{document}: nobody reads {word}");
            }
        }
    }
}

fn flags(text: &str) -> BTreeSet<String> {
    let words = words(text, |c| c.is_ascii_lowercase() || c == '-');
    words
        .into_iter()
        .filter(|word| word.len() > 3 && word.starts_with("--") && !word.starts_with("---"))
        .collect()
}

fn words(text: &str, part: impl Fn(char) -> bool) -> BTreeSet<String> {
    text.split(|c| !part(c)).map(str::to_owned).collect()
}
