//! Documents past the limits, and just within.

use serde_json::{Map, Value, json};
use tollgate_openapi::{ImportOptions, PutMode, import, limits};

use crate::{accepted, refused, with_get};

fn says(text: &str) -> String {
    match import(text, &ImportOptions::default()) {
        Ok(_) => "imported".to_owned(),
        Err(found) => found.to_string(),
    }
}

#[test]
fn a_document_has_a_size() {
    let document = with_get(json!({}), json!({})).to_string();
    let padded = |bytes: usize| document.clone() + &" ".repeat(bytes - document.len());
    assert_eq!(says(&padded(limits::MAX_DOCUMENT_BYTES)), "imported");
    assert_eq!(
        says(&padded(limits::MAX_DOCUMENT_BYTES + 1)),
        format!(
            "error: the document has {} bytes, expected at most {}",
            limits::MAX_DOCUMENT_BYTES + 1,
            limits::MAX_DOCUMENT_BYTES
        )
    );
}

/// A document whose lists stand in one another so many times, the document itself counted.
fn nested(levels: usize) -> String {
    let lists = levels - 1;
    format!(
        r#"{{"swagger": "2.0", "info": {{"title": "T"}}, "paths": {{}}, "x-deep": {}{}}}"#,
        "[".repeat(lists),
        "]".repeat(lists)
    )
}

#[test]
fn nesting_ends_in_json() {
    assert_eq!(says(&nested(limits::MAX_NESTING)), "imported");
    assert!(says(&nested(limits::MAX_NESTING + 1)).contains("recursion limit exceeded"));
    assert!(says(&nested(1_000_000)).contains("recursion limit exceeded"));
}

#[test]
fn resources_and_paths_are_counted() {
    let paths = |count: usize| -> Value {
        let paths: Map<_, _> = (0..count).map(|n| (format!("/{n}"), json!({}))).collect();
        json!({"swagger": "2.0", "info": {"title": "T"}, "paths": paths})
    };
    let (made, _) = accepted(&paths(limits::MAX_RESOURCES - 1));
    assert_eq!(made.resources.len(), limits::MAX_RESOURCES);
    let found = refused(&paths(limits::MAX_RESOURCES));
    assert_eq!(
        found,
        [format!(
            "error: the document has more than {} resources (at /paths/~1{})",
            limits::MAX_RESOURCES,
            limits::MAX_RESOURCES - 1
        )]
    );
    let long = "/".to_owned() + &"a".repeat(limits::MAX_PATH_BYTES);
    let found = refused(&json!({
        "swagger": "2.0", "info": {"title": "T"}, "paths": Map::from_iter([(long, json!({}))]),
    }));
    assert!(
        found[0].contains("the path has more than 2048 bytes"),
        "{}",
        &found[0][..80]
    );
}

#[test]
fn references_lead_so_far_and_repeat_so_much() {
    let chain = |length: usize| {
        let parameters: Map<_, _> = (0..length)
            .map(|n| {
                (
                    n.to_string(),
                    json!({"$ref": format!("#/components/parameters/{}", n + 1)}),
                )
            })
            .chain([(length.to_string(), json!({"name": "n", "in": "query"}))])
            .collect();
        with_get(
            json!({"parameters": [{"$ref": "#/components/parameters/0"}]}),
            json!({"components": {"parameters": parameters}}),
        )
    };
    accepted(&chain(limits::MAX_REFERENCE_HOPS - 2));
    refused(&chain(limits::MAX_REFERENCE_HOPS));

    let template = "x".repeat(1024 * 1024);
    let operation = json!({"x-amazon-apigateway-integration": {"$ref": "#/components/shared"}});
    let paths: Map<_, _> = (0..100)
        .map(|n| (format!("/{n}"), json!({"get": operation})))
        .collect();
    let found = refused(&json!({
        "openapi": "3.0.1", "info": {"title": "T"}, "paths": paths,
        "components": {"shared": {"type": "mock", "requestTemplates": {"a/b": template}}},
    }));
    let too_much = format!(
        "error: references and defaults repeat more than {} bytes (at /components/shared)",
        limits::MAX_SHARED_BYTES
    );
    assert!(found.contains(&too_much), "{found:?}");
}

#[test]
fn remarks_come_to_an_end_but_errors_still_count() {
    let name = |n: usize| format!("{n}{}", "n".repeat(100_000));
    let mut info: Map<_, _> = (0..50).map(|n| (name(n), json!({}))).collect();
    info.insert("title".to_owned(), json!("T"));
    let mut document = json!({"swagger": "2.0", "info": info, "paths": {}});
    let (_, said) = accepted(&document);
    let last =
        |severity| format!("{severity}: there is more to say than is kept: the rest is left out");
    assert_eq!(said.last(), Some(&last("warning")));
    let bytes: usize = said.iter().map(String::len).sum();
    assert!(bytes < limits::MAX_REMARK_BYTES + 300_000, "{bytes}");

    document["definitions"] = json!({"A_B": {}});
    assert_eq!(refused(&document).last(), Some(&last("error")));
}

#[test]
fn names_of_schemas_end_and_long_schemas_stay_on_a_line() {
    let with = |name: String, schema: Value| {
        with_get(
            json!({}),
            json!({"components": {"schemas": {name: schema}}}),
        )
    };
    let most = limits::MAX_SCHEMA_NAME_BYTES;
    accepted(&with("n".repeat(most), json!({})));
    let found = refused(&with("n".repeat(most + 1), json!({})));
    assert!(found[0].contains("the schema's name has more than 1024 bytes"));

    for (bytes, is_indented) in [
        (limits::MAX_INDENTED_BYTES, true),
        (limits::MAX_INDENTED_BYTES + 1, false),
    ] {
        let around = json!({"title": ""}).to_string().len();
        let schema = json!({"title": "t".repeat(bytes - around)});
        let (made, _) = accepted(&with("Long".to_owned(), schema));
        assert_eq!(made.models[0].schema.contains('\n'), is_indented, "{bytes}");
    }
}

#[test]
fn a_merge_counts_what_is_there() {
    let paths = |from: usize, to: usize| {
        let paths: Map<_, _> = (from..to).map(|n| (format!("/{n}"), json!({}))).collect();
        json!({"swagger": "2.0", "info": {"title": "T"}, "paths": paths})
    };
    let (old, _) = accepted(&paths(0, limits::MAX_RESOURCES - 2));
    let put = |document: &Value| {
        let options = ImportOptions::default();
        tollgate_openapi::put(&old, &document.to_string(), PutMode::Merge, &options).map(|_| ())
    };
    assert_eq!(put(&paths(0, limits::MAX_RESOURCES - 1)), Ok(()));
    assert!(put(&paths(20_000, 20_002)).is_err());
}

#[test]
fn remarks_are_counted() {
    let mut document = with_get(json!({}), json!({}));
    for n in 0..limits::MAX_REMARKS {
        document["info"][format!("unknown {n}")] = json!(n);
        document["paths"]["/x"]["get"][format!("x-{n}")] = json!(n);
    }
    let found = import(&document.to_string(), &ImportOptions::default())
        .unwrap()
        .diagnostics;
    // An eighth are notes, and one tells that there were more.
    assert_eq!(found.len(), limits::MAX_REMARKS + 1);
    let mut refused = document.clone();
    refused["paths"]["/x"]["security"] = json!([]);
    let found = import(&refused.to_string(), &ImportOptions::default()).map(|_| ());
    assert!(found.unwrap_err().diagnostics().has_errors());
}

#[cfg(feature = "yaml")]
mod yaml {
    use super::{limits, nested, says};

    #[test]
    fn nesting_ends_in_yaml() {
        let yaml = |levels| format!("---\n{}", nested(levels));
        assert_eq!(says(&yaml(limits::MAX_NESTING)), "imported");
        for levels in [limits::MAX_NESTING + 1, 100_000] {
            assert!(says(&yaml(levels)).starts_with("error: Invalid OpenAPI input: not YAML"));
        }
    }

    #[test]
    fn aliases_cannot_grow_a_document() {
        let mut laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
        for n in 1..10 {
            let many = vec![format!("*a{}", n - 1); 9].join(", ");
            laughs += &format!("a{n}: &a{n} [{many}]\n");
        }
        let long = format!(
            "a: &a {}\nb:\n{}",
            "x".repeat(1_000_000),
            "  - *a\n".repeat(1000)
        );
        for text in [laughs.as_str(), &long, "a: &a [*a]"] {
            assert!(says(text).starts_with("error: Invalid OpenAPI input: not YAML"));
        }
    }

    const HEAD: &str = "swagger: '2.0'\ninfo: {title: T}\npaths: {}\n";

    #[test]
    fn a_small_document_may_grow_a_little() {
        let laughs = |levels: usize| {
            let mut text = format!("{HEAD}x-a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
            for n in 1..levels {
                let many = vec![format!("*a{}", n - 1); 9].join(",");
                text += &format!("x-a{n}: &a{n} [{many}]\n");
            }
            text
        };
        assert_eq!(says(&laughs(3)), "imported");
        // It has 250 bytes, and would have 70,000 nodes.
        let refused = says(&laughs(5));
        assert!(
            refused.starts_with("error: Invalid OpenAPI input: not YAML"),
            "{refused}"
        );

        let long = |uses: usize| {
            let text = "x".repeat(limits::FREE_YAML_SCALAR_BYTES / 100);
            let uses = "  - *a\n".repeat(uses);
            format!("{HEAD}x-a: &a {text}\nx-b:\n{uses}")
        };
        assert_eq!(says(&long(100)), "imported");
        assert!(says(&long(150)).starts_with("error: Invalid OpenAPI input: not YAML"));
    }

    #[test]
    fn what_all_methods_have_may_stand_behind_an_anchor() {
        let mut text = "swagger: '2.0'\ninfo: {title: T}\nx-cors: &cors\n".to_owned();
        text += "  responses: {'200': {description: ok}}\n  x-amazon-apigateway-integration:\n";
        text +=
            "    type: mock\n    requestTemplates: {application/json: '{\"statusCode\": 200}'}\n";
        text += "    responses: {default: {statusCode: '200'}}\npaths:\n";
        for n in 0..500 {
            text += &format!("  /p{n}: {{options: *cors}}\n");
        }
        assert_eq!(says(&text), "imported");
    }
}
