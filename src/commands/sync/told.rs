//! What `sync` says.

use super::fetched::Fetched;
use super::wanted::Wanted;
use crate::commands::role::Obtained;
use crate::commands::synced::tell_of_left;
use crate::config_editor::Edited;
use crate::context::Context;
use crate::sign_in::{Swept, headers};
use crate::terminal::output;
use crate::text::list::listed;
use crate::text::shell::shell_word;

/// One line for each section that would be written or removed (`--dry-run`).
pub fn planned(wanted: &[&Wanted], swept: &Swept) -> String {
    let mut text = String::new();
    for Wanted { profile, target, .. } in wanted {
        text.push_str(&format!("[{target}] would get the keys of profile `{profile}`\n"));
    }
    for name in &swept.removed {
        text.push_str(&format!("[{name}] would be removed\n"));
    }
    if text.is_empty() {
        text.push_str("nothing would be written or removed\n");
    }
    text
}

/// What was done; `edited` is the change of the file, if one was made.
pub fn done(context: &Context, fetched: &Fetched, swept: &Swept, edited: Option<&Edited>) {
    if let Some(edited) = edited {
        let path = edited.shown_path();
        written(context, &fetched.good, path);
        match &swept.removed[..] {
            [] if fetched.good.is_empty() && fetched.failed.is_empty() => {
                output::tell(&format!("{path} has no expired keys that `sync` wrote"));
            }
            [] => {}
            removed => output::tell(&format!("removed expired keys from {path}: {}", headers(removed))),
        }
        tell_of_left(path, &swept.left);
    }
    failures(fetched, fetched.failed.len() + fetched.good.len());
}

/// Why profiles were not written. The failure of the only one ends the program, which tells it.
pub fn failures(fetched: &Fetched, all: usize) {
    if all > 1 {
        for (wanted, error) in &fetched.failed {
            let text = error.to_string();
            let text = text.strip_prefix("aws-sso-cred: ").unwrap_or(&text);
            output::tell(&format!("profile `{}` was not written: {text}", wanted.profile));
        }
    }
}

fn written(context: &Context, good: &[(Wanted, Obtained)], path: &str) {
    for (Wanted { profile, target, .. }, obtained) in good {
        let of = if profile == target { String::new() } else { format!(" has the keys of `{profile}`,") };
        let until = context.for_people(obtained.credentials.expiration);
        output::tell(&format!("[{target}] in {path}:{of} valid until {until}"));
    }
    let hidden: Vec<&Wanted> =
        good.iter().map(|(wanted, _)| wanted).filter(|wanted| wanted.hides_line).collect();
    if let [first, ..] = hidden[..] {
        let names: Vec<String> = hidden.iter().map(|wanted| format!("`{}`", wanted.target)).collect();
        let other = shell_word(&format!("{}:{}-static", first.profile, first.target));
        output::tell(&format!(
            "note: SDKs now use these keys for {}, and do not renew them; `aws-sso-cred sync {other}` writes \
             another name",
            listed(&names)
        ));
    }
}
