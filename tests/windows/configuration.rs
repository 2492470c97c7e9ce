//! `configure` and `doctor` where files have line ends of Windows.

use std::fs;
use std::path::absolute;

use stand_in::Output;

use crate::common::{ACCOUNT, CONFIG, PROGRAM, ROLE, World, answered, at_once, failed};

/// `configure` for one more profile of the signed-in session.
pub fn add_profile(world: &World, name: &str) -> Output {
    world.home.run(&[
        "configure",
        "--yes",
        "--profile",
        name,
        "--sso-session",
        "corp",
        "--account-id",
        ACCOUNT,
        "--role-name",
        ROLE,
    ])
}

#[test]
fn a_config_with_line_ends_of_windows_keeps_them() {
    let world = World::signed_in();
    let before = CONFIG.replace('\n', "\r\n");
    world.home.write_config(&before);
    answered(&world.run(&[]));
    let output = add_profile(&world, "new");
    assert_eq!((output.status, output.stdout.as_str()), (0, ""), "{output:?}");
    let after = fs::read_to_string(world.home.config_path()).unwrap();
    let added = after.strip_prefix(&before).unwrap_or_else(|| panic!("{after}"));
    assert_eq!(
        added,
        format!(
            "\r\n[profile new]\r\ncredential_process = {} --sso-session corp --account-id 111122223333 \
             --role-name Developer\r\n",
            absolute(PROGRAM).unwrap().display()
        )
    );
}

#[test]
fn a_config_with_a_byte_order_mark_keeps_it_and_one_in_utf_16_is_refused() {
    let world = World::signed_in();
    let path = world.home.config_path();
    let marked = format!("\u{feff}{CONFIG}").replace('\n', "\r\n");
    world.home.write_config(&marked);
    answered(&world.run(&[]));
    assert_eq!(add_profile(&world, "new").status, 0);
    assert!(fs::read_to_string(&path).unwrap().starts_with(&marked));

    // As Windows PowerShell writes it.
    let units = std::iter::once(0xfeff).chain(CONFIG.encode_utf16());
    let wide: Vec<u8> = units.flat_map(u16::to_le_bytes).collect();
    fs::write(&path, &wide).unwrap();
    for output in [world.run(&[]), add_profile(&world, "newer")] {
        let lines = failed(&output, 2);
        assert!(lines[0].contains("UTF-16, which AWS's tools cannot read"), "{lines:?}");
    }
    assert_eq!(fs::read(&path).unwrap(), wide);
}

#[test]
fn the_copy_of_the_version_before_is_named_as_a_person_writes_it() {
    let world = World::signed_in();
    let said = add_profile(&world, "new").stderr;
    assert!(said.contains(r"(the version before is ~\.aws\config.aws-sso-cred.bak)"), "{said}");
}

#[test]
fn changes_at_the_same_time_are_all_made() {
    let world = World::signed_in();
    let names: Vec<String> = (0..6).map(|number| format!("new{number}")).collect();
    let outputs = at_once(
        names
            .iter()
            .map(|name| -> Box<dyn FnOnce() -> _ + Send> { Box::new(|| add_profile(&world, name)) })
            .collect(),
    );
    let config = fs::read_to_string(world.home.config_path()).unwrap();
    for (name, output) in names.iter().zip(outputs) {
        assert_eq!(output.status, 0, "{output:?}");
        assert!(config.contains(&format!("[profile {name}]")), "{config}");
    }
}

#[test]
fn configure_writes_the_path_of_the_program_and_it_works() {
    let world = World::signed_in();
    let output = add_profile(&world, "new");
    assert_eq!((output.status, output.stdout.as_str()), (0, ""), "{output:?}");
    let config = fs::read_to_string(world.home.config_path()).unwrap();
    let line = config.lines().find_map(|line| line.strip_prefix("credential_process = ")).unwrap();
    assert!(line.contains(r":\") && line.contains("aws-sso-cred.exe --sso-session"), "{line}");
    // As the AWS CLI and Go start it.
    let mut cmd = world.home.command_of("cmd");
    let output = cmd.args(["/c", line]).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(String::from_utf8(output.stdout).unwrap(), world.run(&[]).stdout);
}

#[test]
fn doctor_finds_nothing_in_a_healthy_home() {
    let world = World::signed_in();
    answered(&world.run(&[]));
    let output = world.home.run(&["doctor", "--output", "json"]);
    let report = output.json();
    let findings = &report["findings"];
    let errors: Vec<_> = findings.as_array().unwrap().iter().filter(|f| f["level"] == "error").collect();
    assert!(errors.is_empty(), "{errors:#?}");
}
