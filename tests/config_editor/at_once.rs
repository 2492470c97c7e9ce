//! Several programs at the same file, and programs that are killed.

use std::fs::{self, File};
use std::io::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use aws_sso_cred::config_editor::{ConfigurationFile, Document, SectionName};

use crate::child::command;
use crate::home::{CONFIG, Home};

/// The config file of `home` as a document.
fn document(home: &Home) -> Document {
    Document::parse(ConfigurationFile::Config, "", fs::read(home.config()).unwrap()).unwrap()
}

fn has_all_keys(document: &Document, name: &str, keys: usize) -> bool {
    let name = SectionName::Profile(name.to_owned());
    (0..keys).all(|key| document.value(&name, &format!("key{key}")) == Some("value"))
}

#[test]
fn editors_at_the_same_time_lose_nothing() {
    let home = Home::new();
    let children: Vec<_> =
        (0..6).map(|number| command(home.path(), &format!("p{number}"), 8).spawn().unwrap()).collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let document = document(&home);
    for number in 0..6 {
        assert!(has_all_keys(&document, &format!("p{number}"), 8), "{}", home.text());
    }
    assert!(home.text().starts_with(CONFIG));
    assert_eq!(home.names(), ["config", "config.aws-sso-cred.bak"]);
}

#[test]
fn editors_without_a_state_directory_lose_nothing() {
    let home = Home::new();
    fs::write(home.state(), "no directory").unwrap();
    let children: Vec<_> =
        (0..4).map(|number| command(home.path(), &format!("p{number}"), 5).spawn().unwrap()).collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let document = document(&home);
    assert!((0..4).all(|number| has_all_keys(&document, &format!("p{number}"), 5)), "{}", home.text());
}

#[test]
fn a_kill_at_any_moment_leaves_a_whole_file() {
    let home = Home::new();
    let long =
        format!("{CONFIG}{}# end\n", "# a line that makes the file longer than one page\n".repeat(400));
    fs::write(home.config(), &long).unwrap();
    let done = AtomicBool::new(false);
    let killed = std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut reads = 0;
            while !done.load(Ordering::Relaxed) {
                let text = home.text();
                assert!(text.contains(&long[CONFIG.len()..]), "a torn file of {} bytes", text.len());
                reads += 1;
            }
            reads
        });
        let mut killed = 0;
        for turn in 0..60_u64 {
            let mut child = command(home.path(), &format!("p{turn}"), 50).spawn().unwrap();
            std::thread::sleep(Duration::from_micros(3_000 + turn * 7_919 % 60_000));
            child.kill().unwrap();
            killed += usize::from(child.wait().unwrap().code().is_none());
        }
        done.store(true, Ordering::Relaxed);
        println!("{} reads, {killed} of 60 killed", reader.join().unwrap());
        killed
    });
    assert!(killed > 30, "{killed}");
    // The next edit works, and the backup is whole, too.
    assert!(command(home.path(), "last", 1).status().unwrap().success());
    assert!(has_all_keys(&document(&home), "last", 1));
    assert!(fs::read_to_string(home.backup()).unwrap().contains("# end\n"));
}

/// Writes as the AWS CLI does: empties the file, and writes it after a pause.
fn write_in_place(home: &Home, text: &str, pause: Duration) {
    let mut file = File::create(home.config()).unwrap();
    std::thread::sleep(pause);
    file.write_all(text.as_bytes()).unwrap();
}

#[test]
fn what_another_program_writes_in_place_during_an_edit_is_not_lost() {
    let text = format!("{CONFIG}\n[profile cli]\noutput = json\n");
    let cli = SectionName::Profile("cli".to_owned());
    let (mut both, mut lost) = (0, Vec::new());
    for turn in 0..60_u64 {
        let home = Home::new();
        let begin = Duration::from_micros(turn * 7_919 % 80_000);
        let pause = Duration::from_micros(1_000 + turn * 379 % 15_000);
        let mut child = command(home.path(), "p", 1).spawn().unwrap();
        std::thread::sleep(begin);
        write_in_place(&home, &text, pause);
        assert!(child.wait().unwrap().success());
        let document = document(&home);
        if document.value(&cli, "output") != Some("json") {
            lost.push((begin, pause, home.text()));
        }
        // The other program does not look at the file before it writes: an edit before that is gone.
        both += usize::from(has_all_keys(&document, "p", 1));
    }
    assert!(lost.is_empty(), "{} of 60, the first {:?}", lost.len(), lost[0]);
    println!("{both} of 60 files have both changes");
    assert!(both > 5, "{both}");
}
