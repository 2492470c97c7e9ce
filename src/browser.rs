//! Which web browser opens a sign-in page, whether one can, and starting it.
//!
//! [`choose`] decides from facts alone; [`open`] gathers them and acts. A browser is
//! not waited for and shares nothing with us (`docs/decisions/webbrowser.md`).

mod environment;
mod variable;

use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};

use crate::context::Context;
use crate::platform;

/// What is known of the place this process runs in.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "facts that do not depend on each other")]
pub struct Surroundings {
    /// The kind of desktop.
    pub system: System,
    /// `BROWSER`, as it is set.
    pub browser_variable: Option<String>,
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
    /// The program to start, and its arguments, in which `%s` stands for the URL.
    Command(PathBuf, Vec<String>),
    /// No page can be opened here.
    None(NoBrowser),
}

/// Why no page was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoBrowser {
    /// Nobody is there to look at it.
    ContinuousIntegration,
    /// The person sits elsewhere.
    Ssh,
    /// There is no desktop in here.
    Container,
    /// There is no graphical session.
    NoDisplay,
    /// `BROWSER` names nothing but text browsers, and nothing else was found.
    TextBrowser,
    /// `BROWSER` names nothing that is installed, and nothing else was found.
    VariableUnusable,
    /// A graphical session without any browser that we know.
    NotFound,
    /// The address is not http(s), or has characters that a launcher could misread.
    UnsafeAddress,
    /// The system refused to start it.
    StartFailed {
        /// Which program.
        program: String,
        /// The system's words.
        cause: String,
    },
}

/// A clause for people, to follow "because" or "and".
impl fmt::Display for NoBrowser {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::ContinuousIntegration => "this is a CI job (`CI` is set)",
            Self::Ssh => "this is an SSH session without a display",
            Self::Container => "this is a container without a display",
            Self::NoDisplay => "there is no graphical session (no `DISPLAY` or `WAYLAND_DISPLAY`)",
            Self::TextBrowser => "`BROWSER` names a text browser, which would take over the terminal",
            Self::VariableUnusable => "`BROWSER` names no program that can be found",
            Self::NotFound => "no web browser was found",
            Self::UnsafeAddress => "the address is not one that can safely be handed to a browser",
            Self::StartFailed { program, cause } => {
                return write!(formatter, "`{program}` could not be started: {cause}");
            }
        })
    }
}

/// A program found on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// What is started.
    pub path: PathBuf,
    /// What it is in the end, links followed: `www-browser` may be `lynx`.
    pub target: PathBuf,
}

/// Opens `url` in the person's browser, without waiting for it.
///
/// # Errors
/// Why no browser was started. That one was started does not say that a page appeared.
pub fn open(context: &Context, url: &str) -> Result<(), NoBrowser> {
    if !is_safe(url) {
        return Err(NoBrowser::UnsafeAddress);
    }
    match choose_here(context) {
        BrowserChoice::None(reason) => Err(reason),
        BrowserChoice::Command(program, arguments) => {
            let arguments: Vec<String> =
                arguments.iter().map(|argument| argument.replace("%s", url)).collect();
            let environment = environment::for_browser(platform::environment());
            crate::debug!(context, "starting {} as the browser", program.display());
            platform::start_detached(&program, &arguments, &environment).map_err(|error| {
                NoBrowser::StartFailed { program: program.display().to_string(), cause: error.to_string() }
            })
        }
    }
}

/// What [`open`] would start, so that a sign-in nobody could see is not begun.
pub fn choose_here(context: &Context) -> BrowserChoice {
    let search_path = context.variable_os("PATH");
    choose(&Surroundings::of(context), &|name| {
        let path = platform::find_program(OsStr::new(name), search_path.as_deref())?;
        let target = std::fs::canonicalize(&path).unwrap_or_else(|_| path.clone());
        Some(Program { path, target })
    })
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
            continuous_integration: context.variable("CI").is_some_and(|value| {
                !["0", "false", "no", "off"].iter().any(|word| value.trim().eq_ignore_ascii_case(word))
            }),
            ssh: any(&["SSH_CONNECTION", "SSH_TTY"]),
            display: any(&["DISPLAY", "WAYLAND_DISPLAY"]),
            wsl: any(&["WSL_DISTRO_NAME", "WSL_INTEROP"])
                || kernel.to_ascii_lowercase().contains("microsoft"),
            container: file("/.dockerenv")
                || file("/run/.containerenv")
                || any(&["container", "REMOTE_CONTAINERS", "CODESPACES", "KUBERNETES_SERVICE_HOST"]),
        }
    }
}

/// Decides what opens a page. `find` looks a program up.
///
/// `BROWSER` comes first, even over SSH and in containers: whoever set it there, as
/// VS Code does in its remote terminals, knows a way to the person's screen.
pub fn choose(surroundings: &Surroundings, find: &dyn Fn(&str) -> Option<Program>) -> BrowserChoice {
    if surroundings.continuous_integration {
        return BrowserChoice::None(NoBrowser::ContinuousIntegration);
    }
    let variable = surroundings.browser_variable.as_deref().unwrap_or_default();
    let mut reason = None;
    let windows = matches!(surroundings.system, System::Windows(_));
    for entry in variable::entries(variable, windows) {
        match variable::command(entry, windows, find) {
            Ok((program, arguments)) => return BrowserChoice::Command(program, arguments),
            Err(NoBrowser::TextBrowser) => reason = Some(NoBrowser::TextBrowser),
            Err(other) => reason = reason.or(Some(other)),
        }
    }
    for (name, arguments) in desktop(surroundings, find) {
        if let Some(program) = find(&name).filter(|program| !is_text_browser(program)) {
            let arguments = arguments.iter().copied().chain(["%s"]).map(str::to_owned);
            return BrowserChoice::Command(program.path, arguments.collect());
        }
    }
    BrowserChoice::None(hidden(surroundings).or(reason).unwrap_or(NoBrowser::NotFound))
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

/// Whether the program draws into the terminal, which is the caller's.
fn is_text_browser(program: &Program) -> bool {
    const NAMES: [&str; 13] = [
        "www-browser",
        "links",
        "links2",
        "elinks",
        "lynx",
        "w3m",
        "browsh",
        "carbonyl",
        "cha",
        "chawan",
        "edbrowse",
        "netrik",
        "retawq",
    ];
    let names = [&program.path, &program.target].into_iter().filter_map(|path| path.file_stem()?.to_str());
    names.into_iter().any(|name| NAMES.iter().any(|browser| name.eq_ignore_ascii_case(browser)))
}

/// Whether `url` can be an argument of any launcher: http(s), and none of the
/// characters that a shell or PowerShell behind it (`wslview`) would take as its own.
pub fn is_safe(url: &str) -> bool {
    let rest = ["https://", "http://"].iter().find_map(|scheme| {
        let head = url.get(..scheme.len())?;
        head.eq_ignore_ascii_case(scheme).then(|| &url[scheme.len()..])
    });
    let safe = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#[]@&+,=%".contains(&byte);
    rest.is_some_and(|rest| !rest.is_empty() && rest.bytes().all(safe))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A person's own Linux desktop.
    fn desktop_session() -> Surroundings {
        Surroundings {
            system: System::Freedesktop,
            browser_variable: None,
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
        match choose(surroundings, &find) {
            BrowserChoice::Command(program, arguments) => {
                Ok(format!("{} {}", program.display(), arguments.join(" ")))
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

    #[test]
    fn a_variable_that_leads_nowhere_falls_back_to_the_desktop() {
        opens(&with_variable(desktop_session(), "missing"), &["xdg-open"], "xdg-open %s");
        opens(&with_variable(desktop_session(), "'unclosed"), &["xdg-open"], "xdg-open %s");
        refuses(&with_variable(desktop_session(), "missing"), &[], NoBrowser::VariableUnusable);
    }

    #[test]
    fn text_browsers_are_never_started() {
        for name in ["lynx", "w3m", "links2", "elinks", "www-browser", "/usr/bin/lynx", "browsh"] {
            refuses(&with_variable(desktop_session(), name), &[name], NoBrowser::TextBrowser);
        }
        let disguised = ["see>/usr/bin/w3m", "firefox>/usr/bin/lynx"];
        refuses(&with_variable(desktop_session(), "see -x"), &disguised, NoBrowser::TextBrowser);
        refuses(&desktop_session(), &disguised, NoBrowser::NotFound);
        opens(&with_variable(desktop_session(), "lynx:brave"), &["lynx", "brave"], "brave %s");
        opens(&with_variable(desktop_session(), "lynx"), &["lynx", "xdg-open"], "xdg-open %s");
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
    fn only_harmless_addresses_are_handed_on() {
        for good in [
            "https://device.sso.eu-west-1.amazonaws.com/?user_code=ABCD-EFGH",
            "https://corp.awsapps.com/start/#/device?user_code=ABCD-EFGH",
            "HTTP://127.0.0.1:8080/oauth/callback?state=a%2Fb&x=1+2",
            "http://[::1]:80/",
        ] {
            assert!(is_safe(good), "{good}");
        }
        for bad in [
            "",
            "https://",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "ftp://x/",
            "-https://x/",
            "--help",
            "https://x/ y",
            "https://x/\"",
            "https://x/'",
            "https://x/`id`",
            "https://x/$(id)",
            "https://x/;id",
            "https://x/|id",
            "https://x/\\y",
            "https://x/<y>",
            "https://x/^",
            "https://x/\n",
            "https://é/",
        ] {
            assert!(!is_safe(bad), "{bad:?}");
        }
        let context = Context::fake(&[], crate::timestamp::Timestamp::from_unix(0));
        assert_eq!(open(&context, "file:///etc/passwd"), Err(NoBrowser::UnsafeAddress));
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

    #[test]
    fn every_reason_completes_a_sentence() {
        let failed = NoBrowser::StartFailed { program: "x".to_owned(), cause: "denied".to_owned() };
        assert_eq!(failed.to_string(), "`x` could not be started: denied");
        assert_eq!(NoBrowser::Ssh.to_string(), "this is an SSH session without a display");
    }
}
