//! ARNs as patterns: of resources, and of condition values.

use super::context::RequestContext;
use super::error::{ArnFault, VariableFault};
use super::glob::{Case, Glob, Reach, Token};
use super::template::{Piece, Syntax, pieces};

/// Parts of an ARN: `arn:partition:service:region:account:resource`.
pub(super) const PARTS: usize = 6;
const SERVICE: usize = 2;

/// A `Resource` of a policy.
///
/// A wildcard stands for characters of its part of the ARN; but a `*` at the end of a part may run
/// past colons, and the last part has no end but the text's (IAM User Guide, "IAM JSON policy
/// elements: Resource").
#[derive(Clone, Debug)]
pub(super) struct ResourcePattern {
    glob: Glob,
}

/// Why a text is not the resource of a policy.
#[derive(Debug, PartialEq)]
pub(super) enum ResourceFault {
    Arn(ArnFault),
    Variable(VariableFault),
}

impl ResourcePattern {
    pub(super) fn new(text: &str, variables: bool) -> Result<Self, ResourceFault> {
        if text == "*" {
            let tokens = vec![Token::Star(Reach::Anything)];
            return Ok(Self::from_tokens(tokens));
        }
        if text.starts_with("execute-api:/") {
            return Err(ResourceFault::Arn(ArnFault::Abbreviated));
        }
        if !text.starts_with("arn:") {
            return Err(ResourceFault::Arn(ArnFault::NoArn));
        }
        let syntax = Syntax {
            wildcards: true,
            variables,
        };
        let pieces = pieces(text, syntax).map_err(ResourceFault::Variable)?;
        let parts = split(pieces);
        check(&parts).map_err(ResourceFault::Arn)?;

        let mut tokens = Vec::new();
        for (index, part) in parts.into_iter().enumerate() {
            if index > 0 {
                tokens.push(Token::Literal(":".into()));
            }
            let ends_at = part.len().saturating_sub(1);
            for (at, piece) in part.into_iter().enumerate() {
                let to_end = at == ends_at && piece == Piece::Star;
                let reach = if index + 1 == PARTS || to_end {
                    Reach::Anything
                } else {
                    Reach::WithinPart
                };
                tokens.push(Token::new(piece, reach));
            }
        }
        Ok(Self::from_tokens(tokens))
    }

    fn from_tokens(tokens: Vec<Token>) -> Self {
        let glob = Glob::from_tokens(tokens, Case::Sensitive);
        Self { glob }
    }

    /// Whether it covers the resource; `None` if a variable has no value.
    pub(super) fn matches(&self, resource: &str, context: &dyn RequestContext) -> Option<bool> {
        self.glob.matches(resource, context)
    }
}

/// What makes the parts of an ARN unfit for a resource.
fn check(parts: &[Vec<Piece>]) -> Result<(), ArnFault> {
    if parts.len() < PARTS && parts.last().and_then(|part| part.last()) != Some(&Piece::Star) {
        return Err(ArnFault::Parts { found: parts.len() });
    }
    let early = parts.iter().take(PARTS - 1).flatten();
    if early.into_iter().any(|it| matches!(it, Piece::Variable(_))) {
        return Err(ArnFault::Variable);
    }
    if let Some(part) = parts.get(1) {
        let partition = spelled(part);
        let of_aws = partition == "aws" || partition.starts_with("aws-");
        if !of_aws && !is_wild(part) {
            return Err(ArnFault::Partition { found: partition });
        }
    }
    match parts.get(SERVICE) {
        Some(part) if !part.is_empty() && !is_wild(part) => Ok(()),
        part => Err(ArnFault::Service {
            found: part.map(|part| spelled(part)).unwrap_or_default(),
        }),
    }
}

fn is_wild(part: &[Piece]) -> bool {
    part.iter().any(|it| matches!(it, Piece::Star | Piece::One))
}

/// The part as written, in so far as it has no variables.
fn spelled(part: &[Piece]) -> String {
    let spell = |piece: &Piece| match piece {
        Piece::Literal(literal) => literal.clone(),
        Piece::Star => "*".to_owned(),
        Piece::One => "?".to_owned(),
        Piece::Variable(_) => String::new(),
    };
    part.iter().map(spell).collect()
}

/// The parts between the first five colons of the text, those in variables not counted.
fn split(pieces: Vec<Piece>) -> Vec<Vec<Piece>> {
    let mut parts = Vec::with_capacity(PARTS);
    let mut part = Vec::new();
    for piece in pieces {
        let Piece::Literal(literal) = piece else {
            part.push(piece);
            continue;
        };
        let mut rest = literal.as_str();
        while parts.len() + 1 < PARTS
            && let Some((head, tail)) = rest.split_once(':')
        {
            push_literal(&mut part, head);
            parts.push(std::mem::take(&mut part));
            rest = tail;
        }
        push_literal(&mut part, rest);
    }
    parts.push(part);
    parts
}

fn push_literal(part: &mut Vec<Piece>, text: &str) {
    if !text.is_empty() {
        part.push(Piece::Literal(text.to_owned()));
    }
}

/// A value of an ARN condition operator: its six parts are matched one by one.
#[derive(Clone, Debug)]
pub(super) enum ArnPattern {
    /// `*`: any ARN.
    Any,
    /// Six parts.
    Parts(Box<[Glob; PARTS]>),
    /// Not an ARN, and so like none.
    Never,
}

impl ArnPattern {
    pub(super) fn new(text: &str, variables: bool) -> Result<Self, VariableFault> {
        if text == "*" {
            return Ok(Self::Any);
        }
        let syntax = Syntax {
            wildcards: true,
            variables,
        };
        let parts = split(pieces(text, syntax)?).into_iter();
        let globs: Vec<Glob> = parts.map(|part| Glob::new(part, Case::Sensitive)).collect();
        Ok(<[Glob; PARTS]>::try_from(globs)
            .map_or(Self::Never, |parts| Self::Parts(Box::new(parts))))
    }

    /// Whether the value is such an ARN; `None` if a variable has no value.
    pub(super) fn matches(&self, value: &str, context: &dyn RequestContext) -> Option<bool> {
        let is_arn = value.starts_with("arn:") && value.splitn(PARTS, ':').count() == PARTS;
        match self {
            Self::Never => Some(false),
            Self::Any => Some(is_arn),
            Self::Parts(globs) => {
                let mut all = is_arn;
                let mut parts = value.splitn(PARTS, ':');
                for glob in globs.iter() {
                    let part = parts.next().unwrap_or_default();
                    all &= glob.matches(part, context)?;
                }
                Some(all)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{ArnFault, ArnPattern, ResourceFault, ResourcePattern};
    use crate::policy::Context;

    fn covers(pattern: &str, resource: &str) -> bool {
        let pattern = ResourcePattern::new(pattern, true).unwrap();
        pattern.matches(resource, &Context::new()).unwrap()
    }

    #[test]
    fn a_star_at_the_end_of_a_part_runs_past_colons() {
        let resource = "arn:aws:execute-api:us-east-1:123456789012:a1/prod/GET/a:b";
        for (pattern, expected) in [
            ("*", true),
            ("arn:aws:execute-api:*", true),
            ("arn:aws:execute-api:us-*", true),
            ("arn:aws:execute-api:us-east-1:*", true),
            ("arn:aws:execute-api:*:a1/*", true),
            ("arn:aws:execute-api:*:*:b", true),
            ("arn:aws:execute-api:us-*-1:123456789012:a1/*", true),
            ("arn:aws:execute-api:*-1:*:a1/*", true),
            ("arn:aws:execute-api:u*1:123456789012:a1/*", true),
            ("arn:aws:execute-api:u*2:a1/*", false),
            ("arn:aws:execute-api:us-????-1:*:*", true),
            ("arn:aws:execute-api:us-east-1?123456789012:*:*", false),
            ("arn:aws:execute-api:us-east-1:123456789012:a1/*a?b", true),
            ("arn:aws:execute-api:us-east-1:123456789012:*/b", false),
            ("arn:*:execute-api:*:*:*", true),
            ("arn:aws-cn:execute-api:*:*:*", false),
        ] {
            assert_eq!(covers(pattern, resource), expected, "{pattern}");
        }
    }

    #[test]
    fn says_why_a_text_is_no_resource() {
        for (text, expected) in [
            ("", ArnFault::NoArn),
            ("**", ArnFault::NoArn),
            ("prod/GET/pets", ArnFault::NoArn),
            ("execute-api:/prod/*", ArnFault::Abbreviated),
            ("arn:aws", ArnFault::Parts { found: 2 }),
            ("arn:aws:s3::bucket", ArnFault::Parts { found: 5 }),
            (
                "arn:error:s3:::bucket",
                ArnFault::Partition {
                    found: "error".to_owned(),
                },
            ),
            (
                "arn:aws:*:*:*:*",
                ArnFault::Service {
                    found: "*".to_owned(),
                },
            ),
            (
                "arn:aws:*",
                ArnFault::Service {
                    found: "*".to_owned(),
                },
            ),
            (
                "arn:aws::::bucket",
                ArnFault::Service {
                    found: String::new(),
                },
            ),
            (
                "arn:aws:iam::${aws:PrincipalAccount}:user/*",
                ArnFault::Variable,
            ),
        ] {
            let fault = ResourcePattern::new(text, true).err();
            assert_eq!(fault, Some(ResourceFault::Arn(expected)), "{text}");
        }
    }

    #[test]
    fn parts_of_a_condition_value_are_matched_one_by_one() {
        let value = "arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/a";
        let like = |pattern: &str, value: &str| {
            let pattern = ArnPattern::new(pattern, true).unwrap();
            pattern.matches(value, &Context::new()).unwrap()
        };
        assert!(!like("arn:aws:someservice:*:111122223333:finance/*", value));
        assert!(like("arn:aws:someservice:*:*:store/*", value));
        assert!(like("*", value));
        assert!(!like("*", "no ARN"));
        assert!(!like("arn:aws:*", value));
    }

    /// By recursion over the characters, each with whether it may stand for a colon.
    fn naive(pattern: &[(char, bool)], text: &str) -> bool {
        let Some(((c, past_colons), rest)) = pattern.split_first() else {
            return text.is_empty();
        };
        let may = |text: &str| *past_colons || !text.contains(':');
        match c {
            '*' => (0..=text.len()).any(|end| may(&text[..end]) && naive(rest, &text[end..])),
            '?' => !text.is_empty() && may(&text[..1]) && naive(rest, &text[1..]),
            c => text.starts_with(*c) && naive(rest, &text[1..]),
        }
    }

    proptest! {
        #[test]
        fn agrees_with_a_naive_matcher(
            region in "[ab*?]{0,4}", account in "[ab*?]{0,4}", last in "[a*]{1,3}",
            text in "[ab:]{2,9}",
        ) {
            let pattern = format!("arn:aws:x:{region}:{account}:{last}");
            let resource = format!("arn:aws:x:{text}");
            let before_last = pattern.len() - last.len();
            let flagged = pattern.char_indices().map(|(at, c)| {
                let ends_part = pattern[at + 1..].starts_with(':');
                (c, at >= before_last || (c == '*' && ends_part))
            });
            let expected = naive(&flagged.collect::<Vec<_>>(), &resource);
            prop_assert_eq!(covers(&pattern, &resource), expected, "{} on {}", pattern, resource);
        }
    }
}
