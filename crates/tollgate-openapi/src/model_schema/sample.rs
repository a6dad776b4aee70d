//! A template that makes a body of a model's shape.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::rc::Rc;

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};
use tollgate_model::Model;

use super::{Reference, Schemas, reference};
use crate::limits::{MAX_NESTING, MAX_SAMPLE_BYTES, MAX_SAMPLE_STEPS};

/// What every sample begins with.
const HEAD: &str = "#set($inputRoot = $input.path('$'))\n";
/// Stands above the loop of a list.
const LOOP: &str = "##TODO: Update this foreach loop to reference array from input json\n\
                    #foreach($elem in $inputRoot)\n";
/// Stands below it.
const LOOP_END: &str = "#if($foreach.hasNext),#end\n#end\n";
/// An object of which nothing is known.
const EMPTY: &str = "{ }";
const ANY_TEXT: &str = "a string takes any text";

/// A mapping template that makes a body of a model's shape, with sample values, as `GetModelTemplate`
/// gives it.
///
/// Strings are `foo`, numbers 3.1415, integers 42 and booleans true; a list is a loop whose source the
/// author names. The form follows the service's published samples; lists within objects, `enum`, and
/// what has no type are of ours. A schema that is no JSON object has the sample of an empty one. A model
/// within itself is an empty object; what is past
/// [`MAX_SAMPLE_BYTES`](crate::limits::MAX_SAMPLE_BYTES) or another limit is left out.
///
/// ```
/// use tollgate_model::Model;
/// use tollgate_openapi::sample_template;
///
/// let schema = r#"{"properties": {"a": {"type": "number"}, "op": {"type": "string"}}}"#;
/// let sample = sample_template(&Model::new("Sum", schema), &[]);
/// assert_eq!(
///     sample,
///     "#set($inputRoot = $input.path('$'))\n{\n  \"a\" : 3.1415,\n  \"op\" : \"foo\"\n}"
/// );
/// ```
#[must_use]
pub fn sample_template(model: &Model, models: &[Model]) -> String {
    let schema = serde_json::from_str(&model.schema).unwrap_or(Value::Null);
    let root = Rc::new(schema);
    let mut sample = Sample {
        name: &model.name,
        root: root.clone(),
        schemas: Schemas::of(models),
        open: vec![place(&root, "")],
        steps: MAX_SAMPLE_STEPS,
        out: HEAD.to_owned(),
    };
    sample.value(&root, &root, 0);
    sample.out
}

/// A place in a document, which is told from others by where it is kept.
type Place = (*const Value, String);

fn place(document: &Rc<Value>, fragment: &str) -> Place {
    (Rc::as_ptr(document), fragment.to_owned())
}

struct Sample<'m> {
    name: &'m str,
    root: Rc<Value>,
    schemas: Schemas<'m>,
    /// What is being written, each within the one before.
    open: Vec<Place>,
    steps: usize,
    out: String,
}

impl Sample<'_> {
    /// Writes the sample of a schema, which stands in a document.
    fn value(&mut self, schema: &Value, document: &Rc<Value>, level: usize) {
        let has_room = self.step() && level < MAX_NESTING;
        let Some(members) = schema.as_object().filter(|_| has_room) else {
            self.out.push_str(EMPTY);
            return;
        };
        if let Some(text) = reference(schema) {
            let write = |sample: &mut Self, schema: &Value, document: &Rc<Value>| {
                sample.value(schema, document, level);
            };
            if !self.referenced(text, document, write) {
                self.out.push_str(EMPTY);
            }
            return;
        }
        match kind(members) {
            Some("string") => self.out.push_str("\"foo\""),
            Some("number") => self.out.push_str("3.1415"),
            Some("integer") => self.out.push_str("42"),
            Some("boolean") => self.out.push_str("true"),
            Some("null") => self.out.push_str("null"),
            Some("array") => self.list(members, document, level),
            _ => self.object(schema, document, level),
        }
    }

    /// Writes what a reference leads to; `false`: it leads nowhere, or in a circle.
    fn referenced(
        &mut self,
        text: &str,
        document: &Rc<Value>,
        write: impl FnOnce(&mut Self, &Value, &Rc<Value>),
    ) -> bool {
        let (document, fragment) = match Reference::of(text) {
            Reference::Local(fragment) => (Some(document.clone()), fragment),
            Reference::Model { name, fragment, .. } if name == self.name => {
                (Some(self.root.clone()), fragment)
            }
            Reference::Model { name, fragment, .. } => {
                (self.schemas.get(name).map(|found| found.1), fragment)
            }
            Reference::Foreign => (None, ""),
        };
        let Some(document) = document else {
            return false;
        };
        let fragment = percent_decode_str(fragment).decode_utf8_lossy();
        let here = place(&document, &fragment);
        let schema = document.pointer(&fragment);
        let is_new = !self.open.contains(&here) && self.open.len() < MAX_NESTING;
        let Some(schema) = schema.filter(|_| is_new) else {
            return false;
        };
        self.open.push(here);
        write(self, schema, &document);
        self.open.pop();
        true
    }

    fn list(&mut self, members: &Map<String, Value>, document: &Rc<Value>, level: usize) {
        let items = members.get("items");
        let items = items.map(|items| items.get(0).unwrap_or(items));
        self.out.push_str("[\n");
        self.out.push_str(LOOP);
        self.out.push(' ');
        match items {
            Some(items) => self.value(items, document, level),
            None => self.out.push_str(EMPTY),
        }
        self.out.push_str(" \n");
        self.out.push_str(LOOP_END);
        self.indent(level);
        self.out.push(']');
    }

    fn object(&mut self, schema: &Value, document: &Rc<Value>, level: usize) {
        let mut written = HashSet::new();
        self.properties(schema, document, level, &mut written);
        if written.is_empty() {
            self.out.push_str(EMPTY);
            return;
        }
        self.out.push('\n');
        self.indent(level);
        self.out.push('}');
    }

    /// Writes the properties of a schema, and those of all that a body must fit besides.
    fn properties(
        &mut self,
        schema: &Value,
        document: &Rc<Value>,
        level: usize,
        written: &mut HashSet<String>,
    ) {
        if !self.step() {
            return;
        }
        if let Some(text) = reference(schema) {
            self.referenced(text, document, |sample, schema, document| {
                sample.properties(schema, document, level, written);
            });
            return;
        }
        let properties = schema.get("properties").and_then(Value::as_object);
        for (name, property) in properties.into_iter().flatten() {
            if self.out.len() > MAX_SAMPLE_BYTES {
                return;
            }
            let separator = if written.is_empty() { "{\n" } else { ",\n" };
            if !written.insert(name.clone()) {
                continue;
            }
            self.out.push_str(separator);
            self.indent(level + 1);
            let name = Value::from(name.as_str());
            write!(self.out, "{name} : ").expect(ANY_TEXT);
            self.value(property, document, level + 1);
        }
        let parts = schema.get("allOf").and_then(Value::as_array);
        for part in parts.into_iter().flatten() {
            self.properties(part, document, level, written);
        }
    }

    fn indent(&mut self, level: usize) {
        self.out.extend(std::iter::repeat_n("  ", level));
    }

    /// Whether there is more to do than may be done.
    fn step(&mut self) -> bool {
        self.steps = self.steps.saturating_sub(1);
        self.steps > 0 && self.out.len() <= MAX_SAMPLE_BYTES
    }
}

/// The type of a schema: the one that it says, or that its keywords are of.
fn kind(members: &Map<String, Value>) -> Option<&str> {
    let said = match members.get("type") {
        Some(Value::Array(types)) => {
            let mut types = types.iter().filter_map(Value::as_str);
            types.find(|one| *one != "null")
        }
        Some(one) => one.as_str(),
        None => None,
    };
    let is_list = members.contains_key("items") && !members.contains_key("properties");
    said.or(is_list.then_some("array"))
}
