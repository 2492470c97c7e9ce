//! What the command gets: its arguments, variables, descriptors, signals; and how it ends.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStringExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Stdio;

use stand_in::Operation;

use crate::common::{PROGRAM, World, failed, finish, refused, shell};

const EXEC: [&str; 4] = ["exec", "--profile", "dev", "--"];

/// The variables that the command got.
fn environment_of(world: &World, options: &[&str]) -> BTreeMap<String, String> {
    let output = world.home.run(&[&["exec", "--profile", "dev"], options, &["--", "env"]].concat());
    assert_eq!((output.status, output.stderr.as_str()), (0, ""), "{output:?}");
    let lines = output.stdout.lines().filter_map(|line| line.split_once('='));
    lines.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

#[test]
fn the_command_has_the_keys_and_the_region_of_the_profile() {
    let world = World::signed_in();
    let environment = environment_of(&world, &[]);
    let document = world.run(&[]).json();
    for (variable, member) in [
        ("AWS_ACCESS_KEY_ID", "AccessKeyId"),
        ("AWS_SECRET_ACCESS_KEY", "SecretAccessKey"),
        ("AWS_SESSION_TOKEN", "SessionToken"),
        ("AWS_CREDENTIAL_EXPIRATION", "Expiration"),
    ] {
        assert_eq!(environment[variable], document[member].as_str().unwrap(), "{variable}");
    }
    assert_eq!(
        (&*environment["AWS_REGION"], &*environment["AWS_DEFAULT_REGION"]),
        ("us-west-2", "us-west-2")
    );
    assert_eq!(world.fetches(), 1, "the cache is shared with the credential process");
}

#[test]
fn nothing_in_the_environment_says_that_the_command_is_somebody_else() {
    let hostile = [
        "AWS_PROFILE",
        "AWS_DEFAULT_PROFILE",
        "AWS_SECURITY_TOKEN",
        "AWS_ACCESS_KEY",
        "AWS_SECRET_KEY",
        "AMAZON_ACCESS_KEY_ID",
        "AWS_ACCOUNT_ID",
        "AWS_CREDENTIAL_SCOPE",
        "AWS_ROLE_ARN",
        "AWS_ROLE_SESSION_NAME",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
        "AWS_CREDENTIAL_FILE",
        "AWS_VAULT",
        "AWS_BEARER_TOKEN_BEDROCK",
    ];
    let mut world = World::signed_in();
    for name in hostile.iter().chain(&["AWS_ACCESS_KEY_ID", "AWS_SESSION_TOKEN", "AWS_REGION"]) {
        world.home.env(name, "of-somebody-else");
    }
    let kept = [("AWS_ENDPOINT_URL", "http://127.0.0.1:1"), ("AWS_MAX_ATTEMPTS", "2"), ("ODD", "a=b \"c\"")];
    for (name, value) in kept {
        world.home.env(name, value);
    }
    for options in [&[][..], &["--server"]] {
        let environment = environment_of(&world, options);
        let found: Vec<_> = environment.iter().filter(|(_, value)| *value == "of-somebody-else").collect();
        assert!(found.is_empty(), "{options:?}: {found:?}");
        for (name, value) in kept {
            assert_eq!(environment[name], value);
        }
    }
    let environment = environment_of(&world, &["--no-region"]);
    assert_eq!(environment["AWS_REGION"], "of-somebody-else", "the region is left as it is");
    assert!(!environment.contains_key("AWS_DEFAULT_REGION"));
}

#[test]
fn arguments_reach_the_command_byte_for_byte() {
    let world = World::signed_in();
    let odd = OsString::from_vec(vec![b'a', 0xff, b'\n', b' ', b'$', b'\'']);
    for options in [&[][..], &["--server"]] {
        let mut command = world.home.command(&["exec", "--profile", "dev"]);
        command.args(options).arg("--").args(["printf", r"%s\0"]);
        command.args(["", "--profile", "--", "-x"]).arg(&odd);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{output:?}");
        let expected = [&b"\0--profile\0--\0-x\0"[..], b"a\xff\n $'\0"].concat();
        assert_eq!(output.stdout, expected, "{options:?}");
    }
}

#[test]
fn this_process_becomes_the_command() {
    let world = World::signed_in();
    let mut command = world.home.command(&[&EXEC[..], &["sh", "-c", "echo $$"]].concat());
    let child = command.stdout(Stdio::piped()).spawn().unwrap();
    let id = child.id();
    assert_eq!(child.wait_with_output().unwrap().stdout, format!("{id}\n").as_bytes());
}

#[cfg(target_os = "linux")]
#[test]
fn the_command_starts_with_default_signals_and_no_descriptor_of_ours() {
    let world = World::signed_in();
    let masks = |status: &str| {
        let is_mask = |line: &&str| ["SigBlk", "SigIgn", "SigCgt"].iter().any(|mask| line.starts_with(mask));
        status.lines().filter(is_mask).map(str::to_owned).collect::<Vec<_>>()
    };
    // Without the program: whoever runs the tests may ignore signals and leave descriptors open.
    let expected = masks(&finish(world.home.command_of("cat").arg("/proc/self/status")).stdout);
    assert_eq!(expected.len(), 3);
    let descriptors = finish(world.home.command_of("ls").arg("/proc/self/fd")).stdout;
    for options in [&[][..], &["--server"]] {
        let run = |command: &[&str]| {
            let debug = ["exec", "--profile", "dev", "--debug"];
            world.home.run(&[&debug, options, &["--"], command].concat()).stdout
        };
        assert_eq!(masks(&run(&["cat", "/proc/self/status"])), expected, "{options:?}");
        assert_eq!(run(&["ls", "/proc/self/fd"]), descriptors, "{options:?}");
    }
}

#[test]
fn what_the_caller_set_up_is_the_commands() {
    let world = World::signed_in();
    for server in ["", "--server "] {
        let script = format!(
            "umask 027; trap '' USR1; exec 7>&1; cd /usr; echo typed | \"$0\" exec {server}--profile dev -- \
             sh -c 'umask; pwd; cat; echo seven >&7; kill -USR1 $$; echo ignored'"
        );
        let output = shell(&world.home, &script, &[]);
        let expected = (0, "0027\n/usr\ntyped\nseven\nignored\n", "");
        assert_eq!((output.status, &*output.stdout, &*output.stderr), expected, "{server}");
    }
}

#[test]
fn the_command_ends_this_process_as_it_ends() {
    let world = World::signed_in();
    let run = |options: &[&str], script: &str| {
        let output =
            world.home.run(&[&["exec", "--profile", "dev"], options, &["--", "sh", "-c", script]].concat());
        assert_eq!(output.stderr, "", "{output:?}");
        output.status
    };
    for code in [0, 1, 6, 127, 255] {
        assert_eq!(run(&[], &format!("exit {code}")), code);
        assert_eq!(run(&["--server"], &format!("exit {code}")), code);
    }
    for (signal, number) in [("TERM", 15), ("KILL", 9), ("PIPE", 13), ("INT", 2)] {
        let script = format!("kill -{signal} $$");
        assert_eq!(run(&[], &script), -number, "{signal}");
        assert_eq!(run(&["--server"], &script), 128 + number, "{signal}");
    }
}

#[test]
fn a_command_that_cannot_be_started_is_explained_with_the_exit_code_of_a_shell() {
    let world = World::signed_in();
    let script = world.home.home().join("script");
    fs::write(&script, "#!/nonexistent/interpreter\n").unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    for options in [&[][..], &["--server"]] {
        let run = |command: &str| {
            let output = world.home.run(&[&["exec", "--profile", "dev"], options, &["--", command]].concat());
            (output.status, failed(&output, output.status).remove(0))
        };
        let text = |text: &str| format!("aws-sso-cred: {text}");
        assert_eq!(run("nonexistent"), (127, text("there is no program `nonexistent` in PATH")));
        assert_eq!(run("./nonexistent"), (127, text("there is no program `./nonexistent`")));
        assert_eq!(run("/etc/passwd"), (126, text("cannot run `/etc/passwd`: Permission denied")));
        assert_eq!(run("/etc").0, 126);
        let why = "cannot run `./script`: the program or loader that it names does not exist";
        assert_eq!(run("./script"), (126, text(why)));
    }
    let mut world = world;
    world.home.env("PATH", "");
    let output = world.home.run(&["exec", "--profile", "dev", "--", "sh"]);
    assert_eq!(failed(&output, 127)[0], "aws-sso-cred: there is no program `sh` in PATH");
}

#[test]
fn without_credentials_the_command_is_not_started() {
    let world = World::new();
    for options in [&[][..], &["--server"], &["--noninteractive"]] {
        let output =
            world.home.run(&[&["exec", "--profile", "dev"], options, &["--", "touch", "started"]].concat());
        failed(&output, 1);
    }
    assert!(!world.home.home().join("started").exists());
    assert_eq!(world.requests(), 0);
}

#[test]
fn a_command_that_is_not_behind_two_hyphens_is_a_mistake() {
    let world = World::signed_in();
    for (arguments, command) in [(&["exec", "ls", "-l"][..], "ls"), (&["exec", "--server"], "COMMAND")] {
        let hint = format!("hint: `aws-sso-cred exec -- {command}`\n");
        refused(
            &world.home.run(arguments),
            2,
            &format!("aws-sso-cred: `exec` needs a command behind `--`\n{hint}"),
        );
    }
}

#[test]
fn with_cached_credentials_no_request_is_sent_and_nothing_is_written() {
    let world = World::new();
    world.cache_role(3600);
    let before = crate::common::whole_tree(&world.home.home());
    let output = world.home.run(&[&EXEC[..], &["true"]].concat());
    assert_eq!((output.status, output.stdout.as_str(), output.stderr.as_str()), (0, "", ""));
    assert_eq!(world.aws.count(Operation::GetRoleCredentials), 0);
    assert_eq!(crate::common::whole_tree(&world.home.home()), before);
}

#[test]
fn a_script_can_run_the_program_within_the_program() {
    let world = World::signed_in();
    let inner = format!("exec '{PROGRAM}' exec --profile old -- sh -c 'echo $AWS_ACCESS_KEY_ID'");
    world.home.write_cli_token(crate::common::START_URL, &world.sign_in(3600), 3600);
    let mut command = world.home.command(&[&EXEC[..], &["sh", "-c", &inner]].concat());
    let output = finish(&mut command);
    assert_eq!(output.status, 0, "{output:?}");
    let old = world.home.run(&["--profile", "old"]).json();
    assert_eq!(output.stdout.trim_end(), old["AccessKeyId"].as_str().unwrap());
}

#[test]
fn a_variable_that_changes_the_role_of_the_profile_is_told() {
    let mut world = World::signed_in();
    world.home.env("AWS_SSO_ROLE_NAME", "ReadOnly");
    let told = world.home.run(&[&EXEC[..], &["true"]].concat());
    assert_eq!((told.status, told.stdout.as_str()), (0, ""), "{told:?}");
    assert_eq!(
        told.stderr,
        "note: AWS_SSO_ROLE_NAME is set to `ReadOnly` and overrules `sso_role_name = Developer` of profile `dev`\n"
    );
    let named = ["exec", "--profile", "dev", "--role-name", "Developer", "--", "true"];
    let silent = world.home.run(&named);
    assert_eq!((silent.status, silent.stderr.as_str()), (0, ""), "the option decides: {silent:?}");
}
