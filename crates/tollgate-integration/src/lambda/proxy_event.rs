//! The event of a proxy integration.

mod headers;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use tollgate_core::{
    AuthorizerContext, Context, ContextPath, GatewayResponseType, PeerCertificate, Rejection,
    push_json_string,
};

use self::headers::headers;
use super::MAX_PAYLOAD_BYTES;
use super::json::Members;

/// The event that tells a function of a client's whole request: version 1 of the proxy format.
///
/// Members stand in the order in which the service sends them. Maps without members are `null`, path
/// parameters are percent-encoded while those of the query string are decoded, and names of headers
/// are spelled as the client did (all recorded on the service). Headers and parameters of the query
/// string are sorted by name.
///
/// ```
/// use tollgate_core::Contexts;
/// use tollgate_integration::lambda::ProxyEvent;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let (parts, ()) = http::Request::post("/pets?kind=cat").body(())?.into_parts();
/// let context = Contexts::default().make(parts);
/// let event = ProxyEvent::new(&context).with_text(br#"{"name": "Tom"}"#);
/// let payload = event.to_payload().expect("it is small");
/// let event: serde_json::Value = serde_json::from_slice(&payload)?;
/// assert_eq!(event["queryStringParameters"]["kind"], "cat");
/// assert_eq!(event["body"], r#"{"name": "Tom"}"#);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct ProxyEvent<'a> {
    context: &'a Context,
    body: &'a [u8],
    is_binary: bool,
}

/// Bytes of an event besides its body and what the client's head has, with some to spare: the names
/// of all members, ids and times.
const FRAME: usize = 2048;

impl<'a> ProxyEvent<'a> {
    /// The event of a request without a body.
    #[must_use]
    pub const fn new(context: &'a Context) -> Self {
        Self {
            context,
            body: &[],
            is_binary: false,
        }
    }

    /// Adds a body that is text; what is no UTF-8 in it is replaced.
    #[must_use]
    pub const fn with_text(mut self, body: &'a [u8]) -> Self {
        self.body = body;
        self.is_binary = false;
        self
    }

    /// Adds a body that is bytes: the event has it in Base64.
    #[must_use]
    pub const fn with_bytes(mut self, body: &'a [u8]) -> Self {
        self.body = body;
        self.is_binary = true;
        self
    }

    /// The event as JSON.
    ///
    /// # Errors
    ///
    /// `REQUEST_TOO_LARGE`, 413, where the event has more than [`MAX_PAYLOAD_BYTES`].
    pub fn to_payload(&self) -> Result<Bytes, Rejection> {
        // Nothing is made of a body that alone is too large.
        if self.body.len() > MAX_PAYLOAD_BYTES {
            return Err(too_large());
        }
        let mut out = String::with_capacity(self.expected_length());
        self.write(&mut out);
        if out.len() > MAX_PAYLOAD_BYTES {
            return Err(too_large());
        }
        Ok(out.into())
    }

    fn expected_length(&self) -> usize {
        let request = &self.context.request;
        // The head stands in the event twice: single values and lists.
        let head = request.target.as_str().len() + request.headers.len() * 48;
        FRAME + 2 * head + self.body.len() + self.body.len() / 2
    }

    fn write(&self, out: &mut String) {
        let (context, request) = (self.context, &self.context.request);
        let mut event = Members::of(out);
        let resource = context.resource.as_ref();
        event.optional("resource", resource.map(|resource| &*resource.path));
        push_json_string(event.name("path"), request.event_path());
        push_json_string(event.name("httpMethod"), request.method.as_str());
        let headers = headers(context);
        pairs(&mut event, ("headers", "multiValueHeaders"), &headers);
        let mut query: Vec<_> = request.query().collect();
        // A stable order: values keep theirs.
        query.sort_by(|one, other| one.0.cmp(&other.0));
        let names = ("queryStringParameters", "multiValueQueryStringParameters");
        pairs(&mut event, names, &query);
        let mut path = Members::of(event.name("pathParameters"));
        for (name, value) in request.path_values() {
            path.text(name, value);
        }
        path.end();
        let mut variables = Members::of(event.name("stageVariables"));
        for (name, value) in context.stage.variables.iter() {
            variables.text(name, value);
        }
        variables.end();
        request_context(context, event.name("requestContext"));
        self.write_body(event.name("body"));
        let is_base64 = self.is_binary && !self.body.is_empty();
        event
            .name("isBase64Encoded")
            .push_str(if is_base64 { "true" } else { "false" });
        event.end();
    }

    fn write_body(&self, out: &mut String) {
        if self.body.is_empty() {
            out.push_str("null");
        } else if self.is_binary {
            out.push('"');
            BASE64_STANDARD.encode_string(self.body, out);
            out.push('"');
        } else {
            push_json_string(out, &String::from_utf8_lossy(self.body));
        }
    }
}

/// A map of last values, and one of all of them, of pairs whose names stand together.
fn pairs<N: AsRef<str> + PartialEq, V: AsRef<str>>(
    event: &mut Members<'_>,
    (single, multiple): (&'static str, &'static str),
    pairs: &[(N, V)],
) {
    let groups = || pairs.chunk_by(|one, other| one.0 == other.0);
    let mut members = Members::of(event.name(single));
    for (name, value) in groups().filter_map(<[_]>::last) {
        members.text(name.as_ref(), value.as_ref());
    }
    members.end();
    let mut members = Members::of(event.name(multiple));
    for group in groups() {
        let values = group.iter().map(|(_, value)| value.as_ref());
        members.texts(group[0].0.as_ref(), values);
    }
    members.end();
}

/// `requestContext`, in the order in which the service has its members.
fn request_context(context: &Context, out: &mut String) {
    let mut members = Members::of(out);
    let value = |path: ContextPath| context.value(&path);
    let mut show =
        |name: &'static str, path: ContextPath| members.optional(name, value(path).as_deref());
    show("resourceId", ContextPath::ResourceId);
    if let Some(said) = &context.authorizer {
        authorizer(said, members.name("authorizer"));
    }
    let mut show =
        |name: &'static str, path: ContextPath| members.optional(name, value(path).as_deref());
    show("resourcePath", ContextPath::ResourcePath);
    show("httpMethod", ContextPath::HttpMethod);
    show("extendedRequestId", ContextPath::ExtendedRequestId);
    show("requestTime", ContextPath::RequestTime);
    show("path", ContextPath::Path);
    show("accountId", ContextPath::AccountId);
    show("protocol", ContextPath::Protocol);
    show("stage", ContextPath::Stage);
    show("domainPrefix", ContextPath::DomainPrefix);
    let epoch = context.received_at.epoch_millis().to_string();
    members.name("requestTimeEpoch").push_str(&epoch);
    let mut show =
        |name: &'static str, path: ContextPath| members.optional(name, value(path).as_deref());
    show("requestId", ContextPath::RequestId);
    identity(context, members.name("identity"));
    let mut show =
        |name: &'static str, path: ContextPath| members.optional(name, value(path).as_deref());
    show("domainName", ContextPath::DomainName);
    show("deploymentId", ContextPath::DeploymentId);
    show("apiId", ContextPath::ApiId);
    members.end();
}

/// `requestContext.authorizer`: what a Lambda authorizer said, or the claims of a token.
fn authorizer(said: &AuthorizerContext, out: &mut String) {
    let mut members = Members::of(out);
    if said.are_claims() {
        let mut claims = Members::of(members.name("claims"));
        for (name, value) in said.iter() {
            claims.text(name, value);
        }
        claims.end();
    } else {
        for (name, value) in said.iter() {
            members.text(name, value);
        }
    }
    members.end();
}

/// `requestContext.identity`: twelve members for every request, two more where an API key was asked
/// for, and the client's certificate where it showed one.
fn identity(context: &Context, out: &mut String) {
    const MEMBERS: [(&str, ContextPath, bool); 14] = {
        use ContextPath as Path;
        let always = true;
        let if_known = false;
        [
            (
                "cognitoIdentityPoolId",
                Path::IdentityCognitoIdentityPoolId,
                always,
            ),
            ("accountId", Path::IdentityAccountId, always),
            ("cognitoIdentityId", Path::IdentityCognitoIdentityId, always),
            ("apiKey", Path::IdentityApiKey, if_known),
            ("caller", Path::IdentityCaller, always),
            ("sourceIp", Path::IdentitySourceIp, always),
            ("principalOrgId", Path::IdentityPrincipalOrgId, always),
            ("accessKey", Path::IdentityAccessKey, always),
            (
                "cognitoAuthenticationType",
                Path::IdentityCognitoAuthenticationType,
                always,
            ),
            (
                "cognitoAuthenticationProvider",
                Path::IdentityCognitoAuthenticationProvider,
                always,
            ),
            ("userArn", Path::IdentityUserArn, always),
            ("apiKeyId", Path::IdentityApiKeyId, if_known),
            ("userAgent", Path::IdentityUserAgent, always),
            ("user", Path::IdentityUser, always),
        ]
    };
    let mut members = Members::of(out);
    for (name, path, is_always_there) in &MEMBERS {
        let value = context.value(path);
        if value.is_some() || *is_always_there {
            members.optional(name, value.as_deref());
        }
    }
    if let Some(one) = &context.identity.certificate {
        certificate(one, members.name("clientCert"));
    }
    members.end();
}

/// `requestContext.identity.clientCert`.
fn certificate(certificate: &PeerCertificate, out: &mut String) {
    let mut members = Members::of(out);
    members.text("clientCertPem", &certificate.pem);
    members.text("subjectDN", &certificate.subject_dn);
    members.text("issuerDN", &certificate.issuer_dn);
    members.text("serialNumber", &certificate.serial_number);
    let mut validity = Members::of(members.name("validity"));
    validity.text("notBefore", &certificate.not_before);
    validity.text("notAfter", &certificate.not_after);
    validity.end();
    members.end();
}

fn too_large() -> Rejection {
    Rejection::new(GatewayResponseType::RequestTooLarge).because(format!(
        "the event for the function has more than {MAX_PAYLOAD_BYTES} bytes"
    ))
}
