//! The client's request: its head, and the parameters in path, query string and headers.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use http::request::Parts;
use http::uri::{Authority, PathAndQuery};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Version, header};
use indexmap::IndexMap;

use crate::{EncryptedConnection, OriginalHeaders, PathAddress};

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

/// The head of a client's request, and its parameters as a method sees them.
///
/// Path values stay percent-encoded, query values are decoded as forms are, and where a name comes
/// several times its last value counts (all recorded on the service). Nothing is decoded before it
/// is asked for.
///
/// ```
/// use tollgate_core::{ClientRequest, ParameterLocation};
///
/// let request = ClientRequest::new(http::Method::GET, "/pets?kind=cat&kind=small%20dog".parse()?);
/// let kind = request.parameter(ParameterLocation::Querystring, "kind");
/// assert_eq!(kind.as_deref(), Some("small dog"));
/// # Ok::<(), http::uri::InvalidUri>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ClientRequest {
    /// The verb; never `ANY`.
    pub method: Method,
    /// Path and query as sent, still percent-encoded.
    pub target: PathAndQuery,
    /// Which part of the path led to the API.
    pub address: PathAddress,
    /// The version of HTTP.
    pub version: Version,
    /// All headers, those included that parameters do not show.
    pub headers: HeaderMap,
    /// How the client spelled the names of the headers, where that is known. Names are then shown
    /// so, and compared exactly.
    pub spelling: Option<OriginalHeaders>,
    /// Whether the connection is encrypted.
    pub is_encrypted: bool,
    /// The path parameters, known once the request is routed.
    pub path_parameters: PathParameters,
}

/// The values of a resource's path parameters: their names, and their places in the path.
///
/// Among the extensions of a request it tells layers further in what the path was matched as.
#[derive(Clone, Debug, Default)]
pub struct PathParameters {
    names: Option<Arc<[Box<str>]>>,
    ranges: Vec<Range<usize>>,
    /// The path that was matched, where it need not be the request's own any more.
    matched: Option<PathAndQuery>,
}

impl PathParameters {
    /// Pairs names with byte ranges of the request target's path, in order.
    #[must_use]
    pub fn new(names: Arc<[Box<str>]>, ranges: impl IntoIterator<Item = Range<usize>>) -> Self {
        Self {
            names: Some(names),
            ranges: ranges.into_iter().collect(),
            matched: None,
        }
    }

    /// Takes the values from this target, whatever becomes of the request's own.
    #[must_use]
    pub fn of(mut self, matched: PathAndQuery) -> Self {
        self.matched = Some(matched);
        self
    }

    fn iter<'a>(&'a self, path: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        let path = self.matched.as_ref().map_or(path, PathAndQuery::path);
        let names = self.names.as_deref().unwrap_or_default();
        names
            .iter()
            .zip(&self.ranges)
            .filter_map(|(name, range)| Some((&**name, path.get(range.clone())?)))
    }
}

impl ClientRequest {
    /// A request over HTTP/1.1 without headers.
    #[must_use]
    pub fn new(method: Method, target: PathAndQuery) -> Self {
        Self {
            method,
            target,
            address: PathAddress::Root,
            version: Version::HTTP_11,
            headers: HeaderMap::new(),
            spelling: None,
            is_encrypted: false,
            path_parameters: PathParameters::default(),
        }
    }

    /// `http` or `https`.
    #[must_use]
    pub const fn scheme(&self) -> &'static str {
        if self.is_encrypted { "https" } else { "http" }
    }

    /// The port that the client called: the one in `Host`, else the one of the scheme.
    #[must_use]
    pub fn port(&self) -> u16 {
        let host = self.headers.get(header::HOST).map(HeaderValue::as_bytes);
        let port = host
            .and_then(|host| host.rsplit(|byte| *byte == b':').next())
            .filter(|port| host.is_some_and(|host| port.len() < host.len()))
            .and_then(|port| std::str::from_utf8(port).ok()?.parse().ok());
        port.unwrap_or(if self.is_encrypted { 443 } else { 80 })
    }

    /// The path as the client sent it, its address included; slashes before its first segment count
    /// as one, as recorded on the service.
    #[must_use]
    pub fn path(&self) -> &str {
        self.path_from(0)
    }

    /// The path as events show it: without the stage, but with the base path of a custom domain
    /// name.
    #[must_use]
    pub fn event_path(&self) -> &str {
        match self.address {
            PathAddress::Stage { .. } => self.resource_path(),
            PathAddress::Root | PathAddress::BasePath { .. } => self.path(),
        }
    }

    /// The path that resources are matched with: what follows the address. Slashes between the two
    /// count as one.
    #[must_use]
    pub fn resource_path(&self) -> &str {
        self.path_from(self.address.length())
    }

    /// Where [`resource_path`](Self::resource_path) begins in the target's path; at its end, if
    /// nothing follows the address.
    #[must_use]
    pub fn resource_path_start(&self) -> usize {
        let address = self.address.length();
        address + doubled_slashes(self.target.path().get(address..).unwrap_or_default())
    }

    fn path_from(&self, start: usize) -> &str {
        match self.target.path().get(start..).unwrap_or_default() {
            "" => "/",
            path => path.get(doubled_slashes(path)..).unwrap_or(path),
        }
    }

    /// The value of a parameter, the last one if there are several.
    #[must_use]
    pub fn parameter(&self, location: ParameterLocation, name: &str) -> Option<Cow<'_, str>> {
        match location {
            ParameterLocation::Path => self
                .path_parameters
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

    /// What the body is said to be: of several headers the last one counts, as for all parameters.
    #[must_use]
    pub fn content_type(&self) -> Option<&HeaderValue> {
        self.headers
            .get_all(header::CONTENT_TYPE)
            .iter()
            .next_back()
    }

    /// All values of a parameter, in the order in which they were sent.
    pub fn parameter_values(&self, location: ParameterLocation, name: &str) -> Vec<Cow<'_, str>> {
        match location {
            ParameterLocation::Path => self.parameter(location, name).into_iter().collect(),
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
    pub fn parameters(&self, location: ParameterLocation) -> IndexMap<Cow<'_, str>, Cow<'_, str>> {
        match location {
            ParameterLocation::Path => self
                .path_values()
                .map(|(name, value)| (Cow::Borrowed(name), Cow::Borrowed(value)))
                .collect(),
            ParameterLocation::Querystring => self.query().collect(),
            ParameterLocation::Header => self
                .visible_headers()
                .map(|(name, value)| (Cow::Borrowed(self.spelled(name)), header_text(value)))
                .collect(),
        }
    }

    /// The path parameters with their values, in the order of the path.
    pub fn path_values(&self) -> impl Iterator<Item = (&str, &str)> {
        self.path_parameters.iter(self.target.path())
    }

    /// Whether a header is the signature of a request to the API. It ends here: nobody behind the
    /// gateway could verify it (API Gateway Developer Guide, "Amazon API Gateway important notes").
    #[must_use]
    pub fn is_signature(name: &HeaderName, value: &HeaderValue) -> bool {
        const ALGORITHM: &[u8] = b"AWS4-HMAC-SHA256";
        *name == header::AUTHORIZATION && value.as_bytes().starts_with(ALGORITHM)
    }

    /// The headers that parameters show: a name as often as it has values.
    pub fn visible_headers(&self) -> impl Iterator<Item = (&HeaderName, &HeaderValue)> {
        self.headers
            .iter()
            .filter(|(name, _)| !HIDDEN.contains(name))
    }

    /// The parameters of the query string in the order in which they were sent: a name as often as it
    /// came.
    pub fn query(&self) -> impl DoubleEndedIterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
        // Known-issues page of the developer guide: a semicolon separates like an ampersand.
        self.target
            .query()
            .unwrap_or_default()
            .split(['&', ';'])
            .filter_map(|pair| form_urlencoded::parse(pair.as_bytes()).next())
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

    /// The name of a header as the client spelled it; in lower case where that is not known.
    #[must_use]
    pub fn spelled<'a>(&'a self, name: &'a HeaderName) -> &'a str {
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

/// How many of the slashes that a path begins with are too many.
fn doubled_slashes(path: &str) -> usize {
    let slashes = path.bytes().take_while(|byte| *byte == b'/').count();
    slashes.saturating_sub(1)
}

/// The head of a request as a server gives it, and what the server put among its extensions.
impl From<Parts> for ClientRequest {
    fn from(parts: Parts) -> Self {
        // The target of `CONNECT`, and of nothing else, has no path.
        let root = || PathAndQuery::from_static("/");
        let uri = parts.uri.into_parts();
        let target = uri.path_and_query.unwrap_or_else(root);
        let mut request = Self::new(parts.method, target);
        request.version = parts.version;
        request.headers = parts.headers;
        if let Some(authority) = uri.authority {
            set_host(&mut request.headers, &authority);
        }
        request.spelling = parts.extensions.get::<OriginalHeaders>().cloned();
        request.is_encrypted = parts.extensions.get::<EncryptedConnection>().is_some();
        let parameters = parts.extensions.get::<PathParameters>();
        request.path_parameters = parameters.cloned().unwrap_or_default();
        request
    }
}

/// Says in the headers which host the target names: HTTP/2 has nothing but the target for it, and in
/// HTTP/1.1 the target counts (RFC 9112, section 3.2.2).
fn set_host(headers: &mut HeaderMap, authority: &Authority) {
    let host = authority.as_str();
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    let said = headers.get(header::HOST).map(HeaderValue::as_bytes);
    if said != Some(host.as_bytes())
        && let Ok(host) = HeaderValue::from_str(host)
    {
        // A request that has as many headers as it can have goes without.
        drop(headers.try_insert(header::HOST, host));
    }
}

fn header_text(value: &HeaderValue) -> Cow<'_, str> {
    String::from_utf8_lossy(value.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATH: ParameterLocation = ParameterLocation::Path;
    const QUERY: ParameterLocation = ParameterLocation::Querystring;
    const HEADER: ParameterLocation = ParameterLocation::Header;

    fn with_target(target: &str) -> ClientRequest {
        ClientRequest::new(Method::GET, target.parse().expect("it is a target"))
    }

    /// The rows with a stage were recorded on the service.
    #[test]
    fn paths_are_told_from_their_addresses() {
        let stage = |length| PathAddress::Stage { length };
        let base = |key: Range<usize>, length| PathAddress::BasePath { key, length };
        for (target, address, path, event_path, resource_path) in [
            ("/a", PathAddress::Root, "/a", "/a", "/a"),
            ("//a", PathAddress::Root, "/a", "/a", "/a"),
            ("/s/a", stage(2), "/s/a", "/a", "/a"),
            ("/s/a/", stage(2), "/s/a/", "/a/", "/a/"),
            ("/s/a//b", stage(2), "/s/a//b", "/a//b", "/a//b"),
            ("//s/a", stage(3), "/s/a", "/a", "/a"),
            ("/s//a", stage(2), "/s//a", "/a", "/a"),
            ("/s", stage(2), "/s", "/", "/"),
            ("/s//", stage(2), "/s//", "/", "/"),
            ("/k/a?q", base(1..2, 2), "/k/a", "/k/a", "/a"),
            ("/k/s//a", base(1..2, 4), "/k/s//a", "/k/s//a", "/a"),
            ("//a", base(0..0, 0), "/a", "/a", "/a"),
        ] {
            let mut request = with_target(target);
            request.address = address;
            assert_eq!(
                (
                    request.path(),
                    request.event_path(),
                    request.resource_path()
                ),
                (path, event_path, resource_path),
                "{target}"
            );
            let start = request.resource_path_start();
            let rest = &request.target.path()[start..];
            assert_eq!(
                if rest.is_empty() { "/" } else { rest },
                resource_path,
                "{target}"
            );
        }
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
            let request = with_target(&format!("/?{query}"));
            assert_eq!(
                request.parameter(QUERY, name).as_deref(),
                expected,
                "{query}"
            );
        }
    }

    #[test]
    fn all_values_keep_their_order() {
        let request = with_target("/?b=1&a=2&b=3");
        assert_eq!(request.parameter_values(QUERY, "b"), ["1", "3"]);
        let all: Vec<_> = request.parameters(QUERY).into_iter().collect();
        assert_eq!(all, [("b".into(), "3".into()), ("a".into(), "2".into())]);
    }

    #[test]
    fn path_values_stay_encoded() {
        let mut request = with_target("/files/a%2Fb?x=1");
        request.path_parameters =
            PathParameters::new(Arc::from(["name".into()]), std::iter::once(7..12));
        assert_eq!(request.parameter(PATH, "name").as_deref(), Some("a%2Fb"));
        assert_eq!(request.parameter(PATH, "other"), None);
        assert_eq!(request.parameters(PATH).len(), 1);
    }

    #[test]
    fn some_headers_are_invisible() {
        let mut headers = HeaderMap::new();
        for name in HIDDEN {
            headers.insert(name, HeaderValue::from_static("x"));
        }
        headers.insert("accept", HeaderValue::from_static("a"));
        headers.append("accept", HeaderValue::from_static("b"));
        let mut request = with_target("/");
        request.headers = headers;
        assert_eq!(request.parameter(HEADER, "Content-Length"), None);
        assert_eq!(request.parameter(HEADER, "no header name"), None);
        assert_eq!(request.parameter(HEADER, "Accept").as_deref(), Some("b"));
        assert_eq!(request.parameter_values(HEADER, "accept"), ["a", "b"]);
        assert_eq!(
            request.parameters(HEADER).into_iter().collect::<Vec<_>>(),
            [("accept".into(), "b".into())]
        );
    }

    #[test]
    fn known_spellings_are_shown_and_compared_exactly() {
        let mut headers = HeaderMap::new();
        headers.insert("test-header", HeaderValue::from_static("x"));
        let mut request = with_target("/");
        request.headers = headers;
        request.spelling = Some(OriginalHeaders::from_iter(["tEsT-HEADeR"]));
        assert_eq!(
            request.parameter(HEADER, "tEsT-HEADeR").as_deref(),
            Some("x")
        );
        assert_eq!(request.parameter(HEADER, "Test-Header"), None);
        assert_eq!(
            request.parameters(HEADER).keys().collect::<Vec<_>>(),
            ["tEsT-HEADeR"]
        );
    }
}
