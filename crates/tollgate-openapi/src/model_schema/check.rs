//! Whether the service would take a model.

use serde_json::Value;
use thiserror::Error;
use tollgate_core::ApiId;

use super::{Member, Reference, member, reference};

/// The types of draft 4.
const TYPES: [&str; 7] = [
    "array", "boolean", "integer", "null", "number", "object", "string",
];

/// Why a model is refused, in the service's words.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ModelFault {
    /// It has no name.
    #[error("Model name must be non-empty")]
    NoName,
    /// Its name has other characters than letters and digits.
    #[error("Model name must be alphanumeric: {0}")]
    InvalidName(String),
    /// It has no schema.
    #[error("Model schema must have at least 1 property or array items defined")]
    NoSchema,
    /// Its schema is no JSON Schema of draft 4.
    #[error(
        "Invalid model specified: Validation Result: warnings : [], errors : [Invalid model schema \
         specified]"
    )]
    InvalidSchema,
    /// It refers to something else than `https://apigateway.amazonaws.com/restapis/{api}/models/{name}`
    /// of its own API, or a place in itself.
    #[error(
        "Invalid model specified: Validation Result: warnings : [], errors : [Model reference must be \
         in canonical form]"
    )]
    InvalidReference,
}

/// Checks the name of a model that is made.
///
/// # Errors
///
/// [`ModelFault::NoName`] and [`ModelFault::InvalidName`].
pub fn check_model_name(name: &str) -> Result<(), ModelFault> {
    if name.is_empty() {
        return Err(ModelFault::NoName);
    }
    if !name.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(ModelFault::InvalidName(name.to_owned()));
    }
    Ok(())
}

/// Checks the schema of a model of this API, as it is made or changed.
///
/// Known are the causes for which the service is seen to refuse a schema: that there is none, that it
/// is no JSON object, types that draft 4 does not have, an empty `required`, an `example`, and
/// references that are not in canonical form. Whether what is referred to is there is not asked: models
/// may refer to each other in circles, so that one of them is made first. Whether the schema can be used
/// says `tollgate_validate::Models`.
///
/// ```
/// use tollgate_openapi::{ModelFault, check_model_schema};
///
/// let api = "a1b2c3d4e5".into();
/// let reference = r##"{"properties": {"pet": {"$ref": "#/components/schemas/Pet"}}}"##;
/// assert_eq!(check_model_schema("", &api), Err(ModelFault::NoSchema));
/// assert_eq!(check_model_schema("[]", &api), Err(ModelFault::InvalidSchema));
/// let schema = r#"{"$ref": "https://apigateway.amazonaws.com/restapis/a1b2c3d4e5/models/Pet"}"#;
/// assert_eq!(check_model_schema(schema, &api), Ok(()));
/// ```
///
/// # Errors
///
/// The first [`ModelFault`].
pub fn check_model_schema(schema: &str, api: &ApiId) -> Result<(), ModelFault> {
    if schema.trim().is_empty() {
        return Err(ModelFault::NoSchema);
    }
    // Its nesting is bounded, and so is that of what is checked.
    let schema: Value = serde_json::from_str(schema).map_err(|_| ModelFault::InvalidSchema)?;
    if !schema.is_object() {
        return Err(ModelFault::InvalidSchema);
    }
    check(&schema, api)
}

fn check(schema: &Value, api: &ApiId) -> Result<(), ModelFault> {
    if let Some(text) = reference(schema) {
        return match Reference::of(text) {
            Reference::Local(_) => Ok(()),
            Reference::Model { api: named, .. } if named == api.as_str() => Ok(()),
            _ => Err(ModelFault::InvalidReference),
        };
    }
    for (keyword, value) in schema.as_object().into_iter().flatten() {
        if !is_fit(keyword, value) {
            return Err(ModelFault::InvalidSchema);
        }
        match member(keyword, value) {
            Member::Schema(part) => check(part, api)?,
            Member::List(parts) => parts.iter().try_for_each(|part| check(part, api))?,
            Member::Map(parts) => parts.values().try_for_each(|part| check(part, api))?,
            Member::Other => {}
        }
    }
    Ok(())
}

/// Whether a keyword is one that the service takes, with this value.
fn is_fit(keyword: &str, value: &Value) -> bool {
    let is_type = |one: &Value| one.as_str().is_some_and(|one| TYPES.contains(&one));
    match (keyword, value) {
        ("type", Value::Array(types)) => !types.is_empty() && types.iter().all(is_type),
        ("type", one) => is_type(one),
        ("required", Value::Array(names)) => !names.is_empty(),
        ("required", _) => false,
        ("example", _) => false,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schemas_are_refused_in_the_services_words() {
        let models = "https://apigateway.amazonaws.com/restapis/api1/models";
        let none = "Model schema must have at least 1 property or array items defined";
        let errors = |error: &str| {
            format!("Invalid model specified: Validation Result: warnings : [], errors : [{error}]")
        };
        let invalid = errors("Invalid model schema specified");
        let reference = errors("Model reference must be in canonical form");
        for (schema, expected) in [
            ("", none),
            (" \n", none),
            ("{", &invalid),
            ("null", &invalid),
            ("[]", &invalid),
            (r#"{"type": "file"}"#, &invalid),
            (r#"{"type": []}"#, &invalid),
            (r#"{"required": []}"#, &invalid),
            (r#"{"required": true}"#, &invalid),
            (
                r#"{"properties": {"a": {"items": [{"example": 1}]}}}"#,
                &invalid,
            ),
            (r##"{"$ref": "Pet"}"##, &reference),
            (
                r#"{"items": {"$ref": "https://apigateway.us-east-1.amazonaws.com/restapis/api1/models/P"}}"#,
                &reference,
            ),
            (
                r#"{"allOf": [{"$ref": "https://apigateway.amazonaws.com/restapis/api2/models/P"}]}"#,
                &reference,
            ),
            (
                r#"{"not": {"$ref": "https://apigateway.amazonaws.com/restapis/api1/models/"}}"#,
                &reference,
            ),
            ("{}", ""),
            (r#"{"type": ["object", "null"], "required": ["a"]}"#, ""),
            (
                r##"{"properties": {"a": {"$ref": "#/definitions/A"}}, "definitions": {"A": {}}}"##,
                "",
            ),
            // Names of properties, and values, are no keywords.
            (
                r#"{"properties": {"$ref": {}, "example": {}, "required": {}}, "enum": [{"$ref": "x"}]}"#,
                "",
            ),
            (
                r#"{"dependencies": {"a": ["b"]}, "additionalProperties": false}"#,
                "",
            ),
        ] {
            let checked = check_model_schema(schema, &"api1".into());
            let said = checked.err().map(|fault| fault.to_string());
            assert_eq!(said.unwrap_or_default(), expected, "{schema}");
        }
        let canonical = format!(r#"{{"items": {{"$ref": "{models}/Pet"}}}}"#);
        assert_eq!(check_model_schema(&canonical, &"api1".into()), Ok(()));
    }

    #[test]
    fn names_are_letters_and_digits() {
        for (name, expected) in [
            ("Pet2", ""),
            ("", "Model name must be non-empty"),
            ("X_Y", "Model name must be alphanumeric: X_Y"),
            ("ü", "Model name must be alphanumeric: ü"),
        ] {
            let said = check_model_name(name).err().map(|fault| fault.to_string());
            assert_eq!(said.unwrap_or_default(), expected, "{name}");
        }
    }
}
