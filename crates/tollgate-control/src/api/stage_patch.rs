//! What can be patched of stages.

use tollgate_core::DeploymentId;
use tollgate_deploy::{DeployError, MethodKey, StageEdit};

use crate::error::{ControlError, Result};
use crate::patch::{
    ADD_REPLACE, ANY, Edit, Op, REMOVE, REPLACE, REPLACE_REMOVE, Row, Style, Table, Target, row,
};

/// Edits of a stage, all or none of which are made.
type Edits = Vec<StageEdit>;

pub(super) const TABLE: Table<Edits> = Table {
    style: Style::Loose,
    rows: ROWS,
};

const ROWS: &[Row<Edits>] = &[
    row(
        "/deploymentId",
        REPLACE,
        Edit::With(|edits, target| {
            let id = DeploymentId::new(target.value());
            add(edits, StageEdit::Deployment(id))
        }),
    ),
    row(
        "/description",
        REPLACE,
        Edit::With(|edits, target| add(edits, StageEdit::Description(target.some_value()))),
    ),
    row(
        "/cacheClusterEnabled",
        REPLACE,
        Edit::With(|edits, target| add(edits, StageEdit::CacheClusterEnabled(target.flag()))),
    ),
    row(
        "/cacheClusterSize",
        REPLACE,
        Edit::With(|edits, target| add(edits, StageEdit::CacheClusterSize(target.some_value()))),
    ),
    row(
        "/clientCertificateId",
        REPLACE,
        Edit::With(|edits, target| add(edits, StageEdit::ClientCertificate(target.some_value()))),
    ),
    row(
        "/documentationVersion",
        REPLACE,
        Edit::With(|edits, target| {
            add(edits, StageEdit::DocumentationVersion(target.some_value()))
        }),
    ),
    row(
        "/tracingEnabled",
        REPLACE,
        Edit::With(|edits, target| add(edits, StageEdit::Tracing(target.flag()))),
    ),
    row(
        "/variables/{name}",
        REPLACE_REMOVE,
        Edit::With(edit_variable),
    ),
    row(
        "/accessLogSettings/{member}",
        ADD_REPLACE,
        Edit::With(edit_access_log),
    ),
    row(
        "/accessLogSettings",
        REMOVE,
        Edit::With(|edits, _| add(edits, StageEdit::RemoveAccessLog)),
    ),
    row(
        "/canarySettings",
        REMOVE,
        Edit::With(|edits, _| add(edits, StageEdit::RemoveCanary)),
    ),
    row(
        "/canarySettings/deploymentId",
        REPLACE,
        Edit::With(|edits, target| {
            let id = DeploymentId::new(target.value());
            add(edits, StageEdit::CanaryDeployment(id))
        }),
    ),
    row(
        "/canarySettings/percentTraffic",
        REPLACE,
        Edit::With(set_canary_percent),
    ),
    row(
        "/canarySettings/useStageCache",
        REPLACE,
        Edit::With(|edits, target| add(edits, StageEdit::CanaryUseStageCache(target.flag()))),
    ),
    row(
        "/canarySettings/stageVariableOverrides/{name}",
        REPLACE_REMOVE,
        Edit::With(edit_canary_variable),
    ),
    // Settings of methods, and whatever the rows above do not take.
    row("/{path+}", ANY, Edit::With(edit_other)),
];

/// What a canary always has: none of it can be removed.
const CANARY_MEMBERS: &[&str] = &[
    "/canarySettings/deploymentId",
    "/canarySettings/percentTraffic",
    "/canarySettings/useStageCache",
];

fn add(edits: &mut Edits, edit: StageEdit) -> Result<()> {
    edits.push(edit);
    Ok(())
}

fn edit_variable(edits: &mut Edits, target: &Target<'_>) -> Result<()> {
    let name = target.name().to_owned();
    add(
        edits,
        match target.op() {
            Op::Remove => StageEdit::RemoveVariable(name),
            _ => StageEdit::Variable {
                name,
                value: target.value().to_owned(),
            },
        },
    )
}

fn edit_canary_variable(edits: &mut Edits, target: &Target<'_>) -> Result<()> {
    let name = target.name().to_owned();
    add(
        edits,
        match target.op() {
            Op::Remove => StageEdit::RemoveCanaryVariable(name),
            _ => StageEdit::CanaryVariable {
                name,
                value: target.value().to_owned(),
            },
        },
    )
}

fn set_canary_percent(edits: &mut Edits, target: &Target<'_>) -> Result<()> {
    let percent = target.value().parse().map_err(|_| {
        let value = target.value();
        ControlError::bad_request(format!(
            "value {value:?} of /canarySettings/percentTraffic: expected a number from 0 to 100"
        ))
    })?;
    add(edits, StageEdit::CanaryPercent(percent))
}

fn edit_access_log(edits: &mut Edits, target: &Target<'_>) -> Result<()> {
    let value = target.value().to_owned();
    match target.name() {
        "destinationArn" => add(edits, StageEdit::AccessLogDestination(value)),
        "format" => add(edits, StageEdit::AccessLogFormat(value)),
        _ => Err(ControlError::bad_request(
            "Invalid accessLogSettings path. Must be one of : [/accessLogSettings/destinationArn, \
             /accessLogSettings/format]",
        )),
    }
}

fn edit_other(edits: &mut Edits, target: &Target<'_>) -> Result<()> {
    let path = target.path();
    match target.op() {
        Op::Remove if CANARY_MEMBERS.contains(&path) => Err(invalid(target)),
        Op::Replace => {
            let (key, name) = MethodKey::split(path)?;
            let value = target.value().to_owned();
            add(edits, StageEdit::MethodSetting { key, name, value })
        }
        Op::Remove => {
            let path = path.trim_start_matches('/');
            let key: MethodKey = path.parse().map_err(|_| nothing_to_remove(path))?;
            add(edits, StageEdit::RemoveMethodSettings(key))
        }
        Op::Copy => promote(edits, target),
        Op::Add | Op::Move | Op::Test => Err(invalid(target)),
    }
}

fn invalid(target: &Target<'_>) -> ControlError {
    let (op, path) = (target.op().name(), target.path());
    ControlError::bad_request(format!("Invalid {op} operation with path: {path}"))
}

fn nothing_to_remove(path: &str) -> DeployError {
    let path = path.to_owned();
    DeployError::NothingToRemove { path }
}

/// Nothing but what a canary's promotion takes can be copied, in whichever of its two pairs.
fn promote(edits: &mut Edits, target: &Target<'_>) -> Result<()> {
    let path = target.path();
    let from = target.operation.from.as_deref().unwrap_or("null");
    match (path, from) {
        ("/deploymentId", "/canarySettings/deploymentId") => {
            add(edits, StageEdit::PromoteDeployment)
        }
        ("/variables", "/canarySettings/stageVariableOverrides") => {
            add(edits, StageEdit::PromoteVariables)
        }
        _ => Err(ControlError::bad_request(format!(
            "Invalid copy operation with path: {path} and from {from}. Valid copy:path are \
             [/deploymentId, /variables] and valid copy:from are [/canarySettings/deploymentId, \
             /canarySettings/stageVariableOverrides]"
        ))),
    }
}
