//! Values as keys of maps.

use std::hash::{Hash, Hasher};
use std::rc::Rc;

use indexmap::Equivalent;

use super::Value;
use super::string::is_same;

/// A value as key, compared without walking into containers.
pub(crate) struct Key<'a>(pub(crate) Value<'a>);

/// [`Key`] for lookups.
pub(crate) struct KeyRef<'v, 'a>(pub(crate) &'v Value<'a>);

impl Hash for Key<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        KeyRef(&self.0).hash(state);
    }
}

impl PartialEq for Key<'_> {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        KeyRef(&self.0).equivalent(other)
    }
}

impl Eq for Key<'_> {}

impl Hash for KeyRef<'_, '_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self.0 {
            // Nothing beside the text, so that a plain `str` finds its entry.
            Value::Str(text) => text.hash(state),
            Value::Null => 0.hash(state),
            Value::Bool(value) => value.hash(state),
            Value::Int(number) => number.hash(state),
            Value::Double(number) => number.to_bits().hash(state),
            Value::Decimal(number) => number.hash(state),
            Value::Char(unit) => unit.hash(state),
            Value::List(list) => list.address().hash(state),
            Value::Map(map) => map.address().hash(state),
            Value::Entry(entry) => entry.address().hash(state),
            Value::Object(object) => (Rc::as_ptr(object).cast::<()>() as usize).hash(state),
        }
    }
}

impl<'a> Equivalent<Key<'a>> for KeyRef<'_, 'a> {
    #[inline]
    fn equivalent(&self, key: &Key<'a>) -> bool {
        match (self.0, &key.0) {
            // Nearly all keys are strings.
            (Value::Str(a), Value::Str(b)) => a == b,
            (Value::Null, Value::Null) => true,
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::Int(a), Value::Int(b)) => a.same(b),
            (Value::Double(a), Value::Double(b)) => a.to_bits() == b.to_bits(),
            (Value::Decimal(a), Value::Decimal(b)) => a == b,
            (Value::Char(a), Value::Char(b)) => a == b,
            (Value::List(a), Value::List(b)) => a.ptr_eq(b),
            (Value::Map(a), Value::Map(b)) => a.ptr_eq(b),
            (Value::Entry(a), Value::Entry(b)) => a.ptr_eq(b),
            (Value::Object(a), Value::Object(b)) => Rc::ptr_eq(a, b),
            _ => false,
        }
    }
}

impl<'a> Equivalent<Key<'a>> for str {
    #[inline]
    fn equivalent(&self, key: &Key<'a>) -> bool {
        matches!(&key.0, Value::Str(other) if is_same(other, self))
    }
}
