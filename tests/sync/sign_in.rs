//! Sign-ins that `sync` needs: one for each session.

use stand_in::{Operation, Place, Stream, Terminal};

use crate::base::{LINE, file};
use crate::common::{CONFIG, World, failed};

const OTHER: &str = "
[profile admin]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = Admin
";

fn signed_out() -> World {
    let world = World::new();
    world.home.write_config(&format!("{CONFIG}{LINE}{OTHER}"));
    world
}

const TERMINAL: Terminal =
    Terminal { place: Place::Foreground, stdin: Stream::Terminal, stderr: Stream::Terminal };

#[test]
fn three_profiles_of_one_session_need_one_sign_in() {
    let mut world = signed_out();
    world.aws.auto_approve(0);
    world.home.env("SSH_CONNECTION", "192.0.2.1 1 192.0.2.2 22");
    let seen = TERMINAL.start(&world.home.command(&["sync", "dev", "line", "admin"])).finish();
    // AWS gives nobody the role `Admin`.
    assert_eq!(seen.output.status, 4, "{}", seen.screen);
    assert!(seen.screen.contains("profile `admin` was not written: you have no role `Admin`"));
    assert_eq!(world.aws.count(Operation::StartDeviceAuthorization), 1, "{}", seen.screen);
    let written = file(&world);
    assert!(written.contains("[dev]") && written.contains("[line]"), "{written}");
    assert!(!written.contains("[admin]"), "{written}");
}

#[test]
fn without_a_terminal_each_profile_is_told_with_its_command() {
    let world = signed_out();
    let lines = failed(&world.home.run(&["sync", "dev", "--noninteractive"]), 1);
    assert!(lines.last().unwrap().contains("aws-sso-cred login"), "{lines:?}");
    let output = world.home.run(&["sync", "dev", "admin"]);
    assert_eq!((output.status, output.stdout.as_str()), (1, ""));
    for profile in ["dev", "admin"] {
        assert!(output.stderr.contains(&format!("profile `{profile}` was not written: ")), "{output:?}");
    }
    assert_eq!(world.requests(), 0);
}
