//! CORS as methods and mappings of a document.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use tollgate_core::{Diagnostic, Diagnostics, GatewayResponseType};

use super::check::is_scheme_wildcard;
use super::{CorsAddition, CorsConfiguration, CorsReport};
use crate::{
    ApiDocument, GatewayResponse, HttpMethod, Integration, IntegrationResponse, IntegrationType,
    Method, MethodResponse,
};

const ALLOW_ORIGIN: &str = "Access-Control-Allow-Origin";

const METHOD_HEADER: &str = "method.response.header.";
const GATEWAY_HEADER: &str = "gatewayresponse.header.";

/// The status of the answer to a preflight, as the service's console makes it.
const PREFLIGHT_STATUS: &str = "200";

impl ApiDocument {
    /// Adds to the document what pages of another origin need, and changes nothing that is there:
    ///
    /// - a method OPTIONS that answers preflights, on each resource that has methods and none of
    ///   its own: MOCK, open to all, with the headers as static values. It allows
    ///   [`allow_methods`](CorsConfiguration::allow_methods) or, where that is empty, the verbs of
    ///   the resource;
    /// - `Access-Control-Allow-Origin`, and those of credentials and exposed headers where they
    ///   are asked for, in each integration response of other methods, and in the method response
    ///   that it becomes. Proxy integrations have neither: their endpoints must send the headers;
    /// - the same headers in the gateway responses `DEFAULT_4XX` and `DEFAULT_5XX`, and in those of
    ///   other types that the document has, for these do not inherit.
    ///
    /// What could not be made to work is a remark of the report.
    ///
    /// ```
    /// use tollgate_model::{ApiDocument, CorsConfiguration, HttpMethod, Integration, IntegrationType};
    /// use tollgate_model::{Method, Resource};
    ///
    /// let mut pets = Resource::root("root000000".into());
    /// let mut get = Method::new(HttpMethod::Get);
    /// get.method_integration = Some(Integration::new(IntegrationType::HttpProxy));
    /// pets.resource_methods.insert(HttpMethod::Get, get);
    /// let mut api = ApiDocument::new("pets");
    /// api.resources.push(pets);
    ///
    /// let report = api.add_cors(&CorsConfiguration::like_console())?;
    /// assert!(api.resources[0].resource_methods.contains_key(&HttpMethod::Options));
    /// assert_eq!(report.added[0].to_string(), "OPTIONS /");
    /// assert_eq!(report.remarks.len(), 1, "the endpoint of the proxy has to send the header");
    /// # Ok::<(), tollgate_core::Diagnostics>(())
    /// ```
    ///
    /// # Errors
    ///
    /// What is wrong with the configuration, by JSON pointers into it; the document is unchanged
    /// then. Besides what [`CorsConfiguration::check`] finds, an origin that is not one text for
    /// all requests is an error: neither responses without a template nor gateway responses can
    /// choose one by the request. The gateway can:
    /// [`RestApi::cors_configuration`](crate::RestApi::cors_configuration).
    pub fn add_cors(&mut self, cors: &CorsConfiguration) -> Result<CorsReport, Diagnostics> {
        let headers = Headers::new(cors)?;
        let mut report = CorsReport::default();
        if self.rest_api.cors_configuration.is_some() {
            let message =
                "the gateway sees to CORS by `corsConfiguration`, and drops what is added";
            let remark = Diagnostic::warning("/corsConfiguration", message);
            report.remarks.push(remark);
        }
        for index in 0..self.resources.len() {
            self.add_to_resource(index, &headers, &mut report);
        }
        self.add_to_gateway_responses(&headers, &mut report);
        Ok(report)
    }

    fn add_to_resource(&mut self, index: usize, headers: &Headers<'_>, report: &mut CorsReport) {
        let resource = &mut self.resources[index];
        if resource.resource_methods.is_empty() {
            return;
        }
        let pointer = format!("/resources/{index}/resourceMethods");
        for (verb, method) in &mut resource.resource_methods {
            if *verb == HttpMethod::Options {
                continue;
            }
            let mut place = Place {
                pointer: format!("{pointer}/{verb}"),
                path: &resource.path,
                verb: *verb,
                report,
            };
            place.add_to_method(method, headers);
        }
        if resource.resource_methods.contains_key(&HttpMethod::Options) {
            let pointer = format!("{pointer}/{}", HttpMethod::Options);
            let message = format!("OPTIONS {} is there already, and kept", resource.path);
            report.remarks.push(Diagnostic::note(pointer, message));
            return;
        }
        let verbs = resource.resource_methods.keys().copied();
        let preflight = headers.preflight(&resource.path, verbs);
        resource
            .resource_methods
            .insert(HttpMethod::Options, preflight);
        report.added.push(CorsAddition::Preflight {
            path: resource.path.clone(),
        });
    }

    fn add_to_gateway_responses(&mut self, headers: &Headers<'_>, report: &mut CorsReport) {
        for kind in [
            GatewayResponseType::Default4xx,
            GatewayResponseType::Default5xx,
        ] {
            let has = |one: &GatewayResponse| one.response_type == kind;
            if !self.gateway_responses.iter().any(has) {
                self.gateway_responses.push(GatewayResponse::new(kind));
            }
        }
        for response in &mut self.gateway_responses {
            let parameters = &mut response.response_parameters;
            let missing = headers.missing(GATEWAY_HEADER, parameters);
            if !missing.is_empty() {
                parameters.extend(missing);
                let addition = CorsAddition::GatewayResponse(response.response_type);
                report.added.push(addition);
            }
        }
    }
}

/// The method that something is added to.
struct Place<'a> {
    pointer: String,
    path: &'a str,
    verb: HttpMethod,
    report: &'a mut CorsReport,
}

impl Place<'_> {
    fn add_to_method(&mut self, method: &mut Method, headers: &Headers<'_>) {
        let Some(integration) = &mut method.method_integration else {
            self.warn(
                "",
                "it has no integration, so nothing gives its responses headers",
            );
            return;
        };
        if matches!(
            integration.kind,
            IntegrationType::AwsProxy | IntegrationType::HttpProxy
        ) {
            let message = format!(
                "its integration {} passes responses on: the endpoint has to send {ALLOW_ORIGIN}",
                integration.kind
            );
            self.say(Diagnostic::note, "/methodIntegration/type", &message);
            return;
        }
        if integration.integration_responses.is_empty() {
            let message = "it has no integration response that could have headers";
            self.warn("/methodIntegration", message);
        }
        for (status, response) in &mut integration.integration_responses {
            let Some(declared) = method.method_responses.get_mut(status) else {
                let message = format!("it has no method response {status} to declare headers in");
                self.warn("/methodResponses", &message);
                continue;
            };
            let mapped = response.response_parameters.get_or_insert_default();
            let missing = headers.missing(METHOD_HEADER, mapped);
            if missing.is_empty() {
                continue;
            }
            let declared = declared.response_parameters.get_or_insert_default();
            for (target, source) in missing {
                if !declared.keys().any(|one| one.eq_ignore_ascii_case(&target)) {
                    declared.insert(target.clone(), false);
                }
                mapped.insert(target, source);
            }
            self.report.added.push(CorsAddition::Response {
                path: self.path.to_owned(),
                verb: self.verb,
                status: status.clone(),
            });
        }
    }

    fn warn(&mut self, below: &str, message: &str) {
        self.say(Diagnostic::warning, below, message);
    }

    fn say(&mut self, kind: fn(String, String) -> Diagnostic, below: &str, message: &str) {
        let message = format!("method {} {}: {message}", self.verb, self.path);
        let remark = kind(format!("{}{below}", self.pointer), message);
        self.report.remarks.push(remark);
    }
}

/// Headers with their values, as mappings write static values.
struct Headers<'c> {
    cors: &'c CorsConfiguration,
    /// Those of responses that a page may read.
    actual: Vec<(&'static str, String)>,
}

impl<'c> Headers<'c> {
    fn new(cors: &'c CorsConfiguration) -> Result<Self, Diagnostics> {
        let found = cors.check();
        if found.has_errors() {
            return Err(found);
        }
        let origin = match cors.allow_origins.as_slice() {
            [origin] if !is_scheme_wildcard(origin) => origin,
            origins => {
                let message = format!(
                    "static headers cannot choose among origins: found {}",
                    match origins.len() {
                        1 => format!("`{}`", origins[0]),
                        count => count.to_string(),
                    }
                );
                let diagnostic = Diagnostic::error("/allowOrigins", message)
                    .expected("one origin, or `*`")
                    .help("`x-amazon-apigateway-cors` lets the gateway choose by the request");
                return Err(diagnostic.into());
            }
        };
        let mut actual = vec![(ALLOW_ORIGIN, fixed(origin))];
        if cors.allow_credentials {
            actual.push(("Access-Control-Allow-Credentials", fixed("true")));
        }
        if !cors.expose_headers.is_empty() {
            let names = cors.expose_headers.join(",");
            actual.push(("Access-Control-Expose-Headers", fixed(&names)));
        }
        Ok(Self { cors, actual })
    }

    /// The headers that are not among mappings whose targets begin with this.
    fn missing(&self, prefix: &str, mapped: &IndexMap<String, String>) -> Vec<(String, String)> {
        let targets = self.actual.iter();
        let targets = targets.map(|(name, value)| (format!("{prefix}{name}"), value.clone()));
        targets
            .filter(|(target, _)| !mapped.keys().any(|one| one.eq_ignore_ascii_case(target)))
            .collect()
    }

    /// The method that answers preflights for a resource with these verbs.
    fn preflight(&self, path: &str, verbs: impl Iterator<Item = HttpMethod>) -> Method {
        let mut mapped = Vec::new();
        if !self.cors.allow_headers.is_empty() {
            let names = self.cors.allow_headers.join(",");
            mapped.push(("Access-Control-Allow-Headers", fixed(&names)));
        }
        let methods = match self.cors.allow_methods.as_slice() {
            [] => allowed(verbs),
            methods => methods.join(","),
        };
        mapped.push(("Access-Control-Allow-Methods", fixed(&methods)));
        let needed = self.actual.iter();
        // A preflight has nothing that a page could read.
        mapped.extend(needed.filter(|(name, _)| !name.contains("Expose")).cloned());
        if let Some(age) = self.cors.max_age {
            mapped.push(("Access-Control-Max-Age", fixed(&age.to_string())));
        }
        let targets = mapped.iter();
        let targets = targets.map(|(name, _)| (format!("{METHOD_HEADER}{name}"), false));
        let declared = MethodResponse {
            status_code: PREFLIGHT_STATUS.to_owned(),
            response_parameters: Some(targets.collect()),
            response_models: None,
        };
        let sources = mapped.into_iter();
        let sources = sources.map(|(name, value)| (format!("{METHOD_HEADER}{name}"), value));
        let response = IntegrationResponse {
            status_code: PREFLIGHT_STATUS.to_owned(),
            response_parameters: Some(sources.collect()),
            ..IntegrationResponse::default()
        };
        let template = format!("{{\"statusCode\": {PREFLIGHT_STATUS}}}");
        let mut integration = Integration::new(IntegrationType::Mock);
        integration.request_templates = [("application/json".to_owned(), template)].into();
        integration.integration_responses = [(PREFLIGHT_STATUS.to_owned(), response)].into();
        let mut method = Method::new(HttpMethod::Options);
        method.request_parameters = path_parameters(path);
        method.method_responses = [(PREFLIGHT_STATUS.to_owned(), declared)].into();
        method.method_integration = Some(integration);
        method
    }
}

/// A static value, as mappings write it. What is checked has no apostrophe in it.
fn fixed(value: &str) -> String {
    format!("'{value}'")
}

/// The verbs that a resource serves with OPTIONS, by name.
fn allowed(verbs: impl Iterator<Item = HttpMethod>) -> String {
    let mut names = BTreeSet::from([HttpMethod::Options.as_str()]);
    for verb in verbs {
        match verb {
            HttpMethod::Any => {
                let all = HttpMethod::ALL
                    .iter()
                    .filter(|one| **one != HttpMethod::Any);
                names.extend(all.map(|one| one.as_str()));
            }
            verb => {
                names.insert(verb.as_str());
            }
        }
    }
    names.into_iter().collect::<Vec<_>>().join(",")
}

/// What a method has of each variable of its path.
fn path_parameters(path: &str) -> IndexMap<String, bool> {
    let variables = path.split('/').filter_map(|part| {
        let name = part.strip_prefix('{')?.strip_suffix('}')?;
        Some(name.strip_suffix('+').unwrap_or(name))
    });
    variables
        .map(|name| (format!("method.request.path.{name}"), true))
        .collect()
}
