//! From proxy event to request.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http::uri::PathAndQuery;
use http::{HeaderName, HeaderValue, Method, Request, Uri};
use serde::Deserialize;
use tollgate_core::{Body, BoxError};

/// What of an event makes the request.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    http_method: String,
    path: String,
    headers: Option<BTreeMap<String, String>>,
    multi_value_headers: Option<BTreeMap<String, Vec<String>>>,
    query_string_parameters: Option<BTreeMap<String, String>>,
    multi_value_query_string_parameters: Option<BTreeMap<String, Vec<String>>>,
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: bool,
}

/// The request that an event tells of; the maps of lists count where they are there.
///
/// # Errors
///
/// What is wrong with the event.
pub(super) fn request(event: &[u8]) -> Result<Request<Body>, BoxError> {
    let event: Event = serde_json::from_slice(event)?;
    let mut target = event.path;
    if target.contains(['?', '#']) {
        return Err("the path of the event is none".into());
    }
    let parameters = all(
        event.multi_value_query_string_parameters,
        event.query_string_parameters,
    );
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(parameters)
        .finish();
    if !query.is_empty() {
        target.push('?');
        target.push_str(&query);
    }
    let body = event.body.unwrap_or_default();
    let body = if event.is_base64_encoded {
        Bytes::from(BASE64_STANDARD.decode(body)?)
    } else {
        Bytes::from(body)
    };
    let mut request = Request::new(Body::from(body));
    *request.method_mut() = Method::from_bytes(event.http_method.as_bytes())?;
    *request.uri_mut() = Uri::from(PathAndQuery::try_from(target)?);
    for (name, value) in all(event.multi_value_headers, event.headers) {
        let name = HeaderName::from_bytes(name.as_bytes())?;
        let value = HeaderValue::from_bytes(value.as_bytes())?;
        request.headers_mut().try_append(name, value)?;
    }
    Ok(request)
}

fn all(
    multiple: Option<BTreeMap<String, Vec<String>>>,
    single: Option<BTreeMap<String, String>>,
) -> Vec<(String, String)> {
    match multiple {
        Some(multiple) => multiple
            .into_iter()
            .flat_map(|(name, values)| values.into_iter().map(move |value| (name.clone(), value)))
            .collect(),
        None => single.unwrap_or_default().into_iter().collect(),
    }
}
