//! Builds the text of a JSON object, byte for byte as Python writes it.

use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::text::json::{push_quoted, to_python_text};

/// The JSON text of an object that is being built: the known members in the AWS CLI's order,
/// then the other members that the file held before.
pub(super) struct Object(String);

impl Object {
    pub(super) fn new() -> Self {
        Self(String::with_capacity(2048))
    }

    pub(super) fn text(mut self, name: &str, text: &str) -> Self {
        self.key(name);
        push_quoted(&mut self.0, text);
        self
    }

    pub(super) fn optional(self, name: &str, text: Option<&str>) -> Self {
        match text {
            Some(text) => self.text(name, text),
            None => self,
        }
    }

    pub(super) fn value(mut self, name: &str, value: &Value) -> Self {
        self.key(name);
        self.0.push_str(&to_python_text(value));
        self
    }

    pub(super) fn object(mut self, name: &str, inner: Self) -> Self {
        self.key(name);
        self.0.push_str(&Zeroizing::new(inner.into_text()));
        self
    }

    /// An empty list is left out, as the AWS CLI does.
    pub(super) fn words(self, name: &str, words: &[String]) -> Self {
        if words.is_empty() { self } else { self.value(name, &Value::from(words)) }
    }

    /// Adds the members of `old` that are not among the `known` ones.
    pub(super) fn keeping(self, old: &Map<String, Value>, known: &[&str]) -> Self {
        let is_known = |key: &str| known.iter().any(|name| name.eq_ignore_ascii_case(key));
        old.iter()
            .filter(|(key, _)| !is_known(key))
            .fold(self, |object, (key, value)| object.value(key, value))
    }

    /// The text, as Python's `json.dumps` writes it.
    pub(super) fn into_text(mut self) -> String {
        self.0.push_str(if self.0.is_empty() { "{}" } else { "}" });
        self.0
    }

    fn key(&mut self, name: &str) {
        self.0.push_str(if self.0.is_empty() { "{" } else { ", " });
        push_quoted(&mut self.0, name);
        self.0.push_str(": ");
    }
}
