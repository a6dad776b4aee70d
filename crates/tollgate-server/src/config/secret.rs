//! Secrets as a file has them.

use std::path::{Path, PathBuf};

use toml::Spanned;

use super::error::Found;
use crate::report::Report;
use crate::text_file;

/// Bytes of a file with a secret.
const MOST_BYTES: u64 = 4_096;

/// A secret that stands in the configuration, or in a file that it names.
#[derive(Clone, Copy)]
pub(crate) struct Secret<'c> {
    /// The key that it stands behind; that of the file is `{name}_file`.
    name: &'static str,
    text: Option<&'c Spanned<String>>,
    file: Option<&'c Spanned<PathBuf>>,
}

impl<'c> Secret<'c> {
    pub(super) const fn new(
        name: &'static str,
        text: Option<&'c Spanned<String>>,
        file: Option<&'c Spanned<PathBuf>>,
    ) -> Self {
        Self { name, text, file }
    }

    /// What is wrong with it, of what has this id. A text itself is never shown.
    pub(super) fn check(self, id: &Spanned<String>, found: &mut Vec<Found>) {
        let name = self.name;
        match (self.text, self.file) {
            (None, None) => {
                let message = format!("the key has no {name}, expected {name} or {name}_file");
                found.push((id.span(), message));
            }
            (Some(_), Some(file)) => {
                let message = format!("the key has a {name} already, expected one of the two");
                found.push((file.span(), message));
            }
            (Some(_), None) | (None, Some(_)) => {}
        }
    }

    /// The text in the configuration.
    pub(super) fn text(self) -> Option<&'c str> {
        self.text.map(|text| text.get_ref().as_str())
    }

    /// The file.
    pub(crate) fn file(self) -> Option<&'c Path> {
        self.file.map(|file| file.get_ref().as_path())
    }

    /// Reads it, without blanks around it; empty where there is none.
    ///
    /// # Errors
    ///
    /// Where the file cannot be read.
    pub(crate) fn read(self) -> Result<String, Report> {
        let text = match (self.text, self.file()) {
            (Some(text), _) => text.get_ref().clone(),
            (None, Some(file)) => text_file::read(file, MOST_BYTES)
                .map_err(|error| Report::unreadable(file, &error))?,
            (None, None) => String::new(),
        };
        Ok(text.trim().to_owned())
    }
}
