//! An axum app that turns into an API: its routes are matched, limited, refused and partly answered as API
//! Gateway does it, and its handlers stay as they were.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{Path, Request};
use axum::http::request::Parts;
use axum::http::uri::{Authority, Scheme};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tollgate_core::{
    Clock, GatewayResponse, GatewayResponseLayer, GatewayResponseType, GatewayResponses, RateLimit,
    Rejection, Substitution, SystemClock, SystemRandom,
};
use tollgate_integration::{Http, HttpClient, Integration, IntegrationLayer};
use tollgate_router::{MethodKey, RouteLayer, RouteMatch, RouteTable, Verb};
use tollgate_throttle::{ApiKey, Current, PlanStage, UsagePlan, UsagePlanLayer, UsagePlans};
use tower::ServiceBuilder;

/// What is known of a method of the API; it comes with each request as a `RouteMatch<Method>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Method {
    /// The app answers.
    Open,
    /// The app answers, for callers with a key.
    Keyed,
    /// The endpoint of the example `petstore` answers.
    Endpoint,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let address = arguments.next();
    let endpoint = arguments.next();
    let listener = TcpListener::bind(address.as_deref().unwrap_or("127.0.0.1:3001")).await?;
    #[expect(clippy::print_stdout, reason = "an example shows where it listens")]
    {
        println!("listening on http://{}", listener.local_addr()?);
    }
    let endpoint = endpoint.as_deref().unwrap_or("127.0.0.1:8081").parse()?;
    axum::serve(listener, api(&endpoint)?).await?;
    Ok(())
}

/// The app as it was.
fn app() -> axum::Router {
    axum::Router::new()
        .route(
            "/orders",
            get(async || "no orders yet").post(async || StatusCode::CREATED),
        )
        .route("/orders/{id}", get(order))
}

async fn order(Path(id): Path<String>) -> Json<Value> {
    Json(json!({ "id": id, "items": ["tea"] }))
}

/// The app with layers around it, the outermost first.
fn api(endpoint: &Authority) -> Result<axum::Router, Box<dyn Error>> {
    let layers = ServiceBuilder::new()
        // Which method of the API is a request for? Only says so, and refuses nothing.
        .layer(RouteLayer::new(Arc::new(methods()?)))
        // Everything below may refuse; here it is said in the API's words.
        .layer(GatewayResponseLayer::new(words()))
        .layer(middleware::from_fn(admit))
        // Who has a key may do what its usage plan says, over all connections.
        .layer(plan_layer()?)
        .layer(IntegrationLayer::new(find_endpoint(endpoint)));
    Ok(app().layer(layers))
}

/// The methods of the API.
fn methods() -> Result<RouteTable<Method>, Box<dyn Error>> {
    let mut table = RouteTable::builder();
    for (verb, path, method) in [
        (Verb::Get, "/orders", Method::Open),
        (Verb::Post, "/orders", Method::Keyed),
        (Verb::Get, "/orders/{id}", Method::Open),
        (Verb::Get, "/pets", Method::Endpoint),
        (Verb::Get, "/pets/{id}", Method::Endpoint),
    ] {
        table.insert(&path.parse()?, MethodKey::Verb(verb), method)?;
    }
    Ok(table.build())
}

/// What the API says where it refuses; other types of refusal are said as the service says them.
fn words() -> GatewayResponses {
    let mut words = GatewayResponses::default();
    let unknown = r#"{"error": "there is no $context.httpMethod $context.path"}"#;
    let down = r#"{"error": "no pets today", "reason": $context.error.messageString}"#;
    for (response_type, status, template) in [
        (
            GatewayResponseType::MissingAuthenticationToken,
            StatusCode::NOT_FOUND,
            unknown,
        ),
        (
            GatewayResponseType::IntegrationFailure,
            StatusCode::BAD_GATEWAY,
            down,
        ),
    ] {
        let mut response = GatewayResponse::default();
        response.status = Some(status);
        let json = HeaderValue::from_static("application/json");
        response.templates = vec![(json, Substitution::parse(template))];
        words.insert(response_type, response);
    }
    words
}

/// A layer of the app's own: refuses what no method answers.
async fn admit(request: Request, next: Next) -> Response {
    if request.extensions().get::<RouteMatch<Method>>().is_some() {
        return next.run(request).await;
    }
    // The rejection goes along in the response, for `GatewayResponseLayer` to find.
    let refused = GatewayResponseType::MissingAuthenticationToken;
    Rejection::new(refused).into_response().into_response()
}

/// Lets the key of one partner make three orders at once, and one more every ten seconds.
fn plan_layer() -> Result<UsagePlanLayer, Box<dyn Error>> {
    let mut plan = UsagePlan::new("partners");
    plan.throttle = Some(RateLimit::new(0.1, 3)?);
    plan.stages.push(PlanStage::new("orders", "default"));
    plan.keys.push("partner".into());
    let keys = [ApiKey::new("partner", "let-me-in-i-am-a-partner")?];
    let now = SystemClock::new().now();
    let plans = UsagePlans::new(&SystemRandom).updated(&[plan], &keys, now);
    let plans = Current::new(plans.map_err(|errors| format!("{errors:?}"))?);
    Ok(UsagePlanLayer::for_stage(
        plans,
        "orders",
        "default",
        |request| {
            let method = request.extensions.get::<RouteMatch<Method>>()?;
            // All others need no key.
            (*method.value() == Method::Keyed).then_some("/orders/POST".into())
        },
    ))
}

/// Finds the integration of requests that the app does not answer.
fn find_endpoint(
    endpoint: &Authority,
) -> impl Fn(&Parts) -> Option<Arc<dyn Integration>> + Clone + use<> {
    let http = Http::new(HttpClient::default(), Duration::from_secs(5));
    let http: Arc<dyn Integration> = Arc::new(http.with_origin(&Scheme::HTTP, endpoint));
    move |request| {
        let method = request.extensions.get::<RouteMatch<Method>>()?;
        (*method.value() == Method::Endpoint).then(|| http.clone())
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;

    use super::*;

    const PARTNER: &str = "let-me-in-i-am-a-partner";

    async fn ask(method: &str, path: &str, key: &str) -> (u16, String) {
        // Nobody listens there.
        let endpoint = Authority::from_static("127.0.0.1:1");
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("x-api-key", key);
        let request = request.body(Body::empty()).unwrap();
        let response = api(&endpoint).unwrap().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn the_app_answers_and_the_layers_refuse() {
        for (method, path, key, status, body) in [
            ("GET", "/orders", "", 200, "no orders yet"),
            ("GET", "/orders/7", "", 200, r#"{"id":"7","items":["tea"]}"#),
            ("POST", "/orders", PARTNER, 201, ""),
            ("POST", "/orders", "", 403, r#"{"message":"Forbidden"}"#),
            // axum would say 405; to API Gateway this is a method that does not exist.
            (
                "DELETE",
                "/orders/7",
                "",
                404,
                r#"{"error": "there is no DELETE /orders/7"}"#,
            ),
            (
                "GET",
                "/nowhere",
                "",
                404,
                r#"{"error": "there is no GET /nowhere"}"#,
            ),
            (
                "GET",
                "/pets/2",
                "",
                502,
                r#"{"error": "no pets today", "reason": "Network error communicating with endpoint"}"#,
            ),
        ] {
            let answer = ask(method, path, key).await;
            assert_eq!(answer, (status, body.to_owned()), "{method} {path}");
        }
    }

    #[tokio::test]
    async fn a_partner_has_three_orders_at_once() {
        let endpoint = Authority::from_static("127.0.0.1:1");
        let api = api(&endpoint).unwrap();
        let mut statuses = Vec::new();
        for key in [
            PARTNER,
            PARTNER,
            PARTNER,
            PARTNER,
            "somebody-else-without-a-plan",
        ] {
            let request = Request::post("/orders").header("x-api-key", key);
            let request = request.body(Body::empty()).unwrap();
            let response = api.clone().oneshot(request).await.unwrap();
            statuses.push(response.status().as_u16());
        }
        assert_eq!(statuses, [201, 201, 201, 429, 403]);
    }
}
