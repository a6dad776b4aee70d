//! AWS services, VPC links and client certificates, from document to call.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;

use http::Request;
use serde_json::{Value, json};
use tollgate_core::Severity;
use tollgate_gateway::{CompileOptions, Gateway, Plan};
use tollgate_iam::sigv4::Credentials;
use tollgate_integration::HttpClient;
use tollgate_integration::aws::{AwsClient, Endpoints};
use tollgate_model::Stage;

use crate::support::{Answer, document, get, send};

/// A method of this verb with an integration of these members, whose answer passes as it is.
fn method(verb: &str, integration: &Value) -> Value {
    let mut integration = integration.clone();
    integration["integrationResponses"] = json!({ "200": { "statusCode": "200" } });
    json!({ verb: {
        "httpMethod": verb,
        "methodResponses": { "200": { "statusCode": "200" } },
        "methodIntegration": integration
    } })
}

fn stage() -> Stage {
    let mut stage = Stage::new("prod".parse().expect("it is a stage name"));
    let variables = [("link", "link1"), ("service", "sqs"), ("table", "pets")];
    stage.variables = variables
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into_iter()
        .collect();
    stage
}

fn plan(methods: Value, options: &CompileOptions) -> Plan {
    let document = document(&[("/x", methods)], json!({}));
    Plan::compile_with(&document, &stage(), options).expect("the document has a plan")
}

/// An endpoint that answers one request, and gives it to who joins.
fn endpoint() -> (SocketAddr, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("the loopback works");
    let address = listener.local_addr().expect("the loopback works");
    let served = std::thread::spawn(move || {
        let (stream, _) = listener.accept().expect("somebody calls");
        let mut reader = BufReader::new(&stream);
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            assert!(
                reader.read_line(&mut head).expect("it is text") > 0,
                "{head}"
            );
        }
        let length = head.split("content-length: ").nth(1).unwrap_or("0");
        let length = length.split("\r\n").next().expect("there is one").parse();
        let mut body = vec![0; length.expect("it is a number")];
        reader.read_exact(&mut body).expect("the body is whole");
        let answer = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nDate: x\r\n\r\ndone";
        (&stream)
            .write_all(answer.as_bytes())
            .expect("somebody reads");
        head + &String::from_utf8(body).expect("it is text")
    });
    (address, served)
}

fn with_services_at(address: SocketAddr) -> CompileOptions {
    let mut options = CompileOptions::default();
    let url = format!("http://{address}/base")
        .parse()
        .expect("it is a URL");
    options.aws = AwsClient::new(HttpClient::default())
        .with_endpoints(Endpoints::default().with_all(url))
        .with_credentials(Arc::new(Credentials::new("AKIDEXAMPLE", "secret")));
    options
}

async fn post(gateway: &Gateway, body: &str) -> Answer {
    let request = Request::post("/x").header("content-type", "application/json");
    send(
        gateway,
        request
            .body(body.to_owned().into())
            .expect("it is a request"),
    )
    .await
}

#[tokio::test]
async fn services_are_called_as_their_protocol_wants_it() {
    for (uri, more, first_line, expected, unexpected) in [
        (
            "arn:aws:apigateway:eu-west-1:dynamodb:action/PutItem",
            json!({ "requestTemplates": {
                "application/json": "{\"TableName\": \"$stageVariables.table\"}"
            } }),
            "POST /base/ HTTP/1.1",
            &[
                "\r\nx-amz-target: DynamoDB_20120810.PutItem\r\n",
                "\r\ncontent-type: application/x-amz-json-1.0\r\n",
                "\r\naccept: application/json\r\n",
                "/eu-west-1/dynamodb/aws4_request, SignedHeaders=",
                "\r\n\r\n{\"TableName\": \"pets\"}",
            ][..],
            "referer",
        ),
        (
            "arn:aws:apigateway:eu-west-1:ssm:action/GetParameter",
            json!({ "requestParameters": {
                "integration.request.querystring.Name": "method.request.querystring.name",
                "integration.request.header.Referer": "'r'"
            } }),
            "POST /base/?Action=GetParameter&Version=2014-11-06 HTTP/1.1",
            &["/eu-west-1/ssm/aws4_request, SignedHeaders="],
            "x-amz-target",
        ),
        (
            "arn:aws:apigateway:eu-west-1:sns:action/Publish",
            json!({ "requestParameters": {
                "integration.request.querystring.Version": "'2000-01-01'",
                "integration.request.querystring.Message": "method.request.body.m"
            } }),
            "POST /base/?Action=Publish&Version=2000-01-01&Message=a%20%26%20b HTTP/1.1",
            &["/eu-west-1/sns/aws4_request"],
            "2010-03-31",
        ),
        (
            "arn:aws:apigateway:eu-west-1:events:action/PutEvents",
            json!({ "requestParameters": {
                "integration.request.header.X-Amz-Target": "'AWSEvents.PutEvents'"
            } }),
            "POST /base/?Action=PutEvents HTTP/1.1",
            &["\r\nx-amz-target: AWSEvents.PutEvents\r\n"],
            "Version",
        ),
        (
            "arn:aws:apigateway:eu-west-1:s3:path/{bucket}/a+b",
            json!({ "httpMethod": "PUT", "requestParameters": {
                "integration.request.path.bucket": "stageVariables.table"
            } }),
            "PUT /base/pets/a%2Bb HTTP/1.1",
            &["\r\nx-amz-content-sha256: ", "/eu-west-1/s3/aws4_request"],
            "Action",
        ),
        (
            // Nobody registered it.
            "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/pets:live/invocations",
            json!({}),
            "POST /base/2015-03-31/functions/pets%3Alive/invocations HTTP/1.1",
            &[
                "\r\nx-amz-invocation-type: RequestResponse\r\n",
                "/eu-west-1/lambda/aws4_request",
                "\r\n\r\n{\"m\": \"a & b\"}",
            ],
            "x-amz-target",
        ),
        (
            "arn:aws:apigateway:us-east-1:${stageVariables.service}:path/1/q",
            json!({}),
            "POST /base/1/q HTTP/1.1",
            &["/us-east-1/sqs/aws4_request"],
            "x-amz-target",
        ),
    ] {
        let (address, served) = endpoint();
        let mut integration = json!({ "type": "AWS", "httpMethod": "POST", "uri": uri });
        integration
            .as_object_mut()
            .expect("it is an object")
            .extend(more.as_object().expect("it is an object").clone());
        let plan = plan(method("POST", &integration), &with_services_at(address));
        assert!(
            plan.diagnostics().iter().next().is_none(),
            "{uri}: {}",
            plan.diagnostics()
        );
        let answer = post(&Gateway::new(plan), r#"{"m": "a & b"}"#).await;
        assert_eq!((answer.status, &*answer.body), (200, "done"), "{uri}");
        // No header of an answer passes that is not mapped; that of the trace is the gateway's.
        assert!(answer.headers.contains_key("x-amzn-trace-id"), "{uri}");
        assert!(
            !answer.headers.contains_key("x-amzn-remapped-date"),
            "{uri}"
        );
        let request = served.join().expect("the endpoint got a request");
        assert_eq!(request.split("\r\n").next(), Some(first_line), "{uri}");
        assert!(
            request.contains(&format!("\r\nhost: {address}\r\n")),
            "{request}"
        );
        for expected in expected {
            assert!(request.contains(expected), "{uri}: {expected}: {request}");
        }
        assert!(
            !request.contains(unexpected),
            "{uri}: {unexpected}: {request}"
        );
    }
}

#[tokio::test]
async fn what_cannot_be_called_is_500_and_said() {
    let aws = |uri: &str| json!({ "type": "AWS", "httpMethod": "POST", "uri": uri });
    let sqs = "arn:aws:apigateway:us-east-1:sqs:path/1/q";
    let with = |uri: &str, member: &str, value: Value| {
        let mut integration = aws(uri);
        integration[member] = value;
        integration
    };
    for (integration, below, expected) in [
        (
            aws("http://example.com"),
            "/uri",
            "Invalid ARN specified in the request",
        ),
        (
            aws("arn:aws:lambda:us-east-1:123456789012:function:f"),
            "/uri",
            "AWS ARN for integration must contain path or action",
        ),
        (
            json!({ "type": "AWS_PROXY", "httpMethod": "POST", "uri": sqs }),
            "/uri",
            "Integrations of type 'AWS_PROXY' currently only supports Lambda function and",
        ),
        (
            aws("arn:aws:apigateway:us-east-1:s3:action/GetObject"),
            "/uri",
            "expected a bucket",
        ),
        (
            json!({ "type": "AWS", "httpMethod": "POST" }),
            "",
            "the integration has no URI",
        ),
        (
            with(sqs, "credentials", json!("${stageVariables.none}")),
            "/credentials",
            "invalid credentials \"\", expected the ARN of a role",
        ),
        (
            with(sqs, "credentials", json!("nobody")),
            "/credentials",
            "invalid credentials \"nobody\"",
        ),
        (
            with(sqs, "credentials", json!("arn:aws:iam::*:user/*")),
            "/credentials",
            "the caller's credentials are to be passed on",
        ),
        (
            with(
                sqs,
                "requestParameters",
                json!({ "integration.request.header.Authorization": "'x'" }),
            ),
            "/requestParameters/integration.request.header.Authorization",
            "the header authorization cannot be mapped",
        ),
        (
            json!({ "type": "HTTP", "httpMethod": "GET", "uri": "http://a.test",
                "connectionType": "VPC_LINK" }),
            "/connectionId",
            "the integration names no VPC link",
        ),
        (
            json!({ "type": "HTTP_PROXY", "httpMethod": "GET", "uri": "http://a.test",
                "connectionType": "VPC_LINK", "connectionId": "${stageVariables.link}" }),
            "/connectionId",
            "nothing is known of the VPC link \"link1\"",
        ),
    ] {
        let options = with_services_at(SocketAddr::from(([127, 0, 0, 1], 9)));
        let plan = plan(method("GET", &integration), &options);
        let said: Vec<_> = plan.diagnostics().iter().cloned().collect();
        let [diagnostic] = &*said else {
            panic!("{integration}: {said:?}");
        };
        let pointer = format!("/resources/0/resourceMethods/GET/methodIntegration{below}");
        assert_eq!(diagnostic.pointer, pointer, "{integration}");
        assert_eq!(diagnostic.severity, Severity::Error, "{integration}");
        assert!(
            diagnostic.message.contains(expected),
            "{}",
            diagnostic.message
        );
        let answer = get(&Gateway::new(plan), "/x").await;
        assert_eq!(answer.status, 500, "{integration}");
        assert_eq!(answer.body, r#"{"message": "Internal server error"}"#);
    }
}

#[tokio::test]
async fn without_credentials_a_call_is_500() {
    let uri = "arn:aws:apigateway:us-east-1:sqs:path/1/q";
    let integration = json!({ "type": "AWS", "httpMethod": "POST", "uri": uri,
        "tlsConfig": { "insecureSkipVerification": true } });
    let plan = plan(method("GET", &integration), &CompileOptions::default());
    let said = plan.diagnostics().to_string();
    assert!(
        said.contains("tlsConfig has no effect: an AWS service is called"),
        "{said}"
    );
    assert_eq!(get(&Gateway::new(plan), "/x").await.status, 500);
}

#[tokio::test]
async fn connections_go_through_the_link_and_requests_to_the_host() {
    for kind in ["HTTP", "HTTP_PROXY"] {
        let (address, served) = endpoint();
        let integration = json!({ "type": kind, "httpMethod": "GET",
            "uri": "http://pets.internal.example:8443/pets", "connectionType": "VPC_LINK",
            "connectionId": "${stageVariables.link}" });
        let mut options = CompileOptions::default();
        let target = format!("http://{address}").parse().expect("it is a target");
        options.vpc_links.insert("link1".to_owned(), target);
        let plan = plan(method("GET", &integration), &options);
        assert!(
            plan.diagnostics().iter().next().is_none(),
            "{}",
            plan.diagnostics()
        );
        assert_eq!(get(&Gateway::new(plan), "/x").await.body, "done", "{kind}");
        let request = served.join().expect("the endpoint got a request");
        assert!(request.starts_with("GET /pets HTTP/1.1\r\n"), "{request}");
        assert!(
            request.contains("\r\nhost: pets.internal.example:8443\r\n"),
            "{request}"
        );
    }
}

#[test]
fn a_client_certificate_that_is_not_there_is_said() {
    let mut stage = stage();
    stage.client_certificate_id = Some("cert1".to_owned());
    let document = document(&[("/x", json!({}))], json!({}));
    let plan = Plan::compile_with(&document, &stage, &CompileOptions::default());
    let said = plan.expect("it has a plan").diagnostics().to_string();
    let expected = "stage prod shows the client certificate \"cert1\", of which nothing is known";
    assert!(said.contains(expected), "{said}");
}
