//! Authorizers.

use http::HeaderName;
use serde_json::Value;
use tollgate_model::{Authorizer, AuthorizerType};
use tollgate_store::{Entity, EntityKey};

use super::credentials;
use super::method::each_method;
use crate::arn::Arn;
use crate::call::Call;
use crate::error::{CONCURRENT, ControlError, Result};
use crate::operation::{Operation, delete, get, patch, post};
use crate::outcome::Outcome;
use crate::page::list;
use crate::patch::{ADD_REMOVE, ALL as ALL_OPS, Edit, REPLACE, Row, Style, Table, Target, row};
use crate::shape::{Member, Shape, TEXTS, optional, required};
use crate::texts::NO_AUTHORIZER;
use crate::view::wire;

const ALL: &str = "/restapis/{restapi_id}/authorizers";
const ONE: &str = "/restapis/{restapi_id}/authorizers/{authorizer_id}";

pub(super) const OPERATIONS: &[Operation] = &[
    post("CreateAuthorizer", ALL, MEMBERS, create),
    get("GetAuthorizers", ALL, list_all),
    get("GetAuthorizer", ONE, read),
    patch("UpdateAuthorizer", ONE, update),
    delete("DeleteAuthorizer", ONE, remove),
];

const MEMBERS: &[Member] = &[
    required("name", Shape::Text),
    required(
        "type",
        Shape::OneOf(&["TOKEN", "REQUEST", "COGNITO_USER_POOLS", "JWT"]),
    ),
    optional("providerARNs", TEXTS),
    optional("authType", Shape::Text),
    optional("authorizerUri", Shape::Text),
    optional("authorizerCredentials", Shape::Text),
    optional("identitySource", Shape::Text),
    optional("identityValidationExpression", Shape::Text),
    optional("authorizerResultTtlInSeconds", Shape::Integer),
    optional("jwtConfiguration", Shape::Exact(JWT)),
];

const JWT: &[Member] = &[
    required("issuers", Shape::List(&Shape::Exact(JWT_ISSUER))),
    required("defaultAlgorithms", Shape::List(&ALGORITHM)),
];

const ALGORITHM: Shape = Shape::OneOf(&["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"]);

const JWT_ISSUER: &[Member] = &[
    required("issuer", Shape::Text),
    required("audiences", TEXTS),
    optional("jwksUri", Shape::Text),
    optional("additionalClaims", Shape::List(&Shape::Exact(JWT_CLAIM))),
];

const JWT_CLAIM: &[Member] = &[
    required("claimName", Shape::Text),
    required("format", Shape::OneOf(&["SINGLE_STRING"])),
    optional("required", Shape::Flag),
    optional("expectedValues", TEXTS),
];

/// How long a decision holds where nothing is said, in seconds (AWS documentation).
const DEFAULT_TTL: u32 = 300;
/// How long it may hold, in seconds (AWS documentation).
const MAX_TTL: i64 = 3_600;

const TABLE: Table<Authorizer> = Table {
    style: Style::Loose,
    rows: ROWS,
};

const ROWS: &[Row<Authorizer>] = &[
    row(
        "/authorizerUri",
        REPLACE,
        Edit::Text(|one| &mut one.authorizer_uri),
    ),
    row(
        "/authorizerCredentials",
        REPLACE,
        Edit::Text(|one| &mut one.authorizer_credentials),
    ),
    row(
        "/authorizerResultTtlInSeconds",
        REPLACE,
        Edit::With(set_ttl),
    ),
    row("/authType", REPLACE, Edit::Text(|one| &mut one.auth_type)),
    row(
        "/identityValidationExpression",
        REPLACE,
        Edit::Text(|one| &mut one.identity_validation_expression),
    ),
    row("/name", REPLACE, Edit::With(set_name)),
    row("/type", REPLACE, Edit::With(set_type)),
    row(
        "/identitySource",
        ALL_OPS,
        Edit::Text(|one| &mut one.identity_source),
    ),
    row("/jwtConfiguration", ALL_OPS, Edit::With(set_jwt)),
    row(
        "/providerARNs",
        ADD_REMOVE,
        Edit::Texts(|one| &mut one.provider_arns),
    ),
];

fn create(call: &Call<'_>) -> Result<Outcome> {
    if call.find_api().is_none() {
        // Of this operation alone (recorded).
        return Err(ControlError::conflict(CONCURRENT));
    }
    let api = call.api_id();
    let id = call.new_id(6, |id| call.state.authorizer(&api, id).is_some());
    let input = call.input();
    if let Some(ttl) = input.integer("authorizerResultTtlInSeconds") {
        check_ttl(ttl)?;
    }
    let mut one: Authorizer = input.clone().with("id", id).read()?;
    [
        &mut one.auth_type,
        &mut one.authorizer_uri,
        &mut one.authorizer_credentials,
        &mut one.identity_source,
        &mut one.identity_validation_expression,
    ]
    .into_iter()
    .for_each(|text| {
        text.take_if(|text| text.is_empty());
    });
    if one.kind == AuthorizerType::Token {
        one.auth_type.get_or_insert_with(|| "custom".to_owned());
    }
    check(call, &one)?;
    let reply = show(&one);
    Ok(Outcome::put(Entity::Authorizer(api, one), reply))
}

/// What must be so of any authorizer.
fn check(call: &Call<'_>, one: &Authorizer) -> Result<()> {
    let bad = |message: &str| Err(ControlError::bad_request(message.to_owned()));
    if one.name.trim().is_empty() {
        return bad("name: expected one that is not blank");
    }
    let api = call.api_id();
    let mut others = call.state.authorizers(&api);
    if others.any(|other| other.id != one.id && other.name == one.name) {
        return Err(ControlError::bad_request(format!(
            "Authorizer name must be unique. Authorizer {} already exists in this RestApi.",
            one.name
        )));
    }
    credentials::check(call, one.authorizer_credentials.as_deref())?;
    if one.kind == AuthorizerType::Jwt {
        return check_jwt(one);
    }
    if one.jwt_configuration.is_some() {
        return bad("jwtConfiguration: expected none but for an authorizer of type JWT");
    }
    let ttl = one.authorizer_result_ttl_in_seconds.unwrap_or(DEFAULT_TTL);
    let has_source = one.identity_source.is_some();
    match one.kind {
        AuthorizerType::CognitoUserPools => {
            if one.provider_arns.is_empty() {
                return bad("providerARNs: a COGNITO_USER_POOLS authorizer needs at least one");
            }
            return Ok(());
        }
        AuthorizerType::Token if !has_source => {
            return bad("identitySource: a TOKEN authorizer needs one");
        }
        AuthorizerType::Request if !has_source && ttl > 0 => {
            return bad(
                "identitySource: a REQUEST authorizer whose results are cached needs one; \
                 authorizerResultTtlInSeconds 0 caches none",
            );
        }
        _ => {}
    }
    match one.authorizer_uri.as_deref() {
        None => bad("authorizerUri: a TOKEN or REQUEST authorizer needs one"),
        Some(uri) if !is_function(uri) => Err(ControlError::bad_request(format!(
            "Invalid Authorizer URI: {uri}. Authorizer URI should be a valid API Gateway ARN that \
             represents a Lambda function invocation."
        ))),
        Some(_) => Ok(()),
    }
}

/// What must be so of one that takes tokens of issuers (API Gateway API reference,
/// `CreateAuthorizer`).
fn check_jwt(one: &Authorizer) -> Result<()> {
    let bad = |message: String| Err(ControlError::bad_request(message));
    for (member, is_given) in [
        ("providerARNs", !one.provider_arns.is_empty()),
        ("authorizerUri", one.authorizer_uri.is_some()),
        (
            "authorizerCredentials",
            one.authorizer_credentials.is_some(),
        ),
        (
            "authorizerResultTtlInSeconds",
            one.authorizer_result_ttl_in_seconds.is_some(),
        ),
    ] {
        if is_given {
            return bad(format!("{member}: not supported for JWT authorizers"));
        }
    }
    let source = one.identity_source.as_deref().unwrap_or_default();
    let header = source.strip_prefix("method.request.header.");
    if header.is_none_or(|name| HeaderName::try_from(name).is_err()) {
        return bad(format!(
            "identitySource: found {source:?}, expected one method.request.header.{{name}}"
        ));
    }
    match &one.jwt_configuration {
        None => bad("jwtConfiguration: a JWT authorizer needs one".to_owned()),
        Some(configuration) => configuration
            .check()
            .map_err(|error| ControlError::bad_request(format!("jwtConfiguration.{error}"))),
    }
}

const TTL_RANGE: &str = "authorizerResultTtlInSeconds: expected a whole number from 0 to 3600";

fn check_ttl(ttl: i64) -> Result<()> {
    if (0..=MAX_TTL).contains(&ttl) {
        return Ok(());
    }
    Err(ControlError::bad_request(TTL_RANGE))
}

/// Whether it is an ARN of this form: `arn:aws:apigateway:{region}:lambda:path/…/invocations`.
fn is_function(uri: &str) -> bool {
    let Some(Arn {
        service: "apigateway",
        account: "lambda",
        resource: what,
        ..
    }) = Arn::of(uri)
    else {
        return false;
    };
    what.starts_with("path/") && what.ends_with("/invocations")
}

fn list_all(call: &Call<'_>) -> Result<Outcome> {
    call.api()?;
    let api = call.api_id();
    let all = call.state.authorizers(&api);
    list(call, all, |one| one.id.clone(), |one| show(one))
}

fn read(call: &Call<'_>) -> Result<Outcome> {
    Ok(Outcome::reply(show(find(call)?)))
}

fn update(call: &Call<'_>) -> Result<Outcome> {
    let mut one = find(call)?.clone();
    TABLE.apply(call, &mut one)?;
    check(call, &one)?;
    let reply = show(&one);
    Ok(Outcome::put(Entity::Authorizer(call.api_id(), one), reply))
}

fn remove(call: &Call<'_>) -> Result<Outcome> {
    let one = find(call)?;
    let mut users = each_method(call);
    let user = users.find(|(_, method)| method.authorizer_id.as_ref() == Some(&one.id));
    if let Some((resource, method)) = user {
        let (path, verb) = (&resource.path, method.http_method);
        return Err(ControlError::conflict(format!(
            "Cannot delete authorizer '{}', is referenced in method: {verb}/{path}",
            one.name
        )));
    }
    let key = EntityKey::Authorizer(call.api_id(), one.id.as_str().into());
    Ok(Outcome::remove(key))
}

/// The authorizer that the path names.
///
/// # Errors
///
/// 404.
pub(super) fn find<'a>(call: &Call<'a>) -> Result<&'a Authorizer> {
    let id = call.label("authorizer_id");
    let api = call.find_api();
    let one = api.and_then(|_| call.state.authorizer(&call.api_id(), id));
    one.ok_or_else(|| ControlError::not_found(NO_AUTHORIZER))
}

fn show(one: &Authorizer) -> Value {
    Value::Object(wire(one))
}

fn set_ttl(one: &mut Authorizer, target: &Target<'_>) -> Result<()> {
    let ttl = target.some_value().map(|value| value.parse::<u32>());
    let ttl = ttl.transpose();
    let ttl = ttl.map_err(|_| ControlError::bad_request(TTL_RANGE))?;
    if let Some(ttl) = ttl {
        check_ttl(ttl.into())?;
    }
    one.authorizer_result_ttl_in_seconds = ttl;
    Ok(())
}

/// The whole configuration, as JSON.
fn set_jwt(one: &mut Authorizer, target: &Target<'_>) -> Result<()> {
    let read = target
        .some_value()
        .map(|value| serde_json::from_str(&value));
    one.jwt_configuration = read.transpose().map_err(|error| {
        ControlError::bad_request(format!("jwtConfiguration: expected its JSON: {error}"))
    })?;
    Ok(())
}

fn set_name(one: &mut Authorizer, target: &Target<'_>) -> Result<()> {
    target.value().clone_into(&mut one.name);
    Ok(())
}

fn set_type(one: &mut Authorizer, target: &Target<'_>) -> Result<()> {
    if let Some(kind) = target.parsed()? {
        one.kind = kind;
        if kind != AuthorizerType::Jwt {
            // Of no other type, and it could not be taken away before.
            one.jwt_configuration = None;
        }
    }
    Ok(())
}
