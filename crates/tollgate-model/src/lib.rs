#![doc = include_str!("../README.md")]

mod account;
mod api_key;
mod client_certificate;
mod content_hash;
mod cors;
mod deployment;
mod document;
mod documentation;
mod domain_name;
mod gateway_response;
mod home;
mod integration;
mod jwt;
mod method;
mod model;
mod rest_api;
mod s3_uri;
mod stage;
mod timestamp;
mod usage_plan;
mod vpc_link;
mod wire;

pub use account::Account;
pub use api_key::ApiKey;
pub use client_certificate::ClientCertificate;
pub use content_hash::{ContentHash, InvalidContentHash};
pub use cors::{
    CorsAddition, CorsConfiguration, CorsReport, MAX_CORS_AGE_SECONDS, MAX_CORS_ENTRIES,
    MAX_CORS_ENTRY_BYTES,
};
pub use deployment::Deployment;
pub use document::{ApiDocument, Authorizer, AuthorizerType, RequestValidator, Resource};
pub use documentation::{
    DocumentationPart, DocumentationPartLocation, DocumentationPartType, DocumentationVersion,
};
pub use domain_name::{BasePathMapping, DomainName, MutualTlsAuthentication, RoutingMode};
pub use gateway_response::GatewayResponse;
pub use home::Home;
pub use integration::{
    ConnectionType, ContentHandling, Integration, IntegrationResponse, IntegrationType,
    PassthroughBehavior, ResponseTransferMode, TlsConfig,
};
pub use jwt::{
    InvalidJwtConfiguration, JwtAdditionalClaim, JwtClaimFormat, JwtConfiguration, JwtIssuer,
    JwtSigningAlgorithm, MAX_JWT_ENTRIES,
};
pub use method::{AuthorizationType, HttpMethod, Method, MethodResponse};
pub use model::Model;
pub use rest_api::{
    ApiKeySource, EndpointAccessMode, EndpointConfiguration, EndpointType, RestApi,
};
pub use s3_uri::{InvalidS3Uri, S3Uri};
pub use stage::{
    AccessLogSettings, CanarySettings, LoggingLevel, MethodSetting, Stage, UnauthorizedCacheControl,
};
pub use timestamp::Timestamp;
pub use usage_plan::{ApiStage, QuotaSettings, ThrottleSettings, UsagePlan, UsagePlanKey};
pub use vpc_link::{VpcLink, VpcLinkStatus};
pub use wire::UnknownValue;
