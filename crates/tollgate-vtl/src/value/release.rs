//! Dropping deep values without recursion.
//!
//! A template can nest a list in itself a million times over; freeing that one level per stack
//! frame would overflow the stack.

use std::cell::Cell;

use super::Value;

/// Levels that may be freed by recursion, which needs no memory.
const SHALLOW: u32 = 32;

thread_local! {
    /// Collections being freed, each inside the one before.
    static DEPTH: Cell<u32> = const { Cell::new(0) };
}

/// Drops what a collection held, and whatever only that holds.
pub(super) fn release<'a>(content: impl IntoIterator<Item = Value<'a>>) {
    let depth = DEPTH.get();
    if depth < SHALLOW {
        DEPTH.set(depth + 1);
        drop(content);
        DEPTH.set(depth);
    } else {
        release_deep(content);
    }
}

fn release_deep<'a>(content: impl IntoIterator<Item = Value<'a>>) {
    let mut pending: Vec<_> = content.into_iter().filter(is_container).collect();
    while let Some(mut value) = pending.pop() {
        match &mut value {
            Value::List(list) => {
                if let Some(items) = list.unshared() {
                    pending.extend(items.drain(..).filter(is_container));
                }
            }
            Value::Map(map) => {
                if let Some(entries) = map.unshared() {
                    let values = std::mem::take(entries).into_iter();
                    pending.extend(values.filter(is_container));
                }
            }
            Value::Entry(entry) => {
                let values = entry.unshared().into_iter().flatten();
                pending.extend(values.filter(is_container));
            }
            _ => {}
        }
    }
}

fn is_container(value: &Value<'_>) -> bool {
    matches!(value, Value::List(_) | Value::Map(_) | Value::Entry(_))
}
