//! `configure --import`: what it makes of the profiles of granted, aws-sso-util and
//! aws-sso-credential-process, what it shows and asks, and that the profiles work.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};

use stand_in::{Operation, Output, Place, Stream, Terminal};

use crate::base::{SESSION, config, line, new_home, told, with_config};
use crate::common::{World, answered, failed};

/// Profiles as `granted sso populate` writes them.
const GRANTED: &str = "\
[profile Shop/Developer]
granted_sso_start_url      = https://corp.awsapps.com/start
granted_sso_region         = eu-west-1
granted_sso_account_id     = 111122223333
granted_sso_role_name      = Developer
common_fate_generated_from = aws-sso
credential_process         = granted credential-process --profile Shop/Developer
region                     = eu-central-1
granted_color              = red
";

/// A profile as `aws-sso-util configure populate` writes it.
const AWS_SSO_UTIL: &str = "\
[profile Shop.Developer]
sso_start_url = https://corp.awsapps.com/start
sso_region = eu-west-1
sso_account_name = Shop
sso_account_id = 111122223333
sso_role_name = Developer
region = us-east-1
credential_process = aws-sso-util credential-process --profile Shop.Developer
sso_auto_populated = true
";

/// A profile as `aws-configure-sso-profile` writes it.
const AWS_SSO_CREDENTIAL_PROCESS: &str = "\
[profile shop]
sso_start_url = https://corp.awsapps.com/start
sso_region = eu-west-1
sso_account_id = 111122223333
sso_role_name = Developer
credential_process = aws-sso-credential-process --profile shop --interactive
";

const ROLE_OPTIONS: &str = "--sso-session corp --account-id 111122223333 --role-name Developer";

pub fn import(world: &World, more: &[&str]) -> Output {
    world.home.run(&[&["configure", "--import"], more].concat())
}

/// Each profile of the config that has a line of ours gets credentials.
pub fn all_lines_work(world: &World) -> usize {
    let config = config(world);
    let lines = config
        .lines()
        .filter_map(|line| line.strip_prefix("credential_process")?.split_once("aws-sso-cred "));
    let lines: Vec<_> = lines.map(|(_, options)| options.split(' ').collect::<Vec<_>>()).collect();
    for options in &lines {
        answered(&world.home.run(options));
    }
    lines.len()
}

#[test]
fn profiles_of_granted_get_our_line_and_a_session() {
    let before = format!("# mine\n{GRANTED}\n[default]\nregion = eu-west-1\n");
    let world = with_config(&before);
    let told = told(&import(&world, &["granted", "--yes"]));
    let aligned = line(ROLE_OPTIONS).replace("credential_process =", "credential_process         =");
    let section = format!(
        "[profile Shop/Developer]\n{aligned}region                     = eu-central-1\ngranted_color              = red\n"
    );
    let text = format!("# mine\n{section}\n[default]\nregion = eu-west-1\n");
    assert_eq!(config(&world), format!("{text}\n{SESSION}"));
    assert_eq!(
        told,
        "profile `Shop/Developer` now gets its credentials from aws-sso-cred\n\
         the version before is ~/.aws/config.aws-sso-cred.bak\n\
         sso-session `corp` is new; to sign in, run `aws-sso-cred login --sso-session corp`\n\
         `granted sso populate` would write its own lines again; `aws-sso-cred configure populate` adds new roles instead\n"
    );
    let backup = world.home.config_path().with_file_name("config.aws-sso-cred.bak");
    assert_eq!(fs::read_to_string(backup).unwrap(), before);
    world.sign_in(3600);
    assert_eq!(all_lines_work(&world), 1);
    assert_eq!(world.aws.count(Operation::GetRoleCredentials), 1);
}

#[test]
fn profiles_of_the_other_tools_get_our_line_in_the_place_of_theirs() {
    let world = with_config(&format!("{AWS_SSO_UTIL}\n{AWS_SSO_CREDENTIAL_PROCESS}\n{SESSION}"));
    let told = told(&import(&world, &["--yes"]));
    let of_util = format!(
        "[profile Shop.Developer]\nsso_account_name = Shop\nregion = us-east-1\n{}",
        line(ROLE_OPTIONS)
    );
    let other = format!("[profile shop]\n{}", line(&format!("{ROLE_OPTIONS} --interactive")));
    assert_eq!(config(&world), format!("{of_util}\n{other}\n{SESSION}"));
    assert!(!told.contains("is new"), "the session is there already: {told}");
    assert!(told.contains("`aws-sso-util configure populate` would write"), "{told}");
    world.sign_in(3600);
    assert_eq!(all_lines_work(&world), 2);
}

#[test]
fn a_source_leaves_the_profiles_of_the_other_tools() {
    let text = format!("{AWS_SSO_UTIL}\n{GRANTED}\n{AWS_SSO_CREDENTIAL_PROCESS}\n{SESSION}");
    for (source, old, others) in [
        ("granted", GRANTED, [AWS_SSO_UTIL, AWS_SSO_CREDENTIAL_PROCESS]),
        ("aws-sso-util", AWS_SSO_UTIL, [GRANTED, AWS_SSO_CREDENTIAL_PROCESS]),
        ("aws-sso-credential-process", AWS_SSO_CREDENTIAL_PROCESS, [GRANTED, AWS_SSO_UTIL]),
    ] {
        let world = with_config(&text);
        told(&import(&world, &[source, "--yes"]));
        let after = config(&world);
        assert!(!after.contains(old), "{source}: {after}");
        assert!(others.iter().all(|other| after.contains(other)), "{source}: {after}");
    }
}

#[test]
fn the_second_import_changes_nothing() {
    let world = with_config(&format!("{GRANTED}\n{AWS_SSO_UTIL}"));
    told(&import(&world, &["--yes"]));
    let file = || fs::metadata(world.home.config_path()).unwrap();
    let (inode, modified, text) = (file().ino(), file().modified().unwrap(), config(&world));
    for more in [&[][..], &["granted"], &["aws-sso-util", "--yes"], &["--force", "--yes"]] {
        let again = told(&import(&world, more));
        assert!(again.starts_with("nothing to import: no profile in ~/.aws/config is of "), "{again}");
    }
    assert_eq!((file().ino(), file().modified().unwrap(), config(&world)), (inode, modified, text));
    let again = told(&import(&world, &[]));
    assert_eq!(
        again,
        "nothing to import: no profile in ~/.aws/config is of granted, aws-sso-util, aws-sso-credential-process or \
         aws-sso-cli, and there is no ~/.config/aws-sso/config.yaml\n"
    );
}

#[test]
fn a_session_with_the_same_start_url_and_region_is_used() {
    let section = |name: &str, url: &str, region: &str| {
        format!("[sso-session {name}]\nsso_start_url = {url}\nsso_region = {region}\n\n")
    };
    let url = "https://corp.awsapps.com/start";
    for (sessions, used) in [
        (section("mine", "https://corp.awsapps.com/start/#/", "eu-west-1"), "mine"),
        (section("corp", "https://other.awsapps.com/start", "eu-west-1"), "corp-2"),
        (section("corp", url, "us-east-1"), "corp-2"),
        (section("'my corp'", url, "eu-west-1"), "corp"),
        (section("corp", url, "us-east-1") + &section("corp-2", "https://x/", "us-east-1"), "corp-3"),
    ] {
        let world = with_config(&format!("{sessions}{GRANTED}"));
        told(&import(&world, &["--yes"]));
        let after = config(&world);
        assert!(after.starts_with(&sessions), "{after}");
        assert!(after.contains(&format!(" --sso-session {used} --account-id")), "{used}: {after}");
        assert_eq!(
            after.contains(&format!(
                "[sso-session {used}]\nsso_start_url = {url}\nsso_region = eu-west-1\nsso_reg"
            )),
            used != "mine"
        );
    }
}

#[test]
fn values_of_granted_may_come_from_an_sso_session_and_scopes_stay() {
    let keys = "granted_sso_account_id = 111122223333\ngranted_sso_role_name = Developer\n";
    let of_session = format!(
        "[profile a]\nsso_session = mine\n{keys}credential_process = granted credential-process --profile a --auto-login\n"
    );
    let session = SESSION.replace("corp]", "mine]");
    let world = with_config(&format!("{session}\n{of_session}"));
    told(&import(&world, &["--yes"]));
    let line_of_mine = line(&format!("{} --interactive", ROLE_OPTIONS.replace("corp", "mine")));
    assert_eq!(config(&world), format!("{session}\n[profile a]\n{line_of_mine}"));

    let scopes = |scopes: &str| format!("granted_sso_registration_scopes = {scopes}\n");
    let second = GRANTED.replace("Shop/Developer", "b") + &scopes("sso:account:access, x:y");
    let world = with_config(&format!("{GRANTED}{}\n{second}", scopes("a:b")));
    told(&import(&world, &["--yes"]));
    let after = config(&world);
    assert!(after.contains("sso_registration_scopes = a:b,sso:account:access,x:y\n"), "{after}");
    assert!(!after.contains("granted_sso"), "{after}");
}

#[test]
fn options_of_the_line_win_over_the_keys_as_the_tool_reads_them() {
    let world = with_config(&format!(
        "{SESSION}\n[profile base]\n{keys}\n\
         [profile a]\ncredential_process = aws-sso-util credential-process --profile base --role-name Admin\n\n\
         [profile b]\ncredential_process = aws-sso-util credential-process --sso-start-url=https://corp.awsapps.com/start --sso-region eu-west-1 --account-id 444455556666 --role-name ReadOnly\n\n\
         [profile c]\n{keys}sso_interactive_auth = true\ncredential_process = /opt/aws-sso-credential-process --noninteractive --start-url https://corp.awsapps.com/start --profile c\n\n\
         [profile d]\n{keys}sso_interactive_auth = true\ncredential_process = aws-sso-credential-process --profile d\n\n\
         [profile e]\n{keys}sso_interactive_auth = true\ncredential_process = aws-sso-util credential-process --profile e\n\n\
         [profile f]\n{keys}credential_process = granted credential-process --auto-login=false --profile f\n",
        keys = "sso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\nsso_account_id = 111122223333\nsso_role_name = Developer\n",
    ));
    told(&import(&world, &["--yes"]));
    let after = config(&world);
    for (name, options) in [
        ("a", "--sso-session corp --account-id 111122223333 --role-name Admin".to_owned()),
        ("b", "--sso-session corp --account-id 444455556666 --role-name ReadOnly".to_owned()),
        ("c", format!("{ROLE_OPTIONS} --noninteractive")),
        ("d", format!("{ROLE_OPTIONS} --interactive")),
        ("e", format!("{ROLE_OPTIONS} --interactive")),
        ("f", ROLE_OPTIONS.to_owned()),
    ] {
        let section = format!("[profile {name}]\n{}", line(&options));
        assert!(after.contains(&section), "{section}{after}");
    }
    assert!(after.contains("[profile base]\nsso_start_url"), "{after}");
}

#[test]
fn settings_of_the_profile_go_on_counting() {
    let bundle = GRANTED.replace("granted_color              = red", "use_fips_endpoint = false");
    let world = with_config(&format!("{SESSION}\n{bundle}"));
    told(&import(&world, &["--yes"]));
    let options = format!("--profile Shop/Developer {ROLE_OPTIONS}");
    assert!(config(&world).contains(&options), "{}", config(&world));
    world.sign_in(3600);
    all_lines_work(&world);
}

#[test]
fn a_dry_run_prints_the_diff_and_writes_nothing() {
    let world = with_config(&format!("{SESSION}\n{AWS_SSO_CREDENTIAL_PROCESS}"));
    let before = config(&world);
    let shown = import(&world, &["--dry-run"]);
    assert_eq!((shown.status, shown.stderr.as_str()), (0, ""));
    assert_eq!(
        shown.stdout,
        format!(
            "--- ~/.aws/config\n+++ ~/.aws/config\n@@ -4,8 +4,4 @@\n sso_registration_scopes = sso:account:access\n \n [profile shop]\n-sso_start_url = https://corp.awsapps.com/start\n-sso_region = eu-west-1\n-sso_account_id = 111122223333\n-sso_role_name = Developer\n-credential_process = aws-sso-credential-process --profile shop --interactive\n+{}",
            line(&format!("{ROLE_OPTIONS} --interactive"))
        )
    );
    assert_eq!(config(&world), before);
}

#[test]
fn without_a_terminal_it_needs_yes() {
    let world = with_config(GRANTED);
    for (more, command) in [
        (&[][..], "aws-sso-cred configure --import"),
        (&["granted", "--force"], "aws-sso-cred configure --import granted --force"),
    ] {
        let refused = import(&world, more);
        assert_eq!((refused.status, refused.stdout.as_str()), (2, ""));
        assert_eq!(
            refused.stderr,
            format!(
                "aws-sso-cred: the change of ~/.aws/config needs your consent, and you cannot be asked here\n\
                 hint: run `{command} --yes`; with `--dry-run` it shows the change\n"
            )
        );
        assert_eq!(config(&world), GRANTED);
    }
}

#[test]
fn on_a_terminal_it_shows_the_diff_and_asks() {
    const TERMINAL: Terminal =
        Terminal { place: Place::Foreground, stdin: Stream::Terminal, stderr: Stream::Terminal };
    for (typed, status) in [("y\r", 0), ("n\r", 130), ("\u{3}", 130)] {
        let world = with_config(GRANTED);
        let mut command = world.home.command(&["configure", "--import"]);
        let mut running = TERMINAL.start(command.env("TERM", "xterm"));
        let screen = running.wait_for_screen(|screen| screen.contains("Write this?"));
        assert!(
            screen.contains("-granted_sso_start_url") && screen.contains("+[sso-session corp]"),
            "{screen}"
        );
        running.type_text(typed);
        let seen = running.finish();
        assert_eq!(seen.output.status, status, "{typed:?}: {}", seen.screen);
        assert_eq!(config(&world) == GRANTED, status != 0, "{typed:?}");
    }
}

#[test]
fn what_is_not_imported_is_named_with_its_reason_and_the_rest_is_imported() {
    let keys = "granted_sso_start_url = https://corp.awsapps.com/start\ngranted_sso_region = eu-west-1\n\
        granted_sso_account_id = 111122223333\ngranted_sso_role_name = Developer\n";
    let granted = |name: &str| format!("credential_process = granted credential-process --profile {name}\n");
    let lacking = keys
        .replace("granted_sso_region = eu-west-1\n", "")
        .replace("granted_sso_role_name = Developer\n", "");
    for (section, words) in [
        (
            format!("[profile x]\n{lacking}{}", granted("x")),
            "its line starts granted, and `granted_sso_region` and `granted_sso_role_name` are missing",
        ),
        (
            "[profile x]\nsso_region = eu-west-1\ncredential_process = aws-sso-util credential-process --profile x\n".to_owned(),
            "its line starts aws-sso-util, and `sso_start_url`, `sso_account_id` and `sso_role_name` are missing",
        ),
        (
            format!("[profile x]\n{}{}", keys.replace("eu-west-1", "eu west"), granted("x")),
            "SSO region `eu west` must be a region name such as `eu-west-1`",
        ),
        (
            format!("[profile x]\n{}{}", keys.replace("1111222", "x"), granted("x")),
            "account id `x23333` must be 12 digits",
        ),
        (format!("[profile x]\nrole_arn = a\n{keys}{}", granted("x")), "it has `role_arn`, too, which SDKs use instead"),
        (
            format!("[profile x]\n{keys}credential_process = get-keys x\n"),
            "it has keys of granted, and its credential_process starts `get-keys`",
        ),
        (format!("[profile listed]\n{keys}{}", granted("listed")), "`aws_access_key_id` stands in ~/.aws/credentials, too"),
    ] {
        let world = with_config(&format!("{section}\n{SESSION}\n{GRANTED}"));
        world.home.write_credentials("[listed]\naws_access_key_id = AKIA\n");
        let done = import(&world, &["--yes"]);
        assert_eq!((done.status, done.stdout.as_str()), (2, ""), "{}", done.stderr);
        let lines: Vec<&str> = done.stderr.lines().take(3).collect();
        assert!(lines[0].starts_with("aws-sso-cred: profile `") && lines[0].ends_with("` is not imported"), "{lines:?}");
        assert_eq!(lines[1], words);
        assert!(lines[2].starts_with("hint: "), "{lines:?}");
        assert!(config(&world).starts_with(&section), "{}", config(&world));
        assert!(done.stderr.contains("profile `Shop/Developer` now gets"), "{}", done.stderr);
        // What is left is told again; the file stays as it is.
        let (after, again) = (config(&world), import(&world, &[]));
        assert_eq!((again.status, config(&world)), (2, after), "{}", again.stderr);
        assert!(again.stderr.contains(words), "{}", again.stderr);
    }
}

#[test]
fn profiles_with_access_keys_stay_with_granted() {
    let keys = "[profile keys]\ncredential_process = granted credential-process --profile=keys\n";
    let world = with_config(keys);
    let told_alone = told(&import(&world, &["granted"]));
    assert_eq!(
        told_alone,
        "profile `keys` stays with granted, as it is not for SSO\n\
         nothing to import: no other profile in ~/.aws/config is of granted\n"
    );
    world.home.write_config(&format!("{keys}\n{GRANTED}"));
    let told = told(&import(&world, &["--yes"]));
    assert!(told.contains("profile `keys` stays with granted, as it is not for SSO\n"), "{told}");
    assert!(config(&world).starts_with(keys));
}

#[test]
fn a_section_that_is_not_understood_is_left_as_it_is() {
    let broken = "[profile x]\nno key\ngranted_sso_account_id = 111122223333\n";
    let several = GRANTED.replace("Shop/Developer", "y").replace("eu-west-1", "eu-west-1\n  more");
    for section in [broken, several.as_str()] {
        let world = with_config(&format!("{SESSION}\n{section}\n{GRANTED}"));
        let done = import(&world, &["--yes"]);
        assert_eq!(done.status, 2, "{}", done.stderr);
        assert!(config(&world).contains(section), "{}", config(&world));
        assert!(!config(&world).contains(GRANTED), "{}", config(&world));
    }
}

#[test]
fn a_profile_of_several_sections_is_left_as_it_is() {
    let named = |name: &str| GRANTED.replace("Shop/Developer", name);
    let several = [
        named("x") + &named("x"),
        format!("{}\n[profile x]\nregion = us-east-1\n", named("x")),
        named("default") + &named("default").replace("[profile default]", "[default]"),
    ];
    for sections in several {
        let world = with_config(&format!("{sections}\n{SESSION}\n{GRANTED}"));
        let done = import(&world, &["--yes"]);
        assert_eq!(done.status, 2, "{}", done.stderr);
        assert!(done.stderr.contains("it has several sections, which AWS's tools read"), "{}", done.stderr);
        assert!(config(&world).starts_with(&sections), "{}", config(&world));
        assert!(!config(&world).contains(GRANTED), "{}", config(&world));
    }
}

#[test]
fn line_ends_tabs_links_and_modes_stay() {
    let text = format!("\u{feff}; mine\n{SESSION}\n{GRANTED}\n\t# last")
        .replace("         =", "\t=")
        .replace('\n', "\r\n");
    let world = with_config(&text);
    let (link, real) = (world.home.config_path(), world.home.home().join("dotfiles-config"));
    fs::rename(&link, &real).unwrap();
    symlink(&real, &link).unwrap();
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
    told(&import(&world, &["--yes"]));
    assert_eq!(fs::read_link(&link).unwrap(), real);
    assert_eq!(fs::metadata(&real).unwrap().mode() & 0o777, 0o640);
    let after = config(&world);
    assert!(!after.replace("\r\n", "").contains('\n'), "{after:?}");
    let our_line =
        line(ROLE_OPTIONS).replace("credential_process =", "credential_process\t=").replace('\n', "\r\n");
    let kept = |line: &&str| !line.starts_with("granted_sso") && !line.starts_with("common_fate");
    let expected: String = text
        .split_inclusive("\r\n")
        .filter(kept)
        .map(|line| if line.starts_with("credential_process") { our_line.clone() } else { line.to_owned() })
        .collect();
    assert_eq!(after, expected);
}

#[test]
fn two_thousand_profiles_are_imported_in_a_moment() {
    let profile = |number: usize| {
        GRANTED
            .replace("Shop/Developer", &format!("account-{number}"))
            .replace("111122223333", &format!("{number:012}"))
            + "\n"
    };
    let world = with_config(&(0..2000).map(profile).collect::<String>());
    let told = told(&import(&world, &["--yes"]));
    assert!(
        told.starts_with(
            "profiles `account-0`, `account-1`, `account-2`, `account-3`, `account-4` and 1995 others now get"
        ),
        "{told}"
    );
    assert_eq!(config(&world).matches("credential_process         = /").count(), 2000);
    assert!(!config(&world).contains("granted_sso"));
}

#[test]
fn a_source_that_is_no_tool_and_no_file_is_named() {
    let world = new_home();
    for (source, what, hint) in [
        ("grantd", "`grantd` is neither a file nor a tool", "the tools are `granted`"),
        ("leapp", "`leapp` keeps no file", "`aws-sso-cred configure populate`"),
        ("aws-vault", "`aws-vault` keeps no file", "`aws-sso-cred configure convert --all`"),
        ("yawsso", "`yawsso` keeps no file", "`aws-sso-cred configure convert --all`"),
        ("aws-sso", "`aws-sso` keeps no file", "--import aws-sso-cli`"),
        ("no/such.yaml", "cannot read no/such.yaml: No such file", "--import FILE`"),
        ("/", "cannot read /: is a directory", "--import FILE`"),
    ] {
        let lines = failed(&import(&world, &[source]), 2);
        assert!(lines[0].contains(what) && lines[1].contains(hint), "{lines:?}");
    }
    for option in ["--profile", "--sso-session", "--client-region"] {
        let lines = failed(&import(&world, &[option, "x"]), 2);
        assert!(lines[0].contains("cannot be used with"), "{lines:?}");
    }
    assert!(!world.home.config_path().exists());
}
