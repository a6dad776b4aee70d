//! What a token says of its bearer.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use serde_json::{Map, Value};
use tollgate_core::AuthorizerContext;

/// The claims of a token whose signature was verified; cheap to clone.
///
/// `Debug` shows names and no values: they are about people.
#[derive(Clone, PartialEq, Eq)]
pub struct Claims(Arc<Map<String, Value>>);

impl Claims {
    pub(super) fn new(members: Map<String, Value>) -> Self {
        Self(Arc::new(members))
    }

    /// A claim as the token has it.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// A claim as text, as `$context.authorizer.claims.…` shows it: numbers and booleans as JSON spells
    /// them, members of lists with commas between them, objects as JSON. `null` is nothing.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<Cow<'_, str>> {
        text(self.get(name)?)
    }

    /// The claims as texts, in the order of the token.
    pub fn texts(&self) -> impl Iterator<Item = (&str, Cow<'_, str>)> {
        self.0
            .iter()
            .filter_map(|(name, value)| Some((name.as_str(), text(value)?)))
    }

    /// All of `$context.authorizer`.
    #[must_use]
    pub fn authorizer_context(&self) -> AuthorizerContext {
        AuthorizerContext::of_claims(self.texts().map(|(name, value)| (name, value.into_owned())))
    }

    /// `sub`: whom the token is about.
    #[must_use]
    pub fn subject(&self) -> Option<&str> {
        self.get("sub")?.as_str()
    }
}

fn text(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.into()),
        Value::Array(members) => {
            let members: Vec<_> = members.iter().filter_map(text).collect();
            Some(members.join(",").into())
        }
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => Some(value.to_string().into()),
    }
}

impl fmt::Debug for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Claims")?;
        f.debug_set().entries(self.0.keys()).finish()
    }
}
