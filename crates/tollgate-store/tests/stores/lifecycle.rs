//! What `tollgate-deploy` changes, kept.

use std::sync::Arc;

use tollgate_core::{ApiId, SeededRandom};
use tollgate_deploy::{Change as Step, Frozen, Lifecycle, NewCanary, NewDeployment};
use tollgate_model::Timestamp;
use tollgate_store::{Change, ConfigStore, Revision, State};

use crate::places::Place;
use crate::support::entities::{api, put, resource};

async fn commit(
    store: &dyn ConfigStore,
    before: Revision,
    api: &ApiId,
    steps: Vec<Step>,
) -> Arc<State> {
    let changes: Vec<_> = steps
        .into_iter()
        .map(|step| Change::from((api.clone(), step)))
        .collect();
    let committed = store.commit(before, &changes).await;
    committed.expect("the transition is right")
}

/// A draft is deployed, changed, deployed as a canary, promoted, rolled back and tidied up; at each step
/// the store has the lifecycle that the transitions lead to, and the documents that it names.
#[tokio::test]
async fn transitions_lead_to_the_same_in_a_store() {
    for place in Place::all().await {
        let on = place.name();
        let (id, ids) = (ApiId::from("a"), SeededRandom::new(7));
        let prod = "prod".parse().expect("it is a name");
        let mut mirror = Lifecycle::new();
        let mut store = place.open().await;
        let draft = [put(api("a", "Pets")), put(resource("a", "root", None, "/"))];
        let mut state = store.commit(Revision::EMPTY, &draft).await.expect(on);
        let mut made = Vec::new();
        for step in 0..6_u64 {
            // All in one second, so that their order is not that of their times.
            let now = Timestamp::from_seconds(1_700_000_000);
            let lifecycle = state.lifecycle(&id).expect("the API is there");
            let frozen =
                || Frozen::new(state.draft(&id).expect("it is there")).expect("it is small");
            let mut new = NewDeployment::to_stage("prod");
            let steps = match step {
                0 => {
                    let deployed = lifecycle.deploy(frozen(), &new, now, &ids).expect(on);
                    made.push(deployed.id);
                    deployed.changes
                }
                1 => {
                    let path = format!("/r{step}");
                    let more = [put(resource("a", "more", Some("root"), &path))];
                    state = store.commit(state.revision(), &more).await.expect(on);
                    let frozen = Frozen::new(state.draft(&id).expect("it is there"));
                    let mut canary = NewCanary::default();
                    canary.percent_traffic = 12.5;
                    new.canary_settings = Some(canary);
                    let frozen = frozen.expect("it is small");
                    let deployed = lifecycle.deploy(frozen, &new, now, &ids).expect(on);
                    made.push(deployed.id);
                    deployed.changes
                }
                2 => lifecycle.promote(&prod, now).expect(on),
                3 => {
                    // The same document once more.
                    let deployed = lifecycle
                        .deploy(frozen(), &NewDeployment::default(), now, &ids)
                        .expect(on);
                    made.push(deployed.id);
                    deployed.changes
                }
                4 => lifecycle.delete_stage(&prod).expect(on),
                _ => lifecycle.delete_deployment(&made[0]).expect(on),
            };
            steps.iter().for_each(|step| mirror.apply(step));
            state = commit(&*store, state.revision(), &id, steps).await;
            drop(store);
            store = place.open().await;
            let loaded = store.load().await.expect(on);
            let lifecycle = loaded.lifecycle(&id).expect("the API is there");
            let names = |lifecycle: &Lifecycle| -> Vec<_> {
                lifecycle.deployments.keys().cloned().collect()
            };
            assert_eq!(names(&lifecycle), names(&mirror), "{on}, step {step}");
            assert_eq!(lifecycle, mirror, "{on}, step {step}");
            for deployment in lifecycle.deployments.values() {
                let document = loaded.document(deployment.content_hash);
                assert!(document.is_some(), "{on}, step {step}");
            }
        }
        // Two deployments of one document are left, and the document of the first is gone.
        let names: Vec<_> = mirror.deployments.keys().cloned().collect();
        assert_eq!(names, made[1..], "{on}");
        let documents = state
            .records()
            .filter(|(key, _)| key.to_string().starts_with("documents/"));
        assert_eq!(documents.count(), 1, "{on}");
    }
}
