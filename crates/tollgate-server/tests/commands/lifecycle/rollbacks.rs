//! `tollgate rollback`.

use serde_json::Value;
use tollgate::model::Timestamp;
use tollgate::store::{Change, ConfigStore as _, Entity, RedbStore};

use super::{Place, no_store, refused};

/// Three deployments of one stage.
fn deployed(place: &Place) -> [String; 3] {
    [&["/a"][..], &["/a", "/b"], &["/c"]].map(|paths| {
        place.pets(paths);
        place.deploy(&[])
    })
}

fn served(place: &Place) -> Value {
    place.json(&["stages"])[0]["stage"]["deploymentId"].clone()
}

#[test]
fn the_way_back_goes_step_by_step_or_to_a_deployment() {
    let place = Place::new();
    let [first, second, third] = deployed(&place);
    let back = |options: &[&str]| place.run(&[&["rollback", "pets", "prod"], options].concat());
    for (options, expected) in [
        (&[][..], &second),
        (&[], &first),
        (&["--to", &*third], &third),
        (&["--to", &*first], &first),
    ] {
        let said = back(options);
        let serves = format!("pets, stage prod: serves deployment {expected} (revision ");
        assert!(said.out.starts_with(&serves), "{options:?}: {said:?}");
        assert_eq!(served(&place), **expected, "{options:?}");
    }
    let nothing = "no deployment was made before that which stage prod serves";
    assert_eq!(back(&[]), refused(nothing));
    assert_eq!(
        back(&["--to", "none"]),
        refused("Deployment id does not exist")
    );
    assert_eq!(served(&place), *first);
}

#[test]
fn a_time_is_a_way_back_too() {
    let place = Place::new();
    let [first, _, third] = deployed(&place);
    // As if the first had been made in 2023.
    let runtime = tokio::runtime::Runtime::new().expect("it can be had");
    runtime.block_on(async {
        let store = RedbStore::open(place.store()).await.expect("it is ours");
        let state = store.load().await.expect("it is ours");
        let (api, id) = ("pets".into(), first.as_str().into());
        let mut made = state.deployment(&api, &id).expect("it is there").clone();
        made.created_date = Timestamp::from_seconds(1_700_000_000);
        let made = [Change::Put(Entity::Deployment(api, made))];
        store
            .commit(state.revision(), &made)
            .await
            .expect("it is whole");
    });
    drop(runtime);
    let back = |time: &str| place.run(&["rollback", "pets", "prod", "--at", time]);
    for (time, expected) in [
        ("2024-01-01T00:00:00Z", &first),
        ("2123-01-01T00:00:00Z", &third),
        ("2023-11-15T00:00:00+01:00", &first),
    ] {
        assert_eq!(back(time).code, Some(0), "{time}");
        assert_eq!(served(&place), **expected, "{time}");
    }
    for time in ["2023-11-14T00:00:00Z", "1969-12-31T00:00:00Z"] {
        let message = format!("no deployment was made at {time} or before");
        assert_eq!(back(time), refused(&message));
    }
    assert_eq!(served(&place), *first);
}

#[test]
fn stages_that_are_not_there_have_no_way_back() {
    let place = Place::new();
    deployed(&place);
    for (arguments, message) in [
        (
            &["rollback", "pets", "beta"][..],
            "Invalid stage identifier specified",
        ),
        (
            &["rollback", "cats", "prod"],
            "there is no API cats, expected one of pets",
        ),
    ] {
        assert_eq!(place.run(arguments), refused(message), "{arguments:?}");
    }
    let said = Place::new().run(&["rollback", "cats", "prod"]);
    assert_eq!(said, no_store());
}
