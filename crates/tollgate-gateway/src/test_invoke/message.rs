//! The request that a test sends, and the headers that come back.

use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, header};
use http_body_util::Full;
use indexmap::IndexMap;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use tollgate_core::{OriginalHeaders, TRACE_HEADER};
use tollgate_model::{ApiDocument, HttpMethod};

use super::spelling::Spelling;
use super::{TestInvokeError, TestRequest};

/// The verb with which `ANY` itself is tried: no request has that. What the service does is not known.
const VERB_OF_ANY: Method = Method::GET;
/// What bodies of tests are (the service's page on testing a method).
const JSON: HeaderValue = HeaderValue::from_static("application/json");
/// What cannot stand in a path or query string as it is.
const UNSENDABLE: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`');
/// Headers that responses of tests do not show (recorded on the service).
const HIDDEN: [HeaderName; 3] = [
    header::CONTENT_LENGTH,
    HeaderName::from_static("x-amz-apigw-id"),
    HeaderName::from_static("x-amzn-requestid"),
];

/// The request of a test to the one method of a draft.
pub(super) fn request(
    draft: &ApiDocument,
    verb: HttpMethod,
    test: &TestRequest,
) -> Result<Request<Full<bytes::Bytes>>, TestInvokeError> {
    let template = draft.resources.first().map_or("/", |one| &*one.path);
    let body = test.body.clone().unwrap_or_default();
    let mut request = Request::new(Full::from(body));
    *request.uri_mut() = target(template, test.path_with_query_string.as_deref())?.into();
    *request.method_mut() = match verb {
        HttpMethod::Any => VERB_OF_ANY,
        verb => verb.as_str().parse().expect("it is a verb"),
    };
    let mut names = Vec::new();
    for (name, value) in pairs(test) {
        let invalid = || TestInvokeError::InvalidHeader {
            name: name.to_owned(),
        };
        let spelled = name;
        let name: HeaderName = name.parse().map_err(|_| invalid())?;
        let value = match name {
            header::CONTENT_TYPE => JSON,
            _ => HeaderValue::from_bytes(value.as_bytes()).map_err(|_| invalid())?,
        };
        request
            .headers_mut()
            .try_append(name, value)
            .map_err(|_| invalid())?;
        names.push(spelled);
    }
    let names: OriginalHeaders = names.into_iter().collect();
    request.extensions_mut().insert(names);
    Ok(request)
}

/// All headers of a test.
pub(super) fn pairs(test: &TestRequest) -> impl Iterator<Item = (&str, &str)> {
    let single = test.headers.iter();
    let single = single.map(|(name, value)| (&**name, &**value));
    let several = test.multi_value_headers.iter();
    let several = several.flat_map(|(name, values)| values.iter().map(|value| (&**name, &**value)));
    single.chain(several)
}

/// Path and query as they are sent.
fn target(template: &str, given: Option<&str>) -> Result<PathAndQuery, TestInvokeError> {
    let given = given.unwrap_or_default();
    let (path, query) = match given.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (given, None),
    };
    let path = if path.is_empty() { template } else { path };
    let mut target = String::with_capacity(given.len() + template.len() + 1);
    if !path.starts_with('/') {
        target.push('/');
    }
    target.extend(utf8_percent_encode(path, UNSENDABLE));
    if let Some(query) = query {
        target.push('?');
        target.extend(utf8_percent_encode(query, UNSENDABLE));
    }
    target.parse().map_err(|_| TestInvokeError::InvalidPath)
}

/// The headers of a response that a test shows: each with its values, and the trace first. What the
/// gateway answers by itself shows no `Content-Type` (both recorded on the service).
pub(super) fn fields(
    headers: &HeaderMap,
    is_built_in: bool,
) -> Vec<(&HeaderName, Vec<&HeaderValue>)> {
    let is_left_out =
        |name: &HeaderName| HIDDEN.contains(name) || (is_built_in && *name == header::CONTENT_TYPE);
    let names = headers.keys();
    let mut names: Vec<_> = names.filter(|name| !is_left_out(name)).collect();
    names.sort_by_key(|name| **name != TRACE_HEADER);
    let names = names.into_iter();
    names
        .map(|name| (name, headers.get_all(name).iter().collect()))
        .collect()
}

/// Each header with its last value.
pub(super) fn last_values(
    fields: &[(&HeaderName, Vec<&HeaderValue>)],
    spelling: &Spelling<'_>,
) -> IndexMap<String, String> {
    let last = fields.iter().filter_map(|(name, values)| {
        let value = text(values.last()?);
        Some((spelling.spelled(name).to_owned(), value))
    });
    last.collect()
}

/// Each header with all its values.
pub(super) fn all_values(
    fields: &[(&HeaderName, Vec<&HeaderValue>)],
    spelling: &Spelling<'_>,
) -> IndexMap<String, Vec<String>> {
    let all = fields.iter().map(|(name, values)| {
        let values = values.iter().map(|value| text(value));
        (spelling.spelled(name).to_owned(), values.collect())
    });
    all.collect()
}

fn text(value: &HeaderValue) -> String {
    String::from_utf8_lossy(value.as_bytes()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_makes_a_target() {
        for (given, expected) in [
            (None, "/pets/{id}"),
            (Some(""), "/pets/{id}"),
            (Some("?a=b"), "/pets/{id}?a=b"),
            (Some("/pets/7?a=b?c"), "/pets/7?a=b?c"),
            (Some("pets/7"), "/pets/7"),
            (Some("/a b#c?d=e f#g"), "/a%20b%23c?d=e%20f%23g"),
            (Some("/ü\n%41%"), "/%C3%BC%0A%41%"),
            (Some("//host/x"), "//host/x"),
            (Some("http://host/x"), "/http://host/x"),
        ] {
            let made = target("/pets/{id}", given).map(|made| made.to_string());
            assert_eq!(made, Ok(expected.to_owned()), "{given:?}");
        }
        for byte in 0..=0x7f_u8 {
            let given = format!("/{0}?{0}", char::from(byte));
            assert!(target("/", Some(&given)).is_ok(), "{given:?}");
        }
        let long = "/".repeat(70_000);
        assert_eq!(target("/", Some(&long)), Err(TestInvokeError::InvalidPath));
    }
}
