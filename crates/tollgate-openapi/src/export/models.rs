//! Models: the schemas of a document.

use std::collections::HashSet;

use serde_json::Value;
use tollgate_model::{ApiDocument, Model};

use super::{ExportError, Exporter, Members, put};
use crate::bodies::DEFAULT_MEDIA_TYPE;
use crate::models::{CANONICAL, SCHEMA_MAPS, SCHEMAS};

/// The models that can be referred to.
pub(super) struct ModelNames<'a>(HashSet<&'a str>);

impl<'a> ModelNames<'a> {
    pub(super) fn of(document: &'a ApiDocument) -> Self {
        Self(
            document
                .models
                .iter()
                .map(|one| one.name.as_str())
                .collect(),
        )
    }

    pub(super) fn contains(&self, name: &str) -> bool {
        self.0.contains(name)
    }
}

/// Schemas of a document are of JSON alone.
pub(super) fn require_json(document: &ApiDocument) -> Result<(), ExportError> {
    let mut models = document.models.iter();
    match models.find(|model| !model.content_type.eq_ignore_ascii_case(DEFAULT_MEDIA_TYPE)) {
        None => Ok(()),
        Some(model) => Err(ExportError::NonJsonModel {
            model: model.name.clone(),
        }),
    }
}

impl Exporter<'_> {
    pub(super) fn schemas(&mut self) -> Members {
        let document = self.document;
        let mut schemas = Members::new();
        for (place, model) in document.models.iter().enumerate() {
            let schema = self.schema(&format!("/models/{place}"), model);
            put(&mut schemas, &model.name, schema);
        }
        schemas
    }

    fn schema(&mut self, pointer: &str, model: &Model) -> Members {
        let schema = match serde_json::from_str::<Value>(&model.schema) {
            Ok(schema) => self.local(&schema, pointer),
            Err(_) => Value::Null,
        };
        let Value::Object(mut schema) = schema else {
            self.warn(pointer, "the schema is no JSON object and is left out");
            return Members::new();
        };
        let described = schema.get("description").and_then(Value::as_str);
        if model.description.as_deref() != described {
            let message =
                "the description of a model is what its schema says: this one is left out";
            self.note(pointer, message);
        }
        if !self.is_whole() {
            // Draft 4 is what every model is written in.
            schema.shift_remove("$schema");
            let about = self.documentation.model(&model.name);
            self.describe(
                &mut schema,
                about,
                &["title", "description", "externalDocs"],
            );
            self.extend(&mut schema, about);
        }
        schema
    }

    /// A schema with the references of its document, as the import makes canonical ones of them.
    fn local(&mut self, schema: &Value, pointer: &str) -> Value {
        let Value::Object(members) = schema else {
            return schema.clone();
        };
        let mut local = Members::with_capacity(members.len());
        for (keyword, value) in members {
            let value = match (keyword.as_str(), value) {
                ("$ref", Value::String(reference)) => self.local_reference(reference, pointer),
                (keyword, Value::Object(parts)) if SCHEMA_MAPS.contains(&keyword) => parts
                    .iter()
                    .map(|(name, part)| (name.clone(), self.local(part, pointer)))
                    .collect(),
                (keyword, Value::Array(parts)) if SCHEMAS.contains(&keyword) => {
                    parts.iter().map(|part| self.local(part, pointer)).collect()
                }
                (keyword, part) if SCHEMAS.contains(&keyword) => self.local(part, pointer),
                (_, value) => value.clone(),
            };
            local.insert(keyword.clone(), value);
        }
        local.into()
    }

    fn local_reference(&mut self, reference: &str, pointer: &str) -> Value {
        let name = reference
            .strip_prefix(CANONICAL)
            .and_then(|rest| rest.split_once("/models/"))
            .map(|(_, name)| name);
        match name.filter(|name| self.models.contains(name)) {
            Some(name) => format!("{}{name}", self.version.schema_prefix()).into(),
            None => {
                let message =
                    format!("a document cannot refer to `{reference}`, as this model does");
                self.warn(pointer, message);
                reference.into()
            }
        }
    }
}
