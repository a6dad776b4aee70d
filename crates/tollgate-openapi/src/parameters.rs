//! Parameters of path items and operations.

use indexmap::{IndexMap, IndexSet};
use tollgate_model::HttpMethod;

use crate::members;
use crate::node::Node;
use crate::reader::{Reader, unable_to_put_method};
use crate::resources::{is_parameter_name, variables};
use crate::version::Version;

/// A parameter with its references followed.
#[derive(Debug)]
pub(crate) struct Parameter<'a> {
    name: String,
    location: Location,
    required: bool,
    node: Node<'a>,
}

/// Where a parameter stands in a request, or that it is the body (Swagger 2.0).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Location {
    Query,
    Header,
    Path,
    Cookie,
    Form,
    Body,
}

impl Location {
    pub(crate) const ALL: [Self; 6] = [
        Self::Query,
        Self::Header,
        Self::Path,
        Self::Cookie,
        Self::Form,
        Self::Body,
    ];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Header => "header",
            Self::Path => "path",
            Self::Cookie => "cookie",
            Self::Form => "formData",
            Self::Body => "body",
        }
    }

    /// What names in method requests call it, which have no others.
    pub(crate) const fn source(self) -> Option<&'static str> {
        match self {
            Self::Query => Some("querystring"),
            Self::Header => Some("header"),
            Self::Path => Some("path"),
            Self::Cookie | Self::Form | Self::Body => None,
        }
    }

    fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == name)
    }
}

/// The parameters of an operation, after those of its path item that it does not replace.
pub(crate) fn of_operation<'a>(
    reader: &mut Reader<'a>,
    path_item: &Node<'a>,
    operation: &Node<'a>,
) -> Vec<Parameter<'a>> {
    let shared = read(reader, path_item);
    let own = read(reader, operation);
    let all = shared.into_iter().chain(own);
    let by_name: IndexMap<_, _> = all
        .map(|one| ((one.name.clone(), one.location), one))
        .collect();
    by_name.into_values().collect()
}

fn read<'a>(reader: &mut Reader<'a>, holder: &Node<'a>) -> Vec<Parameter<'a>> {
    let Some(list) = holder.get("parameters") else {
        return Vec::new();
    };
    let items = reader.list(&list);
    items
        .into_iter()
        .filter_map(|item| read_one(reader, item))
        .collect()
}

fn read_one<'a>(reader: &mut Reader<'a>, item: Node<'a>) -> Option<Parameter<'a>> {
    let node = reader.resolve(item)?;
    reader.object(&node);
    let (Some(name), Some(place)) = (node.get("name"), node.get("in")) else {
        reader.review(&node, &members::PARAMETER);
        reader.error(&node, "a parameter needs `name` and `in`");
        return None;
    };
    let name = reader.text(&name)?;
    let place_name = reader.text(&place)?;
    let Some(location) = Location::parse(&place_name) else {
        let known = Location::ALL.map(Location::as_str);
        let help = reader.did_you_mean(&place_name, known);
        let expected = format!("one of {}", known.join(", "));
        let message = format!("unknown kind of parameter `{place_name}`");
        reader.expect(&place, &expected, message).help_if(|| help);
        return None;
    };
    let table = match location {
        Location::Body => &members::BODY_PARAMETER,
        _ => &members::PARAMETER,
    };
    reader.review(&node, table);
    let required = match node.get("required") {
        Some(required) => reader.flag(&required)?,
        None => false,
    };
    Some(Parameter {
        name,
        location,
        required,
        node,
    })
}

/// The parameter that is the body, in Swagger 2.0. There can be one only.
pub(crate) fn body<'p, 'a>(
    reader: &mut Reader<'a>,
    parameters: &'p [Parameter<'a>],
) -> Option<&'p Node<'a>> {
    let mut bodies = parameters
        .iter()
        .filter(|one| one.location == Location::Body);
    let body = bodies.next();
    for other in bodies {
        reader.warn(&other.node, "a second body is ignored: a request has one");
    }
    body.map(|one| &one.node)
}

/// What the method request says of its parameters: each by its name there, and whether it is
/// required. Variables of the path that the document does not declare are added.
pub(crate) fn request_parameters(
    reader: &mut Reader<'_>,
    parameters: &[Parameter<'_>],
    path: &str,
    verb: HttpMethod,
    model: &str,
) -> IndexMap<String, bool> {
    let variables: IndexSet<&str> = variables(path).collect();
    let mut found = IndexMap::new();
    let mut names = IndexMap::new();
    for parameter in parameters {
        let name = &parameter.name;
        let Some(source) = parameter.location.source() else {
            tell_unsupported(reader, parameter);
            continue;
        };
        if !is_parameter_name(name) {
            let why = "Invalid mapping expression specified: Validation Result: warnings : [], \
                       errors : [Parameter name should match the following regular expression: \
                       ^[a-zA-Z0-9._$-]+$]";
            reader
                .error(&parameter.node, unable_to_put_method(verb, path, why))
                .in_aws_words()
                .help("a parameter has a name of letters, digits and `.`, `_`, `$`, `-`");
            continue;
        }
        if parameter.location == Location::Path && !variables.contains(name.as_str()) {
            let message =
                format!("the parameter `{name}` is ignored: `{path}` has no `{{{name}}}`");
            reader.warn(&parameter.node, message);
            continue;
        }
        if names.insert(name.as_str(), source).is_some() {
            let why = "Parameter names must be unique across querystring, header and path";
            reader
                .error(&parameter.node, unable_to_put_method(verb, path, why))
                .in_aws_words();
        }
        let target = format!("method.request.{source}.{name}");
        reader.trace(
            &format!("{model}/requestParameters/{target}"),
            &parameter.node,
        );
        found.insert(target, parameter.required);
    }
    for variable in variables {
        found
            .entry(format!("method.request.path.{variable}"))
            .or_insert(true);
    }
    found
}

fn tell_unsupported(reader: &mut Reader<'_>, parameter: &Parameter<'_>) {
    let Parameter {
        name,
        location,
        node,
        ..
    } = parameter;
    if *location == Location::Body {
        if reader.version != Version::Swagger2 {
            reader
                .warn(node, "the body is ignored: it is no parameter here")
                .help("OpenAPI 3.0 has `requestBody` for it");
        }
        return;
    }
    let kind = location.as_str();
    let message = format!("Parameter type {kind} for parameter {name} not supported. Ignoring.");
    let said = reader.warn(node, message).in_aws_words();
    if *location == Location::Cookie {
        said.help("a template can read the header `Cookie`");
    }
}
