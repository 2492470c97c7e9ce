//! Starting the browser that was chosen, and the facts for the choice.
//!
//! A browser runs on by itself: it is not waited for, and has none of this process's streams.

use std::ffi::OsStr;
use std::path::Path;
use std::time::Duration;

use super::address::Address;
use super::choice::{BrowserChoice, Launch, choose, launches};
use super::environment;
use super::program::Program;
use super::refusal::{NoBrowser, PassedOver};
use super::surroundings::Surroundings;
use crate::context::Context;
use crate::{debug, platform};

/// How long a launcher is watched after its start. `xdg-open` and similar launchers fail within
/// this time if no program of the desktop opens pages.
const WATCH_TIME: Duration = Duration::from_millis(300);
/// The pause between two looks at a launcher.
const WATCH_INTERVAL: Duration = Duration::from_millis(5);

/// Opens `address` in the person's browser and does not wait for the page. Gives the entry of
/// `BROWSER` that another browser was started for. That other browser is started only if
/// `person_is_told` of it. `key` is the value of `aws_sso_cred_browser`.
///
/// # Errors
/// The reason why no browser was started. `Ok` does not mean that a page appeared.
pub fn open(
    context: &Context,
    address: Address<'_>,
    person_is_told: bool,
    key: Option<&str>,
) -> Result<Option<PassedOver>, NoBrowser> {
    address.check().map_err(NoBrowser::UnsafeAddress)?;
    let mut first_failure = None;
    for launch in launches(&surroundings(context, key), Some(address.text()), &program_finder(context))? {
        let failure = match launch.instead_of.clone() {
            Some(passed_over) if !person_is_told => NoBrowser::Variable(passed_over),
            instead_of => match start(context, &launch) {
                Ok(()) => return Ok(instead_of),
                Err(failure) => failure.in_place_of(instead_of),
            },
        };
        first_failure.get_or_insert(failure);
    }
    Err(first_failure.unwrap_or(NoBrowser::NotFound))
}

/// The program that [`open`] would start. Callers ask before they begin a sign-in, so that none
/// begins that the person cannot see.
pub fn choose_here(context: &Context, key: Option<&str>) -> BrowserChoice {
    choose(&surroundings(context, key), None, &program_finder(context))
}

fn surroundings(context: &Context, key: Option<&str>) -> Surroundings {
    Surroundings { browser_key: key.map(str::to_owned), ..Surroundings::of(context) }
}

/// The program that [`open`] would start first for `address`, which an entry of `BROWSER` may not get.
pub fn choose_for(context: &Context, address: Address<'_>, key: Option<&str>) -> BrowserChoice {
    choose(&surroundings(context, key), Some(address.text()), &program_finder(context))
}

/// The longest address that every version of Windows opens, if `address` is longer and `launch` passes
/// it to Windows. Nothing tells then whether a page opens. Sources: `INTERNET_MAX_URL_LENGTH`,
/// Microsoft's KB263909, electron/electron#9987.
pub fn limit_exceeded(launch: &Launch, address: Address<'_>) -> Option<usize> {
    const LONGEST: usize = 2081;
    let name = name_of(&launch.program);
    let windows = matches!(name.as_str(), "explorer" | "rundll32" | "wslview");
    (windows && address.text().len() > LONGEST).then_some(LONGEST)
}

/// Whether this is a CI job, where no browser opens.
pub fn is_ci_job(context: &Context) -> bool {
    Surroundings::of(context).continuous_integration
}

/// Finds installed programs by path, or by name on `PATH`.
fn program_finder(context: &Context) -> impl Fn(&str) -> Option<Program> {
    let search_path = context.variable_os("PATH");
    move |name| {
        let path = platform::find_program(OsStr::new(name), search_path.as_deref())?;
        let target = std::fs::canonicalize(&path).unwrap_or_else(|_| path.clone());
        Some(Program { path, target })
    }
}

/// Starts a launcher and watches it for [`WATCH_TIME`]: one that fails in that time has opened
/// no page.
fn start(context: &Context, launch: &Launch) -> Result<(), NoBrowser> {
    let program = || launch.program.display().to_string();
    let environment = environment::for_browser(platform::environment());
    debug!(context, "starting {} as the browser", launch.program.display());
    let mut child = platform::start_detached(&launch.program, &launch.arguments, &environment)
        .map_err(|error| NoBrowser::StartFailed { program: program(), cause: platform::words_of(&error) })?;
    let until = context.elapsed().saturating_add(WATCH_TIME);
    loop {
        match child.try_wait() {
            Ok(Some(status)) if !status.success() && has_a_telling_status(&launch.program) => {
                let status = status.code().map_or(status.to_string(), |code| format!("exit code {code}"));
                return Err(NoBrowser::EndedAtOnce { program: program(), status });
            }
            Ok(None) if context.elapsed() < until => context.sleep(WATCH_INTERVAL),
            // The launcher succeeded or still runs, or its status is unknown (SIGCHLD is ignored).
            _ => return Ok(()),
        }
    }
}

/// Whether the exit status of `program` tells if the page opened. `explorer.exe` ends with 1
/// also after a success, `rundll32.exe` with any status.
fn has_a_telling_status(program: &Path) -> bool {
    !matches!(name_of(program).as_str(), "explorer" | "rundll32")
}

/// The name of a program in lower case, without `.exe`.
fn name_of(program: &Path) -> String {
    program.file_stem().unwrap_or_default().to_string_lossy().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timestamp::Timestamp;

    #[test]
    fn an_address_may_be_too_long_for_the_openers_of_windows() {
        let limit = |program: &str, length: usize| {
            let launch = Launch { program: program.into(), arguments: Vec::new(), instead_of: None };
            limit_exceeded(&launch, Address::Ours(&"x".repeat(length)))
        };
        for opener in ["/mnt/c/Windows/System32/rundll32.exe", "/usr/bin/wslview", "Explorer.EXE"] {
            assert_eq!((limit(opener, 2081), limit(opener, 2082)), (None, Some(2081)), "{opener}");
        }
        assert_eq!(limit("/usr/bin/xdg-open", 100_000), None);
    }

    #[test]
    fn an_address_that_a_shell_could_obey_is_not_opened() {
        let context = Context::fake(&[], Timestamp::from_unix(0));
        let open = |address| open(&context, address, true, None);
        assert_eq!(open(Address::Server("file:///etc/passwd")), Err(NoBrowser::UnsafeAddress(None)));
        let ampersand = Err(NoBrowser::UnsafeAddress(Some('&')));
        assert_eq!(open(Address::Server("https://x/?a=b&user_code=c")), ampersand);
        assert_eq!(open(Address::Ours("https://x/$(id)")), Err(NoBrowser::UnsafeAddress(Some('$'))));
    }
}
