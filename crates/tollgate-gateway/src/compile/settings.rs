//! From a stage's settings to what lies over a deployment.

use tollgate_core::{Diagnostic, Diagnostics, Percent};
use tollgate_model::Stage;

use super::throttle::StageThrottle;
use crate::plan::{Deployed, MethodSettings, Settings};

/// The settings of a deployment's methods; what they cannot mean is told.
pub(crate) fn settings(
    stage: &Stage,
    deployed: &Deployed,
    diagnostics: &mut Diagnostics,
) -> Settings {
    let throttle = StageThrottle::new(stage, diagnostics);
    let canary = stage.canary_settings.as_ref();
    if let Some(Err(error)) = canary.map(|canary| Percent::new(canary.percent_traffic)) {
        let message = format!(
            "stage {}: the canary gets no request: {error}",
            stage.stage_name
        );
        diagnostics.push(Diagnostic::error("/canarySettings/percentTraffic", message));
    }
    // Most stages say nothing of methods, which then takes no time.
    if stage.method_settings.is_empty() {
        return Settings {
            methods: Box::default(),
        };
    }
    let methods = deployed.routes.routes().iter().map(|route| MethodSettings {
        throttle: throttle.limit(&route.value().key, deployed),
    });
    Settings {
        methods: methods.collect(),
    }
}
