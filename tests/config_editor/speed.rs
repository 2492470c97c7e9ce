//! Many changes at once.

use std::fs;
use std::time::Instant;

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
    let began = Instant::now();
    let edited = change_all("eu-west-1").unwrap();
    let written = began.elapsed();
    let began = Instant::now();
    let diff = edited.unified_diff();
    let shown = began.elapsed();
    let began = Instant::now();
    assert!(change_all("eu-west-1").unwrap().is_unchanged());
    println!("written in {written:?}, shown in {shown:?}, found unchanged in {:?}", began.elapsed());
    assert_eq!(diff.lines().filter(|line| line.starts_with("+region")).count(), 2000);
    // A debug build on a loaded machine; what is quadratic takes far longer.
    assert!(written.as_secs() < 3 && shown.as_secs() < 5, "{written:?} {shown:?}");
}
