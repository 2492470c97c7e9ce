//! The steps, in their order. Each prints what it expects and checks it.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use stand_in::{Fault, Operation, Output, Times};

use crate::world::{ACCOUNT, Checked, HANG, ROLE, World};

pub fn all(world: &mut World) -> Checked {
    set_up(world)?;
    asks_before_the_sign_in(world)?;
    sign_in_with_a_code(world)?;
    list(world)?;
    fetch(world)?;
    hit(world)?;
    exec(world)?;
    refresh(world)?;
    twenty_at_once(world)?;
    portal_down(world)?;
    sign_in_inside_the_credential_process(world)?;
    sign_in_with_a_browser(world)?;
    on_disk(world)?;
    sign_out(world)
}

fn set_up(world: &mut World) -> Checked {
    world.step("You set up a profile; on a terminal, `aws-sso-cred configure` asks instead");
    let output = world.person(&[
        "configure",
        "--profile",
        "dev",
        "--sso-session",
        "corp",
        "--start-url",
        &world.aws.start_url(),
        "--region",
        "eu-west-1",
        "--account-id",
        ACCOUNT,
        "--role-name",
        ROLE,
        "--client-region",
        "eu-west-1",
    ]);
    show(&output);
    println!("   ~/.aws/config:");
    for line in world.config().lines() {
        println!("   | {line}");
    }
    check(
        "the file was written, without a request to AWS",
        output.status == 0 && world.aws.requests().is_empty(),
    )
}

fn list(world: &mut World) -> Checked {
    world.step("You look at your accounts and roles");
    let output = world.person(&["list"]);
    show(&output);
    let shown = output.stdout.contains(ACCOUNT) && output.stdout.contains("dev");
    check("the list has your role, and the profile that stands for it", output.status == 0 && shown)?;
    check(&format!("requests: {}", world.requests()), world.aws.count(Operation::ListAccounts) == 1)?;
    let again = world.person(&["list", "--output", "json"]);
    check("a list of this hour is kept: no request is sent for it again", world.aws.requests().len() == 2)?;
    check("programs read it as JSON", serde_json::from_str::<serde_json::Value>(&again.stdout).is_ok())
}

fn exec(world: &mut World) -> Checked {
    world.step("You run a command with the credentials of a role");
    let command = world.command();
    let output = world.person(&["exec", "--profile", "dev", "--", &command]);
    show(&output);
    let has_keys = output.stdout.contains("AWS_SECRET_ACCESS_KEY is set");
    check("the command has the credentials, and no profile", output.status == 0 && has_keys)?;
    check("they come from the cache: no request was sent to AWS", world.aws.requests().is_empty())
}

fn asks_before_the_sign_in(world: &mut World) -> Checked {
    world.step("An SDK asks for credentials before you have signed in");
    let output = world.sdk();
    show(&output);
    check("exit code 1, and nothing on stdout", output.status == 1 && output.stdout.is_empty())?;
    check(
        "the text has the command to run",
        output.stderr.contains("aws-sso-cred login --sso-session corp"),
    )?;
    check("no request was sent to AWS", world.aws.requests().is_empty())
}

fn sign_in_with_a_code(world: &mut World) -> Checked {
    world.step("You sign in with a code, as you do over SSH (RFC 8628)");
    world.aws.auto_approve(1);
    let output = world.person(&["login", "--sso-session", "corp", "--use-device-code", "--no-browser"]);
    world.aws.no_auto_decision();
    show(&output);
    check("the code was approved, and login ends with exit code 0", output.status == 0)?;
    check(
        &format!("requests: {}", world.requests()),
        world.aws.count(Operation::StartDeviceAuthorization) == 1,
    )?;
    let status = world.person(&["status", "--sso-session", "corp"]);
    show(&status);
    check("status says that you are signed in", status.status == 0)
}

fn fetch(world: &mut World) -> Checked {
    world.step("An SDK asks again: aws-sso-cred fetches the role credentials");
    let output = world.sdk();
    show(&output);
    check("exit code 0, and nothing on stderr", answered(&output))?;
    check(
        &format!("requests: {}; time: {}", world.requests(), time(&output)),
        only(world, &[(Operation::GetRoleCredentials, 1)]),
    )
}

fn hit(world: &mut World) -> Checked {
    world.step("An SDK asks again: the answer comes from the cache");
    let mut runs: Vec<Output> = (0..20).map(|_| world.sdk()).collect();
    check(
        "twenty runs print the same credentials",
        runs.iter().all(|run| answered(run) && run.stdout == runs[0].stdout),
    )?;
    runs.sort_by_key(|run| run.elapsed);
    let (fastest, middle) = (time(&runs[0]), time(&runs[runs.len() / 2]));
    check(&format!("the fastest took {fastest}, and half of them at most {middle}"), true)?;
    check("no request was sent to AWS", world.aws.requests().is_empty())
}

fn refresh(world: &mut World) -> Checked {
    world.step("An hour later: aws-sso-cred refreshes the access token, and you are not asked");
    world.expire_everything()?;
    let output = world.sdk();
    check("exit code 0, and nothing on stderr", answered(&output))?;
    check(
        &format!("requests: {}; time: {}", world.requests(), time(&output)),
        only(world, &[(Operation::CreateToken, 1), (Operation::GetRoleCredentials, 1)]),
    )
}

fn twenty_at_once(world: &mut World) -> Checked {
    world.step("Everything has expired, and twenty SDKs ask at once; AWS takes 0.2 s to answer");
    world.expire_everything()?;
    world.aws.delay(Operation::GetRoleCredentials, Duration::from_millis(200));
    let started = Instant::now();
    let outputs = world.sdks(20);
    let elapsed = started.elapsed();
    world.aws.delay(Operation::GetRoleCredentials, Duration::ZERO);
    let same = outputs.iter().all(|output| answered(output) && output.stdout == outputs[0].stdout);
    check(&format!("all twenty get the same answer after {:.2} s", elapsed.as_secs_f64()), same)?;
    check(
        &format!("requests of all twenty: {}", world.requests()),
        only(world, &[(Operation::CreateToken, 1), (Operation::GetRoleCredentials, 1)]),
    )
}

fn portal_down(world: &mut World) -> Checked {
    world.step("The role credentials have ten minutes left, and AWS cannot be reached");
    world.expire_everything()?;
    world.aws.set_role_credentials_lifetime(Duration::from_secs(600));
    let living = world.sdk();
    check("the SDK gets credentials that are good for ten minutes", answered(&living))?;
    world.aws.fault(Operation::GetRoleCredentials, Fault::CloseBeforeAnswer, Times::Always);
    world.aws.clear_requests();
    let output = world.sdk();
    check(
        "it still gets them from the cache, with exit code 0",
        answered(&output) && output.stdout == living.stdout,
    )?;
    check(
        &format!("AWS was asked {} times; time: {}", world.aws.requests().len(), time(&output)),
        !world.aws.requests().is_empty(),
    )?;
    world.aws.clear_requests();
    let again = world.sdk();
    check(
        &format!("the next call sends no request to AWS; time: {}", time(&again)),
        answered(&again) && world.aws.requests().is_empty(),
    )?;
    world.aws.clear_faults();
    world.aws.set_role_credentials_lifetime(Duration::from_secs(3600));
    Ok(())
}

fn sign_in_inside_the_credential_process(world: &mut World) -> Checked {
    world.step(
        "The session has ended, and the SDK's call may ask you to sign in (AWS_SSO_INTERACTIVE_AUTH=1)",
    );
    world.aws.end_session();
    world.expire_everything()?;
    world.give_browser(true);
    world.home.env("AWS_SSO_INTERACTIVE_AUTH", "1");
    world.home.env("AWS_SSO_CRED_WAIT", "1");
    let killed = world.sdk();
    show(&killed);
    check(
        "you did not approve within the wait of one second: exit code 6; the code stays good",
        killed.status == 6,
    )?;
    let code = world.aws.waiting_user_code().unwrap_or_default();
    check(&format!("now you approve the code {code}"), world.aws.approve(&code))?;
    world.home.env("AWS_SSO_CRED_WAIT", "20");
    let output = world.sdk();
    check(
        &format!("the next call uses your approval, and has credentials after {}", time(&output)),
        output.status == 0,
    )?;
    check("both calls used the same code", world.aws.count(Operation::StartDeviceAuthorization) == 1)?;
    world.home.env_remove("AWS_SSO_INTERACTIVE_AUTH");
    world.home.env_remove("AWS_SSO_CRED_WAIT");
    Ok(())
}

fn sign_in_with_a_browser(world: &mut World) -> Checked {
    world.step("You sign in on a computer with a browser (RFC 7636, PKCE)");
    world.give_browser(true);
    let output = world.person(&["login", "--sso-session", "corp"]);
    world.give_browser(false);
    show(&output);
    check("login ends with exit code 0", output.status == 0)?;
    check(&format!("requests: {}", world.requests()), world.aws.count(Operation::Authorize) == 1)?;
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
    check("its last page says: \"Signed in to corp\"", page.contains("Signed in to corp"))
}

fn on_disk(world: &mut World) -> Checked {
    world.step("The files");
    let output = world.sdk();
    check("the SDK asks once more, and gets credentials", answered(&output))?;
    let mut private = true;
    for (path, mode, _) in world.home.all_files() {
        let shown = path.strip_prefix(world.home.home()).unwrap_or(&path);
        println!("   {mode:04o}  ~/{}", shown.display());
        private &= mode == 0o600 || !cfg!(unix);
    }
    check("every file can be read and written by its owner only", private)?;
    let said: Vec<&str> = world.said.iter().map(String::as_str).collect();
    let found = world.home.search_for_secrets(&said, &world.aws.take_secrets());
    for place in &found {
        println!("   {place}");
    }
    check("no secret was printed as a message, or is in a file that is not a cache", found.is_empty())
}

fn sign_out(world: &mut World) -> Checked {
    world.step("You sign out");
    let output = world.person(&["logout", "--sso-session", "corp"]);
    show(&output);
    check(
        "the access token and the role credentials are removed",
        !world.token_file().exists() && !world.role_file().exists(),
    )?;
    check(&format!("requests: {}", world.requests()), only(world, &[(Operation::Logout, 1)]))
}

/// Whether the requests of this step are exactly the expected ones.
fn only(world: &World, expected: &[(Operation, usize)]) -> bool {
    let counted: usize = expected.iter().map(|(_, count)| count).sum();
    world.aws.requests().len() == counted
        && expected.iter().all(|(operation, count)| world.aws.count(*operation) == *count)
}

/// Whether the run printed credentials, and nothing on stderr.
fn answered(output: &Output) -> bool {
    let document: Result<serde_json::Value, _> = serde_json::from_str(&output.stdout);
    output.status == 0 && output.stderr.is_empty() && document.is_ok_and(|document| document["Version"] == 1)
}

/// Prints `what` if it is so, else fails with it.
fn check(what: &str, is_so: bool) -> Checked {
    if is_so {
        println!("   ok  {what}");
        return Ok(());
    }
    Err(what.to_owned())
}

fn time(output: &Output) -> String {
    format!("{:.1} ms", output.elapsed.as_secs_f64() * 1000.0)
}

/// Prints what the program wrote, with long lines cut.
fn show(output: &Output) {
    for line in output.stdout.lines().chain(output.stderr.lines()) {
        let end = line.char_indices().nth(150).map_or(line.len(), |(at, _)| at);
        println!("   | {}{}", &line[..end], if end < line.len() { "…" } else { "" });
    }
}
