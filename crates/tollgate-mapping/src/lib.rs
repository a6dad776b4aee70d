#![doc = include_str!("../README.md")]

mod http_request;
mod integration_response;
mod media_type;
mod objects;
mod proxied_response;
mod request_headers;
mod request_parameters;
mod request_template;
mod response_headers;
mod response_template;
mod selection_pattern;
mod source;
mod template;
mod uri_template;
mod uri_text;

pub use http_request::{HttpMapping, HttpRequest, HttpRequestHead};
pub use integration_response::{IntegrationResponse, IntegrationResponses};
pub use proxied_response::proxied_headers;
pub use request_parameters::{InvalidRequestParameter, RequestParameters};
pub use request_template::{Passthrough, RequestTemplates};
pub use response_headers::ResponseHeaders;
pub use response_template::ResponseTemplates;
pub use selection_pattern::{InvalidSelectionPattern, SelectionPattern};
pub use template::{MappingTemplate, Rendered, TemplateFailure, TemplateScope};
pub use uri_template::{InvalidUriTemplate, UriTemplate};
