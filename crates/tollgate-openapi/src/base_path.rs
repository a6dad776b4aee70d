//! The base path of a document, and what comes of it before every path.

use crate::BasePathMode;
use crate::limits::MAX_PATH_BYTES;
use crate::node::Node;
use crate::reader::Reader;
use crate::version::Version;

/// What comes before every path, such as `/v1`; empty for nothing.
pub(crate) fn prefix(reader: &mut Reader<'_>, mode: BasePathMode) -> String {
    let written = match reader.version {
        Version::Swagger2 => swagger_base_path(reader),
        Version::OpenApi3 => server_base_path(reader),
    };
    let Some((node, written)) = written else {
        return String::new();
    };
    let base = written.trim_matches('/');
    if base.len() > MAX_PATH_BYTES {
        let message = format!("the base path has more than {MAX_PATH_BYTES} bytes");
        reader.error(&node, message);
        return String::new();
    }
    let kept = match mode {
        BasePathMode::Ignore => "",
        BasePathMode::Prepend => base,
        BasePathMode::Split => base.split_once('/').map_or("", |(_, rest)| rest),
    };
    if mode == BasePathMode::Ignore && !base.is_empty() {
        reader.note(
            &node,
            format!("the base path `/{base}` comes before no path"),
        );
    }
    if kept.is_empty() {
        String::new()
    } else {
        format!("/{kept}")
    }
}

fn swagger_base_path<'a>(reader: &mut Reader<'a>) -> Option<(Node<'a>, String)> {
    let node = reader.document.get("basePath")?;
    let text = reader.text(&node)?;
    Some((node, text))
}

/// The variable `basePath` of the first server, used by its URL or not, else the path of its URL.
fn server_base_path<'a>(reader: &mut Reader<'a>) -> Option<(Node<'a>, String)> {
    let server = reader.document.get("servers")?.items().next()?;
    if let Some(default) = server.at(&["variables", "basePath", "default"]) {
        let text = reader.text(&default)?;
        return Some((default, text));
    }
    let node = server.get("url")?;
    let url = with_defaults(reader.text(&node)?, &server);
    let path = match url.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("", |slash| &rest[slash..]),
        None => &url,
    };
    let end = path.find(['?', '#']).unwrap_or(path.len());
    Some((node, path[..end].to_owned()))
}

fn with_defaults(mut url: String, server: &Node<'_>) -> String {
    let variables = server.get("variables");
    for (name, variable) in variables.iter().flat_map(Node::members) {
        let default = variable.get("default");
        if let Some(default) = default.and_then(|default| default.value.as_str())
            && url.len().max(default.len()) <= MAX_PATH_BYTES
        {
            url = url.replace(&format!("{{{name}}}"), default);
        }
    }
    url
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::place::Place;
    use crate::remarks::Remarks;
    use crate::source::{START, Source};

    fn prefixes(document: &Value) -> [String; 3] {
        let root = Node::root(document);
        let version = Version::of(&root).unwrap();
        [
            BasePathMode::Ignore,
            BasePathMode::Prepend,
            BasePathMode::Split,
        ]
        .map(|mode| {
            let source = Source::new("{}");
            let place = Place::new(START);
            let mut reader = Reader::new(root.clone(), version, source, &place, Remarks::default());
            prefix(&mut reader, mode)
        })
    }

    #[test]
    fn base_paths_are_left_out_prepended_or_split() {
        let server = |server: Value| json!({"openapi": "3.0.1", "servers": [server]});
        for (document, prepended, split) in [
            (json!({"swagger": "2.0"}), "", ""),
            (json!({"swagger": "2.0", "basePath": "/"}), "", ""),
            (json!({"swagger": "2.0", "basePath": "/base"}), "/base", ""),
            (json!({"swagger": "2.0", "basePath": "a/b/"}), "/a/b", "/b"),
            (json!({"openapi": "3.0.1", "basePath": "/base"}), "", ""),
            (server(json!({"url": "https://example.com"})), "", ""),
            (server(json!({"url": "/v1?x=/y"})), "/v1", ""),
            (
                server(json!({"url": "https://example.com/base-url/part/"})),
                "/base-url/part",
                "/part",
            ),
            (
                server(json!({
                    "url": "https://example.com/url",
                    "variables": {"basePath": {"default": "/base-var"}},
                })),
                "/base-var",
                "",
            ),
            (
                server(json!({
                    "url": "https://example.com/{stage}/v1",
                    "variables": {"stage": {"default": "prod"}},
                })),
                "/prod/v1",
                "/v1",
            ),
        ] {
            let expected = ["", prepended, split].map(str::to_owned);
            assert_eq!(prefixes(&document), expected, "{document}");
        }
    }
}
