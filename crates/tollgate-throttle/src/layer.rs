//! Limits in front of an HTTP service.

mod api_key;
mod current;
mod future;
mod headers;
mod limiter;
mod network;
mod quota;
mod refusal;
mod service;
mod settings;
mod throttle;
mod usage_plan;

pub use api_key::{ApiKeyId, ApiKeyLayer};
pub use current::Current;
pub use future::GatedFuture;
pub use network::source_network;
pub use quota::QuotaLayer;
pub use refusal::{LimitRefusal, ShadowRefusals};
pub use service::Gated;
pub use settings::LimitSettings;
pub use throttle::ThrottleLayer;
pub use usage_plan::UsagePlanLayer;
