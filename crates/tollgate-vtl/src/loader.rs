//! Where `#parse` and `#include` read from.

use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasher;

/// Serves the resources that a template names in `#parse` and `#include`.
///
/// Templates read nothing by themselves: without a loader, as in
/// [`Template::render`](crate::Template::render), there are no resources. The names come from the
/// template, and what a template computes may come from its data, so a loader must be safe for any
/// name: one that reads files must not leave its folder for `..`, an absolute path or a link, must
/// not wait for a pipe, and should bound what it reads.
///
/// A function from names to texts is a loader, and so are maps with the texts at hand:
///
/// ```
/// use std::collections::HashMap;
///
/// use tollgate_vtl::Loader;
///
/// let files = HashMap::from([("footer.vm".to_owned(), "Yours, $sender".to_owned())]);
/// assert_eq!(files.load("footer.vm").as_deref(), Some("Yours, $sender"));
/// assert_eq!(files.load("../footer.vm"), None);
///
/// let shouts = |name: &str| Some(name.to_uppercase());
/// assert_eq!(shouts.load("abc").as_deref(), Some("ABC"));
/// ```
pub trait Loader {
    /// The text of the resource `name`, exactly as the template spells it; `None` if there is no
    /// such resource, or none that templates may read. Called anew for each directive that runs.
    fn load(&self, name: &str) -> Option<String>;
}

impl<F: Fn(&str) -> Option<String>> Loader for F {
    fn load(&self, name: &str) -> Option<String> {
        self(name)
    }
}

impl<S: BuildHasher> Loader for HashMap<String, String, S> {
    fn load(&self, name: &str) -> Option<String> {
        self.get(name).cloned()
    }
}

impl Loader for BTreeMap<String, String> {
    fn load(&self, name: &str) -> Option<String> {
        self.get(name).cloned()
    }
}
