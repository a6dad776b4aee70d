//! A match that outlives the request line that it was found by.

use std::fmt;
use std::sync::Arc;

use http::{Extensions, Method, Uri};
use tollgate_core::PathParameters;

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

    /// Puts the match among the extensions of its request, and its parameters in the words of
    /// `tollgate-core`, which other layers know.
    pub(crate) fn annotate(self, extensions: &mut Extensions)
    where
        T: Send + Sync + 'static,
    {
        let names: Arc<[Box<str>]> = self
            .route()
            .path()
            .parameter_names()
            .map(Box::from)
            .collect();
        if let Some(target) = self.uri.path_and_query().filter(|_| !names.is_empty()) {
            let parameters = PathParameters::new(names, self.spans.ranges());
            extensions.insert(parameters.of(target.clone()));
        }
        extensions.insert(self);
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
