//! Questions at which the person stops: exit 130, no file is touched, the terminal is as it was.

use super::person::{QUESTIONS, signed_in_without_config, start};
use crate::base::{SESSION, config, with_config};
use crate::common::World;

#[track_caller]
fn nothing_was_written(world: &World) {
    let aws = world.home.home().join(".aws");
    let names: Vec<_> = std::fs::read_dir(&aws).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["sso"], "no config, no backup, no temporary file");
}

#[test]
fn control_c_and_escape_at_each_question_leave_everything_as_it_was() {
    let world = signed_in_without_config();
    for (at, (question, _)) in QUESTIONS.into_iter().enumerate() {
        for keys in ["\u{3}", "\x1b", "\u{4}"] {
            let mut person = start(&world, &[]);
            person.answers(&QUESTIONS[..at]);
            person.sees(question);
            person.types(keys);
            let ended = person.ends(130);
            let last = ended.text.trim_end().lines().last().unwrap().to_owned();
            assert_eq!(last, "aws-sso-cred: stopped; your configuration is as it was", "{}", ended.text);
            assert!(!ended.text.contains(question), "the question is erased: {}", ended.text);
            nothing_was_written(&world);
        }
    }
}

#[test]
fn a_no_at_the_end_writes_nothing() {
    let world = signed_in_without_config();
    for no in ["n\r", "no\r", "N\r"] {
        let mut person = start(&world, &[]);
        person.answers(&QUESTIONS[..6]);
        person.sees("Write this? [Y/n]");
        person.types(no);
        let ended = person.ends(130);
        assert!(ended.text.contains("as it was"), "{}", ended.text);
        nothing_was_written(&world);
    }
}

#[test]
fn an_answer_that_is_neither_yes_nor_no_is_asked_for_again() {
    let world = signed_in_without_config();
    let mut person = start(&world, &[]);
    person.answers(&QUESTIONS[..6]);
    person.answers(&[("Write this? [Y/n]", "maybe\r")]);
    person.sees("please answer y or n");
    nothing_was_written(&world);
    person.types("\u{15}yes\r");
    let _ = person.ends(0);
    assert!(config(&world).starts_with(SESSION));
}

#[test]
fn control_c_while_the_person_signs_in_ends_the_command() {
    let mut world = crate::base::new_home();
    // A browser in which the person does nothing.
    super::person::with_browser(&mut world);
    world.aws.auto_approve_authorize(false);
    let mut person = start(&world, &[]);
    person.answers(&QUESTIONS[..3]);
    person.sees("waiting for the browser");
    person.types("\u{3}");
    let _ = person.ends(130);
    assert!(!world.home.config_path().exists());
}

#[test]
fn a_terminal_that_is_closed_ends_the_command_without_a_file() {
    let world = with_config(SESSION);
    let mut running = super::person::TERMINAL.start_sized(
        &{
            let mut command = world.home.command(&["configure"]);
            command.env("TERM", "xterm");
            command
        },
        80,
        24,
    );
    running.wait_for_screen(|screen| screen.contains("Session:"));
    running.hang_up();
    let seen = running.finish();
    assert_ne!(seen.output.status, 0);
    assert_eq!(config(&world), SESSION);
}
