//! A schema without references to other models.

use indexmap::IndexMap;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};
use thiserror::Error;
use tollgate_model::Model;

use super::{Member, Reference, Schemas, member, reference};
use crate::limits::{MAX_FLATTENED_BYTES, MAX_NESTING, MAX_REFERENCE_HOPS};
use crate::models::text_of;

/// Bytes that a value and a name count for besides their text: about what they need in memory.
const LEAST_BYTES: usize = 32;

/// Why a schema is not flattened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FlattenError {
    /// The schema is no JSON object.
    #[error("the schema is no JSON object")]
    NoSchema,
    /// More than [`MAX_FLATTENED_BYTES`](crate::limits::MAX_FLATTENED_BYTES) would come of it, or a
    /// nesting of more than [`MAX_NESTING`](crate::limits::MAX_NESTING).
    #[error("the models that the schema refers to are too large together")]
    TooLarge,
}

/// The schema of a model with the models that it refers to in it, as `GetModel` with `flatten` gives
/// it.
///
/// A reference to another model of the API becomes that model's schema. A model that refers to itself,
/// over others too, or to a place within itself, stands once under `definitions` and is referred to
/// there; so does one of which a place is referred to. References to models that are not there, or whose
/// text is no JSON object, stay what they are. How the service writes circles is not known.
///
/// ```
/// use tollgate_model::Model;
/// use tollgate_openapi::flatten_model;
///
/// let pet = r#"{"properties": {"owner": {
///     "$ref": "https://apigateway.amazonaws.com/restapis/abc123/models/Person"}}}"#;
/// let models = [Model::new("Pet", pet), Model::new("Person", r#"{"type": "object"}"#)];
/// let flat: serde_json::Value = serde_json::from_str(&flatten_model(&models[0], &models)?)?;
/// assert_eq!(flat["properties"]["owner"]["type"], "object");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// [`FlattenError`].
pub fn flatten_model(model: &Model, models: &[Model]) -> Result<String, FlattenError> {
    let schema: Value = serde_json::from_str(&model.schema).map_err(|_| FlattenError::NoSchema)?;
    let Value::Object(members) = &schema else {
        return Err(FlattenError::NoSchema);
    };
    let own = members.get("definitions").and_then(Value::as_object);
    let own = own.into_iter().flat_map(Map::keys);
    let mut flattening = Flattening {
        root: &model.name,
        schemas: Schemas::of(models),
        taken: own.cloned().collect(),
        placed: IndexMap::new(),
        open: Vec::new(),
        budget: MAX_FLATTENED_BYTES,
    };
    let mut flat = flattening.schema(&schema, None, 0)?;
    let definitions = flattening.definitions()?;
    if !definitions.is_empty()
        && let Value::Object(members) = &mut flat
    {
        match members.get_mut("definitions") {
            Some(Value::Object(known)) => known.extend(definitions),
            _ => {
                members.insert("definitions".to_owned(), definitions.into());
            }
        }
    }
    Ok(text_of(&flat))
}

struct Flattening<'m> {
    /// The name of the model that is flattened.
    root: &'m str,
    schemas: Schemas<'m>,
    /// Names under `definitions`.
    taken: std::collections::HashSet<String>,
    /// Models that stand under `definitions`, and their names there.
    placed: IndexMap<&'m str, String>,
    /// The models whose schemas are being written, each within the one before.
    open: Vec<&'m str>,
    /// Bytes that may still be written.
    budget: usize,
}

impl<'m> Flattening<'m> {
    /// A schema of the root, or of a model that stands at a place.
    fn schema(
        &mut self,
        schema: &Value,
        place: Option<&str>,
        depth: usize,
    ) -> Result<Value, FlattenError> {
        let Value::Object(members) = schema else {
            return self.copy(schema, depth);
        };
        check_depth(depth)?;
        self.spend(0)?;
        if let Some(text) = reference(schema) {
            return self.reference(text, place, depth);
        }
        let mut flat = Map::with_capacity(members.len());
        for (keyword, value) in members {
            // It says of a document, not of a part, what it is written in.
            if keyword == "$schema" && depth > 0 {
                continue;
            }
            self.spend(keyword.len())?;
            let part = match member(keyword, value) {
                Member::Schema(part) => self.schema(part, place, depth + 1)?,
                Member::List(parts) => {
                    check_depth(depth + 1)?;
                    let parts = parts.iter();
                    let parts = parts.map(|part| self.schema(part, place, depth + 2));
                    Value::Array(parts.collect::<Result<_, _>>()?)
                }
                Member::Map(parts) => {
                    check_depth(depth + 1)?;
                    let mut flat = Map::with_capacity(parts.len());
                    for (name, part) in parts {
                        self.spend(name.len())?;
                        flat.insert(name.clone(), self.schema(part, place, depth + 2)?);
                    }
                    Value::Object(flat)
                }
                Member::Other => self.copy(value, depth + 1)?,
            };
            flat.insert(keyword.clone(), part);
        }
        Ok(Value::Object(flat))
    }

    /// What stands where a reference stood.
    fn reference(
        &mut self,
        text: &str,
        place: Option<&str>,
        depth: usize,
    ) -> Result<Value, FlattenError> {
        match Reference::of(text) {
            // A model that stands elsewhere takes its places along.
            Reference::Local(fragment) => match place {
                Some(place) if fragment.is_empty() || fragment.starts_with('/') => {
                    self.link(&format!("{place}{fragment}"))
                }
                _ => self.link(text),
            },
            Reference::Model { name, fragment, .. } if name == self.root => {
                self.link(&format!("#{fragment}"))
            }
            Reference::Model { name, fragment, .. } => {
                let Some((name, schema)) = self.schemas.get(name) else {
                    return self.link(text);
                };
                let is_placed = self.placed.contains_key(name)
                    || self.open.contains(&name)
                    || self.open.len() >= MAX_REFERENCE_HOPS
                    || !fragment.is_empty()
                    || has_local_references(&schema);
                if is_placed {
                    let place = self.place(name);
                    return self.link(&format!("{place}{fragment}"));
                }
                self.open.push(name);
                let flat = self.schema(&schema, None, depth);
                self.open.pop();
                flat
            }
            Reference::Foreign => self.link(text),
        }
    }

    fn link(&mut self, target: &str) -> Result<Value, FlattenError> {
        self.spend(target.len())?;
        let target = Value::from(target);
        Ok(Value::Object(Map::from_iter([("$ref".to_owned(), target)])))
    }

    /// Where a model stands under `definitions`.
    fn place(&mut self, name: &'m str) -> String {
        let key = self.placed.entry(name).or_insert_with(|| {
            let others = (2..).map(|number| format!("{name}{number}"));
            let mut keys = std::iter::once(name.to_owned()).chain(others);
            let key = keys.find(|key| self.taken.insert(key.clone()));
            key.unwrap_or_else(|| name.to_owned())
        });
        place_of(key)
    }

    /// The models that stand under `definitions`.
    fn definitions(&mut self) -> Result<Map<String, Value>, FlattenError> {
        let mut definitions = Map::new();
        // Each of them may bring others.
        while let Some((name, key)) = self.placed.get_index(definitions.len()) {
            let (name, key) = (*name, key.clone());
            let schema = self.schemas.get(name).ok_or(FlattenError::NoSchema)?.1;
            self.spend(key.len())?;
            self.open.push(name);
            let flat = self.schema(&schema, Some(&place_of(&key)), 2);
            self.open.pop();
            definitions.insert(key, flat?);
        }
        Ok(definitions)
    }

    fn copy(&mut self, value: &Value, depth: usize) -> Result<Value, FlattenError> {
        self.measure(value, depth)?;
        Ok(value.clone())
    }

    /// Takes from the budget what a value needs.
    fn measure(&mut self, value: &Value, depth: usize) -> Result<(), FlattenError> {
        match value {
            Value::String(text) => self.spend(text.len()),
            Value::Array(values) => {
                check_depth(depth)?;
                self.spend(0)?;
                let mut values = values.iter();
                values.try_for_each(|value| self.measure(value, depth + 1))
            }
            Value::Object(members) => {
                check_depth(depth)?;
                self.spend(0)?;
                members.iter().try_for_each(|(name, value)| {
                    self.spend(name.len())?;
                    self.measure(value, depth + 1)
                })
            }
            _ => self.spend(0),
        }
    }

    fn spend(&mut self, bytes: usize) -> Result<(), FlattenError> {
        let left = self.budget.checked_sub(bytes + LEAST_BYTES);
        self.budget = left.ok_or(FlattenError::TooLarge)?;
        Ok(())
    }
}

/// Whether an object or a list may stand in so many others.
const fn check_depth(depth: usize) -> Result<(), FlattenError> {
    if depth < MAX_NESTING {
        Ok(())
    } else {
        Err(FlattenError::TooLarge)
    }
}

/// The address of a model under `definitions`.
fn place_of(key: &str) -> String {
    let key = crate::node::escape(key);
    format!(
        "#/definitions/{}",
        utf8_percent_encode(&key, NON_ALPHANUMERIC)
    )
}

/// Whether a schema refers to places within itself.
fn has_local_references(schema: &Value) -> bool {
    if let Some(text) = reference(schema) {
        return matches!(Reference::of(text), Reference::Local(_));
    }
    let mut members = schema.as_object().into_iter().flatten();
    members.any(|(keyword, value)| match member(keyword, value) {
        Member::Schema(part) => has_local_references(part),
        Member::List(parts) => parts.iter().any(has_local_references),
        Member::Map(parts) => parts.values().any(has_local_references),
        Member::Other => false,
    })
}
