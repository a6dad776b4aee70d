//! What the function of an authorizer is told.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use indexmap::IndexMap;
use serde_json::{Map, Value, json};
use tollgate_core::{Context, ContextPath, ParameterLocation};

/// The event of an authorizer's function (API Gateway Developer Guide, "Input to an API Gateway
/// Lambda authorizer").
///
/// Of a `TOKEN` authorizer it has the members `type`, `methodArn` and `authorizationToken`; of a
/// `REQUEST` authorizer what the event of a proxy integration has, without a body. Maps without
/// members are `{}` there.
///
/// `Debug` does not show it: it holds what callers identify themselves with.
#[derive(Clone)]
pub struct AuthorizerEvent {
    json: String,
    method_arn: Arc<str>,
    token: Option<Box<str>>,
}

impl AuthorizerEvent {
    pub(super) fn of_token(token: &str, method_arn: &str) -> Self {
        let event = json!({
            "type": "TOKEN",
            "methodArn": method_arn,
            "authorizationToken": token,
        });
        Self {
            json: event.to_string(),
            method_arn: method_arn.into(),
            token: Some(token.into()),
        }
    }

    pub(super) fn of_request(context: &Context, method_arn: &str) -> Self {
        let request = &context.request;
        let (headers, all_headers) = headers(context);
        let (query, all_query) = query(context);
        let path: Map<String, Value> = request.path_values().map(member).collect();
        let variables: Map<String, Value> = context.stage.variables.iter().map(member).collect();
        let event = json!({
            "type": "REQUEST",
            "methodArn": method_arn,
            "resource": context.value(&ContextPath::ResourcePath),
            "path": request.event_path(),
            "httpMethod": request.method.as_str(),
            "headers": headers,
            "multiValueHeaders": all_headers,
            "queryStringParameters": query,
            "multiValueQueryStringParameters": all_query,
            "pathParameters": path,
            "stageVariables": variables,
            "requestContext": request_context(context),
        });
        Self {
            json: event.to_string(),
            method_arn: method_arn.into(),
            token: None,
        }
    }

    /// The event as JSON, as functions in other processes get it.
    #[must_use]
    pub fn json(&self) -> &str {
        &self.json
    }

    /// The event as JSON, without a copy.
    #[must_use]
    pub fn into_json(self) -> String {
        self.json
    }

    /// What the caller wants to call.
    #[must_use]
    pub fn method_arn(&self) -> &str {
        &self.method_arn
    }

    /// The token; `None` for a `REQUEST` authorizer.
    #[must_use]
    pub fn authorization_token(&self) -> Option<&str> {
        self.token.as_deref()
    }
}

impl fmt::Debug for AuthorizerEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthorizerEvent")
            .field("method_arn", &self.method_arn)
            .finish_non_exhaustive()
    }
}

/// Names with their last values, and with all of them.
type Values<'c> = (
    IndexMap<Cow<'c, str>, Cow<'c, str>>,
    IndexMap<Cow<'c, str>, Vec<Cow<'c, str>>>,
);

fn headers(context: &Context) -> Values<'_> {
    let last = context.parameters(ParameterLocation::Header);
    let mut sent: IndexMap<&str, Vec<Cow<'_, str>>> = IndexMap::new();
    for (name, value) in context.request.visible_headers() {
        let values = sent.entry(context.request.spelled(name)).or_default();
        values.push(String::from_utf8_lossy(value.as_bytes()));
    }
    let all = last.iter().map(|(name, last)| {
        // What the gateway says itself takes the place of what clients say.
        let values = sent.swap_remove(&**name);
        let values = values.filter(|values| values.last() == Some(last));
        (name.clone(), values.unwrap_or_else(|| vec![last.clone()]))
    });
    let all = all.collect();
    (last, all)
}

fn query(context: &Context) -> Values<'_> {
    let mut all: IndexMap<_, Vec<_>> = IndexMap::new();
    for (name, value) in context.request.query() {
        all.entry(name).or_default().push(value);
    }
    let last = all
        .iter()
        .filter_map(|(name, values)| Some((name.clone(), values.last()?.clone())));
    (last.collect(), all)
}

fn request_context(context: &Context) -> Value {
    let value = |path: ContextPath| context.value(&path);
    let mut identity = json!({
        "sourceIp": value(ContextPath::IdentitySourceIp),
        "userAgent": value(ContextPath::IdentityUserAgent),
    });
    for (name, path) in [
        ("apiKey", ContextPath::IdentityApiKey),
        ("apiKeyId", ContextPath::IdentityApiKeyId),
    ] {
        if let Some(known) = value(path) {
            identity[name] = known.into();
        }
    }
    if let Some(certificate) = &context.identity.certificate {
        identity["clientCert"] = json!({
            "clientCertPem": certificate.pem,
            "subjectDN": certificate.subject_dn,
            "issuerDN": certificate.issuer_dn,
            "serialNumber": certificate.serial_number,
            "validity": {
                "notBefore": certificate.not_before,
                "notAfter": certificate.not_after,
            },
        });
    }
    json!({
        "path": context.path(),
        "accountId": value(ContextPath::AccountId),
        "resourceId": value(ContextPath::ResourceId),
        "stage": value(ContextPath::Stage),
        "requestId": value(ContextPath::RequestId),
        "identity": identity,
        "resourcePath": value(ContextPath::ResourcePath),
        "httpMethod": value(ContextPath::HttpMethod),
        "apiId": value(ContextPath::ApiId),
    })
}

fn member((name, value): (&str, &str)) -> (String, Value) {
    (name.to_owned(), value.into())
}
