//! JSON in and out.

mod read;
mod shapes;

use crate::limits::{LimitExceeded, Limits};
use crate::render::Budget;
use crate::value::{ListStyle, Printer, Str, Value};

pub use read::JsonError;
use read::Room;

impl<'a> Value<'a> {
    /// Reads JSON straight into a value.
    ///
    /// Strings without escapes are borrowed, lists print as JSON, objects keep their order, and of
    /// members with the same name the last counts. Whole numbers stay whole and exact whatever
    /// their size, which is why this is not left to a JSON library: those make doubles of them.
    ///
    /// # Errors
    ///
    /// [`JsonError`] for what is not JSON, is nested deeper than 128 levels or has a number out of
    /// range.
    pub fn from_json_str(json: &'a str) -> Result<Self, JsonError> {
        Self::from_json_str_with(json, ListStyle::Json)
    }

    /// Reads JSON as [`from_json_str`](Self::from_json_str) does, into lists that print in `style`.
    ///
    /// ```
    /// # use tollgate_vtl::{JsonError, ListStyle, Value};
    /// let value = Value::from_json_str_with(r#"["a", ["b"]]"#, ListStyle::Java)?;
    /// assert_eq!(value.to_str().as_deref(), Ok("[a, [b]]"));
    /// # Ok::<(), JsonError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`from_json_str`](Self::from_json_str).
    pub fn from_json_str_with(json: &'a str, style: ListStyle) -> Result<Self, JsonError> {
        read::read(json, style, Str::from, Room::default()).0
    }

    /// Reads JSON as [`from_json_str`](Self::from_json_str) does, but copies every string, so that
    /// the value outlives the text.
    ///
    /// # Errors
    ///
    /// As for [`from_json_str`](Self::from_json_str).
    pub fn from_json_copied(json: &str) -> Result<Self, JsonError> {
        read::read(json, ListStyle::Json, Str::copied, Room::default()).0
    }

    /// Reads JSON as [`from_json_str`](Self::from_json_str) does, at the cost of a render: a step for
    /// each value and each sixteen bytes, and the memory that the values take.
    ///
    /// # Errors
    ///
    /// [`LimitExceeded`] when that is not left, [`JsonError`] inside as for
    /// [`from_json_str`](Self::from_json_str).
    pub fn from_json_str_within(
        json: &'a str,
        budget: &mut Budget,
    ) -> Result<Result<Self, JsonError>, LimitExceeded> {
        read_within(json, Str::from, budget)
    }

    /// Reads JSON as [`from_json_copied`](Self::from_json_copied) does, at the cost of a render, as
    /// [`from_json_str_within`](Self::from_json_str_within).
    ///
    /// # Errors
    ///
    /// As for [`from_json_str_within`](Self::from_json_str_within).
    pub fn from_json_copied_within(
        json: &str,
        budget: &mut Budget,
    ) -> Result<Result<Self, JsonError>, LimitExceeded> {
        read_within(json, Str::copied, budget)
    }

    /// This value as compact JSON. Keys that are not strings are printed; an object of the
    /// embedder becomes a JSON object of its entries; NaN and infinities become `null`.
    ///
    /// # Errors
    ///
    /// [`LimitExceeded`] when the value is nested too deep, as one that contains itself is, or the
    /// text passes the default of [`Limits::string_bytes`].
    pub fn to_json(&self) -> Result<String, LimitExceeded> {
        let mut json = String::new();
        Printer::for_string(&mut json, &Limits::default()).json(self)?;
        Ok(json)
    }

    /// This value as compact JSON, as [`to_json`](Self::to_json), at the cost of a render.
    ///
    /// # Errors
    ///
    /// As for [`to_json`](Self::to_json), by the render's own limits, and when nothing is left of
    /// them.
    pub fn to_json_within(&self, budget: &mut Budget) -> Result<String, LimitExceeded> {
        let mut json = String::new();
        Printer::for_string(&mut json, budget.limits()).json(self)?;
        budget.take_pass(json.len())?;
        budget.allocate_string(json.len())?;
        Ok(json)
    }
}

fn read_within<'t, 'a>(
    json: &'t str,
    keep: impl Fn(&'t str) -> Str<'a>,
    budget: &mut Budget,
) -> Result<Result<Value<'a>, JsonError>, LimitExceeded> {
    budget.take_pass(json.len())?;
    let steps = usize::try_from(budget.steps_left()).unwrap_or(usize::MAX);
    let most = Room {
        values: steps.min(Room::default().values),
        bytes: budget.bytes_left(),
    };
    let (value, left) = read::read(json, ListStyle::Json, keep, most);
    budget.take_steps((most.values - left.values) as u64)?;
    budget.allocate(most.bytes - left.bytes)?;
    match &value {
        Err(error) if error.lacks_bytes() => Err(LimitExceeded::AllocatedBytes(
            budget.limits().allocated_bytes,
        )),
        Err(error) if error.lacks_values() && most.values == steps => {
            Err(LimitExceeded::Steps(budget.limits().steps))
        }
        _ => Ok(value),
    }
}

#[cfg(test)]
mod tests;
