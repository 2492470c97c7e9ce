//! Which web browser opens a sign-in page, whether one can, and starting it.
//!
//! [`choose`] decides from facts alone; [`open`] gathers them and acts. A browser is
//! not waited for and shares nothing with us (`docs/decisions/webbrowser.md`).

mod address;
mod environment;
mod program;
mod refusal;
mod variable;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub use address::Address;
pub use program::Program;
pub use refusal::{NoBrowser, PassedOver, Unusable};

use crate::context::Context;
use crate::{debug, platform};
use program::is_text_browser;

/// What is known of the place this process runs in.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "facts that do not depend on each other")]
pub struct Surroundings {
    /// The kind of desktop.
    pub system: System,
    /// `BROWSER`, as it is set.
    pub browser_variable: Option<String>,
    /// The home directory, for a `~` in it.
    pub home: Option<PathBuf>,
    /// `CI` is set, and not to a word for no.
    pub continuous_integration: bool,
    /// `SSH_CONNECTION` or `SSH_TTY` is set.
    pub ssh: bool,
    /// `DISPLAY` or `WAYLAND_DISPLAY` is set.
    pub display: bool,
    /// Linux inside of Windows, whose desktop is then the person's.
    pub wsl: bool,
    /// A container or a cloud workspace.
    pub container: bool,
}

/// The kinds of desktop, by how a page is opened there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum System {
    /// Linux and the BSDs: a display server, or nothing.
    Freedesktop,
    /// `open`
    MacOs,
    /// `rundll32`, in the system directory below this one (`SystemRoot`).
    Windows(String),
}

/// What [`choose`] found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BrowserChoice {
    /// This is to be started.
    Command(Launch),
    /// No page can be opened here.
    None(NoBrowser),
}

/// A program to start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Launch {
    /// Which.
    pub program: PathBuf,
    /// With these; `%s` stands for an address that is not known yet.
    pub arguments: Vec<String>,
    /// What `BROWSER` asks for in its place. The person has to be told: another browser may
    /// be signed in as somebody else.
    pub instead_of: Option<PassedOver>,
}

/// Workspaces whose window is elsewhere, by a variable that each sets.
const WORKSPACES: [(&str, &str); 7] = [
    ("REMOTE_CONTAINERS", "a dev container"),
    ("CODESPACES", "Codespaces"),
    ("CODESPACE_NAME", "Codespaces"),
    ("GITPOD_WORKSPACE_ID", "Gitpod"),
    ("C9_PROJECT", "Cloud9"),
    ("CODER_WORKSPACE_NAME", "Coder"),
    ("CLOUD_SHELL", "Cloud Shell"),
];

/// What this place is called, if a browser that is opened from here may run on another
/// computer, or beside this one, and then not reach what listens on loopback here.
pub fn place_apart(context: &Context) -> Option<&'static str> {
    let workspace = WORKSPACES.iter().find(|(name, _)| context.variable_os(name).is_some());
    let surroundings = Surroundings::of(context);
    match surroundings {
        _ if workspace.is_some() => workspace.map(|(_, place)| *place),
        Surroundings { ssh: true, .. } => Some("SSH"),
        Surroundings { wsl: true, .. } => Some("WSL"),
        // Set in the terminals of its server only.
        _ if context.variable_os("VSCODE_IPC_HOOK_CLI").is_some() => Some("a remote window of VS Code"),
        Surroundings { container: true, .. } => Some("a container"),
        _ => None,
    }
}

/// How long a launcher is looked at. `xdg-open` and its like end within it when nothing
/// on the desktop opens a page.
const AT_ONCE: Duration = Duration::from_millis(300);

/// Opens `address` in the person's browser, without waiting for that. Where `BROWSER` cannot
/// be used, another browser opens only if the person is told, which `tells_instead` says.
///
/// # Errors
/// Why no browser was started. That one was started does not say that a page appeared.
pub fn open(
    context: &Context,
    address: Address<'_>,
    tells_instead: bool,
) -> Result<Option<PassedOver>, NoBrowser> {
    address.check().map_err(NoBrowser::UnsafeAddress)?;
    let mut first_failure = None;
    for launch in find_for(context, |here, find| launches(here, Some(address.text()), find))? {
        let failure = match launch.instead_of.clone() {
            Some(passed_over) if !tells_instead => NoBrowser::Variable(passed_over),
            instead_of => match start(context, &launch) {
                Ok(()) => return Ok(instead_of),
                Err(failure) => failure.after(instead_of),
            },
        };
        first_failure.get_or_insert(failure);
    }
    Err(first_failure.unwrap_or(NoBrowser::NotFound))
}

/// What [`open`] would start, so that a sign-in nobody could see is not begun.
pub fn choose_here(context: &Context) -> BrowserChoice {
    find_for(context, |here, find| choose(here, None, find))
}

/// Whether this is a job in CI, where no browser opens.
pub fn is_ci_job(context: &Context) -> bool {
    matches!(choose_here(context), BrowserChoice::None(NoBrowser::ContinuousIntegration))
}

/// Hands `look` the facts, and a way to look a program up.
fn find_for<T>(
    context: &Context,
    look: impl FnOnce(&Surroundings, &dyn Fn(&str) -> Option<Program>) -> T,
) -> T {
    let search_path = context.variable_os("PATH");
    look(&Surroundings::of(context), &|name| {
        let path = platform::find_program(OsStr::new(name), search_path.as_deref())?;
        let target = std::fs::canonicalize(&path).unwrap_or_else(|_| path.clone());
        Some(Program { path, target })
    })
}

/// Starts a launcher and looks at it for a moment: one that fails at once has opened nothing.
fn start(context: &Context, launch: &Launch) -> Result<(), NoBrowser> {
    const LOOK: Duration = Duration::from_millis(5);
    let program = || launch.program.display().to_string();
    let environment = environment::for_browser(platform::environment());
    debug!(context, "starting {} as the browser", launch.program.display());
    let mut child = platform::start_detached(&launch.program, &launch.arguments, &environment)
        .map_err(|error| NoBrowser::StartFailed { program: program(), cause: platform::words_of(&error) })?;
    let until = context.elapsed().saturating_add(AT_ONCE);
    loop {
        match child.try_wait() {
            Ok(Some(status)) if !status.success() && tells_how_it_ended(&launch.program) => {
                let status = status.code().map_or(status.to_string(), |code| format!("exit code {code}"));
                return Err(NoBrowser::EndedAtOnce { program: program(), status });
            }
            Ok(None) if context.elapsed() < until => context.sleep(LOOK),
            // It lives, it did its work, or somebody else collects our children.
            _ => return Ok(()),
        }
    }
}

/// `explorer.exe` ends with 1 also when the page opens, `rundll32.exe` with anything.
fn tells_how_it_ended(program: &Path) -> bool {
    let stem = program.file_stem().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    !matches!(stem.as_str(), "explorer" | "rundll32")
}

impl Surroundings {
    /// Looks around.
    pub fn of(context: &Context) -> Self {
        let any = |names: &[&str]| names.iter().any(|name| context.variable_os(name).is_some());
        let file = |path: &str| Path::new(path).exists();
        let system = if cfg!(windows) {
            System::Windows(context.variable("SystemRoot").unwrap_or_else(|| r"C:\Windows".to_owned()))
        } else if cfg!(target_os = "macos") {
            System::MacOs
        } else {
            System::Freedesktop
        };
        let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        Self {
            system,
            browser_variable: context.variable("BROWSER"),
            home: context.home(),
            continuous_integration: context.variable("CI").is_some_and(|value| {
                !["0", "false", "no", "off"].iter().any(|word| value.trim().eq_ignore_ascii_case(word))
            }),
            ssh: any(&["SSH_CONNECTION", "SSH_TTY"]),
            display: any(&["DISPLAY", "WAYLAND_DISPLAY"]),
            wsl: any(&["WSL_DISTRO_NAME", "WSL_INTEROP"])
                || kernel.to_ascii_lowercase().contains("microsoft"),
            container: file("/.dockerenv")
                || file("/run/.containerenv")
                || any(&["container", "KUBERNETES_SERVICE_HOST"])
                || any(&WORKSPACES.map(|(name, _)| name)),
        }
    }
}

/// Decides what opens a page, `url` if that is known already. `find` looks a program up.
pub fn choose(
    surroundings: &Surroundings,
    url: Option<&str>,
    find: &dyn Fn(&str) -> Option<Program>,
) -> BrowserChoice {
    match launches(surroundings, url, find).map(|launches| launches.into_iter().next()) {
        Ok(Some(launch)) => BrowserChoice::Command(launch),
        Ok(None) => BrowserChoice::None(NoBrowser::NotFound),
        Err(reason) => BrowserChoice::None(reason),
    }
}

/// What may be started, one after the other until one does not fail at once: every usable entry
/// of `BROWSER`, else the best launcher of the desktop.
///
/// `BROWSER` comes first, even over SSH and in containers: whoever set it there, as
/// VS Code does in its remote terminals, knows a way to the person's screen.
fn launches(
    surroundings: &Surroundings,
    url: Option<&str>,
    find: &dyn Fn(&str) -> Option<Program>,
) -> Result<Vec<Launch>, NoBrowser> {
    if surroundings.continuous_integration {
        return Err(NoBrowser::ContinuousIntegration);
    }
    let windows = matches!(surroundings.system, System::Windows(_));
    let reader = variable::Reader { windows, home: surroundings.home.as_deref(), find };
    let mut passed_over: Option<PassedOver> = None;
    let mut launches = Vec::new();
    for entry in reader.commands(surroundings.browser_variable.as_deref().unwrap_or_default()) {
        match entry.and_then(|command| filled(&command, url)) {
            Ok((program, arguments)) => {
                let instead_of = passed_over.clone().filter(|entry| !entry.is_what_lists_are_for());
                launches.push(Launch { program, arguments, instead_of });
            }
            Err(unusable) => match &passed_over {
                Some(worse) if !worse.is_what_lists_are_for() => {}
                _ => passed_over = Some(unusable),
            },
        }
    }
    if !launches.is_empty() {
        return Ok(launches);
    }
    for (name, arguments) in desktop(surroundings, find) {
        if let Some(program) = find(&name).filter(|program| !is_text_browser(program)) {
            let arguments = arguments.iter().copied().chain([url.unwrap_or("%s")]).map(str::to_owned);
            let arguments = arguments.collect();
            return Ok(vec![Launch { program: program.path, arguments, instead_of: passed_over }]);
        }
    }
    Err(match (passed_over, hidden(surroundings)) {
        // Servers have a text browser there by default.
        (Some(PassedOver { why: Unusable::TextBrowser, .. }) | None, Some(hidden)) => hidden,
        (Some(passed_over), _) => NoBrowser::Variable(passed_over),
        (None, None) => NoBrowser::NotFound,
    })
}

fn filled(command: &variable::Command, url: Option<&str>) -> Result<(PathBuf, Vec<String>), PassedOver> {
    let program = command.program.path.clone();
    let arguments = match url {
        Some(url) => address::fill(&program, &command.arguments, url)
            .map_err(|why| PassedOver { entry: command.entry.clone(), why })?,
        None => command.arguments.clone(),
    };
    Ok((program, arguments))
}

fn hidden(surroundings: &Surroundings) -> Option<NoBrowser> {
    let desktop_without_display = surroundings.system != System::Freedesktop;
    match surroundings {
        Surroundings { ssh: true, .. } if desktop_without_display || !surroundings.display => {
            Some(NoBrowser::Ssh)
        }
        Surroundings { display: true, .. } => None,
        _ if desktop_without_display => None,
        Surroundings { container: true, .. } => Some(NoBrowser::Container),
        _ => Some(NoBrowser::NoDisplay),
    }
}

/// A program to look up, and the arguments before the URL.
type Launcher = (String, &'static [&'static str]);

/// The launchers of this desktop, best first.
fn desktop(surroundings: &Surroundings, find: &dyn Fn(&str) -> Option<Program>) -> Vec<Launcher> {
    const HANDLER: &[&str] = &["url.dll,FileProtocolHandler"];
    let mut launchers: Vec<Launcher> = Vec::new();
    let mut add = |name: &str, arguments| launchers.push((name.to_owned(), arguments));
    match &surroundings.system {
        _ if hidden(surroundings) == Some(NoBrowser::Ssh) => {}
        System::MacOs => add("/usr/bin/open", &[]),
        System::Windows(root) => add(&format!(r"{root}\System32\rundll32.exe"), HANDLER),
        System::Freedesktop => {
            if surroundings.wsl && !surroundings.ssh {
                add("wslview", &[]);
                add("rundll32.exe", HANDLER);
                add("/mnt/c/Windows/System32/rundll32.exe", HANDLER);
                add("explorer.exe", &[]);
                add("/mnt/c/Windows/explorer.exe", &[]);
            }
            if surroundings.display {
                add("xdg-open", &[]);
                add("gio", &["open"]);
                // Without one of these two it ends in a text browser.
                if ["x-www-browser", "gnome-www-browser"].iter().any(|name| find(name).is_some()) {
                    add("sensible-browser", &[]);
                }
                for name in ["x-www-browser", "firefox", "chromium", "google-chrome"] {
                    add(name, &[]);
                }
            }
        }
    }
    launchers
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A person's own Linux desktop.
    fn desktop_session() -> Surroundings {
        Surroundings {
            system: System::Freedesktop,
            browser_variable: None,
            home: None,
            continuous_integration: false,
            ssh: false,
            display: true,
            wsl: false,
            container: false,
        }
    }

    fn headless() -> Surroundings {
        Surroundings { display: false, ..desktop_session() }
    }

    fn with_variable(surroundings: Surroundings, value: &str) -> Surroundings {
        Surroundings { browser_variable: Some(value.to_owned()), ..surroundings }
    }

    /// Chooses where `installed` can be found: `name`, or `name>target` for a link.
    fn chosen(surroundings: &Surroundings, installed: &[&str]) -> Result<String, NoBrowser> {
        let find = |name: &str| {
            let found = installed.iter().find(|known| known.split('>').next() == Some(name))?;
            let target = found.split('>').next_back()?;
            Some(Program { path: PathBuf::from(name), target: PathBuf::from(target) })
        };
        match choose(surroundings, None, &find) {
            BrowserChoice::Command(launch) => {
                let note = launch.instead_of.map_or(String::new(), |no| format!(" instead of {}", no.entry));
                Ok(format!("{} {}{note}", launch.program.display(), launch.arguments.join(" ")))
            }
            BrowserChoice::None(reason) => Err(reason),
        }
    }

    fn opens(surroundings: &Surroundings, installed: &[&str], command: &str) {
        assert_eq!(chosen(surroundings, installed).as_deref(), Ok(command), "{surroundings:?} {installed:?}");
    }

    fn refuses(surroundings: &Surroundings, installed: &[&str], reason: NoBrowser) {
        assert_eq!(chosen(surroundings, installed), Err(reason), "{surroundings:?} {installed:?}");
    }

    #[test]
    fn a_linux_desktop_opens_its_own_launcher() {
        let all = ["firefox", "x-www-browser", "sensible-browser", "gio", "xdg-open"];
        opens(&desktop_session(), &all, "xdg-open %s");
        opens(&desktop_session(), &all[..4], "gio open %s");
        opens(&desktop_session(), &all[..3], "sensible-browser %s");
        opens(&desktop_session(), &all[..2], "x-www-browser %s");
        opens(&desktop_session(), &all[..1], "firefox %s");
        refuses(&desktop_session(), &[], NoBrowser::NotFound);
    }

    #[test]
    fn sensible_browser_is_left_out_where_it_would_end_in_a_text_browser() {
        refuses(&desktop_session(), &["sensible-browser", "www-browser"], NoBrowser::NotFound);
    }

    #[test]
    fn the_variable_comes_first_and_its_list_is_gone_through() {
        let all = ["xdg-open", "chromium", "/opt/my browser", "brave"];
        opens(&with_variable(desktop_session(), "chromium"), &all, "chromium %s");
        opens(&with_variable(desktop_session(), "missing:brave --url=%s -x &"), &all, "brave --url=%s -x");
        opens(&with_variable(desktop_session(), "/opt/my browser"), &all, "/opt/my browser %s");
        opens(&with_variable(desktop_session(), r"/opt/my\ browser '%s' b"), &all, "/opt/my browser %s b");
    }

    fn variable(entry: &str, why: Unusable) -> NoBrowser {
        NoBrowser::Variable(PassedOver { entry: entry.to_owned(), why })
    }

    #[test]
    fn a_variable_that_leads_nowhere_falls_back_to_the_desktop_and_says_so() {
        let desktop = ["xdg-open", "firefox", "brave"];
        let opens = |value: &str, command: &str| {
            opens(&with_variable(desktop_session(), value), &desktop, command);
        };
        opens("missing", "xdg-open %s instead of missing");
        opens("'unclosed", "xdg-open %s instead of 'unclosed");
        opens("firefox x:y&z=%s", "xdg-open %s instead of firefox x:y&z=%s");
        // What a list is for, and what it is not for.
        opens("missing:brave", "brave %s");
        opens("firefox 'x:missing", "xdg-open %s instead of firefox 'x:missing");
        refuses(&with_variable(desktop_session(), "missing"), &[], variable("missing", Unusable::NotFound));
        refuses(&with_variable(headless(), "missing"), &[], variable("missing", Unusable::NotFound));
    }

    #[test]
    fn an_address_that_the_variable_must_not_get_goes_to_the_next_and_says_so() {
        let with = |value: &str| with_variable(desktop_session(), value);
        let find = |name: &str| {
            let path = ["sh", "brave", "xdg-open"].contains(&name).then(|| PathBuf::from(name))?;
            Some(Program { target: path.clone(), path })
        };
        for (value, next) in [("sh -c 'x %s'", "xdg-open"), ("sh -c 'x %s':brave", "brave")] {
            let chosen = choose(&with(value), Some("https://x/?a=b&c=d"), &find);
            let BrowserChoice::Command(launch) = chosen else { panic!("{chosen:?}") };
            assert_eq!(
                (launch.program.as_path(), &*launch.arguments[0]),
                (Path::new(next), "https://x/?a=b&c=d")
            );
            assert_eq!(launch.instead_of.unwrap().entry, "sh -c 'x %s'");
        }
        let chosen = choose(&with("sh -c 'x %s'"), Some("https://x/?a=b"), &find);
        let BrowserChoice::Command(launch) = chosen else { panic!("{chosen:?}") };
        assert_eq!((launch.arguments.join("|").as_str(), launch.instead_of), ("-c|x https://x/?a=b", None));
    }

    #[test]
    fn text_browsers_are_never_started() {
        for name in ["lynx", "w3m", "links2", "elinks", "www-browser", "/usr/bin/lynx", "browsh"] {
            let reason = variable(name, Unusable::TextBrowser);
            refuses(&with_variable(desktop_session(), name), &[name], reason);
        }
        let disguised = ["see>/usr/bin/w3m", "firefox>/usr/bin/lynx"];
        let reason = variable("see -x", Unusable::TextBrowser);
        refuses(&with_variable(desktop_session(), "see -x"), &disguised, reason);
        refuses(&desktop_session(), &disguised, NoBrowser::NotFound);
        opens(&with_variable(desktop_session(), "lynx:brave"), &["lynx", "brave"], "brave %s");
        let desktop = "xdg-open %s instead of lynx";
        opens(&with_variable(desktop_session(), "lynx"), &["lynx", "xdg-open"], desktop);
    }

    #[test]
    fn nothing_is_opened_in_ci_even_if_the_variable_is_set() {
        let job = Surroundings { continuous_integration: true, ..desktop_session() };
        refuses(&with_variable(job, "chromium"), &["chromium", "xdg-open"], NoBrowser::ContinuousIntegration);
    }

    #[test]
    fn over_ssh_a_browser_needs_a_forwarded_display_or_the_variable() {
        let ssh = Surroundings { ssh: true, ..headless() };
        refuses(&ssh, &["xdg-open"], NoBrowser::Ssh);
        opens(&Surroundings { display: true, ..ssh.clone() }, &["xdg-open"], "xdg-open %s");
        opens(
            &with_variable(ssh.clone(), "/vscode/browser.sh"),
            &["/vscode/browser.sh"],
            "/vscode/browser.sh %s",
        );
        refuses(&Surroundings { wsl: true, ..ssh.clone() }, &["wslview"], NoBrowser::Ssh);
        for system in [System::MacOs, System::Windows(r"C:\Windows".to_owned())] {
            let there = Surroundings { system, display: true, ..ssh.clone() };
            refuses(&there, &["/usr/bin/open", r"C:\Windows\System32\rundll32.exe"], NoBrowser::Ssh);
        }
    }

    #[test]
    fn a_container_opens_nothing_unless_told_how() {
        let container = Surroundings { container: true, ..headless() };
        refuses(&container, &["xdg-open"], NoBrowser::Container);
        opens(&with_variable(container.clone(), "code-helper"), &["code-helper"], "code-helper %s");
        opens(&Surroundings { display: true, ..container }, &["xdg-open"], "xdg-open %s");
        refuses(&headless(), &["xdg-open"], NoBrowser::NoDisplay);
    }

    #[test]
    fn wsl_opens_the_windows_desktop() {
        let wsl = Surroundings { wsl: true, ..headless() };
        let all = ["explorer.exe", "/mnt/c/Windows/System32/rundll32.exe", "rundll32.exe", "wslview"];
        opens(&wsl, &all, "wslview %s");
        opens(&wsl, &all[..3], "rundll32.exe url.dll,FileProtocolHandler %s");
        opens(&wsl, &all[..2], "/mnt/c/Windows/System32/rundll32.exe url.dll,FileProtocolHandler %s");
        opens(&wsl, &all[..1], "explorer.exe %s");
        opens(&Surroundings { display: true, ..wsl.clone() }, &["xdg-open"], "xdg-open %s");
        refuses(&Surroundings { container: true, ..wsl.clone() }, &[], NoBrowser::Container);
        refuses(&wsl, &["xdg-open"], NoBrowser::NoDisplay);
    }

    #[test]
    fn macos_and_windows_have_one_way_each() {
        let mac = Surroundings { system: System::MacOs, ..headless() };
        opens(&mac, &["/usr/bin/open"], "/usr/bin/open %s");
        let windows = Surroundings { system: System::Windows(r"D:\W".to_owned()), ..headless() };
        let rundll32 = r"D:\W\System32\rundll32.exe";
        opens(&windows, &[rundll32], &format!("{rundll32} url.dll,FileProtocolHandler %s"));
        let chosen = with_variable(windows, r"C:\x\firefox.exe -new-tab %s;y");
        opens(&chosen, &[r"C:\x\firefox.exe"], r"C:\x\firefox.exe -new-tab %s");
    }

    #[test]
    fn an_address_that_a_shell_could_obey_is_not_opened() {
        let context = Context::fake(&[], crate::timestamp::Timestamp::from_unix(0));
        let open = |address| open(&context, address, true);
        assert_eq!(open(Address::Server("file:///etc/passwd")), Err(NoBrowser::UnsafeAddress(None)));
        let ampersand = Err(NoBrowser::UnsafeAddress(Some('&')));
        assert_eq!(open(Address::Server("https://x/?a=b&user_code=c")), ampersand);
        assert_eq!(open(Address::Ours("https://x/$(id)")), Err(NoBrowser::UnsafeAddress(Some('$'))));
    }

    #[test]
    fn the_surroundings_are_read_from_the_environment() {
        let at = |variables: &[(&str, &str)]| {
            Surroundings::of(&Context::fake(variables, crate::timestamp::Timestamp::from_unix(0)))
        };
        assert!(at(&[("CI", "true")]).continuous_integration);
        assert!(at(&[("CI", "woodpecker")]).continuous_integration);
        assert!(!at(&[("CI", "false")]).continuous_integration);
        assert!(!at(&[("CI", "")]).continuous_integration);
        assert!(at(&[("SSH_TTY", "/dev/pts/1")]).ssh && !at(&[]).ssh);
        assert!(at(&[("WAYLAND_DISPLAY", "wayland-0")]).display && !at(&[]).display);
        assert!(at(&[("WSL_INTEROP", "/run/WSL/1_interop")]).wsl);
        assert!(at(&[("CODESPACES", "true")]).container);
        assert_eq!(at(&[("BROWSER", "x")]).browser_variable.as_deref(), Some("x"));
    }
}
