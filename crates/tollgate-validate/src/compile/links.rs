//! Puts references out of the way, and finds which models a fault concerns.

use std::collections::VecDeque;

use super::{Compiled, Compiler, Unusable};
use crate::document::{Document, Fault, shortened};
use crate::program::{Asked, SchemaIx};

/// The next schema on the way to a fault; a schema that has one itself is its own next.
type Ways = Vec<Option<SchemaIx>>;

impl Compiler<'_> {
    pub(super) fn link(mut self, documents: &[Document], roots: &[SchemaIx]) -> Compiled {
        let ends = self.ends();
        for schema in &mut self.program.schemas {
            schema.visit(|ix, _| *ix = ends[ix.index()]);
        }
        self.find_circles();
        let ways = self.ways_to_faults();
        let roots = roots.iter().map(|root| {
            let end = ends[root.index()];
            match ways[end.index()] {
                None => Ok(end),
                Some(_) => Err(self.unusable(documents, *root, end, &ways)),
            }
        });
        let roots = roots.collect();
        Compiled {
            program: self.program,
            roots,
        }
    }

    /// What each reference leads to in the end; every other schema leads to itself.
    fn ends(&mut self) -> Vec<SchemaIx> {
        let mut ends: Vec<Option<SchemaIx>> = vec![None; self.places.len()];
        let mut seen_from = vec![usize::MAX; self.places.len()];
        for start in 0..self.places.len() {
            let mut way = Vec::new();
            let mut at = SchemaIx(start as u32);
            let end = loop {
                if let Some(known) = ends[at.index()] {
                    break known;
                }
                let Some(target) = self.places[at.index()].target else {
                    break at;
                };
                if self.places[at.index()].fault.is_some() {
                    break at;
                }
                if seen_from[at.index()] == start {
                    let fault = Fault::new("references lead in a circle");
                    self.places[at.index()].fault = Some(fault);
                    break at;
                }
                seen_from[at.index()] = start;
                way.push(at);
                at = target;
            };
            ends[end.index()] = Some(end);
            for passed in way {
                ends[passed.index()] = Some(end);
            }
        }
        let own = |(index, end): (usize, Option<SchemaIx>)| end.unwrap_or(SchemaIx(index as u32));
        ends.into_iter().enumerate().map(own).collect()
    }

    /// Finds schemas that ask about the same value again and again.
    fn find_circles(&mut self) {
        #[derive(Clone, Copy, PartialEq)]
        enum Seen {
            Not,
            Open,
            Done,
        }
        let edges = self.edges(Some(Asked::Itself));
        let mut seen = vec![Seen::Not; edges.len()];
        for start in 0..edges.len() {
            if seen[start] != Seen::Not {
                continue;
            }
            seen[start] = Seen::Open;
            let mut open = vec![(start, 0)];
            while let Some((at, next)) = open.last_mut() {
                let Some(to) = edges[*at].get(*next).map(|to| to.index()) else {
                    seen[*at] = Seen::Done;
                    open.pop();
                    continue;
                };
                *next += 1;
                match seen[to] {
                    Seen::Done => {}
                    Seen::Not => {
                        seen[to] = Seen::Open;
                        open.push((to, 0));
                    }
                    Seen::Open => {
                        let fault =
                            Fault::new("it asks for itself, and for no item or member between");
                        self.places[to].fault.get_or_insert(fault);
                    }
                }
            }
        }
    }

    fn edges(&mut self, which: Option<Asked>) -> Vec<Vec<SchemaIx>> {
        let schemas = self.program.schemas.iter_mut();
        let edges = schemas.map(|schema| {
            let mut edges = Vec::new();
            schema.visit(|ix, asked| {
                if which.is_none_or(|which| which == asked) {
                    edges.push(*ix);
                }
            });
            edges
        });
        edges.collect()
    }

    /// From each schema that cannot be used, the way to a fault.
    fn ways_to_faults(&mut self) -> Ways {
        let edges = self.edges(None);
        let mut asked_by: Vec<Vec<SchemaIx>> = vec![Vec::new(); edges.len()];
        for (from, edges) in edges.iter().enumerate() {
            for to in edges {
                asked_by[to.index()].push(SchemaIx(from as u32));
            }
        }
        let mut ways: Ways = vec![None; edges.len()];
        let mut queue = VecDeque::new();
        for (index, place) in self.places.iter().enumerate() {
            if place.fault.is_some() {
                let ix = SchemaIx(index as u32);
                ways[index] = Some(ix);
                queue.push_back(ix);
            }
        }
        while let Some(to) = queue.pop_front() {
            for from in &asked_by[to.index()] {
                if ways[from.index()].is_none() {
                    ways[from.index()] = Some(to);
                    queue.push_back(*from);
                }
            }
        }
        ways
    }

    fn unusable(
        &self,
        documents: &[Document],
        root: SchemaIx,
        end: SchemaIx,
        ways: &Ways,
    ) -> Unusable {
        let document = self.places[root.index()].document;
        // The last place in the model's own schema.
        let mut own = root;
        let mut at = end;
        loop {
            if self.places[at.index()].document == document {
                own = at;
            }
            match ways[at.index()] {
                Some(next) if next != at => at = next,
                _ => break,
            }
        }
        let place = &self.places[at.index()];
        let Some(fault) = &place.fault else {
            return Unusable {
                pointer: self.pointer(own),
                message: "it cannot be used".to_owned(),
            };
        };
        if own == at {
            return Unusable {
                pointer: format!("{}{}", self.pointer(at), fault.below),
                message: fault.message.clone(),
            };
        }
        let name = documents
            .get(place.document)
            .map_or("", |other| &other.name);
        let name = shortened(name);
        let inner = shortened(&format!("{}{}", self.pointer(at), fault.below));
        let inner = if inner.is_empty() {
            String::new()
        } else {
            format!(" (at {inner})")
        };
        Unusable {
            pointer: self.pointer(own),
            message: format!(
                "it refers to the model {name}, which is broken: {}{inner}",
                fault.message
            ),
        }
    }

    /// Where a schema stands in its document.
    fn pointer(&self, ix: SchemaIx) -> String {
        let mut ways = Vec::new();
        let mut at = Some(ix);
        while let Some(ix) = at {
            let place = &self.places[ix.index()];
            ways.push(place.way.as_str());
            at = place.parent;
        }
        ways.into_iter().rev().collect()
    }
}
