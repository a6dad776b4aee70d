//! Methods by path and verb.

use std::collections::BTreeMap;

use tollgate_model::{ApiDocument, HttpMethod, Method, Resource};

use super::collect::{At, Collector, both};
use super::judge::{breaking, changing, silent, widening};
use super::method::{self, Parts};
use super::{Area, DifferenceKind};

/// A method, and the resource that it is of.
type Route<'d> = (&'d Resource, &'d Method);

pub(super) fn compare(before: &ApiDocument, after: &ApiDocument, found: &mut Collector) {
    let (old_tree, new_tree) = (Tree::new(before), Tree::new(after));
    let (old, new) = (Parts::new(before), Parts::new(after));
    for ((path, verb), before, after) in both(routes(before), routes(after)) {
        match (before, after) {
            (Some((old_resource, before)), Some((new_resource, after))) => {
                let place = format!("{verb} {}", new_resource.path);
                let at = At::new(Area::Route, &place, "path");
                let (was, is) = (old_resource.path.as_str(), new_resource.path.as_str());
                found.value(at, was, is, || {
                    silent("clients see no names of path variables")
                });
                method::compare(&place, (&old, before), (&new, after), found);
            }
            (Some((resource, _)), None) => {
                let place = format!("{verb} {}", resource.path);
                let at = At::new(Area::Route, &place, "");
                let verdict = match new_tree.answers(&path, verb) {
                    Some(other) => changing(format!("{other} answers its requests")),
                    None => breaking("its callers get 403"),
                };
                found.push_whole(at, DifferenceKind::Removed, verdict);
            }
            (None, Some((resource, _))) => {
                let place = format!("{verb} {}", resource.path);
                let at = At::new(Area::Route, &place, "");
                let verdict = match old_tree.answers(&path, verb) {
                    Some(other) => changing(format!("{other} answered its requests")),
                    None => widening("there was none"),
                };
                found.push_whole(at, DifferenceKind::Added, verdict);
            }
            (None, None) => {}
        }
    }
}

/// The methods by path without names, and verb.
fn routes(document: &ApiDocument) -> impl Iterator<Item = ((String, HttpMethod), Route<'_>)> {
    document.resources.iter().flat_map(|resource| {
        let path = nameless(&resource.path);
        let methods = resource.resource_methods.iter();
        methods.map(move |(verb, method)| ((path.clone(), *verb), (resource, method)))
    })
}

/// A path without the names of its variables: `/pets/{}/{+}`.
fn nameless(path: &str) -> String {
    let segments = path.split('/').map(|segment| {
        if segment.starts_with('{') && segment.ends_with("+}") {
            GREEDY
        } else if segment.starts_with('{') && segment.ends_with('}') {
            VARIABLE
        } else {
            segment
        }
    });
    segments.collect::<Vec<_>>().join("/")
}

/// The segments of a path; `/` has none.
fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|segment| !segment.is_empty())
}

/// Segments of a path that a route can have; the router refuses longer ones.
const MAX_SEGMENTS: usize = 64;

const VARIABLE: &str = "{}";
const GREEDY: &str = "{+}";

/// The resources of a document by nameless segment.
#[derive(Default)]
struct Tree<'d> {
    resource: Option<&'d Resource>,
    children: BTreeMap<String, Self>,
}

impl<'d> Tree<'d> {
    fn new(document: &'d ApiDocument) -> Self {
        let mut root = Self::default();
        for resource in &document.resources {
            let path = nameless(&resource.path);
            if segments(&path).nth(MAX_SEGMENTS).is_some() {
                continue;
            }
            let mut node = &mut root;
            for segment in segments(&path) {
                node = node.children.entry(segment.to_owned()).or_default();
            }
            node.resource = Some(resource);
        }
        root
    }

    /// The method that gets all requests to a path and verb where there is no such method itself.
    fn answers(&self, path: &str, verb: HttpMethod) -> Option<String> {
        let segments: Vec<&str> = segments(path).collect();
        self.find(&segments, verb)
    }

    /// Goes to each node at most once, as no two ways lead to one.
    fn find(&self, segments: &[&str], verb: HttpMethod) -> Option<String> {
        let Some((first, rest)) = segments.split_first() else {
            return self.method(verb);
        };
        let child = |segment: &str| self.children.get(segment);
        let same = child(first).and_then(|node| node.find(rest, verb));
        let variable = || {
            let is_wider = *first != VARIABLE && *first != GREEDY;
            child(VARIABLE).filter(|_| is_wider)?.find(rest, verb)
        };
        // One greedy variable takes all that is left.
        let greedy = || child(GREEDY)?.method(verb);
        same.or_else(variable).or_else(greedy)
    }

    fn method(&self, verb: HttpMethod) -> Option<String> {
        let resource = self.resource?;
        let methods = &resource.resource_methods;
        let found = [verb, HttpMethod::Any]
            .into_iter()
            .find(|verb| methods.contains_key(verb))?;
        Some(format!("{found} {}", resource.path))
    }
}
