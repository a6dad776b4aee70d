//! Command lines that are wrong, and stores that cannot be had.

use super::Place;

#[test]
fn a_wrong_command_line_ends_with_status_2() {
    let place = Place::new();
    place.pets(&["/pets"]);
    for arguments in [
        &["deploy", "pets.json"][..],
        &["deploy", "--data", "data"],
        &["deploy", "pets.json", "--data", "data", "--database", "x"],
        &["deploy", "pets.json", "--data", "data", "--canary", "many"],
        &["deploy", "pets.json", "--data", "data", "--variable", "a"],
        &["deploy", "pets.json", "--data", "data", "--stage", "a/b"],
        &["deploy", "pets.json", "--data", "data", "--api", "a/b"],
        &["deploy", "pets.json", "--data", "data", "--api", ""],
        &["stages"],
        &["deployments", "--data", "data", "--format", "xml"],
        &["promote", "pets", "--data", "data"],
        &["rollback", "pets", "--data", "data"],
        &[
            "rollback",
            "pets",
            "prod",
            "--data",
            "data",
            "--at",
            "yesterday",
        ],
        &[
            "rollback",
            "pets",
            "prod",
            "--data",
            "data",
            "--to",
            "a",
            "--at",
            "2026-01-31T12:00:00Z",
        ],
        &["canary", "pets", "prod", "--data", "data"],
        &[
            "canary",
            "pets",
            "prod",
            "--data",
            "data",
            "--off",
            "--percent",
            "1",
        ],
        &["diff", "pets", "--data", "data"],
        // Where these are taken, they end with another status.
        &["serve", "pets.json", "--data", "data", "--config", "none"],
        &[
            "serve",
            "--data",
            "data",
            "--database",
            "x",
            "--config",
            "none",
        ],
        &[
            "serve", "--data", "data", "--cache", "cache", "--config", "none",
        ],
        &["serve", "pets.json", "--cache", "cache", "--config", "none"],
    ] {
        let said = place.run_alone(arguments);
        assert_eq!(said.code, Some(2), "{arguments:?}: {said:?}");
        assert!(said.err.starts_with("error: "), "{arguments:?}: {said:?}");
        assert!(!place.0.path("data").exists(), "{arguments:?}");
    }
}

#[test]
fn a_store_that_cannot_be_had_is_told_without_passwords() {
    let place = Place::new();
    place.pets(&["/pets"]);
    place
        .0
        .write("url", "postgres://tollgate:hunter2@127.0.0.1:1/tollgate\n");
    for (store, expected) in [
        (&["--data", "pets.json"][..], "error: pets.json: "),
        (&["--data", "pets.json/data"], "error: pets.json/data: "),
        (&["--database", "@none"], "error: none: "),
        (
            &["--database", "postgres://tollgate:hunter2@[/"],
            "error: the address of the database cannot be read\n",
        ),
        (
            &["--database", "postgres://tollgate:hunter2@127.0.0.1:1/x"],
            "error: the store is away: ",
        ),
        (&["--database", "@url"], "error: the store is away: "),
    ] {
        for command in [
            &["deploy", "pets.json"][..],
            &["stages"],
            &["promote", "pets", "prod"],
            &["diff", "pets", "prod"],
            &["serve", "--listen", "127.0.0.1:0"],
        ] {
            let arguments = [command, store].concat();
            let said = place.run_alone(&arguments);
            assert_eq!(
                (said.code, &*said.out),
                (Some(1), ""),
                "{arguments:?}: {said:?}"
            );
            assert!(said.err.starts_with(expected), "{arguments:?}: {said:?}");
            assert!(!said.err.contains("hunter2"), "{arguments:?}: {said:?}");
        }
    }
}

#[test]
fn a_file_that_is_no_store_stays_as_it_is() {
    let place = Place::new();
    place.pets(&["/pets"]);
    std::fs::create_dir(place.0.path("data")).expect("the folder is ours");
    std::fs::write(place.store(), "somebody's notes").expect("the folder is ours");
    let said = place.run(&["deploy", "pets.json"]);
    assert_eq!(said.code, Some(1));
    assert!(said.err.contains("tollgate.redb is damaged: "), "{said:?}");
    let text = std::fs::read_to_string(place.store()).expect("it is there");
    assert_eq!(text, "somebody's notes");
}
