//! How names of headers are spelled where they are shown.

use std::collections::HashMap;

use http::HeaderName;
use tollgate_model::ApiDocument;

use super::TestRequest;
use super::message::pairs;

/// Names as logs and responses of tests on the service spell them.
const OF_SERVICE: [&str; 18] = [
    "Accept",
    "Authorization",
    "Connection",
    "Content-Encoding",
    "Content-Length",
    "Content-Type",
    "Date",
    "Host",
    "Location",
    "Server",
    "Set-Cookie",
    "User-Agent",
    "X-Amz-Date",
    "X-Amz-Security-Token",
    "X-Amz-Target",
    "X-Amzn-Trace-Id",
    "x-amzn-ErrorType",
    "x-amzn-RequestId",
];

/// The names whose spelling is known, by their lower-case form.
pub(super) struct Spelling<'n>(HashMap<String, &'n str>);

impl<'n> Spelling<'n> {
    /// What the service spells in its own way, then what the document maps, then what the request has.
    pub(super) fn of(document: &'n ApiDocument, request: &'n TestRequest) -> Self {
        let mut known: HashMap<String, &'n str> = HashMap::new();
        let names = OF_SERVICE.into_iter().chain(mapped(document));
        for name in names.chain(pairs(request).map(|(name, _)| name)) {
            known.entry(name.to_ascii_lowercase()).or_insert(name);
        }
        Self(known)
    }

    /// The spelling of a name; lower case where it is not known.
    pub(super) fn spelled<'a>(&'a self, name: &'a HeaderName) -> &'a str {
        self.0.get(name.as_str()).copied().unwrap_or(name.as_str())
    }
}

/// The headers that mappings of a document set.
fn mapped(document: &ApiDocument) -> impl Iterator<Item = &str> {
    let responses = document.gateway_responses.iter();
    let of_gateway = responses.flat_map(|response| response.response_parameters.keys());
    let resources = document.resources.iter();
    let methods = resources.flat_map(|resource| resource.resource_methods.values());
    let integrations = methods.filter_map(|method| method.method_integration.as_ref());
    let of_integrations = integrations.flat_map(|integration| {
        let responses = integration.integration_responses.values();
        let responses = responses.filter_map(|response| response.response_parameters.as_ref());
        let requests = integration.request_parameters.keys();
        requests.chain(responses.flat_map(|parameters| parameters.keys()))
    });
    let targets = of_gateway.chain(of_integrations);
    targets.filter_map(|target| Some(target.split_once("header.")?.1))
}
