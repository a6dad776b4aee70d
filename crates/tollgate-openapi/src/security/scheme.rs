//! What a security scheme means for a REST API.

use indexmap::IndexMap;
use tollgate_model::{Authorizer, AuthorizerType};

use super::jwt;
use crate::ids::{Ids, Kind};
use crate::members;
use crate::node::Node;
use crate::reader::Reader;

/// Seconds for which AWS lets an authorizer's decision hold at most.
const MAX_TTL_SECONDS: u32 = 3600;

/// Members that say nothing of an authorizer of type JWT.
const OF_OTHERS: &[&str] = &[
    "authorizerUri",
    "authorizerCredentials",
    "identityValidationExpression",
    "authorizerResultTtlInSeconds",
    "providerARNs",
];

/// The header that carries an API key.
pub(crate) const API_KEY_HEADER: &str = "x-api-key";

/// The header of a token whose scheme does not name one.
pub(crate) const TOKEN_HEADER: &str = "Authorization";

/// What a security scheme means for a method.
#[derive(Debug)]
pub(super) enum Scheme {
    /// An authorizer decides.
    Authorizer { kind: AuthorizerType, id: String },
    /// A signature is needed.
    Iam,
    /// An API key is needed.
    ApiKey,
    /// Nothing that a REST API can enforce.
    Foreign,
}

/// Reads one scheme, and the authorizer that it may define; nothing for one in error.
pub(super) fn read<'a>(
    reader: &mut Reader<'a>,
    ids: &mut Ids,
    authorizers: &mut IndexMap<String, Authorizer>,
    name: &str,
    node: Node<'a>,
) -> Option<Scheme> {
    let node = reader.resolve(node)?;
    reader.object(&node);
    reader.review(&node, &members::SECURITY_SCHEME);
    let mut text = |member| node.get(member).and_then(|node| reader.text(&node));
    let kind = text("type").unwrap_or_default();
    let header = text("name");
    let auth_type = text("x-amazon-apigateway-authtype");
    if let Some(settings) = node.get("x-amazon-apigateway-authorizer") {
        let is_jwt = settings.get("type").is_some_and(|kind| is(&kind, "jwt"));
        if is_jwt && jwt::is_of_http_api(&settings) {
            let message = format!("Unsupported authorizer type 'jwt' for '{name}'. Ignoring.");
            reader
                .warn(&settings, message)
                .in_aws_words()
                .help("in a REST API `jwtConfiguration` has `issuers` and `defaultAlgorithms`");
            return Some(Scheme::Foreign);
        }
        let header = header.as_deref().unwrap_or(TOKEN_HEADER);
        let mut authorizer = read_authorizer(reader, &settings, header)?;
        authorizer.id = ids.id(Kind::Authorizer, name, 6);
        name.clone_into(&mut authorizer.name);
        authorizer.auth_type = auth_type;
        let scheme = Scheme::Authorizer {
            kind: authorizer.kind,
            id: authorizer.id.clone(),
        };
        let (place, _) = authorizers.insert_full(name.to_owned(), authorizer);
        trace(reader, &format!("/authorizers/{place}"), &node, &settings);
        return Some(scheme);
    }
    if auth_type.is_some_and(|kind| kind.eq_ignore_ascii_case("awsSigv4")) {
        return Some(Scheme::Iam);
    }
    let in_header = node.get("in").is_some_and(|place| is(&place, "header"));
    let is_key = header.is_some_and(|header| header.eq_ignore_ascii_case(API_KEY_HEADER));
    if kind == "apiKey" && in_header && is_key {
        return Some(Scheme::ApiKey);
    }
    let message = format!("Unsupported security definition type '{kind}' for '{name}'. Ignoring.");
    reader.warn(&node, message).in_aws_words();
    Some(Scheme::Foreign)
}

fn trace(reader: &mut Reader<'_>, model: &str, scheme: &Node<'_>, settings: &Node<'_>) {
    reader.trace(model, settings);
    reader.trace(&format!("{model}/name"), scheme);
    reader.trace_member(
        &format!("{model}/authType"),
        scheme,
        "x-amazon-apigateway-authtype",
    );
    // A source that is not given is that of the scheme.
    if settings.get("identitySource").is_none() {
        reader.trace_member(&format!("{model}/identitySource"), scheme, "name");
    }
}

fn is(node: &Node<'_>, name: &str) -> bool {
    let text = node.value.as_str();
    text.is_some_and(|text| text.eq_ignore_ascii_case(name))
}

/// Whether a source is a header, and nothing besides.
fn is_one_header(source: &str) -> bool {
    let name = source.strip_prefix("method.request.header.");
    let is_of_name = |byte: u8| byte.is_ascii_graphic() && !b",:;\"()[]{}<>@/\\?=".contains(&byte);
    name.is_some_and(|name| !name.is_empty() && name.bytes().all(is_of_name))
}

fn read_authorizer(reader: &mut Reader<'_>, node: &Node<'_>, header: &str) -> Option<Authorizer> {
    reader.object(node);
    reader.review(node, &members::AUTHORIZER);
    let Some(kind) = node.get("type") else {
        reader
            .error(node, "an authorizer needs a `type`")
            .help("one of `token`, `request`, `cognito_user_pools`, `jwt`");
        return None;
    };
    let kind = reader.name_of::<AuthorizerType>(&kind)?;
    let mut authorizer = Authorizer::new("", "", kind);
    let foreign = if kind == AuthorizerType::Jwt {
        OF_OTHERS
    } else {
        &["jwtConfiguration"]
    };
    for member in foreign.iter().filter_map(|name| node.get(name)) {
        reader.warn(
            &member,
            format!("an authorizer of type {kind} has no such member: it is ignored"),
        );
    }
    let is_own = |member: &str| !foreign.contains(&member);
    let own = |member: &'static str| node.get(member).filter(|_| is_own(member));
    let mut text = |member| own(member).and_then(|node| reader.text(&node));
    authorizer.authorizer_uri = text("authorizerUri");
    authorizer.authorizer_credentials = text("authorizerCredentials");
    authorizer.identity_validation_expression = text("identityValidationExpression");
    authorizer.identity_source = match kind {
        AuthorizerType::Request => text("identitySource"),
        AuthorizerType::Jwt => {
            let given = text("identitySource");
            let source = given.unwrap_or_else(|| format!("method.request.header.{header}"));
            if !is_one_header(&source) {
                let place = node.get("identitySource");
                reader.expect(
                    place.as_ref().unwrap_or(node),
                    "one method.request.header.{name}",
                    format!("found {source:?} as the source of a token"),
                );
            }
            Some(source)
        }
        AuthorizerType::Token | AuthorizerType::CognitoUserPools => {
            let source = format!("method.request.header.{header}");
            if let Some(given) = node.get("identitySource")
                && given.value.as_str() != Some(source.as_str())
            {
                let message = format!("`identitySource` is ignored: it is `{source}`");
                reader
                    .warn(&given, message)
                    .help("the `name` of the scheme says which header is read");
            }
            Some(source)
        }
    };
    authorizer.authorizer_result_ttl_in_seconds = own("authorizerResultTtlInSeconds")
        .and_then(|seconds| reader.number(&seconds, 0, MAX_TTL_SECONDS));
    if let Some(arns) = own("providerARNs") {
        authorizer.provider_arns = reader.texts(&arns);
    }
    if let Some(configuration) = own("jwtConfiguration") {
        authorizer.jwt_configuration = Some(jwt::read(reader, &configuration)?);
    }
    let (member, is_given) = match kind {
        AuthorizerType::Jwt => ("jwtConfiguration", authorizer.jwt_configuration.is_some()),
        AuthorizerType::CognitoUserPools => ("providerARNs", !authorizer.provider_arns.is_empty()),
        AuthorizerType::Token | AuthorizerType::Request => {
            ("authorizerUri", authorizer.authorizer_uri.is_some())
        }
    };
    if !is_given {
        reader.error(
            node,
            format!("an authorizer of type {kind} needs `{member}`"),
        );
    }
    Some(authorizer)
}
