//! Truststores in an object storage, for which a folder stands.

use std::path::{Component, Path, PathBuf};
use std::{fs, io};

use rustls::crypto::CryptoProvider;
use thiserror::Error;
use tollgate::model::{InvalidS3Uri, S3Uri};

use crate::truststore::{Truststore, TruststoreError};

/// Why a truststore of the object storage cannot be had.
#[derive(Debug, Error)]
pub(crate) enum ObjectError {
    #[error("error: truststoreUri {uri:?}: {source}")]
    Uri { uri: String, source: InvalidS3Uri },
    #[error(
        "error: no folder stands for the object storage that {uri} is in, expected truststores in \
         the configuration"
    )]
    NoFolder { uri: S3Uri },
    #[error("error: cannot read {}: {source}", file.display())]
    Unreadable { file: PathBuf, source: io::Error },
    #[error("error: {} leads out of {}", file.display(), folder.display())]
    Outside { file: PathBuf, folder: PathBuf },
    #[error("error: {} is no file", file.display())]
    NoFile { file: PathBuf },
    #[error(transparent)]
    Truststore(#[from] TruststoreError),
}

/// Reads the truststore that a URI names.
pub(crate) fn read(
    folder: Option<&Path>,
    uri: &str,
    provider: &CryptoProvider,
) -> Result<Truststore, ObjectError> {
    let uri: S3Uri = uri.parse().map_err(|source| ObjectError::Uri {
        uri: uri.to_owned(),
        source,
    })?;
    let folder = folder.ok_or_else(|| ObjectError::NoFolder { uri: uri.clone() })?;
    let file = within(folder, place(folder, &uri))?;
    Ok(Truststore::read(&file, provider)?)
}

/// Where an object lies: `folder/bucket/key`.
fn place(folder: &Path, uri: &S3Uri) -> PathBuf {
    let mut place = folder.join(uri.bucket());
    place.extend(uri.key().split('/'));
    place
}

/// The file that a place in a folder is, links resolved.
fn within(folder: &Path, file: PathBuf) -> Result<PathBuf, ObjectError> {
    let real = |path: &Path| {
        fs::canonicalize(path).map_err(|source| ObjectError::Unreadable {
            file: path.to_owned(),
            source,
        })
    };
    let is_below = |file: &Path, folder: &Path| {
        let mut rest = file.strip_prefix(folder).ok()?.components();
        rest.all(|one| matches!(one, Component::Normal(_)))
            .then_some(())
    };
    let outside = |file: &Path| ObjectError::Outside {
        file: file.to_owned(),
        folder: folder.to_owned(),
    };
    is_below(&file, folder).ok_or_else(|| outside(&file))?;
    let found = real(&file)?;
    is_below(&found, &real(folder)?).ok_or_else(|| outside(&file))?;
    // A pipe would be waited for.
    if found.is_file() {
        Ok(found)
    } else {
        Err(ObjectError::NoFile { file })
    }
}

/// What is to be watched so that nothing becomes of an object unnoticed: the folder, and what leads from it
/// to the object, as far as it is there, and the first that is not.
pub(crate) fn watched(folder: &Path, uri: &str) -> Vec<PathBuf> {
    // What is no URI is read from nowhere.
    let Ok(uri) = uri.parse() else {
        return Vec::new();
    };
    let place = place(folder, &uri);
    let below = place.ancestors().take_while(|one| *one != folder);
    let mut places: Vec<_> = below.chain([folder]).map(Path::to_owned).collect();
    places.reverse();
    let is_there = |one: &&PathBuf| one.is_dir();
    let count = places.iter().take_while(is_there).count();
    places.truncate(count + 1);
    places
}

#[cfg(test)]
mod tests;
