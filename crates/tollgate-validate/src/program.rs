//! Models as they are run: schemas in one array, which know each other by number.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Number, Value};

use crate::judge::Judge;
use crate::pattern::Pattern;

/// The place of a schema in its program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SchemaIx(pub(crate) u32);

impl SchemaIx {
    pub(crate) const fn index(self) -> usize {
        self.0 as usize
    }
}

/// All schemas of an API's models.
#[derive(Debug, Default)]
pub(crate) struct Program {
    pub(crate) schemas: Vec<Schema>,
}

/// What one schema asks of a value.
#[derive(Debug, Default)]
pub(crate) struct Schema {
    /// What it asks of the value itself, in the order in which it is looked at.
    pub(crate) keywords: Vec<Keyword>,
    /// What it asks of the items of a list.
    pub(crate) items: Items,
    /// What it asks of the members of an object.
    pub(crate) members: Members,
}

impl Schema {
    /// Gives each schema that this one asks about to `visit`, and whether it is about the same value.
    pub(crate) fn visit(&mut self, mut visit: impl FnMut(&mut SchemaIx, Asked)) {
        for keyword in &mut self.keywords {
            match keyword {
                Keyword::AllOf(all) | Keyword::AnyOf(all) | Keyword::OneOf(all) => {
                    all.iter_mut().for_each(|ix| visit(ix, Asked::Itself));
                }
                Keyword::Not(ix) => visit(ix, Asked::Itself),
                Keyword::Dependencies(all) => {
                    for (_, dependency) in all {
                        if let Dependency::Schema(ix) = dependency {
                            visit(ix, Asked::Itself);
                        }
                    }
                }
                _ => {}
            }
        }
        let items = self.items.first.iter_mut().chain(&mut self.items.rest);
        let by_pattern = self.members.by_pattern.iter_mut().map(|(_, ix)| ix);
        let members = self.members.by_name.values_mut().chain(by_pattern);
        let members = members.chain(&mut self.members.others);
        items.chain(members).for_each(|ix| visit(ix, Asked::Inside));
    }
}

/// Which value a schema inside another one is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// The same.
    Itself,
    /// An item or a member of it.
    Inside,
}

#[derive(Debug, Default)]
pub(crate) struct Items {
    /// For the first ones, one each.
    pub(crate) first: Vec<SchemaIx>,
    /// For all others.
    pub(crate) rest: Option<SchemaIx>,
}

#[derive(Debug, Default)]
pub(crate) struct Members {
    pub(crate) by_name: HashMap<Box<str>, SchemaIx>,
    pub(crate) by_pattern: Vec<(Arc<Pattern>, SchemaIx)>,
    /// For members that neither a name nor a pattern speaks of.
    pub(crate) others: Option<SchemaIx>,
}

#[derive(Debug)]
pub(crate) enum Keyword {
    AdditionalItems {
        allowed: usize,
    },
    AdditionalProperties,
    AllOf(Vec<SchemaIx>),
    AnyOf(Vec<SchemaIx>),
    Dependencies(Vec<(Box<str>, Dependency)>),
    Judged {
        judge: Arc<Judge>,
        words: Words,
    },
    MaxItems(u64),
    MaxLength(u64),
    MaxProperties(u64),
    MinItems(u64),
    MinLength(u64),
    MinProperties(u64),
    Not(SchemaIx),
    OneOf(Vec<SchemaIx>),
    Required(Vec<Box<str>>),
    Pattern {
        pattern: Arc<Pattern>,
        words: Words,
    },
    /// The value is a schema of draft 4.
    MetaSchema,
    Type(Types),
}

#[derive(Debug)]
pub(crate) enum Dependency {
    Members(Vec<Box<str>>),
    Schema(SchemaIx),
}

/// What is said when a judge says no.
#[derive(Debug)]
pub(crate) enum Words {
    Enum(Value),
    Format(Format),
    Maximum { limit: Number, exclusive: bool },
    Minimum { limit: Number, exclusive: bool },
    MultipleOf(Number),
    Pattern(Box<str>),
    UniqueItems,
}

/// The formats that are checked; all others are remarks.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Format {
    DateTime,
    Email,
    Hostname,
    Ipv4,
    Ipv6,
    Regex,
    Uri,
}

impl Format {
    pub(crate) fn of(name: &str) -> Option<Self> {
        Some(match name {
            "date-time" => Self::DateTime,
            "email" => Self::Email,
            "hostname" => Self::Hostname,
            "ipv4" => Self::Ipv4,
            "ipv6" => Self::Ipv6,
            "regex" => Self::Regex,
            "uri" => Self::Uri,
            _ => return None,
        })
    }
}

/// A set of the types of draft 4.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Types(u8);

/// In the order in which sets are printed.
const TYPES: [&str; 7] = [
    "array", "boolean", "integer", "null", "number", "object", "string",
];

impl Types {
    pub(crate) fn insert(&mut self, name: &str) {
        let bit = |name| TYPES.iter().position(|known| *known == name);
        if let Some(bit) = bit(name) {
            self.0 |= 1 << bit;
        }
        // Whatever takes numbers takes integers.
        if name == "number" {
            self.insert("integer");
        }
    }

    pub(crate) fn contains(self, value: &Value) -> bool {
        self.names().any(|name| name == type_of(value))
    }

    pub(crate) fn names(self) -> impl Iterator<Item = &'static str> {
        let is_in = move |(bit, _): &(usize, &'static str)| self.0 & (1 << bit) != 0;
        TYPES
            .into_iter()
            .enumerate()
            .filter(is_in)
            .map(|(_, name)| name)
    }
}

/// The type of a value; a number is an integer by how it is written, so that `1.0` is none.
pub(crate) fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if is_integer(number) => "integer",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// Integers that 64 bits cannot hold are read as floats; no fraction is lost on numbers as large.
fn is_integer(number: &Number) -> bool {
    const BEYOND_64_BITS: f64 = 9_223_372_036_854_775_808.0;
    number.is_i64()
        || number.is_u64()
        || number.as_f64().is_some_and(|it| it.abs() >= BEYOND_64_BITS)
}
