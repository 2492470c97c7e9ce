//! The command `ssh -L`, by which a browser on another computer reaches this one.

use crate::context::Context;

/// Whether the person sits at another computer: this process runs in an SSH session.
pub fn is_remote(context: &Context) -> bool {
    context.variable_os("SSH_CONNECTION").is_some() || context.variable_os("SSH_TTY").is_some()
}

/// The command that, on the person's computer, makes the port `port_here` of this one reachable.
pub fn tunnel(context: &Context, port_here: u16) -> String {
    let connection = context.variable("SSH_CONNECTION").unwrap_or_default();
    let mut words = connection.split_whitespace().skip(2);
    let address = words.next().filter(|address| is_address(address));
    // Without a socket, sshd writes `UNKNOWN 65535`.
    let port = words.next().filter(|_| address.is_some()).and_then(|port| port.parse::<u16>().ok());
    let to_port = port.filter(|port| *port != 22).map_or_else(String::new, |port| format!("-p {port} "));
    format!("ssh {to_port}-L {port_here}:127.0.0.1:{port_here} {}", this_machine(context, address))
}

/// Whether `text` is an IP address, perhaps with the interface of a link-local one:
/// `fe80::2%eth0`.
fn is_address(text: &str) -> bool {
    let (address, scope) = text.split_once('%').unwrap_or((text, ""));
    address.parse::<std::net::IpAddr>().is_ok() && is_plain(scope)
}

/// Whether `text` has only characters that mean nothing to a shell.
fn is_plain(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
}

/// This computer as the argument of the person's `ssh`. The third and fourth word of
/// `SSH_CONNECTION` are the address and the port to which the person connected.
fn this_machine(context: &Context, address: Option<&str>) -> String {
    let user = context.variable("USER").filter(|user| is_plain(user));
    match (user, address) {
        (Some(user), Some(address)) => format!("{user}@{address}"),
        (None, Some(address)) => address.to_string(),
        (_, None) => "THIS_HOST".to_owned(),
    }
}
