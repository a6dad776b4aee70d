//! The settings of the API as a whole.

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};
use tollgate_model::{ApiKeySource, Method, Timestamp};

use super::{Exporter, Extensions, Members, put, put_if};
use crate::validators;

impl Exporter<'_> {
    /// The version of the API, or the date for one that has none.
    pub(super) fn api_version(&self) -> String {
        let version = self.document.rest_api.version.as_ref();
        version.map_or_else(|| iso(self.options.date), Clone::clone)
    }

    pub(super) fn info(&mut self, version: &str) -> Members {
        let api = &self.document.rest_api;
        let mut info = Members::new();
        put_if(&mut info, "description", api.description.as_deref());
        put(&mut info, "version", version);
        put(&mut info, "title", api.name.as_str());
        if !self.is_whole() {
            self.describe_info(&mut info);
        }
        info
    }

    pub(super) fn put_settings(&mut self, root: &mut Members, validators: &ValidatorNames<'_>) {
        if self.has(Extensions::SETTINGS) {
            self.put_exported(root, validators);
        }
        if self.has(Extensions::REST) {
            self.put_rest(root);
        }
    }

    /// What the service exports, too.
    fn put_exported(&mut self, root: &mut Members, validators: &ValidatorNames<'_>) {
        let document = self.document;
        let api = &document.rest_api;
        if api.api_key_source != ApiKeySource::default() {
            let source = api.api_key_source.as_str();
            put(root, "x-amazon-apigateway-api-key-source", source);
        }
        put_if(
            root,
            "x-amazon-apigateway-minimum-compression-size",
            api.minimum_compression_size,
        );
        if !api.binary_media_types.is_empty() {
            let types = api.binary_media_types.as_slice();
            put(root, "x-amazon-apigateway-binary-media-types", types);
        }
        if let Some(policy) = &api.policy {
            // A text that is no object must not be lost: importing it is an error.
            let written = match serde_json::from_str::<Value>(policy) {
                Ok(value @ Value::Object(_)) => value,
                Ok(_) | Err(_) => {
                    let message = "the policy is no JSON object: the document cannot be imported";
                    self.warn("/policy", message);
                    policy.as_str().into()
                }
            };
            put(root, "x-amazon-apigateway-policy", written);
        }
        let mut responses = Members::new();
        for response in &document.gateway_responses {
            let mut written = Members::new();
            put_if(&mut written, "statusCode", response.status_code.as_deref());
            for (member, map) in [
                ("responseParameters", &response.response_parameters),
                ("responseTemplates", &response.response_templates),
            ] {
                if !map.is_empty() {
                    put(&mut written, member, json!(map));
                }
            }
            put(&mut responses, response.response_type.as_str(), written);
        }
        if !responses.is_empty() {
            put(root, "x-amazon-apigateway-gateway-responses", responses);
        }
        if !document.request_validators.is_empty() {
            put(root, validators::LIST, validators.write(self));
        }
    }

    /// What the service does not export.
    fn put_rest(&mut self, root: &mut Members) {
        let api = &self.document.rest_api;
        let mut endpoint = Members::new();
        if api.disable_execute_api_endpoint {
            put(&mut endpoint, "disableExecuteApiEndpoint", true);
        }
        if let Some(configuration) = &api.endpoint_configuration {
            if !configuration.vpc_endpoint_ids.is_empty() {
                let ids = configuration.vpc_endpoint_ids.as_slice();
                put(&mut endpoint, "vpcEndpointIds", ids);
            }
            if !configuration.types.is_empty() || configuration.ip_address_type.is_some() {
                let message = "documents do not tell the kind of an endpoint";
                self.note("/endpointConfiguration", message);
            }
        }
        if !endpoint.is_empty() {
            let name = "x-amazon-apigateway-endpoint-configuration";
            self.version.put_endpoint(root, name, endpoint);
        }
        put_if(
            root,
            "x-amazon-apigateway-security-policy",
            api.security_policy.as_deref(),
        );
        put_if(
            root,
            "x-amazon-apigateway-endpoint-access-mode",
            api.endpoint_access_mode.map(|mode| mode.as_str()),
        );
        put_if(
            root,
            "x-amazon-apigateway-cors",
            api.cors_configuration.as_ref().map(|cors| json!(cors)),
        );
        if !api.tags.is_empty() {
            self.note("/tags", "documents have no place for labels of the API");
        }
    }
}

/// Validators by their ids, for those whose names tell them apart.
pub(super) struct ValidatorNames<'a>(HashMap<&'a str, &'a str>);

impl<'a> ValidatorNames<'a> {
    pub(super) fn of(exporter: &mut Exporter<'a>) -> Self {
        let mut taken = HashSet::new();
        let mut names = HashMap::new();
        for (place, one) in exporter.document.request_validators.iter().enumerate() {
            if taken.insert(one.name.as_str()) {
                names.insert(one.id.as_str(), one.name.as_str());
            } else {
                let message = "another validator has its name, by which documents tell them apart: \
                               this one is left out";
                exporter.warn(&format!("/requestValidators/{place}"), message);
            }
        }
        Self(names)
    }

    /// The name of a method's validator.
    pub(super) fn choice(
        &self,
        exporter: &mut Exporter<'a>,
        method: &Method,
        pointer: &str,
    ) -> Option<&'a str> {
        let id = method.request_validator_id.as_deref()?;
        match self.0.get(id) {
            Some(name) => Some(exporter.shared(name)),
            None => {
                let message = format!("there is no validator `{id}` with a name of its own");
                exporter.warn(pointer, message);
                None
            }
        }
    }

    fn write(&self, exporter: &Exporter<'_>) -> Members {
        let all = exporter.document.request_validators.iter();
        all.filter(|one| self.0.contains_key(one.id.as_str()))
            .map(|one| {
                let checks = json!({
                    "validateRequestBody": one.validate_request_body,
                    "validateRequestParameters": one.validate_request_parameters,
                });
                (one.name.clone(), checks)
            })
            .collect()
    }
}

/// A moment as dates are written in documents.
pub(super) fn iso(moment: Timestamp) -> String {
    let seconds = i64::try_from(moment.seconds()).unwrap_or(i64::MAX);
    let latest = jiff::Timestamp::MAX;
    jiff::Timestamp::from_second(seconds)
        .unwrap_or(latest)
        .to_string()
}
