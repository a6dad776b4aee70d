//! Documents whose methods are protected: strangers are refused, and callers are let in.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::Command;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tollgate::core::{Clock as _, SystemClock};
use tollgate::iam::sigv4::{Credentials, PayloadHash, SignableRequest, Signer, Timestamp};

use crate::process::{Folder, Server};
use crate::wire::{Asked, Received};

const POOL: &str = "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_AbCdEf";
const ISSUER: &str = "https://pool.test/us-east-1_AbCdEf";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

/// Answers every request on loopback with what the path and the body lead to.
fn answering(answer: impl Fn(&str, &str) -> String + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("the loopback works");
    let address = listener.local_addr().expect("the loopback works");
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let Some((head, body)) = read(&mut stream) else {
                continue;
            };
            let answer = answer(&head, &body);
            let length = answer.len();
            let answer = format!(
                "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{answer}"
            );
            drop(stream.write_all(answer.as_bytes()));
        }
    });
    format!("http://{address}")
}

fn read(stream: &mut TcpStream) -> Option<(String, String)> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).ok()?;
    let length = head.split("content-length: ").nth(1);
    let length = length.and_then(|rest| rest.split('\r').next()?.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).ok()?;
    Some((head, String::from_utf8(body).ok()?))
}

/// What speaks like Lambda's API, and knows one caller.
fn lambda() -> String {
    answering(|_, event| {
        let event: Value = serde_json::from_str(event).expect("events are JSON");
        let is_alice = event["authorizationToken"] == "let-me-in";
        let effect = if is_alice { "Allow" } else { "Deny" };
        let statement = json!({ "Effect": effect, "Action": "execute-api:Invoke", "Resource": event["methodArn"] });
        json!({
            "principalId": "alice",
            "policyDocument": { "Version": "2012-10-17", "Statement": [statement] }
        })
        .to_string()
    })
}

fn encoded(bytes: impl AsRef<[u8]>) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// A user pool: where its keys are, and a token of it.
fn pool() -> (String, String) {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("it has room");
    let point = pair.public_key().as_ref();
    let key = json!({ "kty": "EC", "kid": "k", "crv": "P-256",
                      "x": encoded(&point[1..33]), "y": encoded(&point[33..]) });
    let keys = json!({ "keys": [key] }).to_string();
    let url = answering(move |_, _| keys.clone());
    let now = SystemClock::new().now().unix_seconds();
    let header = json!({ "alg": "ES256", "kid": "k" });
    let claims =
        json!({ "iss": ISSUER, "token_use": "id", "sub": "ada", "iat": now, "exp": now + 600 });
    let message = format!(
        "{}.{}",
        encoded(header.to_string()),
        encoded(claims.to_string())
    );
    let signature = pair
        .sign(&SystemRandom::new(), message.as_bytes())
        .expect("it signs");
    (
        format!("{url}/keys"),
        format!("{message}.{}", encoded(signature)),
    )
}

/// A document with a method for each kind of protection.
fn document() -> Value {
    let uri = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/\
               arn:aws:lambda:us-east-1:123456789012:function:who/invocations";
    let scheme = |authtype: &str, authorizer: Value| {
        json!({ "type": "apiKey", "name": "Authorization", "in": "header",
                "x-amazon-apigateway-authtype": authtype,
                "x-amazon-apigateway-authorizer": authorizer })
    };
    let mut signed = scheme("awsSigv4", json!({}));
    let members = signed.as_object_mut().expect("it is an object");
    members.remove("x-amazon-apigateway-authorizer");
    let method = |template: &str, scheme: Option<&str>| {
        let security: Vec<_> = scheme.map(|name| json!({ name: [] })).into_iter().collect();
        json!({ "get": {
            "security": security,
            "responses": { "200": { "description": "ok" } },
            "x-amazon-apigateway-integration": {
                "type": "mock",
                "requestTemplates": { "application/json": "{\"statusCode\": 200}" },
                "responses": { "default": {
                    "statusCode": "200",
                    "responseTemplates": { "application/json": template }
                } }
            }
        } })
    };
    json!({
        "openapi": "3.0.1",
        "info": { "title": "protected", "version": "1" },
        "paths": {
            "/open": method("anybody", None),
            "/custom": method("$context.authorizer.principalId", Some("who")),
            "/pool": method("$context.authorizer.claims.sub", Some("pool")),
            "/signed": method("$context.identity.userArn", Some("sigv4"))
        },
        "components": { "securitySchemes": {
            "who": scheme("custom", json!({ "type": "token", "authorizerUri": uri })),
            "pool": scheme("cognito_user_pools",
                           json!({ "type": "cognito_user_pools", "providerARNs": [POOL] })),
            "sigv4": signed
        } }
    })
}

/// Starts a server of a document that may call whatever speaks like AWS.
fn serve(folder: &Folder, document: &Value, config: &str) -> Server {
    folder.write("api.json", &document.to_string());
    let config = folder.write(
        "tollgate.toml",
        &format!("[[apis]]\nfile = \"api.json\"\n{config}"),
    );
    let environment = [
        ("AWS_ENDPOINT_URL_LAMBDA", &*lambda()),
        ("AWS_ACCESS_KEY_ID", "AKIDGATEWAY"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
        ("AWS_SESSION_TOKEN", ""),
    ];
    let arguments = [
        "--config".as_ref(),
        config.as_os_str(),
        "--listen".as_ref(),
        "127.0.0.1:0".as_ref(),
    ];
    Server::launch_in(&environment, &arguments)
}

fn get(server: &Server, path: &str, header: &str) -> Received {
    Asked::send(server.address, &format!("GET {path} HTTP/1.1{header}"), b"").finish()
}

fn token(token: &str) -> String {
    format!("\r\nAuthorization: {token}")
}

/// The headers of a request that is signed now.
fn signature(path: &str, id: &str, secret: &str) -> String {
    let request = SignableRequest::new("GET", path, [("host", "api.example.com".as_bytes())]);
    let signer = Signer::new(Credentials::new(id, secret), "us-east-1", "execute-api");
    let now = Timestamp::from_unix(SystemClock::new().now().unix());
    let signed = signer.sign(&request, &PayloadHash::of(b""), now);
    let signed = signed.expect("it can be signed");
    signed
        .headers()
        .map(|(name, value)| format!("\r\n{name}: {value}"))
        .collect()
}

fn iam_key(id: &str) -> String {
    format!(
        "[iam_keys.{id}]\nsecret_file = \"alice.key\"\n\
         arn = \"arn:aws:iam::123456789012:user/alice\"\npolicies = [\"alice.json\"]\n"
    )
}

#[test]
fn strangers_are_refused_and_callers_are_let_in() {
    let (jwks_url, id_token) = pool();
    let folder = Folder::new();
    folder.write("alice.key", &format!("{SECRET}\n"));
    let policy = r#"{"Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}}"#;
    folder.write("alice.json", policy);
    let config = format!(
        "{}[user_pools.\"{POOL}\"]\nissuer = \"{ISSUER}\"\njwks_url = \"{jwks_url}\"\n",
        iam_key("AKIDALICE")
    );
    let mut server = serve(&folder, &document(), &config);
    let lines = server.lines();
    let alice = signature("/signed", "AKIDALICE", SECRET);
    for (row, path, header, expected) in [
        ("open", "/open", String::new(), (200, "anybody")),
        (
            "no token",
            "/custom",
            String::new(),
            (401, r#"{"message":"Unauthorized"}"#),
        ),
        (
            "a stranger's token",
            "/custom",
            token("me, too"),
            (
                403,
                r#"{"Message":"User is not authorized to access this resource with an explicit deny"}"#,
            ),
        ),
        (
            "the caller's token",
            "/custom",
            token("let-me-in"),
            (200, "alice"),
        ),
        (
            "no token of the pool",
            "/pool",
            String::new(),
            (401, r#"{"message":"Unauthorized"}"#),
        ),
        (
            "a broken one",
            "/pool",
            token(&format!("{id_token}A")),
            (401, r#"{"message":"Unauthorized"}"#),
        ),
        ("one of the pool", "/pool", token(&id_token), (200, "ada")),
        (
            "no signature",
            "/signed",
            String::new(),
            (403, r#"{"message":"Missing Authentication Token"}"#),
        ),
        (
            "an unknown key",
            "/signed",
            signature("/signed", "AKIDBOB", SECRET),
            (
                403,
                r#"{"message":"The security token included in the request is invalid."}"#,
            ),
        ),
        (
            "a key",
            "/signed",
            alice.clone(),
            (200, "arn:aws:iam::123456789012:user/alice"),
        ),
    ] {
        let found = get(&server, path, &header);
        assert_eq!(
            (found.status, found.text()),
            (Some(expected.0), expected.1),
            "{row}"
        );
    }
    // Keys come and go while the server runs, without a deployment.
    let changed = format!(
        "[[apis]]\nfile = \"api.json\"\n{}",
        config.replace("AKIDALICE", "AKIDBOB")
    );
    folder.write("tollgate.toml", &changed);
    lines.until(|line| line == "keys of callers and issuers of tokens changed");
    assert_eq!(get(&server, "/signed", &alice).status, Some(403));
    let bob = signature("/signed", "AKIDBOB", SECRET);
    assert_eq!(get(&server, "/signed", &bob).status, Some(200));
}

/// What the guide shows, with other people's code.
#[test]
fn curl_is_let_in() {
    let is_there = Command::new("curl").arg("--version").output().is_ok();
    if !is_there {
        let is_required = std::env::var("TOLLGATE_REQUIRE_SERVICES").is_ok_and(|it| it == "1");
        assert!(!is_required, "there is no curl");
        return println!("skipped: there is no curl");
    }
    let folder = Folder::new();
    folder.write("alice.key", SECRET);
    let policy = r#"{"Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "arn:aws:execute-api:*:*:*/default/GET/signed"}}"#;
    folder.write("alice.json", policy);
    let server = serve(&folder, &document(), &iam_key("AKIDALICE"));
    for (path, expected) in [
        ("/signed", "arn:aws:iam::123456789012:user/alice"),
        (
            "/restapis/api/default/_user_request_/signed",
            "arn:aws:iam::123456789012:user/alice",
        ),
        ("/signed/", "arn:aws:iam::123456789012:user/alice"),
    ] {
        let output = Command::new("curl")
            .args([
                "--silent",
                "--aws-sigv4",
                "aws:amz:us-east-1:execute-api",
                "--user",
            ])
            .arg(format!("AKIDALICE:{SECRET}"))
            .arg(format!("http://{}{path}", server.address))
            .output()
            .expect("it was there before");
        assert_eq!(String::from_utf8_lossy(&output.stdout), expected, "{path}");
    }
}

#[test]
fn a_resource_policy_is_enforced() {
    let folder = Folder::new();
    for (resource, address, status) in [
        ("execute-api:/default/GET/open", "127.0.0.0/8", 200),
        ("execute-api:/default/GET/open", "203.0.113.0/24", 403),
        ("execute-api:/other/*", "127.0.0.0/8", 403),
    ] {
        let mut document = document();
        document["x-amazon-apigateway-policy"] = json!({
            "Version": "2012-10-17",
            "Statement": [{
                "Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke",
                "Resource": resource,
                "Condition": { "IpAddress": { "aws:SourceIp": address } }
            }]
        });
        let server = serve(&folder, &document, "");
        let found = get(&server, "/open", "\r\nX-Forwarded-For: 203.0.113.9");
        assert_eq!(found.status, Some(status), "{resource} {address}");
    }
}

#[test]
fn what_is_wrong_with_callers_is_told() {
    let folder = Folder::new();
    folder.write("api.json", &document().to_string());
    folder.write("empty.key", "\n");
    folder.write("bad.json", r#"{"Statement": {}}"#);
    let key = "[iam_keys.AKID]\narn = \"arn:aws:iam::123456789012:user/a\"\n";
    for (config, expected) in [
        (
            key.to_owned(),
            "the key has no secret, expected secret or secret_file",
        ),
        (
            format!("{key}secret = \"hush\"\nsecret_file = \"empty.key\"\n"),
            "the key has a secret already",
        ),
        (
            format!("{key}secret_file = \"empty.key\"\n"),
            "iam_keys.AKID: the secret is empty",
        ),
        (format!("{key}secret_file = \"none.key\"\n"), "none.key"),
        (
            format!("{key}secret = \"hush\"\npolicies = [\"bad.json\"]\n"),
            "iam_keys.AKID: /Statement",
        ),
        (
            "[iam_keys.AKID]\narn = \"alice\"\nsecret = \"hush\"\n".to_owned(),
            "alice",
        ),
        (
            "[user_pools.a]\nissuer = \"a\"\njwks_url = \"keys\"\n".to_owned(),
            "expected a URL of a key set",
        ),
    ] {
        let file = folder.write(
            "tollgate.toml",
            &format!("[[apis]]\nfile = \"api.json\"\n{config}"),
        );
        let output = crate::process::tollgate()
            .args(["serve".as_ref(), "--config".as_ref(), file.as_os_str()])
            .output()
            .expect("the command can be run");
        let said = crate::process::said(&output);
        assert!(!output.status.success(), "{config}");
        assert!(said.contains(expected), "{config}: {said}");
        assert!(!said.contains("hush"), "{said}");
    }
}
