//! `$context.requestOverride` and `$context.responseOverride`.

use std::cell::OnceCell;
use std::fmt;

use http::StatusCode;
use tollgate_core::{OverrideMap, Overrides};
use tollgate_vtl::{Map, Object, Value};

/// Both overrides as values that templates write to.
///
/// They are made when a template first touches them, from what earlier templates of the request
/// left, and read back when it is done.
pub(crate) struct OverridesObject<'a> {
    before: &'a Overrides,
    values: OnceCell<Values<'a>>,
}

struct Values<'a> {
    request: Map<'a>,
    response: Map<'a>,
}

impl<'a> OverridesObject<'a> {
    pub(super) const fn new(before: &'a Overrides) -> Self {
        Self {
            before,
            values: OnceCell::new(),
        }
    }

    pub(super) fn request(&self) -> Value<'a> {
        Value::object(Members(self.values().request.clone()))
    }

    pub(super) fn response(&self) -> Value<'a> {
        Value::object(Members(self.values().response.clone()))
    }

    fn values(&self) -> &Values<'a> {
        self.values.get_or_init(|| {
            let request = Map::new();
            request.insert("path", from_pairs(&self.before.request_path));
            request.insert("header", from_pairs(&self.before.request_headers));
            request.insert("querystring", from_pairs(&self.before.request_querystring));
            let response = Map::new();
            response.insert("header", from_pairs(&self.before.response_headers));
            if let Some(status) = self.before.response_status {
                response.insert("status", Value::from(i64::from(status.as_u16())));
            }
            Values { request, response }
        })
    }

    /// What stands there now; `None` if no template touched it.
    pub(super) fn read(&self) -> Result<Option<Overrides>, String> {
        let Some(Values { request, response }) = self.values.get() else {
            return Ok(None);
        };
        let mut overrides = Overrides::default();
        overrides.request_path = to_pairs(request, "path")?;
        overrides.request_headers = to_pairs(request, "header")?;
        overrides.request_querystring = to_pairs(request, "querystring")?;
        overrides.response_headers = to_pairs(response, "header")?;
        overrides.response_status = response.get("status").as_ref().and_then(status);
        Ok(Some(overrides))
    }
}

impl fmt::Debug for OverridesObject<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OverridesObject")
            .field("before", self.before)
            .finish_non_exhaustive()
    }
}

/// A map that prints nothing, as the service's does.
struct Members<'a>(Map<'a>);

impl<'a> Object<'a> for Members<'a> {
    fn property(&self, name: &str) -> Option<Value<'a>> {
        self.0.get(name)
    }

    fn set(&self, name: &str, value: Value<'a>) -> bool {
        self.0.insert(name.to_owned(), value);
        true
    }

    fn entries(&self) -> Vec<(Value<'a>, Value<'a>)> {
        self.0.to_vec()
    }
}

fn from_pairs<'a>(pairs: &'a OverrideMap) -> Value<'a> {
    Value::map(
        pairs
            .iter()
            .map(|(name, value)| (&**name, Value::from(&**value))),
    )
}

/// The pairs of a member; a list stands for several values of one name.
fn to_pairs(overrides: &Map<'_>, member: &str) -> Result<OverrideMap, String> {
    let Some(Value::Map(values)) = overrides.get(member) else {
        return Ok(OverrideMap::new());
    };
    let mut pairs = OverrideMap::new();
    for (name, value) in values.to_vec() {
        let name = text(&name)?;
        match &value {
            Value::Null => {}
            Value::List(list) => {
                for value in list.to_vec() {
                    pairs.push((name.clone(), text(&value)?));
                }
            }
            value => pairs.push((name, text(value)?)),
        }
    }
    Ok(pairs)
}

fn text(value: &Value<'_>) -> Result<Box<str>, String> {
    let text = value
        .to_str()
        .map_err(|error| format!("an override cannot be printed: {error}"))?;
    Ok(Box::from(&*text))
}

/// A status from 100 to 599; anything else is ignored, as on the service.
fn status(value: &Value<'_>) -> Option<StatusCode> {
    let status = u16::try_from(value.as_int()?).ok()?;
    StatusCode::from_u16(status)
        .ok()
        .filter(|status| status.as_u16() < 600)
}
