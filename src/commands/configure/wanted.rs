//! A section as it shall be, compared with the section as it stands.

use super::helper_line::is_same_value;
use super::secret_keys::{HIDDEN, is_secret};
use crate::config::shown_config_path;
use crate::config_editor::{Document, SectionName};
use crate::context::Context;
use crate::error::{ConfigurationError, Difference, Error};

/// A section as it shall be. Keys that are not named stay as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The section.
    pub section: SectionName,
    /// Keys that it shall have, in this order in a new section.
    pub keys: Vec<(&'static str, String)>,
    /// Keys that it gets if it has none.
    defaults: Vec<(&'static str, String)>,
    /// Keys that it must not have.
    without: Vec<&'static str>,
}

impl Wanted {
    /// A section with `keys` and without the keys `without`.
    pub fn new(
        section: SectionName,
        keys: impl IntoIterator<Item = (&'static str, String)>,
        without: &[&'static str],
    ) -> Self {
        let keys = keys.into_iter().collect();
        Self { section, keys, defaults: Vec::new(), without: without.to_vec() }
    }

    /// The same, with a value for `key` if the section has none.
    #[must_use]
    pub fn with_default(mut self, key: &'static str, value: Option<String>) -> Self {
        self.defaults.extend(value.map(|value| (key, value)));
        self
    }

    /// The values of the section in `document` that would be replaced or removed. A value that is only
    /// added differs from nothing.
    pub fn differences(&self, document: &Document) -> Vec<Difference> {
        let shall = self.keys.iter().map(|(key, value)| (*key, Some(value.as_str())));
        let shall_not = self.without.iter().map(|key| (*key, None));
        let difference = |(key, new): (&'static str, Option<&str>)| {
            let old = document.value(&self.section, key)?;
            let shown = if is_secret(key) { HIDDEN } else { old };
            (!new.is_some_and(|new| is_same_value(key, old, new))).then(|| Difference {
                key: key.to_owned(),
                old: Some(shown.to_owned()),
                new: new.map(str::to_owned),
            })
        };
        shall.chain(shall_not).filter_map(difference).collect()
    }

    /// Fails if the section has other values.
    fn ensure_no_other_values(&self, context: &Context, document: &Document) -> Result<(), Error> {
        let differences = self.differences(document);
        if differences.is_empty() {
            return Ok(());
        }
        Err(Error::Configuration(ConfigurationError::OtherValues {
            section: self.section.to_string(),
            differences,
            config_path: shown_config_path(context),
        }))
    }

    /// Makes the section so.
    ///
    /// # Errors
    /// The section or a value is one that the file cannot have.
    pub fn write(&self, document: &mut Document) -> Result<(), Error> {
        for (key, value) in &self.defaults {
            if document.value(&self.section, key).is_none() {
                document.set(&self.section, key, value)?;
            }
        }
        for (key, value) in &self.keys {
            let old = document.value(&self.section, key);
            if !old.is_some_and(|old| is_same_value(key, old, value)) {
                document.set(&self.section, key, value)?;
            }
        }
        self.without.iter().try_for_each(|key| document.remove_key(&self.section, key))
    }
}

/// Makes all of `wanted` so. Without `force`, sections with other values are refused before any is
/// written.
///
/// # Errors
/// [`ConfigurationError::OtherValues`]; a section that cannot be edited.
pub fn write_all(
    context: &Context,
    document: &mut Document,
    wanted: &[Wanted],
    force: bool,
) -> Result<(), Error> {
    if !force {
        wanted.iter().try_for_each(|wanted| wanted.ensure_no_other_values(context, document))?;
    }
    wanted.iter().try_for_each(|wanted| wanted.write(document))
}
