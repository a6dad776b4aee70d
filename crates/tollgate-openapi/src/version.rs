//! The two notations, and where each keeps what the other keeps elsewhere.

use serde_json::Value;
use tollgate_core::Diagnostic;

use crate::node::{Node, kind};

/// The notation of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    /// Swagger 2.0.
    Swagger2,
    /// OpenAPI 3.0, any patch.
    OpenApi3,
}

impl Version {
    /// The notation that a document says it has.
    ///
    /// YAML reads an unquoted `2.0` as a number; so do careless writers of JSON.
    pub(crate) fn of(document: &Node<'_>) -> Result<Self, Diagnostic> {
        if !document.value.is_object() {
            let detail = format!("the document is {}", kind(document.value));
            return Err(invalid(document, &detail));
        }
        let (member, version) = match (document.get("swagger"), document.get("openapi")) {
            (Some(swagger), None) => (swagger, Self::Swagger2),
            (None, Some(openapi)) => (openapi, Self::OpenApi3),
            (None, None) => {
                return Err(invalid(
                    document,
                    "neither `swagger` nor `openapi` is there",
                ));
            }
            (Some(swagger), Some(_)) => {
                return Err(invalid(&swagger, "both `swagger` and `openapi` are there"));
            }
        };
        let matches = match (version, member.value) {
            (Self::Swagger2, Value::String(text)) => text == "2.0",
            (Self::Swagger2, Value::Number(number)) => number.as_f64() == Some(2.0),
            (Self::OpenApi3, Value::String(text)) => text == "3.0" || text.starts_with("3.0."),
            (Self::OpenApi3, Value::Number(number)) => number.as_f64() == Some(3.0),
            _ => false,
        };
        if matches {
            Ok(version)
        } else {
            let detail = format!("version {} is not supported", member.value);
            let invalid = invalid(&member, &detail);
            Err(match member.value.as_str() {
                Some(text) if text.starts_with("3.1") => {
                    invalid.help("API Gateway does not read 3.1: write the document in 3.0")
                }
                _ => invalid,
            })
        }
    }

    /// The schemas with a name.
    pub(crate) fn schemas<'a>(self, document: &Node<'a>) -> Option<Node<'a>> {
        match self {
            Self::Swagger2 => document.get("definitions"),
            Self::OpenApi3 => document.at(&["components", "schemas"]),
        }
    }

    /// How references to schemas begin.
    pub(crate) const fn schema_prefix(self) -> &'static str {
        match self {
            Self::Swagger2 => "#/definitions/",
            Self::OpenApi3 => "#/components/schemas/",
        }
    }

    /// The security schemes.
    pub(crate) fn security_schemes<'a>(self, document: &Node<'a>) -> Option<Node<'a>> {
        match self {
            Self::Swagger2 => document.get("securityDefinitions"),
            Self::OpenApi3 => document.at(&["components", "securitySchemes"]),
        }
    }

    /// The member that describes the endpoint. The Serverless Application Model writes it at the
    /// root of 3.0 documents, too.
    pub(crate) fn endpoint<'a>(self, document: &Node<'a>, member: &str) -> Option<Node<'a>> {
        let servers = match self {
            Self::Swagger2 => None,
            Self::OpenApi3 => document.get("servers"),
        };
        let first = servers.and_then(|servers| servers.items().next());
        first
            .and_then(|server| server.get(member))
            .or_else(|| document.get(member))
    }
}

/// Says that a value is no document.
fn invalid(node: &Node<'_>, detail: &str) -> Diagnostic {
    Diagnostic::error(node.pointer(), format!("Invalid OpenAPI input: {detail}"))
        .expected("`swagger: \"2.0\"` or `openapi: 3.0.x`")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn versions_are_told_by_their_member() {
        for (document, expected) in [
            (json!({"swagger": "2.0"}), Some(Version::Swagger2)),
            (json!({"swagger": 2.0}), Some(Version::Swagger2)),
            (json!({"swagger": 2}), Some(Version::Swagger2)),
            (json!({"openapi": "3.0.1"}), Some(Version::OpenApi3)),
            (json!({"openapi": 3.0}), Some(Version::OpenApi3)),
            (json!({"swagger": "1.2"}), None),
            (json!({"swagger": "3.0.0"}), None),
            (json!({"openapi": "2.0.0"}), None),
            (json!({"openapi": "3.1.0"}), None),
            (json!({"openapi": "3.01"}), None),
            (json!({"openapi": ["3.0.1"]}), None),
            (json!({"swagger": "2.0", "openapi": "3.0.1"}), None),
            (json!({"swaggerVersion": "1.2"}), None),
            (json!("swagger"), None),
        ] {
            let version = Version::of(&Node::root(&document));
            assert_eq!(version.ok(), expected, "{document}");
        }
    }
}
