//! The blanks and line ends around directives in Velocity 2.x.
//!
//! Velocity 1.7 leaves all of this to its grammar: a directive swallows the rest of its line if
//! that is blank. 2.x looks at both sides of a directive, as its parser goes: what it calls
//! "after newline" is where it stands at the start of a line, but for what it has removed there.

use crate::parse::{Children, Kind, Node};
use crate::profile::{Rules, SpaceGobbling, Syntax};

use super::blocks::Around;

/// How many sigils in a row are looked past.
const MOST_SIGILS: usize = 16;

/// Follows the lines of one fragment.
pub(super) struct Lines<'f> {
    text: &'f str,
    /// Whether the dialect looks at lines at all.
    dialect_looks: bool,
    gobbling: SpaceGobbling,
    /// Whether the next item stands at the start of a line.
    at_line_start: bool,
    /// Whether the item before is a `$` or `#` that touches what follows.
    hugged: bool,
    /// Blanks that were kept back for the directive that follows.
    before: (u32, u32),
    /// The text up to here belongs to a directive.
    taken: u32,
}

/// When a directive removes the blanks and the line end behind it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Removes {
    /// Wherever it stands, as what opens a block does.
    Always,
    /// If it began a line, or in the backward compatible mode.
    FromLineStart,
    /// If it began a line; in the backward compatible mode, if it has parentheses.
    FromLineStartOrParentheses(bool),
}

impl<'f> Lines<'f> {
    pub(super) fn new(text: &'f str, rules: &Rules) -> Self {
        let gobbling = match rules.syntax {
            Syntax::V17 => SpaceGobbling::None,
            Syntax::V2 | Syntax::V2Hyphens => rules.gobbling,
        };
        Self {
            text,
            dialect_looks: rules.syntax != Syntax::V17,
            gobbling,
            at_line_start: true,
            hugged: false,
            before: (0, 0),
            taken: 0,
        }
    }

    /// What remains of a text item in front of others.
    pub(super) fn text(&mut self, item: Node<'_>, following: Children<'_>) -> (u32, u32) {
        self.hugged = false;
        let start = item.start().max(self.taken);
        let end = item.end();
        if start >= end {
            return (start, start);
        }
        let text = &self.text[start as usize..end as usize];
        let lines = text.trim_end_matches([' ', '\t']);
        let blanks = start + lines.len() as u32;
        let begins_line = match lines {
            "" => self.at_line_start,
            _ => lines.ends_with(['\n', '\r']),
        };
        let next = { following }.next();
        let set = next.is_some_and(|item| item.kind() == Kind::Set);
        if set && lines.is_empty() && self.gobbling == SpaceGobbling::BackwardCompatible {
            return (start, start);
        }
        let (hugged, directive) = sigils_and_directive(following);
        if !directive || !begins_line || blanks == end {
            self.at_line_start = text.ends_with(['\n', '\r']);
            return (start, end);
        }
        self.at_line_start = true;
        let removed = matches!(
            self.gobbling,
            SpaceGobbling::Lines | SpaceGobbling::Structured
        );
        if hugged || !removed {
            return (start, end);
        }
        self.before = (blanks, end);
        (start, blanks)
    }

    /// Whether sigils are lost: what stands between a line's start and the blanks in front of a
    /// directive is.
    pub(super) fn loses(&self, item: Node<'_>, following: Children<'_>) -> bool {
        let blanks = |next: Node<'_>| {
            next.kind() == Kind::Text && next.text().trim_matches([' ', '\t']).is_empty()
        };
        let mut behind = behind_sigils(following);
        self.dialect_looks
            && is_sigil(item)
            && self.at_line_start
            && behind.next().is_some_and(blanks)
            && behind.next().is_some_and(|next| is_directive(next.kind()))
    }

    /// Passes an item that is neither text nor a directive.
    pub(super) fn pass(&mut self, item: Node<'_>, following: Children<'_>) {
        self.hugged = is_sigil(item);
        if !(self.hugged && sigils_and_directive(following).1) {
            let line_comment = item.kind() == Kind::Comment && item.text().starts_with("##");
            self.at_line_start = line_comment && item.text().ends_with(['\n', '\r']);
        }
    }

    /// What stands around a directive that begins at `start`.
    pub(super) fn begin(&mut self, directive: Node<'_>) -> Around {
        let start = directive.start();
        let before = match self.before.1 == start {
            true => self.before,
            false => (start, start),
        };
        Around {
            before,
            line_start: self.at_line_start,
            hugged: std::mem::take(&mut self.hugged),
            is_if: directive.kind() == Kind::If,
        }
    }

    /// Removes the blanks and the line end behind a directive if it is to; where that ends.
    pub(super) fn end(&mut self, end: u32, around: &Around, removes: Removes) -> u32 {
        let compatible = self.gobbling == SpaceGobbling::BackwardCompatible;
        let removes = self.gobbling != SpaceGobbling::None
            && match removes {
                Removes::Always => true,
                Removes::FromLineStart => !around.hugged && (around.line_start || compatible),
                Removes::FromLineStartOrParentheses(parentheses) => {
                    let begins = around.line_start && !compatible;
                    !around.hugged && (begins || compatible && parentheses)
                }
            };
        let line_end = rest_of_line(&self.text[end as usize..]);
        match line_end.filter(|_| removes) {
            Some(length) => {
                self.taken = end + length as u32;
                self.at_line_start = true;
                self.taken
            }
            None => end,
        }
    }

    /// Goes on in mid-line behind a directive, unless it removed its line end.
    pub(super) fn in_mid_line(&mut self, end: u32) {
        if self.taken <= end {
            self.at_line_start = false;
        }
    }
}

/// Length of blanks and one line end, if that is how the text begins.
fn rest_of_line(text: &str) -> Option<usize> {
    let line_end = text.trim_start_matches([' ', '\t']);
    let blanks = text.len() - line_end.len();
    match line_end.as_bytes() {
        [b'\r', b'\n', ..] => Some(blanks + 2),
        [b'\r' | b'\n', ..] => Some(blanks + 1),
        _ => None,
    }
}

/// Whether `$` and `#` without meaning follow, and whether a directive does behind them.
fn sigils_and_directive(following: Children<'_>) -> (bool, bool) {
    let sigils = { following }.next().is_some_and(is_sigil);
    let directive = behind_sigils(following).next();
    let directive = directive.is_some_and(|item| is_directive(item.kind()));
    (sigils, directive)
}

/// What follows behind some sigils.
fn behind_sigils(following: Children<'_>) -> Children<'_> {
    let mut behind = following;
    for _ in 0..MOST_SIGILS {
        let mut next = behind;
        if !next.next().is_some_and(is_sigil) {
            break;
        }
        behind = next;
    }
    behind
}

fn is_sigil(item: Node<'_>) -> bool {
    item.kind() == Kind::Stray && item.text().trim_matches(['$', '#']).is_empty()
}

fn is_directive(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Set
            | Kind::If
            | Kind::ElseIf
            | Kind::Else
            | Kind::EndBlock
            | Kind::Foreach
            | Kind::Break
            | Kind::Stop
            | Kind::Define
            | Kind::Macro
            | Kind::BlockCall
            | Kind::DirectiveCall
    )
}
