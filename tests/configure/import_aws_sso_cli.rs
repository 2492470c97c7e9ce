//! `configure --import` of aws-sso-cli: its settings in YAML, and the profiles that it wrote.

use std::fs;
use std::os::unix::fs::symlink;

use crate::base::{SESSION, config, line, new_home, told, with_config};
use crate::common::{World, failed};
use crate::import::{all_lines_work, import};

/// Settings as the wizard of aws-sso-cli and a person write them.
const SETTINGS: &str = "\
# aws-sso
SSOConfig:
    Default:
        SSORegion: eu-west-1
        StartUrl: https://corp.awsapps.com/start
        Accounts:
            111122223333:
                Name: Shop
                DefaultRegion: eu-central-1
                Tags:
                    Team: blue
                Roles:
                    Developer:
                        Profile: shop-dev
                    Auditor:
            \"444455556666\":
                Roles:
                    Break Glass:
                    Deploy:
                        Profile: deploy
                        Via: arn:aws:iam::111122223333:role/Developer
                        ExternalId: secret-less
    Work:
        SSORegion: us-east-1
        StartUrl: https://work.awsapps.com/start
        AuthUrlAction: print
DefaultSSO: Default
ProfileFormat: '{{ .AccountIdPad }}:{{ .RoleName }}'
UrlAction: open
UrlExecCommand:
    - open
    - \"%s\"
";

/// Profiles as `aws-sso setup profiles` writes them.
const PROFILES: &str = "\
[default]
region = eu-west-1

# BEGIN_AWS_SSO_CLI

[profile 111122223333:Developer]
credential_process = /usr/local/bin/aws-sso -S \"Default\" process --arn arn:aws:iam::111122223333:role/Developer
region = eu-west-3

[profile 111122223333:ReadOnly]
credential_process = /usr/local/bin/aws-sso -u open -S \"Default\" process --arn arn:aws:iam::111122223333:role/ReadOnly
output = json

# END_AWS_SSO_CLI
";

fn write_settings(world: &World, text: &str) {
    let directory = world.home.home().join(".config/aws-sso");
    fs::create_dir_all(&directory).unwrap();
    fs::write(directory.join("config.yaml"), text).unwrap();
}

/// A world with both files.
fn world(config: &str, settings: &str) -> World {
    let world = with_config(config);
    write_settings(&world, settings);
    world
}

fn role(name: &str) -> String {
    line(&format!("--sso-session corp --account-id 111122223333 --role-name {name}"))
}

#[test]
fn profiles_of_its_block_get_our_line_and_the_settings_become_sections() {
    let settings = SETTINGS.replace("                    Break Glass:\n", "");
    let world = world(PROFILES, &settings);
    let told_first = told(&import(&world, &["aws-sso-cli", "--yes"]));
    assert_eq!(
        config(&world),
        format!(
            "[default]\nregion = eu-west-1\n\n# BEGIN_AWS_SSO_CLI\n\n\
             [profile 111122223333:Developer]\n{developer}region = eu-west-3\n\n\
             [profile 111122223333:ReadOnly]\n{read_only}output = json\n\n\
             [profile shop-dev]\nregion = eu-central-1\n{developer}\n\
             [profile 111122223333:Auditor]\nregion = eu-central-1\n{auditor}\n\
             [profile deploy]\nrole_arn = arn:aws:iam::444455556666:role/Deploy\nsource_profile = 111122223333:Developer\nexternal_id = secret-less\n\n\
             # END_AWS_SSO_CLI\n\n\
             {SESSION}\n\
             [sso-session Work]\nsso_start_url = https://work.awsapps.com/start\nsso_region = us-east-1\nsso_registration_scopes = sso:account:access\n",
            developer = role("Developer"),
            read_only = role("ReadOnly"),
            auditor = role("Auditor"),
        )
    );
    assert_eq!(
        told_first,
        "profiles `111122223333:Developer`, `111122223333:ReadOnly`, `shop-dev`, `111122223333:Auditor` and `deploy` now get their credentials from aws-sso-cred\n\
         the version before is ~/.aws/config.aws-sso-cred.bak\n\
         sso-session `corp` is new; to sign in, run `aws-sso-cred login --sso-session corp`\n\
         sso-session `Work` is new; to sign in, run `aws-sso-cred login --sso-session Work`\n\
         `aws-sso setup profiles` would write its own lines again; `aws-sso-cred configure populate` adds new roles instead\n\
         not imported from ~/.config/aws-sso/config.yaml: `AuthUrlAction`, `Tags`, `UrlAction` and `UrlExecCommand`; only sessions, roles, and names and regions of profiles are\n"
    );
    world.sign_in(3600);
    world.aws.add_role("111122223333", "Auditor");
    world.aws.add_role("111122223333", "ReadOnly");
    assert_eq!(all_lines_work(&world), 4);
    let after = config(&world);
    let again = told(&import(&world, &[]));
    assert_eq!(
        again,
        "the sessions and profiles of ~/.config/aws-sso/config.yaml are in ~/.aws/config already; nothing was changed\n"
    );
    assert_eq!(config(&world), after);
}

#[test]
fn the_settings_alone_make_a_config() {
    let world = new_home();
    let settings = "SSOConfig:\n  Default:\n    SSORegion: eu-west-1\n    StartUrl: https://corp.awsapps.com/start\n\
        \x20   Accounts:\n      111122223333:\n        Name: Shop\n        Roles:\n          Developer:\n";
    let file = world.home.home().join("settings.yaml");
    fs::write(&file, settings).unwrap();
    let told = told(&import(&world, &[file.to_str().unwrap(), "--yes"]));
    assert!(told.starts_with("profile `Shop:Developer` now gets its credentials"), "{told}");
    assert_eq!(config(&world), format!("{SESSION}\n[profile Shop:Developer]\n{}", role("Developer")));
    world.sign_in(3600);
    assert_eq!(all_lines_work(&world), 1);
}

#[test]
fn the_settings_are_where_aws_sso_cli_looks_for_them() {
    let of = |url: &str| {
        format!(
            "SSOConfig:\n  Default:\n    SSORegion: eu-west-1\n    StartUrl: https://{url}.awsapps.com/start\n"
        )
    };
    let mut world = new_home();
    let home = world.home.home().clone();
    let place = |path: &str| {
        fs::create_dir_all(home.join(path)).unwrap();
        fs::write(home.join(path).join("config.yaml"), of(path.trim_start_matches('.'))).unwrap();
    };
    let session = |world: &World| {
        let shown = import(world, &["--dry-run"]);
        shown
            .stdout
            .split_once("+sso_start_url = https://")
            .map(|(_, rest)| rest.split('.').next().unwrap().to_owned())
    };
    assert_eq!(session(&world), None);
    write_settings(&world, &of("usual"));
    assert_eq!(session(&world).as_deref(), Some("usual"));
    place("xdg/aws-sso");
    fs::write(home.join("xdg/aws-sso/config.yaml"), of("xdg")).unwrap();
    world.home.env("XDG_CONFIG_HOME", home.join("xdg").to_str().unwrap());
    assert_eq!(session(&world).as_deref(), Some("xdg"));
    place(".aws-sso");
    assert_eq!(session(&world).as_deref(), Some("aws-sso"));
    fs::write(home.join("named"), of("named")).unwrap();
    world.home.env("AWS_SSO_CONFIG", "~/named");
    assert_eq!(session(&world).as_deref(), Some("named"));
    world.home.env("AWS_SSO_CONFIG", "~/gone");
    let lines = failed(&import(&world, &[]), 2);
    assert!(lines[0].contains("cannot read ~/gone: No such file"), "{lines:?}");
    assert_eq!(import(&world, &["granted"]).status, 0, "granted has nothing to do with these settings");
}

#[test]
fn options_of_a_line_may_be_written_in_every_way_of_aws_sso_cli() {
    let arn = "arn:aws:iam::111122223333:role/Developer";
    let settings = "SSOConfig:\n  Default:\n    SSORegion: eu-west-1\n    StartUrl: https://corp.awsapps.com/start\n    Accounts: {}\n  \
        Work:\n    SSORegion: eu-west-1\n    StartUrl: https://work.awsapps.com/start\n";
    for options in [
        format!("-S Work process -a {arn}"),
        format!("-SWork process -a{arn}"),
        format!("process --sso=Work --arn={arn}"),
        "process -A 111122223333 -R Developer --sso 'Work'".to_owned(),
        format!("--config ~/.config/aws-sso/config.yaml --sso \"Work\" process --arn {arn}"),
    ] {
        let world = world(&format!("[profile x]\ncredential_process = C:/aws-sso.exe {options}\n"), settings);
        told(&import(&world, &["--yes"]));
        let line = line("--sso-session Work --account-id 111122223333 --role-name Developer");
        assert!(config(&world).starts_with(&format!("[profile x]\n{line}")), "{options}: {}", config(&world));
    }
}

#[test]
fn two_instances_with_one_start_url_are_two_sessions() {
    let instance = |name: &str| {
        format!(
            "  {name}:\n    SSORegion: eu-west-1\n    StartUrl: https://corp.awsapps.com/start\n    Accounts:\n      111122223333:\n        Roles:\n          Developer:\n            Profile: of-{name}\n"
        )
    };
    let settings = format!("SSOConfig:\n{}{}", instance("Default"), instance("Boss"));
    let world = world(SESSION, &settings);
    told(&import(&world, &["--yes"]));
    let after = config(&world);
    for name in ["Default", "Boss"] {
        let options = format!("--sso-session {name} --account-id 111122223333 --role-name Developer");
        assert!(after.contains(&format!("[profile of-{name}]\n{}", line(&options))), "{after}");
        assert!(after.contains(&format!("[sso-session {name}]\nsso_start_url = https://corp.")), "{after}");
    }
    told(&import(&world, &[]));
    assert_eq!(config(&world), after);
}

#[test]
fn instances_of_one_start_url_keep_their_sessions_in_every_import() {
    let instance =
        |name: &str, url: &str| format!("  {name}:\n    SSORegion: eu-west-1\n    StartUrl: https://{url}\n");
    let url = "corp.awsapps.com/start";
    let other = "[sso-session Boss]\nsso_start_url = https://x.awsapps.com/start\nsso_region = eu-west-1\n";
    for (before, instances, sessions) in [
        ("", [("Default", url), ("Boss", "Corp.awsapps.com/start/")], ["Default", "Boss"]),
        (other, [("Default", url), ("Boss", url)], ["Default", "Boss-2"]),
        ("", [("本番", url), ("日本", "corp.awsapps.com/start/#/")], ["corp", "corp-2"]),
        ("", [("Böss", url), ("Boss", url)], ["Boss", "Boss-2"]),
    ] {
        let settings = instances.map(|(name, url)| instance(name, url)).concat();
        let world = world(before, &format!("SSOConfig:\n{settings}"));
        told(&import(&world, &["--yes"]));
        let after = config(&world);
        for (session, (_, url)) in sessions.iter().zip(instances) {
            let section = format!("[sso-session {session}]\nsso_start_url = https://{url}\n");
            assert!(after.contains(&section), "{section}{after}");
        }
        let again = told(&import(&world, &["--yes"]));
        assert!(again.ends_with("already; nothing was changed\n"), "{again}");
        assert_eq!(config(&world), after);
    }
}

#[test]
fn what_is_not_imported_is_named_with_its_reason() {
    let line_of = |options: &str| format!("[profile x]\ncredential_process = aws-sso {options}\n");
    let developer = "process --arn arn:aws:iam::111122223333:role/Developer";
    let format = "ProfileFormat: '{{ .AccountIdPad }}:{{ .RoleName }}'";
    let via = "Via: arn:aws:iam::111122223333:role/Developer";
    let plain = SETTINGS.replace("                    Break Glass:\n", "");
    for (config_text, settings, words) in [
        (
            line_of(&format!("-S Gone {developer}")),
            plain.clone(),
            "profile `x` is not imported\n~/.config/aws-sso/config.yaml has no SSO instance `Gone`",
        ),
        (
            line_of(developer),
            plain.replace("DefaultSSO: Default\n", "").replace("    Default:", "    Home:"),
            "profile `x` is not imported\nits line names no SSO instance, and ~/.config/aws-sso/config.yaml has several",
        ),
        (
            line_of(&format!("--config ~/work.yaml -S Default {developer}")),
            plain.clone(),
            "profile `x` is not imported\nits line names other settings of aws-sso-cli, ~/work.yaml\nhint: run `aws-sso-cred configure --import '~/work.yaml'`",
        ),
        (
            line_of("-S Default process --profile y"),
            plain.clone(),
            "profile `x` is not imported\nits line starts aws-sso-cli, and `--arn` is missing",
        ),
        (
            line_of("-S Default process --arn arn:aws:iam::111122223333:role/a,b%"),
            plain.clone(),
            "profile `x` is not imported\nrole name `a,b%` must be 1 to 64 letters",
        ),
        (
            String::new(),
            SETTINGS.to_owned(),
            "role `Break Glass` in account 444455556666 is not imported\nprofile name `444455556666:Break Glass` must be letters, digits and `_.@+-/:`, which every SDK reads\nhint: give the role another name with `Profile`",
        ),
        (
            String::new(),
            plain.replace(format, "ProfileFormat: '{{ .AccountAlias }}/{{ .RoleName }}'"),
            "role `Auditor` in account 111122223333 is not imported\nits name comes from `{{ .AccountAlias }}/{{ .RoleName }}`, which needs values from AWS",
        ),
        (
            String::new(),
            plain.replace(
                "                        ExternalId: secret-less\n",
                "                        SourceIdentity: me\n",
            ),
            "role `Deploy` in account 444455556666 is not imported\nit has a `SourceIdentity`",
        ),
        (
            String::new(),
            plain.replace("ExternalId: secret-less", "ExternalId: 'a #b'"),
            "role `Deploy` in account 444455556666 is not imported\nexternal_id `a #b` must not contain ` #` or ` ;`",
        ),
        (
            String::new(),
            plain.replace("Via: arn:aws:", "Via: arn:a ;b:"),
            "role `Deploy` in account 444455556666 is not imported\nrole_arn `arn:a ;b:iam::444455556666:role/Deploy` must not",
        ),
        (
            String::new(),
            plain.replace(via, "Via: arn:aws:iam::999999999999:role/Other"),
            "role `Deploy` in account 444455556666 is not imported\nno profile is for `arn:aws:iam::999999999999:role/Other`",
        ),
        (
            String::new(),
            plain.replace("                    Deploy:\n", "                    'De ploy':\n"),
            "role `De ploy` in account 444455556666 is not imported\nrole name `De ploy` must be 1 to 64 letters",
        ),
        (
            String::new(),
            plain.replace("Profile: deploy", "Profile: shop-dev"),
            "role `Deploy` in account 444455556666 is not imported\nanother role gets the profile `shop-dev`",
        ),
    ] {
        let world = world(&config_text, &settings);
        let done = import(&world, &["--yes"]);
        assert_eq!((done.status, done.stdout.as_str()), (2, ""), "{}", done.stderr);
        assert!(done.stderr.starts_with(&format!("aws-sso-cred: {words}")), "{words}: {}", done.stderr);
        let after = config(&world);
        assert!(after.starts_with(&config_text) && after.contains("[profile shop-dev]\n"), "{after}");
        assert_eq!(import(&world, &["--yes"]).status, 2);
        assert_eq!(config(&world), after);
    }
}

#[test]
fn a_session_is_new_only_if_it_is_used() {
    let world = world("", &chained(&[("C", "c", "Gone"), ("B b", "b", "")]));
    let done = import(&world, &["--yes"]);
    assert_eq!((done.status, config(&world).as_str()), (2, ""), "{}", done.stderr);
    // The hint names the session.
    let by_aws = "ProfileFormat: '{{ .AccountAlias }}'\n";
    let settings = chained(&[("A", "", "")]).replace("            Profile: \n", "");
    write_settings(&world, &format!("{settings}{by_aws}"));
    let done = import(&world, &["--yes"]);
    assert!(done.stderr.contains("populate --sso-session corp`, which asks AWS"), "{}", done.stderr);
    assert_eq!((done.status, config(&world).as_str()), (2, SESSION));
}

/// Settings whose roles are those of `roles`, with a profile and perhaps the role before.
fn chained(roles: &[(&str, &str, &str)]) -> String {
    let mut settings =
        "SSOConfig:\n  Default:\n    SSORegion: eu-west-1\n    StartUrl: https://corp.awsapps.com/start\n\
        \x20   Accounts:\n      111122223333:\n        Roles:\n"
            .to_owned();
    for (role, profile, via) in roles {
        settings.push_str(&format!("          {role}:\n            Profile: {profile}\n"));
        if !via.is_empty() {
            settings.push_str(&format!("            Via: arn:aws:iam::111122223333:role/{via}\n"));
        }
    }
    settings
}

#[test]
fn no_role_is_assumed_by_a_profile_of_another_role_or_without_credentials() {
    let no_via = |role: &str, via: &str| {
        format!(
            "role `{role}` in account 111122223333 is not imported\nno profile is for `arn:aws:iam::111122223333:role/{via}`"
        )
    };
    for (name, roles, left) in [
        (
            "the name is taken",
            &[("A", "x", ""), ("B", "x", ""), ("C", "c", "B"), ("D", "d", "A")][..],
            ("C", "B"),
        ),
        (
            "the name is not valid",
            &[("A", "x", ""), ("B", "b b", ""), ("C", "c", "B"), ("D", "d", "A")],
            ("C", "B"),
        ),
        (
            "it is left, too",
            &[("A", "x", ""), ("B", "b", "Gone"), ("C", "c", "B"), ("D", "d", "A")],
            ("C", "B"),
        ),
        ("it is assumed by itself", &[("A", "x", ""), ("C", "c", "C"), ("D", "d", "A")], ("C", "C")),
        ("a circle", &[("A", "x", ""), ("B", "b", "C"), ("C", "c", "B"), ("D", "d", "A")], ("C", "B")),
    ] {
        let world = world("", &chained(roles));
        let done = import(&world, &["--yes"]);
        assert_eq!(done.status, 2, "{name}: {}", done.stderr);
        assert!(done.stderr.contains(&no_via(left.0, left.1)), "{name}: {}", done.stderr);
        let after = config(&world);
        assert!(!after.contains("[profile c]"), "{name}: {after}");
        assert!(after.contains("role/D\nsource_profile = x\n"), "{name}: {after}");
        let again = import(&world, &["--yes"]);
        assert_eq!((again.status, config(&world)), (2, after), "{name}: {}", again.stderr);
    }
}

#[test]
fn a_role_is_assumed_by_the_profile_of_another_tool_that_is_imported_with_it() {
    let of_util = "[profile dev]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\nsso_account_id = 111122223333\n\
        sso_role_name = A\ncredential_process = aws-sso-util credential-process --profile dev\n";
    let world = world(of_util, &chained(&[("C", "c", "A")]));
    told(&import(&world, &["--yes"]));
    assert!(config(&world).contains("role/C\nsource_profile = dev\n"), "{}", config(&world));
}

#[test]
fn a_profile_that_had_no_credentials_is_said_to_get_them() {
    let world = world("[profile dev]\nregion = eu-west-3\n", &chained(&[("A", "dev", "")]));
    let told = told(&import(&world, &["--yes"]));
    assert!(told.starts_with("profile `dev` now gets its credentials from aws-sso-cred\n"), "{told}");
    let section = format!("[profile dev]\nregion = eu-west-3\n{}", role("A"));
    assert!(config(&world).starts_with(&section), "{}", config(&world));
}

#[test]
fn a_chain_of_roles_is_imported() {
    let world = world("", &chained(&[("C", "c", "B"), ("B", "b", "A"), ("A", "a", "")]));
    told(&import(&world, &["--yes"]));
    let after = config(&world);
    assert!(after.contains("role/C\nsource_profile = b\n"), "{after}");
    assert!(after.contains("role/B\nsource_profile = a\n"), "{after}");
}

#[test]
fn a_role_is_not_assumed_with_keys_of_the_credentials_file() {
    let world = world(
        &format!("{SESSION}\n[profile mine]\n{}", role("A")),
        &chained(&[("A", "mine", ""), ("C", "c", "A")]),
    );
    world.home.write_credentials("[mine]\naws_access_key_id = AKIA\naws_secret_access_key = x\n");
    let (before, done) = (config(&world), import(&world, &["--yes"]));
    assert_eq!((done.status, config(&world)), (2, before), "{}", done.stderr);
    assert!(done.stderr.contains("no profile is for `arn:aws:iam::111122223333:role/A`"), "{}", done.stderr);
}

#[test]
fn a_profile_that_is_replaced_gives_no_credentials_for_its_old_role() {
    let world = world(
        &format!("{SESSION}\n[profile mine]\n{}", role("A")),
        &chained(&[("B", "mine", ""), ("C", "c", "A")]),
    );
    let done = import(&world, &["--yes", "--force"]);
    assert_eq!(done.status, 2, "{}", done.stderr);
    let after = config(&world);
    assert!(after.contains(&role("B")) && !after.contains("source_profile"), "{after}");
}

#[test]
fn a_name_that_two_roles_get_stays_with_the_role_that_has_it() {
    let instance = |name: &str| {
        format!(
            "  {name}:\n    SSORegion: eu-west-1\n    StartUrl: https://{name}.awsapps.com/start\n    Accounts:\n      111122223333:\n        Name: Shop\n        Roles:\n          Admin:\n"
        )
    };
    for names in [["corp", "work"], ["work", "corp"]] {
        let settings = format!("SSOConfig:\n{}", names.map(instance).concat());
        let of_corp = "--sso-session corp --account-id 111122223333 --role-name Admin";
        let world = world(&format!("{SESSION}\n[profile Shop:Admin]\n{}", line(of_corp)), &settings);
        for _ in 0..2 {
            let done = import(&world, &["--yes", "--force"]);
            assert_eq!(done.status, 2, "{}", done.stderr);
            assert!(done.stderr.contains("another role gets the profile `Shop:Admin`"), "{}", done.stderr);
            assert!(config(&world).contains(&line(of_corp)), "{}", config(&world));
        }
    }
}

#[test]
fn without_its_settings_the_lines_of_aws_sso_cli_stay() {
    let world = with_config(PROFILES);
    let left = import(&world, &["--yes"]);
    assert_eq!(left.status, 2);
    assert_eq!(
        left.stderr.lines().take(3).collect::<Vec<_>>(),
        [
            "aws-sso-cred: profile `111122223333:Developer` is not imported",
            "the settings of aws-sso-cli are not in ~/.config/aws-sso/config.yaml",
            "hint: name that file: `aws-sso-cred configure --import FILE`",
        ]
    );
    assert_eq!(config(&world), PROFILES);
}

#[test]
fn a_profile_with_other_values_is_replaced_by_force_only() {
    let other = "[profile shop-dev]\nregion = eu-north-1\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Admin\n";
    let world =
        world(&format!("{SESSION}\n{other}"), &SETTINGS.replace("                    Break Glass:\n", ""));
    let before = config(&world);
    let lines = failed(&import(&world, &["--yes"]), 2);
    assert_eq!(lines[0], "aws-sso-cred: profile `shop-dev` is in ~/.aws/config with other values");
    assert_eq!(config(&world), before);
    told(&import(&world, &["--yes", "--force"]));
    let expected = format!("[profile shop-dev]\nregion = eu-north-1\n{}", role("Developer"));
    assert!(config(&world).contains(&expected), "the region stays: {}", config(&world));
}

#[test]
fn settings_that_are_not_understood_are_refused_with_their_line() {
    let deep: Vec<String> = (0..1000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
    let url = "        StartUrl: https://corp.awsapps.com/start\n";
    for (settings, words) in [
        (SETTINGS.replace(url, ""), "`SSOConfig.Default` has no `StartUrl`"),
        (SETTINGS.replace(url, "        StartUrl: ~\n"), "`SSOConfig.Default` has no `StartUrl`"),
        (
            SETTINGS.replace(url, "        StartUrl: http://corp.awsapps.com/start\n"),
            "start URL `http://corp.awsapps.com/start` is not valid",
        ),
        (SETTINGS.replace(url, "\tStartUrl: https://x.awsapps.com\n"), "line 5 is indented with a tab"),
        (SETTINGS.replace(url, "        StartUrl: &x https://x.awsapps.com\n"), "line 5 has an anchor"),
        (
            SETTINGS.replace(url, "        StartUrl: |\n            https://x\n"),
            "line 5 has a text of several lines",
        ),
        (
            SETTINGS.replace(url, "        StartUrl: [a, b]\n"),
            "line 5 has keys or a list where a text is needed",
        ),
        (SETTINGS.replace("        Accounts:\n", "        Accounts: {}\n"), "line 7 is indented deeper"),
        (
            SETTINGS.replace("111122223333:\n                Name", "1111222233334:\n                Name"),
            "account id `1111222233334` is not valid",
        ),
        ("SSOConfig:\n- a\n".to_owned(), "line 1 needs keys with values"),
        ("- a\n".to_owned(), "line 1 begins a list"),
        ("just text\n".to_owned(), "line 1 has no `:`"),
        (deep.concat(), "line 33 is nested too deeply"),
        ("a: b\n".repeat(300_000), "is larger than 1 MiB"),
        (format!("a: \"{}", "\\x41".repeat(100_000)), "line 1 has a quote that does not end"),
        ("a: b\0\n".to_owned(), "line 1 has a control character"),
    ] {
        let world = world(PROFILES, &settings);
        let lines = failed(&import(&world, &["--yes"]), 2);
        assert!(lines[0].contains(words), "{words}: {lines:?}");
        assert!(lines.last().unwrap().starts_with("hint: "), "{lines:?}");
        assert_eq!(config(&world), PROFILES);
    }
    let world = with_config(PROFILES);
    let file = world.home.home().join("bytes.yaml");
    fs::write(&file, b"a: \xff\xfe\n").unwrap();
    let lines = failed(&import(&world, &[file.to_str().unwrap()]), 2);
    assert!(lines[0].ends_with("bytes.yaml: is not UTF-8"), "{lines:?}");
}

#[test]
fn a_file_without_an_instance_is_said_to_have_none() {
    for text in ["", "# none\n", "DefaultRegion: eu-west-1\n", "SSOConfig: {}\n", "services:\n  web: x\n"] {
        let told = told(&import(&world("", text), &["aws-sso-cli"]));
        let place = "~/.config/aws-sso/config.yaml";
        assert_eq!(
            told,
            format!("nothing to import: there is no SSO instance below `SSOConfig` in {place}\n")
        );
    }
}

#[test]
fn settings_with_windows_line_ends_behind_a_link_are_read() {
    let world = new_home();
    let (file, link) = (world.home.home().join("real.yaml"), world.home.home().join("link.yaml"));
    fs::write(
        &file,
        format!("\u{feff}{SETTINGS}").replace("                    Break Glass:\n", "").replace('\n', "\r\n"),
    )
    .unwrap();
    symlink(&file, &link).unwrap();
    told(&import(&world, &[link.to_str().unwrap(), "--yes"]));
    assert!(config(&world).contains("[profile deploy]\nrole_arn = "), "{}", config(&world));
    assert!(!config(&world).contains('\r'));
}
