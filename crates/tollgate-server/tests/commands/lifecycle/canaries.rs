//! `tollgate canary` and `promote`.

use serde_json::{Value, json};

use super::{Place, refused};

const NO_CANARY: &str = "Promotion not available. Canary does not exist.";

#[test]
fn a_canary_begins_changes_and_ends() {
    let place = Place::new();
    place.pets(&["/pets"]);
    let first = place.deploy(&[]);
    place.pets(&["/pets", "/cats"]);
    let second = place.deploy(&[]);
    let serves = format!("pets, stage prod: serves deployment {second}");
    let canary = |options: &[&str]| place.done(&[&["canary", "pets", "prod"], options].concat());
    for (options, expected) in [
        (
            &["--deployment", &*first, "--percent", "10"][..],
            format!("{serves}, and {first} to 10 % of the requests (revision 3)\n"),
        ),
        (
            &["--percent", "0.25"],
            format!("{serves}, and {first} to 0.25 % of the requests (revision 4)\n"),
        ),
        (
            &["--variable", "color=red"],
            format!("{serves}, and {first} to 0.25 % of the requests (revision 5)\n"),
        ),
        (&["--off"], format!("{serves} (revision 6)\n")),
        // Without a deployment of its own it has the stage's.
        (
            &["--variable", "color=red"],
            format!("{serves}, and {second} to 0 % of the requests (revision 7)\n"),
        ),
    ] {
        assert_eq!(canary(options), expected, "{options:?}");
    }
    let said = place.json(&["canary", "pets", "prod", "--percent", "5"]);
    assert_eq!(
        (&said["apiId"], &said["revision"]),
        (&json!("pets"), &json!(8))
    );
    assert_eq!(
        said["stage"]["canarySettings"]["stageVariableOverrides"],
        json!({ "color": "red" })
    );
}

#[test]
fn a_promotion_gives_the_canary_to_all() {
    let place = Place::new();
    place.pets(&["/pets"]);
    let first = place.deploy(&["--variable", "color=green"]);
    assert_eq!(place.run(&["promote", "pets", "prod"]), refused(NO_CANARY));
    let second = place.deploy(&["--canary", "10", "--variable", "color=blue"]);
    assert_ne!(first, second);
    assert_eq!(
        place.done(&["promote", "pets", "prod"]),
        format!(
            "pets, stage prod: serves deployment {second}, and {second} to 0 % of the requests \
             (revision 3)\n"
        )
    );
    let stage = &place.json(&["stages"])[0]["stage"];
    assert_eq!(stage["variables"], json!({ "color": "blue" }));
    let said = place.json(&["canary", "pets", "prod", "--off"]);
    assert_eq!(said["stage"]["canarySettings"], Value::Null);
    assert_eq!(place.run(&["promote", "pets", "prod"]), refused(NO_CANARY));
}

#[test]
fn what_is_refused_changes_nothing() {
    let place = Place::new();
    place.pets(&["/pets"]);
    place.deploy(&[]);
    let before = place.json(&["stages"]);
    for (arguments, message) in [
        (
            &["canary", "pets", "prod", "--deployment", "none"][..],
            "Deployment id does not exist",
        ),
        (
            &["canary", "pets", "prod", "--percent", "100.5"],
            "a share of 100.5 percent: expected a number from 0 to 100",
        ),
        (
            &["canary", "pets", "prod", "--percent", "NaN"],
            "a share of NaN percent: expected a number from 0 to 100",
        ),
        (
            &["canary", "pets", "beta", "--percent", "1"],
            "Invalid stage identifier specified",
        ),
        (
            &["canary", "cats", "prod", "--percent", "1"],
            "there is no API cats, expected one of pets",
        ),
        (
            &["promote", "pets", "beta"],
            "Invalid stage identifier specified",
        ),
        (
            &["promote", "cats", "prod"],
            "there is no API cats, expected one of pets",
        ),
    ] {
        assert_eq!(place.run(arguments), refused(message), "{arguments:?}");
        assert_eq!(place.json(&["stages"]), before, "{arguments:?}");
    }
}
