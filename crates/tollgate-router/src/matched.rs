//! What a lookup finds.

use crate::{Route, Spans};

/// A route that answers a request, and the parameters it reads from the path.
///
/// To keep it longer than the path is borrowed, keep its [`route`](Self::route), which is borrowed
/// from the table alone, and its [`spans`](Self::spans), which are borrowed from nowhere.
#[derive(Debug)]
pub struct Match<'t, 'p, T> {
    pub(crate) route: &'t Route<T>,
    pub(crate) path: &'p str,
    pub(crate) spans: Spans,
}

impl<'t, 'p, T> Match<'t, 'p, T> {
    /// What was inserted with the route.
    #[must_use]
    pub fn value(&self) -> &'t T {
        self.route.value()
    }

    /// The route itself.
    #[must_use]
    pub fn route(&self) -> &'t Route<T> {
        self.route
    }

    /// Where the parameters stand in the request path.
    #[must_use]
    pub fn spans(&self) -> Spans {
        self.spans
    }

    /// The name and value of each parameter, in the order of the resource path.
    ///
    /// Values are still percent-encoded. That of a greedy parameter keeps the slashes inside, but
    /// none at its end.
    pub fn parameters(&self) -> impl Iterator<Item = (&'t str, &'p str)> + use<'t, 'p, T> {
        self.route.path().parameters(self.spans, self.path)
    }

    /// The value of the parameter `name`.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&'p str> {
        self.parameters()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value)
    }
}
