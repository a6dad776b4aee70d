//! Line breaks in mapped values: none reaches a head.

use serde_json::{Value, json};

use super::endpoint::{Endpoint, Reply};
use super::{PET, serve_with};
use crate::wire::{Asked, Received};

/// What a client sends as the parameter `evil`, and as a member of its body.
const QUERY: &str = "evil=a%0D%0AInjected:%20yes%0D%0A%0D%0A";
const BODY: &str = r#"{"evil": "a\r\nInjected: yes\r\n\r\n"}"#;

/// An answer whose body holds the same.
static ANSWER: [Reply; 1] = [Reply::Send(
    "HTTP/1.1 200 OK\r\nContent-Length: 39\r\n\r\n{\"evil\": \"a\\r\\nInjected: yes\\r\\n\\r\\n\"}  ",
)];

/// The members of an HTTP integration and its response, as one change of the example.
fn set(document: &mut Value, endpoint: &Endpoint, members: &Value) {
    let mut integration = json!({
        "type": "http",
        "httpMethod": "PUT",
        "uri": format!("http://{}/pets/{{petId}}", endpoint.address),
        "passthroughBehavior": "when_no_match",
        "requestParameters": { "integration.request.path.petId": "method.request.path.petId" },
        "responses": { "default": { "statusCode": "200" } },
    });
    for (pointer, value) in members.as_object().expect("members are an object") {
        let (parent, name) = pointer.rsplit_once('/').expect("it is a pointer");
        let parent = integration.pointer_mut(parent).expect("it is there");
        parent[name] = value.clone();
    }
    *document.pointer_mut(PET).expect("the example has it") = integration;
    document["x-amazon-apigateway-gateway-responses"] = json!({
        "DEFAULT_4XX": {
            "responseParameters": {
                "gatewayresponse.header.X-Evil": "method.request.querystring.evil",
            },
        },
    });
}

fn ask(path: &str, members: &Value) -> (Endpoint, Received) {
    let endpoint = Endpoint::start(&ANSWER);
    let server = serve_with(endpoint.address, |document| {
        set(document, &endpoint, members)
    });
    let length = BODY.len();
    let head = format!(
        "GET {path}?{QUERY} HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: {length}"
    );
    let answer = Asked::send(server.address, &head, BODY.as_bytes()).finish();
    assert!(answer.is_whole, "{members}: {answer:?}");
    assert_eq!(answer.header("injected"), None, "{members}: {answer:?}");
    (endpoint, answer)
}

#[test]
fn headers_with_line_breaks_are_not_sent() {
    let template = |text: &str| json!({ "application/json": text });
    for members in [
        json!({ "/requestParameters/integration.request.header.X-A":
            "method.request.querystring.evil" }),
        json!({ "/requestParameters/integration.request.header.X-A":
            "method.request.multivaluequerystring.evil" }),
        json!({ "/requestParameters/integration.request.header.X-A": "method.request.body.evil" }),
        json!({ "/requestParameters/integration.request.header.X-A": "'a\r\nInjected: yes'" }),
        json!({ "/requestTemplates": template(
            "#set($context.requestOverride.header.X-A = $input.params('evil')){}"
        ) }),
        json!({ "/requestTemplates": template(
            "#set($name = \"X\r\nInjected\")#set($context.requestOverride.header[$name] = 'yes'){}"
        ) }),
    ] {
        let (endpoint, answer) = ask("/pets/7", &members);
        assert_eq!(answer.status, Some(500), "{members}");
        assert!(endpoint.has_seen_nothing(), "{members}");
    }
    for members in [
        json!({ "/responses/default/responseParameters": {
            "method.response.header.X-A": "integration.response.body.evil" } }),
        json!({ "/responses/default/responseTemplates": template(
            "#set($context.responseOverride.header.X-A = $input.path('$.evil')){}"
        ) }),
        json!({ "/responses/default/responseTemplates": template(
            "#set($name = \"X\r\nInjected\")#set($context.responseOverride.header[$name] = 'yes'){}"
        ) }),
    ] {
        let (endpoint, answer) = ask("/pets/7", &members);
        endpoint.request();
        assert_eq!(answer.status, Some(500), "{members}");
    }
}

#[test]
fn line_breaks_in_a_uri_are_encoded() {
    let encoded = "a%0D%0AInjected:%20yes%0D%0A%0D%0A";
    for (members, target) in [
        (
            json!({ "/requestParameters/integration.request.querystring.b":
                "method.request.querystring.evil" }),
            format!("/pets/7?b={encoded}"),
        ),
        (
            json!({ "/requestParameters/integration.request.querystring.b":
                "method.request.body.evil" }),
            format!("/pets/7?b={encoded}"),
        ),
        (
            json!({ "/requestParameters/integration.request.path.petId":
                "method.request.querystring.evil" }),
            format!("/pets/{encoded}"),
        ),
        (
            json!({ "/requestTemplates": { "application/json":
                "#set($context.requestOverride.querystring.b = $input.params('evil')){}" } }),
            format!("/pets/7?b={encoded}"),
        ),
    ] {
        let (endpoint, answer) = ask("/pets/7", &members);
        assert_eq!(answer.status, Some(200), "{members}");
        let (head, _) = endpoint.request();
        assert!(
            head.starts_with(&format!("PUT {target} HTTP/1.1\r\n")),
            "{head}"
        );
        assert!(!head.contains("\r\nInjected"), "{head}");
    }
}

/// The gateway's own answer goes without the header.
#[test]
fn gateway_responses_leave_such_headers_out() {
    let (_, answer) = ask("/nowhere", &json!({}));
    assert_eq!((answer.status, answer.header("x-evil")), (Some(403), None));
}
