//! Resources, methods and integrations.

use serde_json::json;

use crate::support::{Plane, patches};

#[tokio::test]
async fn a_subtree_moves_whole() {
    let plane = Plane::new();
    let (api, root) = plane.new_api().await;
    let all = format!("/restapis/{api}/resources");
    let below = async |parent: &str, part: &str| {
        let body = json!({ "pathPart": part });
        let made = plane
            .done(201, "POST", &format!("{all}/{parent}"), body)
            .await;
        made["id"].as_str().expect("it has one").to_owned()
    };
    let pets = below(&root, "pets").await;
    let pet = below(&pets, "{id}").await;
    let photos = below(&pet, "photos").await;
    let old = below(&root, "old").await;

    let moved = plane
        .done(
            200,
            "PATCH",
            &format!("{all}/{pets}"),
            patches([("replace", "/parentId", &old)]),
        )
        .await;
    assert_eq!(moved["path"], "/old/pets");
    let read = plane
        .done(200, "GET", &format!("{all}/{photos}"), json!(null))
        .await;
    assert_eq!(read["path"], "/old/pets/{id}/photos");

    let answer = plane
        .ask(
            "PATCH",
            &format!("{all}/{old}"),
            patches([("replace", "/parentId", &photos)]),
        )
        .await;
    answer.refused(400, "BadRequestException", "Resources cannot be cyclical.");
    let answer = plane
        .ask(
            "PATCH",
            &format!("{all}/{root}"),
            patches([("replace", "/pathPart", "a")]),
        )
        .await;
    answer.refused(
        400,
        "BadRequestException",
        "Root resource cannot update its pathPart.",
    );

    plane
        .done(202, "DELETE", &format!("{all}/{old}"), json!(null))
        .await;
    let left = plane.done(200, "GET", &all, json!(null)).await;
    assert_eq!(left, json!({"item": [{"id": root, "path": "/"}]}));
}

#[tokio::test]
async fn a_method_with_an_integration_is_made_and_shown() {
    let plane = Plane::new();
    let (api, root) = plane.new_api().await;
    let method = format!("/restapis/{api}/resources/{root}/methods/GET");
    let body = json!({
        "authorizationType": "NONE",
        "requestParameters": {"method.request.querystring.page": true},
        "requestModels": {"application/json": "Empty"},
    });
    let expected = json!({
        "httpMethod": "GET",
        "authorizationType": "NONE",
        "apiKeyRequired": false,
        "requestParameters": {"method.request.querystring.page": true},
        "requestModels": {"application/json": "Empty"},
    });
    assert_eq!(plane.done(201, "PUT", &method, body).await, expected);

    let integration = format!("{method}/integration");
    let made = plane
        .done(
            201,
            "PUT",
            &integration,
            json!({"type": "HTTP", "httpMethod": "POST", "uri": "http://localhost/pets"}),
        )
        .await;
    let expected = json!({
        "type": "HTTP",
        "httpMethod": "POST",
        "uri": "http://localhost/pets",
        "connectionType": "INTERNET",
        "passthroughBehavior": "WHEN_NO_MATCH",
        "timeoutInMillis": 29000,
        "cacheNamespace": root,
        "cacheKeyParameters": [],
    });
    assert_eq!(made, expected);
    let whole = format!("/restapis/{api}/resources?embed=methods");
    let whole = plane.done(200, "GET", &whole, json!(null)).await;
    let shown = &whole["item"][0]["resourceMethods"]["GET"];
    assert_eq!(shown["methodIntegration"], expected);

    let changed = plane
        .done(
            200,
            "PATCH",
            &integration,
            patches([
                ("replace", "/timeoutInMillis", "1000"),
                (
                    "add",
                    "/cacheKeyParameters/method.request.querystring.page",
                    "",
                ),
                ("add", "/requestTemplates/application~1json", "$input.body"),
            ]),
        )
        .await;
    assert_eq!(changed["timeoutInMillis"], 1000);
    assert_eq!(
        changed["cacheKeyParameters"],
        json!(["method.request.querystring.page"])
    );
    assert_eq!(
        changed["requestTemplates"],
        json!({"application/json": "$input.body"})
    );

    plane.done(204, "DELETE", &integration, json!(null)).await;
    let answer = plane.get(&integration).await;
    answer.refused(
        404,
        "NotFoundException",
        "Invalid Integration identifier specified",
    );
}
