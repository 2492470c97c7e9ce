//! The man pages and `docs/commands.md`, both from the definition of the command line.
//!
//! `UPDATE_SNAPSHOTS=1 cargo test --test manual` writes `docs/commands.md`.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test"
)]

mod common;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use clap::{Arg, Command};
use common::{World, failed};

const REFERENCE: &str = "docs/commands.md";
const BEGIN: &str = "\
# Commands

The commands and their options, as `--help` shows them. A test makes this page. What the values mean and where else they
come from: [configuration.md](configuration.md).
";

/// The commands that people see, each before its subcommands.
fn commands(command: &Command) -> Vec<&Command> {
    let visible = command.get_subcommands().filter(|sub| !sub.is_hide_set() && sub.get_name() != "help");
    std::iter::once(command).chain(visible.flat_map(commands)).collect()
}

/// The lines that say how a command is called.
fn usage(command: &Command) -> Vec<String> {
    let usage = command.clone().render_usage().to_string();
    usage.trim_start_matches("Usage: ").lines().map(|line| line.trim().to_owned()).collect()
}

fn chapter(command: &Command) -> String {
    let name = command.get_bin_name().unwrap_or(command.get_name());
    let mut text = format!("\n## `{name}`\n\n{}.\n", command.get_about().unwrap());
    write!(text, "\n```text\n{}\n```\n", usage(command).join("\n")).unwrap();
    let shown = |argument: &&Arg| !argument.is_hide_set() && argument.get_id() != "help";
    let arguments: Vec<_> = command.get_arguments().filter(shown).collect();
    if !arguments.is_empty() {
        text.push_str("\n| option | meaning |\n|---|---|\n");
    }
    for argument in arguments {
        writeln!(text, "| {} | {} |", term(argument), meaning(argument)).unwrap();
    }
    text
}

fn term(argument: &Arg) -> String {
    let value = argument.get_value_names().unwrap_or_default().first();
    // In the cell of a table a `|` would begin the next cell.
    let value = value.map(|value| value.replace('|', "\\|"));
    let value = value.filter(|_| argument.get_action().takes_values());
    if argument.is_positional() {
        return format!("`{}`", value.unwrap());
    }
    let value = value.map(|value| format!(" {value}")).unwrap_or_default();
    let short = argument.get_short().map(|short| format!("`-{short}`, ")).unwrap_or_default();
    format!("{short}`--{}{value}`", argument.get_long().unwrap())
}

fn meaning(argument: &Arg) -> String {
    let help = argument.get_help().unwrap().to_string().replace('|', "\\|").replace('<', "&lt;");
    let values = argument.get_possible_values();
    let names: Vec<_> = values.iter().map(|value| format!("`{}`", value.get_name())).collect();
    let is_switch = !argument.get_action().takes_values();
    if names.is_empty() || is_switch { help } else { format!("{help}: {}", names.join(", ")) }
}

#[test]
fn the_reference_has_each_command_and_option_as_it_is() {
    let definition = aws_sso_cred::cli::definition();
    let chapters: String = commands(&definition).into_iter().map(chapter).collect();
    let expected = format!("{BEGIN}{chapters}");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(REFERENCE);
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        fs::write(&path, &expected).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(found == expected, "{REFERENCE} is not what the commands are; UPDATE_SNAPSHOTS=1 writes it");
}

#[test]
fn each_command_has_a_page_that_names_its_options() {
    let world = World::new();
    let directory = world.home.home().join("man1");
    fs::create_dir(&directory).unwrap();
    fs::write(directory.join("aws-sso-cred-login.1"), "an older page").unwrap();
    let output = world.home.run(&["man", "--dir", directory.to_str().unwrap()]);
    assert_eq!((output.status, output.stdout.as_str()), (0, ""), "{output:?}");
    let definition = aws_sso_cred::cli::definition();
    let commands = commands(&definition);
    let name = |command: &Command| command.get_display_name().unwrap_or(command.get_name()).to_owned();
    let found: BTreeSet<_> = fs::read_dir(&directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let expected = commands.iter().map(|command| format!("{}.1", name(command))).collect();
    assert_eq!(found, expected);
    assert!(output.stderr.starts_with(&format!("{} man pages are in ", found.len())), "{}", output.stderr);
    for command in commands {
        let path = directory.join(format!("{}.1", name(command)));
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o644);
        let page = fs::read_to_string(path).unwrap();
        assert!(page.starts_with(&format!(".TH {} 1 \"\" ", name(command).to_uppercase())), "{page}");
        for option in command.get_opts().filter_map(Arg::get_long) {
            let option = option.replace('-', "\\-");
            assert!(page.contains(&format!("\\-\\-{option}\\fR")), "{option} in {page}");
        }
        for line in usage(command) {
            assert!(page.contains(&format!("\n{}\n", line.replace('-', "\\-"))), "{line} in {page}");
        }
        assert!(!page.contains("cred\\-help") && !page.contains("complete "), "{page}");
    }
}

#[test]
fn the_page_of_the_program_is_printed_and_is_the_same_each_time() {
    let world = World::new();
    let output = world.home.run(&["man"]);
    assert_eq!((output.status, output.stderr.as_str()), (0, ""), "{output:?}");
    for heading in [".SH NAME", ".SH SUBCOMMANDS", ".SH VALUES", ".SH FILES", ".SH \"EXIT STATUS\""] {
        assert_eq!(output.stdout.matches(&format!("{heading}\n")).count(), 1, "{heading}");
    }
    assert_eq!(world.home.run(&["man"]).stdout, output.stdout);
    let troubleshooting = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/troubleshooting.md");
    let table = fs::read_to_string(troubleshooting).unwrap();
    let first_cells = table.lines().filter_map(|line| line.strip_prefix("| ")?.split(' ').next());
    let codes: Vec<&str> = first_cells.filter(|cell| cell.parse::<u8>().is_ok()).collect();
    assert!(codes.len() >= 10, "{codes:?}");
    for code in codes {
        assert!(output.stdout.contains(&format!("\\fB{code}\\fR\n")), "exit code {code}");
    }
}

#[test]
fn a_directory_that_is_missing_is_named() {
    let world = World::new();
    let output = world.home.run(&["man", "--dir", "/nothing/here"]);
    assert_eq!(
        failed(&output, 5),
        [
            "aws-sso-cred: cannot write /nothing/here/aws-sso-cred.1: No such file or directory",
            "hint: give `--dir` a directory that exists and that you can write to"
        ]
    );
}
