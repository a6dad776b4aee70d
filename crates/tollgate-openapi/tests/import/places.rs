//! From parts of a model to the places that they were read from.

use serde_json::{Value, json};
use tollgate_core::Diagnostic;
use tollgate_openapi::{ImportOptions, PutMode, import, put};

use crate::with_get;

const SWAGGER: &str = include_str!("../golden/pets.swagger.json");
#[cfg(feature = "yaml")]
const OPENAPI: &str = include_str!("../golden/pets.openapi.yaml");

/// The line of the first place in a text where a pattern stands, after others that do.
fn line_of(text: &str, patterns: &[&str]) -> u32 {
    let mut at = 0;
    for pattern in patterns {
        at += text[at..].find(pattern).unwrap();
    }
    1 + u32::try_from(text[..at].matches('\n').count()).unwrap()
}

#[test]
fn parts_are_found_under_the_names_of_swagger() {
    let places = import(SWAGGER, &ImportOptions::default()).unwrap().places;
    let pets = "/resources/1/resourceMethods";
    let rest = "/resources/3/resourceMethods/ANY";
    for (model, document) in [
        ("/name", "/info/title"),
        ("/policy", "/x-amazon-apigateway-policy"),
        ("/resources/1", "/paths/~1pets"),
        ("/resources/1/path", "/paths/~1pets"),
        // What is between the paths of a document stands where the longer one does.
        ("/resources/2", "/paths/~1pets~1{id}~1{rest+}"),
        (&format!("{pets}/GET"), "/paths/~1pets/get"),
        (
            &format!("{pets}/GET/operationName"),
            "/paths/~1pets/get/operationId",
        ),
        (
            &format!("{pets}/GET/requestParameters/method.request.querystring.page"),
            "/parameters/page",
        ),
        (
            &format!(
                "{pets}/GET/methodResponses/200/responseParameters/method.response.header.X-Total"
            ),
            "/paths/~1pets/get/responses/200/headers/X-Total",
        ),
        (
            &format!("{pets}/GET/requestValidatorId"),
            "/x-amazon-apigateway-request-validator",
        ),
        (
            &format!("{pets}/POST/requestValidatorId"),
            "/paths/~1pets/post/x-amazon-apigateway-request-validator",
        ),
        (
            &format!("{pets}/POST/apiKeyRequired"),
            "/paths/~1pets/post/security",
        ),
        (
            &format!("{pets}/GET/methodIntegration/requestTemplates/application~1json"),
            "/paths/~1pets/get/x-amazon-apigateway-integration/requestTemplates/application~1json",
        ),
        (
            &format!(
                "{pets}/GET/methodIntegration/integrationResponses/200/responseTemplates/text~1plain"
            ),
            "/paths/~1pets/get/x-amazon-apigateway-integration/responses/default\
             /responseTemplates/text~1plain",
        ),
        (
            &format!("{pets}/POST/methodIntegration/integrationResponses/400/selectionPattern"),
            "/paths/~1pets/post/x-amazon-apigateway-integration/responses/4\\d{2}",
        ),
        (
            &format!("{rest}/methodIntegration/uri"),
            "/paths/~1pets~1{id}~1{rest+}/x-amazon-apigateway-any-method\
             /x-amazon-apigateway-integration/uri",
        ),
        ("/models/0/schema", "/definitions/Pet"),
        (
            "/requestValidators/1/name",
            "/x-amazon-apigateway-request-validators/body",
        ),
        (
            "/gatewayResponses/0/responseTemplates/application~1json",
            "/x-amazon-apigateway-gateway-responses/MISSING_AUTHENTICATION_TOKEN\
             /responseTemplates/application~1json",
        ),
        // What is nowhere is in the document.
        ("/anything", ""),
        ("", ""),
    ] {
        let found = places.find(model).map(|place| place.pointer);
        assert_eq!(found.as_deref(), Some(document), "{model}");
    }
}

#[cfg(feature = "yaml")]
#[test]
fn parts_are_found_behind_references_and_in_components() {
    let places = import(OPENAPI, &ImportOptions::default()).unwrap().places;
    let post = "/resources/1/resourceMethods/POST";
    for (model, document) in [
        (
            &format!("{post}/methodIntegration/uri"),
            "/components/x-amazon-apigateway-integrations/put/uri",
        ),
        (
            &format!("{post}/requestModels/application~1json"),
            "/paths/~1pets/post/requestBody/content/application~1json/schema",
        ),
        (
            &format!("{post}/methodResponses/201/responseModels/application~1json"),
            "/components/responses/Created/content/application~1json/schema",
        ),
        (
            &"/models/0/description".to_owned(),
            "/components/schemas/Pet/description",
        ),
        (
            &"/disableExecuteApiEndpoint".to_owned(),
            "/servers/0/x-amazon-apigateway-endpoint-configuration/disableExecuteApiEndpoint",
        ),
    ] {
        let found = places.find(model).map(|place| place.pointer);
        assert_eq!(found.as_deref(), Some(document), "{model}");
    }
    let uri = places
        .find(&format!("{post}/methodIntegration/uri"))
        .unwrap();
    assert_eq!(uri.position.line, line_of(OPENAPI, &["action/PutItem"]));
    assert_eq!(uri.position.column, 7);
}

#[test]
fn diagnostics_about_a_text_stay_as_they_are() {
    let places = import(SWAGGER, &ImportOptions::default()).unwrap().places;
    let about_the_model = Diagnostic::warning("/name", "odd").help("call it Dogs");
    let located = places.locate(about_the_model);
    assert_eq!(located.pointer, "/info/title");
    assert_eq!(located.help.as_deref(), Some("call it Dogs"));
    let position = located.position.unwrap();
    assert_eq!(position.line, line_of(SWAGGER, &["\"title\""]));
    assert_eq!(places.locate(located.clone()), located);
}

#[test]
fn what_a_put_kept_has_no_place() {
    let with = |path: &str, members: Value| {
        let mut document = with_get(json!({}), members);
        let item = document["paths"]["/x"].take();
        document["paths"] = json!({ path: item });
        document.to_string()
    };
    let options = ImportOptions::default();
    let settings = json!({"x-amazon-apigateway-policy": {}, "x-amazon-apigateway-request-validators": {"a": {}}});
    let old = import(&with("/a", settings), &options).unwrap().document;
    let merged = put(&old, &with("/a/b", json!({})), PutMode::Merge, &options).unwrap();
    for (model, document) in [
        ("/name", Some("/info/title")),
        ("/policy", None),
        ("/requestValidators/0", None),
        // It was there before, though it is on the way to a path of the document.
        ("/resources/1/path", None),
        ("/resources/1/resourceMethods/GET/methodIntegration", None),
        (
            "/resources/2/resourceMethods/GET",
            Some("/paths/~1a~1b/get"),
        ),
    ] {
        let found = merged.places.find(model).map(|place| place.pointer);
        assert_eq!(found.as_deref(), document, "{model}");
    }
}

/// Names of a megabyte would make places of a gigabyte: parts below them have that of the whole.
#[test]
fn names_too_long_to_follow_have_no_places_of_their_own() {
    let long = "n".repeat(tollgate_openapi::limits::MAX_WAY_BYTES);
    let reference = format!("#/{long}");
    let mut document = with_get(
        json!({"x-amazon-apigateway-integration": {"$ref": reference}}),
        json!({}),
    );
    document[long.as_str()] = json!({"type": "mock"});
    let places = import(&document.to_string(), &ImportOptions::default())
        .unwrap()
        .places;
    let found = |pointer| places.find(pointer).unwrap().pointer;
    let method = "/resources/1/resourceMethods/GET";
    assert_eq!(found(method), "/paths/~1x/get");
    assert_eq!(
        found(&format!("{method}/methodIntegration/type")),
        "/paths/~1x/get"
    );
}
