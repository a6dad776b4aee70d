//! Many stages behind one service: which host and path lead where, and what is said of it.

use std::borrow::Cow;
use std::sync::{Arc, Mutex};

use http::{Request, header};
use http_body_util::Full;
use serde_json::json;
use tollgate_core::{Context, ContextPath, Event, Observer};
use tollgate_gateway::address::{Address, AddressError, AddressTable, BasePathMapping, DomainName};
use tollgate_gateway::{Gateways, Plan};
use tollgate_model::{ApiDocument, Stage};
use tower::ServiceExt as _;

use crate::support::{Answer, answer, document, mock};

const OK: &str = r#"{"statusCode": 200}"#;
/// What a request's context says of its address.
const SHOWN: &str = "$context.apiId $context.stage $context.path $context.resourcePath \
    [$input.params().path] $context.domainName $context.domainPrefix";

fn api(id: &str, members: serde_json::Value) -> ApiDocument {
    let resources = [
        ("/", mock("GET", OK, SHOWN)),
        ("/hardcoded", mock("GET", OK, SHOWN)),
        ("/{proxy+}", mock("GET", OK, SHOWN)),
    ];
    let mut document = document(&resources, members);
    document.rest_api.id = Some(id.into());
    document
}

fn plan(document: &ApiDocument, stage: &str) -> Arc<Plan> {
    let stage = Stage::new(stage.parse().expect("it is a stage name"));
    Arc::new(Plan::compile(document, &stage).expect("the document has a plan"))
}

fn mapping(base_path: &str, api: &str, stage: Option<&str>) -> BasePathMapping {
    let stage = stage.map(|stage| stage.parse().expect("it is a stage name"));
    let base_path = base_path.parse().expect("it is a base path");
    BasePathMapping::new(base_path, api.into(), stage)
}

/// Two APIs, one of them with two stages, one that has no endpoint of its own, and domains.
fn table() -> AddressTable {
    let (one, two) = (api("api1", json!({})), api("api2", json!({})));
    let closed = api("closed", json!({ "disableExecuteApiEndpoint": true }));
    AddressTable::builder()
        .stage(plan(&one, "prod"))
        .stage(plan(&one, "beta"))
        .stage(plan(&two, "prod"))
        .stage(plan(&closed, "prod"))
        .domain(
            "api.example.com".parse().expect("it is a domain name"),
            [
                mapping("", "api1", Some("prod")),
                mapping("orders/v1", "api2", Some("prod")),
                mapping("open", "api1", None),
                mapping("closed", "closed", Some("prod")),
            ],
        )
        .domain(
            "*.example.com".parse().expect("it is a domain name"),
            [mapping("wild", "api2", Some("prod"))],
        )
        .any_host([mapping("pets", "api1", Some("prod"))])
        .build()
        .expect("the table is sound")
}

fn gateways() -> Gateways {
    Gateways::new(table())
}

async fn get(gateways: &Gateways, host: &str, path: &str) -> Answer {
    let request = Request::get(path)
        .header(header::HOST, host)
        .body(Full::<bytes::Bytes>::default())
        .expect("it is a request");
    let response = gateways.clone().oneshot(request).await;
    answer(response.expect("gateways always answer")).await
}

#[tokio::test]
async fn contexts_tell_how_a_request_was_addressed() {
    let gateways = gateways();
    let endpoint = "api1.execute-api.localhost:8080";
    for (host, path, expected) in [
        // Recorded on the service (path, resource path and parameter): data plane, section 1.3.
        (
            endpoint,
            "/prod/value",
            "api1 prod /prod/value /{proxy+} [{proxy=value}]",
        ),
        (
            endpoint,
            "/prod/value/",
            "api1 prod /prod/value/ /{proxy+} [{proxy=value}]",
        ),
        (
            endpoint,
            "/prod/value//x",
            "api1 prod /prod/value//x /{proxy+} [{proxy=value//x}]",
        ),
        (
            endpoint,
            "//prod/value",
            "api1 prod /prod/value /{proxy+} [{proxy=value}]",
        ),
        (
            endpoint,
            "/prod//value",
            "api1 prod /prod//value /{proxy+} [{proxy=value}]",
        ),
        (
            endpoint,
            "/prod//hardcoded",
            "api1 prod /prod//hardcoded /hardcoded [{}]",
        ),
        (
            endpoint,
            "/prod/a%2Bb@c/a+b",
            "api1 prod /prod/a%2Bb@c/a+b /{proxy+} [{proxy=a%2Bb@c/a+b}]",
        ),
        (endpoint, "/prod", "api1 prod /prod / [{}]"),
        (endpoint, "/prod/", "api1 prod /prod/ / [{}]"),
        (
            endpoint,
            "/beta/x?q=/y",
            "api1 beta /beta/x /{proxy+} [{proxy=x}]",
        ),
        // The form for hosts of any name.
        (
            "localhost",
            "/restapis/api1/beta/_user_request_/x?q",
            "api1 beta /beta/x /{proxy+} [{proxy=x}]",
        ),
        (
            "localhost",
            "/restapis/api1/beta/_user_request_//x",
            "api1 beta /beta//x /{proxy+} [{proxy=x}]",
        ),
        (
            "localhost",
            "/restapis/API2/prod/_user_request_",
            "api2 prod /prod / [{}]",
        ),
        // Custom domains, and hosts that nothing is known about.
        (
            "api.example.com",
            "/x",
            "api1 prod /x /{proxy+} [{proxy=x}]",
        ),
        ("api.example.com", "/", "api1 prod / / [{}]"),
        (
            "api.example.com",
            "/orders/v1/x",
            "api2 prod /orders/v1/x /{proxy+} [{proxy=x}]",
        ),
        (
            "api.example.com",
            "//orders/v1//x",
            "api2 prod /orders/v1//x /{proxy+} [{proxy=x}]",
        ),
        (
            "api.example.com",
            "/orders/v1",
            "api2 prod /orders/v1 / [{}]",
        ),
        (
            "api.example.com",
            "/orders/v12",
            "api1 prod /orders/v12 /{proxy+} [{proxy=orders/v12}]",
        ),
        (
            "api.example.com",
            "/open/beta/x",
            "api1 beta /open/beta/x /{proxy+} [{proxy=x}]",
        ),
        (
            "api.example.com",
            "/open//beta",
            "api1 beta /open//beta / [{}]",
        ),
        (
            "api.example.com",
            "/closed/x",
            "closed prod /closed/x /{proxy+} [{proxy=x}]",
        ),
        (
            "api.example.com",
            "/restapis/api1/beta/_user_request_/x",
            "api1 prod /restapis/api1/beta/_user_request_/x /{proxy+} [{proxy=restapis/api1/beta/_user_request_/x}]",
        ),
        (
            "other.example.com",
            "/wild/x",
            "api2 prod /wild/x /{proxy+} [{proxy=x}]",
        ),
        (
            "127.0.0.1",
            "/pets/x",
            "api1 prod /pets/x /{proxy+} [{proxy=x}]",
        ),
    ] {
        let answer = get(&gateways, host, path).await;
        assert_eq!(answer.status, 200, "{host} {path}: {}", answer.body);
        assert!(
            answer.body.starts_with(expected),
            "{host} {path}: {}",
            answer.body
        );
    }
}

#[tokio::test]
async fn contexts_tell_host_and_base_path() {
    let seen = Arc::new(BasePaths::default());
    let gateways = gateways().with_observer(seen.clone());
    for (host, path, names, base_path) in [
        (
            "api1.execute-api.localhost:8080",
            "/prod",
            "api1.execute-api.localhost api1",
            None,
        ),
        (
            "api.example.com",
            "/orders/v1/x",
            "api.example.com api",
            Some("orders/v1"),
        ),
        (
            "api.example.com",
            "/open/beta/x",
            "api.example.com api",
            Some("open"),
        ),
        ("api.example.com", "/x", "api.example.com api", Some("")),
        ("127.0.0.1:80", "//pets", "127.0.0.1 127", Some("pets")),
    ] {
        let answer = get(&gateways, host, path).await;
        assert!(
            answer.body.ends_with(names),
            "{host} {path}: {}",
            answer.body
        );
        let seen = seen.0.lock().unwrap().pop();
        assert_eq!(seen, Some(base_path.map(str::to_owned)), "{host} {path}");
    }
    // HTTP/2 names the host in the target only.
    let request = Request::get("http://API.example.com:80/x").body(Full::<bytes::Bytes>::default());
    let response = gateways.oneshot(request.unwrap()).await.unwrap();
    let body = answer(response).await.body;
    assert!(body.ends_with(" API.example.com API"), "{body}");
}

/// Keeps `$context.customDomain.basePathMatched`, which access logs show.
#[derive(Debug, Default)]
struct BasePaths(Mutex<Vec<Option<String>>>);

impl Observer for BasePaths {
    fn observe(&self, context: &Context, event: &Event<'_>) {
        if let Event::Completed { .. } = event {
            let value = context.value(&ContextPath::CustomDomainBasePathMatched);
            self.0
                .lock()
                .expect("no test panics with the lock")
                .push(value.map(Cow::into_owned));
        }
    }
}

#[tokio::test]
async fn an_address_that_leads_nowhere_is_forbidden() {
    let gateways = gateways();
    for (host, path) in [
        ("api1.execute-api.localhost", "/"),
        ("api1.execute-api.localhost", "//"),
        ("api1.execute-api.localhost", "/gamma/x"),
        ("api1.execute-api.localhost", "/PROD/x"),
        ("api1.execute-api.localhost", "/%70rod/x"),
        (
            "api1.execute-api.localhost",
            "/restapis/api1/prod/_user_request_/x",
        ),
        ("api3.execute-api.localhost", "/prod/x"),
        ("closed.execute-api.localhost", "/prod/x"),
        ("localhost", "/restapis/closed/prod/_user_request_/x"),
        ("localhost", "/restapis/api3/prod/_user_request_/x"),
        ("localhost", "/restapis/api1/gamma/_user_request_/x"),
        ("localhost", "/restapis/api1/prod/_user_request_x/x"),
        ("localhost", "/prod/x"),
        ("localhost", "/"),
        ("", "/x"),
        ("api.example.com", "/open"),
        ("api.example.com", "/open/gamma"),
        ("other.example.com", "/x"),
        ("a.b.example.com", "/wild/x"),
        ("example.com", "/wild/x"),
    ] {
        let answer = get(&gateways, host, path).await;
        assert_eq!(
            (answer.status, answer.body.as_str()),
            (403, r#"{"message":"Forbidden"}"#),
            "{host} {path}"
        );
        assert_eq!(answer.headers["x-amzn-errortype"], "ForbiddenException");
        assert_eq!(answer.headers["content-type"], "application/json");
        assert!(
            answer.headers.contains_key("x-amzn-requestid"),
            "{host} {path}"
        );
    }
}

#[tokio::test]
async fn a_miss_inside_an_api_is_final() {
    let document = document(&[("/hello", mock("GET", OK, "hello"))], json!({}));
    let table = AddressTable::builder()
        .stage(plan(&document, "prod"))
        .any_host([mapping("a", "local00000", Some("prod"))])
        .build()
        .unwrap();
    let gateways = Gateways::new(table);
    for (host, path) in [
        ("local00000.execute-api.localhost", "/prod/x"),
        ("local00000.execute-api.localhost", "/prod"),
        ("localhost", "/a/prod/hello"),
    ] {
        let answer = get(&gateways, host, path).await;
        let expected = r#"{"message":"Missing Authentication Token"}"#;
        assert_eq!(
            (answer.status, answer.body.as_str()),
            (403, expected),
            "{host} {path}"
        );
    }
    // The address is part of the path that is checked.
    assert_eq!(
        get(&gateways, "localhost", "/a/%2e%2e/hello").await.status,
        400
    );
}

#[test]
fn hosts_are_compared_without_case_port_and_trailing_dot() {
    let table = table();
    let stage = |found: Address<'_>| found.plans.production().stage().api_id.to_string();
    for (host, path, expected) in [
        (
            "API1.Execute-Api.us-east-1.amazonaws.com",
            "/prod/x",
            "api1",
        ),
        ("api1.execute-api.localhost.:8080", "/prod/x", "api1"),
        (
            "api1-vpce-0123456789abcdef0.execute-api.us-east-1.amazonaws.com",
            "/prod/x",
            "api1",
        ),
        ("API.Example.Com.", "/orders/v1", "api2"),
        ("api.example.com:443", "/orders/v1", "api2"),
        ("Other.Example.Com:1", "/wild", "api2"),
    ] {
        assert_eq!(
            table.find(host, path).map(stage).as_deref(),
            Ok(expected),
            "{host}"
        );
    }
    assert_eq!(table.plans().count(), 4);
}

#[tokio::test]
async fn a_published_table_serves_all_clones() {
    let gateways = gateways();
    let clone = gateways.clone();
    let next = AddressTable::builder().stage(plan(&api("api9", json!({})), "prod"));
    gateways.publish(next.build().unwrap());
    assert_eq!(
        get(&clone, "api9.execute-api.localhost", "/prod")
            .await
            .status,
        200
    );
    assert_eq!(
        get(&clone, "api1.execute-api.localhost", "/prod")
            .await
            .status,
        403
    );
}

#[test]
fn hosts_stand_for_domain_names() {
    let table = table();
    for (host, expected) in [
        ("api.example.com", Some("api.example.com")),
        ("API.Example.com.:8443", Some("api.example.com")),
        ("other.example.com", Some("*.example.com")),
        ("a.other.example.com", None),
        ("example.com", None),
        ("api1.execute-api.localhost", None),
        ("localhost", None),
        ("", None),
    ] {
        let found = table.domain_name(host).map(DomainName::as_str);
        assert_eq!(found, expected, "{host}");
    }
}

#[test]
fn tables_have_everything_once_and_mappings_that_lead_somewhere() {
    let one = api("api1", json!({}));
    let builder = || AddressTable::builder().stage(plan(&one, "prod"));
    let domain = || "api.example.com".parse().expect("it is a domain name");
    for (builder, expected) in [
        (
            builder().stage(plan(&one, "prod")),
            "API api1 has two stages prod",
        ),
        (
            builder().domain(domain(), []).domain(domain(), []),
            "there are two domain names api.example.com",
        ),
        (
            builder().any_host([mapping("a", "api1", None), mapping("a", "api1", None)]),
            "there are two mappings of the base path \"a\"",
        ),
        (
            builder().domain(domain(), [mapping("a", "api2", None)]),
            "the base path \"a\" leads to API api2, which is not there",
        ),
        (
            builder().any_host([mapping("a", "api1", Some("beta"))]),
            "the base path \"a\" leads to stage beta of API api1, which is not there",
        ),
    ] {
        let error: AddressError = builder.build().unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
}
