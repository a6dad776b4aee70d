//! Settings of a stage's methods, as answers show them.

use serde_json::Value;
use tollgate_model::{MethodSetting, UnauthorizedCacheControl};

use crate::view::{fill, wire};

/// The settings of a method: all of them, but for a logging level that was never set (recorded).
///
/// A method without a throttle has -1 for it, as it was set: what is written reads back the same.
pub(super) fn show(setting: &MethodSetting) -> Value {
    let mut members = wire(setting);
    fill(&mut members, "metricsEnabled", false);
    fill(&mut members, "dataTraceEnabled", false);
    fill(&mut members, "throttlingBurstLimit", -1);
    fill(&mut members, "throttlingRateLimit", -1.0);
    fill(&mut members, "cachingEnabled", false);
    fill(&mut members, "cacheTtlInSeconds", 300);
    fill(&mut members, "cacheDataEncrypted", false);
    fill(&mut members, "requireAuthorizationForCacheControl", true);
    let strategy = UnauthorizedCacheControl::SucceedWithResponseHeader;
    fill(
        &mut members,
        "unauthorizedCacheControlHeaderStrategy",
        strategy.as_str(),
    );
    Value::Object(members)
}
