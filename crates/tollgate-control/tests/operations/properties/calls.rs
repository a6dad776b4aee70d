//! Calls that are made at random, and what they are made of.

/// A call that is made at random: `<name>` stands for something of that name, known or not.
pub(super) struct Row {
    pub(super) verb: &'static str,
    pub(super) path: &'static str,
    /// Bodies; of a `PATCH`, paths and values that fit.
    pub(super) bodies: &'static [&'static str],
    /// How often it is chosen.
    pub(super) weight: usize,
    /// What a successful answer adds to the known names, and the member that it is in.
    pub(super) makes: Option<(&'static str, &'static str)>,
}

const fn row(verb: &'static str, path: &'static str, bodies: &'static [&'static str]) -> Row {
    Row {
        verb,
        path,
        bodies,
        weight: 4,
        makes: None,
    }
}

const fn patch(path: &'static str, fitting: &'static [&'static str]) -> Row {
    row("PATCH", path, fitting)
}

const fn delete(path: &'static str) -> Row {
    let row = row("DELETE", path, NOTHING);
    Row { weight: 1, ..row }
}

impl Row {
    const fn making(self, name: &'static str, member: &'static str) -> Self {
        let makes = Some((name, member));
        Self { makes, ..self }
    }

    const fn seldom(self) -> Self {
        Self { weight: 1, ..self }
    }
}

const NOTHING: &[&str] = &[""];
pub(super) const METHOD: &str = "/restapis/<api>/resources/<resource>/methods/<method>";

pub(super) const ROWS: &[Row] = &[
    row(
        "POST",
        "/restapis",
        &[
            r#"{"name": "a"}"#,
            r#"{"name": "a", "cloneFrom": "<api>", "tags": {"a": "b"}}"#,
            r#"{"name": "a", "endpointConfiguration": {"types": ["PRIVATE"], "vpcEndpointIds": ["x"]}}"#,
            r#"{"name": ""}"#,
            r#"{"name": 1}"#,
            "{",
        ],
    )
    .making("api", "id")
    .seldom(),
    patch("/restapis/<api>", &["/name b", "/description b", "/binaryMediaTypes/a~1b c/d", "/minimumCompressionSize 5", "/endpointConfiguration/types/0 REGIONAL", "/policy ", "/apiKeySource AUTHORIZER"]),
    delete("/restapis/<api>"),
    row(
        "POST",
        "/restapis/<api>/resources/<resource>",
        &[
            r#"{"pathPart": "a"}"#,
            r#"{"pathPart": "b"}"#,
            r#"{"pathPart": "{c}"}"#,
            r#"{"pathPart": "{d+}"}"#,
            r#"{"pathPart": "/"}"#,
        ],
    )
    .making("resource", "id"),
    patch("/restapis/<api>/resources/<resource>", &["/pathPart e", "/parentId <resource>", "/pathPart {g}"]),
    delete("/restapis/<api>/resources/<resource>"),
    row(
        "PUT",
        METHOD,
        &[
            r#"{"authorizationType": "NONE"}"#,
            r#"{"authorizationType": "CUSTOM", "authorizerId": "<authorizer>"}"#,
            r#"{"authorizationType": "AWS_IAM", "requestValidatorId": "<validator>",
                "requestModels": {"a/b": "<model>"},
                "requestParameters": {"method.request.header.x": true}}"#,
            "{}",
        ],
    ),
    patch(METHOD, &["/authorizationType CUSTOM", "/authorizerId <authorizer>", "/requestValidatorId <validator>", "/requestModels/a~1b <model>", "/requestParameters/method.request.header.y true", "/authorizationScopes a", "/apiKeyRequired true"]),
    delete(METHOD),
    row(
        "PUT",
        "/restapis/<api>/resources/<resource>/methods/<method>/responses/<status>",
        &[
            "",
            r#"{"responseParameters": {"method.response.header.x": true},
                "responseModels": {"a/b": "<model>"}}"#,
            r#"{"responseParameters": {}, "responseModels": {}}"#,
        ],
    ),
    patch("/restapis/<api>/resources/<resource>/methods/<method>/responses/<status>", &["/responseParameters/method.response.header.x true", "/responseModels/a~1b <model>"]),
    delete("/restapis/<api>/resources/<resource>/methods/<method>/responses/<status>"),
    row(
        "PUT",
        "/restapis/<api>/resources/<resource>/methods/<method>/integration",
        &[
            r#"{"type": "MOCK", "requestTemplates": {"a/b": "x"}}"#,
            r#"{"type": "HTTP", "httpMethod": "GET", "uri": "http://localhost",
                "requestParameters": {"integration.request.header.x": "'y'"}}"#,
            r#"{"type": "AWS_PROXY", "uri": "arn:aws:apigateway:us-east-1:lambda:path/f/invocations"}"#,
            r#"{"type": "MOCK", "timeoutInMillis": -1}"#,
        ],
    ),
    patch("/restapis/<api>/resources/<resource>/methods/<method>/integration", &["/timeoutInMillis 100", "/cacheKeyParameters/x ", "/requestParameters/integration.request.header.x 'y'", "/requestTemplates/a~1b x", "/contentHandling CONVERT_TO_TEXT", "/uri http://localhost/a", "/passthroughBehavior NEVER"]),
    delete("/restapis/<api>/resources/<resource>/methods/<method>/integration"),
    row(
        "PUT",
        "/restapis/<api>/resources/<resource>/methods/<method>/integration/responses/<status>",
        &[
            "",
            r#"{"selectionPattern": "x", "responseTemplates": {"a/b": null, "a/c": "", "a/d": "x"}}"#,
            r#"{"responseParameters": {"method.response.header.x": "'y'"}}"#,
        ],
    ),
    patch("/restapis/<api>/resources/<resource>/methods/<method>/integration/responses/<status>", &["/responseParameters/method.response.header.x 'y'", "/responseTemplates/a~1b ", "/selectionPattern .*", "/contentHandling CONVERT_TO_BINARY"]),
    delete("/restapis/<api>/resources/<resource>/methods/<method>/integration/responses/<status>"),
    row(
        "POST",
        "/restapis/<api>/models",
        &[
            r#"{"name": "Pet", "contentType": "application/json", "schema": "{\"items\": {}}"}"#,
            r#"{"name": "Dog", "contentType": "application/json", "schema":
                "{\"$ref\": \"https://apigateway.amazonaws.com/restapis/<api>/models/Pet\"}"}"#,
            r#"{"name": "X_Y", "contentType": "application/json"}"#,
        ],
    )
    .making("model", "name"),
    patch("/restapis/<api>/models/<model>", &["/description b", "/schema {}"]),
    delete("/restapis/<api>/models/<model>"),
    row("GET", "/restapis/<api>/models/<model>?flatten=true", NOTHING),
    row("GET", "/restapis/<api>/models/<model>/default_template", NOTHING),
    row(
        "POST",
        "/restapis/<api>/requestvalidators",
        &["", r#"{"name": "a", "validateRequestBody": true}"#, r#"{"name": ""}"#],
    )
    .making("validator", "id"),
    patch("/restapis/<api>/requestvalidators/<validator>", &["/name b", "/validateRequestBody true"]),
    delete("/restapis/<api>/requestvalidators/<validator>"),
    row(
        "POST",
        "/restapis/<api>/authorizers",
        &[
            r#"{"name": "a", "type": "COGNITO_USER_POOLS", "providerARNs": ["x"]}"#,
            r#"{"name": "b", "type": "REQUEST", "authorizerResultTtlInSeconds": 0,
                "authorizerUri": "arn:aws:apigateway:us-east-1:lambda:path/f/invocations"}"#,
            r#"{"name": "c", "type": "TOKEN"}"#,
        ],
    )
    .making("authorizer", "id"),
    patch("/restapis/<api>/authorizers/<authorizer>", &["/name d", "/providerARNs y", "/authorizerResultTtlInSeconds 60", "/identitySource method.request.header.x", "/type REQUEST"]),
    delete("/restapis/<api>/authorizers/<authorizer>"),
    row("POST", "/restapis/<api>/authorizers/<authorizer>", NOTHING).seldom(),
    row(
        "PUT",
        "/restapis/<api>/gatewayresponses/<type>",
        &[
            "",
            r#"{"statusCode": "420"}"#,
            r#"{"responseParameters": {"gatewayresponse.header.x": "'y'"}}"#,
            r#"{"responseTemplates": {"a/b": "x"}}"#,
        ],
    ),
    patch("/restapis/<api>/gatewayresponses/<type>", &["/statusCode 499", "/responseParameters/gatewayresponse.header.x 'y'", "/responseTemplates/application~1json {}"]),
    delete("/restapis/<api>/gatewayresponses/<type>"),
    row(
        "POST",
        "/restapis/<api>/documentation/parts",
        &[
            r#"{"location": {"type": "API"}, "properties": "{}"}"#,
            r#"{"location": {"type": "METHOD", "path": "/a"}, "properties": "{\"a\": 1}"}"#,
            r#"{"location": {"type": "MODEL"}, "properties": "{}"}"#,
        ],
    )
    .making("part", "id"),
    row(
        "PUT",
        "/restapis/<api>/documentation/parts?mode=overwrite",
        &[
            r#"{"swagger": "2.0", "x-amazon-apigateway-documentation": {"documentationParts":
                [{"location": {"type": "METHOD"}, "properties": {"b": 2}}]}}"#,
            "swagger: '2.0'",
            "[",
        ],
    ),
    patch("/restapis/<api>/documentation/parts/<part>", &["/properties {\"c\": 3}"]),
    delete("/restapis/<api>/documentation/parts/<part>"),
    row(
        "POST",
        "/restapis/<api>/documentation/versions",
        &[
            r#"{"documentationVersion": "1"}"#,
            r#"{"documentationVersion": "1/2 ä", "description": "x"}"#,
            r#"{"documentationVersion": "2", "stageName": "none"}"#,
        ],
    )
    .making("version", "version"),
    patch("/restapis/<api>/documentation/versions/<version>", &["/description b"]),
    delete("/restapis/<api>/documentation/versions/<version>"),
    row(
        "POST",
        "/restapis?mode=import",
        &[
            r#"{"swagger": "2.0", "info": {"title": "a"}, "paths": {"/a": {"get": {
                "x-amazon-apigateway-integration": {"type": "mock"}}}}}"#,
            "[",
        ],
    )
    .making("api", "id")
    .seldom(),
    row(
        "PUT",
        "/restapis/<api>?mode=merge",
        &[
            r#"{"swagger": "2.0", "info": {"title": "a"}, "paths": {"/a": {"get": {
                "x-amazon-apigateway-integration": {"type": "mock"}}}}}"#,
            r#"{"openapi": "3.0.1", "info": {"title": "a"}, "paths": {"/{x}/b": {"post": {}}}}"#,
            "a: b",
        ],
    )
    .seldom(),
    row(
        "PUT",
        "/restapis/<api>?mode=overwrite",
        &[r#"{"swagger": "2.0", "info": {"title": "b"}, "paths": {}}"#],
    )
    .seldom(),
    row(
        "POST",
        "/restapis/<api>/deployments",
        &[
            r#"{"stageName": "prod", "variables": {"a": "b"}}"#,
            "",
            r#"{"stageName": "<stage>", "canarySettings": {"percentTraffic": 30}}"#,
        ],
    )
    .making("deployment", "id"),
    patch("/restapis/<api>/deployments/<deployment>", &["/description b"]),
    delete("/restapis/<api>/deployments/<deployment>"),
    row(
        "POST",
        "/restapis/<api>/stages",
        &[
            r#"{"stageName": "dev", "deploymentId": "<deployment>", "tags": {"a": "b"}}"#,
            r#"{"stageName": "dev.", "deploymentId": "<deployment>"}"#,
        ],
    )
    .making("stage", "stageName"),
    patch(
        "/restapis/<api>/stages/<stage>",
        &[
            "/description b",
            "/variables/a c",
            "/deploymentId <deployment>",
            "/documentationVersion <version>",
            "/tracingEnabled true",
            "/*/*/throttling/rateLimit 5",
            "/~1a/GET/caching/ttlInSeconds 5",
            "/a~1b/GET/logging/loglevel INFO",
            "/accessLogSettings/format x",
            "/canarySettings/percentTraffic 10",
            "/canarySettings/stageVariableOverrides/a d",
            "/canarySettings ",
        ],
    ),
    delete("/restapis/<api>/stages/<stage>"),
    row(
        "GET",
        "/restapis/<api>/stages/<stage>/exports/oas30?extensions=integrations,documentation",
        NOTHING,
    ),
    row(
        "POST",
        "/apikeys",
        &[
            r#"{"name": "a", "enabled": true}"#,
            r#"{"name": "", "value": "abcdefghijklmnopqrst", "tags": {"a": "b"}}"#,
            r#"{"value": "short"}"#,
        ],
    )
    .making("key", "id"),
    row(
        "POST",
        "/apikeys?mode=import&format=csv",
        &["name,key,usageplanIds\na,abcdefghijklmnopqrstuvwxyz0123,<plan>\n", "a"],
    )
    .seldom(),
    patch(
        "/apikeys/<key>",
        &["/name b", "/description b", "/enabled false", "/customerId c"],
    ),
    delete("/apikeys/<key>"),
    row(
        "POST",
        "/usageplans",
        &[
            r#"{"name": "a", "apiStages": [{"apiId": "<api>", "stage": "<stage>"}]}"#,
            r#"{"name": "b", "quota": {"limit": 5, "period": "DAY"},
                "throttle": {"rateLimit": 1.5, "burstLimit": 2}}"#,
            r#"{"name": "b", "quota": {"limit": -5, "period": "DAY"}}"#,
        ],
    )
    .making("plan", "id"),
    patch(
        "/usageplans/<plan>",
        &[
            "/name b",
            "/apiStages <api>:<stage>",
            "/apiStages/<api>:<stage>/throttle {\"/a/GET\": {\"rateLimit\": 1, \"burstLimit\": 1}}",
            "/apiStages/<api>:<stage>/throttle/~1a/GET/rateLimit 2",
            "/quota/limit 7",
            "/quota/period WEEK",
            "/throttle/rateLimit 2.5",
            "/throttle ",
        ],
    ),
    delete("/usageplans/<plan>"),
    row(
        "POST",
        "/usageplans/<plan>/keys",
        &[r#"{"keyId": "<key>", "keyType": "API_KEY"}"#, "{}"],
    ),
    delete("/usageplans/<plan>/keys/<key>"),
    row(
        "POST",
        "/domainnames",
        &[
            r#"{"domainName": "a.example.com"}"#,
            r#"{"domainName": "*.example.com", "endpointConfiguration": {"types": ["REGIONAL"]}}"#,
            r#"{"domainName": "/"}"#,
        ],
    )
    .making("domain", "domainName"),
    patch(
        "/domainnames/<domain>",
        &["/securityPolicy TLS_1_2", "/endpointConfiguration/types/EDGE REGIONAL"],
    ),
    delete("/domainnames/<domain>"),
    row(
        "POST",
        "/domainnames/<domain>/basepathmappings",
        &[
            r#"{"restApiId": "<api>", "stage": "<stage>"}"#,
            r#"{"restApiId": "<api>", "basePath": "a"}"#,
            r#"{"restApiId": "<api>", "basePath": "/"}"#,
        ],
    )
    .making("base", "basePath"),
    patch(
        "/domainnames/<domain>/basepathmappings/<base>",
        &["/stage <stage>", "/basePath b", "/restapiId <api>"],
    ),
    delete("/domainnames/<domain>/basepathmappings/<base>"),
];

/// Names that are there from the beginning, or never.
pub(super) const NAMES: &[(&str, &[&str])] = &[
    ("method", &["GET", "GET", "GET", "POST", "ANY", "get"]),
    ("status", &["200", "200", "200", "404", "20"]),
    (
        "type",
        &["DEFAULT_4XX", "DEFAULT_5XX", "THROTTLED", "OTHER"],
    ),
    ("model", &["Empty", "Error"]),
];

/// Names that nothing has.
pub(super) const UNKNOWN: &[&str] = &["none", "a/b", "ä", "~0%"];

pub(super) const PATCH_OPS: &[&str] = &[
    "replace", "replace", "replace", "replace", "replace", "add", "add", "add", "remove", "remove",
    "copy", "x",
];

pub(super) const PATCH_PATHS: &[&str] = &[
    "/name",
    "/description",
    "/parentId",
    "/pathPart",
    "/authorizationType",
    "/authorizerId",
    "/requestValidatorId",
    "/requestModels/a~1b",
    "/requestParameters/method.request.header.y",
    "/authorizationScopes",
    "/responseParameters/method.response.header.x",
    "/responseParameters/gatewayresponse.header.x",
    "/responseModels/a~1b",
    "/responseTemplates/a~1b",
    "/requestTemplates/a~1b",
    "/requestParameters/integration.request.header.x",
    "/selectionPattern",
    "/statusCode",
    "/timeoutInMillis",
    "/cacheKeyParameters/x",
    "/contentHandling",
    "/uri",
    "/schema",
    "/validateRequestBody",
    "/authorizerUri",
    "/authorizerResultTtlInSeconds",
    "/identitySource",
    "/providerARNs",
    "/type",
    "/properties",
    "/binaryMediaTypes/a~1b",
    "/minimumCompressionSize",
    "/endpointConfiguration/types/0",
    "/endpointConfiguration/vpcEndpointIds",
    "/policy",
    "",
    "/",
    "name",
    "/~1~0~",
];

pub(super) const PATCH_VALUES: &[&str] = &[
    "",
    "a",
    "true",
    "NONE",
    "CUSTOM",
    "<authorizer>",
    "<validator>",
    "<model>",
    "<resource>",
    "'x'",
    "200",
    "-1",
    "99999999999999999999",
    "{}",
    "{\"items\": {}}",
    "REGIONAL",
    "{e}",
    "{f+}",
    "TOKEN",
    "\u{0}ä",
];
