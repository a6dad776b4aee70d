//! The table of routes.

use crate::{
    InsertError, Match, MethodKey, PathPart, ResourcePath, Verb,
    node::{Node, NodeIx, RouteIx},
    search::search,
};

/// How many routes a table can hold.
pub const MAX_ROUTES: usize = 1 << 20;

/// The methods of an API by resource, ready to be searched.
#[derive(Clone, Debug)]
pub struct RouteTable<T> {
    nodes: Vec<Node>,
    /// For each node but the root, the route whose insertion made it.
    makers: Vec<RouteIx>,
    routes: Vec<Route<T>>,
}

impl<T> RouteTable<T> {
    /// A table without routes.
    #[must_use]
    pub fn new() -> Self {
        Self {
            nodes: vec![Node::default()],
            makers: Vec::new(),
            routes: Vec::new(),
        }
    }

    /// Adds the route that answers `method` on the resource at `path`.
    ///
    /// The order in which routes come makes no difference to what [`find`](Self::find) returns.
    ///
    /// # Errors
    ///
    /// [`InsertError`] if the resource has the method already, if the path calls a parameter
    /// differently than another one does in the same place (`/pets/{id}` and `/pets/{pet}/toys`;
    /// `{id}` and `{proxy+}` go together), or if the table is full. The table is then unchanged.
    pub fn insert(
        &mut self,
        path: &ResourcePath,
        method: MethodKey,
        value: T,
    ) -> Result<(), InsertError> {
        if self.routes.len() == MAX_ROUTES {
            return Err(InsertError::Full);
        }
        let route = RouteIx::new(self.routes.len());
        // Both errors below concern nodes that were there before, and what is below a new node is
        // new too. So nothing has been added when one of them occurs.
        let mut node = NodeIx::ROOT;
        for (index, part) in path.parts().enumerate() {
            node = match self.nodes[node.position()].child(part) {
                Some(child) => self.check_name(child, path, index, part)?,
                None => self.add_child(node, part, route),
            };
        }
        let slot = self.nodes[node.position()].methods.slot(method);
        if slot.is_some() {
            return Err(InsertError::Duplicate {
                path: path.clone(),
                method,
            });
        }
        *slot = Some(route);
        self.routes.push(Route {
            path: path.clone(),
            method,
            value,
        });
        Ok(())
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
        let (route, spans) = search(&self.nodes, verb, path)?;
        Some(Match {
            route: &self.routes[route.position()],
            path,
            spans,
        })
    }

    /// All routes in the order of insertion.
    #[must_use]
    pub fn routes(&self) -> &[Route<T>] {
        &self.routes
    }

    /// Passes `child` on if it is called `part` where it was made.
    fn check_name(
        &self,
        child: NodeIx,
        path: &ResourcePath,
        index: usize,
        part: PathPart<'_>,
    ) -> Result<NodeIx, InsertError> {
        let maker = self.makers[child.position() - 1];
        let existing = self.routes[maker.position()].path();
        if existing.parts().nth(index) == Some(part) {
            return Ok(child);
        }
        Err(InsertError::SiblingParameter {
            path: path.clone(),
            existing: existing.clone(),
            index,
        })
    }

    fn add_child(&mut self, parent: NodeIx, part: PathPart<'_>, maker: RouteIx) -> NodeIx {
        let child = NodeIx::new(self.nodes.len());
        self.nodes.push(Node::default());
        self.makers.push(maker);
        self.nodes[parent.position()].link(part, child);
        child
    }
}

impl<T> Default for RouteTable<T> {
    fn default() -> Self {
        Self::new()
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
