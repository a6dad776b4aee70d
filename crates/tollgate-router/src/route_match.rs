//! A match that outlives the request line that it was found by.

use std::fmt;
use std::sync::Arc;

use http::{Method, Uri};

use crate::{PathError, Route, RouteTable, Spans, Verb, check_path, tree::RouteIx};

/// The route that answers a request, and its parameters: an extension of the request.
///
/// Put there by [`RouteLayer`](crate::RouteLayer) and [`Router`](crate::Router). It keeps the path
/// that was matched, whatever becomes of the request's own.
pub struct RouteMatch<T> {
    table: Arc<RouteTable<T>>,
    route: RouteIx,
    uri: Uri,
    spans: Spans,
}

impl<T> RouteMatch<T> {
    /// Finds the route that answers a request with this method and URI.
    ///
    /// # Errors
    ///
    /// [`PathError`] if the path is refused before routing.
    pub(crate) fn find(
        table: &Arc<RouteTable<T>>,
        method: &Method,
        uri: &Uri,
    ) -> Result<Option<Self>, PathError> {
        check_path(uri.path())?;
        Ok(Verb::of(method)
            .and_then(|verb| table.find_ix(verb, uri.path()))
            .map(|(route, spans)| Self {
                table: Arc::clone(table),
                route,
                uri: uri.clone(),
                spans,
            }))
    }

    /// The route itself.
    #[must_use]
    pub fn route(&self) -> &Route<T> {
        self.table.route(self.route)
    }

    /// What was inserted with the route.
    #[must_use]
    pub fn value(&self) -> &T {
        self.route().value()
    }

    /// The name and value of each parameter, as [`Match::parameters`](crate::Match::parameters)
    /// gives them.
    pub fn parameters(&self) -> impl Iterator<Item = (&str, &str)> {
        self.route().path().parameters(self.spans, self.uri.path())
    }

    /// The value of the parameter `name`.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value)
    }
}

impl<T> Clone for RouteMatch<T> {
    fn clone(&self) -> Self {
        Self {
            table: Arc::clone(&self.table),
            route: self.route,
            uri: self.uri.clone(),
            spans: self.spans,
        }
    }
}

impl<T> fmt::Debug for RouteMatch<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RouteMatch")
            .field("method", &self.route().method())
            .field("path", self.route().path())
            .field("spans", &self.spans)
            .finish_non_exhaustive()
    }
}
