//! Secrets as a property: in every scenario, no command shows a secret where it does not belong.
//!
//! Looked for are whole and partial secrets, plain and encoded, on stdout and stderr, in arguments
//! and variables of every program that is started, in every byte that is written to a file or a
//! terminal at any moment, in the names of files, and in the files that are left.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use stand_in::{Sandbox, Started, Watched, watch};

use crate::calls::{CALLS, Call};
use crate::common::{CONFIG, PROGRAM, START_URL, World};
use crate::hunt::{Hunt, Kind};
use crate::scenarios::{SCENARIOS, SIGNED_IN, Scenario, Scene};
use crate::served::ask_the_endpoint;

/// Runs wait for each other, and for the limits of the stand-in, more than for the processor.
const AT_ONCE: usize = 6;

#[test]
fn no_command_shows_a_secret_in_any_scenario() {
    let pairs = SCENARIOS.iter().flat_map(|scenario| CALLS.iter().map(move |call| (scenario, call)));
    let todo: Vec<_> = pairs.filter(|(scenario, call)| scenario.concerns(call)).collect();
    let wrong = in_parallel(&todo, |(scenario, call)| secrets_in_wrong_places(scenario, call));
    assert!(wrong.is_empty(), "{} of {} runs:\n{}", wrong.len(), todo.len(), wrong.join("\n"));
}

/// The failures of all jobs, of which some are carried out at once.
pub fn in_parallel<T: Sync>(todo: &[T], carry_out: impl Fn(&T) -> Option<String> + Sync) -> Vec<String> {
    let (next, wrong) = (Mutex::new(todo.iter()), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let Some(job) = next.lock().unwrap().next() else { return };
                    let found = carry_out(job);
                    wrong.lock().unwrap().extend(found);
                }
            });
        }
    });
    wrong.into_inner().unwrap()
}

fn secrets_in_wrong_places(scenario: &Scenario, call: &Call) -> Option<String> {
    let mut scene = Scene { world: world(scenario.logs), secrets: Vec::new() };
    (scenario.prepare)(&mut scene);
    let before = files(&scene.world.home);
    let mut arguments = call.arguments();
    if scenario.name == "the option --debug" {
        let place = arguments.iter().position(|word| *word == "--").unwrap_or(arguments.len());
        arguments.insert(place, "--debug");
    }
    let watched = watch(&mut scene.world.home.command(&arguments));
    let mut wrong = Vec::new();
    if scenario.name == SIGNED_IN && watched.output.status != call.status {
        wrong.push(format!("{:?}", watched.output));
    }
    if scenario.name == SIGNED_IN && call.child == [Kind::EndpointToken] {
        let answer = fs::read_to_string(scene.world.home.temporary().join("end")).unwrap_or_default();
        assert!(answer.contains("\"SecretAccessKey\""), "the endpoint was asked: {answer}");
    }
    let hunt = hunt(&scene, &watched.started);
    wrong.extend(misplaced(&hunt, call, &scene.world.home, &watched, &before));
    (!wrong.is_empty()).then(|| format!("{}: {}: {wrong:#?}", scenario.name, call.line))
}

/// A person who is signed in for an hour, whose browser follows links, and who approves codes.
pub fn world(logs: bool) -> World {
    let mut world = World::signed_in();
    world.home.write_cli_token(START_URL, &world.sign_in(3600), 3600);
    world.aws.allow_start_url("https://fresh.awsapps.com/start");
    world.aws.set_device(1, 40, false);
    world.aws.auto_approve(0);
    world.home.env("AWS_PROFILE", "dev");
    let directory_of_program = Path::new(PROGRAM).parent().unwrap().display();
    world.home.env("PATH", &format!("{directory_of_program}:/usr/bin:/bin"));
    fs::create_dir(world.home.home().join("pages")).unwrap();
    let directory = world.home.temporary();
    stand_in::follow_links(directory.join("opened"), directory.join("page"));
    let browser = directory.join("browser");
    let script = format!("#!/bin/sh\nprintf '%s\\n' \"$1\" >>'{}/opened'\n", directory.display());
    fs::write(&browser, script).unwrap();
    fs::set_permissions(&browser, fs::Permissions::from_mode(0o755)).unwrap();
    world.home.env("BROWSER", browser.to_str().unwrap());
    ask_the_endpoint(directory);
    let settings = world.home.home().join(".aws-sso");
    fs::create_dir(&settings).unwrap();
    fs::write(settings.join("config.yaml"), AWS_SSO_CLI).unwrap();
    let config = format!("{CONFIG}{MORE_PROFILES}");
    if logs {
        world.home.env("AWS_SSO_CREDENTIAL_PROCESS_DEBUG", "1");
        let line = "aws_sso_cred_audit = on\nsso_region";
        world.home.write_config(&config.replace("sso_region", line));
    } else {
        world.home.write_config(&config);
    }
    world
}

const MORE_PROFILES: &str = "
[profile ours]
credential_process = aws-sso-cred --sso-session corp --account-id 111122223333 --role-name Developer

[profile Shop/Developer]
granted_sso_start_url      = https://corp.awsapps.com/start
granted_sso_region         = eu-west-1
granted_sso_account_id     = 111122223333
granted_sso_role_name      = Developer
credential_process         = granted credential-process --profile Shop/Developer
";

const AWS_SSO_CLI: &str = "\
SSOConfig:
    Default:
        SSORegion: eu-west-1
        StartUrl: https://corp.awsapps.com/start
        Accounts:
            111122223333:
                Roles:
                    Developer:
                        Profile: shop-dev
DefaultSSO: Default
";

/// All secrets that AWS, the scenario and the program itself made.
pub fn hunt(scene: &Scene, started: &[Started]) -> Hunt {
    let mut hunt = Hunt::default();
    for (kind, secret) in &scene.secrets {
        hunt.add(*kind, secret);
    }
    hunt.add(Kind::RoleKeys, "cachedSECRETMARK/wJalrXUtnFEMI+K7MDENGbPx");
    hunt.add(Kind::RoleKeys, "cachedSECRETMARKIQoJb3JpZ2luX2VjEAoaCXVz/+==");
    for secret in scene.world.aws.take_secrets() {
        hunt.add(kind_of(&secret), &secret);
    }
    for request in scene.world.aws.requests() {
        request.field("codeVerifier").into_iter().for_each(|verifier| hunt.add(Kind::CodeVerifier, verifier));
        request.query_value("state").into_iter().for_each(|state| hunt.add(Kind::State, state));
    }
    for started in started {
        for word in &started.arguments {
            let state = word.split(['?', '&']).find_map(|pair| pair.strip_prefix("state="));
            state.into_iter().for_each(|state| hunt.add(Kind::State, state));
        }
        let token = started
            .environment
            .iter()
            .filter_map(|one| one.strip_prefix("AWS_CONTAINER_AUTHORIZATION_TOKEN="));
        for token in token.filter(|token| !token.starts_with("SECRETMARKenvironment")) {
            hunt.add(Kind::EndpointToken, token);
        }
    }
    hunt
}

/// What a secret of the stand-in is for, by its beginning.
fn kind_of(secret: &str) -> Kind {
    let beginnings = [
        ("aoa", Kind::AccessToken),
        ("aor", Kind::RefreshToken),
        ("client-", Kind::ClientSecret),
        ("device-", Kind::DeviceCode),
        ("code-", Kind::AuthorizationCode),
        ("IQoJ", Kind::RoleKeys),
        ("SECRETMARK/", Kind::RoleKeys),
        ("VCQg", Kind::SignInToken),
    ];
    let found = beginnings.iter().find(|(beginning, _)| secret.starts_with(beginning));
    found.unwrap_or_else(|| panic!("no kind of {secret}")).1
}

type Files = BTreeMap<PathBuf, (u32, Vec<u8>)>;

fn files(home: &Sandbox) -> Files {
    home.all_files().into_iter().map(|(path, mode, content)| (path, (mode, content))).collect()
}

/// Looks at a text in a place where some secrets may be.
type Look<'a> = dyn FnMut(&str, &[u8], &[Kind]) + 'a;

fn misplaced(hunt: &Hunt, call: &Call, home: &Sandbox, watched: &Watched, before: &Files) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut look = |place: &str, text: &[u8], allowed: &[Kind]| {
        wrong.extend(hunt.leaks(text, allowed).into_iter().map(|leak| format!("{place}: {leak}")));
    };
    let output = &watched.output;
    let stdout = if output.status == 0 { call.stdout } else { &[] };
    look("stdout", output.stdout.as_bytes(), stdout);
    look("stderr", output.stderr.as_bytes(), call.stderr);
    for started in &watched.started {
        look_at_started(&mut look, call, started);
    }
    for name in &watched.names {
        look("name", name.as_bytes(), &[]);
    }
    let page = fs::read(home.temporary().join("page")).unwrap_or_default();
    look("the page in the browser", &page, &[]);
    for ((path, mode), content) in &watched.written {
        wrong.extend(misplaced_in_file(hunt, home, path, *mode, content));
    }
    for (path, (mode, content)) in &files(home) {
        if before.get(path).is_none_or(|(_, old)| old != content) {
            wrong.extend(misplaced_in_file(hunt, home, path, *mode, content));
        }
    }
    wrong
}

fn look_at_started(look: &mut Look<'_>, call: &Call, started: &Started) {
    let browser = started.arguments.get(1).is_some_and(|script| script.ends_with("/browser"));
    let (in_arguments, in_environment) =
        if browser { (call.browser, &[][..]) } else { (&[][..], call.child) };
    for argument in &started.arguments {
        look("argument", argument.as_bytes(), in_arguments);
    }
    // The person's own setting, which a child needs as well.
    let in_environment = [in_environment, &[Kind::ProxyPassword]].concat();
    for variable in &started.environment {
        look("variable", variable.as_bytes(), &in_environment);
    }
}

/// Secrets that a file may not hold, and any secret in a file that others may read.
pub fn misplaced_in_file(hunt: &Hunt, home: &Sandbox, path: &Path, mode: u32, content: &[u8]) -> Vec<String> {
    let Some(allowed) = allowed_in(home, path) else { return Vec::new() };
    let mut wrong = hunt.leaks(content, allowed);
    if mode & 0o077 != 0 && !hunt.leaks(content, &[]).is_empty() {
        wrong.push(format!("a secret in a file of mode {mode:o}"));
    }
    wrong.into_iter().map(|leak| format!("{}: {leak}", path.display())).collect()
}

/// The secrets that a file, its backup and its temporary files may hold; `None` for files that the
/// browser and the commands of `exec` write.
fn allowed_in(home: &Sandbox, path: &Path) -> Option<&'static [Kind]> {
    let aws = home.home().join(".aws");
    let name = path.file_name()?.to_string_lossy();
    if path.starts_with(home.temporary()) {
        let ours = name.starts_with("wrong-");
        return ours.then_some(&[Kind::WrongFile, Kind::RoleKeys]);
    }
    if path.starts_with("/dev") || path.starts_with("/proc") {
        return Some(&[]);
    }
    Some(match () {
        () if path.starts_with(aws.join("sso/cache")) => {
            &[Kind::AccessToken, Kind::RefreshToken, Kind::ClientSecret, Kind::WrongFile]
        }
        () if path.starts_with(aws.join("cli/cache")) => &[Kind::RoleKeys],
        () if path.starts_with(home.state_dir()) && name.starts_with("pending.") => {
            &[Kind::DeviceCode, Kind::ClientSecret]
        }
        () if path.parent() == Some(&aws) && name.contains(".bak") => &[Kind::StaticKeys],
        () if path.parent() == Some(&aws) && name.starts_with("credentials") => {
            &[Kind::StaticKeys, Kind::RoleKeys]
        }
        () if path.parent() == Some(&aws) && name.starts_with("config") => &[Kind::StaticKeys],
        () => &[],
    })
}

/// The property can fail: a program that leaks in each of the ways is caught in each.
#[test]
fn a_program_that_leaks_is_caught() {
    let world = World::new();
    let secret = "SECRETMARKstatickey1/abcdefgh";
    let mut hunt = Hunt::default();
    hunt.add(Kind::StaticKeys, secret);
    let script = format!(
        "umask 022; echo {secret}; echo {secret} >&2; /bin/true {secret}; LEAK={secret} /bin/true; cd \"$HOME\"\n\
         echo {secret} >.aws/other; : >name-SECRETMARKstatickey1; (umask 077; echo {secret} >private)\n\
         echo {secret} >gone; rm gone\n"
    );
    let mut shell: Command = world.home.command_of("/bin/sh");
    let before = files(&world.home);
    let watched = watch(shell.args(["-c", &script]));
    let wrong = misplaced(&hunt, &CALLS[0], &world.home, &watched, &before).join("\n");
    for place in [
        "stdout: StaticKeys in …SECRETMARKstatickey1",
        "stderr: StaticKeys in …SECRETMARKstatickey1",
        "argument: StaticKeys",
        "variable: StaticKeys in …LEAK=",
        "name: StaticKeys",
        "private: StaticKeys",
        "gone: StaticKeys",
        "gone: a secret in a file of mode 644",
    ] {
        assert!(wrong.contains(place), "{place} is not in\n{wrong}");
    }
}
