//! What is shown, step by step.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use stand_in::{Fault, Operation, Output, Times};

use crate::world::{HANG, Told, World};

pub fn all(world: &mut World) -> Told {
    nobody_is_signed_in(world)?;
    sign_in_with_a_code(world)?;
    fetch(world)?;
    hit(world)?;
    refresh(world)?;
    twenty_at_once(world)?;
    portal_down(world)?;
    sign_in_inside_the_credential_process(world)?;
    sign_in_with_a_browser(world)?;
    on_disk(world)?;
    sign_out(world)
}

fn nobody_is_signed_in(world: &mut World) -> Told {
    world.step("An SDK asks before anybody has signed in");
    let output = world.sdk();
    show(&output);
    told("it ends with exit code 1 and nothing on stdout", output.status == 1 && output.stdout.is_empty())?;
    told("its text has the command to run", output.stderr.contains("aws-sso-cred login --sso-session corp"))?;
    told("AWS was not asked: no request", world.aws.requests().is_empty())
}

fn sign_in_with_a_code(world: &mut World) -> Told {
    world.step("A person signs in with a code, as over SSH (RFC 8628)");
    world.aws.auto_approve(1);
    let output = world.person(&["login", "--sso-session", "corp", "--use-device-code", "--no-browser"]);
    world.aws.no_auto_decision();
    show(&output);
    told("the person has confirmed the code, and login ends with 0", output.status == 0)?;
    told(
        &format!("it took {}", world.requests()),
        world.aws.count(Operation::StartDeviceAuthorization) == 1,
    )?;
    let status = world.person(&["status", "--sso-session", "corp"]);
    show(&status);
    told("status says that the session is usable", status.status == 0)
}

fn fetch(world: &mut World) -> Told {
    world.step("An SDK asks: the role credentials are fetched");
    let output = world.sdk();
    show(&output);
    told("exit code 0, and not a word on stderr", answered(&output))?;
    told(
        &format!("it took {} in {}", world.requests(), time(&output)),
        only(world, &[(Operation::GetRoleCredentials, 1)]),
    )
}

fn hit(world: &mut World) -> Told {
    world.step("An SDK asks again: a hit");
    let runs: Vec<Output> = (0..5).map(|_| world.sdk()).collect();
    let times: Vec<String> = runs.iter().map(time).collect();
    told(
        "five runs print the same credentials",
        runs.iter().all(|run| answered(run) && run.stdout == runs[0].stdout),
    )?;
    told(&format!("they took {}", times.join(", ")), true)?;
    told("AWS was not asked: no request", world.aws.requests().is_empty())
}

fn refresh(world: &mut World) -> Told {
    world.step("An hour later: the access token is renewed without the person");
    world.expire_everything()?;
    let output = world.sdk();
    told("exit code 0, and not a word on stderr", answered(&output))?;
    told(
        &format!("it took {} in {}", world.requests(), time(&output)),
        only(world, &[(Operation::CreateToken, 1), (Operation::GetRoleCredentials, 1)]),
    )
}

fn twenty_at_once(world: &mut World) -> Told {
    world.step("Everything has expired again, and twenty SDKs ask at once; AWS takes 0.2 s to answer");
    world.expire_everything()?;
    world.aws.delay(Operation::GetRoleCredentials, Duration::from_millis(200));
    let started = Instant::now();
    let outputs = world.sdks(20);
    let elapsed = started.elapsed();
    world.aws.delay(Operation::GetRoleCredentials, Duration::ZERO);
    let same = outputs.iter().all(|output| answered(output) && output.stdout == outputs[0].stdout);
    told(&format!("all twenty have the same answer after {:.2} s", elapsed.as_secs_f64()), same)?;
    told(
        &format!("together they took {}", world.requests()),
        only(world, &[(Operation::CreateToken, 1), (Operation::GetRoleCredentials, 1)]),
    )
}

fn portal_down(world: &mut World) -> Told {
    world.step("The credentials have ten minutes left, and AWS breaks every connection");
    world.expire_everything()?;
    world.aws.set_role_credentials_lifetime(Duration::from_secs(600));
    let living = world.sdk();
    told("the SDK has credentials for ten minutes", answered(&living))?;
    world.aws.fault(Operation::GetRoleCredentials, Fault::CloseBeforeAnswer, Times::Always);
    world.aws.clear_requests();
    let output = world.sdk();
    told("it still gets them, with exit code 0", answered(&output) && output.stdout == living.stdout)?;
    told(
        &format!("AWS was asked {} times in {}", world.aws.requests().len(), time(&output)),
        !world.aws.requests().is_empty(),
    )?;
    world.aws.clear_requests();
    let again = world.sdk();
    told(
        &format!("for the next half minute nobody bothers AWS: no request, {}", time(&again)),
        answered(&again) && world.aws.requests().is_empty(),
    )?;
    world.aws.clear_faults();
    world.aws.set_role_credentials_lifetime(Duration::from_secs(3600));
    Ok(())
}

fn sign_in_inside_the_credential_process(world: &mut World) -> Told {
    world.step("The session is over; the SDK may ask the person (AWS_SSO_INTERACTIVE_AUTH=1)");
    world.aws.end_session();
    world.expire_everything()?;
    world.give_browser(true);
    world.home.env("AWS_SSO_INTERACTIVE_AUTH", "1");
    world.home.env("AWS_SSO_CRED_WAIT", "1");
    let killed = world.sdk();
    show(&killed);
    told("nobody has answered within the wait: exit code 6, and the code stays good", killed.status == 6)?;
    let code = world.aws.waiting_user_code().unwrap_or_default();
    told(&format!("now the person confirms {code}"), world.aws.approve(&code))?;
    world.home.env("AWS_SSO_CRED_WAIT", "20");
    let output = world.sdk();
    told(&format!("the next run picks it up and has credentials in {}", time(&output)), output.status == 0)?;
    told("one authorization served both", world.aws.count(Operation::StartDeviceAuthorization) == 1)?;
    world.home.env_remove("AWS_SSO_INTERACTIVE_AUTH");
    world.home.env_remove("AWS_SSO_CRED_WAIT");
    Ok(())
}

fn sign_in_with_a_browser(world: &mut World) -> Told {
    world.step("A person signs in where there is a browser (RFC 7636, PKCE)");
    world.give_browser(true);
    let output = world.person(&["login", "--sso-session", "corp"]);
    world.give_browser(false);
    show(&output);
    told("login ends with 0", output.status == 0)?;
    told(&format!("it took {}", world.requests()), world.aws.count(Operation::Authorize) == 1)?;
    // The browser may still be writing when login has ended.
    let page = world.home.temporary().join("page.html");
    let begun = Instant::now();
    while !page.exists() && begun.elapsed() < HANG {
        thread::sleep(Duration::from_millis(20));
    }
    let read = |name: &str| fs::read_to_string(world.home.temporary().join(name)).unwrap_or_default();
    for address in read("visited.txt").lines() {
        println!("   the browser was at {address}");
    }
    let page = read("page.html");
    told("its last page says so: \"Signed in to corp\"", page.contains("Signed in to corp"))
}

fn on_disk(world: &mut World) -> Told {
    world.step("What is on disk");
    let output = world.sdk();
    told("(the SDK asks once more, and is answered)", answered(&output))?;
    let mut private = true;
    for (path, mode, _) in world.home.all_files() {
        let shown = path.strip_prefix(world.home.home()).unwrap_or(&path);
        println!("   {mode:04o}  ~/{}", shown.display());
        private &= mode == 0o600 || !cfg!(unix);
    }
    told("every file is its owner's alone", private)?;
    let said: Vec<&str> = world.said.iter().map(String::as_str).collect();
    let found = world.home.search_for_secrets(&said, &world.aws.take_secrets());
    for place in &found {
        println!("   {place}");
    }
    told("no secret was ever said to anybody, or lies in a file that is not a cache", found.is_empty())
}

fn sign_out(world: &mut World) -> Told {
    world.step("The person signs out");
    let output = world.person(&["logout", "--sso-session", "corp"]);
    show(&output);
    told("token and role credentials are gone", !world.token_file().exists() && !world.role_file().exists())?;
    told(&format!("AWS was told: {}", world.requests()), only(world, &[(Operation::Logout, 1)]))
}

/// Whether there were these requests and no others.
fn only(world: &World, expected: &[(Operation, usize)]) -> bool {
    let counted: usize = expected.iter().map(|(_, count)| count).sum();
    world.aws.requests().len() == counted
        && expected.iter().all(|(operation, count)| world.aws.count(*operation) == *count)
}

fn answered(output: &Output) -> bool {
    let document: Result<serde_json::Value, _> = serde_json::from_str(&output.stdout);
    output.status == 0 && output.stderr.is_empty() && document.is_ok_and(|document| document["Version"] == 1)
}

fn told(what: &str, is_so: bool) -> Told {
    if is_so {
        println!("   ok  {what}");
        return Ok(());
    }
    Err(what.to_owned())
}

fn time(output: &Output) -> String {
    format!("{:.1} ms", output.elapsed.as_secs_f64() * 1000.0)
}

/// What the program wrote, long values cut.
fn show(output: &Output) {
    for line in output.stdout.lines().chain(output.stderr.lines()) {
        let end = line.char_indices().nth(150).map_or(line.len(), |(at, _)| at);
        println!("   | {}{}", &line[..end], if end < line.len() { "…" } else { "" });
    }
}
