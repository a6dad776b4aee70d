#![doc = include_str!("../README.md")]

mod aws_uri;
mod body_form;
mod content_handling;
mod error_message;
mod http_request;
mod integration_response;
#[cfg(feature = "tower")]
mod layer;
mod media_type;
mod objects;
mod overrides;
mod payload;
mod proxied_response;
mod request_headers;
mod request_mapping;
mod request_parameters;
mod request_template;
mod response_headers;
mod response_template;
mod selection_pattern;
mod source;
mod template;
mod uri_template;
mod uri_text;

pub use aws_uri::{ActionForm, AwsUri, InvalidAwsUri};
pub use content_handling::{Content, ContentHandling};
pub use http_request::{HttpMapping, HttpRequest, HttpRequestHead};
pub use integration_response::{IntegrationResponse, IntegrationResponses};
#[cfg(feature = "tower")]
pub use layer::{MappedFuture, MappedService, Mapping, MappingLayer};
pub use payload::Payload;
pub use proxied_response::{proxied_header, proxied_headers};
pub use request_mapping::{MappedRequest, RequestMapping};
pub use request_parameters::{InvalidRequestParameter, RequestParameters};
pub use request_template::{Passthrough, RequestTemplates};
pub use response_headers::ResponseHeaders;
pub use response_template::ResponseTemplates;
pub use selection_pattern::{InvalidSelectionPattern, SelectionPattern};
pub use template::{
    ChosenTemplate, MappingTemplate, Rendered, TemplateChoice, TemplateFailure, TemplateScope,
};
pub use tollgate_core::BinaryMediaTypes;
pub use uri_template::{InvalidUriTemplate, UriTemplate, with_stage_variables};
