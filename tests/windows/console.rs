//! What a person sees and types on a console.

use std::fs;
use std::path::absolute;

use stand_in::{Operation, PseudoConsole};

use crate::child;
use crate::common::{CONFIG, HANG, PROGRAM, World};

/// The exit codes of a program that Ctrl-C ended: that of Windows, and that of Wine.
const CONTROL_C: [u32; 2] = [0xc000_013a, 0];

fn program() -> String {
    absolute(PROGRAM).unwrap().display().to_string()
}

/// `cmd` with a console, which runs `line`.
fn shell(world: &World, line: &str) -> PseudoConsole {
    let mut command = world.home.command_of(r"C:\Windows\System32\cmd.exe");
    PseudoConsole::start(command.args(["/c", line]))
}

/// The program, with a console as its three streams.
fn start(world: &World, arguments: &[&str]) -> PseudoConsole {
    let child = child::with_streams_of_the_console();
    let mut command = world.home.command_of(&child[0]);
    PseudoConsole::start(command.args(&child[1..]).arg(program()).args(arguments))
}

#[test]
fn a_credential_process_shows_its_prompt_on_the_console_in_every_letter() {
    let world = World::new();
    world.home.write_config(&CONFIG.replace("corp]", "Größe-Ελ]").replace("= corp\n", "= Größe-Ελ\n"));
    let line = format!("{} -i --no-browser --profile dev >out.txt 2>err.txt", program());
    let console = shell(&world, &line);
    let code = world.aws.wait_for_user_code(HANG);
    console.wait_for(&code, HANG);
    assert!(world.aws.approve(&code));
    let (status, screen) = console.finish(HANG);
    let read = |name: &str| fs::read_to_string(world.home.home().join(name)).unwrap();
    assert_eq!((status, read("err.txt").as_str()), (0, ""), "{screen}");
    assert!(screen.contains("Größe-Ελ"), "{screen}");
    let printed = read("out.txt");
    assert!(printed.starts_with("{\"Version\":1,") && printed.ends_with("}\n"), "{printed}");
    assert_eq!(printed, world.run(&[]).stdout);
}

#[test]
fn a_command_for_people_shows_every_letter_on_the_console() {
    let world = World::new();
    world.home.write_config(&CONFIG.replace("corp]", "Größe-Ελ]").replace("= corp\n", "= Größe-Ελ\n"));
    let (status, screen) = start(&world, &["status"]).finish(HANG);
    assert_eq!(status, 1, "{screen}");
    assert!(screen.contains("Größe-Ελ"), "{screen}");
}

#[test]
fn control_c_ends_a_sign_in_and_leaves_no_file() {
    let world = World::new();
    let mut console = start(&world, &["login", "--sso-session", "corp", "--use-device-code", "--no-browser"]);
    let code = world.aws.wait_for_user_code(HANG);
    console.wait_for(&code, HANG);
    console.type_text("\x03");
    let (status, screen) = console.finish(HANG);
    assert!(CONTROL_C.contains(&status), "{status}: {screen}");
    assert!(!screen.contains("panicked"), "{screen}");
    assert!(!world.token_file().exists());
}

/// A key that is released waits in the same queue as keys that are pressed.
#[test]
fn a_list_shows_what_was_typed_before_another_key_is_pressed() {
    let world = World::signed_in();
    world.aws.add_accounts(30, &["Billing", "Auditor"]);
    let mut console = start(&world, &["exec", "--pick", "--profile", "dev", "--", "cmd", "/c", "exit 3"]);
    console.wait_for("type to filter", HANG);
    console.type_text("0017 bill");
    console.wait_for("0017 bill", HANG);
    console.type_text("\r");
    let (status, screen) = console.finish(HANG);
    assert_eq!(status, 3, "{screen}");
}

/// [`child`] finds the console as it was. Wine ends a program at Ctrl-C also where it asks for the key,
/// so that the end of a question by Ctrl-C is tested on Unix only.
#[test]
fn a_role_is_picked_with_the_keyboard() {
    let world = World::signed_in();
    world.aws.add_accounts(30, &["Billing", "Auditor"]);
    let mut console =
        start(&world, &["exec", "--pick", "--profile", "dev", "--", "cmd", "/c", "echo region %AWS_REGION%"]);
    console.wait_for("type to filter", HANG);
    console.type_text("0017 bill\r");
    let (status, screen) = console.finish(HANG);
    assert_eq!(status, 0, "{screen}");
    let requests = world.aws.requests();
    let fetched: Vec<_> = requests
        .iter()
        .filter(|request| request.operation == Operation::GetRoleCredentials)
        .map(|request| request.query_value("role_name").unwrap())
        .collect();
    assert_eq!(fetched, ["Billing"], "{screen}");
}
