//! `$context.requestOverride` and `$context.responseOverride`.

use std::cell::OnceCell;
use std::fmt;
use std::rc::Rc;

use http::StatusCode;
use tollgate_core::{OverrideMap, Overrides};
use tollgate_vtl::{Budget, LimitExceeded, Map, Object, Value};

/// Both overrides as values that templates write to.
///
/// They are made when a template first touches them, from what earlier templates of the request
/// left, and read back when it is done.
pub(crate) struct OverridesObject<'a> {
    before: &'a Overrides,
    values: OnceCell<Values<'a>>,
}

struct Values<'a> {
    request: Rc<Members<'a>>,
    response: Rc<Members<'a>>,
    path: Rc<Members<'a>>,
    header: Rc<Members<'a>>,
    querystring: Rc<Members<'a>>,
    response_header: Rc<Members<'a>>,
}

impl Values<'_> {
    fn any_set(&self) -> bool {
        [
            &self.request,
            &self.response,
            &self.path,
            &self.header,
            &self.querystring,
            &self.response_header,
        ]
        .into_iter()
        .any(|members| !members.set.is_empty())
    }
}

impl<'a> OverridesObject<'a> {
    pub(super) const fn new(before: &'a Overrides) -> Self {
        Self {
            before,
            values: OnceCell::new(),
        }
    }

    pub(super) fn request(&self) -> Value<'a> {
        Value::Object(self.values().request.clone())
    }

    pub(super) fn response(&self) -> Value<'a> {
        Value::Object(self.values().response.clone())
    }

    fn values(&self) -> &Values<'a> {
        self.values.get_or_init(|| {
            let before = self.before;
            let path = Members::of(&before.request_path);
            let header = Members::of(&before.request_headers);
            let querystring = Members::of(&before.request_querystring);
            let request = Map::new();
            request.insert("path", Value::Object(path.clone()));
            request.insert("header", Value::Object(header.clone()));
            request.insert("querystring", Value::Object(querystring.clone()));
            insert_json(&request, &before.request_members);
            let response_header = Members::of(&before.response_headers);
            let response = Map::new();
            response.insert("header", Value::Object(response_header.clone()));
            if let Some(status) = before.response_status {
                response.insert("status", Value::from(i64::from(status.as_u16())));
            }
            insert_json(&response, &before.response_members);
            Values {
                request: Members::new(request),
                response: Members::new(response),
                path,
                header,
                querystring,
                response_header,
            }
        })
    }

    /// What stands there now; `None` if the template set nothing.
    ///
    /// One value may stand under many names, and each gets a text of its own: what they take
    /// together comes from the budget.
    pub(super) fn read(&self, budget: &mut Budget) -> Result<Option<Overrides>, String> {
        let Some(values) = self.values.get().filter(|values| values.any_set()) else {
            return Ok(None);
        };
        let (request, response) = (&values.request, &values.response);
        let mut overrides = Overrides::default();
        overrides.request_path = request.pairs("path", &values.path, budget)?;
        overrides.request_headers = request.pairs("header", &values.header, budget)?;
        overrides.request_querystring =
            request.pairs("querystring", &values.querystring, budget)?;
        overrides.request_members = request.others(&["path", "header", "querystring"], budget)?;
        overrides.response_headers = response.pairs("header", &values.response_header, budget)?;
        overrides.response_status = response.values.get("status").as_ref().and_then(status);
        overrides.response_members = response.others(&["header", "status"], budget)?;
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

/// A map that prints nothing, as the service's does, and in which a template may set a member once.
struct Members<'a> {
    values: Map<'a>,
    /// The names that the template has set.
    set: Map<'a>,
    /// What it has set once more.
    set_again: OnceCell<Box<str>>,
}

impl<'a> Members<'a> {
    fn new(values: Map<'a>) -> Rc<Self> {
        Rc::new(Self {
            values,
            set: Map::new(),
            set_again: OnceCell::new(),
        })
    }

    fn of(pairs: &'a OverrideMap) -> Rc<Self> {
        let values = Map::new();
        for (name, value) in pairs {
            values.insert(&**name, Value::from(&**value));
        }
        Self::new(values)
    }

    /// The pairs of a member, which are these unless the template put a map in their place.
    fn pairs(
        &self,
        member: &str,
        pairs: &Self,
        budget: &mut Budget,
    ) -> Result<OverrideMap, String> {
        self.check()?;
        match self.values.get(member) {
            Some(Value::Object(_)) => {
                pairs.check()?;
                to_pairs(&pairs.values, budget)
            }
            Some(Value::Map(values)) => to_pairs(&values, budget),
            _ => Ok(OverrideMap::new()),
        }
    }

    /// All members but these, as JSON.
    fn others(&self, known: &[&str], budget: &mut Budget) -> Result<OverrideMap, String> {
        let members = self.values.to_vec().into_iter();
        let others = members.filter(|(name, _)| !name.as_str().is_some_and(|n| known.contains(&n)));
        let to_json = |(name, value): (Value<'_>, Value<'_>)| {
            let json = value
                .to_json_within(budget)
                .map_err(|error| format!("an override cannot be kept: {error}"))?;
            Ok((text(&name, budget)?, json.into()))
        };
        others.map(to_json).collect()
    }

    /// Refuses what the developer guide's page on overrides says: to override twice.
    fn check(&self) -> Result<(), String> {
        self.set_again.get().map_or(Ok(()), |name| {
            Err(format!("the parameter {name:?} is overridden twice"))
        })
    }
}

impl<'a> Object<'a> for Members<'a> {
    fn property(&self, name: &str) -> Option<Value<'a>> {
        self.values.get(name)
    }

    fn set(&self, name: &str, value: Value<'a>) -> bool {
        let key = Value::from(name.to_owned());
        self.values.insert(key.clone(), value);
        if self.set.insert(key, Value::Null).is_some() {
            self.set_again.get_or_init(|| name.into());
        }
        true
    }

    fn entries(&self) -> Vec<(Value<'a>, Value<'a>)> {
        self.values.to_vec()
    }
}

fn insert_json(values: &Map<'_>, members: &OverrideMap) {
    for (name, json) in members {
        let value = Value::from_json_copied(json).unwrap_or(Value::Null);
        values.insert(String::from(&**name), value);
    }
}

/// A list stands for several values of one name.
fn to_pairs(values: &Map<'_>, budget: &mut Budget) -> Result<OverrideMap, String> {
    let mut pairs = OverrideMap::new();
    for (name, value) in values.to_vec() {
        let name = text(&name, budget)?;
        match &value {
            Value::Null => {}
            Value::List(list) => {
                for value in list.to_vec() {
                    budget.allocate(name.len()).map_err(unprintable)?;
                    pairs.push((name.clone(), text(&value, budget)?));
                }
            }
            value => pairs.push((name, text(value, budget)?)),
        }
    }
    Ok(pairs)
}

fn text(value: &Value<'_>, budget: &mut Budget) -> Result<Box<str>, String> {
    let text = value.to_str_within(budget).map_err(unprintable)?;
    budget.take_pass(text.len()).map_err(unprintable)?;
    budget.allocate_string(text.len()).map_err(unprintable)?;
    Ok(Box::from(&*text))
}

fn unprintable(error: LimitExceeded) -> String {
    format!("an override cannot be printed: {error}")
}

/// A status from 100 to 599; anything else is ignored, as on the service.
fn status(value: &Value<'_>) -> Option<StatusCode> {
    let status = u16::try_from(value.as_int()?).ok()?;
    StatusCode::from_u16(status)
        .ok()
        .filter(|status| status.as_u16() < 600)
}
