//! Conditions: an operator, a key, and the values it is compared with.

mod date;
mod decimal;
mod network;
mod operator;

use std::cmp::Ordering;

pub(super) use date::date;
pub(super) use decimal::Decimal;
pub(super) use network::{address, network};
pub(super) use operator::{Comparison, Operator, Quantifier};

use ipnet::IpNet;
use jiff::Timestamp;

use super::arn::ArnPattern;
use super::context::RequestContext;
use super::glob::Glob;
use super::key::ConditionKey;
use super::template::Template;

/// One key under one operator.
#[derive(Clone, Debug)]
pub(super) enum Condition {
    /// `Null`: for each value, whether the key is to be absent.
    Null {
        key: ConditionKey,
        absent: Box<[bool]>,
    },
    /// Any other operator.
    Compare {
        key: ConditionKey,
        quantifier: Quantifier,
        if_exists: bool,
        negated: bool,
        test: Test,
    },
}

/// The values of a condition, and how a value of the request is compared with them.
#[derive(Clone, Debug)]
pub(super) enum Test {
    String(Box<[Template]>),
    StringIgnoringCase(Box<[Template]>),
    StringLike(Box<[Glob]>),
    Number(Relation, Box<[Decimal]>),
    Date(Relation, Box<[Timestamp]>),
    Bool(Box<[bool]>),
    /// Base64 without padding.
    Binary(Box<[Box<str>]>),
    Address(Box<[IpNet]>),
    Arn(Box<[ArnPattern]>),
}

/// An order between the value of a request and that of a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Relation {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Relation {
    fn holds(self, ordering: Ordering) -> bool {
        match self {
            Self::Equal => ordering.is_eq(),
            Self::Less => ordering.is_lt(),
            Self::LessOrEqual => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::GreaterOrEqual => ordering.is_ge(),
        }
    }
}

impl Condition {
    /// Whether it holds for a request.
    pub(super) fn holds(&self, context: &dyn RequestContext) -> bool {
        match self {
            Self::Null { key, absent } => absent.contains(&context.values(key).is_missing()),
            Self::Compare {
                key,
                quantifier,
                if_exists,
                negated,
                test,
            } => {
                let values = context.values(key);
                let mut holds = values
                    .iter()
                    .map(|value| test.holds(value, *negated, context));
                match quantifier {
                    _ if values.is_missing() && *if_exists => true,
                    Quantifier::Single if values.is_missing() => *negated,
                    // A multivalued key asks for a set operator; without one, a value is like
                    // those of the policy if any of its values is.
                    Quantifier::Single if *negated => holds.all(|it| it),
                    Quantifier::Single | Quantifier::AnyValue => holds.any(|it| it),
                    Quantifier::AllValues => holds.all(|it| it),
                }
            }
        }
    }
}

impl Test {
    /// Whether a value of the request is like one of the policy's, or for a negated operator like
    /// none of them.
    ///
    /// A value of the policy whose variable has no value in this request is like none; a negated
    /// operator then does not hold either, so that the statement does not apply (IAM User Guide,
    /// "IAM policy elements: Variables and tags").
    fn holds(&self, value: &str, negated: bool, context: &dyn RequestContext) -> bool {
        let mut resolved = true;
        let mut like = |equal: Option<bool>| {
            resolved &= equal.is_some();
            equal == Some(true)
        };
        let found = match self {
            Self::String(values) => values.iter().any(|it| like(it.equals(value, context))),
            Self::StringIgnoringCase(values) => values
                .iter()
                .any(|it| like(it.equals_ignoring_case(value, context))),
            Self::StringLike(values) => values.iter().any(|it| like(it.matches(value, context))),
            Self::Arn(values) => values.iter().any(|it| like(it.matches(value, context))),
            Self::Number(relation, values) => Decimal::parse(value)
                .is_some_and(|value| values.iter().any(|it| relation.holds(value.cmp(it)))),
            Self::Date(relation, values) => date(value)
                .is_some_and(|value| values.iter().any(|it| relation.holds(value.cmp(it)))),
            Self::Bool(values) => boolean(value).is_some_and(|value| values.contains(&value)),
            Self::Binary(values) => {
                let value = value.trim_end_matches('=');
                values.iter().any(|it| **it == *value)
            }
            Self::Address(values) => address(value)
                .is_some_and(|value| values.iter().any(|network| network.contains(&value))),
        };
        if negated { resolved && !found } else { found }
    }
}

/// `true` or `false`, in any case.
pub(super) fn boolean(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

/// Base64 without its padding; `None` for other texts, and where bits are left over, so that equal
/// texts are equal bytes.
pub(super) fn binary(text: &str) -> Option<&str> {
    let digits = text.trim_end_matches('=');
    let padding = text.len() - digits.len();
    let spare_bits = match (digits.len() % 4, padding) {
        (0, 0) => 0,
        (2, 0 | 2) => 4,
        (3, 0 | 1) => 2,
        _ => return None,
    };
    let mut last = 0;
    for byte in digits.bytes() {
        last = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
    }
    (last.trailing_zeros() >= spare_bits).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::binary;

    #[test]
    fn reads_base64_that_is_spelled_in_one_way() {
        for (text, expected) in [
            ("", Some("")),
            ("QmluYXJ5", Some("QmluYXJ5")),
            ("QQ==", Some("QQ")),
            ("QQ", Some("QQ")),
            ("QR==", None),
            ("QQ=", None),
            ("QUI=", Some("QUI")),
            ("QUJ=", None),
            ("Q", None),
            ("Q===", None),
            ("Q Q=", None),
        ] {
            assert_eq!(binary(text), expected, "{text}");
        }
    }
}
