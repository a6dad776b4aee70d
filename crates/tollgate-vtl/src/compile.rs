//! Parse tree to program.

mod blocks;
mod calls;
mod directive;
mod draft;
mod expression;
mod fragment;
mod inline;
mod layout;
mod lines;
mod reference;
mod text;
mod texts;

use std::collections::HashSet;

use crate::error::{ParseError, ParseErrorKind};
use crate::limits::Limits;
use crate::methods::ConstantPatterns;
use crate::profile::{Profile, Rules};
use crate::program::{BodyIx, Call, CallIx, Macro, Names, Program, Span};

use blocks::Blocks;
use draft::{Draft, Ops};
use fragment::Fragment;
use lines::Lines;

/// Longest text whose offsets, doubled by the texts of its strings, fit the program's spans.
const LONGEST: usize = (u32::MAX / 2) as usize;

/// Compiles a template.
pub(crate) fn compile(
    source: &str,
    profile: &Profile,
    names: &mut Names,
) -> Result<Program, ParseError> {
    let mut draft = translate(source, profile, names, true)?;
    inline::inline(&mut draft, names, profile);
    Ok(draft.finish())
}

/// Compiles a text that a template evaluates or parses, and adds its names to those of the template.
pub(crate) fn compile_part(
    source: &str,
    profile: &Profile,
    names: &mut Names,
) -> Result<Program, ParseError> {
    translate(source, profile, names, false).map(Draft::finish)
}

fn translate(
    source: &str,
    profile: &Profile,
    names: &mut Names,
    lasts: bool,
) -> Result<Draft, ParseError> {
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
        rules: profile.rules,
        limits,
        text: source.to_owned(),
        names,
        bodies: Vec::new(),
        macros: Vec::new(),
        calls: Vec::new(),
        patterns: ConstantPatterns::default(),
        escapable: HashSet::new(),
        depth: 0,
        lasts,
    };
    let main = compiler.template(Fragment::whole(source))?;
    Ok(Draft {
        text: compiler.text,
        bodies: compiler.bodies,
        main,
        macros: compiler.macros,
        calls: compiler.calls,
        patterns: compiler.patterns,
    })
}

/// What all parts of one template share while it is compiled.
struct Compiler<'s> {
    source: &'s str,
    rules: Rules,
    limits: &'s Limits,
    names: &'s mut Names,
    /// Becomes [`Program::text`].
    text: String,
    bodies: Vec<Ops>,
    macros: Vec<Macro>,
    calls: Vec<Call>,
    patterns: ConstantPatterns,
    /// Names of the macros defined so far, even of those that are removed: a backslash escapes
    /// their calls.
    escapable: HashSet<String>,
    depth: usize,
    /// Whether the program lasts longer than a render. The strings of one that does not are copied
    /// where they are used.
    lasts: bool,
}

impl Compiler<'_> {
    /// Compiles the template itself or the inside of a string.
    fn template(&mut self, fragment: Fragment<'_>) -> Result<BodyIx, ParseError> {
        let deepest = self.limits.nesting.saturating_sub(self.depth);
        let syntax = self.rules.syntax;
        let tree = crate::parse::parse(fragment.text, syntax, deepest).map_err(|(kind, at)| {
            // The author knows the whole limit, not what was left of it here.
            let limit = self.limits.nesting;
            let kind = match kind {
                ParseErrorKind::TooDeep { .. } => ParseErrorKind::TooDeep { limit },
                other => other,
            };
            self.error(kind, fragment.place(at as u32))
        })?;
        let mut blocks = Blocks::new(&self.rules);
        let mut lines = Lines::new(fragment.text, &self.rules);
        let mut items = tree.items();
        while let Some(item) = items.next() {
            self.item(item, items, &fragment, &mut blocks, &mut lines)?;
        }
        let body = blocks.finish().map_err(|(kind, at)| self.error(kind, at))?;
        Ok(self.add_body(body))
    }

    fn add_body(&mut self, body: Ops) -> BodyIx {
        let index = BodyIx(self.bodies.len() as u32);
        self.bodies.push(body);
        index
    }

    fn add_call(&mut self, call: Call) -> CallIx {
        let index = CallIx(self.calls.len() as u32);
        self.calls.push(call);
        index
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
}
