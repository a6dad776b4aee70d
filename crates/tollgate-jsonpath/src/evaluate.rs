//! From a compiled path and a document to what it finds.

mod scan;
mod scope;

use std::collections::HashSet;

use crate::error::FindError;
use crate::found::Found;
use crate::limits::{Allowance, BYTES_PER_VISIT, MAX_RESULTS};
use crate::node::{Node, View};
use crate::step::{Slice, Step, Steps};

pub(crate) use scope::Scope;

/// Applies a path to a document.
pub(crate) fn find<N: Node>(
    path: &Steps,
    root: N,
    left: &mut Allowance,
) -> Result<Found<N>, FindError> {
    if root.view() == View::Null {
        return Err(FindError::NullDocument);
    }
    if path.is_direct() {
        left.visit(path.steps.len())
            .ok_or(FindError::TooManyVisits)?;
        return walk(path, root).map(Found::Node);
    }
    let root = Found::Node(root);
    Scope::new(&root, left).value(path, &root)
}

/// Follows a path of single names and positions.
fn walk<N: Node>(path: &Steps, mut node: N) -> Result<N, FindError> {
    for (step, kind) in path.steps.iter().enumerate() {
        let (next, expected) = match kind {
            Step::Property(name) => (node.member(name), A_MEMBER),
            Step::Index(index) => (element(&node, *index), AN_ELEMENT),
            _ => (None, "a name or a position"),
        };
        node = next.ok_or(FindError::NotFound { step, expected })?;
    }
    Ok(node)
}

const A_MEMBER: &str = "an object with this member";
const AN_ELEMENT: &str = "an array with this element";

/// The element at a position, negative ones counting from the end.
fn element<N: Node>(list: &N, index: i32) -> Option<N> {
    match usize::try_from(index) {
        Ok(index) => list.element(index),
        Err(_) => {
            let back = usize::try_from(index.unsigned_abs()).ok()?;
            list.element(list.size().checked_sub(back)?)
        }
    }
}

/// What a missing last member means.
#[derive(Clone, Copy, PartialEq)]
enum Mode {
    /// No result.
    Read,
    /// Not found: how Jayway tests for existence.
    Require,
}

/// A path on its way through a document.
struct Evaluation<'e, 's, N> {
    path: &'e Steps,
    scope: &'e mut Scope<'s, N>,
    mode: Mode,
    results: Vec<Found<N>>,
    /// See [`Evaluation::scan`].
    scanned_index: Option<usize>,
}

impl<'e, 's, N: Node> Evaluation<'e, 's, N> {
    fn new(path: &'e Steps, scope: &'e mut Scope<'s, N>, mode: Mode) -> Self {
        Self {
            path,
            scope,
            mode,
            results: Vec::new(),
            scanned_index: None,
        }
    }

    fn run(mut self, from: &Found<N>) -> Result<Found<N>, FindError> {
        if self.path.steps.is_empty() {
            return Ok(from.clone());
        }
        self.step(0, from)?;
        if !self.path.is_definite() {
            return Ok(Found::List(self.results));
        }
        // Every function of a path leaves its result; the last one counts.
        self.results.pop().ok_or(FindError::NotFound {
            step: self.path.steps.len() - 1,
            expected: "a value",
        })
    }

    fn step(&mut self, step: usize, item: &Found<N>) -> Result<(), FindError> {
        // What was made is copied on the way through it.
        self.scope.visit(1 + item.own_bytes() / BYTES_PER_VISIT)?;
        match &self.path.steps[step] {
            Step::Property(name) => {
                if self.expect(step, item, &View::Map, A_MEMBER)? {
                    self.property(step, name, item)?;
                }
                Ok(())
            }
            Step::Properties(names) => {
                if !self.expect(step, item, &View::Map, A_MEMBER)? {
                    return Ok(());
                }
                if self.path.is_last(step) {
                    return self.merged(step, names, item);
                }
                names
                    .iter()
                    .try_for_each(|name| self.property(step, name, item))
            }
            Step::Index(index) => self.positions(step, &[*index], item),
            Step::Indexes(indexes) => self.positions(step, indexes, item),
            Step::Slice(slice) => self.slice(step, *slice, item),
            Step::Wildcard => self.wildcard(step, item),
            Step::Scan => self.scan(step, item),
            Step::Filter(filter) => match item.view() {
                View::Map => {
                    if filter.accepts(item, self.scope)? {
                        self.arrive(step, item.clone())?;
                    }
                    Ok(())
                }
                View::List => item.try_each_element(|element| {
                    if filter.accepts(&element, self.scope)? {
                        self.arrive_by_position(step, element)?;
                    }
                    Ok(())
                }),
                _ if self.path.is_definite_before(step) => Err(FindError::FilterOnScalar { step }),
                _ => Ok(()),
            },
            Step::Function(call) => {
                let result = call.invoke(item, self.scope)?;
                if self.path.is_last(step) {
                    return self.push(result);
                }
                self.push(result.clone())?;
                self.step(step + 1, &result)
            }
        }
    }

    /// Whether the item is of the wanted type; if not, a path that was definite so far fails.
    fn expect(
        &self,
        step: usize,
        item: &Found<N>,
        wanted: &View<'_>,
        expected: &'static str,
    ) -> Result<bool, FindError> {
        if item.view() == *wanted {
            return Ok(true);
        }
        match self.path.is_definite_before(step) {
            true => Err(FindError::NotFound { step, expected }),
            false => Ok(false),
        }
    }

    fn property(&mut self, step: usize, name: &str, item: &Found<N>) -> Result<(), FindError> {
        if let Some(value) = item.member(name) {
            return self.arrive_by_name(step, value);
        }
        let is_required = self.mode == Mode::Require
            || (!self.path.is_last(step) && self.path.is_definite_through(step));
        match is_required {
            true => Err(FindError::NotFound {
                step,
                expected: A_MEMBER,
            }),
            false => Ok(()),
        }
    }

    /// One map of those names that are there.
    fn merged(
        &mut self,
        step: usize,
        names: &[Box<str>],
        item: &Found<N>,
    ) -> Result<(), FindError> {
        self.scope.visit(names.len())?;
        let mut members: Vec<(Box<str>, Found<N>)> = Vec::new();
        let mut seen = HashSet::new();
        for name in names {
            match item.member(name) {
                Some(_) if !seen.insert(name) => {}
                Some(value) => members.push((name.clone(), value)),
                None if self.mode == Mode::Require => {
                    return Err(FindError::NotFound {
                        step,
                        expected: A_MEMBER,
                    });
                }
                None => {}
            }
        }
        self.push(Found::Map(members))
    }

    fn positions(
        &mut self,
        step: usize,
        indexes: &[i32],
        item: &Found<N>,
    ) -> Result<(), FindError> {
        if !self.expect(step, item, &View::List, AN_ELEMENT)? {
            return Ok(());
        }
        self.scope.visit(indexes.len())?;
        for index in indexes {
            if let Some(element) = element(item, *index) {
                self.arrive_by_position(step, element)?;
            }
        }
        Ok(())
    }

    /// Bounds are cut to the list. With two of them the first may be negative and below the
    /// second, as in `[-1:1]`: then the positions run through zero, `-1, 0`.
    fn slice(&mut self, step: usize, slice: Slice, item: &Found<N>) -> Result<(), FindError> {
        if !self.expect(step, item, &View::List, AN_ELEMENT)? {
            return Ok(());
        }
        let length = i32::try_from(item.size()).unwrap_or(i32::MAX);
        let from_end = |bound: i32| {
            if bound < 0 {
                length.saturating_add(bound)
            } else {
                bound
            }
        };
        let (from, to) = match slice {
            Slice::From(from) => (from_end(from).max(0), length),
            Slice::To(to) => (0, from_end(to).min(length)),
            Slice::Between(from, to) => (from.max(-length), to.min(length)),
        };
        for index in from..to {
            self.positions(step, &[index], item)?;
        }
        Ok(())
    }

    fn wildcard(&mut self, step: usize, item: &Found<N>) -> Result<(), FindError> {
        match item.view() {
            View::Map => item.try_each_member(|_, value| self.arrive_by_name(step, value)),
            View::List => {
                item.try_each_element(|element| match self.arrive_by_position(step, element) {
                    Err(error) if error.is_not_found() && self.mode == Mode::Read => Ok(()),
                    other => other,
                })
            }
            _ => Ok(()),
        }
    }

    /// A member of a map is reached.
    fn arrive_by_name(&mut self, step: usize, value: Found<N>) -> Result<(), FindError> {
        if self.path.is_last(step) && !self.is_at_scanned_index(step) {
            return Ok(());
        }
        self.arrive(step, value)
    }

    /// An element of a list is reached. That a function further on asks for an element that is
    /// not there counts as no match here.
    fn arrive_by_position(&mut self, step: usize, element: Found<N>) -> Result<(), FindError> {
        match self.arrive(step, element) {
            Err(FindError::NoSuchElement { index: 0.., .. }) => Ok(()),
            other => other,
        }
    }

    fn arrive(&mut self, step: usize, value: Found<N>) -> Result<(), FindError> {
        if self.path.is_last(step) {
            return self.push(value);
        }
        self.step(step + 1, &value)
    }

    fn push(&mut self, result: Found<N>) -> Result<(), FindError> {
        if self.results.len() == MAX_RESULTS {
            return Err(FindError::TooManyResults);
        }
        let bytes = result.own_bytes();
        self.scope.visit(1 + bytes / BYTES_PER_VISIT)?;
        self.scope
            .make(bytes.saturating_add(size_of::<Found<N>>() * 3 / 2))?;
        self.results.push(result);
        Ok(())
    }
}
