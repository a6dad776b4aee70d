//! HTTP and HTTP_PROXY: the endpoint is an HTTP server.

mod address_filter;
mod answer;
mod client;
mod connect;
mod connection;
mod failure;
mod framing;
mod network;
mod origin;
mod tls;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use http::uri::{Authority, Scheme};
use http::{Request, StatusCode};
use http_body::Body as _;
use rustls::pki_types::ServerName;
use tokio::time::{Instant, timeout_at};
use tollgate_core::{Body, Context, Rejection};

pub use address_filter::AddressFilter;
pub use client::{HttpClient, HttpClientBuilder, InvalidCertificates};
#[cfg(feature = "aws")]
pub(crate) use framing::without_connection_headers;
pub use tls::{ClientCertificate, InvalidClientCertificate};

use self::answer::Answer;
use self::connection::{Connection, Unanswered};
use self::failure::Failure;
use self::origin::{Origin, Trust};
use self::tls::TlsSettings;
use crate::patience::Patience;
use crate::{Integration, IntegrationRequest, IntegrationResponse};

/// How long a connection may have waited and still be taken for one that its endpoint keeps open.
const SURELY_OPEN: Duration = Duration::from_secs(1);

/// The integration that calls an HTTP endpoint.
///
/// Bodies stream in both directions. What concerns one connection only, and what frames a message,
/// is made anew for the endpoint, whatever the request says of it.
#[derive(Clone, Debug)]
pub struct Http {
    client: HttpClient,
    timeout: Duration,
    idle_timeout: Option<Duration>,
    tls: TlsSettings,
    target: Target,
}

#[derive(Clone, Debug)]
enum Target {
    /// All requests go to one origin, whose host they have unless they name another.
    Fixed(Arc<Origin>, Scheme, Authority),
    /// Each request names its own.
    Requested,
}

impl Http {
    /// Milliseconds that an endpoint may take, at least and at most.
    pub const TIMEOUT_MILLIS: std::ops::RangeInclusive<u32> = 50..=29_000;
    /// The same where its answer is streamed (`timeoutInMillis` beside `responseTransferMode`).
    pub const STREAM_TIMEOUT_MILLIS: std::ops::RangeInclusive<u32> = 50..=900_000;

    /// Calls endpoints whose hosts come from requests or stage variables: the client's
    /// [`AddressFilter`] judges their addresses.
    ///
    /// An endpoint may take `timeout` from the call to the last byte of its answer.
    #[must_use]
    pub const fn new(client: HttpClient, timeout: Duration) -> Self {
        Self {
            client,
            timeout,
            idle_timeout: None,
            tls: TlsSettings::NONE,
            target: Target::Requested,
        }
    }

    /// Breaks an answer off of which nothing arrives for so long, though there is time left: that of
    /// a stream.
    #[must_use]
    pub const fn with_idle_timeout(mut self, idle_timeout: Duration) -> Self {
        self.idle_timeout = Some(idle_timeout);
        self
    }

    /// Calls one endpoint only, which the operator vouches for: any address may be its own.
    ///
    /// The scheme and host of requests then do not say where they go; a request that names a host,
    /// in its URI or in `Host`, keeps it. An address that no certificate could be for leads to
    /// requests that fail, as for [`new`](Self::new).
    #[must_use]
    pub fn with_origin(mut self, scheme: &Scheme, authority: &Authority) -> Self {
        let origin = self
            .client
            .origin(scheme, authority, Trust::Document, &self.tls);
        if let Some(origin) = origin {
            self.target = Target::Fixed(origin, scheme.clone(), authority.clone());
        }
        self
    }

    /// Takes certificates of endpoints from any issuer; they must still be valid now, and for the
    /// endpoint's name. This is `insecureSkipVerification`: whoever stands between could be it.
    #[must_use]
    pub fn with_any_issuer(mut self) -> Self {
        self.tls.any_issuer = true;
        self.with_tls()
    }

    /// Shows this certificate to endpoints that ask for one.
    #[must_use]
    pub fn with_client_certificate(mut self, certificate: ClientCertificate) -> Self {
        self.tls.client_certificate = Some(certificate);
        self.with_tls()
    }

    /// Expects certificates of endpoints to be for this host, wherever connections go; a text that is
    /// no host changes nothing.
    #[must_use]
    pub fn with_server_name(mut self, host: &str) -> Self {
        if let Ok(name) = ServerName::try_from(host.to_owned()) {
            self.tls.server_name = Some(name);
        }
        self.with_tls()
    }

    /// Once more to the one endpoint, with other settings.
    fn with_tls(self) -> Self {
        match self.target.clone() {
            Target::Fixed(_, scheme, authority) => self.with_origin(&scheme, &authority),
            Target::Requested => self,
        }
    }

    /// Each request says where it goes, and the address filter judges that.
    #[cfg(feature = "aws")]
    pub(crate) fn with_requested_hosts(mut self) -> Self {
        self.target = Target::Requested;
        self
    }

    fn origin(&self, request: &IntegrationRequest) -> Option<Arc<Origin>> {
        match &self.target {
            Target::Fixed(origin, ..) => Some(origin.clone()),
            Target::Requested => {
                let (scheme, authority) = (request.uri.scheme()?, request.uri.authority()?);
                self.client
                    .origin(scheme, authority, Trust::Request, &self.tls)
            }
        }
    }

    fn fixed_authority(&self) -> Option<&Authority> {
        match &self.target {
            Target::Fixed(_, _, authority) => Some(authority),
            Target::Requested => None,
        }
    }

    /// The same with another timeout.
    #[cfg(all(feature = "aws", feature = "lambda"))]
    pub(crate) fn within(&self, timeout: Duration) -> Self {
        Self {
            timeout,
            ..self.clone()
        }
    }

    /// Sends a request on nobody's behalf.
    ///
    /// # Errors
    ///
    /// As for [`call`](Integration::call).
    pub async fn send(
        &self,
        request: IntegrationRequest,
    ) -> Result<IntegrationResponse, Rejection> {
        let Some(origin) = self.origin(&request) else {
            return Err(Failure::NoHost.to_rejection(&request.uri.to_string()));
        };
        let outcome = self.exchange(&origin, request).await;
        outcome.map_err(|failure| failure.to_rejection(&origin.to_string()))
    }

    async fn exchange(
        &self,
        origin: &Arc<Origin>,
        request: IntegrationRequest,
    ) -> Result<IntegrationResponse, Failure> {
        let called = Instant::now();
        let deadline = called + self.timeout;
        let mut request = framing::outgoing(request, self.fixed_authority())?;
        let mut waiting = std::future::poll_fn(|cx| std::task::Poll::Ready(origin.take(cx))).await;
        let (answer, connection) = loop {
            let waited = waiting.take();
            let is_reused = waited.is_some();
            let (mut connection, again) = match waited {
                None => (open(origin, deadline).await?, None),
                // It may be closed by its endpoint at this very moment: what can be asked twice is
                // then asked again (RFC 9110, section 9.2.2).
                Some((connection, waited)) if waited > SURELY_OPEN => {
                    (connection, repeated(&request))
                }
                Some((connection, _)) => (connection, None),
            };
            let answer = timeout_at(deadline, connection.send(request)).await;
            match answer.map_err(|_| Failure::AnswerTimeout(self.timeout))? {
                Ok(answer) => break (answer, connection),
                Err(Unanswered { error, unsent }) => {
                    // An endpoint that closes a new connection at once is not asked for ever.
                    let unsent = unsent.filter(|_| is_reused);
                    request = unsent.or(again).ok_or(Failure::Exchange(error))?;
                }
            }
        };
        if answer.status() == StatusCode::SWITCHING_PROTOCOLS {
            return Err(Failure::SwitchedProtocols);
        }
        let (head, incoming) = answer.into_parts();
        let mut response = IntegrationResponse::new(head.status.as_u16().into());
        response.headers = head.headers;
        response.body = if incoming.is_end_stream() {
            free(origin, connection).await;
            Body::empty()
        } else {
            let patience = Patience::after_head(self.timeout, called, self.idle_timeout);
            Body::stream(Answer::new(incoming, connection, origin.clone(), patience))
        };
        Ok(response)
    }
}

#[async_trait]
impl Integration for Http {
    async fn call(
        &self,
        _: &Context,
        request: IntegrationRequest,
    ) -> Result<IntegrationResponse, Rejection> {
        self.send(request).await
    }
}

/// Opens a connection within the time there is.
async fn open(origin: &Arc<Origin>, deadline: Instant) -> Result<Connection, Failure> {
    let left = deadline.saturating_duration_since(Instant::now());
    let allowed = origin.network.connect_timeout.min(left);
    tokio::time::timeout(allowed, connect::connect(origin))
        .await
        .map_err(|_| Failure::ConnectTimeout(allowed))?
}

/// Lets a connection wait for another request, if it can.
async fn free(origin: &Arc<Origin>, mut connection: Connection) {
    let is_free = std::future::poll_fn(|cx| std::task::Poll::Ready(connection.is_free(cx)));
    if is_free.await {
        origin.keep(connection);
    }
}

/// A request once more, if asking twice is as good as asking once and there is no body to lose.
fn repeated(request: &Request<Body>) -> Option<Request<Body>> {
    if !request.method().is_idempotent() || !request.body().is_end_stream() {
        return None;
    }
    let mut again = Request::new(Body::empty());
    *again.method_mut() = request.method().clone();
    *again.uri_mut() = request.uri().clone();
    *again.headers_mut() = request.headers().clone();
    Some(again)
}
