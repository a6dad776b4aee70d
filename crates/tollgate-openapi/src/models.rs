//! Models: the schemas of a document, and those that stand in its operations.

use std::borrow::Cow;

use indexmap::{IndexMap, IndexSet};
use serde_json::{Map, Value};
use tollgate_core::ApiId;
use tollgate_model::Model;

use crate::ids::hash;
use crate::limits::{MAX_INDENTED_BYTES, MAX_SCHEMA_NAME_BYTES};
use crate::node::{Node, unescape};
use crate::reader::Reader;

/// How references between the models of one API begin on AWS.
pub(crate) const CANONICAL: &str = "https://apigateway.amazonaws.com/restapis/";

/// Stands in references for the id of an API that has none yet.
const UNKNOWN_API: &str = "api-id";

/// Keywords of JSON Schema whose members are schemas by name.
pub(crate) const SCHEMA_MAPS: [&str; 4] = [
    "properties",
    "patternProperties",
    "definitions",
    "dependencies",
];

/// Keywords of JSON Schema that hold a schema, or a list of schemas.
pub(crate) const SCHEMAS: [&str; 7] = [
    "items",
    "additionalItems",
    "additionalProperties",
    "allOf",
    "anyOf",
    "oneOf",
    "not",
];

/// Keywords of OpenAPI and of later drafts that would change what fits a schema, but that draft 4
/// does not know.
const FOREIGN: [&str; 14] = [
    "nullable",
    "discriminator",
    "const",
    "contains",
    "propertyNames",
    "if",
    "then",
    "else",
    "prefixItems",
    "dependentRequired",
    "dependentSchemas",
    "unevaluatedItems",
    "unevaluatedProperties",
    "$defs",
];

/// The models of an API while its document is read.
#[derive(Debug)]
pub(crate) struct Models {
    /// Names that can be referred to: those of the document, and of models that were there.
    known: IndexSet<String>,
    all: IndexMap<String, Model>,
    api: String,
}

impl Models {
    /// The models of a document's own schemas, after those that were there.
    pub(crate) fn read(reader: &mut Reader<'_>, api: Option<&ApiId>, existing: Vec<Model>) -> Self {
        let existing = existing.into_iter().map(|one| (one.name.clone(), one));
        let all: IndexMap<_, _> = existing.collect();
        let mut models = Self {
            known: all.keys().cloned().collect(),
            all,
            api: api.map_or(UNKNOWN_API, ApiId::as_str).to_owned(),
        };
        let Some(schemas) = reader.version.schemas(&reader.document) else {
            return models;
        };
        let schemas = reader.object(&schemas);
        let names = schemas.iter().map(|(name, _)| (*name).to_owned());
        models
            .known
            .extend(names.filter(|name| name.len() <= MAX_SCHEMA_NAME_BYTES));
        for (name, node) in schemas {
            if !models.known.contains(name) {
                let limit = MAX_SCHEMA_NAME_BYTES;
                reader.error(
                    &node,
                    format!("the schema's name has more than {limit} bytes"),
                );
                continue;
            }
            if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
                let message = format!(
                    "Unable to create model for '{name}': Model name must be alphanumeric: {name}"
                );
                let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
                let help = (!plain.is_empty()).then(|| format!("call it `{plain}`").into());
                reader.error(&node, message).in_aws_words().help_if(|| help);
            }
            reader.object(&node);
            let schema = models.canonical(reader, &node);
            models.add(reader, name, &schema, &node);
        }
        models
    }

    /// The name of the model of a schema in an operation.
    ///
    /// A reference means the model it names. Another schema becomes a model named after a hash of
    /// what it says, so that equal schemas share one model, on every import. As on AWS, a
    /// reference to nothing and a schema of a single value have no model, with a warning; an empty
    /// schema says nothing and has none either.
    pub(crate) fn of_schema(
        &mut self,
        reader: &mut Reader<'_>,
        schema: &Node<'_>,
        holder: &str,
    ) -> Option<String> {
        if let Some(reference) = schema.get("$ref") {
            return match self.referenced(reader, &reference) {
                Ok(name) => Some(name),
                Err(name) => {
                    let message = format!("Reference to model '{name}' not found. Ignoring.");
                    let help = self.near(reader, &name);
                    reader
                        .warn(&reference, message)
                        .in_aws_words()
                        .help_if(|| help);
                    None
                }
            };
        }
        if reader.object(schema).is_empty() {
            return None;
        }
        if let Some(kind) = single_value(schema) {
            let message = format!("Unsupported model type '{kind}' in {holder}. Ignoring.");
            reader.warn(schema, message).in_aws_words();
            return None;
        }
        let canonical = self.canonical(reader, schema);
        let text = text_of(&canonical);
        let mut attempt = 0;
        loop {
            let name = format!("model{:08x}", hash(attempt, &text) & 0xFFFF_FFFF);
            match self.all.get(&name) {
                Some(model) if model.schema == text => return Some(name),
                Some(_) => attempt += 1,
                None => {
                    self.add(reader, &name, &canonical, schema);
                    return Some(name);
                }
            }
        }
    }

    /// All models, those of the document first.
    pub(crate) fn into_models(self) -> Vec<Model> {
        self.all.into_values().collect()
    }

    fn add(&mut self, reader: &mut Reader<'_>, name: &str, schema: &Value, node: &Node<'_>) {
        let mut model = Model::new(name, text_of(schema));
        model.description = schema["description"].as_str().map(str::to_owned);
        model.id = self.all.get(name).and_then(|one| one.id.clone());
        let (place, _) = self.all.insert_full(name.to_owned(), model);
        reader.trace(&format!("/models/{place}"), node);
        reader.trace(&format!("/models/{place}/schema"), node);
    }

    /// The question whether another schema was meant.
    fn near(&self, reader: &mut Reader<'_>, name: &str) -> Option<Cow<'static, str>> {
        reader.did_you_mean(name, self.known.iter().map(String::as_str))
    }

    /// A schema with its references as AWS stores them.
    fn canonical(&self, reader: &mut Reader<'_>, schema: &Node<'_>) -> Value {
        let Some(members) = schema.value.as_object() else {
            // `additionalProperties: false`, and what is no schema at all.
            return schema.value.clone();
        };
        let mut canonical = Map::with_capacity(members.len());
        for (keyword, node) in schema.members() {
            let value = match keyword {
                "$ref" if node.value.is_string() => self.reference(reader, &node),
                _ if SCHEMA_MAPS.contains(&keyword) && node.value.is_object() => node
                    .members()
                    .map(|(name, part)| (name.to_owned(), self.canonical(reader, &part)))
                    .collect(),
                _ if SCHEMAS.contains(&keyword) => match node.value {
                    Value::Array(_) => node
                        .items()
                        .map(|part| self.canonical(reader, &part))
                        .collect(),
                    _ => self.canonical(reader, &node),
                },
                _ => {
                    if FOREIGN.contains(&keyword) {
                        let message = format!("`{keyword}` has no effect on models (draft 4)");
                        let help = (keyword == "nullable")
                            .then_some("write `type: [string, \"null\"]` or the like".into());
                        reader.warn(&node, message).help_if(|| help);
                    }
                    node.value.clone()
                }
            };
            canonical.insert(keyword.to_owned(), value);
        }
        Value::Object(canonical)
    }

    /// The canonical form of a reference within a model.
    fn reference(&self, reader: &mut Reader<'_>, reference: &Node<'_>) -> Value {
        match self.referenced(reader, reference) {
            Ok(name) => Value::String(format!("{CANONICAL}{}/models/{name}", self.api)),
            Err(name) => {
                let help = self.near(reader, &name);
                reader
                    .error(
                        reference,
                        format!("there is no schema `{name}` to refer to"),
                    )
                    .help_if(|| help);
                reference.value.clone()
            }
        }
    }

    /// The model that a reference names: in the document's form, in AWS's, or by its name alone.
    /// As an error, the name of one that is not there.
    fn referenced(&self, reader: &mut Reader<'_>, reference: &Node<'_>) -> Result<String, String> {
        let text = reader.text(reference).unwrap_or_default();
        let local = text.strip_prefix(reader.version.schema_prefix());
        let canonical = || Some(text.strip_prefix(CANONICAL)?.split_once("/models/")?.1);
        let name = unescape(local.or_else(canonical).unwrap_or(&text));
        if self.known.contains(name.as_ref()) {
            Ok(name.into_owned())
        } else {
            Err(name.into_owned())
        }
    }
}

/// What AWS calls a schema of neither an object nor a list.
fn single_value(schema: &Node<'_>) -> Option<&'static str> {
    Some(match schema.value["type"].as_str()? {
        "string" => "StringSchema",
        "number" => "NumberSchema",
        "integer" => "IntegerSchema",
        "boolean" => "BooleanSchema",
        _ => return None,
    })
}

/// A schema as AWS's import writes it: indented by two spaces. A huge one is left on one line,
/// for indentation can make it many times as long.
pub(crate) fn text_of(schema: &Value) -> String {
    let compact = schema.to_string();
    if compact.len() > MAX_INDENTED_BYTES {
        compact
    } else {
        format!("{schema:#}")
    }
}
