//! The tree of resources that paths make.

use std::borrow::Cow;
use std::collections::HashMap;

use thiserror::Error;
use tollgate_core::ResourceId;
use tollgate_model::Resource;

use crate::ids::{Ids, Kind};
use crate::limits::{MAX_PATH_BYTES, MAX_RESOURCES};

/// Letters of an id of the root, and of any other resource.
const ROOT_ID_LENGTH: usize = 10;
const ID_LENGTH: usize = 6;

/// Why a path makes no resource. The first two in AWS's words: [`Self::is_in_aws_words`].
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum PathError {
    #[error(
        "Unable to create resource at path '{path}': A sibling ({sibling}) of this resource \
         already has a variable path part -- only one is allowed"
    )]
    SecondVariable { path: String, sibling: String },
    #[error(
        "Unable to create resource at path '{path}': Cannot create a child of a resource with a \
         greedy path variable: {greedy}"
    )]
    BelowGreedy { path: String, greedy: String },
    #[error("the path does not begin with `/`")]
    Relative,
    #[error("the path has an empty segment")]
    EmptySegment,
    #[error(
        "the segment `{0}` is neither of letters, digits, `_`, `-`, `.`, `,` and `:` nor a whole \
         variable such as `{{id}}` or `{{proxy+}}`"
    )]
    Segment(String),
    #[error("the path has more than {MAX_PATH_BYTES} bytes")]
    TooLong,
    #[error("the document has more than {MAX_RESOURCES} resources")]
    TooMany,
}

impl PathError {
    /// How to mend it, where that can be said.
    pub(crate) fn help(&self) -> Option<Cow<'static, str>> {
        match self {
            Self::SecondVariable { sibling, .. } => {
                Some(format!("call the variable `{sibling}` in both paths").into())
            }
            Self::BelowGreedy { greedy, .. } => {
                Some(format!("`{greedy}` takes all that follows: end the path with it").into())
            }
            Self::Relative
            | Self::EmptySegment
            | Self::Segment(_)
            | Self::TooLong
            | Self::TooMany => None,
        }
    }

    pub(crate) const fn is_in_aws_words(&self) -> bool {
        matches!(self, Self::SecondVariable { .. } | Self::BelowGreedy { .. })
    }
}

/// One segment of a path, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Segment<'p> {
    Literal,
    Variable(&'p str),
    Greedy(&'p str),
}

impl<'p> Segment<'p> {
    fn parse(text: &'p str) -> Result<Self, PathError> {
        let refused = || PathError::Segment(text.to_owned());
        if text.is_empty() {
            return Err(PathError::EmptySegment);
        }
        let Some(rest) = text.strip_prefix('{') else {
            let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.,:".contains(&byte);
            return text
                .bytes()
                .all(allowed)
                .then_some(Self::Literal)
                .ok_or_else(refused);
        };
        let inner = rest.strip_suffix('}').ok_or_else(refused)?;
        let (name, greedy) = match inner.strip_suffix('+') {
            Some(name) => (name, true),
            None => (inner, false),
        };
        if !is_parameter_name(name) {
            return Err(refused());
        }
        Ok(if greedy {
            Self::Greedy(name)
        } else {
            Self::Variable(name)
        })
    }
}

/// Whether AWS takes a name for a parameter: `^[a-zA-Z0-9._$-]+$`.
pub(crate) fn is_parameter_name(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._$-".contains(&byte);
    !name.is_empty() && name.bytes().all(allowed)
}

/// The variables of a path that [`Tree::insert`] has accepted, in its order.
pub(crate) fn variables(path: &str) -> impl Iterator<Item = &str> {
    path.split('/')
        .filter_map(|segment| match Segment::parse(segment) {
            Ok(Segment::Variable(name) | Segment::Greedy(name)) => Some(name),
            Ok(Segment::Literal) | Err(_) => None,
        })
}

/// Resources, each after its parent.
#[derive(Debug)]
pub(crate) struct Tree {
    resources: Vec<Resource>,
    by_path: HashMap<String, usize>,
    /// The variable among the children of a resource, by the parent's place.
    variable_child: HashMap<usize, String>,
}

impl Tree {
    /// A tree of the resources that were there, or else of the root alone.
    pub(crate) fn new(ids: &mut Ids, existing: Vec<Resource>) -> Self {
        let mut tree = Self {
            resources: existing,
            by_path: HashMap::new(),
            variable_child: HashMap::new(),
        };
        if !tree.resources.iter().any(|one| one.path == "/") {
            let id = ResourceId::new(ids.id(Kind::Resource, "/", ROOT_ID_LENGTH));
            tree.resources.insert(0, Resource::root(id));
        }
        let paths = tree.resources.iter().enumerate();
        tree.by_path = paths
            .map(|(place, one)| (one.path.clone(), place))
            .collect();
        tree.variable_child = tree.variable_children();
        tree
    }

    fn variable_children(&self) -> HashMap<usize, String> {
        let places = self.resources.iter().enumerate();
        let by_id: HashMap<_, _> = places.map(|(place, one)| (&one.id, place)).collect();
        let parts = self.resources.iter();
        parts
            .filter_map(|one| {
                let part = one
                    .path_part
                    .as_ref()
                    .filter(|part| part.starts_with('{'))?;
                Some((*by_id.get(one.parent_id.as_ref()?)?, part.clone()))
            })
            .collect()
    }

    /// How many resources there are.
    pub(crate) const fn len(&self) -> usize {
        self.resources.len()
    }

    /// The resource at a place.
    pub(crate) fn at(&mut self, place: usize) -> &mut Resource {
        &mut self.resources[place]
    }

    /// The place of the resource at a path, made together with what is missing above it.
    pub(crate) fn insert(&mut self, ids: &mut Ids, path: &str) -> Result<usize, PathError> {
        if path.len() > MAX_PATH_BYTES {
            return Err(PathError::TooLong);
        }
        let below = path.strip_prefix('/').ok_or(PathError::Relative)?;
        let mut at = self.by_path.get("/").copied().unwrap_or_default();
        if !below.is_empty() {
            for part in below.split('/') {
                at = self.child(ids, at, part)?;
            }
        }
        Ok(at)
    }

    fn child(&mut self, ids: &mut Ids, parent: usize, part: &str) -> Result<usize, PathError> {
        let segment = Segment::parse(part)?;
        let above = &self.resources[parent];
        let path = format!("{}/{part}", above.path.trim_end_matches('/'));
        if let Some(place) = self.by_path.get(&path) {
            return Ok(*place);
        }
        if let Some(greedy) = &above.path_part
            && matches!(Segment::parse(greedy), Ok(Segment::Greedy(_)))
        {
            let greedy = greedy.clone();
            return Err(PathError::BelowGreedy { path, greedy });
        }
        if segment != Segment::Literal {
            if let Some(sibling) = self.variable_child.get(&parent) {
                let sibling = sibling.clone();
                return Err(PathError::SecondVariable { path, sibling });
            }
            self.variable_child.insert(parent, part.to_owned());
        }
        let place = self.resources.len();
        if place >= MAX_RESOURCES {
            return Err(PathError::TooMany);
        }
        let id = ResourceId::new(ids.id(Kind::Resource, &path, ID_LENGTH));
        let child = above.child(id, part);
        self.resources.push(child);
        self.by_path.insert(path, place);
        Ok(place)
    }

    /// All resources, the root first.
    pub(crate) fn into_resources(self) -> Vec<Resource> {
        self.resources
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grow(paths: &[&str]) -> Result<Tree, PathError> {
        let mut ids = Ids::new("");
        let mut tree = Tree::new(&mut ids, Vec::new());
        for path in paths {
            tree.insert(&mut ids, path)?;
        }
        Ok(tree)
    }

    #[test]
    fn what_is_missing_above_a_path_is_made_first() {
        let tree = grow(&["/a/{b}/c", "/a", "/", "/a/d"]).unwrap();
        let resources = tree.into_resources();
        let paths: Vec<_> = resources.iter().map(|one| one.path.as_str()).collect();
        assert_eq!(paths, ["/", "/a", "/a/{b}", "/a/{b}/c", "/a/d"]);
        assert_eq!(resources[0].id.as_str().len(), 10);
        for child in &resources[1..] {
            let parent = resources
                .iter()
                .take_while(|one| one.id != child.id)
                .find(|one| Some(&one.id) == child.parent_id.as_ref());
            assert!(parent.is_some(), "{}", child.path);
            assert_eq!(child.id.as_str().len(), 6);
        }
    }

    #[test]
    fn ids_do_not_depend_on_the_order_of_paths() {
        let id = |paths: &[&str]| {
            let resources = grow(paths).unwrap().into_resources();
            let pets = resources.iter().find(|one| one.path == "/pets");
            pets.unwrap().id.clone()
        };
        assert_eq!(id(&["/pets"]), id(&["/", "/cats", "/pets/{id}"]));
    }

    #[test]
    fn broken_paths_say_what_is_broken() {
        for (paths, message) in [
            (&["pets"][..], "the path does not begin with `/`"),
            (&["/a//b"], "the path has an empty segment"),
            (
                &["/{a}", "/{b}/c"],
                "Unable to create resource at path '/{b}': A sibling ({a}) of this resource \
                 already has a variable path part -- only one is allowed",
            ),
            (
                &["/x/{a}", "/x/{proxy+}"],
                "Unable to create resource at path '/x/{proxy+}': A sibling ({a}) of this \
                 resource already has a variable path part -- only one is allowed",
            ),
            (
                &["/{proxy+}/x"],
                "Unable to create resource at path '/{proxy+}/x': Cannot create a child of a \
                 resource with a greedy path variable: {proxy+}",
            ),
        ] {
            let error = grow(paths).map(|_| ()).unwrap_err();
            assert_eq!(error.to_string(), message, "{paths:?}");
        }
        for segment in [
            "a{b}", "{a}b", "{}", "{+}", "{a", "a}", "{a b}", "{a}{b}", "ä", "a%20b", "*", "{a++}",
        ] {
            assert_eq!(
                grow(&[&format!("/{segment}")]).map(|_| ()),
                Err(PathError::Segment(segment.to_owned())),
                "{segment}"
            );
        }
    }

    #[test]
    fn limits_hold() {
        let deep = "/a".repeat(MAX_PATH_BYTES / 2 + 1);
        assert_eq!(grow(&[&deep]).map(|_| ()), Err(PathError::TooLong));
        let wide: Vec<_> = (0..MAX_RESOURCES).map(|n| format!("/{n}")).collect();
        let wide: Vec<_> = wide.iter().map(String::as_str).collect();
        assert!(grow(&wide[1..]).is_ok());
        assert_eq!(grow(&wide).map(|_| ()), Err(PathError::TooMany));
    }

    #[test]
    fn a_path_names_its_variables() {
        let names: Vec<_> = variables("/a/{b}/c/{d+}").collect();
        assert_eq!(names, ["b", "d"]);
    }
}
