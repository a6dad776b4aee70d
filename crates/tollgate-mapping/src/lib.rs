#![doc = include_str!("../README.md")]

mod integration_response;
mod media_type;
mod objects;
mod request_template;
mod response_template;
mod selection_pattern;
mod template;

pub use integration_response::{IntegrationResponse, IntegrationResponses, ResponseHeaders};
pub use request_template::{Passthrough, RequestTemplates};
pub use response_template::ResponseTemplates;
pub use selection_pattern::{InvalidSelectionPattern, SelectionPattern};
pub use template::{MappingTemplate, Rendered, TemplateFailure, TemplateScope};
