//! What holds for every API, also for those that no document makes.

use std::collections::HashSet;

use indexmap::IndexMap;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};
use tollgate_core::{GatewayResponseType, ResourceId};
use tollgate_model::{
    ApiDocument, ApiKeySource, AuthorizationType, Authorizer, AuthorizerType, ConnectionType,
    ContentHandling, DocumentationPart, DocumentationPartLocation, DocumentationPartType,
    EndpointAccessMode, GatewayResponse, HttpMethod, Integration, IntegrationResponse,
    IntegrationType, JwtAdditionalClaim, JwtConfiguration, JwtIssuer, JwtSigningAlgorithm, Method,
    MethodResponse, Model, PassthroughBehavior, RequestValidator, Resource, ResponseTransferMode,
    TlsConfig,
};
use tollgate_openapi::{ImportOptions, Notation, import};

use crate::bare::there_and_back;
use crate::{FORMATS, plain, whole, written};

/// Paths of resources, each after its parent.
const PATHS: [&str; 8] = [
    "/", "/a", "/a/{x}", "/a/{x}/b", "/b", "/b/c", "/b/c/d", "/{rest+}",
];

/// Models, of which the last is not there.
const MODELS: [&str; 3] = ["Pet", "Cat", "Gone"];
const MEDIA_TYPES: [&str; 3] = ["application/json", "text/xml", "a/b"];
const STATUSES: [&str; 3] = ["200", "404", "500"];

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,6}",
        "[a-z$.:'\"# \n\t{}\\[\\]-]{0,12}",
        select(
            &[
                "yes", "1.0", "null", "~", "- a", "a: b", "'*'", "$ref", "0x10", "1e3", "1_000"
            ][..]
        )
        .prop_map(str::to_owned),
    ]
}

fn optional(text: impl Strategy<Value = String>) -> impl Strategy<Value = Option<String>> {
    prop::option::of(text)
}

fn map<V: std::fmt::Debug>(
    key: impl Strategy<Value = String>,
    value: impl Strategy<Value = V>,
) -> impl Strategy<Value = IndexMap<String, V>> {
    prop::collection::vec((key, value), 0..3).prop_map(|pairs| pairs.into_iter().collect())
}

fn one_of(all: &'static [&'static str]) -> impl Strategy<Value = String> {
    select(all).prop_map(str::to_owned)
}

fn model() -> impl Strategy<Value = String> {
    prop_oneof![20 => Just(MODELS[0]), 4 => Just(MODELS[1]), 1 => Just(MODELS[2])]
        .prop_map(str::to_owned)
}

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        // Of more digits, a text that is read twice may change the last.
        any::<i32>().prop_map(|n| Value::from(f64::from(n) / 1024.0)),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            map(text(), inner).prop_map(|all| Value::Object(all.into_iter().collect())),
        ]
    })
}

fn json_object() -> impl Strategy<Value = String> {
    map(text(), json_value()).prop_map(|all| json!(all).to_string())
}

prop_compose! {
    fn integration_response()(
        status in one_of(&STATUSES),
        pattern in optional(text()),
        parameters in prop::option::of(map(text(), text())),
        templates in prop::option::of(map(text(), optional("\\PC{1,6}"))),
        handling in prop::option::of(select(ContentHandling::ALL)),
    ) -> IntegrationResponse {
        let mut response = IntegrationResponse::default();
        response.status_code = status;
        response.selection_pattern = pattern;
        response.response_parameters = parameters;
        response.response_templates = templates;
        response.content_handling = handling;
        response
    }
}

prop_compose! {
    fn integration()(
        kind in select(IntegrationType::ALL),
        verb in select(HttpMethod::ALL),
        (uri, credentials, connection, target) in (text(), optional(text()), text(), optional(text())),
        is_linked in prop::option::of(any::<bool>()),
        (parameters, templates) in (map(text(), text()), map(text(), text())),
        (behavior, handling) in (
            select(PassthroughBehavior::ALL),
            prop::option::of(select(ContentHandling::ALL)),
        ),
        timeout in prop::option::of(select(&[50_u32, 28_999, 29_000][..])),
        (namespace, keys) in (optional(text()), prop::collection::vec(text(), 0..2)),
        mode in prop::option::of(select(ResponseTransferMode::ALL)),
        tls in prop::option::of(any::<bool>()),
        responses in prop::collection::vec(integration_response(), 0..3),
    ) -> Integration {
        let mut integration = Integration::new(kind);
        if kind != IntegrationType::Mock {
            integration.http_method = Some(verb.as_str().to_owned());
            integration.uri = Some(uri);
        }
        integration.credentials = credentials;
        integration.connection_type = is_linked.map(|is_linked| match is_linked {
            true => ConnectionType::VpcLink,
            false => ConnectionType::Internet,
        });
        integration.connection_id = is_linked.map(|_| connection);
        integration.integration_target = target;
        // Older spellings of sources are not kept as they are.
        let is_plain = |source: &String| !source.starts_with('$');
        integration.request_parameters = parameters.into_iter().filter(|(_, one)| is_plain(one)).collect();
        integration.request_templates = templates;
        integration.passthrough_behavior = behavior;
        integration.content_handling = handling;
        integration.timeout_in_millis = timeout;
        integration.cache_namespace = namespace;
        integration.cache_key_parameters = keys;
        integration.response_transfer_mode = mode;
        integration.tls_config = tls.map(|insecure| {
            let mut tls = TlsConfig::default();
            tls.insecure_skip_verification = insecure;
            tls
        });
        for mut response in responses {
            if let Some(parameters) = &mut response.response_parameters {
                parameters.retain(|_, source| is_plain(source));
            }
            integration.integration_responses.insert(response.status_code.clone(), response);
        }
        integration
    }
}

prop_compose! {
    fn method_response()(
        status in one_of(&STATUSES),
        headers in prop::option::of(map("[A-Za-z-]{1,4}", any::<bool>())),
        models in prop::option::of(map(one_of(&MEDIA_TYPES), model())),
    ) -> MethodResponse {
        let mut response = MethodResponse::default();
        response.status_code = status;
        response.response_parameters = headers.map(|headers| {
            let headers = headers.into_iter();
            headers.map(|(name, flag)| (format!("method.response.header.{name}"), flag)).collect()
        });
        response.response_models = models;
        response
    }
}

prop_compose! {
    fn method()(
        verb in select(HttpMethod::ALL),
        (authorization, authorizer) in (
            select(AuthorizationType::ALL),
            select(&["a0", "a1", "a2", "gone", "sigv4"][..]),
        ),
        scopes in prop::collection::vec(text(), 0..2),
        api_key in any::<bool>(),
        validator in prop::option::of(select(&["v0", "v1"][..])),
        name in optional(text()),
        parameters in map("(header|querystring|path)\\.[a-z]{1,2}", any::<bool>()),
        models in map(one_of(&MEDIA_TYPES), model()),
        responses in prop::collection::vec(method_response(), 0..3),
        integration in prop::option::of(integration()),
    ) -> Method {
        let mut method = Method::new(verb);
        method.authorization_type = authorization;
        method.authorizer_id = Some(authorizer.to_owned());
        method.authorization_scopes = scopes;
        method.api_key_required = api_key;
        method.request_validator_id = validator.map(str::to_owned);
        method.operation_name = name;
        let mut names = HashSet::new();
        for (target, required) in parameters {
            let name = target.split_once('.').map(|(_, name)| name.to_owned());
            if names.insert(name) {
                method.request_parameters.insert(format!("method.request.{target}"), required);
            }
        }
        method.request_models = models;
        for response in responses {
            method.method_responses.insert(response.status_code.clone(), response);
        }
        method.method_integration = integration;
        method
    }
}

prop_compose! {
    fn jwt_configuration()(
        hosts in prop::collection::hash_set("[a-z]{1,3}", 1..3),
        audiences in prop::collection::vec("[ -~]{1,4}", 1..3),
        (claim, required) in (prop::option::of("[a-h]{1,3}"), any::<bool>()),
        values in prop::collection::vec("[ -~]{1,4}", 0..3),
        algorithms in prop::collection::vec(select(JwtSigningAlgorithm::ALL), 1..3),
    ) -> JwtConfiguration {
        let mut configuration = JwtConfiguration::default();
        for host in hosts {
            let mut issuer = JwtIssuer::default();
            issuer.issuer = format!("https://{host}");
            issuer.audiences.clone_from(&audiences);
            if let Some(name) = &claim {
                let mut claim = JwtAdditionalClaim::new(name);
                claim.required = required;
                claim.expected_values.clone_from(&values);
                issuer.additional_claims.push(claim);
            }
            configuration.issuers.push(issuer);
        }
        configuration.default_algorithms = algorithms;
        configuration
    }
}

prop_compose! {
    fn authorizer(place: usize)(
        kind in select(AuthorizerType::ALL),
        name in prop_oneof![
            9 => text().prop_map(move |name| format!("{name}{place}")),
            4 => select(&["api_key", "sigv4"][..]).prop_map(str::to_owned),
        ],
        (uri, credentials, auth_type) in (text(), optional(text()), optional(text())),
        source in prop_oneof![
            8 => Just("method.request.header.Auth".to_owned()),
            1 => Just("method.request.header.Auth, context.stage".to_owned()),
            1 => text(),
        ],
        expression in optional(text()),
        ttl in prop::option::of(0_u32..=3600),
        pools in prop::collection::vec(text(), 1..3),
        jwt in jwt_configuration(),
    ) -> Authorizer {
        let mut one = Authorizer::new(format!("a{place}"), name, kind);
        one.auth_type = auth_type;
        one.identity_source = Some(source);
        // Of another type, they say nothing.
        if kind != AuthorizerType::Jwt {
            one.authorizer_uri = Some(uri);
            one.authorizer_credentials = credentials;
            one.identity_validation_expression = expression;
            one.authorizer_result_ttl_in_seconds = ttl;
        }
        match kind {
            AuthorizerType::CognitoUserPools => one.provider_arns = pools,
            AuthorizerType::Jwt => one.jwt_configuration = Some(jwt),
            AuthorizerType::Token | AuthorizerType::Request => {}
        }
        one
    }
}

prop_compose! {
    fn part()(
        kind in select(DocumentationPartType::ALL),
        path in one_of(&PATHS),
        verb in prop_oneof![Just("*"), select(HttpMethod::ALL).prop_map(HttpMethod::as_str)],
        status in one_of(&STATUSES),
        name in one_of(&["Pet", "x", "ab", "E"]),
        properties in json_object(),
    ) -> DocumentationPart {
        use DocumentationPartType as Kind;
        let mut location = DocumentationPartLocation::new(kind);
        let is_named = matches!(kind, Kind::Authorizer | Kind::Model);
        if !is_named && kind != Kind::Api {
            location.path = Some(path);
            if kind != Kind::Resource {
                location.method = Some(verb.to_owned());
            }
        }
        if matches!(kind, Kind::Response | Kind::ResponseBody | Kind::ResponseHeader) {
            location.status_code = Some(status);
        }
        if is_named || matches!(
            kind,
            Kind::PathParameter | Kind::QueryParameter | Kind::RequestHeader | Kind::ResponseHeader
        ) {
            location.name = Some(name);
        }
        DocumentationPart::new("p", location, properties)
    }
}

prop_compose! {
    fn gateway_response()(
        kind in select(&GatewayResponseType::ALL[..]),
        status in optional("[2-5][0-9]{2}"),
        parameters in map(text(), text()),
        templates in map(text(), text()),
    ) -> GatewayResponse {
        let mut response = GatewayResponse::new(kind);
        response.status_code = status;
        response.response_parameters = parameters;
        response.response_templates = templates;
        response
    }
}

prop_compose! {
    fn settings()(
        name in "\\PC{1,8}",
        (description, version) in (optional("\\PC{1,8}"), optional(text())),
        types in prop::collection::hash_set(text(), 0..3),
        compression in prop::option::of(0_u32..=10_485_760),
        source in select(ApiKeySource::ALL),
        policy in optional(json_object()),
        is_hidden in any::<bool>(),
        security_policy in optional(text()),
        mode in prop::option::of(select(EndpointAccessMode::ALL)),
        endpoints in prop::collection::vec(text(), 0..2),
    ) -> ApiDocument {
        let mut document = ApiDocument::new(name);
        let api = &mut document.rest_api;
        api.description = description;
        api.version = version;
        api.binary_media_types = types.into_iter().collect();
        api.minimum_compression_size = compression;
        api.api_key_source = source;
        api.policy = policy;
        api.disable_execute_api_endpoint = is_hidden;
        api.security_policy = security_policy;
        api.endpoint_access_mode = mode;
        if !endpoints.is_empty() {
            api.endpoint_configuration.get_or_insert_default().vpc_endpoint_ids = endpoints;
        }
        document
    }
}

prop_compose! {
    fn api()(
        mut document in settings(),
        methods in prop::collection::vec((0..PATHS.len(), method()), 0..5),
        known in prop::collection::hash_set(0..PATHS.len(), 0..PATHS.len()),
        models in prop::collection::vec(json_value(), 2),
        authorizers in [authorizer(0), authorizer(1)],
        validators in prop::collection::vec((text(), any::<bool>(), any::<bool>()), 2),
        responses in prop::collection::vec(gateway_response(), 0..3),
        parts in prop::collection::vec(part(), 0..4),
    ) -> ApiDocument {
        document.resources = resources(methods, &known);
        document.rest_api.root_resource_id = Some("r0".into());
        for (name, schema) in MODELS.iter().zip(models) {
            // Whatever it says, its members are none that the import reads as another schema.
            let schema = json!({"type": "object", "default": schema});
            document.models.push(Model::new(*name, schema.to_string()));
        }
        document.authorizers = authorizers.into();
        for (place, (name, body, parameters)) in validators.into_iter().enumerate() {
            let mut one = RequestValidator::new(format!("v{place}"), name);
            one.validate_request_body = body;
            one.validate_request_parameters = parameters;
            document.request_validators.push(one);
        }
        let mut kinds = HashSet::new();
        document.gateway_responses = responses;
        document.gateway_responses.retain(|one| kinds.insert(one.response_type));
        let mut locations = HashSet::new();
        document.documentation_parts = parts;
        document.documentation_parts.retain(|one| locations.insert(one.location.clone()));
        repair(&mut document);
        document
    }
}

fn resources(methods: Vec<(usize, Method)>, known: &HashSet<usize>) -> Vec<Resource> {
    let mut resources = vec![Resource::root("r0".into())];
    let is_needed = |place: usize| {
        let below = |other: usize| PATHS[other].starts_with(&format!("{}/", PATHS[place]));
        let used =
            |other: usize| known.contains(&other) || methods.iter().any(|(at, _)| *at == other);
        used(place) || (0..PATHS.len()).any(|other| below(other) && used(other))
    };
    for (place, path) in PATHS.iter().enumerate().skip(1) {
        if is_needed(place) {
            let (above, part) = path.rsplit_once('/').unwrap();
            let above = if above.is_empty() { "/" } else { above };
            let parent = resources.iter().find(|one| one.path == above).unwrap();
            let child = parent.child(ResourceId::new(format!("r{place}")), part);
            resources.push(child);
        }
    }
    for (place, method) in methods {
        let resource = resources
            .iter_mut()
            .find(|one| one.path == PATHS[place])
            .unwrap();
        resource.resource_methods.insert(method.http_method, method);
    }
    resources
}

/// Makes of an API one that the service would have taken.
fn repair(document: &mut ApiDocument) {
    let kinds: IndexMap<_, _> = document
        .authorizers
        .iter()
        .map(|one| (one.id.clone(), one.kind))
        .collect();
    for resource in &mut document.resources {
        let path = resource.path.clone();
        for method in resource.resource_methods.values_mut() {
            let variables = &mut method.request_parameters;
            variables.retain(|target, _| {
                !target.contains(".path.") || target == "method.request.path.x"
            });
            variables.shift_remove("method.request.path.x");
            for (part, name) in [("{x}", "x"), ("{rest+}", "rest")] {
                if path.contains(part) {
                    variables.retain(|target, _| !target.ends_with(&format!(".{name}")));
                    variables.insert(format!("method.request.path.{name}"), true);
                }
            }
            let id = method.authorizer_id.take();
            match method.authorization_type {
                AuthorizationType::None | AuthorizationType::AwsIam => {
                    method.authorization_scopes.clear();
                }
                AuthorizationType::Custom
                | AuthorizationType::CognitoUserPools
                | AuthorizationType::Jwt => {
                    let kind = id.as_ref().and_then(|id| kinds.get(id));
                    if kind.is_none() {
                        method.authorization_scopes.clear();
                    }
                    method.authorization_type = match kind {
                        Some(AuthorizerType::CognitoUserPools) => {
                            AuthorizationType::CognitoUserPools
                        }
                        Some(AuthorizerType::Jwt) => AuthorizationType::Jwt,
                        _ => AuthorizationType::Custom,
                    };
                    method.authorizer_id = id;
                }
            }
        }
    }
}

proptest! {
    /// Where nothing is told that makes a difference, nothing is lost.
    #[test]
    fn any_api_comes_back_or_it_is_told(document in api()) {
        for format in FORMATS {
            let mut options = whole(format);
            there_and_back(&document, &options, "any");
            if cfg!(feature = "yaml") {
                options.notation = Notation::Yaml;
                there_and_back(&document, &options, "any");
            }
        }
    }

    /// Whatever is left out of an export, no method of it is more open than it was.
    #[test]
    fn no_export_opens_a_method(document in api(), list in "(integrations|authorizers|apigateway|)") {
        for format in FORMATS {
            let mut options = plain(format);
            options.extensions = list.parse().unwrap();
            let text = written(&document, &options).text;
            let Ok(again) = import(&text, &ImportOptions::default()) else {
                continue;
            };
            for resource in &document.resources {
                for (verb, method) in &resource.resource_methods {
                    let found = again.document.resource(&resource.path).unwrap();
                    let found = &found.resource_methods[verb];
                    prop_assert_eq!(found.api_key_required, method.api_key_required);
                    let open = [found, method].map(|one| one.authorization_type == AuthorizationType::None);
                    prop_assert_eq!(open[0], open[1]);
                }
            }
        }
    }
}
