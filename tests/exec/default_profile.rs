//! The person's own default profile, which every SDK prefers to an endpoint.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::time::UNIX_EPOCH;

use rustix::process::Signal;

use crate::common::{CONFIG, World};
use crate::served::{Served, wait_until};

const NOTE: &str = "the command gets configuration files of its own, because [default] in ~/.aws/config has \
                    credentials, which SDKs would use instead of this role's\n";

fn with_default(keys: &str) -> World {
    let world = World::signed_in();
    world.home.write_config(&format!("{CONFIG}\n[default]\nregion = us-east-1\n{keys}\n"));
    world
}

#[test]
fn the_command_gets_files_with_the_region_alone_and_they_go_with_it() {
    let world = with_default("credential_process = somebody-else");
    let served = Served::start(&world);
    let files =
        [(served.config.clone(), "[default]\nregion = us-west-2\n"), (served.credentials.clone(), "")];
    for (path, content) in &files {
        assert!(path.starts_with(world.home.state_dir().join("exec")), "{}", path.display());
        assert_eq!(fs::read_to_string(path).unwrap(), *content);
        assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    assert_eq!(served.ask().0, 200, "the program itself reads the person's files");
    assert_eq!(served.end(), (Some(7), NOTE.to_owned()));
    for (path, _) in files {
        assert!(!path.exists(), "{}", path.display());
    }
}

/// Each start removes the files of killed ones, and must not take those of another start for such.
#[test]
fn commands_that_start_at_once_all_have_their_files() {
    let world = with_default("credential_process = somebody-else");
    world.cache_role(3600);
    let arguments = ["exec", "--server", "--profile", "dev", "--", "sh", "-c", "cat \"$AWS_CONFIG_FILE\""];
    for output in world.home.run_many(60, |_| arguments.to_vec()) {
        assert_eq!((output.status, output.stdout.as_str()), (0, "[default]\nregion = us-west-2\n"));
    }
}

#[test]
fn each_key_that_gives_credentials_is_noticed_and_no_other() {
    for (keys, is_needed) in [
        ("aws_access_key_id = AKIA", true),
        ("sso_session = corp", true),
        ("sso_start_url = https://x", true),
        ("role_arn = arn:aws:iam::1:role/x", true),
        ("web_identity_token_file = /t", true),
        ("login_session = x", true),
        ("source_profile = dev", true),
        ("output = json\ns3 =\n  addressing_style = path", false),
    ] {
        let world = with_default(keys);
        let output = world.home.run(&[
            "exec",
            "--server",
            "--profile",
            "dev",
            "--",
            "sh",
            "-c",
            "echo $AWS_CONFIG_FILE",
        ]);
        assert_eq!(output.status, 0, "{output:?}");
        assert_eq!(
            (output.stdout != "\n", output.stderr == NOTE),
            (is_needed, is_needed),
            "{keys}: {output:?}"
        );
    }
}

#[test]
fn a_default_profile_is_noticed_wherever_it_stands() {
    let run = |world: &World| {
        world.home.run(&["exec", "--server", "--profile", "dev", "--", "sh", "-c", "echo $AWS_CONFIG_FILE"])
    };
    let world = World::signed_in();
    world.home.write_config(&format!(
        "{CONFIG}\n[default]\naws_access_key_id = AKIA\n[profile default]\nregion = us-east-1\n"
    ));
    assert_eq!(run(&world).stderr, NOTE, "some SDKs read the one, some the other");

    let world = World::signed_in();
    world.home.write_credentials("[default]\naws_access_key_id = AKIA\naws_secret_access_key = x\n");
    let note = NOTE.replace("~/.aws/config", "~/.aws/credentials");
    assert_eq!(run(&world).stderr, note);

    let world = World::signed_in();
    assert_eq!((&*run(&world).stdout, &*run(&world).stderr), ("\n", ""));
}

#[test]
fn without_a_place_for_files_the_command_gets_empty_ones() {
    let mut world = with_default("credential_process = somebody-else");
    let blocked = world.home.home().join("no-directory");
    fs::write(&blocked, "").unwrap();
    world.home.env("XDG_STATE_HOME", blocked.to_str().unwrap());
    let script = "echo $AWS_CONFIG_FILE $AWS_SHARED_CREDENTIALS_FILE";
    let output = world.home.run(&["exec", "--server", "--profile", "dev", "--", "sh", "-c", script]);
    let expected = (0, "/dev/null /dev/null\n", NOTE);
    assert_eq!((output.status, &*output.stdout, &*output.stderr), expected);
}

#[test]
fn the_files_are_removed_after_sigterm_and_by_the_next_run_after_sigkill() {
    let world = with_default("credential_process = somebody-else");
    let served = Served::start(&world);
    let config = served.config.clone();
    served.signal(Signal::TERM);
    assert_eq!(served.ended().0, Some(143));
    assert!(!config.exists());

    fs::remove_file(world.home.home().join("said")).unwrap();
    let mut killed = Served::start(&world);
    let left = [killed.config.clone(), killed.credentials.clone()];
    killed.signal(Signal::KILL);
    killed.child.wait().unwrap();
    assert!(left.iter().all(|path| path.exists()));
    fs::write(world.home.home().join("end"), "").unwrap();
    // The next run may take a new lock for one that is about to be locked.
    let lock = fs::File::options().write(true).open(left[0].with_extension("lock")).unwrap();
    lock.set_modified(UNIX_EPOCH).unwrap();
    let output = world.home.run(&["exec", "--server", "--profile", "dev", "--", "true"]);
    assert_eq!((output.status, &*output.stderr), (0, NOTE));
    wait_until("the files of the killed run are removed", || left.iter().all(|path| !path.exists()));
}

#[test]
fn keys_in_a_file_of_boto_2_are_kept_from_the_command() {
    let mut world = World::signed_in();
    let run = |world: &World| {
        let script =
            "echo $AWS_CONFIG_FILE; test -z \"$BOTO_CONFIG\" || cat \"$BOTO_CONFIG\"; echo $BOTO_CONFIG";
        world.home.run(&["exec", "--server", "--profile", "dev", "--", "sh", "-c", script])
    };
    let boto = world.home.home().join(".boto");
    fs::write(&boto, "[Boto]\nnum_retries = 3\n").unwrap();
    assert_eq!(run(&world).stdout, "\n\n", "other settings of boto stay");
    fs::write(&boto, "[Credentials]\nAWS_Access_Key_Id = AKIA\n").unwrap();
    let output = run(&world);
    let lines: Vec<&str> = output.stdout.lines().collect();
    assert!(lines.len() == 2 && lines[0].is_empty() && lines[1].ends_with(".credentials"), "{output:?}");
    world.home.env("BOTO_CONFIG", boto.to_str().unwrap());
    assert!(run(&world).stdout.ends_with(".credentials\n"));
}

#[test]
fn keys_alone_need_no_files() {
    let world = with_default("credential_process = somebody-else");
    let output = world.home.run(&["exec", "--profile", "dev", "--", "sh", "-c", "echo $AWS_CONFIG_FILE"]);
    assert_eq!((output.status, &*output.stdout, &*output.stderr), (0, "\n", ""));
}
