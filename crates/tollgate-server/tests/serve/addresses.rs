//! Several documents, and what `tollgate.toml` says about them.

use std::ffi::OsStr;

use crate::process::{Folder, Server, document, said, tollgate};

const SHOWN: &str = "$context.apiId $context.stage $context.path $context.accountId \
    $context.deploymentId.length() $!stageVariables.color";
const FORBIDDEN: &str = r#"{"message":"Forbidden"}"#;

#[test]
fn several_documents_have_addresses_of_their_own() {
    let folder = Folder::new();
    let text = document(&[("/x", SHOWN)]);
    let (one, two) = (
        folder.write("one.json", &text),
        folder.write("2-b.json", &text),
    );
    let server = Server::of_files(&[&one, &two], &[]);
    let port = server.address.port();
    for (host, path, expected) in [
        ("localhost", "/one/x", "one default /one/x 123456789012 6 "),
        ("anything", "/2-b/x", " default /2-b/x "),
        (
            "one.execute-api.localhost",
            "/default/x",
            "one default /default/x ",
        ),
        (
            "localhost",
            "/restapis/one/default/_user_request_/x",
            "one default /default/x ",
        ),
    ] {
        let answer = server.get_from(host, path);
        assert_eq!(answer.status, 200, "{host} {path}: {}", answer.body);
        assert!(
            answer.body.contains(expected),
            "{host} {path}: {}",
            answer.body
        );
    }
    for (host, path) in [
        ("localhost", "/x"),
        ("localhost", "/"),
        ("three.execute-api.localhost", "/default/x"),
        ("one.execute-api.localhost", "/x"),
    ] {
        let answer = server.get_from(host, path);
        assert_eq!(
            (answer.status, answer.body.as_str()),
            (403, FORBIDDEN),
            "{host} {path}"
        );
        assert!(
            answer.head.contains("x-amzn-errortype: forbiddenexception"),
            "{}",
            answer.head
        );
    }
    for line in [
        format!("one.json, stage default at http://127.0.0.1:{port}/one/\n"),
        format!("at http://127.0.0.1:{port}/2-b/\n"),
        format!("  also at http://one.execute-api.localhost:{port}/default/\n"),
        format!("  also at http://127.0.0.1:{port}/restapis/one/default/_user_request_/\n"),
        format!("  curl 'http://127.0.0.1:{port}/one/x'\n"),
    ] {
        assert!(
            server.greeting.contains(&line),
            "{line} in {}",
            server.greeting
        );
    }
}

#[test]
fn one_document_stands_at_the_root_and_at_its_endpoint() {
    let folder = Folder::new();
    let file = folder.write("pets.json", &document(&[("/x", SHOWN)]));
    let server = Server::of_files(&[&file], &["--stage", "prod"]);
    let body = |host: &str, path: &str| server.get_from(host, path).body;
    assert!(body("localhost", "/x").starts_with("pets prod /x "));
    let endpoint = body("pets.execute-api.us-east-1.amazonaws.com:80", "//prod//x");
    assert!(endpoint.starts_with("pets prod /prod//x "), "{endpoint}");
}

const CONFIG: &str = r#"
account_id = "000000000042"
region = "eu-central-1"
any_host = true

[[listeners]]
address = "127.0.0.1:0"

[[apis]]
file = "pets.json"
id = "petstore"

[[apis.stages]]
name = "prod"
description = "what customers see"
variables = { color = "red" }

[[apis.stages]]
name = "beta"

[[domains]]
name = "api.example.com"
mappings = [
    { base_path = "v1/pets", api = "petstore", stage = "prod" },
    { api = "petstore" },
]

[[domains]]
name = "*.example.com"
mappings = [{ api = "petstore", stage = "beta" }]
"#;

#[test]
fn a_configuration_says_what_documents_cannot() {
    let folder = Folder::new();
    let file = folder.write("pets.json", &document(&[("/x", SHOWN)]));
    let config = folder.write("tollgate.toml", CONFIG);
    let servers = [
        // Found beside the document, and named without one.
        Server::launch(&[file.as_os_str()]),
        Server::launch(&[OsStr::new("--config"), config.as_os_str()]),
    ];
    for server in servers {
        for (host, path, expected) in [
            (
                "api.example.com",
                "/v1/pets/x",
                "petstore prod /v1/pets/x 000000000042 6 red",
            ),
            (
                "API.example.com.",
                "/beta/x",
                "petstore beta /beta/x 000000000042 6 ",
            ),
            (
                "other.example.com",
                "/x",
                "petstore beta /x 000000000042 6 ",
            ),
            (
                "petstore.execute-api.localhost",
                "/prod/x",
                "petstore prod /prod/x ",
            ),
            ("localhost", "/prod/x", "petstore prod /prod/x "),
        ] {
            let answer = server.get_from(host, path);
            assert!(
                answer.body.starts_with(expected),
                "{host} {path}: {}",
                answer.body
            );
        }
        assert_eq!(server.get_from("api.example.com", "/x").status, 403);
        let line = "  also at http://api.example.com:";
        assert!(server.greeting.contains(line), "{}", server.greeting);
    }
}

#[test]
fn a_broken_configuration_is_named_with_its_place() {
    let folder = Folder::new();
    folder.write("pets.json", &document(&[("/x", SHOWN)]));
    let apis = "[[apis]]\nfile = \"pets.json\"\nid = \"pets\"\n";
    for (text, expected) in [
        ("x = ", "broken.toml:1:5: error: "),
        (
            "[server]\n",
            "broken.toml:1:2: error: unknown field `server`, expected one of `account_id`",
        ),
        (
            "[limits]\nheader_bytes = \"10\"\n",
            "broken.toml:2:16: error: invalid type: string \"10\", expected a whole number from 256 to 65536",
        ),
        (
            "[limits]\nconnections = 0\n",
            "broken.toml:2:15: error: invalid value: integer `0`, expected a whole number from 1 to 1000000",
        ),
        (
            "[timeouts]\nheader = 10\n",
            "broken.toml:2:10: error: invalid type: integer `10`, expected a string",
        ),
        (
            "[timeouts]\nheader = \"10\"\n",
            "broken.toml:2:10: error: invalid value \"10\", expected a time from \"1ms\" to \"24h\"",
        ),
        (
            "account_id = \"12\"\n",
            "broken.toml:1:14: error: invalid value \"12\", expected an account number of 12 digits",
        ),
        (
            "[[listeners]]\naddress = \"8080\"\n",
            "broken.toml:2:11: error: invalid socket address syntax",
        ),
        (
            "[[apis]]\nid = \"pets\"\n",
            "broken.toml:1:1: error: missing field `file`",
        ),
        (
            "[[apis]]\nfile = \"pets.json\"\nstages = [{ name = \"a/b\" }]\n",
            "broken.toml:3:20: error: stage name \"a/b\": expected 1 to 128 letters",
        ),
        (
            "[[apis]]\nfile = \"pets.json\"\nstages = [{ name = \"a\" }, { name = \"a\" }]\n",
            "broken.toml:3:36: error: the API has two stages a",
        ),
        (
            "[[apis]]\nfile = \"p\"\nstages = [{ name = \"a\", variables = { v = \"ä\" } }]\n",
            "broken.toml:3:43: error: stage variable v: expected a value of at most 512",
        ),
        (
            "[[domains]]\nname = \"a:80\"\n",
            "broken.toml:2:8: error: domain name \"a:80\": expected a host name such as",
        ),
        (
            "[endpoints]\ns3 = \"127.0.0.1\"\n",
            "broken.toml:2:6: error: invalid value \"127.0.0.1\", expected a URL such as",
        ),
        (
            "[vpc_links]\nabc = \"http://127.0.0.1/path\"\n",
            "broken.toml:2:7: error: invalid value \"http://127.0.0.1/path\", expected http:// or",
        ),
        (
            "[[apis]]\nfile = \"p\"\nstages = [{ name = \"a\", client_certificate = \"c\" }]\n",
            "broken.toml:3:46: error: there is no client certificate c",
        ),
        (
            "[outbound]\nallow = [\"10.0.0.0/33\"]\n",
            "broken.toml:2:10: error: ",
        ),
        ("", "error: there is nothing to serve"),
        (
            &format!("{apis}[[domains]]\nname = \"a.b\"\nmappings = [{{ api = \"other\" }}]\n"),
            "broken.toml:6:21: error: there is no API other, expected one of pets",
        ),
        (
            &format!(
                "{apis}[[domains]]\nname = \"a.b\"\nmappings = [{{ api = \"pets\", stage = \"no\" }}]\n"
            ),
            "broken.toml:6:37: error: API pets has no stage no, expected one of default",
        ),
    ] {
        let file = folder.write("broken.toml", text);
        let output = tollgate()
            .args(["serve", "--config"])
            .arg(&file)
            .output()
            .unwrap();
        let said = said(&output);
        assert_eq!(output.status.code(), Some(1), "{text}: {said}");
        // Without a place of its own it stands in the file as a whole.
        let (place, message) = match expected.split_once(": error: ") {
            Some((place, message)) => (format!("{place}\n"), format!("error: {message}")),
            None => ("broken.toml\n".to_owned(), expected.to_owned()),
        };
        assert!(said.contains(&message), "{text}: {said}");
        assert!(said.contains(&place), "{text}: {said}");
        assert!(output.stdout.is_empty(), "{text}");
    }
    let missing = folder.path("no.toml");
    let output = tollgate()
        .args(["serve", "--config"])
        .arg(&missing)
        .output()
        .unwrap();
    let said = said(&output);
    assert!(said.starts_with("error: cannot read the file: "), "{said}");
    let place = format!("\n --> {}\n", missing.display());
    assert!(said.contains(&place), "{said}");
}
