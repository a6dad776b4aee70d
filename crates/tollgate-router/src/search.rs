//! The search for the route of a request: depth first, with backtracking.
//!
//! At each node the search tries the literal child, then the parameter, then the greedy parameter,
//! and accepts a node only where the path ends and the node answers the verb. The first node
//! accepted is therefore the most specific one, comparing segment by segment. A child below which
//! nothing answers the verb is not entered.
//!
//! # Bound
//!
//! Two ways open at every segment sound like 2^depth visits, and on a path such as `/a/a/a/…` they
//! may all be walked. Yet a lookup visits each node **at most once**: a node has one parent, is
//! entered only from there, and only with the segments that its depth leaves over, which do not
//! depend on the branch taken. So visits are bounded by the number of nodes in the table, whatever
//! the path, and by [`MAX_PATH_PARTS`](crate::MAX_PATH_PARTS) in depth (the search recurses no
//! deeper than the tree). No segment is walked twice, and a visit reads no more of one than the
//! literal that it compares it with is long.

use crate::{
    Spans, Verb,
    segment::{NO_LENGTHS, Segments},
    tree::{MethodSet, Node, RouteIx, Tree},
};

/// Finds the route for `verb` and `path`, and puts down where its parameters stand.
pub(crate) fn search(tree: &Tree, verb: Verb, path: &str, spans: &mut Spans) -> Option<RouteIx> {
    if path.len() <= Segments::SHORT {
        search_segments(tree, verb, Segments::of(path, None)?, spans)
    } else {
        let mut lengths = NO_LENGTHS;
        search_segments(tree, verb, Segments::of(path, Some(&mut lengths))?, spans)
    }
}

fn search_segments(
    tree: &Tree,
    verb: Verb,
    segments: Segments<'_>,
    spans: &mut Spans,
) -> Option<RouteIx> {
    let mut search = Search {
        tree,
        wanted: MethodSet::answering(verb),
        segments,
        spans,
        #[cfg(test)]
        visits: 0,
    };
    let node = search.visit(tree.root(), search.segments.text(), 0)?;
    tree.answer(node, verb)
}

struct Search<'a> {
    tree: &'a Tree,
    wanted: MethodSet,
    segments: Segments<'a>,
    spans: &'a mut Spans,
    #[cfg(test)]
    visits: usize,
}

impl<'a> Search<'a> {
    /// Searches at and below `node` for what is left of the path, `depth` segments into it. Calls
    /// itself only where another way remains to try after it.
    fn visit(
        &mut self,
        mut node: &'a Node,
        mut left: Option<&'a [u8]>,
        mut depth: usize,
    ) -> Option<&'a Node> {
        let tree = self.tree;
        let wanted = self.wanted;
        while let Some(rest) = left {
            #[cfg(test)]
            {
                self.visits += 1;
            }
            let segment = self.segments.first_of(rest, depth);
            if let Some(literal) = tree.literal(node, &segment)
                && literal.reach.meets(wanted)
            {
                if !node.forks.meets(wanted) {
                    (node, left, depth) = (literal, segment.after(), depth + 1);
                    continue;
                }
                let bound = self.spans.len();
                if let Some(found) = self.visit(literal, segment.after(), depth + 1) {
                    return Some(found);
                }
                self.spans.truncate(bound);
            }
            let greedy = tree.greedy(node, wanted);
            if let Some(parameter) = tree.parameter(node, wanted)
                && !segment.is_empty()
            {
                let bound = self.spans.len();
                self.spans.push(self.segments.span(rest, segment.len()));
                if greedy.is_none() {
                    (node, left, depth) = (parameter, segment.after(), depth + 1);
                    continue;
                }
                if let Some(found) = self.visit(parameter, segment.after(), depth + 1) {
                    return Some(found);
                }
                self.spans.truncate(bound);
            }
            let greedy = greedy?;
            self.spans.push(self.segments.span(rest, rest.len()));
            return Some(greedy);
        }
        #[cfg(test)]
        {
            self.visits += 1;
        }
        node.own.meets(wanted).then_some(node)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{MAX_PATH_PARTS, MethodKey, RouteTable};

    /// `POST` on each path of so many segments that are `a` or a parameter.
    fn full_binary_tree(depth: usize) -> RouteTable<()> {
        let mut table = RouteTable::builder();
        for number in 0..1 << depth {
            let path: String = (0..depth)
                .map(|bit| match number >> bit & 1 {
                    0 => "/a".to_owned(),
                    _ => format!("/{{p{bit}}}"),
                })
                .collect();
            table
                .insert(&path.parse().unwrap(), MethodKey::Verb(Verb::Post), ())
                .unwrap();
        }
        table.build()
    }

    /// How many nodes are visited for a path that no route answers.
    fn visits(tree: &Tree, verb: Verb, path: &str) -> usize {
        let mut lengths = NO_LENGTHS;
        let mut search = Search {
            tree,
            wanted: MethodSet::answering(verb),
            segments: Segments::of(path, Some(&mut lengths)).unwrap(),
            spans: &mut Spans::default(),
            visits: 0,
        };
        assert_eq!(
            search
                .visit(tree.root(), search.segments.text(), 0)
                .map(|node| node.own),
            None
        );
        search.visits
    }

    #[test]
    fn a_hostile_path_visits_each_node_at_most_once() {
        let table = full_binary_tree(12);
        let tree = table.tree();
        let (parents, leaves) = ((1 << 12) - 1, 1 << 12);
        assert_eq!(tree.nodes.len(), parents + leaves);
        assert_eq!(visits(tree, Verb::Post, &"/a".repeat(11)), parents);
        assert_eq!(visits(tree, Verb::Post, &"/a".repeat(13)), parents + leaves);
        assert_eq!(
            visits(tree, Verb::Post, &"/a".repeat(30_000)),
            parents + leaves
        );
        assert_eq!(
            visits(tree, Verb::Post, &format!("/a{}", "/".repeat(30_000) + "a")),
            3
        );
    }

    #[test]
    fn what_answers_other_verbs_only_is_not_visited() {
        let table = full_binary_tree(12);
        assert_eq!(visits(table.tree(), Verb::Get, &"/a".repeat(12)), 1);
    }

    #[test]
    fn parameters_of_a_branch_given_up_are_forgotten() {
        let mut table = RouteTable::builder();
        for path in ["/{p}/a/b", "/{q+}"] {
            table
                .insert(&path.parse().unwrap(), MethodKey::Any, ())
                .unwrap();
        }
        let table = table.build();
        let mut spans = Spans::default();
        search(table.tree(), Verb::Get, "/x/a", &mut spans).unwrap();
        assert_eq!(spans.values("/x/a").collect::<Vec<_>>(), ["x/a"]);
    }

    #[test]
    fn the_deepest_tree_is_searched() {
        let mut table = RouteTable::builder();
        let path = "/a".repeat(MAX_PATH_PARTS);
        table
            .insert(&path.parse().unwrap(), MethodKey::Any, ())
            .unwrap();
        let table = table.build();
        assert!(table.find(Verb::Get, &path).is_some());
        // What follows is looked at once more, be it short or long.
        for behind in ["/a".to_owned(), format!("/{}", "a".repeat(600))] {
            assert!(table.find(Verb::Get, &(path.clone() + &behind)).is_none());
        }
    }
}
