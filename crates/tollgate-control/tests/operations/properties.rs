//! What holds after any calls: nothing breaks, and what is kept is whole.

mod calls;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use http::Request;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use tollgate_core::{ApiId, Body};
use tollgate_store::{State, export, import};

use crate::support::{Answer, Plane};
use calls::{METHOD, NAMES, PATCH_OPS, PATCH_PATHS, PATCH_VALUES, ROWS, Row, UNKNOWN};

/// Calls of a sequence; proptest makes 256 sequences where `PROPTEST_CASES` says nothing.
const CALLS: usize = 40;

/// Rows, each as often as it is chosen.
static CHOSEN: LazyLock<Vec<&Row>> = LazyLock::new(|| {
    let rows = ROWS.iter();
    rows.flat_map(|row| std::iter::repeat_n(row, row.weight))
        .collect()
});

/// What a call is made of: which row, and which of all that it has to choose.
#[derive(Clone, Debug)]
struct Choice {
    row: prop::sample::Index,
    body: prop::sample::Index,
    names: Vec<prop::sample::Index>,
    patches: Vec<[prop::sample::Index; 3]>,
}

fn choice() -> impl Strategy<Value = Choice> {
    let index = any::<prop::sample::Index>;
    let names = prop::collection::vec(index(), 8);
    let patches = prop::collection::vec([index(), index(), index()], 0..4);
    (index(), index(), names, patches).prop_map(|(row, body, names, patches)| Choice {
        row,
        body,
        names,
        patches,
    })
}

/// The names that have been made so far, also of what has gone.
struct World {
    plane: Plane,
    known: BTreeMap<&'static str, Vec<String>>,
}

impl World {
    /// One in which there is something of each kind.
    async fn new() -> Self {
        let plane = Plane::new();
        let mut known = BTreeMap::new();
        for (name, all) in NAMES {
            known.insert(*name, all.iter().map(|&one| one.to_owned()).collect());
        }
        let mut world = Self { plane, known };
        let (api, root) = world.plane.new_api().await;
        world.know("api", api);
        world.know("resource", root);
        // The first body of each row is one that is taken.
        for row in ROWS.iter().filter(|row| matches!(row.verb, "POST" | "PUT")) {
            if row.makes.is_some_and(|(name, _)| name != "api") || row.path.starts_with(METHOD) {
                world
                    .call(row, row.bodies[0].to_owned(), &mut |_, _| 0)
                    .await;
            }
        }
        world
    }

    fn know(&mut self, name: &'static str, one: String) {
        let all = self.known.entry(name).or_default();
        if !all.contains(&one) {
            all.push(one);
        }
    }

    /// A text with something known, or not, for each name in it.
    fn fill(
        &self,
        text: &str,
        pick: &mut impl FnMut(&str, usize) -> usize,
        spell: impl Fn(&str) -> String,
    ) -> String {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('<') {
            let (name, after) = after.split_once('>').expect("names end");
            let known = self.known.get(name).map_or(&[][..], Vec::as_slice);
            // Sixteen in twenty or more are known, where any are.
            let picked = pick(name, known.len() * 16 + UNKNOWN.len());
            let one = match picked.checked_sub(known.len() * 16) {
                Some(place) => UNKNOWN[place],
                // The first ones have most below them.
                None => &known[picked % known.len() / (1 + picked % 4)],
            };
            filled.push_str(before);
            filled.push_str(&spell(one));
            rest = after;
        }
        filled + rest
    }

    async fn call(
        &mut self,
        row: &Row,
        body: String,
        pick: &mut impl FnMut(&str, usize) -> usize,
    ) -> Answer {
        let path = self.fill(row.path, pick, encoded);
        let body = self.fill(&body, pick, |one| one.replace('"', "\\\""));
        let request = Request::builder().method(row.verb).uri(&path);
        let request = request
            .body(Body::from(body.clone()))
            .expect("it is a request");
        let answer = self.plane.request(request).await;
        let is_fine = answer.status < 500 || answer.status == 501;
        assert!(is_fine, "{} {path} {body}: {answer:?}", row.verb);
        if let Some((name, member)) = row.makes.filter(|_| answer.status == 201) {
            let made = answer.body[member].as_str().expect("it has a name");
            self.know(name, made.to_owned());
        }
        answer
    }

    async fn choose(&mut self, choice: &Choice) {
        let row = choice.row.get(&CHOSEN);
        let body = match row.verb {
            "PATCH" => patches(choice, row.bodies).to_string(),
            _ => (*choice.body.get(row.bodies)).to_owned(),
        };
        let mut names = choice.names.iter().cycle();
        let mut pick = |_: &str, count| names.next().map_or(0, |name| name.index(count));
        self.call(row, body, &mut pick).await;
    }
}

/// Operations of which most fit, or nearly.
fn patches(choice: &Choice, fitting: &[&str]) -> Value {
    let operations = choice.patches.iter().map(|[op, path, value]| {
        let (fit_path, fit_value) = path.get(fitting).split_once(' ').expect("it has a value");
        let path = match path.index(8) {
            0 => *path.get(PATCH_PATHS),
            _ => fit_path,
        };
        let mut operation = Map::new();
        operation.insert("op".to_owned(), (*op.get(PATCH_OPS)).into());
        operation.insert("path".to_owned(), path.into());
        // Now and then one says less.
        match value.index(8) {
            0 => {}
            1 => drop(operation.insert("value".to_owned(), (*value.get(PATCH_VALUES)).into())),
            2 => drop(operation.remove("path")),
            _ => drop(operation.insert("value".to_owned(), fit_value.into())),
        }
        Value::Object(operation)
    });
    json!({"patchOperations": operations.collect::<Vec<_>>()})
}

fn encoded(text: &str) -> String {
    let escaped = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    text.bytes().map(escaped).collect()
}

/// Lists of an API, the member that names an entry, and whether an entry is shown as it is in the list.
const LISTS: &[(&str, &str)] = &[
    ("resources", "id"),
    ("models", "name"),
    ("requestvalidators", "id"),
    ("authorizers", "id"),
    ("gatewayresponses", "responseType"),
    ("documentation/parts", "id"),
    ("documentation/versions", "version"),
    ("deployments", "id"),
    ("stages", "stageName"),
];

/// Lists of an account and region, and the member that names an entry.
const OWN_LISTS: &[(&str, &str)] = &[
    ("restapis", "id"),
    ("usageplans", "id"),
    ("apikeys", "id"),
    ("domainnames", "domainName"),
];

/// Reads each thing that is listed by its name.
async fn check_lists(plane: &Plane) {
    for (list, name) in OWN_LISTS {
        for path in listed(plane, list, name).await {
            plane.done(200, "GET", &path, Value::Null).await;
        }
    }
    for plan in listed(plane, "usageplans", "id").await {
        let keys = format!("{}/keys", &plan[1..]);
        for path in listed(plane, &keys, "id").await {
            plane.done(200, "GET", &path, Value::Null).await;
        }
    }
    for domain in listed(plane, "domainnames", "domainName").await {
        let mappings = format!("{}/basepathmappings", &domain[1..]);
        for path in listed(plane, &mappings, "basePath").await {
            plane.done(200, "GET", &path, Value::Null).await;
        }
    }
    for api in listed(plane, "restapis", "id").await {
        for (list, name) in LISTS {
            let list = format!("{api}/{list}");
            let all = format!("{list}?limit=500");
            let all = plane.done(200, "GET", &all, Value::Null).await;
            for one in items(&all) {
                let path = format!("{list}/{}", encoded(text(one, name)));
                let read = plane.done(200, "GET", &path, Value::Null).await;
                assert_eq!(read, *one);
            }
        }
        let all = format!("{api}/resources?limit=500&embed=methods");
        let all = plane.done(200, "GET", &all, Value::Null).await;
        for resource in items(&all) {
            let of = format!("{api}/resources/{}/methods", text(resource, "id"));
            for (verb, method) in members(&resource["resourceMethods"]) {
                check_method(plane, &format!("{of}/{verb}"), method).await;
            }
        }
    }
}

/// The paths of what a list has.
async fn listed(plane: &Plane, list: &str, name: &str) -> Vec<String> {
    let all = format!("/{list}?limit=500");
    let all = plane.done(200, "GET", &all, Value::Null).await;
    let path = |one| format!("/{list}/{}", encoded(text(one, name)));
    items(&all).map(path).collect()
}

async fn check_method(plane: &Plane, path: &str, method: &Value) {
    let read = plane.done(200, "GET", path, Value::Null).await;
    assert_eq!(read, *method);
    let integration = &method["methodIntegration"];
    let mut parts = Vec::new();
    if !integration.is_null() {
        parts.push((format!("{path}/integration"), integration));
    }
    for (at, responses) in [
        (format!("{path}/responses"), &method["methodResponses"]),
        (
            format!("{path}/integration/responses"),
            &integration["integrationResponses"],
        ),
    ] {
        parts.extend(members(responses).map(|(status, one)| (format!("{at}/{status}"), one)));
    }
    for (path, part) in parts {
        let read = plane.done(200, "GET", &path, Value::Null).await;
        assert_eq!(read, *part);
    }
}

fn items(list: &Value) -> impl Iterator<Item = &Value> {
    list["item"].as_array().into_iter().flatten()
}

fn members(object: &Value) -> impl Iterator<Item = (&String, &Value)> {
    object.as_object().into_iter().flatten()
}

fn text<'v>(object: &'v Value, name: &str) -> &'v str {
    object[name].as_str().expect("it is text")
}

/// What is kept can be written and read again, and names nothing that is not there.
fn check_state(state: &State) {
    let mut file = Vec::new();
    export(state, &mut file).expect("it is written to memory");
    let again = import(&file).expect("it is whole");
    let entities = |state: &State| -> Vec<_> {
        let records = state.records();
        records.map(|(_, record)| record.entity().clone()).collect()
    };
    assert_eq!(entities(&again), entities(state));
    for api in state.apis() {
        let api: &ApiId = api.id.as_ref().expect("it has one");
        let resources = state.resources(api);
        for method in resources.flat_map(|one| one.resource_methods.values()) {
            let authorizer = method.authorizer_id.as_deref();
            assert!(authorizer.is_none_or(|id| state.authorizer(api, id).is_some()));
            let validator = method.request_validator_id.as_deref();
            assert!(validator.is_none_or(|id| state.request_validator(api, id).is_some()));
            for model in method.request_models.values() {
                assert!(state.model(api, model).is_some());
            }
        }
    }
}

async fn run(choices: Vec<Choice>) {
    let mut world = World::new().await;
    for choice in &choices {
        world.choose(choice).await;
    }
    let plane = &world.plane;
    check_lists(plane).await;
    check_state(&plane.store.load().await.expect("it is in memory"));
    for (list, name) in OWN_LISTS {
        for path in listed(plane, list, name).await {
            plane.done(202, "DELETE", &path, Value::Null).await;
        }
    }
    let state = plane.store.load().await.expect("it is in memory");
    assert!(state.is_empty(), "{state:?}");
}

proptest! {
    #[test]
    fn any_calls_leave_all_whole(choices in prop::collection::vec(choice(), CALLS)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        runtime.expect("it needs nothing").block_on(run(choices));
    }
}

#[tokio::test]
async fn the_world_begins_with_something_of_each_kind() {
    let world = World::new().await;
    for name in [
        "api",
        "deployment",
        "stage",
        "key",
        "plan",
        "domain",
        "base",
        "authorizer",
        "part",
        "resource",
        "validator",
        "version",
    ] {
        assert!(world.known.contains_key(name), "{name}");
    }
    assert!(world.known["model"].contains(&"Pet".to_owned()));
    check_lists(&world.plane).await;
}
