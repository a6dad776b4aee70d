//! Domain names that the control plane makes.

use std::io::Write as _;
use std::net::TcpStream as BlockingStream;
use std::path::Path;
use std::{fs, os};

use serde_json::{Value, json};

use super::*;
use crate::process::{Answer, Lines};

const NAME: &str = "closed.example.com";

const STORED: &str = r#"
truststores = "objects"

[[listeners]]
address = "127.0.0.1:0"
tls = { certificate = "server.pem", private_key = "server.key" }

[[listeners]]
address = "127.0.0.1:0"

[control]
address = "127.0.0.1:0"
"#;

/// A server of a store with an API.
struct Stored {
    folder: Folder,
    /// Arguments that name the store.
    store: [String; 2],
    server: Server,
    said: Lines,
    certificate: CertificateDer<'static>,
    plain: Option<SocketAddr>,
    control: Option<SocketAddr>,
}

impl Stored {
    /// One of a folder of its own.
    fn start(config: &str) -> Self {
        let folder = Folder::new();
        let data = folder.path("data").display().to_string();
        let store = ["--data".to_owned(), data];
        deploy(&folder, &store);
        Self::of(folder, store, config)
    }

    /// One of a store that has the API.
    fn of(folder: Folder, store: [String; 2], config: &str) -> Self {
        let certificate = certificate_of_server(&folder);
        folder.write("tollgate.toml", config);
        Self::over(folder, store, certificate)
    }

    fn over(folder: Folder, store: [String; 2], certificate: CertificateDer<'static>) -> Self {
        let config = folder.path("tollgate.toml");
        let [kind, place] = store.each_ref().map(OsStr::new);
        let mut server = Server::launch(&[kind, place, OsStr::new("--config"), config.as_os_str()]);
        let address = |before: &str| {
            let rest = server.greeting.split(before).nth(1)?;
            rest.split([' ', '/']).next()?.parse().ok()
        };
        let plain = address("listening at http://");
        let control = address("control plane at http://");
        Self {
            said: server.lines(),
            folder,
            store,
            server,
            certificate,
            plain,
            control,
        }
    }

    fn again(self) -> Self {
        self.server.signal("TERM");
        self.server.wait_for_end();
        Self::over(self.folder, self.store, self.certificate)
    }

    /// Puts an object into a bucket.
    fn put(&self, bucket: &str, key: &str, text: &str) {
        let file = self.folder.path("objects").join(bucket).join(key);
        let parent = file.parent().expect("it has one");
        fs::create_dir_all(parent).expect("the folder is ours");
        let new = file.with_extension("new");
        fs::write(&new, text).expect("the folder is ours");
        fs::rename(&new, &file).expect("the folder is ours");
    }

    fn remove(&self, bucket: &str, key: &str) {
        let file = self.folder.path("objects").join(bucket).join(key);
        fs::remove_file(file).expect("it is there");
    }

    fn call(&self, verb: &str, path: &str, body: &Value) -> (u16, Value) {
        let body = body.to_string();
        let control = self.control.expect("it has a control plane");
        let mut stream = BlockingStream::connect(control).expect("the server listens");
        write!(
            stream,
            "{verb} {path} HTTP/1.1\r\nHost: {control}\r\nConnection: close\r\nContent-Length: {}\r\n\
             Content-Type: application/json\r\n\r\n{body}",
            body.len()
        )
        .expect("the server reads");
        let answer = Answer::read(stream);
        let body = if answer.body.is_empty() {
            json!(null)
        } else {
            answer.json()
        };
        (answer.status, body)
    }

    /// The same, of a call that does what it is asked for.
    fn done(&self, verb: &str, path: &str, body: &Value) -> Value {
        let (status, answer) = self.call(verb, path, body);
        assert!(
            (200..300).contains(&status),
            "{verb} {path}: {status} {answer}"
        );
        answer
    }

    /// Makes a domain that leads to the API.
    fn make(&self, name: &str, truststore: Option<&str>) {
        let mut body = json!({
            "domainName": name,
            "endpointConfiguration": {"types": ["REGIONAL"]},
        });
        if let Some(uri) = truststore {
            body["mutualTlsAuthentication"] = json!({ "truststoreUri": uri });
        }
        self.done("POST", "/domainnames", &body);
        let mapping = json!({"restApiId": "api", "stage": "prod"});
        self.done(
            "POST",
            &format!("/domainnames/{name}/basepathmappings"),
            &mapping,
        );
    }

    fn patch(&self, name: &str, member: &str, value: &str) {
        let operation = json!({
            "op": "replace", "path": format!("/mutualTlsAuthentication/{member}"), "value": value,
        });
        let body = json!({ "patchOperations": [operation] });
        self.done("PATCH", &format!("/domainnames/{name}"), &body);
    }

    async fn connect(
        &self,
        name: &str,
        identity: Option<&Identity>,
    ) -> io::Result<TlsStream<TcpStream>> {
        let to = (self.server.address, &self.certificate);
        connect(to, name, identity, &version::TLS13, &[]).await
    }

    /// Status and body on a connection of its own, made for a name; `None` where it is refused.
    async fn get(
        &self,
        name: &str,
        identity: Option<&Identity>,
        host: &str,
    ) -> Option<(u16, String)> {
        let stream = self.connect(name, identity).await.ok()?;
        let head = format!("GET /x HTTP/1.1\r\nHost: {host}\r\n");
        ask(stream, &head).await.ok()
    }

    /// Waits until this is what is got.
    async fn until(&self, identity: Option<&Identity>, expected: Option<(u16, &str)>) {
        let mut last = None;
        // Connections take their time: these would take minutes.
        for _ in 0..20_000 {
            last = self.get(NAME, identity, NAME).await;
            if last.as_ref().map(|(status, body)| (*status, &**body)) == expected {
                return;
            }
        }
        panic!("{expected:?}: {last:?}");
    }
}

/// Deploys the API to a store that nobody has open.
fn deploy(folder: &Folder, store: &[String; 2]) {
    let shown = "[$!context.identity.clientCert.subjectDN]";
    let document = folder.write("api.json", &document(&[("/x", shown)]));
    let deployed = tollgate()
        .arg("deploy")
        .arg(document)
        .args(["--stage", "prod"])
        .args(store)
        .output();
    let deployed = deployed.expect("the command can be run");
    assert_eq!(deployed.status.code(), Some(0), "{}", said(&deployed));
}

/// Asks on a connection that stays.
async fn ask_on(stream: &mut TlsStream<TcpStream>) -> (u16, String) {
    let head = format!("GET /x HTTP/1.1\r\nHost: {NAME}\r\n\r\n");
    let written = stream.write_all(head.as_bytes()).await;
    written.expect("the server reads");
    let mut answer = Vec::new();
    loop {
        let mut part = [0; 4096];
        let length = stream.read(&mut part).await.expect("it answers");
        assert_ne!(length, 0, "{}", answer.escape_ascii());
        answer.extend_from_slice(&part[..length]);
        let text = String::from_utf8(answer.clone()).expect("it is text");
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let head = head.to_ascii_lowercase();
            let length = head.split("content-length: ").nth(1);
            let length = length.and_then(|rest| rest.split('\r').next()?.parse().ok());
            if length == Some(body.len()) {
                let status = head[9..12].parse().expect("it has a status");
                return (status, body.to_owned());
            }
        }
    }
}

const OK: Option<(u16, &str)> = Some((200, "[C=DE,CN=client]"));
const OPEN: Option<(u16, &str)> = Some((200, "[]"));
const CLOSED: Option<(u16, &str)> = Some((403, FORBIDDEN));
const CLIENTS: &str = "s3://trust/clients.pem";

fn seen(answer: Option<&(u16, String)>) -> Option<(u16, &str)> {
    answer.map(|(status, body)| (*status, &**body))
}

#[tokio::test]
async fn a_domain_of_the_store_is_reached_by_clients_that_it_trusts() {
    let (ours, theirs) = (root("ours"), root("theirs"));
    let stored = Stored::start(STORED);
    stored.put("trust", "clients.pem", &ours.pem());
    stored.put("trust", "deep/er/others.pem", &theirs.pem());
    let (wild, open) = ("*.closed.example.com", "open.closed.example.com");
    stored.make(NAME, Some(CLIENTS));
    stored.make(wild, Some("s3://trust/deep/er/others.pem"));
    stored.make(open, None);
    let ours = client(&params("client"), &ours, &[]);
    let theirs = client(&params("client"), &theirs, &[]);
    let other = "a.closed.example.com";
    let stored = {
        check(&stored, &ours, &theirs, other, open).await;
        // After every start, too.
        stored.again()
    };
    check(&stored, &ours, &theirs, other, open).await;

    // Nor does a connection that is not encrypted.
    let stream = BlockingStream::connect(stored.plain.expect("it has such a listener"));
    let mut stream = stream.expect("the server listens");
    write!(
        stream,
        "GET /x HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let answer = Answer::read(stream);
    assert_eq!((answer.status, &*answer.body), (403, FORBIDDEN));
}

async fn check(stored: &Stored, ours: &Identity, theirs: &Identity, other: &str, open: &str) {
    for (name, identity, host, expected) in [
        (NAME, Some(ours), NAME, OK),
        (NAME, None, NAME, None),
        (NAME, Some(theirs), NAME, None),
        (other, Some(theirs), other, OK),
        (other, Some(ours), other, None),
        (open, None, open, OPEN),
        (open, Some(ours), open, OPEN),
        // Connected for another name.
        (open, None, NAME, CLOSED),
        (open, Some(ours), "CLOSED.example.com.", CLOSED),
        (open, None, other, CLOSED),
        ("localhost", Some(ours), NAME, CLOSED),
        (other, Some(theirs), NAME, CLOSED),
        (NAME, Some(ours), other, CLOSED),
        (NAME, Some(ours), open, OPEN),
    ] {
        let answer = stored.get(name, identity, host).await;
        assert_eq!(seen(answer.as_ref()), expected, "{name} {host}");
    }
}

#[tokio::test]
async fn what_the_control_plane_changes_holds_at_once() {
    let ours = root("ours");
    let stored = Stored::start(STORED);
    stored.put("trust", "clients.pem", &ours.pem());
    let ours = client(&params("client"), &ours, &[]);
    stored.make(NAME, None);
    let mut before = stored.connect(NAME, None).await.unwrap();
    assert_eq!(ask_on(&mut before).await, (200, "[]".to_owned()));
    for _ in 0..2 {
        stored.patch(NAME, "truststoreUri", CLIENTS);
        assert_eq!(ask_on(&mut before).await, (403, FORBIDDEN.to_owned()));
        assert_eq!(stored.get(NAME, None, NAME).await, None);
        let answer = stored.get(NAME, Some(&ours), NAME).await;
        assert_eq!(seen(answer.as_ref()), OK);

        stored.patch(NAME, "truststoreUri", "");
        assert_eq!(ask_on(&mut before).await, (200, "[]".to_owned()));
        let answer = stored.get(NAME, None, NAME).await;
        assert_eq!(seen(answer.as_ref()), OPEN);
    }
    // One of this name that trusts nobody any more, whoever was known to it before.
    stored.patch(NAME, "truststoreUri", CLIENTS);
    let mut known = stored.connect(NAME, Some(&ours)).await.unwrap();
    assert_eq!(seen(Some(&ask_on(&mut known).await)), OK);
    stored.patch(NAME, "truststoreUri", "s3://trust/none.pem");
    assert_eq!(ask_on(&mut known).await, (403, FORBIDDEN.to_owned()));
    stored.done("DELETE", &format!("/domainnames/{NAME}"), &json!(null));
    assert_eq!(ask_on(&mut known).await.0, 403);
    // What comes after it asks for nothing.
    stored.make(NAME, None);
    let answer = stored.get(NAME, None, NAME).await;
    assert_eq!(seen(answer.as_ref()), OPEN);

    for uri in [
        "s3://trust/../clients.pem",
        "s3://../clients.pem",
        "trust/clients.pem",
    ] {
        let body = json!({
            "domainName": "a.example.com",
            "endpointConfiguration": {"types": ["REGIONAL"]},
            "mutualTlsAuthentication": {"truststoreUri": uri},
        });
        let (status, answer) = stored.call("POST", "/domainnames", &body);
        assert_eq!(status, 400, "{uri}: {answer}");
    }
}

#[tokio::test]
async fn a_truststore_that_cannot_be_had_closes_its_domain() {
    let (ours, theirs) = (root("ours"), root("theirs"));
    let stored = Stored::start(STORED);
    let one = client(&params("client"), &ours, &[]);
    let other = client(&params("client"), &theirs, &[]);
    stored.make(NAME, Some(CLIENTS));
    let said = |part: &str| {
        let line = stored.said.until(|line| line.contains(part));
        assert!(
            line.starts_with("error: ") && line.contains("clients.pem"),
            "{line}"
        );
        let closed = format!("the domain {NAME} is closed to everybody");
        stored.said.until(|line| line == closed);
    };
    let closed = async || {
        stored.until(Some(&one), CLOSED).await;
        let answer = stored.get(NAME, None, NAME).await;
        assert_eq!(seen(answer.as_ref()), CLOSED);
    };
    // There is no such folder yet.
    said("error: cannot read ");
    closed().await;
    stored.put("trust", "clients.pem", &ours.pem());
    stored.until(Some(&one), OK).await;
    assert_eq!(stored.get(NAME, None, NAME).await, None);
    assert_eq!(stored.get(NAME, Some(&other), NAME).await, None);
    // Another one takes its place.
    stored.put("trust", "clients.pem", &theirs.pem());
    stored.until(Some(&other), OK).await;
    assert_eq!(stored.get(NAME, Some(&one), NAME).await, None);

    let file = stored.folder.path("objects/trust/clients.pem");
    let outside = stored.folder.write("outside.pem", &ours.pem());
    let link = |to: &Path| {
        let new = file.with_extension("link");
        os::unix::fs::symlink(to, &new).expect("the folder is ours");
        fs::rename(&new, &file).expect("the folder is ours");
    };
    stored.put("trust", "clients.pem", "");
    said("error: there is no certificate in ");
    closed().await;
    link(&outside);
    said(" leads out of ");
    closed().await;
    link(Path::new("."));
    said(" is no file");
    closed().await;
    stored.put("trust", "elsewhere.pem", &ours.pem());
    link(Path::new("elsewhere.pem"));
    stored.until(Some(&one), OK).await;
    let mut known = stored.connect(NAME, Some(&one)).await.unwrap();
    assert_eq!(seen(Some(&ask_on(&mut known).await)), OK);
    stored.remove("trust", "clients.pem");
    said("error: cannot read ");
    closed().await;
    // Nor is anybody known any more.
    assert_eq!(ask_on(&mut known).await, (403, FORBIDDEN.to_owned()));
    stored.put("trust", "clients.pem", &" ".repeat(16 * 1024 * 1024 + 1));
    said("it has more than 16777216 bytes");
    closed().await;
    stored.put("trust", "clients.pem", &ours.pem().repeat(1_001));
    said("more certificates than the 1000 ");
    closed().await;

    // As it is from the first request on, where the server is started again.
    let stored = stored.again();
    stored
        .said
        .until(|line| line.contains("more certificates than the 1000 "));
    let answer = stored.get(NAME, Some(&one), NAME).await;
    assert_eq!(seen(answer.as_ref()), CLOSED);
}

#[tokio::test]
async fn another_folder_of_the_same_name_is_followed_too() {
    let (ours, theirs) = (root("ours"), root("theirs"));
    let stored = Stored::start(STORED);
    let one = client(&params("client"), &ours, &[]);
    let other = client(&params("client"), &theirs, &[]);
    stored.put("trust", "clients.pem", &ours.pem());
    stored.make(NAME, Some(CLIENTS));
    stored.until(Some(&one), OK).await;
    let trust = stored.folder.path("objects/trust");
    // One is put in its place, and changed later.
    stored.put("next", "clients.pem", &theirs.pem());
    fs::rename(&trust, trust.with_extension("old")).expect("the folder is ours");
    fs::rename(trust.with_file_name("next"), &trust).expect("the folder is ours");
    stored.until(Some(&other), OK).await;
    stored.put("trust", "clients.pem", &ours.pem());
    stored.until(Some(&one), OK).await;
    assert_eq!(stored.get(NAME, Some(&other), NAME).await, None);
    // It is made anew.
    fs::remove_dir_all(&trust).expect("the folder is ours");
    stored.until(Some(&one), CLOSED).await;
    stored.put("trust", "clients.pem", &theirs.pem());
    stored.until(Some(&other), OK).await;
    stored.put("trust", "clients.pem", &ours.pem());
    stored.until(Some(&one), OK).await;
}

#[tokio::test]
async fn another_configuration_leaves_domains_of_the_store_closed() {
    let (ours, theirs) = (root("ours"), root("theirs"));
    let without = STORED.replace("truststores = \"objects\"", "");
    let stored = Stored::start(&without);
    stored.put("trust", "clients.pem", &ours.pem());
    stored.put("more/trust", "clients.pem", &theirs.pem());
    let one = client(&params("client"), &ours, &[]);
    let other = client(&params("client"), &theirs, &[]);
    stored.make(NAME, Some(CLIENTS));
    stored.said.until(|line| {
        line == "error: no folder stands for the object storage that s3://trust/clients.pem is in, \
                 expected truststores in the configuration"
    });
    stored.until(Some(&one), CLOSED).await;
    stored.folder.write("tollgate.toml", STORED);
    stored.until(Some(&one), OK).await;
    assert_eq!(stored.get(NAME, Some(&other), NAME).await, None);
    let more = STORED.replace("\"objects\"", "\"objects/more\"");
    stored.folder.write("tollgate.toml", &more);
    stored.until(Some(&other), OK).await;
    assert_eq!(stored.get(NAME, Some(&one), NAME).await, None);
    // One that cannot be read changes nothing; nor does a certificate.
    stored.folder.write("tollgate.toml", "truststores = 1");
    stored
        .said
        .until(|line| line == "the configuration before stays");
    stored.folder.write("tollgate.toml", &more);
    let before = fs::read_to_string(stored.folder.path("server.key")).expect("it is there");
    stored.folder.write("server.key", "");
    stored
        .said
        .until(|line| line == "the certificates before stay in use");
    stored.until(Some(&other), OK).await;
    assert_eq!(stored.get(NAME, None, NAME).await, None);
    stored.folder.write("server.key", &before);
    // Domains of the configuration are refused, and open none of the store.
    let domains = format!("{more}\n[[domains]]\nname = \"{NAME}\"\n");
    stored.folder.write("tollgate.toml", &domains);
    stored
        .said
        .until(|line| line == "what was served before stays");
    stored.until(Some(&other), OK).await;
    assert_eq!(stored.get(NAME, None, NAME).await, None);
    stored.folder.write("tollgate.toml", &without);
    stored.until(Some(&other), CLOSED).await;
}

#[tokio::test]
async fn where_nothing_speaks_tls_nobody_reaches_a_closed_domain() {
    let config = STORED.replace(
        "tls = { certificate = \"server.pem\", private_key = \"server.key\" }",
        "",
    );
    let stored = Stored::start(&config);
    stored.put("trust", "clients.pem", &root("ours").pem());
    stored.make(NAME, Some(CLIENTS));
    let warned = stored.said.until(|line| line.starts_with("warning: "));
    assert_eq!(
        warned,
        "warning: the domain closed.example.com asks clients for certificates, but no listener for APIs \
         has tls with a certificate: nobody reaches it"
    );
    let answer = stored.server.get_from(NAME, "/x");
    assert_eq!((answer.status, &*answer.body), (403, FORBIDDEN));
}

#[cfg(feature = "postgres")]
#[tokio::test]
async fn what_one_server_of_a_database_is_told_holds_for_all() {
    use crate::store_support::postgres::Server as Postgres;

    let Some(postgres) = Postgres::with(&["-cfsync=off"]) else {
        return;
    };
    let address = postgres.database().await;
    let store = ["--database".to_owned(), address];
    let ours = root("ours");
    let folder = Folder::new();
    deploy(&folder, &store);
    let told = Stored::of(folder, store.clone(), STORED);
    // Another one, without a control plane.
    let (listeners, _) = STORED.split_once("[control]").expect("it has one");
    let without = listeners.replace("truststores = \"objects\"", "");
    let other = Stored::of(Folder::new(), store, &without);
    for server in [&told, &other] {
        server.put("trust", "clients.pem", &ours.pem());
    }
    let ours = client(&params("client"), &ours, &[]);
    told.make(NAME, Some(CLIENTS));
    let answer = told.get(NAME, Some(&ours), NAME).await;
    assert_eq!(seen(answer.as_ref()), OK);
    let closed = format!("the domain {NAME} is closed to everybody");
    other.said.until(|line| line == closed);
    other.until(Some(&ours), CLOSED).await;
    other.folder.write("tollgate.toml", listeners);
    other.until(Some(&ours), OK).await;
    assert_eq!(other.get(NAME, None, NAME).await, None);
    told.patch(NAME, "truststoreUri", "");
    other.until(None, OPEN).await;
    told.patch(NAME, "truststoreUri", CLIENTS);
    other.until(Some(&ours), OK).await;
    assert_eq!(other.get(NAME, None, NAME).await, None);
}
