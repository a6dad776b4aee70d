//! `tollgate stages` and `deployments`.

use super::{Place, masked, no_store, timeless};
use crate::command::document;
use crate::golden::compare;

#[test]
fn stages_and_deployments_are_tables() {
    let place = Place::new();
    place.pets(&["/pets"]);
    let green = ["--description", "the first", "--variable", "color=green"];
    let first = place.deploy(&green);
    let second = place.deploy(&["--canary", "12.5", "--variable", "color=blue"]);
    place
        .0
        .write("orders.json", &document(&[("/orders", "none")]));
    let third = place.json(&["deploy", "orders.json"]);
    let third = third["deploymentId"].as_str().expect("it has an id");
    let ids = [(&*first, "first-"), (&second, "second"), (third, "third-")];
    for (arguments, name) in [
        (&["stages"][..], "stages.txt"),
        (&["deployments"], "deployments.txt"),
        (&["stages", "--format", "json"], "stages.json"),
        (
            &["deployments", "pets", "--format", "json"],
            "deployments.json",
        ),
    ] {
        let mut said = place.done(arguments);
        if name.ends_with("json") {
            let mut value = serde_json::from_str(&said).expect("it is JSON");
            timeless(&mut value);
            said = format!("{value:#}\n");
        }
        compare(&masked(&said, &ids), name);
    }
}

#[test]
fn a_store_that_is_not_there_is_not_made() {
    let place = Place::new();
    for command in ["stages", "deployments"] {
        assert_eq!(place.run(&[command]), no_store());
    }
    assert!(!place.0.path("data").exists());
}

#[test]
fn nothing_in_a_store_acts_on_a_terminal() {
    let place = Place::new();
    place.pets(&["/pets"]);
    place.deploy(&["--description", "\u{1b}[2Ja\nb\u{202e}"]);
    for format in ["text", "json"] {
        let said = place.done(&["deployments", "--format", format]);
        let acts = |char: char| (char.is_control() && char != '\n') || char == '\u{202e}';
        assert!(!said.contains(acts), "{}", said.escape_debug());
    }
    assert_eq!(place.done(&["deployments"]).lines().count(), 2);
    let all = place.json(&["deployments"]);
    assert_eq!(all[0]["deployment"]["description"], "\u{1b}[2Ja\nb\u{202e}");
}
