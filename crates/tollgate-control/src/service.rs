//! The control plane as a service.

use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures::FutureExt as _;
use futures::future::BoxFuture;
use http::{Request, Response, request};
use tollgate_core::{Body, BoxError};
use tollgate_node::Node;
use tollgate_store::ConfigStore;
use tower_service::Service;

use crate::options::ControlOptions;
use crate::plane::{Plane, RESET};
use crate::{caller, operations};

/// The REST API of Amazon API Gateway's control plane, as a [`tower::Service`] over a store.
///
/// A clone shares all of it. Every write is one commit, which is durable before it is acknowledged, and
/// served where there is a [`Node`]: a node that cannot follow within 30 seconds says why elsewhere.
///
/// Calls are decided on threads for work that takes time, so it needs a tokio runtime.
///
/// [`tower::Service`]: https://docs.rs/tower/latest/tower/trait.Service.html
#[derive(Clone)]
pub struct ControlPlane {
    plane: Arc<Plane>,
}

impl ControlPlane {
    /// A control plane over a store, without a data plane of its own: nothing can be test-invoked, and
    /// nobody counts usage.
    #[must_use]
    pub fn new(store: Arc<dyn ConfigStore>, options: ControlOptions) -> Self {
        let plane = Arc::new(Plane::new(store, None, options));
        Self { plane }
    }

    /// A control plane whose writes are acknowledged once this node serves them.
    #[must_use]
    pub fn with_node(
        store: Arc<dyn ConfigStore>,
        node: Arc<Node>,
        options: ControlOptions,
    ) -> Self {
        let plane = Arc::new(Plane::new(store, Some(node), options));
        Self { plane }
    }

    /// Whether a request is meant for a control plane: by its signature, or by a path that has an
    /// operation. For who shares a port with something else.
    #[must_use]
    pub fn knows(&self, request: &request::Parts) -> bool {
        let path = request.uri.path();
        caller::is_signed_for(request)
            || operations::has_path(path)
            || (self.plane.options().can_reset && path == RESET)
    }
}

impl<B> Service<Request<B>> for ControlPlane
where
    B: http_body::Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<BoxError>,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let plane = Arc::clone(&self.plane);
        async move { Ok(plane.answer(request).await) }.boxed()
    }
}

impl fmt::Debug for ControlPlane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ControlPlane")
            .field("options", self.plane.options())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use http::StatusCode;
    use tollgate_core::PeerAddress;
    use tollgate_store::MemoryStore;
    use tower::ServiceExt as _;

    use super::*;
    use crate::api;
    use crate::options::Access;

    fn path(pattern: &str) -> String {
        let filled = |part| {
            if str::starts_with(part, '{') {
                "a"
            } else {
                part
            }
        };
        pattern.split('/').map(filled).collect::<Vec<_>>().join("/")
    }

    #[tokio::test]
    async fn strangers_are_refused_every_operation() {
        let with = |access| ControlOptions {
            access,
            can_reset: true,
            ..ControlOptions::default()
        };
        let signed = Access::Signed(Arc::new(HashMap::new()));
        let peer = PeerAddress(([192, 0, 2, 1], 5000).into());
        let store = Arc::new(MemoryStore::new());
        for options in [with(signed), with(Access::Local)] {
            let control = ControlPlane::new(store.clone(), options);
            let all = api::operations().map(|one| (one.verb.as_str(), path(one.path)));
            let reset = ("POST", RESET.to_owned());
            let mut count = 0;
            for (verb, path) in all.chain([reset, ("GET", "/nowhere".to_owned())]) {
                let request = Request::builder().method(verb).uri(&path);
                let request = request.header("host", "localhost").extension(peer);
                let request = request.body(Body::empty()).expect("it is a request");
                let response = control.clone().oneshot(request).await;
                let response = response.expect("it answers always");
                assert_eq!(response.status(), StatusCode::FORBIDDEN, "{verb} {path}");
                count += 1;
            }
            assert!(count > 120, "{count}");
        }
    }
}
