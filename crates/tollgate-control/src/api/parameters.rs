//! What parameters may be mapped from and to, and what templates are for.

use indexmap::IndexMap;

use crate::error::{ControlError, Result};
use crate::texts::{invalid_mapping, mapping_error};

/// That parameters of a request to an endpoint are such, and are made of something.
///
/// # Errors
///
/// 400 in the service's words.
pub(super) fn check_request_parameters(parameters: &IndexMap<String, String>) -> Result<()> {
    for (name, value) in parameters {
        let place = name.strip_prefix("integration.request.");
        let is_place = is_named(place, &["header.", "querystring.", "path."]);
        if !is_place || !is_source(value, &["method.request."]) {
            return Err(invalid_mapping(value));
        }
    }
    Ok(())
}

/// That parameters of an answer to the client are headers, and are made of something.
///
/// # Errors
///
/// 400 in the service's words.
pub(super) fn check_response_parameters(parameters: &IndexMap<String, String>) -> Result<()> {
    for (name, value) in parameters {
        if !is_response_header(name) || !is_source(value, &["integration.response."]) {
            return Err(invalid_mapping(value));
        }
    }
    Ok(())
}

/// That parameters of what a gateway answers by itself are headers, and are made of something.
///
/// # Errors
///
/// 400 in the service's words.
pub(super) fn check_gateway_parameters(parameters: &IndexMap<String, String>) -> Result<()> {
    for (name, value) in parameters {
        let place = name.strip_prefix("gatewayresponse.");
        if !is_named(place, &["header."]) || !is_source(value, &["method.request."]) {
            return Err(invalid_mapping(value));
        }
    }
    Ok(())
}

/// Whether it names a header of an answer: `method.response.header.x-name`.
pub(super) fn is_response_header(name: &str) -> bool {
    is_named(name.strip_prefix("method.response."), &["header."])
}

/// That a parameter has a name that the service takes.
///
/// # Errors
///
/// 400 in the service's words.
pub(super) fn check_parameter_name(name: &str) -> Result<()> {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"._$-".contains(&byte);
    if name.bytes().all(is_letter) {
        return Ok(());
    }
    Err(mapping_error(
        "Parameter name should match the following regular expression: ^[a-zA-Z0-9._$-]+$",
    ))
}

fn is_named(place: Option<&str>, places: &[&str]) -> bool {
    let name = place.and_then(|place| places.iter().find_map(|known| place.strip_prefix(known)));
    name.is_some_and(|name| !name.is_empty())
}

/// Whether something can be had from it: a parameter, the context, a stage variable or a literal.
fn is_source(value: &str, own: &[&str]) -> bool {
    let literal = value
        .strip_prefix('\'')
        .and_then(|rest| rest.strip_suffix('\''));
    let begins = own.iter().chain(&["context.", "stageVariables."]);
    literal.is_some()
        || begins
            .into_iter()
            .any(|begin| value.len() > begin.len() && value.starts_with(begin))
}

/// That templates are for media types.
///
/// # Errors
///
/// 400 in the service's words.
pub(super) fn check_content_types<'t>(types: impl IntoIterator<Item = &'t String>) -> Result<()> {
    let is_token = |text: &str| {
        let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&-^_.+*".contains(&byte);
        !text.is_empty() && text.bytes().all(is_letter)
    };
    for text in types {
        let essence = text.split(';').next().unwrap_or_default().trim();
        let parts = essence.split_once('/');
        let is_type = parts.is_some_and(|(kind, sub)| is_token(kind) && is_token(sub));
        // `$default` is the key of what is for all others.
        if !is_type && text != "$default" {
            return Err(ControlError::bad_request(format!(
                "Validation Result: warnings : [], errors : [Invalid content type specified: {text}]"
            )));
        }
    }
    Ok(())
}
