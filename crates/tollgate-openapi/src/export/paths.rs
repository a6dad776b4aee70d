//! Path items and their operations.

use serde_json::Value;
use tollgate_model::{Method, Resource};

use super::schemes::Schemes;
use super::settings::ValidatorNames;
use super::{Exporter, Extensions, Members, documentation, integration, put, put_if};
use crate::paths::VERBS;
use crate::validators::CHOICE;

/// What readers are told about an operation before all else, and what after it.
const WORDS: [&str; 3] = ["tags", "summary", "description"];
const MORE_WORDS: [&str; 2] = ["externalDocs", "deprecated"];

/// A method on its way into an operation.
#[derive(Clone, Copy)]
pub(super) struct Subject<'e, 'a> {
    pub(super) resource: &'a Resource,
    pub(super) method: &'a Method,
    /// Its pointer in the model.
    pub(super) pointer: &'e str,
    /// The parts of the documentation that its resource has and inherits.
    pub(super) about: documentation::Scope,
}

impl<'a> Exporter<'a> {
    pub(super) fn paths(
        &mut self,
        validators: &ValidatorNames<'a>,
        schemes: &mut Schemes<'a>,
    ) -> Members {
        let mut paths = Members::new();
        let document = self.document;
        let resources = &document.resources;
        for (place, resource) in resources.iter().enumerate() {
            let next = resources.get(place + 1);
            if !is_told(resource, next) {
                continue;
            }
            let about = self.documentation.scope(place);
            let mut path_item = Members::new();
            for (member, verb) in VERBS {
                if let Some(method) = resource.resource_methods.get(&verb) {
                    let subject = Subject {
                        resource,
                        method,
                        pointer: &format!("/resources/{place}/resourceMethods/{verb}"),
                        about,
                    };
                    let operation = self.operation(&subject, validators, schemes);
                    put(&mut path_item, member, operation);
                }
            }
            let own = self.documentation.resource(about, &resource.path);
            self.extend(&mut path_item, own);
            put(&mut paths, &resource.path, path_item);
        }
        paths
    }

    fn operation(
        &mut self,
        subject: &Subject<'_, 'a>,
        validators: &ValidatorNames<'a>,
        schemes: &mut Schemes<'a>,
    ) -> Value {
        let Subject {
            method, pointer, ..
        } = *subject;
        let mut operation = Members::new();
        let about = self.documentation.method(subject.about, method.http_method);
        self.describe(&mut operation, about, &WORDS);
        let name = method.operation_name.as_deref();
        put_if(&mut operation, "operationId", name);
        self.put_media_types(&mut operation, subject);
        let mut parameters = self.parameters(subject);
        let mut body = self.request_body(subject);
        if self.version.has_body_parameters() {
            parameters.extend(body.take().map(Value::from));
        }
        if !parameters.is_empty() {
            put(&mut operation, "parameters", parameters);
        }
        put_if(&mut operation, "requestBody", body);
        let responses = self.responses(subject);
        put(&mut operation, "responses", responses);
        put_if(
            &mut operation,
            "security",
            schemes.requirement(self, subject),
        );
        self.describe(&mut operation, about, &MORE_WORDS);
        if self.has(Extensions::SETTINGS) {
            put_if(
                &mut operation,
                CHOICE,
                validators.choice(self, method, pointer),
            );
        }
        if self.has(Extensions::INTEGRATIONS)
            && let Some(integration) = &method.method_integration
        {
            let written = integration::written(self, integration, subject);
            put(&mut operation, integration::EXTENSION, written);
        }
        self.extend(&mut operation, about);
        operation.into()
    }
}

/// Whether a document names a resource. One that has no methods comes about by itself where the
/// next is below it, or where it is the root.
fn is_told(resource: &Resource, next: Option<&Resource>) -> bool {
    let is_implied = resource.parent_id.is_none()
        || next.is_some_and(|next| next.parent_id.as_ref() == Some(&resource.id));
    !resource.resource_methods.is_empty() || !is_implied
}
