//! What the control plane does with the schema of a model, besides keeping it.

mod check;
mod flatten;
mod refer;
mod sample;

use std::collections::HashMap;
use std::rc::Rc;

use serde_json::Value;
use tollgate_model::Model;

pub use check::{ModelFault, check_model_name, check_model_schema};
pub use flatten::{FlattenError, flatten_model};
pub use refer::refers_to_model;
pub use sample::sample_template;

use crate::models::{CANONICAL, SCHEMA_MAPS, SCHEMAS};

/// Where a reference leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reference<'r> {
    /// To a place in the same schema: what follows the `#`.
    Local(&'r str),
    /// To a model of an API, and a place in it.
    Model {
        api: &'r str,
        name: &'r str,
        fragment: &'r str,
    },
    /// To nothing that a model may refer to.
    Foreign,
}

impl<'r> Reference<'r> {
    fn of(text: &'r str) -> Self {
        if let Some(fragment) = text.strip_prefix('#') {
            return Self::Local(fragment);
        }
        let rest = text.strip_prefix(CANONICAL);
        let Some((api, name)) = rest.and_then(|rest| rest.split_once("/models/")) else {
            return Self::Foreign;
        };
        let (name, fragment) = name.split_once('#').unwrap_or((name, ""));
        if api.is_empty() || api.contains('/') || name.is_empty() || name.contains('/') {
            return Self::Foreign;
        }
        Self::Model {
            api,
            name,
            fragment,
        }
    }
}

/// What a member of a schema is.
enum Member<'v> {
    /// A schema.
    Schema(&'v Value),
    /// A list of schemas.
    List(&'v [Value]),
    /// Schemas by name.
    Map(&'v serde_json::Map<String, Value>),
    /// Something else.
    Other,
}

fn member<'v>(keyword: &str, value: &'v Value) -> Member<'v> {
    match value {
        Value::Object(parts) if SCHEMA_MAPS.contains(&keyword) => Member::Map(parts),
        Value::Array(parts) if SCHEMAS.contains(&keyword) => Member::List(parts),
        Value::Object(_) if SCHEMAS.contains(&keyword) => Member::Schema(value),
        _ => Member::Other,
    }
}

/// The reference that a schema is; `None`: it is none.
fn reference(schema: &Value) -> Option<&str> {
    schema.as_object()?.get("$ref")?.as_str()
}

/// The schemas of an API, read where they are asked for.
struct Schemas<'m> {
    texts: HashMap<&'m str, &'m str>,
    read: HashMap<&'m str, Option<Rc<Value>>>,
}

impl<'m> Schemas<'m> {
    /// Of two models with one name the last one counts.
    fn of(models: &'m [Model]) -> Self {
        let models = models.iter();
        Self {
            texts: models.map(|model| (&*model.name, &*model.schema)).collect(),
            read: HashMap::new(),
        }
    }

    /// A schema, with the name under which it is kept; `None` where there is none, or its text is none.
    fn get(&mut self, name: &str) -> Option<(&'m str, Rc<Value>)> {
        let (name, text) = self.texts.get_key_value(name)?;
        let parsed = self.read.entry(name).or_insert_with(|| {
            let parsed: Value = serde_json::from_str(text).ok()?;
            parsed.is_object().then(|| parsed.into())
        });
        Some((name, parsed.clone()?))
    }
}
