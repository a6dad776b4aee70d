//! `tollgate canary`.

use tollgate::deploy::StageEdit;

use super::edit::edit;
use crate::Outcome;
use crate::cli::Canary;

/// Begins, changes or ends a canary.
pub(crate) fn run(options: &Canary) -> Outcome {
    let mut edits = Vec::new();
    edits.extend(options.deployment.clone().map(StageEdit::CanaryDeployment));
    edits.extend(options.percent.map(StageEdit::CanaryPercent));
    edits.extend(
        options
            .variables
            .iter()
            .map(|one| StageEdit::CanaryVariable {
                name: one.name.clone(),
                value: one.value.clone(),
            }),
    );
    edits.extend(options.off.then_some(StageEdit::RemoveCanary));
    let stage = &options.place.stage;
    edit(
        &options.place,
        &options.store,
        options.format,
        |all, now| Ok(all.update_stage(stage, &edits, now)?),
    )
}
