//! Disk space for a token stays reserved until the token is written, and a token that was not
//! written is not reported.

use std::fs;
use std::process::Stdio;
use std::time::Duration;

use stand_in::Operation;

use crate::cannot_be_stored::HINT;
use crate::common::{DEV, HANG, World};
use crate::support::wrapped;

/// Fills the disk while AWS answers, and gives the test the content of the token file.
const FULL_WHILE_AWS_ANSWERS: &str = "\
    cp -a \"$AWS\" \"$AWS.before\" && mount -t tmpfs -o size=256k none \"$AWS\" || exit 99
    cp -a \"$AWS.before/.\" \"$AWS/\"
    \"$0\" \"$@\" & run=$!
    until [ -e \"$MARKS/asked\" ]; do sleep 0.02; done
    head -c 1000000 /dev/zero >\"$AWS/fill\" 2>&-
    touch \"$MARKS/full\"
    wait \"$run\"; code=$?
    cat \"$AWS\"/sso/cache/*.json >\"$MARKS/token\"
    exit \"$code\"";

#[test]
fn disk_space_for_a_token_stays_reserved_while_aws_answers() {
    for arguments in [&DEV[..], &["login", "--sso-session", "corp", "--if-needed"]] {
        let world = World::new();
        world.aws.set_refresh_single_use(true);
        world.sign_in(-1);
        let before = world.token();
        let (aws, marks) = (world.home.home().join(".aws"), world.home.temporary());
        let script = format!("AWS='{}' MARKS='{}'; {FULL_WHILE_AWS_ANSWERS}", aws.display(), marks.display());
        let wrapper = ["unshare", "--mount", "/bin/sh", "-c", &script];
        world.aws.hold(Operation::CreateToken);
        let output = std::thread::scope(|scope| {
            let run = scope.spawn(|| wrapped(&world, &wrapper, arguments));
            while world.refreshes() == 0 && !run.is_finished() {
                std::thread::sleep(Duration::from_millis(10));
            }
            fs::write(marks.join("asked"), "").unwrap();
            while !marks.join("full").exists() && !run.is_finished() {
                std::thread::sleep(Duration::from_millis(10));
            }
            world.aws.release(Operation::CreateToken);
            run.join().unwrap()
        });
        if world.refreshes() == 0 {
            crate::support::not_tested(&format!("unshare, or mount, does not work here: {}", output.stderr));
            return;
        }
        assert_eq!(output.status, 0, "{output:?}");
        let after = crate::common::read_json(&marks.join("token"));
        assert_ne!(after["refreshToken"], before["refreshToken"], "{arguments:?}");
    }
}

#[test]
fn login_if_needed_does_not_report_a_sign_in_that_was_not_stored() {
    use rustix::process::{Pid, Resource, Rlimit, prlimit};
    let world = World::new();
    world.sign_in(-1);
    world.aws.hold(Operation::CreateToken);
    let mut login = world.home.command(&["login", "--sso-session", "corp", "--if-needed"]);
    let login = login.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    world.aws.wait_for_requests(Operation::CreateToken, 1, HANG);
    // From now on the run can write no file.
    let nothing = Rlimit { current: Some(0), maximum: Some(0) };
    prlimit(Pid::from_raw(login.id().cast_signed()), Resource::Fsize, nothing).unwrap();
    world.aws.release(Operation::CreateToken);
    let output = login.wait_with_output().unwrap();
    let text = format!(
        "aws-sso-cred: cannot save the sign-in in ~/.aws/sso/cache: the limit of file sizes (`ulimit -f`) is too low\n\
         AWS has revoked the new sign-in\n{}",
        HINT.replace("run this again", "sign in again")
    );
    assert_eq!((output.status.code(), String::from_utf8(output.stderr).unwrap()), (Some(5), text));
    assert_eq!(world.aws.count(Operation::Logout), 1);
}

/// The connection to AWS is still open after the answer, and the file for the token needs one more
/// descriptor.
#[test]
fn with_few_descriptors_a_refresh_token_is_stored_or_not_used() {
    let mut outcomes = Vec::new();
    for most in 4..32 {
        let world = World::new();
        world.aws.set_refresh_single_use(true);
        let old = world.sign_in(-1).refresh_token.unwrap();
        let limit = format!("ulimit -n {most}; exec \"$0\" \"$@\"");
        let output = wrapped(&world, &["/bin/sh", "-c", &limit], &DEV);
        let is_kept = world.token()["refreshToken"] != serde_json::json!(old);
        assert_eq!(world.refreshes(), usize::from(is_kept), "{most} descriptors: {}", output.stderr);
        outcomes.push(is_kept);
    }
    assert!(outcomes.contains(&true) && outcomes.contains(&false), "{outcomes:?}");
}
