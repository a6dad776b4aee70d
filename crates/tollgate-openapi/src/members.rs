//! What becomes of the members of each kind of object: the one place where it is decided.
//!
//! | a member | becomes |
//! |---|---|
//! | with a meaning for a REST API | read |
//! | that only describes the API to people or to other tools, or that AWS documents as ignored and for HTTP APIs only | a note |
//! | that would change what a client sees or what is checked, but cannot be honoured | a warning that says why |
//! | that nobody knows: a misspelt member, an unknown extension of API Gateway | a warning |
//! | that protects elsewhere and nothing where it stands, such as `security` of a path item, or that may be a slip for one that protects | an error |
//!
//! Extensions that do not begin with `x-amazon-apigateway-` speak to other tools, and get a note.
//! `host`, `schemes` and `servers` describe where the API was; AWS is silent about them.

use crate::suggestions::slips;

/// What becomes of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It is read.
    Used,
    /// It changes nothing.
    Irrelevant,
    /// It is left out, for a reason.
    Ignored(&'static str),
    /// Nobody knows it.
    Unknown,
    /// Its author means to protect something that it does not.
    Misplaced,
    /// It may be a slip for a member that would protect something.
    Misspelt(&'static str),
}

/// Members that protect something in the right place, and what that is.
const PROTECTIONS: [(&str, &str); 5] = [
    (
        "security",
        "an operation, or to the document for all of them",
    ),
    ("x-amazon-apigateway-auth", "an operation"),
    ("x-amazon-apigateway-authorizer", "a security scheme"),
    ("x-amazon-apigateway-authtype", "a security scheme"),
    ("x-amazon-apigateway-policy", "the document"),
];

/// Other extensions of API Gateway and other members that are known by their name alone, and what
/// they belong to.
const HOMES: [(&str, &str); 25] = [
    ("x-amazon-apigateway-any-method", "a path item"),
    ("x-amazon-apigateway-api-key-source", "the document"),
    ("x-amazon-apigateway-binary-media-types", "the document"),
    ("x-amazon-apigateway-cors", "the document"),
    ("x-amazon-apigateway-documentation", "the document"),
    ("x-amazon-apigateway-endpoint-access-mode", "the document"),
    (
        "x-amazon-apigateway-endpoint-configuration",
        "the document or its first server",
    ),
    ("x-amazon-apigateway-gateway-responses", "the document"),
    ("x-amazon-apigateway-integration", "an operation"),
    ("x-amazon-apigateway-integrations", "`components`"),
    (
        "x-amazon-apigateway-minimum-compression-size",
        "the document",
    ),
    (
        "x-amazon-apigateway-request-validator",
        "an operation, or to the document for all of them",
    ),
    ("x-amazon-apigateway-request-validators", "the document"),
    ("x-amazon-apigateway-security-policy", "the document"),
    (
        "basePath",
        "Swagger 2.0: in OpenAPI 3.0 it is the path of the first of `servers`",
    ),
    (
        "components",
        "OpenAPI 3.0: in Swagger 2.0 its members stand in the document itself",
    ),
    (
        "consumes",
        "Swagger 2.0: in OpenAPI 3.0 media types are the names in `content`",
    ),
    (
        "produces",
        "Swagger 2.0: in OpenAPI 3.0 media types are the names in `content`",
    ),
    (
        "content",
        "OpenAPI 3.0: in Swagger 2.0 a body has a `schema`",
    ),
    (
        "definitions",
        "Swagger 2.0: in OpenAPI 3.0 it is `components.schemas`",
    ),
    (
        "requestBody",
        "OpenAPI 3.0: in Swagger 2.0 it is a parameter in `body`",
    ),
    (
        "securityDefinitions",
        "Swagger 2.0: in OpenAPI 3.0 it is `components.securitySchemes`",
    ),
    (
        "securitySchemes",
        "`components` of OpenAPI 3.0: in Swagger 2.0 it is `securityDefinitions`",
    ),
    (
        "servers",
        "OpenAPI 3.0: in Swagger 2.0 it is `host`, `basePath` and `schemes`",
    ),
    (
        "schemas",
        "`components` of OpenAPI 3.0: in Swagger 2.0 it is `definitions`",
    ),
];

/// What a member belongs to that stands in the wrong place.
pub(crate) fn home(name: &str) -> Option<&'static str> {
    let mut all = PROTECTIONS.iter().chain(&HOMES);
    all.find(|(one, _)| *one == name).map(|(_, home)| *home)
}

/// The protection that a name is a slip or two away from.
fn protection(name: &str) -> Option<&'static str> {
    let near = |one: &str| slips(name, one).is_some_and(|slips| slips <= 2);
    let mut names = PROTECTIONS.iter().map(|(one, _)| *one);
    names.find(|one| near(one))
}

/// The members of one kind of object.
#[derive(Debug)]
pub(crate) struct Table {
    used: &'static [&'static str],
    irrelevant: &'static [&'static str],
    ignored: &'static [(&'static str, &'static str)],
}

impl Table {
    /// The names that are known here.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.used.iter().chain(self.irrelevant).copied()
    }

    pub(crate) fn fate(&self, name: &str) -> Fate {
        if self.used.contains(&name) {
            Fate::Used
        } else if self.irrelevant.contains(&name) {
            Fate::Irrelevant
        } else if let Some((_, why)) = self.ignored.iter().find(|(one, _)| *one == name) {
            Fate::Ignored(why)
        } else if PROTECTIONS.iter().any(|(one, _)| *one == name) {
            Fate::Misplaced
        } else if let Some(meant) = protection(name) {
            Fate::Misspelt(meant)
        } else if name.starts_with("x-") && !name.starts_with("x-amazon-apigateway-") {
            Fate::Irrelevant
        } else {
            Fate::Unknown
        }
    }
}

const NOT_HERE: &str = "it has no counterpart in a REST API";

pub(crate) const SWAGGER_2: Table = Table {
    used: &[
        "swagger",
        "info",
        "basePath",
        "consumes",
        "produces",
        "paths",
        "definitions",
        "parameters",
        "responses",
        "securityDefinitions",
        "security",
        "x-amazon-apigateway-api-key-source",
        "x-amazon-apigateway-binary-media-types",
        "x-amazon-apigateway-cors",
        "x-amazon-apigateway-documentation",
        "x-amazon-apigateway-endpoint-access-mode",
        "x-amazon-apigateway-endpoint-configuration",
        "x-amazon-apigateway-gateway-responses",
        "x-amazon-apigateway-minimum-compression-size",
        "x-amazon-apigateway-policy",
        "x-amazon-apigateway-request-validator",
        "x-amazon-apigateway-request-validators",
        "x-amazon-apigateway-security-policy",
    ],
    irrelevant: &[
        "host",
        "schemes",
        "tags",
        "externalDocs",
        "x-amazon-apigateway-importexport-version",
    ],
    ignored: &[],
};

pub(crate) const OPENAPI_3: Table = Table {
    used: &[
        "openapi",
        "info",
        "servers",
        "paths",
        "components",
        "security",
        "x-amazon-apigateway-api-key-source",
        "x-amazon-apigateway-binary-media-types",
        "x-amazon-apigateway-cors",
        "x-amazon-apigateway-documentation",
        "x-amazon-apigateway-endpoint-access-mode",
        "x-amazon-apigateway-endpoint-configuration",
        "x-amazon-apigateway-gateway-responses",
        "x-amazon-apigateway-minimum-compression-size",
        "x-amazon-apigateway-policy",
        "x-amazon-apigateway-request-validator",
        "x-amazon-apigateway-request-validators",
        "x-amazon-apigateway-security-policy",
    ],
    irrelevant: SWAGGER_2.irrelevant,
    ignored: SWAGGER_2.ignored,
};

pub(crate) const CORS: Table = Table {
    used: &[
        "allowOrigins",
        "allowMethods",
        "allowHeaders",
        "exposeHeaders",
        "maxAge",
        "allowCredentials",
    ],
    irrelevant: &[],
    ignored: &[],
};

pub(crate) const INFO: Table = Table {
    used: &["title", "description", "version"],
    irrelevant: &["termsOfService", "contact", "license", "summary"],
    ignored: &[],
};

pub(crate) const COMPONENTS: Table = Table {
    used: &[
        "schemas",
        "responses",
        "parameters",
        "requestBodies",
        "securitySchemes",
        "x-amazon-apigateway-integrations",
    ],
    // Read where something refers to them; `headers` only ever by their name there.
    irrelevant: &["examples", "headers", "links", "callbacks"],
    ignored: &[],
};

pub(crate) const SERVER: Table = Table {
    used: &[
        "url",
        "variables",
        "x-amazon-apigateway-endpoint-configuration",
    ],
    irrelevant: &["description"],
    ignored: &[],
};

pub(crate) const ENDPOINT_CONFIGURATION: Table = Table {
    used: &["disableExecuteApiEndpoint", "vpcEndpointIds"],
    irrelevant: &["ipAddressType"],
    ignored: &[],
};

pub(crate) const PATH_ITEM: Table = Table {
    used: &[
        "get",
        "put",
        "post",
        "delete",
        "patch",
        "options",
        "head",
        "x-amazon-apigateway-any-method",
        "parameters",
        "$ref",
    ],
    irrelevant: &["summary", "description", "servers"],
    ignored: &[("trace", "a REST API has no method for this verb")],
};

pub(crate) const OPERATION_2: Table = Table {
    used: &[
        "operationId",
        "consumes",
        "produces",
        "parameters",
        "responses",
        "security",
        "x-amazon-apigateway-auth",
        "x-amazon-apigateway-integration",
        "x-amazon-apigateway-request-validator",
    ],
    irrelevant: &[
        "tags",
        "summary",
        "description",
        "externalDocs",
        "deprecated",
        "schemes",
        "isDefaultRoute",
    ],
    ignored: &[],
};

pub(crate) const OPERATION_3: Table = Table {
    used: &[
        "operationId",
        "parameters",
        "requestBody",
        "responses",
        "security",
        "x-amazon-apigateway-auth",
        "x-amazon-apigateway-integration",
        "x-amazon-apigateway-request-validator",
    ],
    irrelevant: &[
        "tags",
        "summary",
        "description",
        "externalDocs",
        "deprecated",
        "servers",
        "isDefaultRoute",
    ],
    ignored: &[("callbacks", NOT_HERE)],
};

pub(crate) const BODY_PARAMETER: Table = Table {
    used: &["name", "in", "schema"],
    irrelevant: &["description", "required"],
    ignored: &[],
};

/// Parameters differ in what they say about their values, none of which AWS reads.
pub(crate) const PARAMETER: Table = Table {
    used: &["name", "in", "required"],
    irrelevant: &[
        "schema",
        "description",
        "deprecated",
        "allowEmptyValue",
        "allowReserved",
        "style",
        "explode",
        "example",
        "examples",
        "content",
        "type",
        "format",
        "items",
        "collectionFormat",
        "default",
        "maximum",
        "exclusiveMaximum",
        "minimum",
        "exclusiveMinimum",
        "maxLength",
        "minLength",
        "pattern",
        "maxItems",
        "minItems",
        "uniqueItems",
        "enum",
        "multipleOf",
    ],
    ignored: &[],
};

pub(crate) const REQUEST_BODY: Table = Table {
    used: &["content"],
    irrelevant: &["description", "required"],
    ignored: &[],
};

pub(crate) const MEDIA_TYPE: Table = Table {
    used: &["schema"],
    irrelevant: &["example", "examples", "encoding"],
    ignored: &[],
};

pub(crate) const RESPONSE_2: Table = Table {
    used: &["schema", "headers"],
    irrelevant: &["description", "examples"],
    ignored: &[],
};

pub(crate) const RESPONSE_3: Table = Table {
    used: &["content", "headers"],
    irrelevant: &["description", "links"],
    ignored: &[],
};

/// Headers of responses, of which AWS reads the name alone.
pub(crate) const HEADER: Table = Table {
    used: &["$ref"],
    irrelevant: PARAMETER.irrelevant,
    ignored: &[],
};

pub(crate) const REFERENCE: Table = Table {
    used: &["$ref"],
    irrelevant: &["summary", "description"],
    ignored: &[],
};

pub(crate) const INTEGRATION: Table = Table {
    used: &[
        "type",
        "uri",
        "httpMethod",
        "credentials",
        "connectionType",
        "connectionId",
        "integrationTarget",
        "cacheNamespace",
        "cacheKeyParameters",
        "contentHandling",
        "passthroughBehavior",
        "timeoutInMillis",
        "tlsConfig",
        "requestParameters",
        "requestTemplates",
        "responses",
        "responseTransferMode",
    ],
    irrelevant: &["payloadFormatVersion", "integrationSubtype"],
    ignored: &[],
};

pub(crate) const TLS_CONFIG: Table = Table {
    used: &["insecureSkipVerification"],
    irrelevant: &["serverNameToVerify"],
    ignored: &[],
};

pub(crate) const INTEGRATION_RESPONSE: Table = Table {
    used: &[
        "statusCode",
        "responseParameters",
        "responseTemplates",
        "contentHandling",
    ],
    irrelevant: &[],
    ignored: &[],
};

pub(crate) const GATEWAY_RESPONSE: Table = Table {
    used: &["statusCode", "responseParameters", "responseTemplates"],
    irrelevant: &[],
    ignored: &[],
};

pub(crate) const REQUEST_VALIDATOR: Table = Table {
    used: &["validateRequestBody", "validateRequestParameters"],
    irrelevant: &[],
    ignored: &[],
};

pub(crate) const SECURITY_SCHEME: Table = Table {
    used: &[
        "type",
        "name",
        "in",
        "x-amazon-apigateway-authtype",
        "x-amazon-apigateway-authorizer",
    ],
    irrelevant: &[
        "description",
        "scheme",
        "bearerFormat",
        "flow",
        "flows",
        "authorizationUrl",
        "tokenUrl",
        "scopes",
        "openIdConnectUrl",
    ],
    ignored: &[],
};

pub(crate) const AUTHORIZER: Table = Table {
    used: &[
        "type",
        "authorizerUri",
        "authorizerCredentials",
        "identitySource",
        "identityValidationExpression",
        "authorizerResultTtlInSeconds",
        "providerARNs",
        "jwtConfiguration",
    ],
    irrelevant: &["authorizerPayloadFormatVersion", "enableSimpleResponses"],
    ignored: &[],
};

pub(crate) const JWT_CONFIGURATION: Table = Table {
    used: &["issuers", "defaultAlgorithms"],
    irrelevant: &[],
    ignored: &[],
};

pub(crate) const JWT_ISSUER: Table = Table {
    used: &["issuer", "audiences", "additionalClaims"],
    // The service shows what it has found out.
    irrelevant: &["jwksUri"],
    ignored: &[],
};

pub(crate) const JWT_CLAIM: Table = Table {
    used: &["claimName", "format", "required", "expectedValues"],
    irrelevant: &[],
    ignored: &[],
};

pub(crate) const DOCUMENTATION: Table = Table {
    used: &["documentationParts"],
    irrelevant: &["version", "createdDate", "description"],
    ignored: &[],
};

pub(crate) const DOCUMENTATION_PART: Table = Table {
    used: &["location", "properties"],
    irrelevant: &["id"],
    ignored: &[],
};

pub(crate) const DOCUMENTATION_LOCATION: Table = Table {
    used: &["type", "path", "method", "statusCode", "name"],
    irrelevant: &[],
    ignored: &[],
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extensions_of_others_are_passed_over_and_misspelt_ones_are_not() {
        for (name, fate) in [
            ("operationId", Fate::Used),
            ("summary", Fate::Irrelevant),
            ("x-internal-owner", Fate::Irrelevant),
            ("callbacks", Fate::Ignored(NOT_HERE)),
            ("x-amazon-apigateway-integrations", Fate::Unknown),
            ("respones", Fate::Unknown),
            ("x-amazon-apigateway-policy", Fate::Misplaced),
        ] {
            assert_eq!(OPERATION_3.fate(name), fate, "{name}");
        }
        for name in [
            "secuirty",
            "Security",
            "x-amazon-apigateway-autorizer",
            "X-Amazon-ApiGateway-Policy",
        ] {
            let fate = PATH_ITEM.fate(name);
            assert!(matches!(fate, Fate::Misspelt(_)), "{name}: {fate:?}");
        }
        for name in [
            "secure",
            "x-security-notes",
            "x-amazon-apigateway-documentation",
        ] {
            let fate = PATH_ITEM.fate(name);
            assert!(!matches!(fate, Fate::Misspelt(_)), "{name}: {fate:?}");
        }
        assert_eq!(PATH_ITEM.fate("security"), Fate::Misplaced);
    }

    #[test]
    fn no_member_has_two_fates() {
        for table in [
            SWAGGER_2,
            OPENAPI_3,
            INFO,
            COMPONENTS,
            SERVER,
            ENDPOINT_CONFIGURATION,
            PATH_ITEM,
            OPERATION_2,
            OPERATION_3,
            BODY_PARAMETER,
            PARAMETER,
            REQUEST_BODY,
            MEDIA_TYPE,
            RESPONSE_2,
            RESPONSE_3,
            HEADER,
            REFERENCE,
            INTEGRATION,
            TLS_CONFIG,
            INTEGRATION_RESPONSE,
            GATEWAY_RESPONSE,
            REQUEST_VALIDATOR,
            SECURITY_SCHEME,
            AUTHORIZER,
            JWT_CONFIGURATION,
            JWT_ISSUER,
            JWT_CLAIM,
            DOCUMENTATION,
            DOCUMENTATION_PART,
            DOCUMENTATION_LOCATION,
        ] {
            let mut names: Vec<_> = table.used.iter().chain(table.irrelevant).collect();
            names.extend(table.ignored.iter().map(|(name, _)| name));
            let all = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), all, "{table:?}");
        }
    }
}
