//! `configure populate --prune`: which profiles it removes, and which never.

use stand_in::{Fault, Operation, Times};

use crate::common::{CONFIG, World, failed};
use crate::populate::{change, config, populate, populated};

/// A world with profiles for two accounts, of which one has lost its role `Admin` since.
fn world() -> World {
    let world = World::signed_in();
    world.aws.add_account("222233334444", "Sandbox", "sandbox@example.com");
    world.aws.add_role("222233334444", "Admin");
    world.aws.add_role("222233334444", "ReadOnly");
    populated(&world, &[]);
    world.aws.remove_role("222233334444", "Admin");
    world
}

fn has(world: &World, profile: &str) -> bool {
    config(world).contains(&format!("[profile {profile}]"))
}

#[test]
fn a_profile_whose_role_is_gone_is_removed_only_with_prune() {
    let world = world();
    assert_eq!(populated(&world, &["--refresh"]), "~/.aws/config: 3 profiles already right");
    assert!(has(&world, "Sandbox.Admin"));
    let before = config(&world);
    assert_eq!(populated(&world, &["--prune"]), "~/.aws/config: 1 profile removed, 3 already right");
    assert!(!has(&world, "Sandbox.Admin"));
    let removed = before.lines().count() - config(&world).lines().count();
    assert_eq!(removed, 4, "{}", config(&world));
}

#[test]
fn what_populate_did_not_write_is_never_removed() {
    let world = world();
    let line =
        "credential_process = aws-sso-cred --sso-session corp --account-id 222233334444 --role-name Admin";
    let mine = format!(
        "\n[profile mine]\n{line}\n\n[profile theirs]\n{line}\naws_sso_cred_populated = 0123456789abcdef other\n"
    );
    world.home.write_config(&format!("{}{mine}", config(&world)));
    populated(&world, &["--prune", "--refresh", "--force"]);
    assert!(config(&world).ends_with(&mine), "{}", config(&world));
    assert!(config(&world).starts_with(CONFIG));
    assert!(!has(&world, "Sandbox.Admin"));
}

#[test]
fn a_changed_renamed_or_copied_profile_is_left_and_named() {
    let world = world();
    change(&world, "[profile Sandbox.Admin]", "[profile renamed]");
    let said = populated(&world, &["--prune", "--refresh"]);
    assert_eq!(
        said,
        "~/.aws/config: 3 profiles already right\n1 profile left, because it was changed after `configure populate` wrote it: renamed; `--force` writes it again"
    );
    assert!(has(&world, "renamed"));
    assert_eq!(
        populated(&world, &["--prune", "--force"]),
        "~/.aws/config: 1 profile removed, 3 already right"
    );
}

#[test]
fn a_filter_limits_what_is_removed() {
    let world = world();
    world.aws.remove_account("222233334444");
    for filter in [
        ["--role", "ReadOnly"],
        ["--account", "Production"],
        ["--account", "111122223333"],
        ["--account", "Sandbox"],
    ] {
        populated(&world, &[&filter[..], &["--prune", "--refresh"]].concat());
        assert!(has(&world, "Sandbox.Admin"), "{filter:?}");
    }
    assert!(!has(&world, "Sandbox.ReadOnly"), "the filter --role ReadOnly looked at it");
    populated(&world, &["--account", "222233334444", "--prune", "--refresh"]);
    assert!(!has(&world, "Sandbox.Admin"));
}

#[test]
fn a_profile_under_another_name_stays_while_its_role_is_there() {
    let world = world();
    populated(&world, &["--prune", "--refresh", "--name", "{account_id}.{role_name}"]);
    assert!(has(&world, "Sandbox.ReadOnly") && has(&world, "222233334444.ReadOnly"));
    assert!(!has(&world, "Sandbox.Admin"));
}

#[test]
fn an_empty_list_removes_nothing() {
    let world = world();
    for account in ["111122223333", "222233334444"] {
        world.aws.remove_account(account);
    }
    let lines = failed(&populate(&world, &["--prune", "--refresh"]), 4);
    assert_eq!(
        lines[0],
        "aws-sso-cred: you have no role in any account (signed in through sso-session `corp`)"
    );
    assert!(has(&world, "Sandbox.Admin"));
}

#[test]
fn an_incomplete_list_removes_nothing() {
    let world = world();
    world.aws.fault(Operation::ListAccounts, Fault::HtmlPage(511), Times::Always);
    let output = populate(&world, &["--prune", "--refresh"]);
    assert_eq!(output.status, 0, "{}", output.stderr);
    let told = "no profile is removed, because the list of your roles may be out of date\n";
    assert!(output.stderr.contains(told), "{}", output.stderr);
    assert!(has(&world, "Sandbox.Admin"));
}
