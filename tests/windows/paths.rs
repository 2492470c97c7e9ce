//! Home directories and configuration files by the paths of Windows.

use std::fs;
use std::path::{Path, PathBuf};

use crate::common::{CONFIG, World, answered, failed};

/// A signed-in world whose home is moved to `home`.
fn at(home: &Path) -> World {
    let mut world = World::signed_in();
    fs::create_dir_all(home.parent().unwrap()).unwrap();
    fs::rename(world.home.home().join(".aws"), {
        fs::create_dir_all(home).unwrap();
        home.join(".aws")
    })
    .unwrap();
    world.home.env("USERPROFILE", home.to_str().unwrap());
    world
}

fn role_files(home: &Path) -> usize {
    fs::read_dir(home.join(r".aws\cli\cache")).map_or(0, |listed| listed.flatten().count())
}

#[test]
fn a_home_may_have_blanks_and_letters_of_any_script_and_a_long_path() {
    let base = World::new();
    let long: PathBuf = std::iter::repeat_n("a directory of thirty letters", 12).collect();
    for name in [PathBuf::from("Jörg Müller"), "家 & Söhne (x86) 100%".into(), long.join("end")] {
        let home = base.home.temporary().join(&name);
        let home = if name.as_os_str().len() > 200 {
            PathBuf::from(format!(r"\\?\{}", home.display()))
        } else {
            home
        };
        let world = at(&home);
        answered(&world.run(&[]));
        answered(&world.run(&[]));
        assert_eq!((world.fetches(), role_files(&home)), (1, 1), "{}", home.display());
        assert!(home.join(r"AppData\Local\aws-sso-cred\roles").is_dir(), "{}", home.display());
    }
}

#[test]
fn a_home_is_found_by_every_form_of_its_path() {
    let mut world = World::signed_in();
    let home = world.home.home().display().to_string();
    for path in
        [format!(r"\\?\{home}"), format!(r"\\.\{home}"), format!(r"{home}\"), home.replace('\\', "/"), home]
    {
        world.home.env("USERPROFILE", &path);
        let output = world.run(&[]);
        assert_eq!((output.status, output.stderr.as_str()), (0, ""), "{path}");
    }
    assert_eq!(world.fetches(), 1);
    for path in ["home", "C:home", r"\home"] {
        world.home.env("USERPROFILE", path);
        let lines = failed(&world.run(&[]), 2);
        assert_eq!(lines[0], "aws-sso-cred: no home directory is set, so ~/.aws cannot be found", "{path}");
    }
}

#[test]
fn home_counts_for_nothing_beside_the_profile_of_the_user() {
    let mut world = World::signed_in();
    world.home.env("HOME", r"C:\nowhere");
    answered(&world.run(&[]));
}

#[test]
fn the_state_is_in_the_local_application_data() {
    let mut world = World::signed_in();
    let local = world.home.temporary().join("local data");
    world.home.env("LOCALAPPDATA", local.to_str().unwrap());
    answered(&world.run(&[]));
    assert!(local.join(r"aws-sso-cred\roles").is_dir());
    assert!(!world.home.state_dir().exists());

    // A path that means another directory in each working directory does not count.
    let mut world = World::signed_in();
    world.home.env("LOCALAPPDATA", "local");
    answered(&world.run(&[]));
    assert!(world.home.state_dir().join("roles").is_dir());
}

#[test]
fn a_config_is_found_by_every_form_of_its_path() {
    let mut world = World::signed_in();
    let other = world.home.home().join("my settings");
    fs::create_dir(&other).unwrap();
    fs::rename(world.home.config_path(), other.join("config")).unwrap();
    let absolute = other.join("config").display().to_string();
    let without_drive = absolute.split_once(':').unwrap().1.to_owned();
    for path in [
        absolute.clone(),
        absolute.replace('\\', "/"),
        absolute.to_uppercase(),
        format!(r"\\?\{absolute}"),
        format!(r"\\.\{absolute}"),
        without_drive,
        format!(r"{}my settings\config", &absolute[..2]),
        r"my settings\config".to_owned(),
        r"~\my settings\config".to_owned(),
        "~/my settings/config".to_owned(),
    ] {
        world.home.env("AWS_CONFIG_FILE", &path);
        let output = world.run(&[]);
        assert_eq!((output.status, output.stderr.as_str()), (0, ""), "{path}");
    }
    assert_eq!(world.fetches(), 1);
    world.home.env("AWS_CONFIG_FILE", r"Q:\config");
    failed(&world.run(&[]), 2);
}

#[test]
fn names_that_windows_keeps_for_devices_are_no_problem() {
    let mut world = World::signed_in();
    world.home.env("AWS_SHARED_CREDENTIALS_FILE", "NUL");
    answered(&world.run(&[]));
    world.home.write_config(&CONFIG.replace("profile dev", "profile nul"));
    answered(&world.home.run(&["--profile", "nul"]));
}

#[test]
fn a_device_in_the_place_of_the_config_is_an_error() {
    let mut world = World::signed_in();
    for device in ["CON", r"\\.\NUL", r"C:\a<b>|c", r"\\nowhere\share\config"] {
        world.home.env("AWS_CONFIG_FILE", device);
        let lines = failed(&world.run(&[]), 2);
        assert!(lines[0].contains(device), "{lines:?}");
    }
}

#[test]
fn sessions_and_profiles_may_have_names_that_no_file_can_have() {
    for name in ["CON", "a:b", "x*?<>|."] {
        let world = World::new();
        let config = CONFIG.replace("profile dev", &format!("profile {name}"));
        world.home.write_config(
            &config.replace("corp]", &format!("{name}]")).replace("= corp\n", &format!("= {name}\n")),
        );
        world.aws.auto_approve(0);
        let login = ["login", "--sso-session", name, "--use-device-code", "--no-browser"];
        assert_eq!(world.home.run(&login).status, 0, "{name}");
        answered(&world.home.run(&["--profile", name]));
        answered(&world.home.run(&["--profile", name]));
        assert_eq!(world.fetches(), 1, "{name}");
        assert_eq!(world.home.run(&["logout", "--sso-session", name]).status, 0, "{name}");
        assert!(!world.home.token_path(name).exists(), "{name}");
    }
}
