//! The list as a person sees it after some keys.

use super::*;
use crate::text::width::width;

fn look(columns: usize, rows: usize) -> Look {
    Look { colour: false, columns, rows }
}

fn row(account: &str, role: &str, id: &str) -> ChoiceRow {
    let cells = [account, role, id].map(str::to_owned).to_vec();
    ChoiceRow { searched: cells.join(" "), cells }
}

fn roles() -> Vec<ChoiceRow> {
    vec![
        row("Production", "AdministratorAccess", "111122223333"),
        row("Production", "ReadOnly", "111122223333"),
        row("日本", "Viewer", "222233334444"),
        row("Evil\x1b[2J\u{202e}", "Admin", "333344445555"),
    ]
}

fn press(list: &mut List<'_>, keys: &[Key]) {
    for key in keys {
        assert_eq!(list.press(key), Step::Asking, "{key:?}");
    }
}

fn type_text(list: &mut List<'_>, text: &str) {
    press(list, &text.chars().map(Key::Char).collect::<Vec<_>>());
}

/// A list of `account-0`, `account-1`, …
fn many(count: usize) -> Vec<ChoiceRow> {
    (0..count).map(|number| row(&format!("account-{number}"), "Admin", "")).collect()
}

#[test]
fn rows_stand_in_columns_below_the_question() {
    let expected = [
        "Role: ",
        "> Production             AdministratorAccess  111122223333",
        "  Production             ReadOnly             111122223333",
        "  日本                   Viewer               222233334444",
        "  Evil\\u{1b}[2J\\u{202e}  Admin                333344445555",
        "  4 of 4   type to filter, Up/Down to move, Enter to choose, Esc to stop",
    ];
    let rows = roles();
    let frame = List::new("Role", &rows).draw(look(80, 24));
    assert_eq!(frame.lines, expected);
    assert_eq!(frame.cursor, 6);
}

#[test]
fn typed_letters_filter_and_the_best_row_is_chosen() {
    let rows = roles();
    let mut list = List::new("Role", &rows);
    type_text(&mut list, "admin");
    assert_eq!(list.draw(look(80, 24)).lines[3], "  2 of 4   ".to_owned() + KEYS);
    assert_eq!(list.answer(), Some(3), "the whole word comes first");
    type_text(&mut list, " prod");
    assert_eq!(list.answer(), Some(0));
    assert_eq!(list.press(&Key::Enter), Step::Answered);
}

#[test]
fn without_a_match_enter_does_nothing() {
    let rows = roles();
    let mut list = List::new("Role", &rows);
    type_text(&mut list, "xyz");
    assert_eq!(list.draw(look(80, 24)).lines, ["Role: xyz".to_owned(), format!("  0 of 4   {KEYS}")]);
    press(&mut list, &[Key::Enter, Key::Down, Key::PageUp, Key::End, Key::Enter]);
    press(&mut list, &[Key::DeleteToStart]);
    assert_eq!(list.answer(), Some(0));
}

#[test]
fn keys_move_and_stop_at_both_ends() {
    let rows = many(40);
    let mut list = List::new("Account", &rows);
    let look = look(40, 12);
    list.draw(look);
    let mut at = |keys: &[Key]| {
        press(&mut list, keys);
        list.draw(look);
        list.answer()
    };
    assert_eq!(at(&[Key::Up]), Some(0));
    assert_eq!(at(&[Key::Down, Key::Down]), Some(2));
    assert_eq!(at(&[Key::PageDown]), Some(12), "ten rows fit");
    assert_eq!(at(&[Key::PageUp, Key::PageUp]), Some(0));
    assert_eq!(at(&[Key::End, Key::Down]), Some(39));
    assert_eq!(at(&[Key::PageDown, Key::Up]), Some(38));
    assert_eq!(at(&[Key::Home]), Some(0));
}

#[test]
fn the_chosen_row_stays_visible() {
    let rows = many(100);
    let mut list = List::new("Account", &rows);
    list.choose(50);
    for (key, times) in [(Key::Down, 60), (Key::Up, 110), (Key::PageDown, 9), (Key::Up, 5), (Key::End, 1)] {
        for _ in 0..times {
            press(&mut list, std::slice::from_ref(&key));
            for rows in [24, 10, 4, 3, 2] {
                let lines = list.draw(look(40, rows)).lines;
                let marked: Vec<&String> = lines.iter().filter(|line| line.starts_with('>')).collect();
                let expected = format!("> account-{} ", list.answer().unwrap());
                assert!(marked.len() == 1 && marked[0].starts_with(&expected), "{rows}: {lines:?}");
                assert!(lines.len() <= rows, "{rows}: {lines:?}");
            }
        }
    }
}

#[test]
fn what_is_typed_chooses_the_best_match_again() {
    let rows = roles();
    let mut list = List::new("Role", &rows);
    press(&mut list, &[Key::Down, Key::Down]);
    assert_eq!(list.answer(), Some(2));
    type_text(&mut list, "prod");
    assert_eq!(list.answer(), Some(0));
    press(&mut list, &[Key::Down, Key::DeleteWord]);
    assert_eq!(list.answer(), Some(0));
    assert_eq!(List::new("Role", &[]).answer(), None);
}

#[test]
fn moving_within_the_filter_changes_nothing_in_the_list() {
    let rows = roles();
    let mut list = List::new("Role", &rows);
    type_text(&mut list, "111");
    press(&mut list, &[Key::Down, Key::Left, Key::WordLeft, Key::Right]);
    assert_eq!(list.answer(), Some(1));
    assert_eq!(list.draw(look(80, 24)).cursor, 7);
}

#[test]
fn a_list_fits_every_screen() {
    let rows = roles();
    for columns in 1..90 {
        for rows_of_screen in 1..12 {
            let mut list = List::new("Role", &rows);
            type_text(&mut list, "1");
            let frame = list.draw(look(columns, rows_of_screen));
            assert!(frame.lines.len() <= rows_of_screen, "{columns}x{rows_of_screen}: {frame:?}");
            for line in &frame.lines {
                assert!(width(line) <= (columns - 1).max(1), "{columns}x{rows_of_screen}: {line:?}");
            }
        }
    }
    let mut list = List::new("Role", &rows);
    let small = list.draw(look(40, 10)).lines;
    assert_eq!(small[1], "> Production          AdministratorAcc…");
    assert_eq!(small[5], "  4 of 4");
    assert_eq!(list.draw(look(10, 3)).lines, ["Role: ", "> Produc…", "  Produc…"]);
}

#[test]
fn two_thousand_rows_are_drawn_as_quickly_as_few() {
    let rows = many(2000);
    let mut list = List::new("Account", &rows);
    list.choose(1999);
    let lines = list.draw(look(80, 24)).lines;
    assert_eq!((lines.len(), lines[15].as_str()), (17, "> account-1999  Admin"));
    assert!(lines[16].starts_with("  2000 of 2000   "));
}
