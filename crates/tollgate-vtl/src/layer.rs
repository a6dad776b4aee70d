//! Bodies of an HTTP service, rewritten by templates.

mod exchange;
mod future;
mod message;
mod service;
mod templates;

use std::fmt;
use std::sync::Arc;

use tollgate_core::Rejection;
use tower_layer::Layer;

use crate::{Map, Template};

pub use future::TemplateFuture;
pub use message::Message;
pub use service::Templated;
use templates::Templates;

/// Bytes that a body may have which a [`TemplateLayer`] rewrites, unless it is told otherwise:
/// 10 MiB, the payload limit of Amazon API Gateway.
pub const MAX_BODY_BYTES: usize = 10_485_760;

/// Rewrites the bodies of requests and responses by templates, chosen by content type.
///
/// The variables of a template are made by one function from the [`Message`]: the head of the
/// request, that of the response when it is a response's turn, and the body's text. A message whose
/// `Content-Type` no template is for passes as it streams, and so does one without that header.
///
/// ```
/// use http::{Request, Response};
/// use tollgate_core::Body;
/// use tollgate_vtl::{Map, Profile, Template, TemplateLayer, Value};
/// use tower::{Layer, ServiceExt, service_fn};
///
/// # #[cfg(not(feature = "json"))]
/// # fn main() {}
/// # #[cfg(feature = "json")]
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let question = Template::parse(r#"{"name": "$body.user.name"}"#, &Profile::velocity2())?;
/// let answer = Template::parse(r#"{"hello": "$body.name", "status": $status}"#, &Profile::velocity2())?;
/// let layer = TemplateLayer::new(|message| {
///     let status = message.response().map(|response| response.status.as_u16());
///     Ok(Map::from_iter([
///         ("body", message.json()?),
///         ("status", Value::from(status.map(i64::from))),
///     ]))
/// })
/// .with_request("application/json", question)
/// .with_response("application/json", answer);
///
/// // A service that gives back what it is sent.
/// let echo = service_fn(async |request: Request<Body>| {
///     let response = Response::builder().header("Content-Type", "application/json");
///     Ok::<_, http::Error>(response.body(request.into_body())?)
/// });
/// let request = Request::post("/")
///     .header("Content-Type", "application/json; charset=utf-8")
///     .body(Body::from(r#"{"user": {"name": "Ada"}}"#))?;
/// let response = futures::executor::block_on(layer.layer(echo).oneshot(request))?;
/// assert_eq!(response.headers()["content-length"], "31");
/// let body = response.into_body().try_into_bytes().expect("it is at hand");
/// assert_eq!(body, r#"{"hello": "Ada", "status": 200}"#);
/// # Ok(())
/// # }
/// ```
///
/// # Bodies
///
/// A body that is rewritten is read whole, up to [`MAX_BODY_BYTES`] or [the limit](Self::with_limit)
/// that is set, and must be UTF-8 without a `Content-Encoding`. It leaves with a `Content-Length` of
/// its own; `Transfer-Encoding`, `Trailer`, trailers, digests and a response's `ETag`,
/// `Accept-Ranges` and `Content-Range` are removed, since they are about another text. All other
/// headers stay, `Content-Type` among them. Where there are templates for responses, requests go on
/// without `Range` and `Accept-Encoding`, since a part of a body or a compressed one could not be
/// rewritten. Answers without a body, as to `HEAD`, get none.
///
/// # Refusals
///
/// What cannot be rewritten is answered by the layer itself, without a word of a half-made body: a
/// response as Amazon API Gateway gives it, with the typed [`Rejection`] among its extensions, where
/// its reason for the operator stands.
///
/// | fault | request | response |
/// |---|---|---|
/// | more bytes than the limit | 413 | 502 |
/// | broke off, or is not UTF-8 | 400 | 502 |
/// | has a `Content-Encoding` | 415 | 502 |
/// | the function of variables refuses | as it says | as it says |
/// | the template fails | 500 | 500 |
///
/// Errors of the service pass.
///
/// Templates are rendered where the future is polled; [`Limits`](crate::Limits) bound how long that
/// takes.
#[derive(Clone, Debug)]
pub struct TemplateLayer {
    settings: Arc<Settings>,
}

impl TemplateLayer {
    /// A layer without templates, whose variables this function makes.
    ///
    /// It may refuse a message by a [`Rejection`], which becomes the answer;
    /// [`Message::malformed`] makes one.
    #[must_use]
    pub fn new<F>(variables: F) -> Self
    where
        F: for<'a> Fn(Message<'a>) -> Result<Map<'a>, Rejection> + Send + Sync + 'static,
    {
        let settings = Settings {
            variables: Variables(Arc::new(variables)),
            requests: Templates::default(),
            responses: Templates::default(),
            limit: MAX_BODY_BYTES,
        };
        Self {
            settings: Arc::new(settings),
        }
    }

    /// Rewrites requests of this media type, such as `application/json`, by this template; it takes
    /// the place of an earlier one for the same type. Parameters of a `Content-Type` do not count.
    #[must_use]
    pub fn with_request(mut self, media_type: impl Into<String>, template: Template) -> Self {
        let settings = Arc::make_mut(&mut self.settings);
        settings.requests.insert(media_type.into(), template);
        self
    }

    /// Rewrites responses of this media type, as [`with_request`](Self::with_request) does requests.
    #[must_use]
    pub fn with_response(mut self, media_type: impl Into<String>, template: Template) -> Self {
        let settings = Arc::make_mut(&mut self.settings);
        settings.responses.insert(media_type.into(), template);
        self
    }

    /// Reads at most this many bytes of a body that is to be rewritten.
    #[must_use]
    pub fn with_limit(mut self, bytes: usize) -> Self {
        Arc::make_mut(&mut self.settings).limit = bytes;
        self
    }
}

impl<S> Layer<S> for TemplateLayer {
    type Service = Templated<S>;

    fn layer(&self, inner: S) -> Templated<S> {
        Templated::new(inner, Arc::clone(&self.settings))
    }
}

/// What all services of a layer share.
#[derive(Clone, Debug)]
struct Settings {
    variables: Variables,
    requests: Templates,
    responses: Templates,
    limit: usize,
}

type MakeVariables = dyn for<'a> Fn(Message<'a>) -> Result<Map<'a>, Rejection> + Send + Sync;

/// The function that makes the variables.
#[derive(Clone)]
struct Variables(Arc<MakeVariables>);

impl fmt::Debug for Variables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Variables")
    }
}
