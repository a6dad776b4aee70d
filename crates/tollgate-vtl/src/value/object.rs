//! Values of the embedder.

use super::Value;
use crate::error::CallError;
use crate::render::Budget;

/// A value whose members the embedder computes when the template asks for them.
///
/// Every method has a default, so that an object states only what it has. What a property, the
/// entries and a name to set take is counted by their size; methods count for themselves. On top of
/// [`entries`](Self::entries) the engine provides `#foreach` over the values and the methods
/// `size`, `isEmpty`, `keySet`, `values` and `entrySet`; on top of [`property`](Self::property) `get`,
/// `getOrDefault` and `containsKey`; on top of [`set`](Self::set) `put`; and `equals`, which is true of
/// the same object, and `toString`.
pub trait Object<'a> {
    /// The member for `$object.name` and `$object['name']`; `None` if there is none.
    fn property(&self, name: &str) -> Option<Value<'a>> {
        let _ = name;
        None
    }

    /// Calls `$object.method(arguments)`; `Ok(None)` if there is no such method.
    ///
    /// The method takes from the budget what it does itself and the memory of what it makes, but for
    /// what each call takes: a step, a pass over the texts among the arguments, and the fixed part
    /// of the value it gives.
    ///
    /// # Errors
    ///
    /// [`CallError`] when the method refuses or has no budget left; the render then ends with it.
    fn call(
        &self,
        method: &str,
        arguments: &[Value<'a>],
        budget: &mut Budget,
    ) -> Result<Option<Value<'a>>, CallError> {
        let _ = (method, arguments, budget);
        Ok(None)
    }

    /// Takes `#set($object.name = value)`; `false` if the member cannot be set, which ignores the
    /// assignment.
    fn set(&self, name: &str, value: Value<'a>) -> bool {
        let _ = (name, value);
        false
    }

    /// The members in order, for iteration.
    fn entries(&self) -> Vec<(Value<'a>, Value<'a>)> {
        Vec::new()
    }

    /// Appends what the object prints as; nothing by default.
    fn print(&self, out: &mut String) {
        let _ = out;
    }
}
