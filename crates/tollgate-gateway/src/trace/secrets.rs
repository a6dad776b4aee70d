//! What a trace hides: the one place that decides which values are secret.

use std::borrow::Cow;
use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION, SET_COOKIE};
use http::{HeaderMap, HeaderName};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use tollgate_model::ApiDocument;

use super::{TraceEvent, TraceStep};

/// Headers whose values are secrets.
const HEADERS: [HeaderName; 6] = [
    AUTHORIZATION,
    COOKIE,
    PROXY_AUTHORIZATION,
    SET_COOKIE,
    HeaderName::from_static("x-amz-security-token"),
    HeaderName::from_static("x-api-key"),
];
/// Parameters of query strings whose values are secrets, in lower case.
const PARAMETERS: [&str; 3] = [
    "x-amz-credential",
    "x-amz-security-token",
    "x-amz-signature",
];
/// Bytes that a secret has at least to be looked for elsewhere: shorter ones stand in many texts by
/// chance.
const SHORTEST: usize = 8;
/// Characters at the end of a secret that are shown at most, and only a quarter of it.
const MOST_SHOWN: usize = 6;

/// What `encodeURIComponent` and its likes escape.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
/// What mapped parameters have escaped in a query string.
const QUERY: &AsciiSet = &COMPONENT
    .remove(b'!')
    .remove(b'$')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b',')
    .remove(b'/')
    .remove(b':')
    .remove(b'@');

/// Which texts of a trace are hidden: the values of `Authorization`, `Proxy-Authorization`, `Cookie`,
/// `Set-Cookie`, `x-api-key` and `x-amz-security-token`, and of the query parameters `X-Amz-Signature`,
/// `X-Amz-Credential` and `X-Amz-Security-Token`, in all messages; and those of headers and parameters of
/// the query string by which an authorizer knows its callers, if they have eight bytes or more.
///
/// Where such a value of at least eight bytes turns up again, it is hidden too: as it is, with the
/// escapes of JSON or of a URI, and in Base64. What a template or an endpoint makes of a secret
/// otherwise is not recognised.
///
/// Of a hidden value the last characters are shown, as the service does in its logs: six, but a
/// quarter of it at most. The others are asterisks, so that its length stays.
///
/// ```
/// use tollgate_gateway::Secrets;
///
/// assert_eq!(Secrets::mask("0123456789abcdefghijklmn"), "******************ijklmn");
/// assert_eq!(Secrets::mask("password"), "******rd");
/// assert_eq!(Secrets::mask("abc"), "***");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Secrets(Kind);

#[derive(Clone, PartialEq, Eq)]
enum Kind {
    Shown,
    /// Texts and what is shown in their place, the longest first.
    Hidden(Vec<(String, String)>),
}

impl Secrets {
    /// Nothing is hidden.
    #[must_use]
    pub const fn shown() -> Self {
        Self(Kind::Shown)
    }

    /// The secrets among the steps of a trace.
    #[must_use]
    pub fn of(steps: &[TraceStep]) -> Self {
        let mut found = Found::default();
        for step in steps {
            found.event(&step.event);
        }
        Self(Kind::Hidden(found.masks()))
    }

    /// Those that stand in a document as well: the static values that it maps to secret headers.
    #[must_use]
    pub(crate) fn and_of(&self, document: &ApiDocument) -> Self {
        let Kind::Hidden(known) = &self.0 else {
            return self.clone();
        };
        let mut found = Found::default();
        found.document(document);
        let mut masks = known.clone();
        masks.extend(found.masks());
        sort(&mut masks);
        Self(Kind::Hidden(masks))
    }

    /// Whether something could be hidden.
    #[must_use]
    pub const fn is_hiding(&self) -> bool {
        matches!(self.0, Kind::Hidden(_))
    }

    /// What is shown of a secret.
    #[must_use]
    pub fn mask(secret: &str) -> String {
        let length = secret.chars().count();
        let hidden = length - MOST_SHOWN.min(length / 4);
        let shown = |(index, char)| if index < hidden { '*' } else { char };
        secret.chars().enumerate().map(shown).collect()
    }

    /// The value of a header.
    #[must_use]
    pub fn header<'v>(&self, name: &HeaderName, value: &'v [u8]) -> Cow<'v, str> {
        let text = String::from_utf8_lossy(value);
        if self.is_hiding() && HEADERS.contains(name) {
            return Cow::Owned(Self::mask(&text));
        }
        self.text(text)
    }

    /// The value of what a mapping or a template sets, such as `integration.request.header.Cookie`.
    #[must_use]
    pub fn target<'v>(&self, target: &str, value: &'v str) -> Cow<'v, str> {
        if self.is_hiding() && is_secret_target(target) {
            return Cow::Owned(Self::mask(value));
        }
        self.text(Cow::Borrowed(value))
    }

    /// The value of what identifies a caller, such as `method.request.header.X-Token`.
    #[must_use]
    pub fn identity<'v>(&self, source: &str, value: &'v str) -> Cow<'v, str> {
        if self.is_hiding() && is_secret_source(source) {
            return Cow::Owned(Self::mask(value));
        }
        self.text(Cow::Borrowed(value))
    }

    /// What stands at a place such as `steps[0].headers.Cookie[0]`, as JSON.
    pub(crate) fn at_place(&self, place: &str, json: &str) -> String {
        let mut names = place.split(['.', '[', ']']);
        let is_secret = |name: &str| {
            HEADERS
                .iter()
                .any(|one| name.eq_ignore_ascii_case(one.as_str()))
        };
        if self.is_hiding() && names.any(is_secret) {
            return Self::mask(json);
        }
        self.text(Cow::Borrowed(json)).into_owned()
    }

    /// A path or URI: the values of its secret parameters are hidden, however short.
    #[must_use]
    pub fn uri(&self, uri: &str) -> String {
        let Some((path, query)) = uri.split_once('?').filter(|_| self.is_hiding()) else {
            return self.text(Cow::Borrowed(uri)).into_owned();
        };
        let mut shown = self.text(Cow::Borrowed(path)).into_owned();
        shown.push('?');
        for (pair, separator) in pairs(query) {
            match pair.split_once('=') {
                Some((name, value)) if is_secret_parameter(name) => {
                    shown.push_str(name);
                    shown.push('=');
                    shown.push_str(&Self::mask(value));
                }
                _ => shown.push_str(&self.text(Cow::Borrowed(pair))),
            }
            shown.push_str(separator);
        }
        shown
    }

    /// A text in which secrets may have turned up again.
    #[must_use]
    pub fn text<'t>(&self, text: Cow<'t, str>) -> Cow<'t, str> {
        let Kind::Hidden(masks) = &self.0 else {
            return text;
        };
        masks.iter().fold(text, |text, (secret, mask)| {
            if text.contains(secret.as_str()) {
                Cow::Owned(text.replace(secret.as_str(), mask))
            } else {
                text
            }
        })
    }

    /// Bytes in which secrets may have turned up again.
    #[must_use]
    pub fn bytes<'b>(&self, bytes: &'b [u8]) -> Cow<'b, [u8]> {
        let Kind::Hidden(masks) = &self.0 else {
            return Cow::Borrowed(bytes);
        };
        match std::str::from_utf8(bytes) {
            Ok(text) => match self.text(Cow::Borrowed(text)) {
                Cow::Borrowed(_) => Cow::Borrowed(bytes),
                Cow::Owned(text) => Cow::Owned(text.into_bytes()),
            },
            Err(_) => {
                let replaced = |bytes: Cow<'b, [u8]>, (secret, mask): &(String, String)| {
                    replace(&bytes, secret.as_bytes(), mask.as_bytes()).map_or(bytes, Cow::Owned)
                };
                masks.iter().fold(Cow::Borrowed(bytes), replaced)
            }
        }
    }
}

/// Says nothing of the secrets themselves.
impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self.0 {
            Kind::Shown => "Secrets(shown)",
            Kind::Hidden(_) => "Secrets(hidden)",
        })
    }
}

/// Bytes with a part replaced; `None` where they do not have it.
fn replace(bytes: &[u8], part: &[u8], by: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut rest = bytes;
    while let Some(at) = rest.windows(part.len()).position(|window| window == part) {
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(by);
        rest = &rest[at + part.len()..];
    }
    if out.is_empty() {
        return None;
    }
    out.extend_from_slice(rest);
    Some(out)
}

/// The pairs of a query string, each with what separates it from the next.
fn pairs(query: &str) -> impl Iterator<Item = (&str, &str)> {
    let pairs = query.split_inclusive(['&', ';']);
    pairs.map(|pair| match pair.find(['&', ';']) {
        Some(end) => pair.split_at(end),
        None => (pair, ""),
    })
}

fn is_secret_parameter(name: &str) -> bool {
    let name = percent_decode_str(name).decode_utf8_lossy();
    PARAMETERS.contains(&name.to_ascii_lowercase().as_str())
}

/// Whether a mapping's target is a secret, such as `integration.request.header.Authorization`.
fn is_secret_target(target: &str) -> bool {
    let named = |part: &str| Some(target.split_once(part)?.1.to_ascii_lowercase());
    if let Some(name) = named("header.") {
        return HEADERS.iter().any(|known| known.as_str() == name);
    }
    named("querystring.").is_some_and(|name| PARAMETERS.contains(&name.as_str()))
}

/// Whether what identifies a caller is the caller's own, and no fact such as an address.
fn is_secret_source(source: &str) -> bool {
    source.starts_with("method.request.")
}

/// The secrets that were found.
#[derive(Default)]
struct Found(BTreeSet<String>);

impl Found {
    fn event(&mut self, event: &TraceEvent) {
        match event {
            TraceEvent::Received { request, .. } => {
                self.headers(&request.headers);
                self.query(request.target.query());
            }
            TraceEvent::Identified { sources, .. } => {
                let sources = sources.iter().filter(|(name, _)| is_secret_source(name));
                for value in sources.filter_map(|(_, value)| value.as_deref()) {
                    self.value(value);
                }
            }
            TraceEvent::IntegrationRequest { headers, uri, .. } => {
                self.headers(headers);
                self.query(uri.query());
            }
            TraceEvent::IntegrationResponse { headers, .. }
            | TraceEvent::MethodResponse { headers, .. }
            | TraceEvent::Refused { headers, .. } => self.headers(headers),
            TraceEvent::ParameterMapped {
                target,
                value: Some(value),
                ..
            }
            | TraceEvent::Overridden { target, value, .. }
                if is_secret_target(target) =>
            {
                self.value(value);
            }
            _ => {}
        }
    }

    fn document(&mut self, document: &ApiDocument) {
        for response in &document.gateway_responses {
            self.mappings(&response.response_parameters);
        }
        let resources = document.resources.iter();
        let methods = resources.flat_map(|resource| resource.resource_methods.values());
        for integration in methods.filter_map(|method| method.method_integration.as_ref()) {
            self.mappings(&integration.request_parameters);
            for response in integration.integration_responses.values() {
                self.mappings(response.response_parameters.iter().flatten());
            }
        }
    }

    fn mappings<'d>(&mut self, mappings: impl IntoIterator<Item = (&'d String, &'d String)>) {
        for (target, source) in mappings {
            let text = source.strip_prefix('\'');
            let text = text.and_then(|text| text.strip_suffix('\''));
            if let Some(text) = text.filter(|_| is_secret_target(target)) {
                self.value(text);
            }
        }
    }

    /// The secret values among headers.
    fn headers(&mut self, headers: &HeaderMap) {
        for (name, value) in headers {
            if HEADERS.contains(name) {
                self.value(&String::from_utf8_lossy(value.as_bytes()));
            }
        }
    }

    /// A value as a whole, credentials without their scheme, and the values of cookies.
    fn value(&mut self, value: &str) {
        self.secret(value);
        for pair in value.split(';') {
            if let Some((_, cookie)) = pair.split_once('=') {
                self.secret(cookie.trim());
            }
        }
        if let Some((_, credentials)) = value.split_once(' ') {
            self.secret(credentials.trim());
        }
    }

    fn query(&mut self, query: Option<&str>) {
        for (pair, _) in pairs(query.unwrap_or_default()) {
            if let Some((name, value)) = pair.split_once('=')
                && is_secret_parameter(name)
            {
                self.secret(value);
                let plain = value.replace('+', " ");
                self.secret(&percent_decode_str(&plain).decode_utf8_lossy());
            }
        }
    }

    fn secret(&mut self, secret: &str) {
        // What is hidden already has nothing to hide.
        if secret.len() >= SHORTEST && !secret.starts_with('*') {
            self.0.insert(secret.to_owned());
        }
    }

    /// What is looked for, in all spellings, and what is shown in its place.
    fn masks(self) -> Vec<(String, String)> {
        let spelled = self.0.iter().flat_map(|secret| spellings(secret));
        let spelled: BTreeSet<_> = spelled.collect();
        let mut masks: Vec<_> = spelled
            .into_iter()
            .map(|text| {
                let mask = Secrets::mask(&text);
                (text, mask)
            })
            .collect();
        sort(&mut masks);
        masks
    }
}

/// The longest first: a secret may stand in another.
fn sort(masks: &mut [(String, String)]) {
    masks.sort_by_key(|(text, _)| std::cmp::Reverse(text.len()));
}

/// How a secret may be written.
fn spellings(secret: &str) -> [String; 6] {
    let json = serde_json::Value::from(secret).to_string();
    let quoted = json
        .strip_prefix('"')
        .and_then(|json| json.strip_suffix('"'));
    let quoted = quoted.unwrap_or(&json);
    [
        secret.to_owned(),
        quoted.to_owned(),
        // As $util.escapeJavaScript does it.
        quoted.replace('/', "\\/"),
        utf8_percent_encode(secret, COMPONENT).to_string(),
        utf8_percent_encode(secret, QUERY).to_string(),
        STANDARD.encode(secret),
    ]
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn secrets(headers: &[(HeaderName, &'static str)], query: &str) -> Secrets {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(name, HeaderValue::from_static(value));
        }
        let mut found = Found::default();
        found.headers(&map);
        found.query(Some(query));
        Secrets(Kind::Hidden(found.masks()))
    }

    #[test]
    fn secrets_are_hidden_wherever_they_turn_up() {
        let secrets = secrets(
            &[
                (AUTHORIZATION, "Bearer abcd\"efgh"),
                (COOKIE, "a=1; session=0123456789"),
            ],
            "x=1&X-Amz-Signature=ab%2Fcdefgh",
        );
        for (text, expected) in [
            ("plain", "plain"),
            ("1 a 1", "1 a 1"),
            ("token Bearer abcd\"efgh.", "token ************efgh."),
            (r#"{"token": "abcd\"efgh"}"#, r#"{"token": "********gh"}"#),
            ("0123456789 1", "********89 1"),
            ("sign=ab/cdefgh", "sign=*******gh"),
            ("MDEyMzQ1Njc4OQ==", "************OQ=="),
        ] {
            assert_eq!(secrets.text(text.into()), expected);
            assert_eq!(Secrets::shown().text(text.into()), text);
            assert_eq!(secrets.bytes(text.as_bytes()), expected.as_bytes());
        }
        let binary = secrets.bytes(b"\xff0123456789\xff").into_owned();
        assert_eq!(binary, b"\xff********89\xff");
    }

    #[test]
    fn names_alone_make_secrets_of_short_values() {
        let secrets = secrets(&[], "");
        for (name, expected) in [
            ("x-api-key", "***"),
            ("set-cookie", "***"),
            ("x-other", "abc"),
        ] {
            let name = HeaderName::from_static(name);
            assert_eq!(secrets.header(&name, b"abc"), expected, "{name}");
            assert_eq!(Secrets::shown().header(&name, b"abc"), "abc", "{name}");
        }
        for (target, expected) in [
            ("integration.request.header.Authorization", "***"),
            ("context.requestOverride.header.cookie", "***"),
            ("integration.request.querystring.X-Amz-Signature", "***"),
            ("integration.request.header.x-authorization", "abc"),
            ("integration.request.path.cookie", "abc"),
        ] {
            assert_eq!(secrets.target(target, "abc"), expected, "{target}");
        }
        for (uri, expected) in [
            ("/a?x-amz-signature=abc", "/a?x-amz-signature=***"),
            (
                "/a?X-Amz%2DCredential=ab;c=abc&d",
                "/a?X-Amz%2DCredential=**;c=abc&d",
            ),
            ("/a?b=c&", "/a?b=c&"),
            ("/a", "/a"),
        ] {
            assert_eq!(secrets.uri(uri), expected, "{uri}");
        }
    }

    #[test]
    fn what_is_hidden_is_hidden_no_further() {
        let mask = Secrets::mask("Bearer sesame-open");
        assert_eq!(Secrets::mask(&mask), mask);
    }
}
