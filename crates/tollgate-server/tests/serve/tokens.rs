//! Tokens of an issuer that says itself where its keys are.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use rustls::crypto::aws_lc_rs as provider;
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::{Value, json};
use tollgate::core::{Clock as _, SystemClock};

use crate::process::{Folder, Server};
use crate::wire::Asked;

/// What an issuer's pages say, by their paths.
type Pages = Arc<Mutex<HashMap<String, String>>>;

/// An HTTPS server of pages, which ends with the test.
fn web(config: &Arc<ServerConfig>) -> (SocketAddr, Pages) {
    let (config, pages) = (config.clone(), Pages::default());
    let listener = TcpListener::bind("127.0.0.1:0").expect("the loopback works");
    let address = listener.local_addr().expect("the loopback works");
    let shown = pages.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let connection = ServerConnection::new(config.clone()).expect("it is a good one");
            let mut stream = StreamOwned::new(connection, stream);
            let (mut head, mut byte) = (Vec::new(), [0]);
            while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|it| it > 0) {
                head.push(byte[0]);
            }
            let head = String::from_utf8_lossy(&head).into_owned();
            let path = head.split(' ').nth(1).unwrap_or_default();
            let page = pages
                .lock()
                .expect("nobody panics with it")
                .get(path)
                .cloned();
            let (status, page) = page.map_or((404, String::new()), |page| (200, page));
            let length = page.len();
            let answer = format!(
                "HTTP/1.1 {status} -\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{page}"
            );
            drop(stream.write_all(answer.as_bytes()));
            stream.conn.send_close_notify();
            drop(stream.flush());
        }
    });
    (address, shown)
}

fn encoded(bytes: impl AsRef<[u8]>) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

fn token(pair: &EcdsaKeyPair, issuer: &str, audience: &str) -> String {
    let now = SystemClock::new().now().unix_seconds();
    let header = json!({ "alg": "ES256", "kid": "k" }).to_string();
    let claims = json!({ "iss": issuer, "aud": audience, "sub": "ada", "exp": now + 600 });
    let message = format!("{}.{}", encoded(header), encoded(claims.to_string()));
    let signature = pair.sign(&SystemRandom::new(), message.as_bytes());
    let signature = signature.expect("it signs");
    format!("{message}.{}", encoded(signature))
}

/// A document whose methods want tokens of these issuers.
fn document(issuers: &[(&str, &str)]) -> Value {
    let methods = issuers.iter().map(|(path, _)| {
        let integration = json!({
            "type": "mock",
            "requestTemplates": { "application/json": "{\"statusCode\": 200}" },
            "responses": { "default": {
                "statusCode": "200",
                "responseTemplates": { "application/json": "$context.authorizer.claims.sub" }
            } }
        });
        let get = json!({
            "security": [{ *path: [] }],
            "responses": { "200": { "description": "ok" } },
            "x-amazon-apigateway-integration": integration
        });
        (format!("/{path}"), json!({ "get": get }))
    });
    let schemes = issuers.iter().map(|(name, issuer)| {
        let authorizer = json!({
            "type": "jwt",
            "jwtConfiguration": {
                "issuers": [{ "issuer": issuer, "audiences": ["pets"] }],
                "defaultAlgorithms": ["ES256"]
            }
        });
        let scheme = json!({
            "type": "apiKey", "name": "Authorization", "in": "header",
            "x-amazon-apigateway-authtype": "jwt",
            "x-amazon-apigateway-authorizer": authorizer
        });
        ((*name).to_owned(), scheme)
    });
    json!({
        "openapi": "3.0.1",
        "info": { "title": "tokens", "version": "1" },
        "paths": methods.collect::<serde_json::Map<_, _>>(),
        "components": { "securitySchemes": schemes.collect::<serde_json::Map<_, _>>() }
    })
}

#[test]
fn keys_are_found_where_the_issuer_says() {
    let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]);
    let own = own.expect("it works in tests");
    let key = PrivateKeyDer::try_from(own.signing_key.serialize_der());
    let config = ServerConfig::builder_with_provider(Arc::new(provider::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("the test makes a good one")
        .with_no_client_auth()
        .with_single_cert(vec![own.cert.der().clone()], key.expect("it is a good one"));
    let config = Arc::new(config.expect("the test makes a good one"));

    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("it has room");
    let point = pair.public_key().as_ref();
    let key = json!({ "kty": "EC", "kid": "k", "crv": "P-256",
                      "x": encoded(&point[1..33]), "y": encoded(&point[33..]) });
    let keys = json!({ "keys": [key] }).to_string();

    let (address, pages) = web(&config);
    let (elsewhere, other_pages) = web(&config);
    let base = format!("https://localhost:{}", address.port());
    let publish = |pages: &Pages, path: &str, page: String| {
        let mut pages = pages.lock().expect("nobody panics with it");
        pages.insert(path.to_owned(), page);
    };
    let [here, away, liar] = ["here", "away", "liar"].map(|name| format!("{base}/{name}"));
    let away_keys = format!("https://localhost:{}/keys", elsewhere.port());
    for (issuer, said, at) in [
        (&here, &here, format!("{base}/keys")),
        (&away, &away, away_keys),
        (&liar, &here, format!("{base}/keys")),
    ] {
        let path = issuer.strip_prefix(&base).expect("it begins so");
        let metadata = json!({ "issuer": said, "jwks_uri": at }).to_string();
        publish(
            &pages,
            &format!("{path}/.well-known/openid-configuration"),
            metadata,
        );
    }
    publish(&pages, "/keys", keys.clone());
    publish(&other_pages, "/keys", keys);

    let folder = Folder::new();
    let roots = folder.write("roots.pem", &own.cert.pem());
    let issuers = [("here", &*here), ("away", &*away), ("liar", &*liar)];
    let file = folder.write("api.json", &document(&issuers).to_string());
    let roots = roots.to_str().expect("it is text");
    let arguments = [
        file.as_os_str(),
        OsStr::new("--listen"),
        OsStr::new("127.0.0.1:0"),
    ];
    let server = Server::launch_in(&[("SSL_CERT_FILE", roots)], &arguments);
    let failed = (500, r#"{"message":null}"#);
    let refused = (401, r#"{"message":"Unauthorized"}"#);
    for (row, path, token, expected) in [
        (
            "its own keys",
            "here",
            token(&pair, &here, "pets"),
            (200, "ada"),
        ),
        ("for others", "here", token(&pair, &here, "orders"), refused),
        ("of another", "here", token(&pair, &away, "pets"), refused),
        // A network of the operator's is not reached because an issuer says so.
        (
            "a private place",
            "away",
            token(&pair, &away, "pets"),
            failed,
        ),
        (
            "who says to be another",
            "liar",
            token(&pair, &liar, "pets"),
            failed,
        ),
    ] {
        let head = format!("GET /{path} HTTP/1.1\r\nAuthorization: Bearer {token}");
        let found = Asked::send(server.address, &head, b"").finish();
        let (status, body) = expected;
        assert_eq!(
            (found.status, &*found.body),
            (Some(status), body.as_bytes()),
            "{row}"
        );
    }
}
