//! Endpoints behind TLS.

use std::sync::Arc;

use http::uri::{Authority, Scheme};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::PrivateKeyDer;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tollgate_core::GatewayResponseType;
use tollgate_integration::{Http, HttpClient};

use crate::endpoint::{Endpoint, OK};
use crate::support::{PATIENCE, answer, call, get};

/// An endpoint with a certificate for this name; and the certificate, to be trusted.
async fn start(name: &str) -> (Authority, String) {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed([name.to_owned()]).expect("the test makes a good one");
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("the test makes a good one")
        .with_no_client_auth()
        .with_single_cert(
            vec![cert.der().clone()],
            PrivateKeyDer::try_from(signing_key.serialize_der())
                .expect("the test makes a good one"),
        )
        .expect("the test makes a good one");
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0")
        .await
        .expect("the test makes a good one");
    let port = listener
        .local_addr()
        .expect("the test makes a good one")
        .port();
    let plain = Endpoint::start(&[OK]).await;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, plain) = (acceptor.clone(), plain.clone());
            tokio::spawn(async move {
                if let Ok(stream) = acceptor.accept(stream).await {
                    plain.serve(stream, &[OK]).await;
                }
            });
        }
    });
    (
        format!("localhost:{port}")
            .parse()
            .expect("the test makes a good one"),
        cert.pem(),
    )
}

#[tokio::test]
async fn only_an_endpoint_with_a_trusted_certificate_for_its_name_is_called() {
    let (localhost, trusted) = start("localhost").await;
    let (misnamed, also_trusted) = start("other.example").await;
    let client = HttpClient::builder()
        .root_certificates(trusted.as_bytes())
        .and_then(|builder| builder.root_certificates(also_trusted.as_bytes()))
        .unwrap()
        .build();
    let http = |authority, client: &HttpClient| {
        Http::new(client.clone(), PATIENCE).with_origin(&Scheme::HTTPS, authority)
    };
    for _ in 0..2 {
        let answer = answer(&http(&localhost, &client), get("https://localhost/")).await;
        assert_eq!(answer.body, "ok");
    }
    for (authority, client) in [(&misnamed, &client), (&localhost, &HttpClient::default())] {
        let rejection = call(&http(authority, client), get("https://localhost/"))
            .await
            .unwrap_err();
        let failure = Some(GatewayResponseType::IntegrationFailure);
        assert_eq!(rejection.response_type(), failure);
        assert!(
            rejection.reason().unwrap().contains("certificate"),
            "{rejection:?}"
        );
    }
}

#[test]
fn what_is_no_certificate_is_not_trusted() {
    for text in [
        "",
        "hello",
        "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n",
    ] {
        let refused = HttpClient::builder().root_certificates(text.as_bytes());
        let error = refused.unwrap_err().to_string();
        assert!(error.contains("no certificates in PEM form"), "{error}");
    }
}
