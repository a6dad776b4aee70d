//! Lambda authorizers: what is asked of whom, and what clients are told.

use std::sync::Arc;

use crate::functions::Counted;
use crate::requests::{self, API, access, arriving, clock, policy_of, resource_policy, statement};
use futures::executor::block_on;
use http::request::Builder;
use serde_json::{Value, json};
use tollgate_auth::{
    Authorizer, AuthorizerAnswer, AuthorizerCache, AuthorizerIdentity, FunctionError,
    InvalidAuthorizer, LambdaAuthorizer, MAX_ANSWER_BYTES, MAX_IDENTITY_BYTES, RequestIdentity,
    StageAccess, TokenIdentity,
};
use tollgate_core::{GatewayResponseType, Rejection};

use crate::told::{Told, UNAUTHORIZED, denied, told};

const DENIED: &str = "User is not authorized to access this resource";

fn answer(statements: &[Value]) -> Value {
    json!({"principalId": "alice", "policyDocument": policy_of(statements)})
}

fn allowing() -> Value {
    answer(&[statement("Allow", "*")])
}

fn token() -> TokenIdentity {
    TokenIdentity::new("method.request.header.Authorization").unwrap()
}

fn authorizer(
    identity: impl Into<AuthorizerIdentity>,
    ttl: u32,
    access: StageAccess,
    function: &Counted,
) -> LambdaAuthorizer {
    LambdaAuthorizer::new(
        Authorizer::new("auth01", identity, Some(ttl)).unwrap(),
        access,
        Arc::new(function.clone()),
        AuthorizerCache::new(clock()),
    )
}

fn ask(
    authorizer: &LambdaAuthorizer,
    request: Builder,
) -> Result<Arc<AuthorizerAnswer>, Rejection> {
    block_on(authorizer.authorize(&arriving(&clock(), request)))
}

fn get(path: &str) -> Builder {
    http::Request::get(path)
}

/// The same request once more.
fn copy(request: &Builder) -> Builder {
    let mut copy = get(&request.uri_ref().unwrap().to_string());
    copy.headers_mut()
        .unwrap()
        .clone_from(request.headers_ref().unwrap());
    copy
}

fn with_token(path: &str) -> Builder {
    get(path).header("authorization", "token-1")
}

const BROKEN: Told<'static> = (
    500,
    None,
    Some("AuthorizerConfigurationException"),
    Some(GatewayResponseType::AuthorizerConfigurationError),
);

#[test]
fn a_function_that_fails_refuses_or_breaks() {
    let raised = |message: &str| {
        Err(FunctionError::Raised {
            message: message.to_owned(),
        })
    };
    let gone = || FunctionError::NotRun("connection refused".into());
    type Outcome = Box<dyn Fn() -> Result<String, FunctionError> + Send + Sync>;
    let rows: Vec<(&str, Outcome, Told<'_>)> = vec![
        (
            "exactly Unauthorized",
            Box::new(move || raised("Unauthorized")),
            UNAUTHORIZED,
        ),
        (
            "in another case",
            Box::new(move || raised("unauthorized")),
            BROKEN,
        ),
        (
            "with more words",
            Box::new(move || raised("Unauthorized: expired")),
            BROKEN,
        ),
        ("without words", Box::new(move || raised("")), BROKEN),
        ("cannot be run", Box::new(move || Err(gone())), BROKEN),
        ("no JSON", Box::new(|| Ok("Unauthorized".into())), BROKEN),
        ("null", Box::new(|| Ok("null".into())), BROKEN),
        ("nothing", Box::new(|| Ok(String::new())), BROKEN),
    ];
    for (name, outcome, expected) in rows {
        let function = Counted::new(move |_| outcome());
        for ttl in [0, 300] {
            let authorizer = authorizer(token(), ttl, access(), &function);
            let calls = function.calls();
            for _ in 0..2 {
                let rejection = ask(&authorizer, with_token("/pets")).unwrap_err();
                assert_eq!(told(&rejection), expected, "{name}");
                assert!(rejection.reason().is_some(), "{name}");
            }
            assert_eq!(function.calls() - calls, 2, "{name}: failures are not kept");
        }
    }
}

#[test]
fn only_well_formed_answers_count() {
    let policy = policy_of(&[statement("Allow", "*")]);
    let with = |name: &str, value: Value| {
        let mut answer = allowing();
        answer[name] = value;
        answer.to_string()
    };
    let without = |name: &str| {
        let mut answer = allowing();
        answer.as_object_mut().unwrap().remove(name);
        answer.to_string()
    };
    let padded = |length: usize| {
        let answer = allowing().to_string();
        format!("{answer}{:1$}", "", length - answer.len())
    };
    let long = format!("{API}/prod/GET/{}", "a".repeat(512));
    let twice = format!(
        r#"{{"principalId": "a", "policyDocument": {policy}, "policyDocument": {policy}}}"#
    );
    let twice_in_context = format!(
        r#"{{"principalId": "a", "policyDocument": {policy}, "context": {{"a": 1, "a": 2}}}}"#
    );
    let twice_in_policy = r#"{"principalId": "a", "policyDocument": {"Statement":
        {"Effect": "Deny", "Effect": "Allow", "Action": "*", "Resource": "*"}}}"#;
    for (name, answer, is_good) in [
        ("as it should be", allowing().to_string(), true),
        ("of the greatest length", padded(MAX_ANSWER_BYTES), true),
        ("too long", padded(MAX_ANSWER_BYTES + 1), false),
        ("no principal", without("principalId"), false),
        (
            "principal is a number",
            with("principalId", json!(7)),
            false,
        ),
        ("principal is null", with("principalId", Value::Null), false),
        ("no policy", without("policyDocument"), false),
        (
            "policy is text",
            with("policyDocument", json!(policy.to_string())),
            false,
        ),
        ("policy is null", with("policyDocument", Value::Null), false),
        (
            "policy without statements",
            with("policyDocument", json!({"Version": "2012-10-17"})),
            false,
        ),
        (
            "effect in lower case",
            with("policyDocument", policy_of(&[statement("allow", "*")])),
            false,
        ),
        (
            "resource too long",
            with("policyDocument", policy_of(&[statement("Allow", &long)])),
            false,
        ),
        (
            "context of scalars",
            with("context", json!({"a": "x", "b": 1, "c": true, "d": -1.5})),
            true,
        ),
        ("empty context", with("context", json!({})), true),
        ("context is null", with("context", Value::Null), true),
        (
            "context with a list",
            with("context", json!({"a": []})),
            false,
        ),
        (
            "context with an object",
            with("context", json!({"a": {}})),
            false,
        ),
        (
            "context with null",
            with("context", json!({"a": null})),
            false,
        ),
        ("context is a list", with("context", json!([])), false),
        ("key is text", with("usageIdentifierKey", json!("k")), true),
        ("key is null", with("usageIdentifierKey", Value::Null), true),
        (
            "key is a number",
            with("usageIdentifierKey", json!(1)),
            false,
        ),
        ("more members", with("expires", json!([1])), true),
        ("a member twice", twice, false),
        ("twice in the context", twice_in_context, false),
        ("twice in the policy", twice_in_policy.to_owned(), false),
        ("a list", "[]".to_owned(), false),
        ("the string false", "\"false\"".to_owned(), false),
        ("true", "true".to_owned(), false),
    ] {
        let function = Counted::new(move |_| Ok(answer.clone()));
        let authorizer = authorizer(token(), 300, access(), &function);
        let outcomes = [0, 1].map(|_| ask(&authorizer, with_token("/pets")));
        for outcome in &outcomes {
            match outcome {
                Ok(_) => assert!(is_good, "{name}"),
                Err(rejection) => {
                    assert_eq!((told(rejection), is_good), (BROKEN, false), "{name}");
                }
            }
        }
        let expected = if is_good { 1 } else { 2 };
        assert_eq!(function.calls(), expected, "{name}");
    }
}

#[test]
fn values_of_the_context_are_texts() {
    let text = json!({
        "principalId": "alice",
        "policyDocument": policy_of(&[statement("Allow", "*")]),
        "context": {
            "text": "a \"b\"", "number": 1, "negative": -7, "fraction": 1.5, "whole": 2.0,
            "large": 18_446_744_073_709_551_615_u64, "yes": true, "no": false, "principalId": "eve"
        },
        "usageIdentifierKey": "key-1"
    });
    let answer = AuthorizerAnswer::parse(text.to_string().as_bytes()).unwrap();
    for (name, expected) in [
        ("text", Some("a \"b\"")),
        ("number", Some("1")),
        ("negative", Some("-7")),
        ("fraction", Some("1.5")),
        ("whole", Some("2.0")),
        ("large", Some("18446744073709551615")),
        ("yes", Some("true")),
        ("no", Some("false")),
        ("principalId", Some("alice")),
        ("missing", None),
    ] {
        assert_eq!(answer.value(name), expected, "{name}");
    }
    assert_eq!(answer.usage_identifier_key(), Some("key-1"));
    let shown = format!("{answer:?}");
    assert!(
        !shown.contains("key-1") && !shown.contains("fraction"),
        "{shown}"
    );
}

/// The whole of `API Gateway Developer Guide`'s table A, with what a client is told.
#[test]
fn an_authorizer_and_a_resource_policy_decide_together() {
    let explicit_by_authorizer =
        "User is not authorized to access this resource with an explicit deny";
    let explicit_by_resource = "User: anonymous is not authorized to perform: execute-api:Invoke on \
        resource: arn:aws:execute-api:eu-central-1:********9012:a1b2c3d4e5/prod/GET/pets \
        with an explicit deny";
    let silent = "nothing";
    for (own, resource, expected, calls) in [
        ("Allow", "Allow", None, 1),
        ("Allow", silent, None, 1),
        ("Allow", "Deny", Some(explicit_by_resource), 0),
        (silent, "Allow", None, 1),
        (silent, silent, Some(DENIED), 1),
        (silent, "Deny", Some(explicit_by_resource), 0),
        ("Deny", "Allow", Some(explicit_by_authorizer), 1),
        ("Deny", silent, Some(explicit_by_authorizer), 1),
        ("Deny", "Deny", Some(explicit_by_resource), 0),
        ("Allow", "no policy", None, 1),
        (silent, "no policy", Some(DENIED), 1),
        ("Deny", "no policy", Some(explicit_by_authorizer), 1),
    ] {
        let statement = match own {
            "nothing" => statement("Allow", &format!("{API}/prod/POST/*")),
            effect => statement(effect, &format!("{API}/prod/GET/pets")),
        };
        let answer = answer(&[statement]).to_string();
        let function = Counted::new(move |_| Ok(answer.clone()));
        let access = match resource {
            "no policy" => access(),
            "nothing" => access().with_resource_policy(resource_policy(None)),
            effect => access().with_resource_policy(resource_policy(Some(effect))),
        };
        let authorizer = authorizer(token(), 300, access, &function);
        let outcome = ask(&authorizer, with_token("/pets"));
        let row = format!("authorizer {own}, resource policy {resource}");
        match (&outcome, expected) {
            (Ok(_), None) => {}
            (Err(rejection), Some(message)) => {
                assert_eq!(told(rejection), denied(message), "{row}")
            }
            _ => panic!("{row}: {outcome:?}"),
        }
        assert_eq!(function.calls(), calls, "{row}");
    }
}

#[test]
fn a_resource_policy_denies_before_a_token_is_looked_at() {
    let function = Counted::new(|_| Ok(allowing().to_string()));
    let access = access().with_resource_policy(resource_policy(Some("Deny")));
    let authorizer = authorizer(token(), 300, access, &function);
    assert_eq!(ask(&authorizer, get("/pets")).unwrap_err().status(), 403);
}

#[test]
fn tokens_are_checked_before_the_function_is_asked() {
    let bearer = || token().with_validation_expression("Bearer [a-z]+").unwrap();
    let longest = "a".repeat(MAX_IDENTITY_BYTES);
    let too_long = "a".repeat(MAX_IDENTITY_BYTES + 1);
    let evil = token()
        .with_validation_expression("(?=(a+)+$)(a+)+b")
        .unwrap();
    for (name, identity, tokens, is_asked) in [
        ("there is one", token(), &["abc"][..], true),
        ("none", token(), &[], false),
        ("empty", token(), &[""], false),
        ("two", token(), &["abc", "abc"], false),
        ("of the greatest length", token(), &[&*longest], true),
        ("too long", token(), &[&*too_long], false),
        ("matches", bearer(), &["Bearer abc"], true),
        ("matches in part", bearer(), &["Bearer abc1"], false),
        ("matches a part", bearer(), &["x Bearer abc"], false),
        ("takes too long to match", evil, &[&*longest], false),
    ] {
        for ttl in [0, 300] {
            let function = Counted::new(|_| Ok(allowing().to_string()));
            let authorizer = authorizer(identity.clone(), ttl, access(), &function);
            let mut request = get("/pets");
            for token in tokens {
                request = request.header("authorization", *token);
            }
            match ask(&authorizer, request) {
                Ok(_) => assert!(is_asked, "{name}"),
                Err(rejection) => assert_eq!(
                    (told(&rejection), is_asked),
                    (UNAUTHORIZED, false),
                    "{name}"
                ),
            }
            assert_eq!(function.calls(), usize::from(is_asked), "{name}");
        }
    }
}

#[test]
fn a_token_that_is_no_text_is_refused() {
    let function = Counted::new(|_| Ok(allowing().to_string()));
    let authorizer = authorizer(token(), 300, access(), &function);
    let value = http::HeaderValue::from_bytes(b"a\xff").unwrap();
    let rejection = ask(&authorizer, get("/pets").header("authorization", value)).unwrap_err();
    assert_eq!((told(&rejection), function.calls()), (UNAUTHORIZED, 0));
}

#[test]
fn the_case_of_a_header_makes_no_difference() {
    for (configured, sent) in [
        ("Authorization", "authorization"),
        ("authorization", "Authorization"),
        ("authorization", "AUTHORIZATION"),
        ("X-Token", "x-tOKEN"),
    ] {
        let identity = TokenIdentity::new(&format!("method.request.header.{configured}")).unwrap();
        let function = Counted::new(|event| {
            assert_eq!(event.authorization_token(), Some("abc"));
            Ok(allowing().to_string())
        });
        let authorizer = authorizer(identity, 300, access(), &function);
        let mut context = arriving(&clock(), get("/pets").header(sent, "abc"));
        // As servers tell that know how names were spelled.
        for spelling in [
            None,
            Some(tollgate_core::OriginalHeaders::from_iter([sent])),
        ] {
            context.request.spelling = spelling;
            let outcome = block_on(authorizer.authorize(&context));
            assert!(outcome.is_ok(), "{configured} {sent}: {outcome:?}");
        }
    }
}

#[test]
fn all_sources_of_a_request_have_to_be_there() {
    let sources = "method.request.header.Auth, method.request.querystring.name, \
        stageVariables.colour, context.identity.sourceIp";
    let full = || get("/pets?name=a").header("auth", "x");
    for (name, request, variable, is_asked) in [
        ("all", full(), Some("blue"), true),
        ("no header", get("/pets?name=a"), Some("blue"), false),
        (
            "empty header",
            get("/pets?name=a").header("auth", ""),
            Some("blue"),
            false,
        ),
        (
            "no parameter",
            get("/pets").header("auth", "x"),
            Some("blue"),
            false,
        ),
        (
            "empty parameter",
            get("/pets?name=").header("auth", "x"),
            Some("blue"),
            false,
        ),
        (
            "parameter in another case",
            get("/pets?Name=a").header("auth", "x"),
            Some("blue"),
            false,
        ),
        ("no variable", full(), None, false),
        ("empty variable", full(), Some(""), false),
    ] {
        for ttl in [0, 300] {
            let function = Counted::new(|_| Ok(allowing().to_string()));
            let identity = RequestIdentity::new(sources).unwrap();
            let authorizer = authorizer(identity, ttl, access(), &function);
            let mut context = arriving(&clock(), copy(&request));
            let mut stage = requests::stage();
            stage.variables = variable
                .map(|value| ("colour", value))
                .into_iter()
                .collect();
            context.stage = Arc::new(stage);
            match block_on(authorizer.authorize(&context)) {
                Ok(_) => assert!(is_asked, "{name}"),
                Err(rejection) => assert_eq!(
                    (told(&rejection), is_asked),
                    (UNAUTHORIZED, false),
                    "{name}"
                ),
            }
            assert_eq!(function.calls(), usize::from(is_asked), "{name}");
        }
    }
}

#[test]
fn without_a_cache_a_request_needs_no_identity() {
    let function = Counted::new(|_| Ok(allowing().to_string()));
    let identity = RequestIdentity::new("").unwrap();
    let authorizer = authorizer(identity, 0, access(), &function);
    for calls in 1..3 {
        assert!(ask(&authorizer, get("/pets")).is_ok());
        assert_eq!(function.calls(), calls);
    }
}

#[test]
fn configurations_that_cannot_be_are_refused() {
    let request = |list: &str| RequestIdentity::new(list).unwrap();
    let header = "method.request.header.A";
    for (name, outcome, expected) in [
        (
            "an hour",
            Authorizer::new("a", token(), Some(3_600)),
            Ok(Some(3_600)),
        ),
        (
            "more",
            Authorizer::new("a", token(), Some(3_601)),
            Err(InvalidAuthorizer::Ttl(3_601)),
        ),
        (
            "default",
            Authorizer::new("a", request(header), None),
            Ok(Some(300)),
        ),
        (
            "none",
            Authorizer::new("a", request(header), Some(0)),
            Ok(None),
        ),
        (
            "kept for nobody",
            Authorizer::new("a", request(""), None),
            Err(InvalidAuthorizer::NoIdentitySource),
        ),
        (
            "nobody, not kept",
            Authorizer::new("a", request(""), Some(0)),
            Ok(None),
        ),
    ] {
        let seconds = outcome.map(|it| it.ttl().map(|ttl| ttl.as_secs()));
        assert_eq!(seconds, expected, "{name}");
    }
    for source in [
        "",
        "method.request.querystring.token",
        "method.request.header.A,method.request.header.B",
        "context.identity.sourceIp",
    ] {
        assert_eq!(
            TokenIdentity::new(source).map(|_| ()),
            Err(InvalidAuthorizer::NotOneHeader(source.to_owned()))
        );
    }
    assert!(matches!(
        token().with_validation_expression("("),
        Err(InvalidAuthorizer::ValidationExpression { .. })
    ));
    assert!(RequestIdentity::new("method.request.path.id").is_err());
}

#[test]
fn a_token_event_has_three_members() {
    let function = Counted::new(|event| {
        let event: Value = serde_json::from_str(event.json()).unwrap();
        let expected = json!({
            "type": "TOKEN",
            "methodArn": format!("{API}/prod/GET/pets/7"),
            "authorizationToken": "Bearer abc",
        });
        assert_eq!(event, expected);
        Ok(allowing().to_string())
    });
    let authorizer = authorizer(token(), 300, access(), &function);
    let request = get("/pets/7?a=b").header("authorization", "Bearer abc");
    assert!(ask(&authorizer, request).is_ok());
}

#[test]
fn a_request_event_tells_everything_but_the_body() {
    let function = Counted::new(|event| {
        let mut event: Value = serde_json::from_str(event.json()).unwrap();
        let id = event["requestContext"]["requestId"].take();
        assert!(id.is_string());
        let trace = event["headers"]["X-Amzn-Trace-Id"].take();
        assert_eq!(
            event["multiValueHeaders"]["X-Amzn-Trace-Id"].take(),
            json!([trace])
        );
        let expected = json!({
            "type": "REQUEST",
            "methodArn": format!("{API}/prod/POST/pets/a%20b"),
            "resource": null,
            "path": "/pets/a%20b",
            "httpMethod": "POST",
            "headers": {
                "auth": "two", "user-agent": "curl", "X-Forwarded-For": "10.0.0.1, 203.0.113.10",
                "X-Forwarded-Port": "80", "X-Forwarded-Proto": "http", "X-Amzn-Trace-Id": null
            },
            "multiValueHeaders": {
                "auth": ["one", "two"], "user-agent": ["curl"],
                "X-Forwarded-For": ["10.0.0.1, 203.0.113.10"], "X-Forwarded-Port": ["80"],
                "X-Forwarded-Proto": ["http"], "X-Amzn-Trace-Id": null
            },
            "queryStringParameters": {"q": "b c", "r": ""},
            "multiValueQueryStringParameters": {"q": ["a", "b c"], "r": [""]},
            "pathParameters": {},
            "stageVariables": {},
            "requestContext": {
                "path": "/pets/a%20b", "accountId": "123456789012", "resourceId": null,
                "stage": "prod", "requestId": null,
                "identity": {"sourceIp": "203.0.113.10", "userAgent": "curl"},
                "resourcePath": null, "httpMethod": "POST", "apiId": "a1b2c3d4e5"
            }
        });
        assert_eq!(event, expected);
        Ok(allowing().to_string())
    });
    let identity = RequestIdentity::new("method.request.header.auth").unwrap();
    let authorizer = authorizer(identity, 300, access(), &function);
    let request = http::Request::post("/pets/a%20b?q=a&q=b+c&r")
        .header("auth", "one")
        .header("auth", "two")
        .header("content-length", "3")
        .header("x-forwarded-for", "10.0.0.1")
        .header("user-agent", "curl");
    let outcome = ask(&authorizer, request);
    assert!(outcome.is_ok(), "{outcome:?}");
}

#[test]
fn a_request_event_tells_of_the_certificate() {
    let function = Counted::new(|event| {
        let event: Value = serde_json::from_str(event.json()).unwrap();
        let expected = json!({
            "clientCertPem": "PEM", "subjectDN": "CN=client", "issuerDN": "CN=issuer",
            "serialNumber": "1", "validity": {
                "notBefore": "May 28 12:30:02 2019 GMT", "notAfter": "Aug  5 09:36:04 2021 GMT"
            }
        });
        assert_eq!(event["requestContext"]["identity"]["clientCert"], expected);
        Ok(allowing().to_string())
    });
    let certificate = tollgate_core::PeerCertificate {
        pem: "PEM".into(),
        subject_dn: "CN=client".into(),
        issuer_dn: "CN=issuer".into(),
        serial_number: "1".into(),
        not_before: "May 28 12:30:02 2019 GMT".into(),
        not_after: "Aug  5 09:36:04 2021 GMT".into(),
    };
    let identity = RequestIdentity::new("context.identity.clientCert.subjectDN").unwrap();
    let authorizer = authorizer(identity, 300, access(), &function);
    let without = ask(&authorizer, get("/pets"));
    assert_eq!(without.unwrap_err().status(), 401);
    let with = ask(&authorizer, get("/pets").extension(Arc::new(certificate)));
    assert!(with.is_ok(), "{with:?}");
    assert_eq!(function.calls(), 1);
}

#[test]
fn paths_that_policies_cannot_tell_are_refused() {
    let function = Counted::new(|_| Ok(allowing().to_string()));
    let authorizer = authorizer(token(), 300, access(), &function);
    let room = 1_600 - format!("{API}/prod/GET/").len();
    for (path, status) in [
        (format!("/{}", "a".repeat(room)), 200),
        (format!("/{}", "a".repeat(room + 1)), 414),
        ("/public/../admin".to_owned(), 400),
        ("/public/%2e%2E/admin".to_owned(), 400),
        ("/%2e/admin".to_owned(), 400),
        ("/admin%00".to_owned(), 400),
        ("/admin%2".to_owned(), 400),
        ("/admin%2Fsub".to_owned(), 200),
    ] {
        let outcome = ask(&authorizer, with_token(&path));
        let found = outcome.map_or_else(|rejection| rejection.status().as_u16(), |_| 200);
        assert_eq!(found, status, "{path}");
    }
    let too_long = ask(
        &authorizer,
        with_token(&format!("/{}", "a".repeat(room + 1))),
    );
    assert_eq!(
        too_long.unwrap_err().message(),
        Some("Request URI too long")
    );
}

#[test]
fn what_identifies_callers_is_not_shown() {
    let function = Counted::new(|event| {
        assert!(!format!("{event:?}").contains("canary"));
        Ok(allowing().to_string())
    });
    let authorizer = authorizer(token(), 300, access(), &function);
    let outcome = ask(&authorizer, get("/pets").header("authorization", "canary"));
    assert!(!format!("{authorizer:?} {outcome:?}").contains("canary"));
}
