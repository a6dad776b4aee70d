//! Models and request validators.

use serde_json::{Value, json};

use crate::support::{Plane, patches};

const SCHEMA: &str = "{ \"type\" : \"object\",\n  \"properties\": {\"a\": {}}}";

#[tokio::test]
async fn models_are_kept_as_they_are_written() {
    let plane = Plane::new();
    let (api, root) = plane.new_api().await;
    let all = format!("/restapis/{api}/models");
    let body = json!({
        "name": "Pet",
        "description": "one of many",
        "schema": SCHEMA,
        "contentType": "application/json",
    });
    let made = plane.done(201, "POST", &all, body.clone()).await;
    let mut expected = body.clone();
    expected["id"] = made["id"].clone();
    assert_eq!(made["id"].as_str().map(str::len), Some(6));
    assert_eq!(made, expected);
    let one = format!("{all}/Pet");
    assert_eq!(plane.done(200, "GET", &one, Value::Null).await, expected);
    let list = plane.done(200, "GET", &all, Value::Null).await;
    let names: Vec<_> = list["item"].as_array().into_iter().flatten().collect();
    let names: Vec<_> = names.iter().map(|one| &one["name"]).collect();
    assert_eq!(names, ["Empty", "Error", "Pet"]);
    assert_eq!(list["item"][2], expected);
    let again = plane.ask("POST", &all, body).await;
    let exists = "Model name already exists for this REST API";
    again.refused(409, "ConflictException", exists);

    let schema = r#"{"type":"array","items":{}}"#;
    let change = patches([
        ("replace", "/schema", schema),
        ("replace", "/description", ""),
    ]);
    expected["schema"] = schema.into();
    expected
        .as_object_mut()
        .map(|one| one.remove("description"));
    assert_eq!(plane.done(200, "PATCH", &one, change).await, expected);
    assert_eq!(plane.done(200, "GET", &one, Value::Null).await, expected);

    let method = format!("/restapis/{api}/resources/{root}/methods/ANY");
    let body = json!({"authorizationType": "NONE", "requestModels": {"a/b": "Pet"}});
    plane.done(201, "PUT", &method, body).await;
    let answer = plane.ask("DELETE", &one, Value::Null).await;
    let used = "Cannot delete model 'Pet', is referenced in method request: //ANY";
    answer.refused(409, "ConflictException", used);
    plane.done(204, "DELETE", &method, Value::Null).await;
    let body = json!({"authorizationType": "NONE"});
    plane.done(201, "PUT", &method, body).await;
    let response = format!("{method}/responses/200");
    let body = json!({"responseModels": {"a/b": "Pet"}});
    plane.done(201, "PUT", &response, body).await;
    let answer = plane.ask("DELETE", &one, Value::Null).await;
    let used = "Cannot delete model 'Pet', is referenced in method response: //ANY/200";
    answer.refused(409, "ConflictException", used);
    plane.done(204, "DELETE", &response, Value::Null).await;

    let pet = format!("https://apigateway.amazonaws.com/restapis/{api}/models/Pet");
    let schema = json!({"type": "array", "items": {"$ref": pet}}).to_string();
    let own = patches([("replace", "/schema", &*schema)]);
    plane.done(200, "PATCH", &one, own).await;
    let body = json!({"name": "Pets", "schema": schema, "contentType": "application/json"});
    plane.done(201, "POST", &all, body).await;
    let answer = plane.ask("DELETE", &one, Value::Null).await;
    let used = "Cannot delete model 'Pet', is referenced in model: Pets";
    answer.refused(409, "ConflictException", used);
    plane
        .done(202, "DELETE", &format!("{all}/Pets"), Value::Null)
        .await;
    // It still refers to itself.
    plane.done(202, "DELETE", &one, Value::Null).await;
    let gone = plane.get(&one).await;
    gone.refused(
        404,
        "NotFoundException",
        "Invalid model name specified: Pet",
    );
}

#[tokio::test]
async fn models_are_flattened_and_sampled() {
    let plane = Plane::new();
    let (api, _) = plane.new_api().await;
    let all = format!("/restapis/{api}/models");
    let reference = format!("https://apigateway.amazonaws.com/restapis/{api}/models/Tag");
    let schema = json!({"type": "object", "properties": {"tag": {"$ref": reference}}}).to_string();
    for (name, schema) in [("Tag", r#"{"type": "string"}"#), ("Pet", &schema)] {
        let body = json!({"name": name, "schema": schema, "contentType": "application/json"});
        plane.done(201, "POST", &all, body).await;
    }
    let flat = format!("{all}/Pet?flatten=true");
    let flat = plane.done(200, "GET", &flat, Value::Null).await;
    let flat: Value = flat["schema"]
        .as_str()
        .and_then(|text| serde_json::from_str(text).ok())
        .expect("it is JSON");
    assert_eq!(flat["properties"]["tag"]["type"], "string");
    let whole = format!("{all}/Pet");
    let whole = plane.done(200, "GET", &whole, Value::Null).await;
    assert_eq!(whole["schema"], schema);
    let template = format!("{all}/Tag/default_template");
    let template = plane.done(200, "GET", &template, Value::Null).await;
    let expected = json!({"value": "#set($inputRoot = $input.path('$'))\n\"foo\""});
    assert_eq!(template, expected);
}

#[tokio::test]
async fn validators_are_made_changed_and_removed() {
    let plane = Plane::new();
    let (api, root) = plane.new_api().await;
    let all = format!("/restapis/{api}/requestvalidators");
    let made = plane.done(201, "POST", &all, json!({"name": "all"})).await;
    let mut expected = json!({
        "id": made["id"],
        "name": "all",
        "validateRequestBody": false,
        "validateRequestParameters": false,
    });
    assert_eq!(made, expected);
    let id = made["id"].as_str().expect("it has one");
    assert_eq!(id.len(), 6);
    let one = format!("{all}/{id}");
    let change = patches([
        ("replace", "/name", "most"),
        ("replace", "/validateRequestBody", "true"),
        ("replace", "/validateRequestParameters", "whatever"),
    ]);
    expected["name"] = "most".into();
    expected["validateRequestBody"] = true.into();
    assert_eq!(plane.done(200, "PATCH", &one, change).await, expected);
    assert_eq!(plane.done(200, "GET", &one, Value::Null).await, expected);
    // A missing value is false (recorded).
    let change = json!({"patchOperations": [{"op": "replace", "path": "/validateRequestBody"}]});
    expected["validateRequestBody"] = false.into();
    assert_eq!(plane.done(200, "PATCH", &one, change).await, expected);
    let list = plane.done(200, "GET", &all, Value::Null).await;
    assert_eq!(list, json!({"item": [expected]}));
    // A name need not be said.
    let body = json!({"validateRequestBody": true, "validateRequestParameters": true});
    let other = plane.done(201, "POST", &all, body.clone()).await;
    let mut expected = body;
    expected["id"] = other["id"].clone();
    assert_eq!(other, expected);

    let method = format!("/restapis/{api}/resources/{root}/methods/GET");
    let body = json!({"authorizationType": "NONE", "requestValidatorId": id});
    plane.done(201, "PUT", &method, body).await;
    let answer = plane.ask("DELETE", &one, Value::Null).await;
    let used =
        format!("Cannot delete request validator '{id}', is referenced in method request: //GET");
    answer.refused(409, "ConflictException", &used);
    let change = patches([("replace", "/requestValidatorId", "")]);
    plane.done(200, "PATCH", &method, change).await;
    plane.done(202, "DELETE", &one, Value::Null).await;
    let gone = plane.get(&one).await;
    let none = "Invalid Request Validator identifier specified";
    gone.refused(404, "NotFoundException", none);
}

#[tokio::test]
async fn wrong_models_and_validators_are_refused_in_the_services_words() {
    let plane = Plane::new();
    let (api, _) = plane.new_api().await;
    let api = format!("/restapis/{api}");
    let models = format!("{api}/models");
    let validators = format!("{api}/requestvalidators");
    let (bad, none) = ("BadRequestException", "NotFoundException");
    let model = |name: &str, schema: Value| json!({"name": name, "schema": schema, "contentType": "application/json"});
    let no_schema = "Model schema must have at least 1 property or array items defined";
    let reference = "Invalid model specified: Validation Result: warnings : [], errors : [Model \
                     reference must be in canonical form]";
    let no_api = "Invalid API identifier specified 123456789012:none";
    let one = plane
        .done(201, "POST", &validators, json!({"name": "a"}))
        .await;
    let one = format!("{validators}/{}", one["id"].as_str().expect("it has one"));
    let cases: &[(&str, String, Value, u16, &str, &str)] = &[
        (
            "POST",
            models.clone(),
            model("", json!("{}")),
            400,
            bad,
            "Model name must be non-empty",
        ),
        (
            "POST",
            models.clone(),
            model("X_Y", json!("{}")),
            400,
            bad,
            "Model name must be alphanumeric: X_Y",
        ),
        (
            "POST",
            models.clone(),
            model("Pet", json!("")),
            400,
            bad,
            no_schema,
        ),
        (
            "POST",
            models.clone(),
            model("Pet", Value::Null),
            400,
            bad,
            no_schema,
        ),
        (
            "POST",
            models.clone(),
            model("Pet", json!(r#"{"items": {"$ref": "Other"}}"#)),
            400,
            bad,
            reference,
        ),
        (
            "POST",
            models.clone(),
            json!({"name": "Pet"}),
            400,
            "ValidationException",
            "1 validation error detected: Value null at 'createModelInput.contentType' failed to \
             satisfy constraint: Member must not be null",
        ),
        (
            "POST",
            "/restapis/none/models".to_owned(),
            model("Pet", json!("{}")),
            404,
            none,
            no_api,
        ),
        (
            "GET",
            "/restapis/none/models".to_owned(),
            Value::Null,
            404,
            none,
            no_api,
        ),
        (
            "GET",
            "/restapis/none/models/Pet".to_owned(),
            Value::Null,
            404,
            none,
            "Invalid model name specified: Pet",
        ),
        (
            "GET",
            format!("{models}/Pet/default_template"),
            Value::Null,
            404,
            none,
            "Invalid model name specified: Pet",
        ),
        (
            "PATCH",
            format!("{models}/Empty"),
            patches([("replace", "/schema", "")]),
            400,
            bad,
            no_schema,
        ),
        (
            "PATCH",
            format!("{models}/Empty"),
            patches([("replace", "/name", "Full")]),
            400,
            bad,
            "Invalid patch path  '/name' specified for op 'replace'. Must be one of: [/description, \
             /schema]",
        ),
        (
            "POST",
            "/restapis/none/requestvalidators".to_owned(),
            json!({"name": "a"}),
            400,
            bad,
            "Invalid REST API identifier specified",
        ),
        (
            "GET",
            "/restapis/none/requestvalidators".to_owned(),
            Value::Null,
            404,
            none,
            no_api,
        ),
        (
            "POST",
            validators.clone(),
            json!({"name": " "}),
            400,
            bad,
            "Request Validator name cannot be blank",
        ),
        (
            "PATCH",
            one.clone(),
            patches([("replace", "/name", "")]),
            400,
            bad,
            "Request Validator name cannot be blank",
        ),
        (
            "PATCH",
            one.clone(),
            patches([("add", "/name", "b")]),
            400,
            bad,
            "Invalid patch path  '/name' specified for op 'add'. Please choose supported operations",
        ),
        (
            "PATCH",
            one.clone(),
            patches([("replace", "/x", "b")]),
            400,
            bad,
            "Invalid patch path  '/x' specified for op 'replace'. Must be one of: [/name, \
             /validateRequestParameters, /validateRequestBody]",
        ),
        (
            "DELETE",
            format!("{validators}/none"),
            Value::Null,
            404,
            none,
            "Invalid Request Validator identifier specified",
        ),
    ];
    for (verb, path, body, status, error, message) in cases {
        let answer = plane.ask(verb, path, body.clone()).await;
        answer.refused(*status, error, message);
    }
}
