//! What can be wrong with a method, a resource path, a route or a request path.

use thiserror::Error;

use crate::{
    MAX_PARAMETERS, MAX_PATH_PARTS, MAX_REQUEST_PATH_LEN, MAX_RESOURCE_PATH_LEN, MAX_ROUTES,
    MethodKey, ResourcePath,
};

/// A word that is neither `ANY` nor one of the seven verbs in capitals.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("unknown method {0:?}, expected ANY, DELETE, GET, HEAD, OPTIONS, PATCH, POST or PUT")]
pub struct MethodKeyError(pub String);

/// Why a text is not a resource path.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ResourcePathError {
    /// The text is empty or starts with something other than a slash.
    #[error("expected a leading slash")]
    NoLeadingSlash,
    /// The text has more than [`MAX_RESOURCE_PATH_LEN`] bytes.
    #[error("{length} bytes long, expected at most {MAX_RESOURCE_PATH_LEN}")]
    TooLong {
        /// Its length in bytes.
        length: usize,
    },
    /// The path has more than [`MAX_PATH_PARTS`] path parts.
    #[error("{count} path parts, expected at most {MAX_PATH_PARTS}")]
    TooManyParts {
        /// How many it has.
        count: usize,
    },
    /// The path has more than [`MAX_PARAMETERS`] parameters.
    #[error("{count} parameters, expected at most {MAX_PARAMETERS}")]
    TooManyParameters {
        /// How many it has.
        count: usize,
    },
    /// One path part is at fault.
    #[error("path part {part:?} (index {index}): {fault}")]
    Part {
        /// Its position, counted from zero.
        index: usize,
        /// The path part as written.
        part: String,
        /// What is wrong with it.
        fault: PathPartFault,
    },
}

/// What is wrong with one path part of a resource path.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PathPartFault {
    /// Nothing stands between two slashes, or after the last one.
    #[error("empty, expected a literal, {{name}} or {{name+}}")]
    Empty,
    /// A brace that does not belong to a parameter filling the whole path part.
    #[error("stray brace, expected a parameter to fill the whole path part")]
    StrayBrace,
    /// A parameter without a name: `{}` or `{+}`.
    #[error("parameter without a name")]
    NoName,
    /// A character that parameter names cannot hold.
    #[error("{0:?} in a parameter name, expected letters, digits or one of . _ $ : -")]
    NameCharacter(char),
    /// A character that never stands in the path of a request as it is.
    #[error("{0:?} in a literal, expected a path character of RFC 3986 or a percent escape")]
    LiteralCharacter(char),
    /// A parameter whose name an earlier path part has.
    #[error("parameter name used twice in one path")]
    RepeatedName,
    /// A greedy parameter with path parts after it.
    #[error("greedy parameter before the end, expected it to be the last path part")]
    GreedyNotLast,
    /// A literal that [`check_path`](crate::check_path) refuses in requests.
    #[error("out of reach of every request: {0}")]
    Unreachable(PathError),
}

/// Why a route cannot join a table.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InsertError {
    /// The resource has this method already.
    #[error("{method} {path} is in the table already")]
    Duplicate {
        /// The resource of both routes.
        path: ResourcePath,
        /// The method of both routes.
        method: MethodKey,
    },
    /// Two parameters of one kind, but of different names, stand in the same place.
    ///
    /// The two path parts are `path.parts().nth(index)` and `existing.parts().nth(index)`.
    #[error("{path} and {existing} name the parameter at index {index} differently")]
    SiblingParameter {
        /// The path refused.
        path: ResourcePath,
        /// A path of the table that it collides with.
        existing: ResourcePath,
        /// Which path part differs, counted from zero; those before it agree.
        index: usize,
    },
    /// The table holds [`MAX_ROUTES`] routes already.
    #[error("the table is full with {MAX_ROUTES} routes")]
    Full,
}

/// Why a request path is refused before routing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PathError {
    /// The path has more than [`MAX_REQUEST_PATH_LEN`] bytes.
    #[error("path of {length} bytes, expected at most {MAX_REQUEST_PATH_LEN}")]
    TooLong {
        /// Its length in bytes.
        length: usize,
    },
    /// The path neither is empty nor starts with a slash, as in `OPTIONS *`.
    #[error("path without a leading slash")]
    NotAbsolute,
    /// A NUL, as it is or as `%00`.
    #[error("NUL at byte {at}")]
    Nul {
        /// Where it stands, in bytes.
        at: usize,
    },
    /// A percent sign without two hexadecimal digits after it.
    #[error("malformed percent escape at byte {at}")]
    MalformedEscape {
        /// Where the percent sign stands, in bytes.
        at: usize,
    },
    /// A segment that is `.` or `..`, be it only after percent-decoding.
    #[error("dot segment at byte {at}")]
    DotSegment {
        /// Where the segment starts, in bytes.
        at: usize,
    },
}
