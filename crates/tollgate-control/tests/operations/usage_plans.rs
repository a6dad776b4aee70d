//! Usage plans and their keys.

use serde_json::{Value, json};

use crate::support::{Plane, id_of, patches};

async fn new_key(plane: &Plane, name: &str) -> String {
    id_of(
        &plane
            .done(201, "POST", "/apikeys", json!({"name": name}))
            .await,
    )
}

async fn new_plan(plane: &Plane, stages: Value) -> String {
    let body = json!({"name": "gold", "apiStages": stages});
    id_of(&plane.done(201, "POST", "/usageplans", body).await)
}

#[tokio::test]
async fn a_plan_is_made_read_changed_and_removed() {
    let plane = Plane::new();
    let (api, _) = plane.new_api().await;
    plane.new_stage(&api, "prod").await;
    plane.new_stage(&api, "beta").await;
    let body = json!({
        "name": "gold",
        "description": "the best",
        "apiStages": [{
            "apiId": api,
            "stage": "prod",
            "throttle": {"/pets/GET": {"rateLimit": 1.5, "burstLimit": 2}},
        }],
        "throttle": {"burstLimit": 20, "rateLimit": 10},
        "quota": {"limit": 100, "period": "WEEK"},
    });
    let created = plane.done(201, "POST", "/usageplans", body.clone()).await;
    let id = id_of(&created);
    let mut expected = body;
    expected["id"] = json!(id);
    expected["throttle"]["rateLimit"] = json!(10.0);
    expected["quota"]["offset"] = json!(0);
    assert_eq!(created, expected);
    let path = format!("/usageplans/{id}");
    let all = plane.done(200, "GET", "/usageplans", json!(null)).await;
    assert_eq!(all, json!({"item": [expected]}));
    expected["tags"] = json!({});
    let read = plane.done(200, "GET", &path, json!(null)).await;
    assert_eq!(read, expected);

    let method = format!("/apiStages/{api}:beta/throttle");
    let operations = patches([
        ("replace", "/name", "silver"),
        ("replace", "/description", ""),
        ("add", "/productCode", "p1"),
        ("add", "/apiStages", &format!("{api}:beta")),
        ("add", "/apiStages", &format!("{api}:beta")),
        (
            "replace",
            &format!("{method}/~1pets~1{{id}}/GET/rateLimit"),
            "2.5",
        ),
        (
            "replace",
            &format!("{method}/~1pets~1{{id}}/GET/burstLimit"),
            "5",
        ),
        ("replace", &format!("{method}//dogs/PUT/burstLimit"), "7"),
        ("replace", &format!("{method}///GET/burstLimit"), "8"),
        ("replace", &format!("{method}/~1/PUT/burstLimit"), "9"),
        ("replace", &format!("{method}//gone/PUT/burstLimit"), "7"),
        ("remove", &format!("{method}//gone/PUT"), ""),
        ("remove", &format!("/apiStages/{api}:prod/throttle"), ""),
        ("replace", "/throttle/rateLimit", "0.5"),
        ("replace", "/throttle/burstLimit", "1"),
        ("replace", "/quota/limit", "200"),
        ("replace", "/quota/offset", "3"),
        ("replace", "/quota/period", "MONTH"),
    ]);
    let expected = json!({
        "id": id,
        "name": "silver",
        "apiStages": [
            {"apiId": api, "stage": "prod"},
            {"apiId": api, "stage": "beta", "throttle": {
                "/pets/{id}/GET": {"burstLimit": 5, "rateLimit": 2.5},
                "/dogs/PUT": {"burstLimit": 7},
                "//GET": {"burstLimit": 8},
                "//PUT": {"burstLimit": 9},
            }},
        ],
        "throttle": {"burstLimit": 1, "rateLimit": 0.5},
        "quota": {"limit": 200, "offset": 3, "period": "MONTH"},
        "productCode": "p1",
        "tags": {},
    });
    let changed = plane.done(200, "PATCH", &path, operations).await;
    assert_eq!(changed, expected);
    let read = plane.done(200, "GET", &path, json!(null)).await;
    assert_eq!(read, expected);

    let answer = plane.ask("DELETE", &path, json!(null)).await;
    let message = format!(
        "Cannot delete Usage Plan {id} because there are API Stages associated with it, including \
         {api}:prod"
    );
    answer.refused(400, "BadRequestException", &message);
    let operations = patches([
        ("remove", "/quota", ""),
        ("remove", "/throttle", ""),
        ("remove", "/productCode", ""),
        ("remove", "/apiStages", &format!("{api}:prod")),
        ("remove", "/apiStages", &format!("{api}:beta")),
        ("add", "/quota/limit", "5"),
        ("add", "/quota/period", "DAY"),
    ]);
    let changed = plane.done(200, "PATCH", &path, operations).await;
    let quota = json!({"limit": 5, "offset": 0, "period": "DAY"});
    let expected = json!({"id": id, "name": "silver", "apiStages": [], "quota": quota, "tags": {}});
    assert_eq!(changed, expected);
    plane.done(202, "DELETE", &path, json!(null)).await;
    for verb in ["GET", "PATCH", "DELETE"] {
        let answer = plane.ask(verb, &path, json!(null)).await;
        answer.refused(404, "NotFoundException", "Invalid Usage Plan ID specified");
    }
    plane
        .done(202, "DELETE", &format!("/restapis/{api}"), json!(null))
        .await;
    plane.is_empty().await;
}

#[tokio::test]
async fn stages_that_are_gone_keep_no_plan() {
    let plane = Plane::new();
    let (api, _) = plane.new_api().await;
    plane.new_stage(&api, "prod").await;
    let plan = new_plan(&plane, json!([{"apiId": api, "stage": "prod"}])).await;
    let path = format!("/restapis/{api}");
    plane.done(202, "DELETE", &path, json!(null)).await;
    let path = format!("/usageplans/{plan}");
    plane.done(202, "DELETE", &path, json!(null)).await;
    plane.is_empty().await;
}

#[tokio::test]
async fn plans_that_cannot_be_are_refused() {
    let plane = Plane::new();
    let (api, _) = plane.new_api().await;
    plane.new_stage(&api, "prod").await;
    let id = new_plan(&plane, json!([{"apiId": api, "stage": "prod"}])).await;
    let path = format!("/usageplans/{id}");
    let bad = (400, "BadRequestException");
    let unknown = |stage: &str| {
        format!("Invalid API Stage {{api: {api}, stage: {stage}}} specified for usageplan {id}")
    };
    let throttle = format!("/apiStages/{api}:prod/throttle");
    let methods: Vec<_> = (0..21)
        .map(|number| format!("\"/{number}/GET\": {{\"burstLimit\": 1}}"))
        .collect();
    let methods = format!("{{{}}}", methods.join(", "));
    let patch = |op: &str, path: &str, value: &str| patches([(op, path, value)]);
    let cases: &[(Value, (u16, &str), &str)] = &[
        (
            patch("add", "/apiStages", "nothing"),
            bad,
            "Invalid API Stage specified",
        ),
        (
            patch("add", "/apiStages", ""),
            bad,
            "Invalid API Stage specified",
        ),
        (
            patch("add", "/apiStages", &format!("{api}:beta")),
            (404, "NotFoundException"),
            &unknown("beta"),
        ),
        (
            patch("add", "/apiStages", &format!("{api}:a b")),
            (404, "NotFoundException"),
            &unknown("a b"),
        ),
        (
            patch("remove", "/apiStages", &format!("{api}:beta")),
            (404, "NotFoundException"),
            &unknown("beta"),
        ),
        (
            patch("remove", &format!("/apiStages/{api}:prod"), ""),
            bad,
            &format!(
                "Invalid patch path  '/apiStages/{api}:prod' specified for op 'remove'. Must be one \
                 of: [/apiStages, /quota, /throttle, /productCode, \
                 /apiStages/<apidId:stageName>/throttle/<resourcePath>/<httpMethod>, \
                 /apiStages/<apidId:stageName>/throttle]"
            ),
        ),
        (
            patch("add", "/name", "x"),
            bad,
            "Invalid patch path  '/name' specified for op 'add'. Please choose supported operations",
        ),
        (
            patch("replace", "/name", ""),
            bad,
            "Usage Plan name cannot be blank",
        ),
        (
            patch("replace", "/quota/limit", "5"),
            bad,
            "quota: expected a limit and a period",
        ),
        (
            patch("replace", "/quota/period", "YEAR"),
            bad,
            "\"YEAR\" at /quota/period: expected DAY, WEEK or MONTH",
        ),
        (
            patch("replace", "/quota/limit", "-5"),
            bad,
            "\"-5\" at /quota/limit: expected a number that is not negative, of at most 31 bits",
        ),
        (
            patch("replace", "/throttle/rateLimit", "NaN"),
            bad,
            "a rate of NaN requests a second: expected a number that is not negative",
        ),
        (
            patch("replace", "/throttle/rateLimit", "-1"),
            bad,
            "a rate of -1 requests a second: expected a number that is not negative",
        ),
        (
            patches([
                ("add", "/quota/limit", "5"),
                ("add", "/quota/period", "WEEK"),
                ("add", "/quota/offset", "7"),
            ]),
            bad,
            "Usage Plan quota offset must be between 0 and 6 inclusive in the WEEK period",
        ),
        (
            patch("replace", &throttle, &methods),
            (429, "LimitExceededException"),
            &format!("API stage {api}:prod has limits of 21 methods, of 20 that it may have"),
        ),
        (
            patch("remove", &format!("{throttle}/~1pets/GET"), ""),
            (404, "NotFoundException"),
            &format!("no limit at {throttle}/~1pets/GET"),
        ),
        (
            patch("replace", &format!("{throttle}/GET/rateLimit"), "1"),
            bad,
            "throttle \"/GET\": expected a path and a verb, such as /pets/GET, or //GET of the root",
        ),
    ];
    for (body, (status, error), message) in cases {
        let answer = plane.ask("PATCH", &path, body.clone()).await;
        answer.refused(*status, error, message);
    }
    let method = format!("{throttle}/GET/rateLimit");
    for (path_of, value) in [(&throttle, "[]"), (&method, "1")] {
        let body = patch("replace", path_of, value);
        let answer = plane.ask("PATCH", &path, body).await;
        assert_eq!(answer.error.as_deref(), Some("BadRequestException"));
    }
    for (body, status) in [
        (json!({}), 400),
        (json!({"name": ""}), 400),
        (json!({"name": "a", "quota": {"limit": 1}}), 400),
        (
            json!({"name": "a", "quota": {"limit": -1, "period": "DAY"}}),
            400,
        ),
        (
            json!({"name": "a", "quota": {"limit": 1, "period": "YEAR"}}),
            400,
        ),
        (json!({"name": "a", "throttle": {"rateLimit": -1}}), 400),
        (json!({"name": "a", "throttle": {"burstLimit": -1}}), 400),
        (json!({"name": "a", "apiStages": [{}]}), 400),
        (
            json!({"name": "a", "apiStages": [{"apiId": api, "stage": "x"}]}),
            404,
        ),
        (
            json!({"name": "a", "apiStages": [{"apiId": "x", "stage": "prod"}]}),
            404,
        ),
        (
            json!({"name": "a", "apiStages": [
                {"apiId": api, "stage": "prod", "throttle": {"GET": {"burstLimit": 1}}}
            ]}),
            400,
        ),
    ] {
        let answer = plane.ask("POST", "/usageplans", body.clone()).await;
        assert_eq!(answer.status, status, "{body}: {answer:?}");
    }
}

#[tokio::test]
async fn keys_come_into_plans_and_go() {
    let plane = Plane::new();
    let plan = new_plan(&plane, json!([])).await;
    let made = plane
        .done(201, "POST", "/apikeys", json!({"name": "shop"}))
        .await;
    let key = id_of(&made);
    let all = format!("/usageplans/{plan}/keys");
    let body = json!({"keyId": key, "keyType": "API_KEY"});
    let expected = json!({"id": key, "type": "API_KEY", "value": made["value"], "name": "shop"});
    let created = plane.done(201, "POST", &all, body.clone()).await;
    assert_eq!(created, expected);
    let one = format!("{all}/{key}");
    assert_eq!(plane.done(200, "GET", &one, json!(null)).await, expected);
    for (query, count) in [("", 1), ("?name=sh", 1), ("?name=Sh", 0), ("?name=hop", 0)] {
        let found = plane
            .done(200, "GET", &format!("{all}{query}"), json!(null))
            .await;
        let items = found["item"].as_array().map(Vec::len);
        assert_eq!(items, Some(count), "{query}");
    }
    for (key, count) in [(&*key, 1), ("other", 0)] {
        let path = format!("/usageplans?keyId={key}");
        let found = plane.done(200, "GET", &path, json!(null)).await;
        assert_eq!(found["item"].as_array().map(Vec::len), Some(count));
    }
    let answer = plane.get("/usageplans/none/keys").await;
    assert_eq!((answer.status, answer.body), (200, json!({"item": []})));

    let (no_plan, no_key) = (
        "Invalid Usage Plan ID specified",
        "Invalid API Key identifier specified",
    );
    for (verb, path, body, status, message) in [
        ("POST", "/usageplans/none/keys", body.clone(), 404, no_plan),
        (
            "GET",
            &format!("/usageplans/none/keys/{key}"),
            json!(null),
            404,
            no_plan,
        ),
        ("GET", &format!("{all}/none"), json!(null), 404, no_key),
        ("DELETE", &format!("{all}/none"), json!(null), 404, no_key),
        (
            "POST",
            &all,
            json!({"keyId": "none", "keyType": "API_KEY"}),
            404,
            no_key,
        ),
        (
            "POST",
            &all,
            json!({"keyId": key, "keyType": "OTHER"}),
            400,
            "Invalid key type specified. Valid options are API_KEY",
        ),
        (
            "POST",
            &all,
            body,
            409,
            &format!("API key {key} is in usage plan {plan} already"),
        ),
    ] {
        let answer = plane.ask(verb, path, body).await;
        assert_eq!(answer.body["message"], message, "{verb} {path}");
        assert_eq!(answer.status, status, "{verb} {path}");
    }
    plane.done(202, "DELETE", &one, json!(null)).await;
    assert_eq!(plane.get(&one).await.status, 404);
}

#[tokio::test]
async fn a_key_has_one_plan_on_a_stage() {
    let plane = Plane::new();
    let (api, _) = plane.new_api().await;
    plane.new_stage(&api, "prod").await;
    let stage = json!([{"apiId": api, "stage": "prod"}]);
    let one = new_plan(&plane, stage.clone()).await;
    let two = new_plan(&plane, stage).await;
    let three = new_plan(&plane, json!([])).await;
    let key = new_key(&plane, "shop").await;
    let body = json!({"keyId": key, "keyType": "API_KEY"});
    for plan in [&one, &three] {
        let path = format!("/usageplans/{plan}/keys");
        plane.done(201, "POST", &path, body.clone()).await;
    }
    let conflict = |other: &str| {
        format!(
            "API key {key} cannot be in the usage plans {one} and {other}, which both have the API \
             stage {api}:prod"
        )
    };
    let answer = plane
        .ask("POST", &format!("/usageplans/{two}/keys"), body)
        .await;
    answer.refused(409, "ConflictException", &conflict(&two));
    let add = patches([("add", "/apiStages", &format!("{api}:prod"))]);
    let answer = plane
        .ask("PATCH", &format!("/usageplans/{three}"), add)
        .await;
    answer.refused(409, "ConflictException", &conflict(&three));
}

#[tokio::test]
async fn a_key_is_in_ten_plans_at_most() {
    let plane = Plane::new();
    let key = new_key(&plane, "shop").await;
    let body = json!({"keyId": key, "keyType": "API_KEY"});
    for _ in 0..10 {
        let path = format!("/usageplans/{}/keys", new_plan(&plane, json!([])).await);
        plane.done(201, "POST", &path, body.clone()).await;
    }
    let path = format!("/usageplans/{}/keys", new_plan(&plane, json!([])).await);
    let answer = plane.ask("POST", &path, body).await;
    let message = format!("API key {key} is in 10 usage plans, which is as many as it may be in");
    answer.refused(429, "LimitExceededException", &message);
}
