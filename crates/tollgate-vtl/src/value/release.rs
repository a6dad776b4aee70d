//! Dropping deep values without recursion.
//!
//! A template can nest a list in itself a million times over; freeing that one level per stack
//! frame would overflow the stack.

use super::Value;

/// Drops `values` and whatever only they hold.
pub(super) fn release<'a>(values: impl Iterator<Item = Value<'a>>) {
    let mut pending: Vec<_> = values.filter(is_container).collect();
    while let Some(mut value) = pending.pop() {
        match &mut value {
            Value::List(list) => {
                if let Some(items) = list.unshared() {
                    pending.extend(items.drain(..).filter(is_container));
                }
            }
            Value::Map(map) => {
                if let Some(entries) = map.unshared() {
                    let values = entries.drain(..).flat_map(|(key, value)| [key.0, value]);
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
