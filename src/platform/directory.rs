//! A directory that only this user can change, opened once. Its files are opened, renamed and removed
//! relative to its descriptor (Unix).

use std::io;

pub(super) use os::Directory;

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

    use super::refusal;
    use crate::platform::files::{create_private_directories, owner_of, with_private_umask};

    const OPEN: OFlags = OFlags::NOFOLLOW.union(OFlags::CLOEXEC);

    #[derive(Debug)]
    pub(in crate::platform) struct Directory(OwnedFd);

    impl Directory {
        pub(in crate::platform) fn at(path: &Path) -> io::Result<Self> {
            Self::checked(rustix::fs::open(path, OPEN | OFlags::DIRECTORY, Mode::empty()))
        }

        /// When root runs this program, no directory is created in another user's home: that user
        /// could not write to it.
        pub(in crate::platform) fn create(path: &Path) -> io::Result<Self> {
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

        pub(in crate::platform) fn try_clone(&self) -> io::Result<Self> {
            Ok(Self(rustix::io::fcntl_dupfd_cloexec(&self.0, 0)?))
        }

        pub(in crate::platform) fn subdirectory(&self, name: &str, create: bool) -> io::Result<Self> {
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

        fn open_file(&self, name: &str, flags: OFlags) -> io::Result<File> {
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

        pub(in crate::platform) fn open(&self, name: &str) -> io::Result<File> {
            self.open_file(name, OFlags::RDONLY)
        }

        pub(in crate::platform) fn open_lock(&self, name: &str) -> io::Result<File> {
            with_private_umask(|| self.open_file(name, OFlags::RDWR | OFlags::CREATE))
        }

        pub(in crate::platform) fn create_new(&self, name: &str) -> io::Result<File> {
            with_private_umask(|| self.open_file(name, OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL))
        }

        pub(in crate::platform) fn rename(&self, from: &str, to: &str) -> io::Result<()> {
            Ok(rustix::fs::renameat(&self.0, from, &self.0, to)?)
        }

        pub(in crate::platform) fn remove(&self, name: &str) -> io::Result<()> {
            Ok(rustix::fs::unlinkat(&self.0, name, AtFlags::empty())?)
        }

        pub(in crate::platform) fn names(&self) -> io::Result<Vec<String>> {
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
    use crate::platform::in_use::{open_patiently, remove_file, rename};

    #[derive(Debug)]
    pub(in crate::platform) struct Directory(PathBuf);

    impl Directory {
        pub(in crate::platform) fn at(path: &Path) -> io::Result<Self> {
            if fs::symlink_metadata(path)?.is_dir() {
                return Ok(Self(path.to_owned()));
            }
            Err(refusal("it is not a directory, or it is a link"))
        }

        pub(in crate::platform) fn create(path: &Path) -> io::Result<Self> {
            fs::create_dir_all(path)?;
            Self::at(path)
        }

        #[expect(clippy::unnecessary_wraps, reason = "it can fail on other systems")]
        pub(in crate::platform) fn try_clone(&self) -> io::Result<Self> {
            Ok(Self(self.0.clone()))
        }

        pub(in crate::platform) fn subdirectory(&self, name: &str, create: bool) -> io::Result<Self> {
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
                _ => open_patiently(|| options.open(&path)),
            }
        }

        pub(in crate::platform) fn open(&self, name: &str) -> io::Result<File> {
            self.open_file(name, OpenOptions::new().read(true))
        }

        pub(in crate::platform) fn open_lock(&self, name: &str) -> io::Result<File> {
            self.open_file(name, OpenOptions::new().read(true).write(true).create(true).truncate(false))
        }

        pub(in crate::platform) fn create_new(&self, name: &str) -> io::Result<File> {
            self.open_file(name, OpenOptions::new().write(true).create_new(true))
        }

        pub(in crate::platform) fn rename(&self, from: &str, to: &str) -> io::Result<()> {
            rename(&self.0.join(from), &self.0.join(to))
        }

        pub(in crate::platform) fn remove(&self, name: &str) -> io::Result<()> {
            remove_file(&self.0.join(name))
        }

        pub(in crate::platform) fn names(&self) -> io::Result<Vec<String>> {
            let entries = fs::read_dir(&self.0)?.flatten();
            Ok(entries.filter_map(|entry| entry.file_name().into_string().ok()).collect())
        }
    }
}
