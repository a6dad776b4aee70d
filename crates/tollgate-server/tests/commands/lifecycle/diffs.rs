//! `tollgate diff`.

use serde_json::json;

use super::{Place, refused};

#[test]
fn only_what_breaks_clients_fails() {
    let place = Place::new();
    place.pets(&["/cats", "/pets"]);
    place.deploy(&[]);
    for (paths, code, last) in [
        (&["/cats", "/pets"][..], 0, "no differences"),
        (&["/cats", "/dogs", "/pets"], 0, "1 difference, 0 breaking"),
        (&["/pets"], 1, "1 difference, 1 breaking"),
        (&["/pets", "/dogs"], 1, "2 differences, 1 breaking"),
    ] {
        place.pets(paths);
        let said = place.run(&["diff", "pets", "prod", "pets.json"]);
        assert_eq!((said.code, &*said.err), (Some(code), ""), "{paths:?}");
        assert_eq!(said.out.lines().last(), Some(last), "{paths:?}: {said:?}");

        let json = ["diff", "pets", "prod", "pets.json", "--format", "json"];
        let in_json = place.run(&json);
        assert_eq!(in_json.code, Some(code));
        let value: serde_json::Value = serde_json::from_str(&in_json.out).expect("it is JSON");
        let differences = value["differences"].as_array().expect("it is a list");
        assert_eq!(differences.len(), said.out.lines().count() - 1);
        let breaking = differences.iter().filter(|one| one["breaking"] == true);
        assert_eq!(breaking.count() > 0, code == 1);
    }
    let said = place.run(&["diff", "pets", "prod", "pets.json"]).out;
    assert_eq!(
        said,
        "high breaking - ANY /cats (its callers get 403)\n\
         low + ANY /dogs (there was none)\n\
         2 differences, 1 breaking\n"
    );
}

#[test]
fn the_draft_is_compared_where_no_document_is_named() {
    let place = Place::new();
    place.pets(&["/pets"]);
    place.deploy(&[]);
    assert_eq!(place.done(&["diff", "pets", "prod"]), "no differences\n");
    // Deployed elsewhere, it is the draft, and not yet served by the stage.
    place.pets(&["/cats", "/pets"]);
    place.done(&["deploy", "pets.json", "--stage", "beta"]);
    let said = place.json(&["diff", "pets", "prod"]);
    assert_eq!(said["differences"][0]["place"], json!("ANY /cats"));
    assert_eq!(place.done(&["diff", "pets", "beta"]), "no differences\n");
}

#[test]
fn what_is_not_there_cannot_be_compared() {
    let place = Place::new();
    place.pets(&["/pets"]);
    place.deploy(&[]);
    for (arguments, message) in [
        (
            &["diff", "pets", "beta"][..],
            "Invalid stage identifier specified",
        ),
        (
            &["diff", "cats", "prod"],
            "there is no API cats, expected one of pets",
        ),
    ] {
        assert_eq!(place.run(arguments), refused(message), "{arguments:?}");
    }
    place.0.write("pets.json", "{\n  \"openapi\": ,\n}");
    let said = place.run(&["diff", "pets", "prod", "pets.json"]);
    assert_eq!((said.code, &*said.out), (Some(1), ""));
    assert!(said.err.contains("pets.json:2:14\n"), "{said:?}");
}
