//! How much memory values take, as the budget of a render counts it.
//!
//! The figures are those of a 64-bit machine with what its allocator adds.

use std::rc::Rc;

#[cfg(feature = "json")]
use super::entries::FEW;
use super::{Str, Value};

/// One item of a list.
pub(crate) const ITEM: usize = size_of::<Value<'_>>();

/// One item of a list that grows, which makes room for more.
pub(crate) const GROWN_ITEM: usize = ITEM + ITEM / 2;

/// One entry in a map, with its part of the table.
pub(crate) const MAP_ENTRY: usize = 112;

/// An entry as a value of its own.
pub(crate) const ENTRY: usize = 96;

/// A string beside its text.
pub(crate) const STRING: usize = 32;

/// A list beside its items.
pub(crate) const LIST: usize = 112;

/// A member of an object of the embedder, beside its name.
pub(crate) const MEMBER: usize = 2 * MAP_ENTRY + STRING;

/// A map beside its entries.
pub(crate) const MAP: usize = 80;

/// A number that does not fit its value, beside its digits.
const NUMBER: usize = 80;

/// What a value that has just been made takes, beside the text, the items or the entries in it;
/// nothing if somebody else holds it too.
#[inline]
pub(crate) fn of_new(value: &Value<'_>) -> usize {
    let number = |bits: u64| NUMBER + usize::try_from(bits / 8).unwrap_or(usize::MAX / 2);
    match value {
        Value::Str(text) if text.is_own() => STRING,
        Value::List(list) if list.is_own() => LIST,
        Value::Map(map) if map.is_own() => MAP,
        Value::Entry(entry) if entry.is_own() => ENTRY,
        Value::Int(value) => value.bits_apart().map_or(0, number),
        Value::Decimal(value) => number(value.bits()),
        Value::Object(object) if Rc::strong_count(object) == 1 => {
            STRING.saturating_add(size_of_val(&**object))
        }
        _ => 0,
    }
}

/// What a map of so many members takes that is made at once, beside the names and values.
#[cfg(feature = "json")]
pub(crate) fn of_members(members: usize) -> usize {
    match members {
        0..=FEW => MAP,
        // The table.
        _ => MAP.saturating_add(members.saturating_mul(MAP_ENTRY - 2 * ITEM)),
    }
}

/// What a part of a string takes that was made one by one.
pub(crate) fn of_part(part: &Str<'_>) -> usize {
    match part.is_shared() {
        true => STRING + part.len(),
        false => 0,
    }
}
