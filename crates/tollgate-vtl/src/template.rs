//! Templates as the embedder holds them.

use std::sync::Arc;

use crate::compile::compile;
use crate::error::{ParseError, RenderError};
use crate::profile::Profile;
use crate::program::Program;
use crate::render;
use crate::value::{Map, Value};

/// A parsed template, ready to render any number of times and from any thread.
///
/// Clones share the parsed form.
#[derive(Clone, Debug)]
pub struct Template {
    program: Arc<Program>,
    profile: Profile,
}

impl Template {
    /// Parses a template.
    ///
    /// # Errors
    ///
    /// [`ParseError`] with the first place where the text breaks the rules of the language or
    /// passes a limit.
    pub fn parse(source: &str, profile: &Profile) -> Result<Self, ParseError> {
        let program = Arc::new(compile(source, profile)?);
        Ok(Self {
            program,
            profile: profile.clone(),
        })
    }

    /// Every top-level name the template mentions, in the order of their slots.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        self.program.names.iter().map(|name| &**name)
    }

    /// Renders the template with the embedder's variables.
    ///
    /// A variable is looked up when the template first reads it, and only then; one that the
    /// template sets itself is not looked up at all.
    ///
    /// # Errors
    ///
    /// [`RenderError`] when a method throws, an index lies outside its list, or a limit is passed.
    pub fn render<'a>(&'a self, globals: &dyn Globals<'a>) -> Result<String, RenderError> {
        render::render(&self.program, globals, &self.profile)
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
    /// The variable `name`, which is at `slot` among [`Template::variables`]; `None` if there is
    /// none. Called at most once per variable and render.
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
