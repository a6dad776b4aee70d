//! API keys that an authorizer names: data plane §4.4 and 4.5, `apiKeySource` `AUTHORIZER`.

use std::sync::Arc;

use serde_json::json;
use tollgate_core::{Clock as _, RateLimit};
use tollgate_gateway::Limits;
use tollgate_throttle::{ApiKey, PlanStage, UsagePlan};

use crate::api::{
    Calls, Server, clock, custom, document, mock, options, plan, token_authorizer, with,
};

const VALUE: &str = "alice-0123456789abcdef";
const TEMPLATE: &str = "$context.identity.apiKeyId $context.authorizer.principalId";

#[tokio::test]
async fn the_key_is_the_one_that_the_authorizer_names() {
    let (clock, calls) = (clock(), Calls::default());
    let mut options = options(&clock, &calls);
    let limits = Arc::new(Limits::new().with_clock(clock.clone()));
    let mut gold = UsagePlan::new("gold");
    gold.stages = vec![PlanStage::new("a1b2c3d4e5", "prod")];
    gold.keys = vec!["alice".into()];
    gold.throttle = Some(RateLimit::new(0.0, 0).expect("it is a rate"));
    let mut silver = UsagePlan::new("silver");
    silver.stages = vec![PlanStage::new("a1b2c3d4e5", "prod")];
    silver.keys = vec!["bob".into()];
    let key = |id: &str, value: &str| ApiKey::new(id, value).expect("it is a value");
    let keys = [key("alice", VALUE), key("bob", "bob-0123456789abcdef")];
    let plans = limits
        .usage_plans()
        .updated(&[gold, silver], &keys, clock.now());
    limits.set_usage_plans(plans.expect("the plans are right"));
    options.limits = limits;
    let keyed = |members| with(members, json!({ "apiKeyRequired": true }));
    let resources = [
        ("/pets", mock(TEMPLATE, keyed(custom()))),
        ("/anybody", mock(TEMPLATE, keyed(json!({})))),
        ("/no-key", mock(TEMPLATE, custom())),
    ];
    let members = json!({
        "apiKeySource": "AUTHORIZER",
        "authorizers": [token_authorizer(json!({}))]
    });
    let document = document(&resources, members);
    let plan = plan(&document, &options);
    let told: Vec<_> = plan
        .diagnostics()
        .iter()
        .map(|one| one.pointer.as_str())
        .collect();
    assert_eq!(told, ["/resources/1/resourceMethods/ANY/apiKeyRequired"]);
    let server = Server::start(&[plan], &clock).await;
    let forbidden = (403, "ForbiddenException", r#"{"message":"Forbidden"}"#);
    let fine = |body: &'static str| (200, "", body);
    for (row, path, token, expected) in [
        (
            "a key of a plan",
            "/pets",
            "key bob-0123456789abcdef",
            fine("bob alice"),
        ),
        (
            "a key of a plan without room",
            "/pets",
            "key alice-0123456789abcdef",
            (
                429,
                "TooManyRequestsException",
                r#"{"message":"Too Many Requests"}"#,
            ),
        ),
        (
            "a key of no plan",
            "/pets",
            "key nobody-0123456789abcdef",
            forbidden,
        ),
        ("an empty key", "/pets", "key ", forbidden),
        ("no key", "/pets", "allow", forbidden),
        (
            "no authorizer",
            "/anybody",
            "key bob-0123456789abcdef",
            forbidden,
        ),
        ("none is needed", "/no-key", "allow", fine(" alice")),
    ] {
        // The header has no say.
        let headers = [
            ("authorization", token),
            ("x-api-key", "bob-0123456789abcdef"),
        ];
        let found = server.call("GET", &format!("/prod{path}"), &headers).await;
        assert_eq!(found.summary(), expected, "{row}");
    }
    // One answer is kept with its key.
    assert_eq!(
        server.get("/pets", "key bob-0123456789abcdef").await.status,
        200
    );
    assert_eq!(calls.count(), 5);
}
