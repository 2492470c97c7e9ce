//! What is in the file already: left alone, refused, or replaced with `--force`.

use std::fs;

use crate::base::{
    CORP, DEVELOPER, SESSION, config, configure, developer_line, line, profile, program, refused, told,
    with_config,
};
use crate::common::whole_tree;

fn dev() -> String {
    format!("{SESSION}\n[profile dev]\nregion = us-west-2\n{}", developer_line())
}

#[test]
fn the_same_values_leave_every_file_alone() {
    let world = with_config(&dev());
    let aws = world.home.home().join(".aws");
    #[cfg(unix)]
    let inode = |path| std::os::unix::fs::MetadataExt::ino(&fs::metadata(path).unwrap());
    let before = whole_tree(&aws);
    #[cfg(unix)]
    let first = inode(world.home.config_path());
    for more in [
        &["--sso-session", "corp"][..],
        &CORP,
        &["--client-region", "us-west-2"],
        &["--registration-scopes", "sso:account:access"],
        &["--start-url", "https://corp.awsapps.com/start/"],
        &["--force"],
        &["--yes"],
        &["--dry-run"],
    ] {
        let text = told(&profile(&world, "dev", more));
        assert!(
            more.contains(&"--dry-run") || text.contains("in ~/.aws/config as asked; nothing was changed\n"),
            "{text}"
        );
        assert_eq!(whole_tree(&aws), before, "{more:?}");
    }
    let text = told(&configure(&world, &[&["--session-only", "--sso-session", "corp"]]));
    assert!(text.starts_with("nothing to write: the session is in ~/.aws/config\n"), "{text}");
    assert_eq!(whole_tree(&aws), before);
    #[cfg(unix)]
    assert_eq!(inode(world.home.config_path()), first);
}

#[test]
fn a_line_that_starts_the_program_by_another_path_is_left_alone() {
    let elsewhere = tempfile::tempdir().unwrap();
    let link = elsewhere.path().join("aws-sso-cred");
    std::os::unix::fs::symlink(program(), &link).unwrap();
    for path in ["aws-sso-cred", link.to_str().unwrap()] {
        let before = dev().replace(&program(), path);
        let world = with_config(&before);
        let text = told(&profile(&world, "dev", &["--sso-session", "corp"]));
        assert!(text.contains("nothing was changed"), "{text}");
        assert_eq!(config(&world), before);
    }
}

#[test]
fn a_line_that_starts_a_program_that_is_gone_is_corrected_by_force() {
    let world = with_config(&dev().replace(&program(), "/not/there/aws-sso-cred"));
    let lines = refused(&world, &[&["--profile", "dev", "--sso-session", "corp"], &DEVELOPER]);
    assert!(lines[1].contains("`/not/there/aws-sso-cred --sso-session"), "{lines:?}");
    told(&profile(&world, "dev", &["--sso-session", "corp", "--force"]));
    assert_eq!(config(&world), dev());
}

#[test]
fn keys_that_a_section_lacks_are_added_without_force() {
    let world = with_config(&format!("[default]\nregion = us-east-2\noutput = json\n\n{SESSION}"));
    told(&profile(&world, "default", &["--sso-session", "corp"]));
    let expected = format!("[default]\nregion = us-east-2\noutput = json\n{}\n{SESSION}", developer_line());
    assert_eq!(config(&world), expected, "and no region is put in the place of the one that is there");
}

#[test]
fn a_region_that_a_variable_proposes_replaces_none() {
    let mut world = with_config(&dev());
    world.home.env("AWS_DEFAULT_REGION", "ap-south-1");
    let text = told(&profile(&world, "dev", &["--sso-session", "corp"]));
    assert!(text.contains("nothing was changed"), "{text}");
    told(&profile(&world, "new", &["--sso-session", "corp"]));
    assert!(config(&world).contains("[profile new]\nregion = ap-south-1\n"), "{}", config(&world));
}

#[test]
fn access_keys_that_hide_the_profile_are_named() {
    let world = with_config(SESSION);
    let keys = "[dev]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = x\n";
    fs::write(world.home.home().join(".aws/credentials"), keys).unwrap();
    let text = told(&profile(&world, "dev", &["--sso-session", "corp"]));
    let note = "note: ~/.aws/credentials has access keys for profile `dev`, which most SDKs use instead; remove them there\n";
    assert!(text.contains(note), "{text}");
}

#[test]
fn a_profile_with_other_values_is_refused_with_the_old_and_the_new_ones() {
    let world = with_config(&dev());
    for more in [&[][..], &["--yes"], &["--noninteractive"], &["--dry-run"]] {
        let role =
            ["--account-id", "111122223333", "--role-name", "ReadOnly", "--client-region", "eu-west-1"];
        let lines = refused(&world, &[&["--profile", "dev", "--sso-session", "corp"], &role, more]);
        let process = |role: &str| {
            format!("`{} --sso-session corp --account-id 111122223333 --role-name {role}`", program())
        };
        let (old, new) = (process("Developer"), process("ReadOnly"));
        assert_eq!(
            lines,
            [
                "aws-sso-cred: profile `dev` is in ~/.aws/config with other values".to_owned(),
                format!("region is `us-west-2`, not `eu-west-1`; credential_process is {old}, not {new}"),
                "hint: add `--force` to replace them, or use another name".to_owned(),
            ]
        );
    }
}

#[test]
fn a_session_with_other_values_is_refused_before_anything_is_written() {
    let world = with_config(SESSION);
    let lines = refused(
        &world,
        &[&["--profile", "new", "--sso-session", "corp", "--region", "us-east-1"], &DEVELOPER],
    );
    assert_eq!(lines[0], "aws-sso-cred: sso-session `corp` is in ~/.aws/config with other values");
    assert_eq!(lines[1], "sso_region is `eu-west-1`, not `us-east-1`");
    let lines = refused(&world, &[&["--session-only", "--registration-scopes", "a:b"], &CORP]);
    assert_eq!(lines[1], "sso_registration_scopes is `sso:account:access`, not `a:b`");
}

#[test]
fn of_a_pair_no_profile_is_written_if_one_has_other_values() {
    let taken = format!("{SESSION}\n[profile dev-sso]\nsso_session = other\n");
    let lines = refused(
        &with_config(&taken),
        &[&["--profile", "dev", "--both", "--sso-session", "corp"], &DEVELOPER],
    );
    assert_eq!(lines[0], "aws-sso-cred: profile `dev-sso` is in ~/.aws/config with other values");
}

/// Everything that could contradict the line, and everything that must stay.
fn crowded() -> String {
    format!(
        "# my file\n\n{SESSION}\n[profile other]\nregion = a\n\n[profile dev]\n# about this one\n\
         sso_session = corp\nsso_start_url = https://x.awsapps.com/start\nsso_region = eu-west-1\n\
         sso_account_id = 1\nsso_role_name = Old\nsso_registration_scopes = a\nrole_arn = arn:aws:iam::1:role/x\n\
         source_profile = other\ncredential_source = Environment\nweb_identity_token_file = /x\n\
         aws_access_key_id = AKIA\naws_secret_access_key = s\naws_session_token = t\nlogin_session = l\n\
         output = text\ns3 =\n  max_concurrent_requests = 20\n  addressing_style = path\n\n\
         cli_pager =\nregion = eu-central-1  # Frankfurt\n\n[services x]\n"
    )
}

#[test]
fn force_replaces_values_removes_contradictions_and_keeps_the_rest() {
    let world = with_config(&crowded());
    let lines = refused(&world, &[&["--profile", "dev", "--sso-session", "corp"], &DEVELOPER]);
    for key in ["sso_session is `corp`, not nothing", "role_arn is `arn:aws:iam::1:role/x`, not nothing"] {
        assert!(lines[1].contains(key), "{}", lines[1]);
    }
    let text =
        told(&profile(&world, "dev", &["--force", "--client-region", "us-west-2", "--sso-session", "corp"]));
    assert!(text.contains("the version before is ~/.aws/config.aws-sso-cred.bak"), "{text}");
    let expected = format!(
        "# my file\n\n{SESSION}\n[profile other]\nregion = a\n\n[profile dev]\n# about this one\n\
         output = text\ns3 =\n  max_concurrent_requests = 20\n  addressing_style = path\n\n\
         cli_pager =\n# Frankfurt\nregion = us-west-2\n{}\n[services x]\n",
        developer_line()
    );
    assert_eq!(config(&world), expected);
    let backup = fs::read_to_string(world.home.home().join(".aws/config.aws-sso-cred.bak"));
    assert_eq!(backup.unwrap(), crowded());
}

#[test]
fn force_changes_from_each_layout_to_each_other() {
    let world = with_config(SESSION);
    let native = "sso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Developer\n";
    told(&profile(&world, "dev", &["--native"]));
    told(&profile(&world, "dev", &["--force"]));
    assert_eq!(config(&world), format!("{SESSION}\n[profile dev]\n{}", developer_line()));
    told(&profile(&world, "dev", &["--force", "--native"]));
    assert_eq!(config(&world), format!("{SESSION}\n[profile dev]\n{native}"));
    told(&profile(&world, "dev", &["--force", "--both"]));
    let by_reference = line("--profile dev-sso");
    let written = config(&world);
    assert!(written.contains(&format!("[profile dev]\n{by_reference}")), "{written}");
    assert!(written.contains(&format!("[profile dev-sso]\n{native}")), "{written}");
}

#[test]
fn force_replaces_the_values_of_a_session() {
    let world = with_config(&format!("{SESSION}my_key = stays\n"));
    told(&configure(
        &world,
        &[&["--session-only", "--force", "--region", "us-east-1", "--sso-session", "corp"]],
    ));
    assert_eq!(config(&world), format!("{}my_key = stays\n", SESSION.replace("eu-west-1", "us-east-1")));
}

#[test]
fn a_session_without_scopes_keeps_none_unless_they_are_given() {
    let bare = SESSION.replace("sso_registration_scopes = sso:account:access\n", "");
    let world = with_config(&bare);
    told(&profile(&world, "dev", &CORP));
    assert_eq!(config(&world), format!("{bare}\n[profile dev]\n{}", developer_line()));
}
