//! What can be wrong with a policy document.

use std::error::Error;
use std::fmt;

use thiserror::Error;

use super::limits::{MAX_AUTHORIZER_RESOURCE_LEN, MAX_DEPTH, MAX_TEXT_LEN};

/// A policy document that is refused, with all that is wrong with it in document order.
///
/// As text it is one fault a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidPolicy {
    faults: Vec<Fault>,
}

impl InvalidPolicy {
    /// `faults` holds at least one.
    pub(super) const fn new(faults: Vec<Fault>) -> Self {
        Self { faults }
    }

    /// What is wrong: at least one fault.
    #[must_use]
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }
}

impl fmt::Display for InvalidPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.faults.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            fault.fmt(f)?;
        }
        Ok(())
    }
}

impl Error for InvalidPolicy {}

/// One thing that is wrong with a policy document.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fault {
    /// Where, as a JSON pointer (RFC 6901); empty for the whole document.
    pub pointer: String,
    /// What, and what was expected.
    pub kind: FaultKind,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.pointer.is_empty() {
            self.kind.fmt(f)
        } else {
            write!(f, "{}: {}", self.pointer, self.kind)
        }
    }
}

/// What is wrong at one place of a policy document.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FaultKind {
    /// The text is not JSON.
    #[error("not JSON at line {line}, column {column}: {message}")]
    NotJson {
        /// What the JSON reader says.
        message: String,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// The text has more than [`MAX_TEXT_LEN`] bytes.
    #[error("{length} bytes of text, expected at most {MAX_TEXT_LEN}")]
    TextTooLong {
        /// How many it has.
        length: usize,
    },
    /// The document is larger than a policy of its kind may be.
    #[error("{size} characters without white space, expected at most {limit}")]
    TooLarge {
        /// How many it has.
        size: usize,
        /// How many it may have.
        limit: usize,
    },
    /// Objects and lists stand deeper within each other than [`MAX_DEPTH`].
    #[error("nested deeper than {MAX_DEPTH} objects and lists")]
    TooDeep,
    /// A character that IAM does not take in a policy.
    #[error(
        "character {found:?}, expected tab, line feed, carriage return or U+0020 to U+00FF only"
    )]
    Character {
        /// The first of them.
        found: char,
    },
    /// The object has a member of this name already.
    #[error("member {key:?} a second time, expected it once")]
    DuplicateMember {
        /// The name.
        key: String,
    },
    /// A JSON value of the wrong type.
    #[error("{found}, expected {expected}")]
    Type {
        /// The type found.
        found: &'static str,
        /// What may stand here.
        expected: &'static str,
    },
    /// An element that must be there is not.
    #[error("no {expected}, which every {of} has")]
    Missing {
        /// The element, or the two of which one is needed.
        expected: &'static str,
        /// What lacks it.
        of: &'static str,
    },
    /// Two elements that exclude each other.
    #[error("both {0} and {1}, expected one of them", elements.0, elements.1)]
    Both {
        /// The two.
        elements: (&'static str, &'static str),
    },
    /// A member that the grammar does not know.
    #[error("unknown element {element:?}, expected one of {expected}")]
    UnknownElement {
        /// Its name.
        element: String,
        /// The names that may stand here.
        expected: &'static str,
    },
    /// An element that this kind of policy must not have.
    #[error("{element} in {policy} policy, expected none: {reason}")]
    NotAllowed {
        /// The element.
        element: &'static str,
        /// The kind of policy, with its article.
        policy: &'static str,
        /// Why.
        reason: &'static str,
    },
    /// A list or an object with nothing in it where something is needed.
    #[error("an empty {0}, expected at least one entry")]
    Empty(&'static str),
    /// A `Version` that is not one of the two.
    #[error("version {found:?}, expected 2012-10-17 or 2008-10-17")]
    Version {
        /// What stands there.
        found: String,
    },
    /// An `Effect` other than `Allow` and `Deny`, which are case-sensitive.
    #[error("effect {found:?}, expected Allow or Deny")]
    Effect {
        /// What stands there.
        found: String,
    },
    /// A `Sid` of an identity policy with other characters than letters and digits.
    #[error("Sid {sid:?}, expected ASCII letters and digits only")]
    Sid {
        /// What stands there.
        sid: String,
    },
    /// A `Sid` that an earlier statement has.
    #[error("Sid {sid:?} as in statement {first}, expected it once in a policy")]
    DuplicateSid {
        /// The `Sid`.
        sid: String,
        /// Index of the statement that had it first.
        first: usize,
    },
    /// An action that is neither `*` nor `service:name`.
    #[error(
        "action {found:?}, expected * or service:name with wildcards in the name only, and one colon"
    )]
    Action {
        /// What stands there.
        found: String,
    },
    /// A resource that is neither `*` nor an ARN.
    #[error("resource {found:?}: {fault}")]
    Resource {
        /// What stands there.
        found: String,
        /// What is wrong with it.
        fault: ArnFault,
    },
    /// A resource of an authorizer's policy longer than [`MAX_AUTHORIZER_RESOURCE_LEN`].
    #[error("resource of {length} characters, expected at most {MAX_AUTHORIZER_RESOURCE_LEN}")]
    ResourceTooLong {
        /// How many it has.
        length: usize,
    },
    /// A kind of principal that does not exist.
    #[error("principal type {found:?}, expected AWS, Service, Federated or CanonicalUser")]
    PrincipalType {
        /// What stands there.
        found: String,
    },
    /// A principal that is not spelled as one.
    #[error("principal {found:?}, expected {expected}")]
    Principal {
        /// What stands there.
        found: String,
        /// The spellings that may stand here.
        expected: &'static str,
    },
    /// A condition operator that does not exist.
    #[error(
        "condition operator {found:?}, expected one like StringEquals, \
         with ForAnyValue: or ForAllValues: before it or IfExists behind it, which Null has not"
    )]
    Operator {
        /// What stands there.
        found: String,
    },
    /// A condition key that stands under this operator already, case left aside.
    #[error("condition key {key:?} as {first:?} before, expected it once under an operator")]
    DuplicateConditionKey {
        /// The key as written.
        key: String,
        /// How it was written first.
        first: String,
    },
    /// A condition value that its operator cannot compare.
    #[error("condition value {found:?}, expected {family}")]
    ConditionValue {
        /// What stands there.
        found: String,
        /// What the operator compares.
        family: ValueFamily,
    },
    /// A `${` that does not begin a policy variable.
    #[error("{found:?}: {fault}")]
    Variable {
        /// The text with the variable.
        found: String,
        /// What is wrong with it.
        fault: VariableFault,
    },
}

/// What a family of condition operators compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ValueFamily {
    /// Numeric operators.
    Number,
    /// Date operators.
    Date,
    /// `Bool` and `Null`.
    Bool,
    /// `BinaryEquals`.
    Binary,
    /// `IpAddress` and `NotIpAddress`.
    Address,
}

impl fmt::Display for ValueFamily {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Number => "a decimal number of at most 20 digits before and 18 behind the point",
            Self::Date => "an ISO 8601 date like 2026-03-01T12:00:00Z, or seconds since 1970",
            Self::Bool => "true or false",
            Self::Binary => "base64",
            Self::Address => "an IP address or a CIDR block like 203.0.113.0/24",
        })
    }
}

/// Why a text is not the ARN of a resource.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ArnFault {
    /// It does not begin as an ARN.
    #[error("expected * or an ARN, which begins with arn:")]
    NoArn,
    /// It begins as the short form that is replaced when a resource policy is saved.
    #[error("expected the short form to be expanded to an ARN before it is parsed")]
    Abbreviated,
    /// It has fewer than six parts, and its last one does not end in `*`.
    #[error("{found} parts between colons, expected arn:partition:service:region:account:resource")]
    Parts {
        /// How many it has.
        found: usize,
    },
    /// Its partition is none of AWS.
    #[error("partition {found:?}, expected aws, one that begins with aws-, or a wildcard")]
    Partition {
        /// What stands there.
        found: String,
    },
    /// Its service is empty or has a wildcard.
    #[error("service {found:?}, expected a name without wildcards")]
    Service {
        /// What stands there.
        found: String,
    },
    /// It has a policy variable before its fifth colon.
    #[error("a policy variable before the fifth colon, expected it in the last part only")]
    Variable,
}

/// Why a `${` does not begin a policy variable.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum VariableFault {
    /// No brace closes it.
    #[error("policy variable at byte {0} without end, expected }}")]
    Unclosed(usize),
    /// It names no key.
    #[error("policy variable at byte {0} without a key")]
    NoKey(usize),
    /// Behind the comma stands no text in single quotes.
    #[error("default of the policy variable at byte {0}, expected a text in single quotes")]
    Default(usize),
}
