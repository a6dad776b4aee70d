//! `$input`: the body and the parameters.

use std::borrow::Cow;

use tollgate_core::{Context, ParameterLocation};
use tollgate_jsonpath::JsonPath;
use tollgate_vtl::{CallError, Object, Value};

use crate::objects::document;
use crate::objects::util::argument;
use crate::{Payload, TemplateScope};

/// `$input`: the body as text and as a document, and the parameters of the client's request.
#[derive(Debug)]
pub(crate) struct Input<'a> {
    payload: Payload<'a>,
    context: &'a Context,
}

impl<'a> Input<'a> {
    pub(crate) fn new(scope: &TemplateScope<'a>) -> Self {
        Self {
            payload: scope.payload.clone(),
            context: scope.context,
        }
    }

    /// The value at a JSONPath; `None` where there is nothing, or no JSON to begin with.
    fn find(&self, path: &str) -> Result<Option<Value<'a>>, CallError> {
        let path = JsonPath::parse(path).map_err(CallError::new)?;
        match self.payload.document() {
            Ok(root) => document::find(root, &path),
            Err(_) => Ok(None),
        }
    }

    /// `$input.params()`: all parameters by location.
    fn all_parameters(&self) -> Value<'a> {
        Value::map(ParameterLocation::ALL.map(|location| {
            let values = self.context.parameters(location);
            let values = values
                .into_iter()
                .map(|(name, value)| (from_cow(name), from_cow(value)));
            (location.as_str(), Value::map(values))
        }))
    }

    /// `$input.params(name)`: the first location that has it; the empty string if none has.
    fn parameter(&self, name: &str) -> Value<'a> {
        ParameterLocation::ALL
            .into_iter()
            .find_map(|location| self.context.parameter(location, name))
            .map_or_else(|| Value::from(""), from_cow)
    }
}

impl<'a> Object<'a> for Input<'a> {
    fn property(&self, name: &str) -> Option<Value<'a>> {
        (name == "body").then(|| Value::from(self.payload.shown()))
    }

    fn call(&self, method: &str, arguments: &[Value<'a>]) -> Result<Option<Value<'a>>, CallError> {
        Ok(Some(match (method, arguments) {
            ("path", [path]) => self.find(&argument(path)?)?.unwrap_or(Value::Null),
            ("json", [path]) => match self.find(&argument(path)?)? {
                Some(value) => Value::from(value.to_json().map_err(CallError::new)?),
                None => Value::from("\"\""),
            },
            ("params", []) => self.all_parameters(),
            ("params", [name]) => self.parameter(&argument(name)?),
            _ => return Ok(None),
        }))
    }
}

pub(super) fn from_cow<'a>(text: Cow<'a, str>) -> Value<'a> {
    match text {
        Cow::Borrowed(text) => Value::from(text),
        Cow::Owned(text) => Value::from(text),
    }
}
