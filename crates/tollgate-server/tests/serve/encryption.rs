//! TLS: certificates by name, versions of HTTP by agreement, and renewal.

use std::ffi::OsStr;
use std::sync::Arc;

use http_body_util::{BodyExt as _, Full};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::process::{Folder, Server, document};

/// Writes a certificate for a name, and its key.
fn certify(folder: &Folder, file: &str, name: &str) -> CertificateDer<'static> {
    let certified =
        rcgen::generate_simple_self_signed([name.to_owned()]).expect("it works in tests");
    // The certificate last: it is what a reader waits for.
    folder.write(
        &format!("{file}.key"),
        &certified.signing_key.serialize_pem(),
    );
    folder.write(&format!("{file}.pem"), &certified.cert.pem());
    certified.cert.der().clone()
}

async fn connect(
    server: &Server,
    name: &str,
    trusted: &[&CertificateDer<'static>],
    protocols: &[&str],
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    for certificate in trusted {
        roots
            .add((*certificate).clone())
            .expect("it works in tests");
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("it works in tests")
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = protocols
        .iter()
        .map(|one| one.as_bytes().to_vec())
        .collect();
    let stream = TcpStream::connect(server.address).await?;
    let name = ServerName::try_from(name.to_owned()).expect("it works in tests");
    TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await
}

async fn get(mut stream: TlsStream<TcpStream>, host: &str) -> String {
    let request = format!("GET /x HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream
        .write_all(request.as_bytes())
        .await
        .expect("it works in tests");
    let mut answer = String::new();
    stream
        .read_to_string(&mut answer)
        .await
        .expect("it works in tests");
    answer
}

const CONFIG: &str = r#"
[[listeners]]
address = "127.0.0.1:0"
tls = { certificate = "default.pem", private_key = "default.key" }

[timeouts]
handshake = "500ms"

[[apis]]
file = "a.json"
id = "api"

[[domains]]
name = "api.example.com"
tls = { certificate = "exact.pem", private_key = "exact.key" }
mappings = [{ api = "api" , stage = "default" }]

[[domains]]
name = "*.example.com"
tls = { certificate = "wild.pem", private_key = "wild.key" }
mappings = [{ api = "api", stage = "default" }]
"#;

#[tokio::test]
async fn certificates_go_by_the_name_that_is_asked_for() {
    let folder = Folder::new();
    folder.write("a.json", &document(&[("/x", "$context.domainName")]));
    let config = folder.write("tollgate.toml", CONFIG);
    let default = certify(&folder, "default", "localhost");
    let exact = certify(&folder, "exact", "api.example.com");
    let wild = certify(&folder, "wild", "*.example.com");
    let mut server = Server::launch(&[OsStr::new("--config"), config.as_os_str()]);
    assert!(
        server.greeting.contains("at https://127.0.0.1:"),
        "{}",
        server.greeting
    );

    for (name, certificate) in [
        ("api.example.com", &exact),
        ("other.example.com", &wild),
        ("localhost", &default),
    ] {
        let stream = connect(&server, name, &[certificate], &[]).await.unwrap();
        let answer = get(stream, "api.example.com").await;
        assert!(
            answer.ends_with("\r\n\r\napi.example.com"),
            "{name}: {answer}"
        );
    }
    // A name is shown its own certificate and no other.
    let other = connect(&server, "api.example.com", &[&wild], &[]).await;
    assert!(other.is_err());

    for (offered, agreed) in [
        (&["h2", "http/1.1"][..], Some(&b"h2"[..])),
        (&["http/1.1"], Some(b"http/1.1")),
        (&[], None),
    ] {
        let stream = connect(&server, "localhost", &[&default], offered)
            .await
            .unwrap();
        assert_eq!(stream.get_ref().1.alpn_protocol(), agreed, "{offered:?}");
    }

    // HTTP/2, as agreed.
    let stream = connect(&server, "localhost", &[&default], &["h2"])
        .await
        .unwrap();
    let handshake =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream));
    let (mut client, connection) = handshake.await.unwrap();
    let connection = tokio::spawn(connection);
    let request = http::Request::get("https://api.example.com/x");
    let request = request.body(Full::<bytes::Bytes>::default()).unwrap();
    let body = client
        .send_request(request)
        .await
        .unwrap()
        .into_body()
        .collect()
        .await
        .unwrap();
    assert_eq!(body.to_bytes(), "api.example.com");
    drop(client);
    connection.await.unwrap().unwrap();

    // Who says nothing is let go, and who speaks plainly is not understood.
    for sent in ["", "GET / HTTP/1.1\r\n\r\n"] {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(sent.as_bytes()).await.unwrap();
        let mut said = Vec::new();
        // A connection that is reset is closed, too.
        drop(stream.read_to_end(&mut said).await);
        assert!(!said.starts_with(b"HTTP"), "{}", said.escape_ascii());
    }

    // A renewed certificate is shown to those who come next.
    let mut said = server.said();
    let renewed = certify(&folder, "exact", "api.example.com");
    folder.write("a.json", &document(&[("/x", "renewed")]));
    assert!(said.any(|line| line.starts_with("deployed ")));
    let stream = connect(&server, "api.example.com", &[&renewed], &[])
        .await
        .unwrap();
    assert!(
        get(stream, "api.example.com")
            .await
            .ends_with("\r\n\r\nrenewed")
    );
}

#[test]
fn certificates_that_cannot_be_used_are_named() {
    let folder = Folder::new();
    folder.write("a.json", &document(&[("/x", "x")]));
    let config = folder.write("tollgate.toml", CONFIG);
    for name in ["default", "exact", "wild"] {
        certify(&folder, name, "localhost");
    }
    let refused = |file: &str, text: &str| {
        let before = std::fs::read_to_string(folder.path(file)).unwrap();
        folder.write(file, text);
        let output = crate::process::tollgate()
            .args(["serve", "--config"])
            .arg(&config)
            .output();
        folder.write(file, &before);
        let output = output.unwrap();
        assert_eq!(output.status.code(), Some(1));
        crate::process::said(&output)
    };
    let said = refused("exact.pem", "nothing");
    assert!(
        said.starts_with("error: there is no certificate in "),
        "{said}"
    );
    assert!(said.contains("exact.pem"), "{said}");
    let said = refused("wild.key", "nothing");
    assert!(
        said.starts_with("error: cannot read ") && said.contains("wild.key"),
        "{said}"
    );
    let other = rcgen::generate_simple_self_signed(["b".to_owned()]).unwrap();
    let said = refused("default.key", &other.signing_key.serialize_pem());
    assert!(said.contains("do not fit"), "{said}");
    let half = CONFIG.replace(", private_key = \"default.key\"", "");
    let said = refused("tollgate.toml", &half);
    assert!(
        said.starts_with("error: private_key is missing beside it\n")
            && said.contains("tollgate.toml:4:23\n"),
        "{said}"
    );
}
