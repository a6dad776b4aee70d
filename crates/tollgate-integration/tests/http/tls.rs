//! Endpoints behind TLS.

use std::sync::Arc;

use http::uri::{Authority, Scheme};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedKey, IsCa, KeyPair, generate_simple_self_signed,
};
use rustls::RootCertStore;
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::PrivateKeyDer;
use rustls::server::WebPkiClientVerifier;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tollgate_core::GatewayResponseType;
use tollgate_integration::{ClientCertificate, Http, HttpClient, InvalidClientCertificate};

use crate::endpoint::{Endpoint, OK};
use crate::support::{PATIENCE, answer, call, get};

/// An endpoint with a certificate for this name; and the certificate, to be trusted.
async fn start(name: &str) -> (Authority, String) {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed([name.to_owned()]).expect("the test makes a good one");
    let authority = serve(cert.der().clone(), &signing_key, None).await;
    (authority, cert.pem())
}

/// An endpoint with a certificate for this name, until the end of this year, that is marked as an
/// authority's or not.
async fn start_until(year: i32, name: &str, is_ca: IsCa) -> Authority {
    let mut params = CertificateParams::new([name.to_owned()]).expect("the test makes a good one");
    params.not_before = rcgen::date_time_ymd(1999, 1, 1);
    params.not_after = rcgen::date_time_ymd(year, 12, 31);
    params.is_ca = is_ca;
    let key = KeyPair::generate().expect("the test makes a good one");
    let cert = params.self_signed(&key).expect("the test makes a good one");
    serve(cert.der().clone(), &key, None).await
}

/// Serves TLS with this certificate, to clients with that one, if there is one.
async fn serve(
    certificate: CertificateDer<'static>,
    key: &KeyPair,
    client: Option<CertificateDer<'static>>,
) -> Authority {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .expect("the test makes a good one");
    let config = match client {
        None => config.with_no_client_auth(),
        Some(client) => {
            let mut roots = RootCertStore::empty();
            roots.add(client).expect("the test makes a good one");
            let verifier =
                WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
            config.with_client_cert_verifier(verifier.expect("the test makes a good one"))
        }
    };
    let key = PrivateKeyDer::try_from(key.serialize_der()).expect("the test makes a good one");
    let config = config.with_single_cert(vec![certificate], key);
    let acceptor = TlsAcceptor::from(Arc::new(config.expect("the test makes a good one")));
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
    format!("localhost:{port}")
        .parse()
        .expect("the test makes a good one")
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

/// The issuer is all that `insecureSkipVerification` leaves out.
#[tokio::test]
async fn certificates_of_any_issuer_must_be_valid_for_the_name_and_now() {
    let ca = || IsCa::Ca(BasicConstraints::Unconstrained);
    let (good, _) = start("localhost").await;
    let good_ca = start_until(4000, "localhost", ca()).await;
    let (misnamed, _) = start("other.example").await;
    let misnamed_ca = start_until(4000, "other.example", ca()).await;
    let expired = start_until(2000, "localhost", IsCa::NoCa).await;
    let expired_ca = start_until(2000, "localhost", ca()).await;
    let client = HttpClient::default();
    let http = |authority| {
        Http::new(client.clone(), PATIENCE)
            .with_origin(&Scheme::HTTPS, authority)
            .with_any_issuer()
    };
    for authority in [&good, &good_ca] {
        let answer = answer(&http(authority), get("https://localhost/")).await;
        assert_eq!(answer.body, "ok");
    }
    for (authority, expected) in [
        (&misnamed, "not valid for"),
        (&misnamed_ca, "not valid for"),
        (&expired, "expired"),
        (&expired_ca, "expired"),
    ] {
        let rejection = call(&http(authority), get("https://localhost/")).await;
        let rejection = rejection.expect_err(expected);
        let reason = rejection.reason().unwrap_or_default();
        assert!(reason.contains(expected), "{reason}");
    }
    // What one integration allows is not allowed to another.
    let strict = Http::new(client.clone(), PATIENCE).with_origin(&Scheme::HTTPS, &good);
    assert!(call(&strict, get("https://localhost/")).await.is_err());
    // The connection goes one way, the certificate is for another name.
    let named = http(&misnamed).with_server_name("other.example");
    assert_eq!(
        answer(&named, get("https://other.example/")).await.body,
        "ok"
    );
}

#[tokio::test]
async fn endpoints_that_ask_for_it_are_shown_the_client_certificate() {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(["localhost".to_owned()]).expect("the test makes a good one");
    let ours = generate_simple_self_signed(["gateway".to_owned()]).expect("it is a good one");
    let authority = serve(
        cert.der().clone(),
        &signing_key,
        Some(ours.cert.der().clone()),
    )
    .await;
    let client = HttpClient::builder()
        .root_certificates(cert.pem().as_bytes())
        .unwrap()
        .build();
    let silent = Http::new(client, PATIENCE).with_origin(&Scheme::HTTPS, &authority);
    assert!(call(&silent, get("https://localhost/")).await.is_err());
    let pem = ours.signing_key.serialize_pem();
    let shown = ClientCertificate::from_pem(ours.cert.pem().as_bytes(), pem.as_bytes()).unwrap();
    let http = silent.with_client_certificate(shown);
    assert_eq!(answer(&http, get("https://localhost/")).await.body, "ok");
}

#[test]
fn a_client_certificate_has_its_key() {
    use InvalidClientCertificate::{Certificate, Key, Unfit};
    let pair = || {
        let pair = generate_simple_self_signed(["gateway".to_owned()]).expect("it is a good one");
        (pair.cert.pem(), pair.signing_key.serialize_pem())
    };
    let ((certificate, key), (other, _)) = (pair(), pair());
    let read = |certificate: &str, key: &str| {
        ClientCertificate::from_pem(certificate.as_bytes(), key.as_bytes())
    };
    let ours = read(&certificate, &key).unwrap();
    assert_eq!(ours, read(&certificate, &key).unwrap());
    assert!(!format!("{ours:?}").contains("PRIVATE"));
    assert!(matches!(read("", &key), Err(Certificate(_))));
    assert!(matches!(read(&key, &key), Err(Certificate(_))));
    assert!(matches!(read(&certificate, &certificate), Err(Key(_))));
    assert!(matches!(read(&other, &key), Err(Unfit(_))));
}
