//! One method in two documents.

use std::collections::{BTreeSet, HashMap};

use indexmap::IndexMap;
use tollgate_model::{
    ApiDocument, AuthorizationType, Authorizer, Method, MethodResponse, Model, RequestValidator,
};

use super::collect::{At, Collector, both, quoted};
use super::judge::{Verdict, breaking, changing, opening, silent, widening};
use super::schema::{self, Use};
use super::{Area, DifferenceKind, integration};

/// The parts of a document that methods name.
pub(super) struct Parts<'d> {
    pub(super) models: HashMap<&'d str, &'d Model>,
    authorizers: HashMap<&'d str, &'d Authorizer>,
    validators: HashMap<&'d str, &'d RequestValidator>,
}

/// What a method checks of its requests.
#[derive(Clone, Copy, Default)]
pub(super) struct Checks {
    pub(super) body: bool,
    parameters: bool,
}

impl<'d> Parts<'d> {
    pub(super) fn new(document: &'d ApiDocument) -> Self {
        let models = document.models.iter();
        let authorizers = document.authorizers.iter();
        let validators = document.request_validators.iter();
        Self {
            models: models.map(|one| (one.name.as_str(), one)).collect(),
            authorizers: authorizers.map(|one| (one.id.as_str(), one)).collect(),
            validators: validators.map(|one| (one.id.as_str(), one)).collect(),
        }
    }

    pub(super) fn checks(&self, method: &Method) -> Checks {
        let id = method.request_validator_id.as_deref();
        let found = id.and_then(|id| self.validators.get(id));
        found.map_or_else(Checks::default, |validator| Checks {
            body: validator.validate_request_body,
            parameters: validator.validate_request_parameters,
        })
    }

    /// How callers of a method are authorized, by type and by the authorizer's name.
    fn authorization(&self, method: &Method) -> String {
        let id = method.authorizer_id.as_deref();
        let name = id.map(|id| self.authorizers.get(id).map_or(id, |one| one.name.as_str()));
        match (method.authorization_type, name) {
            (kind @ (AuthorizationType::None | AuthorizationType::AwsIam), _) | (kind, None) => {
                kind.to_string()
            }
            (kind, Some(name)) => format!("{kind} {name}"),
        }
    }
}

/// A method, and the parts of its document.
type Side<'a, 'd> = (&'a Parts<'d>, &'d Method);

pub(super) fn compare(
    place: &str,
    (old, before): Side<'_, '_>,
    (new, after): Side<'_, '_>,
    found: &mut Collector,
) {
    authorization(place, (old, before), (new, after), found);
    let at = At::new(Area::ApiKey, place, "apiKeyRequired");
    found.value(at, before.api_key_required, after.api_key_required, || {
        if after.api_key_required {
            breaking("callers without an API key are refused")
        } else {
            opening("callers need no API key, and no usage plan limits them")
        }
    });
    let (old_checks, new_checks) = (old.checks(before), new.checks(after));
    checks(place, old_checks, (new_checks, after), found);
    parameters(place, before, (after, new_checks), found);
    let models = (&before.request_models, &after.request_models);
    let at = At::new(Area::Model, place, "requestModels");
    let request = Use::Request {
        is_checked: new_checks.body,
    };
    body_models(at, (old, models.0), (new, models.1), request, found);
    responses(place, (old, before), (new, after), found);
    let at = At::new(Area::Description, place, "operationName");
    let names = (
        before.operation_name.as_deref(),
        after.operation_name.as_deref(),
    );
    found.text(at, names.0, names.1, || {
        silent("clients that are generated name it otherwise")
    });
    integration::compare(
        place,
        before.method_integration.as_ref(),
        after.method_integration.as_ref(),
        found,
    );
}

fn authorization(
    place: &str,
    (old, before): Side<'_, '_>,
    (new, after): Side<'_, '_>,
    found: &mut Collector,
) {
    let none = AuthorizationType::None;
    let at = At::new(Area::Authorization, place, "authorizationType");
    let (was, is) = (old.authorization(before), new.authorization(after));
    found.value(at, was, is, || {
        match (
            before.authorization_type == none,
            after.authorization_type == none,
        ) {
            (true, _) => breaking("callers must be authorized"),
            (false, true) => opening("callers need no authorization"),
            (false, false) => breaking("callers are authorized otherwise"),
        }
    });
    let scopes = |method: &Method| -> Vec<String> {
        let scopes: BTreeSet<_> = method.authorization_scopes.iter().cloned().collect();
        scopes.into_iter().collect()
    };
    let at = At::new(Area::Authorization, place, "authorizationScopes");
    let (was, is) = (scopes(before), scopes(after));
    if was != is {
        let verdict = if was.is_empty() || is.is_empty() {
            breaking("access tokens are asked for scopes, identity tokens where there are none")
        } else if was.iter().all(|scope| is.contains(scope)) {
            widening("tokens with another scope are let in")
        } else {
            breaking("tokens with no other scope are refused")
        };
        found.push(at, Some(was.join(" ")), Some(is.join(" ")), verdict);
    }
}

fn checks(place: &str, old: Checks, (new, after): (Checks, &Method), found: &mut Collector) {
    let at = At::new(Area::Validation, place, "validateRequestBody");
    found.value(at, old.body, new.body, || match new.body {
        true if after.request_models.is_empty() => silent("no model says what bodies must be"),
        true => breaking("bodies that do not fit their model are refused"),
        false => widening("bodies are not checked any more"),
    });
    let at = At::new(Area::Validation, place, "validateRequestParameters");
    let is_asked = after.request_parameters.values().any(|required| *required);
    found.value(at, old.parameters, new.parameters, || {
        match new.parameters {
            true if !is_asked => silent("no parameter is required"),
            true => breaking("requests without a required parameter are refused"),
            false => widening("parameters are not checked any more"),
        }
    });
}

fn parameters(
    place: &str,
    before: &Method,
    (after, checks): (&Method, Checks),
    found: &mut Collector,
) {
    let shown = |required: Option<&bool>| {
        required.map(|required| if *required { "required" } else { "optional" }.to_owned())
    };
    let (before, after) = (&before.request_parameters, &after.request_parameters);
    for (name, before, after) in both(before, after) {
        if before == after {
            continue;
        }
        let member = format!("requestParameters/{name}");
        let at = At::new(Area::Parameter, place, &member);
        let verdict = match after {
            _ if name.starts_with("method.request.path.") => {
                silent("a path has all of its variables")
            }
            Some(true) if checks.parameters => breaking("requests without it are refused"),
            Some(true) => silent("parameters are not checked"),
            Some(false) => widening("requests may have it"),
            None => changing("it may not reach the integration any more"),
        };
        found.push(at, shown(before), shown(after), verdict);
    }
}

/// Which models the bodies of media types have. A model that has changed under its own name is told
/// where models are.
fn body_models<'d>(
    at: At<'_>,
    (old, before): (&Parts<'d>, &'d IndexMap<String, String>),
    (new, after): (&Parts<'d>, &'d IndexMap<String, String>),
    bodies: Use,
    found: &mut Collector,
) {
    for (media_type, before, after) in both(before, after) {
        if before == after {
            continue;
        }
        let member = format!("{}/{media_type}", at.member);
        let at = At {
            member: &member,
            ..at
        };
        let schema = |parts: &Parts<'d>, name: Option<&String>| {
            let model = name.and_then(|name| parts.models.get(name.as_str()));
            model.map(|model| model.schema.as_str())
        };
        let (was, is) = (schema(old, before), schema(new, after));
        let verdict = bodies.judge(&schema::compare(was, is));
        found.push(
            at,
            before.map(|name| quoted(name)),
            after.map(|name| quoted(name)),
            verdict,
        );
    }
}

fn responses(
    place: &str,
    (old, before): Side<'_, '_>,
    (new, after): Side<'_, '_>,
    found: &mut Collector,
) {
    for (status, before, after) in both(&before.method_responses, &after.method_responses) {
        let member = format!("methodResponses/{status}");
        let at = At::new(Area::Response, place, &member);
        match (before, after) {
            (Some(before), Some(after)) => response(at, (old, before), (new, after), found),
            (Some(_), None) => {
                let verdict = breaking("an answer that is to have this status becomes 500");
                found.push_whole(at, DifferenceKind::Removed, verdict);
            }
            _ => found.push_whole(at, DifferenceKind::Added, added_status(status)),
        }
    }
}

fn added_status(status: &str) -> Verdict {
    widening(format!("answers may have status {status}"))
}

fn response<'d>(
    at: At<'_>,
    (old, before): (&Parts<'d>, &'d MethodResponse),
    (new, after): (&Parts<'d>, &'d MethodResponse),
    found: &mut Collector,
) {
    let (none, nothing) = (IndexMap::new(), IndexMap::new());
    let headers = |response: &'d MethodResponse| {
        let names = response.response_parameters.iter().flatten();
        names.map(|(name, _)| (name.as_str(), ()))
    };
    for (name, before, after) in both(headers(before), headers(after)) {
        if before == after {
            continue;
        }
        let member = format!("{}/responseParameters/{name}", at.member);
        let at = At {
            member: &member,
            ..at
        };
        let (kind, verdict) = if after.is_some() {
            (DifferenceKind::Added, widening("answers may have it"))
        } else {
            let verdict = breaking("answers do not have it any more");
            (DifferenceKind::Removed, verdict)
        };
        found.push_whole(at, kind, verdict);
    }
    let member = format!("{}/responseModels", at.member);
    let at = At::new(Area::Model, at.place, &member);
    let before = before.response_models.as_ref().unwrap_or(&none);
    let after = after.response_models.as_ref().unwrap_or(&nothing);
    body_models_of_responses(at, (old, before), (new, after), found);
}

fn body_models_of_responses(
    at: At<'_>,
    (old, before): (&Parts<'_>, &IndexMap<String, String>),
    (new, after): (&Parts<'_>, &IndexMap<String, String>),
    found: &mut Collector,
) {
    body_models(at, (old, before), (new, after), Use::Response, found);
}
