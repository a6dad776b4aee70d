//! Makes one program of all models of an API.

mod keywords;
mod links;

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use jsonschema::Uri;
use serde_json::{Map, Value};

use crate::document::{
    Document, Fault, check_form, escaped, inside, model_of, resolve, shortened, steps,
};
use crate::judge::Judge;
use crate::limits::{MAX_PATTERNS, MAX_SCHEMAS};
use crate::pattern::{Pattern, Room};
use crate::program::{Keyword, Program, Schema, SchemaIx};

/// The address of the schema of schemas.
const META_SCHEMA: &str = "http://json-schema.org/draft-04/schema";

/// A program, and where each model begins in it or why it cannot be used.
pub(crate) struct Compiled {
    pub(crate) program: Program,
    pub(crate) roots: Vec<Result<SchemaIx, Unusable>>,
}

/// Why a model cannot be used, and where in its schema.
pub(crate) struct Unusable {
    pub(crate) pointer: String,
    pub(crate) message: String,
}

pub(crate) fn compile(documents: &[Document]) -> Compiled {
    let mut compiler = Compiler::default();
    let mut roots = Vec::with_capacity(documents.len());
    for (index, document) in documents.iter().enumerate() {
        let root = compiler.add_root(index, document);
        compiler.by_name.insert(&document.name, root);
        roots.push(root);
    }
    // All addresses are known before the first reference is followed.
    compiler.discover(0);
    let mut next = 0;
    while next < compiler.places.len() {
        compiler.build(SchemaIx(next as u32));
        next += 1;
    }
    compiler.link(documents, &roots)
}

/// A schema's place in its document, while it is compiled.
struct Place<'d> {
    value: &'d Value,
    document: usize,
    /// The schema around it, and the way from there.
    parent: Option<SchemaIx>,
    way: String,
    /// What references in it are relative to.
    base: Option<Arc<Uri<String>>>,
    /// The schema that has this base, and that pointers begin at.
    resource: SchemaIx,
    /// The schema that it stands for, if it is a reference.
    target: Option<SchemaIx>,
    fault: Option<Fault>,
}

#[derive(Default)]
struct Compiler<'d> {
    places: Vec<Place<'d>>,
    program: Program,
    by_name: HashMap<&'d str, SchemaIx>,
    /// By where the value lies; documents do not move.
    by_value: HashMap<*const Value, SchemaIx>,
    by_address: HashMap<String, SchemaIx>,
    judges: HashMap<String, Arc<Judge>>,
    patterns: HashMap<&'d str, Arc<Pattern>>,
    room: Room,
    meta_schema: Option<SchemaIx>,
}

impl<'d> Compiler<'d> {
    fn add_root(&mut self, index: usize, document: &'d Document) -> SchemaIx {
        let ix = SchemaIx(self.places.len() as u32);
        let (base, fault) = match document.base() {
            Ok(base) => (Some(Arc::new(base)), None),
            Err(fault) => (None, Some(fault)),
        };
        self.push(Place {
            value: &document.root,
            document: index,
            parent: None,
            way: String::new(),
            base,
            resource: ix,
            target: None,
            fault: document.fault.clone().or(fault),
        })
    }

    /// A schema inside of another one; the same place is the same schema.
    fn add(&mut self, parent: SchemaIx, way: String, value: &'d Value) -> SchemaIx {
        if let Some(known) = self.by_value.get(&std::ptr::from_ref(value)) {
            return *known;
        }
        let around = &self.places[parent.index()];
        let place = Place {
            value,
            document: around.document,
            parent: Some(parent),
            way,
            base: around.base.clone(),
            resource: around.resource,
            target: None,
            fault: None,
        };
        self.push(place)
    }

    fn push(&mut self, mut place: Place<'d>) -> SchemaIx {
        let ix = SchemaIx(self.places.len() as u32);
        // Too many: it is kept as a fault without anything inside.
        if self.places.len() >= MAX_SCHEMAS {
            let message = format!("the models of an API have at most {MAX_SCHEMAS} schemas");
            place.fault = Some(Fault::new(message));
        } else {
            self.name(ix, &mut place);
        }
        self.by_value.insert(std::ptr::from_ref(place.value), ix);
        self.places.push(place);
        self.program.schemas.push(Schema::default());
        ix
    }

    /// Notes the address that a schema gives itself. One that is no address is left alone; beside a
    /// reference it does not count.
    fn name(&mut self, ix: SchemaIx, place: &mut Place<'d>) {
        let Some(id) = place.value.get("id").and_then(Value::as_str) else {
            return;
        };
        let is_reference = place.value.get("$ref").is_some_and(Value::is_string);
        let Some(base) = place.base.as_ref().filter(|_| !is_reference) else {
            return;
        };
        let Ok(absolute) = resolve(base, id) else {
            return;
        };
        let (address, fragment) = split(absolute.as_str());
        if !fragment.is_empty() {
            self.note(absolute.as_str(), ix);
        }
        if !id.starts_with('#') {
            self.note(address, ix);
            place.base = Some(Arc::new(absolute.strip_fragment().to_owned()));
            place.resource = ix;
        }
    }

    /// The first schema with an address has it.
    fn note(&mut self, address: &str, ix: SchemaIx) {
        if let Entry::Vacant(free) = self.by_address.entry(address.to_owned()) {
            free.insert(ix);
        }
    }

    /// Finds the schemas inside those from here on.
    fn discover(&mut self, from: usize) {
        let mut next = from;
        while let Some(place) = self.places.get(next).filter(|_| next < MAX_SCHEMAS) {
            if let Value::Object(schema) = place.value {
                for (way, value) in inside(schema) {
                    self.add(SchemaIx(next as u32), way, value);
                    if self.places.len() > MAX_SCHEMAS {
                        break;
                    }
                }
            }
            next += 1;
        }
    }

    fn build(&mut self, ix: SchemaIx) {
        let place = &self.places[ix.index()];
        let Value::Object(schema) = place.value else {
            return;
        };
        if place.fault.is_some() || self.meta_schema == Some(ix) {
            return;
        }
        let built = match schema.get("$ref") {
            Some(Value::String(reference)) => self
                .follow(ix, reference)
                .map(|target| self.places[ix.index()].target = Some(target)),
            _ => self
                .keywords(ix, schema)
                .map(|built| self.program.schemas[ix.index()] = built),
        };
        if let Err(fault) = built {
            self.places[ix.index()].fault = Some(fault);
        }
    }

    /// The schema that a reference means.
    fn follow(&mut self, from: SchemaIx, reference: &str) -> Result<SchemaIx, Fault> {
        let place = &self.places[from.index()];
        let (address, fragment) = split(reference);
        let nowhere = || {
            let shown = shortened(reference);
            Fault::new(format!(
                "{shown:?} leads to no model of the API and no part of one"
            ))
        };
        let base = place.base.as_ref().ok_or_else(nowhere)?;
        let (base, resource) = if address.is_empty() {
            (Uri::clone(base), Some(place.resource))
        } else {
            let absolute = resolve(base, address)?;
            let model = model_of(absolute.as_str());
            let by_name = model.and_then(|name| self.by_name.get(name.as_str()));
            let known = by_name.or_else(|| self.by_address.get(absolute.as_str()));
            (absolute, known.copied())
        };
        if fragment.is_empty() || fragment.starts_with('/') {
            let found = match resource {
                Some(resource) if fragment.is_empty() => Some(resource),
                Some(resource) => self.point(resource, fragment).map_err(|fault| {
                    let shown = shortened(reference);
                    Fault::new(format!("{shown:?} leads to no schema: {}", fault.message))
                })?,
                None if base.as_str() == META_SCHEMA && fragment.is_empty() => {
                    Some(self.meta_schema())
                }
                None => None,
            };
            return found.ok_or_else(nowhere);
        }
        let address = match resource.and_then(|ix| self.places[ix.index()].base.as_ref()) {
            Some(base) => format!("{base}#{fragment}"),
            None => format!("{base}#{fragment}"),
        };
        self.by_address.get(&address).copied().ok_or_else(nowhere)
    }

    /// Walks a JSON pointer. It may lead to where no schema was expected.
    fn point(&mut self, resource: SchemaIx, pointer: &str) -> Result<Option<SchemaIx>, Fault> {
        let mut nearest = resource;
        let mut value = self.places[resource.index()].value;
        let mut way = String::new();
        for step in steps(pointer) {
            let next = match value {
                Value::Object(members) => members.get(&step),
                Value::Array(items) => step.parse::<usize>().ok().and_then(|at| items.get(at)),
                _ => None,
            };
            let Some(next) = next else { return Ok(None) };
            value = next;
            if let Some(known) = self.by_value.get(&std::ptr::from_ref(value)) {
                nearest = *known;
                way.clear();
            } else {
                way.push('/');
                way.push_str(&escaped(&step));
            }
        }
        if std::ptr::eq(self.places[nearest.index()].value, value) {
            return Ok(Some(nearest));
        }
        check_form(value)?;
        let from = self.places.len();
        let ix = self.add(nearest, way, value);
        self.discover(from);
        Ok(Some(ix))
    }

    fn meta_schema(&mut self) -> SchemaIx {
        static NOTHING: Value = Value::Null;
        if let Some(known) = self.meta_schema {
            return known;
        }
        let ix = SchemaIx(self.places.len() as u32);
        self.meta_schema = Some(ix);
        self.push(Place {
            value: &NOTHING,
            document: usize::MAX,
            parent: None,
            way: String::new(),
            base: None,
            resource: ix,
            target: None,
            fault: None,
        });
        self.program.schemas[ix.index()].keywords = vec![Keyword::MetaSchema];
        ix
    }

    /// The judge of some members of a schema; equal ones share it.
    fn judge(
        &mut self,
        schema: &Map<String, Value>,
        keywords: &[&str],
    ) -> Result<Arc<Judge>, Fault> {
        let members = keywords.iter().filter_map(|keyword| {
            let (keyword, value) = schema.get_key_value(*keyword)?;
            Some((keyword.clone(), value.clone()))
        });
        let members = Value::Object(members.collect());
        let text = members.to_string();
        if let Some(known) = self.judges.get(&text) {
            return Ok(known.clone());
        }
        let Value::Object(members) = members else {
            return Err(Fault::new("a schema is a JSON object"));
        };
        let judge = Arc::new(Judge::new(members).map_err(Fault::new)?);
        self.judges.insert(text, judge.clone());
        Ok(judge)
    }

    /// A pattern; equal ones are compiled once.
    fn pattern(&mut self, source: &'d str) -> Result<Arc<Pattern>, Fault> {
        if let Some(known) = self.patterns.get(source) {
            return Ok(known.clone());
        }
        if self.patterns.len() == MAX_PATTERNS {
            let message = format!("the models of an API have at most {MAX_PATTERNS} patterns");
            return Err(Fault::new(message));
        }
        let pattern = Pattern::new(source, &mut self.room).map_err(Fault::new)?;
        let pattern = Arc::new(pattern);
        self.patterns.insert(source, pattern.clone());
        Ok(pattern)
    }
}

fn split(address: &str) -> (&str, &str) {
    address.split_once('#').unwrap_or((address, ""))
}
