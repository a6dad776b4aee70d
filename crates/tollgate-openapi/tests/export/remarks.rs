//! What documents cannot say, and how it is told.

use indexmap::IndexMap;
use serde_json::json;
use tollgate_core::Severity;
use tollgate_model::{
    ApiDocument, AuthorizationType, Authorizer, AuthorizerType, DocumentationPart,
    DocumentationPartLocation, DocumentationPartType, EndpointConfiguration, EndpointType,
    Integration, IntegrationResponse, IntegrationType, Method, Model, RequestValidator,
};
use tollgate_openapi::{ExportError, ExportFormat, Notation, export};

use crate::bare::there_and_back;
use crate::{FORMATS, lines, plain, whole, with_get, written};

/// An API whose only method is `GET /x`.
fn api(change: impl FnOnce(&mut ApiDocument)) -> ApiDocument {
    let mut document = with_get(
        json!({
            "responses": {"200": {"headers": {"ETag": {}}}},
            "x-amazon-apigateway-integration": {"type": "mock"},
        }),
        json!({"components": {"schemas": {"Pet": {"type": "object"}, "Cat": {"type": "object"}}}}),
    );
    change(&mut document);
    document
}

fn method(document: &mut ApiDocument) -> &mut Method {
    let resource = &mut document.resources[1];
    resource.resource_methods.values_mut().next().unwrap()
}

fn integration(document: &mut ApiDocument) -> &mut Integration {
    method(document).method_integration.as_mut().unwrap()
}

fn models(pairs: &[(&str, &str)]) -> IndexMap<String, String> {
    let pairs = pairs.iter();
    pairs
        .map(|(kind, model)| ((*kind).to_owned(), (*model).to_owned()))
        .collect()
}

fn response(status: &str, pattern: Option<&str>) -> (String, IntegrationResponse) {
    let mut response = IntegrationResponse::default();
    response.status_code = status.to_owned();
    response.selection_pattern = pattern.map(str::to_owned);
    (status.to_owned(), response)
}

#[test]
fn what_neither_version_can_say_is_told() {
    for (document, told) in [
        (
            api(|api| {
                method(api).request_parameters =
                    [("method.request.cookie.a".to_owned(), true)].into();
            }),
            "warning: `method.request.cookie.a` is no parameter that a document can have (at \
             /resources/1/resourceMethods/GET)",
        ),
        (
            api(|api| {
                method(api).request_parameters =
                    [("method.request.path.a".to_owned(), true)].into();
            }),
            "note: `method.request.path.a` has no place in `/x` and is left out (at \
             /resources/1/resourceMethods/GET)",
        ),
        (
            api(|api| method(api).request_models = models(&[("application/json", "Dog")])),
            "warning: there is no model `Dog` to refer to (at \
             /resources/1/resourceMethods/GET/requestModels/application~1json)",
        ),
        (
            api(|api| method(api).request_validator_id = Some("none".to_owned())),
            "warning: there is no validator `none` with a name of its own (at \
             /resources/1/resourceMethods/GET)",
        ),
        (
            api(|api| {
                api.request_validators =
                    ["a", "b"].map(|id| RequestValidator::new(id, "all")).into();
            }),
            "warning: another validator has its name, by which documents tell them apart: this one \
             is left out (at /requestValidators/1)",
        ),
        (
            api(|api| method(api).authorization_type = AuthorizationType::Custom),
            "note: the method is locked: `nobody`, which it requires, is no authorizer (at \
             /resources/1/resourceMethods/GET)",
        ),
        (
            api(|api| {
                let mut one = Authorizer::new("a", "token", AuthorizerType::Token);
                one.authorizer_uri = Some("arn:x".to_owned());
                one.identity_source = Some("method.request.querystring.t".to_owned());
                api.authorizers = vec![one];
            }),
            "warning: an authorizer of type TOKEN reads one header: importing it makes that \
             `Authorization` (at /authorizers/0)",
        ),
        (
            api(|api| integration(api).kind = IntegrationType::Http),
            "warning: without a `uri` and a verb that REST APIs have, it cannot be imported (at \
             /resources/1/resourceMethods/GET/methodIntegration)",
        ),
        (
            api(|api| {
                integration(api).integration_responses =
                    [response("200", Some("a")), response("400", Some("a"))].into();
            }),
            "warning: the responses \"200\" and \"400\" have one selection pattern, for which a \
             document has one response: the first is left out (at \
             /resources/1/resourceMethods/GET/methodIntegration)",
        ),
        (
            api(|api| {
                integration(api).integration_responses = [response("200", Some("default"))].into();
            }),
            "warning: the selection pattern `default` is read as that of the default response (at \
             /resources/1/resourceMethods/GET/methodIntegration)",
        ),
        (
            api(|api| {
                let response = method(api).method_responses.values_mut().next().unwrap();
                let parameters = response.response_parameters.as_mut().unwrap();
                parameters
                    .values_mut()
                    .for_each(|required| *required = true);
            }),
            "note: a document does not say that `method.response.header.ETag` is required (at \
             /resources/1/resourceMethods/GET/methodResponses/200)",
        ),
        (
            api(|api| {
                api.models
                    .push(Model::new("Odd", "{\"$ref\":\"#/definitions/a\"}"))
            }),
            "warning: a document cannot refer to `#/definitions/a`, as this model does (at \
             /models/2)",
        ),
        (
            api(|api| api.models.push(Model::new("Odd", "{"))),
            "warning: the schema is no JSON object and is left out (at /models/2)",
        ),
        (
            api(|api| api.models[0].description = Some("A pet".to_owned())),
            "note: the description of a model is what its schema says: this one is left out (at \
             /models/0)",
        ),
        (
            api(|api| api.rest_api.policy = Some("none".to_owned())),
            "warning: the policy is no JSON object: the document cannot be imported (at /policy)",
        ),
        (
            api(|api| {
                let mut endpoint = EndpointConfiguration::default();
                endpoint.types = vec![EndpointType::Private];
                api.rest_api.endpoint_configuration = Some(endpoint);
            }),
            "note: documents do not tell the kind of an endpoint (at /endpointConfiguration)",
        ),
        (
            api(|api| {
                api.rest_api.tags = [("team".to_owned(), "a".to_owned())].into();
            }),
            "note: documents have no place for labels of the API (at /tags)",
        ),
        (
            api(|api| {
                let location = DocumentationPartLocation::new(DocumentationPartType::Api);
                api.documentation_parts = vec![DocumentationPart::new("a", location, "[]")];
            }),
            "warning: properties that are no object are left out (at \
             /documentationParts/0/properties)",
        ),
    ] {
        for format in FORMATS {
            let exported = written(&document, &whole(format));
            assert_eq!(lines(&exported.remarks), [told], "{format}");
        }
    }
}

#[test]
fn what_swagger_cannot_say_is_told_there_and_said_in_openapi() {
    for (document, told) in [
        (
            api(|api| {
                method(api).request_models =
                    models(&[("text/xml", "Cat"), ("application/json", "Pet")]);
            }),
            "warning: Swagger 2.0 has one model for all media types: `Cat` for text/xml is left out \
             (at /resources/1/resourceMethods/GET/requestModels/text~1xml)",
        ),
        (
            api(|api| {
                let responses = &mut method(api).method_responses;
                let mut other = responses[0].clone();
                responses[0].response_models = Some(models(&[("text/xml", "Pet")]));
                other.status_code = "400".to_owned();
                other.response_models = Some(models(&[("application/json", "Pet")]));
                responses.insert("400".to_owned(), other);
            }),
            "warning: Swagger 2.0 has one list of media types for all responses: importing it gives \
             each of them the types of the others (at \
             /resources/1/resourceMethods/GET/methodResponses)",
        ),
    ] {
        let [swagger, openapi] = FORMATS.map(|format| written(&document, &whole(format)).remarks);
        assert_eq!(lines(&swagger), [told]);
        assert_eq!(lines(&openapi), [""; 0]);
        let told = there_and_back(&document, &whole(FORMATS[1]), "too rich");
        assert!(told.is_empty());
    }
}

#[test]
fn a_variable_that_is_not_declared_is_told() {
    let mut document = api(|_| {});
    document.resources[1].path = "/{x}".to_owned();
    document.resources[1].path_part = Some("{x}".to_owned());
    let exported = written(&document, &whole(ExportFormat::OpenApi3));
    assert_eq!(
        lines(&exported.remarks),
        [
            "note: importing it declares `method.request.path.x`, which is in the path (at \
             /resources/1/resourceMethods/GET)"
        ]
    );
    assert_eq!(
        exported.remarks.iter().next().unwrap().severity,
        Severity::Note
    );
}

#[test]
fn schemes_of_authorizers_have_their_names() {
    let mut document = api(|api| {
        api.authorizers = ["api_key", "sigv4"]
            .map(|name| {
                let mut one = Authorizer::new(name, name, AuthorizerType::Token);
                one.authorizer_uri = Some("arn:x".to_owned());
                one.identity_source = Some("method.request.header.Auth".to_owned());
                one
            })
            .into();
        let method = method(api);
        method.authorization_type = AuthorizationType::AwsIam;
        method.api_key_required = true;
    });
    for format in FORMATS {
        let told = there_and_back(&document, &whole(format), "names");
        assert!(told.is_empty(), "{told}");
    }
    // Locked, and not by what may become the name of another scheme.
    method(&mut document).authorization_type = AuthorizationType::Custom;
    method(&mut document).authorizer_id = Some("api_key_".to_owned());
    let told = there_and_back(&document, &whole(FORMATS[0]), "locked");
    assert_eq!(told.len(), 1, "{told}");
}

#[test]
fn what_has_no_document_is_refused() {
    let mut document = api(|_| {});
    document.models[1].content_type = "application/xml".to_owned();
    let refused = export(&document, &plain(ExportFormat::Swagger2)).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "Only found non-JSON body models for Cat"
    );
    let mut options = plain(ExportFormat::OpenApi3);
    options.notation = Notation::Yaml;
    let exported = export(&api(|_| {}), &options);
    if cfg!(feature = "yaml") {
        assert!(exported.unwrap().text.starts_with("openapi: 3.0.1\n"));
    } else {
        assert_eq!(exported.map(|_| ()).unwrap_err(), ExportError::NoYaml);
    }
}
