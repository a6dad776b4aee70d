//! Exports that the service has made: what is imported from one and exported is that export.

use serde_json::{Value, json};
use tollgate_openapi::{ExportFormat, ExportOptions, Extensions};

use crate::corpus::corpus;
use crate::{plain, read, value, whole};

/// Exports with integrations, unchanged but for their host.
const EXPORTS: [&str; 14] = [
    "guide/api-as-kinesis-proxy-export-swagger-with-extensions-0.json",
    "guide/api-as-kinesis-proxy-export-swagger-with-extensions-1.json",
    "guide/api-as-lambda-proxy-export-swagger-with-extensions-0.json",
    "guide/api-as-s3-proxy-export-swagger-with-extensions-0.json",
    "guide/api-gateway-content-encodings-examples-image-s3-1.json",
    "guide/set-up-api-with-vpclink-using-swagger-0.json",
    "guide/set-up-lambda-proxy-integrations-1.json",
    "guide/setup-http-integrations-1.json",
    "guide/simple-calc-lambda-api-swagger-definition-0.json",
    "portal/PestStore-prod-swagger-apigateway.json",
    "portal/PetStore-asfd-swagger-apigateway.json",
    "portal/api-gateway-swagger.json",
    "portal/swagger-ANY+GET-methods.json",
    "portal/swagger-ANY-method.json",
];

/// Exports of one API with documentation, in 3.0 and in 2.0.
const DOCUMENTED: [&str; 2] = [
    "guide/api-gateway-documenting-api-quick-start-publishing-6.json",
    "guide/api-gateway-documenting-api-quick-start-publishing-7.json",
];

/// Options for the notation and address of a document.
fn like(document: &Value, extensions: Extensions) -> ExportOptions {
    let format = match document.get("swagger") {
        Some(_) => ExportFormat::Swagger2,
        None => ExportFormat::OpenApi3,
    };
    let mut options = plain(format);
    options.extensions = extensions;
    let url = document["servers"][0]["url"].as_str();
    let host = url.map(|url| url["https://".len()..].trim_end_matches("/{basePath}"));
    let host = host.or_else(|| document["host"].as_str());
    options.host = host.map(str::to_owned);
    let variable = &document["servers"][0]["variables"]["basePath"]["default"];
    let stage = variable.as_str().or_else(|| document["basePath"].as_str());
    options.stage = stage.map(|stage| stage.trim_start_matches('/').parse().unwrap());
    options
}

/// What the order and the age of an export say nothing about.
fn timeless(mut document: Value) -> Value {
    if document.get("openapi").is_some() {
        document["openapi"] = json!("3.0.x");
    }
    // Older exports have a slash before the stage.
    if let Some(stage) = document.pointer_mut("/servers/0/variables/basePath/default") {
        *stage = stage.as_str().unwrap().trim_start_matches('/').into();
    }
    for path_item in document["paths"].as_object_mut().unwrap().values_mut() {
        for operation in path_item.as_object_mut().unwrap().values_mut() {
            if let Some(parameters) = operation.get_mut("parameters") {
                let parameters = parameters.as_array_mut().unwrap();
                parameters.sort_by_key(|one| one["name"].to_string());
                // The service tells a body once for each media type, which Swagger forbids.
                parameters.dedup();
            }
        }
    }
    let extension = "x-amazon-apigateway-documentation";
    if let Some(documentation) = document.get_mut(extension) {
        let parts = documentation["documentationParts"].as_array_mut().unwrap();
        // The default path is stored today, and was not then.
        for part in parts {
            let location = part["location"].as_object_mut().unwrap();
            if location.get("path") == Some(&json!("/")) {
                location.remove("path");
            }
        }
    }
    document
}

#[test]
fn exports_of_the_service_come_out_as_they_went_in() {
    let corpus = corpus();
    if corpus.is_empty() {
        return;
    }
    for name in EXPORTS {
        let text = &corpus[name];
        let original: Value = serde_json::from_str(text).unwrap();
        let again = value(&read(text), &like(&original, Extensions::API_GATEWAY));
        assert_eq!(timeless(again), timeless(original), "{name}");
    }
    println!("{} exports", EXPORTS.len());
}

#[test]
fn documentation_stands_where_the_service_puts_it() {
    let corpus = corpus();
    if corpus.is_empty() {
        return;
    }
    for name in DOCUMENTED {
        let text = &corpus[name];
        let original: Value = serde_json::from_str(text).unwrap();
        let mut document = read(text);
        // The import takes what the export says of the API for its own.
        document.rest_api.description = None;
        let mut options = like(&original, Extensions::DOCUMENTATION);
        options.documentation_version = Some(("1.0.0".to_owned(), crate::seconds(1_479_854_500)));
        let again = value(&document, &options);
        assert_eq!(timeless(again), timeless(original), "{name}");
    }
}

/// Everything in one version, imported and written in the other, is everything.
#[test]
fn twins_become_each_other() {
    let corpus = corpus();
    if corpus.is_empty() {
        return;
    }
    let name = |number: usize| {
        format!("guide/api-as-kinesis-proxy-export-swagger-with-extensions-{number}.json")
    };
    let twins = [0, 1].map(|number| read(&corpus[&name(number)]));
    for format in crate::FORMATS {
        let [of_3, of_2] = [0, 1].map(|place| {
            let mut written = timeless(value(&twins[place], &whole(format)));
            // The two have descriptions of their own.
            written.as_object_mut().unwrap().remove("info");
            written
        });
        assert_eq!(of_3, of_2, "{format}");
    }
}
