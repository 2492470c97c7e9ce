//! The scenes: an operation, the state in which it is called, and the command that calls it.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use stand_in::Operation;

use crate::common::{World, answered};

/// Which faults a scene meets.
#[derive(Clone, Copy, PartialEq)]
pub enum Extent {
    /// All, and cuts at every tenth byte with every framing.
    Whole,
    /// All, and cuts at every tenth byte of an answer with a length.
    Usual,
    /// A few of each kind: this state changes nothing, which the page shows.
    Sample,
}

pub struct Scene {
    pub operation: Operation,
    /// What is there before the run.
    pub state: &'static str,
    pub command: &'static [&'static str],
    pub extent: Extent,
    /// Whether the faulty endpoint can be another host than the rest of AWS: whether this operation
    /// is the first at its endpoint.
    pub own_endpoint: bool,
    /// Whether live role credentials are cached: whatever happens, they are printed.
    pub live: bool,
    pub prepare: fn(&mut World),
}

const CREDENTIALS: &[&str] = &["--profile", "dev"];
/// A sign-in is allowed. The time limit is short: the page is about faults, not about patience.
const INTERACTIVE: &[&str] = &["--profile", "dev", "-i", "--wait", "15"];
const LIST: &[&str] = &["list", "--sso-session", "corp", "--refresh", "--noninteractive"];

#[rustfmt::skip]
pub fn scenes() -> Vec<Scene> {
    use Extent::{Sample, Usual, Whole};
    let scene = |operation, command, state, extent, prepare| Scene {
        operation, state, command, extent, prepare, live: false,
        own_endpoint: matches!(operation, Operation::GetRoleCredentials | Operation::RegisterClient
            | Operation::ListAccounts | Operation::Logout | Operation::GetSigninToken)
            || (operation == Operation::CreateToken && command == CREDENTIALS),
    };
    let live = |operation, command, state, extent, prepare| Scene {
        live: true, ..scene(operation, command, state, extent, prepare)
    };
    let fetch = Operation::GetRoleCredentials;
    let token = Operation::CreateToken;
    vec![
        scene(fetch, CREDENTIALS, "no role credentials are cached; the access token has an hour left", Whole, |world| signed_in(world, 3600)),
        scene(fetch, CREDENTIALS, "the cached role credentials have a minute left", Sample, |world| { signed_in(world, 3600); cached(world, 60); }),
        live(fetch, CREDENTIALS, "the cached role credentials have ten minutes left", Usual, |world| { signed_in(world, 3600); cached(world, 600); }),
        scene(token, CREDENTIALS, "the access token has expired; no role credentials are cached", Whole, |world| signed_in(world, -1)),
        scene(token, CREDENTIALS, "the access token has expired; the cached role credentials have a minute left", Sample, |world| { signed_in(world, -1); cached(world, 60); }),
        live(token, CREDENTIALS, "the access token has expired; the cached role credentials have ten minutes left", Sample, |world| { signed_in(world, -1); cached(world, 600); }),
        scene(token, CREDENTIALS, "the access token has five minutes left; no role credentials are cached", Sample, |world| signed_in(world, 300)),
        scene(Operation::RegisterClient, INTERACTIVE, "you are not signed in, and a sign-in is allowed", Usual, with_browser),
        live(Operation::RegisterClient, INTERACTIVE, "you are not signed in; the cached role credentials have ten minutes left", Sample, |world| { with_browser(world); cached(world, 600); }),
        scene(Operation::StartDeviceAuthorization, INTERACTIVE, "you are not signed in, and a sign-in is allowed", Usual, with_browser),
        scene(token, INTERACTIVE, "you have just approved the code", Usual, with_browser),
        scene(token, &["login", "--sso-session", "corp"], "you have just approved in the browser; there was no sign-in before", Usual, with_following_browser),
        scene(token, &["login", "--sso-session", "corp"], "you have just approved in the browser; the sign-in before has half an hour left", Sample, |world| { signed_in(world, 1800); with_following_browser(world); }),
        scene(Operation::ListAccounts, LIST, "no list is kept", Usual, |world| signed_in(world, 3600)),
        scene(Operation::ListAccounts, LIST, "a list is kept", Sample, with_list),
        scene(Operation::ListAccountRoles, LIST, "no list is kept", Usual, |world| signed_in(world, 3600)),
        scene(Operation::ListAccountRoles, LIST, "a list is kept", Sample, with_list),
        scene(Operation::Logout, &["logout", "--sso-session", "corp"], "role credentials are cached", Usual, |world| { signed_in(world, 3600); cached(world, 3600); }),
        scene(Operation::GetSigninToken, &["console", "--profile", "dev", "--url"], "role credentials are cached", Usual, |world| { signed_in(world, 3600); answered(&world.run(&[])); }),
    ]
}

fn signed_in(world: &World, seconds: i64) {
    world.sign_in(seconds);
}

fn cached(world: &World, seconds: i64) {
    world.cache_role(seconds);
}

fn with_browser(world: &mut World) {
    world.home.env("BROWSER", "true");
    world.aws.auto_approve(0);
}

fn with_list(world: &mut World) {
    signed_in(world, 3600);
    assert_eq!(world.home.run(LIST).status, 0);
}

fn with_following_browser(world: &mut World) {
    let directory = world.home.temporary();
    let (browser, opened) = (directory.join("browser"), directory.join("opened"));
    fs::write(&browser, format!("#!/bin/sh\nprintf '%s\\n' \"$1\" >>'{}'\n", opened.display())).unwrap();
    fs::set_permissions(&browser, fs::Permissions::from_mode(0o755)).unwrap();
    stand_in::follow_links(opened, directory.join("page"));
    world.home.env("BROWSER", browser.to_str().unwrap());
}
