//! `docs/coming-from`: what the pages show of a file before the commands becomes what they show behind
//! them. `tests/readme.rs` runs the other blocks.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test"
)]

mod common;
mod documents;

use std::fs;
use std::path::Path;

use common::{PROGRAM, World, answered, finish};
use documents::{Block, blocks, files};

/// Under this heading stand the files of the tool, the commands, and the config that these make.
const MOVE: &str = "Move your profiles";

/// Leapp has no file that could be read.
const WITHOUT_FILES: [&str; 2] = ["docs/coming-from/README.md", "docs/coming-from/leapp.md"];

#[test]
fn the_commands_make_of_the_files_what_the_pages_show() {
    let pages = files("docs/coming-from", "md");
    assert_eq!(pages.len(), 8);
    for page in pages.iter().filter(|page| !WITHOUT_FILES.contains(&page.as_str())) {
        let blocks: Vec<Block> = blocks(page).into_iter().filter(|block| block.heading == MOVE).collect();
        let text =
            |language: &str| blocks.iter().find(|block| block.language == language).map(|block| &block.text);
        let needed = |language| text(language).unwrap_or_else(|| panic!("{page} has no block of {language}"));
        let mut world = World::new();
        world.home.write_config(needed("text"));
        if let Some(settings) = text("yaml") {
            let directory = world.home.home().join(".aws-sso");
            fs::create_dir_all(&directory).unwrap();
            fs::write(directory.join("config.yaml"), settings).unwrap();
        }
        let config = |world: &World| fs::read_to_string(world.home.config_path()).unwrap();
        let commands: Vec<&str> = needed("sh").lines().collect();
        let [look, make] = commands[..] else { panic!("{page}: {commands:?}") };
        let programs = Path::new(PROGRAM).parent().unwrap().display().to_string();
        world.home.env("PATH", &format!("{programs}:/usr/bin:/bin"));
        for (command, expected) in [(look, needed("text")), (make, needed("ini"))] {
            let output = finish(world.home.command_of("/bin/sh").args(["-c", command]));
            assert_eq!(output.status, 0, "{page}: {output:?}");
            let program = Path::new(PROGRAM).canonicalize().unwrap();
            assert_eq!(
                &config(&world).replace(program.to_str().unwrap(), "aws-sso-cred"),
                expected,
                "{page}"
            );
        }
        let again = finish(world.home.command_of("/bin/sh").args(["-c", make]));
        assert!(again.status == 0 && !again.stderr.contains("now get"), "{page}: {again:?}");
    }
}

#[test]
fn imported_profiles_get_credentials() {
    for page in ["granted", "aws-sso-util", "aws-sso-credential-process", "aws-sso-cli", "yawsso"] {
        let page = format!("docs/coming-from/{page}.md");
        let made = blocks(&page).into_iter().find(|block| block.language == "ini" && block.heading == MOVE);
        let world = World::new();
        world.home.write_config(&made.unwrap().text);
        world.sign_in(3600);
        let config = fs::read_to_string(world.home.config_path()).unwrap();
        let line = config.lines().find(|line| line.starts_with("credential_process")).unwrap();
        let (_, options) = line.split_once("aws-sso-cred ").unwrap();
        answered(&world.home.run(&options.split(' ').collect::<Vec<_>>()));
    }
}
