//! The local time zone, for times that people read.

/// How far local time is ahead of UTC at `unix` (seconds since 1970), in seconds. The zone is that
/// of `TZ`, else the system's. `None` if it is not known.
#[cfg(unix)]
#[allow(clippy::useless_conversion, reason = "the C types have 32 bits on some systems")]
#[expect(unsafe_code, reason = "the C library alone knows `TZ` and /etc/localtime, and fills a struct")]
pub fn offset_from_utc(unix: i64) -> Option<i64> {
    // The type is the parameter's, which the `libc` crate no longer lets a program name for musl.
    let moment = unix.try_into().ok()?;
    // SAFETY: a `tm` has numbers and a pointer that may be null, so all zeros are a valid value.
    let mut local: libc::tm = unsafe { std::mem::zeroed() };
    // SAFETY: both pointers are to local values that outlive the call. The call reads the
    // environment, which no thread of this program changes.
    let filled = unsafe { libc::localtime_r(&raw const moment, &raw mut local) };
    (!filled.is_null()).then(|| i64::from(local.tm_gmtoff))
}

/// How far local time is ahead of UTC at `unix` (seconds since 1970), in seconds, in the system's
/// zone. Windows has no `TZ`. `None` if the zone is not known.
#[cfg(windows)]
#[expect(unsafe_code, reason = "the system alone knows the zone, and fills structs")]
pub fn offset_from_utc(unix: i64) -> Option<i64> {
    use windows_sys::Win32::Foundation::{FILETIME, SYSTEMTIME};
    use windows_sys::Win32::System::Time::{
        FileTimeToSystemTime, SystemTimeToFileTime, SystemTimeToTzSpecificLocalTime,
    };

    /// The steps of a `FILETIME` in a second: each is 100 nanoseconds.
    const STEPS: i64 = 10_000_000;
    /// Seconds from 1601, where a `FILETIME` begins, to 1970.
    const EPOCH: i64 = 11_644_473_600;

    let steps = u64::try_from(unix.checked_add(EPOCH)?.checked_mul(STEPS)?).ok()?;
    let utc = FILETIME {
        dwLowDateTime: u32::try_from(steps & u64::from(u32::MAX)).ok()?,
        dwHighDateTime: u32::try_from(steps >> 32).ok()?,
    };
    let nothing = FILETIME { dwLowDateTime: 0, dwHighDateTime: 0 };
    let (mut here, mut moment, mut local) = (nothing, SYSTEMTIME::default(), SYSTEMTIME::default());
    // SAFETY: all pointers are to local values that outlive the calls. A null zone means the system's.
    let is_known = unsafe {
        FileTimeToSystemTime(&raw const utc, &raw mut moment) != 0
            && SystemTimeToTzSpecificLocalTime(std::ptr::null(), &raw const moment, &raw mut local) != 0
            && SystemTimeToFileTime(&raw const local, &raw mut here) != 0
    };
    let local_steps = u64::from(here.dwHighDateTime) << 32 | u64::from(here.dwLowDateTime);
    let ahead = i64::try_from(local_steps).ok()?.checked_sub(i64::try_from(steps).ok()?)?;
    is_known.then_some(ahead / STEPS)
}

/// Not known on other systems.
#[cfg(not(any(unix, windows)))]
pub fn offset_from_utc(_unix: i64) -> Option<i64> {
    None
}
