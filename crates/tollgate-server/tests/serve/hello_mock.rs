//! The example `hello-mock`, over sockets.

use serde_json::json;

use crate::process::Server;

const DOCUMENT: &str = "examples/hello-mock/openapi.yaml";

#[test]
fn every_method_of_the_example_answers() {
    let server = Server::start(DOCUMENT, &["--stage", "beta"]);

    let hello = server.get("/hello?name=Ada").json();
    assert_eq!(
        (&hello["message"], &hello["stage"]),
        (&json!("hello, Ada"), &json!("beta"))
    );
    assert_eq!(server.get("/hello").json()["message"], "hello, world");
    let quoted = server.get("/hello?name=%22%5C").json();
    assert_eq!(quoted["message"], r#"hello, "\"#);

    let pet = server.get("/pets/7");
    assert_eq!(pet.json(), json!({ "id": "7", "name": "Pet number 7" }));
    assert!(
        pet.head.contains("cache-control: max-age=60"),
        "{}",
        pet.head
    );
    assert_eq!(
        server.get("/pets/7?verbose=true").json(),
        json!({
            "id": "7", "name": "Pet number 7",
            "resource": "/pets/{petId}", "sourceIp": "127.0.0.1"
        })
    );
    let none = server.get("/pets/0");
    assert_eq!(
        (none.status, none.json()),
        (404, json!({ "error": "there is no pet with the id 0" }))
    );

    let preflight = server.send("OPTIONS /pets/7", "");
    assert_eq!((preflight.status, preflight.body.as_str()), (200, ""));
    assert!(
        preflight.head.contains("access-control-allow-origin: *"),
        "{}",
        preflight.head
    );

    let order = r#"{"customer": "Ada", "items": [
        {"name": "tea", "quantity": 2}, {"name": "milk", "quantity": 1}
    ]}"#;
    let taken = server.send("POST /orders", order);
    let expected = json!({ "customer": "Ada", "lines": "2 x tea, 1 x milk", "total": 3 });
    assert_eq!((taken.status, taken.json()), (201, expected));
    assert_eq!(server.send("POST /orders", "{}").status, 400);

    for (head, method) in [("GET /nowhere", "GET"), ("DELETE /nowhere", "DELETE")] {
        let refused = server.send(head, "");
        assert_eq!(refused.status, 404);
        assert!(
            refused
                .head
                .contains("x-amzn-errortype: missingauthenticationtokenexception")
        );
        assert_eq!(
            refused.json(),
            json!({
                "error": format!("there is no {method} /nowhere here"),
                "reason": "Missing Authentication Token"
            })
        );
    }
}

#[test]
fn the_greeting_has_lines_to_copy() {
    let server = Server::start(DOCUMENT, &[]);
    let base = format!("http://{}", server.address);
    assert!(
        server
            .greeting
            .starts_with(&format!("serving stage default at {base}/\n"))
    );
    for line in [
        "  GET     /hello\n",
        "  POST    /orders\n",
        &format!("  curl '{base}/hello'\n"),
    ] {
        assert!(
            server.greeting.contains(line),
            "{line} in {}",
            server.greeting
        );
    }
}
