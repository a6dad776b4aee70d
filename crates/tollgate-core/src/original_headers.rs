//! Header names as the client spelled them.

use std::sync::Arc;

use http::HeaderName;

/// The header names of a request as they stood on the wire.
///
/// HTTP libraries fold names to lower case, but events and templates of API Gateway show them as
/// sent. A server that sees the bytes puts this value into the request's extensions; without it
/// names are lower case, and compared without regard to case.
///
/// ```
/// use http::HeaderName;
/// use tollgate_core::OriginalHeaders;
///
/// let names = OriginalHeaders::from_iter(["Host", "tEsT-HEADeR"]);
/// assert_eq!(names.spelling(&HeaderName::from_static("test-header")), Some("tEsT-HEADeR"));
/// assert_eq!(names.spelling(&HeaderName::from_static("accept")), None);
/// ```
#[derive(Clone, Debug)]
pub struct OriginalHeaders(Arc<str>);

/// Stands between names; no name has it.
const SEPARATOR: char = '\n';

impl OriginalHeaders {
    /// Names that stand in lines of a text, in their order.
    #[must_use]
    pub fn from_lines(names: impl Into<Arc<str>>) -> Self {
        Self(names.into())
    }

    /// How this name was spelled, the first time if it came more than once.
    #[must_use]
    pub fn spelling(&self, name: &HeaderName) -> Option<&str> {
        self.0
            .split(SEPARATOR)
            .find(|spelled| name.as_str().eq_ignore_ascii_case(spelled))
    }
}

impl<S: AsRef<str>> FromIterator<S> for OriginalHeaders {
    fn from_iter<T: IntoIterator<Item = S>>(names: T) -> Self {
        let mut joined = String::new();
        for name in names {
            joined.push_str(name.as_ref());
            joined.push(SEPARATOR);
        }
        Self(joined.into())
    }
}
