//! Documents that do not change any more.

use std::sync::Arc;

use serde_json::Value;
use sha2::{Digest, Sha256};
use thiserror::Error;
use tollgate_model::{ApiDocument, ContentHash};

use crate::canonical::canonical;

/// Bytes that a frozen document may have as JSON: 64 MiB.
///
/// The service takes definitions of 6 MB, ten times fewer.
pub const MAX_DOCUMENT_BYTES: usize = 64 << 20;

/// A document that does not change any more, by the name of its content.
///
/// The name is the SHA-256 of the document as canonical JSON: no white space, members of objects
/// sorted by the bytes of their names, whole numbers without fraction or exponent, texts escaped only
/// where JSON demands it. Two maps keep their order, because it has a meaning: `integrationResponses`
/// are tried one after the other, and the first of `responseTemplates` is for clients that accept none
/// of them. Lists keep theirs.
///
/// When the API was made is left out: one that is made once more freezes to the same.
///
/// A clone is cheap and shares the document.
///
/// ```
/// use tollgate_deploy::Frozen;
/// use tollgate_model::ApiDocument;
///
/// let one = Frozen::new(ApiDocument::new("Pets"))?;
/// assert_eq!(one, Frozen::new(ApiDocument::new("Pets"))?);
/// assert_ne!(one, Frozen::new(ApiDocument::new("Cats"))?);
/// # Ok::<(), tollgate_deploy::FreezeError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Frozen {
    hash: ContentHash,
    document: Arc<ApiDocument>,
}

/// Why a document cannot be frozen, or is not the frozen one that was asked for.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FreezeError {
    /// It has more than [`MAX_DOCUMENT_BYTES`].
    #[error("the document has {bytes} bytes as JSON, of {MAX_DOCUMENT_BYTES} that it may have")]
    TooLarge {
        /// How many it has.
        bytes: usize,
    },
    /// It is not the JSON of a document.
    #[error("the document cannot be read")]
    Unreadable(#[source] serde_json::Error),
    /// Its content has another name.
    #[error("the document's hash is {found}, but {expected} was expected")]
    WrongHash {
        /// The name that was asked for.
        expected: ContentHash,
        /// The name of what was read.
        found: ContentHash,
    },
}

impl Frozen {
    /// Freezes a document, without the date at which its API was made.
    ///
    /// # Errors
    ///
    /// [`FreezeError::TooLarge`].
    pub fn new(mut document: ApiDocument) -> Result<Self, FreezeError> {
        document.rest_api.created_date = None;
        let json = document_json(&document);
        check_size(&json)?;
        Ok(Self {
            hash: hash(&json),
            document: Arc::new(document),
        })
    }

    /// Reads what [`Frozen::to_json`] wrote, or the same JSON in another spelling.
    ///
    /// Members that this version does not know count for the hash, and are then left out.
    ///
    /// # Errors
    ///
    /// All of [`FreezeError`].
    pub fn from_json(expected: ContentHash, json: &[u8]) -> Result<Self, FreezeError> {
        check_size(json)?;
        if hash(json) != expected {
            let value: Value = serde_json::from_slice(json).map_err(FreezeError::Unreadable)?;
            let found = hash(&canonical(&value));
            if found != expected {
                return Err(FreezeError::WrongHash { expected, found });
            }
        }
        let document = serde_json::from_slice(json).map_err(FreezeError::Unreadable)?;
        Ok(Self {
            hash: expected,
            document: Arc::new(document),
        })
    }

    /// The document as canonical JSON.
    ///
    /// Stores keep these bytes: another version of this crate may know more members, and write the
    /// same document in other ones.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        document_json(&self.document)
    }

    /// The name of its content.
    #[must_use]
    pub const fn hash(&self) -> ContentHash {
        self.hash
    }

    /// The document.
    #[must_use]
    pub const fn document(&self) -> &Arc<ApiDocument> {
        &self.document
    }
}

/// Equal names are equal content.
impl PartialEq for Frozen {
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash
    }
}

impl Eq for Frozen {}

fn document_json(document: &ApiDocument) -> Vec<u8> {
    let value = serde_json::to_value(document).expect("a document has texts for keys");
    canonical(&value)
}

fn hash(json: &[u8]) -> ContentHash {
    ContentHash::new(Sha256::digest(json).into())
}

fn check_size(json: &[u8]) -> Result<(), FreezeError> {
    let bytes = json.len();
    if bytes > MAX_DOCUMENT_BYTES {
        return Err(FreezeError::TooLarge { bytes });
    }
    Ok(())
}
