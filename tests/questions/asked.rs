//! Questions that are answered.

use super::program::{ask, ask_on, asking};

const ROLES: &str = "\
Role:
> Production             AdministratorAccess  111122223333  prod, prod-eu
  Production             ReadOnly             111122223333
  日本                   AdministratorAccess  222233334444
  Zürich                 Viewer               333344445555  zh
  Evil\\u{1b}[2J\\u{202e}  Admin                444455556666
  5 of 5   type to filter, Up/Down to move, Enter to choose, Esc to stop";

#[test]
fn a_text_is_typed_and_one_line_stays() {
    let mut asked = ask("name");
    asked.shows("Name:").types("corp").shows("Name: corp").types("\r");
    asked.answers("corp", "Name: corp");
}

#[test]
fn a_wrong_answer_is_explained_below_and_can_be_edited() {
    let mut asked = ask("name");
    asked.shows("Name:").types("a b\r").shows("Name: a b\n`a b` is no name: letters and digits only");
    asked.types("\x7f\x7f").shows("Name: a").types("2\r");
    asked.answers("a2", "Name: a2");
}

#[test]
fn enter_alone_takes_the_default() {
    let mut asked = ask("region");
    asked.shows("Region [eu-west-1]:").types("\r");
    asked.answers("eu-west-1", "Region: eu-west-1");
}

#[test]
fn yes_or_no_is_asked() {
    let mut asked = ask("write");
    asked.shows("Write this? [Y/n]").types("n").shows("Write this? [Y/n] n").types("\r");
    asked.answers("false", "Write this? no");
}

#[test]
fn the_first_row_is_chosen_by_enter() {
    let mut asked = ask("session");
    let footer = "  3 of 3   type to filter, Up/Down to move, Enter to choose, Esc to stop";
    asked.shows(&format!("Session:\n> corp\n  acme\n  old\n{footer}")).types("\r");
    asked.answers("0", "Session: corp");
}

#[test]
fn a_role_is_found_by_parts_of_its_names_and_ids() {
    let mut asked = ask("role");
    asked.shows(ROLES).types("admin prod");
    asked.shows(
        "\
Role: admin prod
> Production             AdministratorAccess  111122223333  prod, prod-eu
  1 of 5   type to filter, Up/Down to move, Enter to choose, Esc to stop",
    );
    asked.types("\x15zurich").shows(
        "\
Role: zurich
> Zürich                 Viewer               333344445555  zh
  1 of 5   type to filter, Up/Down to move, Enter to choose, Esc to stop",
    );
    asked.types("\r");
    asked.answers("3", "Role: Viewer in Zürich (333344445555)");
}

#[test]
fn arrows_move_in_the_list_also_if_their_bytes_come_one_by_one() {
    let mut asked = ask("role");
    asked.shows(ROLES).types("\x1b[B").shows(&moved(1)).types("\x1bOB").shows(&moved(2));
    for byte in ["\x1b", "[", "A"] {
        asked.types(byte);
        std::thread::sleep(std::time::Duration::from_millis(30));
    }
    asked.shows(&moved(1)).types("\x1b[F").shows(&moved(4)).types("\r");
    asked.answers("4", "Role: Admin in Evil\\u{1b}[2J\\u{202e} (444455556666)");
}

/// The list of roles with the mark at `row`.
fn moved(row: usize) -> String {
    let lines = ROLES.replacen("> ", "  ", 1);
    let lines = lines.lines().enumerate().map(|(at, line)| match line.strip_prefix("  ") {
        Some(rest) if at == row + 1 => format!("> {rest}"),
        _ => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn two_thousand_rows_are_paged_and_filtered() {
    let mut asked = ask("many");
    let footer = "type to filter, Up/Down to move, Enter to choose, Esc to stop";
    let page = |from: usize, chosen: usize, count: &str| {
        let rows = (from..from + 15).map(|row| {
            let mark = if row == chosen { '>' } else { ' ' };
            format!("{mark} account-{row}\n")
        });
        format!("Account:\n{}  {count}   {footer}", rows.collect::<String>())
    };
    asked.shows(&page(0, 0, "2000 of 2000"));
    asked.types("\x1b[6~").shows(&page(1, 15, "2000 of 2000"));
    asked.types("\x1b[F").shows(&page(1985, 1999, "2000 of 2000"));
    asked.types("1999").shows(&format!("Account: 1999\n> account-1999\n  1 of 2000   {footer}")).types("\r");
    asked.answers("1999", "Account: account-1999");
}

#[test]
fn small_terminals_show_what_fits() {
    let mut asked = ask_on(40, 10, &asking("role"));
    asked.shows(
        "\
Role:
> Production          AdministratorAcc…
  Production          ReadOnly
  日本                AdministratorAcc…
  Zürich              Viewer
  Evil\\u{1b}[2J\\u{2…  Admin
  5 of 5",
    );
    asked.types("\r");
    asked.answers("0", "Role: AdministratorAccess in Production\n(111122223333)");
    let mut asked = ask_on(10, 3, &asking("session"));
    asked.shows("Session:\n> corp\n  acme").types("o").shows("Ses… o\n> old\n  corp").types("\r");
    asked.answers("2", "Session: o\nld");
}

#[test]
fn a_new_size_of_the_window_is_followed() {
    let mut asked = ask("region");
    asked.shows("Region [eu-west-1]:").types("a-long-name-of-a-region-abcdefghijkl");
    asked.shows("Region [eu-west-1]: a-long-name-of-a-region-abcdefghijkl");
    let before = asked.running.screen();
    asked.running.resize(30, 5);
    let drawn_anew = asked.running.wait_for_screen(|screen| screen.len() > before.len() + 20);
    let mut screen = stand_in::Screen::of(30, 5, &drawn_anew[before.len()..]);
    assert_eq!(screen.text(), "Region [eu-we… n-abcdefghijkl");
    let before = drawn_anew;
    asked.running.resize(100, 30);
    let drawn_anew = asked.running.wait_for_screen(|screen| screen.len() > before.len() + 20);
    screen.resize(100, 30);
    screen.write(&drawn_anew[before.len()..]);
    assert_eq!(screen.text(), "Region [eu-west-1]: a-long-name-of-a-region-abcdefghijkl");
    asked.types("\r");
    let (status, answers, _) = asked.ends();
    assert_eq!((status, answers.as_str()), (0, "a-long-name-of-a-region-abcdefghijkl"));
}

#[test]
fn answers_that_are_typed_ahead_are_kept() {
    let mut asked = ask("pause name region pause session write");
    asked.shows("working").types("corp\n\n");
    asked.running.wait_for_screen(|screen| screen.matches("working").count() == 2);
    asked.types("old\rn\r");
    let (status, answers, _) = asked.ends();
    assert_eq!((status, answers.as_str()), (0, "corp\neu-west-1\n2\nfalse"));
}

#[test]
fn a_pasted_line_break_does_not_answer() {
    let mut asked = ask("region");
    asked.shows("Region [eu-west-1]:").types("\x1b[200~us-east-2\n\x1b[201~");
    asked.shows("Region [eu-west-1]: us-east-2").types("x\r");
    asked.answers("us-east-2x", "Region: us-east-2x");
}

#[test]
fn letters_of_any_script_are_typed_and_broken_ones_are_shown_as_such() {
    let mut asked = ask("region");
    asked.shows("Region [eu-west-1]:");
    for byte in "ü日".as_bytes() {
        asked.running.type_bytes(&[*byte]);
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    asked.shows("Region [eu-west-1]: ü日");
    asked.running.type_bytes(b"a\xffb\xc3\r");
    asked.answers("ü日a\u{fffd}b\u{fffd}", "Region: ü日a\u{fffd}b\u{fffd}");
}

#[test]
fn colours_are_shown_unless_they_are_not_wanted() {
    let mut plain = asking("role");
    plain.env("NO_COLOR", "1");
    for (command, coloured) in [(asking("role"), true), (plain, false)] {
        let mut asked = ask_on(80, 24, &command);
        asked.shows(ROLES).types("\r");
        let seen = asked.running.finish();
        assert_eq!(stand_in::Screen::of(80, 24, &seen.screen).styles() > 0, coloured);
        assert_eq!(seen.output.status, 0);
    }
}
