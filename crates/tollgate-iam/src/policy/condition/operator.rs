//! The names of condition operators.

use super::Relation;

/// A condition operator, its name taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::policy) struct Operator {
    pub(in crate::policy) quantifier: Quantifier,
    pub(in crate::policy) comparison: Comparison,
    pub(in crate::policy) negated: bool,
    pub(in crate::policy) if_exists: bool,
}

/// How many of a multivalued key's values must satisfy the operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::policy) enum Quantifier {
    /// No set operator: the key has one value.
    Single,
    /// `ForAnyValue:`
    AnyValue,
    /// `ForAllValues:`
    AllValues,
}

/// What an operator compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::policy) enum Comparison {
    String,
    StringIgnoringCase,
    StringLike,
    Number(Relation),
    Date(Relation),
    Bool,
    Binary,
    Address,
    Arn,
    Null,
}

impl Operator {
    /// The operator of this name, which is case-sensitive.
    pub(in crate::policy) fn parse(name: &str) -> Option<Self> {
        let (quantifier, name) = match name.split_once(':') {
            Some(("ForAnyValue", name)) => (Quantifier::AnyValue, name),
            Some(("ForAllValues", name)) => (Quantifier::AllValues, name),
            Some(_) => return None,
            None => (Quantifier::Single, name),
        };
        let (name, if_exists) = match name.strip_suffix("IfExists") {
            Some(name) => (name, true),
            None => (name, false),
        };
        let (comparison, negated) = comparison(name)?;
        let bare = quantifier == Quantifier::Single && !if_exists;
        (bare || comparison != Comparison::Null).then_some(Self {
            quantifier,
            comparison,
            negated,
            if_exists,
        })
    }
}

fn comparison(name: &str) -> Option<(Comparison, bool)> {
    if let Some(relation) = name.strip_prefix("Numeric") {
        let (relation, negated) = relation_named(relation)?;
        return Some((Comparison::Number(relation), negated));
    }
    if let Some(relation) = name.strip_prefix("Date") {
        let (relation, negated) = relation_named(relation)?;
        return Some((Comparison::Date(relation), negated));
    }
    Some(match name {
        "StringEquals" => (Comparison::String, false),
        "StringNotEquals" => (Comparison::String, true),
        "StringEqualsIgnoreCase" => (Comparison::StringIgnoringCase, false),
        "StringNotEqualsIgnoreCase" => (Comparison::StringIgnoringCase, true),
        "StringLike" => (Comparison::StringLike, false),
        "StringNotLike" => (Comparison::StringLike, true),
        "Bool" => (Comparison::Bool, false),
        "BinaryEquals" => (Comparison::Binary, false),
        "IpAddress" => (Comparison::Address, false),
        "NotIpAddress" => (Comparison::Address, true),
        "ArnEquals" | "ArnLike" => (Comparison::Arn, false),
        "ArnNotEquals" | "ArnNotLike" => (Comparison::Arn, true),
        "Null" => (Comparison::Null, false),
        _ => return None,
    })
}

fn relation_named(name: &str) -> Option<(Relation, bool)> {
    Some(match name {
        "Equals" => (Relation::Equal, false),
        "NotEquals" => (Relation::Equal, true),
        "LessThan" => (Relation::Less, false),
        "LessThanEquals" => (Relation::LessOrEqual, false),
        "GreaterThan" => (Relation::Greater, false),
        "GreaterThanEquals" => (Relation::GreaterOrEqual, false),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::Operator;

    #[test]
    fn knows_its_names() {
        for name in [
            "StringEquals",
            "ForAnyValue:StringNotLikeIfExists",
            "ForAllValues:NumericGreaterThanEquals",
            "DateNotEquals",
            "NotIpAddressIfExists",
            "ArnNotLike",
            "Null",
        ] {
            assert!(Operator::parse(name).is_some(), "{name}");
        }
        for name in [
            "",
            "stringEquals",
            "StringMatches",
            "NullIfExists",
            "ForAnyValue:Null",
            "ForSomeValues:StringEquals",
            "ForAnyValue::StringEquals",
            "ForAnyValue:ForAllValues:StringEquals",
            "StringEqualsIfExistsIfExists",
            "NumericLike",
            "BoolNotEquals",
        ] {
            assert!(Operator::parse(name).is_none(), "{name}");
        }
    }
}
