//! The items of a template: text, references and directives.

use crate::error::{ParseError, ParseErrorKind};
use crate::parse::{Node, Rule};
use crate::program::{Expr, Op, Span};

use super::Compiler;
use super::blocks::{Apart, Blocks, Ended};
use super::fragment::Fragment;

/// Directives a backslash escapes, beside the macros of the template.
const DIRECTIVES: [&str; 13] = [
    "set", "if", "elseif", "else", "end", "foreach", "break", "stop", "define", "macro", "literal",
    "include", "parse",
];

impl Compiler<'_> {
    pub(super) fn item(
        &mut self,
        item: &Node<'_>,
        fragment: &Fragment<'_>,
        blocks: &mut Blocks,
    ) -> Result<(), ParseError> {
        let at = fragment.place_of(item);
        let span = fragment.span(item);
        match item.as_rule() {
            Rule::text => blocks.text(span, at),
            Rule::stray => {
                self.refuse_lone_sigil(item, fragment)?;
                blocks.text(span, at);
            }
            Rule::literal_text => blocks.text(fragment.span(&only_child(item)), at),
            Rule::escaped_reference => {
                let [slashes, reference] = children(item);
                let (printed, escaped) = halve(&slashes, span);
                if escaped {
                    blocks.text(
                        Span {
                            start: printed.start,
                            end: span.end,
                        },
                        at,
                    );
                } else {
                    blocks.text(printed, at);
                    self.printed_reference(reference, fragment, blocks)?;
                }
            }
            Rule::escaped_directive => {
                let [slashes, word] = children(item);
                let printed = match self.is_directive(word.as_str()) {
                    true => halve(&slashes, span).0,
                    false => span,
                };
                blocks.text(
                    Span {
                        start: printed.start,
                        end: span.end,
                    },
                    at,
                );
            }
            Rule::doubled_backslashes => {
                let word = &fragment.text[item.as_span().end()..];
                // `#set(` is one token in Velocity 1.7, which its escapes do not know.
                let halved = self.is_directive(word) && directive_name(word) != "set";
                blocks.text(if halved { halve(item, span).0 } else { span }, at);
            }
            Rule::reference => self.printed_reference(item.clone(), fragment, blocks)?,
            // A bang that makes nothing quiet is swallowed.
            Rule::idle_bang => blocks.text(
                Span {
                    end: span.start + 1,
                    ..span
                },
                at,
            ),
            // A comment prints nothing, and neither does `$\!a`, which Velocity takes for a
            // reference that is null.
            Rule::line_comment | Rule::block_comment | Rule::muted_reference | Rule::EOI => {}
            _ => self.directive(item, fragment, blocks)?,
        }
        Ok(())
    }

    fn printed_reference(
        &mut self,
        node: Node<'_>,
        fragment: &Fragment<'_>,
        blocks: &mut Blocks,
    ) -> Result<(), ParseError> {
        let end = fragment.span(&node).end;
        let reference = self.reference(node, fragment)?;
        let (at, behind) = (
            reference.at,
            Span {
                start: reference.source.end,
                end,
            },
        );
        blocks.emit(Op::Print(reference), at);
        blocks.text(behind, at);
        Ok(())
    }

    fn directive(
        &mut self,
        directive: &Node<'_>,
        fragment: &Fragment<'_>,
        blocks: &mut Blocks,
    ) -> Result<(), ParseError> {
        let at = fragment.place_of(directive);
        let span = fragment.span(directive);
        match directive.as_rule() {
            Rule::set => {
                let [target, value] = children(&only_child(directive));
                let bare = !target.as_str().starts_with("$!") && !target.as_str().starts_with("${");
                let target = self.reference(target, fragment)?;
                let value = self.expression(value, fragment)?;
                let op = if target.steps.is_empty() {
                    // Velocity 1.7 ignores an assignment to `$!x` and `${x}`.
                    if !bare {
                        return Ok(());
                    }
                    Op::SetVariable {
                        slot: target.slot,
                        value,
                    }
                } else {
                    Op::SetMember {
                        target: Box::new(target),
                        value,
                    }
                };
                blocks.emit(op, at);
            }
            Rule::if_ => {
                let condition = self.condition(directive, fragment)?;
                self.check_depth(blocks, at)?;
                blocks.open_if(condition, at);
            }
            Rule::elseif => {
                let condition = self.condition(directive, fragment)?;
                blocks
                    .else_if(condition, at)
                    .map_err(|(kind, at)| self.error(kind, at))?;
            }
            Rule::else_ => blocks
                .else_(at)
                .map_err(|(kind, at)| self.error(kind, at))?,
            Rule::end => match blocks.end(at).map_err(|(kind, at)| self.error(kind, at))? {
                Ended::Inline | Ended::Macro => {}
                Ended::Define { slot, body } => {
                    let body = self.add_body(body);
                    blocks.emit(Op::Define { slot, body }, at);
                }
                Ended::Verbatim { from, with_end } => {
                    let end = if with_end { span.end } else { span.start };
                    blocks.text(Span { start: from, end }, at);
                }
            },
            Rule::foreach => {
                let mut parts = only_child(directive).into_inner();
                let variable = parts
                    .next()
                    .map(|variable| self.reference(variable, fragment));
                let variable = variable.expect("the grammar has a variable here")?.slot;
                if Some(&variable) == self.slots.get("foreach") {
                    return Err(self.error(ParseErrorKind::ReservedVariable, at));
                }
                // Behind the variable stands a word, which need not be `in`.
                let collection = match parts.find(|part| is_operand(part)) {
                    Some(collection) => self.expression(collection, fragment)?,
                    None => Expr::Null,
                };
                self.check_depth(blocks, at)?;
                blocks.open_foreach(variable, collection, at);
            }
            Rule::break_ => {
                let levels = directive.as_str().matches(".parent").count() as u32 + 1;
                blocks.emit(Op::Break { levels }, at);
            }
            Rule::stop => {
                blocks.emit(Op::Stop, at);
            }
            Rule::define => {
                let variable = only_child(&only_child(directive));
                let slot = self.reference(variable, fragment)?.slot;
                self.check_depth(blocks, at)?;
                blocks.open_apart(Apart::Define(slot), "#define", at);
            }
            Rule::macro_ => {
                let name = only_child(directive).into_inner().next();
                self.macros
                    .extend(name.map(|name| name.as_str().to_owned()));
                self.check_depth(blocks, at)?;
                blocks.open_apart(Apart::Macro, "#macro", at);
            }
            Rule::literal_block => {
                self.check_depth(blocks, at)?;
                let kind = Apart::Verbatim {
                    from: span.end,
                    with_end: false,
                };
                blocks.open_apart(kind, "#literal", at);
            }
            // Without macros, the call of one with a body prints as it stands.
            Rule::macro_block => {
                self.check_depth(blocks, at)?;
                let kind = Apart::Verbatim {
                    from: span.start,
                    with_end: true,
                };
                blocks.open_apart(kind, "#@", at);
            }
            Rule::unknown => blocks.text(span, at),
            rule => unreachable!("{rule:?} is not an item"),
        }
        Ok(())
    }

    fn condition(
        &mut self,
        directive: &Node<'_>,
        fragment: &Fragment<'_>,
    ) -> Result<Expr, ParseError> {
        let condition = only_child(directive);
        self.expression(only_child(&condition), fragment)
    }

    /// Velocity 1.7 cannot end a template inside a `$`, `$!` or `#`.
    fn refuse_lone_sigil(
        &self,
        stray: &Node<'_>,
        fragment: &Fragment<'_>,
    ) -> Result<(), ParseError> {
        let sigil = match stray.as_str() {
            "$" => '$',
            "#" => '#',
            _ => return Ok(()),
        };
        let end = stray.as_span().end();
        let rest = &fragment.text[end..];
        if fragment.whole && (rest.is_empty() || sigil == '$' && rest == "!") {
            return Err(self.error(ParseErrorKind::LoneSigil { sigil }, fragment.place(end)));
        }
        Ok(())
    }

    /// Whether `#word` names a directive or a macro.
    fn is_directive(&self, word: &str) -> bool {
        let name = directive_name(word);
        DIRECTIVES.contains(&name) || self.macros.contains(name)
    }

    fn check_depth(&self, blocks: &Blocks, at: u32) -> Result<(), ParseError> {
        let limit = self.limits.nesting;
        if self.depth + blocks.depth() >= limit {
            return Err(self.error(ParseErrorKind::TooDeep { limit }, at));
        }
        Ok(())
    }
}

/// The name in a text that begins with `#name` or `#{name}`.
fn directive_name(text: &str) -> &str {
    let name = text.trim_start_matches(['#', '{']);
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    &name[..name.find(|c| !is_part(c)).unwrap_or(name.len())]
}

/// What is printed of a run of backslashes, every second one, and whether one is left over, which
/// escapes what follows. The printed ones are the last of the run, so that text can follow them.
fn halve(slashes: &Node<'_>, span: Span) -> (Span, bool) {
    let count = slashes.as_str().len() as u32;
    let end = span.start + count;
    (
        Span {
            start: end - count / 2,
            end,
        },
        count % 2 == 1,
    )
}

fn is_operand(part: &Node<'_>) -> bool {
    !matches!(part.as_rule(), Rule::bare_word | Rule::close)
}

fn only_child<'s>(node: &Node<'s>) -> Node<'s> {
    let child = node.clone().into_inner().next();
    child.expect("the grammar gives this node a child")
}

/// The first children of a node.
fn children<'s, const N: usize>(node: &Node<'s>) -> [Node<'s>; N] {
    let mut inner = node.clone().into_inner();
    std::array::from_fn(|_| {
        inner
            .next()
            .expect("the grammar gives this node enough children")
    })
}
