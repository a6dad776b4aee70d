//! From a stage's method settings to limits.

use std::borrow::Cow;
use std::collections::HashMap;
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
    /// By the path as it is, without slashes in front, and the verb.
    settings: HashMap<Cow<'s, str>, &'s MethodSetting>,
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
        let settings = stage.method_settings.iter();
        Self {
            settings: settings.map(|(key, one)| (plain(key), one)).collect(),
        }
    }

    /// The limit of a method: each has its own, also where the limit is that of `*/*`.
    pub(super) fn limit(&self, method: &str, deployed: &Deployed) -> Option<Arc<StoredLimit>> {
        let settings = &self.settings;
        let own = settings.get(method.trim_start_matches('/'));
        let setting = own.or_else(|| settings.get(ANY))?;
        let limit = limit(setting)?.ok()?;
        let key = method.strip_prefix('/').unwrap_or(method);
        Some(deployed.limits.method(&deployed.stage, key, limit))
    }
}

/// A key as it was stored: paths may have their slashes escaped as in a JSON pointer (RFC 6901), and
/// begin with one or not.
fn plain(key: &str) -> Cow<'_, str> {
    if !key.contains('~') {
        return Cow::Borrowed(key.trim_start_matches('/'));
    }
    let unescaped = key.replace("~1", "/").replace("~0", "~");
    Cow::Owned(unescaped.trim_start_matches('/').to_owned())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_several_spellings() {
        for (key, expected) in [
            ("*/*", "*/*"),
            ("pets/GET", "pets/GET"),
            ("a/b/GET", "a/b/GET"),
            ("a~1b/GET", "a/b/GET"),
            ("~1a~1b/GET", "a/b/GET"),
            ("/a/GET", "a/GET"),
            ("/GET", "GET"),
            ("~1/GET", "GET"),
            ("~01/GET", "~1/GET"),
        ] {
            assert_eq!(plain(key), expected, "{key}");
        }
    }
}
