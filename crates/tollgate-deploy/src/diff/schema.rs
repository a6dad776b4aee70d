//! Models: which bodies one schema lets in that another does not.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};
use tollgate_model::{ApiDocument, Model};

use super::collect::{At, Collector, both, quoted};
use super::judge::{Verdict, breaking, changing, silent, widening};
use super::method::Parts;
use super::{Area, DifferenceKind};
use crate::canonical::canonical;

/// Keywords that let in the same bodies whatever they say.
const REMARKS: [&str; 7] = [
    "$schema",
    "id",
    "title",
    "description",
    "default",
    "example",
    "examples",
];

/// Bounds from below and from above.
const LOWER: [&str; 4] = ["minimum", "minLength", "minItems", "minProperties"];
const UPPER: [&str; 4] = ["maximum", "maxLength", "maxItems", "maxProperties"];

/// Flags that let in less when they are set.
const FLAGS: [&str; 3] = ["exclusiveMinimum", "exclusiveMaximum", "uniqueItems"];

/// Reasons that one verdict names; there may be thousands.
const NAMED: usize = 3;

/// How a schema became another, by pointers into it and what is there.
#[derive(Default)]
pub(super) struct Delta {
    /// Bodies that were let in are not.
    narrower: Vec<String>,
    /// Bodies that were not let in are.
    wider: Vec<String>,
    /// Members that were described are not.
    fewer: Vec<String>,
    /// Members that are described were not, and may be missing.
    more: Vec<String>,
    /// What cannot be compared.
    other: Vec<String>,
}

/// Whose bodies a schema describes.
#[derive(Clone, Copy)]
pub(super) enum Use {
    Request { is_checked: bool },
    Response,
}

impl Use {
    pub(super) fn judge(self, delta: &Delta) -> Verdict {
        let among = |lists: &[&Vec<String>]| {
            let all: Vec<&str> = lists
                .iter()
                .copied()
                .flatten()
                .map(String::as_str)
                .collect();
            match all.len() {
                0 => None,
                1..=NAMED => Some(all.join(", ")),
                many => Some(format!(
                    "{} and {} more",
                    all[..NAMED].join(", "),
                    many - NAMED
                )),
            }
        };
        match self {
            Self::Request { is_checked: false } => silent("bodies are not checked"),
            Self::Request { is_checked: true } => {
                if let Some(why) = among(&[&delta.narrower, &delta.other]) {
                    breaking(format!("bodies may be refused that were not: {why}"))
                } else if let Some(why) = among(&[&delta.wider, &delta.more, &delta.fewer]) {
                    widening(format!("more bodies are let in: {why}"))
                } else {
                    silent("the same bodies are let in")
                }
            }
            Self::Response => {
                if let Some(why) = among(&[&delta.fewer, &delta.wider, &delta.other]) {
                    breaking(format!("answers may be what they were not: {why}"))
                } else if let Some(why) = among(&[&delta.narrower]) {
                    changing(format!("answers are fewer than they were: {why}"))
                } else if let Some(why) = among(&[&delta.more]) {
                    widening(format!("answers may have more: {why}"))
                } else {
                    silent("answers are described the same")
                }
            }
        }
    }
}

/// Compares the models of two documents by name.
pub(super) fn models(before: &ApiDocument, after: &ApiDocument, found: &mut Collector) {
    let uses = uses(after);
    let by_name = |document| {
        let models: &Vec<Model> = document;
        models.iter().map(|model| (model.name.as_str(), model))
    };
    for (name, before, after) in both(by_name(&before.models), by_name(&after.models)) {
        let place = format!("model {name}");
        let at = At::new(Area::Model, &place, "");
        let (checked, answered) = (uses.requests.contains(name), uses.responses.contains(name));
        match (before, after) {
            (Some(before), Some(after)) => {
                model(&place, before, after, (checked, answered), found);
            }
            (Some(_), None) => {
                let verdict = if checked || answered {
                    breaking("methods have bodies of it")
                } else {
                    silent("no method has bodies of it")
                };
                found.push_whole(at, DifferenceKind::Removed, verdict);
            }
            _ => {
                let verdict = silent("what methods make of it is told with them");
                found.push_whole(at, DifferenceKind::Added, verdict);
            }
        }
    }
}

fn model(
    place: &str,
    before: &Model,
    after: &Model,
    (checked, answered): (bool, bool),
    found: &mut Collector,
) {
    let at = |area, member| At::new(area, place, member);
    let (was, is) = (before.description.as_deref(), after.description.as_deref());
    let description = at(Area::Description, "description");
    found.text(description, was, is, || silent("requests do not see it"));
    let (was, is) = (before.content_type.as_str(), after.content_type.as_str());
    found.value(at(Area::Model, "contentType"), was, is, || {
        silent("methods say which media types have it")
    });
    let (was, is) = (before.schema.as_str(), after.schema.as_str());
    if was == is || is_same_json(was, is) {
        return;
    }
    let delta = compare(Some(was), Some(is));
    let request = Use::Request { is_checked: true };
    let verdicts = [
        checked.then(|| request.judge(&delta)),
        answered.then(|| Use::Response.judge(&delta)),
    ];
    // Requests come first where both are as severe.
    let worst = verdicts.into_iter().flatten().reduce(|one, other| {
        if other.severity > one.severity {
            other
        } else {
            one
        }
    });
    let verdict = worst.unwrap_or_else(|| silent("no method checks or answers bodies of it"));
    let schema = at(Area::Model, "schema");
    found.push(schema, Some(quoted(was)), Some(quoted(is)), verdict);
}

fn is_same_json(one: &str, other: &str) -> bool {
    match (read(one), read(other)) {
        (Ok(one), Ok(other)) => canonical(&one) == canonical(&other),
        _ => false,
    }
}

/// Reads a schema. References to models become the models' names, as the rest of them has the API's id
/// in it.
fn read(schema: &str) -> serde_json::Result<Value> {
    fn shorten(value: &mut Value) {
        match value {
            Value::Object(members) => {
                if let Some(Value::String(reference)) = members.get_mut("$ref") {
                    let name = model_name(reference).map(str::to_owned);
                    name.into_iter().for_each(|name| *reference = name);
                }
                members.values_mut().for_each(shorten);
            }
            Value::Array(items) => items.iter_mut().for_each(shorten),
            _ => {}
        }
    }
    let mut value = serde_json::from_str(schema)?;
    shorten(&mut value);
    Ok(value)
}

/// The models that bodies have, themselves or within another model.
struct Uses {
    /// Of requests that are checked.
    requests: BTreeSet<String>,
    /// Of answers.
    responses: BTreeSet<String>,
}

fn uses(document: &ApiDocument) -> Uses {
    let parts = Parts::new(document);
    let mut uses = Uses {
        requests: BTreeSet::new(),
        responses: BTreeSet::new(),
    };
    let resources = document.resources.iter();
    let methods = resources.flat_map(|resource| resource.resource_methods.values());
    for method in methods {
        if parts.checks(method).body {
            uses.requests
                .extend(method.request_models.values().cloned());
        }
        for response in method.method_responses.values() {
            let models = response.response_models.iter().flatten();
            uses.responses.extend(models.map(|(_, name)| name.clone()));
        }
    }
    let references: BTreeMap<&str, BTreeSet<String>> = document
        .models
        .iter()
        .map(|model| (model.name.as_str(), references(&model.schema)))
        .collect();
    follow(&mut uses.requests, &references);
    follow(&mut uses.responses, &references);
    uses
}

/// Adds the models that these refer to, and so on.
fn follow(names: &mut BTreeSet<String>, references: &BTreeMap<&str, BTreeSet<String>>) {
    let mut open: Vec<String> = names.iter().cloned().collect();
    while let Some(name) = open.pop() {
        for other in references.get(name.as_str()).into_iter().flatten() {
            if names.insert(other.clone()) {
                open.push(other.clone());
            }
        }
    }
}

/// The models that a schema refers to.
fn references(schema: &str) -> BTreeSet<String> {
    fn collect(value: &Value, names: &mut BTreeSet<String>) {
        match value {
            Value::Object(members) => {
                if let Some(Value::String(reference)) = members.get("$ref") {
                    names.extend(model_name(reference).map(str::to_owned));
                }
                members.values().for_each(|value| collect(value, names));
            }
            Value::Array(items) => items.iter().for_each(|value| collect(value, names)),
            _ => {}
        }
    }
    let mut names = BTreeSet::new();
    // A schema that is no JSON refers to nothing.
    if let Ok(value) = serde_json::from_str(schema) {
        collect(&value, &mut names);
    }
    names
}

/// The model that a reference such as `…/restapis/a1b2c3d4e5/models/Pet` names, whatever the API's id.
fn model_name(reference: &str) -> Option<&str> {
    reference.split_once("/models/").map(|(_, name)| name)
}

/// How a schema became another; one that is not there lets all in.
pub(super) fn compare(before: Option<&str>, after: Option<&str>) -> Delta {
    let mut delta = Delta::default();
    let schema = |schema: Option<&str>| match schema {
        Some(text) => read(text),
        None => Ok(Value::Object(Map::new())),
    };
    match (schema(before), schema(after)) {
        (Ok(before), Ok(after)) => delta.schemas(&before, &after, ""),
        _ if before == after => {}
        _ => delta.other.push("a schema that is not JSON".to_owned()),
    }
    delta
}

impl Delta {
    // As deep as the reader of JSON goes, which is 128 levels.
    fn schemas(&mut self, before: &Value, after: &Value, at: &str) {
        let (Value::Object(before), Value::Object(after)) = (before, after) else {
            if before != after {
                self.other.push(format!("{at}/"));
            }
            return;
        };
        self.types(before, after, at);
        self.values(before, after, at);
        self.bounds(before, after, at);
        self.members(before, after, at);
        for keyword in ["items", "additionalItems"] {
            self.part(before, after, keyword, at);
        }
        self.definitions(before, after, at);
        self.rest(before, after, at);
    }

    fn types(&mut self, before: &Map<String, Value>, after: &Map<String, Value>, at: &str) {
        let (was, is) = (types(before), types(after));
        if is.iter().any(|one| !was.contains(one)) {
            self.wider.push(format!("{at}/type"));
        }
        if was.iter().any(|one| !is.contains(one)) {
            self.narrower.push(format!("{at}/type"));
        }
    }

    fn values(&mut self, before: &Map<String, Value>, after: &Map<String, Value>, at: &str) {
        let all = |schema: &Map<String, Value>| {
            let values = schema.get("enum").and_then(Value::as_array)?;
            Some(values.iter().map(canonical).collect::<BTreeSet<_>>())
        };
        let (is_narrower, is_wider) = match (all(before), all(after)) {
            (None, None) => (false, false),
            (None, Some(_)) => (true, false),
            (Some(_), None) => (false, true),
            (Some(was), Some(is)) => (!was.is_subset(&is), !is.is_subset(&was)),
        };
        if is_narrower {
            self.narrower.push(format!("{at}/enum"));
        }
        if is_wider {
            self.wider.push(format!("{at}/enum"));
        }
    }

    fn bounds(&mut self, before: &Map<String, Value>, after: &Map<String, Value>, at: &str) {
        for (keywords, sign) in [(LOWER, 1.0), (UPPER, -1.0)] {
            for keyword in keywords {
                let bound = |schema: &Map<String, Value>| {
                    let bound = schema.get(keyword).and_then(Value::as_f64);
                    bound.map_or(f64::NEG_INFINITY, |bound| bound * sign)
                };
                let (was, is) = (bound(before), bound(after));
                if is > was {
                    self.narrower.push(format!("{at}/{keyword}"));
                } else if is < was {
                    self.wider.push(format!("{at}/{keyword}"));
                }
            }
        }
        for keyword in FLAGS {
            let is_set = |schema: &Map<String, Value>| {
                schema.get(keyword).and_then(Value::as_bool) == Some(true)
            };
            match (is_set(before), is_set(after)) {
                (false, true) => self.narrower.push(format!("{at}/{keyword}")),
                (true, false) => self.wider.push(format!("{at}/{keyword}")),
                _ => {}
            }
        }
    }

    fn members(&mut self, before: &Map<String, Value>, after: &Map<String, Value>, at: &str) {
        let required = |schema: &Map<String, Value>| {
            let names = schema.get("required").and_then(Value::as_array);
            let names = names.into_iter().flatten().filter_map(Value::as_str);
            names.map(str::to_owned).collect::<BTreeSet<_>>()
        };
        let (was, is) = (required(before), required(after));
        for name in is.difference(&was) {
            self.narrower.push(format!("{at}/{name} is required"));
        }
        for name in was.difference(&is) {
            self.wider.push(format!("{at}/{name} may be missing"));
        }

        let (no, none) = (Map::new(), Map::new());
        let old = object(before, "properties").unwrap_or(&no);
        let new = object(after, "properties").unwrap_or(&none);
        let is_closed = |schema: &Map<String, Value>| {
            schema.get("additionalProperties") == Some(&Value::Bool(false))
        };
        for (name, before_one, after_one) in both(old, new) {
            match (before_one, after_one) {
                (Some(one), Some(other)) => self.schemas(one, other, &format!("{at}/{name}")),
                (Some(_), None) => {
                    self.fewer.push(format!("{at}/{name} is gone"));
                    if is_closed(after) {
                        self.narrower.push(format!("{at}/{name} is not allowed"));
                    }
                }
                (None, _) if is.contains(name) && !was.contains(name) => {}
                (None, _) => self.more.push(format!("{at}/{name} is new")),
            }
        }
        self.part(before, after, "additionalProperties", at);
    }

    /// A schema for what is not named, which may also be all or nothing.
    fn part(
        &mut self,
        before: &Map<String, Value>,
        after: &Map<String, Value>,
        keyword: &str,
        at: &str,
    ) {
        let all = Value::Bool(true);
        let at = format!("{at}/{keyword}");
        let (was, is) = (
            before.get(keyword).unwrap_or(&all),
            after.get(keyword).unwrap_or(&all),
        );
        match (was, is) {
            _ if was == is => {}
            (Value::Bool(true), _) | (_, Value::Bool(false)) => self.narrower.push(at),
            (Value::Bool(false), _) | (_, Value::Bool(true)) => self.wider.push(at),
            _ => self.schemas(was, is, &at),
        }
    }

    fn definitions(&mut self, before: &Map<String, Value>, after: &Map<String, Value>, at: &str) {
        let old = object(before, "definitions").into_iter().flatten();
        let new = object(after, "definitions").into_iter().flatten();
        for (name, before, after) in both(old, new) {
            // One that came or went counts where it is referred to.
            if let (Some(before), Some(after)) = (before, after) {
                self.schemas(before, after, &format!("{at}/definitions/{name}"));
            }
        }
    }

    /// Keywords whose meanings are not compared: there, not there, or another.
    fn rest(&mut self, before: &Map<String, Value>, after: &Map<String, Value>, at: &str) {
        for (keyword, was, is) in both(before, after) {
            if is_compared(keyword) || was.map(canonical) == is.map(canonical) {
                continue;
            }
            let at = format!("{at}/{keyword}");
            match (was, is) {
                (None, _) => self.narrower.push(at),
                (_, None) => self.wider.push(at),
                _ => self.other.push(at),
            }
        }
    }
}

fn is_compared(keyword: &str) -> bool {
    let others = [
        "type",
        "enum",
        "required",
        "properties",
        "additionalProperties",
        "items",
        "additionalItems",
        "definitions",
    ];
    REMARKS.contains(&keyword)
        || keyword.starts_with("x-")
        || LOWER.contains(&keyword)
        || UPPER.contains(&keyword)
        || FLAGS.contains(&keyword)
        || others.contains(&keyword)
}

fn object<'v>(schema: &'v Map<String, Value>, keyword: &str) -> Option<&'v Map<String, Value>> {
    schema.get(keyword).and_then(Value::as_object)
}

/// The types that a schema lets in; whole numbers are numbers, too.
fn types(schema: &Map<String, Value>) -> BTreeSet<&str> {
    const ALL: [&str; 7] = [
        "array", "boolean", "integer", "null", "number", "object", "string",
    ];
    let mut types: BTreeSet<&str> = match schema.get("type") {
        Some(Value::String(one)) => BTreeSet::from([one.as_str()]),
        Some(Value::Array(some)) => some.iter().filter_map(Value::as_str).collect(),
        _ => BTreeSet::from(ALL),
    };
    if types.contains("number") {
        types.insert("integer");
    }
    types
}
