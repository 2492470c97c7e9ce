//! Processes that are killed at random moments, several at once, in one home that goes on.

use std::fs;
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::after;
use crate::common::{World, answered};
use crate::operations::{CONFIGURE, LOGIN, LOGOUT, in_new_session, with_browser};
use crate::readers::Files;

/// How many processes are killed, unless `KILLS` says otherwise.
pub const KILLS: usize = 100;

pub fn kills() -> usize {
    std::env::var("KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(KILLS)
}

/// Pseudo-random numbers, others in each run of the tests.
struct Moments(u64);

impl Moments {
    fn new(number: usize) -> Self {
        Self(u64::from(std::process::id()) + ((number as u64) << 32))
    }

    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit.max(1)
    }
}

/// Runs a command and kills it within `longest`; whether it was killed before its end.
fn kill(world: &World, arguments: &[&str], moments: &mut Moments, longest: Duration) -> bool {
    let mut command = world.home.command(arguments);
    let command = stand_in::in_new_session(&mut command, None);
    let mut run = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let limit = usize::try_from(longest.as_micros()).unwrap();
    std::thread::sleep(Duration::from_micros(moments.below(limit) as u64));
    run.kill().unwrap();
    run.wait().unwrap().code().is_none()
}

/// What a session is used for.
const COMMANDS: [&[&str]; 8] = [
    &["--profile", "dev", "--force-refresh"],
    &["--profile", "dev", "--force-refresh"],
    &["--profile", "dev", "--no-cache"],
    &["list", "--sso-session", "corp", "--refresh"],
    &["sync", "dev"],
    &["exec", "--server", "--profile", "dev", "--", "/bin/true"],
    CONFIGURE,
    &["status", "--sso-session", "corp"],
];

/// The config before `configure`, so that it has something to write.
fn config_to_change() -> String {
    crate::common::CONFIG.replacen("sso_region", "aws_sso_cred_audit = on\nsso_region", 1)
}

/// Every run refreshes the token, and AWS accepts each refresh token once.
fn rotating() -> World {
    let world = with_browser();
    world.aws.set_refresh_single_use(true);
    world.aws.set_access_token_lifetime(Duration::from_secs(600));
    world.sign_in(60);
    world
}

/// The refresh token that AWS would accept now, if a file has it.
fn is_kept(world: &World) -> bool {
    let secrets = world.aws.take_secrets();
    let newest = secrets.iter().rfind(|secret| secret.starts_with("aor")).expect("AWS gave one").clone();
    let files = fs::read_dir(world.home.sso_cache()).unwrap().flatten();
    let texts = files.map(|entry| fs::read_to_string(entry.path()).unwrap_or_default());
    texts.into_iter().any(|text| text.contains(&newest))
}

/// Kills processes, and lets others run to their end, until `left` is used up.
fn kill_some(world: &World, mut moments: Moments, left: &AtomicUsize) {
    let mut longest = COMMANDS.map(|_| Duration::from_millis(100));
    let one_less = |left: usize| left.checked_sub(1);
    while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less).is_ok() {
        let number = moments.below(COMMANDS.len());
        // A process that has ended before its moment is no kill: the next one has less time.
        while !kill(world, COMMANDS[number], &mut moments, longest[number]) {
            longest[number] = longest[number] * 3 / 4;
        }
        if moments.below(4) == 0 {
            // The token has ten minutes left, so that no run needs the refresh that was lost.
            let output = world.home.run(COMMANDS[number]);
            assert_eq!(output.status, 0, "{:?}: {output:?}", COMMANDS[number]);
            longest[number] = output.elapsed;
        }
    }
}

#[test]
fn kills_at_any_moment_tear_no_file_and_lose_no_sign_in() {
    const ROUND: usize = 10;
    let world = rotating();
    let (mut files_read, mut lost, rounds) = (0, 0, kills().div_ceil(ROUND));
    for round in 0..rounds {
        world.home.write_config(&config_to_change());
        let left = AtomicUsize::new(ROUND);
        let start = |number: usize| Moments::new(3 * round + number);
        let ((), read) = Files::of(&world).while_read(|| {
            std::thread::scope(|scope| {
                let threads: Vec<_> = (0..3)
                    .map(|number| (start(number), &world, &left))
                    .map(|(moments, world, left)| scope.spawn(move || kill_some(world, moments, left)))
                    .collect();
                for thread in threads {
                    thread.join().unwrap();
                }
            });
        });
        files_read += read;
        after::check(&world, "any moment");
        answered(&world.run(&["--no-cache"]));
        if !is_kept(&world) {
            // A process was killed before it had read AWS's answer: the next rounds need another sign-in.
            lost += 1;
            world.sign_in(60);
        }
    }
    println!(
        "{} were killed before their end, {lost} of them with a token; {files_read} files were read",
        rounds * ROUND
    );

    let left = after::age_left_over(&world);
    world.sign_in(60);
    world.home.write_config(&config_to_change());
    for arguments in COMMANDS {
        assert_eq!(world.home.run(arguments).status, 0, "{arguments:?}");
    }
    answered(&world.run(&["--role-name", "ReadOnly", "--force-refresh"]));
    println!("{left} temporary files");
    let still = after::left_over(&world);
    assert!(still.is_empty(), "{still:?} of {left} stay");
}

#[test]
fn kills_at_any_moment_of_a_sign_in_or_out_leave_one_or_the_other() {
    let world = with_browser();
    let mut moments = Moments::new(99);
    let (mut killed, mut longest, kills) = (0, Duration::from_millis(150), kills() / 4);
    for number in 0..kills {
        let arguments = if moments.below(2) == 0 { LOGIN } else { LOGOUT };
        killed += usize::from(kill(&world, arguments, &mut moments, longest));
        after::check(&world, "a sign-in or out");
        let output = world.run(&["-n"]);
        if output.status != 0 {
            after::failed_clearly(&output, 1, "a sign-in or out");
        }
        if number % 4 == 3 {
            let output = in_new_session(&world, &[LOGIN, &["--if-needed"]].concat());
            assert_eq!(output.status, 0, "{output:?}");
            longest = output.elapsed.max(Duration::from_millis(50));
            answered(&world.run(&["-n"]));
        }
    }
    println!("{killed} of {kills} were killed before their end");
    assert_eq!(world.home.run(LOGOUT).status, 0);
    after::failed_clearly(&world.run(&["-n"]), 1, "after the logout");
    let still = after::left_over(&world);
    let of_aws: Vec<_> = still.iter().filter(|path| path.to_string_lossy().contains("/.aws/")).collect();
    assert!(of_aws.is_empty(), "{of_aws:?}");
}
