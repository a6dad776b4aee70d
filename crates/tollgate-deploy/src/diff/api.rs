//! What belongs to an API as a whole.

use std::collections::BTreeSet;

use tollgate_model::{
    ApiDocument, Authorizer, CorsConfiguration, DocumentationPart, EndpointConfiguration,
    EndpointType, GatewayResponse, JwtConfiguration, RestApi,
};

use super::collect::{At, Collector, both, entries, quoted};
use super::judge::{breaking, changing, opening, silent, widening};
use super::{Area, DifferenceKind};

const PLACE: &str = "API";

pub(super) fn settings(before: &ApiDocument, after: &ApiDocument, found: &mut Collector) {
    let needs_keys = after.resources.iter().any(|resource| {
        let mut methods = resource.resource_methods.values();
        methods.any(|method| method.api_key_required)
    });
    let (before, after) = (&before.rest_api, &after.rest_api);
    described(before, after, found);
    endpoint(before, after, found);
    policy(before.policy.as_deref(), after.policy.as_deref(), found);
    let at = At::new(Area::ApiKey, PLACE, "apiKeySource");
    found.value(at, before.api_key_source, after.api_key_source, || {
        if needs_keys {
            breaking("API keys are read elsewhere")
        } else {
            silent("no method needs an API key")
        }
    });
    bodies(before, after, found);
    let (was, is) = (
        before.cors_configuration.as_ref(),
        after.cors_configuration.as_ref(),
    );
    cors(was, is, found);
}

fn described(before: &RestApi, after: &RestApi, found: &mut Collector) {
    let at = |member| At::new(Area::Description, PLACE, member);
    let unseen = || silent("requests do not see it");
    let (was, is) = (Some(before.name.as_str()), Some(after.name.as_str()));
    found.text(at("name"), was, is, unseen);
    let (was, is) = (before.description.as_deref(), after.description.as_deref());
    found.text(at("description"), was, is, unseen);
    let (was, is) = (before.version.as_deref(), after.version.as_deref());
    found.text(at("version"), was, is, unseen);
    let (was, is) = (entries(&before.tags), entries(&after.tags));
    found.texts(at("tags"), was, is, |_| unseen());
}

fn endpoint(before: &RestApi, after: &RestApi, found: &mut Collector) {
    let at = |member| At::new(Area::Endpoint, PLACE, member);
    let (was, is) = (
        before.disable_execute_api_endpoint,
        after.disable_execute_api_endpoint,
    );
    found.value(at("disableExecuteApiEndpoint"), was, is, || {
        if is {
            breaking("the API's own host answers no more")
        } else {
            widening("the API's own host answers, too")
        }
    });
    let types = |api: &RestApi| {
        let types = api.endpoint_configuration.iter();
        let types = types.flat_map(|configuration| configuration.types.iter().copied());
        types.collect::<BTreeSet<_>>()
    };
    let (was, is) = (types(before), types(after));
    let private = EndpointType::Private;
    let spelled = |types: &BTreeSet<EndpointType>| {
        let names: Vec<&str> = types.iter().map(|one| one.as_str()).collect();
        (!names.is_empty()).then(|| names.join(" "))
    };
    let verdict = || match (was.contains(&private), is.contains(&private)) {
        (false, true) => breaking("only a private network reaches it"),
        (true, false) => opening("all networks reach it"),
        _ => silent("it is reached in another way"),
    };
    found.name(
        at("endpointConfiguration/types"),
        spelled(&was),
        spelled(&is),
        verdict,
    );
    networks(before, after, found);
    let (was, is) = (
        before.security_policy.as_deref(),
        after.security_policy.as_deref(),
    );
    found.text(at("securityPolicy"), was, is, || {
        changing("connections may be refused that were not")
    });
    let (was, is) = (before.endpoint_access_mode, after.endpoint_access_mode);
    found.name(at("endpointAccessMode"), was, is, || {
        changing("connections may be refused that were not")
    });
}

fn networks(before: &RestApi, after: &RestApi, found: &mut Collector) {
    let at = |member| At::new(Area::Endpoint, PLACE, member);
    let (before, after) = (
        before.endpoint_configuration.as_ref(),
        after.endpoint_configuration.as_ref(),
    );
    let address = |one: Option<&EndpointConfiguration>| one?.ip_address_type.clone();
    let (was, is) = (address(before), address(after));
    let member = at("endpointConfiguration/ipAddressType");
    found.text(member, was.as_deref(), is.as_deref(), || {
        silent("it is reached in another way")
    });
    let endpoints = |one: Option<&EndpointConfiguration>| -> BTreeSet<String> {
        let ids = one.map(|one| one.vpc_endpoint_ids.iter().cloned());
        ids.into_iter().flatten().collect()
    };
    let (was, is) = (endpoints(before), endpoints(after));
    for id in was.symmetric_difference(&is) {
        let member = format!("endpointConfiguration/vpcEndpointIds/{id}");
        let here = At::new(Area::Endpoint, PLACE, &member);
        let (kind, verdict) = if is.contains(id) {
            (DifferenceKind::Added, widening("a network more reaches it"))
        } else {
            let verdict = breaking("a network does not reach it any more");
            (DifferenceKind::Removed, verdict)
        };
        found.push_whole(here, kind, verdict);
    }
}

fn policy(before: Option<&str>, after: Option<&str>, found: &mut Collector) {
    let read = |text: Option<&str>| {
        let value = serde_json::from_str::<serde_json::Value>(text?).ok()?;
        Some(crate::canonical::canonical(&value))
    };
    // Only another spelling.
    if before.is_some() && read(before).is_some() && read(before) == read(after) {
        return;
    }
    let at = At::new(Area::Policy, PLACE, "policy");
    found.text(at, before, after, || match (before, after) {
        (_, None) => opening("no policy refuses callers"),
        (None, _) => breaking("a policy may refuse callers"),
        _ => breaking("callers may be refused that were not"),
    });
}

fn bodies(before: &RestApi, after: &RestApi, found: &mut Collector) {
    let types =
        |api: &RestApi| -> BTreeSet<String> { api.binary_media_types.iter().cloned().collect() };
    let (was, is) = (types(before), types(after));
    for media_type in was.symmetric_difference(&is) {
        let member = format!("binaryMediaTypes/{media_type}");
        let at = At::new(Area::Bodies, PLACE, &member);
        let kind = if is.contains(media_type) {
            DifferenceKind::Added
        } else {
            DifferenceKind::Removed
        };
        let verdict = changing("bodies of this type are read otherwise, as bytes or as text");
        found.push_whole(at, kind, verdict);
    }
    let at = At::new(Area::Bodies, PLACE, "minimumCompressionSize");
    let (was, is) = (
        before.minimum_compression_size,
        after.minimum_compression_size,
    );
    found.name(at, was, is, || {
        silent("clients that can read it get compressed answers")
    });
}

fn cors(
    before: Option<&CorsConfiguration>,
    after: Option<&CorsConfiguration>,
    found: &mut Collector,
) {
    let at = |member| At::new(Area::Cors, PLACE, member);
    let whole = at("corsConfiguration");
    let (before, after) = match (before, after) {
        (Some(before), Some(after)) => (before, after),
        (None, None) => return,
        (Some(_), None) => {
            let verdict = breaking("pages of other origins are refused");
            return found.push_whole(whole, DifferenceKind::Removed, verdict);
        }
        (None, Some(_)) => {
            let verdict = opening("pages of other origins may call");
            return found.push_whole(whole, DifferenceKind::Added, verdict);
        }
    };
    for (member, before, after) in [
        ("allowOrigins", &before.allow_origins, &after.allow_origins),
        ("allowMethods", &before.allow_methods, &after.allow_methods),
        ("allowHeaders", &before.allow_headers, &after.allow_headers),
        (
            "exposeHeaders",
            &before.expose_headers,
            &after.expose_headers,
        ),
    ] {
        let member = format!("corsConfiguration/{member}");
        let sorted = |list: &[String]| {
            let all: BTreeSet<&str> = list.iter().map(String::as_str).collect();
            all.into_iter().collect::<Vec<_>>().join(" ")
        };
        let here = At::new(Area::Cors, PLACE, &member);
        found.value(here, sorted(before), sorted(after), || {
            let is_kept = |one: &String| after.contains(one) || after.iter().any(|all| all == "*");
            if before.iter().all(is_kept) {
                opening("pages may do more")
            } else {
                breaking("pages may do less")
            }
        });
    }
    let (was, is) = (before.allow_credentials, after.allow_credentials);
    found.value(at("corsConfiguration/allowCredentials"), was, is, || {
        if is {
            opening("pages may send cookies and the like")
        } else {
            breaking("pages may not send cookies and the like")
        }
    });
    found.name(
        at("corsConfiguration/maxAge"),
        before.max_age,
        after.max_age,
        || silent("browsers ask at another time"),
    );
}

/// Those that methods name count; where a method names another, it is told with the method.
pub(super) fn authorizers(before: &ApiDocument, after: &ApiDocument, found: &mut Collector) {
    let by_name = |all| {
        let all: &Vec<Authorizer> = all;
        all.iter().map(|one| (one.name.as_str(), one))
    };
    for (name, before, after) in both(by_name(&before.authorizers), by_name(&after.authorizers)) {
        let place = format!("authorizer {name}");
        let at = At::new(Area::Authorization, &place, "");
        match (before, after) {
            (Some(before), Some(after)) => authorizer(&place, before, after, found),
            (Some(_), None) => {
                let verdict = silent("methods that have another are told with them");
                found.push_whole(at, DifferenceKind::Removed, verdict);
            }
            _ => {
                let verdict = silent("methods that have it are told with them");
                found.push_whole(at, DifferenceKind::Added, verdict);
            }
        }
    }
}

fn authorizer(place: &str, before: &Authorizer, after: &Authorizer, found: &mut Collector) {
    let at = |member| At::new(Area::Authorization, place, member);
    found.value(at("type"), before.kind, after.kind, || {
        breaking("callers identify themselves otherwise")
    });
    let (was, is) = (
        before.identity_source.as_deref(),
        after.identity_source.as_deref(),
    );
    found.text(at("identitySource"), was, is, || {
        breaking("callers identify themselves otherwise")
    });
    let expression = |one: &Authorizer| one.identity_validation_expression.clone();
    let (was, is) = (expression(before), expression(after));
    found.text(
        at("identityValidationExpression"),
        was.as_deref(),
        is.as_deref(),
        || {
            if is.is_none() {
                widening("tokens of all forms are asked about")
            } else {
                breaking("tokens of other forms are refused")
            }
        },
    );
    let pools = |one: &Authorizer| {
        let pools: BTreeSet<&str> = one.provider_arns.iter().map(String::as_str).collect();
        pools.into_iter().collect::<Vec<_>>().join(" ")
    };
    found.value(at("providerARNs"), pools(before), pools(after), || {
        let is_kept = |pool| after.provider_arns.contains(pool);
        if before.provider_arns.iter().all(is_kept) {
            opening("users of more pools are let in")
        } else {
            breaking("users of a pool are refused")
        }
    });
    jwt_configuration(
        at("jwtConfiguration"),
        before.jwt_configuration.as_ref(),
        after.jwt_configuration.as_ref(),
        found,
    );
    for (member, before, after) in [
        (
            "authorizerUri",
            &before.authorizer_uri,
            &after.authorizer_uri,
        ),
        (
            "authorizerCredentials",
            &before.authorizer_credentials,
            &after.authorizer_credentials,
        ),
    ] {
        found.text(at(member), before.as_deref(), after.as_deref(), || {
            changing("another function decides")
        });
    }
    let ttl = |one: &Authorizer| one.authorizer_result_ttl_in_seconds.unwrap_or(300);
    found.value(
        at("authorizerResultTtlInSeconds"),
        ttl(before),
        ttl(after),
        || silent("decisions hold for another time"),
    );
    let (was, is) = (before.auth_type.as_deref(), after.auth_type.as_deref());
    found.text(at("authType"), was, is, || {
        silent("only clients that are generated see it")
    });
}

/// Whether the same tokens are taken is not looked into: most changes of what is trusted matter to
/// somebody.
fn jwt_configuration(
    at: At<'_>,
    before: Option<&JwtConfiguration>,
    after: Option<&JwtConfiguration>,
    found: &mut Collector,
) {
    let text = |one: Option<&JwtConfiguration>| {
        let json = one.map(serde_json::to_string);
        json.and_then(Result::ok)
    };
    let (was, is) = (text(before), text(after));
    found.text(at, was.as_deref(), is.as_deref(), || {
        breaking("tokens that were taken may be refused, and others taken")
    });
}

pub(super) fn gateway_responses(before: &ApiDocument, after: &ApiDocument, found: &mut Collector) {
    let by_type = |all| {
        let all: &Vec<GatewayResponse> = all;
        all.iter().map(|one| (one.response_type.as_str(), one))
    };
    let (before, after) = (&before.gateway_responses, &after.gateway_responses);
    for (name, before, after) in both(by_type(before), by_type(after)) {
        let place = format!("gateway response {name}");
        let at = At::new(Area::GatewayResponse, &place, "");
        let verdict = || changing("refusals are told in other words");
        match (before, after) {
            (Some(before), Some(after)) => gateway_response(&place, before, after, found),
            (Some(_), None) => found.push_whole(at, DifferenceKind::Removed, verdict()),
            _ => found.push_whole(at, DifferenceKind::Added, verdict()),
        }
    }
}

fn gateway_response(
    place: &str,
    before: &GatewayResponse,
    after: &GatewayResponse,
    found: &mut Collector,
) {
    let at = |member| At::new(Area::GatewayResponse, place, member);
    let (was, is) = (before.status_code.as_deref(), after.status_code.as_deref());
    found.text(at("statusCode"), was, is, || {
        changing("refusals have another status")
    });
    let (was, is) = (&before.response_parameters, &after.response_parameters);
    found.texts(at("responseParameters"), entries(was), entries(is), |_| {
        changing("refusals have other headers")
    });
    let (was, is) = (&before.response_templates, &after.response_templates);
    found.texts(at("responseTemplates"), entries(was), entries(is), |_| {
        changing("refusals are told in other words")
    });
}

pub(super) fn documentation(before: &ApiDocument, after: &ApiDocument, found: &mut Collector) {
    let by_location = |all| {
        let all: &Vec<DocumentationPart> = all;
        all.iter()
            .map(|part| (location(part), part.properties.as_str()))
    };
    let (before, after) = (&before.documentation_parts, &after.documentation_parts);
    for (place, before, after) in both(by_location(before), by_location(after)) {
        let at = At::new(Area::Documentation, &place, "properties");
        let (was, is) = (before.map(quoted), after.map(quoted));
        if before != after {
            found.push(at, was, is, silent("requests do not see it"));
        }
    }
}

fn location(part: &DocumentationPart) -> String {
    let location = &part.location;
    let method = location.method.as_deref().unwrap_or("*");
    let path = location.path.as_deref().unwrap_or("/");
    let mut text = format!("documentation of {:?} {method} {path}", location.kind);
    for more in [&location.status_code, &location.name]
        .into_iter()
        .flatten()
    {
        text.push(' ');
        text.push_str(more);
    }
    text
}
