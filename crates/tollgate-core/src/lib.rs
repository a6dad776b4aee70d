#![doc = include_str!("../README.md")]

mod binary_media_types;
#[cfg(feature = "http-body")]
mod body;
mod canary_request;
mod client_header;
mod client_request;
mod clock;
mod content_codings;
mod context;
#[cfg(feature = "system")]
mod contexts;
mod diagnostic;
mod gateway_response;
#[cfg(feature = "http-body")]
mod gateway_responses;
mod hop_by_hop;
mod id;
mod ids;
mod json;
#[cfg(feature = "tower")]
mod layer;
mod limits;
mod media_type;
mod observe;
mod original_headers;
mod overrides;
mod parameter_source;
mod path_address;
mod peer;
mod percent;
mod random;
mod random_id;
mod rejection;
mod request_ids;
mod stage_name;
mod stage_variables;
mod substitution;
mod text;
mod trace_id;

pub use binary_media_types::BinaryMediaTypes;
#[cfg(feature = "http-body")]
pub use body::{Body, BoxError};
pub use canary_request::CanaryRequest;
pub use client_header::client_header;
pub use client_request::{ClientRequest, ParameterLocation, PathParameters};
#[cfg(feature = "system")]
pub use clock::SystemClock;
pub use clock::{Clock, ManualClock, Moment};
pub use content_codings::content_codings;
pub use context::{
    AuthorizerContext, Context, ContextPath, ErrorContext, Identity, ResourceContext, Signer,
    StageContext, UnknownContextVariable,
};
#[cfg(feature = "system")]
pub use contexts::Contexts;
pub use diagnostic::{Checked, Diagnostic, Diagnostics, Position, Severity};
pub use gateway_response::{GatewayResponseType, UnknownGatewayResponseType};
#[cfg(feature = "http-body")]
pub use gateway_responses::{GatewayResponse, GatewayResponses, default_response};
pub use hop_by_hop::HopByHop;
pub use id::{AccountId, ApiId, DeploymentId, Region, ResourceId};
pub use ids::{ExtendedRequestId, Ids, RandomIds, RequestId};
pub(crate) use json::json_string;
pub use json::push_json_string;
#[cfg(feature = "tower")]
pub use layer::{GatewayResponseLayer, Reworded, RewordedFuture};
pub use limits::{InvalidQuotaOffset, InvalidRate, Quota, QuotaPeriod, RateLimit};
pub use media_type::first_media_type;
pub use observe::{
    BodyForm, Event, MappingSide, Observer, ParameterFate, ResponseOrigin, TemplateRule,
};
pub use original_headers::OriginalHeaders;
pub use overrides::{OverrideMap, Overrides};
pub use parameter_source::{InvalidParameterSource, ParameterSource};
pub use path_address::PathAddress;
pub use peer::{EncryptedConnection, ForwardedBy, PeerAddress, PeerCertificate};
pub use percent::{InvalidPercent, Percent};
#[cfg(feature = "system")]
pub use random::SystemRandom;
pub use random::{Random, SeededRandom};
pub use random_id::random_id;
pub use rejection::{RawRejection, Rejection};
pub use request_ids::add_request_ids;
pub use stage_name::{InvalidStageName, StageName};
pub use stage_variables::StageVariables;
pub use substitution::Substitution;
pub use trace_id::TRACE_HEADER;
