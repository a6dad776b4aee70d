//! The part of a document that a test needs.

use tollgate_core::ResourceId;
use tollgate_model::{ApiDocument, AuthorizationType, HttpMethod, Resource};

use super::TestInvokeError;

/// A document with one method that is open to all, and what that method refers to.
///
/// What is taken is named, so that no setting which keeps callers out comes along.
pub(super) fn of_method(
    document: &ApiDocument,
    id: &ResourceId,
    verb: HttpMethod,
) -> Result<ApiDocument, TestInvokeError> {
    let resource = document.resources.iter().find(|one| one.id == *id);
    let resource = resource.ok_or_else(|| TestInvokeError::UnknownResource(id.clone()))?;
    let methods = &resource.resource_methods;
    let found = [verb, HttpMethod::Any].into_iter();
    let found = found.filter_map(|verb| methods.get_key_value(&verb)).next();
    let (verb, method) = found.ok_or_else(|| TestInvokeError::UnknownMethod {
        resource: id.clone(),
        http_method: verb,
    })?;
    let mut method = method.clone();
    method.authorization_type = AuthorizationType::None;
    method.authorizer_id = None;
    method.api_key_required = false;

    let mut draft = ApiDocument::new(document.rest_api.name.as_str());
    draft.rest_api.id.clone_from(&document.rest_api.id);
    draft.rest_api.home.clone_from(&document.rest_api.home);
    draft
        .rest_api
        .binary_media_types
        .clone_from(&document.rest_api.binary_media_types);
    let validator = method.request_validator_id.as_ref();
    let validators = document.request_validators.iter();
    draft.request_validators = validators
        .filter(|one| validator == Some(&one.id))
        .cloned()
        .collect();
    if draft
        .request_validators
        .iter()
        .any(|one| one.validate_request_body)
    {
        // One model may refer to any other.
        draft.models.clone_from(&document.models);
    }
    draft
        .gateway_responses
        .clone_from(&document.gateway_responses);
    let mut only = Resource::root(resource.id.clone());
    only.path.clone_from(&resource.path);
    only.resource_methods.insert(*verb, method);
    draft.resources.push(only);
    Ok(draft)
}
