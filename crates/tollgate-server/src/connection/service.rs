//! What hyper calls for each request of a connection.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures::future::BoxFuture;
use http::{HeaderValue, Request, Response, header};
use http_body::{Frame, SizeHint};
use hyper::body::Incoming;
use tollgate::control::{CallRecord, ControlPlane};
use tollgate::core::{
    Body, BoxError, EncryptedConnection, ForwardedBy, GatewayResponseType, PeerAddress,
    RawRejection, Rejection, default_response,
};
use tollgate::gateway::ResponseFuture;
use tollgate::gateway::address::AddressTable;
use tollgate_http1::Violation;
use tower_service::Service as _;

use super::activity::{Activity, Unanswered};
use super::refusal::refusal;
use super::request_body::RequestBody;
use super::{Peer, Serving, front_door, isolation};
use crate::plane;
use crate::tls::Stranger;

/// The service of one connection.
#[derive(Clone, Debug)]
pub(crate) struct ConnectionService {
    pub(crate) serving: Arc<Serving>,
    pub(crate) peer: Peer,
    pub(crate) activity: Arc<Activity>,
    pub(crate) protocol: Protocol,
}

/// Which version of HTTP a connection speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    Http1,
    Http2,
}

impl hyper::service::Service<Request<Incoming>> for ConnectionService {
    type Response = Response<AnswerBody>;
    type Error = Infallible;
    type Future = Answer;

    fn call(&self, request: Request<Incoming>) -> Answer {
        let unanswered = match self.protocol {
            Protocol::Http1 => Unanswered::passed_on(&self.activity),
            Protocol::Http2 => Unanswered::begin(&self.activity),
        };
        let (mut parts, body) = request.into_parts();
        // Noted only where somebody reads it.
        let log = self.serving.request_log.as_ref();
        let asked = log.map(|_| format!("{} {}", parts.method, parts.uri.path()));
        let way = match self.prepare(&mut parts) {
            Err(violation) => Way::Refused(Some(violation)),
            Ok(()) => {
                let body = RequestBody::new(
                    body,
                    self.serving.timeouts.body_idle.0.0,
                    self.activity.clone(),
                );
                match isolation::catch(|| self.answer(parts, body)) {
                    Ok(way) => way,
                    Err(isolation::Panicked) => Way::Panicked,
                }
            }
        };
        Answer {
            serving: self.serving.clone(),
            asked,
            way,
            unanswered: Some(unanswered),
            protocol: self.protocol,
        }
    }
}

impl ConnectionService {
    fn answer(&self, mut parts: http::request::Parts, body: RequestBody) -> Way {
        let gateways = &self.serving.gateways;
        let control = self.serving.control.as_ref();
        let is_control =
            |control: &&ControlPlane| self.peer.plane.is_control(control, gateways, &parts);
        if let Some(mut control) = control.filter(is_control).cloned() {
            return Way::Control(control.call(Request::from_parts(parts, body)));
        }
        // Whoever puts up a table has closed before what is closed in it.
        let table = gateways.table();
        match self.identify(&table, &mut parts) {
            Ok(()) => Way::Gateways(gateways.call_by(&table, Request::from_parts(parts, body))),
            Err(Stranger) => Way::Stranger,
        }
    }

    /// Adds the certificate that a request's domain asks for.
    fn identify(
        &self,
        table: &AddressTable,
        parts: &mut http::request::Parts,
    ) -> Result<(), Stranger> {
        let certificates = self.serving.certificates.load();
        if !certificates.closes_any() {
            return Ok(());
        }
        let Some(domain) = table.domain_name(plane::host(parts)) else {
            return Ok(());
        };
        if let Some(shown) = certificates.shown(domain, self.peer.client.as_deref())? {
            parts.extensions.insert(shown);
        }
        Ok(())
    }

    /// Checks a request and adds what the connection knows of it.
    fn prepare(&self, parts: &mut http::request::Parts) -> Result<(), Violation> {
        let peer = self.peer.address;
        let client = self.serving.trusted_proxies.client(peer, &parts.headers);
        if client.is_some() {
            parts.extensions.insert(ForwardedBy(peer));
        }
        parts.extensions.insert(PeerAddress(client.unwrap_or(peer)));
        if self.peer.is_encrypted {
            parts.extensions.insert(EncryptedConnection);
        }
        match self.protocol {
            Protocol::Http1 => {
                if let Some(names) = self.activity.take_names() {
                    parts.extensions.insert(names);
                }
                Ok(())
            }
            Protocol::Http2 => front_door::check(parts, &self.serving.limits),
        }
    }
}

/// A response on its way.
pub(crate) struct Answer {
    serving: Arc<Serving>,
    /// Method and path, for the request log.
    asked: Option<String>,
    way: Way,
    unanswered: Option<Unanswered>,
    protocol: Protocol,
}

enum Way {
    Gateways(ResponseFuture),
    Control(BoxFuture<'static, Result<Response<Body>, Infallible>>),
    Refused(Option<Violation>),
    Stranger,
    Panicked,
}

impl Future for Answer {
    type Output = Result<Response<AnswerBody>, Infallible>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut response = match &mut self.way {
            Way::Gateways(response) => match isolation::poll(response, cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Ok(Ok(response))) => {
                    self.note_unaddressed(&response);
                    response
                }
                Poll::Ready(Ok(Err(never))) => match never {},
                Poll::Ready(Err(isolation::Panicked)) => self.panicked(),
            },
            Way::Control(response) => match isolation::poll(response, cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Ok(Ok(response))) => {
                    self.note_call(&response);
                    response
                }
                Poll::Ready(Ok(Err(never))) => match never {},
                Poll::Ready(Err(isolation::Panicked)) => self.panicked(),
            },
            Way::Panicked => self.panicked(),
            Way::Refused(violation) => {
                let violation = violation.take().unwrap_or(Violation::RequestLine);
                self.note(violation.status(), violation.reason());
                refusal(violation.status())
            }
            Way::Stranger => {
                let reason = "the connection has shown no certificate that the domain trusts";
                self.note(403, reason);
                default_response(&Rejection::raw(RawRejection::Forbidden))
            }
        };
        let unanswered = self.unanswered.take();
        if self.protocol == Protocol::Http1 && unanswered.as_ref().is_some_and(Unanswered::is_last)
        {
            let headers = response.headers_mut();
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        let protocol = self.protocol;
        Poll::Ready(Ok(
            response.map(|body| AnswerBody::new(body, protocol, unanswered))
        ))
    }
}

impl Answer {
    fn panicked(&self) -> Response<Body> {
        let asked = self.asked.as_deref().unwrap_or("a request");
        isolation::count(&self.serving, &format!("{asked:?}"));
        let rejection = Rejection::new(GatewayResponseType::ApiConfigurationError);
        default_response(&rejection)
    }

    /// Notes a request that no gateway saw: its address leads nowhere.
    fn note_unaddressed(&self, response: &Response<Body>) {
        let rejection = response.extensions().get::<Rejection>();
        let is_of_address = |one: &&Rejection| one.raw_rejection() == Some(RawRejection::Forbidden);
        if let Some(rejection) = rejection.filter(is_of_address) {
            self.note(403, rejection.reason().unwrap_or_default());
        }
    }

    /// Says who changed what, and who was refused.
    fn note_call(&self, response: &Response<Body>) {
        let (Some(log), Some(asked)) = (&self.serving.request_log, &self.asked) else {
            return;
        };
        let (status, call) = (response.status(), response.extensions().get::<CallRecord>());
        let is_read = asked.starts_with("GET ") && status.is_success();
        if let Some(call) = call.filter(|_| !is_read) {
            log.called(asked, status.as_u16(), call);
        }
    }

    fn note(&self, status: u16, reason: &str) {
        if let (Some(log), Some(asked)) = (&self.serving.request_log, &self.asked) {
            log.refused(asked, status, reason);
        }
    }
}

/// Bytes of a body that are given to an HTTP/2 connection at once.
///
/// hyper keeps what it is given until the client makes room for it; of a body that is given whole
/// nobody would know whether the client still takes it.
const PART: usize = 64 * 1024;

/// A response's body; with its end the request is answered.
#[derive(Debug)]
pub(crate) struct AnswerBody {
    body: Body,
    /// What the body gave and the connection was not given yet.
    rest: Bytes,
    part: usize,
    #[expect(dead_code, reason = "it acts when it is dropped")]
    unanswered: Option<Unanswered>,
}

impl AnswerBody {
    fn new(body: Body, protocol: Protocol, unanswered: Option<Unanswered>) -> Self {
        let part = match protocol {
            Protocol::Http1 => usize::MAX,
            Protocol::Http2 => PART,
        };
        Self {
            body,
            rest: Bytes::new(),
            part,
            unanswered,
        }
    }
}

impl http_body::Body for AnswerBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if self.rest.is_empty() {
            match ready!(Pin::new(&mut self.body).poll_frame(cx)) {
                Some(Ok(frame)) if frame.is_data() => {
                    self.rest = frame.into_data().unwrap_or_default();
                }
                other => return Poll::Ready(other),
            }
        }
        let part = self.part.min(self.rest.len());
        let part = self.rest.split_to(part);
        Poll::Ready(Some(Ok(Frame::data(part))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let mut hint = self.body.size_hint();
        let rest = self.rest.len() as u64;
        let upper = hint.upper().map(|upper| upper + rest);
        hint.set_lower(hint.lower() + rest);
        if let Some(upper) = upper {
            hint.set_upper(upper);
        }
        hint
    }
}
