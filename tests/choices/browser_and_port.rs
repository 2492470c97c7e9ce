//! `aws_sso_cred_browser` and `aws_sso_cred_redirect_port`.

use std::fs;
use std::net::TcpListener;

use stand_in::Operation;

use crate::common::refused;
use crate::desk::{Desk, SOON, signed_in, wait_for_file, write_script};
use crate::{PERSON, config_with, desk_with};

/// A browser that notes its arguments in a file.
fn other_browser(desk: &Desk) -> (String, std::path::PathBuf) {
    let directory = desk.world.home.temporary();
    let (browser, notes) = (directory.join("other browser"), directory.join("notes"));
    write_script(
        &browser,
        &format!("#!/bin/sh\necho \"$@\" > '{0}.new'\nmv '{0}.new' '{0}'\n", notes.display()),
    );
    (format!("'{}' -P work %s", browser.display()), notes)
}

#[test]
fn the_browser_of_the_session_opens_its_pages() {
    let mut desk = Desk::new();
    desk.world.home.env("BROWSER", "");
    let (command, notes) = other_browser(&desk);
    desk.world.home.write_config(&config_with(&format!("aws_sso_cred_browser = {command}")));
    let asking = desk.start_asking(&[]);
    desk.approve();
    signed_in(asking.finish());
    wait_for_file(&notes);
    let arguments = fs::read_to_string(notes).unwrap();
    assert!(arguments.starts_with(&format!("-P work {}/device?user_code=", desk.aws().url())), "{arguments}");
}

#[test]
fn the_variable_wins_over_the_browser_of_the_session() {
    let desk = Desk::new();
    let (command, notes) = other_browser(&desk);
    desk.world.home.write_config(&config_with(&format!("aws_sso_cred_browser = {command}")));
    let asking = desk.start_asking(&[]);
    desk.approve();
    signed_in(asking.finish());
    desk.assert_tabs(1);
    assert!(!notes.exists());
}

#[test]
fn a_text_about_a_browser_that_cannot_be_used_names_the_key() {
    let mut desk = desk_with("aws_sso_cred_browser = /nonexistent/browser");
    desk.world.home.env("BROWSER", "");
    let output = desk.sign_in(&[]);
    refused(
        &output,
        3,
        "aws-sso-cred: sso-session `corp`: a sign-in is needed but cannot be shown\n\
         no terminal, and no browser (`aws_sso_cred_browser` names `/nonexistent/browser`, which does not exist or is not executable)\n\
         hint: in a terminal, run `aws-sso-cred login --sso-session corp` (or `aws sso login --sso-session corp`)\n",
    );
    assert_eq!(desk.world.requests(), 0);
}

#[test]
fn login_waits_for_the_browser_on_the_port_of_the_session() {
    // The port is taken, so that the text names it.
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let desk = desk_with(&format!("aws_sso_cred_redirect_port = {port}"));
    let login = ["login", "--sso-session", "corp"];
    let output = desk.start(&login).finish();
    assert_eq!(output.status, 3, "{output:?}");
    assert!(output.stderr.contains(&format!("on 127.0.0.1 port {port}: ")), "{output:?}");
    let other = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let redirected =
        PERSON.start(desk.world.home.command(&login).args(["--redirect-port", &other.to_string()]));
    desk.aws().wait_for_outcomes(Operation::RegisterClient, 1, SOON);
    redirected.signal(2);
    let seen = redirected.finish();
    assert_ne!(seen.output.status, 3, "the port of the option is free: {}", seen.screen);
}

#[test]
fn a_port_that_is_none_is_an_error_of_login_by_redirect_alone() {
    for port in ["0", "65536", "http", "-1"] {
        let desk = desk_with(&format!("aws_sso_cred_redirect_port = {port}"));
        let output = desk.start(&["login", "--sso-session", "corp"]).finish();
        let told = format!(
            "aws-sso-cred: aws_sso_cred_redirect_port `{port}` is not valid: it must be a port number from 1 to 65535\n\
             hint: correct `aws_sso_cred_redirect_port` in [sso-session corp], ~/.aws/config line 3\n"
        );
        refused(&output, 2, &told);
        assert_eq!(desk.world.requests(), 0);
    }
    let desk = desk_with("aws_sso_cred_redirect_port = none");
    let asking = desk.start_asking(&[]);
    desk.approve();
    signed_in(asking.finish());
}
