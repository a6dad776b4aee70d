//! What `tollgate.toml` says of the way to endpoints: VPC links and client certificates.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};
use serde_json::json;

use crate::process::{Folder, Server};

fn pair(name: &str) -> CertifiedKey<rcgen::KeyPair> {
    generate_simple_self_signed([name.to_owned()]).expect("the test makes a good one")
}

/// An HTTPS endpoint for this name that only serves who shows that certificate. It answers with the
/// host that is asked for, and ends with the test.
fn endpoint(name: &str, client: CertificateDer<'static>) -> SocketAddr {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let mut roots = RootCertStore::empty();
    roots.add(client).expect("the test makes a good one");
    let verifier =
        WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone()).build();
    let own = pair(name);
    let key = PrivateKeyDer::try_from(own.signing_key.serialize_der());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("the test makes a good one")
        .with_client_cert_verifier(verifier.expect("the test makes a good one"))
        .with_single_cert(vec![own.cert.der().clone()], key.expect("it is a good one"));
    let config = Arc::new(config.expect("the test makes a good one"));
    let listener = TcpListener::bind("127.0.0.1:0").expect("the loopback works");
    let address = listener.local_addr().expect("the loopback works");
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let stream = stream.expect("the loopback works");
            let connection = ServerConnection::new(config.clone()).expect("it is a good one");
            let mut stream = StreamOwned::new(connection, stream);
            let mut head = Vec::new();
            let mut byte = [0];
            // Who shows no certificate does not get so far.
            while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|it| it > 0) {
                head.push(byte[0]);
            }
            let head = String::from_utf8_lossy(&head).into_owned();
            if let Some(host) = head.lines().find_map(|line| line.strip_prefix("host: ")) {
                let length = host.len();
                let answer = format!(
                    "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{host}"
                );
                drop(stream.write_all(answer.as_bytes()));
                stream.conn.send_close_notify();
                drop(stream.flush());
            }
        }
    });
    address
}

#[test]
fn links_and_client_certificates_lead_to_endpoints() {
    let folder = Folder::new();
    let ours = pair("gateway");
    folder.write("ours.pem", &ours.cert.pem());
    folder.write("ours.key", &ours.signing_key.serialize_pem());
    let local = endpoint("localhost", ours.cert.der().clone());
    let linked = endpoint("pets.internal.example", ours.cert.der().clone());
    let method = |uri: &str, more: serde_json::Value| {
        let mut integration = json!({ "type": "http_proxy", "httpMethod": "GET", "uri": uri,
            "tlsConfig": { "insecureSkipVerification": true } });
        integration
            .as_object_mut()
            .expect("it is an object")
            .extend(more.as_object().expect("it is an object").clone());
        json!({ "get": { "x-amazon-apigateway-integration": integration } })
    };
    let link = json!({ "connectionType": "VPC_LINK", "connectionId": "${stageVariables.link}" });
    let document = json!({
        "openapi": "3.0.1",
        "info": { "title": "test", "version": "1" },
        "paths": {
            "/direct": method(&format!("https://localhost:{}/", local.port()), json!({})),
            "/linked": method("https://pets.internal.example/", link),
        }
    });
    folder.write("api.json", &document.to_string());
    let config = format!(
        "[[apis]]\nfile = \"api.json\"\nstages = [\n\
         {{ name = \"shows\", client_certificate = \"ours\", variables = {{ link = \"link1\" }} }},\n\
         {{ name = \"hides\", variables = {{ link = \"link1\" }} }},\n]\n\
         [vpc_links]\nlink1 = \"https://{linked}\"\n\
         [client_certificates]\n\
         ours = {{ certificate = \"ours.pem\", private_key = \"ours.key\" }}\n"
    );
    let config = folder.write("tollgate.toml", &config);
    let arguments = ["--config".as_ref(), config.as_os_str()];
    let listen = ["--listen".as_ref(), "127.0.0.1:0".as_ref()];
    let server = Server::launch(&[arguments, listen].concat());
    let host = format!("localhost:{}", local.port());
    for (path, expected) in [
        ("/shows/direct", &*host),
        ("/shows/linked", "pets.internal.example"),
    ] {
        let answer = server.get(path);
        assert_eq!((answer.status, &*answer.body), (200, expected), "{path}");
    }
    for path in ["/hides/direct", "/hides/linked"] {
        let answer = server.get(path);
        assert_eq!(answer.status, 504, "{path}: {answer:?}");
    }
}
