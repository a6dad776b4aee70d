//! What is served where, with lines to copy.

use std::fmt::Write as _;
use std::net::SocketAddr;

use tollgate::Plan;
use tollgate::core::StageContext;
use tollgate::gateway::Method;
use tollgate::gateway::address::{AddressTable, BasePathMapping};

use crate::plane::Plane;
use crate::site::Site;

/// Methods that are shown a `curl` line for; a person tries a few.
const MOST_EXAMPLES: usize = 8;
/// Methods of one API that are listed.
const MOST_METHODS: usize = 100;

/// Where connections are accepted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Listening {
    pub(crate) address: SocketAddr,
    pub(crate) tls: bool,
    pub(crate) plane: Plane,
}

impl Listening {
    fn scheme(self) -> &'static str {
        if self.tls { "https" } else { "http" }
    }

    fn base(self) -> String {
        format!("{}://{}", self.scheme(), self.address)
    }
}

/// The text that a server greets its user with.
pub(crate) fn summary(site: &Site, table: &AddressTable, listening: &[Listening]) -> String {
    let mut out = String::new();
    let Some(first) = listening.first().copied() else {
        return out;
    };
    if table.plans().next().is_none() {
        line(
            &mut out,
            &format!("serving nothing yet at {}/", first.base()),
        );
    }
    let plans: Vec<&Plan> = table.plans().map(|plans| &**plans.production()).collect();
    let mut examples = Vec::new();
    for of_api in plans.chunk_by(|one, other| one.stage().api_id == other.stage().api_id) {
        for plan in of_api {
            let addresses = addresses(site, plan.stage(), first);
            let stage = plan.stage();
            let file = site.apis.iter().find(|api| api.id == stage.api_id);
            let name = match (site.apis.len(), file) {
                (1, _) => format!("stage {}", stage.stage),
                (_, Some(api)) => format!("{}, stage {}", api.file.display(), stage.stage),
                (_, None) => format!("{}, stage {}", stage.api_id, stage.stage),
            };
            let mut addresses = addresses.iter();
            let primary = addresses.next().map_or("", String::as_str);
            line(&mut out, &format!("serving {name} at {primary}/"));
            for other in addresses {
                line(&mut out, &format!("  also at {other}/"));
            }
            examples.extend(
                plan.methods()
                    .filter_map(|method| example(primary, &method)),
            );
        }
        line(&mut out, "");
        if let Some(plan) = of_api.first() {
            methods(&mut out, plan);
            line(&mut out, "");
        }
    }
    for other in listening.iter().skip(1) {
        if other.plane != Plane::Control {
            line(&mut out, &format!("listening at {} too", other.base()));
        }
    }
    for control in listening.iter().filter(|one| one.plane != Plane::Data) {
        let base = control.base();
        line(
            &mut out,
            &format!("control plane at {base}/, for AWS clients:"),
        );
        line(
            &mut out,
            &format!("  aws apigateway get-rest-apis --endpoint-url {base}"),
        );
    }
    if !examples.is_empty() {
        line(&mut out, "try");
        for example in examples.iter().take(MOST_EXAMPLES) {
            line(&mut out, &format!("  {example}"));
        }
        let more = examples.len().saturating_sub(MOST_EXAMPLES);
        if more > 0 {
            line(&mut out, &format!("  ({more} more methods)"));
        }
    }
    out
}

fn line(out: &mut String, text: &str) {
    out.push_str(text);
    out.push('\n');
}

/// The URLs of a stage, without a slash at their end; the one to show first comes first.
fn addresses(site: &Site, stage: &StageContext, listening: Listening) -> Vec<String> {
    let path = |mapping: &BasePathMapping| {
        let is_here = mapping.api == stage.api_id
            && mapping
                .stage
                .as_ref()
                .is_none_or(|name| *name == stage.stage);
        is_here.then(|| {
            let mut path = String::new();
            for part in [Some(mapping.base_path.as_str()), named(mapping, stage)] {
                if let Some(part) = part.filter(|part| !part.is_empty()) {
                    path.push('/');
                    path.push_str(part);
                }
            }
            path
        })
    };
    let base = listening.base();
    let any_host = site.any_host.iter().flatten().filter_map(path);
    let mut addresses: Vec<String> = any_host.map(|path| format!("{base}{path}")).collect();
    let (scheme, port) = (listening.scheme(), listening.address.port());
    for (domain, mappings) in &site.domains {
        let paths = mappings.iter().filter_map(path);
        addresses.extend(paths.map(|path| format!("{scheme}://{domain}:{port}{path}")));
    }
    let (api, stage) = (&stage.api_id, &stage.stage);
    let user_request = format!("{base}/restapis/{api}/{stage}/_user_request_");
    addresses.push(user_request);
    addresses.push(format!(
        "{scheme}://{api}.execute-api.localhost:{port}/{stage}"
    ));
    addresses
}

/// The stage's name, where the path has to say it.
fn named<'s>(mapping: &BasePathMapping, stage: &'s StageContext) -> Option<&'s str> {
    mapping.stage.is_none().then(|| stage.stage.as_str())
}

fn methods(out: &mut String, plan: &Plan) {
    for method in plan.methods().take(MOST_METHODS) {
        let (verb, path) = (method.http_method, method.path);
        let written = match method.refusal {
            None => writeln!(out, "  {verb:<7} {path}"),
            Some(refusal) => writeln!(
                out,
                "  {verb:<7} {path}  refused with {}: {}",
                refusal.status().as_u16(),
                refusal.reason().unwrap_or("it cannot be executed"),
            ),
        };
        written.expect("a string takes any text");
    }
    let more = plan.methods().count().saturating_sub(MOST_METHODS);
    if more > 0 {
        line(out, &format!("  ({more} more)"));
    }
}

/// A command that calls a method, with made-up parameters.
fn example(base: &str, method: &Method<'_>) -> Option<String> {
    if method.refusal.is_some() {
        return None;
    }
    let segments = method
        .path
        .split('/')
        .map(|part| match part.strip_prefix('{') {
            Some(parameter) if parameter.ends_with("+}") => "a/b",
            Some(_) => "1",
            None => part,
        });
    let url = format!("'{base}{}'", segments.collect::<Vec<_>>().join("/"));
    Some(match method.http_method {
        "GET" | "ANY" => format!("curl {url}"),
        "HEAD" => format!("curl --head {url}"),
        verb @ ("POST" | "PUT" | "PATCH") => {
            format!("curl -X {verb} -H 'Content-Type: application/json' -d '{{}}' {url}")
        }
        verb => format!("curl -X {verb} {url}"),
    })
}
