//! Refusals, in the words that were recorded.

use serde_json::{Value, json};

use crate::support::{Plane, patches};

#[tokio::test]
async fn wrong_patches_are_refused_in_the_services_words() {
    let plane = Plane::new();
    let (api, root) = plane.new_api().await;
    let api = format!("/restapis/{api}");
    let resource = format!("{api}/resources/{root}");
    let method = format!("{resource}/methods/GET");
    plane
        .done(201, "PUT", &method, json!({"authorizationType": "NONE"}))
        .await;
    let bad = "BadRequestException";
    let cases: &[(&str, Value, u16, &str, &str)] = &[
        (
            &resource,
            patches([("replace", "/x", "y")]),
            400,
            bad,
            "Invalid patch path  '/x' specified for op 'replace'. Must be one of: [/parentId, \
             /pathPart]",
        ),
        (
            &resource,
            patches([("add", "/pathPart", "y")]),
            400,
            bad,
            "Invalid patch path  '/pathPart' specified for op 'add'. Please choose supported \
             operations",
        ),
        (
            &api,
            patches([("replace", "/x", "y")]),
            400,
            bad,
            "Invalid patch path /x",
        ),
        (
            &api,
            json!({"patchOperations": [{"op": "replace"}]}),
            400,
            bad,
            "Invalid patch path null",
        ),
        (
            &api,
            patches([("add", "/name", "y")]),
            400,
            bad,
            "Invalid patch operation specified. Must be one of: [replace]",
        ),
        (
            &api,
            patches([("replace", "/endpointConfiguration/ipAddressType", "y")]),
            400,
            bad,
            "ipAddressType must be either ipv4 or dualstack.",
        ),
        (
            &api,
            patches([("copy", "/endpointConfiguration/types/0", "y")]),
            400,
            bad,
            "Invalid patch operation specified. Must be 'add'|'remove'|'replace'",
        ),
        (
            &method,
            patches([("add", "/requestModels/application/json", "Empty")]),
            400,
            bad,
            "Invalid patch path /requestModels/application/json",
        ),
        (
            &method,
            patches([(
                "replace",
                "/requestParameters/method.request.header.a",
                "true",
            )]),
            404,
            "NotFoundException",
            "Invalid parameter name specified",
        ),
        (
            &method,
            patches([("remove", "/requestModels/application~1json", "")]),
            404,
            "NotFoundException",
            "Content-Type specified was not found",
        ),
        (
            &method,
            patches([("replace", "/authorizationType", "CUSTOM")]),
            400,
            bad,
            "Invalid authorizer ID specified. Setting the authorization type to CUSTOM or \
             COGNITO_USER_POOLS requires a valid authorizer.",
        ),
        (
            &resource,
            patches([("x", "/a", ""), ("y", "/b", "")]),
            400,
            "ValidationException",
            "2 validation errors detected: Value 'x' at 'updateResourceInput.patchOperations.1.member\
             .op' failed to satisfy constraint: Member must satisfy enum value set: [add, remove, \
             move, test, replace, copy]; Value 'y' at 'updateResourceInput.patchOperations.2.member.op'\
             \u{20}failed to satisfy constraint: Member must satisfy enum value set: [add, remove, \
             move, test, replace, copy]",
        ),
    ];
    for (path, body, status, error, message) in cases {
        let answer = plane.ask("PATCH", path, body.clone()).await;
        answer.refused(*status, error, message);
    }
    // One failure refuses all of them.
    let both = patches([("replace", "/name", "dogs"), ("replace", "/x", "")]);
    plane.ask("PATCH", &api, both).await;
    assert_eq!(plane.get(&api).await.body["name"], "pets");
}
