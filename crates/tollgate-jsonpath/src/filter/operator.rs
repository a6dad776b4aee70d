//! The operators between two values.

/// What stands between two values of a filter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Operator {
    Equal,
    NotEqual,
    SameTypeEqual,
    NotSameTypeEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Matches,
    In,
    NotIn,
    SubsetOf,
    AnyOf,
    NoneOf,
    Contains,
    Size,
    Empty,
    Exists,
    /// `all`, `type` and `matches` compile, but need operands only Java code can pass.
    NeverHolds,
}

impl Operator {
    pub(crate) fn from_text(text: &str) -> Option<Self> {
        Some(match text.to_ascii_lowercase().as_str() {
            "==" => Self::Equal,
            "!=" => Self::NotEqual,
            "===" => Self::SameTypeEqual,
            "!==" => Self::NotSameTypeEqual,
            "<" => Self::Less,
            "<=" => Self::LessOrEqual,
            ">" => Self::Greater,
            ">=" => Self::GreaterOrEqual,
            "=~" => Self::Matches,
            "in" => Self::In,
            "nin" => Self::NotIn,
            "subsetof" => Self::SubsetOf,
            "anyof" => Self::AnyOf,
            "noneof" => Self::NoneOf,
            "contains" => Self::Contains,
            "size" => Self::Size,
            "empty" => Self::Empty,
            "exists" => Self::Exists,
            "all" | "type" | "matches" => Self::NeverHolds,
            _ => return None,
        })
    }
}
