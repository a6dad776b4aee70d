#![doc = include_str!("../README.md")]

mod cors;
mod document;
mod documentation;
mod gateway_response;
mod integration;
mod method;
mod model;
mod rest_api;
mod stage;
mod wire;

pub use cors::{
    CorsAddition, CorsConfiguration, CorsReport, MAX_CORS_AGE_SECONDS, MAX_CORS_ENTRIES,
    MAX_CORS_ENTRY_BYTES,
};
pub use document::{ApiDocument, Authorizer, AuthorizerType, RequestValidator, Resource};
pub use documentation::{DocumentationPart, DocumentationPartLocation, DocumentationPartType};
pub use gateway_response::GatewayResponse;
pub use integration::{
    ConnectionType, ContentHandling, Integration, IntegrationResponse, IntegrationType,
    PassthroughBehavior, ResponseTransferMode, TlsConfig,
};
pub use method::{AuthorizationType, HttpMethod, Method, MethodResponse};
pub use model::Model;
pub use rest_api::{
    ApiKeySource, EndpointAccessMode, EndpointConfiguration, EndpointType, RestApi,
};
pub use stage::{MethodSetting, Stage};
pub use wire::UnknownValue;
