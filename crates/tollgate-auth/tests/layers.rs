//! Authorization in front of a service: what reaches it, and what clients get.

#![expect(clippy::unwrap_used, reason = "a test fails where its helpers do")]
#![expect(
    dead_code,
    reason = "requests and issuers serve the tests of the engines as well"
)]

#[path = "auth/issuers.rs"]
mod issuers;
#[path = "auth/requests.rs"]
mod requests;

use std::collections::HashMap;
use std::convert::Infallible;
use std::future::ready;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use futures::executor::block_on;
use http::{Request, Response};
use http_body_util::BodyExt as _;
use serde_json::json;
use tollgate_auth::{
    Authorizer, AuthorizerAnswer, AuthorizerCache, AuthorizerLayer, Claims, FunctionError,
    IamCaller, IamKey, IamLayer, JwtAuthorizer, JwtLayer, LambdaAuthorizer, RequestIdentity,
    StageAccess, TokenIdentity, authorizer_fn,
};
use tollgate_core::{
    Body, Clock as _, Contexts, GatewayResponseType, ManualClock, PeerAddress, Rejection,
};
use tollgate_iam::policy::{Policy, PolicyKind};
use tollgate_iam::sigv4::{
    Authenticated, Credentials, PayloadHash, Principal, SignableRequest, Signer, Timestamp,
    Verifier,
};
use tower::{Layer, Service, ServiceExt as _, service_fn};

use issuers::{Published, header, id_claims, pool, rsa};
use requests::{API, access, clock, policy_of, resource_policy, stage, statement};

/// What a client gets: status, body, `x-amzn-ErrorType` and the type among the extensions.
#[derive(Debug, PartialEq, Eq)]
struct Told {
    status: u16,
    body: String,
    error_type: Option<String>,
    response_type: Option<GatewayResponseType>,
}

impl Told {
    fn hello(caller: &str) -> Self {
        Self {
            status: 200,
            body: format!("hello, {caller}"),
            error_type: None,
            response_type: None,
        }
    }

    fn refusal(status: u16, response_type: GatewayResponseType, body: &str) -> Self {
        Self {
            status,
            body: body.to_owned(),
            error_type: Some(response_type.error_type().to_owned()),
            response_type: Some(response_type),
        }
    }
}

fn call<S>(service: S, request: Request<Body>) -> Told
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>,
{
    block_on(async {
        let Ok(response) = service.oneshot(request).await;
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let rejection = parts.extensions.get::<Rejection>();
        Told {
            status: parts.status.as_u16(),
            body: String::from_utf8(body.to_vec()).unwrap(),
            error_type: parts
                .headers
                .get("x-amzn-errortype")
                .map(|value| value.to_str().unwrap().to_owned()),
            response_type: rejection.and_then(Rejection::response_type),
        }
    })
}

/// Greets whoever comes through, by the name that this finds.
fn greeter(
    name: fn(&http::Extensions) -> Option<String>,
) -> impl Service<Request<Body>, Response = Response<Body>, Error = Infallible, Future: Send> + Clone
{
    service_fn(move |request: Request<Body>| {
        let caller = name(request.extensions()).unwrap_or_else(|| "nobody".to_owned());
        ready(Ok(Response::new(Body::from(format!("hello, {caller}")))))
    })
}

fn contexts(clock: &Arc<ManualClock>) -> Contexts {
    Contexts::default()
        .with_clock(clock.clone())
        .with_stage(Arc::new(stage()))
}

fn get(path: &str) -> http::request::Builder {
    Request::get(path)
}

fn authorizer_layer(access: StageAccess) -> AuthorizerLayer {
    let function = authorizer_fn(async |event| match event.authorization_token() {
        Some("broken") => Ok(json!({})),
        Some("nobody") => Err(FunctionError::unauthorized()),
        token => Ok(json!({
            "principalId": token,
            "policyDocument": policy_of(&[
                statement("Allow", &format!("{API}/prod/GET/*")),
                statement("Deny", &format!("{API}/prod/GET/secret")),
            ]),
        })),
    });
    let clock = clock();
    let identity = TokenIdentity::new("method.request.header.Authorization").unwrap();
    AuthorizerLayer::new(LambdaAuthorizer::new(
        Authorizer::new("auth01", identity, None).unwrap(),
        access,
        Arc::new(function),
        AuthorizerCache::new(clock.clone()),
    ))
    .with_contexts(contexts(&clock))
}

#[test]
fn an_authorizer_layer_answers_as_the_service_does() {
    use GatewayResponseType::{AccessDenied, AuthorizerConfigurationError, Unauthorized};
    let layer = authorizer_layer(access());
    let service = layer.layer(greeter(|extensions| {
        let answer = extensions.get::<Arc<AuthorizerAnswer>>()?;
        Some(answer.principal_id().to_owned())
    }));
    let unauthorized = || Told::refusal(401, Unauthorized, r#"{"message":"Unauthorized"}"#);
    let denied =
        |message: &str| Told::refusal(403, AccessDenied, &format!(r#"{{"Message":"{message}"}}"#));
    for (method, path, token, expected) in [
        ("GET", "/pets", Some("alice"), Told::hello("alice")),
        ("GET", "/pets", Some("bob"), Told::hello("bob")),
        ("GET", "/pets", None, unauthorized()),
        ("GET", "/pets", Some("nobody"), unauthorized()),
        (
            "GET",
            "/pets",
            Some("broken"),
            Told::refusal(500, AuthorizerConfigurationError, r#"{"message":null}"#),
        ),
        (
            "POST",
            "/pets",
            Some("alice"),
            denied("User is not authorized to access this resource"),
        ),
        (
            "GET",
            "/secret",
            Some("alice"),
            denied("User is not authorized to access this resource with an explicit deny"),
        ),
    ] {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(token) = token {
            request = request.header("authorization", token);
        }
        let told = call(service.clone(), request.body(Body::empty()).unwrap());
        assert_eq!(told, expected, "{method} {path} {token:?}");
    }
}

#[test]
fn a_service_gets_the_request_as_it_came() {
    let service = authorizer_layer(access()).layer(service_fn(async |request: Request<Body>| {
        assert_eq!(request.method(), "GET");
        assert_eq!(request.uri(), "/pets?a=b");
        assert_eq!(request.headers()["authorization"], "alice");
        assert_eq!(request.extensions().get::<u8>(), Some(&7));
        let body = request.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(body, "body");
        Ok::<_, Infallible>(Response::new(Body::from("got it")))
    }));
    let request = get("/pets?a=b")
        .header("authorization", "alice")
        .extension(7_u8);
    let told = call(service, request.body(Body::from("body")).unwrap());
    assert_eq!(told.body, "got it");
}

#[test]
fn the_address_is_that_of_the_peer() {
    let mut statement = statement("Deny", &format!("{API}/*"));
    statement["Principal"] = "*".into();
    statement["Condition"]["IpAddress"]["aws:SourceIp"] = "198.51.100.0/24".into();
    let policy = Policy::parse(&policy_of(&[statement]).to_string(), PolicyKind::Resource).unwrap();
    let layer = authorizer_layer(access().with_resource_policy(policy));
    let service = layer.layer(greeter(|_| None));
    let ask = |peer: &str, said: &str| {
        let peer: SocketAddr = peer.parse().unwrap();
        let request = get("/pets")
            .header("authorization", "alice")
            .header("x-forwarded-for", said)
            .extension(PeerAddress(peer));
        call(service.clone(), request.body(Body::empty()).unwrap()).status
    };
    assert_eq!(ask("203.0.113.10:1", "198.51.100.1"), 200);
    assert_eq!(ask("198.51.100.1:1", "203.0.113.10"), 403);
}

/// Services whose clones are not ready are only called where they were.
#[test]
fn the_service_that_was_ready_is_called() {
    #[derive(Debug)]
    struct Fussy {
        is_ready: bool,
    }
    impl Clone for Fussy {
        fn clone(&self) -> Self {
            Self { is_ready: false }
        }
    }
    impl Service<Request<Body>> for Fussy {
        type Response = Response<Body>;
        type Error = Infallible;
        type Future = std::future::Ready<Result<Response<Body>, Infallible>>;

        fn poll_ready(
            &mut self,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Result<(), Infallible>> {
            self.is_ready = true;
            std::task::Poll::Ready(Ok(()))
        }

        fn call(&mut self, _: Request<Body>) -> Self::Future {
            assert!(std::mem::take(&mut self.is_ready));
            ready(Ok(Response::new(Body::empty())))
        }
    }
    let service = authorizer_layer(access()).layer(Fussy { is_ready: false });
    for _ in 0..2 {
        let request = get("/pets").header("authorization", "alice");
        assert_eq!(
            call(service.clone(), request.body(Body::empty()).unwrap()).status,
            200
        );
    }
}

#[test]
fn request_authorizers_see_path_and_query_of_a_layer() {
    let seen = Arc::new(Mutex::new(None));
    let function = {
        let seen = seen.clone();
        authorizer_fn(move |event| {
            let event: serde_json::Value = serde_json::from_str(event.json()).unwrap();
            *seen.lock().unwrap() = Some(event);
            ready(Ok(json!({
                "principalId": "alice", "policyDocument": policy_of(&[statement("Allow", "*")])
            })))
        })
    };
    let clock = clock();
    let identity = RequestIdentity::new("method.request.querystring.key").unwrap();
    let layer = AuthorizerLayer::new(LambdaAuthorizer::new(
        Authorizer::new("auth01", identity, None).unwrap(),
        access(),
        Arc::new(function),
        AuthorizerCache::new(clock.clone()),
    ))
    .with_contexts(contexts(&clock));
    let request = get("/pets/7?key=a").body(Body::empty()).unwrap();
    assert_eq!(call(layer.layer(greeter(|_| None)), request).status, 200);
    let event = seen.lock().unwrap().take().unwrap();
    assert_eq!(event["path"], "/pets/7");
    assert_eq!(event["queryStringParameters"], json!({"key": "a"}));
    assert_eq!(event["requestContext"]["stage"], "prod");
}

#[test]
fn a_jwt_layer_answers_as_the_service_does() {
    use GatewayResponseType::{AccessDenied, Unauthorized};
    let clock = clock();
    let published = Published::new(&[rsa().jwk("key-1")]);
    let layer = |access| {
        let pools = [pool(&published, &clock)];
        let source = "method.request.header.Authorization";
        let authorizer = JwtAuthorizer::user_pools(source, pools, access).unwrap();
        JwtLayer::new(authorizer).with_contexts(contexts(&clock))
    };
    let greeter = || greeter(|extensions| Some(extensions.get::<Claims>()?.subject()?.to_owned()));
    let good = rsa().token(&header(), &id_claims());
    let over = rsa().token(&header(), &issuers::with(id_claims(), "exp", json!(1)));
    let access_token = rsa().token(&header(), &issuers::access_claims());
    let open = layer(access());
    let scoped = layer(access()).with_scopes(["pets/read"]);
    let closed = layer(access().with_resource_policy(resource_policy(None)));
    let unauthorized = || Told::refusal(401, Unauthorized, r#"{"message":"Unauthorized"}"#);
    for (name, layer, token, expected) in [
        ("good", &open, &*good, Told::hello("alice")),
        ("no token", &open, "", unauthorized()),
        (
            "over",
            &open,
            &over,
            Told::refusal(
                401,
                Unauthorized,
                r#"{"message":"The incoming token has expired"}"#,
            ),
        ),
        ("with scopes", &scoped, &access_token, Told::hello("alice")),
        ("ID token for scopes", &scoped, &good, unauthorized()),
        (
            "resource policy",
            &closed,
            &good,
            Told::refusal(
                403,
                AccessDenied,
                "{\"Message\":\"User: anonymous is not authorized to perform: execute-api:Invoke \
                 on resource: arn:aws:execute-api:eu-central-1:********9012:a1b2c3d4e5/prod/GET/pets\"}",
            ),
        ),
    ] {
        let request = get("/pets")
            .header("authorization", token)
            .body(Body::empty())
            .unwrap();
        assert_eq!(call(layer.layer(greeter()), request), expected, "{name}");
    }
}

const ALICE: &str = "arn:aws:iam::123456789012:user/alice";
const HOST: &str = "a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com";

fn alices_key() -> Credentials {
    Credentials::new("AKIAALICE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
}

fn iam_layer(clock: &Arc<ManualClock>) -> IamLayer {
    let policy = policy_of(&[statement("Allow", &format!("{API}/prod/*/pets/*"))]);
    let policy = Policy::parse(&policy.to_string(), PolicyKind::Identity).unwrap();
    let alice = IamCaller::new(Principal::new(ALICE), [policy]).unwrap();
    let key = Arc::new(IamKey::new(alices_key(), Arc::new(alice)));
    let keys = HashMap::from([("AKIAALICE".to_owned(), key)]);
    IamLayer::new(Verifier::new("eu-central-1"), keys, access(), clock.clone())
}

/// A request with the signature in its query.
fn signed(
    clock: &ManualClock,
    key: Credentials,
    method: &str,
    target: &str,
    body: &'static str,
) -> Request<Body> {
    let host = [("host", HOST.as_bytes())];
    let request = SignableRequest::new(method, target, host);
    let signer = Signer::new(key, "eu-central-1", "execute-api");
    let time = Timestamp::from_unix(clock.now().unix());
    let payload = PayloadHash::of(body.as_bytes());
    let presigned = signer.presign(&request, &payload, time, 60).unwrap();
    Request::builder()
        .method(method)
        .uri(presigned.target())
        .header("host", HOST)
        .body(Body::from(body))
        .unwrap()
}

#[test]
fn an_iam_layer_answers_as_the_service_does() {
    let clock = clock();
    let service = iam_layer(&clock).layer(greeter(|extensions| {
        let caller = extensions.get::<Arc<IamCaller>>()?.arn().to_owned();
        let signer = extensions
            .get::<Authenticated>()?
            .principal()
            .arn()
            .to_owned();
        (caller == signer).then_some(caller)
    }));
    let sign = |method: &str, target: &str| signed(&clock, alices_key(), method, target, "");
    assert_eq!(
        call(service.clone(), sign("GET", "/pets/7")),
        Told::hello(ALICE)
    );
    let with_body = signed(&clock, alices_key(), "POST", "/pets/7", "meow");
    assert_eq!(call(service.clone(), with_body), Told::hello(ALICE));

    let denied = call(service.clone(), sign("GET", "/orders"));
    let message = format!(
        "User: {ALICE} is not authorized to perform: execute-api:Invoke on resource: \
         arn:aws:execute-api:eu-central-1:********9012:a1b2c3d4e5/prod/GET/orders"
    );
    let expected = Told::refusal(
        403,
        GatewayResponseType::AccessDenied,
        &format!(r#"{{"Message":"{message}"}}"#),
    );
    assert_eq!(denied, expected);

    let unsigned = get("/pets/7").body(Body::empty()).unwrap();
    let told = call(service.clone(), unsigned);
    assert_eq!(told.body, r#"{"message":"Missing Authentication Token"}"#);

    let unknown = signed(
        &clock,
        Credentials::new("AKIANOBODY", "x"),
        "GET",
        "/pets/7",
        "",
    );
    let told = call(service.clone(), unknown);
    assert_eq!(
        told.error_type.as_deref(),
        Some("UnrecognizedClientException")
    );

    let mut tampered = sign("GET", "/pets/7");
    *tampered.body_mut() = Body::from("more");
    let told = call(service, tampered);
    assert_eq!(
        told.response_type,
        Some(GatewayResponseType::InvalidSignature)
    );
}

/// SigV4 normalises a path before it is signed; policies must not be judged by another one than the
/// service behind sees.
#[test]
fn a_signature_does_not_lead_out_of_what_is_allowed() {
    let clock = clock();
    let service = iam_layer(&clock).layer(greeter(|_| None));
    for (target, status) in [
        ("/pets/7", 200),
        ("/pets/../orders", 400),
        ("/pets/%2e%2e/orders", 400),
        ("/pets/./7", 400),
        ("/pets/a%2Forders", 200),
        ("/pets%2F7", 403),
        ("//pets/7", 200),
        ("/PETS/7", 403),
    ] {
        let request = signed(&clock, alices_key(), "GET", target, "");
        assert_eq!(call(service.clone(), request).status, status, "{target}");
    }
}

/// A key that is exchanged between the two look-ups, or goes away.
#[test]
fn a_key_that_changes_hands_is_of_no_use() {
    let clock = clock();
    let policy = policy_of(&[statement("Allow", "*")]);
    let policy = Policy::parse(&policy.to_string(), PolicyKind::Identity).unwrap();
    let of = |arn: &str| {
        let caller = IamCaller::new(Principal::new(arn), [policy.clone()]).unwrap();
        Some(Arc::new(IamKey::new(alices_key(), Arc::new(caller))))
    };
    for (name, second, status) in [
        ("the same", of(ALICE), 200),
        ("another's", of("arn:aws:iam::123456789012:user/eve"), 403),
        ("gone", None, 403),
    ] {
        let answers = Mutex::new(vec![second, of(ALICE)]);
        let keys = move |_: &str| answers.lock().unwrap().pop().flatten();
        let layer = IamLayer::new(Verifier::new("eu-central-1"), keys, access(), clock.clone());
        let request = signed(&clock, alices_key(), "GET", "/pets", "");
        let told = call(layer.layer(greeter(|_| None)), request);
        assert_eq!(told.status, status, "{name}");
    }
}
