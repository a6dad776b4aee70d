//! The directives.

use crate::error::{ParseError, ParseErrorKind};
use crate::parse::{Kind, Node};
use crate::profile::Syntax;
use crate::program::{
    Argument, BreakTo, Call, Expr, Macro, Op, Parameter, Reference, Slot, Span, Step,
};

use super::Compiler;
use super::blocks::{Apart, Around, Blocks, Signature};
use super::expression::fold;
use super::fragment::Fragment;
use super::lines::{Lines, Removes};
use super::text::{DIRECTIVES, directive_name};

impl Compiler<'_> {
    pub(super) fn directive(
        &mut self,
        directive: Node<'_>,
        fragment: &Fragment<'_>,
        blocks: &mut Blocks,
        lines: &mut Lines<'_>,
    ) -> Result<(), ParseError> {
        let at = fragment.place_of(directive);
        let around = lines.begin(directive);
        let end = directive.end();
        match directive.kind() {
            Kind::Set => {
                self.set(directive, fragment, blocks)?;
                blocks.layout.directive(fragment.slice(around.before));
                lines.end(end, &around, Removes::FromLineStart);
                lines.in_mid_line(end);
            }
            Kind::If => {
                let condition = self.condition(directive, fragment)?;
                self.check_depth(blocks, at)?;
                blocks.open_if(condition, at, around);
                let own_line = lines.end(end, &around, Removes::Always) > end;
                let indent = fragment.slice(around.before);
                blocks.layout.open(indent, true, own_line);
            }
            Kind::ElseIf => {
                let condition = self.condition(directive, fragment)?;
                blocks
                    .else_if(condition, at)
                    .map_err(|(kind, at)| self.error(kind, at))?;
                let own_line = lines.end(end, &around, Removes::Always) > end;
                blocks.layout.next_part(own_line);
            }
            Kind::Else => {
                let of_loops = self.rules.syntax != Syntax::V17;
                blocks
                    .else_(at, of_loops)
                    .map_err(|(kind, at)| self.error(kind, at))?;
                let own_line = lines.end(end, &around, Removes::Always) > end;
                blocks.layout.next_part(own_line);
            }
            Kind::EndBlock => self.end(directive, fragment, blocks, lines)?,
            Kind::Foreach => {
                self.foreach(directive, fragment, blocks, around)?;
                Self::opened(directive, &around, fragment, blocks, lines);
            }
            Kind::Define => {
                let variable = directive.only_child().only_child();
                let slot = match variable.kind() {
                    Kind::Reference => {
                        let reference = self.reference(variable, fragment)?;
                        // Velocity 1.7 defines `$x` for `$x.y`, too.
                        let bare = match self.rules.syntax {
                            Syntax::V17 => has_bare_name(variable),
                            _ => is_bare(variable, &reference),
                        };
                        bare.then_some(reference.slot)
                    }
                    _ => None,
                };
                self.check_depth(blocks, at)?;
                blocks.open_apart(Apart::Define(slot), "#define", at, around);
                Self::opened(directive, &around, fragment, blocks, lines);
            }
            Kind::Macro => {
                let signature = self.signature(directive.only_child(), fragment)?;
                self.check_depth(blocks, at)?;
                blocks.open_apart(Apart::Macro(signature), "#macro", at, around);
                Self::opened(directive, &around, fragment, blocks, lines);
            }
            Kind::LiteralBlock => {
                self.check_depth(blocks, at)?;
                let kind = Apart::Verbatim {
                    from: fragment.span(directive).end,
                    with_end: false,
                };
                blocks.open_apart(kind, "#literal", at, around);
            }
            Kind::BlockCall => {
                self.block_call(directive, fragment, blocks, around)?;
                Self::opened(directive, &around, fragment, blocks, lines);
            }
            Kind::Break => {
                blocks.emit(Op::Break(self.break_to(directive, fragment)?), at);
                blocks.layout.directive(fragment.slice(around.before));
                Self::line(directive, &around, lines);
            }
            Kind::Stop => {
                blocks.emit(Op::Stop, at);
                blocks.layout.directive(fragment.slice(around.before));
                Self::line(directive, &around, lines);
            }
            Kind::DirectiveCall => self.call(directive, fragment, blocks, lines, around)?,
            kind => unreachable!("{kind:?} is not an item"),
        }
        Ok(())
    }

    /// Goes on behind what opens a block that is not `#if`.
    fn opened(
        directive: Node<'_>,
        around: &Around,
        fragment: &Fragment<'_>,
        blocks: &mut Blocks,
        lines: &mut Lines<'_>,
    ) {
        let end = directive.end();
        let own_line = lines.end(end, around, Removes::Always) > end;
        lines.in_mid_line(end);
        blocks
            .layout
            .open(fragment.slice(around.before), false, own_line);
    }

    /// Goes on behind a directive without a block, and says where what it removed ends.
    fn line(directive: Node<'_>, around: &Around, lines: &mut Lines<'_>) -> u32 {
        let parentheses = directive
            .children()
            .any(|child| child.kind() == Kind::WordArguments);
        let removes = Removes::FromLineStartOrParentheses(parentheses);
        let end = lines.end(directive.end(), around, removes);
        lines.in_mid_line(directive.end());
        end
    }

    fn set(
        &mut self,
        directive: Node<'_>,
        fragment: &Fragment<'_>,
        blocks: &mut Blocks,
    ) -> Result<(), ParseError> {
        let [left, right] = directive.only_child().first_children();
        let target = self.reference(left, fragment)?;
        let value = fold(self.expression(right, fragment)?);
        let op = if target.steps.is_empty() {
            // Velocity 1.7 evaluates an assignment to `$!x` or `${x}`, but nothing comes of it.
            let ignored = self.rules.syntax == Syntax::V17 && !is_bare(left, &target);
            let slot = match ignored {
                true => self.names.variable(left.text()),
                false => target.slot,
            };
            Op::SetVariable { slot, value }
        } else {
            Op::SetMember {
                target: Box::new(target),
                value,
            }
        };
        blocks.emit(op, fragment.place_of(directive));
        Ok(())
    }

    fn condition(
        &mut self,
        directive: Node<'_>,
        fragment: &Fragment<'_>,
    ) -> Result<Expr, ParseError> {
        self.expression(directive.only_child().only_child(), fragment)
    }

    fn foreach(
        &mut self,
        directive: Node<'_>,
        fragment: &Fragment<'_>,
        blocks: &mut Blocks,
        around: Around,
    ) -> Result<(), ParseError> {
        let at = fragment.place_of(directive);
        let mut parts = directive.only_child().children();
        let variable = parts.next().expect("the grammar has a variable here");
        let variable = self.reference(variable, fragment)?.slot;
        if self.is_foreach(variable) {
            return Err(self.error(ParseErrorKind::ReservedVariable, at));
        }
        let mut parts = parts.filter(|part| part.kind() != Kind::Close);
        // Behind the variable stands a word, which need not be `in`.
        let word = parts.next();
        let is_word = |part: Node<'_>| part.kind() == Kind::Word;
        let complete = match self.rules.syntax {
            // Anything will do there, and words nowhere else.
            Syntax::V17 => word.is_some() && !parts.clone().any(is_word),
            _ => word.is_some_and(is_word) && parts.clone().next().is_some(),
        };
        let collection = parts.next();
        if !complete {
            let expected = "($variable in collection)".to_owned();
            return Err(self.error(ParseErrorKind::Unexpected { expected }, at));
        }
        // Nobody asks what it is worth, but it may be broken.
        if let Some(word) = word.filter(|word| !is_word(*word)) {
            self.expression(word, fragment)?;
        }
        let collection = match collection {
            Some(collection) => self.expression(collection, fragment)?,
            None => Expr::Null,
        };
        // Velocity 1.7 takes what stands behind for the block.
        let instead = parts.next().filter(|_| self.rules.syntax == Syntax::V17);
        self.check_depth(blocks, at)?;
        blocks.open_foreach(variable, collection, at, around);
        if let Some(instead) = instead {
            if instead.kind() == Kind::Reference {
                let reference = self.reference(instead, fragment)?;
                blocks.emit(Op::Print(reference), at);
            }
            blocks.replace_block();
        }
        Ok(())
    }

    /// Name and parameters of a `#macro`; none if nothing can call it.
    fn signature(
        &mut self,
        signature: Node<'_>,
        fragment: &Fragment<'_>,
    ) -> Result<Option<Signature>, ParseError> {
        let mut parts = signature.children();
        let name = parts.next().expect("a signature begins with a name").text();
        let mut parameters = Vec::new();
        let mut defaults = false;
        for parameter in parts.filter(|part| part.kind() == Kind::Parameter) {
            let mut inner = parameter.children();
            let variable = inner.next().expect("a parameter has a name");
            let slot = match variable.kind() {
                Kind::Reference => self.reference(variable, fragment)?.slot,
                // Velocity 1.7 takes anything here, though nothing can name it.
                _ => self.names.variable(variable.text()),
            };
            let default = inner
                .next()
                .map(|default| self.expression(default, fragment))
                .transpose()?;
            if defaults && default.is_none() {
                let at = fragment.place_of(parameter);
                return Err(self.error(ParseErrorKind::DefaultMissing, at));
            }
            defaults |= default.is_some();
            // Velocity binds `$x.y` as `$x`, and `$!x` and `${x}` not at all.
            let name = variable.text().strip_prefix('$').unwrap_or_default();
            let bound = name.starts_with(|c: char| c != '!' && c != '{');
            let slot = match bound {
                true => slot,
                false => self.names.variable(variable.text()),
            };
            parameters.push(Parameter { slot, default });
        }
        self.escapable.insert(name.to_owned());
        if !self.rules.macros || DIRECTIVES.contains(&name) {
            return Ok(None);
        }
        Ok(Some((self.names.macro_(name), parameters.into())))
    }

    fn block_call(
        &mut self,
        directive: Node<'_>,
        fragment: &Fragment<'_>,
        blocks: &mut Blocks,
        around: Around,
    ) -> Result<(), ParseError> {
        let at = fragment.place_of(directive);
        self.check_depth(blocks, at)?;
        let arguments = self.macro_arguments(directive, fragment)?;
        let start = around.before.0;
        let kind = if self.rules.macros {
            let name = directive_word(directive).trim_matches(['#', '{', '}']);
            let name = name.strip_prefix('@').unwrap_or(name);
            Apart::Call {
                name: self.names.macro_(name),
                arguments,
                start,
            }
        } else {
            // Without macros, the call of one with a body prints as it stands.
            Apart::Verbatim {
                from: fragment.part(start, start).start,
                with_end: true,
            }
        };
        blocks.open_apart(kind, "#@", at, around);
        Ok(())
    }

    fn end(
        &mut self,
        directive: Node<'_>,
        fragment: &Fragment<'_>,
        blocks: &mut Blocks,
        lines: &mut Lines<'_>,
    ) -> Result<(), ParseError> {
        let at = fragment.place_of(directive);
        let span = fragment.span(directive);
        let opening = blocks.around();
        let ended = blocks.end(at).map_err(|(kind, at)| self.error(kind, at))?;
        let end = match opening {
            Some(opening) => lines.end(directive.end(), &opening, Removes::FromLineStart),
            None => directive.end(),
        };
        lines.in_mid_line(directive.end());
        let Some((kind, body)) = ended else {
            // An `#if` must end its line too.
            let own_lines = match opening {
                Some(opening) if !opening.is_if => !opening.hugged,
                _ => end > directive.end(),
            };
            self.close_layout(blocks, None, own_lines);
            return Ok(());
        };
        let body = self.add_body(body);
        self.close_layout(blocks, Some(body), opening.is_some_and(|it| !it.hugged));
        match kind {
            Apart::Define(slot) => {
                if let Some(slot) = slot {
                    blocks.emit(Op::Define { slot, body }, at);
                }
            }
            Apart::Macro(signature) => {
                if let Some((name, parameters)) = signature {
                    self.macros.push(Macro {
                        name,
                        parameters,
                        body,
                    });
                }
            }
            Apart::Call {
                name,
                arguments,
                start,
            } => {
                let call = self.add_call(Call {
                    name,
                    arguments,
                    body: Some(body),
                    literal: fragment.part(start, end),
                });
                blocks.emit(Op::Call(call), at);
            }
            Apart::Verbatim { from, with_end } => {
                let end = if with_end { span.end } else { span.start };
                blocks.text(Span { start: from, end }, at);
            }
        }
        Ok(())
    }

    /// A directive by a name that the grammar does not know.
    fn call(
        &mut self,
        directive: Node<'_>,
        fragment: &Fragment<'_>,
        blocks: &mut Blocks,
        lines: &mut Lines<'_>,
        around: Around,
    ) -> Result<(), ParseError> {
        let at = fragment.place_of(directive);
        let name = directive_name(directive_word(directive), self.rules.syntax);
        blocks.layout.directive(fragment.slice(around.before));
        if self.rules.loads && matches!(name, "evaluate" | "parse" | "include") {
            self.name_loop_variables();
            let op = self.loading(name, directive, fragment)?;
            blocks.emit(op, at);
            match name {
                "evaluate" => _ = Self::line(directive, &around, lines),
                _ => {
                    lines.end(directive.end(), &around, Removes::Always);
                    lines.in_mid_line(directive.end());
                }
            }
            return Ok(());
        }
        let end = Self::line(directive, &around, lines);
        let literal = fragment.part(around.before.0, end);
        let arguments = self.macro_arguments(directive, fragment)?;
        if !self.rules.macros {
            blocks.text(literal, at);
            return Ok(());
        }
        let name = self.names.macro_(name);
        let call = self.add_call(Call {
            name,
            arguments,
            body: None,
            literal,
        });
        blocks.emit(Op::Call(call), at);
        Ok(())
    }

    /// `#evaluate`, `#parse` or `#include`.
    fn loading(
        &mut self,
        name: &str,
        directive: Node<'_>,
        fragment: &Fragment<'_>,
    ) -> Result<Op, ParseError> {
        let arguments = arguments(directive);
        let at = fragment.place_of(directive);
        let wrong = |expected: &str| ParseErrorKind::Unexpected {
            expected: expected.to_owned(),
        };
        if name == "include" {
            let names = arguments
                .map(|argument| match argument.kind() {
                    Kind::Reference | Kind::SingleQuoted | Kind::DoubleQuoted => {
                        self.expression(argument, fragment)
                    }
                    // No file has such a name, but only a render finds out.
                    _ => Ok(Expr::Bool(false)),
                })
                .collect::<Result<_, _>>()?;
            return Ok(Op::Include(names));
        }
        let mut arguments = arguments;
        let Some(argument) = arguments.next() else {
            return Err(self.error(wrong("(one argument)"), at));
        };
        let alone = arguments.next().is_none();
        if name == "evaluate" {
            let fits = matches!(
                argument.kind(),
                Kind::Reference | Kind::SingleQuoted | Kind::DoubleQuoted
            );
            if !fits || !alone {
                return Err(self.error(wrong("(one string or reference)"), at));
            }
            return Ok(Op::Evaluate(self.expression(argument, fragment)?));
        }
        if !alone && self.rules.syntax != Syntax::V17 {
            return Err(self.error(wrong("(one argument)"), at));
        }
        Ok(Op::Parse(self.expression(argument, fragment)?))
    }

    fn macro_arguments(
        &mut self,
        directive: Node<'_>,
        fragment: &Fragment<'_>,
    ) -> Result<Box<[Argument]>, ParseError> {
        self.deeper(fragment.place_of(directive), |compiler| {
            arguments(directive)
                .map(|argument| {
                    Ok(Argument {
                        value: compiler.expression(argument, fragment)?,
                        source: fragment.span(argument),
                    })
                })
                .collect()
        })
    }

    fn break_to(
        &mut self,
        directive: Node<'_>,
        fragment: &Fragment<'_>,
    ) -> Result<BreakTo, ParseError> {
        let Some(argument) = arguments(directive).next() else {
            return Ok(BreakTo::Innermost);
        };
        if argument.kind() != Kind::Reference {
            return Ok(BreakTo::Nothing);
        }
        let reference = self.reference(argument, fragment)?;
        if !self.is_foreach(reference.slot) {
            return Ok(BreakTo::Nothing);
        }
        let mut loops = 1;
        for step in &reference.steps {
            match step {
                Step::Property(property) => match &*property.name {
                    "parent" => loops += 1,
                    "topmost" => return Ok(BreakTo::Outermost),
                    _ => return Ok(BreakTo::Nothing),
                },
                _ => return Ok(BreakTo::Nothing),
            }
        }
        Ok(BreakTo::Loop(loops))
    }

    fn is_foreach(&self, slot: Slot) -> bool {
        let name = self.names.variables.get_index(slot.0 as usize);
        name.is_some_and(|name| &**name == "foreach")
    }

    /// Gives the variables of loops their slots, for what is compiled only while a loop runs.
    fn name_loop_variables(&mut self) {
        for name in ["foreach", "velocityCount", "velocityHasNext"] {
            self.names.variable(name);
        }
    }

    fn check_depth(&self, blocks: &Blocks, at: u32) -> Result<(), ParseError> {
        let limit = self.limits.nesting;
        if self.depth + blocks.depth() >= limit {
            return Err(self.error(ParseErrorKind::TooDeep { limit }, at));
        }
        Ok(())
    }
}

/// `#name` as written.
fn directive_word(directive: Node<'_>) -> &str {
    let text = directive.text();
    let is_part = |c: char| c.is_ascii_alphanumeric() || "_#@{}".contains(c);
    &text[..text.find(|c| !is_part(c)).unwrap_or(text.len())]
}

/// The arguments of a directive.
fn arguments(directive: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    let arguments = directive
        .children()
        .find(|child| child.kind() == Kind::WordArguments);
    let arguments = arguments.into_iter().flat_map(Node::children);
    arguments.filter(|argument| argument.kind() != Kind::Close)
}

/// Whether a reference is a `$name` and no more.
fn is_bare(node: Node<'_>, reference: &Reference) -> bool {
    reference.steps.is_empty() && has_bare_name(node)
}

/// Whether the name of a reference follows its `$`.
fn has_bare_name(reference: Node<'_>) -> bool {
    !reference.text()[1..].starts_with(['!', '{'])
}
