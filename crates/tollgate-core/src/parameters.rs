//! The parameters of a request: path, query string and headers, as the method sees them.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use indexmap::IndexMap;
use percent_encoding::percent_decode_str;

use crate::OriginalHeaders;

/// Where a parameter of a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ParameterLocation {
    /// In the path.
    Path,
    /// In the query string.
    Querystring,
    /// In the headers.
    Header,
}

impl ParameterLocation {
    /// In the order in which `$input.params(name)` looks.
    pub const ALL: [Self; 3] = [Self::Path, Self::Querystring, Self::Header];

    /// The word for it in expressions such as `method.request.querystring.page`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Querystring => "querystring",
            Self::Header => "header",
        }
    }
}

/// Headers that are gone once the request is parsed, invisible to templates, mappings and
/// authorizers (recorded on the service).
const HIDDEN: [HeaderName; 12] = [
    header::CONNECTION,
    header::CONTENT_LENGTH,
    HeaderName::from_static("content-md5"),
    header::EXPECT,
    header::MAX_FORWARDS,
    header::PROXY_AUTHENTICATE,
    header::SERVER,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    header::WWW_AUTHENTICATE,
];

/// The parameters of one request.
///
/// Path values stay percent-encoded, query values are decoded as forms are, and where a name comes
/// several times its last value counts (all recorded on the service). Nothing is decoded before it
/// is asked for.
///
/// ```
/// use tollgate_core::{ParameterLocation, RequestParameters};
///
/// let target = "/pets?kind=cat&kind=small%20dog".parse()?;
/// let parameters = RequestParameters::new(http::HeaderMap::new(), target);
/// let kind = parameters.get(ParameterLocation::Querystring, "kind");
/// assert_eq!(kind.as_deref(), Some("small dog"));
/// # Ok::<(), http::uri::InvalidUri>(())
/// ```
#[derive(Clone, Debug)]
pub struct RequestParameters {
    headers: HeaderMap,
    spelling: Option<OriginalHeaders>,
    target: PathAndQuery,
    path: PathParameters,
}

/// The values of a resource's path parameters: their names, and their places in the path.
#[derive(Clone, Debug, Default)]
pub struct PathParameters {
    names: Option<Arc<[Box<str>]>>,
    ranges: Vec<Range<usize>>,
}

impl PathParameters {
    /// Pairs names with byte ranges of the request target's path, in order.
    #[must_use]
    pub fn new(names: Arc<[Box<str>]>, ranges: impl IntoIterator<Item = Range<usize>>) -> Self {
        Self {
            names: Some(names),
            ranges: ranges.into_iter().collect(),
        }
    }

    fn iter<'a>(&'a self, path: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        let names = self.names.as_deref().unwrap_or_default();
        names
            .iter()
            .zip(&self.ranges)
            .filter_map(|(name, range)| Some((&**name, path.get(range.clone())?)))
    }
}

impl RequestParameters {
    /// The parameters of a request with these headers and this target.
    #[must_use]
    pub fn new(headers: HeaderMap, target: PathAndQuery) -> Self {
        Self {
            headers,
            spelling: None,
            target,
            path: PathParameters::default(),
        }
    }

    /// Shows header names as the client spelled them, and compares them exactly.
    #[must_use]
    pub fn with_original_headers(mut self, spelling: OriginalHeaders) -> Self {
        self.spelling = Some(spelling);
        self
    }

    /// Adds the path parameters, known once the request is routed.
    pub fn set_path(&mut self, path: PathParameters) {
        self.path = path;
    }

    /// All headers of the request, the hidden ones included.
    #[must_use]
    pub const fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The value of a parameter, the last one if there are several.
    #[must_use]
    pub fn get(&self, location: ParameterLocation, name: &str) -> Option<Cow<'_, str>> {
        match location {
            ParameterLocation::Path => self
                .path
                .iter(self.target.path())
                .find(|(known, _)| *known == name)
                .map(|(_, value)| Cow::Borrowed(value)),
            ParameterLocation::Querystring => self
                .query()
                .rev()
                .find(|(known, _)| known == name)
                .map(|(_, value)| value),
            ParameterLocation::Header => self.header_values(name).next_back().map(header_text),
        }
    }

    /// All values of a parameter, in the order in which they were sent.
    pub fn get_all(&self, location: ParameterLocation, name: &str) -> Vec<Cow<'_, str>> {
        match location {
            ParameterLocation::Path => self.get(location, name).into_iter().collect(),
            ParameterLocation::Querystring => self
                .query()
                .filter(|(known, _)| known == name)
                .map(|(_, value)| value)
                .collect(),
            ParameterLocation::Header => self.header_values(name).map(header_text).collect(),
        }
    }

    /// Each name with its last value, in the order in which the names were first sent.
    #[must_use]
    pub fn all(&self, location: ParameterLocation) -> IndexMap<Cow<'_, str>, Cow<'_, str>> {
        match location {
            ParameterLocation::Path => self
                .path
                .iter(self.target.path())
                .map(|(name, value)| (Cow::Borrowed(name), Cow::Borrowed(value)))
                .collect(),
            ParameterLocation::Querystring => self.query().collect(),
            ParameterLocation::Header => self
                .headers
                .iter()
                .filter(|(name, _)| !HIDDEN.contains(name))
                .map(|(name, value)| (Cow::Borrowed(self.spelled(name)), header_text(value)))
                .collect(),
        }
    }

    fn query(&self) -> impl DoubleEndedIterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
        // Known-issues page of the developer guide: a semicolon separates like an ampersand.
        self.target
            .query()
            .unwrap_or_default()
            .split(['&', ';'])
            .filter(|pair| !pair.is_empty())
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            .map(|(name, value)| (form_decoded(name), form_decoded(value)))
    }

    fn header_values(&self, name: &str) -> impl DoubleEndedIterator<Item = &HeaderValue> {
        // A name that cannot be a header's has no values.
        let known = HeaderName::from_bytes(name.as_bytes())
            .ok()
            .filter(|lower| !HIDDEN.contains(lower) && self.is_spelled(lower, name));
        known
            .into_iter()
            .flat_map(|name| self.headers.get_all(name))
    }

    fn spelled<'a>(&'a self, name: &'a HeaderName) -> &'a str {
        let spelling = self
            .spelling
            .as_ref()
            .and_then(|spelling| spelling.spelling(name));
        spelling.unwrap_or(name.as_str())
    }

    fn is_spelled(&self, name: &HeaderName, spelled: &str) -> bool {
        let spelling = self
            .spelling
            .as_ref()
            .and_then(|spelling| spelling.spelling(name));
        spelling.is_none_or(|known| known == spelled)
    }
}

fn header_text(value: &HeaderValue) -> Cow<'_, str> {
    String::from_utf8_lossy(value.as_bytes())
}

/// Decodes `application/x-www-form-urlencoded` text; borrows where there is nothing to decode.
fn form_decoded(text: &str) -> Cow<'_, str> {
    if text.contains('+') {
        let spaced = text.replace('+', " ");
        Cow::Owned(percent_decode_str(&spaced).decode_utf8_lossy().into_owned())
    } else {
        percent_decode_str(text).decode_utf8_lossy()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATH: ParameterLocation = ParameterLocation::Path;
    const QUERY: ParameterLocation = ParameterLocation::Querystring;
    const HEADER: ParameterLocation = ParameterLocation::Header;

    fn with_target(target: &str) -> RequestParameters {
        RequestParameters::new(HeaderMap::new(), target.parse().unwrap())
    }

    /// Rows recorded on the service by the tests `params-encoding` and `params-encoding-multi`.
    #[test]
    fn query_values_are_decoded_as_forms_are() {
        for (query, name, expected) in [
            (
                "dateTimeOffset=2023-06-12T18:05:10.123456+00:00",
                "dateTimeOffset",
                Some("2023-06-12T18:05:10.123456 00:00"),
            ),
            (
                "url=https://www.example.com/",
                "url",
                Some("https://www.example.com/"),
            ),
            ("whitespace=foo%20bar", "whitespace", Some("foo bar")),
            ("plus=a%2Bb", "plus", Some("a+b")),
            (
                "category=electronics&category=books",
                "category",
                Some("books"),
            ),
            ("a=1;b=2", "b", Some("2")),
            ("a", "a", Some("")),
            ("a=1", "A", None),
            ("bad=%FF%zz", "bad", Some("\u{fffd}%zz")),
            ("", "a", None),
        ] {
            let parameters = with_target(&format!("/?{query}"));
            assert_eq!(parameters.get(QUERY, name).as_deref(), expected, "{query}");
        }
    }

    #[test]
    fn all_values_keep_their_order() {
        let parameters = with_target("/?b=1&a=2&b=3");
        assert_eq!(parameters.get_all(QUERY, "b"), ["1", "3"]);
        let all: Vec<_> = parameters.all(QUERY).into_iter().collect();
        assert_eq!(all, [("b".into(), "3".into()), ("a".into(), "2".into())]);
    }

    #[test]
    fn path_values_stay_encoded() {
        let mut parameters = with_target("/files/a%2Fb?x=1");
        parameters.set_path(PathParameters::new(
            Arc::from(["name".into()]),
            std::iter::once(7..12),
        ));
        assert_eq!(parameters.get(PATH, "name").as_deref(), Some("a%2Fb"));
        assert_eq!(parameters.get(PATH, "other"), None);
        assert_eq!(parameters.all(PATH).len(), 1);
    }

    #[test]
    fn some_headers_are_invisible() {
        let mut headers = HeaderMap::new();
        for name in HIDDEN {
            headers.insert(name, HeaderValue::from_static("x"));
        }
        headers.insert("accept", HeaderValue::from_static("a"));
        headers.append("accept", HeaderValue::from_static("b"));
        let parameters = RequestParameters::new(headers, "/".parse().unwrap());
        assert_eq!(parameters.get(HEADER, "Content-Length"), None);
        assert_eq!(parameters.get(HEADER, "no header name"), None);
        assert_eq!(parameters.get(HEADER, "Accept").as_deref(), Some("b"));
        assert_eq!(parameters.get_all(HEADER, "accept"), ["a", "b"]);
        assert_eq!(
            parameters.all(HEADER).into_iter().collect::<Vec<_>>(),
            [("accept".into(), "b".into())]
        );
    }

    #[test]
    fn known_spellings_are_shown_and_compared_exactly() {
        let mut headers = HeaderMap::new();
        headers.insert("test-header", HeaderValue::from_static("x"));
        let parameters = RequestParameters::new(headers, "/".parse().unwrap())
            .with_original_headers(OriginalHeaders::from_iter(["tEsT-HEADeR"]));
        assert_eq!(parameters.get(HEADER, "tEsT-HEADeR").as_deref(), Some("x"));
        assert_eq!(parameters.get(HEADER, "Test-Header"), None);
        assert_eq!(
            parameters.all(HEADER).keys().collect::<Vec<_>>(),
            ["tEsT-HEADeR"]
        );
    }
}
