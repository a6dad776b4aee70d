//! Documents of any size, and tables of stages.

use serde_json::{Value, json};
use tollgate_gateway::address::{AddressTable, BasePathMapping, DomainName};
use tollgate_gateway::{Plan, StagePlans};
use tollgate_model::{ApiDocument, Stage};

/// What the methods of a document have in common.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// The same two templates at each method, as where a tool has written them.
    Alike,
    /// Templates that are each method's own.
    Own,
    /// An endpoint behind each, with a mapped path parameter.
    Proxy,
}

impl Kind {
    pub(crate) const ALL: [Self; 3] = [Self::Alike, Self::Own, Self::Proxy];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Alike => "the same templates",
            Self::Own => "templates of their own",
            Self::Proxy => "HTTP endpoints",
        }
    }
}

/// A document of so many resources, each with a method, in groups of a hundred.
pub(crate) fn document(kind: Kind, resources: usize) -> ApiDocument {
    let resources: Vec<Value> = (0..resources)
        .map(|index| {
            let path = format!("/group{}/item{index}/{{id}}", index / 100);
            json!({
                "id": format!("r{index:05}"),
                "path": path,
                "resourceMethods": { "GET": method(kind, index) },
            })
        })
        .collect();
    let document = json!({ "id": "a1b2c3d4e5", "name": "large", "resources": resources });
    serde_json::from_value(document).expect("it is a document")
}

fn method(kind: Kind, index: usize) -> Value {
    let integration = match kind {
        Kind::Proxy => json!({
            "type": "HTTP_PROXY",
            "httpMethod": "GET",
            "uri": format!("http://backend.example/items/{index}/{{id}}"),
            "requestParameters": { "integration.request.path.id": "method.request.path.id" },
        }),
        Kind::Alike => mock("item"),
        Kind::Own => mock(&format!("item{index}")),
    };
    json!({
        "httpMethod": "GET",
        "requestParameters": { "method.request.path.id": true },
        "methodResponses": { "200": { "statusCode": "200" } },
        "methodIntegration": integration,
    })
}

fn mock(name: &str) -> Value {
    let template = format!(
        "{{\"kind\": \"{name}\", \"id\": \"$input.params('id')\", \"stage\": \"$context.stage\"}}"
    );
    json!({
        "type": "MOCK",
        "requestTemplates": { "application/json": "{\"statusCode\": 200}" },
        "integrationResponses": {
            "200": { "statusCode": "200", "responseTemplates": { "application/json": template } }
        },
    })
}

/// So many stages, each of an API of its own.
pub(crate) fn stages(count: usize) -> Vec<StagePlans> {
    let stage = Stage::new("prod".parse().expect("it is a name"));
    (0..count)
        .map(|index| {
            let mut document = document(Kind::Alike, 1);
            // In no order.
            let id = format!("a{:05}", index * 7_919 % count);
            document.rest_api.id = Some(id.as_str().into());
            let plan = Plan::compile(&document, &stage).expect("it has a plan");
            StagePlans::new(plan)
        })
        .collect()
}

/// The table of stages, each of which a domain name leads to.
pub(crate) fn table(stages: &[StagePlans]) -> AddressTable {
    let mut table = AddressTable::builder();
    for plans in stages {
        let stage = plans.production().stage();
        let name = format!("{}.example.com", stage.api_id);
        let name: DomainName = name.parse().expect("it is a name");
        let (api, stage) = (stage.api_id.clone(), stage.stage.clone());
        let mapping = BasePathMapping::new(Default::default(), api, Some(stage));
        table = table.stage(plans.clone()).domain(name, [mapping]);
    }
    table.build().expect("it is a table")
}
