//! API keys.

use serde_json::{Value, json};
use tollgate_control::ControlOptions;

use crate::support::{Plane, id_of, patches};

/// What is asked, and how it is refused.
type Case<'a> = (&'a str, &'a str, Value, (u16, &'a str), &'a str);

const VALUE: &str = "0123456789abcdefghij";
const OTHER: &str = "0123456789ABCDEFGHIJ";

#[tokio::test]
async fn a_key_is_made_read_changed_and_removed() {
    let plane = Plane::new();
    let body = json!({
        "name": "shop",
        "description": "of a shop",
        "value": VALUE,
        "generateDistinctId": true,
        "customerId": "c1",
        "stageKeys": [{"restApiId": "a1", "stageName": "prod"}],
        "tags": {"team": "pets"},
    });
    let created = plane.done(201, "POST", "/apikeys", body).await;
    let id = id_of(&created);
    assert_eq!(id.len(), 10);
    let expected = json!({
        "id": id,
        "value": VALUE,
        "name": "shop",
        "customerId": "c1",
        "description": "of a shop",
        "enabled": false,
        "createdDate": 0,
        "lastUpdatedDate": 0,
        "stageKeys": ["a1/prod"],
        "tags": {"team": "pets"},
    });
    assert_eq!(created, expected);
    let path = format!("/apikeys/{id}");
    let with_value = format!("{path}?includeValue=true");
    let read = plane.done(200, "GET", &with_value, json!(null)).await;
    assert_eq!(read, expected);
    let mut expected = expected;
    expected.as_object_mut().expect("it is one").remove("value");
    let read = plane.done(200, "GET", &path, json!(null)).await;
    assert_eq!(read, expected);

    let operations = patches([
        ("replace", "/name", ""),
        ("replace", "/description", "another"),
        ("replace", "/enabled", "true"),
        ("replace", "/customerId", "c2"),
    ]);
    expected.as_object_mut().expect("it is one").remove("name");
    expected["description"] = json!("another");
    expected["enabled"] = json!(true);
    expected["customerId"] = json!("c2");
    let changed = plane.done(200, "PATCH", &path, operations).await;
    assert_eq!(changed, expected);
    let read = plane.done(200, "GET", &path, json!(null)).await;
    assert_eq!(read, expected);
    let off = patches([("replace", "/enabled", "whatever")]);
    let changed = plane.done(200, "PATCH", &path, off).await;
    assert_eq!(changed["enabled"], false);

    plane.done(202, "DELETE", &path, json!(null)).await;
    for verb in ["GET", "PATCH", "DELETE"] {
        let answer = plane.ask(verb, &path, json!(null)).await;
        answer.refused(
            404,
            "NotFoundException",
            "Invalid API Key identifier specified",
        );
    }
    plane.is_empty().await;
}

#[tokio::test]
async fn a_key_without_a_value_is_given_one() {
    let plane = Plane::new();
    let created = plane.done(201, "POST", "/apikeys", json!({})).await;
    let value = created["value"].as_str().expect("it has one");
    assert_eq!(value.len(), 40);
    assert_eq!(created.get("name"), None);
    assert_eq!(created["stageKeys"], json!([]));
    assert_eq!(created.get("tags"), None);
    let path = format!("/apikeys/{}", id_of(&created));
    let read = plane.done(200, "GET", &path, json!(null)).await;
    assert_eq!(read["tags"], json!({}));
}

#[tokio::test]
async fn lists_are_filtered_by_the_beginning_of_names() {
    let plane = Plane::new();
    for (name, customer) in [("shop-a", "c1"), ("shop-b", "c2"), ("other", "c1")] {
        let body = json!({"name": name, "customerId": customer});
        plane.done(201, "POST", "/apikeys", body).await;
    }
    let cases: &[(&str, &[&str])] = &[
        ("", &["other", "shop-a", "shop-b"]),
        ("?name=shop", &["shop-a", "shop-b"]),
        ("?name=shop-b", &["shop-b"]),
        ("?name=Shop", &[]),
        ("?name=hop", &[]),
        ("?customerId=c1", &["other", "shop-a"]),
        ("?customerId=c", &[]),
        ("?customerId=c1&name=shop", &["shop-a"]),
    ];
    for (query, expected) in cases {
        let path = format!("/apikeys{query}");
        let found = plane.done(200, "GET", &path, json!(null)).await;
        let items = found["item"].as_array().expect("it is a list");
        assert!(items.iter().all(|key| key.get("value").is_none()));
        let mut names: Vec<_> = items
            .iter()
            .filter_map(|key| key["name"].as_str())
            .collect();
        names.sort_unstable();
        assert_eq!(names, *expected, "{query}");
    }
    let found = plane
        .done(200, "GET", "/apikeys?includeValues=true", json!(null))
        .await;
    let items = found["item"].as_array().expect("it is a list");
    assert!(items.iter().all(|key| key["value"].is_string()));
}

#[tokio::test]
async fn keys_that_cannot_be_are_refused() {
    let plane = Plane::new();
    let made = plane
        .done(201, "POST", "/apikeys", json!({"value": VALUE}))
        .await;
    let path = format!("/apikeys/{}", id_of(&made));
    let bad = (400, "BadRequestException");
    let long = "Invalid API Key name, can be at most 1024 characters.";
    let cases: &[Case<'_>] = &[
        (
            "POST",
            "/apikeys",
            json!({"name": "ä".repeat(1_025)}),
            bad,
            long,
        ),
        (
            "PATCH",
            &path,
            patches([("replace", "/name", &"n".repeat(1_025))]),
            bad,
            long,
        ),
        (
            "POST",
            "/apikeys",
            json!({"description": "d".repeat(1_025)}),
            bad,
            "Invalid API Key description specified.",
        ),
        (
            "POST",
            "/apikeys",
            json!({"value": "0123456789abcdefghi"}),
            bad,
            "API Key value should be at least 20 characters",
        ),
        (
            "POST",
            "/apikeys",
            json!({"value": "v".repeat(129)}),
            bad,
            "API Key value exceeds maximum size of 128 characters",
        ),
        (
            "POST",
            "/apikeys",
            json!({"value": "0123456789 abcdefghi"}),
            bad,
            "invalid API key value: expected 20 to 128 visible ASCII characters",
        ),
        (
            "POST",
            "/apikeys",
            json!({"value": VALUE}),
            (409, "ConflictException"),
            "API Key already exists",
        ),
        (
            "POST",
            "/apikeys",
            json!({"enabled": "true"}),
            (400, "SerializationException"),
            "class java.lang.String can not be converted to an Boolean",
        ),
        (
            "PATCH",
            &path,
            patches([("replace", "/value", OTHER)]),
            bad,
            "Invalid patch path  '/value' specified for op 'replace'. Must be one of: [/description, \
             /enabled, /name, /customerId]",
        ),
        (
            "PATCH",
            &path,
            patches([("add", "/name", "n")]),
            bad,
            "Invalid patch path  '/name' specified for op 'add'. Please choose supported operations",
        ),
    ];
    for (verb, path, body, (status, error), message) in cases {
        let answer = plane.ask(verb, path, body.clone()).await;
        answer.refused(*status, error, message);
    }
    for value in ["v".repeat(20), "w".repeat(128)] {
        plane
            .done(201, "POST", "/apikeys", json!({ "value": value }))
            .await;
    }
}

#[tokio::test]
async fn a_region_has_its_own_keys_but_no_value_is_there_twice() {
    let plane = Plane::with(|options: &mut ControlOptions| {
        options.home.region = "eu-west-1".into();
    });
    let made = plane
        .done(201, "POST", "/apikeys", json!({"value": VALUE}))
        .await;
    let path = format!("/apikeys/{}", id_of(&made));
    let answer = plane.ask_in("us-east-1", "GET", &path, json!(null)).await;
    answer.refused(
        404,
        "NotFoundException",
        "Invalid API Key identifier specified",
    );
    let all = plane
        .ask_in("us-east-1", "GET", "/apikeys", json!(null))
        .await;
    assert_eq!(all.body, json!({"item": []}));
    let body = json!({ "value": VALUE });
    let answer = plane.ask_in("us-east-1", "POST", "/apikeys", body).await;
    answer.refused(409, "ConflictException", "API Key already exists");
}

#[tokio::test]
async fn keys_are_imported() {
    let plane = Plane::new();
    let plan = plane
        .done(201, "POST", "/usageplans", json!({"name": "gold"}))
        .await;
    let known = plane
        .done(
            201,
            "POST",
            "/apikeys",
            json!({"value": VALUE, "name": "old"}),
        )
        .await;
    let file = format!(
        "Name,key,description,Enabled,usageplanIds\nshop,{VALUE},mine,TRUE,\"{},none\"\n\
         other,{OTHER},,false,\nshort,abc,,,\n",
        id_of(&plan)
    );
    let path = "/apikeys?mode=import&format=csv";
    let answer = plane
        .send("POST", &format!("{path}&failonwarnings=true"), &file)
        .await;
    let missing = format!(
        "API key {}, usage plan none: Invalid Usage Plan ID specified",
        id_of(&known)
    );
    let short = "line 4: invalid API key value: expected 20 to 128 visible ASCII characters";
    answer.refused(400, "BadRequestException", &format!("{short}; {missing}"));
    let all = plane.done(200, "GET", "/apikeys", json!(null)).await;
    assert_eq!(all["item"].as_array().map(Vec::len), Some(1));

    let answer = plane.send("POST", path, &file).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    assert_eq!(answer.body["warnings"], json!([short, missing]));
    let ids = answer.body["ids"].as_array().expect("it is a list");
    assert_eq!(ids.len(), 2);
    assert_eq!(ids[0], known["id"]);
    for (id, expected) in [
        (&ids[0], json!(["shop", "mine", true])),
        (&ids[1], json!(["other", null, false])),
    ] {
        let path = format!("/apikeys/{}", id.as_str().expect("it is text"));
        let key = plane.done(200, "GET", &path, json!(null)).await;
        let found = json!([key["name"], key["description"], key["enabled"]]);
        assert_eq!(found, expected);
    }
    let of_plan = format!("/usageplans/{}/keys", id_of(&plan));
    let of_plan = plane.done(200, "GET", &of_plan, json!(null)).await;
    assert_eq!(of_plan["item"][0]["id"], known["id"]);
    assert_eq!(of_plan["item"].as_array().map(Vec::len), Some(1));
    // The same file once more changes nothing.
    let again = plane.send("POST", path, &file).await;
    assert_eq!(again.body, answer.body);
}

#[tokio::test]
async fn files_that_are_none_are_refused() {
    let plane = Plane::new();
    let path = "/apikeys?mode=import&format=csv";
    let answer = plane.send("POST", path, "a,b\n").await;
    answer.refused(
        400,
        "BadRequestException",
        "line 1: the header has no column \"name\"",
    );
    for query in ["", "&format=", "&format=xml"] {
        let answer = plane
            .send(
                "POST",
                &format!("/apikeys?mode=import{query}"),
                "name,key\n",
            )
            .await;
        assert_eq!(answer.status, 400);
        assert_eq!(answer.error.as_deref(), Some("ValidationException"));
    }
    let none = plane.send("POST", path, "name,key\n").await;
    assert_eq!(none.body, json!({"ids": [], "warnings": []}));
}
