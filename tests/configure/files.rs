//! The file that `configure` edits: where it is, how it looks, and when it cannot be written.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};

use crate::base::{
    DEVELOPER, SESSION, config, configure, developer_line, line, profile, refused, told, with_config,
};
use crate::common::{World, failed};
use crate::ordinary_user;

#[test]
fn the_config_is_where_aws_config_file_says() {
    let mut world = World::new();
    fs::remove_dir_all(world.home.home().join(".aws")).unwrap();
    let place = world.home.home().join("elsewhere/my config");
    world.home.env("AWS_CONFIG_FILE", place.to_str().unwrap());
    let text = told(&profile(&world, "dev", &crate::base::CORP));
    assert!(text.contains(" to ~/elsewhere/my config\n"), "{text}");
    let written = fs::read_to_string(&place).unwrap();
    assert_eq!(written, format!("{SESSION}\n[profile dev]\n{}", developer_line()));
    let mode = |path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
    assert_eq!((mode(&place), mode(&place.parent().unwrap().to_owned())), (0o600, 0o700));
    assert!(!world.home.config_path().exists());
}

#[test]
fn a_link_stays_and_its_file_is_written_with_its_mode() {
    let world = with_config(SESSION);
    let (link, real) = (world.home.config_path(), world.home.home().join("dotfiles"));
    fs::create_dir(&real).unwrap();
    let real = real.join("config");
    fs::rename(&link, &real).unwrap();
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
    std::os::unix::fs::symlink(&real, &link).unwrap();
    told(&profile(&world, "dev", &[]));
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert!(fs::read_to_string(&real).unwrap().ends_with(&developer_line()));
    assert_eq!(fs::metadata(&real).unwrap().mode() & 0o7777, 0o640);
}

#[test]
fn line_ends_comments_and_marks_of_the_file_stay() {
    let before = "\u{feff}; mine\r\n[sso-session corp]\r\nsso_start_url=https://corp.awsapps.com/start\r\n\
        sso_region=eu-west-1\r\n\r\n[profile a]\r\nregion=b # c\r\n\r\n\r\n# at the end";
    let world = with_config(before);
    told(&profile(&world, "dev", &["--client-region", "us-west-2"]));
    let start = before.strip_suffix("\r\n\r\n\r\n# at the end").unwrap();
    let after = config(&world);
    assert!(after.starts_with(start) && after.ends_with("# at the end"), "{after:?}");
    assert!(!after.replace("\r\n", "").contains('\n'), "{after:?}");
    let section = format!("[profile dev]\nregion = us-west-2\n{}", developer_line()).replace('\n', "\r\n");
    assert!(after.contains(&section), "{after:?}");
}

#[test]
fn the_diff_of_a_file_from_windows_has_its_line_ends_and_no_other_control_characters() {
    let before = SESSION.replace('\n', "\r\n") + "# a\u{1b}[2Jb\r\n";
    let world = with_config(&before);
    let output = profile(&world, "dev", &["--sso-session", "corp", "--dry-run"]);
    let added =
        format!(" # a\\u{{1b}}[2Jb\r\n+\r\n+[profile dev]\r\n+{}", developer_line().replace('\n', "\r\n"));
    assert!(output.stdout.ends_with(&added), "{:?}", output.stdout);
}

#[test]
fn a_broken_line_in_another_section_is_left_alone() {
    for broken in
        ["[profile broken]\nthis is no setting\n", "[profile broken\nregion = x\n", "[unknown kind x]\n= y\n"]
    {
        let before = format!("{SESSION}\n{broken}");
        let world = with_config(&before);
        told(&profile(&world, "dev", &["--sso-session", "corp"]));
        assert!(config(&world).starts_with(SESSION), "{}", config(&world));
        assert!(config(&world).contains(broken), "{}", config(&world));
        failed(&world.home.run(&["--profile", "dev"]), 1);
    }
}

#[test]
fn a_broken_line_in_the_section_is_refused_with_its_number() {
    let world = with_config(&format!("{SESSION}\n[profile dev]\nregion = x\nthis is no setting\n"));
    let lines = refused(&world, &[&["--profile", "dev", "--sso-session", "corp", "--force"], &DEVELOPER]);
    assert!(lines[0].starts_with("aws-sso-cred: cannot change ~/.aws/config: line 8 "), "{lines:?}");
}

#[test]
fn a_config_that_cannot_be_read_is_not_replaced() {
    let world = with_config(SESSION);
    let path = world.home.config_path();
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    failed(&profile(&world, "dev", &crate::base::CORP), 2);
    assert!(path.is_dir());
    fs::remove_dir(&path).unwrap();
    fs::write(&path, b"\xff\xfe[\0p\0").unwrap();
    failed(&profile(&world, "dev", &crate::base::CORP), 2);
    assert_eq!(fs::read(&path).unwrap(), b"\xff\xfe[\0p\0");
}

#[test]
fn a_directory_that_cannot_be_written_fails_and_leaves_no_file() {
    let world = with_config(SESSION);
    let directory = world.home.home().join(".aws");
    ordinary_user::give_away(&world);
    ordinary_user::set_mode(&directory, 0o500);
    let before = crate::common::whole_tree(&directory);
    let run = [&["configure", "--profile", "dev", "--sso-session", "corp"][..], &DEVELOPER].concat();
    let lines = failed(&ordinary_user::run(&world, &run), 5);
    assert!(lines[0].contains("~/.aws/config"), "{lines:?}");
    assert_eq!(crate::common::whole_tree(&directory), before);
    ordinary_user::set_mode(&directory, 0o700);
}

#[test]
fn a_home_that_cannot_be_written_gets_no_config() {
    let world = crate::base::new_home();
    ordinary_user::give_away(&world);
    // The copy of the program for the ordinary user is in the home.
    let run = [&["configure", "--profile", "dev"][..], &crate::base::CORP, &DEVELOPER].concat();
    let mut command = ordinary_user::command(&world, &run);
    ordinary_user::set_mode(&world.home.home(), 0o500);
    let lines = failed(&crate::common::finish(&mut command), 5);
    assert!(lines[0].contains("~/.aws"), "{lines:?}");
    ordinary_user::set_mode(&world.home.home(), 0o700);
    assert!(!world.home.home().join(".aws").exists());
}

#[test]
fn a_home_that_is_no_directory_fails_without_a_trace() {
    let mut world = with_config(SESSION);
    let file = world.home.temporary().join("file");
    fs::write(&file, "x").unwrap();
    world.home.env("AWS_CONFIG_FILE", file.join("config").to_str().unwrap());
    let output = profile(&world, "dev", &crate::base::CORP);
    assert!([2, 5].contains(&output.status), "{output:?}");
    crate::common::check_failure_text(&output.stderr);
    assert_eq!(fs::read_to_string(&file).unwrap(), "x");
}

#[test]
fn profiles_written_at_the_same_time_are_all_there() {
    let world = with_config(SESSION);
    let names: Vec<String> = (0..12).map(|number| format!("p{number}")).collect();
    std::thread::scope(|scope| {
        for name in &names {
            let world = &world;
            scope.spawn(move || told(&profile(world, name, &["--sso-session", "corp"])));
        }
    });
    let written = config(&world);
    assert!(written.starts_with(SESSION), "{written}");
    for name in &names {
        let section = format!("[profile {name}]\n{}", developer_line());
        assert_eq!(written.matches(&section).count(), 1, "{name}: {written}");
    }
    assert_eq!(written.lines().count(), 4 + 3 * names.len(), "{written}");
}

#[test]
fn of_two_that_write_different_values_at_the_same_time_one_is_refused() {
    for _ in 0..5 {
        let world = with_config(SESSION);
        let run = |role: &'static str| {
            let world = &world;
            move || {
                let role = ["--account-id", "111122223333", "--role-name", role];
                configure(world, &[&["--profile", "dev", "--sso-session", "corp"], &role])
            }
        };
        let (one, two) = std::thread::scope(|scope| {
            let (one, two) = (scope.spawn(run("Developer")), scope.spawn(run("ReadOnly")));
            (one.join().unwrap(), two.join().unwrap())
        });
        let (winner, loser, role) =
            if one.status == 0 { (one, two, "Developer") } else { (two, one, "ReadOnly") };
        assert_eq!((winner.status, loser.status), (0, 2), "{winner:?} {loser:?}");
        assert!(loser.stderr.contains("with other values"), "{loser:?}");
        let line = line(&format!("--sso-session corp --account-id 111122223333 --role-name {role}"));
        assert_eq!(config(&world), format!("{SESSION}\n[profile dev]\n{line}"));
    }
}
