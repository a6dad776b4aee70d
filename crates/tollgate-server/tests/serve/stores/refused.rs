//! Deployments that a server cannot serve.

use std::ffi::OsStr;

use tollgate_deploy::{Frozen, NewDeployment};
use tollgate_model::{ApiDocument, Timestamp};
use tollgate_store::{Change, ConfigStore, RedbStore};

use super::{command, deploy, pets, serve};
use crate::command::{Folder, document};

/// Deploys the draft of `pets` with another resource beside it, both of them variables: no command does.
pub(super) async fn deploy_siblings(store: &dyn ConfigStore, name: &str) -> (String, u64) {
    let state = store.load().await.expect("it can be read");
    let api = "pets".into();
    let draft: ApiDocument = state.draft(&api).expect("it is there");
    let mut document = draft.clone();
    for (id, part) in [("one", "{one}"), ("other", "{other}")] {
        let sibling = draft.resources.iter().find(|one| one.path == "/pets");
        let mut sibling = sibling.expect("it is there").clone();
        sibling.id = id.into();
        sibling.path = format!("/{part}");
        sibling.path_part = Some(part.to_owned());
        document.resources.push(sibling);
    }
    let mut changes = state.replace_draft(&document);
    let frozen = Frozen::new(document).expect("it is small");
    let all = state.lifecycle(&api).expect("it is there");
    let now = Timestamp::from_seconds(1_800_000_000);
    let to_stage = NewDeployment::to_stage(name);
    let deployed = all.deploy(frozen, &to_stage, now, &tollgate::core::SystemRandom);
    let deployed = deployed.expect("it is allowed");
    let of_api = |change| Change::from((api.clone(), change));
    changes.extend(deployed.changes.into_iter().map(of_api));
    let state = store.commit(state.revision(), &changes).await;
    let revision = state.expect("it is whole").revision().number();
    (deployed.id.to_string(), revision)
}

#[test]
fn what_cannot_be_compiled_is_not_deployed() {
    let folder = Folder::new();
    let place = folder.path("data");
    let store = [OsStr::new("--data"), place.as_os_str()];
    let siblings = document(&[("/{one}", "1"), ("/{other}", "2")]);
    let file = folder.write("siblings.json", &siblings);
    let (code, written, said) = command(&store, &["deploy", file.to_str().expect("it is text")]);
    assert_eq!((code, &*written), (Some(1), ""));
    assert!(said.contains("{one}") && said.contains("{other}"), "{said}");

    // A draft that somebody else wrote is not either.
    deploy(&store, &pets(&folder, "fine"), &[]);
    let runtime = tokio::runtime::Runtime::new().expect("it can be had");
    let (broken, _) = runtime.block_on(async {
        let store = RedbStore::open(place.join("tollgate.redb")).await;
        deploy_siblings(&store.expect("nobody has it"), "beta").await
    });
    drop(runtime);
    let (code, written, said) = command(&store, &["deploy", "--api", "pets", "--stage", "prod"]);
    assert_eq!((code, &*written), (Some(1), ""));
    assert!(
        said.starts_with("error: the draft of API pets cannot be served: ")
            && said.contains("{other}"),
        "{said}"
    );

    // Stages that can be served are, and the other one is named.
    let server = serve(&store);
    assert_eq!(server.get(super::PATH).body, "fine");
    server.signal("TERM");
    let (code, said) = server.wait();
    assert_eq!(code, Some(0));
    let expected = format!(
        "error: pets, stage beta: deployment {broken} cannot be served, nothing is served: "
    );
    assert!(said.starts_with(&expected), "{said}");
}
