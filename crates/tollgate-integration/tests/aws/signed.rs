//! What services are sent, read by the verifier that this project has for its own callers.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, Method};
use http_body_util::BodyExt as _;
use tollgate_core::{Body, ManualClock};
use tollgate_iam::sigv4::{
    Credentials, IssuedKey, PathStyle, PayloadHash, Principal, SignableRequest, Timestamp, Verifier,
};
use tollgate_integration::aws::{AwsClient, Endpoints, Identity, Service};
use tollgate_integration::{AddressFilter, HttpClient, IntegrationRequest};

use crate::endpoint::{Endpoint, OK};

/// Long enough for a loaded machine; no test waits for it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
pub(crate) const REGION: &str = "eu-central-1";
/// 2026-03-01T12:00:00Z.
pub(crate) const NOON: Duration = Duration::from_secs(1_772_366_400);

pub(crate) fn key() -> Credentials {
    Credentials::new("AKIDEXAMPLE", "secret")
}

/// A client whose services are all this endpoint, at noon.
pub(crate) fn client(endpoint: &Endpoint, clock: Arc<ManualClock>) -> AwsClient {
    let url = format!("http://{}", endpoint.address);
    let endpoints = Endpoints::default().with_all(url.parse().expect("it is a URL"));
    AwsClient::new(HttpClient::default())
        .with_endpoints(endpoints)
        .with_credentials(Arc::new(key()))
        .with_clock(clock)
}

pub(crate) fn noon() -> Arc<ManualClock> {
    Arc::new(ManualClock::at_unix(NOON))
}

/// A request as it arrived.
pub(crate) struct Arrived {
    pub(crate) method: String,
    pub(crate) target: String,
    headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Arrived {
    pub(crate) fn read(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").expect("it has a head");
        let mut lines = head.split("\r\n");
        let mut first = lines.next().expect("it has a line").split(' ');
        let mut word = || first.next().expect("it has words").to_owned();
        let header = |line: &str| {
            let (name, value) = line.split_once(": ").expect("it is a header");
            (name.to_owned(), value.to_owned())
        };
        Self {
            method: word(),
            target: word(),
            headers: lines.map(header).collect(),
            body: body.to_owned(),
        }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let found = headers.find(|(known, _)| known == name);
        found.map(|(_, value)| &**value)
    }

    /// Whose key signed it, for this service.
    pub(crate) fn signed_by(&self, service: &str, key: Credentials) -> Result<String, String> {
        let style = match service {
            "s3" => PathStyle::S3,
            _ => PathStyle::Normalized,
        };
        let verifier = Verifier::new(REGION)
            .with_service(service)
            .with_path_style(style);
        let headers = self.headers.iter();
        let headers = headers.map(|(name, value)| (name.as_str(), value.as_bytes()));
        let request = SignableRequest::new(&self.method, &self.target, headers);
        let claim = verifier.claim(&request, Timestamp::from_unix(NOON));
        let claim = claim.map_err(|error| error.to_string())?;
        let id = claim.access_key_id().to_owned();
        let key = IssuedKey::new(key, Principal::new("arn:aws:iam::123456789012:user/ada"));
        let hash = PayloadHash::of(self.body.as_bytes());
        let verified = verifier.verify(claim, &hash, Some(&key));
        verified.map(|_| id).map_err(|error| error.to_string())
    }
}

pub(crate) fn request(method: Method, uri: &str, body: &'static str) -> IntegrationRequest {
    let mut request = IntegrationRequest::new(method, Body::from(body));
    request.uri = uri.parse().expect("it is a URI");
    request
}

fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
    let pair = |(name, value): &(&str, &str)| {
        let name: HeaderName = name.parse().expect("it is a name");
        (name, HeaderValue::from_str(value).expect("it is a value"))
    };
    pairs.iter().map(pair).collect()
}

#[tokio::test]
async fn services_can_verify_what_they_are_sent() {
    for (service, method, path, sent, body, hash_is_sent) in [
        (
            "sqs",
            Method::POST,
            "/1/pets?a=b%20c&A=:+",
            &[("content-type", "text/plain")][..],
            "x=y",
            false,
        ),
        (
            "dynamodb",
            Method::POST,
            "/",
            &[("x-amz-target", "DynamoDB_20120810.PutItem")],
            "{}",
            false,
        ),
        ("states", Method::GET, "/a%2Fb/%C3%A9/./c", &[], "", false),
        // What belongs to one connection is neither signed nor sent.
        (
            "sns",
            Method::POST,
            "/",
            &[
                ("connection", "x"),
                ("te", "trailers"),
                ("proxy-connection", "x"),
            ],
            "",
            false,
        ),
        (
            "s3",
            Method::PUT,
            "/pets/a%20b/c+d//e",
            &[("x-amz-meta-a", "1  2")],
            "meow",
            true,
        ),
    ] {
        let endpoint = Endpoint::start(&[OK]).await;
        let client = client(&endpoint, noon());
        let caller = client.caller(&Service::new(service), REGION, PATIENCE);
        let url = caller.endpoint().expect("there is one").to_string();
        let mut request = request(method, &format!("{url}{path}"), body);
        request.headers = headers(sent);
        let answer = caller.send(request).await.expect("the service answers");
        let body = answer.body.collect().await.expect("it is whole").to_bytes();
        assert_eq!((answer.status, &*body), (200, &b"ok"[..]), "{service}");
        let arrived = Arrived::read(&endpoint.requests()[0]);
        assert_eq!(
            arrived.signed_by(service, key()).as_deref(),
            Ok("AKIDEXAMPLE"),
            "{service}"
        );
        let spelled = path.replace(":+", "%3A%2B").replace('+', "%2B");
        assert_eq!(arrived.target, spelled, "{service}");
        assert_eq!(
            arrived.header("x-amz-content-sha256").is_some(),
            hash_is_sent,
            "{service}"
        );
        let wrong = Credentials::new("AKIDEXAMPLE", "another");
        assert!(arrived.signed_by(service, wrong).is_err(), "{service}");
    }
}

#[tokio::test]
async fn session_tokens_are_signed() {
    let endpoint = Endpoint::start(&[OK]).await;
    let lent = || key().with_session_token("token/+==");
    let client = client(&endpoint, noon()).with_credentials(Arc::new(lent()));
    let caller = client.caller(&Service::new("sqs"), REGION, PATIENCE);
    let uri = format!("http://{}/", endpoint.address);
    caller
        .send(request(Method::POST, &uri, ""))
        .await
        .expect("the service answers");
    let arrived = Arrived::read(&endpoint.requests()[0]);
    assert_eq!(arrived.header("x-amz-security-token"), Some("token/+=="));
    assert_eq!(
        arrived.signed_by("sqs", lent()).as_deref(),
        Ok("AKIDEXAMPLE")
    );
}

#[tokio::test]
async fn what_cannot_be_signed_is_not_sent() {
    let endpoint = Endpoint::start(&[OK]).await;
    let client = client(&endpoint, noon());
    let uri = format!("http://{}/", endpoint.address);
    let with = |name: &str, value: &str| {
        let mut request = request(Method::POST, &uri, "");
        request.headers = headers(&[(name, value)]);
        request
    };
    let too_much = http_body_util::Full::new(bytes::Bytes::from(vec![b'x'; 10_485_761]));
    let mut long = with("a", "b");
    long.body = Body::stream(too_much);
    let keyless = AwsClient::new(HttpClient::default()).with_endpoints(client.endpoints().clone());
    let sqs = Service::new("sqs");
    let caller = || client.caller(&sqs, REGION, PATIENCE);
    for (caller, request, expected) in [
        (
            keyless.caller(&sqs, REGION, PATIENCE),
            with("a", "b"),
            "there are no credentials",
        ),
        (
            caller().with_identity(Identity::Caller),
            with("a", "b"),
            "the caller's credentials",
        ),
        (
            caller(),
            with("x-amz-date", "20260301T120000Z"),
            "cannot be signed",
        ),
        (
            caller(),
            with("x-amz-content-sha256", "UNSIGNED-PAYLOAD"),
            "cannot be signed",
        ),
        (caller(), request(Method::GET, "/", ""), "cannot be signed"),
        (caller(), long, "the body of the call"),
    ] {
        let rejection = caller.send(request).await.expect_err(expected);
        let reason = rejection.reason().unwrap_or_default();
        assert!(reason.contains(expected), "{expected}: {reason}");
    }
    assert_eq!(endpoint.requests(), Vec::<String>::new());
}

/// A service whose name came from a stage variable may not lead into the private network, unless
/// the operator sent it there.
#[tokio::test]
async fn filtered_addresses_are_those_of_hosts_not_of_endpoints() {
    let endpoint = Endpoint::start(&[OK]).await;
    let redirected = client(&endpoint, noon());
    let http = HttpClient::builder().address_filter(AddressFilter::default());
    let direct = AwsClient::new(http.build()).with_credentials(Arc::new(key()));
    let local = format!("http://{}/", endpoint.address);
    let outcomes: HashMap<_, _> = HashMap::from([(true, &redirected), (false, &direct)]);
    for (is_redirected, client) in outcomes {
        let caller = client
            .caller(&Service::new("sqs"), REGION, PATIENCE)
            .with_filtered_addresses();
        let outcome = caller.send(request(Method::POST, &local, "")).await;
        assert_eq!(outcome.is_ok(), is_redirected);
        if let Err(rejection) = outcome {
            let reason = rejection.reason().unwrap_or_default();
            assert!(reason.contains("is not public"), "{reason}");
        }
    }
}
