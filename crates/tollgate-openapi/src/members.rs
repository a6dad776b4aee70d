//! What becomes of the members of each kind of object: the one place where it is decided.
//!
//! | a member | becomes |
//! |---|---|
//! | with a meaning for a REST API | read |
//! | that only describes the API to people or to other tools, or that AWS documents as ignored and for HTTP APIs only | a note |
//! | that would change what a client sees or what is checked, but cannot be honoured | a warning that says why |
//! | that nobody knows: a misspelt member, an unknown extension of API Gateway | a warning |
//! | that protects elsewhere and nothing where it stands, such as `security` of a path item | an error |
//!
//! Extensions that do not begin with `x-amazon-apigateway-` speak to other tools, and get a note.
//! `host`, `schemes` and `servers` describe where the API was; AWS is silent about them.

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
}

/// Members that protect something, in the right place.
const PROTECTIONS: [&str; 4] = [
    "security",
    "x-amazon-apigateway-auth",
    "x-amazon-apigateway-authorizer",
    "x-amazon-apigateway-policy",
];

/// The members of one kind of object.
#[derive(Debug)]
pub(crate) struct Table {
    used: &'static [&'static str],
    irrelevant: &'static [&'static str],
    ignored: &'static [(&'static str, &'static str)],
}

impl Table {
    pub(crate) fn fate(&self, name: &str) -> Fate {
        if self.used.contains(&name) {
            Fate::Used
        } else if self.irrelevant.contains(&name) {
            Fate::Irrelevant
        } else if let Some((_, why)) = self.ignored.iter().find(|(one, _)| *one == name) {
            Fate::Ignored(why)
        } else if PROTECTIONS.contains(&name) {
            Fate::Misplaced
        } else if name.starts_with("x-") && !name.starts_with("x-amazon-apigateway-") {
            Fate::Irrelevant
        } else {
            Fate::Unknown
        }
    }
}

const NOT_YET: &str = "documentation parts are not read";
const NOT_HERE: &str = "it has no counterpart in a REST API";
const NO_TLS: &str = "the server's own configuration decides about TLS";

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
        "x-amazon-apigateway-endpoint-configuration",
        "x-amazon-apigateway-gateway-responses",
        "x-amazon-apigateway-minimum-compression-size",
        "x-amazon-apigateway-policy",
        "x-amazon-apigateway-request-validator",
        "x-amazon-apigateway-request-validators",
    ],
    irrelevant: &[
        "host",
        "schemes",
        "tags",
        "externalDocs",
        "x-amazon-apigateway-cors",
        "x-amazon-apigateway-importexport-version",
    ],
    ignored: &[
        ("x-amazon-apigateway-documentation", NOT_YET),
        ("x-amazon-apigateway-endpoint-access-mode", NO_TLS),
        ("x-amazon-apigateway-security-policy", NO_TLS),
    ],
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
        "x-amazon-apigateway-endpoint-configuration",
        "x-amazon-apigateway-gateway-responses",
        "x-amazon-apigateway-minimum-compression-size",
        "x-amazon-apigateway-policy",
        "x-amazon-apigateway-request-validator",
        "x-amazon-apigateway-request-validators",
    ],
    irrelevant: SWAGGER_2.irrelevant,
    ignored: SWAGGER_2.ignored,
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

pub(crate) const OPERATION: Table = Table {
    used: &[
        "operationId",
        "consumes",
        "produces",
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
        "schemes",
        "servers",
        "isDefaultRoute",
    ],
    ignored: &[("callbacks", NOT_HERE)],
};

/// Parameters differ in what they say about their values, none of which AWS reads.
pub(crate) const PARAMETER: Table = Table {
    used: &["name", "in", "required", "schema"],
    irrelevant: &[
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

pub(crate) const RESPONSE: Table = Table {
    used: &["schema", "content", "headers"],
    irrelevant: &["description", "examples", "links"],
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
    ],
    irrelevant: &[
        "authorizerPayloadFormatVersion",
        "enableSimpleResponses",
        "jwtConfiguration",
    ],
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
            assert_eq!(OPERATION.fate(name), fate, "{name}");
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
            OPERATION,
            PARAMETER,
            REQUEST_BODY,
            MEDIA_TYPE,
            RESPONSE,
            REFERENCE,
            INTEGRATION,
            TLS_CONFIG,
            INTEGRATION_RESPONSE,
            GATEWAY_RESPONSE,
            REQUEST_VALIDATOR,
            SECURITY_SCHEME,
            AUTHORIZER,
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
