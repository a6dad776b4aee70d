//! What a schema's own keywords ask.

use serde_json::{Map, Number, Value};

use super::Compiler;
use crate::document::Fault;
use crate::program::{Dependency, Format, Keyword, Schema, SchemaIx, Types, Words};

/// In the order in which the Java validator looks at them: that of their names, and then the format.
const KEYWORDS: [&str; 22] = [
    "additionalItems",
    "additionalProperties",
    "allOf",
    "anyOf",
    "dependencies",
    "enum",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "not",
    "oneOf",
    "pattern",
    "required",
    "type",
    "uniqueItems",
    "format",
];

type Members = Map<String, Value>;

impl<'d> Compiler<'d> {
    pub(super) fn keywords(&mut self, ix: SchemaIx, schema: &'d Members) -> Result<Schema, Fault> {
        let mut built = Schema::default();
        self.items(ix, schema, &mut built);
        self.members(ix, schema, &mut built)?;
        for name in KEYWORDS {
            if let Some(value) = schema.get(name)
                && let Some(keyword) = self.keyword(ix, schema, name, value)?
            {
                built.keywords.push(keyword);
            }
        }
        Ok(built)
    }

    fn items(&mut self, ix: SchemaIx, schema: &'d Members, built: &mut Schema) {
        match schema.get("items") {
            Some(Value::Array(all)) => {
                built.items.first = self.all(ix, all);
                let rest = schema.get("additionalItems");
                built.items.rest = rest.and_then(|rest| self.one(ix, rest));
            }
            Some(one) => built.items.rest = self.one(ix, one),
            None => {}
        }
    }

    fn members(
        &mut self,
        ix: SchemaIx,
        schema: &'d Members,
        built: &mut Schema,
    ) -> Result<(), Fault> {
        if let Some(Value::Object(properties)) = schema.get("properties") {
            for (name, value) in properties {
                if let Some(one) = self.one(ix, value) {
                    built.members.by_name.insert(name.as_str().into(), one);
                }
            }
        }
        if let Some(Value::Object(patterns)) = schema.get("patternProperties") {
            for (pattern, value) in patterns {
                let pattern = self.pattern(pattern)?;
                if let Some(one) = self.one(ix, value) {
                    built.members.by_pattern.push((pattern, one));
                }
            }
        }
        let others = schema.get("additionalProperties");
        built.members.others = others.and_then(|others| self.one(ix, others));
        Ok(())
    }

    fn keyword(
        &mut self,
        ix: SchemaIx,
        schema: &'d Members,
        name: &str,
        value: &'d Value,
    ) -> Result<Option<Keyword>, Fault> {
        let size = || size(value);
        let keyword = match (name, value) {
            ("additionalItems", Value::Bool(false)) => match schema.get("items") {
                Some(Value::Array(items)) => Keyword::AdditionalItems {
                    allowed: items.len(),
                },
                _ => return Ok(None),
            },
            ("additionalProperties", Value::Bool(false)) => Keyword::AdditionalProperties,
            ("allOf", Value::Array(all)) => Keyword::AllOf(self.all(ix, all)),
            ("anyOf", Value::Array(all)) => Keyword::AnyOf(self.all(ix, all)),
            ("oneOf", Value::Array(all)) => Keyword::OneOf(self.all(ix, all)),
            ("not", value) => match self.one(ix, value) {
                Some(one) => Keyword::Not(one),
                None => return Ok(None),
            },
            ("dependencies", Value::Object(all)) => self.dependencies(ix, all),
            ("maxItems", _) => Keyword::MaxItems(size()),
            ("maxLength", _) => Keyword::MaxLength(size()),
            ("maxProperties", _) => Keyword::MaxProperties(size()),
            ("minItems", _) => Keyword::MinItems(size()),
            ("minLength", _) => Keyword::MinLength(size()),
            ("minProperties", _) => Keyword::MinProperties(size()),
            ("pattern", Value::String(source)) => Keyword::Pattern {
                pattern: self.pattern(source)?,
                words: Words::Pattern(source.as_str().into()),
            },
            ("required", Value::Array(names)) => {
                let mut names = texts(names);
                names.sort_unstable();
                Keyword::Required(names)
            }
            ("type", Value::String(name)) => {
                let mut types = Types::default();
                types.insert(name);
                Keyword::Type(types)
            }
            ("type", Value::Array(names)) => {
                let mut types = Types::default();
                names
                    .iter()
                    .filter_map(Value::as_str)
                    .for_each(|name| types.insert(name));
                Keyword::Type(types)
            }
            _ => return self.judged(schema, name, value),
        };
        Ok(Some(keyword))
    }

    fn judged(
        &mut self,
        schema: &'d Members,
        name: &str,
        value: &'d Value,
    ) -> Result<Option<Keyword>, Fault> {
        let is_exclusive = |keyword: &str| schema.get(keyword) == Some(&Value::Bool(true));
        let (keywords, words): (&[&str], Words) = match (name, value) {
            ("enum", Value::Array(_)) => (&["enum"], Words::Enum(value.clone())),
            ("maximum", Value::Number(limit)) => {
                let (limit, exclusive) = (limit.clone(), is_exclusive("exclusiveMaximum"));
                let keywords = &["maximum", "exclusiveMaximum"];
                (keywords, Words::Maximum { limit, exclusive })
            }
            ("minimum", Value::Number(limit)) => {
                let (limit, exclusive) = (limit.clone(), is_exclusive("exclusiveMinimum"));
                let keywords = &["minimum", "exclusiveMinimum"];
                (keywords, Words::Minimum { limit, exclusive })
            }
            ("multipleOf", Value::Number(divisor)) => {
                (&["multipleOf"], Words::MultipleOf(divisor.clone()))
            }
            ("uniqueItems", Value::Bool(true)) => (&["uniqueItems"], Words::UniqueItems),
            ("format", Value::String(format)) => match Format::of(format) {
                Some(format) => (&["format"], Words::Format(format)),
                None => return Ok(None),
            },
            _ => return Ok(None),
        };
        let judge = self.judge(schema, keywords)?;
        Ok(Some(Keyword::Judged { judge, words }))
    }

    fn dependencies(&mut self, ix: SchemaIx, all: &'d Members) -> Keyword {
        let all = all.iter().filter_map(|(name, dependency)| {
            let dependency = match dependency {
                Value::Array(names) => Dependency::Members(texts(names)),
                other => Dependency::Schema(self.one(ix, other)?),
            };
            Some((name.as_str().into(), dependency))
        });
        Keyword::Dependencies(all.collect())
    }

    fn all(&mut self, ix: SchemaIx, all: &'d [Value]) -> Vec<SchemaIx> {
        all.iter().filter_map(|one| self.one(ix, one)).collect()
    }

    /// The schema at a place inside of `ix`. All such places have been found before.
    fn one(&mut self, ix: SchemaIx, value: &'d Value) -> Option<SchemaIx> {
        value
            .is_object()
            .then(|| self.add(ix, String::new(), value))
    }
}

fn texts(values: &[Value]) -> Vec<Box<str>> {
    values
        .iter()
        .filter_map(Value::as_str)
        .map(Into::into)
        .collect()
}

/// A number of items, characters or members, which may be written `2.0`.
fn size(value: &Value) -> u64 {
    let float = || {
        value
            .as_number()
            .and_then(Number::as_f64)
            .unwrap_or_default()
    };
    // As large as it gets, if it is larger.
    value.as_u64().unwrap_or_else(|| float() as u64)
}
