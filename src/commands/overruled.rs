//! Tells a person which environment variables overrule a profile.

use crate::context::Context;
use crate::selection::{self, Overruled};
use crate::terminal::output;
use crate::text::escape::shorten;

/// Prints a note for each environment variable that overrules a value of a profile. The credential
/// process uses the variable, too, if it is set there.
pub fn tell(context: &Context, profile: Option<&str>) {
    let overruled = selection::overruled(context, profile).unwrap_or_default();
    let mut told: Vec<&str> = Vec::new();
    for Overruled { variable, value, key, profile, configured } in &overruled {
        if told.contains(variable) {
            continue;
        }
        told.push(variable);
        let others = overruled.iter().filter(|other| other.variable == *variable).count() - 1;
        let others = match others {
            0 => String::new(),
            1 => ", and that of 1 more profile".to_owned(),
            n => format!(", and that of {n} more profiles"),
        };
        let (value, configured) = (shorten(value), shorten(configured));
        output::tell(&format!(
            "note: {variable} is set to `{value}` and overrules `{key} = {configured}` of profile `{profile}`{others}"
        ));
    }
}
