//! APIs of several accounts and regions behind one gateway.

use tollgate_core::{ApiId, SeededRandom};
use tollgate_deploy::{Frozen, Lifecycle, NewDeployment};
use tollgate_model::Home;
use tollgate_node::NodeOptions;
use tollgate_store::Change;

use crate::world::{World, now, saying};

#[tokio::test]
async fn each_api_is_served_in_its_own_account_and_region() {
    let world = World::new().await;
    let mut options = NodeOptions::default();
    options.compile.account_id = "111111111111".into();
    options.compile.region = "eu-central-1".into();
    world.node.set_options(options).await;

    let apis = [
        ("a000000000", Some(("222222222222", "eu-west-1"))),
        ("b000000000", Some(("333333333333", "us-west-2"))),
        ("c000000000", None),
    ];
    for (id, home) in apis {
        let (api, ids) = (ApiId::new(id), SeededRandom::new(7));
        let mut document = saying("$context.accountId");
        document.rest_api.id = Some(api.clone());
        document.rest_api.home = home.map(|(account, region)| Home::new(account, region));
        let mut changes = world.state().await.replace_draft(&document);
        let frozen = Frozen::new(document).expect("it is small");
        let prod = NewDeployment::to_stage("prod");
        let deployed = Lifecycle::new().deploy(frozen, &prod, now(), &ids);
        let steps = deployed.expect("it can be deployed").changes;
        changes.extend(
            steps
                .into_iter()
                .map(|step| Change::from((api.clone(), step))),
        );
        let status = world.commit(&changes).await;
        assert!(status.problems.is_empty(), "{:?}", status.problems);
    }

    // What the process is configured with is for the one that says nothing.
    let table = world.gateways.table();
    for (id, home) in apis {
        let (account, region) = home.unwrap_or(("111111111111", "eu-central-1"));
        let host = format!("{id}.execute-api.localhost");
        let said = world.get_from(&host, "/prod/").await;
        assert_eq!(said, (200, account.to_owned()), "{id}");
        // ARNs, and the services whose URIs name no region, are those of this region.
        let found = table.find(&host, "/prod/").expect("it is served");
        let stage = found.plans.production().stage();
        assert_eq!(stage.region.as_str(), region, "{id}");
    }
}
