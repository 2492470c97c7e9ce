//! The names of the profiles: templates, strange account names, and names that collide.

use crate::common::{CONFIG, World, answered, failed, within_cpu_seconds};
use crate::populate::{POPULATE, config, keep_list, populate, populated};

/// The names of the profiles that populate wrote.
fn names(world: &World) -> Vec<String> {
    let config = config(world);
    let headers = config.lines().filter_map(|line| line.strip_prefix("[profile ")?.strip_suffix(']'));
    headers.filter(|name| !["dev", "old"].contains(name)).map(str::to_owned).collect()
}

#[test]
fn a_template_makes_the_names() {
    let world = World::signed_in();
    let template = "{session}/{account_name|upper}.{role_name|trim:^Dev|lower}.{account_id}";
    populated(&world, &["--name", template]);
    assert_eq!(
        names(&world),
        ["corp-PRODUCTION.eloper.111122223333", "corp-PRODUCTION.readonly.111122223333"]
    );
}

#[test]
fn a_mistake_in_a_template_is_named_before_any_request() {
    let world = World::signed_in();
    let lines = failed(&populate(&world, &["--name", "{account_name}.{rolename}"]), 2);
    assert_eq!(
        lines,
        [
            "aws-sso-cred: the template of `--name` has a mistake at character 16",
            "`{rolename}` is not a value; the template is `{account_name}.{rolename}`",
            "hint: the values are {account_name} {account_id} {account_email} {role_name} {session} {region} {short_region}, with filters as in `{role_name|trim:^AWS|lower}`",
        ]
    );
    failed(&populate(&world, &["--name", "{region}"]), 2);
    assert_eq!(world.requests(), 0);
}

#[test]
fn two_roles_with_one_name_are_both_named_and_nothing_is_written() {
    let world = World::signed_in();
    world.aws.add_account("222233334444", "Prod (EU)", "a@example.com");
    world.aws.add_role("222233334444", "Admin");
    world.aws.add_account("333344445555", "Prod EU", "b@example.com");
    world.aws.add_role("333344445555", "Admin");
    let lines = failed(&populate(&world, &[]), 2);
    assert_eq!(
        lines[..2],
        [
            "aws-sso-cred: two roles would get the same profile name; nothing was written",
            "`Prod-EU.Admin` is the name of role `Admin` in account 222233334444 (Prod (EU)) and of role `Admin` in account 333344445555 (Prod EU)",
        ]
    );
    assert_eq!(config(&world), CONFIG);
    populated(&world, &["--account", "222233334444"]);
    let lines = failed(&populate(&world, &["--account", "333344445555"]), 2);
    assert_eq!(
        lines[1],
        "`Prod-EU.Admin` in ~/.aws/config, of role `Admin` in account 222233334444, has the name for role `Admin` in account 333344445555 (Prod EU)"
    );
    populated(&world, &["--name", "{account_name}.{account_id}.{role_name}"]);
    let several = [
        "--client-region",
        "eu-west-1",
        "--client-region",
        "eu-west-2",
        "--name",
        "{account_id}.{role_name}",
    ];
    let lines = failed(&populate(&world, &several), 2);
    assert_eq!(lines[2], "hint: add `{region}` or `{short_region}` to the template");
}

#[test]
fn strange_account_names_give_names_that_every_tool_reads() {
    let world = World::signed_in();
    for (number, name) in [
        "",
        "本番",
        "]\n[default]\naws_access_key_id = AKIA",
        "\u{202e}evil\u{202c}\u{0}\u{1b}[31m",
        "e\u{301}te\u{301} \u{feff}\u{200b}",
        "😀😀",
        "# comment ; x = y",
        "profile 'x' \"y\" \\",
        "__proto__",
        &"x".repeat(60),
    ]
    .iter()
    .enumerate()
    {
        let id = format!("99990000000{number}");
        world.aws.add_account(&id, name, "a@example.com");
        world.aws.add_role(&id, "Admin");
    }
    assert_eq!(populated(&world, &[]), "~/.aws/config: 12 profiles added");
    let mut names = names(&world);
    names.sort();
    let long = format!("{}.Admin", "x".repeat(60));
    assert_eq!(
        names,
        [
            "999900000000.Admin",
            "999900000001.Admin",
            "999900000005.Admin",
            "Production.Developer",
            "Production.ReadOnly",
            "__proto__.Admin",
            "comment-x-y.Admin",
            "default-aws_access_key_id-AKIA.Admin",
            "ete.Admin",
            "evil-31m.Admin",
            "profile-x-y.Admin",
            &long,
        ]
    );
    answered(&world.home.run(&["--profile", "evil-31m.Admin"]));
    let lines = failed(&populate(&world, &["--name", "{account_name}", "--account", "999900000008"]), 2);
    assert_eq!(lines[1], "role `Admin` in account 999900000008 (__proto__) gets the name `__proto__`");
    let lines = failed(&populate(&world, &["--name", "{role_name|trim:.}", "--role", "Admin"]), 2);
    assert!(lines[1].ends_with(" gets an empty name"), "{lines:?}");
}

#[test]
fn ten_thousand_roles_are_written_in_seconds() {
    let world = World::signed_in();
    let roles: Vec<String> = (0..500).map(|number| format!("Role{number:03}")).collect();
    world.aws.add_accounts(20, &roles.iter().map(String::as_str).collect::<Vec<_>>());
    keep_list(&world);
    // A debug build takes 4 seconds of CPU time.
    let output = within_cpu_seconds(&world.home, 30, &POPULATE);
    assert_eq!(output.status, 0, "{output:?}");
    assert!(output.stderr.ends_with("~/.aws/config: 10002 profiles added\n"), "{}", output.stderr);
    answered(&world.home.run(&["--profile", "Account-0019.Role499"]));
}
