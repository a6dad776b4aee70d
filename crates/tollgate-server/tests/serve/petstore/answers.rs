//! Every method of the example, with the endpoint that lies beside it.

use std::net::SocketAddr;

use serde_json::json;
use tokio::runtime::Runtime;

use super::serve;
use crate::wire::{Asked, get, post};

/// The example's endpoint; it ends with the runtime.
fn shop() -> (Runtime, SocketAddr) {
    let runtime = Runtime::new().expect("there are threads");
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0"));
    let listener = listener.expect("the loopback works");
    let address = listener.local_addr().expect("the loopback works");
    runtime.spawn(petstore::serve(listener));
    (runtime, address)
}

#[test]
fn pets_are_shown_in_the_words_of_the_api() {
    let (_runtime, shop) = shop();
    let server = serve(shop);
    let cat = json!({ "id": 2, "kind": "cat", "price": 124.99 });

    let all = get(server.address, "/pets");
    assert_eq!(all.status, Some(200));
    assert_eq!(all.header("access-control-allow-origin"), Some("*"));
    assert_eq!(
        (&all.json()["count"], &all.json()["pets"][1]),
        (&json!(3), &cat)
    );
    for (query, expected) in [
        ("?type=cat", json!({ "count": 1, "pets": [cat] })),
        ("?page=2", json!({ "count": 0, "pets": [] })),
        ("?type=horse", json!({ "count": 0, "pets": [] })),
    ] {
        assert_eq!(
            get(server.address, &format!("/pets{query}")).json(),
            expected,
            "{query}"
        );
    }
    assert_eq!(get(server.address, "/pets/2").json(), cat);
}

#[test]
fn statuses_of_the_endpoint_are_chosen_by_selection_patterns() {
    let (_runtime, shop) = shop();
    let server = serve(shop);

    let none = get(server.address, "/pets/99");
    assert_eq!(none.status, Some(404));
    assert_eq!(none.json(), json!({ "error": "there is no pet 99" }));
    assert_eq!(none.header("x-amzn-errortype"), None);

    let half = post(
        server.address,
        "/pets",
        "application/json",
        r#"{"kind": "bird"}"#,
    );
    assert_eq!(half.status, Some(400));
    assert_eq!(
        half.json(),
        json!({ "error": "the pet is not taken in", "because": ["the price is missing"] })
    );
}

#[test]
fn a_pet_is_taken_in_through_templates() {
    let (_runtime, shop) = shop();
    let server = serve(shop);
    let bird = r#"{"kind": "a \"bird\"", "price": 7.5}"#;

    let taken = post(
        server.address,
        "/pets",
        "application/json; charset=utf-8",
        bird,
    );
    assert_eq!(taken.status, Some(201));
    let expected = json!({ "id": 4, "kind": "a \"bird\"", "price": 7.5 });
    assert_eq!(taken.json(), expected);
    assert_eq!(taken.header("x-shop-message"), Some("success"));
    assert_eq!(get(server.address, "/pets/4").json(), expected);

    let refused = post(server.address, "/pets", "text/plain", bird);
    assert_eq!(refused.status, Some(415));
    assert_eq!(refused.text(), r#"{"message": "Unsupported Media Type"}"#);
    assert_eq!(refused.header("access-control-allow-origin"), Some("*"));
}

#[test]
fn the_proxy_shows_the_endpoint_as_it_is() {
    let (_runtime, shop) = shop();
    let server = serve(shop);

    let pet = get(server.address, "/shop/pets/2");
    assert_eq!(pet.status, Some(200));
    assert_eq!(pet.text(), r#"{"id":2,"type":"cat","price":124.99}"#);
    assert_eq!(
        get(server.address, "/shop/pets?type=fish").json()[0]["id"],
        3
    );
    let none = get(server.address, "/shop/pets/99");
    assert_eq!(
        (none.status, none.text()),
        (Some(404), r#"{"code":"E-0404"}"#)
    );
    let fault = post(server.address, "/shop/pets", "application/json", "no JSON");
    assert_eq!(fault.status, Some(400));
    assert_eq!(fault.json()["errors"][0]["key"], "Pet");
}

#[test]
fn what_calls_no_endpoint_needs_none() {
    let nobody = "127.0.0.1:1".parse().expect("it is an address");
    let server = serve(nobody);

    let page = get(server.address, "/");
    assert_eq!(page.header("content-type"), Some("text/html"));
    assert!(page.text().starts_with("<html>"), "{page:?}");

    let preflight = Asked::send(server.address, "OPTIONS /pets HTTP/1.1", b"").finish();
    assert_eq!((preflight.status, preflight.text()), (Some(200), ""));
    let methods = preflight.header("access-control-allow-methods");
    assert_eq!(methods, Some("GET,POST,OPTIONS"));

    let nowhere = get(server.address, "/nowhere");
    assert_eq!(nowhere.status, Some(404));
    assert_eq!(
        nowhere.json(),
        json!({ "error": "there is no GET /nowhere" })
    );
}
