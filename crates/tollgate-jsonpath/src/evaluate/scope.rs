//! What every path of one evaluation shares: the document, and the work done so far.

use crate::error::FindError;
use crate::found::Found;
use crate::limits::{Allowance, BYTES_PER_VISIT};
use crate::node::Node;
use crate::step::{Origin, Steps};

use super::{Evaluation, Mode, walk};

/// The document and what is left to do with it.
pub(crate) struct Scope<'s, N> {
    root: &'s Found<N>,
    left: &'s mut Allowance,
}

impl<'s, N: Node> Scope<'s, N> {
    pub(super) fn new(root: &'s Found<N>, left: &'s mut Allowance) -> Self {
        Self { root, left }
    }

    /// Counts values about to be touched.
    #[inline]
    pub(crate) fn visit(&mut self, values: usize) -> Result<(), FindError> {
        self.left.visit(values).ok_or(FindError::TooManyVisits)
    }

    /// Counts memory about to be taken.
    #[inline]
    pub(crate) fn make(&mut self, bytes: usize) -> Result<(), FindError> {
        self.left.make(bytes).ok_or(FindError::TooManyBytes)
    }

    /// What a path finds, `@` standing for the item.
    pub(crate) fn value(&mut self, path: &Steps, item: &Found<N>) -> Result<Found<N>, FindError> {
        self.evaluate(path, item, Mode::Read)
    }

    /// Whether a path finds anything. An indefinite one does even with an empty list, unless a
    /// member it names is missing somewhere.
    pub(crate) fn exists(&mut self, path: &Steps, item: &Found<N>) -> Result<bool, FindError> {
        match self.evaluate(path, item, Mode::Require) {
            Ok(_) => Ok(true),
            Err(error) if error.is_not_found() => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// What a path of a function's arguments finds, both `$` and `@` standing for the document.
    pub(crate) fn argument(&mut self, path: &Steps) -> Result<Found<N>, FindError> {
        self.evaluate(path, self.root, Mode::Read)
    }

    /// What a path finds in a value that stands in for the document.
    pub(crate) fn within(&mut self, path: &Steps, root: &Found<N>) -> Result<Found<N>, FindError> {
        Scope::new(root, self.left).value(path, root)
    }

    fn evaluate(
        &mut self,
        path: &Steps,
        item: &Found<N>,
        mode: Mode,
    ) -> Result<Found<N>, FindError> {
        let from = match path.origin {
            Origin::Document => self.root,
            Origin::Item => item,
        };
        // Where a path starts from is copied.
        self.visit(from.own_bytes() / BYTES_PER_VISIT)?;
        if path.is_direct() {
            self.visit(path.steps.len())?;
            return match from {
                Found::Node(node) => walk(path, node.clone()).map(Found::Node),
                made => walk(path, made.clone()),
            };
        }
        Evaluation::new(path, self, mode).run(from)
    }
}
