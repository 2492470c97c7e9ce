//! The processes that led to this one: its parent, the parent of that, and so on.
//!
//! Only ids and names are read, never a command line, which may hold secrets.

/// The id and the name of a process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ancestor {
    /// The process id.
    pub id: u32,
    /// The name of the program as the system shows it. It may hold any characters.
    pub name: String,
}

/// The parent of this process first, and at most `most` processes. The list ends where the system says
/// no more.
pub fn ancestors(most: usize) -> Vec<Ancestor> {
    os::ancestors(most)
}

/// Follows `parent_of`, which gives the name of a process and the id of its parent, from the process `id`.
#[cfg(any(target_os = "linux", target_os = "macos"))]
fn walk(most: usize, mut id: u32, parent_of: impl Fn(u32) -> Option<(String, u32)>) -> Vec<Ancestor> {
    let mut found = Vec::new();
    while found.len() < most && id != 0 {
        let Some((name, parent)) = parent_of(id) else { break };
        found.push(Ancestor { id, name });
        id = parent;
    }
    found
}

#[cfg(target_os = "linux")]
mod os {
    use super::Ancestor;
    use std::fs::File;
    use std::io::Read as _;

    /// In a process namespace that sees the outer `/proc` (`unshare --pid`), the ids of `/proc` are not
    /// those that system calls give. Therefore the parent is the one that `/proc` itself names.
    pub(super) fn ancestors(most: usize) -> Vec<Ancestor> {
        let (_, parent) = name_and_parent("self").unwrap_or_default();
        super::walk(most, parent, |process| name_and_parent(&process.to_string()))
    }

    fn name_and_parent(process: &str) -> Option<(String, u32)> {
        const LONGEST: u64 = 1024;
        let mut stat = Vec::new();
        File::open(format!("/proc/{process}/stat")).ok()?.take(LONGEST).read_to_end(&mut stat).ok()?;
        parse(&stat)
    }

    /// From `4711 (a name) S 1 …`. The name may hold any bytes, also `) S 1`.
    pub(super) fn parse(stat: &[u8]) -> Option<(String, u32)> {
        let begins = stat.iter().position(|byte| *byte == b'(')? + 1;
        let ends = stat.iter().rposition(|byte| *byte == b')')?;
        let name = String::from_utf8_lossy(stat.get(begins..ends)?).into_owned();
        let rest = std::str::from_utf8(stat.get(ends + 1..)?).ok()?;
        Some((name, rest.split_ascii_whitespace().nth(1)?.parse().ok()?))
    }
}

#[cfg(target_os = "macos")]
mod os {
    use super::Ancestor;

    pub(super) fn ancestors(most: usize) -> Vec<Ancestor> {
        super::walk(most, std::os::unix::process::parent_id(), name_and_parent)
    }

    #[expect(unsafe_code, reason = "the system has no safe interface for other processes")]
    fn name_and_parent(process: u32) -> Option<(String, u32)> {
        let size = size_of::<libc::proc_bsdinfo>();
        // SAFETY: the structure has integers and arrays of integers only, for which zeros are valid.
        let mut info: libc::proc_bsdinfo = unsafe { std::mem::zeroed() };
        let (id, length) = (i32::try_from(process).ok()?, i32::try_from(size).ok()?);
        // SAFETY: the buffer is as long as it is said to be, and lives longer than the call.
        let filled = unsafe {
            libc::proc_pidinfo(id, libc::PROC_PIDTBSDINFO, 0, (&raw mut info).cast::<libc::c_void>(), length)
        };
        if filled != length {
            return None;
        }
        let text = |letters: &[libc::c_char]| {
            let bytes = letters.iter().map(|letter| letter.to_ne_bytes()[0]);
            let bytes: Vec<u8> = bytes.take_while(|byte| *byte != 0).collect();
            String::from_utf8_lossy(&bytes).into_owned()
        };
        let name = Some(text(&info.pbi_name)).filter(|name| !name.is_empty());
        Some((name.unwrap_or_else(|| text(&info.pbi_comm)), info.pbi_ppid))
    }
}

#[cfg(windows)]
mod os {
    use super::Ancestor;
    use std::collections::HashMap;
    use windows_sys::Win32::Foundation::{CloseHandle, INVALID_HANDLE_VALUE};
    use windows_sys::Win32::System::Diagnostics::ToolHelp::{
        CreateToolhelp32Snapshot, PROCESSENTRY32W, Process32FirstW, Process32NextW, TH32CS_SNAPPROCESS,
    };

    /// Windows keeps the id of an ended parent, which another process may have by now: such an
    /// ancestor is wrong, and cannot be told from a right one.
    pub(super) fn ancestors(most: usize) -> Vec<Ancestor> {
        let processes = processes();
        let parent = |id: u32| processes.get(&id).map_or(0, |(parent, _)| *parent);
        let mut found: Vec<Ancestor> = Vec::new();
        let mut id = parent(std::process::id());
        while found.len() < most && id != 0 && !found.iter().any(|known| known.id == id) {
            let Some((_, name)) = processes.get(&id) else { break };
            found.push(Ancestor { id, name: name.clone() });
            id = parent(id);
        }
        found
    }

    /// Every process: its parent and its name.
    #[expect(unsafe_code, reason = "the system has no safe interface for other processes")]
    fn processes() -> HashMap<u32, (u32, String)> {
        let mut processes = HashMap::new();
        // SAFETY: the call takes two numbers, and gives a handle that is closed below.
        let snapshot = unsafe { CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0) };
        if snapshot == INVALID_HANDLE_VALUE {
            return processes;
        }
        // SAFETY: the structure has integers and arrays of integers only, for which zeros are valid.
        let mut entry: PROCESSENTRY32W = unsafe { std::mem::zeroed() };
        entry.dwSize = u32::try_from(size_of::<PROCESSENTRY32W>()).unwrap_or_default();
        // SAFETY: the handle is open, and the entry says its own size.
        let mut more = unsafe { Process32FirstW(snapshot, &raw mut entry) };
        while more != 0 {
            let length = entry.szExeFile.iter().position(|unit| *unit == 0);
            let name = String::from_utf16_lossy(&entry.szExeFile[..length.unwrap_or_default()]);
            processes.insert(entry.th32ProcessID, (entry.th32ParentProcessID, name));
            // SAFETY: as above.
            more = unsafe { Process32NextW(snapshot, &raw mut entry) };
        }
        // SAFETY: the handle is open, and is not used again.
        unsafe { CloseHandle(snapshot) };
        processes
    }
}

/// Not known on other systems.
#[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
mod os {
    use super::Ancestor;

    pub(super) fn ancestors(_most: usize) -> Vec<Ancestor> {
        Vec::new()
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_hold_parentheses_blanks_and_other_bytes() {
        let parse = |stat: &[u8]| os::parse(stat);
        assert_eq!(parse(b"7 (sh) S 1 7 7 0"), Some(("sh".to_owned(), 1)));
        assert_eq!(parse(b"7 (a) S 99 (b) R 42 7 7 0"), Some(("a) S 99 (b".to_owned(), 42)));
        assert_eq!(parse(b"7 (\x1b[31m\xff\n) S 3 7"), Some(("\u{1b}[31m\u{fffd}\n".to_owned(), 3)));
        assert_eq!(parse(b"7 () S 3 7"), Some((String::new(), 3)));
        for broken in [&b""[..], b"7 sh S 1", b"7 )sh( S 1", b"7 (sh)", b"7 (sh) S", b"7 (sh) S x"] {
            assert_eq!(parse(broken), None, "{broken:?}");
        }
    }

    #[test]
    fn the_first_ancestor_is_the_parent_and_the_chain_is_limited() {
        let found = ancestors(8);
        assert_eq!(found[0].id, std::os::unix::process::parent_id());
        assert!(!found[0].name.is_empty() && found.len() <= 8);
        assert_eq!(ancestors(1).len(), 1);
    }
}
