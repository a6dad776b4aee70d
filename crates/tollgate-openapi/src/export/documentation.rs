//! Documentation: what the document says of its parts in the words of plain OpenAPI, and the
//! extension that has all of it.
//!
//! A thing without a part of its own has that of a place above it: the part with the longest path
//! that begins its own, then the one that names its status, then the one that names its verb.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};
use tollgate_model::{ApiDocument, DocumentationPartType, HttpMethod};

use super::settings::iso;
use super::{Exporter, Extensions, Members, put};
use crate::documentation::EXTENSION;
use crate::parameters::Location;

/// Paths at which parts are looked for: deep paths with parts at each step, and many parameters at
/// their ends, would take minutes.
const MAX_STEPS: usize = 2_000_000;

/// What a part may be about, below a path: its kind, verb, status and name.
type Subject<'a> = (
    DocumentationPartType,
    Option<&'a str>,
    Option<&'a str>,
    Option<&'a str>,
);

/// Properties of a part, by name.
pub(super) type Properties = Map<String, Value>;

/// The parts of an API, found by what they are about.
pub(super) struct Documentation<'a> {
    /// Properties of each part that has some.
    properties: Vec<Properties>,
    /// What there is a part about somewhere.
    known: HashSet<(DocumentationPartType, Option<&'a str>)>,
    paths: Vec<Path<'a>>,
    /// The nearest of the paths at or above each resource.
    scopes: Vec<Scope>,
    /// Paths that may still be looked at.
    steps: Cell<usize>,
}

/// Parts for things at one path, and the nearest path above that has parts, too.
struct Path<'a> {
    path: &'a str,
    parts: HashMap<Subject<'a>, usize>,
    above: Scope,
}

/// A place in [`Documentation::paths`].
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Scope(Option<usize>);

/// A place in [`Documentation::properties`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Part(usize);

impl<'a> Documentation<'a> {
    pub(super) fn of(document: &'a ApiDocument) -> Self {
        let mut properties = Vec::new();
        let mut known = HashSet::new();
        let mut by_path: HashMap<&str, HashMap<Subject<'_>, usize>> = HashMap::new();
        for part in &document.documentation_parts {
            if let Ok(Value::Object(told)) = serde_json::from_str(&part.properties) {
                let location = &part.location;
                let subject = (
                    location.kind,
                    exact(location.method.as_deref()),
                    exact(location.status_code.as_deref()),
                    location.name.as_deref(),
                );
                known.insert((location.kind, location.name.as_deref()));
                let path = location.path.as_deref().unwrap_or("/");
                let parts = by_path.entry(path).or_default();
                parts.insert(subject, properties.len());
                properties.push(told);
            }
        }
        let mut documentation = Self {
            properties,
            known,
            paths: Vec::new(),
            scopes: Vec::new(),
            steps: Cell::new(MAX_STEPS),
        };
        documentation.find_scopes(document, by_path);
        documentation
    }

    fn find_scopes(
        &mut self,
        document: &'a ApiDocument,
        mut by_path: HashMap<&str, HashMap<Subject<'a>, usize>>,
    ) {
        let mut by_id = HashMap::new();
        // What is about no path is kept at the root.
        let parts = by_path.remove("/").unwrap_or_default();
        self.paths.push(Path {
            path: "/",
            parts,
            above: Scope(None),
        });
        for resource in &document.resources {
            let parent = resource.parent_id.as_ref();
            let above = parent.and_then(|id| by_id.get(id)).copied();
            let above = above.unwrap_or(Scope(Some(0)));
            let scope = match by_path.remove(resource.path.as_str()) {
                Some(parts) => {
                    let path = resource.path.as_str();
                    self.paths.push(Path { path, parts, above });
                    Scope(Some(self.paths.len() - 1))
                }
                None => above,
            };
            by_id.insert(&resource.id, scope);
            self.scopes.push(scope);
        }
    }

    /// The parts for things of the resource at a place.
    pub(super) fn scope(&self, place: usize) -> Scope {
        self.scopes.get(place).copied().unwrap_or_default()
    }

    pub(super) fn api(&self) -> Option<Part> {
        self.named(DocumentationPartType::Api, None)
    }

    pub(super) fn model(&self, name: &str) -> Option<Part> {
        self.named(DocumentationPartType::Model, Some(name))
    }

    pub(super) fn authorizer(&self, name: &str) -> Option<Part> {
        self.named(DocumentationPartType::Authorizer, Some(name))
    }

    fn named(&self, kind: DocumentationPartType, name: Option<&str>) -> Option<Part> {
        let subject = (kind, None, None, name);
        self.paths.first()?.parts.get(&subject).copied().map(Part)
    }

    /// Resources inherit nothing.
    pub(super) fn resource(&self, scope: Scope, path: &str) -> Option<Part> {
        let path = self.paths.get(scope.0?).filter(|one| one.path == path)?;
        let subject = (DocumentationPartType::Resource, None, None, None);
        path.parts.get(&subject).copied().map(Part)
    }

    pub(super) fn method(&self, scope: Scope, verb: HttpMethod) -> Option<Part> {
        self.find(scope, DocumentationPartType::Method, verb, None, None)
    }

    pub(super) fn request_body(&self, scope: Scope, verb: HttpMethod) -> Option<Part> {
        self.find(scope, DocumentationPartType::RequestBody, verb, None, None)
    }

    pub(super) fn parameter(
        &self,
        scope: Scope,
        verb: HttpMethod,
        place: Location,
        name: &str,
    ) -> Option<Part> {
        let kind = match place {
            Location::Query => DocumentationPartType::QueryParameter,
            Location::Header => DocumentationPartType::RequestHeader,
            Location::Path => DocumentationPartType::PathParameter,
            Location::Cookie | Location::Form | Location::Body => return None,
        };
        self.find(scope, kind, verb, None, Some(name))
    }

    pub(super) fn response(&self, scope: Scope, verb: HttpMethod, status: &str) -> Option<Part> {
        let kind = DocumentationPartType::Response;
        self.find(scope, kind, verb, Some(status), None)
    }

    pub(super) fn response_header(
        &self,
        scope: Scope,
        verb: HttpMethod,
        status: &str,
        name: &str,
    ) -> Option<Part> {
        let kind = DocumentationPartType::ResponseHeader;
        self.find(scope, kind, verb, Some(status), Some(name))
    }

    /// Whether parts were looked for at too many paths.
    pub(super) const fn is_exhausted(&self) -> bool {
        self.steps.get() == 0
    }

    fn find(
        &self,
        mut scope: Scope,
        kind: DocumentationPartType,
        verb: HttpMethod,
        status: Option<&str>,
        name: Option<&str>,
    ) -> Option<Part> {
        if !self.known.contains(&(kind, name)) {
            return None;
        }
        let verb = Some(verb.as_str());
        let ways = [(verb, status), (None, status), (verb, None), (None, None)];
        // Without a status the last two are the first.
        let ways = if status.is_some() {
            &ways[..]
        } else {
            &ways[..2]
        };
        while let Some(path) = scope.0.and_then(|place| self.paths.get(place)) {
            self.steps.set(self.steps.get().saturating_sub(1));
            if self.is_exhausted() {
                return None;
            }
            for (verb, status) in ways {
                if let Some(part) = path.parts.get(&(kind, *verb, *status, name)) {
                    return Some(Part(*part));
                }
            }
            scope = path.above;
        }
        None
    }
}

/// A member of a location that names one thing, not any.
fn exact(member: Option<&str>) -> Option<&str> {
    member.filter(|one| *one != "*")
}

impl Exporter<'_> {
    /// Writes those of a part's properties that plain OpenAPI knows, where they are what it knows.
    pub(super) fn describe(&mut self, members: &mut Members, part: Option<Part>, words: &[&str]) {
        for word in words {
            self.tell(members, part, &[], word);
        }
    }

    /// Writes a part's extensions, but for those that would mean something to a gateway.
    pub(super) fn extend(&mut self, members: &mut Members, part: Option<Part>) {
        self.extend_from(members, part, &[]);
    }

    /// Writes what the part of the API says below `info`.
    pub(super) fn describe_info(&mut self, info: &mut Members) {
        let part = self.documentation.api();
        for word in ["description", "termsOfService", "contact", "license"] {
            self.tell(info, part, &["info"], word);
        }
        self.extend_from(info, part, &["info"]);
    }

    fn extend_from(&mut self, members: &mut Members, part: Option<Part>, way: &[&str]) {
        let names = self.properties(part, way).map(|told| {
            let names = told.keys();
            names
                .filter(|name| is_foreign_extension(name))
                .cloned()
                .collect::<Vec<_>>()
        });
        for name in names.unwrap_or_default() {
            self.tell(members, part, way, &name);
        }
    }

    fn tell(&mut self, members: &mut Members, part: Option<Part>, way: &[&str], word: &str) {
        let told = self.properties(part, way).and_then(|told| told.get(word));
        let Some(value) = told.filter(|value| is_fit(word, value)) else {
            return;
        };
        let value = value.clone();
        // Writing it is as long as reading it again.
        if self.share(value.to_string().len()) {
            put(members, word, value);
        }
    }

    fn properties(&self, part: Option<Part>, way: &[&str]) -> Option<&Properties> {
        let mut told = self.documentation.properties.get(part?.0)?;
        for name in way {
            told = told.get(*name)?.as_object()?;
        }
        Some(told)
    }

    /// Writes all parts as they are.
    pub(super) fn put_documentation(&mut self, root: &mut Members) {
        let version = self.options.documentation_version.as_ref();
        let parts = &self.document.documentation_parts;
        if !self.has(Extensions::DOCUMENTATION) || (parts.is_empty() && version.is_none()) {
            return;
        }
        let mut documentation = Members::new();
        if let Some((version, created)) = version {
            put(&mut documentation, "version", version.as_str());
            put(&mut documentation, "createdDate", iso(*created));
        }
        let mut written = Vec::new();
        for (place, part) in parts.iter().enumerate() {
            let Ok(Value::Object(properties)) = serde_json::from_str(&part.properties) else {
                let pointer = format!("/documentationParts/{place}/properties");
                self.warn(&pointer, "properties that are no object are left out");
                continue;
            };
            written.push(serde_json::json!({
                "location": part.location,
                "properties": properties,
            }));
        }
        put(&mut documentation, "documentationParts", written);
        put(root, EXTENSION, documentation);
    }
}

/// Whether an extension speaks to others than API Gateway.
fn is_foreign_extension(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.starts_with("x-") && !name.starts_with("x-amazon-apigateway-")
}

/// Whether OpenAPI takes a value for a word.
fn is_fit(word: &str, value: &Value) -> bool {
    match word {
        "tags" => value.is_array(),
        "externalDocs" | "contact" | "license" => value.is_object(),
        "deprecated" => value.is_boolean(),
        "description" | "summary" | "termsOfService" | "title" => value.is_string(),
        _ => true,
    }
}
