//! `x-amazon-apigateway-cors`: a setting that the gateway itself acts on.

use tollgate_model::{CorsConfiguration, MAX_CORS_AGE_SECONDS, RestApi};

use crate::members;
use crate::reader::Reader;

const EXTENSION: &str = "x-amazon-apigateway-cors";

/// Sets the configuration of a document that has one; another keeps what there was.
///
/// Kinds of values are checked here. What they say is for whoever acts on it.
pub(crate) fn read(reader: &mut Reader<'_>, api: &mut RestApi) {
    let Some(node) = reader.document.get(EXTENSION) else {
        return;
    };
    reader.trace("/corsConfiguration", &node);
    reader.object(&node);
    reader.review(&node, &members::CORS);
    let mut cors = CorsConfiguration::default();
    for (member, list) in [
        ("allowOrigins", &mut cors.allow_origins),
        ("allowMethods", &mut cors.allow_methods),
        ("allowHeaders", &mut cors.allow_headers),
        ("exposeHeaders", &mut cors.expose_headers),
    ] {
        if let Some(node) = node.get(member) {
            *list = reader.texts(&node);
        }
    }
    cors.max_age = node
        .get("maxAge")
        .and_then(|age| reader.number(&age, 0, MAX_CORS_AGE_SECONDS));
    if let Some(allow) = node.get("allowCredentials") {
        cors.allow_credentials = reader.flag(&allow).unwrap_or_default();
    }
    api.cors_configuration = Some(cors);
}
