//! The items of a template that print: text, escapes and references.

use crate::error::{ParseError, ParseErrorKind};
use crate::parse::{Children, Kind, Node};
use crate::profile::Syntax;
use crate::program::{Op, Span};

use super::Compiler;
use super::blocks::Blocks;
use super::fragment::Fragment;
use super::lines::Lines;

/// Directives: a backslash escapes them, and no macro can have their names.
pub(super) const DIRECTIVES: [&str; 13] = [
    "set", "if", "elseif", "else", "end", "foreach", "break", "stop", "define", "macro", "include",
    "parse", "evaluate",
];

impl Compiler<'_> {
    pub(super) fn item(
        &mut self,
        item: Node<'_>,
        following: Children<'_>,
        fragment: &Fragment<'_>,
        blocks: &mut Blocks,
        lines: &mut Lines<'_>,
    ) -> Result<(), ParseError> {
        let at = fragment.place_of(item);
        let span = fragment.span(item);
        match item.kind() {
            Kind::Text => {
                let (start, end) = lines.text(item, following);
                blocks.laid_out_text(fragment.part(start, end), fragment.place(start));
                return Ok(());
            }
            Kind::Stray => {
                self.refuse_lone_sigil(item, fragment)?;
                if lines.loses(item, following) {
                    return Ok(());
                }
                blocks.laid_out_text(span, at);
            }
            Kind::LiteralText => blocks.text(fragment.span(item.only_child()), at),
            Kind::EscapedReference => {
                self.refuse_lone_sigil(item, fragment)?;
                let length = |kind| {
                    let part = item.children().find(|part| part.kind() == kind);
                    part.map_or(0, |part| part.text().len() as u32)
                };
                let node = item.children().find(|it| it.kind() == Kind::Reference);
                let node = node.expect("the grammar has a reference here");
                let op = Op::PrintEscaped {
                    reference: self.reference(node, fragment)?,
                    backslashes: length(Kind::Backslashes),
                    dollars: length(Kind::Dollars),
                };
                Self::printed(op, fragment.span(node), fragment.place_of(node), blocks);
            }
            Kind::EscapedDirective => {
                let [slashes, word] = item.first_children();
                let printed = match self.is_directive(word.text()) {
                    true => halve(slashes, span),
                    false => span.start,
                };
                let printed = Span {
                    start: printed,
                    end: span.end,
                };
                blocks.text(printed, at);
            }
            Kind::DoubledBackslashes => {
                let word = &fragment.text[item.end() as usize..];
                // `#set(` is one token in Velocity, which its escapes do not know.
                let halved =
                    self.is_directive(word) && directive_name(word, self.rules.syntax) != "set";
                let start = if halved {
                    halve(item, span)
                } else {
                    span.start
                };
                blocks.text(Span { start, ..span }, at);
            }
            Kind::Reference => {
                self.refuse_lone_sigil(item, fragment)?;
                let op = Op::Print(self.reference(item, fragment)?);
                Self::printed(op, span, at, blocks);
            }
            // A bang that makes nothing quiet is swallowed.
            Kind::IdleBang => {
                self.refuse_lone_sigil(item, fragment)?;
                let end = span.start + 1;
                blocks.text(Span { end, ..span }, at);
            }
            Kind::MutedReference => self.muted_reference(item, fragment, blocks),
            Kind::Comment => self.refuse_lone_sigil(item, fragment)?,
            Kind::Lost | Kind::End => {}
            _ => return self.directive(item, fragment, blocks, lines),
        }
        lines.pass(item, following);
        Ok(())
    }

    /// Prints a reference that stands at `span`, and the text that the grammar took along with it.
    fn printed(op: Op, span: Span, at: u32, blocks: &mut Blocks) {
        let end = match &op {
            Op::Print(reference) | Op::PrintEscaped { reference, .. } => reference.source.end,
            _ => span.end,
        };
        blocks.emit(op, at);
        blocks.text(Span { start: end, ..span }, at);
    }

    /// `$\!name`, which Velocity takes for a reference that is null and prints without the last
    /// backslash.
    fn muted_reference(&self, item: Node<'_>, fragment: &Fragment<'_>, blocks: &mut Blocks) {
        if self.rules.null_is_empty {
            return;
        }
        let at = fragment.place_of(item);
        let bang = item.text().find('!').unwrap_or_default() as u32 + item.start();
        blocks.text(fragment.part(item.start(), bang - 1), at);
        blocks.text(fragment.part(bang, item.end()), at);
    }

    /// Velocity 1.7 cannot end a template inside a `$`, `$!` or `#`, not even in a line comment or
    /// behind a property.
    fn refuse_lone_sigil(&self, item: Node<'_>, fragment: &Fragment<'_>) -> Result<(), ParseError> {
        let text = item.text();
        if text.starts_with("#*") {
            return Ok(());
        }
        let sigil = match text.strip_prefix("##").unwrap_or(text).as_bytes() {
            [.., b'$'] | [.., b'$', b'!'] => '$',
            [.., b'#'] => '#',
            _ => return Ok(()),
        };
        let last = item.end() as usize == fragment.text.len();
        if last && fragment.is_cut_off && self.rules.syntax == Syntax::V17 {
            let at = fragment.place(item.end());
            return Err(self.error(ParseErrorKind::LoneSigil { sigil }, at));
        }
        Ok(())
    }

    /// Whether `#word` names a directive, or a macro defined before it.
    fn is_directive(&self, word: &str) -> bool {
        let name = directive_name(word, self.rules.syntax);
        let literal = name == "literal" && self.rules.syntax == Syntax::V17;
        literal || DIRECTIVES.contains(&name) || self.escapable.contains(name)
    }
}

/// The name in a text that begins with `#name` or `#{name}`.
pub(super) fn directive_name(text: &str, syntax: Syntax) -> &str {
    let name = text.trim_start_matches(['#', '{']);
    let at = syntax == Syntax::V17;
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || at && c == '@';
    &name[..name.find(|c| !is_part(c)).unwrap_or(name.len())]
}

/// Where what is printed of a run of backslashes begins, which is every second one. The printed
/// ones are the last of the run, so that text can follow them.
fn halve(slashes: Node<'_>, span: Span) -> u32 {
    let count = slashes.text().len() as u32;
    span.start + count - count / 2
}
