//! Files that cannot be changed, and root in the home of another user.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, lchown, symlink};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::child::{as_child, command};
use crate::home::{CONFIG, Home};

/// The user id of `nobody`.
const USER: u32 = 65534;

/// Whether files of another user can be made. If not, that is written past the capture of the output.
fn is_root() -> bool {
    let is_root = rustix::process::geteuid().is_root();
    if !is_root {
        let _ = writeln!(
            std::io::stderr(),
            "not root: no file can be given to another user, so this is not tested"
        );
    }
    is_root
}

/// Gives the home and everything in it to the ordinary user.
fn give_away(home: &Home) {
    let owner = format!("{USER}:{USER}");
    assert!(Command::new("chown").args(["-R", &owner]).arg(home.path()).status().unwrap().success());
}

/// Edits as the ordinary user, if the tests run as root.
fn edit_as_user(home: &Home) -> Output {
    // The ordinary user may have no access to the build directory.
    let program = home.path().join("editor");
    assert!(
        Command::new("cp").arg(std::env::current_exe().unwrap()).arg(&program).status().unwrap().success()
    );
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = Command::new(&program);
    as_child(&mut command, home.path(), "dev", 1);
    if rustix::process::geteuid().is_root() {
        command.uid(USER).gid(USER);
    }
    command.current_dir("/").stderr(Stdio::piped()).output().unwrap()
}

#[track_caller]
fn assert_refused(home: &Home, output: &Output, text: &str) {
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(error.contains(text), "{error}");
    assert_eq!(output.status.code(), Some(5), "{error}");
    assert!(home.names().iter().all(|name| !name.contains(".tmp")), "{:?}", home.names());
}

#[test]
fn a_read_only_file_and_a_closed_directory_are_named() {
    let home = Home::new();
    give_away_if_root(&home);
    fs::set_permissions(home.config(), fs::Permissions::from_mode(0o400)).unwrap();
    assert_refused(
        &home,
        &edit_as_user(&home),
        "cannot change ~/.aws/config: its permissions do not allow it\nhint: run `chmod -R u+rwX ~/.aws/config`",
    );
    fs::set_permissions(home.config(), fs::Permissions::from_mode(0o600)).unwrap();
    fs::set_permissions(home.aws(), fs::Permissions::from_mode(0o500)).unwrap();
    assert_refused(
        &home,
        &edit_as_user(&home),
        "cannot change ~/.aws/config\nthe permissions of ~/.aws do not allow it\nhint: run `chmod -R u+rwX ~/.aws`",
    );
    fs::set_permissions(home.aws(), fs::Permissions::from_mode(0o700)).unwrap();
    assert_eq!(home.text(), CONFIG);
    assert!(edit_as_user(&home).status.success());
}

fn give_away_if_root(home: &Home) {
    if rustix::process::geteuid().is_root() {
        give_away(home);
    }
}

#[test]
fn a_file_of_another_user_stays_that_users() {
    if !is_root() {
        return;
    }
    let home = Home::new();
    give_away(&home);
    lchown(home.config(), Some(0), Some(0)).unwrap();
    let text =
        "cannot change ~/.aws/config: it belongs to root\nhint: run `sudo chown -R \"$USER\" ~/.aws/config`";
    assert_refused(&home, &edit_as_user(&home), text);
    assert_eq!((home.text().as_str(), fs::metadata(home.config()).unwrap().uid()), (CONFIG, 0));
}

#[test]
fn a_full_disk_leaves_the_file_and_no_other() {
    let home = Home::new();
    fs::write(home.config(), format!("{CONFIG}{}", "# long\n".repeat(2000))).unwrap();
    let before = home.text();
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", "ulimit -f 8; exec \"$0\" \"$@\""]).arg(std::env::current_exe().unwrap());
    as_child(&mut shell, home.path(), "dev", 1);
    let output = shell.stderr(Stdio::piped()).output().unwrap();
    assert_refused(&home, &output, "the limit of file sizes (`ulimit -f`) is too low");
    assert_eq!((home.text(), home.names()), (before, vec!["config".to_owned()]));
}

#[test]
fn root_leaves_the_files_of_a_users_home_to_the_user() {
    if !is_root() {
        return;
    }
    let home = Home::new();
    give_away(&home);
    assert!(command(home.path(), "dev", 1).status().unwrap().success());
    for path in [home.config(), home.backup()] {
        let found = fs::metadata(&path).unwrap();
        assert_eq!((found.uid(), found.gid()), (USER, USER), "{}", path.display());
    }
    let empty = Home::empty();
    give_away(&empty);
    assert!(command(empty.path(), "dev", 1).status().unwrap().success());
    for path in [empty.aws(), empty.config()] {
        assert_eq!(fs::metadata(&path).unwrap().uid(), USER, "{}", path.display());
    }
}

#[test]
fn root_does_not_follow_a_users_link_to_a_file_of_root() {
    if !is_root() {
        return;
    }
    let roots = tempfile::tempdir().unwrap();
    for is_there in [true, false] {
        let home = Home::empty();
        fs::create_dir(home.aws()).unwrap();
        give_away(&home);
        let target = roots.path().join("precious");
        if is_there {
            fs::write(&target, CONFIG).unwrap();
        } else {
            fs::remove_file(&target).unwrap();
        }
        symlink(&target, home.config()).unwrap();
        lchown(home.config(), Some(USER), Some(USER)).unwrap();
        let output = command(home.path(), "dev", 1).stderr(Stdio::piped()).output().unwrap();
        assert_refused(&home, &output, "root does not follow this link");
        assert_eq!(read(&target), is_there.then(|| CONFIG.to_owned()));
        assert_eq!(fs::read_dir(roots.path()).unwrap().count(), usize::from(is_there));
    }
}

fn read(path: &Path) -> Option<String> {
    fs::read_to_string(path).ok()
}
