//! Why a transition is refused.

use thiserror::Error;
use tollgate_core::{DeploymentId, InvalidPercent, InvalidStageName, StageName};
use tollgate_model::{HttpMethod, Timestamp};

use crate::method_setting::PATHS_OF_STAGES;

/// Why a transition is refused. Nothing has changed then.
///
/// Texts in the service's own words are what its control plane was recorded to answer, to the letter;
/// the others are of this crate.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum DeployError {
    /// There is no stage of this name.
    #[error("Invalid stage identifier specified")]
    UnknownStage(StageName),
    /// There is no deployment of this id.
    #[error("Invalid Deployment identifier specified")]
    UnknownDeployment(DeploymentId),
    /// A stage or canary is to be pointed at a deployment that is not there.
    #[error("Deployment id does not exist")]
    NoSuchDeployment(DeploymentId),
    /// No deployment is as old as that.
    #[error("no deployment was made at {} or before", .0.seconds())]
    NoDeploymentBy(Timestamp),
    /// Stages serve the deployment that is to be deleted, to all or to the canary's requests.
    #[error("Active stages pointing to this deployment must be moved or deleted")]
    DeploymentInUse {
        /// The deployment.
        id: DeploymentId,
        /// The stages.
        stages: Vec<StageName>,
    },
    /// There is a stage of this name already.
    #[error("Stage already exists")]
    StageExists(StageName),
    /// The text is no name of a stage.
    #[error(transparent)]
    InvalidStageName(#[from] InvalidStageName),

    /// A canary is to be deployed to no stage.
    #[error(
        "Invalid deployment content specified.Non null and non empty stageName must be provided for \
         canary deployment. Provided value is {}", .given.as_deref().unwrap_or("null")
    )]
    CanaryWithoutStageName {
        /// The name that was given.
        given: Option<String>,
    },
    /// A canary is to be deployed to a stage that is not there.
    #[error(
        "Invalid deployment content specified.Stage {0} must already be created before making a \
         canary release deployment"
    )]
    CanaryWithoutStage(StageName),
    /// A stage without a canary is to promote it.
    #[error("Promotion not available. Canary does not exist.")]
    NoCanary,
    /// The canary's share is none.
    #[error(transparent)]
    InvalidPercent(#[from] InvalidPercent),

    /// The path names no setting of a stage.
    #[error("Invalid method setting path: {path}. Must be one of: {PATHS_OF_STAGES}")]
    InvalidSettingPath {
        /// The path, as it was sent.
        path: String,
    },
    /// The path names a setting that is not there, or one that cannot be removed.
    // The blank at the end is the service's.
    #[error(
        "Cannot remove method setting {path} because there is no method setting for this method "
    )]
    NothingToRemove {
        /// The path without its first slash.
        path: String,
    },
    /// The setting cannot have this value.
    #[error("value {value:?} of {name}: expected {expected}")]
    InvalidSettingValue {
        /// The setting's name in the paths of patches, such as `throttling/rateLimit`.
        name: &'static str,
        /// The value that was refused, or the beginning of it.
        value: String,
        /// What would be right.
        expected: &'static str,
    },
    /// A member of the access log is to be nothing.
    #[error("Access Log value must not be empty")]
    EmptyAccessLog,

    /// The text is no name of a stage variable.
    #[error("name {0:?} of a stage variable: expected 1 to 64 letters, digits and underscores")]
    InvalidVariableName(String),
    /// A stage variable cannot have this value.
    #[error(
        "value {value:?} of stage variable {name}: expected 1 to 512 letters, digits and characters \
         of -._~:/?#&=,"
    )]
    InvalidVariableValue {
        /// The variable.
        name: String,
        /// The value that was refused, or the beginning of it.
        value: String,
    },
    /// The text is no key of a tag.
    #[error("key {0:?} of a tag: expected 1 to 128 characters that do not begin with \"aws:\"")]
    InvalidTagKey(String),
    /// The value of a tag is longer than it may be.
    #[error(
        "the value of tag {key:?} has {characters} characters, of {} that it may have",
        crate::text::MAX_TAG_VALUE_CHARACTERS
    )]
    TagValueTooLong {
        /// The tag's key.
        key: String,
        /// The length of its value.
        characters: usize,
    },
    /// A text is longer than it may be.
    #[error("{what} has {bytes} bytes, of {max} that it may have")]
    TooLong {
        /// What the text is.
        what: &'static str,
        /// Its length.
        bytes: usize,
        /// How long it may be.
        max: usize,
    },
    /// There is more of something than there may be.
    #[error("there cannot be more than {max} {what}")]
    TooMany {
        /// What there is too much of.
        what: &'static str,
        /// How many there may be.
        max: usize,
    },

    /// Nothing can be asked of the document.
    #[error("The REST API doesn't contain any methods")]
    NoMethods,
    /// A method of the document calls nothing.
    #[error("No integration defined for method")]
    NoIntegration {
        /// The path of the method's resource.
        path: String,
        /// Its verb.
        verb: HttpMethod,
    },
}

/// What kind of answer an error is to one who asked over HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeployErrorKind {
    /// 400, `BadRequestException`.
    BadRequest,
    /// 404, `NotFoundException`.
    NotFound,
    /// 409, `ConflictException`.
    Conflict,
}

impl DeployError {
    /// What kind of answer it is.
    #[must_use]
    pub const fn kind(&self) -> DeployErrorKind {
        match self {
            Self::UnknownStage(_) | Self::UnknownDeployment(_) => DeployErrorKind::NotFound,
            Self::StageExists(_) => DeployErrorKind::Conflict,
            _ => DeployErrorKind::BadRequest,
        }
    }
}
