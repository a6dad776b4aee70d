//! Templates as the embedder holds them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::compile::compile;
use crate::error::{ParseError, RenderError};
use crate::loader::Loader;
use crate::profile::Profile;
use crate::program::{Names, Program};
use crate::render;
use crate::value::{Map, Value};

/// A parsed template, ready to render any number of times and from any thread.
///
/// Clones share the parsed form.
#[derive(Clone, Debug)]
pub struct Template {
    compiled: Arc<Compiled>,
    profile: Profile,
}

/// What is made of a template once, for all its renders.
#[derive(Debug)]
pub(crate) struct Compiled {
    pub(crate) program: Program,
    pub(crate) names: Names,
    /// How long the last output was, which the next is likely to be too.
    length: AtomicUsize,
}

/// Longest output for which a render makes room in advance.
const LONGEST_FORESEEN: usize = 64 * 1024;

impl Compiled {
    pub(crate) fn new(source: &str, profile: &Profile) -> Result<Self, ParseError> {
        let mut names = Names::default();
        Ok(Self {
            program: compile(source, profile, &mut names)?,
            names,
            length: AtomicUsize::new(source.len()),
        })
    }

    /// How much room an output is likely to take.
    pub(crate) fn room(&self) -> usize {
        self.length.load(Ordering::Relaxed).min(LONGEST_FORESEEN)
    }

    /// Notes how long an output was.
    pub(crate) fn note_length(&self, length: usize) {
        // Threads share what is only read.
        if self.length.load(Ordering::Relaxed) != length {
            self.length.store(length, Ordering::Relaxed);
        }
    }
}

impl Template {
    /// Parses a template.
    ///
    /// # Errors
    ///
    /// [`ParseError`] with the first place where the text breaks the rules of the language or
    /// passes a limit.
    pub fn parse(source: &str, profile: &Profile) -> Result<Self, ParseError> {
        Ok(Self {
            compiled: Arc::new(Compiled::new(source, profile)?),
            profile: profile.clone(),
        })
    }

    /// Every top-level name the template mentions, in the order of their slots.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        self.compiled.names.variables.iter().map(|name| &**name)
    }

    /// Renders the template with the embedder's variables.
    ///
    /// A variable is looked up when the template first reads it, and only then; one that the
    /// template sets itself is not looked up at all. `#parse` and `#include` find nothing.
    ///
    /// # Errors
    ///
    /// [`RenderError`] when a method throws, an index lies outside its list, a text for `#evaluate`
    /// is no template, `#parse` or `#include` names a text, a rule of a strict setting is broken, or
    /// a limit is passed.
    pub fn render<'a>(&'a self, globals: &dyn Globals<'a>) -> Result<String, RenderError> {
        self.render_with(globals, &NoFiles)
    }

    /// Renders the template with a source of texts for `#parse` and `#include`.
    ///
    /// # Errors
    ///
    /// As for [`render`](Self::render), but for texts that the loader has, and when one for `#parse`
    /// is no template.
    pub fn render_with<'a>(
        &'a self,
        globals: &dyn Globals<'a>,
        loader: &dyn Loader,
    ) -> Result<String, RenderError> {
        render::render(&self.compiled, globals, loader, &self.profile)
    }
}

/// The loader of a render that has none.
struct NoFiles;

impl Loader for NoFiles {
    fn load(&self, _name: &str) -> Option<String> {
        None
    }
}

/// Where a template's variables come from.
///
/// A function from names to values is one:
///
/// ```
/// # use tollgate_vtl::{Profile, Template, Value};
/// let template = Template::parse("$a and $b", &Profile::api_gateway())?;
/// let text = template.render(&|name: &str| (name == "a").then(|| Value::from("A")))?;
/// assert_eq!(text, "A and ");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Globals<'a> {
    /// The variable `name`, which is at `slot` among [`Template::variables`], or behind them if
    /// only a text that the template evaluates or parses mentions it; `None` if there is none.
    /// Called at most once per variable and render.
    fn lookup(&self, slot: usize, name: &str) -> Option<Value<'a>>;
}

impl<'a, F: Fn(&str) -> Option<Value<'a>>> Globals<'a> for F {
    fn lookup(&self, _slot: usize, name: &str) -> Option<Value<'a>> {
        self(name)
    }
}

impl<'a> Globals<'a> for Map<'a> {
    fn lookup(&self, _slot: usize, name: &str) -> Option<Value<'a>> {
        self.get(name)
    }
}
