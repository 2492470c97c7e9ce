//! What may stand at the cursor of an unfinished command line, by the definition of the command
//! line. It reads no file.

use std::collections::HashMap;

use clap::{Arg, ArgAction, Command};

/// What may stand at the cursor.
pub enum Place<'a> {
    /// The value of an option, or a word of its own such as the name of a profile.
    Value(&'a Arg),
    /// An option, a subcommand, or the word of `positional`.
    Word {
        /// The subcommands and options that may stand here.
        known: Vec<Known<'a>>,
        /// The argument that is a word of its own, if one is expected.
        positional: Option<&'a Arg>,
    },
    /// A word of the command that `exec` runs.
    OtherCommand,
}

/// An option or a subcommand.
pub struct Known<'a> {
    /// The word as it is typed.
    pub word: String,
    /// The first line of its help.
    pub about: &'a clap::builder::StyledStr,
}

/// An unfinished command line.
pub struct Unfinished<'a> {
    /// What may stand at the cursor.
    pub place: Place<'a>,
    /// The values of the options before the cursor, by the option's id.
    pub values: HashMap<String, String>,
    /// The part of the word at the cursor that stays: `--profile=` of `--profile=d`.
    pub before: String,
}

/// Reads `words`, the words before the cursor, and `word`, what is typed of the word there.
pub fn unfinished<'a>(definition: &'a Command, words: &[String], word: &str) -> Unfinished<'a> {
    let mut walk = Walk { command: definition, given: Vec::new(), values: HashMap::new(), positionals: 0 };
    let mut words = words.iter();
    let mut awaited: Option<&Arg> = None;
    while let Some(next) = words.next() {
        if let Some(option) = awaited.take().filter(|option| may_be_value(option, next)) {
            walk.value(option, next);
        } else if next == "--" {
            return walk.behind_two_hyphens(words.count());
        } else {
            awaited = walk.word(next);
        }
    }
    if let Some(option) = awaited.filter(|option| may_be_value(option, word)) {
        return walk.end(Place::Value(option), "");
    }
    if let Some((name, _)) = word.split_once('=')
        && let Some(option) = walk.long(name)
        && takes_value(option)
    {
        return walk.end(Place::Value(option), &format!("{name}="));
    }
    let place = walk.place(word);
    walk.end(place, "")
}

/// Whether a word behind `option` is its value. An option that needs none leaves other options alone.
fn may_be_value(option: &Arg, word: &str) -> bool {
    !word.starts_with('-') || option.get_num_args().is_none_or(|count| count.min_values() > 0)
}

/// What the words so far have said.
struct Walk<'a> {
    command: &'a Command,
    given: Vec<&'a Arg>,
    values: HashMap<String, String>,
    positionals: usize,
}

impl<'a> Walk<'a> {
    /// Takes a word. Returns the option whose value the next word is.
    fn word(&mut self, word: &str) -> Option<&'a Arg> {
        if let Some((name, value)) = word.split_once('=')
            && let Some(option) = self.long(name)
        {
            self.given.push(option);
            self.value(option, value);
            return None;
        }
        let option = self.long(word).or_else(|| self.short(word));
        if let Some(option) = option {
            self.given.push(option);
            return takes_value(option).then_some(option);
        }
        if word.starts_with('-') {
            return None;
        }
        match self.subcommand(word) {
            Some(command) => {
                *self = Walk { command, given: Vec::new(), values: HashMap::new(), positionals: 0 }
            }
            None => self.positionals += 1,
        }
        None
    }

    fn value(&mut self, option: &Arg, value: &str) {
        self.values.insert(option.get_id().to_string(), value.to_owned());
    }

    fn long(&self, word: &str) -> Option<&'a Arg> {
        let long = word.strip_prefix("--")?;
        self.command.get_opts().chain(flags(self.command)).find(|option| option.get_long() == Some(long))
    }

    /// The option of `-n`, or the last one of several letters such as `-in`.
    fn short(&self, word: &str) -> Option<&'a Arg> {
        let letters = word.strip_prefix('-').filter(|letters| !letters.starts_with('-'))?;
        let short = letters.chars().next_back();
        flags(self.command).find(|option| short.is_some() && option.get_short() == short)
    }

    /// A subcommand, unless an option or another word came before it.
    fn subcommand(&self, word: &str) -> Option<&'a Command> {
        let none_before = self.positionals == 0 && self.given.is_empty();
        self.command.get_subcommands().find(|command| none_before && command.get_name() == word)
    }

    fn place(&self, word: &str) -> Place<'a> {
        let positional = self.positional();
        let mut known = Vec::new();
        if !word.starts_with('-') && self.positionals == 0 && self.given.is_empty() {
            let visible = self.command.get_subcommands().filter(|command| !command.is_hide_set());
            known.extend(visible.filter_map(|command| {
                Some(Known { word: command.get_name().to_owned(), about: command.get_about()? })
            }));
        }
        // Without a word to type, a blank shows the options.
        if word.starts_with('-') || (known.is_empty() && positional.is_none() && self.positionals == 0) {
            self.options(word, &mut known);
            let command = self.command.get_positionals().find(|argument| argument.is_last_set());
            let about = command.and_then(Arg::get_help);
            known.extend(about.map(|about| Known { word: "--".to_owned(), about }));
        }
        Place::Word { known, positional }
    }

    /// Adds the options that may still be given.
    fn options(&self, word: &str, known: &mut Vec<Known<'a>>) {
        for option in self.command.get_arguments().filter(|argument| self.may_follow(argument)) {
            let Some(about) = option.get_help() else { continue };
            known.extend(option.get_long().map(|long| Known { word: format!("--{long}"), about }));
            let short = option.get_short().filter(|_| !word.starts_with("--"));
            known.extend(short.map(|short| Known { word: format!("-{short}"), about }));
        }
    }

    fn may_follow(&self, option: &Arg) -> bool {
        let is_given = |other: &Arg| self.given.iter().any(|given| given.get_id() == other.get_id());
        let repeats = matches!(option.get_action(), ArgAction::Append | ArgAction::Count);
        // One of two may alone say that they exclude each other.
        let says = |one: &Arg, other: &Arg| {
            let conflicts = self.command.get_arg_conflicts_with(one);
            conflicts.iter().any(|conflict| conflict.get_id() == other.get_id())
        };
        let excluded = self.given.iter().any(|given| says(given, option) || says(option, given));
        !option.is_hide_set() && (repeats || !is_given(option)) && !excluded
    }

    fn positional(&self) -> Option<&'a Arg> {
        let all: Vec<&Arg> =
            self.command.get_positionals().filter(|argument| !argument.is_last_set()).collect();
        let repeats = |argument: &&&Arg| matches!(argument.get_action(), ArgAction::Append);
        let next = all.get(self.positionals).or_else(|| all.last().filter(repeats));
        next.copied().filter(|argument| self.may_follow(argument))
    }

    fn behind_two_hyphens(mut self, words: usize) -> Unfinished<'a> {
        let has_command = self.command.get_positionals().any(Arg::is_last_set);
        if has_command {
            return self.end(Place::OtherCommand, "");
        }
        self.positionals += words;
        let positional = self.positional();
        self.end(Place::Word { known: Vec::new(), positional }, "")
    }

    fn end(self, place: Place<'a>, before: &str) -> Unfinished<'a> {
        Unfinished { place, values: self.values, before: before.to_owned() }
    }
}

fn takes_value(option: &Arg) -> bool {
    option.get_action().takes_values()
}

fn flags(command: &Command) -> impl Iterator<Item = &Arg> {
    command.get_arguments().filter(|argument| !argument.is_positional())
}
