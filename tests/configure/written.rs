//! What options alone write: every byte, and what the person is told.

use crate::base::{
    CORP, DEVELOPER, SESSION, config, configure, developer_line, line, new_home, profile, program, refused,
    told, with_config,
};
use crate::common::World;

#[test]
fn everything_given_writes_a_session_and_a_profile() {
    let world = new_home();
    let more = [&CORP[..], &["--client-region", "us-west-2", "--client-output", "json"]].concat();
    assert_eq!(
        told(&profile(&world, "dev", &more)),
        "wrote sso-session `corp` and profile `dev` to ~/.aws/config\n\
         to sign in: aws-sso-cred login --sso-session corp\n\
         to try it:  aws sts get-caller-identity --profile dev\n"
    );
    let expected =
        format!("{SESSION}\n[profile dev]\nregion = us-west-2\noutput = json\n{}", developer_line());
    assert_eq!(config(&world), expected);
    assert_eq!(world.requests(), 0);
    let files = world.home.all_files();
    let in_aws: Vec<_> =
        files.iter().filter(|(path, ..)| path.starts_with(world.home.home().join(".aws"))).collect();
    assert_eq!(in_aws.len(), 1, "no backup of nothing: {in_aws:?}");
    #[cfg(unix)]
    assert_eq!(in_aws[0].1, 0o600);
}

#[test]
fn what_was_written_gives_credentials() {
    let world = new_home();
    for (name, layout) in [("dev", &[][..]), ("nat", &["--native"]), ("two", &["--both"])] {
        told(&profile(&world, name, &[&CORP[..], layout].concat()));
    }
    world.sign_in(3600);
    for name in ["dev", "nat", "two", "two-sso"] {
        crate::common::answered(&world.home.run(&["--profile", name]));
    }
    let line =
        config(&world).lines().find_map(|line| line.strip_prefix("credential_process = ").map(str::to_owned));
    let words = line.unwrap();
    let words: Vec<&str> = words.split(' ').collect();
    assert_eq!(words[0], program());
    crate::common::answered(&world.home.run(&words[1..]));
}

#[test]
fn the_only_session_is_used_and_named() {
    let world = with_config(SESSION);
    assert_eq!(
        told(&profile(&world, "dev", &[])),
        "using sso-session `corp`, the only one in ~/.aws/config\n\
         wrote profile `dev` to ~/.aws/config (the version before is ~/.aws/config.aws-sso-cred.bak)\n\
         to sign in: aws-sso-cred login --sso-session corp\n\
         to try it:  aws sts get-caller-identity --profile dev\n"
    );
    assert_eq!(config(&world), format!("{SESSION}\n[profile dev]\n{}", developer_line()));
    let backup = std::fs::read_to_string(world.home.home().join(".aws/config.aws-sso-cred.bak"));
    assert_eq!(backup.unwrap(), SESSION);
}

#[test]
fn a_person_who_is_signed_in_is_not_told_to_sign_in() {
    let world = World::signed_in();
    let text = told(&profile(&world, "new", &["--sso-session", "corp"]));
    assert!(text.starts_with("wrote profile `new`") && !text.contains("to sign in"), "{text}");
}

const TWO_SESSIONS: &str = "\
[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = eu-west-1

[sso-session other]
sso_start_url = https://other.awsapps.com/start
sso_region = us-east-1
";

#[test]
fn a_start_url_alone_means_the_session_that_has_it() {
    let world = with_config(TWO_SESSIONS);
    for url in ["https://other.awsapps.com/start", "https://other.awsapps.com/start/#/"] {
        let text = told(&profile(&world, "dev", &["--start-url", url]));
        let first = "using sso-session `other`, which has this start URL\n";
        assert!(text.starts_with(first), "{text}");
    }
    let line = line("--sso-session other --account-id 111122223333 --role-name Developer");
    assert_eq!(config(&world), format!("{TWO_SESSIONS}\n[profile dev]\n{line}"));
}

#[test]
fn of_several_sessions_one_must_be_named() {
    let lines = refused(&with_config(TWO_SESSIONS), &[&["--profile", "dev"], &DEVELOPER]);
    assert_eq!(lines[1], "missing: `--sso-session NAME`");
}

#[test]
fn native_writes_the_keys_of_the_sdks() {
    let world = with_config(SESSION);
    told(&profile(&world, "dev", &["--native", "--client-region", "us-west-2"]));
    let keys =
        "region = us-west-2\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Developer\n";
    assert_eq!(config(&world), format!("{SESSION}\n[profile dev]\n{keys}"));
}

#[test]
fn both_writes_a_pair_of_profiles() {
    let world = with_config(SESSION);
    let text = told(&profile(&world, "dev", &["--both", "--client-region", "us-west-2"]));
    assert!(text.contains("wrote profile `dev-sso` and profile `dev` to"), "{text}");
    let native =
        "region = us-west-2\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Developer\n";
    let line = line("--profile dev-sso");
    let pair = format!("[profile dev-sso]\n{native}\n[profile dev]\nregion = us-west-2\n{line}");
    assert_eq!(config(&world), format!("{SESSION}\n{pair}"));
}

#[test]
fn session_only_writes_no_profile() {
    let world = new_home();
    let text = told(&configure(&world, &[&["--session-only"], &CORP]));
    assert_eq!(
        text,
        "wrote sso-session `corp` to ~/.aws/config\nto sign in: aws-sso-cred login --sso-session corp\n"
    );
    assert_eq!(config(&world), SESSION);
}

#[test]
fn registration_scopes_are_those_that_are_given() {
    let world = new_home();
    let scopes = "sso:account:access codewhisperer:completions";
    told(&configure(&world, &[&["--session-only", "--registration-scopes", scopes], &CORP]));
    assert_eq!(config(&world), SESSION.replace("sso:account:access", scopes));
}

#[test]
fn the_default_profile_has_its_own_header() {
    let world = with_config(SESSION);
    told(&profile(&world, "default", &[]));
    assert_eq!(config(&world), format!("{SESSION}\n[default]\n{}", developer_line()));
}

#[test]
fn an_existing_default_section_is_written_to_whatever_its_header() {
    for header in ["[default]", "[profile default]"] {
        let world = with_config(&format!("{SESSION}\n{header}\nregion = eu-west-1\n"));
        told(&profile(&world, "default", &["--force"]));
        let expected = format!("{SESSION}\n{header}\nregion = eu-west-1\n{}", developer_line());
        assert_eq!(config(&world), expected);
    }
}

#[test]
fn variables_give_what_no_option_gives() {
    let mut world = new_home();
    for (name, value) in [
        ("AWS_CONFIGURE_SSO_DEFAULT_SSO_START_URL", "https://corp.awsapps.com/start"),
        ("AWS_CONFIGURE_SSO_DEFAULT_SSO_REGION", "eu-west-1"),
        ("AWS_DEFAULT_REGION", "us-west-2"),
    ] {
        world.home.env(name, value);
    }
    told(&profile(&world, "dev", &["--sso-session", "corp"]));
    let dev = format!("{SESSION}\n[profile dev]\nregion = us-west-2\n{}", developer_line());
    assert_eq!(config(&world), dev);
    world.home.env("AWS_CONFIGURE_DEFAULT_REGION", "ap-south-1");
    told(&profile(&world, "next", &["--sso-session", "corp"]));
    let next = format!("{dev}\n[profile next]\nregion = ap-south-1\n{}", developer_line());
    assert_eq!(config(&world), next);
    told(&profile(&world, "last", &["--sso-session", "corp", "--client-region", "sa-east-1"]));
    let last = format!("{next}\n[profile last]\nregion = sa-east-1\n{}", developer_line());
    assert_eq!(config(&world), last, "an option wins over a variable");
}

#[test]
fn variables_for_a_new_session_do_not_change_one_that_is_there() {
    let mut world = with_config(SESSION);
    world.home.env("AWS_CONFIGURE_SSO_DEFAULT_SSO_START_URL", "https://other.awsapps.com/start");
    world.home.env("AWS_CONFIGURE_SSO_DEFAULT_SSO_REGION", "us-east-1");
    for (name, session) in [("one", &[][..]), ("two", &["--sso-session", "corp"])] {
        told(&profile(&world, name, session));
    }
    assert!(config(&world).starts_with(SESSION));
}

#[test]
fn dry_run_prints_the_diff_and_writes_nothing() {
    let world = with_config(SESSION);
    let before = crate::common::whole_tree(&world.home.home());
    let output = profile(&world, "dev", &["--dry-run"]);
    let expected = format!(
        "--- ~/.aws/config\n+++ ~/.aws/config\n@@ -2,3 +2,6 @@\n sso_start_url = https://corp.awsapps.com/start\n \
         sso_region = eu-west-1\n sso_registration_scopes = sso:account:access\n+\n+[profile dev]\n+{}",
        developer_line()
    );
    assert_eq!(output.stdout, expected);
    let said = "using sso-session `corp`, the only one in ~/.aws/config\n";
    assert_eq!((output.status, output.stderr.as_str()), (0, said));
    assert_eq!(crate::common::whole_tree(&world.home.home()), before);
}

#[test]
fn dry_run_without_a_config_shows_a_new_file_and_makes_no_directory() {
    let world = new_home();
    let output = profile(&world, "dev", &[&CORP[..], &["--dry-run"]].concat());
    assert!(
        output.stdout.starts_with("--- /dev/null\n+++ ~/.aws/config\n@@ -0,0 +1,7 @@\n+[sso-session corp]\n")
    );
    assert_eq!(output.status, 0);
    assert!(!world.home.home().join(".aws").exists());
}

#[cfg(unix)]
#[test]
fn a_link_on_the_search_path_is_named_by_its_own_path() {
    let mut world = with_config(SESSION);
    let directory = world.home.temporary().join("bin");
    std::fs::create_dir(&directory).unwrap();
    std::os::unix::fs::symlink(program(), directory.join("aws-sso-cred")).unwrap();
    world.home.env("PATH", &format!("/usr/bin:{}", directory.display()));
    told(&profile(&world, "dev", &[]));
    let line = format!("credential_process = {}/aws-sso-cred --sso-session corp", directory.display());
    assert!(config(&world).contains(&line), "{}", config(&world));
}
