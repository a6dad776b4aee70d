//! Documents as they travel: AWS's spelling, read and written without loss.

use serde_json::{Value, json};
use tollgate_core::GatewayResponseType;
use tollgate_model::{
    ApiDocument, ApiKeySource, AuthorizationType, Authorizer, AuthorizerType, ConnectionType,
    HttpMethod, Integration, IntegrationType, Method, PassthroughBehavior, Resource, Stage,
};

/// Every member that this version knows, set to something other than its default.
fn whole() -> Value {
    serde_json::from_str(include_str!("whole.json")).expect("it is JSON")
}

#[test]
fn a_document_is_written_as_it_was_read() {
    let document: ApiDocument = serde_json::from_value(whole()).unwrap();
    assert_eq!(serde_json::to_value(&document).unwrap(), whole());
    let again: ApiDocument = serde_json::from_value(whole()).unwrap();
    assert_eq!(again, document);

    assert_eq!(document.rest_api.api_key_source, ApiKeySource::Authorizer);
    assert_eq!(
        document.gateway_responses[0].response_type,
        GatewayResponseType::Default4xx
    );
    let method = &document.resource("/pets").unwrap().resource_methods[&HttpMethod::Any];
    assert_eq!(
        method.authorization_type,
        AuthorizationType::CognitoUserPools
    );
    let integration = method.method_integration.as_ref().unwrap();
    assert_eq!(integration.kind, IntegrationType::HttpProxy);
    assert_eq!(integration.connection_type, Some(ConnectionType::VpcLink));
}

/// What AWS fills in is filled in, what it leaves out is left out.
#[test]
fn what_is_not_there_has_its_default() {
    let document: ApiDocument = serde_json::from_value(json!({ "name": "x" })).unwrap();
    assert_eq!(document, ApiDocument::new("x"));
    assert_eq!(
        serde_json::to_value(&document).unwrap(),
        json!({
            "name": "x", "apiKeySource": "HEADER", "disableExecuteApiEndpoint": false,
            "resources": []
        })
    );
    let integration: Integration = serde_json::from_value(json!({ "type": "MOCK" })).unwrap();
    assert_eq!(integration, Integration::new(IntegrationType::Mock));
    assert_eq!(
        integration.passthrough_behavior,
        PassthroughBehavior::WhenNoMatch
    );
    let method: Method = serde_json::from_value(json!({ "httpMethod": "GET" })).unwrap();
    assert_eq!(method, Method::new(HttpMethod::Get));
    let authorizer = json!({ "id": "a", "name": "n", "type": "TOKEN" });
    let authorizer: Authorizer = serde_json::from_value(authorizer).unwrap();
    assert_eq!(authorizer, Authorizer::new("a", "n", AuthorizerType::Token));
    let stage: Stage = serde_json::from_value(json!({ "stageName": "prod" })).unwrap();
    assert_eq!(stage, Stage::new("prod".parse().unwrap()));
}

#[test]
fn values_that_aws_does_not_have_are_refused() {
    for (document, said) in [
        (json!({ "name": "x", "apiKeySource": "COOKIE" }), "COOKIE"),
        (
            json!({ "name": "x", "gatewayResponses": [{ "responseType": "NOPE" }] }),
            "NOPE",
        ),
        (json!({ "name": "x", "resources": [{ "id": "a" }] }), "path"),
        (json!({}), "name"),
    ] {
        let error = serde_json::from_value::<ApiDocument>(document)
            .unwrap_err()
            .to_string();
        assert!(error.contains(said), "{error}");
    }
}

#[test]
fn documents_spell_enumerations_in_any_case() {
    assert_eq!("http_proxy".parse(), Ok(IntegrationType::HttpProxy));
    assert_eq!(
        "When_No_Match".parse(),
        Ok(PassthroughBehavior::WhenNoMatch)
    );
    let error = "moc".parse::<IntegrationType>().unwrap_err().to_string();
    assert_eq!(
        error,
        "unknown integration type \"moc\", expected one of HTTP, AWS, MOCK, HTTP_PROXY, AWS_PROXY"
    );
    for method in HttpMethod::ALL {
        assert_eq!(method.as_str().parse(), Ok(*method));
    }
}

#[test]
fn children_know_their_paths() {
    let root = Resource::root("root".into());
    let pets = root.child("pets".into(), "pets");
    let pet = pets.child("pet".into(), "{id}");
    assert_eq!((root.path.as_str(), pets.path.as_str()), ("/", "/pets"));
    assert_eq!(pet.path, "/pets/{id}");
    assert_eq!(pet.parent_id, Some("pets".into()));
}

/// What is around documents is written as the service writes it.
#[test]
fn settings_are_spelled_as_on_the_wire() {
    fn same<T: serde::Serialize + serde::de::DeserializeOwned>(text: &str) {
        let json: Value = serde_json::from_str(text).expect("it is JSON");
        let read: T = serde_json::from_str(text).expect("it is read");
        assert_eq!(serde_json::to_value(read).expect("it is written"), json);
    }
    same::<Stage>(
        r#"{
            "stageName": "prod", "deploymentId": "abc123", "description": "d",
            "variables": { "color": "green" }, "clientCertificateId": "cert00",
            "methodSettings": { "*/*": {
                "metricsEnabled": false, "loggingLevel": "INFO", "dataTraceEnabled": false,
                "throttlingBurstLimit": 5000, "throttlingRateLimit": 10000.0,
                "cachingEnabled": false, "cacheTtlInSeconds": 300, "cacheDataEncrypted": false,
                "requireAuthorizationForCacheControl": true,
                "unauthorizedCacheControlHeaderStrategy": "SUCCEED_WITH_RESPONSE_HEADER"
            } },
            "cacheClusterEnabled": true, "cacheClusterSize": "0.5", "documentationVersion": "v1",
            "accessLogSettings": { "format": "$context.requestId", "destinationArn": "arn:aws:x" },
            "canarySettings": {
                "percentTraffic": 30.0, "deploymentId": "def456",
                "stageVariableOverrides": { "color": "blue" }, "useStageCache": true
            },
            "tracingEnabled": true, "tags": { "team": "pets" },
            "createdDate": 1700000000, "lastUpdatedDate": 1700000001
        }"#,
    );
    same::<tollgate_model::UsagePlan>(
        r#"{
            "id": "plan01", "name": "gold", "description": "d",
            "apiStages": [ { "apiId": "a1b2c3d4e5", "stage": "prod",
                "throttle": { "/pets/GET": { "burstLimit": 5, "rateLimit": 2.5 } } } ],
            "throttle": { "burstLimit": 200, "rateLimit": 100.0 },
            "quota": { "limit": 1000, "offset": 2, "period": "MONTH" },
            "productCode": "p", "tags": { "team": "pets" },
            "home": { "accountId": "000000000042", "region": "eu-west-1" }
        }"#,
    );
    same::<tollgate_model::ApiKey>(
        r#"{
            "id": "key0000001", "value": "let-me-in-let-me-in-let-me", "name": "ada",
            "customerId": "c", "description": "d", "enabled": true, "createdDate": 1,
            "lastUpdatedDate": 2, "stageKeys": [], "tags": { "team": "pets" },
            "home": { "accountId": "000000000042", "region": "eu-west-1" }
        }"#,
    );
    same::<tollgate_model::DomainName>(
        r#"{
            "domainName": "api.example.com", "domainNameId": "abc123",
            "certificateName": "c", "certificateArn": "arn:aws:acm:us-east-1:1:certificate/c",
            "certificateUploadDate": 1700000000,
            "distributionDomainName": "d1.cloudfront.net",
            "regionalCertificateName": "r",
            "regionalCertificateArn": "arn:aws:acm:eu-west-1:1:certificate/r",
            "regionalDomainName": "d-1.execute-api.eu-west-1.amazonaws.com",
            "ownershipVerificationCertificateArn": "arn:aws:acm:eu-west-1:1:certificate/o",
            "mutualTlsAuthentication": { "truststoreUri": "s3://b/t.pem", "truststoreVersion": "1" },
            "endpointConfiguration": { "types": ["REGIONAL"], "ipAddressType": "ipv4" },
            "securityPolicy": "TLS_1_2", "endpointAccessMode": "STRICT",
            "policy": "{}", "managementPolicy": "{}",
            "routingMode": "ROUTING_RULE_THEN_BASE_PATH_MAPPING", "tags": { "team": "pets" },
            "home": { "accountId": "000000000042", "region": "eu-west-1" }
        }"#,
    );
    same::<tollgate_model::VpcLink>(
        r#"{
            "id": "link00", "name": "n", "description": "d", "targetArns": ["arn:aws:x"],
            "status": "AVAILABLE", "statusMessage": "ready", "tags": { "team": "pets" },
            "home": { "accountId": "000000000042", "region": "eu-west-1" }
        }"#,
    );
    same::<tollgate_model::ClientCertificate>(
        r#"{
            "clientCertificateId": "cert00", "description": "d", "pemEncodedCertificate": "c",
            "privateKey": "k", "createdDate": 1, "expirationDate": 2, "tags": { "team": "pets" },
            "home": { "accountId": "000000000042", "region": "eu-west-1" }
        }"#,
    );
    same::<tollgate_model::Account>(
        r#"{
            "home": { "accountId": "000000000042", "region": "eu-west-1" },
            "cloudwatchRoleArn": "arn:aws:iam::000000000042:role/r", "features": ["UsagePlans"]
        }"#,
    );
    same::<tollgate_model::DocumentationVersion>(
        r#"{
            "version": "v1", "createdDate": 1, "description": "d",
            "parts": [{ "id": "doc000", "location": { "type": "API" }, "properties": "{}" }]
        }"#,
    );
}

#[test]
fn values_of_keys_do_not_show() {
    let mut key = tollgate_model::ApiKey::new("key0000001");
    key.value = Some("let-me-in-let-me-in-let-me".to_owned());
    assert!(!format!("{key:?}").contains("let-me-in"));
    let certificate = tollgate_model::ClientCertificate::new("cert00", "public", "let-me-in");
    assert!(!format!("{certificate:?}").contains("let-me-in"));
}
