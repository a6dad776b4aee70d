//! Methods that are tried.

use serde_json::json;
use tollgate_model::Home;

use crate::support::Plane;

const PETS: &str = r#"{
  "swagger": "2.0",
  "info": {"title": "Pets"},
  "paths": {"/pets/{petId}": {"get": {
    "parameters": [{"name": "petId", "in": "path", "required": true, "type": "string"}],
    "responses": {"200": {"description": "one of them"}},
    "x-amazon-apigateway-integration": {
      "type": "mock",
      "requestTemplates": {"application/json": "{\"statusCode\": 200}"},
      "responses": {"default": {"statusCode": "200", "responseTemplates": {
        "application/json": "$input.params('petId') $input.params('page') $input.params('Kind') $stageVariables.a $context.accountId $context.stage"
      }}}
    }
  }}}
}"#;

/// The API's path, and the id of the resource of a pet.
async fn pets(plane: &Plane) -> (String, String) {
    let answer = plane.send("POST", "/restapis?mode=import", PETS).await;
    let api = answer.body["id"].as_str().expect("it is a document");
    let api = format!("/restapis/{api}");
    let resources = plane.get(&format!("{api}/resources")).await.body;
    let resources = resources["item"].as_array().expect("it is a list");
    let pet = resources.iter().find(|one| one["path"] == "/pets/{petId}");
    let id = pet.and_then(|pet| pet["id"].as_str()).expect("it is there");
    (api, id.to_owned())
}

#[tokio::test]
async fn a_method_is_tried_without_being_deployed() {
    let home = Home::new("111122223333", "us-east-1");
    let plane = Plane::served(|options| options.home = home).await;
    let (api, pet) = pets(&plane).await;
    let method = format!("{api}/resources/{pet}/methods/GET");
    let body = json!({
        "pathWithQueryString": "/pets/7?page=2",
        "headers": {"Kind": "cat"},
        "multiValueHeaders": {"Other": ["a", "b"]},
        "stageVariables": {"a": "b"},
        "body": "",
    });
    let answer = plane.done(200, "POST", &method, body).await;
    assert_eq!(answer["status"], 200, "{answer}");
    assert_eq!(answer["body"], "7 2 cat b 111122223333 test-invoke-stage");
    assert_eq!(answer["headers"]["Content-Type"], "application/json");
    let types = &answer["multiValueHeaders"]["Content-Type"];
    assert_eq!(*types, json!(["application/json"]));
    assert!(answer["latency"].is_u64());
    let log = answer["log"].as_str().expect("it is text");
    assert!(log.starts_with("Execution log for request "), "{log}");
    assert!(log.contains(" : Method request path: {petId=7}\n"), "{log}");

    // Nothing needs to be said.
    let answer = plane.done(200, "POST", &method, json!({})).await;
    assert_eq!(answer["status"], 200, "{answer}");
}

#[tokio::test]
async fn what_cannot_be_tried_is_refused() {
    let plane = Plane::served(|_| {}).await;
    let (api, pet) = pets(&plane).await;
    let missing = "NotFoundException";
    for (path, message) in [
        (
            format!("{api}/resources/none/methods/GET"),
            "Invalid Resource identifier specified",
        ),
        (
            format!("/restapis/none/resources/{pet}/methods/GET"),
            "Invalid Resource identifier specified",
        ),
        (
            format!("{api}/resources/{pet}/methods/PUT"),
            "Invalid Method identifier specified",
        ),
        (
            format!("{api}/resources/{pet}/methods/none"),
            "Invalid Method identifier specified",
        ),
    ] {
        let answer = plane.ask("POST", &path, json!({})).await;
        answer.refused(404, missing, message);
    }
    let method = format!("{api}/resources/{pet}/methods/GET");
    let certificate = json!({"clientCertificateId": "none"});
    let answer = plane.ask("POST", &method, certificate).await;
    let message = "Invalid Client Certificate identifier specified";
    answer.refused(400, "BadRequestException", message);
    let header = json!({"headers": {"a b": "c"}});
    let answer = plane.ask("POST", &method, header).await;
    let message = "the header \"a b\" cannot be sent";
    answer.refused(400, "BadRequestException", message);

    let alone = Plane::new();
    let (api, pet) = pets(&alone).await;
    let method = format!("{api}/resources/{pet}/methods/GET");
    let answer = alone.ask("POST", &method, json!({})).await;
    let message = "this control plane has no data plane of its own";
    answer.refused(501, "NotImplementedException", message);
}
