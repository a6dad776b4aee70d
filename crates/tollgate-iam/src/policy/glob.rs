//! Texts with wildcards, matched without recursion.

use super::context::RequestContext;
use super::template::{Piece, Variable};

/// A pattern of literals, wildcards and variables.
///
/// A match takes at most (length of the text) × (length of the pattern) steps, but for the stars of
/// [`Reach::WithinPart`], which add one more factor, the length of a part.
#[derive(Clone, Debug)]
pub(super) struct Glob {
    tokens: Box<[Token]>,
    case: Case,
    has_variables: bool,
}

#[derive(Clone, Debug)]
pub(super) enum Token {
    /// Characters as they are.
    Literal(Box<str>),
    /// The value of a variable, its wildcards being literal.
    Variable(Variable),
    /// One character.
    One(Reach),
    /// Any run of characters.
    Star(Reach),
}

/// What a wildcard may stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// Any character.
    Anything,
    /// Any character but a colon.
    WithinPart,
}

/// Whether upper and lower case of ASCII letters differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Case {
    Sensitive,
    Ignored,
}

impl Glob {
    /// A pattern whose wildcards reach anything.
    pub(super) fn new(pieces: Vec<Piece>, case: Case) -> Self {
        let tokens = pieces
            .into_iter()
            .map(|piece| Token::new(piece, Reach::Anything));
        Self::from_tokens(tokens.collect(), case)
    }

    /// A pattern of these tokens.
    pub(super) fn from_tokens(tokens: Vec<Token>, case: Case) -> Self {
        Self {
            has_variables: tokens.iter().any(|it| matches!(it, Token::Variable(_))),
            tokens: tokens.into(),
            case,
        }
    }

    /// Whether the pattern covers the whole text; `None` if a variable has no value.
    pub(super) fn matches(&self, text: &str, context: &dyn RequestContext) -> Option<bool> {
        let unresolved = |token: &Token| match token {
            Token::Variable(variable) => variable.resolve(context).is_none(),
            Token::Literal(_) | Token::One(_) | Token::Star(_) => false,
        };
        if self.has_variables && self.tokens.iter().any(unresolved) {
            return None;
        }
        Some(self.covers(text, context))
    }

    /// Goes over pattern and text side by side. Where they part, the last star takes one character
    /// more. A star that must not take a colon gives way to the last one before it that may: a
    /// text between colons that does not fit is not mended by moving earlier stars of that part.
    fn covers(&self, text: &str, context: &dyn RequestContext) -> bool {
        let mut far: Option<Retry> = None;
        let mut near: Option<Retry> = None;
        let mut token = 0;
        let mut at = 0;
        loop {
            let rest = &text[at..];
            let step = match self.tokens.get(token) {
                None if rest.is_empty() => return true,
                None => None,
                Some(Token::Star(Reach::Anything)) => {
                    if token + 1 == self.tokens.len() {
                        return true;
                    }
                    far = Some(self.retry(token + 1, at));
                    near = None;
                    Some(0)
                }
                Some(Token::Star(Reach::WithinPart)) => {
                    near = Some(self.retry(token + 1, at));
                    Some(0)
                }
                Some(Token::One(reach)) => reach.step(rest),
                Some(Token::Literal(literal)) => self.step(rest, literal),
                Some(Token::Variable(variable)) => variable
                    .resolve(context)
                    .and_then(|value| self.step(rest, value)),
            };
            if let Some(length) = step {
                token += 1;
                at += length;
                continue;
            }
            if let Some(retry) = &mut near {
                if retry.take_one(text, Reach::WithinPart) {
                    (token, at) = (retry.token, retry.at);
                    continue;
                }
                near = None;
            }
            let Some(retry) = &mut far else {
                return false;
            };
            if !retry.take_one(text, Reach::Anything) {
                return false;
            }
            (token, at) = (retry.token, retry.at);
        }
    }

    /// To go on at this token and place, and later further right.
    fn retry(&self, token: usize, at: usize) -> Retry {
        let first = match self.tokens.get(token) {
            Some(Token::Literal(literal)) if self.case == Case::Sensitive => {
                literal.as_bytes().first().copied()
            }
            _ => None,
        };
        Retry { token, at, first }
    }

    /// The length of the literal, if the text begins with it.
    fn step(&self, text: &str, literal: &str) -> Option<usize> {
        let head = text.as_bytes().get(..literal.len())?;
        let begins = match self.case {
            Case::Sensitive => head == literal.as_bytes(),
            Case::Ignored => head.eq_ignore_ascii_case(literal.as_bytes()),
        };
        begins.then_some(literal.len())
    }
}

impl Token {
    /// A piece whose wildcard reaches so far.
    pub(super) fn new(piece: Piece, reach: Reach) -> Self {
        match piece {
            Piece::Literal(literal) => Self::Literal(literal.into()),
            Piece::Variable(variable) => Self::Variable(variable),
            Piece::One => Self::One(reach),
            Piece::Star => Self::Star(reach),
        }
    }
}

impl Reach {
    /// The length of the first character, if a wildcard may stand for it.
    fn step(self, text: &str) -> Option<usize> {
        let c = text.chars().next()?;
        let within = self == Self::Anything || c != ':';
        within.then(|| c.len_utf8())
    }
}

/// Where to go on from, with a star having taken one character more.
struct Retry {
    token: usize,
    at: usize,
    /// The byte that the text must have there, if the pattern says so.
    first: Option<u8>,
}

impl Retry {
    /// Moves on by at least one character; false if the text or the star's reach ends before.
    fn take_one(&mut self, text: &str, reach: Reach) -> bool {
        let Some(step) = reach.step(&text[self.at..]) else {
            return false;
        };
        self.at += step;
        let Some(first) = self.first else {
            return true;
        };
        // A literal begins with the first byte of a character, so that this is a boundary too.
        let mut rest = text.as_bytes()[self.at..].iter();
        let skipped =
            rest.position(|byte| *byte == first || (*byte == b':' && reach == Reach::WithinPart));
        self.at += skipped.unwrap_or(0);
        skipped.is_some()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Case, Glob, Piece};
    use crate::policy::Context;
    use crate::policy::template::{Syntax, pieces};

    const SYNTAX: Syntax = Syntax {
        wildcards: true,
        variables: true,
    };

    fn matches(pattern: &str, text: &str, case: Case) -> bool {
        let glob = Glob::new(pieces(pattern, SYNTAX).unwrap(), case);
        glob.matches(text, &Context::new()).unwrap()
    }

    #[test]
    fn matches_whole_texts() {
        for (pattern, text, expected) in [
            ("", "", true),
            ("", "a", false),
            ("*", "", true),
            ("a", "a", true),
            ("a", "A", false),
            ("a", "ab", false),
            ("a*", "a", true),
            ("*b", "aab", true),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("?", "ß", true),
            ("??", "ß", false),
            ("*ab*ab", "abxab", true),
            ("*ab*ab", "ab", false),
            ("a**c", "ac", true),
            ("[a-z].+", "[a-z].+", true),
            ("[a-z].+", "b.x", false),
            ("${*}", "*", true),
            ("${*}", "a", false),
            ("*${?}", "what?", true),
        ] {
            let actual = matches(pattern, text, Case::Sensitive);
            assert_eq!(actual, expected, "{pattern} on {text}");
        }
        assert!(matches(
            "EXECUTE-API:inv*",
            "execute-api:Invoke",
            Case::Ignored
        ));
    }

    #[test]
    fn takes_its_time_from_lengths_only() {
        let text = "a".repeat(1_600);
        let pattern = "*a".repeat(200) + "b";
        assert!(!matches(&pattern, &text, Case::Sensitive));
    }

    #[test]
    fn takes_a_wildcard_of_a_value_as_it_is() {
        let mut context = Context::new();
        context.set("aws:username", "*");
        let glob = Glob::new(
            pieces("a/${aws:username}/*", SYNTAX).unwrap(),
            Case::Sensitive,
        );
        assert_eq!(glob.matches("a/*/b", &context), Some(true));
        assert_eq!(glob.matches("a/x/b", &context), Some(false));
        assert_eq!(glob.matches("a/x/b", &Context::new()), None);
    }

    /// By recursion over both texts: slow, and written from the definition.
    fn naive(pattern: &[char], text: &[char]) -> bool {
        match pattern.split_first() {
            None => text.is_empty(),
            Some(('*', rest)) => (0..=text.len()).any(|taken| naive(rest, &text[taken..])),
            Some(('?', rest)) => !text.is_empty() && naive(rest, &text[1..]),
            Some((c, rest)) => text.first() == Some(c) && naive(rest, &text[1..]),
        }
    }

    proptest! {
        #[test]
        fn agrees_with_a_naive_matcher(pattern in "[ab*?:]{0,9}", text in "[ab:]{0,10}") {
            let expected = naive(
                &pattern.chars().collect::<Vec<_>>(),
                &text.chars().collect::<Vec<_>>(),
            );
            prop_assert_eq!(matches(&pattern, &text, Case::Sensitive), expected);
        }

        #[test]
        fn never_panics(pattern in ".{0,20}", text in ".{0,20}") {
            if let Ok(pieces) = pieces(&pattern, SYNTAX) {
                let has_variable = pieces.iter().any(|it| matches!(it, Piece::Variable(_)));
                let glob = Glob::new(pieces, Case::Ignored);
                let matched = glob.matches(&text, &Context::new());
                prop_assert!(matched.is_some() || has_variable);
            }
        }
    }
}
