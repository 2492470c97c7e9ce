//! `configure populate`: the profiles that it writes, and those that it leaves alone.

use std::fs;
use std::os::unix::fs::MetadataExt as _;

use stand_in::{Operation, Output};

use crate::common::{CONFIG, World, answered, failed, whole_tree};

pub const POPULATE: [&str; 4] = ["configure", "populate", "--sso-session", "corp"];

pub fn populate(world: &World, more: &[&str]) -> Output {
    world.home.run(&[&POPULATE[..], more].concat())
}

/// Keeps the list of roles, as `list` does.
#[track_caller]
pub fn keep_list(world: &World) {
    let output = world.home.run(&["list", "--sso-session", "corp"]);
    assert_eq!(output.status, 0, "{}", output.stderr);
}

/// Populates without a failure, and gives what stderr says.
#[track_caller]
pub fn populated(world: &World, more: &[&str]) -> String {
    let output = populate(world, more);
    assert_eq!((output.status, output.stdout.as_str()), (0, ""), "{}", output.stderr);
    // Whether the list of roles was kept is no matter here.
    let lines = output.stderr.lines().filter(|line| !line.starts_with("this list is "));
    lines.collect::<Vec<_>>().join("\n")
}

pub fn config(world: &World) -> String {
    fs::read_to_string(world.home.config_path()).unwrap()
}

/// The text that populate has added to [`CONFIG`], without the mark.
fn added(world: &World) -> String {
    let config = config(world);
    let added = config.strip_prefix(CONFIG).unwrap_or_else(|| panic!("{config}"));
    let lines = added.lines().filter(|line| !line.starts_with("aws_sso_cred_populated = "));
    lines.collect::<Vec<_>>().join("\n")
}

/// The path that the lines name: no desktop finds the program of this build by its name.
fn program() -> String {
    fs::canonicalize(crate::common::PROGRAM).unwrap().display().to_string()
}

/// Replaces text in the config file as an editor does.
#[track_caller]
pub fn change(world: &World, from: &str, to: &str) {
    let config = config(world);
    assert!(config.contains(from), "{from} is not in {config}");
    world.home.write_config(&config.replacen(from, to, 1));
}

/// What tells whether a file was written: its inode, its time and its text.
fn identity(world: &World) -> (u64, i64, i64, String) {
    let metadata = fs::metadata(world.home.config_path()).unwrap();
    (metadata.ino(), metadata.mtime(), metadata.mtime_nsec(), config(world))
}

#[test]
fn each_account_and_role_gets_a_profile_behind_the_others() {
    let world = World::signed_in();
    world.aws.add_account("222233334444", "Ärzte & Söhne", "root@example.com");
    world.aws.add_role("222233334444", "Admin");
    assert_eq!(populated(&world, &[]), "~/.aws/config: 3 profiles added");
    let program = program();
    assert_eq!(
        added(&world),
        format!(
            "
[profile Production.Developer]
credential_process = {program} --sso-session corp --account-id 111122223333 --role-name Developer

[profile Production.ReadOnly]
credential_process = {program} --sso-session corp --account-id 111122223333 --role-name ReadOnly

[profile Arzte-Sohne.Admin]
credential_process = {program} --sso-session corp --account-id 222233334444 --role-name Admin"
        )
    );
    let config = config(&world);
    let marks = config.lines().filter_map(|line| line.strip_prefix("aws_sso_cred_populated = "));
    let marks: Vec<&str> = marks.collect();
    assert_eq!(marks.len(), 3);
    assert!(marks.iter().all(|mark| mark.len() == 21 && mark.ends_with(" corp")), "{marks:?}");
}

#[test]
fn a_written_profile_gets_credentials() {
    let world = World::signed_in();
    populated(&world, &["--client-region", "eu-central-1"]);
    answered(&world.home.run(&["--profile", "Production.Developer"]));
}

#[test]
fn a_second_run_does_not_touch_the_file() {
    let world = World::signed_in();
    world.aws.add_accounts(50, &["Admin", "ReadOnly"]);
    populated(&world, &[]);
    let before = identity(&world);
    world.aws.clear_requests();
    assert_eq!(populated(&world, &[]), "~/.aws/config: 102 profiles already right");
    assert_eq!(
        populated(&world, &["--refresh", "--force", "--prune"]),
        "~/.aws/config: 102 profiles already right"
    );
    assert_eq!(identity(&world), before);
}

#[test]
fn a_run_from_the_kept_list_sends_no_request() {
    let world = World::signed_in();
    keep_list(&world);
    world.aws.clear_requests();
    let output = populate(&world, &[]);
    assert_eq!(output.status, 0, "{}", output.stderr);
    assert_eq!(world.requests(), 0);
    populate(&world, &["--refresh"]);
    assert_eq!(world.aws.count(Operation::ListAccounts), 1);
}

#[test]
fn several_regions_give_a_profile_each_and_stand_in_the_name() {
    let world = World::signed_in();
    let two = ["--client-region", "us-east-1", "--client-region=eu-west-1", "--client-region", "us-east-1"];
    let role = ["--role", "developer"];
    assert_eq!(populated(&world, &[&two[..], &role].concat()), "~/.aws/config: 2 profiles added");
    let program = program();
    let line = format!(
        "credential_process = {program} --sso-session corp --account-id 111122223333 --role-name Developer"
    );
    assert_eq!(
        added(&world),
        format!(
            "
[profile Production.Developer.us-east-1]
region = us-east-1
{line}

[profile Production.Developer.eu-west-1]
region = eu-west-1
{line}"
        )
    );
    let short = [&two[..], &role, &["--name", "{role_name|lower}-{short_region}"]].concat();
    assert_eq!(populated(&world, &short), "~/.aws/config: 2 profiles added");
    assert!(config(&world).contains("\n[profile developer-usea1]\n"), "{}", config(&world));
}

#[test]
fn a_variable_gives_the_region_where_no_option_does() {
    let mut world = World::signed_in();
    world.home.env("AWS_DEFAULT_REGION", "eu-west-3");
    populated(&world, &["--role", "Developer"]);
    assert!(added(&world).contains("\nregion = eu-west-3\n"), "{}", config(&world));
    world.home.env("AWS_CONFIGURE_DEFAULT_REGION", "eu-west-2");
    assert_eq!(
        populated(&world, &["--role", "Developer"]),
        "the profiles are for region eu-west-2, which AWS_CONFIGURE_DEFAULT_REGION names\n~/.aws/config: 1 profile changed"
    );
    assert!(added(&world).contains("\nregion = eu-west-2\n"), "{}", config(&world));
    world.home.env_remove("AWS_CONFIGURE_DEFAULT_REGION");
    world.home.env_remove("AWS_DEFAULT_REGION");
    assert_eq!(populated(&world, &["--role", "Developer"]), "~/.aws/config: 1 profile already right");
    world.home.env("AWS_DEFAULT_REGION", "eu west");
    let lines = failed(&populate(&world, &[]), 2);
    assert_eq!(lines[1], "hint: correct environment variable AWS_DEFAULT_REGION");
}

#[test]
fn native_profiles_have_the_keys_of_the_sdks() {
    let world = World::signed_in();
    let native = ["--native", "--role", "Developer"];
    populated(&world, &native);
    let keys = "\n[profile Production.Developer]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Developer";
    assert_eq!(added(&world), keys);
    answered(&world.home.run(&["--profile", "Production.Developer"]));
    assert_eq!(populated(&world, &["--role", "Developer"]), "~/.aws/config: 1 profile changed");
    assert!(!added(&world).contains("sso_"), "{}", config(&world));
    assert_eq!(populated(&world, &native), "~/.aws/config: 1 profile changed");
    assert_eq!(added(&world), keys);
}

#[test]
fn a_line_that_starts_the_program_by_another_path_is_right_already() {
    let world = World::signed_in();
    let line = "aws-sso-cred --sso-session corp --account-id 111122223333 --role-name Developer";
    let by_hand = format!("{CONFIG}\n[profile Production.Developer]\ncredential_process = {line}\n");
    world.home.write_config(&by_hand);
    assert_eq!(populated(&world, &["--role", "Developer"]), "~/.aws/config: 1 profile already right");
    assert_eq!(config(&world), by_hand);
    populated(&world, &["--role", "Developer", "--force", "--client-region", "us-east-1"]);
    assert!(config(&world).contains(line), "{}", config(&world));
    change(&world, "= aws-sso-cred", "= /nowhere/aws-sso-cred");
    populated(&world, &["--role", "Developer", "--force"]);
    assert!(!config(&world).contains("/nowhere"), "a program that is gone is replaced");
}

#[test]
fn the_difference_of_a_file_from_windows_keeps_its_line_ends() {
    let world = World::signed_in();
    world.home.write_config(&CONFIG.replace('\n', "\r\n"));
    let output = populate(&world, &["--dry-run"]);
    assert!(output.stdout.contains("+[profile Production.ReadOnly]\r\n"), "{}", output.stdout);
}

#[test]
fn a_dry_run_prints_the_difference_and_writes_nothing() {
    let world = World::signed_in();
    keep_list(&world);
    let before = whole_tree(&world.home.home().join(".aws"));
    let output = populate(&world, &["--dry-run", "--role", "ReadOnly"]);
    assert_eq!(output.status, 0, "{}", output.stderr);
    assert!(output.stdout.starts_with("--- ~/.aws/config\n+++ ~/.aws/config\n@@"), "{}", output.stdout);
    let added: Vec<&str> = output.stdout.lines().filter(|line| line.starts_with('+')).collect();
    assert_eq!((added.len(), added[1], added[2]), (5, "+", "+[profile Production.ReadOnly]"), "{added:#?}");
    assert!(output.stderr.ends_with("~/.aws/config: 1 profile to add\n"), "{}", output.stderr);
    assert_eq!(whole_tree(&world.home.home().join(".aws")), before);
}

#[test]
fn a_profile_that_a_person_changed_is_left_and_named() {
    let world = World::signed_in();
    populated(&world, &[]);
    change(&world, "[profile Production.Developer]\n", "[profile Production.Developer]\noutput = json\n");
    let before = identity(&world);
    let left = "1 profile left, because it was changed after `configure populate` wrote it: Production.Developer; `--force` writes it again";
    let said = populated(&world, &["--client-region", "eu-west-1", "--role", "Developer"]);
    assert_eq!(said, format!("~/.aws/config: no profile to write\n{left}"));
    assert_eq!(identity(&world), before);

    let said = populated(&world, &["--client-region", "eu-west-1", "--role", "Developer", "--force"]);
    assert_eq!(said, "~/.aws/config: 1 profile changed");
    assert!(added(&world).contains("output = json\n"), "{}", config(&world));
    assert!(added(&world).contains("region = eu-west-1\n"), "{}", config(&world));
    assert_eq!(populated(&world, &[]), "~/.aws/config: 2 profiles already right");
}

#[test]
fn comments_of_a_person_in_a_written_profile_stay() {
    let world = World::signed_in();
    populated(&world, &[]);
    change(
        &world,
        "[profile Production.Developer]\n",
        "# mine\n[profile Production.Developer]\n# my comment\n",
    );
    let said = populated(&world, &["--client-region", "eu-west-1"]);
    assert_eq!(said, "~/.aws/config: 2 profiles changed");
    assert!(
        config(&world).contains("# mine\n[profile Production.Developer]\n# my comment\n"),
        "{}",
        config(&world)
    );
}

#[test]
fn a_foreign_profile_stops_the_run_unless_forced() {
    let world = World::signed_in();
    let foreign = "\n[profile Production.ReadOnly]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = dev\noutput = text\n";
    world.home.write_config(&format!("{CONFIG}{foreign}"));
    let before = identity(&world);
    let lines = failed(&populate(&world, &[]), 2);
    assert_eq!(
        lines[..2],
        [
            "aws-sso-cred: a profile that `configure populate` did not write is in the way; nothing was written",
            "`Production.ReadOnly` in ~/.aws/config has the name for role `ReadOnly` in account 111122223333 (Production)",
        ]
    );
    assert_eq!(identity(&world), before);
    failed(&populate(&world, &["--dry-run"]), 2);

    assert_eq!(populated(&world, &["--force"]), "~/.aws/config: 1 profile added, 1 changed");
    let config = config(&world);
    assert!(!config.contains("role_arn") && !config.contains("source_profile"), "{config}");
    assert!(config.contains("output = text\n"), "{config}");
    let backup = world.home.home().join(".aws/config.aws-sso-cred.bak");
    assert_eq!(fs::read_to_string(backup).unwrap(), before.3);
    answered(&world.home.run(&["--profile", "Production.ReadOnly"]));
}

#[test]
fn a_foreign_profile_with_the_same_values_is_not_touched() {
    let world = World::signed_in();
    let line = format!(
        "\n[profile Production.ReadOnly]\ncredential_process={} --sso-session corp --account-id 111122223333 --role-name ReadOnly\n",
        program()
    );
    world.home.write_config(&format!("{CONFIG}{line}"));
    let said = populated(&world, &["--role", "ReadOnly"]);
    assert_eq!(said, "~/.aws/config: 1 profile already right");
    assert_eq!(added(&world), line.trim_end());
}

#[test]
fn keys_in_the_credentials_file_stop_a_new_profile() {
    let world = World::signed_in();
    world
        .home
        .write_credentials("[Production.ReadOnly]\naws_access_key_id = AKIA\naws_secret_access_key = x\n");
    let lines = failed(&populate(&world, &[]), 2);
    assert!(
        lines[1].starts_with("`Production.ReadOnly` in ~/.aws/credentials has the name for role `ReadOnly`"),
        "{lines:?}"
    );
    assert_eq!(config(&world), CONFIG);
    populated(&world, &["--force"]);
    // As `sync` writes them, for a profile that is there.
    assert_eq!(populated(&world, &["--client-region", "eu-west-1"]), "~/.aws/config: 2 profiles changed");
}

#[test]
fn a_session_that_is_the_only_one_needs_no_name() {
    let world = World::signed_in();
    world.home.write_config(&CONFIG[..CONFIG.find("[profile").unwrap()]);
    let output = world.home.run(&["configure", "populate"]);
    assert_eq!(output.status, 0, "{}", output.stderr);
    let said = "using sso-session `corp`, the only one in ~/.aws/config\n~/.aws/config: 2 profiles added\n";
    assert_eq!(output.stderr, said);
}

#[test]
fn a_session_without_a_section_cannot_be_named_by_profiles() {
    let world = World::signed_in();
    world.home.write_config(&CONFIG[CONFIG.find("[profile old]").unwrap()..]);
    let lines = failed(&world.home.run(&["configure", "populate"]), 2);
    assert_eq!(
        lines[2],
        "hint: run `aws-sso-cred configure --session-only --sso-session NAME --start-url https://corp.awsapps.com/start --region eu-west-1`, then this command again"
    );
}

#[test]
fn without_a_sign_in_nothing_is_written() {
    let world = World::new();
    failed(&populate(&world, &[]), 1);
    assert_eq!(config(&world), CONFIG);
}

#[test]
fn a_pattern_that_matches_nothing_is_told() {
    let world = World::signed_in();
    let said = populated(&world, &["--account", "nowhere"]);
    assert_eq!(
        said,
        "no account and role is meant: nothing in the list of your roles matches\n~/.aws/config: no profile to write"
    );
    assert_eq!(config(&world), CONFIG);
}

#[test]
fn a_broken_line_elsewhere_in_the_file_does_not_matter() {
    let world = World::signed_in();
    let broken =
        format!("{CONFIG}\n[profile broken]\nthis is no setting\n\n[profile last]\nregion = eu-west-1");
    world.home.write_config(&broken);
    populated(&world, &[]);
    assert!(config(&world).starts_with(&broken), "{}", config(&world));
}
