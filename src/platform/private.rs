//! This program's own directory, which no other user can change, and the files in it.
//!
//! The directory is opened once, and its files are opened relative to its descriptor: another
//! user cannot redirect a file with a link. A directory that is a link, belongs to another user or
//! can be written by other users is refused.
//!
//! The files of the AWS caches are not opened this way: see `files`.

use std::cell::OnceCell;
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

use super::replacing::temporary_name;

/// The root of this program's own files. It is opened at the first use, and created at the first
/// write.
#[derive(Debug)]
pub struct PrivateDirectory {
    path: PathBuf,
    opened: OnceCell<Result<os::Directory, Refused>>,
}

/// Why an existing directory is not used: the kind of error, and the message.
#[derive(Debug, Clone)]
struct Refused(io::ErrorKind, String);

impl From<&Refused> for io::Error {
    fn from(Refused(kind, words): &Refused) -> Self {
        Self::new(*kind, words.clone())
    }
}

impl PrivateDirectory {
    /// The directory at `path`, which need not exist. Nothing is opened yet.
    pub fn at(path: PathBuf) -> Rc<Self> {
        Rc::new(Self { path, opened: OnceCell::new() })
    }

    /// The path of the directory.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Why an existing directory cannot be used; `None` if it can, or does not exist yet.
    pub fn refusal(&self) -> Option<String> {
        match self.open(false) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Some(error.to_string()),
            _ => None,
        }
    }

    fn open(&self, create: bool) -> io::Result<&os::Directory> {
        if self.opened.get().is_none() {
            let opened = match os::Directory::at(&self.path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    if !create {
                        return Err(error);
                    }
                    os::Directory::create(&self.path)
                }
                opened => opened,
            };
            let _ = self.opened.set(opened.map_err(|error| Refused(error.kind(), error.to_string())));
        }
        match self.opened.get() {
            Some(Ok(directory)) => Ok(directory),
            Some(Err(refused)) => Err(refused.into()),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    /// The directory that the path `name` below this one leads to, and the last part of `name`.
    fn parent_of<'n>(&self, name: &'n str, create: bool) -> io::Result<(os::Directory, &'n str)> {
        let mut directory = self.open(create)?.try_clone()?;
        let (directories, last) = name.rsplit_once('/').unwrap_or(("", name));
        for part in directories.split('/').filter(|part| !part.is_empty()) {
            directory = directory.subdirectory(part, create)?;
        }
        Ok((directory, last))
    }
}

/// A file below a [`PrivateDirectory`]. It need not exist.
#[derive(Debug, Clone)]
pub struct PrivateFile {
    directory: Rc<PrivateDirectory>,
    name: String,
}

impl PrivateFile {
    /// `name` is a path of plain names below `directory`, with `/` between them.
    pub fn new(directory: &Rc<PrivateDirectory>, name: String) -> Self {
        Self { directory: Rc::clone(directory), name }
    }

    /// The path of the file, for messages.
    pub fn path(&self) -> PathBuf {
        self.directory.path.join(&self.name)
    }

    /// The bytes of the file.
    ///
    /// # Errors
    /// The system's error, [`io::ErrorKind::PermissionDenied`] for anything but a regular file of this
    /// user, and [`io::ErrorKind::FileTooLarge`] for more than `most` bytes.
    pub fn read(&self, most: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::with_capacity(1024);
        let file = self.open()?;
        file.take(most + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > most { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(bytes) }
    }

    fn open(&self) -> io::Result<File> {
        let (directory, name) = self.directory.parent_of(&self.name, false)?;
        directory.open(name)
    }

    /// Replaces the file at once and whole, with mode 0600.
    ///
    /// # Errors
    /// The system's error.
    pub fn write(&self, text: &str) -> io::Result<()> {
        let (directory, name) = self.directory.parent_of(&self.name, true)?;
        let temporary = temporary_name(name);
        let written = directory
            .create_new(&temporary)
            .and_then(|mut file| file.write_all(text.as_bytes()))
            .and_then(|()| directory.rename(&temporary, name));
        if written.is_err() {
            let _ = directory.remove(&temporary);
        }
        written
    }

    /// Removes the file; `false` if there was none.
    ///
    /// # Errors
    /// The system's error.
    pub fn remove(&self) -> io::Result<bool> {
        let removed =
            self.directory.parent_of(&self.name, false).and_then(|(directory, name)| directory.remove(name));
        match removed {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Opens the file for locking. It is created if it is missing, and its bytes are kept.
    ///
    /// # Errors
    /// The system's error.
    pub fn open_lock(&self) -> io::Result<File> {
        let (directory, name) = self.directory.parent_of(&self.name, true)?;
        directory.open_lock(name)
    }

    /// How long ago the file was modified; `None` if there is none.
    #[expect(clippy::disallowed_methods, reason = "file times are the wall clock's")]
    pub fn age(&self) -> Option<Duration> {
        self.open().ok()?.metadata().ok()?.modified().ok()?.elapsed().ok()
    }

    /// Whether there is a regular file of this user.
    pub fn exists(&self) -> bool {
        self.open().is_ok()
    }

    /// The names in the directory of this name; none if it is missing or refused.
    pub fn names(&self) -> Vec<String> {
        let with_slash = format!("{}/", self.name.trim_end_matches('/'));
        let listed =
            self.directory.parent_of(&with_slash, false).and_then(|(directory, _)| directory.names());
        listed.unwrap_or_default()
    }
}

fn refusal(reason: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::PermissionDenied, reason.into())
}

#[cfg(unix)]
mod os {
    use std::ffi::CStr;
    use std::fs::File;
    use std::io;
    use std::os::fd::OwnedFd;
    use std::path::Path;

    use rustix::fs::{AtFlags, CWD, Dir, FileType, Mode, OFlags, Stat};
    use rustix::io::Errno;
    use rustix::process::geteuid;

    use super::super::files::{create_private_directories, owner_of, with_private_umask};
    use super::refusal;

    const OPEN: OFlags = OFlags::NOFOLLOW.union(OFlags::CLOEXEC);

    #[derive(Debug)]
    pub(super) struct Directory(OwnedFd);

    impl Directory {
        pub(super) fn at(path: &Path) -> io::Result<Self> {
            Self::checked(rustix::fs::open(path, OPEN | OFlags::DIRECTORY, Mode::empty()))
        }

        /// When root runs this program, no directory is created in another user's home: that user
        /// could not write to it.
        pub(super) fn create(path: &Path) -> io::Result<Self> {
            let nearest = path.ancestors().skip(1).find_map(owner_of);
            if geteuid().is_root() && nearest.is_some_and(|owner| owner != 0) {
                return Err(refusal("it would lie in the directory of another user"));
            }
            if let Some(parent) = path.parent() {
                create_private_directories(parent)?;
            }
            unless_it_exists(with_private_umask(|| rustix::fs::mkdirat(CWD, path, Mode::RWXU)))?;
            Self::at(path)
        }

        pub(super) fn try_clone(&self) -> io::Result<Self> {
            Ok(Self(rustix::io::fcntl_dupfd_cloexec(&self.0, 0)?))
        }

        pub(super) fn subdirectory(&self, name: &str, create: bool) -> io::Result<Self> {
            if create {
                unless_it_exists(with_private_umask(|| rustix::fs::mkdirat(&self.0, name, Mode::RWXU)))?;
            }
            Self::checked(rustix::fs::openat(&self.0, name, OPEN | OFlags::DIRECTORY, Mode::empty()))
        }

        fn checked(opened: Result<OwnedFd, Errno>) -> io::Result<Self> {
            let descriptor = match opened {
                Err(Errno::LOOP | Errno::NOTDIR) => {
                    return Err(refusal("it is not a directory, or it is a link"));
                }
                opened => opened?,
            };
            let stat = rustix::fs::fstat(&descriptor)?;
            ensure_owned(&stat)?;
            if Mode::from_raw_mode(stat.st_mode).intersects(Mode::WGRP | Mode::WOTH) {
                return Err(refusal("other users can write to it"));
            }
            Ok(Self(descriptor))
        }

        pub(super) fn open_file(&self, name: &str, flags: OFlags) -> io::Result<File> {
            // Without NONBLOCK, opening a FIFO would wait for its other end.
            let flags = OPEN | OFlags::NONBLOCK | flags;
            let descriptor = rustix::fs::openat(&self.0, name, flags, Mode::RUSR | Mode::WUSR)?;
            let stat = rustix::fs::fstat(&descriptor)?;
            ensure_owned(&stat)?;
            match FileType::from_raw_mode(stat.st_mode) {
                FileType::RegularFile => Ok(File::from(descriptor)),
                _ => Err(refusal("it is not a regular file")),
            }
        }

        pub(super) fn open(&self, name: &str) -> io::Result<File> {
            self.open_file(name, OFlags::RDONLY)
        }

        pub(super) fn open_lock(&self, name: &str) -> io::Result<File> {
            with_private_umask(|| self.open_file(name, OFlags::RDWR | OFlags::CREATE))
        }

        pub(super) fn create_new(&self, name: &str) -> io::Result<File> {
            with_private_umask(|| self.open_file(name, OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL))
        }

        pub(super) fn rename(&self, from: &str, to: &str) -> io::Result<()> {
            Ok(rustix::fs::renameat(&self.0, from, &self.0, to)?)
        }

        pub(super) fn remove(&self, name: &str) -> io::Result<()> {
            Ok(rustix::fs::unlinkat(&self.0, name, AtFlags::empty())?)
        }

        pub(super) fn names(&self) -> io::Result<Vec<String>> {
            let text = |name: &CStr| name.to_str().ok().map(str::to_owned);
            let entries = Dir::read_from(&self.0)?.flatten();
            let names = entries.filter_map(|entry| text(entry.file_name()));
            Ok(names.filter(|name| name != "." && name != "..").collect())
        }
    }

    fn ensure_owned(stat: &Stat) -> io::Result<()> {
        match stat.st_uid {
            owner if owner == geteuid().as_raw() => Ok(()),
            owner => Err(refusal(format!("it belongs to user {owner}"))),
        }
    }

    fn unless_it_exists(result: Result<(), Errno>) -> io::Result<()> {
        match result {
            Err(Errno::EXIST) => Ok(()),
            result => Ok(result?),
        }
    }
}

/// Windows: the access list of the local application data directory lets only the user in, and
/// new files inherit it. Only links are refused.
#[cfg(not(unix))]
mod os {
    use std::fs::{self, File, OpenOptions};
    use std::io;
    use std::path::{Path, PathBuf};

    use super::refusal;

    #[derive(Debug)]
    pub(super) struct Directory(PathBuf);

    impl Directory {
        pub(super) fn at(path: &Path) -> io::Result<Self> {
            if fs::symlink_metadata(path)?.is_dir() {
                return Ok(Self(path.to_owned()));
            }
            Err(refusal("it is not a directory, or it is a link"))
        }

        pub(super) fn create(path: &Path) -> io::Result<Self> {
            fs::create_dir_all(path)?;
            Self::at(path)
        }

        #[expect(clippy::unnecessary_wraps, reason = "it can fail on other systems")]
        pub(super) fn try_clone(&self) -> io::Result<Self> {
            Ok(Self(self.0.clone()))
        }

        pub(super) fn subdirectory(&self, name: &str, create: bool) -> io::Result<Self> {
            let path = self.0.join(name);
            match Self::at(&path) {
                Err(error) if create && error.kind() == io::ErrorKind::NotFound => Self::create(&path),
                opened => opened,
            }
        }

        fn open_file(&self, name: &str, options: &OpenOptions) -> io::Result<File> {
            let path = self.0.join(name);
            match fs::symlink_metadata(&path) {
                Ok(found) if !found.is_file() => Err(refusal("it is not a regular file")),
                _ => options.open(path),
            }
        }

        pub(super) fn open(&self, name: &str) -> io::Result<File> {
            self.open_file(name, OpenOptions::new().read(true))
        }

        pub(super) fn open_lock(&self, name: &str) -> io::Result<File> {
            self.open_file(name, OpenOptions::new().read(true).write(true).create(true).truncate(false))
        }

        pub(super) fn create_new(&self, name: &str) -> io::Result<File> {
            self.open_file(name, OpenOptions::new().write(true).create_new(true))
        }

        pub(super) fn rename(&self, from: &str, to: &str) -> io::Result<()> {
            fs::rename(self.0.join(from), self.0.join(to))
        }

        pub(super) fn remove(&self, name: &str) -> io::Result<()> {
            fs::remove_file(self.0.join(name))
        }

        pub(super) fn names(&self) -> io::Result<Vec<String>> {
            let entries = fs::read_dir(&self.0)?.flatten();
            Ok(entries.filter_map(|entry| entry.file_name().into_string().ok()).collect())
        }
    }
}
