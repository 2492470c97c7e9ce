use std::time::Duration;

/// The result of `work` and the CPU time that it took on this thread, which a busy machine does not lengthen.
pub fn cpu_time_of<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let began = now();
    let result = work();
    (result, now().saturating_sub(began))
}

#[cfg(unix)]
fn now() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::try_from(now).unwrap_or_default()
}

#[cfg(windows)]
#[expect(unsafe_code, reason = "std does not tell the CPU time of a thread")]
fn now() -> Duration {
    use windows_sys::Win32::Foundation::FILETIME;
    use windows_sys::Win32::System::Threading::{GetCurrentThread, GetThreadTimes};
    let mut times = [FILETIME { dwLowDateTime: 0, dwHighDateTime: 0 }; 4];
    let [created, ended, kernel, user] = &mut times;
    // SAFETY: the handle is always valid, and the pointers are to local values.
    unsafe { GetThreadTimes(GetCurrentThread(), created, ended, kernel, user) };
    let hundreds = |time: &FILETIME| u64::from(time.dwHighDateTime) << 32 | u64::from(time.dwLowDateTime);
    Duration::from_nanos(100 * (hundreds(&times[2]) + hundreds(&times[3])))
}
