//! A program on a console of Windows of its own, as a terminal window would start it.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, PipeReader, PipeWriter, Read as _, Write as _};
use std::os::windows::ffi::OsStrExt as _;
use std::os::windows::io::{AsRawHandle as _, FromRawHandle as _, OwnedHandle};
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use windows_sys::Win32::Foundation::{HANDLE, WAIT_OBJECT_0};
use windows_sys::Win32::System::Console::{
    COORD, CTRL_C_EVENT, ClosePseudoConsole, CreatePseudoConsole, GetConsoleMode, HPCON,
    SetConsoleCtrlHandler,
};
use windows_sys::Win32::System::Threading::{
    CREATE_UNICODE_ENVIRONMENT, CreateProcessW, DeleteProcThreadAttributeList, EXTENDED_STARTUPINFO_PRESENT,
    GetExitCodeProcess, InitializeProcThreadAttributeList, PROC_THREAD_ATTRIBUTE_PSEUDOCONSOLE,
    PROCESS_INFORMATION, STARTF_USESTDHANDLES, STARTUPINFOEXW, TerminateProcess, UpdateProcThreadAttribute,
    WaitForSingleObject,
};
use windows_sys::core::BOOL;

/// A program on a console. It has no standard streams: see [`give_streams_of_the_console`].
#[derive(Debug)]
pub struct PseudoConsole {
    console: Option<HPCON>,
    process: OwnedHandle,
    keyboard: PipeWriter,
    written: Arc<Mutex<Vec<u8>>>,
    reader: Option<JoinHandle<()>>,
}

impl PseudoConsole {
    /// Starts the program with the arguments, the directory and the variables that `command` names.
    /// Of its arguments, those with a blank are put in quotes; more is not quoted.
    ///
    /// # Panics
    /// If the system has no such consoles, or cannot start the program.
    #[must_use]
    pub fn start(command: &Command) -> Self {
        let (input, keyboard) = io::pipe().expect("there are pipes");
        let (output, written_to) = io::pipe().expect("there are pipes");
        let console = create(&input, &written_to).expect("there are consoles");
        let process = start_on(console, command).expect("the program can be started");
        let written = Arc::default();
        let reader = Some(thread::spawn({
            let written = Arc::clone(&written);
            move || keep(output, &written)
        }));
        Self { console: Some(console), process, keyboard, written, reader }
    }

    /// Types a text: `\r` is Enter, `\x03` is Ctrl-C.
    ///
    /// # Panics
    /// If the console is closed.
    pub fn type_text(&mut self, text: &str) {
        self.keyboard.write_all(text.as_bytes()).expect("the console reads");
    }

    /// Everything that was written to the console until now, as it draws it.
    #[must_use]
    pub fn written(&self) -> String {
        let bytes = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Waits until `text` was written.
    ///
    /// # Panics
    /// If it is not written before `patience` has passed.
    pub fn wait_for(&self, text: &str, patience: Duration) {
        let until = Instant::now() + patience;
        while !self.written().contains(text) {
            assert!(Instant::now() < until, "`{text}` is not in {:?}", self.written());
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Waits for the end of the program, and gives its exit code and everything that was written.
    ///
    /// # Panics
    /// If it has not ended when `patience` has passed: it is ended then.
    #[must_use]
    pub fn finish(mut self, patience: Duration) -> (u32, String) {
        let code = end_of(&self.process, patience);
        self.close();
        let written = self.written();
        (code.unwrap_or_else(|| panic!("it hung: {written:?}")), written)
    }

    /// The reader ends when the console does.
    fn close(&mut self) {
        if let Some(console) = self.console.take() {
            close(console);
        }
        if let Some(reader) = self.reader.take() {
            let _ = reader.join();
        }
    }
}

impl Drop for PseudoConsole {
    fn drop(&mut self) {
        let _ = end_of(&self.process, Duration::ZERO);
        self.close();
    }
}

/// Runs a program with the console of this process as its three streams, and gives its exit code.
/// Ctrl-C does not end this process.
///
/// Windows gives the first program on a new console such streams, and Wine does not: therefore a test
/// starts itself on the console, and that process calls this.
///
/// # Panics
/// If there is no console, if the program cannot be started, or if it leaves the console in another mode.
#[expect(unsafe_code, reason = "std has no safe way to handle Ctrl-C")]
pub fn give_streams_of_the_console(command: &mut Command) -> i32 {
    // SAFETY: the handler is a function of this program, and calls nothing.
    unsafe { SetConsoleCtrlHandler(Some(stays), 1) };
    let open = |name| File::options().read(true).write(true).open(name).expect("there is a console");
    let (input, output) = (open("CONIN$"), open("CONOUT$"));
    let modes = || (mode(&input), mode(&output));
    let before = modes();
    command.stdin(open("CONIN$")).stdout(open("CONOUT$")).stderr(open("CONOUT$"));
    let status = command.status().expect("the program can be started");
    assert_eq!(modes(), before, "the console is as it was");
    status.code().unwrap_or(-1)
}

#[expect(unsafe_code, reason = "std does not know the console's modes")]
fn mode(console: &File) -> Option<u32> {
    let mut mode = 0;
    // SAFETY: the handle is open, and the pointer is to a local value.
    let is_known = unsafe { GetConsoleMode(console.as_raw_handle(), &raw mut mode) } != 0;
    is_known.then_some(mode)
}

#[expect(unsafe_code, reason = "the type of a handler")]
unsafe extern "system" fn stays(event: u32) -> BOOL {
    i32::from(event == CTRL_C_EVENT)
}

fn keep(mut output: PipeReader, written: &Mutex<Vec<u8>>) {
    let mut bytes = [0; 4096];
    while let Ok(length @ 1..) = output.read(&mut bytes) {
        written.lock().unwrap_or_else(PoisonError::into_inner).extend(&bytes[..length]);
    }
}

#[expect(unsafe_code, reason = "std knows no pseudo-consoles")]
fn create(input: &PipeReader, output: &PipeWriter) -> io::Result<HPCON> {
    let mut console = HPCON::default();
    let size = COORD { X: 120, Y: 40 };
    // SAFETY: the console duplicates the two open handles, and the pointer is to a local value.
    let result = unsafe {
        CreatePseudoConsole(size, input.as_raw_handle(), output.as_raw_handle(), 0, &raw mut console)
    };
    if result == 0 { Ok(console) } else { Err(io::Error::from_raw_os_error(result)) }
}

#[expect(unsafe_code, reason = "std knows no pseudo-consoles")]
fn close(console: HPCON) {
    // SAFETY: it is open, and is not used again.
    unsafe { ClosePseudoConsole(console) };
}

#[expect(unsafe_code, reason = "std starts no programs on pseudo-consoles")]
fn start_on(console: HPCON, command: &Command) -> io::Result<OwnedHandle> {
    let mut line = command_line(command);
    let variables = environment(command);
    let directory = command.get_current_dir().map(|path| wide(path.as_os_str()));
    // SAFETY: the structures have numbers and pointers that may be null, for which zeros are valid.
    let (mut startup, mut started): (STARTUPINFOEXW, PROCESS_INFORMATION) = unsafe { std::mem::zeroed() };
    startup.StartupInfo.cb = u32::try_from(size_of::<STARTUPINFOEXW>()).unwrap_or_default();
    // Otherwise the program would get the standard streams of this process.
    startup.StartupInfo.dwFlags = STARTF_USESTDHANDLES;
    let mut attributes = [0usize; 64];
    let mut size = size_of_val(&attributes);
    startup.lpAttributeList = attributes.as_mut_ptr().cast();
    // SAFETY: all pointers are to local values that outlive the calls; the list is as large as it is
    // said to be, and the system checks that it suffices; texts end with a zero.
    let ok = unsafe {
        InitializeProcThreadAttributeList(startup.lpAttributeList, 1, 0, &raw mut size) != 0
            && UpdateProcThreadAttribute(
                startup.lpAttributeList,
                0,
                PROC_THREAD_ATTRIBUTE_PSEUDOCONSOLE as usize,
                console as *const core::ffi::c_void,
                size_of::<HPCON>(),
                std::ptr::null_mut(),
                std::ptr::null(),
            ) != 0
            && CreateProcessW(
                std::ptr::null(),
                line.as_mut_ptr(),
                std::ptr::null(),
                std::ptr::null(),
                0,
                EXTENDED_STARTUPINFO_PRESENT | CREATE_UNICODE_ENVIRONMENT,
                variables.as_ptr().cast(),
                directory.as_ref().map_or(std::ptr::null(), |path| path.as_ptr()),
                &raw const startup.StartupInfo,
                &raw mut started,
            ) != 0
    };
    let error = io::Error::last_os_error();
    // SAFETY: the list was initialized, or the call does nothing that matters to a list of zeros.
    unsafe { DeleteProcThreadAttributeList(startup.lpAttributeList) };
    if !ok {
        return Err(error);
    }
    // SAFETY: the process was started, so both handles are open and nobody else's.
    let (process, thread) = unsafe {
        (OwnedHandle::from_raw_handle(started.hProcess), OwnedHandle::from_raw_handle(started.hThread))
    };
    drop(thread);
    Ok(process)
}

/// The exit code; `None` if the process had to be ended.
#[expect(unsafe_code, reason = "std knows only processes that it started")]
fn end_of(process: &OwnedHandle, patience: Duration) -> Option<u32> {
    let handle: HANDLE = process.as_raw_handle();
    let mut code = 0;
    let milliseconds = u32::try_from(patience.as_millis()).unwrap_or(u32::MAX);
    // SAFETY: the handle is open, and the pointer is to a local value.
    unsafe {
        let has_ended = WaitForSingleObject(handle, milliseconds) == WAIT_OBJECT_0;
        if !has_ended {
            TerminateProcess(handle, 1);
        }
        GetExitCodeProcess(handle, &raw mut code);
        has_ended.then_some(code)
    }
}

fn command_line(command: &Command) -> Vec<u16> {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let quoted = words.map(|word| match word.to_string_lossy() {
        text if text.is_empty() || text.contains(' ') => format!("\"{text}\""),
        text => text.into_owned(),
    });
    wide(OsStr::new(&quoted.collect::<Vec<_>>().join(" ")))
}

fn environment(command: &Command) -> Vec<u16> {
    let mut block = Vec::new();
    for (name, value) in command.get_envs() {
        let Some(value) = value else { continue };
        block.extend(name.encode_wide().chain(OsStr::new("=").encode_wide()).chain(value.encode_wide()));
        block.push(0);
    }
    block.push(0);
    block
}

fn wide(text: &OsStr) -> Vec<u16> {
    text.encode_wide().chain([0]).collect()
}
