//! `man`: the man pages, from the definition of the command line.

use std::io;
use std::path::Path;

use clap::Command;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use crate::cli::{self, ManOptions};
use crate::error::{Error, LocalError};
use crate::platform;
use crate::terminal::output;

/// Prints the page of the program, or writes one for each command into a directory.
///
/// # Errors
/// A page that cannot be written.
pub fn man(options: &ManOptions) -> Result<(), Error> {
    let definition = cli::definition();
    let Some(directory) = &options.dir else {
        return output::print_data(&program_page(&definition)?);
    };
    let pages = pages(&definition)?;
    for (name, text) in &pages {
        write(&directory.join(format!("{name}.1")), text)?;
    }
    output::tell(&format!("{} man pages are in {}", pages.len(), directory.display()));
    Ok(())
}

fn write(path: &Path, text: &str) -> Result<(), Error> {
    platform::replace_public(path, text.as_bytes()).map_err(|error| {
        let path = path.display().to_string();
        Error::Local(LocalError::PageNotWritten { path, cause: error.to_string() })
    })
}

/// Each page, by its name: that of the program, and one for each command.
fn pages(definition: &Command) -> Result<Vec<(String, String)>, Error> {
    let mut pages = vec![(definition.get_name().to_owned(), program_page(definition)?)];
    add_pages_of_subcommands(definition, &mut pages)?;
    Ok(pages)
}

fn add_pages_of_subcommands(command: &Command, pages: &mut Vec<(String, String)>) -> Result<(), Error> {
    for subcommand in visible_subcommands(command) {
        let name = page_name(subcommand);
        pages.push((name.clone(), page(subcommand, &name)?));
        add_pages_of_subcommands(subcommand, pages)?;
    }
    Ok(())
}

fn visible_subcommands(command: &Command) -> impl Iterator<Item = &Command> {
    command.get_subcommands().filter(|command| !command.is_hide_set() && command.get_name() != "help")
}

/// Such as `aws-sso-cred-configure-populate`.
fn page_name(command: &Command) -> String {
    command.get_display_name().unwrap_or(command.get_name()).to_owned()
}

/// The page of the program, with what holds for all commands.
fn program_page(definition: &Command) -> Result<String, Error> {
    let name = definition.get_name();
    Ok(page(definition, name)? + &for_all_commands())
}

/// The page of one command. It has no date, so that the same program makes the same page.
fn page(command: &Command, name: &str) -> Result<String, Error> {
    let version = env!("CARGO_PKG_VERSION");
    let head = format!(".TH {} 1 \"\" \"aws-sso-cred {version}\" aws-sso-cred\n", name.to_uppercase());
    let mut text = head.into_bytes();
    sections(command, &mut text)
        .map_err(|error| Error::Local(LocalError::OutputFailed { cause: error.to_string() }))?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

fn sections(command: &Command, text: &mut Vec<u8>) -> io::Result<()> {
    let mut shown = as_shown(command);
    let synopsis = synopsis(&mut shown);
    let man = Man::new(shown);
    man.render_name_section(text)?;
    text.extend_from_slice(synopsis.as_bytes());
    man.render_description_section(text)?;
    man.render_options_section(text)?;
    if visible_subcommands(command).next().is_some() {
        man.render_subcommands_section(text)?;
    }
    Ok(())
}

/// How `command` is called, as `--help` says it.
fn synopsis(command: &mut Command) -> String {
    let mut roff = Roff::new();
    roff.control("SH", ["SYNOPSIS"]);
    let usage = command.render_usage().to_string();
    for (at, line) in usage.trim_start_matches("Usage: ").lines().enumerate() {
        if at > 0 {
            roff.control("br", []);
        }
        roff.text([roman(line.trim())]);
    }
    roff.render()
}

/// `command` without the `help` that clap adds, which has no page.
fn as_shown(command: &Command) -> Command {
    let has_help = command.find_subcommand("help").is_some();
    let command = command.clone();
    if has_help { command.mut_subcommand("help", |help| help.hide(true)) } else { command }
}

fn for_all_commands() -> String {
    let mut roff = Roff::new();
    roff.control("SH", ["VALUES"]);
    roff.text([roman(
        "Each value comes from its flag, else from its variable, else from its key in ~/.aws/config.",
    )]);
    for [option, variable, key] in cli::ways_to_give_values() {
        roff.control("TP", []);
        roff.text([bold(option)]);
        let key = if key == "-" { String::new() } else { format!(", key {key}") };
        roff.text([roman(format!("variable {variable}{key}"))]);
    }
    for (heading, entries) in [("FILES", FILES), ("EXIT STATUS", EXIT_STATUS)] {
        roff.control("SH", [heading]);
        for (name, about) in entries.lines().filter_map(|line| line.split_once("  ")) {
            roff.control("TP", []);
            roff.text([bold(name)]);
            roff.text([roman(about)]);
        }
    }
    roff.render()
}

/// A name, two blanks, and what it is. One text, so that it costs a start nothing.
const FILES: &str = "\
~/.aws/config  sessions and profiles; AWS_CONFIG_FILE names another file
~/.aws/credentials  keys of the profiles; AWS_SHARED_CREDENTIALS_FILE names another file
~/.aws/sso/cache  access tokens and client registrations, shared with the AWS CLI
~/.aws/cli/cache  role credentials, shared with the AWS CLI
~/.local/state/aws-sso-cred  locks and notes; on macOS ~/Library/Application Support/aws-sso-cred
~/.aws/sso/aws-sso-credential-process-log.txt  the log, if it is switched on
~/.aws/sso/aws-sso-cred-audit.jsonl  the audit log of sessions with aws_sso_cred_audit = on";

const EXIT_STATUS: &str = "\
0  done
1  a sign-in is needed and not allowed here; the text has the command that signs in
2  the command line or the configuration is wrong
3  a sign-in was refused, left unanswered, or could not be shown
4  AWS refused the request or cannot be reached
5  anything else, such as a full disk
6  a sign-in is pending: run the command again
126  the command of exec cannot be run
127  the command of exec does not exist
130  you stopped the command";
