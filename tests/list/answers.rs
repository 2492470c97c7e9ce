//! What the portal answers: pages, failures, and what no portal should answer.

use std::time::{Duration, Instant};

use serde_json::json;
use stand_in::{Fault, Operation, Times};

use super::{company, list, rows};
use crate::common::{World, failed};

/// An answer with this body.
fn body(value: &serde_json::Value) -> Fault {
    Fault::Garbage(value.to_string().into_bytes())
}

fn account(id: &str, name: &str) -> serde_json::Value {
    json!({ "accountId": id, "accountName": name, "emailAddress": "x@example.com" })
}

#[test]
fn every_page_is_read_and_the_largest_pages_are_asked_for() {
    let world = company();
    world.aws.set_page_size(1);
    assert_eq!(rows(&world, &[]).len(), 5);
    assert_eq!(world.aws.count(Operation::ListAccounts), 3);
    assert_eq!(world.aws.count(Operation::ListAccountRoles), 5);
    for request in world.aws.requests() {
        assert_eq!(request.query_value("max_result"), Some("100"), "{request:?}");
    }
}

#[test]
fn a_filter_for_one_account_asks_for_its_roles_only() {
    let world = company();
    assert_eq!(rows(&world, &["--account", "222233334444"]), ["222233334444 Admin"]);
    assert_eq!(
        (world.aws.count(Operation::ListAccounts), world.aws.count(Operation::ListAccountRoles)),
        (1, 1)
    );
    assert_eq!(rows(&world, &["--account", "999999999999"]), Vec::<String>::new());
    assert_eq!(world.aws.count(Operation::ListAccountRoles), 1);
    // The name of the account is known from the list, so that only its roles are asked for.
    rows(&world, &[]);
    world.aws.clear_requests();
    let document = list(&world, &["--account", "222233334444", "--refresh", "--output", "json"]).json();
    assert_eq!(document[0]["accountName"], "Sandbox");
    assert_eq!(
        (world.aws.count(Operation::ListAccounts), world.aws.count(Operation::ListAccountRoles)),
        (0, 1)
    );
}

#[test]
fn a_filter_that_few_accounts_match_asks_for_their_roles_only() {
    let world = World::signed_in();
    world.aws.add_accounts(30, &["Admin"]);
    assert_eq!(rows(&world, &["--account", "Account 000"]).len(), 10);
    assert_eq!(world.aws.count(Operation::ListAccountRoles), 10);
    // Many match: then the whole list is asked for, and serves the next filter too.
    assert_eq!(rows(&world, &["--account", "Account"]).len(), 30);
    assert_eq!(world.aws.count(Operation::ListAccountRoles), 41);
    assert_eq!(rows(&world, &["--account", "production"]).len(), 2);
    assert_eq!(world.aws.count(Operation::ListAccountRoles), 41);
}

#[test]
fn an_account_that_disappears_meanwhile_is_left_out() {
    for status in [403, 404] {
        let world = company();
        world.aws.fault(Operation::ListAccountRoles, Fault::Status(status), Times::Once);
        let output = list(&world, &["--output", "json"]);
        let accounts: std::collections::BTreeSet<String> =
            super::rows_of(&output).iter().map(|row| row[..12].to_owned()).collect();
        assert_eq!((accounts.len(), output.stderr.as_str()), (2, ""));
    }
}

/// AWS has just listed the account as one of the person's.
#[test]
fn a_refusal_for_every_account_is_an_error_and_leaves_the_kept_list() {
    let world = World::signed_in();
    assert_eq!(rows(&world, &[]).len(), 2);
    for status in [403, 404] {
        world.aws.fault(Operation::ListAccountRoles, Fault::Status(status), Times::Once);
        let lines = failed(&list(&world, &["--refresh"]), 4);
        assert!(lines[0].starts_with("aws-sso-cred: AWS refused ListAccountRoles at "), "{lines:?}");
        assert_eq!(rows(&world, &[]).len(), 2);
    }
}

#[test]
fn a_refusal_for_every_account_that_a_filter_leaves_is_an_error() {
    for filter in ["222233334444", "sandbox"] {
        let world = company();
        world.aws.fault(Operation::ListAccountRoles, Fault::Status(403), Times::Once);
        let lines = failed(&list(&world, &["--account", filter]), 4);
        assert!(lines[0].starts_with("aws-sso-cred: AWS refused ListAccountRoles at "), "{lines:?}");
    }
}

#[test]
fn failures_that_pass_are_retried_for_each_request() {
    let world = company();
    for operation in [Operation::ListAccounts, Operation::ListAccountRoles] {
        for fault in [Fault::Status(503), Fault::Reset, Fault::CutMidBody] {
            world.aws.fault(operation, fault, Times::Once);
        }
    }
    assert_eq!(rows(&world, &[]).len(), 5);
}

#[test]
fn failures_that_last_end_the_list_in_time() {
    let world = company();
    world.aws.fault(Operation::ListAccountRoles, Fault::Status(400), Times::Always);
    let lines = failed(&list(&world, &[]), 4);
    assert!(lines[0].contains("ListAccountRoles"), "{lines:?}");
    let world = company();
    world.aws.fault(Operation::ListAccountRoles, Fault::Hang, Times::Always);
    let started = Instant::now();
    let lines = failed(&list(&world, &[]), 4);
    assert!(lines[0].contains("did not answer ListAccountRoles in time"), "{lines:?}");
    assert!(started.elapsed() < Duration::from_secs(45), "{:?}", started.elapsed());
}

#[test]
fn a_refused_token_is_refreshed_and_the_list_goes_on() {
    let world = World::signed_in();
    world.aws.add_accounts(30, &["Admin"]);
    world.aws.fault(Operation::ListAccountRoles, Fault::Status(401), Times::Once);
    assert_eq!(rows(&world, &[]).len(), 32);
    assert_eq!(world.refreshes(), 1);
    assert_eq!(world.aws.count(Operation::ListAccounts), 1);
    // The accounts that were read before are not asked about again, but for requests under way.
    assert!(world.aws.count(Operation::ListAccountRoles) <= 31 + 10);
}

#[test]
fn a_sign_in_that_has_ended_ends_the_list() {
    let world = World::signed_in();
    world.aws.add_accounts(30, &["Admin"]);
    let (output, ()) = world.while_asked(
        Operation::ListAccounts,
        || list(&world, &["--noninteractive"]),
        || world.aws.end_session(),
    );
    let lines = failed(&output, 1);
    assert!(lines.last().unwrap().contains("aws-sso-cred login --sso-session corp"), "{lines:?}");
}

#[test]
fn a_token_that_is_refused_again_and_again_ends_the_list() {
    let world = company();
    world.aws.fault(Operation::ListAccountRoles, Fault::Status(401), Times::Always);
    failed(&list(&world, &[]), 1);
    assert!(world.aws.requests().len() < 50);
}

#[test]
fn a_sign_out_while_aws_answers_leaves_no_list() {
    let world = company();
    let (output, ()) = world.while_asked(
        Operation::ListAccounts,
        || list(&world, &[]),
        || assert_eq!(world.home.run(&["logout", "--sso-session", "corp"]).status, 0),
    );
    failed(&output, 1);
    assert!(!super::state(&world, "accounts.json").exists());
}

#[test]
fn a_list_is_asked_for_again_after_another_person_signed_in() {
    let world = company();
    let (output, ()) = world.while_asked(
        Operation::ListAccountRoles,
        || list(&world, &["--output", "json"]),
        || {
            world.sign_in(3600);
        },
    );
    assert_eq!(super::rows_of(&output).len(), 5);
    assert_eq!(world.aws.count(Operation::ListAccounts), 2);
}

#[test]
fn pages_that_repeat_or_never_end_are_an_error() {
    let page = json!({ "accountList": [account("111122223333", "P")], "roleList": [], "nextToken": "again" });
    for operation in [Operation::ListAccounts, Operation::ListAccountRoles] {
        let world = company();
        world.aws.fault(operation, body(&page), Times::Always);
        let lines = failed(&list(&world, &[]), 4);
        assert!(lines[0].ends_with(&format!(" gave no usable answer to {operation:?}")), "{lines:?}");
        assert!(lines[1].ends_with("its pages go round in a circle"), "{lines:?}");
        assert!(world.aws.count(operation) <= 12);
    }
}

#[test]
#[ignore = "a fifth of a minute: 200 pages at the rate that the portal allows"]
fn pages_that_never_end_are_an_error() {
    let world = company();
    world.aws.fault(Operation::ListAccounts, Fault::EndlessPages, Times::Always);
    let lines = failed(&list(&world, &[]), 4);
    assert!(lines[1].ends_with("it has more than 200 pages"), "{lines:?}");
    assert_eq!(world.aws.count(Operation::ListAccounts), 200);
}

#[test]
fn what_is_no_list_is_an_error() {
    let faults = [
        Fault::WrongTypes,
        Fault::HugeBody(50 << 20),
        Fault::EmptyBody(200),
        Fault::Garbage(b"[1,2".to_vec()),
        Fault::Garbage(vec![0xff; 4096]),
        Fault::RawBytes(b"\x00\x01\x02".to_vec()),
        body(&json!({ "accountList": [[[[[[]]]]]], "roleList": [7] })),
    ];
    for fault in faults {
        for operation in [Operation::ListAccounts, Operation::ListAccountRoles] {
            let world = company();
            world.aws.fault(operation, fault.clone(), Times::Always);
            failed(&list(&world, &[]), 4);
        }
    }
}

#[test]
fn entries_that_cannot_be_used_are_left_out_and_counted() {
    let world = World::signed_in();
    let accounts = json!({ "accountList": [
        account("", "no id"), account("12", "short"), account("11112222333x", "letter"), {},
        account("111122223333", "twice"), account("111122223333", "again"),
        { "accountId": "222233334444" },
    ]});
    world.aws.add_role("222233334444", "Admin");
    world.aws.fault(Operation::ListAccounts, body(&accounts), Times::Once);
    let roles = json!({ "roleList": [{ "roleName": "" }, {}, { "roleName": "a b" }, { "roleName": "X" }, { "roleName": "X" }] });
    world.aws.fault(Operation::ListAccountRoles, body(&roles), Times::Times(2));
    let output = list(&world, &["--output", "json"]);
    assert_eq!(super::rows_of(&output), ["111122223333 X", "222233334444 X"]);
    assert_eq!(output.stderr, "left out, because AWS gave no valid id or name: 4 accounts and 6 roles\n");
    assert_eq!(output.json()[0]["accountName"], "twice");
    assert_eq!(output.json()[1]["accountName"], "");
}

#[test]
fn a_thousand_roles_in_one_account_are_listed() {
    let world = World::signed_in();
    for number in 0..1000 {
        world.aws.add_role("111122223333", &format!("Role-{number:04}"));
    }
    assert_eq!(rows(&world, &[]).len(), 1002);
    assert_eq!(world.aws.count(Operation::ListAccountRoles), 11);
}

#[test]
fn a_person_without_accounts_is_told_so() {
    let world = World::signed_in();
    world.aws.remove_account("111122223333");
    let output = list(&world, &["--output", "json"]);
    assert_eq!((output.status, output.stdout.as_str()), (0, "[]\n"));
    assert_eq!(output.stderr, "no account is assigned to you in this session\n");
}
