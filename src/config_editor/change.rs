//! The changes that a plan asks for.

use super::name::SectionName;
use super::reading::Reading;

/// One change.
#[derive(Debug, Clone)]
pub(super) enum Change {
    Set(SectionName, String, String),
    RemoveKey(SectionName, String),
    RemoveSection(SectionName),
    /// The section has these keys and no others.
    Section(SectionName, Vec<(String, String)>),
}

impl Change {
    /// What a reader must find after the change, if it found `reading` before.
    pub(super) fn apply(&self, reading: &mut Reading) {
        match self {
            Self::Set(name, key, value) => {
                reading.entry(name.clone()).or_default().insert(key.clone(), value.clone());
            }
            Self::RemoveKey(name, key) => {
                if let Some(settings) = reading.get_mut(name) {
                    settings.remove(key);
                }
            }
            Self::RemoveSection(name) => {
                reading.remove(name);
            }
            Self::Section(name, keys) => {
                reading.insert(name.clone(), keys.iter().cloned().collect());
            }
        }
    }
}
