//! The objects at the top of a document that several subjects read from.

use crate::members;
use crate::node::Node;
use crate::reader::Reader;
use crate::version::Version;

/// Says what becomes of their members.
pub(crate) fn review(reader: &mut Reader<'_>) {
    let document = reader.document.clone();
    match reader.version {
        Version::Swagger2 => reader.review(&document, &members::SWAGGER_2),
        Version::OpenApi3 => {
            reader.review(&document, &members::OPENAPI_3);
            if let Some(components) = document.get("components") {
                reader.object(&components);
                reader.review(&components, &members::COMPONENTS);
            }
            if let Some(servers) = document.get("servers") {
                review_servers(reader, &servers);
            }
        }
    }
}

fn review_servers(reader: &mut Reader<'_>, servers: &Node<'_>) {
    let servers = reader.list(servers);
    for server in &servers {
        reader.object(server);
        reader.review(server, &members::SERVER);
    }
    if let Some(second) = servers.get(1) {
        reader
            .warn(
                second,
                "More than one server provided. Ignoring all but the first for defining endpoint \
                 configuration",
            )
            .in_aws_words();
    }
}
