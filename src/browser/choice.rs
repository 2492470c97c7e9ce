//! The decision which program opens a page. Pure.
//!
//! `BROWSER` comes first, also over SSH and in containers: VS Code, for instance, sets it in its
//! remote terminals to a script that reaches the person's desktop. The desktop's own launchers
//! come second.

use std::path::PathBuf;

use super::address;
use super::desktop::{launchers, why_out_of_sight};
use super::program::{Program, is_text_browser};
use super::refusal::{NoBrowser, PassedOver, Unusable};
use super::surroundings::{Surroundings, System};
use super::variable::{Command, Reader, VARIABLE};

/// The result of [`choose`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BrowserChoice {
    /// The program to start.
    Command(Launch),
    /// No page can be opened here.
    None(NoBrowser),
}

/// A program to start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Launch {
    /// The program's path.
    pub program: PathBuf,
    /// Its arguments. While the address is not known, `%s` stands for it.
    pub arguments: Vec<String>,
    /// The entry of `BROWSER` that this program replaces. The person has to be told, because
    /// the other browser may be signed in with another account.
    pub instead_of: Option<PassedOver>,
}

/// Decides which program opens a page. `url` is its address, if it is known already; `find`
/// finds an installed program by name or path.
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

/// The programs to try in turn, until one does not fail at once: every usable entry of
/// `BROWSER`; without such an entry, the best launcher of the desktop.
pub(super) fn launches(
    surroundings: &Surroundings,
    url: Option<&str>,
    find: &dyn Fn(&str) -> Option<Program>,
) -> Result<Vec<Launch>, NoBrowser> {
    if surroundings.continuous_integration {
        return Err(NoBrowser::ContinuousIntegration);
    }
    let (launches, passed_over) = from_variable(surroundings, url, find);
    if !launches.is_empty() {
        return Ok(launches);
    }
    for (name, arguments) in launchers(surroundings, find) {
        if let Some(program) = find(&name).filter(|program| !is_text_browser(program)) {
            let arguments = arguments.iter().copied().chain([url.unwrap_or("%s")]).map(str::to_owned);
            let arguments = arguments.collect();
            return Ok(vec![Launch { program: program.path, arguments, instead_of: passed_over }]);
        }
    }
    Err(match (passed_over, why_out_of_sight(surroundings)) {
        // Some servers set `BROWSER` to a text browser by default; the missing desktop says more.
        (Some(PassedOver { why: Unusable::TextBrowser, .. }) | None, Some(reason)) => reason,
        (Some(passed_over), _) => NoBrowser::Variable(passed_over),
        (None, None) => NoBrowser::NotFound,
    })
}

/// The usable entries of `BROWSER`, else of the key, and one of the entries that were passed over: the
/// first with a mistake, else the last.
fn from_variable(
    surroundings: &Surroundings,
    url: Option<&str>,
    find: &dyn Fn(&str) -> Option<Program>,
) -> (Vec<Launch>, Option<PassedOver>) {
    let windows = matches!(surroundings.system, System::Windows(_));
    let reader = Reader { windows, home: surroundings.home.as_deref(), find };
    let mut passed_over: Option<PassedOver> = None;
    let mut launches = Vec::new();
    let (setting, list) = match (&surroundings.browser_variable, &surroundings.browser_key) {
        (None, Some(key)) => ("aws_sso_cred_browser", key.as_str()),
        (variable, _) => (VARIABLE, variable.as_deref().unwrap_or_default()),
    };
    for entry in reader.commands(list) {
        let entry = entry.and_then(|command| fill_in(&command, url));
        match entry.map_err(|unusable| PassedOver { setting, ..unusable }) {
            Ok((program, arguments)) => {
                let instead_of = passed_over.clone().filter(|entry| !entry.is_usual_in_a_list());
                launches.push(Launch { program, arguments, instead_of });
            }
            Err(unusable) => match &passed_over {
                Some(mistake) if !mistake.is_usual_in_a_list() => {}
                _ => passed_over = Some(unusable),
            },
        }
    }
    (launches, passed_over)
}

/// The program and the arguments of `command`, with `url` in the place of `%s` if it is known.
fn fill_in(command: &Command, url: Option<&str>) -> Result<(PathBuf, Vec<String>), PassedOver> {
    let program = command.program.path.clone();
    let arguments = match url {
        Some(url) => address::fill(&program, &command.arguments, url).map_err(|why| PassedOver {
            setting: VARIABLE,
            entry: command.entry.clone(),
            why,
        })?,
        None => command.arguments.clone(),
    };
    Ok((program, arguments))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// A local Linux desktop.
    fn desktop_session() -> Surroundings {
        Surroundings {
            system: System::Freedesktop,
            browser_variable: None,
            browser_key: None,
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
    fn the_first_usable_entry_of_the_variable_is_chosen() {
        let all = ["xdg-open", "chromium", "/opt/my browser", "brave"];
        opens(&with_variable(desktop_session(), "chromium"), &all, "chromium %s");
        opens(&with_variable(desktop_session(), "missing:brave --url=%s -x &"), &all, "brave --url=%s -x");
        opens(&with_variable(desktop_session(), "/opt/my browser"), &all, "/opt/my browser %s");
        opens(&with_variable(desktop_session(), r"/opt/my\ browser '%s' b"), &all, "/opt/my browser %s b");
    }

    fn variable(entry: &str, why: Unusable) -> NoBrowser {
        NoBrowser::Variable(PassedOver { setting: VARIABLE, entry: entry.to_owned(), why })
    }

    #[test]
    fn an_unusable_variable_falls_back_to_the_desktop_and_says_so() {
        let desktop = ["xdg-open", "firefox", "brave"];
        let opens = |value: &str, command: &str| {
            opens(&with_variable(desktop_session(), value), &desktop, command);
        };
        opens("missing", "xdg-open %s instead of missing");
        opens("'unclosed", "xdg-open %s instead of 'unclosed");
        opens("firefox x:y&z=%s", "xdg-open %s instead of firefox x:y&z=%s");
        // A program that is not installed is usual in a list; an unclosed quote is a mistake.
        opens("missing:brave", "brave %s");
        opens("firefox 'x:missing", "xdg-open %s instead of firefox 'x:missing");
        refuses(&with_variable(desktop_session(), "missing"), &[], variable("missing", Unusable::NotFound));
        refuses(&with_variable(headless(), "missing"), &[], variable("missing", Unusable::NotFound));
    }

    #[test]
    fn an_entry_that_could_run_the_address_as_code_is_passed_over_and_named() {
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
    fn in_a_container_a_browser_needs_a_display_or_the_variable() {
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
    fn macos_and_windows_have_one_launcher_each() {
        let mac = Surroundings { system: System::MacOs, ..headless() };
        opens(&mac, &["/usr/bin/open"], "/usr/bin/open %s");
        let windows = Surroundings { system: System::Windows(r"D:\W".to_owned()), ..headless() };
        let rundll32 = r"D:\W\System32\rundll32.exe";
        opens(&windows, &[rundll32], &format!("{rundll32} url.dll,FileProtocolHandler %s"));
        let chosen = with_variable(windows, r"C:\x\firefox.exe -new-tab %s;y");
        opens(&chosen, &[r"C:\x\firefox.exe"], r"C:\x\firefox.exe -new-tab %s");
    }
}
