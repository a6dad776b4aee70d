//! From a stage's method settings to limits.

use std::sync::Arc;

use tollgate_core::{Diagnostic, Diagnostics, RateLimit};
use tollgate_model::{MethodSetting, Stage};
use tollgate_throttle::StoredLimit;

use super::texts::escaped;
use crate::plan::Deployed;

/// The settings of methods that have none of their own.
const ANY: &str = "*/*";

/// The limits of a stage's methods.
pub(super) struct StageThrottle<'s> {
    stage: &'s Stage,
}

impl<'s> StageThrottle<'s> {
    /// Reads the settings; what they cannot mean is told.
    pub(super) fn new(stage: &'s Stage, diagnostics: &mut Diagnostics) -> Self {
        for (key, setting) in &stage.method_settings {
            if let Some(Err(error)) = limit(setting) {
                let pointer = format!("/methodSettings/{}/throttlingRateLimit", escaped(key));
                let message = format!("stage {}: {key}: {error}", stage.stage_name);
                diagnostics.push(Diagnostic::error(pointer, message));
            }
        }
        Self { stage }
    }

    /// The limit of a method: each has its own, also where the limit is that of `*/*`.
    pub(super) fn limit(&self, method: &str, deployed: &Deployed) -> Option<Arc<StoredLimit>> {
        // Settings leave the first slash out.
        let key = method.strip_prefix('/').unwrap_or(method);
        let settings = &self.stage.method_settings;
        let setting = settings.get(key).or_else(|| settings.get(ANY))?;
        let limit = limit(setting)?.ok()?;
        Some(deployed.limits.method(&deployed.stage, key, limit))
    }
}

/// The limit of a setting; `None`: it has none. Half of one is filled up as the service does.
fn limit(setting: &MethodSetting) -> Option<Result<RateLimit, tollgate_core::InvalidRate>> {
    const RATE: f64 = 10_000.0;
    const BURST: u32 = 5_000;
    let (rate, burst) = (
        setting.throttling_rate_limit,
        setting.throttling_burst_limit,
    );
    if rate.is_none() && burst.is_none() {
        return None;
    }
    Some(RateLimit::new(rate.unwrap_or(RATE), burst.unwrap_or(BURST)))
}
