//! Two containers that share `~/.aws`, each with a state directory, process ids and a host name of its
//! own.

use std::fs;
use std::time::Duration;

use stand_in::{Operation, Output};

use crate::after;
use crate::common::{DEV, World, all_answered, answered, at_once, finish};
use crate::namespace::{CONTAINER, Namespace};
use crate::operations::LOGOUT;
use crate::readers::Files;

/// Two containers in this world, or `None` where there can be none.
fn containers(world: &World) -> Option<[Namespace<'_>; 2]> {
    let container = |name: &str| {
        let script = format!(
            "mkdir -p \"$HOME/.local\" \"$TMPDIR/{name}\"; mount --bind \"$TMPDIR/{name}\" \"$HOME/.local\"; \
             echo {name} >/proc/sys/kernel/hostname"
        );
        Namespace::new(world, CONTAINER, &script)
    };
    Some([container("one")?, container("two")?])
}

/// Runs the program `count` times in each container, all at once.
fn in_both(
    containers: &[Namespace<'_>; 2],
    count: usize,
    arguments: &(impl Fn(usize) -> Vec<String> + Sync),
) -> Vec<Output> {
    type Job<'a> = Box<dyn FnOnce() -> Output + Send + 'a>;
    let jobs = (0..2 * count).map(|number| {
        Box::new(move || {
            let words = arguments(number);
            containers[number % 2].run(&words.iter().map(String::as_str).collect::<Vec<_>>())
        }) as Job
    });
    at_once(jobs.collect())
}

fn dev(_: usize) -> Vec<String> {
    DEV.map(str::to_owned).to_vec()
}

#[test]
fn forty_processes_in_two_containers_refresh_once_each_and_lose_no_sign_in() {
    let world = World::new();
    world.aws.set_refresh_single_use(true);
    world.sign_in(-1);
    let Some(containers) = containers(&world) else { return };
    let (outputs, read) = Files::of(&world).while_read(|| in_both(&containers, 20, &dev));
    all_answered(&outputs);
    assert!((1..=2).contains(&world.refreshes()), "{} refreshes", world.refreshes());
    assert!(world.fetches() <= 2, "{} fetches", world.fetches());
    println!("{} refreshes, {} fetches, {read} files read", world.refreshes(), world.fetches());
    // Both still have the session.
    let mut token = world.token();
    token["expiresAt"] = crate::common::in_seconds(-1).into();
    world.home.write_token("corp", &token);
    for container in &containers {
        answered(&container.run(&["--profile", "dev", "--force-refresh"]));
    }
}

/// Both containers hold their refresh request at AWS at the same time; one of them is refused.
#[test]
fn two_refreshes_at_the_same_time_are_good_for_both_containers() {
    let world = World::new();
    world.aws.set_refresh_single_use(true);
    world.sign_in(-1);
    let Some(containers) = containers(&world) else { return };
    world.aws.hold(Operation::CreateToken);
    let outputs = std::thread::scope(|scope| {
        let runs = containers.each_ref().map(|container| scope.spawn(|| container.run(&DEV)));
        world.aws.wait_for_requests(Operation::CreateToken, 2, crate::common::HANG);
        world.aws.release(Operation::CreateToken);
        runs.map(|run| run.join().unwrap())
    });
    all_answered(&outputs);
    let refused = world.aws.requests().iter().filter(|request| request.status == 400).count();
    assert_eq!((world.refreshes(), refused), (2, 1));
}

#[test]
fn logout_in_one_container_ends_the_session_in_the_other() {
    let world = World::signed_in();
    let Some([one, two]) = containers(&world) else { return };
    answered(&two.run(&DEV));
    assert_eq!(one.run(LOGOUT).status, 0);
    after::failed_clearly(&two.run(&DEV), 1, "after the logout");
    assert!(!world.role_file().exists());

    // Also that of a fetch that is under way.
    world.sign_in(3600);
    let (output, logout) =
        world.while_asked(Operation::GetRoleCredentials, || two.run(&DEV), || one.run(LOGOUT));
    assert_eq!(logout.status, 0, "{logout:?}");
    after::failed_clearly(&output, 1, "during the logout");
    assert!(!world.role_file().exists() && !world.token_file().exists());
}

#[test]
fn edits_in_two_containers_lose_none() {
    let world = World::signed_in();
    let Some(containers) = containers(&world) else { return };
    let configure = |number: usize| {
        let words = format!(
            "configure --profile p{number} --sso-session corp --account-id 111122223333 --role-name Developer"
        );
        words.split(' ').map(str::to_owned).collect()
    };
    let (outputs, _) = Files::of(&world).while_read(|| in_both(&containers, 6, &configure));
    for output in &outputs {
        assert_eq!(output.status, 0, "{output:?}");
    }
    let text = fs::read_to_string(world.home.config_path()).unwrap();
    for number in 0..12 {
        assert_eq!(text.matches(&format!("[profile p{number}]\n")).count(), 1, "{text}");
    }
}

/// In one container every process is killed. The other one works as if it were alone.
#[test]
fn kills_in_one_container_cost_the_other_nothing() {
    let world = World::new();
    world.aws.set_refresh_single_use(true);
    world.aws.set_access_token_lifetime(Duration::from_secs(600));
    world.sign_in(600);
    let Some([one, two]) = containers(&world) else { return };
    let script = "for i in 1 2 3 4 5 6 7 8 9 10 11 12; do \
                  timeout -s KILL 0.0$i \"$0\" --profile dev --force-refresh; done >/dev/null 2>&1; true";
    std::thread::scope(|scope| {
        let killing =
            scope.spawn(|| finish(&mut one.command_of(&["/bin/sh", "-c", script, crate::common::PROGRAM])));
        let mut runs = 0;
        while !killing.is_finished() || runs < 6 {
            answered(&two.run(&["--profile", "dev", "--force-refresh"]));
            Files::of(&world).read();
            runs += 1;
        }
        assert_eq!(killing.join().unwrap().status, 0);
    });
    answered(&one.run(&["--profile", "dev", "--force-refresh"]));
}
