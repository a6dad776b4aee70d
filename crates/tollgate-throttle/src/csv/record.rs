//! A key with what a file says of it.

use std::fmt;

use thiserror::Error;

use crate::{ApiKey, InvalidKeyValue};

/// Characters that the name of a key has at most (API reference, `CreateApiKey`).
pub const MOST_NAME_CHARACTERS: usize = 1_024;

/// A key as a file has it: without an id, which whoever takes it in gives to it.
///
/// Spaces around its texts do not count. `Debug` does not show its value.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyRecord {
    name: Box<str>,
    value: Box<str>,
    description: Box<str>,
    is_enabled: bool,
    usage_plan_ids: Vec<Box<str>>,
}

/// What cannot be said of a key. It is not shown: where columns are mixed up, it may be a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum KeyFault {
    /// It has no name.
    #[error("the API key has no name")]
    NoName,
    /// Its name is too long.
    #[error("the API key's name has more than 1024 characters")]
    LongName,
    /// Its value cannot be one.
    #[error(transparent)]
    Value(#[from] InvalidKeyValue),
    /// Whether it is enabled is not said by `true` or `false`.
    #[error("expected true or false for enabled")]
    Enabled,
    /// The id of a usage plan has something else than letters, digits, `-` and `_`.
    #[error("expected ids of usage plans, in quotes where they are several")]
    UsagePlanId,
}

impl KeyRecord {
    /// A key that is enabled, has no description and is in no usage plan.
    ///
    /// # Errors
    ///
    /// [`KeyFault`] of its name or value.
    pub fn new(name: &str, value: &str) -> Result<Self, KeyFault> {
        let name = name.trim();
        if name.is_empty() {
            return Err(KeyFault::NoName);
        }
        if name.chars().count() > MOST_NAME_CHARACTERS {
            return Err(KeyFault::LongName);
        }
        let key = ApiKey::new("", value.trim())?;
        Ok(Self {
            name: name.into(),
            value: key.value().into(),
            description: Box::default(),
            is_enabled: true,
            usage_plan_ids: Vec::new(),
        })
    }

    /// Describes it.
    #[must_use]
    pub fn with_description(mut self, description: &str) -> Self {
        self.description = description.trim().into();
        self
    }

    /// Whether requests with it are let through.
    #[must_use]
    pub const fn with_enabled(mut self, is_enabled: bool) -> Self {
        self.is_enabled = is_enabled;
        self
    }

    /// Puts it into a usage plan, too.
    ///
    /// # Errors
    ///
    /// [`KeyFault::UsagePlanId`].
    pub fn with_usage_plan(mut self, id: &str) -> Result<Self, KeyFault> {
        let id = id.trim();
        let is_fit = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        if id.is_empty() || !id.bytes().all(is_fit) {
            return Err(KeyFault::UsagePlanId);
        }
        if !self.usage_plan_ids.iter().any(|known| **known == *id) {
            self.usage_plan_ids.push(id.into());
        }
        Ok(self)
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The secret.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }

    /// What it is for; empty where nothing is said.
    #[must_use]
    pub fn description(&self) -> &str {
        &self.description
    }

    /// Whether requests with it are let through.
    #[must_use]
    pub const fn is_enabled(&self) -> bool {
        self.is_enabled
    }

    /// The ids of its usage plans, each once.
    #[must_use]
    pub fn usage_plan_ids(&self) -> &[Box<str>] {
        &self.usage_plan_ids
    }
}

impl fmt::Debug for KeyRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyRecord")
            .field("name", &self.name)
            .field("description", &self.description)
            .field("is_enabled", &self.is_enabled)
            .field("usage_plan_ids", &self.usage_plan_ids)
            .finish_non_exhaustive()
    }
}
