//! What one method calls in two documents.

use indexmap::IndexMap;
use tollgate_model::{ContentHandling, Integration, IntegrationResponse, PassthroughBehavior};

use super::collect::{At, Collector, both, entries};
use super::judge::{Verdict, breaking, changing, opening, widening};
use super::{Area, DifferenceKind};

/// Milliseconds where none are said.
const TIMEOUT: u32 = 29_000;

pub(super) fn compare(
    place: &str,
    before: Option<&Integration>,
    after: Option<&Integration>,
    found: &mut Collector,
) {
    let at = At::new(Area::Integration, place, "methodIntegration");
    match (before, after) {
        (Some(before), Some(after)) => {
            endpoint(place, before, after, found);
            request(place, before, after, found);
            responses(place, before, after, found);
        }
        (Some(_), None) => {
            let verdict = breaking("it calls nothing and answers 500");
            found.push_whole(at, DifferenceKind::Removed, verdict);
        }
        (None, Some(_)) => {
            found.push_whole(at, DifferenceKind::Added, widening("it answered 500"));
        }
        (None, None) => {}
    }
}

fn another_endpoint() -> Verdict {
    changing("another endpoint may answer otherwise")
}

fn endpoint(place: &str, before: &Integration, after: &Integration, found: &mut Collector) {
    let at = |member| At::new(Area::Integration, place, member);
    found.value(
        at("methodIntegration/type"),
        before.kind,
        after.kind,
        || changing("requests and answers are mapped otherwise, or not any more"),
    );
    for (member, before, after) in [
        ("methodIntegration/uri", &before.uri, &after.uri),
        (
            "methodIntegration/httpMethod",
            &before.http_method,
            &after.http_method,
        ),
        (
            "methodIntegration/connectionId",
            &before.connection_id,
            &after.connection_id,
        ),
        (
            "methodIntegration/integrationTarget",
            &before.integration_target,
            &after.integration_target,
        ),
        (
            "methodIntegration/credentials",
            &before.credentials,
            &after.credentials,
        ),
    ] {
        found.text(
            at(member),
            before.as_deref(),
            after.as_deref(),
            another_endpoint,
        );
    }
    let (was, is) = (before.connection_type, after.connection_type);
    found.name(
        at("methodIntegration/connectionType"),
        was,
        is,
        another_endpoint,
    );
    let timeout = |one: &Integration| one.timeout_in_millis.unwrap_or(TIMEOUT);
    let (was, is) = (timeout(before), timeout(after));
    found.value(at("methodIntegration/timeoutInMillis"), was, is, || {
        if is < was {
            changing("slower answers become 504")
        } else {
            widening("slower answers are waited for")
        }
    });
    let is_lax = |one: &Integration| {
        let tls = one.tls_config.as_ref();
        tls.is_some_and(|tls| tls.insecure_skip_verification)
    };
    let member = "methodIntegration/tlsConfig/insecureSkipVerification";
    let (was, is) = (is_lax(before), is_lax(after));
    found.value(at(member), was, is, || {
        if is {
            opening("anyone may pose as the endpoint")
        } else {
            changing("an endpoint with a certificate of an unknown issuer is refused")
        }
    });
    let (was, is) = (before.response_transfer_mode, after.response_transfer_mode);
    found.name(
        at("methodIntegration/responseTransferMode"),
        was,
        is,
        || changing("answers are sent on at another time"),
    );
}

fn request(place: &str, before: &Integration, after: &Integration, found: &mut Collector) {
    let at = At::new(Area::Mapping, place, "methodIntegration/requestParameters");
    let (was, is) = (&before.request_parameters, &after.request_parameters);
    found.texts(at, entries(was), entries(is), |_| {
        changing("the endpoint is asked otherwise")
    });
    let at = At::new(Area::Template, place, "methodIntegration/requestTemplates");
    let (was, is) = (&before.request_templates, &after.request_templates);
    found.texts(at, entries(was), entries(is), |_| {
        changing("the endpoint is asked otherwise")
    });
    let at = At::new(
        Area::Template,
        place,
        "methodIntegration/passthroughBehavior",
    );
    let (was, is) = (before.passthrough_behavior, after.passthrough_behavior);
    found.value(at, was, is, || {
        let strictness = |one| match one {
            PassthroughBehavior::WhenNoMatch => 0,
            PassthroughBehavior::WhenNoTemplates => 1,
            PassthroughBehavior::Never => 2,
        };
        if strictness(is) > strictness(was) {
            breaking("bodies without a template are refused with 415")
        } else {
            widening("bodies without a template pass")
        }
    });
    let member = "methodIntegration/contentHandling";
    content_handling(
        place,
        member,
        before.content_handling,
        after.content_handling,
        found,
    );
    cache(place, before, after, found);
}

/// The namespace is a resource's id if nobody has named it, and does not count then.
fn cache(place: &str, before: &Integration, after: &Integration, found: &mut Collector) {
    let keys = |one: &Integration| {
        let mut keys = one.cache_key_parameters.clone();
        keys.sort_unstable();
        keys.join(" ")
    };
    let at = At::new(Area::Cache, place, "methodIntegration/cacheKeyParameters");
    found.value(at, keys(before), keys(after), || {
        changing("cached answers are told apart by other parameters")
    });
}

fn content_handling(
    place: &str,
    member: &str,
    before: Option<ContentHandling>,
    after: Option<ContentHandling>,
    found: &mut Collector,
) {
    let at = At::new(Area::Bodies, place, member);
    found.name(at, before, after, || {
        changing("bodies are converted otherwise")
    });
}

fn responses(place: &str, before: &Integration, after: &Integration, found: &mut Collector) {
    let (was, is) = (&before.integration_responses, &after.integration_responses);
    for (key, before, after) in both(was, is) {
        let member = format!("methodIntegration/integrationResponses/{key}");
        let at = At::new(Area::Integration, place, &member);
        match (before, after) {
            (Some(before), Some(after)) => response(at, before, after, found),
            (Some(old), None) => {
                let verdict = if pattern(old).is_none() && !is.values().any(is_default) {
                    breaking("answers that fit no pattern become 500")
                } else {
                    changing("its answers become another response")
                };
                found.push_whole(at, DifferenceKind::Removed, verdict);
            }
            _ => {
                let verdict = changing("answers that fit it became another response");
                found.push_whole(at, DifferenceKind::Added, verdict);
            }
        }
    }
    let (old_order, new_order) = (order(was, is), order(is, was));
    let at = At::new(
        Area::Integration,
        place,
        "methodIntegration/integrationResponses",
    );
    found.value(at, old_order.join(" "), new_order.join(" "), || {
        changing("patterns are tried in another order")
    });
}

/// The keys of the patterns that both have, in the order in which they are tried.
fn order<'k>(
    of: &'k IndexMap<String, IntegrationResponse>,
    and: &IndexMap<String, IntegrationResponse>,
) -> Vec<&'k str> {
    let is_tried = |one: Option<&IntegrationResponse>| one.is_some_and(|one| !is_default(one));
    of.keys()
        .filter(|key| is_tried(of.get(*key)) && is_tried(and.get(*key)))
        .map(String::as_str)
        .collect()
}

fn pattern(response: &IntegrationResponse) -> Option<&str> {
    let pattern = response.selection_pattern.as_deref();
    pattern.filter(|pattern| !pattern.is_empty())
}

fn is_default(response: &IntegrationResponse) -> bool {
    pattern(response).is_none()
}

fn response(
    at: At<'_>,
    before: &IntegrationResponse,
    after: &IntegrationResponse,
    found: &mut Collector,
) {
    let member = |name: &str| format!("{}/{name}", at.member);
    let status = member("statusCode");
    let here = |area, member| At::new(area, at.place, member);
    let (was, is) = (before.status_code.as_str(), after.status_code.as_str());
    found.value(here(Area::Integration, &status), was, is, || {
        breaking("clients get another status")
    });
    let selection = member("selectionPattern");
    let (was, is) = (pattern(before), pattern(after));
    found.text(here(Area::Integration, &selection), was, is, || {
        changing("other answers become this response")
    });

    let none = IndexMap::new();
    let parameters = member("responseParameters");
    let was = before.response_parameters.as_ref().unwrap_or(&none);
    let is = after.response_parameters.as_ref().unwrap_or(&none);
    let here_parameters = here(Area::Mapping, &parameters);
    found.texts(
        here_parameters,
        entries(was),
        entries(is),
        |kind| match kind {
            DifferenceKind::Removed => breaking("answers do not have it any more"),
            DifferenceKind::Added => widening("answers have it"),
            DifferenceKind::Changed => changing("answers have another value"),
        },
    );

    let templates = member("responseTemplates");
    let texts = |one| {
        let all: Option<&IndexMap<String, Option<String>>> = one;
        let all = all.into_iter().flatten();
        all.map(|(key, text)| (key, text.as_deref().unwrap_or_default()))
    };
    let was = texts(before.response_templates.as_ref());
    let is = texts(after.response_templates.as_ref());
    found.texts(here(Area::Template, &templates), was, is, |_| {
        changing("answers have other bodies")
    });
    first_template(here(Area::Template, &templates), before, after, found);
    let handling = member("contentHandling");
    let (was, is) = (before.content_handling, after.content_handling);
    content_handling(at.place, &handling, was, is, found);
}

/// Which template is first counts only where none is for `application/json`.
fn first_template(
    at: At<'_>,
    before: &IntegrationResponse,
    after: &IntegrationResponse,
    found: &mut Collector,
) {
    let first = |one: &IntegrationResponse| {
        let templates = one.response_templates.as_ref()?;
        let is_moot = templates.contains_key("application/json");
        let (key, _) = templates.first()?;
        (!is_moot).then(|| key.clone())
    };
    if let (Some(was), Some(is)) = (first(before), first(after)) {
        found.value(at, was, is, || {
            changing("clients that accept none of them get the first")
        });
    }
}
