//! From the parts of a model to the places of the document that they were read from.

use std::collections::HashMap;

use tollgate_core::{Diagnostic, Diagnostics, Position};

use crate::limits::MAX_WAY_BYTES;
use crate::node::{Node, unescape};
use crate::place::{Place, Steps};

/// Where the parts of an imported model stand in the text they were read from.
///
/// Whoever compiles a model knows its parts by JSON pointers into the model; its author knows the
/// text. A part that has no place of its own has that of the innermost part around it that has.
/// What a [`put`](crate::put) kept of the model before has none.
///
/// ```
/// use tollgate_core::Diagnostic;
/// use tollgate_openapi::{ImportOptions, import};
///
/// let pets = r##"{
///   "swagger": "2.0",
///   "info": { "title": "Pets" },
///   "paths": { "/pets": { "get": {
///     "x-amazon-apigateway-integration": {
///       "type": "mock",
///       "requestTemplates": { "application/json": "#if" }
///     }
///   } } }
/// }"##;
/// let pets = import(pets, &ImportOptions::default())?;
/// let pointer =
///     "/resources/1/resourceMethods/GET/methodIntegration/requestTemplates/application~1json";
/// let located = pets.places.locate(Diagnostic::error(pointer, "expected `(`"));
/// assert_eq!(
///     located.to_string(),
///     "error: expected `(` (at 7:29, /paths/~1pets/get/x-amazon-apigateway-integration\
///      /requestTemplates/application~1json)"
/// );
/// # Ok::<(), tollgate_core::Diagnostics>(())
/// ```
#[derive(Clone, Debug)]
pub struct Places {
    source: Place,
    model: Entry,
}

/// A part of the document: what [`Places::find`] finds.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SourcePlace {
    /// The part's JSON pointer in the document.
    pub pointer: String,
    /// Where it stands in the text: a member by the place of its name, an element of a list by
    /// its own.
    pub position: Position,
}

impl Places {
    /// Says of a diagnostic about the model where it stands in the document.
    ///
    /// One that has a position is about a text already, and stays as it is; so does one about a
    /// part that was not read from the document.
    #[must_use]
    pub fn locate(&self, mut diagnostic: Diagnostic) -> Diagnostic {
        if diagnostic.position.is_none()
            && let Some(place) = self.find(&diagnostic.pointer)
        {
            diagnostic.pointer = place.pointer;
            diagnostic.position = Some(place.position);
        }
        diagnostic
    }

    /// Says so of each diagnostic.
    #[must_use]
    pub fn locate_all(&self, diagnostics: Diagnostics) -> Diagnostics {
        let each = diagnostics.into_iter();
        each.map(|diagnostic| self.locate(diagnostic)).collect()
    }

    /// The place of a part of the model, by its JSON pointer there.
    #[must_use]
    pub fn find(&self, pointer: &str) -> Option<SourcePlace> {
        let mut at = &self.model;
        let mut tokens = pointer.split('/').skip(1);
        let mut found = at.origin.as_ref().map(|origin| (origin, tokens.clone()));
        while let Some(part) = tokens
            .next()
            .and_then(|token| at.parts.get(unescape(token).as_ref()))
        {
            at = part;
            if let Some(origin) = &at.origin {
                found = Some((origin, tokens.clone()));
            }
        }
        match found? {
            (Origin::Elsewhere, _) => None,
            (Origin::Document(steps), below) => {
                let (pointer, place) = self.source.follow(steps, below);
                let position = place.position;
                Some(SourcePlace { pointer, position })
            }
        }
    }
}

/// What is known of a part of the model.
#[derive(Clone, Debug, Default)]
struct Entry {
    origin: Option<Origin>,
    parts: HashMap<Box<str>, Self>,
}

#[derive(Clone, Debug)]
enum Origin {
    Document(Steps),
    /// It was there before.
    Elsewhere,
}

/// Places while they are collected.
#[derive(Debug, Default)]
pub(crate) struct Trail {
    model: Entry,
}

impl Trail {
    /// Notes where a part of the model was read, by its pointer in the model.
    pub(crate) fn note(&mut self, pointer: &str, node: &Node<'_>, source: &Place) {
        // Names can be as long as the document: parts below those have the place around them.
        if let Some(tokens) = node.tokens(MAX_WAY_BYTES) {
            let steps = source.steps(tokens.iter().map(AsRef::as_ref));
            self.entry(pointer).origin = Some(Origin::Document(steps));
        }
    }

    /// Notes that a part of the model was there before, unless it was read now.
    pub(crate) fn keep(&mut self, pointer: &str) {
        let entry = self.entry(pointer);
        entry.origin.get_or_insert(Origin::Elsewhere);
    }

    fn entry(&mut self, pointer: &str) -> &mut Entry {
        let tokens = pointer.split('/').skip(1);
        tokens.fold(&mut self.model, |at, token| {
            at.parts.entry(unescape(token).into()).or_default()
        })
    }

    pub(crate) fn into_places(self, source: Place) -> Places {
        Places {
            source,
            model: self.model,
        }
    }
}
