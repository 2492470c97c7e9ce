//! Many changes at once.

use std::fs;

use stand_in::cpu_time_of;

use crate::document::profile;
use crate::home::Home;

#[test]
fn two_thousand_changes_of_a_file_with_two_thousand_profiles_are_made_at_once() {
    let home = Home::new();
    let profiles: Vec<String> =
        (0..2000).map(|n| format!("[profile p{n}]\nregion = x\noutput = json\n\n")).collect();
    fs::write(home.config(), profiles.concat()).unwrap();
    let change_all = |edit: &str| {
        home.edit(None, |document| {
            (0..2000).try_for_each(|n| document.set(&profile(&format!("p{n}")), "region", edit))
        })
    };
    let (edited, written) = cpu_time_of(|| change_all("eu-west-1").unwrap());
    let (diff, shown) = cpu_time_of(|| edited.unified_diff());
    let (again, read) = cpu_time_of(|| change_all("eu-west-1").unwrap());
    assert!(again.is_unchanged());
    println!("written in {written:?}, shown in {shown:?}, found unchanged in {read:?}");
    assert_eq!(diff.lines().filter(|line| line.starts_with("+region")).count(), 2000);
    // A debug build; what is quadratic takes far longer.
    assert!(written.as_secs() < 3 && shown.as_secs() < 5, "{written:?} {shown:?}");
}
