//! Whether `login` uses a redirect or a code, and what it offers instead.

use std::fs;
use std::net::TcpListener;

use stand_in::Operation;

use crate::common::{World, failed, refused};
use crate::support::{
    Running, comparable, following_browser_in, opened, port_to_ask_for, told, visit, with_browser,
};

const LOGIN: [&str; 3] = ["login", "--sso-session", "corp"];

fn started_by_code(world: &World, arguments: &[&str]) -> bool {
    world.aws.clear_requests();
    world.aws.auto_approve(0);
    told(&world.home.run(arguments));
    world.aws.count(Operation::StartDeviceAuthorization) == 1
}

#[test]
fn login_uses_a_redirect_when_a_browser_is_at_hand_and_a_code_otherwise() {
    let mut world = World::new();
    let opener = following_browser_in(&world);
    let programs = world.home.temporary().join("bin");
    fs::create_dir(&programs).unwrap();
    fs::copy(&opener, programs.join("xdg-open")).unwrap();
    world.home.env("PATH", &format!("{}:/usr/bin:/bin", programs.display()));

    // No desktop and no `BROWSER`.
    assert!(started_by_code(&world, &LOGIN));
    world.home.env("DISPLAY", ":0");
    assert!(!started_by_code(&world, &LOGIN), "on a desktop");
    assert!(started_by_code(&world, &["login", "--profile", "old"]), "with the older layout");
    let asked_for = [&LOGIN[..], &["--use-device-code"]].concat();
    assert!(started_by_code(&world, &asked_for), "with --use-device-code");
    world.home.env("SSH_CONNECTION", "10.0.0.1 50000 10.0.0.2 22");
    assert!(!started_by_code(&world, &LOGIN), "over SSH with a display");
    world.home.env_remove("DISPLAY");
    assert!(started_by_code(&world, &LOGIN), "SSH without");
    world.home.env("BROWSER", opener.to_str().unwrap());
    assert!(!started_by_code(&world, &LOGIN), "over SSH with `BROWSER` set");
    world.home.env_remove("SSH_CONNECTION");
    world.home.env_remove("BROWSER");
    world.home.env("KUBERNETES_SERVICE_HOST", "10.0.0.3");
    assert!(started_by_code(&world, &LOGIN), "in a container");
    world.home.env("BROWSER", "/nowhere/firefox");
    assert!(started_by_code(&world, &LOGIN), "with a missing browser");
}

#[test]
fn login_says_why_it_opened_no_browser() {
    let mut world = World::new();
    world.aws.auto_approve(0);
    let text = told(&world.home.run(&[&LOGIN[..], &["--no-browser"]].concat()));
    assert!(text.contains("\n\nOpen this address on any device:\n\n    PREFILLED\n"), "{text}");
    world.home.env("SSH_TTY", "/dev/pts/9");
    let text = told(&world.home.run(&LOGIN));
    let because = "No browser was opened: SSH without a display.\nOpen this address on any device:";
    assert!(text.contains(because), "{text}");
    assert!(!text.contains("ssh -L"), "a code needs no tunnel: {text}");
}

#[test]
fn no_browser_shows_a_link_that_works() {
    let mut world = with_browser();
    world.home.env("AWS_SSO_DISABLE_BROWSER", "true");
    let mut running = Running::start(&world, &LOGIN);
    let url = running.line("/authorize?");
    visit(&url);
    let (status, text) = running.finish();
    assert_eq!(status, 0);
    let expected = "\
signing in to sso-session `corp`
open this address on this computer:

    AUTHORIZE

if this computer has no browser: aws-sso-cred login --sso-session corp --use-device-code
";
    assert_eq!(comparable(&text), format!("{expected}{}", crate::redirect::SIGNED_IN));
    assert_eq!(opened(&world), Vec::<String>::new());
}

#[test]
fn over_ssh_login_shows_a_tunnel_command_to_paste() {
    let mut world = World::new();
    world.home.env("SSH_CONNECTION", "192.0.2.7 50000 192.0.2.9 22");
    world.home.env("USER", "jo");
    let port = port_to_ask_for().to_string();
    let mut running = Running::start(&world, &[&LOGIN[..], &["--redirect-port", &port]].concat());
    let url = running.line("/authorize?");
    assert!(url.contains(&format!("redirect_uri=http%3A%2F%2F127.0.0.1%3A{port}%2Foauth")), "{url}");
    let tunnel = running.line("ssh -L");
    let expected = format!(
        "from another computer, first open a tunnel there: ssh -L {port}:127.0.0.1:{port} jo@192.0.2.9"
    );
    assert_eq!(tunnel, expected);
    visit(&url);
    assert_eq!(running.finish().0, 0);
}

#[test]
fn the_tunnel_command_names_the_port_of_sshd() {
    let mut world = World::new();
    world.home.env("SSH_CONNECTION", "192.0.2.7 50000 192.0.2.9 2222");
    world.home.env("USER", "jo");
    let port = port_to_ask_for().to_string();
    let mut running = Running::start(&world, &[&LOGIN[..], &["--redirect-port", &port]].concat());
    let url = running.line("/authorize?");
    let tunnel = running.line("ssh ");
    assert!(tunnel.ends_with(&format!(": ssh -p 2222 -L {port}:127.0.0.1:{port} jo@192.0.2.9")), "{tunnel}");
    visit(&url);
    assert_eq!(running.finish().0, 0);
    world.aws.auto_approve(0);
    let text = told(&world.home.run(&[&LOGIN[..], &["--no-browser"]].concat()));
    assert!(text.contains("run `ssh -p 2222 -L 8400:127.0.0.1:8400 jo@192.0.2.9` on"), "{text}");
}

#[test]
fn no_browser_over_ssh_shows_a_command_for_the_tunnel() {
    let mut world = World::new();
    world.home.env("SSH_CONNECTION", "10.0.0.9 5555 10.1.2.3 22");
    world.home.env("USER", "ann");
    world.aws.auto_approve(0);
    let text = told(&world.home.run(&[&LOGIN[..], &["--no-browser"]].concat()));
    assert!(text.contains("`ssh -L 8400:127.0.0.1:8400 ann@10.1.2.3`"), "{text}");
    let here = "`aws-sso-cred login --sso-session corp --no-browser --redirect-port 8400`";
    assert!(text.contains(here), "{text}");
}

#[test]
fn the_tunnel_command_uses_the_address_in_ssh_connection() {
    for (connection, tunnel) in [
        ("UNKNOWN 65535 UNKNOWN 65535", "ssh -L 8400:127.0.0.1:8400 THIS_HOST"),
        ("fe80::1%eth0 50000 fe80::2%eth0 22", "ssh -L 8400:127.0.0.1:8400 jo@fe80::2%eth0"),
        ("fe80::1 50000 fe80::2%$(x) 2222", "ssh -L 8400:127.0.0.1:8400 THIS_HOST"),
        ("192.0.2.7 50000 192.0.2.9 2222", "ssh -p 2222 -L 8400:127.0.0.1:8400 jo@192.0.2.9"),
    ] {
        let mut world = World::new();
        world.home.env("SSH_CONNECTION", connection);
        world.home.env("USER", "jo");
        world.aws.auto_approve(0);
        let text = told(&world.home.run(&[&LOGIN[..], &["--no-browser"]].concat()));
        assert!(text.contains(&format!("run `{tunnel}` on")), "{connection}: {text}");
    }
}

#[test]
fn login_offers_a_code_when_the_browser_may_not_reach_this_computer() {
    for (variable, value, place) in [
        ("WSL_DISTRO_NAME", "Ubuntu", "WSL"),
        ("CODESPACES", "true", "Codespaces"),
        ("GITPOD_WORKSPACE_ID", "x", "Gitpod"),
        ("C9_PROJECT", "x", "Cloud9"),
        ("SSH_CONNECTION", "192.0.2.7 50000 192.0.2.9 22", "SSH"),
        ("REMOTE_CONTAINERS", "true", "a dev container"),
        ("CODESPACE_NAME", "x", "Codespaces"),
        ("VSCODE_IPC_HOOK_CLI", "/run/x.sock", "a remote window of VS Code"),
        ("container", "podman", "a container"),
        ("KUBERNETES_SERVICE_HOST", "10.0.0.1", "a container"),
    ] {
        let mut world = with_browser();
        world.home.env(variable, value);
        let text = world.home.run(&LOGIN).stderr;
        let offer = format!(
            "\nif your browser cannot reach this computer ({place}): \
             aws-sso-cred login --sso-session corp --use-device-code\n"
        );
        assert!(text.contains(&offer), "{variable}: {text}");
    }
}

#[test]
fn a_port_in_use_is_reported_before_any_request() {
    let world = with_browser();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let output = world.home.run(&[&LOGIN[..], &["--redirect-port", &port.to_string()]].concat());
    let lines = failed(&output, 3);
    let expected = format!("aws-sso-cred: cannot wait for the browser on 127.0.0.1 port {port}: ");
    assert!(lines[0].starts_with(&expected), "{lines:?}");
    let hint = "hint: use another `--redirect-port PORT`, or run `aws-sso-cred login --sso-session corp --use-device-code`";
    assert_eq!(lines[1], hint);
    assert!(world.aws.requests().is_empty() && opened(&world).is_empty());
}

/// The command in the hint signs in to the same session.
#[test]
fn the_hint_about_a_port_in_use_names_the_session() {
    let world = with_browser();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let output = world.home.run(&[&LOGIN[..], &["--redirect-port", &port]].concat());
    assert_eq!(output.status, 3);
    assert!(
        output.stderr.contains("`aws-sso-cred login --sso-session corp --use-device-code`"),
        "{}",
        output.stderr
    );
}

#[test]
fn login_in_a_ci_job_fails_at_once() {
    let mut world = with_browser();
    world.home.env("CI", "true");
    let expected = "\
aws-sso-cred: sso-session `corp`: a sign-in is needed but cannot be shown: this is a CI job (`CI` is set)
hint: in CI, use the CI's own OIDC role; or run `aws-sso-cred login --sso-session corp` on a computer with a browser, and use its token here
";
    refused(&world.home.run(&LOGIN), 3, expected);
    assert!(world.aws.requests().is_empty());
    // `--use-device-code` allows it for a person who reads the job's log.
    assert!(started_by_code(&world, &[&LOGIN[..], &["--use-device-code"]].concat()));
    world.home.env("CI", "false");
    assert!(!started_by_code(&world, &LOGIN));
}

#[test]
fn contradictory_login_flags_are_refused() {
    let world = World::new();
    for wrong in [
        &["login", "--all", "--profile", "dev"][..],
        &["login", "--all", "--sso-session", "corp"],
        &["login", "--profile", "dev", "--sso-session", "corp"],
        &["login", "--use-device-code", "--redirect-port", "8000"],
        &["login", "--redirect-port", "70000"],
        &["login", "--min-validity", "1h"],
        &["login", "--if-needed", "--min-validity", "soon"],
        &["login", "--if-needed", "--min-validity", "99999999999999999999h"],
        &["login", "--region", "eu-west-1/", "--start-url", "https://corp.awsapps.com/start"],
        &["login", "corp"],
    ] {
        failed(&world.home.run(wrong), 2);
    }
    assert!(world.aws.requests().is_empty());
}
