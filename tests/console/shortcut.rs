//! `--shortcut`: the link of the access portal.

use crate::common::{CONFIG, World};
use crate::{address, console};

#[test]
fn the_link_names_account_role_and_page_and_needs_no_sign_in() {
    let world = World::new();
    let home = "&destination=https%3A%2F%2Fconsole.aws.amazon.com%2Fconsole%2Fhome%3Fregion%3Dus-west-2";
    let start = "https://corp.awsapps.com/start/#/console?account_id=111122223333&role_name=Developer";
    assert_eq!(address(&world, &["--shortcut"]), format!("{start}{home}"));
    let ec2 = address(&world, &["--shortcut", "--destination", "/ec2/home#Instances:"]);
    let page = "https%3A%2F%2Fconsole.aws.amazon.com%2Fec2%2Fhome%3Fregion%3Dus-west-2%23Instances%3A";
    assert_eq!(ec2, format!("{start}&destination={page}"));
    let without = world.home.run(&["console", "--profile", "old", "--shortcut", "--url"]);
    assert_eq!(
        (without.status, without.stdout),
        (0, format!("{start}\n")),
        "without a region the portal decides"
    );
    assert_eq!(world.requests(), 0);
    assert!(!world.home.home().join(".aws/cli").exists(), "nothing is fetched or written");
}

#[test]
fn the_fragment_and_the_slash_of_the_start_url_are_left_out() {
    let world = World::new();
    for ending in ["/start", "/start/", "/start#/", "/start/#/", "/start/#/?tab=accounts"] {
        world.home.write_config(&CONFIG.replace("/start\n", &format!("{ending}\n")));
        let link = address(&world, &["--shortcut"]);
        assert!(link.starts_with("https://corp.awsapps.com/start/#/console?account_id="), "{ending}: {link}");
    }
}

#[test]
fn a_role_name_is_percent_encoded() {
    let world = World::new();
    world.home.write_config(&CONFIG.replace("= Developer", "= a+b=c,d.e@f-g"));
    assert!(address(&world, &["--shortcut"]).contains("&role_name=a%2Bb%3Dc%2Cd.e%40f-g&destination="));
}

#[test]
fn signing_out_first_is_not_for_the_portal() {
    let world = World::new();
    let output = console(&world, &["--shortcut", "--logout-first"]);
    assert_eq!(output.status, 2, "{output:?}");
    assert!(output.stderr.contains("--logout-first"), "{}", output.stderr);
}
