//! The browser, and sign-ins in it.

use std::fs;

use stand_in::{Operation, visit};

use crate::child::{self, Said, said, wait_until};
use crate::common::{World, answered};

const LOGIN: [&str; 3] = ["login", "--sso-session", "corp"];

/// The value of `BROWSER` for the child, which gets the address as its only argument.
pub fn browser() -> String {
    let command = child::command();
    let (program, words) = command.split_first().unwrap();
    format!("\"{program}\" {} %s", words.join(" "))
}

fn assert_is_clean(said: &Said) {
    let hidden: Vec<_> = said
        .environment
        .keys()
        .filter(|name| name.to_ascii_uppercase().starts_with("AWS_") || name.eq_ignore_ascii_case("BROWSER"))
        .collect();
    assert!(hidden.is_empty(), "{hidden:?}");
    assert!(said.environment.contains_key("SystemRoot"));
    assert!(!said.has_console, "Ctrl-C and the end of the console would end it");
}

#[test]
fn a_redirect_signs_in_with_the_browser_of_the_variable() {
    let mut world = World::new();
    let path = child::listen(&mut world);
    world.home.env("BROWSER", &browser());
    world.home.env("AWS_SECRET_ACCESS_KEY", "not for a browser");
    let output = std::thread::scope(|scope| {
        let login = scope.spawn(|| world.home.run(&LOGIN));
        let said = said(&path);
        assert_eq!(said.arguments.len(), 1, "{:?}", said.arguments);
        assert!(
            said.arguments[0].contains("/authorize?response_type=code&client_id="),
            "{:?}",
            said.arguments
        );
        assert_is_clean(&said);
        let page = visit(&said.arguments[0]).unwrap();
        assert!(page.contains("corp"), "{page}");
        login.join().unwrap()
    });
    assert_eq!((output.status, output.stdout.as_str()), (0, ""), "{output:?}");
    assert!(output.stderr.contains("signed in to sso-session `corp`"), "{}", output.stderr);
    answered(&world.run(&[]));
}

#[test]
fn a_code_signs_in_and_the_browser_runs_on_without_the_streams() {
    let mut world = World::new();
    let path = child::listen(&mut world);
    world.home.env("BROWSER", &browser());
    let stays = path.with_extension("stays");
    fs::write(&stays, "").unwrap();
    world.aws.auto_approve(0);
    // The run ends when its pipes are closed: the browser would keep them open.
    let output = world.home.run(&[&LOGIN[..], &["--use-device-code"]].concat());
    assert_eq!(output.status, 0, "{output:?}");
    let said = said(&path);
    assert!(said.arguments[0].contains("/device?user_code="), "{:?}", said.arguments);
    assert!(stays.exists());
    fs::remove_file(stays).unwrap();
    answered(&world.run(&[]));
}

/// `.ci/windows-tests` gives Wine a browser that writes addresses to this file.
#[test]
fn without_the_variable_the_system_opens_the_page() {
    let Some(opened) = std::env::var_os("OPENED_BY_WINE") else {
        eprintln!("not run: the browser of this system is that of a person");
        return;
    };
    let world = World::new();
    let address = || {
        let text = fs::read_to_string(&opened).unwrap_or_default();
        text.lines().find(|line| line.starts_with(&format!("{}/", world.aws.url()))).map(str::to_owned)
    };
    let output = std::thread::scope(|scope| {
        let login = scope.spawn(|| world.home.run(&LOGIN));
        wait_until(|| address().is_some());
        visit(&address().unwrap()).unwrap();
        login.join().unwrap()
    });
    assert_eq!((output.status, output.stdout.as_str()), (0, ""), "{output:?}");
    assert_eq!(world.aws.count(Operation::Authorize), 1);
    answered(&world.run(&[]));
}
