//! Random edits of random files in every odd form. `ODD_CONFIGS=10000` makes more of them.

use aws_sso_cred::config_editor::{ConfigurationFile, Document, SectionName};
use aws_sso_cred::error::Error;

use crate::odd::{OddConfig, OddEdit, odd_config};
use crate::one_edit::{apply, assert_nothing_else_changed, assert_reads_as_asked, difference, lines_of_both};

fn numbers() -> std::ops::Range<u64> {
    let wanted = std::env::var("ODD_CONFIGS").ok().and_then(|count| count.parse().ok());
    0..wanted.unwrap_or(1000)
}

fn file_of(case: &OddConfig) -> ConfigurationFile {
    if case.is_credentials { ConfigurationFile::Credentials } else { ConfigurationFile::Config }
}

/// Runs `check` on each edit that is made, with the text before and after it.
fn each_edit(check: impl Fn(&OddConfig, &OddEdit, &[u8], &[u8])) {
    let (mut made, mut refused) = (0, 0);
    for number in numbers() {
        let case = odd_config(number);
        let mut text = case.text.clone();
        for edit in &case.edits {
            match apply(file_of(&case), &text, edit) {
                Ok(after) => {
                    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                        check(&case, edit, &text, &after);
                    }));
                    let shown = (String::from_utf8_lossy(&text), String::from_utf8_lossy(&after));
                    assert!(
                        result.is_ok(),
                        "case {number}: {edit:?}\n--- before\n{}\n--- after\n{}",
                        shown.0,
                        shown.1
                    );
                    text = after;
                    made += 1;
                }
                Err(Error::Configuration(_)) => refused += 1,
                Err(error) => panic!("case {number}: {edit:?}\n{error}\n{}", String::from_utf8_lossy(&text)),
            }
        }
    }
    println!("{made} edits made, {refused} refused");
    assert!(made > refused, "{made} edits made, {refused} refused");
}

#[test]
fn what_was_asked_is_read_and_everything_else_as_before() {
    each_edit(|case, edit, before, after| assert_reads_as_asked(file_of(case), edit, before, after));
}

#[test]
fn no_byte_changes_that_was_not_asked_for() {
    each_edit(|_, edit, before, after| assert_nothing_else_changed(edit, before, after));
}

#[test]
fn a_new_section_can_be_removed_without_a_trace() {
    let mut exact = 0;
    for number in numbers() {
        let case = odd_config(number);
        let file = file_of(&case);
        let new = SectionName::Profile("quite new".to_owned());
        let with = |text: &[u8], change: &dyn Fn(&mut Document) -> Result<(), Error>| {
            let mut document = Document::parse(file, "~/.aws/config", text.to_vec()).unwrap();
            let changed = change(&mut document).and_then(|()| document.proven());
            changed
                .unwrap_or_else(|error| panic!("case {number}: {error}\n{}", String::from_utf8_lossy(text)))
        };
        let made = with(&case.text, &|document| {
            document.set(&new, "region", "x")?;
            document.set(&new, "output", "y")
        });
        let back = with(&made, &|document| document.remove_section(&new));
        // A second blank line is needed where none was before the next section, and stays.
        let (before, after) = lines_of_both(&case.text, &made);
        let blanks = difference(&before, &after).1.iter().filter(|line| line.trim().is_empty()).count();
        if blanks <= 1 {
            assert_eq!(String::from_utf8_lossy(&back), String::from_utf8_lossy(&case.text), "case {number}");
            exact += 1;
        } else {
            let (before, after) = lines_of_both(&case.text, &back);
            let (removed, added) = difference(&before, &after);
            assert!(
                removed.is_empty() && added.len() == 1 && added[0].trim().is_empty(),
                "case {number}: {added:?}"
            );
        }
    }
    assert!(exact * 2 > numbers().end, "{exact}");
}
