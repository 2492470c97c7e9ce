//! Questions on a terminal that shows lines only.

use super::program::{Asked, INTERRUPTED, ask_on, asking};

fn ask(what: &str) -> Asked {
    let mut command = asking(what);
    command.env("TERM", "dumb");
    ask_on(80, 24, &command)
}

#[test]
fn a_text_is_asked_for_again_until_it_is_right() {
    let mut asked = ask("name");
    asked.shows("Name:").types("a b\n");
    asked.shows("Name: a b\n`a b` is no name: letters and digits only\nName:").types("ab\n");
    let (status, answers, _) = asked.ends();
    assert_eq!((status, answers.as_str()), (0, "ab"));
}

#[test]
fn a_row_is_chosen_by_its_number_or_found_by_text() {
    let mut asked = ask("role");
    asked.running.wait_for_screen(|screen| screen.ends_with("filter]: "));
    asked.types("prod\n");
    asked.running.wait_for_screen(|screen| screen.matches("filter]: ").count() == 2);
    asked.types("2\n");
    let (status, answers, screen) = asked.ends();
    assert_eq!((status, answers.as_str()), (0, "1"));
    assert_eq!(
        format!("\n{screen}"),
        "
   1  Production  AdministratorAccess  111122223333  prod, prod-eu
   2  Production  ReadOnly  111122223333
   3  日本  AdministratorAccess  222233334444
   4  Zürich  Viewer  333344445555  zh
   5  Evil\\u{1b}[2J\\u{202e}  Admin  444455556666
Role [number, or text to filter]: prod
   1  Production  AdministratorAccess  111122223333  prod, prod-eu
   2  Production  ReadOnly  111122223333
Role [number, or text to filter]: 2
Role: ReadOnly in Production (111122223333)"
    );
}

#[test]
fn a_long_list_is_shown_in_part() {
    let mut asked = ask("many");
    asked
        .running
        .wait_for_screen(|screen| screen.contains("and 1980 more: type a part of a name to see them"));
    asked.types("account-1234\n");
    asked.running.wait_for_screen(|screen| screen.contains("   1  account-1234"));
    asked.types("\n");
    let (status, answers, _) = asked.ends();
    assert_eq!((status, answers.as_str()), (0, "1234"));
}

#[test]
fn yes_or_no_is_asked() {
    let mut asked = ask("write region");
    asked
        .shows("Write this? [Y/n]")
        .types("x\n")
        .shows("Write this? [Y/n] x\nplease answer y or n\nWrite this? [Y/n]");
    asked.types("N\n");
    asked.running.wait_for_screen(|screen| screen.ends_with("Region [eu-west-1]: "));
    asked.types("\n");
    let (status, answers, _) = asked.ends();
    assert_eq!((status, answers.as_str()), (0, "false\neu-west-1"));
}

#[test]
fn no_escape_sequence_is_written() {
    let mut asked = ask("name session write");
    asked.types("corp\n1\ny\n");
    let seen = asked.running.finish();
    assert_eq!(seen.output.status, 0);
    assert!(!seen.screen.contains('\x1b'), "{:?}", seen.screen);
}

#[test]
fn control_c_and_control_d_interrupt() {
    for what in ["name", "role", "write"] {
        for key in ["\u{3}", "\u{4}"] {
            let mut asked = ask(what);
            asked.running.wait_for_screen(|screen| screen.ends_with(": ") || screen.ends_with("] "));
            asked.types(key);
            let (status, answers, screen) = asked.ends();
            assert_eq!((status, answers.as_str()), (INTERRUPTED.0, ""));
            assert!(screen.ends_with(&format!("\n{}", INTERRUPTED.1)), "{screen}");
        }
    }
}
