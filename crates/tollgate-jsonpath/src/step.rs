//! A compiled path: its steps, and what is known about them before any document is seen.

use crate::filter::Filter;
use crate::function::Call;

/// One step from a value to others.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// `.name`, `['name']`
    Property(Box<str>),
    /// `['name','other']`
    Properties(Box<[Box<str>]>),
    /// `[1]`, `[-1]`
    Index(i32),
    /// `[0,2]`
    Indexes(Box<[i32]>),
    /// `[1:2]`, `[1:]`, `[:2]`
    Slice(Slice),
    /// `.*`, `[*]`
    Wildcard,
    /// `..`
    Scan,
    /// `[?(...)]`
    Filter(Box<Filter>),
    /// `.length()`
    Function(Box<Call>),
}

/// The bounds of a slice; negative ones count from the end.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Slice {
    From(i32),
    To(i32),
    Between(i32, i32),
}

/// What a path starts from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Origin {
    /// `$`: the document.
    Document,
    /// `@`: in a filter the value to accept or not; elsewhere the document too.
    Item,
}

/// A path as it is evaluated.
#[derive(Clone, Debug)]
pub(crate) struct Steps {
    pub(crate) origin: Origin,
    pub(crate) steps: Box<[Step]>,
    /// The steps up to and including this one are reached by a definite way.
    first_indefinite: usize,
    definite: bool,
    /// Only single names and positions: no more than a walk down.
    direct: bool,
}

impl Steps {
    /// A path of these steps; `$..x.f()` becomes `$.f($..x)`, as Jayway turns it round.
    pub(crate) fn new(origin: Origin, mut steps: Vec<Step>) -> Self {
        let ends_in_function = matches!(steps.last(), Some(Step::Function(_)));
        if ends_in_function && matches!(steps.first(), Some(Step::Scan)) {
            let is_function = |step: &Step| matches!(step, Step::Function(_));
            let function = steps.iter().position(is_function).unwrap_or_default();
            let mut rest = steps.split_off(function);
            let scan = Self::plain(origin, steps);
            if let Some(Step::Function(call)) = rest.first_mut() {
                call.apply_to(scan);
            }
            return Self::plain(Origin::Document, rest);
        }
        Self::plain(origin, steps)
    }

    fn plain(origin: Origin, steps: Vec<Step>) -> Self {
        let definite = |(index, step): (usize, &Step)| match step {
            Step::Property(_) | Step::Index(_) | Step::Function(_) => true,
            // The last step makes one map of them; an earlier one branches.
            Step::Properties(_) => index + 1 == steps.len(),
            Step::Indexes(_) | Step::Slice(_) | Step::Wildcard | Step::Scan | Step::Filter(_) => {
                false
            }
        };
        let first_indefinite = steps
            .iter()
            .enumerate()
            .position(|step| !definite(step))
            .unwrap_or(steps.len());
        let is_direct = |step| matches!(step, &Step::Property(_) | &Step::Index(_));
        Self {
            origin,
            first_indefinite,
            definite: first_indefinite == steps.len(),
            direct: steps.iter().all(is_direct),
            steps: steps.into(),
        }
    }

    /// This path with `[*]` behind it, for what `length()` counts. It stays as definite as it
    /// was, since Jayway appends the step after having asked.
    pub(crate) fn with_wildcard(&self) -> Self {
        let mut steps = self.steps.to_vec();
        if steps.is_empty() || self.is_function() {
            return self.clone();
        }
        steps.push(Step::Wildcard);
        Self {
            definite: self.definite,
            ..Self::plain(self.origin, steps)
        }
    }

    pub(crate) fn is_definite(&self) -> bool {
        self.definite
    }

    pub(crate) fn is_direct(&self) -> bool {
        self.direct
    }

    pub(crate) fn is_function(&self) -> bool {
        matches!(self.steps.last(), Some(Step::Function(_)))
    }

    pub(crate) fn is_last(&self, step: usize) -> bool {
        step + 1 == self.steps.len()
    }

    /// Whether every step before this one is definite.
    pub(crate) fn is_definite_before(&self, step: usize) -> bool {
        step <= self.first_indefinite
    }

    /// Whether this step and every one before it are definite.
    pub(crate) fn is_definite_through(&self, step: usize) -> bool {
        step < self.first_indefinite
    }
}
