//! `--url`: the address on stdout, and what it opens.

use stand_in::{Operation, SECRET_MARK, visit};

use crate::common::{World, failed, shell};
use crate::{address, asked, console, secrets_in};

#[test]
fn the_address_opens_the_page_as_the_role_and_holds_the_sign_in_token_alone() {
    let world = World::signed_in();
    let address = address(&world, &["--destination", "s3"]);
    let start =
        format!("{}/federation?Action=login&Issuer=https%3A%2F%2Fcorp.awsapps.com%2Fstart&", world.aws.url());
    assert!(address.starts_with(&start), "{address}");
    let secrets = secrets_in(&world, &address);
    assert!(secrets.len() == 1 && secrets[0].starts_with("VCQg"), "{secrets:?}");
    let page = visit(&address).unwrap();
    let expected = "Developer in 111122223333: https://console.aws.amazon.com/s3/home?region=us-west-2";
    assert_eq!(page, format!("<html>{expected}</html>"));
}

#[test]
fn the_credentials_are_posted_in_the_body_and_the_cache_is_used() {
    let world = World::signed_in();
    address(&world, &[]);
    address(&world, &[]);
    assert_eq!((world.fetches(), asked(&world)), (1, 2));
    let requests = world.aws.requests();
    let request = requests.iter().find(|request| request.operation == Operation::GetSigninToken).unwrap();
    assert_eq!((request.method.as_str(), request.path.as_str()), ("POST", "/federation"));
    assert_eq!(request.header("content-type"), Some("application/x-www-form-urlencoded"));
    assert!(request.query.is_empty() && request.header("referer").is_none(), "{request:?}");
    let document = world.run(&[]).json();
    let session = request.field("Session").unwrap();
    let expected = format!(
        "{{\"sessionId\":{},\"sessionKey\":{},\"sessionToken\":{}}}",
        document["AccessKeyId"], document["SecretAccessKey"], document["SessionToken"]
    );
    assert_eq!((session, request.field("Action")), (expected.as_str(), Some("getSigninToken")));
    assert_eq!(request.field("SessionDuration"), None, "AWS decides");
}

#[test]
fn the_browser_is_signed_out_first_on_request() {
    let world = World::signed_in();
    let address = address(&world, &["--logout-first", "--destination", "/ec2/home#Instances:"]);
    assert!(
        address.starts_with(&format!("{}/oauth?Action=logout&redirect_uri=http%3A%2F%2F", world.aws.url()))
    );
    assert_eq!(secrets_in(&world, &address).len(), 1, "{address}");
    let page = visit(&address).unwrap();
    assert!(
        page.contains(": https://console.aws.amazon.com/ec2/home?region=us-west-2#Instances:<"),
        "{page}"
    );
}

#[test]
fn a_wrong_destination_is_refused_before_any_request() {
    let world = World::signed_in();
    for (destination, lines) in [
        (
            "lamda",
            &[
                "aws-sso-cred: service `lamda` is not one that `console` knows",
                "hint: did you mean `--destination lambda`?",
            ][..],
        ),
        (
            "https://user:hidden@console.aws.amazon.com.evil.example/",
            &[
                "aws-sso-cred: page `https://…@console.aws.amazon.com.evil.example/` is not one of the AWS console",
                "it must have a host of the console, without a port and a user name",
                "hint: copy the address of a page, such as `https://console.aws.amazon.com/ec2/home`",
            ],
        ),
    ] {
        for more in [&["--url"][..], &["--url", "--shortcut"], &[]] {
            let output = console(&world, &[more, &["--destination", destination]].concat());
            assert_eq!(failed(&output, 2), lines);
        }
    }
    assert_eq!(world.requests(), 0);
}

#[test]
fn a_profile_region_of_another_partition_is_left_out_with_a_note() {
    let world = World::signed_in();
    for region in ["cn-north-1", "evil.example/"] {
        world.home.write_config(&crate::common::CONFIG.replace("us-west-2", region));
        let output = console(&world, &["--url"]);
        let note = format!(
            "note: region `{region}` of the profile is left out: it is not a region in the partition of `eu-west-1`\n"
        );
        assert_eq!((output.status, output.stderr), (0, note));
        assert!(
            output.stdout.contains("&Destination=https%3A%2F%2Fconsole.aws.amazon.com%2Fconsole%2Fhome&")
        );
    }
}

#[test]
fn a_region_in_upper_case_is_that_region() {
    let world = World::signed_in();
    world.home.write_config(&crate::common::CONFIG.replace("us-west-2", "US-West-2"));
    let page = visit(&address(&world, &["--destination", "s3"])).unwrap();
    assert!(page.contains(": https://console.aws.amazon.com/s3/home?region=us-west-2<"), "{page}");
}

#[test]
fn a_closed_pipe_is_a_quiet_end_and_a_full_disk_an_error() {
    let world = World::signed_in();
    let closed = shell(&world.home, "(\"$0\" console --profile dev --url; echo $? >&2) | true", &[]);
    assert_eq!((closed.stdout.as_str(), closed.stderr.as_str()), ("", "0\n"));
    if cfg!(target_os = "linux") {
        failed(&shell(&world.home, "\"$0\" console --profile dev --url >/dev/full", &[]), 5);
    }
}

#[test]
fn the_debug_log_has_no_secret_and_no_address() {
    let world = World::signed_in();
    address(&world, &["--debug"]);
    let log = world.home.home().join(".aws/sso/aws-sso-credential-process-log.txt");
    let log = std::fs::read_to_string(log).unwrap();
    assert!(log.contains("getSigninToken: answered in"), "{log}");
    assert!(!log.contains(SECRET_MARK) && !log.contains("SigninToken="), "{log}");
}
