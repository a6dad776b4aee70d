//! Which models a schema refers to.

use serde_json::Value;
use tollgate_model::Model;

use super::{Member, Reference, member, reference};

/// Whether the schema of a model refers to the model of this name, or to a place in it.
///
/// The API in the reference does not matter: models refer to those of their own. A schema that is no
/// JSON refers to nothing.
///
/// ```
/// use tollgate_model::Model;
/// use tollgate_openapi::refers_to_model;
///
/// let pet = r#"{"properties": {"owner": {
///     "$ref": "https://apigateway.amazonaws.com/restapis/abc123/models/Person"}}}"#;
/// let pet = Model::new("Pet", pet);
/// assert!(refers_to_model(&pet, "Person"));
/// assert!(!refers_to_model(&pet, "Pet"));
/// ```
#[must_use]
pub fn refers_to_model(model: &Model, name: &str) -> bool {
    let schema = serde_json::from_str(&model.schema);
    schema.is_ok_and(|schema| refers(&schema, name))
}

/// Reading ends at a nesting that this can follow.
fn refers(schema: &Value, wanted: &str) -> bool {
    if let Some(text) = reference(schema) {
        return matches!(Reference::of(text), Reference::Model { name, .. } if name == wanted);
    }
    let mut members = schema.as_object().into_iter().flatten();
    members.any(|(keyword, value)| match member(keyword, value) {
        Member::Schema(part) => refers(part, wanted),
        Member::List(parts) => parts.iter().any(|part| refers(part, wanted)),
        Member::Map(parts) => parts.values().any(|part| refers(part, wanted)),
        Member::Other => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_found_where_schemas_stand() {
        let to = |name: &str| {
            format!(r#"{{"$ref": "https://apigateway.amazonaws.com/restapis/a/models/{name}"}}"#)
        };
        let pet = to("Pet");
        for (schema, expected) in [
            (pet.clone(), true),
            (to("Pet#/properties/a"), true),
            (to("Pets"), false),
            (format!(r#"{{"items": {pet}}}"#), true),
            (format!(r#"{{"allOf": [{{}}, {pet}]}}"#), true),
            (
                format!(r#"{{"definitions": {{"a": {{"not": {pet}}}}}}}"#),
                true,
            ),
            (format!(r#"{{"properties": {{"$ref": {pet}}}}}"#), true),
            (format!(r#"{{"enum": [{pet}]}}"#), false),
            (format!(r#"{{"default": {pet}}}"#), false),
            (r##"{"$ref": "#/definitions/Pet"}"##.to_owned(), false),
            ("[".repeat(10_000), false),
            (String::new(), false),
        ] {
            let model = Model::new("Shop", schema.clone());
            assert_eq!(refers_to_model(&model, "Pet"), expected, "{schema}");
        }
    }
}
