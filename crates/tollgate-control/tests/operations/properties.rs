//! What holds after any calls: nothing breaks, and what is kept is whole.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use http::Request;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use tollgate_core::{ApiId, Body};
use tollgate_store::{State, export, import};

use crate::support::{Answer, Plane};

/// Calls of a sequence; proptest makes 256 sequences where `PROPTEST_CASES` says nothing.
const CALLS: usize = 40;

/// A call that is made at random: `<name>` stands for something of that name, known or not.
struct Row {
    verb: &'static str,
    path: &'static str,
    /// Bodies; of a `PATCH`, paths and values that fit.
    bodies: &'static [&'static str],
    /// How often it is chosen.
    weight: usize,
    /// What a successful answer adds to the known names, and the member that it is in.
    makes: Option<(&'static str, &'static str)>,
}

const fn row(verb: &'static str, path: &'static str, bodies: &'static [&'static str]) -> Row {
    Row {
        verb,
        path,
        bodies,
        weight: 4,
        makes: None,
    }
}

const fn patch(path: &'static str, fitting: &'static [&'static str]) -> Row {
    row("PATCH", path, fitting)
}

const fn delete(path: &'static str) -> Row {
    let row = row("DELETE", path, NOTHING);
    Row { weight: 1, ..row }
}

impl Row {
    const fn making(self, name: &'static str, member: &'static str) -> Self {
        let makes = Some((name, member));
        Self { makes, ..self }
    }

    const fn seldom(self) -> Self {
        Self { weight: 1, ..self }
    }
}

/// Rows, each as often as it is chosen.
static CHOSEN: LazyLock<Vec<&Row>> = LazyLock::new(|| {
    let rows = ROWS.iter();
    rows.flat_map(|row| std::iter::repeat_n(row, row.weight))
        .collect()
});

const NOTHING: &[&str] = &[""];
const METHOD: &str = "/restapis/<api>/resources/<resource>/methods/<method>";

const ROWS: &[Row] = &[
    row(
        "POST",
        "/restapis",
        &[
            r#"{"name": "a"}"#,
            r#"{"name": "a", "cloneFrom": "<api>", "tags": {"a": "b"}}"#,
            r#"{"name": "a", "endpointConfiguration": {"types": ["PRIVATE"], "vpcEndpointIds": ["x"]}}"#,
            r#"{"name": ""}"#,
            r#"{"name": 1}"#,
            "{",
        ],
    )
    .making("api", "id")
    .seldom(),
    patch("/restapis/<api>", &["/name b", "/description b", "/binaryMediaTypes/a~1b c/d", "/minimumCompressionSize 5", "/endpointConfiguration/types/0 REGIONAL", "/policy ", "/apiKeySource AUTHORIZER"]),
    delete("/restapis/<api>"),
    row(
        "POST",
        "/restapis/<api>/resources/<resource>",
        &[
            r#"{"pathPart": "a"}"#,
            r#"{"pathPart": "b"}"#,
            r#"{"pathPart": "{c}"}"#,
            r#"{"pathPart": "{d+}"}"#,
            r#"{"pathPart": "/"}"#,
        ],
    )
    .making("resource", "id"),
    patch("/restapis/<api>/resources/<resource>", &["/pathPart e", "/parentId <resource>", "/pathPart {g}"]),
    delete("/restapis/<api>/resources/<resource>"),
    row(
        "PUT",
        METHOD,
        &[
            r#"{"authorizationType": "NONE"}"#,
            r#"{"authorizationType": "CUSTOM", "authorizerId": "<authorizer>"}"#,
            r#"{"authorizationType": "AWS_IAM", "requestValidatorId": "<validator>",
                "requestModels": {"a/b": "<model>"},
                "requestParameters": {"method.request.header.x": true}}"#,
            "{}",
        ],
    ),
    patch(METHOD, &["/authorizationType CUSTOM", "/authorizerId <authorizer>", "/requestValidatorId <validator>", "/requestModels/a~1b <model>", "/requestParameters/method.request.header.y true", "/authorizationScopes a", "/apiKeyRequired true"]),
    delete(METHOD),
    row(
        "PUT",
        "/restapis/<api>/resources/<resource>/methods/<method>/responses/<status>",
        &[
            "",
            r#"{"responseParameters": {"method.response.header.x": true},
                "responseModels": {"a/b": "<model>"}}"#,
            r#"{"responseParameters": {}, "responseModels": {}}"#,
        ],
    ),
    patch("/restapis/<api>/resources/<resource>/methods/<method>/responses/<status>", &["/responseParameters/method.response.header.x true", "/responseModels/a~1b <model>"]),
    delete("/restapis/<api>/resources/<resource>/methods/<method>/responses/<status>"),
    row(
        "PUT",
        "/restapis/<api>/resources/<resource>/methods/<method>/integration",
        &[
            r#"{"type": "MOCK", "requestTemplates": {"a/b": "x"}}"#,
            r#"{"type": "HTTP", "httpMethod": "GET", "uri": "http://localhost",
                "requestParameters": {"integration.request.header.x": "'y'"}}"#,
            r#"{"type": "AWS_PROXY", "uri": "arn:aws:apigateway:us-east-1:lambda:path/f/invocations"}"#,
            r#"{"type": "MOCK", "timeoutInMillis": -1}"#,
        ],
    ),
    patch("/restapis/<api>/resources/<resource>/methods/<method>/integration", &["/timeoutInMillis 100", "/cacheKeyParameters/x ", "/requestParameters/integration.request.header.x 'y'", "/requestTemplates/a~1b x", "/contentHandling CONVERT_TO_TEXT", "/uri http://localhost/a", "/passthroughBehavior NEVER"]),
    delete("/restapis/<api>/resources/<resource>/methods/<method>/integration"),
    row(
        "PUT",
        "/restapis/<api>/resources/<resource>/methods/<method>/integration/responses/<status>",
        &[
            "",
            r#"{"selectionPattern": "x", "responseTemplates": {"a/b": null, "a/c": "", "a/d": "x"}}"#,
            r#"{"responseParameters": {"method.response.header.x": "'y'"}}"#,
        ],
    ),
    patch("/restapis/<api>/resources/<resource>/methods/<method>/integration/responses/<status>", &["/responseParameters/method.response.header.x 'y'", "/responseTemplates/a~1b ", "/selectionPattern .*", "/contentHandling CONVERT_TO_BINARY"]),
    delete("/restapis/<api>/resources/<resource>/methods/<method>/integration/responses/<status>"),
    row(
        "POST",
        "/restapis/<api>/models",
        &[
            r#"{"name": "Pet", "contentType": "a/b", "schema": "{\"items\": {}}"}"#,
            r#"{"name": "Dog", "contentType": "a/b", "schema":
                "{\"$ref\": \"https://apigateway.amazonaws.com/restapis/<api>/models/Pet\"}"}"#,
            r#"{"name": "X_Y", "contentType": "a/b"}"#,
        ],
    )
    .making("model", "name"),
    patch("/restapis/<api>/models/<model>", &["/description b", "/schema {}"]),
    delete("/restapis/<api>/models/<model>"),
    row("GET", "/restapis/<api>/models/<model>?flatten=true", NOTHING),
    row("GET", "/restapis/<api>/models/<model>/default_template", NOTHING),
    row(
        "POST",
        "/restapis/<api>/requestvalidators",
        &["", r#"{"name": "a", "validateRequestBody": true}"#, r#"{"name": ""}"#],
    )
    .making("validator", "id"),
    patch("/restapis/<api>/requestvalidators/<validator>", &["/name b", "/validateRequestBody true"]),
    delete("/restapis/<api>/requestvalidators/<validator>"),
    row(
        "POST",
        "/restapis/<api>/authorizers",
        &[
            r#"{"name": "a", "type": "COGNITO_USER_POOLS", "providerARNs": ["x"]}"#,
            r#"{"name": "b", "type": "REQUEST", "authorizerResultTtlInSeconds": 0,
                "authorizerUri": "arn:aws:apigateway:us-east-1:lambda:path/f/invocations"}"#,
            r#"{"name": "c", "type": "TOKEN"}"#,
        ],
    )
    .making("authorizer", "id"),
    patch("/restapis/<api>/authorizers/<authorizer>", &["/name d", "/providerARNs y", "/authorizerResultTtlInSeconds 60", "/identitySource method.request.header.x", "/type REQUEST"]),
    delete("/restapis/<api>/authorizers/<authorizer>"),
    row("POST", "/restapis/<api>/authorizers/<authorizer>", NOTHING).seldom(),
    row(
        "PUT",
        "/restapis/<api>/gatewayresponses/<type>",
        &[
            "",
            r#"{"statusCode": "420"}"#,
            r#"{"responseParameters": {"gatewayresponse.header.x": "'y'"}}"#,
            r#"{"responseTemplates": {"a/b": "x"}}"#,
        ],
    ),
    patch("/restapis/<api>/gatewayresponses/<type>", &["/statusCode 499", "/responseParameters/gatewayresponse.header.x 'y'", "/responseTemplates/application~1json {}"]),
    delete("/restapis/<api>/gatewayresponses/<type>"),
    row(
        "POST",
        "/restapis/<api>/documentation/parts",
        &[
            r#"{"location": {"type": "API"}, "properties": "{}"}"#,
            r#"{"location": {"type": "METHOD", "path": "/a"}, "properties": "{\"a\": 1}"}"#,
            r#"{"location": {"type": "MODEL"}, "properties": "{}"}"#,
        ],
    )
    .making("part", "id"),
    row(
        "PUT",
        "/restapis/<api>/documentation/parts?mode=overwrite",
        &[
            r#"{"swagger": "2.0", "x-amazon-apigateway-documentation": {"documentationParts":
                [{"location": {"type": "METHOD"}, "properties": {"b": 2}}]}}"#,
            "swagger: '2.0'",
            "[",
        ],
    ),
    patch("/restapis/<api>/documentation/parts/<part>", &["/properties {\"c\": 3}"]),
    delete("/restapis/<api>/documentation/parts/<part>"),
    row(
        "POST",
        "/restapis/<api>/documentation/versions",
        &[
            r#"{"documentationVersion": "1"}"#,
            r#"{"documentationVersion": "1/2 ä", "description": "x"}"#,
            r#"{"documentationVersion": "2", "stageName": "none"}"#,
        ],
    )
    .making("version", "version"),
    patch("/restapis/<api>/documentation/versions/<version>", &["/description b"]),
    delete("/restapis/<api>/documentation/versions/<version>"),
];

/// Names that are there from the beginning, or never.
const NAMES: &[(&str, &[&str])] = &[
    ("method", &["GET", "GET", "GET", "POST", "ANY", "get"]),
    ("status", &["200", "200", "200", "404", "20"]),
    (
        "type",
        &["DEFAULT_4XX", "DEFAULT_5XX", "THROTTLED", "OTHER"],
    ),
    ("model", &["Empty", "Error"]),
];

/// Names that nothing has.
const UNKNOWN: &[&str] = &["none", "a/b", "ä", "~0%"];

const PATCH_OPS: &[&str] = &[
    "replace", "replace", "replace", "replace", "replace", "add", "add", "add", "remove", "remove",
    "copy", "x",
];

const PATCH_PATHS: &[&str] = &[
    "/name",
    "/description",
    "/parentId",
    "/pathPart",
    "/authorizationType",
    "/authorizerId",
    "/requestValidatorId",
    "/requestModels/a~1b",
    "/requestParameters/method.request.header.y",
    "/authorizationScopes",
    "/responseParameters/method.response.header.x",
    "/responseParameters/gatewayresponse.header.x",
    "/responseModels/a~1b",
    "/responseTemplates/a~1b",
    "/requestTemplates/a~1b",
    "/requestParameters/integration.request.header.x",
    "/selectionPattern",
    "/statusCode",
    "/timeoutInMillis",
    "/cacheKeyParameters/x",
    "/contentHandling",
    "/uri",
    "/schema",
    "/validateRequestBody",
    "/authorizerUri",
    "/authorizerResultTtlInSeconds",
    "/identitySource",
    "/providerARNs",
    "/type",
    "/properties",
    "/binaryMediaTypes/a~1b",
    "/minimumCompressionSize",
    "/endpointConfiguration/types/0",
    "/endpointConfiguration/vpcEndpointIds",
    "/policy",
    "",
    "/",
    "name",
    "/~1~0~",
];

const PATCH_VALUES: &[&str] = &[
    "",
    "a",
    "true",
    "NONE",
    "CUSTOM",
    "<authorizer>",
    "<validator>",
    "<model>",
    "<resource>",
    "'x'",
    "200",
    "-1",
    "99999999999999999999",
    "{}",
    "{\"items\": {}}",
    "REGIONAL",
    "{e}",
    "{f+}",
    "TOKEN",
    "\u{0}ä",
];

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
];

/// Reads each thing that is listed by its name.
async fn check_lists(plane: &Plane) {
    let all = plane
        .done(200, "GET", "/restapis?limit=500", Value::Null)
        .await;
    for api in items(&all) {
        let api = format!("/restapis/{}", text(api, "id"));
        plane.done(200, "GET", &api, Value::Null).await;
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
    let all = plane
        .done(200, "GET", "/restapis?limit=500", Value::Null)
        .await;
    for api in items(&all) {
        let path = format!("/restapis/{}", text(api, "id"));
        plane.done(202, "DELETE", &path, Value::Null).await;
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
