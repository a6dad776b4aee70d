//! Mutual TLS: who reaches a domain with a truststore, and what is known of them.

mod stored;

use std::ffi::OsStr;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, IsCa, KeyPair, SerialNumber, date_time_ymd,
};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion, version};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::process::{Folder, Server, document, said, tollgate};

const CONFIG: &str = r#"
[[listeners]]
address = "127.0.0.1:0"
tls = { certificate = "server.pem", private_key = "server.key" }

[[listeners]]
address = "127.0.0.1:0"

[[apis]]
file = "a.json"
id = "api"

[[domains]]
name = "closed.example.com"
truststore = "clients.pem"
mappings = [{ api = "api" , stage = "default" }]

[[domains]]
name = "*.closed.example.com"
truststore = "others.pem"
mappings = [{ api = "api" , stage = "default" }]

[[domains]]
name = "open.closed.example.com"
mappings = [{ api = "api" , stage = "default" }]

[[domains]]
name = "open.example.com"
mappings = [{ api = "api" , stage = "default" }]
"#;

type Issuer = CertifiedIssuer<'static, KeyPair>;

fn key() -> KeyPair {
    KeyPair::generate().expect("it works in tests")
}

fn params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    let mut of = DistinguishedName::new();
    of.push(DnType::CountryName, "DE");
    of.push(DnType::CommonName, name);
    params.distinguished_name = of;
    params
}

fn params_of_issuer(name: &str) -> CertificateParams {
    let mut params = params(name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
}

fn root(name: &str) -> Issuer {
    CertifiedIssuer::self_signed(params_of_issuer(name), key()).expect("it works in tests")
}

fn below(name: &str, issuer: &Issuer) -> Issuer {
    CertifiedIssuer::signed_by(params_of_issuer(name), key(), issuer).expect("it works in tests")
}

/// What a client shows.
struct Identity {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

impl Identity {
    fn clone(&self) -> (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>) {
        (self.chain.clone(), self.key.clone_key())
    }
}

/// A client whose certificate an issuer signed, and who shows those of other issuers with it.
fn client(params: &CertificateParams, issuer: &Issuer, others: &[&Issuer]) -> Identity {
    let key = key();
    let own = params.signed_by(&key, issuer).expect("it works in tests");
    let others = others.iter().map(|one| one.der().clone());
    Identity {
        chain: std::iter::once(own.der().clone()).chain(others).collect(),
        key: PrivateKeyDer::try_from(key.serialize_der()).expect("it works in tests"),
    }
}

/// A server, and the authority that its clients trust.
struct Closed {
    folder: Folder,
    server: Server,
    certificate: CertificateDer<'static>,
}

/// The files of a server; the configuration's path, and the server's certificate.
fn files(folder: &Folder, clients: &str, others: &str) -> CertificateDer<'static> {
    let certificate = certificate_of_server(folder);
    folder.write("clients.pem", clients);
    folder.write("others.pem", others);
    let shown = "[$!context.identity.clientCert.subjectDN]";
    let all = "#set($c = $context.identity.clientCert)$c.subjectDN|$c.issuerDN|$c.serialNumber|\
               $c.validity.notBefore|$c.validity.notAfter|$c.clientCertPem";
    folder.write("a.json", &document(&[("/x", shown), ("/all", all)]));
    folder.write("tollgate.toml", CONFIG);
    certificate
}

/// Writes the certificate of a server, and its key.
fn certificate_of_server(folder: &Folder) -> CertificateDer<'static> {
    let names = [
        "localhost",
        "closed.example.com",
        "*.closed.example.com",
        "open.example.com",
    ];
    let own = rcgen::generate_simple_self_signed(names.map(str::to_owned));
    let own = own.expect("it works in tests");
    folder.write("server.pem", &own.cert.pem());
    folder.write("server.key", &own.signing_key.serialize_pem());
    own.cert.der().clone()
}

impl Closed {
    fn start(clients: &str, others: &str) -> Self {
        let folder = Folder::new();
        let certificate = files(&folder, clients, others);
        let config = folder.path("tollgate.toml");
        let server = Server::launch(&[OsStr::new("--config"), config.as_os_str()]);
        Self {
            folder,
            server,
            certificate,
        }
    }

    async fn connect(
        &self,
        name: &str,
        identity: Option<&Identity>,
        version: &'static SupportedProtocolVersion,
        protocols: &[&[u8]],
    ) -> io::Result<TlsStream<TcpStream>> {
        let to = (self.server.address, &self.certificate);
        connect(to, name, identity, version, protocols).await
    }

    /// Status and body for a request on a connection of its own; an error where the connection is
    /// refused.
    async fn ask(
        &self,
        name: &str,
        identity: Option<&Identity>,
        head: &str,
    ) -> io::Result<(u16, String)> {
        let stream = self.connect(name, identity, &version::TLS13, &[]).await?;
        ask(stream, head).await
    }

    async fn get(
        &self,
        name: &str,
        identity: Option<&Identity>,
        host: &str,
    ) -> io::Result<(u16, String)> {
        let head = format!("GET /x HTTP/1.1\r\nHost: {host}\r\n");
        self.ask(name, identity, &head).await
    }
}

/// Connects to a name at a server with this certificate. Who is refused may hear of it only when it reads.
async fn connect(
    (address, certificate): (SocketAddr, &CertificateDer<'static>),
    name: &str,
    identity: Option<&Identity>,
    version: &'static SupportedProtocolVersion,
    protocols: &[&[u8]],
) -> io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(certificate.clone()).expect("it works in tests");
    let provider = Arc::new(aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[version])
        .expect("it works in tests")
        .with_root_certificates(roots);
    let mut config = match identity.map(Identity::clone) {
        None => config.with_no_client_auth(),
        Some((chain, key)) => {
            // Whether they belong together is for the server to find out.
            let key = aws_lc_rs::sign::any_supported_type(&key).expect("it works in tests");
            let shown = SingleCertAndKey::from(CertifiedKey::new(chain, key));
            config.with_client_cert_resolver(Arc::new(shown))
        }
    };
    config.alpn_protocols = protocols.iter().map(|one| one.to_vec()).collect();
    let stream = TcpStream::connect(address).await?;
    let name = ServerName::try_from(name.to_owned()).expect("it works in tests");
    let connector = TlsConnector::from(Arc::new(config));
    connector.connect(name, stream).await
}

async fn ask(mut stream: TlsStream<TcpStream>, head: &str) -> io::Result<(u16, String)> {
    let head = format!("{head}Connection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    let (head, body) = answer.split_once("\r\n\r\n").expect("it has a head");
    let status = head[9..12].parse().expect("it has a status");
    Ok((status, body.to_owned()))
}

const FORBIDDEN: &str = r#"{"message":"Forbidden"}"#;

#[tokio::test]
async fn only_clients_with_a_trusted_certificate_are_spoken_with() {
    let (ours, stranger) = (root("ours"), root("stranger"));
    let mut expired = params_of_issuer("old");
    expired.not_after = date_time_ymd(2020, 1, 1);
    let expired = CertifiedIssuer::self_signed(expired, key()).expect("it works in tests");
    let first = below("first", &ours);
    let second = below("second", &first);
    let third = below("third", &second);
    let closed = Closed::start(&format!("{}{}", ours.pem(), expired.pem()), &stranger.pem());
    let changed = |change: fn(&mut CertificateParams)| {
        let mut params = params("client");
        change(&mut params);
        params
    };
    let usual = params("client");
    let over = changed(|params| params.not_after = date_time_ymd(2020, 1, 1));
    let to_come = changed(|params| params.not_before = date_time_ymd(2100, 1, 1));
    let usage = ExtendedKeyUsagePurpose::ServerAuth;
    let mut of_server = params("client");
    of_server.extended_key_usages = vec![usage];
    let mut of_client = params("client");
    of_client.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    let authority = changed(|params| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained));
    let mut stolen = client(&usual, &ours, &[]);
    stolen.key = client(&usual, &ours, &[]).key;
    let rows = [
        ("a trusted one", Some(client(&usual, &ours, &[])), true),
        (
            "one for clients",
            Some(client(&of_client, &ours, &[])),
            true,
        ),
        (
            "the root beside it",
            Some(client(&usual, &ours, &[&ours])),
            true,
        ),
        (
            "a chain of four",
            Some(client(&usual, &second, &[&second, &first])),
            true,
        ),
        (
            "a chain of five",
            Some(client(&usual, &third, &[&third, &second, &first])),
            false,
        ),
        (
            "a chain that is not whole",
            Some(client(&usual, &first, &[])),
            false,
        ),
        ("none", None, false),
        (
            "one of a stranger",
            Some(client(&usual, &stranger, &[&stranger])),
            false,
        ),
        (
            "one of an issuer of the same name",
            Some(client(&usual, &root("ours"), &[])),
            false,
        ),
        ("an expired one", Some(client(&over, &ours, &[])), false),
        (
            "one of next century",
            Some(client(&to_come, &ours, &[])),
            false,
        ),
        (
            "one for servers",
            Some(client(&of_server, &ours, &[])),
            false,
        ),
        (
            "one of an authority",
            Some(client(&authority, &ours, &[])),
            false,
        ),
        (
            "one of an expired authority",
            Some(client(&usual, &expired, &[])),
            false,
        ),
    ];
    for (what, identity, expected) in &rows {
        for version in [&version::TLS12, &version::TLS13] {
            let head = "GET /x HTTP/1.1\r\nHost: closed.example.com\r\n";
            let name = "closed.example.com";
            let stream = closed.connect(name, identity.as_ref(), version, &[]).await;
            let answer = match stream {
                Ok(stream) => ask(stream, head).await,
                Err(error) => Err(error),
            };
            if *expected {
                let shown = (200, "[C=DE,CN=client]".to_owned());
                assert_eq!(answer.expect(what), shown, "{what} {version:?}");
            } else {
                assert!(answer.is_err(), "{what} {version:?}: {answer:?}");
            }
        }
    }
    // A certificate alone is not enough.
    let name = "closed.example.com";
    let refused = closed.get(name, Some(&stolen), name).await;
    assert!(refused.is_err(), "{refused:?}");
}

#[tokio::test]
async fn no_other_name_leads_to_a_closed_domain() {
    let (ours, theirs) = (root("ours"), root("theirs"));
    let closed = Closed::start(&ours.pem(), &theirs.pem());
    let ours = client(&params("client"), &ours, &[]);
    let theirs = client(&params("admin"), &theirs, &[]);
    let forbidden = (403, FORBIDDEN);
    for (name, identity, host, expected) in [
        (
            "closed.example.com",
            Some(&ours),
            "closed.example.com",
            (200, "[C=DE,CN=client]"),
        ),
        (
            "closed.example.com",
            Some(&ours),
            "CLOSED.example.com.:8443",
            (200, "[C=DE,CN=client]"),
        ),
        (
            "a.closed.example.com",
            Some(&theirs),
            "b.closed.example.com",
            (200, "[C=DE,CN=admin]"),
        ),
        // Connected for a name that needs no certificate.
        ("open.example.com", None, "closed.example.com", forbidden),
        (
            "open.example.com",
            Some(&ours),
            "closed.example.com",
            forbidden,
        ),
        (
            "open.closed.example.com",
            None,
            "a.closed.example.com",
            forbidden,
        ),
        (
            "open.closed.example.com",
            None,
            "closed.example.com",
            forbidden,
        ),
        ("localhost", None, "closed.example.com", forbidden),
        ("localhost", None, "CLOSED.Example.com.", forbidden),
        ("localhost", None, "closed.example.com:443", forbidden),
        ("localhost", None, "closed.example.com.:443", forbidden),
        // Connected for one that trusts others.
        (
            "a.closed.example.com",
            Some(&theirs),
            "closed.example.com",
            forbidden,
        ),
        (
            "closed.example.com",
            Some(&ours),
            "a.closed.example.com",
            forbidden,
        ),
        // What needs no certificate shows none, whoever asks.
        ("open.example.com", None, "open.example.com", (200, "[]")),
        (
            "open.closed.example.com",
            None,
            "open.closed.example.com",
            (200, "[]"),
        ),
        (
            "closed.example.com",
            Some(&ours),
            "open.example.com",
            (200, "[]"),
        ),
        (
            "a.closed.example.com",
            Some(&theirs),
            "open.closed.example.com",
            (200, "[]"),
        ),
    ] {
        let answer = closed.get(name, identity, host).await;
        let (status, body) = answer.unwrap_or_else(|error| panic!("{name} {host}: {error}"));
        assert_eq!((status, &*body), expected, "{name} {host}");
    }

    // By the target, and by more hosts than one.
    for head in [
        "GET https://closed.example.com/x HTTP/1.1\r\nHost: closed.example.com\r\n",
        "GET https://closed.example.com/x HTTP/1.1\r\nHost: open.example.com\r\n",
        "GET https://open.example.com/x HTTP/1.1\r\nHost: closed.example.com\r\n",
        "GET /x HTTP/1.1\r\nHost: open.example.com\r\nHost: closed.example.com\r\n",
        "GET /x HTTP/1.1\r\nHost: closed.example.com\r\nHost: open.example.com\r\n",
    ] {
        let (status, body) = closed.ask("open.example.com", None, head).await.unwrap();
        assert!(matches!(status, 400 | 403), "{head}: {status} {body}");
    }

    // The API's own host needs none: whoever wants it closed disables it.
    let head = "GET /default/x HTTP/1.1\r\nHost: api.execute-api.localhost\r\n";
    let answer = closed.ask("localhost", None, head).await.unwrap();
    assert_eq!(answer, (200, "[]".to_owned()));

    // Over HTTP/2, where one connection has requests for several hosts.
    let connected = closed.connect("open.example.com", None, &version::TLS13, &[b"h2"]);
    let io = TokioIo::new(connected.await.unwrap());
    let (mut http2, connection) = hyper::client::conn::http2::handshake(TokioExecutor::new(), io)
        .await
        .unwrap();
    let connection = tokio::spawn(connection);
    for (host, expected) in [
        ("open.example.com", (200, "[]")),
        ("closed.example.com", forbidden),
        ("a.closed.example.com", forbidden),
    ] {
        let request = http::Request::get(format!("https://{host}/x"));
        let request = request.body(Full::<bytes::Bytes>::default()).unwrap();
        let answer = http2.send_request(request).await.unwrap();
        let status = answer.status().as_u16();
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(
            (status, &*body),
            (expected.0, expected.1.as_bytes()),
            "{host}"
        );
    }
    drop(http2);
    connection.await.unwrap().unwrap();

    // Nor does a connection that is not encrypted.
    let plain = closed.server.greeting.split("listening at http://").nth(1);
    let plain = plain.and_then(|rest| rest.split([' ', '/']).next());
    let mut stream = TcpStream::connect(plain.expect("it is in the greeting"))
        .await
        .unwrap();
    let head = "GET /x HTTP/1.1\r\nHost: closed.example.com\r\nConnection: close\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 403 ") && answer.ends_with(FORBIDDEN),
        "{answer}"
    );
}

#[tokio::test]
async fn everything_about_the_certificate_is_shown() {
    let ours = root("ours");
    let closed = Closed::start(&ours.pem(), &ours.pem());
    let mut params = params("client, CN=admin");
    params.serial_number = Some(SerialNumber::from(vec![0x21; 16]));
    params.not_before = date_time_ymd(2019, 5, 28);
    params.not_after = date_time_ymd(2121, 8, 5);
    let identity = client(&params, &ours, &[]);
    let name = "closed.example.com";
    let head = format!("GET /all HTTP/1.1\r\nHost: {name}\r\n");
    let (status, body) = closed.ask(name, Some(&identity), &head).await.unwrap();
    let serial = ["21"; 16].join(":");
    let expected = format!(
        "C=DE,CN=client\\, CN=admin|C=DE,CN=ours|{serial}|May 28 00:00:00 2019 GMT|\
         Aug  5 00:00:00 2121 GMT|-----BEGIN CERTIFICATE-----\n"
    );
    assert_eq!(status, 200);
    assert!(body.starts_with(&expected), "{body}");
}

#[tokio::test]
async fn truststores_are_read_again_and_close_what_they_cannot_open() {
    let (before, after) = (root("before"), root("after"));
    let mut closed = Closed::start(&before.pem(), &before.pem());
    let mut said = closed.server.said();
    let one = client(&params("one"), &before, &[]);
    let other = client(&params("other"), &after, &[]);
    let name = "closed.example.com";
    assert_eq!(closed.get(name, Some(&one), name).await.unwrap().0, 200);
    assert!(closed.get(name, Some(&other), name).await.is_err());

    closed.folder.write("clients.pem", &after.pem());
    let changed = document(&[("/x", "changed")]);
    closed.folder.write("a.json", &changed);
    assert!(said.any(|line| line.starts_with("deployed ")));
    assert!(closed.get(name, Some(&one), name).await.is_err());
    assert_eq!(closed.get(name, Some(&other), name).await.unwrap().0, 200);

    // A truststore that cannot be read lets nobody in where none did before.
    let name = "open.example.com";
    assert_eq!(closed.get(name, None, name).await.unwrap().0, 200);
    let open = "name = \"open.example.com\"";
    let config = CONFIG.replace(open, &format!("{open}\ntruststore = \"none.pem\""));
    closed.folder.write("tollgate.toml", &config);
    assert!(said.any(|line| line == "the certificates before stay in use"));
    let answer = closed.get(name, Some(&other), name).await.unwrap();
    assert_eq!(answer, (403, FORBIDDEN.to_owned()));
    // Where one did, it still does.
    let name = "closed.example.com";
    assert_eq!(closed.get(name, Some(&other), name).await.unwrap().0, 200);
    assert!(closed.get(name, Some(&one), name).await.is_err());
    // It is there now.
    let name = "open.example.com";
    closed.folder.write("none.pem", &after.pem());
    closed.folder.write("a.json", &document(&[("/x", "again")]));
    assert!(said.any(|line| line.starts_with("deployed ")));
    assert_eq!(closed.get(name, Some(&other), name).await.unwrap().0, 200);
    assert!(closed.get(name, None, name).await.is_err());
}

#[tokio::test]
async fn a_domain_opens_no_sooner_than_what_opens_it_is_served() {
    let ours = root("ours");
    let mut closed = Closed::start(&ours.pem(), &ours.pem());
    let mut said = closed.server.said();
    let one = client(&params("one"), &ours, &[]);
    let name = "closed.example.com";
    assert!(closed.get(name, None, name).await.is_err());

    // A configuration that opens it, and names a file that is not there.
    let open = CONFIG.replace("truststore = \"clients.pem\"\n", "");
    let key = "[iam_keys.AKIDALICE]\nsecret_file = \"none.key\"\n\
               arn = \"arn:aws:iam::123456789012:user/alice\"\n";
    closed
        .folder
        .write("tollgate.toml", &format!("{open}{key}"));
    assert!(said.any(|line| line == "what was served before stays"));
    assert!(closed.get(name, None, name).await.is_err());
    assert_eq!(closed.get(name, Some(&one), name).await.unwrap().0, 200);

    // One that can be served, of the same documents. Nothing is said of it until another thing changes.
    closed.folder.write("tollgate.toml", &open);
    let opens = async {
        while closed.get(name, None, name).await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), opens)
        .await
        .expect("it opens");
}

#[test]
fn truststores_that_cannot_be_used_are_named() {
    let folder = Folder::new();
    let ours = root("ours").pem();
    files(&folder, &ours, &ours);
    let config = folder.path("tollgate.toml");
    let refused = |file: &str, text: &str| {
        let before = std::fs::read_to_string(folder.path(file)).expect("it is there");
        folder.write(file, text);
        let output = tollgate().args(["serve", "--config"]).arg(&config).output();
        folder.write(file, &before);
        let output = output.expect("the command can be run");
        assert_eq!(output.status.code(), Some(1), "{file}");
        said(&output)
    };
    let key = key().serialize_pem();
    let broken = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
    let unread = "-----BEGIN CERTIFICATE-----\n?\n-----END CERTIFICATE-----\n";
    for (text, expected) in [
        ("", "error: there is no certificate in "),
        (&*key, "error: there is no certificate in "),
        (
            &ours.repeat(1_001),
            "more certificates than the 1000 that a truststore may have",
        ),
        (&format!("{ours}{broken}"), "error: certificate 2 in "),
        (unread, "error: cannot read "),
    ] {
        let said = refused("clients.pem", text);
        assert!(
            said.contains(expected) && said.contains("clients.pem"),
            "{said}"
        );
    }
    let tls = "tls = { certificate = \"server.pem\", private_key = \"server.key\" }\n";
    let said = refused("tollgate.toml", &CONFIG.replace(tls, ""));
    let expected = "error: the domain closed.example.com has a truststore, but no listener for APIs \
                    has tls: nobody could call it\n";
    assert_eq!(said, expected);

    // The service's limit.
    folder.write("clients.pem", &ours.repeat(1_000));
    Server::launch(&[OsStr::new("--config"), config.as_os_str()]);

    // Two of the same subject, one signed by another.
    let (one, issuer) = (root("same"), root("issuer"));
    let other = below("same", &issuer);
    folder.write("clients.pem", &format!("{}{}", one.pem(), other.pem()));
    let mut server = Server::launch(&[OsStr::new("--config"), config.as_os_str()]);
    let warned = server.lines().until(|line| line.starts_with("warning: "));
    assert!(
        warned.starts_with("warning: certificates 1 and 2 in ")
            && warned.ends_with(" have the same subject and different issuers"),
        "{warned}"
    );
}
