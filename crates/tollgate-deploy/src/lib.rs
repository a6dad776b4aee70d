#![doc = include_str!("../README.md")]

mod canonical;
mod change;
mod deployment;
mod diff;
mod error;
mod frozen;
#[cfg(feature = "tower")]
mod layer;
mod lifecycle;
mod method_setting;
mod stage;
mod stage_edit;
mod text;

pub use change::Change;
pub use deployment::{Deployed, NewCanary, NewDeployment, check_deployable};
pub use diff::{Area, Diff, Difference, DifferenceKind, DifferenceSeverity, diff};
pub use error::{DeployError, DeployErrorKind};
pub use frozen::{FreezeError, Frozen, MAX_DOCUMENT_BYTES};
#[cfg(feature = "tower")]
pub use layer::{Canary, CanaryFuture, CanaryLayer, CanaryShare, StageLayer, Staged, StagedFuture};
pub use lifecycle::Lifecycle;
pub use method_setting::{MAX_METHOD_KEY_BYTES, MAX_METHOD_SETTINGS, MethodKey, MethodSettingName};
pub use stage::NewStage;
pub use stage_edit::StageEdit;
pub use text::{MAX_LOG_FORMAT_BYTES, MAX_TAGS, MAX_TEXT_BYTES, MAX_VARIABLES, check_tags};
