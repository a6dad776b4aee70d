//! Signatures and policies in front of a service.

use std::fmt;
use std::sync::Arc;

use http::request::Parts;
use tollgate_core::{Clock, Contexts, Rejection};
use tollgate_iam::sigv4::{Authenticated, SigV4, SigV4Layer, SignatureError, Verifier};
use tower_layer::Layer;

use super::service::{Gate, Gated, Judging};
use crate::{CredentialStore, IamKey, StageAccess};

/// Lets only the callers through who sign their requests, and whom policies allow to call.
///
/// A [`SigV4Layer`] verifies the signature; the body is read whole for it. The service finds the caller
/// among the request's extensions, as [`Authenticated`] and as an `Arc` of
/// [`IamCaller`](crate::IamCaller).
///
/// ```
/// use std::collections::HashMap;
/// use std::sync::Arc;
///
/// use http::{Request, Response};
/// use tollgate_auth::{IamCaller, IamKey, IamLayer, StageAccess};
/// use tollgate_core::{Body, StageContext, SystemClock};
/// use tollgate_iam::sigv4::Verifier;
/// use tower::{Layer, ServiceExt, service_fn};
///
/// let keys: HashMap<String, Arc<IamKey>> = HashMap::new();
/// let access = StageAccess::new(&StageContext::local());
/// let clock = Arc::new(SystemClock::new());
/// let layer = IamLayer::new(Verifier::new("us-east-1"), keys, access, clock);
/// let service = layer.layer(service_fn(async |request: Request<Body>| {
///     let caller = request.extensions().get::<Arc<IamCaller>>();
///     let arn = caller.map(|caller| caller.arn().to_owned());
///     Ok::<_, std::convert::Infallible>(Response::new(Body::from(arn.unwrap_or_default())))
/// }));
///
/// # futures::executor::block_on(async {
/// let response = service.oneshot(Request::new(Body::empty())).await?;
/// assert_eq!(response.status(), 403);
/// assert_eq!(response.headers()["x-amzn-errortype"], "MissingAuthenticationTokenException");
/// # Ok::<(), std::convert::Infallible>(())
/// # }).unwrap();
/// ```
///
/// # Refusals
///
/// They are responses as Amazon API Gateway gives them, with the typed [`Rejection`] among their
/// extensions: those of a [`SigV4Layer`], and `ACCESS_DENIED` of
/// [`StageAccess::authorize_caller`]. Errors of the service pass.
#[derive(Clone)]
pub struct IamLayer {
    signatures: SigV4Layer,
    policies: Arc<Policies>,
}

struct Policies {
    keys: Arc<dyn CredentialStore>,
    access: StageAccess,
    contexts: Contexts,
}

impl IamLayer {
    /// A layer that finds keys in this store, judges calls of this stage, and reads the time from this
    /// clock.
    pub fn new(
        verifier: Verifier,
        keys: impl CredentialStore + 'static,
        access: StageAccess,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let keys: Arc<dyn CredentialStore> = Arc::new(keys);
        let store = Arc::clone(&keys);
        let issued = move |id: &str| store.find(id).map(|key| Arc::clone(key.issued()));
        Self {
            signatures: SigV4Layer::new(verifier, issued, Arc::clone(&clock)),
            policies: Arc::new(Policies {
                keys,
                access,
                contexts: Contexts::default().with_clock(clock),
            }),
        }
    }
}

impl Policies {
    /// The key that signed. One that was exchanged since the signature was verified is none.
    fn key(&self, request: &Parts) -> Option<Arc<IamKey>> {
        let signer = request.extensions.get::<Authenticated>()?;
        let key = self.keys.find(signer.access_key_id())?;
        (key.caller().principal() == signer.principal()).then_some(key)
    }
}

impl Gate for Policies {
    fn judge(self: Arc<Self>, mut request: Parts) -> Judging {
        Box::pin(async move {
            let key = self
                .key(&request)
                .ok_or_else(|| Rejection::from(SignatureError::UnknownAccessKey))?;
            let context = self.contexts.make(request.clone());
            self.access.authorize_caller(key.caller(), &context)?;
            request.extensions.insert(Arc::clone(key.caller()));
            Ok(request)
        })
    }
}

impl<S> Layer<S> for IamLayer {
    type Service = SigV4<Gated<S>>;

    fn layer(&self, inner: S) -> SigV4<Gated<S>> {
        let policies: Arc<Policies> = Arc::clone(&self.policies);
        self.signatures.layer(Gated::new(inner, policies))
    }
}

impl fmt::Debug for IamLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IamLayer")
            .field("signatures", &self.signatures)
            .field("access", &self.policies.access)
            .finish_non_exhaustive()
    }
}
