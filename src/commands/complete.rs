//! `complete`: prints what may stand at the cursor, for the scripts of `completions`. It sends no
//! request, changes nothing, and tells no error: a shell shows what there is.
//!
//! The first line says what follows: `values`, one a line with a tab and its meaning; or that the
//! shell itself knows: `files`, `directories`, or `command` for a word of the command of `exec`.

mod candidate;
mod names;

use candidate::Candidate;
use clap::builder::StyledStr;
use clap::{Arg, ValueHint};
use names::{Meaning, meaning_of, names};

use crate::cli::{self, CompleteOptions, Place, Shell, Unfinished};
use crate::context::Context;
use crate::error::Error;
use crate::terminal::output;
use crate::text::escape::{escape, is_hostile};
use crate::text::words::unfinished_word;

/// Prints the candidates.
///
/// # Errors
/// The output could not be written.
pub fn complete(context: &Context, options: &CompleteOptions) -> Result<(), Error> {
    let words: Vec<String> = options.before.iter().map(|word| word.to_string_lossy().into_owned()).collect();
    let word = options.word.to_string_lossy();
    let (words, word) = match options.shell {
        Shell::Bash => (words.iter().map(|word| unfinished_word(word)).collect(), unfinished_word(&word)),
        Shell::Fish => (words, unfinished_word(&word)),
        Shell::Zsh | Shell::Powershell => (words, word.into_owned()),
    };
    output::print_data(&answer(context, &words, &word))
}

fn answer(context: &Context, words: &[String], word: &str) -> String {
    let definition = cli::definition();
    let unfinished = cli::unfinished(&definition, words, word);
    match &unfinished.place {
        Place::OtherCommand => "command\n".to_owned(),
        Place::Value(argument) => match hint(argument) {
            Some(hint) => hint.to_owned(),
            None => values(&unfinished, word, values_of(context, argument, &unfinished)),
        },
        Place::Word { known, positional } => {
            let mut all: Vec<Candidate> = known
                .iter()
                .map(|known| Candidate { word: known.word.clone(), about: first_line(known.about) })
                .collect();
            // An option is no name.
            let positional = positional.filter(|_| !word.starts_with('-'));
            all.extend(
                positional.map(|argument| values_of(context, argument, &unfinished)).unwrap_or_default(),
            );
            values(&unfinished, word, all)
        }
    }
}

/// What the shell completes itself.
fn hint(argument: &Arg) -> Option<&'static str> {
    match argument.get_value_hint() {
        ValueHint::DirPath => Some("directories\n"),
        ValueHint::FilePath | ValueHint::AnyPath => Some("files\n"),
        _ => None,
    }
}

fn values_of(context: &Context, argument: &Arg, unfinished: &Unfinished) -> Vec<Candidate> {
    let possible = argument.get_possible_values();
    if possible.is_empty() {
        return meaning_of(argument)
            .map_or_else(Vec::new, |meaning: Meaning| names(context, meaning, unfinished));
    }
    let visible = possible.iter().filter(|value| !value.is_hide_set());
    visible
        .map(|value| Candidate {
            word: value.get_name().to_owned(),
            about: value.get_help().map(first_line).unwrap_or_default(),
        })
        .collect()
}

/// The candidates that begin with what is typed, one a line.
fn values(unfinished: &Unfinished, word: &str, candidates: Vec<Candidate>) -> String {
    let mut text = "values\n".to_owned();
    for Candidate { word: value, about } in candidates {
        let whole = format!("{}{value}", unfinished.before);
        if whole.starts_with(word) && !whole.contains(is_hostile) {
            text.push_str(&format!("{whole}\t{}\n", escape(&about)));
        }
    }
    text
}

fn first_line(help: &StyledStr) -> String {
    help.to_string().lines().next().unwrap_or_default().to_owned()
}
