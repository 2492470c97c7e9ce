//! How large a cache file may be, and what the debug log says of one that gives nothing.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test")]

use std::fs;

use aws_sso_cred::cache::{Miss, read_small};

#[test]
fn a_file_of_one_mebibyte_is_read_and_a_larger_one_is_not() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("file");
    fs::write(&path, vec![b'x'; 1 << 20]).unwrap();
    assert_eq!(read_small(&path).unwrap().len(), 1 << 20);
    fs::write(&path, vec![b'x'; (1 << 20) + 1]).unwrap();
    assert_eq!(read_small(&path), Err(Miss::Unusable("larger than 1 MiB".to_owned())));
}

#[test]
fn a_miss_is_told_in_words() {
    assert_eq!(Miss::Absent.to_string(), "absent");
    assert_eq!(Miss::Unusable("it ends early".to_owned()).to_string(), "unusable: it ends early");
}
