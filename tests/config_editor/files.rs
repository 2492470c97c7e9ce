//! Files on the disk: what is written, and what is left alone.

use std::fs;
use std::time::{Duration, SystemTime};

use crate::home::{CONFIG, Home, dev};

#[test]
fn a_preview_shows_the_change_and_writes_nothing() {
    let home = Home::new();
    let shown = home.preview(|document| document.set(&dev(), "region", "eu-west-1")).unwrap();
    let expected = "--- ~/.aws/config\n+++ ~/.aws/config\n@@ -1,3 +1,3 @@\n # mine\n [profile dev]\n-region = us-east-1\n\
                    +region = eu-west-1\n";
    assert_eq!(shown.unified_diff().replace('\\', "/"), expected);
    assert!(!shown.is_unchanged() && !shown.is_new_file() && shown.backup().is_none());
    assert_eq!((home.text().as_str(), home.names()), (CONFIG, vec!["config".to_owned()]));
    assert!(!home.state().exists());
}

#[test]
fn the_file_before_the_change_is_kept_beside_it() {
    let home = Home::new();
    let edited = home.set_region("eu-west-1").unwrap();
    assert_eq!(edited.backup().unwrap().file_name().unwrap(), "config.aws-sso-cred.bak");
    assert_eq!(home.text(), CONFIG.replace("us-east-1", "eu-west-1"));
    assert_eq!(fs::read_to_string(home.backup()).unwrap(), CONFIG);
    home.set_region("eu-west-2").unwrap();
    assert_eq!(fs::read_to_string(home.backup()).unwrap(), CONFIG.replace("us-east-1", "eu-west-1"));
    assert_eq!(home.names(), ["config", "config.aws-sso-cred.bak"]);
}

#[test]
fn a_file_that_is_as_it_should_be_is_not_touched() {
    let home = Home::new();
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    fs::File::options().write(true).open(home.config()).unwrap().set_modified(long_ago).unwrap();
    let before = fs::metadata(home.config()).unwrap();
    let edited = home.set_region("us-east-1").unwrap();
    assert!(edited.is_unchanged() && edited.backup().is_none() && edited.unified_diff().is_empty());
    let after = fs::metadata(home.config()).unwrap();
    assert_eq!(after.modified().unwrap(), long_ago);
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        assert_eq!((after.ino(), after.ctime_nsec()), (before.ino(), before.ctime_nsec()));
    }
    let _ = before;
    assert_eq!(home.names(), ["config"]);
    assert!(!home.state().exists(), "no lock is taken");
}

#[test]
fn without_a_file_a_new_one_is_made() {
    let home = Home::empty();
    let edited = home.set_region("eu-west-1").unwrap();
    assert!(edited.is_new_file() && edited.backup().is_none());
    assert!(edited.unified_diff().starts_with("--- /dev/null\n+++ ~"), "{}", edited.unified_diff());
    assert_eq!(home.text(), "[profile dev]\nregion = eu-west-1\n");
    assert_eq!(home.names(), ["config"]);
}

#[test]
fn nothing_is_made_without_a_change() {
    let home = Home::empty();
    assert!(home.edit(None, |document| document.remove_section(&dev())).unwrap().is_unchanged());
    assert!(!home.aws().exists());
}

#[test]
fn a_change_elsewhere_after_the_question_does_not_matter() {
    let home = Home::new();
    let confirmed = home.preview(|document| document.set(&dev(), "region", "eu-west-1")).unwrap();
    let meanwhile = format!("[default]\noutput = json\n\n{CONFIG}\n[profile other]\n");
    fs::write(home.config(), &meanwhile).unwrap();
    home.edit(Some(&confirmed), |document| document.set(&dev(), "region", "eu-west-1")).unwrap();
    assert_eq!(home.text(), meanwhile.replace("us-east-1", "eu-west-1"));
}

#[test]
fn another_change_than_the_confirmed_one_is_not_made() {
    let home = Home::new();
    let confirmed = home.preview(|document| document.set(&dev(), "region", "eu-west-1")).unwrap();
    let meanwhile = CONFIG.replace("us-east-1", "us-east-2");
    fs::write(home.config(), &meanwhile).unwrap();
    let error =
        home.edit(Some(&confirmed), |document| document.set(&dev(), "region", "eu-west-1")).unwrap_err();
    assert_eq!(error.exit_code(), 2);
    assert!(error.to_string().contains("has changed since you confirmed the change"), "{error}");
    assert_eq!((home.text(), home.names()), (meanwhile, vec!["config".to_owned()]));
}

#[test]
fn a_plan_that_fails_changes_nothing() {
    let home = Home::new();
    let failed = home.edit(None, |document| {
        document.set(&dev(), "region", "eu-west-1")?;
        document.set(&dev(), "output", "not # this")
    });
    assert_eq!(failed.unwrap_err().exit_code(), 2);
    assert_eq!((home.text().as_str(), home.names()), (CONFIG, vec!["config".to_owned()]));
}

#[test]
fn temporary_files_of_killed_processes_are_removed_after_a_minute() {
    let home = Home::new();
    let old = home.aws().join("config.1-0123456789abcdef.aws-sso-cred.tmp");
    let new = home.aws().join("config.2-0123456789abcdef.aws-sso-cred.tmp");
    for path in [&old, &new] {
        fs::write(path, "half").unwrap();
    }
    let two_minutes_ago = SystemTime::now() - Duration::from_secs(120);
    fs::File::options().write(true).open(&old).unwrap().set_modified(two_minutes_ago).unwrap();
    home.set_region("eu-west-1").unwrap();
    assert!(!old.exists() && new.exists());
}

#[cfg(unix)]
mod unix {
    use std::fs;
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
    use std::path::Path;

    use crate::home::{CONFIG, Home, dev};

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().mode() & 0o7777
    }

    #[test]
    fn the_mode_stays_and_what_is_new_is_private() {
        for before in [0o600, 0o644, 0o640, 0o664, 0o666, 0o700] {
            let home = Home::new();
            fs::set_permissions(home.config(), fs::Permissions::from_mode(before)).unwrap();
            home.set_region("eu-west-1").unwrap();
            assert_eq!((mode(&home.config()), mode(&home.backup())), (before, 0o600), "{before:o}");
        }
        let home = Home::empty();
        home.set_region("eu-west-1").unwrap();
        assert_eq!((mode(&home.config()), mode(&home.aws())), (0o600, 0o700));
    }

    /// `config`, which leads over links to a file in a repository.
    fn linked(links: &[(&str, &str)]) -> Home {
        let home = Home::empty();
        for directory in [home.aws(), home.path().join("dotfiles/aws")] {
            fs::create_dir_all(directory).unwrap();
        }
        for (link, target) in links {
            symlink(target, home.path().join(link)).unwrap();
        }
        home
    }

    #[test]
    fn links_stay_and_their_target_is_changed() {
        let cases: [&[(&str, &str)]; 3] = [
            &[(".aws/config", "../dotfiles/aws/config")],
            &[(".aws/config", "one"), (".aws/one", "../two"), ("two", "dotfiles/aws/config")],
            &[(".aws/config", "../elsewhere/config"), ("elsewhere", "dotfiles/aws")],
        ];
        for links in cases {
            let home = linked(links);
            let target = home.path().join("dotfiles/aws/config");
            fs::write(&target, CONFIG).unwrap();
            home.set_region("eu-west-1").unwrap();
            assert_eq!(fs::read_to_string(&target).unwrap(), CONFIG.replace("us-east-1", "eu-west-1"));
            for (link, to) in links {
                assert_eq!(fs::read_link(home.path().join(link)).unwrap(), Path::new(to), "{link}");
            }
            assert!(
                home.path().join("dotfiles/aws/config.aws-sso-cred.bak").exists(),
                "beside the real file"
            );
        }
    }

    #[test]
    fn a_link_to_a_file_that_is_not_there_yet_stays() {
        let home = linked(&[(".aws/config", "one"), (".aws/one", "../dotfiles/aws/config")]);
        home.set_region("eu-west-1").unwrap();
        assert!(fs::symlink_metadata(home.config()).unwrap().is_symlink());
        let target = home.path().join("dotfiles/aws/config");
        assert_eq!(fs::read_to_string(&target).unwrap(), "[profile dev]\nregion = eu-west-1\n");
        assert_eq!(mode(&target), 0o600);
    }

    #[test]
    fn what_is_no_file_is_refused_by_name() {
        let home = Home::empty();
        fs::create_dir_all(home.config()).unwrap();
        let error = home.set_region("x").unwrap_err().to_string();
        assert!(error.contains("cannot read ~/.aws/config: is a directory"), "{error}");

        for (target, why) in [("/dev/null", "is not a regular file"), ("config", "cannot read ~/.aws/config")]
        {
            let home = linked(&[(".aws/config", target)]);
            let error = home.set_region("x").unwrap_err().to_string();
            assert!(error.contains(why), "{error}");
            assert_eq!(home.names(), ["config"]);
        }
    }

    #[test]
    fn a_directory_in_the_place_of_the_backup_is_named_and_nothing_is_lost() {
        let home = Home::new();
        fs::create_dir(home.backup()).unwrap();
        let error = home.set_region("eu-west-1").unwrap_err();
        assert_eq!(
            error.to_string(),
            "aws-sso-cred: cannot change ~/.aws/config\n~/.aws/config.aws-sso-cred.bak is a directory\n\
             hint: run `mv ~/.aws/config.aws-sso-cred.bak ~/.aws/config.aws-sso-cred.bak.old`, then run this again"
        );
        assert_eq!(home.text(), CONFIG);
        assert_eq!(home.names(), ["config", "config.aws-sso-cred.bak"]);
    }

    #[test]
    fn a_backup_replaces_a_link_and_not_what_the_link_leads_to() {
        let home = Home::new();
        let other = home.path().join("precious");
        fs::write(&other, "precious").unwrap();
        symlink(&other, home.backup()).unwrap();
        home.edit(None, |document| document.set(&dev(), "region", "x")).unwrap();
        assert_eq!(fs::read_to_string(&other).unwrap(), "precious");
        assert!(fs::symlink_metadata(home.backup()).unwrap().is_file());
    }
}
