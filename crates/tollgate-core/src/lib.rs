#![doc = include_str!("../README.md")]

mod diagnostic;
mod gateway_response;
mod id;

pub use diagnostic::{Checked, Diagnostic, Diagnostics, Position, Severity};
pub use gateway_response::{GatewayResponseType, UnknownGatewayResponseType};
pub use id::{AccountId, ApiId, DeploymentId, InvalidStageName, ResourceId, StageName};
