//! JSON in and out.

mod read;

use crate::limits::{LimitExceeded, Limits};
use crate::value::{ListStyle, Printer, Str, Value};

pub use read::JsonError;

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
        read::read(json, style, Str::from)
    }

    /// Reads JSON as [`from_json_str`](Self::from_json_str) does, but copies every string, so that
    /// the value outlives the text.
    ///
    /// # Errors
    ///
    /// As for [`from_json_str`](Self::from_json_str).
    pub fn from_json_copied(json: &str) -> Result<Self, JsonError> {
        read::read(json, ListStyle::Json, Str::copied)
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
}
