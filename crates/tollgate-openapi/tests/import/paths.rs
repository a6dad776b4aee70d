//! Paths and verbs.

use serde_json::{Value, json};
use tollgate_openapi::{BasePathMode, ImportOptions, import};

use crate::{accepted, refused};

fn document(paths: Value) -> Value {
    json!({"swagger": "2.0", "basePath": "/base/part", "info": {"title": "Test"}, "paths": paths})
}

#[test]
fn base_paths_come_before_every_path() {
    let text = document(json!({"/": {}, "/test": {}})).to_string();
    for (mode, expected) in [
        (BasePathMode::Ignore, &["/", "/test"][..]),
        (
            BasePathMode::Prepend,
            &["/", "/base", "/base/part", "/base/part/test"],
        ),
        (BasePathMode::Split, &["/", "/part", "/part/test"]),
    ] {
        let mut options = ImportOptions::default();
        options.base_path = mode;
        let made = import(&text, &options).unwrap().document;
        let paths: Vec<_> = made.resources.iter().map(|one| one.path.as_str()).collect();
        assert_eq!(paths, expected, "{mode:?}");
        assert_eq!(
            made.rest_api.root_resource_id.as_ref(),
            Some(&made.resources[0].id)
        );
    }
}

#[test]
fn verbs_are_those_of_a_rest_api() {
    let operation = json!({"x-amazon-apigateway-integration": {"type": "mock"}});
    let (made, warnings) = accepted(&document(json!({"/x": {
        "get": operation, "put": operation, "post": operation, "delete": operation,
        "patch": operation, "options": operation, "head": operation, "trace": operation,
        "x-amazon-apigateway-any-method": operation, "x-other": operation, "GET": operation,
    }})));
    let methods = made.resource("/x").unwrap().resource_methods.keys();
    let verbs: Vec<_> = methods.map(|verb| verb.as_str()).collect();
    assert_eq!(
        verbs,
        [
            "GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "HEAD", "ANY"
        ]
    );
    assert_eq!(
        warnings,
        [
            "warning: `trace` is ignored: a REST API has no method for this verb \
             (at /paths/~1x/trace)",
            "warning: unknown member `GET` is ignored (at /paths/~1x/GET)",
        ]
    );
}

#[test]
fn slashes_are_mended() {
    let (made, warnings) = accepted(&document(json!({"a": {}, "/b/": {}})));
    let paths: Vec<_> = made.resources.iter().map(|one| one.path.as_str()).collect();
    assert_eq!(paths, ["/", "/a", "/b"]);
    assert_eq!(
        warnings,
        [
            "warning: the path `a` is read as `/a` (at /paths/a)",
            "warning: the path `/b/` is read as `/b` (at /paths/~1b~1)",
        ]
    );
}

#[test]
fn every_broken_path_is_told() {
    let operation = json!({"x-amazon-apigateway-integration": {"type": "mock"}});
    let found = refused(&document(json!({
        "/a/{b}": {},
        "/a/{c}/d": {},
        "/a//b": {},
        "/x{y}": {},
        "/e": {"get": operation},
        "/e/": {"get": operation},
        "/f/{g+}/h": {},
    })));
    assert_eq!(
        found,
        [
            "error: Unable to create resource at path '/a/{c}': A sibling ({b}) of this resource \
             already has a variable path part -- only one is allowed (at /paths/~1a~1{c}~1d)",
            "error: the path has an empty segment (at /paths/~1a~1~1b)",
            "error: the segment `x{y}` is neither of letters, digits, `_`, `-`, `.`, `,` and `:` \
             nor a whole variable such as `{id}` or `{proxy+}` (at /paths/~1x{y})",
            "warning: the path `/e/` is read as `/e` (at /paths/~1e~1)",
            "error: GET /e is there already (at /paths/~1e~1/get)",
            "error: Unable to create resource at path '/f/{g+}/h': Cannot create a child of a \
             resource with a greedy path variable: {g+} (at /paths/~1f~1{g+}~1h)",
        ]
    );
}

#[test]
fn path_items_may_be_references() {
    let operation = json!({"x-amazon-apigateway-integration": {"type": "mock"}});
    let (made, warnings) = accepted(&document(json!({
        "/a/{id}": {"get": operation},
        "/b/{id}": {"$ref": "#/paths/~1a~1%7Bid%7D", "post": operation},
    })));
    let methods = &made.resource("/b/{id}").unwrap().resource_methods;
    assert_eq!(methods.len(), 1);
    assert_eq!(
        warnings,
        ["warning: unknown member `post` is ignored (at /paths/~1b~1{id}/post)"]
    );
}

#[test]
fn a_document_needs_paths_and_a_title() {
    assert_eq!(
        refused(&json!({"openapi": "3.0.0", "info": {}, "paaths": {}})),
        [
            "error: `paths` is missing",
            "error: `title` is missing: an API needs a name (at /info)",
            "warning: unknown member `paaths` is ignored (at /paaths)",
        ]
    );
}
