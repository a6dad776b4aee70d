//! Imports real documents: those below the directory `openapi` of `TOLLGATE_CONFORMANCE`.
//!
//! Nothing here is copied from them; what is expected of a file is named by its path.

#![expect(
    clippy::unwrap_used,
    reason = "a file that cannot be read fails the test"
)]
#![expect(
    clippy::print_stdout,
    reason = "the counts are for whoever reads the log"
)]

#[path = "support/corpus.rs"]
mod corpus;

use std::collections::BTreeMap;

use tollgate_core::Diagnostics;
use tollgate_model::{
    ApiDocument, AuthorizationType, CorsConfiguration, HttpMethod, Method, Resource,
};
use tollgate_openapi::{ImportOptions, Imported, PutMode, add_cors, import, put};

use corpus::corpus;

/// Documents that are broken on purpose, or none.
const INVALID: [&str; 3] = [
    "importer/basic.json",
    "moto/test_api_invalid.json",
    "moto/test_api_invalid_version.json",
];

/// One API written in 3.0 and in 2.0.
const TWINS: [&str; 3] = [
    "guide/api-as-kinesis-proxy-export-swagger-with-extensions",
    "guide/api-gateway-content-encodings-examples-image-lambda",
    "guide/api-gateway-content-encodings-examples-image-s3",
];

/// One API written in JSON and in YAML.
#[cfg(feature = "yaml")]
const IN_BOTH: [&str; 2] = ["importer/uber", "portal/pet-store-prod"];

fn read(text: &str) -> Result<Imported, Diagnostics> {
    import(text, &ImportOptions::default()).map_err(Diagnostics::from)
}

fn methods(document: &ApiDocument) -> impl Iterator<Item = (&Resource, &HttpMethod, &Method)> {
    document.resources.iter().flat_map(|resource| {
        let methods = resource.resource_methods.iter();
        methods.map(move |(verb, method)| (resource, verb, method))
    })
}

#[test]
fn real_documents_are_imported_and_broken_ones_refused() {
    let corpus = corpus();
    let (mut imported, mut remarks) = (0, 0);
    for (name, text) in &corpus {
        let result = read(text);
        let found = match &result {
            Ok(checked) => &checked.diagnostics,
            Err(found) => found,
        };
        imported += usize::from(result.is_ok());
        remarks += found.len();
        assert_eq!(
            result.is_err(),
            INVALID.contains(&name.as_str()),
            "{name}:\n{found}"
        );
        for one in found {
            assert!(one.position.is_some(), "{name}: {one}");
        }
        let again = read(text).map(|checked| checked.document);
        assert_eq!(again, result.map(|checked| checked.document), "{name}");
    }
    println!(
        "{imported} of {} imported, {} refused, {remarks} remarks",
        corpus.len(),
        corpus.len() - imported
    );
}

/// What is imported over itself is as it was, and what is imported over another API is what it
/// would have been without it.
#[test]
fn a_document_put_over_an_api_is_the_document() {
    let corpus = corpus();
    let made: Vec<_> = corpus
        .iter()
        .filter_map(|(name, text)| Some((name, text, read(text).ok()?.document)))
        .collect();
    let over = |old: &ApiDocument, text: &str, mode| {
        let options = ImportOptions::default();
        put(old, text, mode, &options).map(|imported| imported.document)
    };
    let mut pairs = 0;
    for (place, (name, text, document)) in made.iter().enumerate() {
        for mode in [PutMode::Merge, PutMode::Overwrite] {
            let again = over(document, text, mode);
            assert_eq!(again.as_ref(), Ok(document), "{name} over itself");
        }
        let (other_name, _, other) = &made[(place + 1) % made.len()];
        let fresh = over(other, text, PutMode::Overwrite);
        assert_eq!(fresh.as_ref(), Ok(document), "{name} over {other_name}");
        let Ok(both) = over(other, text, PutMode::Merge) else {
            continue;
        };
        pairs += 1;
        for (resource, verb, method) in methods(document) {
            let found = both.resource(&resource.path).unwrap();
            let merged = &found.resource_methods[verb];
            let (made, kept) = (&merged.authorization_type, &method.authorization_type);
            assert_eq!(
                made, kept,
                "{name} over {other_name}: {verb} {}",
                resource.path
            );
            let parts = [merged, method].map(|one| (&one.method_responses, one.api_key_required));
            assert_eq!(parts[0], parts[1], "{name} over {other_name}");
        }
        for resource in &other.resources {
            let kept = both.resource(&resource.path).map(|one| &one.id);
            assert_eq!(kept, Some(&resource.id), "{name} over {other_name}");
        }
    }
    println!(
        "{} put over themselves and another, {pairs} merged",
        made.len()
    );
}

/// Every part of a model has a place in its text, and the place is there.
#[test]
fn every_part_of_a_model_is_found_in_its_text() {
    let mut found = 0;
    for (name, text) in corpus() {
        let Ok(imported) = read(&text) else {
            continue;
        };
        let document = as_json(&name, &text);
        let model = serde_json::to_value(&imported.document).unwrap();
        for pointer in pointers(&model, "") {
            let place = imported.places.find(&pointer).unwrap();
            let part = document.pointer(&place.pointer);
            assert!(part.is_some(), "{name}: {pointer} at {}", place.pointer);
            let is_somewhere = !place.pointer.is_empty() || !pointer.contains("resourceMethods");
            assert!(is_somewhere, "{name}: {pointer} is nowhere");
            found += 1;
        }
    }
    println!("{found} parts");
}

fn pointers(value: &serde_json::Value, at: &str) -> Vec<String> {
    let mut found = vec![at.to_owned()];
    match value {
        serde_json::Value::Object(members) => {
            for (name, part) in members {
                let token = name.replace('~', "~0").replace('/', "~1");
                found.extend(pointers(part, &format!("{at}/{token}")));
            }
        }
        serde_json::Value::Array(items) => {
            for (index, part) in items.iter().enumerate() {
                found.extend(pointers(part, &format!("{at}/{index}")));
            }
        }
        _ => {}
    }
    found
}

fn by_path(document: &ApiDocument) -> BTreeMap<&str, &Resource> {
    let resources = document.resources.iter();
    resources.map(|one| (one.path.as_str(), one)).collect()
}

#[test]
fn twins_make_the_same_methods() {
    let corpus = corpus();
    if corpus.is_empty() {
        return;
    }
    for twin in TWINS {
        let [of_3, of_2] = ["0", "1"].map(|number| {
            let text = &corpus[&format!("{twin}-{number}.json")];
            read(text).unwrap().document
        });
        // The two list their paths in different orders.
        assert_eq!(by_path(&of_3), by_path(&of_2), "{twin}");
        assert_eq!(of_3.models, of_2.models, "{twin}");
        assert_eq!(
            of_3.rest_api.binary_media_types, of_2.rest_api.binary_media_types,
            "{twin}"
        );
    }
}

#[cfg(feature = "yaml")]
#[test]
fn yaml_makes_what_json_makes() {
    let corpus = corpus();
    if corpus.is_empty() {
        return;
    }
    for twin in IN_BOTH {
        let [json, yaml] = ["json", "yaml"].map(|notation| {
            let text = &corpus[&format!("{twin}.{notation}")];
            read(text).unwrap().document
        });
        assert_eq!(by_path(&json), by_path(&yaml), "{twin}");
        assert_eq!(json.authorizers, yaml.authorizers, "{twin}");
        let names = |made: &ApiDocument| {
            let names = made.models.iter().map(|one| one.name.clone());
            names.collect::<Vec<_>>()
        };
        assert_eq!(names(&json), names(&yaml), "{twin}");
    }
}

#[test]
fn no_secured_operation_is_served_open() {
    let mut secured = 0;
    for (name, text) in corpus() {
        let Ok(Imported { document: made, .. }) = read(&text) else {
            continue;
        };
        let document = as_json(&name, &text);
        for (resource, verb, method) in methods(&made) {
            let member = match verb {
                HttpMethod::Any => "x-amazon-apigateway-any-method".to_owned(),
                verb => verb.as_str().to_ascii_lowercase(),
            };
            let operation = &document["paths"][&resource.path][&member];
            let requirements = operation.get("security").unwrap_or(&document["security"]);
            let alternatives = requirements.as_array().into_iter().flatten();
            let names_one = alternatives
                .filter_map(|one| one.as_object())
                .any(|one| !one.is_empty());
            if names_one {
                secured += 1;
                let is_open = method.authorization_type == AuthorizationType::None
                    && !method.api_key_required;
                assert!(!is_open, "{name}: {verb} {}", resource.path);
            }
        }
    }
    println!("{secured} secured methods");
}

/// The document by a reader other than the importer's own, where there is one.
fn as_json(name: &str, text: &str) -> serde_json::Value {
    if name.ends_with(".json") {
        return serde_json::from_str(text).unwrap();
    }
    #[cfg(feature = "yaml")]
    return serde_saphyr::from_str(text).unwrap();
    #[cfg(not(feature = "yaml"))]
    unreachable!("only JSON is read without the feature")
}

/// Members without which an API can be the same: those that may say what is so without them, and
/// those that say something of a body where there is one.
const MAY_CHANGE_NOTHING: [&str; 17] = [
    "basePath",
    "consumes",
    "url",
    "default",
    "in",
    "name",
    "passthroughBehavior",
    "produces",
    "required",
    "requestTemplates",
    "responses",
    "servers",
    "type",
    "validateRequestBody",
    "validateRequestParameters",
    "variables",
    "x-amazon-apigateway-api-key-source",
];

/// What is left out of a document is missing in the API, or was told to have no effect: nothing is
/// dropped in silence.
#[test]
fn every_member_changes_the_api_or_is_told() {
    let own = [
        include_str!("golden/pets.swagger.json"),
        #[cfg(feature = "yaml")]
        include_str!("golden/pets.openapi.yaml"),
        #[cfg(feature = "yaml")]
        include_str!("golden/accounts.openapi.yaml"),
    ];
    let own = own.map(|text| {
        let is_json = text.starts_with('{');
        let name = if is_json { "own.json" } else { "own.yaml" };
        (name.to_owned(), text.to_owned())
    });
    // Each member costs an import.
    let documents = corpus().into_iter().filter(|(_, text)| text.len() < 9000);
    let mut members = 0;
    for (name, text) in documents.chain(own) {
        if read(&text).is_err() {
            continue;
        }
        let document = as_json(&name, &text);
        let whole = made_and_said(&document);
        for pointer in pointers(&document, "") {
            let Some((less, member)) = without(&document, &pointer) else {
                continue;
            };
            members += 1;
            let is_told = whole.1.iter().any(|(told, _)| {
                !told.is_empty() && (pointer == *told || pointer.starts_with(&format!("{told}/")))
            });
            assert!(
                is_told
                    || MAY_CHANGE_NOTHING.contains(&member.as_str())
                    || made_and_said(&less) != whole,
                "{name}: {pointer} is dropped in silence"
            );
        }
    }
    println!("{members} members");
}

/// A document without a member, and the member's name; nothing where there is no such member, or
/// where there is nothing in it.
fn without(document: &serde_json::Value, pointer: &str) -> Option<(serde_json::Value, String)> {
    let (holder, token) = pointer.rsplit_once('/')?;
    let member = token.replace("~1", "/").replace("~0", "~");
    let mut less = document.clone();
    let removed = less.pointer_mut(holder)?.as_object_mut()?.remove(&member)?;
    let is_empty = removed == serde_json::json!([]) || removed == serde_json::json!({});
    (!is_empty).then_some((less, member))
}

type Said = Vec<(String, String)>;

/// What is made of a document, and what is said about it, without places in the text.
fn made_and_said(document: &serde_json::Value) -> (Option<ApiDocument>, Said) {
    let (made, found) = match read(&document.to_string()) {
        Ok(imported) => (Some(imported.document), imported.diagnostics),
        Err(found) => (None, found),
    };
    let said = found.into_iter().map(|one| (one.pointer, one.message));
    (made, said.collect())
}

/// Importing a text with CORS gives the API that CORS is added to after importing.
#[test]
fn cors_can_be_added_to_texts_and_apis_alike() {
    let options = ImportOptions::default();
    let cors = CorsConfiguration::like_console();
    let mut count = 0;
    for (name, text) in corpus() {
        let Ok(imported) = import(&text, &options) else {
            continue;
        };
        let mut api = imported.document;
        let report = api.add_cors(&cors).unwrap();
        let made =
            add_cors(&text, &cors, &options).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(made.report.added, report.added, "{name}");
        let again = import(&made.text, &options).unwrap().document;
        assert_eq!(bare(again), bare(api), "{name}");
        let twice = add_cors(&made.text, &cors, &options).unwrap();
        assert_eq!(twice.text, made.text, "{name}");
        assert_eq!(twice.report.added, [], "{name}");
        count += 1;
    }
    println!("{count} documents with CORS");
}

/// Leaves out what documents say for all operations, which holds for new ones, too.
fn bare(mut api: ApiDocument) -> ApiDocument {
    for resource in &mut api.resources {
        if let Some(options) = resource.resource_methods.get_mut(&HttpMethod::Options) {
            options.request_parameters.clear();
            options.request_validator_id = None;
        }
    }
    api
}
