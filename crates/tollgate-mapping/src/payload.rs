//! A body at hand: its text, and the document that it is parsed into once.

use std::cell::OnceCell;
use std::rc::Rc;

use serde_json::{Map, Number};
use tollgate_vtl::{Budget, JsonError, LimitExceeded, Value};

/// What a body counts as where there is none (recorded on the service).
const EMPTY: &str = "{}";

/// The body of a request or an answer, as validation, templates and mapped parameters read it.
///
/// It is parsed when one of them first asks for a part of it, and all of them share the document:
/// what a template changes in it is seen by whoever reads it later.
///
/// ```
/// use tollgate_mapping::Payload;
///
/// let payload = Payload::new(r#"{"pet": {"name": "Tom"}}"#);
/// assert_eq!(payload.to_json(), Some(serde_json::json!({"pet": {"name": "Tom"}})));
/// assert_eq!(Payload::new("").to_json(), Some(serde_json::json!({})));
/// assert_eq!(Payload::new("Tom").to_json(), None);
/// ```
#[derive(Clone, Debug)]
pub struct Payload<'a> {
    text: &'a str,
    document: Rc<OnceCell<Result<Value<'a>, JsonError>>>,
}

impl<'a> Payload<'a> {
    /// A body with this text.
    #[must_use]
    pub fn new(text: &'a str) -> Self {
        Self {
            text,
            document: Rc::default(),
        }
    }

    /// The text as it is.
    #[must_use]
    pub const fn text(&self) -> &'a str {
        self.text
    }

    /// The text as templates and models see it: a body that is empty counts as an empty object.
    pub(crate) const fn shown(&self) -> &'a str {
        if self.text.is_empty() {
            EMPTY
        } else {
            self.text
        }
    }

    /// The document; what a template changed in it is changed here.
    pub(crate) fn document(&self) -> &Result<Value<'a>, JsonError> {
        let parse = || Value::from_json_str(self.shown());
        self.document.get_or_init(parse)
    }

    /// The document, read at the cost of a render if it has not been read before.
    pub(crate) fn document_within(
        &self,
        budget: &mut Budget,
    ) -> Result<&Result<Value<'a>, JsonError>, LimitExceeded> {
        if let Some(document) = self.document.get() {
            return Ok(document);
        }
        let document = Value::from_json_str_within(self.shown(), budget)?;
        Ok(self.document.get_or_init(|| document))
    }

    /// The document as plain data; `None` where the body is not JSON, or has a number that is larger
    /// than all doubles: nothing could be said of that one, and nothing else may stand for it.
    ///
    /// Whole numbers of more than 64 bits are the nearest double.
    #[must_use]
    pub fn to_json(&self) -> Option<serde_json::Value> {
        self.document().as_ref().ok().and_then(plain)
    }
}

/// Documents are parsed within a limit of nesting, so this recursion has one too.
fn plain(value: &Value<'_>) -> Option<serde_json::Value> {
    Some(match value {
        Value::Bool(value) => (*value).into(),
        Value::Int(number) => match number.as_i64() {
            Some(number) => number.into(),
            None => wide(&number.to_string())?,
        },
        Value::Double(number) => serde_json::Value::Number(Number::from_f64(*number)?),
        Value::Str(text) => serde_json::Value::String(String::from(&**text)),
        Value::List(list) => {
            let items: Option<_> = list.to_vec().iter().map(plain).collect();
            serde_json::Value::Array(items?)
        }
        Value::Map(map) => {
            let members = map.to_vec().into_iter();
            let members = members.map(|(name, value)| {
                let name = name.as_str().unwrap_or_default().to_owned();
                Some((name, plain(&value)?))
            });
            serde_json::Value::Object(members.collect::<Option<Map<_, _>>>()?)
        }
        // Nothing else comes of JSON.
        _ => serde_json::Value::Null,
    })
}

/// `None` where the number is larger than all doubles.
fn wide(digits: &str) -> Option<serde_json::Value> {
    match digits.parse::<u64>() {
        Ok(number) => Some(number.into()),
        Err(_) => Number::from_f64(digits.parse().ok()?).map(serde_json::Value::Number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_plain_data_too() {
        for text in [
            "{}",
            "[]",
            "null",
            "true",
            r#""text""#,
            "-7",
            "1.5",
            "18446744073709551615",
            "123456789012345678901234567890",
            &"9".repeat(308),
            r#"{"b":[1,{"a":null}],"a":"\u00e9\n"}"#,
        ] {
            let expected: serde_json::Value = serde_json::from_str(text).unwrap();
            assert_eq!(Payload::new(text).to_json(), Some(expected), "{text}");
        }
        // The last three are larger than all doubles, wherever they stand.
        for text in [
            "{",
            "text",
            "1 2",
            &"[".repeat(10_000),
            &"9".repeat(309),
            &format!("[-{}]", "9".repeat(1_000)),
            &format!(r#"{{"a":{{"b":{}}}}}"#, "9".repeat(400)),
        ] {
            assert_eq!(Payload::new(text).to_json(), None, "{text}");
        }
    }
}
