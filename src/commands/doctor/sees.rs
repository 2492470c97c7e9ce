//! Which credential provider each SDK uses for a profile.

use super::source_file::Keys;

/// An SDK or tool, and the provider that it uses.
pub(super) struct Provided {
    pub(super) consumer: &'static str,
    pub(super) provider: String,
}

/// The provider of each SDK for the profile. No SDK is known yet.
pub(super) const fn providers(_profile: &Keys<'_>) -> Vec<Provided> {
    Vec::new()
}
