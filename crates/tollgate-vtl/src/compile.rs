//! Parse tree to program.

mod blocks;
mod expression;
mod fragment;
mod text;

use std::collections::{HashMap, HashSet};

use crate::error::{ParseError, ParseErrorKind};
use crate::limits::Limits;
use crate::profile::Profile;
use crate::program::{Body, BodyIx, LoopVariables, Program, Slot, Span};

use blocks::Blocks;
use fragment::Fragment;

/// Longest text whose offsets, doubled by the texts of its strings, fit the program's spans.
const LONGEST: usize = (u32::MAX / 2) as usize;

/// Compiles a template.
pub(crate) fn compile(source: &str, profile: &Profile) -> Result<Program, ParseError> {
    let limits = profile.limits();
    let limit = limits.template_bytes.min(LONGEST);
    if source.len() > limit {
        return Err(ParseError::new(
            ParseErrorKind::TooLong { limit },
            source,
            limit,
        ));
    }
    let mut compiler = Compiler {
        source,
        limits,
        text: source.to_owned(),
        slots: HashMap::new(),
        names: Vec::new(),
        bodies: Vec::new(),
        macros: HashSet::new(),
        depth: 0,
    };
    let main = compiler.template(Fragment::whole(source))?;
    Ok(compiler.finish(main))
}

/// What all parts of one template share while it is compiled.
struct Compiler<'s> {
    source: &'s str,
    limits: &'s Limits,
    /// Becomes [`Program::text`].
    text: String,
    slots: HashMap<Box<str>, Slot>,
    names: Vec<Box<str>>,
    bodies: Vec<Body>,
    /// Names of the macros defined so far: a backslash escapes their calls.
    macros: HashSet<String>,
    depth: usize,
}

impl Compiler<'_> {
    /// Compiles the template itself or the inside of a string.
    fn template(&mut self, fragment: Fragment<'_>) -> Result<BodyIx, ParseError> {
        let deepest = self.limits.nesting.saturating_sub(self.depth);
        let items = crate::parse::items(fragment.text, deepest).map_err(|(kind, at)| {
            // The author knows the whole limit, not what was left of it here.
            let limit = self.limits.nesting;
            let kind = match kind {
                ParseErrorKind::TooDeep { .. } => ParseErrorKind::TooDeep { limit },
                other => other,
            };
            self.error(kind, fragment.place(at))
        })?;
        let mut blocks = Blocks::default();
        for item in items {
            self.item(&item, &fragment, &mut blocks)?;
        }
        let body = blocks.finish().map_err(|(kind, at)| self.error(kind, at))?;
        Ok(self.add_body(body))
    }

    fn add_body(&mut self, body: Body) -> BodyIx {
        let index = BodyIx(self.bodies.len() as u32);
        self.bodies.push(body);
        index
    }

    /// The slot of a variable, a new one at its first mention.
    fn slot(&mut self, name: &str) -> Slot {
        if let Some(slot) = self.slots.get(name) {
            return *slot;
        }
        let slot = Slot(self.names.len() as u32);
        self.names.push(name.into());
        self.slots.insert(name.into(), slot);
        slot
    }

    /// Adds a text that does not stand in the template as it is.
    fn add_text(&mut self, text: &str) -> Span {
        let start = self.text.len() as u32;
        self.text.push_str(text);
        Span {
            start,
            end: self.text.len() as u32,
        }
    }

    /// Compiles something one level deeper.
    fn deeper<T>(
        &mut self,
        at: u32,
        compile: impl FnOnce(&mut Self) -> Result<T, ParseError>,
    ) -> Result<T, ParseError> {
        let limit = self.limits.nesting;
        if self.depth >= limit {
            return Err(self.error(ParseErrorKind::TooDeep { limit }, at));
        }
        self.depth += 1;
        let result = compile(self);
        self.depth -= 1;
        result
    }

    fn error(&self, kind: ParseErrorKind, at: u32) -> ParseError {
        ParseError::new(kind, self.source, at as usize)
    }

    fn finish(self, main: BodyIx) -> Program {
        let slot = |name| self.slots.get(name).copied();
        let loop_variables = LoopVariables {
            foreach: slot("foreach"),
            velocity_count: slot("velocityCount"),
            velocity_has_next: slot("velocityHasNext"),
        };
        Program {
            text: self.text.into(),
            bodies: self.bodies.into(),
            main,
            names: self.names.into(),
            loop_variables,
        }
    }
}
