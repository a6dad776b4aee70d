//! What is kept is found again, by its key and among its like.

use tollgate_core::{ApiId, GatewayResponseType};
use tollgate_store::{Change, Revision, State};

use crate::places::Place;
use crate::support::entities::{
    account, api, authorizer, client_certificate, deployment, document, documentation_part,
    documentation_version, gateway_response, home, model, put, remove, resource, validator,
    vpc_link,
};

/// An API with two of each kind, made in an order that is not that of their keys.
fn of_api(of: &str) -> Vec<Change> {
    let entities = [
        api(of, "Pets"),
        resource(of, "root", None, "/"),
        model(of, "Pet", "{}"),
        model(of, "Cat", "{}"),
        validator(of, "v2"),
        validator(of, "v1"),
        authorizer(of, "z2"),
        authorizer(of, "z1"),
        gateway_response(of, "THROTTLED"),
        gateway_response(of, "ACCESS_DENIED"),
        documentation_part(of, "p2"),
        documentation_part(of, "p1"),
        documentation_version(of, "2.0", "p2"),
        documentation_version(of, "1.0", "p1"),
        document("Pets"),
        deployment(of, "d2", "Pets"),
        deployment(of, "d1", "Pets"),
    ];
    entities.into_iter().map(put).collect()
}

/// The names of things in the order in which they are told.
fn names<'a, T: 'a>(all: impl Iterator<Item = &'a T>, name: fn(&T) -> &str) -> Vec<&'a str> {
    all.map(name).collect()
}

#[tokio::test]
async fn parts_of_apis_are_found_by_key_and_in_its_order() {
    for place in Place::all().await {
        let on = place.name();
        let store = place.open().await;
        let changes = ["b", "a", "c"].map(of_api).concat();
        store.commit(Revision::EMPTY, &changes).await.expect(on);
        drop(store);
        let state = place.open().await.load().await.expect(on);
        let api = ApiId::from("b");

        assert_eq!(names(state.models(&api), |one| &one.name), ["Cat", "Pet"]);
        let found = state.model(&api, "Pet").expect(on);
        assert_eq!(found.name, "Pet", "{on}");

        let all = state.request_validators(&api);
        assert_eq!(names(all, |one| &one.id), ["v1", "v2"], "{on}");
        let found = state.request_validator(&api, "v2").expect(on);
        assert_eq!(found.id, "v2", "{on}");

        let all = state.authorizers(&api);
        assert_eq!(names(all, |one| &one.id), ["z1", "z2"], "{on}");
        let found = state.authorizer(&api, "z2").expect(on);
        assert_eq!(found.id, "z2", "{on}");

        let all = names(state.gateway_responses(&api), |one| {
            one.response_type.as_str()
        });
        assert_eq!(all, ["ACCESS_DENIED", "THROTTLED"], "{on}");
        let throttled = GatewayResponseType::Throttled;
        let found = state.gateway_response(&api, throttled).expect(on);
        assert_eq!(found.response_type, throttled, "{on}");

        let all = state.documentation_parts(&api);
        assert_eq!(names(all, |one| &one.id), ["p1", "p2"], "{on}");
        let found = state.documentation_part(&api, "p2").expect(on);
        assert_eq!(found.id, "p2", "{on}");

        let all = state.documentation_versions(&api);
        assert_eq!(names(all, |one| &one.version), ["1.0", "2.0"], "{on}");
        let found = state.documentation_version(&api, "2.0").expect(on);
        assert_eq!(found.parts[0].id, "p2", "{on}");

        let all = state.deployments(&api);
        assert_eq!(names(all, |one| one.id.as_str()), ["d1", "d2"], "{on}");
        let found = state.deployment(&api, &"d2".into()).expect(on);
        assert_eq!(found.id.as_str(), "d2", "{on}");

        assert_eq!(count(&state, &api), 12, "{on}");
        assert_eq!(count(&state, &"bb".into()), 0, "{on}");
        assert_eq!(state.documentation_version(&"bb".into(), "2.0"), None);
    }
}

/// How many parts an API has.
fn count(state: &State, api: &ApiId) -> usize {
    state.models(api).count()
        + state.request_validators(api).count()
        + state.authorizers(api).count()
        + state.gateway_responses(api).count()
        + state.documentation_parts(api).count()
        + state.documentation_versions(api).count()
}

#[tokio::test]
async fn what_belongs_to_no_api_is_found_by_key_and_in_its_order() {
    for place in Place::all().await {
        let on = place.name();
        let store = place.open().await;
        let changes = [
            vpc_link("l2", "two"),
            vpc_link("l1", "one"),
            client_certificate("c2", "the key of c2"),
            client_certificate("c1", "the key of c1"),
            account("us-east-1", "us"),
            account("eu-west-1", "eu"),
        ];
        let first = store.commit(Revision::EMPTY, &changes.map(put)).await;
        let first = first.expect(on);
        let gone = [remove("accounts/123456789012/regions/us-east-1")];
        store.commit(first.revision(), &gone).await.expect(on);
        drop(store);
        let state = place.open().await.load().await.expect(on);

        assert_eq!(
            names(state.vpc_links(), |one| &one.id),
            ["l1", "l2"],
            "{on}"
        );
        assert_eq!(state.vpc_link("l2").expect(on).name, "two", "{on}");
        let all = state.client_certificates();
        let all = names(all, |one| &one.client_certificate_id);
        assert_eq!(all, ["c1", "c2"], "{on}");
        let found = state.client_certificate("c2").expect(on);
        assert_eq!(found.private_key, "the key of c2", "{on}");
        let found = state.account(&home("eu-west-1")).expect(on);
        assert_eq!(found.cloudwatch_role_arn.as_deref(), Some("eu"), "{on}");
        assert_eq!(state.account(&home("us-east-1")), None, "{on}");
    }
}

#[test]
fn versions_of_documentation_stay_where_a_draft_is_replaced() {
    let state = State::new().apply(&of_api("a")).expect("it is whole").state;
    let api = ApiId::from("a");
    let mut draft = state.draft(&api).expect("it is there");
    draft.documentation_parts.clear();
    draft.models.clear();
    let changes = state.replace_draft(&draft);
    let state = state.apply(&changes).expect("it is whole").state;
    assert_eq!(state.draft(&api), Some(draft));
    assert_eq!(state.documentation_versions(&api).count(), 2);
}
