//! The options of `console`. The comments of the fields are the help.

use std::time::Duration;

use clap::Args;

use super::duration::duration;
use super::role::RoleOptions;

/// Options of `console`.
#[derive(Args, Debug, Clone, Default, PartialEq, Eq)]
pub struct ConsoleOptions {
    /// The role.
    #[command(flatten)]
    pub role: RoleOptions,
    /// Open this service (s3, ec2, ...), path (/s3/home) or https URL of the console
    #[arg(long, value_name = "SERVICE|PATH|URL")]
    pub destination: Option<String>,
    /// How long the session of the console lasts, from 15m to 12h [default: AWS decides]
    #[arg(long, value_name = "TIME", value_parser = session_duration, conflicts_with = "shortcut")]
    pub duration: Option<Duration>,
    /// Print the address and open no browser; whoever has the address can sign in for 15 minutes
    #[arg(long)]
    pub url: bool,
    /// Use the link of the access portal, which holds no secret and can be shared
    #[arg(long)]
    pub shortcut: bool,
    /// Sign the browser out of the console first
    #[arg(long, conflicts_with = "shortcut")]
    pub logout_first: bool,
}

/// A span of time that AWS accepts as `SessionDuration`.
fn session_duration(text: &str) -> Result<Duration, String> {
    const MINUTE: u64 = 60;
    let parsed = duration(text)?;
    if (15 * MINUTE..=12 * 60 * MINUTE).contains(&parsed.as_secs()) {
        return Ok(parsed);
    }
    Err("use a time from 15m to 12h".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_lasts_from_15_minutes_to_12_hours() {
        for (text, seconds) in [("15m", 900), ("900", 900), ("12h", 43_200), ("1h30m", 5400)] {
            assert_eq!(session_duration(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["14m59s", "0", "12h1s", "1d", "-1h", "x", "18446744073709551615"] {
            assert!(session_duration(text).is_err(), "{text}");
        }
    }
}
