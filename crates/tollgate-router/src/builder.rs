//! The making of a table: routes are checked one by one, then packed.

use crate::{
    InsertError, MethodKey, PathPart, ResourcePath, Route, RouteTable,
    segment::Head,
    tree::{Node, RouteIx, Tree},
};

/// How many routes a table can hold.
pub const MAX_ROUTES: usize = 1 << 18;

/// A table to be, that routes are added to.
///
/// See [`RouteTable::builder`].
#[derive(Clone, Debug)]
pub struct RouteTableBuilder<T> {
    resources: Vec<Resource>,
    routes: Vec<Route<T>>,
}

impl<T> RouteTableBuilder<T> {
    pub(crate) fn new() -> Self {
        Self {
            resources: vec![Resource::default()],
            routes: Vec::new(),
        }
    }

    /// Adds the route that answers `method` on the resource at `path`.
    ///
    /// The order in which routes come makes no difference to what [`RouteTable::find`] returns.
    ///
    /// # Errors
    ///
    /// [`InsertError`] if the resource has the method already, if the path calls a parameter
    /// differently than another one does in the same place (`/pets/{id}` and `/pets/{pet}/toys`;
    /// `{id}` and `{proxy+}` go together), or if the table is full. The builder is then unchanged.
    pub fn insert(
        &mut self,
        path: &ResourcePath,
        method: MethodKey,
        value: T,
    ) -> Result<(), InsertError> {
        if self.routes.len() == MAX_ROUTES {
            return Err(InsertError::Full);
        }
        let route = self.routes.len();
        // Both errors below concern resources that were there before, and what is below a new one
        // is new too. So nothing has been added when one of them occurs.
        let mut at = 0;
        for (index, part) in path.parts().enumerate() {
            at = match self.resources[at].child(part) {
                Some(child) => self.check_name(child, path, index, part)?,
                None => self.add_child(at, part, route),
            };
        }
        let methods = &mut self.resources[at].methods;
        let Err(place) = methods.binary_search_by_key(&method, |(known, _)| *known) else {
            return Err(InsertError::Duplicate {
                path: path.clone(),
                method,
            });
        };
        methods.insert(place, (method, RouteIx::new(route)));
        self.routes.push(Route::new(path.clone(), method, value));
        Ok(())
    }

    /// Packs the table.
    #[must_use]
    pub fn build(self) -> RouteTable<T> {
        RouteTable::new(pack(&self.resources), self.routes.into())
    }

    /// Passes `child` on if it is called `part` where it was made.
    fn check_name(
        &self,
        child: usize,
        path: &ResourcePath,
        index: usize,
        part: PathPart<'_>,
    ) -> Result<usize, InsertError> {
        let existing = self.routes[self.resources[child].maker].path();
        if existing.parts().nth(index) == Some(part) {
            return Ok(child);
        }
        Err(InsertError::SiblingParameter {
            path: path.clone(),
            existing: existing.clone(),
            index,
        })
    }

    fn add_child(&mut self, parent: usize, part: PathPart<'_>, maker: usize) -> usize {
        let child = self.resources.len();
        self.resources.push(Resource {
            maker,
            ..Resource::default()
        });
        self.resources[parent].link(part, child);
        child
    }
}

/// A resource of the tree to be; children are positions in [`RouteTableBuilder::resources`].
#[derive(Clone, Debug, Default)]
struct Resource {
    /// Sorted by text.
    literals: Vec<(Box<str>, usize)>,
    parameter: Option<usize>,
    greedy: Option<usize>,
    /// Sorted by method.
    methods: Vec<(MethodKey, RouteIx)>,
    /// The route whose insertion made it; the root has none, and nobody asks for it.
    maker: usize,
}

impl Resource {
    /// The child of the same kind as `part`, whatever a parameter there is called.
    fn child(&self, part: PathPart<'_>) -> Option<usize> {
        match part {
            PathPart::Literal(text) => self.locate(text).ok().map(|at| self.literals[at].1),
            PathPart::Parameter(_) => self.parameter,
            PathPart::Greedy(_) => self.greedy,
        }
    }

    /// Links a child for `part`, where there is none yet.
    fn link(&mut self, part: PathPart<'_>, child: usize) {
        match part {
            PathPart::Literal(text) => {
                if let Err(at) = self.locate(text) {
                    self.literals.insert(at, (text.into(), child));
                }
            }
            PathPart::Parameter(_) => self.parameter = Some(child),
            PathPart::Greedy(_) => self.greedy = Some(child),
        }
    }

    fn locate(&self, text: &str) -> Result<usize, usize> {
        self.literals
            .binary_search_by(|(known, _)| (**known).cmp(text))
    }
}

/// Lays the resources out breadth first, as [`Tree`] wants them.
fn pack(resources: &[Resource]) -> Tree {
    let mut nodes = vec![Node::default()];
    let mut buckets = Vec::new();
    let mut texts = Vec::new();
    let mut answers = Vec::new();
    // Which resource each node is.
    let mut sources = vec![0];
    let mut position = 0;
    while let Some(source) = sources.get(position) {
        let resource = &resources[*source];
        let first = nodes.len();

        let mut literals: Vec<_> = resource
            .literals
            .iter()
            .map(|(text, child)| (Head::of(text), text, *child))
            .collect();
        literals.sort_by_key(|(head, ..)| *head);
        for (head, text, child) in literals {
            let mut node = Node {
                head,
                ..Node::default()
            };
            if text.len() >= 8 {
                node.text = texts.len() as u32;
                node.text_len = text.len() as u16;
                texts.extend_from_slice(text.as_bytes());
            }
            nodes.push(node);
            sources.push(child);
        }
        let (first_bucket, others) = (buckets.len(), nodes.len());
        let shift = fill_buckets(&mut buckets, &nodes[first..], first);
        let node = &mut nodes[position];
        node.buckets = first_bucket as u32;
        node.shift = shift;
        node.others = others as u32;
        node.answers = answers.len() as u32;
        for (method, route) in &resource.methods {
            node.own.insert(*method);
            answers.push(*route);
        }
        for child in resource.parameter.into_iter().chain(resource.greedy) {
            nodes.push(Node::default());
            sources.push(child);
        }
        position += 1;
    }
    spread_reach(&mut nodes, resources, &sources);
    Tree {
        nodes: nodes.into(),
        buckets: buckets.into(),
        texts: texts.into(),
        answers: answers.into(),
    }
}

/// Appends the buckets of the `literals` from position `first` on; gives the [`Node::shift`].
fn fill_buckets(buckets: &mut Vec<u32>, literals: &[Node], first: usize) -> u8 {
    if literals.is_empty() {
        return 0;
    }
    // At least two, so that the shift is less than the width of a head.
    let count = literals.len().next_power_of_two().max(2);
    let shift = (u64::BITS - count.trailing_zeros()) as u8;
    for bucket in 0..=count {
        let before = literals.partition_point(|node| node.head.bucket(shift) < bucket);
        buckets.push((first + before) as u32);
    }
    shift
}

/// Tells each node what is answered below it; children come after their parents.
fn spread_reach(nodes: &mut [Node], resources: &[Resource], sources: &[usize]) {
    for position in (0..nodes.len()).rev() {
        let resource = &resources[sources[position]];
        let mut node = nodes[position];
        let others = node.others as usize;
        let mut reach = node.own;
        for child in &nodes[others - resource.literals.len()..others] {
            reach.join(child.reach);
        }
        let mut others = nodes[others..].iter();
        if resource.parameter.is_some()
            && let Some(child) = others.next()
        {
            node.parameter = child.reach;
        }
        if resource.greedy.is_some()
            && let Some(child) = others.next()
        {
            node.greedy = child.reach;
        }
        node.forks.join(node.parameter);
        node.forks.join(node.greedy);
        reach.join(node.forks);
        node.reach = reach;
        nodes[position] = node;
    }
}
