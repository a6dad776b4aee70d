//! Managed CORS: the gateway answers preflights, and sets the headers of all responses.
//!
//! As HTTP APIs of the service do it ("Configure CORS for HTTP APIs"); its REST APIs have nothing
//! of the kind.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::sync::Arc;
use std::task::{Context, Poll};

use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};
use tollgate_core::{Body, ClientRequest};
use tower_http::cors::{AllowOrigin, CorsLayer};
use tower_layer::Layer as _;
use tower_service::Service;

/// The status of the answer to a preflight.
const PREFLIGHT_STATUS: StatusCode = StatusCode::NO_CONTENT;

/// Headers that are the gateway's to set: those of endpoints and mappings are dropped.
const MANAGED: [HeaderName; 6] = [
    header::ACCESS_CONTROL_ALLOW_CREDENTIALS,
    header::ACCESS_CONTROL_ALLOW_HEADERS,
    header::ACCESS_CONTROL_ALLOW_METHODS,
    header::ACCESS_CONTROL_ALLOW_ORIGIN,
    header::ACCESS_CONTROL_EXPOSE_HEADERS,
    header::ACCESS_CONTROL_MAX_AGE,
];

/// An API's CORS configuration, compiled.
#[derive(Debug)]
pub(crate) struct Cors {
    origins: Arc<Origins>,
    /// Makes the headers for an allowed origin.
    headers: tower_http::cors::Cors<Bare>,
}

/// The origins whose pages may call an API.
#[derive(Debug)]
pub(crate) enum Origins {
    All,
    Some {
        exact: Box<[HeaderValue]>,
        /// Beginnings such as `https://`.
        beginnings: Box<[&'static str]>,
    },
}

impl Origins {
    fn allow(&self, origin: &HeaderValue) -> bool {
        match self {
            Self::All => true,
            Self::Some { exact, beginnings } => {
                let bytes = origin.as_bytes();
                exact.contains(origin)
                    || beginnings
                        .iter()
                        .any(|one| bytes.starts_with(one.as_bytes()))
            }
        }
    }
}

impl Cors {
    /// Takes headers that are set but for the origins'. Whoever made them has seen to it that
    /// credentials and wildcards are not allowed together, for which the layer has a panic.
    pub(crate) fn new(origins: Origins, headers: CorsLayer) -> Self {
        let origins = Arc::new(origins);
        let allow = match *origins {
            Origins::All => AllowOrigin::any(),
            Origins::Some { .. } => {
                let origins = origins.clone();
                AllowOrigin::predicate(move |origin, _| origins.allow(origin))
            }
        };
        Self {
            origins,
            headers: headers.allow_origin(allow).layer(Bare),
        }
    }

    /// The answer to a preflight; `None` for any other request.
    ///
    /// Of an origin that is not allowed, the answer has no headers that would allow anything.
    pub(crate) async fn preflight(&self, request: &ClientRequest) -> Option<Response<Body>> {
        let is_preflight = request.method == Method::OPTIONS
            && request.headers.contains_key(header::ORIGIN)
            && request
                .headers
                .contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
        if !is_preflight {
            return None;
        }
        let mut response = Response::new(Body::empty());
        *response.status_mut() = PREFLIGHT_STATUS;
        self.add(Method::OPTIONS, request, response.headers_mut())
            .await;
        Some(response)
    }

    /// Sets the headers of the response to a request that is no preflight.
    pub(crate) async fn apply(&self, request: &ClientRequest, headers: &mut HeaderMap) {
        for name in MANAGED {
            headers.remove(name);
        }
        // The layer takes every OPTIONS for a preflight; for other verbs it does the same.
        self.add(Method::GET, request, headers).await;
    }

    async fn add(&self, verb: Method, request: &ClientRequest, headers: &mut HeaderMap) {
        let origin = request.headers.get(header::ORIGIN);
        match origin.filter(|origin| self.origins.allow(origin)) {
            Some(origin) => {
                let mut request = Request::new(());
                *request.method_mut() = verb;
                request.headers_mut().insert(header::ORIGIN, origin.clone());
                let Ok(made) = self.headers.clone().call(request).await;
                for (name, value) in made.headers() {
                    append(headers, name, value);
                }
            }
            // Caches must not give this response to an origin that is allowed.
            None if !matches!(*self.origins, Origins::All) => {
                append(headers, &header::VARY, &HeaderValue::from_static("origin"));
            }
            None => {}
        }
    }
}

/// Adds a header, or none where the response has no room for more; `Vary` only once.
fn append(headers: &mut HeaderMap, name: &HeaderName, value: &HeaderValue) {
    let is_there = *name == header::VARY
        && headers
            .get_all(name)
            .iter()
            .flat_map(|list| list.as_bytes().split(|byte| *byte == b','))
            .map(<[u8]>::trim_ascii)
            .any(|one| one == b"*" || one.eq_ignore_ascii_case(value.as_bytes()));
    if !is_there {
        // Without room for it, pages of other origins read less than they might.
        drop(headers.try_append(name, value.clone()));
    }
}

/// The service behind the layer: its responses have what the layer gives them.
#[derive(Clone, Copy, Debug)]
struct Bare;

impl Service<Request<()>> for Bare {
    type Response = Response<()>;
    type Error = Infallible;
    type Future = Ready<Result<Response<()>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<()>) -> Self::Future {
        ready(Ok(Response::new(())))
    }
}
