//! What there is to know about services.

use tollgate_iam::sigv4::PathStyle;

/// A service of AWS, as URIs of integrations name it.
///
/// What is not known here is called at its own name, and signed for it.
///
/// ```
/// use tollgate_integration::aws::Service;
///
/// let service = Service::new("states");
/// assert_eq!(service.host("eu-central-1"), "states.eu-central-1.amazonaws.com");
/// let graphql = Service::new("appsync-api").with_subdomain("abc123");
/// assert_eq!(graphql.host("us-east-1"), "abc123.appsync-api.us-east-1.amazonaws.com");
/// assert_eq!(graphql.signing_name(), "appsync");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    subdomain: Option<Box<str>>,
    name: Box<str>,
}

/// How a service is told which of its actions is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ActionProtocol {
    /// By the header `X-Amz-Target`, with JSON in the body.
    Json {
        /// What stands before the action, and a dot, in the header.
        target_prefix: &'static str,
        /// The media type of the body.
        content_type: &'static str,
    },
    /// By the parameters `Action` and `Version` of the query string.
    Query {
        /// The version of the service's API, where it is known.
        version: Option<&'static str>,
    },
    /// By verb and path, which name a bucket and an object.
    S3,
}

use ActionProtocol::{Json, Query, S3};

const JSON_1_0: &str = "application/x-amz-json-1.0";
const JSON_1_1: &str = "application/x-amz-json-1.1";

const fn json(target_prefix: &'static str, content_type: &'static str) -> ActionProtocol {
    Json {
        target_prefix,
        content_type,
    }
}

const fn query(version: &'static str) -> ActionProtocol {
    Query {
        version: Some(version),
    }
}

/// Actions by the name of their service: what the SDKs of AWS say of it.
///
/// Recorded on the gateway are DynamoDB, Kinesis and Step Functions, which are told by the header;
/// SSM, which is told by the query string though it speaks JSON, too; and EventBridge, for which API
/// authors set the header themselves, as if nothing were known about it. Those between them are
/// taken to be like the first three.
const ACTIONS: [(&str, ActionProtocol); 36] = [
    (
        "api.ecr",
        json("AmazonEC2ContainerRegistry_V20150921", JSON_1_1),
    ),
    ("athena", json("AmazonAthena", JSON_1_1)),
    ("autoscaling", query("2011-01-01")),
    ("cloudformation", query("2010-05-15")),
    ("codebuild", json("CodeBuild_20161006", JSON_1_1)),
    ("codepipeline", json("CodePipeline_20150709", JSON_1_1)),
    (
        "cognito-identity",
        json("AWSCognitoIdentityService", JSON_1_1),
    ),
    (
        "cognito-idp",
        json("AWSCognitoIdentityProviderService", JSON_1_1),
    ),
    ("comprehend", json("Comprehend_20171127", JSON_1_1)),
    ("dynamodb", json("DynamoDB_20120810", JSON_1_0)),
    ("ec2", query("2016-11-15")),
    ("ecs", json("AmazonEC2ContainerServiceV20141113", JSON_1_1)),
    ("elasticache", query("2015-02-02")),
    ("elasticbeanstalk", query("2010-12-01")),
    ("elasticloadbalancing", query("2015-12-01")),
    ("email", query("2010-12-01")),
    ("firehose", json("Firehose_20150804", JSON_1_1)),
    ("glue", json("AWSGlue", JSON_1_1)),
    ("iam", query("2010-05-08")),
    ("kinesis", json("Kinesis_20131202", JSON_1_1)),
    ("kms", json("TrentService", JSON_1_1)),
    ("logs", json("Logs_20140328", JSON_1_1)),
    ("monitoring", query("2010-08-01")),
    ("rds", query("2014-10-31")),
    ("redshift", query("2012-12-01")),
    ("rekognition", json("RekognitionService", JSON_1_1)),
    ("s3", S3),
    ("secretsmanager", json("secretsmanager", JSON_1_1)),
    ("sns", query("2010-03-31")),
    ("sqs", query("2012-11-05")),
    ("ssm", query("2014-11-06")),
    ("states", json("AWSStepFunctions", JSON_1_0)),
    (
        "streams.dynamodb",
        json("DynamoDBStreams_20120810", JSON_1_0),
    ),
    ("sts", query("2011-06-15")),
    ("textract", json("Textract", JSON_1_1)),
    (
        "translate",
        json("AWSShineFrontendService_20170701", JSON_1_1),
    ),
];

/// Services that are signed for by another name than the one that they are called at.
const SIGNING_NAMES: [(&str, &str); 7] = [
    ("appsync-api", "appsync"),
    ("bedrock-runtime", "bedrock"),
    ("email", "ses"),
    ("iot-data", "iotdata"),
    ("personalize-events", "personalize"),
    ("personalize-runtime", "personalize"),
    ("transcribestreaming", "transcribe"),
];

/// Services that have one host for all regions, and sign for this one.
const GLOBAL: [&str; 4] = ["cloudfront", "iam", "organizations", "route53"];
const GLOBAL_REGION: &str = "us-east-1";

impl Service {
    /// A service by the name that stands in URIs, such as `dynamodb`.
    #[must_use]
    pub fn new(name: impl Into<Box<str>>) -> Self {
        Self {
            subdomain: None,
            name: name.into(),
        }
    }

    /// What stands before its name, such as the id of an account's own endpoint.
    #[must_use]
    pub fn with_subdomain(mut self, subdomain: impl Into<Box<str>>) -> Self {
        self.subdomain = Some(subdomain.into());
        self
    }

    /// The name that stands in URIs.
    #[must_use]
    pub const fn name(&self) -> &str {
        &self.name
    }

    /// The host that answers for the service in a region.
    #[must_use]
    pub fn host(&self, region: &str) -> String {
        let subdomain = self.subdomain.as_deref();
        let before = subdomain.map_or_else(String::new, |subdomain| format!("{subdomain}."));
        let suffix = if region.starts_with("cn-") {
            "amazonaws.com.cn"
        } else {
            "amazonaws.com"
        };
        match &*self.name {
            name if self.is_global() => format!("{before}{name}.{suffix}"),
            // The names of these for integrations are not those of their hosts.
            "iotdata" | "iot-data" => format!("{before}iot.{region}.{suffix}"),
            name => format!("{before}{name}.{region}.{suffix}"),
        }
    }

    /// The service's name in credential scopes.
    #[must_use]
    pub fn signing_name(&self) -> &str {
        // Things are talked to at hosts of their own: `{id}-ats.iot`, `data-ats.iot`.
        if &*self.name == "iot" && self.subdomain.is_some() {
            return "iotdata";
        }
        let mut names = SIGNING_NAMES.iter();
        let known = names.find(|(name, _)| *name == &*self.name);
        known.map_or(&self.name, |(_, signing_name)| signing_name)
    }

    /// The region in credential scopes, for a call in a region.
    #[must_use]
    pub fn signing_region<'r>(&self, region: &'r str) -> &'r str {
        if self.is_global() {
            GLOBAL_REGION
        } else {
            region
        }
    }

    /// How the service is told of an action.
    #[must_use]
    pub fn action_protocol(&self) -> ActionProtocol {
        let find = |name: &str| {
            let mut actions = ACTIONS.iter();
            actions
                .find(|(known, _)| *known == name)
                .map(|(_, protocol)| *protocol)
        };
        let with_subdomain = self.subdomain.as_ref();
        with_subdomain
            .and_then(|subdomain| find(&format!("{subdomain}.{}", self.name)))
            .or_else(|| find(&self.name))
            .unwrap_or(Query { version: None })
    }

    /// How paths are signed.
    pub(super) fn path_style(&self) -> PathStyle {
        if self.signs_content() {
            PathStyle::S3
        } else {
            PathStyle::Normalized
        }
    }

    /// Whether the hash of the body is sent beside the signature.
    pub(super) fn signs_content(&self) -> bool {
        &*self.name == "s3"
    }

    fn is_global(&self) -> bool {
        GLOBAL.contains(&&*self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn service(name: &str) -> Service {
        match name.rsplit_once('.') {
            Some((subdomain, name)) => Service::new(name).with_subdomain(subdomain),
            None => Service::new(name),
        }
    }

    #[test]
    fn services_have_hosts_and_names_to_sign_for() {
        for (name, region, host, signing_name, signing_region) in [
            (
                "sqs",
                "us-west-2",
                "sqs.us-west-2.amazonaws.com",
                "sqs",
                "us-west-2",
            ),
            (
                "s3",
                "eu-west-1",
                "s3.eu-west-1.amazonaws.com",
                "s3",
                "eu-west-1",
            ),
            (
                "pets.s3",
                "eu-west-1",
                "pets.s3.eu-west-1.amazonaws.com",
                "s3",
                "eu-west-1",
            ),
            (
                "states",
                "cn-north-1",
                "states.cn-north-1.amazonaws.com.cn",
                "states",
                "cn-north-1",
            ),
            (
                "events",
                "us-gov-west-1",
                "events.us-gov-west-1.amazonaws.com",
                "events",
                "us-gov-west-1",
            ),
            (
                "email",
                "us-east-1",
                "email.us-east-1.amazonaws.com",
                "ses",
                "us-east-1",
            ),
            ("iam", "eu-west-1", "iam.amazonaws.com", "iam", "us-east-1"),
            (
                "a1.iotdata",
                "eu-west-1",
                "a1.iot.eu-west-1.amazonaws.com",
                "iotdata",
                "eu-west-1",
            ),
            (
                "a1-ats.iot",
                "eu-west-1",
                "a1-ats.iot.eu-west-1.amazonaws.com",
                "iotdata",
                "eu-west-1",
            ),
            (
                "iot",
                "eu-west-1",
                "iot.eu-west-1.amazonaws.com",
                "iot",
                "eu-west-1",
            ),
            (
                "api.execute-api",
                "eu-west-1",
                "api.execute-api.eu-west-1.amazonaws.com",
                "execute-api",
                "eu-west-1",
            ),
            (
                "runtime.sagemaker",
                "eu-west-1",
                "runtime.sagemaker.eu-west-1.amazonaws.com",
                "sagemaker",
                "eu-west-1",
            ),
            (
                "streams.dynamodb",
                "eu-west-1",
                "streams.dynamodb.eu-west-1.amazonaws.com",
                "dynamodb",
                "eu-west-1",
            ),
            (
                "unheard-of",
                "eu-west-1",
                "unheard-of.eu-west-1.amazonaws.com",
                "unheard-of",
                "eu-west-1",
            ),
        ] {
            let service = service(name);
            assert_eq!(service.host(region), host, "{name}");
            assert_eq!(service.signing_name(), signing_name, "{name}");
            assert_eq!(service.signing_region(region), signing_region, "{name}");
        }
    }

    #[test]
    fn actions_are_told_as_each_service_wants_it() {
        for (name, expected) in [
            ("dynamodb", json("DynamoDB_20120810", JSON_1_0)),
            (
                "streams.dynamodb",
                json("DynamoDBStreams_20120810", JSON_1_0),
            ),
            ("kinesis", json("Kinesis_20131202", JSON_1_1)),
            ("states", json("AWSStepFunctions", JSON_1_0)),
            ("ssm", query("2014-11-06")),
            ("sns", query("2010-03-31")),
            ("events", Query { version: None }),
            ("unheard-of", Query { version: None }),
            ("s3", S3),
        ] {
            assert_eq!(service(name).action_protocol(), expected, "{name}");
        }
        assert!(ACTIONS.is_sorted_by_key(|(name, _)| *name));
    }
}
