//! Why an API is not exported.

use thiserror::Error;

use crate::limits::MAX_SHARED_BYTES;

/// An API that has no such document.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ExportError {
    /// Models of another media type than JSON have no place in documents. The message begins as the
    /// service's does.
    #[error("Only found non-JSON body models for {model}")]
    NonJsonModel {
        /// The name of one.
        model: String,
    },
    /// Names and documentation that many parts of the API share would make the document too long, or
    /// take too long to be found.
    #[error(
        "the document would repeat more than {MAX_SHARED_BYTES} bytes of names and documentation"
    )]
    TooLarge,
    /// This build does not know YAML.
    #[error("this build writes no YAML (feature `yaml`)")]
    NoYaml,
}
