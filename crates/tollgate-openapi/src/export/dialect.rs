//! Where the two notations differ in what is written. All else is written the same for both.

use serde_json::{Value, json};

use crate::export::{ExportOptions, Members, put};
use crate::version::Version;

impl Version {
    /// The member that says which notation it is.
    pub(super) const fn head(self) -> (&'static str, &'static str) {
        match self {
            Self::Swagger2 => ("swagger", "2.0"),
            Self::OpenApi3 => ("openapi", "3.0.1"),
        }
    }

    /// Where the API is called, as far as it is known.
    pub(super) fn put_address(self, root: &mut Members, options: &ExportOptions) {
        let (host, stage) = (options.host.as_deref(), options.stage.as_ref());
        if host.is_none() && stage.is_none() {
            return;
        }
        match self {
            Self::Swagger2 => {
                if let Some(host) = host {
                    put(root, "host", host);
                }
                if let Some(stage) = stage {
                    put(root, "basePath", format!("/{}", stage.as_str()));
                }
                put(root, "schemes", json!(["https"]));
            }
            Self::OpenApi3 => {
                let mut url = host.map_or_else(String::new, |host| format!("https://{host}"));
                let mut server = Members::new();
                match stage {
                    Some(stage) => {
                        url.push_str("/{basePath}");
                        put(&mut server, "url", url);
                        let variables = json!({ "basePath": { "default": stage.as_str() } });
                        put(&mut server, "variables", variables);
                    }
                    None => put(&mut server, "url", url),
                }
                put(root, "servers", vec![Value::from(server)]);
            }
        }
    }

    /// Describes the endpoint: in the first server, or in the document where it has none.
    pub(super) fn put_endpoint(self, root: &mut Members, name: &str, endpoint: Members) {
        let servers = match self {
            Self::Swagger2 => None,
            Self::OpenApi3 => root.get_mut("servers"),
        };
        let server = servers.and_then(|servers| servers.get_mut(0));
        match server.and_then(Value::as_object_mut) {
            Some(server) => put(server, name, endpoint),
            None => put(root, name, endpoint),
        }
    }

    /// Schemas and security schemes.
    pub(super) fn put_parts(self, root: &mut Members, schemas: Members, schemes: Members) {
        match self {
            Self::Swagger2 => {
                for (member, parts) in [("securityDefinitions", schemes), ("definitions", schemas)]
                {
                    if !parts.is_empty() {
                        put(root, member, parts);
                    }
                }
            }
            Self::OpenApi3 => {
                let mut components = Members::new();
                for (member, parts) in [("schemas", schemas), ("securitySchemes", schemes)] {
                    if !parts.is_empty() {
                        put(&mut components, member, parts);
                    }
                }
                put(root, "components", components);
            }
        }
    }

    /// Says that a parameter or a header is text.
    pub(super) fn put_text_type(self, one: &mut Members) {
        match self {
            Self::Swagger2 => put(one, "type", "string"),
            Self::OpenApi3 => put(one, "schema", json!({ "type": "string" })),
        }
    }

    /// Whether a parameter says that it is not required.
    pub(super) const fn tells_optional(self) -> bool {
        matches!(self, Self::Swagger2)
    }

    /// Whether the body is one of the parameters.
    pub(super) const fn has_body_parameters(self) -> bool {
        matches!(self, Self::Swagger2)
    }

    /// A reference to a schema.
    pub(super) fn schema_reference(self, name: &str) -> Value {
        json!({ "$ref": format!("{}{name}", self.schema_prefix()) })
    }
}
