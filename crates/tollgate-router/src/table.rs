//! The table of routes.

use crate::{
    Match, MethodKey, ResourcePath, RouteTableBuilder, Spans, Verb,
    search::search,
    tree::{RouteIx, Tree},
};

/// The methods of an API by resource, packed for lookups.
///
/// ```
/// use tollgate_router::{MethodKey, RouteTable, Verb};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut table = RouteTable::builder();
/// table.insert(&"/pets/{id}".parse()?, MethodKey::Any, "any pet")?;
/// table.insert(&"/pets/first".parse()?, MethodKey::Verb(Verb::Get), "the first pet")?;
/// let table = table.build();
///
/// let value = |verb| table.find(verb, "/pets/first").map(|found| *found.value());
/// assert_eq!(value(Verb::Get), Some("the first pet"));
/// assert_eq!(value(Verb::Put), Some("any pet"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct RouteTable<T> {
    tree: Tree,
    routes: Box<[Route<T>]>,
}

impl<T> RouteTable<T> {
    /// A table to be, without routes.
    #[must_use]
    pub fn builder() -> RouteTableBuilder<T> {
        RouteTableBuilder::new()
    }

    pub(crate) fn new(tree: Tree, routes: Box<[Route<T>]>) -> Self {
        Self { tree, routes }
    }

    /// Finds the route that answers `verb` on a request path.
    ///
    /// `path` is what follows the stage, as it was sent: percent-encoded, without the query, empty
    /// or with a leading slash. Leading and trailing slashes make no difference; those inside do,
    /// as an empty segment matches nothing but a part of a greedy parameter. A path that is longer
    /// than [`MAX_REQUEST_PATH_LEN`](crate::MAX_REQUEST_PATH_LEN) or does not start with a slash
    /// matches nothing. Whether a path is fit to be routed at all is decided by
    /// [`check_path`](crate::check_path), not here.
    #[must_use]
    pub fn find<'t, 'p>(&'t self, verb: Verb, path: &'p str) -> Option<Match<'t, 'p, T>> {
        let (route, spans) = self.find_ix(verb, path)?;
        Some(Match {
            route: self.route(route),
            path,
            spans,
        })
    }

    /// [`find`](Self::find) without borrowing what is found.
    #[inline]
    pub(crate) fn find_ix(&self, verb: Verb, path: &str) -> Option<(RouteIx, Spans)> {
        let mut spans = Spans::default();
        let route = search(&self.tree, verb, path, &mut spans)?;
        Some((route, spans))
    }

    pub(crate) fn route(&self, route: RouteIx) -> &Route<T> {
        &self.routes[route.position()]
    }

    /// All routes in the order of insertion.
    #[must_use]
    pub fn routes(&self) -> &[Route<T>] {
        &self.routes
    }

    #[cfg(test)]
    pub(crate) fn tree(&self) -> &Tree {
        &self.tree
    }
}

/// A method of a resource, with the value that it was inserted with.
#[derive(Clone, Debug)]
pub struct Route<T> {
    path: ResourcePath,
    method: MethodKey,
    value: T,
}

impl<T> Route<T> {
    pub(crate) fn new(path: ResourcePath, method: MethodKey, value: T) -> Self {
        Self {
            path,
            method,
            value,
        }
    }

    /// The path of the resource.
    #[must_use]
    pub fn path(&self) -> &ResourcePath {
        &self.path
    }

    /// The method as it was inserted: `ANY` remains `ANY`.
    #[must_use]
    pub fn method(&self) -> MethodKey {
        self.method
    }

    /// What was inserted with the route.
    #[must_use]
    pub fn value(&self) -> &T {
        &self.value
    }
}
