//! The search for the route of a request: depth first, with backtracking.
//!
//! At each node the search tries the literal child, then the parameter, then the greedy parameter,
//! and accepts a node only where the path ends and the node answers the verb. The first node
//! accepted is therefore the most specific one, comparing segment by segment.
//!
//! # Bound
//!
//! Two ways open at every segment sound like 2^depth visits, and on a path such as `/a/a/a/…` they
//! may all be walked. Yet a lookup visits each node **at most once**: a node has one parent, is
//! entered only from there, and only with the segments that its depth leaves over, which do not
//! depend on the branch taken. So visits are bounded by the number of nodes in the table, whatever
//! the path, and by [`MAX_PATH_PARTS`](crate::MAX_PATH_PARTS) in depth (the search recurses no
//! deeper than the tree). A visit scans one segment for its end and looks it up among the literals.

use crate::{
    MAX_REQUEST_PATH_LEN, Spans, Verb,
    node::{Node, NodeIx, RouteIx},
    request_path::{is_absolute, routed_part, split_segment},
    spans::Span,
};

/// Finds the route for `verb` and `path`, and where its parameters stand.
pub(crate) fn search(nodes: &[Node], verb: Verb, path: &str) -> Option<(RouteIx, Spans)> {
    if path.len() > MAX_REQUEST_PATH_LEN || !is_absolute(path) {
        return None;
    }
    let mut search = Search::new(nodes, verb, path);
    let route = search.visit(NodeIx::ROOT, routed_part(path))?;
    Some((route, search.spans))
}

struct Search<'a> {
    nodes: &'a [Node],
    verb: Verb,
    path: &'a [u8],
    spans: Spans,
    #[cfg(test)]
    visits: usize,
}

impl<'a> Search<'a> {
    fn new(nodes: &'a [Node], verb: Verb, path: &'a str) -> Self {
        Self {
            nodes,
            verb,
            path: path.as_bytes(),
            spans: Spans::default(),
            #[cfg(test)]
            visits: 0,
        }
    }

    /// Searches below `node` for the `rest` of the path.
    fn visit(&mut self, node: NodeIx, rest: Option<Span>) -> Option<RouteIx> {
        #[cfg(test)]
        {
            self.visits += 1;
        }
        let node = &self.nodes[node.position()];
        let Some(rest) = rest else {
            return node.methods.select(self.verb);
        };
        let (segment, after) = split_segment(self.path, rest);
        self.literal(node, segment, after)
            .or_else(|| self.parameter(node, segment, after))
            .or_else(|| self.greedy(node, rest))
    }

    fn literal(&mut self, node: &Node, segment: Span, after: Option<Span>) -> Option<RouteIx> {
        let child = node.literal(&self.path[segment.range()])?;
        self.visit(child, after)
    }

    fn parameter(&mut self, node: &Node, segment: Span, after: Option<Span>) -> Option<RouteIx> {
        let child = node.parameter?;
        if segment.range().is_empty() {
            return None;
        }
        self.bind(child, segment, after)
    }

    fn greedy(&mut self, node: &Node, rest: Span) -> Option<RouteIx> {
        self.bind(node.greedy?, rest, None)
    }

    /// Visits the child of a parameter, which keeps `value` only if the visit succeeds.
    fn bind(&mut self, child: NodeIx, value: Span, after: Option<Span>) -> Option<RouteIx> {
        self.spans.push(value);
        let route = self.visit(child, after);
        if route.is_none() {
            self.spans.pop();
        }
        route
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{MAX_PATH_PARTS, MethodKey, PathPart};

    /// A tree of `depth` levels in which each node has both a literal `a` and a parameter, and of
    /// which no node answers anything.
    fn full_binary_tree(depth: u32) -> Vec<Node> {
        let mut nodes = vec![Node::default()];
        let mut parents = 0..1;
        for _ in 0..depth {
            let level = nodes.len();
            for parent in parents {
                for part in [PathPart::Literal("a"), PathPart::Parameter("p")] {
                    let child = NodeIx::new(nodes.len());
                    nodes.push(Node::default());
                    nodes[parent].link(part, child);
                }
            }
            parents = level..nodes.len();
        }
        nodes
    }

    fn visits(nodes: &[Node], path: &str) -> usize {
        let mut search = Search::new(nodes, Verb::Get, path);
        assert_eq!(search.visit(NodeIx::ROOT, routed_part(path)), None);
        search.visits
    }

    #[test]
    fn a_hostile_path_visits_each_node_at_most_once() {
        let nodes = full_binary_tree(12);
        assert_eq!(visits(&nodes, &"/a".repeat(12)), nodes.len());
    }

    #[test]
    fn a_path_longer_than_the_tree_costs_no_more() {
        let nodes = full_binary_tree(12);
        assert_eq!(visits(&nodes, &"/a".repeat(30_000)), nodes.len());
        assert_eq!(
            visits(&nodes, &format!("/a{}", "/".repeat(30_000) + "a")),
            3
        );
    }

    #[test]
    fn parameters_of_a_branch_given_up_are_forgotten() {
        // /{p}/a answers nothing, /{p+} does.
        let mut nodes = vec![Node::default(); 4];
        nodes[0].link(PathPart::Parameter("p"), NodeIx::new(1));
        nodes[1].link(PathPart::Literal("a"), NodeIx::new(2));
        nodes[0].link(PathPart::Greedy("p"), NodeIx::new(3));
        *nodes[3].methods.slot(MethodKey::Any) = Some(RouteIx::new(0));

        let (_, spans) = search(&nodes, Verb::Get, "/x/a").unwrap();
        assert_eq!(spans.values("/x/a").collect::<Vec<_>>(), ["x/a"]);
    }

    #[test]
    fn the_deepest_tree_is_searched() {
        let mut nodes = vec![Node::default()];
        for depth in 0..MAX_PATH_PARTS {
            nodes[depth].link(PathPart::Literal("a"), NodeIx::new(depth + 1));
            nodes.push(Node::default());
        }
        *nodes[MAX_PATH_PARTS].methods.slot(MethodKey::Any) = Some(RouteIx::new(0));
        assert!(search(&nodes, Verb::Get, &"/a".repeat(MAX_PATH_PARTS)).is_some());
        assert!(search(&nodes, Verb::Get, &"/a".repeat(MAX_PATH_PARTS + 1)).is_none());
    }
}
