//! Texts with policy variables, taken apart once.

use super::context::RequestContext;
use super::error::VariableFault;
use super::key::ConditionKey;

/// A piece of a text: as it is, a wildcard, or a variable.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Piece {
    /// Characters as they are.
    Literal(String),
    /// `?` as written in the policy.
    One,
    /// `*` as written in the policy.
    Star,
    /// `${key}` or `${key, 'default'}`.
    Variable(Variable),
}

/// A policy variable.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Variable {
    key: ConditionKey,
    default: Option<Box<str>>,
}

impl Variable {
    /// Its value in a request: the one value of the key, or the default.
    pub(super) fn resolve<'a>(&'a self, context: &'a dyn RequestContext) -> Option<&'a str> {
        let values = context.values(&self.key);
        if values.is_missing() {
            self.default.as_deref()
        } else {
            values.single()
        }
    }
}

/// Which characters of a text mean more than themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Syntax {
    /// `*` and `?` are wildcards.
    pub(super) wildcards: bool,
    /// `${…}` is a variable, as since version 2012-10-17.
    pub(super) variables: bool,
}

/// Takes a text apart; no two literals stand side by side.
pub(super) fn pieces(text: &str, syntax: Syntax) -> Result<Vec<Piece>, VariableFault> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        match c {
            '*' if syntax.wildcards => {
                pieces.push(Piece::Star);
                rest = &rest[1..];
            }
            '?' if syntax.wildcards => {
                pieces.push(Piece::One);
                rest = &rest[1..];
            }
            '$' if syntax.variables && rest.starts_with("${") => {
                let at = text.len() - rest.len();
                let (piece, behind) = variable(&rest[2..], at)?;
                match piece {
                    Piece::Literal(literal) => push_literal(&mut pieces, &literal),
                    piece => pieces.push(piece),
                }
                rest = behind;
            }
            c => {
                let (literal, behind) = rest.split_at(c.len_utf8());
                push_literal(&mut pieces, literal);
                rest = behind;
            }
        }
    }
    Ok(pieces)
}

/// The variable whose inside begins here, and what follows its brace; `at` is where its `$` stands.
fn variable(inside: &str, at: usize) -> Result<(Piece, &str), VariableFault> {
    for special in ["*", "?", "$"] {
        if let Some(behind) = inside
            .strip_prefix(special)
            .and_then(|it| it.strip_prefix('}'))
        {
            return Ok((Piece::Literal(special.to_owned()), behind));
        }
    }
    let end = inside.find([',', '}']).ok_or(VariableFault::Unclosed(at))?;
    let (key, behind) = inside.split_at(end);
    let key = key.trim();
    if key.is_empty() {
        return Err(VariableFault::NoKey(at));
    }
    let (default, behind) = match behind.strip_prefix(',') {
        None => (None, behind),
        Some(default) => {
            let (default, behind) = default
                .trim_start()
                .strip_prefix('\'')
                .and_then(|default| default.split_once('\''))
                .ok_or(VariableFault::Default(at))?;
            (Some(default.into()), behind.trim_start())
        }
    };
    let behind = behind
        .strip_prefix('}')
        .ok_or(VariableFault::Unclosed(at))?;
    let key = ConditionKey::new(key);
    Ok((Piece::Variable(Variable { key, default }), behind))
}

fn push_literal(pieces: &mut Vec<Piece>, text: &str) {
    if let Some(Piece::Literal(literal)) = pieces.last_mut() {
        literal.push_str(text);
    } else {
        pieces.push(Piece::Literal(text.to_owned()));
    }
}

/// A text without wildcards, compared whole.
#[derive(Clone, Debug)]
pub(super) struct Template {
    pieces: Box<[Piece]>,
}

impl Template {
    /// Takes a text apart in which `*` and `?` are themselves.
    pub(super) fn new(text: &str, variables: bool) -> Result<Self, VariableFault> {
        let syntax = Syntax {
            wildcards: false,
            variables,
        };
        let pieces = pieces(text, syntax)?.into();
        Ok(Self { pieces })
    }

    /// Whether the text, its variables replaced, is this value; `None` if a variable has no value.
    pub(super) fn equals(&self, value: &str, context: &dyn RequestContext) -> Option<bool> {
        let mut rest = Some(value);
        for piece in &self.pieces {
            let piece = text(piece, context)?;
            rest = rest.and_then(|rest| rest.strip_prefix(piece));
        }
        Some(rest == Some(""))
    }

    /// As [`equals`](Self::equals), upper and lower case being the same.
    pub(super) fn equals_ignoring_case(
        &self,
        value: &str,
        context: &dyn RequestContext,
    ) -> Option<bool> {
        if self.pieces.iter().any(|it| text(it, context).is_none()) {
            return None;
        }
        let ours = self.pieces.iter().filter_map(|it| text(it, context));
        let ours = ours.flat_map(str::chars).flat_map(char::to_lowercase);
        let theirs = value.chars().flat_map(char::to_lowercase);
        Some(ours.eq(theirs))
    }
}

/// The text a piece stands for; `None` if it is a variable without a value.
fn text<'a>(piece: &'a Piece, context: &'a dyn RequestContext) -> Option<&'a str> {
    match piece {
        Piece::Literal(literal) => Some(literal),
        Piece::One => Some("?"),
        Piece::Star => Some("*"),
        Piece::Variable(variable) => variable.resolve(context),
    }
}

#[cfg(test)]
mod tests {
    use super::{Piece, Syntax, Template, Variable, VariableFault, pieces};
    use crate::policy::{ConditionKey, Context};

    const ALL: Syntax = Syntax {
        wildcards: true,
        variables: true,
    };

    fn literal(text: &str) -> Piece {
        Piece::Literal(text.to_owned())
    }

    #[test]
    fn takes_texts_apart() {
        let variable = |key: &str, default: Option<&str>| {
            Piece::Variable(Variable {
                key: ConditionKey::new(key),
                default: default.map(Into::into),
            })
        };
        for (text, expected) in [
            ("", vec![]),
            ("a$b", vec![literal("a$b")]),
            ("a*?", vec![literal("a"), Piece::Star, Piece::One]),
            ("a${*}${?}${$}b", vec![literal("a*?$b")]),
            (
                "${AWS:UserName}/*",
                vec![variable("aws:username", None), literal("/"), Piece::Star],
            ),
            (
                "x${aws:userid, 'a}, b'}",
                vec![literal("x"), variable("aws:userid", Some("a}, b"))],
            ),
            ("${k,''}", vec![variable("k", Some(""))]),
        ] {
            assert_eq!(pieces(text, ALL), Ok(expected), "{text}");
        }
    }

    #[test]
    fn says_what_is_wrong_with_a_variable() {
        for (text, expected) in [
            ("ab${aws:username", VariableFault::Unclosed(2)),
            ("${", VariableFault::Unclosed(0)),
            ("${}", VariableFault::NoKey(0)),
            ("${, 'a'}", VariableFault::NoKey(0)),
            ("${k, a}", VariableFault::Default(0)),
            ("${k, 'a}", VariableFault::Default(0)),
            ("${k, 'a' b}", VariableFault::Unclosed(0)),
        ] {
            assert_eq!(pieces(text, ALL), Err(expected), "{text}");
        }
    }

    #[test]
    fn compares_piece_by_piece() {
        let mut context = Context::new();
        context.set("aws:username", "Alice");
        let template = Template::new("home/${aws:username}*", true).unwrap();
        assert_eq!(template.equals("home/Alice*", &context), Some(true));
        assert_eq!(template.equals("home/alice*", &context), Some(false));
        assert_eq!(template.equals("home/Alice", &context), Some(false));
        assert_eq!(template.equals("home/Alice*x", &context), Some(false));
        let folded = template.equals_ignoring_case("HOME/aLICE*", &context);
        assert_eq!(folded, Some(true));
        assert_eq!(template.equals("home/Alice*", &Context::new()), None);
        let folded = template.equals_ignoring_case("home/alice*", &Context::new());
        assert_eq!(folded, None);
    }
}
