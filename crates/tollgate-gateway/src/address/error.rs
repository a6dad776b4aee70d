//! What can be wrong with a table of addresses, and with a request's address.

use std::fmt;

use tollgate_core::{ApiId, StageName};

use super::{BasePath, DomainName};

/// Why addresses do not make a table.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AddressError {
    /// Two plans are for one stage of one API.
    DuplicateStage {
        /// The API.
        api: ApiId,
        /// The stage.
        stage: StageName,
    },
    /// A domain name comes twice.
    DuplicateDomain {
        /// The name.
        domain: DomainName,
    },
    /// A domain has two mappings for one base path.
    DuplicateBasePath {
        /// The base path.
        base_path: BasePath,
    },
    /// A mapping leads to an API that has no stage.
    UnknownApi {
        /// The base path of the mapping.
        base_path: BasePath,
        /// The API.
        api: ApiId,
    },
    /// A mapping leads to a stage that its API does not have.
    UnknownStage {
        /// The base path of the mapping.
        base_path: BasePath,
        /// The API.
        api: ApiId,
        /// The stage.
        stage: StageName,
    },
}

impl fmt::Display for AddressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DuplicateStage { api, stage } => {
                write!(f, "API {api} has two stages {stage}")
            }
            Self::DuplicateDomain { domain } => {
                write!(f, "there are two domain names {domain}")
            }
            Self::DuplicateBasePath { base_path } => {
                write!(f, "there are two mappings of the base path \"{base_path}\"")
            }
            Self::UnknownApi { base_path, api } => write!(
                f,
                "the base path \"{base_path}\" leads to API {api}, which is not there"
            ),
            Self::UnknownStage {
                base_path,
                api,
                stage,
            } => write!(
                f,
                "the base path \"{base_path}\" leads to stage {stage} of API {api}, which is not \
                 there"
            ),
        }
    }
}

impl std::error::Error for AddressError {}

/// Why a request's address leads to no stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unaddressed {
    /// The host, or the path, names an API that is not there.
    UnknownApi,
    /// The API has no such stage, or the path names none.
    UnknownStage,
    /// The API is reached by its custom domain names only.
    ExecuteApiDisabled,
    /// No mapping of the domain takes the path.
    UnmappedPath,
    /// Nothing is served at this host.
    UnknownHost,
}

impl Unaddressed {
    /// The reason in words, for the operator.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::UnknownApi => "there is no such API",
            Self::UnknownStage => "the API has no such stage",
            Self::ExecuteApiDisabled => "the API's execute-api endpoint is disabled",
            Self::UnmappedPath => "no base path mapping takes the path",
            Self::UnknownHost => "nothing is served at this host",
        }
    }
}

impl fmt::Display for Unaddressed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.reason())
    }
}

impl std::error::Error for Unaddressed {}
