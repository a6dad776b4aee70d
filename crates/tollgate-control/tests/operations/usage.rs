//! What keys have used.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tollgate_core::{Clock, ManualClock};
use tollgate_gateway::Limits;
use tollgate_throttle::take_all;

use crate::support::{Plane, id_of, patches};

/// 2024-03-01T00:00:00Z.
const MARCH: Duration = Duration::from_secs(1_709_251_200);

#[tokio::test]
async fn usage_is_told_by_days_and_what_remains_is_set() {
    let clock = Arc::new(ManualClock::at_unix(MARCH));
    let limits = Arc::new(Limits::new().with_clock(clock.clone()));
    let plane = Plane::with_limits(limits.clone(), clock.clone()).await;
    let (api, _) = plane.new_api().await;
    plane.new_stage(&api, "prod").await;
    let body = json!({
        "name": "gold",
        "apiStages": [{"apiId": api, "stage": "prod"}],
        "quota": {"limit": 100, "period": "MONTH"},
    });
    let plan = id_of(&plane.done(201, "POST", "/usageplans", body).await);
    let mut keys = Vec::new();
    for number in 0..2 {
        let value = format!("0123456789abcdefghij{number}");
        let body = json!({"value": value, "enabled": true});
        let key = id_of(&plane.done(201, "POST", "/apikeys", body).await);
        let body = json!({"keyId": key, "keyType": "API_KEY"});
        let path = format!("/usageplans/{plan}/keys");
        plane.done(201, "POST", &path, body).await;
        keys.push((key, value));
    }
    let plans = limits.usage_plans();
    let stage = plans.stage(&api, "prod").expect("the plan opens it");
    let caller = stage.admit(Some(&keys[0].1)).expect("its key is enabled");
    for _ in 0..3 {
        take_all(caller.limits("/GET"), clock.now(), &*clock).expect("there is enough");
    }

    let path = format!("/usageplans/{plan}/usage");
    let range = "startDate=2024-02-29&endDate=2024-03-01";
    let report = plane
        .done(200, "GET", &format!("{path}?{range}"), json!(null))
        .await;
    let (one, other) = (&keys[0].0, &keys[1].0);
    let expected = json!({
        "usagePlanId": plan,
        "startDate": "2024-02-29",
        "endDate": "2024-03-01",
        "values": {one: [[0, 100], [3, 97]], other: [[0, 100], [0, 100]]},
    });
    assert_eq!(report, expected);
    let of_one = format!("{path}?{range}&keyId={other}");
    let report = plane.done(200, "GET", &of_one, json!(null)).await;
    assert_eq!(report["values"], json!({other: [[0, 100], [0, 100]]}));

    // A page of keys at a time.
    let first = format!("{path}?{range}&limit=1");
    let page = plane.done(200, "GET", &first, json!(null)).await;
    assert_eq!(
        page["values"].as_object().map(serde_json::Map::len),
        Some(1)
    );
    let position = page["position"].as_str().expect("there is more");
    let second = format!("{first}&position={position}");
    let last = plane.done(200, "GET", &second, json!(null)).await;
    assert_eq!(last.get("position"), None);
    assert_ne!(last["values"], page["values"]);

    let of_key = format!("/usageplans/{plan}/keys/{one}/usage");
    let set = patches([("replace", "/remaining", "500")]);
    let set = plane.done(200, "PATCH", &of_key, set).await;
    let expected = json!({
        "usagePlanId": plan,
        "startDate": "2024-03-01",
        "endDate": "2024-03-01",
        "values": {one: [[3, 500]]},
    });
    assert_eq!(set, expected);

    let bad = "BadRequestException";
    for (verb, path, body, status, error, message) in [
        (
            "GET",
            format!("{path}?startDate=2024-02-30&endDate=2024-03-01"),
            json!(null),
            400,
            bad,
            "startDate: \"2024-02-30\" is no day: expected one such as 2024-02-29, from 1970 on",
        ),
        (
            "GET",
            format!("{path}?startDate=2024-02-29"),
            json!(null),
            400,
            bad,
            "endDate: \"\" is no day: expected one such as 2024-02-29, from 1970 on",
        ),
        (
            "GET",
            format!("{path}?startDate=2024-01-01&endDate=2024-03-31"),
            json!(null),
            400,
            bad,
            "the end of a usage report must be after its start, and at most 90 days",
        ),
        (
            "GET",
            format!("{path}?{range}&keyId=none"),
            json!(null),
            404,
            "NotFoundException",
            "Invalid API Key identifier specified",
        ),
        (
            "GET",
            format!("/usageplans/none/usage?{range}"),
            json!(null),
            404,
            "NotFoundException",
            "Invalid Usage Plan ID specified",
        ),
        (
            "PATCH",
            of_key.clone(),
            patches([("replace", "/remaining", "-1")]),
            400,
            bad,
            "\"-1\" at /remaining: expected a whole number that is not negative",
        ),
        (
            "PATCH",
            of_key.clone(),
            patches([("replace", "/used", "1")]),
            400,
            bad,
            "Invalid patch path /used",
        ),
    ] {
        let answer = plane.ask(verb, &path, body).await;
        answer.refused(status, error, message);
    }
    // A plan without a quota is counted, and has no rest.
    let remove = patches([("remove", "/quota", "")]);
    plane
        .done(200, "PATCH", &format!("/usageplans/{plan}"), remove)
        .await;
    let set = patches([("replace", "/remaining", "500")]);
    let answer = plane.ask("PATCH", &of_key, set).await;
    answer.refused(400, bad, "the usage plan has no quota");
    let path = format!("{path}?{range}&keyId={other}");
    let report = plane.done(200, "GET", &path, json!(null)).await;
    assert_eq!(report["values"][other][0], json!([0, i64::MAX]));
}

#[tokio::test]
async fn nobody_counts_without_a_data_plane() {
    let plane = Plane::new();
    let body = json!({"name": "gold"});
    let plan = id_of(&plane.done(201, "POST", "/usageplans", body).await);
    let path = format!("/usageplans/{plan}/usage?startDate=2024-02-29&endDate=2024-03-01");
    let message = "this control plane has no data plane of its own";
    plane
        .get(&path)
        .await
        .refused(501, "NotImplementedException", message);
}
