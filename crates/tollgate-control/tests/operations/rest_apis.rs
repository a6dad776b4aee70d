//! REST APIs.

use serde_json::json;

use crate::support::{Plane, patches};

#[tokio::test]
async fn an_api_is_made_read_changed_and_removed() {
    let plane = Plane::new();
    let created = plane
        .done(
            201,
            "POST",
            "/restapis",
            json!({"name": "pets", "version": "1"}),
        )
        .await;
    let id = created["id"].as_str().expect("it has one");
    assert_eq!(id.len(), 10);
    let expected = json!({
        "id": id,
        "name": "pets",
        "version": "1",
        "createdDate": 0,
        "apiKeySource": "HEADER",
        "disableExecuteApiEndpoint": false,
        "endpointConfiguration": {"types": ["EDGE"], "ipAddressType": "ipv4"},
        "rootResourceId": created["rootResourceId"],
    });
    assert_eq!(created, expected);

    let path = format!("/restapis/{id}");
    let mut read = expected.clone();
    read["tags"] = json!({});
    assert_eq!(plane.done(200, "GET", &path, json!(null)).await, read);
    let all = plane.done(200, "GET", "/restapis", json!(null)).await;
    assert_eq!(all, json!({"item": [expected]}));

    let operations = patches([
        ("replace", "/name", "dogs"),
        ("replace", "/description", "all of them"),
        ("add", "/binaryMediaTypes/image~1png", "ignored"),
        ("add", "/binaryMediaTypes/image~1gif", ""),
        ("replace", "/binaryMediaTypes/image~1png", "image/jpeg"),
        ("replace", "/minimumCompressionSize", "10"),
        ("replace", "/apiKeySource", "AUTHORIZER"),
        ("replace", "/disableExecuteApiEndpoint", "true"),
        ("replace", "/endpointConfiguration/types/0", "REGIONAL"),
    ]);
    read["name"] = json!("dogs");
    read["description"] = json!("all of them");
    read["binaryMediaTypes"] = json!(["image/gif", "image/jpeg"]);
    read["minimumCompressionSize"] = json!(10);
    read["apiKeySource"] = json!("AUTHORIZER");
    read["disableExecuteApiEndpoint"] = json!(true);
    read["endpointConfiguration"] = json!({"types": ["REGIONAL"], "ipAddressType": "ipv4"});
    assert_eq!(plane.done(200, "PATCH", &path, operations).await, read);
    assert_eq!(plane.done(200, "GET", &path, json!(null)).await, read);

    plane.done(202, "DELETE", &path, json!(null)).await;
    let gone = format!("Invalid API identifier specified 123456789012:{id}");
    plane
        .get(&path)
        .await
        .refused(404, "NotFoundException", &gone);
    let state = plane.store.load().await.expect("it is in memory");
    assert!(state.is_empty(), "{state:?}");
}

#[tokio::test]
async fn policies_are_kept_whole_and_shown_escaped() {
    let plane = Plane::new();
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"execute-api:Invoke","Resource":"execute-api:/*"}]}"#;
    let body = json!({"name": "pets", "policy": policy});
    let created = plane.done(201, "POST", "/restapis", body).await;
    let id = created["id"].as_str().expect("it has one");
    let whole = policy.replace(
        "execute-api:/*",
        &format!("arn:aws:execute-api:us-east-1:123456789012:{id}/*"),
    );
    let escaped = whole.replace('"', "\\\"").replace('/', "\\/");
    assert_eq!(created["policy"], escaped);
    let path = format!("/restapis/{id}");
    let changed = plane
        .done(200, "PATCH", &path, patches([("replace", "/policy", "")]))
        .await;
    assert_eq!(changed.get("policy"), None);
    let answer = plane
        .ask("PATCH", &path, patches([("replace", "/policy", "{")]))
        .await;
    assert_eq!(answer.error.as_deref(), Some("BadRequestException"));
}

#[tokio::test]
async fn lists_come_in_pages() {
    let plane = Plane::new();
    let mut made = Vec::new();
    for _ in 0..7 {
        made.push(plane.new_api().await.0);
    }
    made.sort();
    let (mut found, mut path) = (Vec::new(), "/restapis?limit=3".to_owned());
    loop {
        let page = plane.done(200, "GET", &path, json!(null)).await;
        let items = page["item"].as_array().expect("it is a list");
        assert!((1..=3).contains(&items.len()));
        found.extend(
            items
                .iter()
                .map(|api| api["id"].as_str().expect("it is text").to_owned()),
        );
        match page["position"].as_str() {
            Some(position) => path = format!("/restapis?limit=3&position={position}"),
            None => break,
        }
    }
    assert_eq!(found, made);
    let all = plane
        .done(200, "GET", "/restapis?limit=-1", json!(null))
        .await;
    assert_eq!(all["item"].as_array().map(Vec::len), Some(7));
    let answer = plane.get("/restapis?position=%C3%A4").await;
    assert_eq!(answer.error.as_deref(), Some("BadRequestException"));
}
