//! What is known of a request, as condition keys and their values.

use super::key::ConditionKey;

/// The values of condition keys for one request.
///
/// [`Context`] is one; a caller that holds a request as typed data writes its own and spares the
/// copy.
pub trait RequestContext {
    /// The values of the key, as text: times in ISO 8601 or epoch seconds, `true` and `false`,
    /// binary values in base64.
    fn values(&self, key: &ConditionKey) -> Values<'_>;
}

/// The values of one condition key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Values<'a> {
    /// The request does not have the key.
    Missing,
    /// The one value of a single-valued key.
    One(&'a str),
    /// The values of a multivalued key; without any it is missing.
    Many(&'a [Box<str>]),
}

impl<'a> Values<'a> {
    /// The values one by one.
    pub fn iter(self) -> impl Iterator<Item = &'a str> {
        let (one, many) = match self {
            Self::Missing => (None, &[][..]),
            Self::One(value) => (Some(value), &[][..]),
            Self::Many(values) => (None, values),
        };
        one.into_iter().chain(many.iter().map(|value| &**value))
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_missing(self) -> bool {
        match self {
            Self::Missing => true,
            Self::One(_) => false,
            Self::Many(values) => values.is_empty(),
        }
    }

    /// The value, if there is exactly one: a multivalued key cannot be a policy variable.
    pub(super) fn single(self) -> Option<&'a str> {
        match self {
            Self::One(value) => Some(value),
            Self::Many([value]) => Some(value),
            Self::Missing | Self::Many(_) => None,
        }
    }
}

/// A request context as a list of keys and values.
///
/// ```
/// use tollgate_iam::policy::{ConditionKey, Context, RequestContext, Values};
///
/// let mut context = Context::new();
/// context.set("aws:SourceIp", "203.0.113.10");
/// context.set_all("aws:PrincipalOrgPaths", ["o-1/r-1/ou-a/", "o-1/r-1/ou-b/"]);
/// assert_eq!(context.values(&ConditionKey::SourceIp), Values::One("203.0.113.10"));
/// assert_eq!(context.values(&ConditionKey::Referer), Values::Missing);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Context {
    // Some fifteen entries: a walk over them costs less than a hash.
    entries: Vec<(ConditionKey, Entry)>,
}

#[derive(Clone, Debug)]
enum Entry {
    One(Box<str>),
    Many(Box<[Box<str>]>),
}

impl Context {
    /// A context without keys.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            entries: Vec::new(),
        }
    }

    /// Gives a key one value, in the place of what it had.
    pub fn set(&mut self, key: impl Into<ConditionKey>, value: impl Into<Box<str>>) {
        self.insert(key.into(), Entry::One(value.into()));
    }

    /// Gives a key these values, in the place of what it had.
    pub fn set_all<V: Into<Box<str>>>(
        &mut self,
        key: impl Into<ConditionKey>,
        values: impl IntoIterator<Item = V>,
    ) {
        let values = values.into_iter().map(Into::into).collect();
        self.insert(key.into(), Entry::Many(values));
    }

    fn insert(&mut self, key: ConditionKey, entry: Entry) {
        match self.entries.iter_mut().find(|(name, _)| *name == key) {
            Some((_, old)) => *old = entry,
            None => self.entries.push((key, entry)),
        }
    }
}

impl RequestContext for Context {
    fn values(&self, key: &ConditionKey) -> Values<'_> {
        match self.entries.iter().find(|(name, _)| name == key) {
            None => Values::Missing,
            Some((_, Entry::One(value))) => Values::One(value),
            Some((_, Entry::Many(values))) => Values::Many(values),
        }
    }
}
