//! A token for another start URL or another region than the config names.

use std::fs;

use serde_json::{Value, json};
use stand_in::Operation;

use crate::common::{CONFIG, DEV, LOGIN_HINT, World, answered, failed, refused};
use crate::support::{asks, with_browser, without};

const CUSTOMER: &str = "https://customer.awsapps.com/start";

/// Switches to a second config file that uses the name `corp` for another company.
fn use_customers_config(world: &mut World) {
    let path = world.home.temporary().join("customer-config");
    fs::write(&path, CONFIG.replace("https://corp.awsapps.com/start", CUSTOMER)).unwrap();
    world.home.env("AWS_CONFIG_FILE", path.to_str().unwrap());
    world.aws.allow_start_url(CUSTOMER);
}

fn told() -> String {
    format!(
        "aws-sso-cred: sso-session `corp`: the cached sign-in is for another start URL\n\
         it is for `https://corp.awsapps.com/start`, not for `{CUSTOMER}`\n\
         hint: to replace it, {}; to keep both, rename one `[sso-session]`\n",
        LOGIN_HINT.trim_start_matches("hint: ").trim_end()
    )
}

#[test]
fn a_token_of_another_start_url_is_neither_sent_nor_relabelled() {
    for seconds in [3600, 60, -1] {
        let mut world = with_browser("exit 0");
        world.sign_in(seconds);
        let before = fs::read(world.token_file()).unwrap();
        use_customers_config(&mut world);
        for more in [&[][..], &["--no-cache"], &["--force-refresh"]] {
            refused(&world.run(more), 1, &told());
        }
        refused(&asks(&world, &[]), 1, &told());
        assert_eq!(world.requests(), 0, "{seconds}");
        assert_eq!(fs::read(world.token_file()).unwrap(), before, "{seconds}");
    }
}

#[test]
fn status_names_the_start_url_of_a_token_for_another_start_url() {
    let mut world = World::signed_in();
    use_customers_config(&mut world);
    let output = world.home.run(&["status", "--output", "json"]);
    assert_eq!(output.status, 1, "{output:?}");
    let session = &output.json()["sessions"][0];
    let expected = json!({ "start_url": "https://corp.awsapps.com/start", "region": "eu-west-1" });
    assert_eq!(
        (&session["state"], &session["usable"], &session["token_is_for"], &session["start_url"]),
        (&json!("other_sign_in"), &json!(false), &expected, &json!(CUSTOMER)),
    );
    assert_eq!((&session["signed_in_until"], &session["refreshable_until"]), (&Value::Null, &Value::Null));
    let table = world.home.run(&["status", "--sso-session", "corp"]);
    assert!(
        table.stdout.contains("the cached sign-in is for another start URL or region"),
        "{}",
        table.stdout
    );
    assert!(table.stdout.contains("https://corp.awsapps.com/start in eu-west-1"), "{}", table.stdout);
}

#[test]
fn login_if_needed_names_the_start_url_of_the_token_that_it_replaces() {
    let mut world = World::signed_in();
    world.aws.auto_approve(0);
    use_customers_config(&mut world);
    let login = ["login", "--sso-session", "corp", "--if-needed", "--use-device-code", "--no-browser"];
    let output = world.home.run(&login);
    assert_eq!(output.status, 0, "{output:?}");
    let told =
        "the cached sign-in is for another start URL; it is for `https://corp.awsapps.com/start`, not for";
    assert!(output.stderr.contains(told), "{}", output.stderr);
    assert!(!output.stderr.contains("already signed in"), "{}", output.stderr);
    assert_eq!(world.token()["startUrl"], CUSTOMER);
    answered(&world.run(&[]));
    world.home.env_remove("AWS_CONFIG_FILE");
    world.aws.clear_requests();
    assert_eq!(failed(&world.run(&["--no-cache"]), 1).len(), 3, "the first config reports it as well");
    assert_eq!(world.requests(), 0);
}

#[test]
fn logout_does_not_send_the_token_to_another_portal() {
    let mut world = World::signed_in();
    use_customers_config(&mut world);
    let output = world.home.run(&["logout", "--sso-session", "corp"]);
    assert_eq!(output.status, 0, "{output:?}");
    assert!(!world.token_file().exists());
    let bearers = world.aws.requests();
    assert!(bearers.iter().all(|request| request.operation == Operation::Logout), "{bearers:?}");
}

#[test]
fn different_spellings_of_one_start_url_share_a_sign_in() {
    for spelling in [
        "https://corp.awsapps.com/start/",
        "https://corp.awsapps.com/start#/",
        "https://CORP.awsapps.com/start",
        "HTTPS://corp.AWSapps.com/start/#",
    ] {
        let world = World::new();
        world.sign_in(60);
        let mut token = world.token();
        token["startUrl"] = spelling.into();
        world.home.write_token("corp", &token);
        answered(&world.run(&[]));
        assert_eq!((world.refreshes(), world.fetches()), (1, 1), "{spelling}");
    }
}

#[test]
fn a_token_without_a_start_url_is_used() {
    let world = World::signed_in();
    world.home.write_token("corp", &without(world.token(), &["startUrl", "region"]));
    answered(&world.run(&[]));
}

#[test]
fn a_token_of_another_region_is_reported_and_not_sent() {
    for seconds in [3600, -1] {
        let world = World::new();
        world.sign_in(seconds);
        let before = fs::read(world.token_file()).unwrap();
        let text = "aws-sso-cred: sso-session `corp`: the cached sign-in is for region `eu-west-1`, but `sso_region` \
                    is `us-east-1`\nhint: correct `sso_region`, or sign in again: run ";
        let output = world.home.run(&[&DEV[..], &["--region", "us-east-1"]].concat());
        assert_eq!((output.status, output.stdout.as_str()), (1, ""));
        assert!(output.stderr.starts_with(text), "{}", output.stderr);
        assert_eq!(world.requests(), 0);
        assert_eq!(fs::read(world.token_file()).unwrap(), before);
    }
}
