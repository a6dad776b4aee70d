//! The values a template works on.

mod cycle;
mod decimal;
mod double;
mod entries;
mod entry;
mod equality;
mod int;
mod key;
mod list;
mod map;
mod object;
mod plain;
mod print;
mod release;
mod shape;
mod string;
pub(crate) mod weight;

use std::fmt;
use std::rc::Rc;

use crate::limits::{LimitExceeded, Limits};
use crate::render::Budget;

pub(crate) use cycle::would_contain_itself;
pub use decimal::Decimal;
pub(crate) use entries::Entries;
#[cfg(feature = "json")]
pub(crate) use entries::FEW;
pub use entry::Entry;
pub(crate) use equality::{equals, hash_code};
pub use int::Int;
pub(crate) use int::{IntClass, check_digits};
pub(crate) use list::{Kind, View};
pub use list::{List, ListStyle};
pub use map::Map;
pub use object::Object;
#[cfg(feature = "json")]
pub(crate) use plain::plain_length;
pub(crate) use print::{Printer, char};
pub(crate) use shape::Near;
#[cfg(feature = "json")]
pub(crate) use shape::Shape;
pub use string::Str;
#[cfg(feature = "json")]
pub(crate) use string::starts_with;

/// A value of the template language.
///
/// Cloning is cheap. Lists and maps are shared as in Java: a change through one clone is seen
/// through all. Strings may borrow from the embedder's data for `'a`.
#[derive(Clone)]
#[non_exhaustive]
pub enum Value<'a> {
    /// Java's `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number of any size.
    Int(Int),
    /// A floating-point number.
    Double(f64),
    /// A decimal fraction, as arithmetic makes them.
    Decimal(Decimal),
    /// A UTF-16 unit, as `charAt` gives it: half a character, if that lies beyond the first
    /// plane.
    Char(u16),
    /// A string.
    Str(Str<'a>),
    /// A list, also what Java has as arrays.
    List(List<'a>),
    /// A map in order of insertion.
    Map(Map<'a>),
    /// One entry of a map, as `entrySet()` gives it.
    Entry(Entry<'a>),
    /// A value of the embedder.
    Object(Rc<dyn Object<'a> + 'a>),
}

impl<'a> Value<'a> {
    /// A list that prints the way Java does.
    pub fn list(items: impl IntoIterator<Item = Self>) -> Self {
        Self::List(items.into_iter().collect())
    }

    /// A map with the given entries in this order.
    pub fn map<K: Into<Self>>(entries: impl IntoIterator<Item = (K, Self)>) -> Self {
        Self::Map(
            entries
                .into_iter()
                .map(|(key, value)| (key.into(), value))
                .collect(),
        )
    }

    /// A value of the embedder.
    pub fn object(object: impl Object<'a> + 'a) -> Self {
        Self::Object(Rc::new(object))
    }

    /// Whether this is [`Value::Null`].
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The text of a string.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Str(text) => Some(text),
            _ => None,
        }
    }

    /// The value of a whole number of at most 64 bits.
    #[must_use]
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(number) => number.as_i64(),
            _ => None,
        }
    }

    /// The value of a boolean.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The list this is.
    #[must_use]
    pub fn as_list(&self) -> Option<&List<'a>> {
        match self {
            Self::List(list) => Some(list),
            _ => None,
        }
    }

    /// The map this is.
    #[must_use]
    pub fn as_map(&self) -> Option<&Map<'a>> {
        match self {
            Self::Map(map) => Some(map),
            _ => None,
        }
    }

    /// Appends what Java's `toString()` gives; `null` prints as `null`.
    ///
    /// # Errors
    ///
    /// [`LimitExceeded`] when the value is nested too deep, as one that contains itself is, or the
    /// text passes the default of [`Limits::string_bytes`].
    pub fn print(&self, out: &mut String) -> Result<(), LimitExceeded> {
        Printer::for_string(out, &Limits::default()).value(self)
    }

    /// This value as a string: itself if it is one, else its printed form.
    ///
    /// # Errors
    ///
    /// As for [`Value::print`].
    pub fn to_str(&self) -> Result<Str<'a>, LimitExceeded> {
        self.to_str_limited(&Limits::default())
    }

    /// This value as a string, as [`to_str`](Self::to_str), at the cost of a render.
    ///
    /// # Errors
    ///
    /// As for [`Value::print`], by the render's own limits, and when nothing is left of them.
    pub fn to_str_within(&self, budget: &mut Budget) -> Result<Str<'a>, LimitExceeded> {
        let text = self.to_str_limited(budget.limits())?;
        if !matches!(self, Self::Str(_)) {
            budget.take_pass(text.len())?;
            budget.allocate_string(text.len())?;
        }
        Ok(text)
    }

    pub(crate) fn to_str_limited(&self, limits: &Limits) -> Result<Str<'a>, LimitExceeded> {
        if let Self::Str(text) = self {
            return Ok(text.clone());
        }
        let mut text = String::new();
        Printer::for_string(&mut text, limits).value(self)?;
        Ok(text.into())
    }

    /// Whether both are one object rather than equal ones.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Int(a), Self::Int(b)) => a == b,
            (Self::Double(a), Self::Double(b)) => a.to_bits() == b.to_bits(),
            (Self::Str(a), Self::Str(b)) => std::ptr::eq(&**a, &**b),
            (Self::List(a), Self::List(b)) => a.ptr_eq(b),
            (Self::Map(a), Self::Map(b)) => a.ptr_eq(b),
            (Self::Entry(a), Self::Entry(b)) => std::ptr::eq(a.key(), b.key()),
            (Self::Object(a), Self::Object(b)) => Rc::ptr_eq(a, b),
            _ => false,
        }
    }

    pub(crate) fn is_number(&self) -> bool {
        matches!(self, Self::Int(_) | Self::Double(_))
    }

    pub(crate) fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Int(number) => Some(number.to_f64()),
            Self::Double(number) => Some(*number),
            Self::Decimal(number) => Some(number.to_f64()),
            _ => None,
        }
    }
}

impl fmt::Debug for Value<'_> {
    /// Shows containers by their size only, since they may contain themselves.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("Null"),
            Self::Bool(value) => write!(f, "Bool({value})"),
            Self::Int(number) => write!(f, "Int({number})"),
            Self::Double(number) => write!(f, "Double({number:?})"),
            Self::Decimal(number) => write!(f, "Decimal({number})"),
            Self::Char(unit) => write!(f, "Char({unit})"),
            Self::Str(text) => write!(f, "Str({:?})", &**text),
            Self::List(list) => list.fmt(f),
            Self::Map(map) => map.fmt(f),
            Self::Entry(entry) => entry.fmt(f),
            Self::Object(_) => f.write_str("Object(..)"),
        }
    }
}

impl From<bool> for Value<'_> {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<f64> for Value<'_> {
    fn from(number: f64) -> Self {
        Self::Double(number)
    }
}

impl From<Decimal> for Value<'_> {
    fn from(number: Decimal) -> Self {
        Self::Decimal(number)
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Str(text.into())
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Self::Str(text.into())
    }
}

impl<'a> From<Str<'a>> for Value<'a> {
    fn from(text: Str<'a>) -> Self {
        Self::Str(text)
    }
}

impl<'a> From<List<'a>> for Value<'a> {
    fn from(list: List<'a>) -> Self {
        Self::List(list)
    }
}

impl<'a> From<Map<'a>> for Value<'a> {
    fn from(map: Map<'a>) -> Self {
        Self::Map(map)
    }
}

impl<'a, T: Into<Self>> From<Option<T>> for Value<'a> {
    /// `None` becomes [`Value::Null`].
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Null, Into::into)
    }
}

impl<T: Into<Int>> From<T> for Value<'_> {
    fn from(number: T) -> Self {
        Self::Int(number.into())
    }
}

#[cfg(test)]
mod tests;
