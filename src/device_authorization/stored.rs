//! A pending authorization as JSON, for the state file. A document that cannot be understood
//! counts as no authorization: the next sign-in starts a new one. Reading and writing the file is
//! the caller's part.

use std::time::Duration;

use serde_json::Value;

use super::pending::{PendingAuthorization, is_web_page};
use crate::secret::Secret;
use crate::text::json::push_quoted;
use crate::text::span::rounded_up;
use crate::timestamp::Timestamp;

impl PendingAuthorization {
    /// The content of the state file. It is secret, because it contains the device code.
    pub fn to_json(&self) -> Secret {
        // The string is allocated at once: one that grows leaves copies in memory that are not wiped.
        let strings: usize = self.strings().iter().map(|(_, text)| text.len() * 6 + 40).sum();
        let mut out = String::with_capacity(strings + 512);
        out.push('{');
        for (key, text) in self.strings() {
            push_member(&mut out, key);
            push_quoted(&mut out, text);
        }
        let times = [
            ("startedAt", Some(self.started_at)),
            ("expiresAt", Some(self.expires_at)),
            ("nextPollAt", Some(self.next_poll_at)),
            ("promptedAt", self.prompted_at),
            ("registrationExpiresAt", Some(self.registration_expires_at)),
        ];
        for (key, time) in times.into_iter().filter_map(|(key, time)| Some((key, time?))) {
            push_member(&mut out, key);
            push_quoted(&mut out, &time.to_string());
        }
        push_member(&mut out, "interval");
        out.push_str(&rounded_up(self.interval).as_secs().to_string());
        if let Some(process) = self.polled_by {
            push_member(&mut out, "polledBy");
            out.push_str(&process.to_string());
        }
        push_member(&mut out, "browserOpened");
        out.push_str(if self.browser_opened { "true" } else { "false" });
        out.push_str("}\n");
        Secret::new(out)
    }

    fn strings(&self) -> [(&'static str, &str); 9] {
        [
            ("sessionKey", &self.session_key),
            ("startUrl", &self.start_url),
            ("region", &self.region),
            ("userCode", &self.user_code),
            ("verificationUri", &self.verification_uri),
            ("verificationUriComplete", &self.verification_uri_complete),
            ("deviceCode", self.device_code.expose()),
            ("clientId", &self.client_id),
            ("clientSecret", self.client_secret.expose()),
        ]
    }

    /// Reads a document of [`to_json`](Self::to_json) and ignores unknown members. `None` if a needed
    /// member is missing or has another type.
    pub fn from_json(document: &Value) -> Option<Self> {
        let text = |key: &str| Some(document.get(key)?.as_str()?.to_owned()).filter(|text| !text.is_empty());
        let time = |key: &str| Timestamp::parse(document.get(key)?.as_str()?);
        let started_at = time("startedAt")?;
        let verification_uri = text("verificationUri").filter(|uri| is_web_page(uri))?;
        let prefilled = text("verificationUriComplete").filter(|uri| is_web_page(uri));
        Some(Self {
            device_code: Secret::new(text("deviceCode")?),
            user_code: text("userCode")?,
            verification_uri_complete: prefilled.unwrap_or_else(|| verification_uri.clone()),
            verification_uri,
            interval: Duration::from_secs(document.get("interval")?.as_u64().filter(|&seconds| seconds > 0)?),
            started_at,
            expires_at: time("expiresAt")?,
            next_poll_at: time("nextPollAt").unwrap_or(started_at),
            prompted_at: time("promptedAt"),
            browser_opened: document.get("browserOpened").and_then(Value::as_bool).unwrap_or(false),
            client_id: text("clientId")?,
            client_secret: Secret::new(text("clientSecret")?),
            registration_expires_at: time("registrationExpiresAt")?,
            session_key: text("sessionKey")?,
            start_url: text("startUrl")?,
            region: text("region")?,
            polled_by: document.get("polledBy").and_then(Value::as_u64).and_then(|id| u32::try_from(id).ok()),
            lost: 0,
        })
    }
}

fn push_member(out: &mut String, key: &str) {
    out.push_str(if out.len() > 1 { ", " } else { "" });
    push_quoted(out, key);
    out.push_str(": ");
}
