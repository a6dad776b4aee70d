//! From a method's validator and models to what is checked.

use tollgate_core::{Diagnostic, Diagnostics, Rejection};
use tollgate_model::{ApiDocument, Method};
use tollgate_validate::{InvalidModel, Model, RequestValidator};

use super::Scope;
use super::method::Place;
use super::texts::escaped;

/// The media type of a body whose model nobody names.
const JSON: &str = "application/json";

/// What is to be said of a model that cannot be used.
pub(super) fn broken_model(document: &ApiDocument, name: &str, error: &InvalidModel) -> Diagnostic {
    let index = document.models.iter().rposition(|model| model.name == name);
    let pointer = index.map_or("/models".to_owned(), |index| {
        format!("/models/{index}/schema")
    });
    let message = format!("model {name}: {error}; bodies that need it get 500");
    Diagnostic::error(pointer, message)
}

/// Compiles what a method checks of requests.
///
/// Where it checks bodies against what is no model, all its callers are refused: what the author
/// wanted to keep away from the endpoint must not pass.
pub(super) fn request_validator(
    place: &Place<'_>,
    method: &Method,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Result<RequestValidator, Rejection> {
    let mut compiled = RequestValidator::new();
    let Some(id) = &method.request_validator_id else {
        return Ok(compiled);
    };
    let mut known = scope.document.request_validators.iter();
    let Some(validator) = known.find(|validator| validator.id == *id) else {
        let message = format!("there is no request validator {id:?}, so it answers 500");
        diagnostics.push(place.error("/requestValidatorId", &message));
        return Err(Rejection::configuration(message));
    };
    if validator.validate_request_parameters {
        let required = method.request_parameters.iter();
        for (key, _) in required.filter(|(_, is_required)| **is_required) {
            if let Err(error) = compiled.require_parameter(key) {
                let pointer = format!("/requestParameters/{}", escaped(key));
                diagnostics.push(place.error(&pointer, &format!("{error}; it is not checked")));
            }
        }
    }
    if validator.validate_request_body {
        if method.request_models.is_empty() {
            compiled = compiled.with_model(JSON, Model::empty());
        }
        for (media_type, name) in &method.request_models {
            let fault = match scope.models.get(name) {
                Some(Ok(model)) => {
                    compiled = compiled.with_model(media_type, model.clone());
                    continue;
                }
                Some(Err(error)) => format!("model {name} cannot be used: {error}"),
                None => format!("there is no model {name:?}"),
            };
            let pointer = format!("/requestModels/{}", escaped(media_type));
            diagnostics.push(place.error(&pointer, &format!("{fault}; it answers 500")));
            return Err(Rejection::configuration(fault));
        }
    }
    Ok(compiled)
}
