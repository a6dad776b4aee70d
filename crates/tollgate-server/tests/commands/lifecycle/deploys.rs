//! `tollgate deploy`.

use serde_json::{Value, json};

use super::{Place, Said, refused};
use crate::command::document;

#[test]
fn a_deployment_is_said_with_what_its_stage_serves() {
    let place = Place::new();
    place.pets(&["/pets"]);
    let deploy = |options: &[&str]| place.done(&[&["deploy", "pets.json"], options].concat());
    let ids = || -> Vec<String> {
        let all = place.json(&["deployments", "pets"]);
        let all = all.as_array().expect("it is a list").iter();
        all.map(|one| {
            one["deployment"]["id"]
                .as_str()
                .expect("it has one")
                .to_owned()
        })
        .collect()
    };
    let said = deploy(&[]);
    let first = ids()[0].clone();
    assert_eq!(
        said,
        format!("pets, stage default: serves deployment {first} (revision 1)\n")
    );
    // The same document once more is another deployment.
    let said = deploy(&[]);
    let second = ids()[1].clone();
    assert_ne!(first, second);
    assert_eq!(
        said,
        format!("pets, stage default: serves deployment {second} (revision 2)\n")
    );
    let said = deploy(&["--canary", "12.5"]);
    let third = ids()[2].clone();
    let serves = format!("pets, stage default: serves deployment {second}, and");
    assert_eq!(
        said,
        format!("{serves} {third} to 12.5 % of the requests (revision 3)\n")
    );
    // While a stage has a canary, that is what a deployment is for.
    let said = deploy(&[]);
    let fourth = ids()[3].clone();
    assert_eq!(
        said,
        format!("{serves} {fourth} to 12.5 % of the requests (revision 4)\n")
    );
    // Another API beside it.
    let said = deploy(&["--api", "cats"]);
    assert!(
        said.starts_with("cats, stage default: serves deployment "),
        "{said}"
    );
}

#[test]
fn options_end_up_in_deployments_and_stages() {
    let place = Place::new();
    place.pets(&["/pets"]);
    let first = place.deploy(&["--description", "the first", "--variable", "color=green"]);
    let canary = [
        "--canary",
        "30",
        "--variable",
        "color=blue",
        "--variable",
        "a=b=c",
    ];
    let second = place.deploy(&canary);
    let deployments = place.json(&["deployments"]);
    assert_eq!(deployments[0]["deployment"]["description"], "the first");
    assert_eq!(deployments[1]["deployment"]["description"], Value::Null);
    let stage = &place.json(&["stages", "pets"])[0]["stage"];
    assert_eq!(
        (&stage["deploymentId"], &stage["variables"]),
        (&json!(first), &json!({ "color": "green" }))
    );
    let canary = &stage["canarySettings"];
    assert_eq!(
        (
            &canary["deploymentId"],
            &canary["percentTraffic"],
            &canary["stageVariableOverrides"]
        ),
        (
            &json!(second),
            &json!(30.0),
            &json!({ "color": "blue", "a": "b=c" })
        )
    );
    // Variables of a stage stay until others take their place.
    place.done(&["canary", "pets", "prod", "--off"]);
    place.deploy(&["--variable", "size=1"]);
    let stage = &place.json(&["stages"])[0]["stage"];
    assert_eq!(stage["variables"], json!({ "color": "green", "size": "1" }));
}

#[test]
fn the_draft_is_deployed_where_no_document_is_named() {
    let place = Place::new();
    place.pets(&["/pets"]);
    let first = place.deploy(&[]);
    let second = place.json(&["deploy", "--api", "pets", "--stage", "beta"]);
    assert_ne!(second["deploymentId"], first);
    assert_eq!(
        (&second["apiId"], &second["stageName"], &second["revision"]),
        (&json!("pets"), &json!("beta"), &json!(2))
    );
    let all = place.json(&["deployments", "pets"]);
    let hash = |number: usize| &all[number]["deployment"]["contentHash"];
    assert!(hash(0).is_string(), "{all}");
    assert_eq!(hash(0), hash(1));
}

#[test]
fn nothing_is_written_for_a_document_that_cannot_be_served() {
    let siblings = document(&[("/pets/{id}", "one"), ("/pets/{name}", "other")]);
    for (text, expected) in [
        ("{\n  \"openapi\": ,\n}", "pets.json:2:14\n"),
        (&*siblings, "/pets/{name}"),
        ("", "1 error, "),
    ] {
        let place = Place::new();
        place.0.write("pets.json", text);
        let Said { code, out, err } = place.run(&["deploy", "pets.json"]);
        assert_eq!((code, &*out), (Some(1), ""), "{err}");
        assert!(
            err.starts_with("error: ") && err.contains(expected),
            "{err}"
        );
        assert!(!place.0.path("data").exists());

        // What is there stays as it is.
        place.pets(&["/pets"]);
        place.deploy(&[]);
        let before = place.json(&["deployments"]);
        place.0.write("pets.json", text);
        assert_eq!(place.run(&["deploy", "pets.json"]).code, Some(1));
        assert_eq!(place.json(&["deployments"]), before);
    }
    let place = Place::new();
    let said = place.run(&["deploy", "none.json"]);
    assert_eq!(said.code, Some(1));
    assert!(
        said.err.starts_with("error: cannot read the file: "),
        "{said:?}"
    );
}

#[test]
fn remarks_about_a_document_do_not_stand_in_the_way() {
    let place = Place::new();
    let odd = document(&[("/pets", "hello")]).replacen("\"paths\"", "\"pathes\": {}, \"paths\"", 1);
    place.0.write("pets.json", &odd);
    let said = place.run(&["deploy", "pets.json"]);
    assert_eq!(said.code, Some(0));
    assert!(said.err.starts_with("warning: "), "{said:?}");
    assert!(said.out.ends_with(" (revision 1)\n"), "{said:?}");
}

#[test]
fn a_document_is_judged_with_the_variables_of_its_stage() {
    let place = Place::new();
    let integration = json!({
        "type": "http_proxy", "httpMethod": "GET", "uri": "https://${stageVariables.host}/x"
    });
    let document = json!({
        "openapi": "3.0.1",
        "info": { "title": "test", "version": "1" },
        "paths": { "/x": { "get": {
            "responses": { "200": { "description": "" } },
            "x-amazon-apigateway-integration": integration
        } } }
    });
    place.0.write("pets.json", &document.to_string());
    let invalid = "invalid endpoint address \"https:///x\"";
    for (options, is_whole) in [
        (&["--stage", "beta"][..], false),
        (&["--variable", "host=example.com"], true),
        (&[], true),
        (&["--canary", "10"], true),
        (&["--canary", "10", "--variable", "host=:"], false),
    ] {
        let said = place.run(&[&["deploy", "pets.json"], options].concat());
        assert_eq!(said.code, Some(0), "{options:?}: {said:?}");
        assert_eq!(said.err.is_empty(), is_whole, "{options:?}: {said:?}");
    }
    let said = place.run(&["deploy", "pets.json", "--stage", "gamma"]);
    assert!(said.err.contains(invalid), "{said:?}");
}

#[test]
fn what_is_refused_changes_nothing() {
    let place = Place::new();
    place.pets(&["/pets"]);
    place.deploy(&[]);
    let long = "x".repeat(2_000);
    for (options, message) in [
        (
            &["--stage", "beta", "--canary", "10"][..],
            "Invalid deployment content specified.Stage beta must already be created before making \
             a canary release deployment",
        ),
        (
            &["--stage", "prod", "--canary", "101"],
            "a share of 101 percent: expected a number from 0 to 100",
        ),
        (
            &["--variable", "a-b=c"],
            "name \"a-b\" of a stage variable: expected 1 to 64 letters, digits and underscores",
        ),
        (
            &["--variable", "a=b c"],
            "value \"b c\" of stage variable a: expected 1 to 512 letters, digits and characters of \
             -._~:/?#&=,",
        ),
        (
            &["--description", &long],
            "a description has 2000 bytes, of 1024 that it may have",
        ),
    ] {
        let before = place.json(&["stages"]);
        let said = place.run(&[&["deploy", "pets.json"], options].concat());
        assert_eq!(said, refused(message), "{options:?}");
        assert_eq!(place.json(&["stages"]), before, "{options:?}");
    }
    let said = place.run(&["deploy", "--api", "cats"]);
    assert_eq!(said, refused("there is no API cats, expected one of pets"));
}
