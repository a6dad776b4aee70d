//! From a client's request to the request of an HTTP endpoint.

use std::borrow::Cow;

use http::uri::{Parts, PathAndQuery};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use tollgate_core::{Context, Observer, Overrides, ParameterFate, RawRejection, Rejection};
use tollgate_router::check_path;

use crate::Payload;
use crate::overrides::ToldOverrides;
use crate::request_headers::OwnHeaders;
use crate::request_parameters::{
    QueryString, RequestParameters, already_present, append, is_dropped, is_forbidden,
};
use crate::source::Values;
use crate::uri_template::{Unfillable, UriTemplate};
use crate::uri_text::UriText;

/// How much of the client's request reaches the endpoint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HttpMapping {
    /// Only what is mapped: integrations of type `HTTP`.
    #[default]
    Mapped,
    /// Everything, and what is mapped besides: integrations of type `HTTP_PROXY`.
    Proxied,
    /// Only what is mapped, by the rules for AWS services: integrations of type `AWS`.
    Service,
}

/// How the requests to an HTTP endpoint are made.
///
/// The rules are those recorded on the service, for each type of integration.
#[derive(Clone, Debug)]
pub struct HttpRequest {
    /// `None`: the client's verb.
    method: Option<Method>,
    uri: UriTemplate,
    parameters: RequestParameters,
    own: Option<OwnHeaders>,
    /// What the endpoint needs to be told, unless the API says it.
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// The head of a request to an endpoint.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct HttpRequestHead {
    /// The verb.
    pub method: Method,
    /// Scheme, host, path and query.
    pub uri: Uri,
    /// The headers; `Host` only where it is mapped.
    pub headers: HeaderMap,
}

impl HttpRequest {
    /// Requests to this URI, with this verb or the client's; how much of the client's request
    /// reaches the endpoint, the parameters say.
    #[must_use]
    pub fn new(
        method: Option<Method>,
        uri: UriTemplate,
        parameters: RequestParameters,
        api_id: &str,
    ) -> Self {
        Self {
            method,
            uri,
            parameters,
            own: OwnHeaders::new(api_id),
            headers: Vec::new(),
        }
    }

    /// Adds a header that mappings and overrides may replace.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// The URI.
    #[must_use]
    pub const fn uri(&self) -> &UriTemplate {
        &self.uri
    }

    /// Whether a value of the request stands in the URI.
    fn fills_path(&self) -> bool {
        self.uri.parameters().next().is_some()
    }

    /// How much of the client's request reaches the endpoint.
    #[must_use]
    pub const fn mapping(&self) -> HttpMapping {
        self.parameters.mapping()
    }

    /// Whether a mapped value comes from the request's body, so that it must be at hand.
    #[must_use]
    pub fn reads_body(&self) -> bool {
        self.parameters.read_body()
    }

    /// The verb of the request that a client's verb leads to.
    #[must_use]
    pub fn method(&self, context: &Context) -> Method {
        self.method
            .clone()
            .unwrap_or_else(|| context.request.method.clone())
    }

    /// Whether a request with this verb has a body; the service sends none with these three.
    #[must_use]
    pub fn has_body(method: &Method) -> bool {
        ![Method::GET, Method::HEAD, Method::OPTIONS].contains(method)
    }

    /// Makes the head of a request; the body is needed only where a mapping
    /// [reads](Self::reads_body) it. Proxy integrations have no overrides. The observer is told where
    /// each value comes from.
    ///
    /// # Errors
    ///
    /// `API_CONFIGURATION_ERROR` where the address cannot be called or a header cannot be sent, 400
    /// where a mapping reads a body that is not JSON, or where what the request brings into the path
    /// could lead out of where the API's author put it.
    pub fn head(
        &self,
        context: &Context,
        overrides: &Overrides,
        payload: Payload<'_>,
        observer: Option<&dyn Observer>,
    ) -> Result<HttpRequestHead, Rejection> {
        self.parameters.check()?;
        let values = Values::of_request(context, payload, observer);
        let method = self.method(context);
        let overrides = match self.mapping() {
            HttpMapping::Mapped | HttpMapping::Service => Some(overrides),
            HttpMapping::Proxied => None,
        };
        let told = ToldOverrides::of_request(context, observer);
        let uri = self.target(context, (overrides, &told), &values)?;
        let mut headers = match (&self.own, self.mapping()) {
            (None, _) => HeaderMap::new(),
            (Some(own), HttpMapping::Proxied) => own.of_proxy(context, observer),
            (Some(own), _) => own.of_mapping(context, Self::has_body(&method)),
        };
        for (name, value) in &self.headers {
            headers.insert(name, value.clone());
        }
        self.parameters.apply_headers(&values, &mut headers)?;
        if let Some(overrides) = overrides {
            override_headers(overrides, self.mapping(), &told, &mut headers)?;
        }
        Ok(HttpRequestHead {
            method,
            uri,
            headers,
        })
    }

    fn target(
        &self,
        context: &Context,
        (overrides, told): (Option<&Overrides>, &ToldOverrides<'_>),
        values: &Values<'_, '_>,
    ) -> Result<Uri, Rejection> {
        let mut path = self.parameters.path_values(values)?;
        for (name, value) in overrides.iter().flat_map(|one| &one.request_path) {
            told.tell("path", (name, value), ParameterFate::Set);
            path.push(name, UriText::Plain(Cow::Borrowed(value)));
        }
        let unfillable = |error: Unfillable| Rejection::configuration(error.to_string());
        let authority = self.uri.fill_authority(&path).map_err(unfillable)?;
        let mut target = String::with_capacity(128);
        self.uri
            .fill_path_and_query(&mut target, &path)
            .map_err(unfillable)?;
        let mut query = QueryString::of(&mut target);
        // The order is recorded for the first two: the URI's own values, mapped ones, the client's.
        let overridden = overrides.map_or(&[][..], |one| &one.request_querystring);
        self.parameters
            .apply_query(values, overridden, &mut query)?;
        if self.mapping() == HttpMapping::Proxied {
            query.push_encoded(context.request.target.query().unwrap_or_default());
        }
        for (name, value) in overridden {
            told.tell("querystring", (name, value), ParameterFate::Set);
            query.push(name, &UriText::Plain(Cow::Borrowed(value)));
        }
        let target = PathAndQuery::try_from(target).map_err(|error| {
            Rejection::configuration(format!("invalid endpoint address: {error}"))
        })?;
        if self.fills_path() {
            check_path(target.path()).map_err(|error| {
                let reason = format!("the path of the endpoint is refused: {error}");
                Rejection::raw(RawRejection::BadRequest).because(reason)
            })?;
        }
        let mut parts = Parts::default();
        parts.scheme = Some(self.uri.scheme().clone());
        parts.authority = Some(authority);
        parts.path_and_query = Some(target);
        Uri::from_parts(parts)
            .map_err(|error| Rejection::configuration(format!("invalid endpoint address: {error}")))
    }
}

/// Sets what a template wrote to `$context.requestOverride.header`.
fn override_headers(
    overrides: &Overrides,
    mapping: HttpMapping,
    told: &ToldOverrides<'_>,
    headers: &mut HeaderMap,
) -> Result<(), Rejection> {
    for (index, (spelled, value)) in overrides.request_headers.iter().enumerate() {
        let name: HeaderName = spelled.parse().map_err(|_| {
            Rejection::configuration(format!("the overriding header {spelled:?} cannot be sent"))
        })?;
        if is_forbidden(&name, mapping) {
            return Err(already_present(&name));
        }
        let fate = if is_dropped(&name, mapping) {
            ParameterFate::Dropped
        } else {
            ParameterFate::Set
        };
        told.tell("header", (spelled, value), fate);
        if fate == ParameterFate::Dropped {
            continue;
        }
        // Several values of one override stand side by side; the first replaces what was mapped.
        let earlier = &overrides.request_headers[..index];
        if earlier.iter().all(|(earlier, _)| earlier != spelled) {
            headers.remove(&name);
        }
        append(headers, name, value)?;
    }
    Ok(())
}
