//! `--duration`: how long the session of the console lasts.

use stand_in::{Fault, Operation, Times};

use crate::common::{World, failed};
use crate::{address, console};

#[test]
fn the_duration_is_sent_in_seconds() {
    let world = World::signed_in();
    for (given, sent) in [("15m", "900"), ("1h30m", "5400"), ("12h", "43200")] {
        world.aws.clear_requests();
        address(&world, &["--duration", given]);
        let requests = world.aws.requests();
        let request = requests.iter().find(|request| request.operation == Operation::GetSigninToken).unwrap();
        assert_eq!(request.field("SessionDuration"), Some(sent));
    }
}

#[test]
fn a_duration_that_aws_never_allows_is_refused_before_any_request() {
    let world = World::signed_in();
    for bad in ["14m", "13h", "0s"] {
        let output = console(&world, &["--url", "--duration", bad]);
        let lines = failed(&output, 2);
        let expected = format!(
            "aws-sso-cred: invalid value '{bad}' for '--duration <TIME>': use a time from 15m to 12h"
        );
        assert_eq!(lines[0], expected);
    }
    assert_eq!(failed(&console(&world, &["--duration", "soon"]), 2).len(), 2);
    assert_eq!(failed(&console(&world, &["--shortcut", "--duration", "1h"]), 2).len(), 2);
    assert_eq!(world.requests(), 0);
}

#[test]
fn a_duration_that_aws_does_not_allow_for_the_role_is_told() {
    let world = World::signed_in();
    world.aws.fault(Operation::GetSigninToken, Fault::HtmlPage(400), Times::Always);
    let lines = failed(&console(&world, &["--url", "--duration", "12h"]), 4);
    let host = world.aws.url().replace("http://", "");
    assert_eq!(
        lines,
        [
            "aws-sso-cred: AWS did not give role `Developer` in account `111122223333` a sign-in token for the console"
                .to_owned(),
            format!("{host} answered with HTTP status 400, and did not say why"),
            "hint: AWS may not allow 12 hours: use a shorter `--duration`, or leave it out".to_owned(),
        ]
    );
}
