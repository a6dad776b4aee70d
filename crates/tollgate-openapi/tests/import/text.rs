//! Texts that are no documents, and places in those that are.

use tollgate_openapi::{ImportOptions, import};

fn said(text: &str) -> String {
    match import(text, &ImportOptions::default()) {
        Ok(checked) => crate::grave(&checked.diagnostics).to_string(),
        Err(found) => found.to_string(),
    }
}

const NO_VERSION: &str = "error: Invalid OpenAPI input: neither `swagger` nor `openapi` is there, \
     expected `swagger: \"2.0\"` or `openapi: 3.0.x` (at 1:1)";

#[test]
fn json_that_is_none_is_told_at_its_place() {
    let error = |detail| format!("error: Invalid OpenAPI input: {detail}");
    for (text, expected) in [
        ("", error("the text is empty (at 1:1)")),
        (" \n\t", error("the text is empty (at 1:1)")),
        ("{\n  \"a\" 1}", error("not JSON: expected `:` (at 2:7)")),
        ("{\"ä\": ö}", error("not JSON: expected value (at 1:7)")),
        (
            "\u{feff}{\"ä\": ö}",
            error("not JSON: expected value (at 1:7)"),
        ),
        ("{\"a\": [1,]}", error("not JSON: trailing comma (at 1:10)")),
        ("{} {}", error("not JSON: trailing characters (at 1:4)")),
        ("{}", NO_VERSION.to_owned()),
    ] {
        assert_eq!(said(text), expected, "{text:?}");
    }
}

#[test]
fn numbers_of_json_keep_their_spelling_too() {
    let text = r#"{"swagger": 2.0, "info": {"title": 1, "version": 1.10}, "paths": {}}"#;
    let api = import(text, &ImportOptions::default()).unwrap().document;
    assert_eq!(api.rest_api.name, "1");
    assert_eq!(api.rest_api.version.as_deref(), Some("1.10"));
}

#[test]
fn members_that_are_there_twice_are_all_told() {
    assert_eq!(
        said("{\n  \"a/b\": {\"c\": 1, \"d\": 2,\n    \"c\": 3},\n  \"\\u0061/b\": {}\n}"),
        "error: the member `c` is there twice (at 3:5, /a~1b/c)\n\
         error: the member `a/b` is there twice (at 4:3, /a~1b)"
    );
}

#[test]
fn places_are_those_of_names_and_of_elements() {
    let text = r#"{
  "swagger": "2.0", "info": {"title": "Größe", "x": 1},
  "paths": {
    "/é\"": {}, "/p": {  "get": {"parameters": [    {},
{"name": "n"}], "x-amazon-apigateway-integration": {"type": "mock"}}}
  }
}"#;
    assert_eq!(
        said(text),
        "warning: unknown member `x` is ignored (at 2:48, /info/x)\n\
         error: the segment `é\"` is neither of letters, digits, `_`, `-`, `.`, `,` and `:` nor a \
         whole variable such as `{id}` or `{proxy+}` (at 4:5, /paths/~1é\")\n\
         error: a parameter needs `name` and `in` (at 4:53, /paths/~1p/get/parameters/0)\n\
         error: a parameter needs `name` and `in` (at 5:1, /paths/~1p/get/parameters/1)"
    );
}

#[cfg(not(feature = "yaml"))]
#[test]
fn without_the_feature_yaml_is_refused_by_name() {
    assert_eq!(
        said("\n  openapi: 3.0.1"),
        "error: Invalid OpenAPI input: the text is not a JSON object, expected a JSON object: \
         this build reads no YAML (feature `yaml`) (at 2:3)"
    );
}

#[cfg(feature = "yaml")]
mod yaml {
    use super::{NO_VERSION, said};
    use tollgate_openapi::{ImportOptions, import};

    #[test]
    fn yaml_that_is_none_is_told_at_its_place() {
        for (text, place) in [
            ("a: [1, 2", "(at 1:4)"),
            ("a: 1\nb", "(at 2:1)"),
            ("- a\nb: 1", "(at 2:1)"),
            ("a: *x", "(at 1:4)"),
            ("a: 1\n---\nb: 1", "(at 3:1)"),
            ("ä: [ö, *x]", "(at 1:8)"),
        ] {
            let said = said(text);
            let begin = "error: Invalid OpenAPI input: not YAML: ";
            assert!(said.starts_with(begin) && said.ends_with(place), "{said}");
        }
        assert_eq!(
            said("a: 1\nb: 2\n'a': 3"),
            "error: Invalid OpenAPI input: not YAML: the member `a` is there twice (at 3:1)"
        );
        assert_eq!(said("a: 1"), NO_VERSION);
        assert_eq!(
            said("just a text"),
            "error: Invalid OpenAPI input: the document is a string, \
             expected `swagger: \"2.0\"` or `openapi: 3.0.x` (at 1:1)"
        );
    }

    #[test]
    fn numbers_and_words_are_what_their_authors_see() {
        let text = "\
swagger: 2.0
info: { title: no, description: 0755, version: 1.10 } # not 1.1
paths:
  /x:
    get:
      operationId: 1_000
      responses: { 200: {}, 404: { headers: { on: {} } } }
      x-amazon-apigateway-integration: { type: mock, responses: { default: { statusCode: 200 } } }
";
        let made = import(text, &ImportOptions::default()).unwrap();
        assert_eq!(crate::grave(&made.diagnostics).to_string(), "");
        let api = made.document;
        assert_eq!(api.rest_api.name, "no");
        assert_eq!(api.rest_api.description.as_deref(), Some("0755"));
        assert_eq!(api.rest_api.version.as_deref(), Some("1.10"));
        let method = crate::method(&api);
        assert_eq!(method.operation_name.as_deref(), Some("1_000"));
        let statuses: Vec<_> = method.method_responses.keys().collect();
        assert_eq!(statuses, ["200", "404"]);
        let headers = method.method_responses["404"].response_parameters.as_ref();
        assert!(headers.unwrap().contains_key("method.response.header.on"));
    }

    #[test]
    fn numbers_keep_their_spelling_wherever_a_text_is_meant() {
        for (written, version) in [
            ("1.10", "1.10"),
            ("2.0", "2.0"),
            ("1", "1"),
            ("1e3", "1e3"),
            ("-0.50", "-0.50"),
            ("12345678901234567890123", "12345678901234567890123"),
            ("&v 1.10", "1.10"),
            ("!!float 1.10", "1.10"),
            ("'1.10'", "1.10"),
        ] {
            let text =
                format!("swagger: 2.0\ninfo: {{ title: 1.10, version: {written} }}\npaths: {{}}\n");
            let api = import(&text, &ImportOptions::default()).unwrap().document;
            assert_eq!(api.rest_api.name, "1.10", "{written}");
            let found = api.rest_api.version.as_deref();
            assert_eq!(found, Some(version), "{written}");
        }
    }

    #[test]
    fn aliases_and_merges_stand_where_they_are_used() {
        let text = "\
openapi: 3.0.1
info: { title: Test }
x-shared: &shared
  typo: 1
paths:
  /x: *shared
  /y:
    <<: *shared
    other: 2
";
        assert_eq!(
            said(text),
            "warning: unknown member `typo` is ignored (at 6:7, /paths/~1x/typo)\n\
             warning: unknown member `typo` is ignored (at 8:9, /paths/~1y/typo)\n\
             warning: unknown member `other` is ignored (at 9:5, /paths/~1y/other)"
        );
    }

    #[test]
    fn keys_that_become_the_same_name_are_refused() {
        let text = "swagger: 2.0\ninfo: {title: T}\npaths: {}\nx: {200: a, '200': b}";
        assert_eq!(
            said(text),
            "error: Invalid OpenAPI input: not YAML: the member `200` is there twice (at 4:4)"
        );
    }
}
