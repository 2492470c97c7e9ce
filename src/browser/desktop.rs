//! The programs that open a page on a desktop, and the reason when there is no desktop. Pure.

use super::program::Program;
use super::refusal::NoBrowser;
use super::surroundings::{Surroundings, System};

/// The name of a program, and the arguments before the address.
type Launcher = (String, &'static [&'static str]);

/// The launchers of this desktop, best first. `find` finds an installed program by name.
pub(super) fn launchers(
    surroundings: &Surroundings,
    find: &dyn Fn(&str) -> Option<Program>,
) -> Vec<Launcher> {
    const HANDLER: &[&str] = &["url.dll,FileProtocolHandler"];
    let mut launchers: Vec<Launcher> = Vec::new();
    let mut add = |name: &str, arguments| launchers.push((name.to_owned(), arguments));
    match &surroundings.system {
        _ if why_out_of_sight(surroundings) == Some(NoBrowser::Ssh) => {}
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
                // Without one of these two, `sensible-browser` starts a text browser.
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

/// The reason why the person cannot see a window that opens here; `None` if the person can.
pub(super) fn why_out_of_sight(surroundings: &Surroundings) -> Option<NoBrowser> {
    let needs_no_display = surroundings.system != System::Freedesktop;
    match surroundings {
        Surroundings { ssh: true, .. } if needs_no_display || !surroundings.display => Some(NoBrowser::Ssh),
        Surroundings { display: true, .. } => None,
        _ if needs_no_display => None,
        Surroundings { container: true, .. } => Some(NoBrowser::Container),
        _ => Some(NoBrowser::NoDisplay),
    }
}
