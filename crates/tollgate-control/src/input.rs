//! The members of a body that has its shape.

use indexmap::IndexMap;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::error::{ControlError, Result};

/// The members of a JSON object that was held against its shape: each one that is there has its type.
#[derive(Clone, Debug, Default)]
pub(crate) struct Input(Map<String, Value>);

impl Input {
    pub(crate) const fn new(members: Map<String, Value>) -> Self {
        Self(members)
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str()
    }

    /// A text of which an empty one is as good as none.
    pub(crate) fn some_text(&self, name: &str) -> Option<String> {
        let text = self.text(name).filter(|text| !text.is_empty());
        text.map(str::to_owned)
    }

    pub(crate) fn flag(&self, name: &str) -> Option<bool> {
        self.0.get(name)?.as_bool()
    }

    pub(crate) fn integer(&self, name: &str) -> Option<i64> {
        self.0.get(name)?.as_i64()
    }

    pub(crate) fn texts(&self, name: &str) -> Vec<String> {
        let values = self.0.get(name).and_then(Value::as_array);
        let texts = values.into_iter().flatten().filter_map(Value::as_str);
        texts.map(str::to_owned).collect()
    }

    /// Texts by name; a `null` is no text.
    pub(crate) fn map(&self, name: &str) -> IndexMap<String, String> {
        let object = self.0.get(name).and_then(Value::as_object);
        let entries = object.into_iter().flatten();
        let text =
            |(name, value): (&String, &Value)| Some((name.clone(), value.as_str()?.to_owned()));
        entries.filter_map(text).collect()
    }

    /// The members of an object.
    pub(crate) fn object(&self, name: &str) -> Option<Self> {
        self.0.get(name)?.as_object().cloned().map(Self)
    }

    /// The members of each object of a list.
    pub(crate) fn objects(&self, name: &str) -> Vec<Self> {
        let values = self.0.get(name).and_then(Value::as_array);
        let objects = values.into_iter().flatten().filter_map(Value::as_object);
        objects.cloned().map(Self).collect()
    }

    /// All members of it as a part of the model, which spells them as they are spelled here.
    ///
    /// # Errors
    ///
    /// Where the model cannot hold them, as with a number that is negative.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Result<T> {
        T::deserialize(Value::Object(self.0.clone())).map_err(|_| unfit("a value"))
    }

    /// One member as a part of the model.
    ///
    /// # Errors
    ///
    /// As with [`read`](Self::read).
    pub(crate) fn read_member<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>> {
        let value = self.0.get(name).cloned();
        let value = value.map(T::deserialize).transpose();
        value.map_err(|_| unfit(name))
    }

    /// Adds a member that the path of the call says.
    #[must_use]
    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.insert(name.to_owned(), value.into());
        self
    }
}

/// What has its shape, and is nothing that the model could hold.
fn unfit(what: &str) -> ControlError {
    let message = format!("{what} is negative, too large, or null where it must not be");
    ControlError::bad_request(message)
}
