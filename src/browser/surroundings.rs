//! Facts about the place where this process runs, as far as they decide whether a person
//! can see a browser that is started from here.

use std::path::{Path, PathBuf};

use crate::context::Context;

/// Facts about the place where this process runs.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "facts that do not depend on each other")]
pub struct Surroundings {
    /// The kind of desktop.
    pub system: System,
    /// The value of `BROWSER`.
    pub browser_variable: Option<String>,
    /// The value of `aws_sso_cred_browser`, which counts without `BROWSER`.
    pub browser_key: Option<String>,
    /// The home directory, which a `~` in `BROWSER` stands for.
    pub home: Option<PathBuf>,
    /// This is a CI job: `CI` is set, and not to `0`, `false`, `no` or `off`.
    pub continuous_integration: bool,
    /// `SSH_CONNECTION` or `SSH_TTY` is set.
    pub ssh: bool,
    /// `DISPLAY` or `WAYLAND_DISPLAY` is set.
    pub display: bool,
    /// Linux inside of Windows (WSL): the person's desktop is that of Windows.
    pub wsl: bool,
    /// A container or a cloud workspace.
    pub container: bool,
}

/// The kinds of desktop, by how a page is opened there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum System {
    /// Linux and the BSDs. There may be a display server.
    Freedesktop,
    /// macOS, where `open` opens pages.
    MacOs,
    /// Windows, where `rundll32` opens pages. The value is `SystemRoot`, the directory of Windows.
    Windows(String),
}

/// Cloud workspaces and dev containers, each with a variable that it sets. The person's browser
/// runs outside of them.
const WORKSPACES: [(&str, &str); 7] = [
    ("REMOTE_CONTAINERS", "a dev container"),
    ("CODESPACES", "Codespaces"),
    ("CODESPACE_NAME", "Codespaces"),
    ("GITPOD_WORKSPACE_ID", "Gitpod"),
    ("C9_PROJECT", "Cloud9"),
    ("CODER_WORKSPACE_NAME", "Coder"),
    ("CLOUD_SHELL", "Cloud Shell"),
];

impl Surroundings {
    /// Reads the facts from the environment and the file system.
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
            browser_key: None,
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

/// The name of the place where this process runs, if the person's browser may run outside of it:
/// on another computer, or beside a container or virtual machine. Such a browser may not reach a
/// loopback port of this process. `None` on a local desktop.
pub fn remote_place(context: &Context) -> Option<&'static str> {
    let workspace = WORKSPACES.iter().find(|(name, _)| context.variable_os(name).is_some());
    let surroundings = Surroundings::of(context);
    match surroundings {
        _ if workspace.is_some() => workspace.map(|(_, place)| *place),
        Surroundings { ssh: true, .. } => Some("SSH"),
        Surroundings { wsl: true, .. } => Some("WSL"),
        // VS Code sets this variable only in the terminals of its remote server.
        _ if context.variable_os("VSCODE_IPC_HOOK_CLI").is_some() => Some("a remote window of VS Code"),
        Surroundings { container: true, .. } => Some("a container"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timestamp::Timestamp;

    #[test]
    fn the_surroundings_are_read_from_the_environment() {
        let at =
            |variables: &[(&str, &str)]| Surroundings::of(&Context::fake(variables, Timestamp::from_unix(0)));
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
