//! The gateway: an API whose methods lead to the endpoint and to the functions.

use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value, json};
use tollgate::core::StageName;
use tollgate::gateway::CompileOptions;
use tollgate::iam::sigv4::Credentials;
use tollgate::integration::HttpClient;
use tollgate::integration::aws::{AwsClient, Endpoints};
use tollgate::integration::lambda::{FunctionSettings, LambdaEvent, LocalFunction};
use tollgate::model::Stage;
use tollgate::openapi::ImportOptions;
use tollgate::{Document, Gateway};

use crate::backend::Backend;
use crate::cases::{FUNCTION_MILLIS, TIMEOUT_MILLIS};
use crate::function;

/// Processes that one function may have.
pub(crate) const PROCESSES: usize = 64;

/// A gateway in front of the endpoint.
pub(crate) fn gateway(backend: &Backend) -> Result<Gateway, Box<dyn Error>> {
    let mut options = CompileOptions::default();
    let http = HttpClient::default();
    let endpoints = Endpoints::default()
        .with_service("sqs", format!("http://{}", backend.address).parse()?)
        .with_service("sns", format!("http://{}", backend.refused).parse()?);
    let key = Credentials::new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
    options.aws = AwsClient::new(http.clone())
        .with_endpoints(endpoints)
        .with_credentials(Arc::new(key));
    options.http = http;
    let here = async |event: LambdaEvent<Value>| function::handle(event.payload).await;
    options.functions.register_fn("here", here);
    for (name, timeout) in [
        ("local", Duration::from_secs(60)),
        ("late", Duration::from_millis(FUNCTION_MILLIS)),
        // Its caller gives up first.
        ("patient", Duration::from_secs(5)),
    ] {
        let mut settings = FunctionSettings::new(name, std::env::current_exe()?);
        settings.arguments = vec!["function".to_owned()];
        settings.timeout = timeout;
        settings.init_timeout = Duration::from_secs(60);
        settings.max_concurrency = PROCESSES;
        let function = LocalFunction::new(settings)?;
        options.functions.insert(name, Arc::new(function));
    }
    let text = document(backend.address, backend.refused).to_string();
    let document = Document::import(&text, &ImportOptions::default())
        .map_err(|said| format!("the document is wrong: {said}"))?;
    let stage = Stage::new(StageName::default());
    let plan = document.compile(&stage, &options);
    let plan = plan.map_err(|said| format!("the document has no plan: {said}"))?;
    let wrong = plan.diagnostics().to_string();
    if wrong.contains("error: ") || wrong.contains("warning: ") {
        return Err(wrong.into());
    }
    Ok(Gateway::new(plan))
}

fn document(address: SocketAddr, refused: SocketAddr) -> Value {
    let http = |kind: &str, uri: String| json!({ "type": kind, "httpMethod": "GET", "uri": uri });
    let service = |service: &str| {
        let uri = format!("arn:aws:apigateway:us-east-1:{service}:path/{{fault}}");
        http("aws", uri)
    };
    let function = |kind: &str, name: &str| {
        let uri = format!(
            "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/\
             arn:aws:lambda:us-east-1:123456789012:function:{name}/invocations"
        );
        json!({ "type": kind, "httpMethod": "POST", "uri": uri })
    };
    let endpoint = format!("http://{address}/{{fault}}");
    let nowhere = format!("http://{refused}/");
    let mut paths = Map::new();
    let mut add = |path: &str, integration: Value| {
        paths.insert(path.to_owned(), method(path, integration));
    };
    for (prefix, is_hasty) in [("", false), ("/hasty", true)] {
        let timed = |mut integration: Value| {
            if is_hasty {
                integration["timeoutInMillis"] = json!(TIMEOUT_MILLIS);
            }
            integration
        };
        let local = if is_hasty { "patient" } else { "local" };
        for (path, integration) in [
            ("http", mapped(http("http", endpoint.clone()))),
            ("proxy", http("http_proxy", endpoint.clone())),
            ("service", mapped(service("sqs"))),
            ("local/proxy", function("aws_proxy", local)),
            ("local/custom", custom(function("aws", local))),
            ("here/proxy", function("aws_proxy", "here")),
            ("here/custom", custom(function("aws", "here"))),
        ] {
            add(&format!("{prefix}/{path}/{{fault}}"), timed(integration));
        }
    }
    add("/late/proxy/{fault}", function("aws_proxy", "late"));
    add("/late/custom/{fault}", custom(function("aws", "late")));
    add("/refused/http", mapped(http("http", nowhere.clone())));
    add("/refused/proxy", http("http_proxy", nowhere));
    let nobody = "arn:aws:apigateway:us-east-1:sns:path/".to_owned();
    add("/refused/service", mapped(http("aws", nobody)));
    json!({
        "swagger": "2.0",
        "info": { "title": "faults", "version": "1" },
        "paths": paths,
    })
}

/// A method with an integration, whose path may have a variable.
fn method(path: &str, mut integration: Value) -> Value {
    let mut parameters = Vec::new();
    let uri = integration["uri"].as_str().unwrap_or_default();
    if uri.contains("{fault}") {
        integration["requestParameters"] =
            json!({ "integration.request.path.fault": "method.request.path.fault" });
    }
    if path.contains("{fault}") {
        parameters
            .push(json!({ "name": "fault", "in": "path", "required": true, "type": "string" }));
    }
    let statuses = ["200", "400", "408", "409", "410", "413", "418"];
    let responses: Map<String, Value> = statuses
        .map(|status| (status.to_owned(), json!({ "description": status })))
        .into_iter()
        .collect();
    json!({ "get": {
        "parameters": parameters,
        "responses": responses,
        "x-amazon-apigateway-integration": integration,
    } })
}

fn response(status: &str, template: &str) -> Value {
    json!({ "statusCode": status, "responseTemplates": { "application/json": template } })
}

/// An integration whose answer goes through a template.
fn mapped(mut integration: Value) -> Value {
    integration["responses"] = json!({ "default": response("200", "got $input.body") });
    integration
}

/// An integration whose function gets what a template makes, and whose errors are told apart.
fn custom(mut integration: Value) -> Value {
    integration["requestTemplates"] =
        json!({ "application/json": r#"{"fault": "$input.params('fault')"}"# });
    integration["responses"] = json!({
        "default": { "statusCode": "200" },
        "no luck": response("400", "failed"),
        ".*timed out.*": response("408", "late"),
        ".*signal: aborted.*": response("409", "crashed"),
        ".*without providing a reason": response("410", "half"),
        ".*exceeded maximum.*": response("413", "too long"),
        ".*exit status 3": response("418", "exited"),
    });
    integration
}
