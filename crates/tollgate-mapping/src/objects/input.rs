//! `$input`: the body and the parameters.

use std::borrow::Cow;

use tollgate_core::{Context, ParameterLocation};
use tollgate_vtl::{Budget, CallError, LimitExceeded, Map, Object, Value};

use crate::objects::document;
use crate::objects::paths::Paths;
use crate::{Payload, TemplateScope};

/// `$input`: the body as text and as a document, and the parameters of the client's request.
#[derive(Debug)]
pub(crate) struct Input<'a> {
    payload: Payload<'a>,
    context: &'a Context,
    paths: Paths,
}

impl<'a> Input<'a> {
    pub(crate) fn new(scope: &TemplateScope<'a>) -> Self {
        Self {
            payload: scope.payload.clone(),
            context: scope.context,
            paths: Paths::default(),
        }
    }

    /// The value at a JSONPath; `None` where there is nothing, or no JSON to begin with.
    fn find(&self, path: &Value<'a>, budget: &mut Budget) -> Result<Option<Value<'a>>, CallError> {
        let path = path.to_str_within(budget)?;
        let path = self.paths.get(&path, budget)?;
        match self.payload.document_within(budget)? {
            Ok(root) => document::find(root, &path, budget),
            Err(_) => Ok(None),
        }
    }

    /// `$input.params()`: all parameters by location.
    fn all_parameters(&self, budget: &mut Budget) -> Result<Value<'a>, LimitExceeded> {
        let all = Map::new();
        for location in ParameterLocation::ALL {
            let values = Value::Map(self.parameters(location, budget)?);
            budget.allocate_value(&values)?;
            all.insert(location.as_str(), values);
        }
        budget.allocate_entries(all.len(), all.len())?;
        Ok(Value::Map(all))
    }

    /// All parameters of a location.
    fn parameters(
        &self,
        location: ParameterLocation,
        budget: &mut Budget,
    ) -> Result<Map<'a>, LimitExceeded> {
        let values = self.context.parameters(location);
        budget.allocate_entries(values.len(), values.len())?;
        let map = Map::new();
        for (name, value) in values {
            map.insert(given(name, budget)?, given(value, budget)?);
        }
        Ok(map)
    }

    /// `$input.params(name)`: the first location that has it; the empty string if none has.
    fn parameter(&self, name: &str, budget: &mut Budget) -> Result<Value<'a>, LimitExceeded> {
        for location in ParameterLocation::ALL {
            if location == ParameterLocation::Querystring {
                // It is looked through for each of its parameters.
                let query = self.context.request.target.query();
                budget.take_pass(query.map_or(0, str::len))?;
            }
            if let Some(value) = self.context.parameter(location, name) {
                return given(value, budget);
            }
        }
        Ok(Value::from(""))
    }
}

impl<'a> Object<'a> for Input<'a> {
    fn property(&self, name: &str) -> Option<Value<'a>> {
        (name == "body").then(|| Value::from(self.payload.shown()))
    }

    fn call(
        &self,
        method: &str,
        arguments: &[Value<'a>],
        budget: &mut Budget,
    ) -> Result<Option<Value<'a>>, CallError> {
        Ok(Some(match (method, arguments) {
            ("path", [path]) => self.find(path, budget)?.unwrap_or(Value::Null),
            ("json", [path]) => match self.find(path, budget)? {
                Some(value) => Value::from(value.to_json_within(budget)?),
                None => Value::from("\"\""),
            },
            ("params", []) => self.all_parameters(budget)?,
            ("params", [name]) => {
                let name = name.to_str_within(budget)?;
                self.parameter(&name, budget)?
            }
            _ => return Ok(None),
        }))
    }
}

/// A text of the request, which was looked through to be read, with the memory it takes unless it is
/// borrowed.
fn given<'a>(text: Cow<'a, str>, budget: &mut Budget) -> Result<Value<'a>, LimitExceeded> {
    budget.take_pass(text.len())?;
    let value = from_cow(text);
    budget.allocate_given(&value)?;
    Ok(value)
}

pub(super) fn from_cow<'a>(text: Cow<'a, str>) -> Value<'a> {
    match text {
        Cow::Borrowed(text) => Value::from(text),
        Cow::Owned(text) => Value::from(text),
    }
}
