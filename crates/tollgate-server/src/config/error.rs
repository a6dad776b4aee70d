//! What is wrong with a configuration.

use std::fmt;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use tollgate::core::Position;

/// What is wrong with a configuration, a line each.
#[derive(Debug)]
pub(crate) struct ConfigErrors(Vec<ConfigError>);

#[derive(Debug)]
struct ConfigError {
    file: Option<PathBuf>,
    position: Option<Position>,
    message: String,
}

/// A remark and the bytes of the file that it is about.
pub(crate) type Found = (Range<usize>, String);

impl ConfigErrors {
    pub(super) fn unreadable(file: &Path, error: &io::Error) -> Self {
        Self::one(Some(file), None, format!("cannot read it: {error}"))
    }

    pub(super) fn syntax(file: &Path, text: &str, error: &toml::de::Error) -> Self {
        let position = error.span().map(|span| position(text, span.start));
        let message = error.message().lines().collect::<Vec<_>>().join(", ");
        Self::one(Some(file), position, message)
    }

    pub(super) fn found(file: &Path, text: &str, found: Vec<Found>) -> Self {
        let error = |(span, message): Found| ConfigError {
            file: Some(file.to_owned()),
            position: Some(position(text, span.start)),
            message,
        };
        Self(found.into_iter().map(error).collect())
    }

    /// What does not go together, wherever it is said.
    pub(crate) fn together(file: Option<&Path>, message: String) -> Self {
        Self::one(file, None, message)
    }

    fn one(file: Option<&Path>, position: Option<Position>, message: String) -> Self {
        let file = file.map(Path::to_owned);
        Self(vec![ConfigError {
            file,
            position,
            message,
        }])
    }
}

fn position(text: &str, offset: usize) -> Position {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.rsplit('\n').next().unwrap_or_default();
    let count = |count: usize| u32::try_from(count + 1).unwrap_or(u32::MAX);
    Position {
        line: count(before.matches('\n').count()),
        column: count(line.chars().count()),
    }
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            if let Some(file) = &error.file {
                write!(f, "{}:", file.display())?;
                if let Some(position) = error.position {
                    write!(f, "{position}:")?;
                }
                f.write_str(" ")?;
            }
            write!(f, "error: {}", error.message)?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigErrors {}
