//! REST APIs.

use serde_json::json;

use crate::support::{Plane, id_of, patches};

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

#[tokio::test]
async fn a_clone_is_denied_what_the_original_is() {
    let plane = Plane::new();
    let body = json!({"name": "pets"});
    let original = plane.done(201, "POST", "/restapis", body).await;
    let (id, root) = (id_of(&original), &original["rootResourceId"]);
    let root = root.as_str().expect("it is text");
    let path = format!("/restapis/{id}");
    let policy = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Deny", "Principal": "*", "Action": "execute-api:Invoke",
        "Resource": ["execute-api:/*/POST/admin", format!("arn:aws:execute-api:*:*:{id}")],
    }]});
    let policy = patches([("replace", "/policy", &policy.to_string())]);
    plane.done(200, "PATCH", &path, policy).await;
    let child = format!("{path}/resources/{root}");
    let child = plane
        .done(201, "POST", &child, json!({"pathPart": "admin"}))
        .await;
    let method = format!("{path}/resources/{}/methods/POST", id_of(&child));
    plane
        .done(201, "PUT", &method, json!({"authorizationType": "NONE"}))
        .await;
    let mock = json!({"type": "MOCK"});
    plane
        .done(201, "PUT", &format!("{method}/integration"), mock)
        .await;
    let reference = |id: &str| {
        let of = format!("https://apigateway.amazonaws.com/restapis/{id}/models/Empty");
        json!({"type": "object", "properties": {"a": {"$ref": of}}}).to_string()
    };
    let model = json!({"name": "A", "contentType": "application/json", "schema": reference(&id)});
    plane
        .done(201, "POST", &format!("{path}/models"), model)
        .await;

    let body = json!({"name": "clone", "cloneFrom": id});
    let clone = plane.done(201, "POST", "/restapis", body).await;
    let new = id_of(&clone);
    let shown = clone["policy"].as_str().expect("it is text");
    assert!(!shown.contains(&id), "{shown}");
    let resource = format!(r":{new}\/*\/POST\/admin");
    assert!(shown.contains(&resource), "{shown}");
    let whole = format!("/restapis/{new}/resources?embed=methods");
    let whole = plane
        .done(200, "GET", &whole, json!(null))
        .await
        .to_string();
    for old in [&id, root, &id_of(&child)] {
        assert!(!whole.contains(old), "{old} in {whole}");
    }
    let model = format!("/restapis/{new}/models/A");
    let model = plane.done(200, "GET", &model, json!(null)).await;
    assert_eq!(model["schema"], reference(&new));
}

#[tokio::test]
async fn names_and_lists_have_limits() {
    let plane = Plane::new();
    let (api, _) = plane.new_api().await;
    let path = format!("/restapis/{api}");
    let types: Vec<_> = (0..1_001).map(|number| format!("a/{number}")).collect();
    let operations: Vec<_> = (0..10_001).map(|_| json!({"op": "test"})).collect();
    for (verb, path, body, message) in [
        (
            "POST",
            "/restapis",
            json!({"name": "a".repeat(1_025)}),
            "name: 1025 characters, of 1024 that it may have",
        ),
        (
            "PATCH",
            &path,
            patches([("replace", "/description", &"a".repeat(8_193))]),
            "description: 8193 characters, of 8192 that it may have",
        ),
        (
            "POST",
            "/restapis",
            json!({"name": "a", "binaryMediaTypes": types}),
            "1001 binary media types, of 1000 that an API may have",
        ),
        (
            "PATCH",
            &path,
            json!({ "patchOperations": operations }),
            "updateRestApiInput.patchOperations has 10001 entries, of 10000 that it may have",
        ),
        (
            "POST",
            "/restapis",
            json!({"name": "a".repeat(512 * 1024 + 1)}),
            "createRestApiInput.name has 524289 bytes, of 524288 that it may have",
        ),
    ] {
        let answer = plane.ask(verb, path, body).await;
        answer.refused(400, "BadRequestException", message);
    }
    let many: serde_json::Map<_, _> = (0..10_000)
        .map(|number| (format!("method.request.header.a{number}"), json!(true)))
        .collect();
    let (api, root) = plane.new_api().await;
    let method = format!("/restapis/{api}/resources/{root}/methods/GET");
    let body = json!({"authorizationType": "NONE", "requestParameters": many});
    plane.done(201, "PUT", &method, body).await;
}

#[tokio::test]
async fn a_page_ends_where_it_has_many_bytes() {
    let plane = Plane::new();
    let (api, _) = plane.new_api().await;
    let text = "a".repeat(500_000);
    let schema = json!({"description": text, "properties": {"a": {}}}).to_string();
    for number in 0..40 {
        let body = json!({
            "name": format!("M{number}"), "contentType": "application/json", "schema": schema,
        });
        plane
            .done(201, "POST", &format!("/restapis/{api}/models"), body)
            .await;
    }
    let (mut found, mut pages, mut position) = (0, 0, String::new());
    loop {
        let path = format!("/restapis/{api}/models?limit=500{position}");
        let page = plane.done(200, "GET", &path, json!(null)).await;
        found += page["item"].as_array().map_or(0, Vec::len);
        pages += 1;
        match page["position"].as_str() {
            Some(next) => position = format!("&position={next}"),
            None => break,
        }
    }
    // Two are every API's own.
    assert_eq!((found, pages), (42, 3));
}
